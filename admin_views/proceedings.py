"""核查、会商、听证、调解、评议: one list and one page for every kind, planned, recorded, decided, put on paper (F3, F4)."""

from typing import Any

import sqlalchemy as sa
from flask import current_app, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import looked, proceeding_fields
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.decisions import leader_options
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.lookup import contains
from admin_views.proceeding_actions import ACTIONS, is_held, is_planned
from admin_views.proceeding_page import clock_of, decision_line, facts_of, found_in, papers_of, state_tag_of
from admin_views.wording import listed
from models import db
from rules.access import Actor
from rules.proceedings import KINDS, Outcome, PersonRole, ProceedingKind
from services import gate, proceeding_lists, proceeding_people, proceedings


def state_cell(row: m.Proceeding) -> Cell:
    tag = state_tag_of(row)
    return tagged(tag["text"], tag["kind"], show(row.outcome))


def names(row: m.Proceeding, role: PersonRole) -> str:
    """The names alone: what they are stands on the page."""
    return listed(one.name for one in row.people if one.role is role)


def took_part(statement: sa.Select[Any], value: str) -> sa.Select[Any]:
    """A filter: those in which this leader took part."""
    person, key = m.ProceedingPerson, gate.id_in(value)
    there = sa.select(person.proceeding_id).where(person.leader_id == (key or 0))
    return statement.where(m.Proceeding.id.in_(there))


