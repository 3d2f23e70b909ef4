"""Lists of sign-ups (预约) and how far a session is taken: the closing hour, the places left, who is expected when (D11)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules import appointments as rules
from rules.access import Actor
from rules.reception_words import AppointmentKind, AppointmentState
from rules.words import Purpose
from services import calendars, gate, office_zone, receivers, receptions, settings

Kind, State = AppointmentKind, AppointmentState
SHOWN = (
    joinedload(m.Appointment.session).joinedload(m.ReceptionSession.leader),
    joinedload(m.Appointment.petition),
    joinedload(m.Appointment.carried_from),
)
"""What every list of appointments shows with them."""


def closing(session: Session, today: date) -> Callable[[m.ReceptionSession], datetime]:
    """Session → the instant its sign-up closes (预约截止), by the office's settings and calendar, read once."""
    days = int(settings.get(session, "appointment_closes_days", today))
    hour, calendar = str(settings.get(session, "appointment_closes", today)), calendars.load(session)
    return lambda held: rules.closes_at(held.held_on, calendar, days, hour, office_zone.current())


def closes_at(session: Session, held: m.ReceptionSession, today: date) -> datetime:
    """The instant sign-up for one session closes."""
    return closing(session, today)(held)


def is_closed(session: Session, actor: Actor, held: m.ReceptionSession) -> bool:
    """Has the hour passed after which only walk-ins are noted?"""
    return actor.now >= closes_at(session, held, actor.today)


def taken(session: Session, actor: Actor, session_ids: Collection[int]) -> dict[int, int]:
    """Session → how many of its places are taken by sign-ups the actor may know of; walk-ins take none."""
    statement = sa.select(m.Appointment.session_id, sa.func.count()).where(
        gate.criteria(actor, m.Appointment),
        m.Appointment.session_id.in_(sorted(session_ids)),
        m.Appointment.state.in_(rules.PLACES_TAKEN),
        m.Appointment.kind != Kind.WALK_IN,
    )
    counted = session.execute(statement.group_by(m.Appointment.session_id).execution_options(gated=True))
    return {row[0]: row[1] for row in counted}


def places_left(session: Session, actor: Actor, held: m.ReceptionSession) -> int:
    """How many more may sign up for the session; never below 0."""
    most = int(settings.get(session, "appointment_most", actor.today))
    return max(0, most - taken(session, actor, [held.id]).get(held.id, 0))


def of_session(session: Session, actor: Actor, held: m.ReceptionSession) -> Sequence[m.Appointment]:
    """Everybody put down for a session that the actor may know of, in the order of the line."""
    statement = gate.rows(actor, m.Appointment).where(m.Appointment.session_id == held.id).options(*SHOWN)
    return session.scalars(statement.order_by(m.Appointment.place_in_line, m.Appointment.id)).all()


def for_leader(session: Session, rows: Iterable[m.Appointment]) -> list[m.Appointment]:
    """Those of `rows` their session's leader may know of and has still to receive: what his sheet shows."""
    found = [row for row in rows if row.state in rules.PLACES_TAKEN]
    seats = receivers.seats(session) if any(row.is_guarded for row in found) else []
    return [
        row for row in found if row.session.leader_id not in receivers.barred(session, receivers.asked_by(row), seats)
    ]


def coming(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Expected today or later."""
    return _expected(statement).where(m.Appointment.session.has(m.ReceptionSession.held_on >= actor.today))


def on_next_day(session: Session, statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Expected on the next working day."""
    day = calendars.load(session).add_working_days(actor.today, 1)
    return _expected(statement).where(m.Appointment.session.has(m.ReceptionSession.held_on == day))


def without_brief(session: Session, statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Expected within the days set, still without a brief (接访准备)."""
    days = int(settings.get(session, "brief_ahead_days", actor.today))
    until = calendars.load(session).add_working_days(actor.today, days)
    soon = m.Appointment.session.has(m.ReceptionSession.held_on.between(actor.today, until))
    return _expected(statement).where(m.Appointment.brief.is_(None), soon)


def adrift(session: Session, statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Expected where nobody can receive them: session called off, past, without a leader, or with one who may not know."""
    held = m.ReceptionSession
    gone = sa.or_(held.cancelled_reason.is_not(None), held.held_on < actor.today, held.leader_id.is_(None))
    return _expected(statement).where(
        sa.or_(m.Appointment.session.has(gone), m.Appointment.id.in_(_at_odds(session, actor)))
    )


def _at_odds(session: Session, actor: Actor) -> list[int]:
    """Guarded appointments whose session has since come to a leader who may not know of them."""
    guarded = sa.or_(
        m.Appointment.purpose == Purpose.REPORT,
        m.Appointment.is_secret,
        m.Appointment.petition.has(m.Petition.is_guarded),
    )
    rows = session.scalars(_expected(gate.rows(actor, m.Appointment)).where(guarded).options(*SHOWN)).all()
    seats = receivers.seats(session) if rows else []
    barred = ((row, receivers.barred(session, receivers.asked_by(row), seats)) for row in rows)
    return [row.id for row, leaders in barred if row.session.leader_id in leaders]


def _expected(statement: sa.Select[Any]) -> sa.Select[Any]:
    return statement.where(m.Appointment.state == State.EXPECTED)


def waiting(session: Session, actor: Actor) -> dict[str, int]:
    """Tab of the list → how many wait there: the office's next day, briefs and those adrift; a leader's own to come."""
    if not access.may(actor, "appointment.list"):
        return {}
    rows = gate.rows(actor, m.Appointment)
    if not access.may(actor, "appointment.edit"):
        return {"coming": gate.count(session, coming(rows, actor))} if actor.role in access.LEADERS else {}
    return {
        "next_day": gate.count(session, on_next_day(session, rows, actor)),
        "no_brief": gate.count(session, without_brief(session, rows, actor)),
        "adrift": gate.count(session, adrift(session, rows, actor)),
    }


def to_prepare(session: Session, actor: Actor) -> list[m.Appointment]:
    """Whom a leader expects at his next session, in line, with the briefs (接访准备); nothing for anybody else."""
    held = receptions.next_session(session, actor.today, actor.leader_id) if actor.role in access.LEADERS else None
    if held is None or held.leader_id != actor.leader_id:
        return []
    return [row for row in for_leader(session, of_session(session, actor, held)) if row.state == State.EXPECTED]
