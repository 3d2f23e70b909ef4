"""接访登记: the ledger of matters received by leaders (领导接访工作台账), each record's page and its printed form (D7)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext

import models as m
from admin_views import feedback_fields, looked, options
from admin_views import reception_forms as forms
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.export import conditions
from admin_views.fields import UnitsField
from admin_views.list_rows import ListRows
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.options import leader_options
from admin_views.reception_facts import OUTCOME_COLOURS, facts_of, fed_back, state_tag
from admin_views.reception_forms import ENTRY, NEEDS, entry_form, set_defaults
from admin_views.reception_steps import ACTIONS, matter_url, next_verb
from admin_views.wording import listed
from models import db
from rules.access import Actor, mask
from rules.words import Outcome
from services import reception_ledger, settings
from services import reception_records as records
from services.reception_ledger import line

__all__ = ["ENTRY", "NEEDS", "RecordView", "entry_form", "set_defaults", "views"]

PRINTED = 500
"""Lines of a printed ledger; more is for Excel."""


def matter_cell(row: m.ReceptionRecord) -> Cell:
    return Cell(row.petition.number, kind="code", url=matter_url(row)) if row.petition else Cell()


def outcome_cell(row: m.ReceptionRecord) -> Cell:
    return tagged(show(row.outcome), OUTCOME_COLOURS.get(row.outcome, "wait")) if row.outcome else Cell()


def unit_cell(row: m.ReceptionRecord) -> Cell:
    assisting = listed(unit.name for unit in row.assisting)
    return Cell(show(row.unit), sub=gettext("协办：%(units)s", units=assisting) if assisting else "")


def visitor_cell(row: m.ReceptionRecord) -> Cell:
    more = gettext("%(count)s 人", count=row.people_count) if row.people_count > 1 else ""
    return Cell(records.shown_name(row), sub=more)


def state_cell(row: m.ReceptionRecord) -> Cell:
    """The matter's number and the day it was answered or closed stand under its state."""
    found = line(row)
    day = found.closed_on or found.answered_on
    number = row.petition.number if row.petition else ""
    return tagged(*state_tag(found), sub=" ".join(filter(None, (number, show(day)))))


def _held(statement: Any, value: str) -> Any:
    return between(m.ReceptionSession.held_on)(statement.join(m.ReceptionRecord.session), value)


