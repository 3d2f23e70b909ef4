"""预约约访: who will come to which session; the day's sheet for the leader (D11)."""

from typing import Any

import sqlalchemy as sa
from flask import g, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import appointment_form, looked, wording
from admin_views import appointment_parts as parts
from admin_views.appointment_actions import ACTIONS
from admin_views.base import Action, DeskView, current_actor, done
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, words
from admin_views.options import leader_options
from models import db
from rules.access import LEADERS, Actor, mask
from rules.reception_words import AppointmentKind, AppointmentState
from rules.session_hours import hours_text
from services import appointment_lists, appointments, briefs, gate, proposals, receivers, settings


def of_session(apply: Any) -> Any:
    """A filter on the appointment's session, in an `exists` of its own."""

    def narrowed(statement: Any, value: str) -> Any:
        held = sa.select(m.ReceptionSession.id).where(m.ReceptionSession.id == m.Appointment.session_id)
        return statement.where(apply(held, value).exists())

    return narrowed


class AppointmentView(DeskView):
    """预约约访."""

    title, group = "预约约访", "接访"
    create_verb = edit_verb = "appointment.edit"
    create_label, export_verb = "新增预约", "appointment.export"
    verbs = {"sheet_view": "appointment.list", "carry_view": "appointment.edit"}
    details_template = "appointment/details.html"
    create_template = "appointment/new.html"
    searchable, search_hint = True, "诉求中的词"
    columns = (
        Column("held_on", "接访日期", parts.day_cell),
        Column("visitor", "来访人", parts.visitor_cell),
        Column("demand", "诉求", lambda a: Cell(a.demand, kind="clip")),
        Column("kind", "种类", lambda a: gettext(a.kind.label)),
        Column("brief", "接访准备", parts.brief_cell),
        Column("petition", "信访事项", parts.matter_cell),
        Column("state", "状态", parts.state_cell),
        Column("place", "问题属地", lambda a: a.place or "", shown=False),
        Column("signed_up_on", "登记日期", lambda a: str(a.signed_up_on), shown=False),
        Column("reason", "约访事由", lambda a: Cell(a.reason or "", kind="clip"), shown=False),
    )
    filters = (
        Filter("held", "接访日期", of_session(between(m.ReceptionSession.held_on)), kind="dates"),
        Filter("leader", "接访领导", of_session(equals(m.ReceptionSession.leader_id)), leader_options),
        Filter("kind", "种类", equals(m.Appointment.kind), words(AppointmentKind)),
        Filter("state", "状态", equals(m.Appointment.state), words(AppointmentState)),
    )
    tabs = (
        Tab("coming", "今天以后", appointment_lists.coming),
        Tab("next_day", "下一工作日", lambda s, a: appointment_lists.on_next_day(db.session(), s, a)),
        Tab("no_brief", "缺接访准备", lambda s, a: appointment_lists.without_brief(db.session(), s, a)),
        Tab("adrift", "需另行安排", lambda s, a: appointment_lists.adrift(db.session(), s, a)),
        Tab("invited", "约访", lambda s, _a: s.where(m.Appointment.kind == AppointmentKind.INVITATION)),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = appointment_lists.SHOWN
    fieldsets = tuple(
        (title, tuple(name for name in names if name not in appointment_form.ONLY_NEW))
        for title, names in appointment_form.FIELDSETS
    )
    form_args = appointment_form.ARGS
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        """The next to come first, each session in the order of its line; of all ever, the latest first."""
        own = m.ReceptionSession.id == m.Appointment.session_id
        day = sa.select(m.ReceptionSession.held_on).where(own).scalar_subquery()
        is_all = request.args.get("tab") == "all"
        return [day.desc() if is_all else day, m.Appointment.session_id, m.Appointment.place_in_line]

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(m.Appointment.demand.contains(text, autoescape=True))

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext("新增预约")
        return f"{row} {wording.long_day(row.session.held_on, current_actor().today.year)}"

    # -- the form

    def scaffold_form(self) -> Any:
        return appointment_form.extend(super().scaffold_form())

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        appointment_form.shorten(form)
        if request.method != "POST":
            appointment_form.prefill(form)
        return form

    def edit_form(self, obj: Any = None) -> Any:
        form = super().edit_form(obj)
        for name in appointment_form.ONLY_NEW:
            del form[name]
        appointment_form.shorten(form)
        appointment_form.masked_phone(form, obj)
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if row.id is None:
            return appointment_form.save(actor, values)
        return appointments.change(db.session(), actor, row, values)

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return row.state == AppointmentState.EXPECTED

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        actor = current_actor()
        day = wording.long_day(saved.session.held_on, actor.today.year)
        first = gettext("已保存。") if is_edit else gettext("已约定：%(day)s。", day=day)
        return "".join([first, *parts.warnings_of(saved, actor)])

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """A line typed on a session's page leads back to it."""
        answer = super().create_view()
        if request.form.get("back") == "session" and getattr(answer, "status_code", 0) == 302:
            held = appointment_form.chosen_session(request.form.get("session_id"))
            return redirect(url_for("reception_session.details_view", id=held.id if held else 0) + "#signups")
        return answer

    def _form_page(self, form: Any, row: Any | None) -> Any:
        if g.pop("awaits_session", False):
            form.session_id.errors = []
        self._template_args.update(appointment_context(form) if row is None else {})
        return super()._form_page(form, row)

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        if row is None:
            shown = [(title, names) for title, names in appointment_form.FIELDSETS]
            screen["fieldsets"] = [{"title": gettext(title), "fields": list(names)} for title, names in shown]
            is_ready = self._template_args.get("fixed") or self._template_args.get("offers")
            screen["submit"] = gettext("保存") if is_ready else gettext("看建议场次")
        return screen

    # -- one appointment

    def shape(self, row: Any, action: Action, form: Any) -> None:
        """改约 offers the sessions that still take sign-ups, none of a leader who may not know."""
        if action.verb == "reschedule":
            question = receivers.asked_by(row)
            takes = proposals.open_at_once if row.is_urgent else proposals.open_to_sign_up
            ids = [
                held.id for held, _left in takes(db.session(), current_actor(), question) if held.id != row.session_id
            ]
            form.session_id.narrow = lambda statement: statement.where(m.ReceptionSession.id.in_(ids))

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "brief":
            form.brief.data = row.brief or briefs.draft(db.session(), current_actor(), row)
            form.brief.render_kw = {"rows": 16}

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        looked.note("view", table="appointment", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"] |= {"facts": parts.facts_of(row), "tags": parts.state_tags(row)}
        return context | {"checks": parts.warnings_of(row, actor), "handled": parts.handled(row)}

    # -- a session's line

    @expose("/session/<row_id>/sheet")
    def sheet_view(self, row_id: str) -> Any:
        """来访名单: the day's sheet for the leader, in the order of the line."""
        actor, session = current_actor(), db.session()
        held = gate.find(session, actor, m.ReceptionSession, row_id)
        if actor.role in LEADERS and held.leader_id != actor.leader_id:
            raise gate.Forbidden("只能打印您本人接访的来访名单。")
        looked.note("print", table="appointment")
        rows = appointment_lists.for_leader(session, appointment_lists.of_session(session, actor, held))
        lines = [
            {
                "row": row,
                "people": parts.representatives(row),
                "phone": mask("phone", row.phone),
                "handled": _below(row),
            }
            for row in rows
        ]
        return self.render(
            "paper/appointment_sheet.html",
            held=held,
            hours=hours_text(held.starts, held.ends),
            lines=lines,
            office=settings.get(session, "office_name", actor.today),
            back=url_for("reception_session.details_view", id=held.id),
        )

    @expose("/session/<row_id>/carry", methods=("POST",))
    def carry_view(self, row_id: str) -> Any:
        """Everybody still waiting when the session ends is first next time."""
        actor, session = current_actor(), db.session()
        held = gate.find(session, actor, m.ReceptionSession, row_id)
        waiting = [
            row
            for row in appointment_lists.of_session(session, actor, held)
            if row.state == AppointmentState.EXPECTED and row.id not in parts.adrift_ids()
        ]
        for row in waiting:
            appointments.carry(session, actor, row)
        url = url_for("reception_session.details_view", id=held.id) + "#signups"
        return done(gettext("已结转 %(count)s 批，下次优先。", count=len(waiting)), url)


def _below(row: m.Appointment) -> list[str]:
    """The last two answers of the lower level, for a paper."""
    lines = briefs.handled_below(row.petition) if row.petition is not None else []
    return [f"{line.day} {line.unit} {line.word} {line.text}".strip() for line in lines[-2:]]


def appointment_context(form: Any) -> dict[str, Any]:
    """What the new form shows besides its fields: the session its address names, or the office's proposals."""
    held = appointment_form.chosen_session(form.session_id.data)
    stands = held is not None and not form.session_id.errors and not request.form.get("again")
    asks = request.method == "POST" and bool(form.demand.data) and not stands
    offers = appointment_form.offered(form) if asks else []
    return {
        "fixed": held if stands else None,
        "fixed_day": wording.long_day(held.held_on, current_actor().today.year) if held is not None else "",
        "offers": offers,
        "better": appointment_form.absent_best(offers) if asks else [],
        "asked": asks,
    }


def views() -> list[Any]:
    return [AppointmentView(m.Appointment)]
