"""下访: the list of visits down, a visit's page with its steps, matters and findings, planned and recorded (E1)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import g, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import fields, visit_findings, wording
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, to_date, words
from admin_views.receptions import leader_options
from models import db
from rules.access import LEADERS, Actor, may
from rules.moves import Need
from rules.reception_words import LeaderVisitKind, LeaderVisitMode, LeaderVisitState
from rules.roster_period import month_of, period
from rules.visits import Step
from rules.words import RuleBroken
from services import gate, visits
from services import visit_findings as findings

State = LeaderVisitState
STATE_KINDS = {State.PLANNED: "now", State.DONE: "ok", State.CANCELLED: "wait"}
LIGHT_WORDS = {
    "done": ("已完成", "ok"), "normal": ("正常", "ok"), "soon": ("即将到期", "soon"), "today": ("今日到期", "soon"),
    "late": ("已超期", "late"),
}  # fmt: skip
"""A step's light → its word and colour."""
MONTHS_BACK, MONTHS_AHEAD = 6, 7
REPORT_LIMIT = 4000


def days_text(row: m.Visit) -> str:
    """11月20日 星期五, or 11月20日 星期五 至 11月24日 星期二."""
    year = current_actor().today.year
    first = wording.long_day(row.from_on, year)
    last = wording.long_day(row.to_on, year)
    return first if row.to_on == row.from_on else gettext("%(first)s 至 %(last)s", first=first, last=last)


def span_cell(row: m.Visit) -> Cell:
    count = (row.to_on - row.from_on).days + 1
    last = gettext("至 %(day)s，共 %(count)s 天", day=show(row.to_on), count=count) if count > 1 else ""
    return Cell(show(row.from_on), sub=last, kind="code")


def area_cell(row: m.Visit) -> Cell:
    unit = show(row.unit)
    return Cell(row.area, sub=unit if unit != row.area else "")


def known_steps(row: m.Visit) -> list[Step]:
    """The visit's steps; the office's settings are read once a request."""
    if "visit_step_days" not in g:
        g.visit_step_days = visits.step_days(db.session(), current_actor())
    return visits.steps(db.session(), current_actor(), row, g.visit_step_days)


def steps_cell(row: m.Visit) -> Cell:
    """The step that comes next, with its light and last day."""
    if row.state is not State.PLANNED:
        return Cell()
    for step in known_steps(row):
        if step.light != "done":
            word, kind = LIGHT_WORDS[step.light]
            said = gettext("%(step)s：%(light)s", step=gettext(step.label), light=gettext(word))
            return tagged(said, kind, show(step.due))
    return tagged(gettext("准备就绪"), "ok")


