"""接访登记: the ledger of matters received by leaders (领导接访工作台账), opinions, results, and the step to a matter (D7)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contacts, looked
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.fields import form_of
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.wording import long_day
from models import db
from rules.access import LEADERS, Actor, mask
from rules.moves import Need
from rules.words import Outcome, Purpose
from services import gate, settings
from services import reception_records as records

OPINION = Need("opinion", "领导意见", "long", required=False, limit=500)
OUTCOME = Need("outcome", "处理方式", "choice", required=False, choices=Outcome)
NEEDS = (
    Need("visitor", "来访人", limit=60),
    Need("phone", "电话", required=False, limit=40),
    Need("people_count", "人数", "int", required=False),
    Need("place", "问题属地", required=False, limit=100),
    Need("demand", "诉求", "long", limit=4000),
    Need("purpose", "信访目的", "choice", required=False, choices=Purpose, help="检举控告按保密要求登记。"),
    Need("cause", "产生原因", required=False, limit=300),
    Need("unit_id", "责任单位", "unit", required=False),
    OUTCOME,
    OPINION,
)
"""What is noted of one visitor, a line each."""
ENTRY = tuple(need.name for need in NEEDS)
COLOURS = {Outcome.SOLVED: "ok", Outcome.CASE: "now", Outcome.NOT_NOW: "late"}


def entry_form() -> Any:
    """The empty form for the next visitor."""
    form = form_of(NEEDS)()
    set_defaults(form)
    return form


def set_defaults(form: Any) -> None:
    """One person who wants something settled; short fields, so that the next visitor's line fits the screen."""
    form.people_count.data, form.purpose.data = 1, Purpose.SEEK
    for name in ("demand", "opinion"):
        form[name].render_kw = {"rows": 2}


def is_writer(row: m.ReceptionRecord, actor: Actor) -> bool:
    """The office, or the leader who received."""
    return actor.role not in LEADERS or row.leader_id == actor.leader_id


