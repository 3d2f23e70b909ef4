"""排查: rounds and their board — who has returned, nil, late, missing — and the returns a unit owes (E2)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import export, need_forms, wording
from admin_views.base import Action, DeskView, current_actor, done, posted, show
from admin_views.listing import Cell, Column, Tab, tagged
from admin_views.screening_entry import ReturnView
from models import db
from rules.access import Actor, may
from rules.moves import Need
from rules.screening import ReturnState
from services import screening, screening_rule, screening_table, settings

KINDS = {
    ReturnState.WAITING: "wait",
    ReturnState.MISSING: "late",
    ReturnState.RETURNED: "ok",
    ReturnState.NIL: "ok",
}
NEEDS = (
    Need("name", "排查名称", limit=80),
    Need("due_at", "报送期限", "datetime", help="到点未报的，按小时计迟报。"),
    Need("unit_ids", "报送单位", "units", help="零报告也要报。"),
    Need("scope", "排查重点", "long", required=False, limit=500),
)


def counted(row: m.ScreeningRound) -> Cell:
    """已报 5 / 6: nil returns are returns."""
    come = sum(one.returned_at is not None for one in row.returns)
    return Cell(f"{come} / {len(row.returns)}", kind="num")


def due_cell(row: m.ScreeningRound) -> Cell:
    is_open = any(one.returned_at is None for one in row.returns)
    if is_open and row.due_at < current_actor().now:
        return tagged(gettext("有单位逾期未报"), "late", show(row.due_at))
    return Cell(show(row.due_at), kind="code")


def _urge(session: Any, actor: Actor, row: m.ScreeningRound, _said: dict[str, Any]) -> str:
    return gettext("已催报 %(count)s 个单位，显示在各单位的工作台上。", count=screening.urge(session, actor, row))


def _put_off(session: Any, actor: Actor, row: m.ScreeningRound, said: dict[str, Any]) -> None:
    screening.put_off(session, actor, row, said["due_at"])


def is_waited_for(row: m.ScreeningRound, _actor: Actor) -> bool:
    return any(one.returned_at is None for one in row.returns)


class RoundView(DeskView):
    """排查."""

    title, group = "排查", "接访"
    create_verb, create_label = "screening_round.edit", "发起排查"
    verbs = {"print_view": "screening_round.list", "table": "screening_round.export", "make": "screening_round.edit"}
    details_template = "screening/board.html"
    columns = (
        Column("name", "排查名称", lambda r: r.name, sort=m.ScreeningRound.id),
        Column("asked_on", "发起日期", lambda r: Cell(show(r.asked_on), kind="code"), sort=m.ScreeningRound.asked_on),
        Column("due_at", "报送期限", due_cell, sort=m.ScreeningRound.due_at),
        Column("returns", "已报", counted),
        Column("by", "发起人", lambda r: show(r.by) or gettext("按规则")),
    )
    tabs = (
        Tab("open", "未报齐", lambda s, _a: s.where(m.ScreeningRound.returns.any(m.ScreeningReturn.returned_at.is_(None)))),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )  # fmt: skip
    list_options = (selectinload(m.ScreeningRound.returns), joinedload(m.ScreeningRound.by))
    actions = (
        Action(
            "urge", "催报", "screening_round.edit", _urge, is_shown=is_waited_for,
            confirm="催未报送的单位，确定吗？",
        ),
        Action(
            "put_off", "改报送期限", "screening_round.edit", _put_off, (Need("due_at", "报送期限", "datetime"),),
            is_shown=is_waited_for,
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.ScreeningRound.id.desc()]

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "screening_round.edit") and screening_rule.is_due(db.session(), actor.today, actor.now):
            found.insert(
                0, {"label": gettext("按规则发起本月排查"), "url": url_for("screening_round.make"), "post": True}
            )
        return found

    @expose("/make", methods=("POST",))
    def make(self) -> Any:
        """This month's round by the rule, when the night has not made it."""
        row = screening_rule.make(db.session(), current_actor())
        if row is None:
            return done(gettext("本月的排查已经发起，或还没有到发起日。"), url_for("screening_round.index_view"))
        return done(gettext("已发起：%(name)s。", name=row.name), self.row_url(row))

    # -- a new one

    def create_form(self, obj: Any = None) -> Any:
        form = need_forms.form_of(NEEDS)(posted() if request.method == "POST" else None)
        owing = [unit.id for unit in screening.owing_units(db.session())]
        form.unit_ids.narrow = lambda statement: statement.where(m.Unit.id.in_(owing))
        form.unit_ids.choices = form.unit_ids.options()
        if request.method == "GET":
            today = current_actor().today
            form.unit_ids.data = owing
            form.name.data = screening.usual_name(today)
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        names = [need.name for need in NEEDS]
        groups = [{"title": gettext("排查"), "fields": names}]
        return super().form_screen(row) | {"fieldsets": groups, "submit": gettext("发起排查")}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        said = screening.Asked(values["name"], values["due_at"], values["unit_ids"] or (), values["scope"] or "")
        return screening.ask(db.session(), actor, said)

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return gettext("已发起排查，%(count)s 个单位应报。", count=len(saved.returns))

    # -- the board

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        context = super().details(row)
        lines = screening.board(db.session(), actor, row)
        buttons = [
            {"label": gettext("打印"), "url": url_for("screening_round.print_view", row_id=row.id), "new_tab": True}
        ]
        if may(actor, "screening_round.export"):
            ask = gettext("请写明导出理由，会记入审计。")
            for label, form in ((gettext("导出 Word"), "docx"), (gettext("导出 Excel"), "xlsx")):
                url = url_for("screening_round.table", row_id=row.id, form=form)
                buttons.append({"label": label, "url": url, "ask_reason": ask})
        context["screen"]["actions"] += buttons
        return context | {
            "tiles": tiles_of(row, screening_table.totals(lines, actor.now)),
            "lines": [line_of(line, actor) for line in lines],
            "due": show(row.due_at),
            "show": show,
        }

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        row, actor = self.get_one(row_id), current_actor()
        lines = screening.board(db.session(), actor, row)
        sheet = screening_table.sheet(row, lines, actor.now, show(row.due_at))
        return self.render(
            "paper/screening.html", row=row, sheet=sheet, lines=list(sheet.lines()), back=self.row_url(row),
            office=settings.get(db.session(), "office_name", actor.today), preparer=actor.name, today=actor.today,
        )  # fmt: skip

    @expose("/<row_id>/table/<form>/")
    def table(self, row_id: str, form: str) -> Any:
        row, actor = self.get_one(row_id), current_actor()
        export.check_form(form)
        lines = screening.board(db.session(), actor, row)
        sheet = screening_table.sheet(row, lines, actor.now, show(row.due_at))
        return export.answer("screening_round", sheet.title, lambda: sheet, conditions=row.name, form=form)


