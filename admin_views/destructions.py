"""销毁清单: bundles kept long enough are destroyed on an approved list, before two witnesses (A6)."""

from typing import Any

from flask import current_app, request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, IntegerField, SelectMultipleField, TextAreaField, validators
from wtforms.widgets import HiddenInput

import models as m
from admin_views import fields
from admin_views.base import Action, DeskView, current_actor, posted, show
from admin_views.bundles import STATE_KINDS, letter_line
from admin_views.listing import Cell, Column, Filter, Tab, between, tagged
from models import db
from rules.access import Actor, may
from rules.filing_words import DestructionState, DestructionWay
from rules.moves import Need
from rules.words import RuleBroken
from services import bundles, destruction, gate, settings


class DestructionForm(BaseForm):
    """A list of bundles to be destroyed."""

    bundle_ids = SelectMultipleField(
        lazy_gettext("存信捆"),
        [validators.InputRequired(lazy_gettext("请至少选一捆。"))],
        coerce=lambda value: gate.id_in(str(value)) or -1,
        choices=lambda: ripe_options(current_actor()),
        render_kw={"data_down": True, "wide": True},
    )
    reason = TextAreaField(
        lazy_gettext("销毁理由"),
        [validators.InputRequired(fields.REQUIRED), validators.Length(max=300), fields.NoNul()],
        render_kw={"rows": 3},
    )
    with_files = BooleanField(
        lazy_gettext("电子件一并销毁"),
        description=lazy_gettext("不勾选时只销毁纸质原件，系统中的扫描件保留。登记内容始终保留。"),
    )
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


def ripe_options(actor: Actor) -> list[tuple[int, str]]:
    """The bundles that were kept long enough."""
    rows = list(db.session.scalars(bundles.ripe(db.session(), actor).order_by(m.Bundle.year, m.Bundle.id).limit(500)))
    counted = bundles.counts(db.session(), actor, [row.id for row in rows])
    return [(row.id, bundle_text(row, counted.get(row.id, 0))) for row in rows]


def bundle_text(row: m.Bundle, count: int) -> str:
    """A bundle as it is offered: number, area, year, how many letters."""
    said = {"number": row.number, "area": gettext(row.area), "year": row.year, "count": count}
    return gettext("%(number)s %(area)s · %(year)s 年（%(count)s 件）", **said)


def _approve(session: Any, actor: Actor, row: m.Destruction, said: dict[str, Any]) -> str:
    destruction.decide(session, actor, row, is_approved=True, words=said["decision"] or "")
    return gettext("已批准，可以销毁。")


def _refuse(session: Any, actor: Actor, row: m.Destruction, said: dict[str, Any]) -> str:
    destruction.decide(session, actor, row, is_approved=False, words=said["decision"])
    return gettext("不予批准，存信捆继续保存。")


def _carry_out(session: Any, actor: Actor, row: m.Destruction, said: dict[str, Any]) -> str:
    gone = destruction.carry_out(session, actor, row, said)
    session.commit()
    destruction.remove_files(gone, current_app.config["DESK_DATA"] / "attachments")
    return gettext("已登记销毁，登记内容保留。")


def _is(state: DestructionState) -> Any:
    return lambda row, _actor: row.state is state


DESTRUCTION_ACTIONS = (
    Action(
        "approve", "批准销毁", "destruction.decide", _approve, (Need("decision", "批准意见", "long", required=False, limit=300),),
        is_shown=lambda row, actor: row.state is DestructionState.PROPOSED and row.proposed_by_id != actor.user_id,
        kind="go", help="批准人不能是拟定人。批准后由档案员在两名监销人在场时销毁。",
    ),
    Action(
        "refuse", "不予批准", "destruction.decide", _refuse, (Need("decision", "理由", "long", limit=300),),
        is_shown=lambda row, actor: row.state is DestructionState.PROPOSED and row.proposed_by_id != actor.user_id,
    ),
    Action(
        "carry_out", "登记销毁", "destruction.carry_out", _carry_out,
        (
            Need("done_on", "销毁日期", "date"), Need("done_at", "销毁地点", limit=100),
            Need("way", "销毁方式", "choice", choices=DestructionWay),
            Need("witness_1", "监销人一", limit=60), Need("witness_2", "监销人二", limit=60),
        ),
        is_shown=_is(DestructionState.APPROVED), kind="no",
        help="纸质原件销毁后不能恢复，请先核对销毁清册。登记内容始终保留；清单写明“电子件一并销毁”的，扫描件也会删除。",
    ),
)  # fmt: skip


