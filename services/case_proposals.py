"""A unit proposes that a leader carry a matter (包案建议); the leader in charge or the office's head answers (F8)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import OFFICE, Actor, may
from rules.cases import CaseBasis
from rules.words import ENDED_STATUSES, RuleBroken
from services import case_choices, cases, gate


def propose(
    session: Session, actor: Actor, petition: m.Petition, reason: str, leader_id: int | None = None
) -> m.CaseProposal:
    """Ask for a matter to be made a case, naming a leader or leaving him to the division of work. Raises RuleBroken."""
    gate.allow(actor, "case_proposal.ask")
    if actor.role not in OFFICE and not actor.is_system and petition.unit_id not in actor.unit_ids:
        raise gate.Forbidden("只能为本单位负责的事项提出包案建议。")
    if petition.status in ENDED_STATUSES:
        raise RuleBroken(f"“{petition.status.label}”的事项不能再包案。", "petition_id")
    if not reason.strip():
        raise RuleBroken("建议理由：请填写。", "reason")
    other = cases.running(session, petition)
    if other is not None:
        raise RuleBroken(cases.SECOND_LEADER.format(leader=other.leader.name, number=other.number), "petition_id")
    if waiting_of(session, petition) is not None:
        raise RuleBroken("信访事项：已有包案建议等待批准，不用再提。", "petition_id")
    if leader_id is not None and leader_id in case_choices.accused_leaders(session, actor, petition):
        raise RuleBroken("建议包案领导：这位领导应当回避，请选别的领导。", "leader_id")
    row = m.CaseProposal(
        petition=petition, unit_id=petition.unit_id, leader_id=leader_id, reason=reason.strip(), asked_on=actor.today,
        asked_by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def waiting_of(session: Session, petition: m.Petition) -> m.CaseProposal | None:
    """The matter's proposal that waits for an answer."""
    row = m.CaseProposal
    statement = sa.select(row).where(row.petition_id == petition.id, row.answered_on.is_(None))
    return session.scalars(statement.execution_options(gated=True)).first()


def approve(
    session: Session, actor: Actor, row: m.CaseProposal, leader_id: int, words: str = "", **said: Any
) -> m.Case:
    """Agree: the matter is assigned to this leader at once. `said`: more of cases.Assignment. Raises RuleBroken."""
    _answer(actor, row, is_approved=True, words=words)
    by_work = case_choices.propose_leader(session, actor, row.petition)
    is_own = row.leader_id == leader_id and (by_work is None or by_work.id != leader_id)
    reason = words.strip() or (f"{row.unit.name if row.unit else '信访办'}建议：{row.reason}"[:300] if is_own else "")
    row.case = cases.assign(session, actor, row.petition, cases.Assignment(leader_id, reason=reason or None, **said))
    if is_own:
        row.case.basis = CaseBasis.DECIDED
    session.flush()
    return row.case


def refuse(session: Session, actor: Actor, row: m.CaseProposal, words: str) -> m.CaseProposal:
    """Not made a case, and why. Raises RuleBroken (answer) without a reason."""
    if not words.strip():
        raise RuleBroken("不同意的理由：请填写。", "answer")
    _answer(actor, row, is_approved=False, words=words)
    session.flush()
    return row


def _answer(actor: Actor, row: m.CaseProposal, *, is_approved: bool, words: str) -> None:
    gate.allow(actor, "case_proposal.answer")
    if row.answered_on is not None:
        raise RuleBroken("这项包案建议已经答复，请刷新后再看。")
    if row.asked_by_id is not None and row.asked_by_id == actor.user_id:
        raise gate.Forbidden("自己提出的包案建议由别人批准。")
    row.approved, row.answer = is_approved, words.strip() or None
    row.answered_on, row.answered_by_id = actor.today, actor.user_id


def waiting(session: Session, actor: Actor) -> int:
    """How many wait for this actor's answer; for the workbench."""
    if not may(actor, "case_proposal.answer"):
        return 0
    return gate.count(session, gate.rows(actor, m.CaseProposal).where(m.CaseProposal.answered_on.is_(None)))
