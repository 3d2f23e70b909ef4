"""The ledger of matters received by leaders (领导接访工作台账): results flow back from the matters (D7).

What a matter says wins; what was typed on the record stands where there is no matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules import reception_outcomes
from rules.access import Actor
from rules.reception_words import RecordState
from rules.words import OPEN_STATUSES, Status, Word
from services import gate

R = m.ReceptionRecord
ANSWERED = ("reply", "refuse")
"""Moves of a matter that say what came of it."""
OPTIONS = (
    joinedload(R.session),
    joinedload(R.leader),
    joinedload(R.unit),
    selectinload(R.assisting),
    joinedload(R.petition).selectinload(m.Petition.moves),
)
"""What a line shows, read in a fixed number of queries."""


@dataclass(frozen=True)
class Line:
    """What has come of one visitor so far. `state`: the matter's status, or the record's own."""

    state: Word
    result: str
    answered_on: date | None
    closed_on: date | None
    leader_told_on: date | None
    visitor_told_on: date | None
    is_open: bool

    @property
    def is_owed(self) -> bool:
        """There is a result, and the leader or the visitor has not been told."""
        told = self.leader_told_on is not None and self.visitor_told_on is not None
        return bool(self.result or self.answered_on or self.closed_on) and not told


def line(row: m.ReceptionRecord) -> Line:
    """The record's line, read from its matter where there is one that was not voided."""
    matter = row.petition if row.petition is not None and row.petition.status != Status.VOIDED else None
    state = state_of(row, matter)
    if matter is None:
        is_open = state in (RecordState.WAITING, RecordState.TO_TURN)
        final = state is RecordState.ANSWERED
        told = row.session.held_on if final else None
        typed = row.result or (row.opinion or "" if final else "")
        leader_told_on, visitor_told_on = row.leader_told_on or told, row.visitor_told_on or told
        return Line(state, typed, None, None, leader_told_on, visitor_told_on, is_open)
    answer = _answer(matter)
    served_on = matter.served_at.date() if matter.served_at else None
    return Line(
        state,
        (answer.note or str(answer.details.get("text", "")) if answer else "") or row.result or "",
        matter.replied_on or (answer.moved_on if answer else None),
        matter.closed_on,
        row.leader_told_on,
        row.visitor_told_on or served_on,
        matter.status in OPEN_STATUSES,
    )


def state_of(row: m.ReceptionRecord, matter: m.Petition | None) -> Word:
    """The matter's status; without one, how far the record itself has come."""
    if matter is not None:
        return matter.status
    if row.outcome is None:
        return RecordState.WAITING if not row.result else RecordState.DONE
    if row.outcome in reception_outcomes.FINAL:
        return RecordState.ANSWERED
    return RecordState.DONE if row.result else RecordState.TO_TURN


def _answer(matter: m.Petition) -> m.Move | None:
    """The last reply or refusal that still stands: reopening takes it back."""
    if matter.replied_on is None and matter.status not in (Status.REFUSED, Status.CLOSED, Status.ARCHIVED):
        return None
    return next((move for move in reversed(matter.moves) if move.verb in ANSWERED), None)


def _matter_is(*conditions: Any) -> sa.ColumnElement[bool]:
    return R.petition.has(sa.and_(m.Petition.status != Status.VOIDED, *conditions))


def open_ones() -> sa.ColumnElement[bool]:
    """Lines with something still to come (`Line.is_open`), as SQL."""
    unfinished = sa.and_(R.result.is_(None), sa.or_(R.outcome.is_(None), R.outcome.not_in(reception_outcomes.FINAL)))
    alive = _matter_is(m.Petition.status.in_(OPEN_STATUSES))
    return sa.or_(alive, sa.and_(sa.not_(_matter_is()), unfinished))


def owed_ones() -> sa.ColumnElement[bool]:
    """Lines whose result has not been fed back to leader and visitor (`Line.is_owed`), as SQL."""
    typed = sa.and_(R.result.is_not(None), R.result != "")
    refused = (Status.REFUSED, Status.CLOSED, Status.ARCHIVED)
    answered = _matter_is(sa.or_(m.Petition.replied_on.is_not(None), m.Petition.status.in_(refused)))
    untold = sa.or_(
        R.leader_told_on.is_(None),
        sa.and_(R.visitor_told_on.is_(None), sa.not_(_matter_is(m.Petition.served_at.is_not(None)))),
    )
    final = sa.and_(sa.not_(_matter_is()), R.outcome.in_(reception_outcomes.FINAL))
    return sa.and_(sa.or_(typed, answered), untold, sa.not_(sa.func.coalesce(final, sa.false())))


def received_by(session: Session, actor: Actor, most: int = 8) -> Sequence[m.ReceptionRecord]:
    """我接访的事项结果: the leader's own visitors with something to come or to read, the open ones first, the newest first."""
    statement = gate.rows(actor, R).where(R.leader_id == (actor.leader_id or 0), sa.or_(open_ones(), owed_ones()))
    order = sa.case((open_ones(), 0), else_=1), R.id.desc()
    return session.scalars(statement.options(*OPTIONS).order_by(*order).limit(most)).all()
