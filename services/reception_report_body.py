"""What a month's report of reception days says: leaders, hours, places, matters, handling, figures, and what is still lacking (D8).

No guarded matter is in it, neither as a line nor in a figure, so that what is frozen never shows one later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import report_days
from rules.access import Actor
from rules.reception_words import RecordState
from rules.roster_period import Period, day_text, period
from rules.session_hours import hours_text
from rules.words import Outcome, Purpose, Rank, RuleBroken, Status
from services import calendars, gate, reception_ledger, settings
from services.registration import headline

TITLE = "领导干部接访情况月报"
CUTOFF, DUE, TO = "reception_report_cutoff", "reception_report_due", "reception_report_to"
"""Keys of the settings."""


@dataclass(frozen=True)
class Days:
    """When a month's material and report are due, the hour of the first in words."""

    cutoff_on: date
    cutoff_at: str
    due_on: date


def days_of(session: Session, today: date, month: str) -> Days:
    """The internal cut-off and the due day of a month ("2026-10"), by the settings valid today."""
    first, calendar = period(month).first, calendars.load(session)
    cutoff = report_days.parse(str(settings.get(session, CUTOFF, today)))
    due = report_days.parse(str(settings.get(session, DUE, today)))
    return Days(cutoff.on(first, calendar), cutoff.at, due.on(first, calendar))


def preview(session: Session, actor: Actor, month: str) -> dict[str, Any]:
    """The report of a month as it would be sent today: the body that `send` freezes. Raises RuleBroken for a month to come."""
    gate.allow(actor, "reception_report.list")
    over = _month(actor, month)
    last = min(over.last, actor.today)
    held = _held(session, over.first, last)
    came: dict[int, list[m.ReceptionRecord]] = {one.id: [] for one in held}
    for row in _records(session, actor, over.first, last):
        came.setdefault(row.session_id, []).append(row)
    days = days_of(session, actor.today, month)
    sessions = [_session(one, came[one.id]) for one in held]
    return {
        "title": f"{over.label}{TITLE}",
        "month": month,
        "from": over.first.isoformat(),
        "to": last.isoformat(),
        "report_to": str(settings.get(session, TO, actor.today)),
        "reporting_unit": str(settings.get(session, "office_name", actor.today) or "信访办"),
        "cutoff": f"{days.cutoff_on.isoformat()} {days.cutoff_at}".strip(),
        "due_on": days.due_on.isoformat(),
        "sessions": sessions,
        "figures": _figures(held, sessions),
        "outcomes": _outcomes(sessions),
    }


def _month(actor: Actor, month: str) -> Period:
    over = period(month)
    if not over.is_month:
        raise RuleBroken("月份：应为“2026-10”的样子，请改正。", "month")
    if over.first > actor.today:
        raise RuleBroken("月份：还没有到这个月，不能填报。", "month")
    return over


def _held(session: Session, first: date, last: date) -> list[m.ReceptionSession]:
    s = m.ReceptionSession
    held = s.held_on.between(first, last), s.cancelled_reason.is_(None), s.leader_id.is_not(None)
    statement = sa.select(s).where(*held).options(joinedload(s.leader), joinedload(s.companion_unit))
    return list(session.scalars(statement.order_by(s.held_on, s.starts, s.id)))


def plain_ones() -> sa.ColumnElement[bool]:
    """Records that are not guarded, and whose matter is not."""
    r = m.ReceptionRecord
    guarded = sa.or_(r.is_secret, r.purpose == Purpose.REPORT, r.petition.has(m.Petition.is_guarded))
    return sa.not_(guarded)


def _records(session: Session, actor: Actor, first: date, last: date) -> Iterable[m.ReceptionRecord]:
    r = m.ReceptionRecord
    statement = gate.rows(actor, r).join(r.session).where(m.ReceptionSession.held_on.between(first, last), plain_ones())
    return session.scalars(statement.options(*reception_ledger.OPTIONS).order_by(r.id)).unique()


def _session(one: m.ReceptionSession, came: list[m.ReceptionRecord]) -> dict[str, Any]:
    assert one.leader is not None
    return {
        "held_on": one.held_on.isoformat(),
        "hours": hours_text(one.starts, one.ends),
        "leader": one.leader.name,
        "title": one.leader.title,
        "place": one.place or "",
        "form": one.form.label,
        "companion": one.companion_unit.name if one.companion_unit else "",
        "visits": len(came),
        "people": sum(row.people_count for row in came),
        "matters": [_matter(row) for row in came],
    }


def _matter(row: m.ReceptionRecord) -> dict[str, Any]:
    """One visitor's matter without his name: what, decided how, where it stands."""
    line = reception_ledger.line(row)
    is_matter = isinstance(line.state, Status)
    return {
        "petition_id": row.petition_id,
        "number": row.petition.number if is_matter and row.petition else "",
        "what": row.petition.title if is_matter and row.petition else headline(row.demand),
        "outcome": row.outcome.label if row.outcome else "",
        "unit": row.unit.name if row.unit else "",
        "state": line.state.label,
        "is_open": line.is_open,
        "is_closed": line.closed_on is not None,
        "is_settled": line.state is RecordState.ANSWERED,
    }


def _figures(held: list[m.ReceptionSession], sessions: list[dict[str, Any]]) -> dict[str, int]:
    matters = [matter for one in sessions for matter in one["matters"]]
    return {
        "sessions": len(sessions),
        "leaders": len({(one.held_on, one.leader_id) for one in held}),
        "main_leaders": len({(o.held_on, o.leader_id) for o in held if o.leader and o.leader.rank is Rank.MAIN}),
        "visits": sum(one["visits"] for one in sessions),
        "people": sum(one["people"] for one in sessions),
        "registered": sum(bool(matter["number"]) for matter in matters),
        "settled": sum(matter["is_settled"] for matter in matters),
        "closed": sum(matter["is_closed"] for matter in matters),
        "open": sum(matter["is_open"] for matter in matters),
    }


def _outcomes(sessions: list[dict[str, Any]]) -> dict[str, int]:
    """How many matters were decided how, in the order of rules.words.Outcome; ways nobody chose are left out."""
    chosen = [matter["outcome"] for one in sessions for matter in one["matters"]]
    return {word.label: chosen.count(word.label) for word in Outcome if word.label in chosen}


def lacking(session: Session, actor: Actor, month: str) -> list[dict[str, Any]]:
    """What the material still lacks: [{"text", "session_id"}], sessions without a visitor's record and records undecided."""
    over = _month(actor, month)
    r = m.ReceptionRecord
    statement = sa.select(r.session_id, sa.func.count(), sa.func.count(r.outcome)).where(gate.criteria(actor, r))
    counts = {
        key: (rows, decided)
        for key, rows, decided in session.execute(statement.group_by(r.session_id), execution_options={"gated": True})
    }
    found = []
    for one in _held(session, over.first, min(over.last, actor.today)):
        rows, decided = counts.get(one.id, (0, 0))
        who = f"{day_text(one.held_on)}{one.leader.name if one.leader else ''}"
        if not rows:
            found.append({"text": f"{who}接访还没有登记来访人；没有人来访的可以不填。", "session_id": one.id})
        elif decided < rows:
            found.append({"text": f"{who}接访还有 {rows - decided} 件没有处理方式。", "session_id": one.id})
    return found