def tiles_of(row: m.ScreeningRound, counts: dict[str, int]) -> list[dict[str, Any]]:
    """已报送, 零报告, 未报, 迟报, disputes found."""
    disputes_url = (
        url_for("dispute.index_view", tab="all", round=row.id) if may(current_actor(), "dispute.list") else None
    )
    waiting = counts["missing"] + counts["waiting"]
    return [
        {"label": gettext("已报送"), "value": counts["returned"]},
        {"label": gettext("零报告"), "value": counts["nil"]},
        {"label": gettext("未报"), "value": waiting, "kind": "late" if counts["missing"] else "soon"},
        {"label": gettext("迟报"), "value": counts["late"], "kind": "soon"},
        {"label": gettext("矛盾纠纷"), "value": counts["count"], "url": disputes_url},
    ]


def line_of(line: screening.Line, actor: Actor) -> dict[str, Any]:
    """One unit: state in its colour, when, how late, who, what was found."""
    row = line.row
    state, late = screening_table.state_of(line, actor.now), screening_table.late_of(line, actor.now)
    gives = screening.gives_for(actor, row)
    return {
        "unit": row.unit.name,
        "url": url_for("screening_return.entry", row_id=row.id) if gives else "",
        "tag": {"text": gettext(state.label), "kind": KINDS[state]},
        "late": gettext("迟 %(hours)s 小时", hours=late) if late else "",
        "when": show(row.returned_at),
        "by": show(row.by),
        "count": line.count,
        "serious": line.serious,
        "urged": gettext("已催 %(count)s 次", count=row.urged_count) if row.urged_count else "",
        "note": wording.said(row.note or ""),
    }


def views() -> list[Any]:
    return [RoundView(m.ScreeningRound), ReturnView(m.ScreeningReturn)]
