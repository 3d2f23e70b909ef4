"""The workbench (工作台): what is late, due, waiting; counts and lists through the gate, each with its address."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access, deadlines, moves, owed
from rules.access import Actor, Scope
from rules.words import OPEN_STATUSES, Status
from services import adrift as next_steps
from services import (
    appointment_lists,
    campaigns,
    case_dues,
    case_proposals,
    case_reviews,
    closing,
    decisions,
    due_sources,
    dues,
    duty_table,
    gate,
    inspection_reviews,
    meetings,
    nightly_check,
    notices,
    proceeding_lists,
    reading_lists,
    reception_ledger,
    reception_reports,
    receptions,
    reminders,
    return_visits,
    screening,
    settings,
    strike_offs,
    supervision_lists,
    swaps,
    visit_tasks,
)
from services.due_sources import Asked

TIMED_STATUSES = tuple(status for status in Status if status is not Status.VOIDED)
"""States in which a date can run: a result may be owed upward when a matter is closed already.

Most matters are closed: to read the few whose date runs, the index (status, breach_on) wants a range of `breach_on`.
"""

OFFICES_OWN = (Status.REGISTERED, Status.OBJECTED, Status.REVIEWING, Status.RECHECKING)
"""States in which the office owns the next step."""


@dataclass
class Board:
    """What the workbench shows: numbers with links, the ten most urgent, the cards beside them."""

    tiles: list[dict[str, Any]] = field(default_factory=list)
    urgent: list[dict[str, Any]] = field(default_factory=list)
    urgent_count: int = 0
    session: m.ReceptionSession | None = None
    reports: list[dict[str, Any]] = field(default_factory=list)
    to_sign: list[m.ClosingFile] = field(default_factory=list)
    adrift: list[m.Petition] = field(default_factory=list)
    checked: dict[str, Any] | None = None
    coming: list[reminders.Coming] = field(default_factory=list)
    outdated: list[notices.Outdated] = field(default_factory=list)
    received: list[tuple[m.ReceptionRecord, reception_ledger.Line]] = field(default_factory=list)
    month_reports: list[dict[str, Any]] = field(default_factory=list)
    visit_steps: list[visit_tasks.Task] = field(default_factory=list)
    on_duty: list[m.DutyDay] = field(default_factory=list)
    expected: list[m.Appointment] = field(default_factory=list)


def late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Matters whose last day on time has passed."""
    return statement.where(m.Petition.status.in_(TIMED_STATUSES), m.Petition.breach_on < actor.today)