class RecordView(DeskView):
    """接访登记."""

    title, group = "领导接访工作台账", "接访"
    empty_words = "还没有接访登记。在接访日程里点开一场，登记来访人。"
    edit_verb, export_verb = "reception_record.register", "reception_record.export"
    verbs = {"print_view": "reception_record.view", "ledger": "reception_record.list"}
    action_template = edit_template = "reception_form.html"
    searchable, search_hint = True, "诉求中的词"
    columns = (
        Column("held_on", "接访日期", lambda r: Cell(show(r.session.held_on), kind="code"), sort=m.ReceptionRecord.id),
        Column("leader", "接访领导", lambda r: Cell(r.leader.name, sub=r.leader.title)),
        Column("visitor", "来访人", visitor_cell),
        Column("people_count", "人数", lambda r: str(r.people_count), kind="num", shown=False),
        Column("demand", "诉求", lambda r: Cell(r.demand, kind="clip")),
        Column("place", "问题属地", lambda r: r.place or "", shown=False),
        Column("cause", "产生原因", lambda r: r.cause or "", shown=False),
        Column("unit", "责任单位", unit_cell),
        Column("opinion", "领导意见", lambda r: Cell(r.opinion or "", kind="clip"), shown=False),
        Column("outcome", "处理方式", outcome_cell),
        Column("due_on", "办理期限", lambda r: Cell(show(r.due_on), kind="code"), shown=False),
        Column("petition", "信访事项", matter_cell, shown=False),
        Column("state", "办理状态", state_cell),
        Column("result", "办理结果", lambda r: Cell(line(r).result, kind="clip")),
        Column("told", "反馈", lambda r: fed_back(line(r)), shown=False),
    )
    filters = (
        Filter("held", "接访日期", _held, kind="dates"),
        Filter("leader", "接访领导", equals(m.ReceptionRecord.leader_id), leader_options),
        Filter("outcome", "处理方式", equals(m.ReceptionRecord.outcome), words(Outcome)),
        Filter("unit", "责任单位", equals(m.ReceptionRecord.unit_id), options.unit_options),
    )
    tabs = (
        Tab("all", "全部", lambda s, _a: s),
        Tab("waiting", "待领导意见", lambda s, _a: s.where(m.ReceptionRecord.outcome.is_(None))),
        Tab("loose", "未转事项", lambda s, _a: s.where(m.ReceptionRecord.petition_id.is_(None))),
        Tab("open", "办理中", lambda s, _a: s.where(reception_ledger.open_ones())),
        Tab("owed", "待反馈结果", lambda s, _a: s.where(reception_ledger.owed_ones())),
    )
    list_options = reception_ledger.OPTIONS
    form_extra_fields = {"assisting_ids": UnitsField(lazy_gettext("协办单位"))}
    fieldsets = (
        ("来访人", ("visitor", "phone", "people_count", "place", "is_secret")),
        ("诉求", ("demand", "purpose", "cause")),
        ("处理", ("outcome", "unit_id", "assisting_ids", "due_on", "signed_on", "policy", "opinion")),
        ("结果", ("result", "leader_told_on", "visitor_told_on")),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.ReceptionRecord.id.desc()]

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(m.ReceptionRecord.demand.contains(text, autoescape=True))

    def page_title(self, row: Any | None) -> str:
        return f"{records.shown_name(row)} {show(row.session.held_on)}" if row is not None else ""

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        kept = {key: value for key, value in request.args.items() if key not in ("page", "reason")}
        paper = {"label": gettext("打印台账"), "url": url_for("reception_record.ledger", **kept), "new_tab": True}
        return [paper, *super().list_actions(actor)]

    def edit_form(self, obj: Any = None) -> Any:
        """The phone is not shown again: a new one replaces it, an empty field leaves it (C3)."""
        form = super().edit_form(obj)
        if request.method != "POST":
            form.phone.data = ""
        if obj.phone:
            form.phone.description = gettext("已登记 %(phone)s；不改请留空。", phone=mask("phone", obj.phone))
        forms.tell_outcome(form, obj.session.held_on)
        forms.bar_accused(form, obj)
        return form

    def standing(self, row: Any, name: str) -> Any:
        return row.assisting if name == "assisting_ids" else super().standing(row, name)

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return records.change(db.session(), actor, row, values)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "opinion":
            forms.tell_outcome(form, row.session.held_on)
        feedback_fields.tell(form, row.petition.purpose if row.petition else row.purpose)
        forms.bar_accused(form, row)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        """What is known already: the decision so far, the result, the matter he named when he signed up."""
        if action.verb in ("opinion", "result"):
            for need in action.needs_for(row):
                form[need.name].data = getattr(row, need.name)
        feedback_fields.propose(form, row.petition.purpose if row.petition else row.purpose, row.petition)
        if action.verb == "join":
            form.petition_id.data = records.signed_up_matter(db.session(), current_actor(), row)
            form.petition_id.post_process()

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """The step that comes next stands out."""
        following = next_verb(row)
        found = super().row_actions(row)
        for button in found:
            button["primary"] = button["url"].rpartition("/")[2] in (following, "seen")
        return found

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="reception_record", petition_id=row.petition_id)
        context = super().details(row)
        paper = url_for("reception_record.print_view", row_id=row.id)
        printing = {"label": gettext("打印登记表"), "url": paper, "new_tab": True}
        context["screen"] |= {
            "facts": facts_of(row),
            "tags": [dict(zip(("text", "kind"), state_tag(line(row)), strict=True))],
            "actions": [printing, *self.row_actions(row)],
        }
        return context

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """信访接待登记表."""
        row = self.get_one(row_id)
        looked.note("print", table="reception_record", petition_id=row.petition_id)
        return self.render(
            "paper/reception.html",
            record=row,
            line=line(row),
            visitor=records.shown_name(row),
            phone=mask("phone", row.phone),
            office=settings.get(db.session(), "office_name", current_actor().today),
            outcomes=list(Outcome),
            back=self.row_url(row),
        )

    @expose("/ledger")
    def ledger(self) -> Any:
        """领导接访工作台账 on A4 landscape, as the list is now narrowed."""
        actor = current_actor()
        args = {key: ",".join(values) for key, values in request.args.lists()}
        listing = ListRows(self, actor, args)
        found = db.session.scalars(listing.ordered().options(*self.list_options).limit(PRINTED + 1)).unique().all()
        looked.note("print", table="reception_record")
        return self.render(
            "paper/reception_ledger.html",
            rows=[(row, line(row)) for row in found[:PRINTED]],
            is_cut=len(found) > PRINTED,
            most=PRINTED,
            said=conditions(listing),
            name=records.shown_name,
            office=settings.get(db.session(), "office_name", actor.today),
            today=actor.today,
            preparer=actor.name,
            wide=True,
            back=url_for("reception_record.index_view", **request.args),
        )


def views() -> list[Any]:
    return [RecordView(m.ReceptionRecord)]
