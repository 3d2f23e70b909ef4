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


def ask(session: Session, actor: Actor, petition: m.Petition, filing: FilingReason, reason: str) -> m.Filing:
    """Propose to file a matter without handling. Raises RuleBroken when it is not at the office, or proposed already."""
    if petition.status is not Status.REGISTERED:
        raise RuleBroken(f"拟存信：“{petition.status.label}”的事项不能存信，只有待交办的可以。", "filing")
    if not reason.strip():
        raise RuleBroken("理由：请填写。", "reason")
    if open_one(session, petition) is not None:
        raise RuleBroken("拟存信：已经提出，等信访办负责人批准。", "filing")
    row = m.Filing(
        petition=petition, filing=filing, reason=reason.strip(), asked_on=actor.today, asked_by_id=actor.user_id
    )
    session.add(row)
    _note(session, actor, petition, "ask_filing", f"{filing.label}：{reason.strip()}")
    return row


def refuse(session: Session, actor: Actor, row: m.Filing, reason: str) -> None:
    """The head does not agree; the matter is handled on. Raises RuleBroken when it was answered already."""
    if row.answered_on is not None:
        raise RuleBroken("不同意存信：已经答复过了，请刷新后再看。")
    _answer(row, actor, FilingAnswer.REFUSED, reason)
    _note(session, actor, row.petition, "refuse_filing", reason)


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
    at_office = m.Filing.petition.has(m.Petition.status == Status.REGISTERED)
    return gate.rows(actor, m.Filing).where(m.Filing.answered_on.is_(None), at_office).order_by(m.Filing.id)


def approved(session: Session, actor: Actor, petition: m.Petition) -> m.Filing | None:
    """The last approved filing of a matter: why, by whom, when."""
    row = m.Filing
    found = gate.rows(actor, row).where(row.petition_id == petition.id, row.answer == FilingAnswer.APPROVED)
    return session.scalars(found.order_by(row.id.desc()).limit(1)).first()


def _answer(row: m.Filing, actor: Actor, answer: FilingAnswer, reason: str) -> None:
    row.answer, row.answered_on, row.answered_by_id = answer, actor.today, actor.user_id
    row.answer_reason = reason.strip()[:300]


def _note(session: Session, actor: Actor, petition: m.Petition, verb: str, note: str) -> None:
    session.add(
        m.Move(
            petition=petition, verb=verb, from_status=petition.status, to_status=petition.status, moved_on=actor.today,
            moved_at=actor.now, by_id=actor.user_id, by_name=actor.name, note=note, details={},
        )
    )  # fmt: skip
    session.flush()
