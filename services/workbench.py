"""The workbench (工作台): what is late, due, waiting; counts and lists through the gate, each with its address."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access, deadlines, moves, owed
from rules.access import Actor
from rules.words import OPEN_STATUSES, Status
from services import adrift as next_steps
from services import (
    appointment_lists,
    campaigns,
    closing,
    due_sources,
    dues,
    duty_table,
    gate,
    nightly_check,
    notices,
    reading_lists,
    reception_ledger,
    reception_reports,
    receptions,
    reminders,
    return_visits,
    settings,
    tray,
    visit_tasks,
    workbench_tiles,
)
from services.due_sources import Asked
from services.workbench_tiles import MONTH, Line

TIMED_STATUSES = tuple(status for status in Status if status is not Status.VOIDED)
"""States in which a date can run: a result may be owed upward when a matter is closed already.

Most matters are closed: to read the few whose date runs, the index (status, breach_on) wants a range of `breach_on`.
"""

OFFICES_OWN = (Status.REGISTERED, Status.OBJECTED, Status.REVIEWING, Status.RECHECKING)
"""States in which the office owns the next step."""


@dataclass
class Board:
    """What the workbench shows: numbers with links (by parts of the day), the ten most urgent, the cards beside them."""

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
    """Open matters whose next step is this actor's: the handler's tray, the office's to route, the leader's cases.

    Nothing for a role that makes no move of the table (信访干部、报送员): what its unit has in hand stands in 在办.
    """
    if not any(actor.is_system or actor.role in row.who for row in moves.ROWS):
        return statement.where(sa.false())
    statement = open_ones(statement, actor)
    if actor.role in access.OFFICE:
        return statement.where(m.Petition.status.in_(OFFICES_OWN))
    if actor.role in access.LEADERS:
        cases = sa.select(m.Case.petition_id).where(m.Case.leader_id == actor.leader_id, m.Case.ended_on.is_(None))
        to_endorse = sa.and_(m.Petition.status == Status.PROPOSED, m.Petition.proposed_to_id == (actor.leader_id or 0))
        return statement.where(sa.or_(m.Petition.id.in_(cases), to_endorse))
    own = sa.and_(m.Petition.unit_id.in_(sorted(actor.unit_ids)), m.Petition.status != Status.OBJECTED)
    if actor.role == access.R.HANDLER:
        return statement.where(own, tray.is_own(actor))
    return statement.where(own)


def adrift(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Open matters without a next step's owner, endorser or date (B8), by the nightly check's own rule."""
    return statement.where(next_steps.any_lack())


BADGE_CAP = 99
"""A badge counts no further: it costs every page."""


def badge(session: Session, actor: Actor, name: str) -> int:
    """The number beside a line of the menu."""
    if name == "late" and access.sees_matters(actor):
        return gate.count(session, late(gate.rows(actor, m.Petition), actor), BADGE_CAP)
    if name == "readings":
        return sum(reading_lists.waiting(session, actor).values())
    if name == "to_sign":
        return len(closing.waiting_for(session, actor))
    return 0


def board(session: Session, actor: Actor) -> Board:
    """Everything on the workbench for this actor."""
    found = Board()
    if access.sees_matters(actor):
        _matters(session, actor, found)
        found.tiles.append(
            _tile("待回访", len(return_visits.due(session, actor)), "return_visit", part=MONTH, tab="due")
        )
        found.to_sign = closing.waiting_for(session, actor)
        found.tiles.append(_tile("待我签字", len(found.to_sign), "closing_file", tab="to_sign"))
        found.reports = campaigns.reports_due(session, actor)
    found.tiles += workbench_tiles.waiting(session, actor)
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
    found.month_reports = [one for one in reception_reports.due(session, actor) if one["is_near"]]
    return found


def _matters(session: Session, actor: Actor, found: Board) -> None:
    rows = gate.rows(actor, m.Petition)
    soon = int(settings.get(session, "soon_days", actor.today))
    late_matters, late_dates = due_sources.late(Asked(session, actor, actor.today))
    longest = session.scalar(late(rows, actor).with_only_columns(sa.func.min(m.Petition.breach_on)))
    sub = f"{late_matters} 件、{late_dates} 个日期，最长 {(actor.today - longest).days} 天" if longest else ""
    found.tiles += [
        _tile("已超期", late_matters, "petition", sub, "late", tab="late"),
        _tile("今日到期", gate.count(session, due_today(rows, actor)), "petition", "", "soon", tab="today"),
        _tile(
            f"{soon} 日内到期",
            gate.count(session, due_soon(rows, actor, soon)),
            "petition",
            "",
            "soon",
            MONTH,
            tab="soon",
        ),
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


def _tile(
    label: str, value: int, noun: str, sub: str = "", kind: str = "", part: str = "", **query: str
) -> dict[str, Any]:
    return workbench_tiles.tile(Line(label, noun, kind, part=part), value, query, sub)


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
