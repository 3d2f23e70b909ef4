"""下访: the list of visits down, a visit's page with its steps, matters and findings, planned and recorded (E1)."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import fields, targets, visit_findings, wording
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, to_date, words
from admin_views.options import leader_options
from admin_views.visit_actions import ACTIONS, ON_PAGE, may_find
from admin_views.visit_page import (
    STATE_KINDS,
    State,
    area_cell,
    facts_of,
    is_open,
    known_steps,
    purpose_text,
    span_cell,
    state_cell,
    step_line,
)
from models import db
from rules.access import LEADERS, Actor, may
from rules.reception_words import LeaderVisitKind, LeaderVisitMode
from rules.roster_period import period
from rules.words import RuleBroken
from services import visit_findings as findings
from services import visits

MONTHS_BACK, MONTHS_AHEAD = 6, 7


def in_month(statement: sa.Select[Any], value: str) -> sa.Select[Any]:
    """Visits that touch a month."""
    try:
        asked = period(value)
    except RuleBroken:
        return statement.where(sa.false())
    return statement.where(m.Visit.from_on <= asked.last, m.Visit.to_on >= asked.first)


def month_options(actor: Actor) -> list[tuple[str, str]]:
    """Half a year back, half a year ahead."""
    first = actor.today.year * 12 + actor.today.month - 1
    keys = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(first - MONTHS_BACK, first + MONTHS_AHEAD)]
    return [(key, wording.period_label(period(key))) for key in keys]


class VisitView(DeskView):
    """下访."""

    title, group = "下访", "接访"
    create_verb = edit_verb = "visit.edit"
    create_label, export_verb = "新增下访", "visit.export"
    details_template = "visit.html"
    searchable, search_hint = True, "领导、地点"
    columns = (
        Column("from_on", "下访日期", span_cell, sort=m.Visit.from_on),
        Column("leader", "下访领导", lambda v: Cell(v.leader.name, sub=v.leader.title)),
        Column("area", "下访地点", area_cell),
        Column("kind", "下访形式", lambda v: Cell(show(v.kind), sub=show(v.mode))),
        Column("purpose", "下访目的", lambda v: Cell(purpose_text(v), kind="clip")),
        Column("people_met", "走访人数", lambda v: show(v.people_met), kind="num", shown=False),
        Column("companions", "随行部门", lambda v: wording.listed(u.name for u in v.companions), shown=False),
        Column("state", "状态", state_cell),
    )
    filters = (
        Filter("month", "月份", in_month, month_options),
        Filter("from", "下访日期", between(m.Visit.from_on), kind="dates"),
        Filter("leader", "下访领导", equals(m.Visit.leader_id), leader_options),
        Filter("kind", "下访形式", equals(m.Visit.kind), words(LeaderVisitKind)),
        Filter("mode", "下访方式", equals(m.Visit.mode), words(LeaderVisitMode)),
    )
    tabs = (
        Tab("planned", "计划中", lambda s, _a: s.where(m.Visit.state == State.PLANNED)),
        Tab("steps", "待准备", lambda s, a: visits.preparing(db.session(), s, a)),
        Tab("unrecorded", "待登记", visits.unrecorded),
        Tab("done", "已下访", lambda s, _a: s.where(m.Visit.state == State.DONE)),
        Tab("cancelled", "已取消", lambda s, _a: s.where(m.Visit.state == State.CANCELLED)),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Visit.leader), joinedload(m.Visit.unit), selectinload(m.Visit.companions))
    fieldsets = (
        ("下访", ("leader_id", "unit_id", "from_on", "to_on", "kind", "mode", "area")),
        ("安排", ("purpose", "crew", "tasks")),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Visit.from_on.desc() if request.args.get("tab") in ("done", "cancelled", "all") else m.Visit.from_on]

    def search(self, statement: Any, text: str) -> Any:
        leader = m.Visit.leader.has(m.Leader.name.contains(text, autoescape=True))
        return statement.where(sa.or_(leader, m.Visit.area.contains(text, autoescape=True)))

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "visit.plan"):
            found.insert(0, {"label": gettext("生成下访计划"), "url": url_for("visit_plan.index")})
        return found

    # -- the form

    def scaffold_form(self) -> Any:
        form = super().scaffold_form()
        help_text = lazy_gettext("陪同下访的部门；不选为无。")
        form.companion_ids = fields.UnitsField(lazy_gettext("随行部门"), description=help_text)
        return form

    def create_form(self, obj: Any = None) -> Any:
        form = self.narrowed(super().create_form(obj))
        if request.method == "GET":
            asked = to_date(request.args.get("from_on", ""))
            form.from_on.data = form.to_on.data = asked
            form.leader_id.data = current_actor().leader_id
        return form

    def edit_form(self, obj: Any = None) -> Any:
        form = self.narrowed(super().edit_form(obj))
        if request.method == "GET":
            form.companion_ids.data = [unit.id for unit in obj.companions]
        return form

    def narrowed(self, form: Any) -> Any:
        """A leader plans his own visits only; short fields where little is written."""
        actor = current_actor()
        if actor.role in LEADERS:
            form.leader_id.narrow = lambda s: targets.active_leaders(s).where(m.Leader.id == (actor.leader_id or 0))
        form.area.render_kw = {"wide": True}
        form.area.description = gettext("包片、包点、包户写明，如“包片：河东片”。")
        form.crew.description = gettext("随行人员姓名。")
        form.purpose.render_kw = form.crew.render_kw = {"rows": 2}
        form.tasks.render_kw = {"rows": 3}
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        screen["fieldsets"][1]["fields"].insert(2, "companion_ids")
        return screen

    def standing(self, row: Any, name: str) -> Any:
        return [unit.name for unit in row.companions] if name == "companion_ids" else super().standing(row, name)

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return visits.save(db.session(), actor, row, values)

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return is_open(row, actor)

    # -- actions

    def shape(self, row: Any, action: Action, form: Any) -> None:
        """A matter to carry is looked up among those the leader may know of; one to leave among those carried."""
        if action.verb == "carry":
            url = f"/admin/lookup/petition/?leader={row.leader_id}&q="
            form.petition_id.render_kw = dict(form.petition_id.render_kw, data_lookup=url)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        today = current_actor().today
        for name in ("contacted_on", "posted_on"):
            if name in form:
                form[name].data = today
        if action.verb == "finish":
            form.from_on.data, form.to_on.data = row.from_on, row.to_on
            form.people_met.data, form.report.data = row.people_met, row.report
        if action.verb == "find":
            visit_findings.set_defaults(form)

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """What stands on the page itself is left out of its head."""
        here = {url_for("visit.do_view", row_id=row.id, verb=verb) for verb in ON_PAGE}
        return [button for button in super().row_actions(row) if button["url"] not in here]

    # -- the page

    def page_title(self, row: Any | None) -> str:
        return f"{row.leader.name} {row.area}" if row is not None else gettext(self.create_label)

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        context = super().details(row)
        word = {"text": show(row.state), "kind": STATE_KINDS[row.state]}
        context["screen"] |= {"tags": [word], "facts": [{"title": gettext("下访"), "items": facts_of(row)}], "sub": ""}
        opens = may(actor, "petition.view")
        may_enter = may(actor, "visit_finding.edit") and may_find(row, actor)
        return context | {
            "steps": [step_line(row, step, actor) for step in known_steps(row)],
            "side_first": row.state is State.PLANNED,
            "is_planned": row.state is State.PLANNED,
            "matters": [(p, url_for("petition.details_view", id=p.id) if opens else "") for p in visits.matters_of(session, actor, row)],
            "may_carry": may(actor, "visit.edit") and is_open(row, actor),
            "findings": [visit_findings.line(found) for found in findings.of_visit(session, actor, row)],
            "entry": visit_findings.entry_form() if may_enter else None,
            "entry_names": visit_findings.ENTRY,
        }  # fmt: skip


def views() -> list[Any]:
    return [VisitView(m.Visit), *visit_findings.views()]