class DestructionView(DeskView):
    """销毁清单: proposed by the archivist, approved by the office head, carried out before two witnesses."""

    title, group = "销毁清单", "登记"
    empty_words = "还没有销毁清单。存信捆满保存年限后，由档案员拟定。"
    create_verb, create_label = "destruction.propose", "拟定销毁清单"
    verbs = {"register_view": "destruction.list"}
    details_template = "bundle.html"
    columns = (
        Column(
            "number", "清单编号", lambda d: Cell(d.number, sub=show(d.proposed_on), kind="code"), sort=m.Destruction.id
        ),
        Column("reason", "销毁理由", lambda d: Cell(d.reason, kind="clip")),
        Column("proposed_by", "拟定人", lambda d: show(d.proposed_by)),
        Column("decided_by", "批准人", lambda d: Cell(show(d.decided_by), sub=show(d.decided_on))),
        Column("state", "状态", lambda d: tagged(show(d.state), STATE_KINDS[d.state], show(d.done_on))),
    )
    filters = (Filter("proposed", "拟定日期", between(m.Destruction.proposed_on), kind="dates"),)
    tabs = (
        Tab("open", "待办", lambda s, _a: s.where(m.Destruction.state.in_(("proposed", "approved")))),
        Tab("done", "已销毁", lambda s, _a: s.where(m.Destruction.state == "done")),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Destruction.proposed_by), joinedload(m.Destruction.decided_by))
    actions = DESTRUCTION_ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Destruction.id.desc()]

    def create_form(self, obj: Any = None) -> Any:
        return DestructionForm(posted()) if request.method == "POST" else DestructionForm()

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen, actor = super().form_screen(row), current_actor()
        year = bundles.last_year(db.session(), actor)
        intro = gettext("%(year)s 年及以前登记的存信已满保存年限。", year=year)
        if not ripe_options(actor):
            intro = gettext("没有可以销毁的存信捆：%(year)s 年及以前登记的存信才满保存年限。", year=year)
        names = ["bundle_ids", "reason", "with_files"]
        return screen | {
            "fieldsets": [{"title": gettext("销毁清单"), "fields": names}],
            "intro": intro,
            "submit": gettext("提交审批"),
        }

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        files = values["with_files"]
        return destruction.propose(db.session(), actor, values["bundle_ids"], values["reason"], with_files=files)

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return gettext("已拟定 %(number)s，等信访办负责人批准。", number=saved.number)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if "done_on" in form:
            form.done_on.data = current_actor().today

    def find_action(self, row: Any, verb: str, actor: Actor) -> Action:
        if verb in ("approve", "refuse") and row.proposed_by_id == actor.user_id and may(actor, "destruction.decide"):
            raise RuleBroken(gettext("销毁清单：拟定人不能批准自己的清单，须由另一人批准。"))
        return super().find_action(row, verb, actor)

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        session, actor = db.session(), current_actor()
        rows = destruction.letters(session, actor, row)
        facts: list[dict[str, Any]] = [
            {"label": gettext("拟定"), "text": f"{show(row.proposed_by)} {show(row.proposed_on)}"},
            {"label": gettext("保存年限"), "text": gettext("%(years)s 年", years=row.keep_years)},
            {"label": gettext("存信捆"), "text": str(len({bundle.id for bundle, _ in rows}))},
            {"label": gettext("件数"), "text": str(len(rows))},
            {"label": gettext("电子件一并销毁"), "text": gettext("是") if row.with_files else gettext("否")},
            {"label": gettext("批准"), "text": f"{show(row.decided_by)} {show(row.decided_on)}".strip()},
            {"label": gettext("销毁理由"), "text": row.reason, "wide": True},
        ]
        if row.decision:
            facts.append({"label": gettext("批准意见"), "text": row.decision, "wide": True})
        if row.done_on:
            facts += [
                {"label": gettext("销毁"), "text": f"{show(row.done_on)} {row.done_at} {show(row.way)}", "wide": True},
                {"label": gettext("监销人"), "text": f"{row.witness_1}、{row.witness_2}"},
                {"label": gettext("经手人"), "text": show(row.done_by)},
            ]
        register = {
            "label": gettext("打印销毁清册"),
            "url": url_for("destruction.register_view", row_id=row.id),
            "new_tab": True,
        }
        context["screen"] |= {
            "facts": [{"title": gettext("销毁清单"), "items": facts}],
            "tags": [{"text": show(row.state), "kind": STATE_KINDS[row.state]}],
            "actions": [register, *context["screen"]["actions"]],
            "letters": [letter_line(one) for _, one in rows],
        }
        return context

    @expose("/<row_id>/register")
    def register_view(self, row_id: str) -> Any:
        """The register of destruction (销毁清册), A4."""
        row, actor = self.get_one(row_id), current_actor()
        rows = destruction.letters(db.session(), actor, row)
        office = settings.get(db.session(), "office_name", actor.today)
        return self.render("paper/destruction.html", made=row, rows=rows, office=office)


def views() -> list[Any]:
    return [DestructionView(m.Destruction)]
