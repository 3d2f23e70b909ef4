"""The lists of supervision: what waits for an answer, what is late and of which unit, what waits to be judged (B10)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules.access import Actor
from services import gate
from services.supervisions import IS_RUNNING

Statement = sa.Select[Any]


def waiting(statement: Statement, _actor: Actor) -> Statement:
    """Running, not answered yet."""
    return statement.where(IS_RUNNING, m.Supervision.answered_on.is_(None))


def late(statement: Statement, actor: Actor) -> Statement:
    """Not answered though the day named has passed."""
    return waiting(statement, actor).where(m.Supervision.reply_due_on < actor.today)


def mine(statement: Statement, actor: Actor) -> Statement:
    """To be answered by this actor: a leader's own, a unit's and what lies below it, the office's own unit's."""
    if actor.role in access.LEADERS:
        return waiting(statement, actor).where(m.Supervision.leader_id == (actor.leader_id or 0))
    return waiting(statement, actor).where(m.Supervision.unit_id.in_(sorted(actor.unit_ids)))


def answered(statement: Statement, _actor: Actor) -> Statement:
    """Answered, to be accepted or urged again."""
    return statement.where(IS_RUNNING, m.Supervision.answered_on.is_not(None))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """{tab: count} of what waits for this actor: the unit's and leader's to answer, the office's to judge and to urge."""
    if not access.may(actor, "supervision.list"):
        return {}
    rows = gate.rows(actor, m.Supervision)
    if actor.role in access.UNIT_STAFF | access.LEADERS:
        return {"mine": gate.count(session, mine(rows, actor))}
    tabs = {"mine": mine, "answered": answered, "late": late} if actor.role in access.OFFICE else JUDGED
    return {tab: gate.count(session, narrow(rows, actor)) for tab, narrow in tabs.items()}


JUDGED = {"answered": answered, "late": late}
"""What waits for the inspector."""


def of(session: Session, actor: Actor, petition: m.Petition) -> list[m.Supervision]:
    """A matter's supervisions that the actor may know of, the newest first."""
    statement = gate.rows(actor, m.Supervision).where(m.Supervision.petition_id == petition.id)
    options = joinedload(m.Supervision.unit), joinedload(m.Supervision.leader)
    return list(session.scalars(statement.options(*options).order_by(m.Supervision.id.desc())))
