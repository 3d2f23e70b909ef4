"""排查报送: what a unit owes, the nil return, and several disputes in one table, one line each (E2)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import wording
from admin_views.base import Action, DeskView, check_version, current_actor, done, show
from admin_views.listing import Cell, Column, Tab, tagged
from models import db
from rules import screening as rules
from rules.access import Actor
from rules.moves import Need
from rules.reception_words import Urgency
from rules.screening import ReturnState
from rules.words import RuleBroken, Stale
from services import gate, screening
from services.screening_lines import FIELDS, LONGEST, parsed, typed

STATE_KINDS = {
    ReturnState.WAITING: "soon",
    ReturnState.MISSING: "late",
    ReturnState.RETURNED: "ok",
    ReturnState.NIL: "ok",
}
BLANK_LINES = 6


def state_cell(row: m.ScreeningReturn) -> Cell:
    """待报送, 逾期未报 with the hours, 已报送, 零报告."""
    now = current_actor().now
    state = rules.state(row.returned_at, row.is_nil, row.round.due_at, now)
    late = rules.hours_late(row.returned_at, row.round.due_at, now)
    return tagged(gettext(state.label), STATE_KINDS[state], gettext("迟 %(hours)s 小时", hours=late) if late else "")


def _nil(session: Any, actor: Actor, row: m.ScreeningReturn, said: dict[str, Any]) -> str:
    screening.give_nil(session, actor, row, said["note"] or "")
    return gettext("已零报告。")


class ReturnView(DeskView):
    """排查报送."""

    title, group = "排查报送", "接访"
    verbs = {"entry": "screening_return.give"}
    columns = (
        Column("round", "排查名称", lambda r: Cell(r.round.name, sub=r.round.scope or ""), sort=m.ScreeningReturn.id),
        Column("unit", "单位", lambda r: r.unit.name),
        Column("due_at", "报送期限", lambda r: Cell(show(r.round.due_at), kind="code")),
        Column("state", "报送情况", state_cell),
        Column("returned_at", "报送时间", lambda r: Cell(show(r.returned_at), sub=show(r.by), kind="code")),
        Column("urged", "催报次数", lambda r: str(r.urged_count), kind="num"),
    )
    tabs = (
        Tab("missing", "未报", screening.missing),
        Tab("late", "逾期未报", screening.late),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.ScreeningReturn.round),
        joinedload(m.ScreeningReturn.unit),
        joinedload(m.ScreeningReturn.by),
    )
    actions = (
        Action(
            "nil", "零报告", "screening_return.give", _nil, (Need("note", "备注", required=False, limit=300),),
            is_shown=lambda row, actor: row.returned_at is None and screening.gives_for(actor, row),
            help="排查过、没有发现矛盾纠纷的，零报告。",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.ScreeningReturn.round_id.desc(), m.ScreeningReturn.id]

    def page_title(self, row: Any | None) -> str:
        return str(row) if row is not None else gettext(self.title)

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        if narrowed:
            return super().empty_state(actor, narrowed)
        return {"text": gettext("没有要报送的排查。"), "action": None}

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        cell = state_cell(row)
        facts = [
            {
                "label": gettext("排查"),
                "text": row.round.name,
                "url": url_for("screening_round.details_view", id=row.round_id),
            },
            {"label": gettext("报送期限"), "text": show(row.round.due_at), "num": True},
            {"label": gettext("报送情况"), "text": "", "tag": cell.tag, "sub": cell.sub},
            {"label": gettext("报送时间"), "text": show(row.returned_at), "num": True},
            {"label": gettext("报送人"), "text": show(row.by)},
            {"label": gettext("备注"), "text": row.note or ""},
        ]
        if screening.gives_for(current_actor(), row):
            url = url_for("screening_return.entry", row_id=row.id)
            label = gettext("登记矛盾纠纷") if row.returned_at is None else gettext("补报矛盾纠纷")
            context["screen"]["actions"].append({"label": label, "url": url, "primary": True})
        context["screen"] |= {"facts": [{"title": gettext("排查报送"), "items": facts}]}
        return context

    @expose("/<row_id>/entry", methods=("GET", "POST"))
    def entry(self, row_id: str) -> Any:
        """Several disputes at once, one line each; blank lines are left out."""
        row, actor = self.get_one(row_id), current_actor()
        screening.check_giver(actor, row)
        if request.method == "GET":
            return self._entry_page(row, [], {})
        lines = typed({name: request.form.getlist(name) for name, _label in FIELDS})
        try:
            check_version(row, request.form.get("version"))
            values = [parsed(line, place) for place, line in enumerate(lines, start=1)]
            made = screening.give(db.session(), actor, row, values, request.form.get("note", "")[:300])
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            status = 409 if isinstance(no, Stale) else 422
            return self._entry_page(self.get_one(row_id), lines, wrong_of(no)), status
        said = gettext(
            "已报送 %(count)s 件：%(numbers)s。", count=len(made), numbers=wording.listed(d.number for d in made)
        )
        heavy = [one for one in made if one.urgency in (Urgency.SERIOUS, Urgency.URGENT)]
        if heavy:
            said += gettext("其中较重、紧急 %(count)s 件，请立即上报。", count=len(heavy))
            return done(said, url_for("dispute.index_view", tab="report"))
        return done(said, self.row_url(row))

    def _entry_page(self, row: m.ScreeningReturn, lines: list[dict[str, str]], wrong: dict[str, Any]) -> Any:
        spare = [dict.fromkeys((name for name, _label in FIELDS), "") for _ in range(max(BLANK_LINES - len(lines), 1))]
        today = current_actor().today.isoformat()
        for line in spare:
            line |= {"found_on": today, "people_count": "1", "urgency": Urgency.NORMAL.value}
        return self.render(
            "screening/entry.html", row=row, lines=[*lines, *spare], kept=len(lines), wrong=wrong, labels=dict(FIELDS), longest=LONGEST,
            urgencies=[(one.value, show(one)) for one in Urgency], crumb=self.crumb(row), due=show(row.round.due_at),
            most=screening.MOST_LINES, urged=row.urged_count, back=self.row_url(row),
        )  # fmt: skip


def wrong_of(no: RuleBroken) -> dict[str, Any]:
    """What the page shows of a refusal: the sentence with its line, and which cell."""
    sentence = wording.said(no.message)
    if no.row is not None:
        sentence = gettext("第 %(row)s 行，%(said)s", row=no.row, said=sentence)
    return {"row": no.row, "field": no.field, "said": sentence}
