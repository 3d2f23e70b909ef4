"""信访例会、联席会议: planned, agenda picked, minutes and decisions item by item, printed (E3)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import looked, wording
from admin_views.agenda_items import ItemView
from admin_views.base import Action, DeskView, current_actor, posted, show
from admin_views.decisions import DecisionView
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, words
from admin_views.meeting_actions import ACTIONS
from admin_views.meeting_fields import PLAN_FIELDS, plan_form
from admin_views.meeting_page import (
    decision_of,
    facts_of,
    item_of,
    missing_words,
    papers_of,
    state_cell,
    tags_of,
)
from admin_views.meeting_pages import MeetingPages
from models import db
from rules import meetings as rules
from rules.access import Actor, may
from rules.meetings import MeetingKind, MeetingState
from services import agenda, gate, meetings


class MeetingView(MeetingPages, DeskView):
    """信访例会、联席会议."""

    title, group = "信访例会", "接访"
    create_verb = edit_verb = "meeting.edit"
    create_label = "安排会议"
    verbs = MeetingPages.verbs
    details_template = "meeting/details.html"
    columns = (
        Column("number", "编号", lambda r: Cell(r.number, kind="code"), sort=m.Meeting.id),
        Column("kind", "会议种类", lambda r: show(r.kind)),
        Column("held_on", "召开日期", lambda r: Cell(show(r.held_on), sub=r.starts or "", kind="code"), sort=m.Meeting.held_on),
        Column("place", "会议地点", lambda r: r.place or "", shown=False),
        Column("chair", "会议主持", lambda r: r.chair.name if r.chair else ""),
        Column("units", "参会单位", lambda r: Cell(wording.listed(unit.name for unit in r.units), kind="clip")),
        Column("state", "状态", state_cell),
    )  # fmt: skip
    filters = (
        Filter("kind", "会议种类", equals(m.Meeting.kind), words(MeetingKind)),
        Filter("held", "召开日期", between(m.Meeting.held_on), kind="dates"),
    )
    tabs = (
        Tab("planned", "待召开", lambda s, _a: s.where(m.Meeting.state == MeetingState.PLANNED)),
        Tab("held", "已召开", lambda s, _a: s.where(m.Meeting.state == MeetingState.HELD), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (joinedload(m.Meeting.chair), selectinload(m.Meeting.units))
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Meeting.held_on.desc(), m.Meeting.id.desc()]

    def dress(self, screen: Any, actor: Actor) -> None:
        for one in meetings.missing(db.session(), actor):
            screen.notes.append(missing_words(one))

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext(self.create_label)
        return f"{wording.long_date(row.held_on)} {show(row.kind)}"

    # -- planning

    def create_form(self, obj: Any = None) -> Any:
        return plan_form()(posted() if request.method == "POST" else None)

    def edit_form(self, obj: Any = None) -> Any:
        form = self.create_form()
        if request.method == "GET":
            for name in ("kind", "held_on", "starts", "place", "chair_id", "guests"):
                form[name].data = getattr(obj, name)
            form.leader_ids.data = [leader.id for leader in obj.leaders]
            form.unit_ids.data = [unit.id for unit in obj.units]
        return form

    def standing(self, row: Any, name: str) -> Any:
        return getattr(row, {"leader_ids": "leaders", "unit_ids": "units"}.get(name, name.removesuffix("_id")), None)

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        return super().form_screen(row) | {"fieldsets": [{"title": gettext("会议"), "fields": PLAN_FIELDS}]}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        plan = meetings.Plan(
            values["kind"], values["held_on"], values["starts"] or "", values["place"] or "", values["chair_id"],
            values["leader_ids"] or (), values["unit_ids"] or (), values["guests"] or "",
        )  # fmt: skip
        return meetings.save(db.session(), actor, row, plan)

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return row.state is MeetingState.PLANNED

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        actor = current_actor()
        if action.verb == "hold":
            form.held_on.data = min(row.held_on, actor.today)
            form.recorder.data = actor.name
        if action.verb == "correct":
            form.minutes.data = rules.current(row.minutes)

    # -- its page

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        looked.note("view", table="meeting")
        context = super().details(row)
        context["screen"]["tags"] = tags_of(row)
        if may(actor, "meeting.edit") and row.state is MeetingState.PLANNED:
            pick = {"label": gettext("选议题"), "url": url_for("meeting.pick", row_id=row.id)}
            context["screen"]["actions"].insert(0, pick)
        own = gate.rows(actor, m.Decision).where(m.Decision.meeting_id == row.id, m.Decision.item_id.is_(None))
        items = agenda.items_of(session, actor, row)
        return context | {
            "facts": facts_of(row),
            "items": [item_of(session, actor, item) for item in items],
            "own": [decision_of(one) for one in session.scalars(own.order_by(m.Decision.id))],
            "may_edit": may(actor, "meeting.edit"),
            "may_decide": may(actor, "decision.make") and row.state is not MeetingState.CANCELLED,
            "is_planned": row.state is MeetingState.PLANNED,
            "papers": papers_of(row, actor, has_guarded=any(agenda.is_guarded(item) for item in items)),
            "minutes": rules.current(row.minutes),
            "corrections": rules.corrections(row.minutes),
        }


def views() -> list[Any]:
    return [MeetingView(m.Meeting), ItemView(m.AgendaItem), DecisionView(m.Decision)]