class ProceedingView(DeskView):
    """核查、会商、听证、调解、评议."""

    title, group = "会商听证", "包案"
    is_named_by_word = True
    create_verb = edit_verb = "proceeding.edit"
    export_verb = "proceeding.export"
    create_label = "登记会商听证"
    details_template = "proceeding/details.html"
    create_template = edit_template = "proceeding/form.html"
    searchable, search_hint = True, "参加人姓名"
    columns = (
        Column("kind", "种类", lambda r: Cell(show(r.kind), sub=show(r.level)), sort=m.Proceeding.id),
        Column("petition", "信访事项", lambda r: Cell(r.petition.number, sub=r.case.number if r.case else "", kind="code")),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("held_on", "日期", lambda r: Cell(show(r.held_on), sub=r.starts or "", kind="code"), sort=m.Proceeding.held_on),
        Column("chair", "主持", lambda r: names(r, PersonRole.CHAIR)),
        Column("members", "参加人", lambda r: Cell(names(r, PersonRole.MEMBER), kind="clip")),
        Column("state", "状态和结论", state_cell),
        Column("conclusion", "意见", lambda r: Cell(r.conclusion or "", kind="clip"), shown=False),
        Column("place", "地点", lambda r: r.place or "", shown=False),
    )  # fmt: skip
    filters = (
        Filter("kind", "种类", equals(m.Proceeding.kind), words(ProceedingKind)),
        Filter("held", "日期", between(m.Proceeding.held_on), kind="dates"),
        Filter("outcome", "结论", equals(m.Proceeding.outcome), words(Outcome)),
        Filter("leader", "参加的领导", took_part, leader_options),
    )
    tabs = (
        Tab("planned", "待进行", proceeding_lists.planned),
        Tab("overdue", "待登记结果", proceeding_lists.overdue),
        Tab("held", "已完成", proceeding_lists.held, count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Proceeding.petition), joinedload(m.Proceeding.case), selectinload(m.Proceeding.people),
    )  # fmt: skip
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Proceeding.held_on.desc()]

    def search(self, statement: sa.Select[Any], text: str) -> sa.Select[Any]:
        """By the name of who took part; a guarded matter's parties are found by nobody (§4)."""
        person = m.ProceedingPerson
        shown = sa.or_(person.role != PersonRole.PARTY, m.Proceeding.petition.has(sa.not_(m.Petition.is_guarded)))
        return statement.where(
            sa.exists().where(person.proceeding_id == m.Proceeding.id, contains(person.name, text), shown)
        )

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext("登记%(kind)s", kind=gettext(proceeding_fields.kind_asked().word.label))
        return gettext("%(kind)s：%(title)s", kind=show(row.kind), title=row.petition.title)

    # -- planning

    def create_form(self, obj: Any = None) -> Any:
        form = proceeding_fields.plan_form(proceeding_fields.kind_asked(), is_new=True)
        petition = proceeding_fields.matter_asked(form)
        if request.method == "GET" and petition is not None:
            form.petition_id.data = petition.id
            form.petition_id.post_process()
        proceeding_fields.narrow(form, petition)
        return form

    def edit_form(self, obj: Any = None) -> Any:
        form = proceeding_fields.plan_form(KINDS[obj.kind], is_new=False)
        proceeding_fields.narrow(form, obj.petition)
        proceeding_fields.hint_parties(form, obj)
        if request.method == "GET":
            for name in ("held_on", "starts", "place", *KINDS[obj.kind].asks):
                form[name].data = getattr(obj, name)
            proceeding_fields.fill_people(form, obj)
        return form

    def standing(self, row: Any, name: str) -> Any:
        if name == "leader_ids":
            return [one.name for one in row.people if one.leader_id is not None and one.role is PersonRole.MEMBER]
        roles = {"chair": PersonRole.CHAIR, "members": PersonRole.MEMBER, "parties": PersonRole.PARTY}
        if name in roles:
            return proceeding_people.listed(row, roles[name])
        return None if name == "uploads" else super().standing(row, name)

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        kind = KINDS[row.kind] if row is not None else proceeding_fields.kind_asked()
        groups = [
            {"title": gettext(kind.word.label), "fields": list(proceeding_fields.PLAN_FIELDS)},
            {"title": gettext("参加人员"), "fields": list(proceeding_fields.PEOPLE_FIELDS)},
        ]
        kept = {key: value for key, value in request.args.items() if key != "kind"}
        kinds = [
            {"label": gettext(one.word.label), "active": one is kind,
             "url": url_for("proceeding.create_view", kind=one.word.value, **kept)}
            for one in KINDS.values()
        ] if row is None else []  # fmt: skip
        return super().form_screen(row) | {
            "fieldsets": groups,
            "kinds": kinds,
            "intro": gettext(kind.help) if kind.help else "",
        }

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        session = db.session()
        petition = row.petition if row.id is not None else gate.find(session, actor, m.Petition, values["petition_id"])
        kind = row.kind if row.id is not None else proceeding_fields.kind_asked().word
        asked = {name: values[name] for name in KINDS[kind].asks}
        plan = proceedings.Plan(
            kind, values["held_on"], proceeding_fields.people_said(values, row), values["starts"] or "",
            values["place"] or "", **asked, uploads=proceeding_fields.uploads_said(values),
        )  # fmt: skip
        return proceedings.save(session, actor, petition, row, plan, current_app.config["DESK_DATA"] / "attachments")

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return is_planned(row, actor)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb in ("hold", "correct"):
            proceeding_fields.narrow_outcome(form, KINDS[row.kind])
            proceeding_fields.hint_parties(form, row)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb not in ("hold", "correct"):
            return
        actor = current_actor()
        form.held_on.data = min(row.held_on, actor.today)
        proceeding_fields.fill_people(form, row)
        form.recorder.data = row.recorder or actor.name
        if action.verb == "correct":
            for name in ("minutes", "outcome", "conclusion"):
                form[name].data = getattr(row, name)
            form.dissent.data = proceeding_people.dissent(row)

    # -- its page

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        looked.note("view", table="proceeding", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"]["tags"] = [state_tag_of(row)]
        own = gate.rows(actor, m.Decision).where(m.Decision.conference_id == row.id).order_by(m.Decision.id)
        return context | {
            "kind": KINDS[row.kind],
            "facts": facts_of(row),
            "found": found_in(row),
            "decisions": [decision_line(one) for one in db.session.scalars(own)],
            "decide_url": url_for("proceeding.do_view", row_id=row.id, verb="decide") if is_held(row, actor) else "",
            "papers": papers_of(row),
            "clock": clock_of(row, actor),
        }


def views() -> list[Any]:
    return [ProceedingView(m.Proceeding)]