def _opinion(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> None:
    records.give_opinion(session, actor, row, said)


def _result(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> None:
    records.note_result(session, actor, row, said["result"])


def _register(session: Any, actor: Actor, row: m.ReceptionRecord, _said: dict[str, Any]) -> str:
    contact = records.turn_into_matter(session, actor, row)
    return gettext("已转为信访事项 %(number)s。", number=contact.petition.number)


def _join(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> str:
    petition = gate.find(session, actor, m.Petition, said["petition_id"])
    records.turn_into_matter(session, actor, row, petition)
    return gettext("已并入信访事项 %(number)s。", number=petition.number)


def matter_url(row: m.ReceptionRecord) -> str:
    return url_for("petition.details_view", id=row.petition_id)


ACTIONS = (
    Action("opinion", "填写意见", "reception_record.edit", _opinion, (OPINION, OUTCOME), is_shown=is_writer),
    Action(
        "result", "登记结果", "reception_record.edit", _result, (Need("result", "办理结果", "long", limit=500),),
        is_shown=is_writer, help="结果要反馈给接访领导和来访人。",
    ),
    Action(
        "join", "并入已有事项", "reception_record.register", _join, (Need("petition_id", "信访事项", "petition"),),
        is_shown=lambda row, _actor: row.petition_id is None, help="同一人同一诉求以前登记过的，并入后为重复件。", after=matter_url,
    ),
    Action(
        "register", "转为信访事项", "reception_record.register", _register,
        is_shown=lambda row, _actor: row.petition_id is None, kind="go", after=matter_url,
        confirm="按接访登记的内容登记一件信访事项，确定吗？",
    ),
)  # fmt: skip


def matter_cell(row: m.ReceptionRecord) -> Cell:
    return Cell(row.petition.number, kind="code", url=matter_url(row)) if row.petition else Cell()


def outcome_cell(row: m.ReceptionRecord) -> Cell:
    return tagged(show(row.outcome), COLOURS.get(row.outcome, "wait")) if row.outcome else Cell()


def _held(statement: Any, value: str) -> Any:
    return between(m.ReceptionSession.held_on)(statement.join(m.ReceptionRecord.session), value)


def _leaders(actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(gate.rows(actor, m.Leader).order_by(m.Leader.turn, m.Leader.id))
    return [(str(leader.id), str(leader)) for leader in rows]


class RecordView(DeskView):
    """接访登记."""

    title, group = "领导接访工作台账", "接访"
    edit_verb, export_verb = "reception_record.register", "reception_record.export"
    verbs = {"print_view": "reception_record.view"}
    searchable, search_hint = True, "诉求中的词"
    columns = (
        Column("held_on", "接访日期", lambda r: Cell(show(r.session.held_on), kind="code"), sort=m.ReceptionRecord.id),
        Column("leader", "接访领导", lambda r: Cell(r.leader.name, sub=r.leader.title)),
        Column("visitor", "来访人", records.shown_name),
        Column("people_count", "人数", lambda r: str(r.people_count), kind="num"),
        Column("demand", "诉求", lambda r: Cell(r.demand, kind="clip")),
        Column("place", "问题属地", lambda r: r.place or "", shown=False),
        Column("cause", "产生原因", lambda r: r.cause or "", shown=False),
        Column("unit", "责任单位", lambda r: show(r.unit)),
        Column("outcome", "处理方式", outcome_cell),
        Column("opinion", "领导意见", lambda r: Cell(r.opinion or "", kind="clip"), shown=False),
        Column("result", "办理结果", lambda r: Cell(r.result or "", kind="clip"), shown=False),
        Column("petition", "信访事项", matter_cell),
    )
    filters = (
        Filter("held", "接访日期", _held, kind="dates"),
        Filter("leader", "接访领导", equals(m.ReceptionRecord.leader_id), _leaders),
        Filter("outcome", "处理方式", equals(m.ReceptionRecord.outcome), words(Outcome)),
        Filter("unit", "责任单位", equals(m.ReceptionRecord.unit_id), contacts.unit_options),
    )
    tabs = (
        Tab("all", "全部", lambda s, _a: s),
        Tab("waiting", "待领导意见", lambda s, _a: s.where(m.ReceptionRecord.outcome.is_(None))),
        Tab("loose", "未转事项", lambda s, _a: s.where(m.ReceptionRecord.petition_id.is_(None))),
        Tab("owed", "待反馈结果", lambda s, _a: s.where(m.ReceptionRecord.result.is_(None))),
    )
    list_options = (
        joinedload(m.ReceptionRecord.session),
        joinedload(m.ReceptionRecord.leader),
        joinedload(m.ReceptionRecord.unit),
        joinedload(m.ReceptionRecord.petition),
    )
    fieldsets = (
        ("来访人", ("visitor", "phone", "people_count", "place", "is_secret")),
        ("诉求", ("demand", "purpose", "cause", "unit_id")),
        ("处理", ("opinion", "outcome", "result")),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.ReceptionRecord.id.desc()]

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(m.ReceptionRecord.demand.contains(text, autoescape=True))

    def page_title(self, row: Any | None) -> str:
        return f"{records.shown_name(row)} {show(row.session.held_on)}" if row is not None else ""

    def edit_form(self, obj: Any = None) -> Any:
        """The phone is not shown again: a new one replaces it, an empty field leaves it (C3)."""
        form = super().edit_form(obj)
        if request.method != "POST":
            form.phone.data = ""
        if obj.phone:
            form.phone.description = gettext("已登记 %(phone)s；不改请留空。", phone=mask("phone", obj.phone))
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return records.change(db.session(), actor, row, values)

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="reception_record", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"] |= {"facts": facts_of(row), "actions": [*links_of(row), *self.row_actions(row)]}
        return context

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """信访接待登记表."""
        row = self.get_one(row_id)
        looked.note("print", table="reception_record", petition_id=row.petition_id)
        actor = current_actor()
        return self.render(
            "paper/reception.html",
            record=row,
            visitor=records.shown_name(row),
            phone=mask("phone", row.phone),
            office=settings.get(db.session(), "office_name", actor.today),
            show=show,
            back=self.row_url(row),
        )


def links_of(row: m.ReceptionRecord) -> list[dict[str, Any]]:
    return [
        {"label": gettext("打印登记表"), "url": url_for("reception_record.print_view", row_id=row.id), "new_tab": True}
    ]


def facts_of(row: m.ReceptionRecord) -> list[dict[str, Any]]:
    """The record's facts in three cards; the phone stays masked."""
    held = row.session
    came = [
        {"label": gettext("来访人"), "text": records.shown_name(row)},
        {"label": gettext("电话"), "text": mask("phone", row.phone), "num": True},
        {"label": gettext("人数"), "text": str(row.people_count), "num": True},
        {"label": gettext("问题属地"), "text": row.place or ""},
        {"label": gettext("信访目的"), "text": show(row.purpose)},
        {"label": gettext("要求保密"), "text": show(row.is_secret)},
        {"label": gettext("诉求"), "text": row.demand, "wide": True},
        {"label": gettext("产生原因"), "text": row.cause or "", "wide": True},
    ]
    session_url = url_for("reception_session.details_view", id=row.session_id)
    received = [
        {"label": gettext("接访领导"), "text": show(row.leader)},
        {"label": gettext("接访场次"), "text": long_day(held.held_on, current_actor().today.year), "url": session_url},
        {"label": gettext("责任单位"), "text": show(row.unit)},
        {"label": gettext("处理方式"), "text": show(row.outcome)},
        {"label": gettext("领导意见"), "text": row.opinion or "", "wide": True},
        {"label": gettext("办理结果"), "text": row.result or "", "wide": True},
    ]
    if row.petition is not None:
        received.append({"label": gettext("信访事项"), "text": str(row.petition), "url": matter_url(row)})
    return [{"title": gettext("来访情况"), "items": came}, {"title": gettext("接访处理"), "items": received}]


def views() -> list[Any]:
    return [RecordView(m.ReceptionRecord)]