def _contact(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    return noted(visits.note_step(session, actor, row, "contact", said["contacted_on"], said["contacted_whom"]))


def _post(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    return noted(visits.note_step(session, actor, row, "post", said["posted_on"], said["posted_where"]))


def noted(step: Step) -> str:
    """What is said of a step just recorded."""
    if step.days_late:
        return gettext(
            "已登记“%(step)s”，比要求的 %(day)s 晚 %(days)s 天。",
            step=gettext(step.label), day=show(step.due), days=step.days_late,
        )  # fmt: skip
    return gettext("已登记“%(step)s”。", step=gettext(step.label))


def _finish(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    visits.finish(session, actor, row, said)
    return gettext("已登记下访情况，计入下访天数。")


def _cancel(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    visits.cancel(session, actor, row, said["state_reason"])
    return gettext("已取消这次下访。")


def _carry(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    petition = gate.find(session, actor, m.Petition, said["petition_id"])
    visits.carry(session, actor, row, petition)
    return gettext("已带上 %(number)s。", number=petition.number)


def _leave(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    petition = gate.find(session, actor, m.Petition, said["petition_id"])
    visits.leave_behind(session, actor, row, petition)
    return gettext("%(number)s 不再随这次下访。", number=petition.number)


def _find(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    findings.add(session, actor, row, said)
    return gettext("已登记这个问题，可以接着登记下一个。")


def is_own(row: m.Visit, actor: Actor) -> bool:
    """The office's, or the leader's own."""
    return actor.role not in LEADERS or row.leader_id == actor.leader_id


def is_open(row: m.Visit, actor: Actor) -> bool:
    """Is the plan still to be changed, by this actor?"""
    return is_own(row, actor) and row.state is State.PLANNED


def may_find(row: m.Visit, actor: Actor) -> bool:
    """Has the visit begun, so that problems can be noted?"""
    return is_own(row, actor) and row.state is not State.CANCELLED and row.from_on <= actor.today


MATTER = (Need("petition_id", "信访事项", "petition"),)
ACTIONS = (
    Action(
        "contact", "登记联系", "visit.edit", _contact,
        (Need("contacted_on", "联系日期", "date"), Need("contacted_whom", "联系了谁", limit=100, help="单位、姓名、电话或方式。")),
        is_shown=lambda row, actor: is_open(row, actor) and row.contacted_on is None,
    ),
    Action(
        "post", "登记公示", "visit.edit", _post,
        (Need("posted_on", "公示日期", "date"), Need("posted_where", "公示地点", limit=100, help="如村务公开栏、便民服务中心。")),
        is_shown=lambda row, actor: is_open(row, actor) and row.posted_on is None,
    ),
    Action("carry", "带案", "visit.edit", _carry, MATTER, is_shown=is_open, help="带上要在下访中处理的信访事项。"),
    Action(
        "leave", "不再带案", "visit.edit", _leave, MATTER,
        is_shown=lambda row, actor: is_open(row, actor) and bool(row.petitions),
    ),
    Action(
        "find", "登记发现的问题", "visit_finding.edit", _find, visit_findings.NEEDS, is_shown=may_find,
        after=lambda row: url_for("visit.details_view", id=row.id) + "#entry",
    ),
    Action(
        "finish", "登记下访情况", "visit.edit", _finish,
        (
            Need("from_on", "开始日期", "date"), Need("to_on", "结束日期", "date"),
            Need("people_met", "走访人数", "int"), Need("report", "下访情况", "long", limit=REPORT_LIMIT),
        ),
        is_shown=lambda row, actor: is_own(row, actor) and row.state is not State.CANCELLED and row.from_on <= actor.today,
        kind="go", help="填实际下访的日期。登记后计入下访天数；写错了可以再登记一次。",
    ),
    Action(
        "cancel", "取消", "visit.edit", _cancel, (Need("state_reason", "取消理由", limit=200),),
        is_shown=is_open, kind="no",
    ),
)  # fmt: skip
ON_PAGE = ("carry", "leave", "find", "contact", "post")
"""Actions that stand on the page where they belong, not in its head."""


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
        Column("purpose", "下访目的", lambda v: Cell(v.purpose, kind="clip")),
        Column("steps", "准备", steps_cell),
        Column("people_met", "走访人数", lambda v: show(v.people_met), kind="num", shown=False),
        Column("companions", "随行部门", lambda v: wording.listed(u.name for u in v.companions), shown=False),
        Column("state", "状态", lambda v: tagged(show(v.state), STATE_KINDS[v.state])),
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
        ("下访", ("leader_id", "kind", "mode", "from_on", "to_on", "unit_id", "area")),
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
            form.leader_id.narrow = lambda s: fields.active_leaders(s).where(m.Leader.id == (actor.leader_id or 0))
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
            "is_planned": row.state is State.PLANNED,
            "matters": [(p, url_for("petition.details_view", id=p.id) if opens else "") for p in visits.matters_of(session, actor, row)],
            "may_carry": may(actor, "visit.edit") and is_open(row, actor),
            "findings": [visit_findings.line(found) for found in findings.of_visit(session, actor, row)],
            "entry": visit_findings.entry_form() if may_enter else None,
            "entry_names": visit_findings.ENTRY,
        }  # fmt: skip


def facts_of(row: m.Visit) -> list[dict[str, Any]]:
    """The plan, and what came of it."""
    items = [
        {"label": gettext("下访领导"), "text": show(row.leader)},
        {"label": gettext("下访日期"), "text": days_text(row), "num": True},
        {"label": gettext("下访地点"), "text": row.area, "sub": show(row.unit) if show(row.unit) != row.area else ""},
        {"label": gettext("下访形式"), "text": wording.listed([show(row.kind), show(row.mode)])},
        {"label": gettext("随行人员"), "text": row.crew or ""},
        {"label": gettext("随行部门"), "text": wording.listed(unit.name for unit in row.companions)},
        {"label": gettext("下访目的"), "text": row.purpose, "wide": True},
        {"label": gettext("任务分工"), "text": row.tasks or "", "wide": True},
    ]
    if row.state is State.DONE:
        items += [
            {"label": gettext("走访人数"), "text": show(row.people_met), "num": True},
            {"label": gettext("下访情况"), "text": row.report or "", "wide": True},
        ]
    if row.state is State.CANCELLED:
        items.append({"label": gettext("取消理由"), "text": wording.said(row.state_reason), "wide": True})
    return items


def step_line(row: m.Visit, step: Step, actor: Actor) -> dict[str, Any]:
    """One step before the visit: done when and with whom, or by when; the way to record it."""
    text = row.contacted_whom if step.key == "contact" else row.posted_where
    word, kind = LIGHT_WORDS[step.light]
    label = gettext("登记联系") if step.key == "contact" else gettext("登记公示")
    can = may(actor, "visit.edit") and is_open(row, actor) and step.done_on is None
    late = gettext("晚 %(days)s 天", days=step.days_late) if step.days_late else ""
    return {
        "state": "y" if step.done_on else "n" if row.state is State.PLANNED else "w",
        "title": gettext(step.label),
        "due": gettext("最迟 %(day)s", day=wording.long_day(step.due, actor.today.year)),
        "done": f"{show(step.done_on)} {text}" if step.done_on else "",
        "tag": {"text": late or gettext(word), "kind": "soon" if late else kind},
        "link": {"label": label, "url": url_for("visit.do_view", row_id=row.id, verb=step.key)} if can else None,
    }


def month_url(day: date) -> str:
    """The list of visits of a day's month."""
    return url_for("visit.index_view", tab="all", month=month_of(day))


def views() -> list[Any]:
    return [VisitView(m.Visit), *visit_findings.views()]
