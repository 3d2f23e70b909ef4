"""Letters filed without handling (存信): proposed by the office, approved by its head, each with its reason (A5).

The filing itself is the move `file_away`; here is who proposed it and who approved, as a row the list shows.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.filing_words import FilingAnswer
from rules.handling_words import FilingReason
from rules.words import RuleBroken, Status
from services import gate, settings


def propose(session: Session, actor: Actor, petition: m.Petition, filing: FilingReason, reason: str) -> m.Filing:
    """What the move 拟存信 leaves behind: a proposal that waits for the head."""
    row = m.Filing(
        petition=petition, filing=filing, reason=reason.strip(), asked_on=actor.today, asked_by_id=actor.user_id
    )
    session.add(row)
    session.flush()
    return row


def refuse(session: Session, actor: Actor, petition: m.Petition, reason: str) -> None:
    """What the move 不同意存信 leaves behind: the proposal answered; the matter is handled on."""
    row = open_one(session, petition)
    assert row is not None, "the table asked for it"
    _answer(row, actor, FilingAnswer.REFUSED, reason)
    session.flush()


def approve(session: Session, actor: Actor, petition: m.Petition, filing: FilingReason, reason: str) -> m.Filing:
    """What the move 存信 leaves behind: the proposal answered, or a filing by the head himself."""
    row = open_one(session, petition)
    if row is None:
        row = m.Filing(petition=petition, filing=filing, reason=reason, asked_on=actor.today, asked_by_id=actor.user_id)
        session.add(row)
    row.filing = filing
    _answer(row, actor, FilingAnswer.APPROVED, reason)
    session.flush()
    return row


def check(session: Session, actor: Actor, petition: m.Petition) -> None:
    """Where the office wants two people: somebody else proposed it. Raises RuleBroken."""
    if settings.get(session, "filing_asked_first", actor.today) != "是":
        return
    row = open_one(session, petition)
    if row is None or row.asked_by_id == actor.user_id:
        raise RuleBroken("存信：本办设置为先由他人提出，请经办人先“拟存信”。", "filing")


def open_one(session: Session, petition: m.Petition) -> m.Filing | None:
    """The proposal that waits for an answer."""
    row = m.Filing
    waiting = sa.select(row).where(row.petition_id == petition.id, row.answered_on.is_(None))
    return session.scalars(waiting.execution_options(gated=True)).one_or_none()


def waiting(actor: Actor) -> sa.Select[Any]:
    """The proposals that wait, those that came first first."""
    return gate.rows(actor, m.Filing).where(is_waiting()).order_by(m.Filing.id)


def is_waiting() -> sa.ColumnElement[bool]:
    """Not answered, and the matter has not gone another way meanwhile, as SQL over Filing."""
    at_office = m.Filing.petition.has(m.Petition.status == Status.REGISTERED)
    return sa.and_(m.Filing.answered_on.is_(None), at_office)


def approved(session: Session, actor: Actor, petition: m.Petition) -> m.Filing | None:
    """The last approved filing of a matter: why, by whom, when."""
    row = m.Filing
    found = gate.rows(actor, row).where(row.petition_id == petition.id, row.answer == FilingAnswer.APPROVED)
    return session.scalars(found.order_by(row.id.desc()).limit(1)).first()


def _answer(row: m.Filing, actor: Actor, answer: FilingAnswer, reason: str) -> None:
    row.answer, row.answered_on, row.answered_by_id = answer, actor.today, actor.user_id
    row.answer_reason = reason.strip()[:300]