def due_today(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Matters whose last day is today, or was a rest day and has been put off to today or later."""
    days = m.Petition.due_on <= actor.today, m.Petition.breach_on >= actor.today
    return statement.where(m.Petition.status.in_(TIMED_STATUSES), *days)


def due_soon(statement: sa.Select[Any], actor: Actor, days: int) -> sa.Select[Any]:
    """Matters due within `days` natural days, today not counted."""
    until = actor.today + timedelta(days=days)
    coming = m.Petition.breach_on > actor.today, m.Petition.due_on > actor.today, m.Petition.due_on <= until
    return statement.where(m.Petition.status.in_(TIMED_STATUSES), *coming)


def open_ones(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Matters in hand (在办); what was finally decided has its own list and is no open work (H6)."""
    return statement.where(m.Petition.status.in_(OPEN_STATUSES), m.Petition.status != Status.FINAL)


def mine(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Open matters whose next step is this actor's: the handler's tray, the office's to route, the leader's cases."""
    statement = open_ones(statement, actor)
    if actor.role in access.OFFICE:
        return statement.where(m.Petition.status.in_(OFFICES_OWN))
    if actor.role in access.LEADERS:
        cases = sa.select(m.Case.petition_id).where(m.Case.leader_id == actor.leader_id, m.Case.ended_on.is_(None))
        to_endorse = sa.and_(m.Petition.status == Status.PROPOSED, m.Petition.proposed_to_id == (actor.leader_id or 0))
        return statement.where(sa.or_(m.Petition.id.in_(cases), to_endorse))
    own = sa.and_(m.Petition.unit_id.in_(sorted(actor.unit_ids)), m.Petition.status != Status.OBJECTED)
    if actor.role == access.R.HANDLER:
        return statement.where(own, sa.or_(m.Petition.handler_id == actor.user_id, m.Petition.handler_id.is_(None)))
    return statement.where(own)


def adrift(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Open matters without a next step's owner, endorser or date (B8), by the nightly check's own rule."""
    return statement.where(next_steps.any_lack())


BADGE_CAP = 99
"""A badge counts no further: it costs every page."""


def badge(session: Session, actor: Actor, name: str) -> int:
    """The number beside a line of the menu."""
    if name == "late" and sees_matters(actor):
        return gate.count(session, late(gate.rows(actor, m.Petition), actor), BADGE_CAP)
    if name == "readings":
        return sum(reading_lists.waiting(session, actor).values())
    if name == "to_sign":
        return len(closing.waiting_for(session, actor))
    return 0


VISIT_TILES = {"visit": "下访待登记", "visit_finding": "下访待回访", "dispute": "矛盾纠纷应上报"}


def sees_matters(actor: Actor) -> bool:
    """Does the role see any matters at all?"""
    return actor.role is None or access.MATTER_SCOPE.get(actor.role, Scope.NONE) is not Scope.NONE


def board(session: Session, actor: Actor) -> Board:
    """Everything on the workbench for this actor."""
    found = Board()
    if sees_matters(actor):
        _matters(session, actor, found)
        found.tiles.append(_tile("待回访", len(return_visits.due(session, actor)), "return_visit", tab="due"))
        found.to_sign = closing.waiting_for(session, actor)
        found.tiles.append(_tile("待我签字", len(found.to_sign), "closing_file", tab="to_sign"))
        found.reports = campaigns.reports_due(session, actor)
    for tab, count in reading_lists.waiting(session, actor).items():
        if count:
            found.tiles.append(
                _tile(READING_TILES[tab], count, "reading", "", "late" if tab == "late" else "soon", tab=tab)
            )
    for tab, count in supervision_lists.counts(session, actor).items():
        if count:
            kind = "late" if tab == "late" else "soon"
            found.tiles.append(_tile(SUPERVISION_TILES[tab], count, "supervision", "", kind, tab=tab))
    for noun, counts in (("first_review", inspection_reviews.counts), ("case_review", case_reviews.counts)):
        for tab, count in counts(session, actor).items():
            if count:
                found.tiles.append(_tile(INSPECTION_TILES[noun, tab], count, noun, "", "soon", tab=tab))
    struck = len(strike_offs.waiting(session, actor))
    if struck:
        found.tiles.append(_tile("待我批准的销号", struck, "campaign_case", "", "soon", strike="waiting"))
    waiting = swaps.waiting(session, actor) if access.may(actor, "swap.list") else 0
    if waiting:
        found.tiles.append(_tile(_swap_label(actor), waiting, "swap", "", "soon", tab="waiting"))
    signed_up = appointment_lists.waiting(session, actor).items()
    found.tiles += [_tile(SIGN_UP_TILES[tab], n, "appointment", "", "soon", tab=tab) for tab, n in signed_up if n]
    found.expected = appointment_lists.to_prepare(session, actor)
    if access.may(actor, "reception_session.list"):
        found.session = receptions.next_session(session, actor.today)
        found.coming = reminders.coming(session, actor)
    if access.may(actor, "duty_day.list"):
        found.on_duty = duty_table.today(session, actor)
    if actor.role in access.OFFICE:
        found.outdated = notices.outdated(session, actor.today)
    if actor.role in access.LEADERS:
        mine_received = reception_ledger.received_by(session, actor)
        found.received = [(row, reception_ledger.line(row)) for row in mine_received]
    if access.may(actor, "check_run.list"):
        found.checked = nightly_check.line(session, actor)
    found.visit_steps = visit_tasks.steps_due(session, actor)
    for (noun, tab), count in visit_tasks.counts(session, actor).items():
        if count:
            found.tiles.append(_tile(VISIT_TILES[noun], count, noun, "", "soon", tab=tab))
    for key, count in decisions.counts(session, actor).items():
        if count:
            kind = "late" if key == "late" else "soon"
            found.tiles.append(_tile(DECISION_TILES[key], count, "decision", "", kind, tab=key))
    unrecorded = proceeding_lists.counts(session, actor).get("overdue", 0)
    if unrecorded:
        found.tiles.append(_tile("待登记结果的会商听证", unrecorded, "proceeding", "", "late", tab="overdue"))
    for key, count in case_dues.counts(session, actor).items() if sees_matters(actor) else ():
        if count:
            tab = "running" if actor.role in access.OFFICE else "mine"
            found.tiles.append(_tile(CASE_TILES[key], count, "case", "", CASE_KINDS[key], tab=tab, ask=key))
    proposed = case_proposals.waiting(session, actor)
    if proposed:
        found.tiles.append(_tile("待我批准的包案建议", proposed, "case_proposal", "", "soon", tab="waiting"))
    overdue = len(meetings.missing(session, actor))
    if overdue:
        found.tiles.append(_tile("逾期未开的会议", overdue, "meeting", "", "late", tab="planned"))
    for key, count in screening.counts(session, actor).items():
        if count:
            found.tiles.append(
                _tile(SCREENING_TILES[key], count, "screening_return", "", SCREENING_KINDS[key], tab=key)
            )
    found.month_reports = [one for one in reception_reports.due(session, actor) if one["is_near"]]
    return found


DECISION_TILES = {"mine": "待我落实的议定事项", "late": "逾期的议定事项"}
"""What the lists of services.decisions.counts are called on the workbench."""
CASE_TILES = {"log_late": "逾期未记进展的包案", "undated": "没有下次时间的包案"}
CASE_KINDS = {"log_late": "late", "undated": "soon"}
"""What the lists of services.case_dues.counts are called on the workbench, and their colour."""
SCREENING_TILES = {"missing": "待报送的排查", "late": "逾期未报的排查"}
SCREENING_KINDS = {"missing": "soon", "late": "late"}
"""What the lists of services.screening.counts are called on the workbench, and their colour."""
INSPECTION_TILES = {
    ("first_review", "mend"): "初审退回待补正",
    ("first_review", "again"): "补正后待初审",
    ("case_review", "mine"): "待我评查的案卷",
    ("case_review", "mend"): "评查后待整改",
}
"""What the lists of services.inspection_reviews.counts and case_reviews.counts are called on the workbench."""
SIGN_UP_TILES = {
    "coming": "约见我的来访人",
    "next_day": "下一工作日的预约",
    "no_brief": "缺接访准备",
    "adrift": "需另行安排的预约",
}
"""What the lists of services.appointment_lists.waiting are called on the workbench."""
SUPERVISION_TILES = {"mine": "待我回复的督办", "answered": "待审核的督办回复", "late": "逾期未复的督办"}
"""What the lists of services.supervision_lists.counts are called on the workbench."""
READING_TILES = {
    "to_read": "待我阅批的来信",
    "report_due": "待我审签的报告",
    "result_due": "待反馈的阅批结果",
    "late": "逾期的结案报告",
}
"""What the lists of services.reading_lists.waiting are called on the workbench."""


def _swap_label(actor: Actor) -> str:
    if access.may(actor, "swap.approve"):
        return "待我批准的调换"
    return "待我同意的调换" if actor.role in access.LEADERS else "待对方同意的调换"


def _matters(session: Session, actor: Actor, found: Board) -> None:
    rows = gate.rows(actor, m.Petition)
    soon = int(settings.get(session, "soon_days", actor.today))
    late_matters, late_dates = due_sources.late(Asked(session, actor, actor.today))
    longest = session.scalar(late(rows, actor).with_only_columns(sa.func.min(m.Petition.breach_on)))
    sub = f"{late_matters} 件、{late_dates} 个日期，最长 {(actor.today - longest).days} 天" if longest else ""
    found.tiles += [
        _tile("已超期", late_matters, "petition", sub, "late", tab="late"),
        _tile("今日到期", gate.count(session, due_today(rows, actor)), "petition", "", "soon", tab="today"),
        _tile(f"{soon} 日内到期", gate.count(session, due_soon(rows, actor, soon)), "petition", "", "soon", tab="soon"),
        _tile(
            "待转送交办" if actor.role in access.OFFICE else "等我办理",
            gate.count(session, mine(rows, actor)),
            "petition",
            tab="mine",
        ),
    ]
    timed = rows.where(m.Petition.status.in_(TIMED_STATUSES), m.Petition.breach_on >= date.min)
    found.urgent_count = gate.count(session, timed)
    first = timed.order_by(m.Petition.breach_on, m.Petition.id).limit(10)
    first = first.options(joinedload(m.Petition.unit), joinedload(m.Petition.handler))
    found.urgent = [urgent_row(petition, actor, soon) for petition in session.scalars(first)]
    found.adrift = list(session.scalars(adrift(rows, actor).order_by(m.Petition.id).limit(10)))


def _tile(label: str, value: int, noun: str, sub: str = "", kind: str = "", **args: str) -> dict[str, Any]:
    return {
        "label": label,
        "value": value if value <= 1000 else "1000+",
        "noun": noun,
        "args": args,
        "sub": sub,
        "kind": kind if value else "",
    }


def urgent_row(petition: m.Petition, actor: Actor, soon: int) -> dict[str, Any]:
    """One line of the list of most urgent matters: matter, next step, who is late when it is missed, light."""
    at_unit = petition.status is not Status.OBJECTED and owed.is_units(petition.due_term or "")
    owner = {"owner": dues.late_owner(petition), "is_units": at_unit}
    return {"petition": petition, "step": next_step(petition), "light": light_of(petition, actor, soon)} | owner


NEXT_STEPS: dict[Status, str] = {
    Status.REGISTERED: "交办或转送",
    Status.PROPOSED: "领导签批",
    Status.ROUTED: "受理告知",
    Status.OBJECTED: "审核异议",
    Status.HANDLING: "答复",
    Status.REPLIED: "送达",
    Status.SERVED: "办结",
    Status.REVIEWING: "作出复查意见",
    Status.REVIEWED: "办结",
    Status.RECHECKING: "作出复核意见",
    Status.FINAL: "办结",
    Status.REFUSED: "办结",
    Status.GUIDED: "办结",
    Status.DIVERTED: "跟踪程序结果后办结",
    Status.CLOSED: "归档",
}
"""What comes next in each state, in words."""


def next_step(petition: m.Petition) -> str:
    """The next step of a matter, or nothing when it has ended."""
    return NEXT_STEPS.get(petition.status, "") if moves.MOVES[petition.status] else ""


LIGHT_KINDS = {"normal": "ok", "soon": "soon", "today": "soon", "rolling": "soon", "late": "late"}


def light_of(petition: m.Petition, actor: Actor, soon: int) -> dict[str, str] | None:
    """The matter's light as a word with its colour and its last day, or None without a running clock."""
    if petition.due_on is None or petition.breach_on is None:
        return None
    key = deadlines.light(petition.due_on, petition.breach_on, actor.today, soon)
    text = deadlines.days_text(petition.due_on, petition.breach_on, actor.today)
    rolled = f" → 顺延 {petition.breach_on:%m-%d}" if petition.breach_on > petition.due_on else ""
    year = "" if petition.due_on.year == actor.today.year else f"{petition.due_on.year}-"
    return {"key": key, "text": text, "kind": LIGHT_KINDS[key], "day": f"{year}{petition.due_on:%m-%d}{rolled}"}
