"""领导包案: the list of cases, assigning, and the case's own page with its duties, plan and log."""

from typing import Any

from flask import request
from flask_babel import gettext

import models as m
from admin_views import aid, case_from, demands, looked, proceeding_page
from admin_views import handovers as handover_pages
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.case_actions import ACTIONS, narrow_leaders
from admin_views.case_list import COLUMNS, FILTERS, LIST_OPTIONS, STATUS_KINDS, TABS, next_cell
from admin_views.case_page import duty_of, evidence_choices, facts_of, papers_of
from admin_views.closing_story import visit_story
from models import db
from rules.access import Actor, may
from rules.words import DutyState
from services import (
    case_choices,
    case_sources,
    cases,
    closing,
    closing_content,
    closing_templates,
    gate,
    return_visits,
)

FIXED = ("petition_id", "leader_id", "level", "is_major", "basis", "unit_id", "reason")
"""Fields of assigning that editing leaves alone."""


class CaseView(DeskView):
    """领导包案."""

    title, group = "领导包案", "包案"
    create_verb, edit_verb, export_verb = "case.assign", "case.edit", "case.export"
    create_label = "列入领导包案"
    details_template = "case.html"
    columns, filters, tabs, list_options = COLUMNS, FILTERS, TABS, LIST_OPTIONS
    actions = ACTIONS
    fieldsets = (
        ("包案", ("petition_id", "leader_id", "basis", "level", "is_major", "reason")),
        ("责任", ("unit_id", "responsible_id")),
        ("方案", ("direction", "measures", "plan", "close_by", "report_by", "first_meeting_by")),
    )

    def page_title(self, row: Any | None) -> str:
        return row.petition.title if row is not None else gettext(self.create_label)

    # -- assigning and editing

    def create_form(self, obj: Any = None) -> Any:
        form = short_areas(super().create_form(obj))
        source = case_from.asked_source()
        asked = form.petition_id.data or request.args.get("petition_id") or case_from.matter_id(source)
        if asked and asked != -1:
            self.offer(form, gate.find(db.session(), current_actor(), m.Petition, asked))
        if source is not None and request.method == "GET":
            case_from.fill(form, source)
        return form

    def offer(self, form: Any, petition: m.Petition) -> None:
        """Fill in what the division of work and the matter say; offer nobody the matter complains of."""
        actor = current_actor()
        narrow_leaders(form.leader_id, petition)
        proposed = case_choices.propose_leader(db.session(), actor, petition)
        form.leader_id.description = case_from.leader_hint(petition, proposed)
        if request.method == "POST":
            return
        form.petition_id.data, form.unit_id.data = petition.id, petition.unit_id
        form.responsible_id.data = petition.handler_id
        form.leader_id.data = proposed.id if proposed else None
        form.petition_id.post_process()
        form.responsible_id.post_process()

    def edit_form(self, obj: Any = None) -> Any:
        form = short_areas(super().edit_form(obj))
        for name in FIXED:
            del form[name]
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        """Editing shows no card whose every field is fixed."""
        screen = super().form_screen(row)
        if row is not None:
            kept = [one for one in screen["fieldsets"] if set(one["fields"]) - set(FIXED)]
            screen["fieldsets"] = kept
        return screen

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        session = db.session()
        if row.id is not None:
            return cases.edit(session, actor, row, values)
        petition = gate.find(session, actor, m.Petition, values.pop("petition_id"))
        source = case_from.source_for(petition)
        return case_sources.open_from(session, actor, source, cases.Assignment(**values))

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return cases.may_write(actor, row)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "hand_over":
            narrow_leaders(form.leader_id, row.petition, but=row.leader_id)

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "note_progress":
            form.noted_on.data = current_actor().today

    # -- the case's page

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        looked.note("view", table="case", petition_id=row.petition_id)
        context = super().details(row)
        file = closing.find(session, row)
        shown = ("open_closing", "hand_over")
        context["screen"] |= {
            "crumb": self.crumb() + f" / {row.number}",
            "actions": [a for a in self.row_actions(row) if a["url"].rpartition("/")[2] in shown or "edit" in a["url"]],
        }
        return context | {
            "case": row,
            "facts": facts_of(row),
            "tag": {"text": gettext(row.status.label), "kind": STATUS_KINDS[row.status]},
            "is_written": cases.may_write(actor, row),
            "is_recorded": cases.may_record(actor, row),
            "duties": [duty_of(duty) for duty in row.duties],
            "duty_states": [(state.value, gettext(state.label)) for state in DutyState],
            "next_cell": next_cell(row),
            "today": actor.today,
            "file": file,
            "checklist": gettext(file.template if file else closing_templates.name_for(session, row.petition)),
            "missing": closing_content.read(session, file).missing if file else [],
            "visits": visit_story(return_visits.of(session, row.petition)),
            "may_visit": may(actor, "return_visit.record"),
            "papers": papers_of(actor, row.petition),
            "aids": aid.card(row.petition, actor),
            "demand": demands.card(row.petition, actor),
            "proceedings": proceeding_page.card(row.petition, actor),
            "team": case_from.team(row),
            "handed": handover_pages.story(row, actor),
            "paper_choices": evidence_choices(actor, row.petition),
            "show": show,
        }


def short_areas(form: Any) -> Any:
    """Texts of a line or two do not fill the screen."""
    for name in ("reason", "direction", "measures"):
        form[name].render_kw = {"rows": 2}
    return form


def views() -> list[Any]:
    return [CaseView(m.Case)]
