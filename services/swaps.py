"""Exchanges (调换) and stand-ins (代): asked, accepted by the other leader, approved by the office head (D5).

A session changes on approval and never before; who was to receive is kept beside who does.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.reception_words import SwapState
from rules.swaps import LABELS, may_take, step
from rules.words import RuleBroken
from services import gate, swap_checks


def ask(
    session: Session, actor: Actor, own: m.ReceptionSession, other: m.ReceptionSession, reason: str
) -> m.Swap:  # fmt: skip
    """Ask that the leaders of two sessions change places; both sessions keep their day, hours, place and uid.

    Asked by the leader of `own` or by the office for him. Raises RuleBroken: called off, without a leader, in the past,
    too late without a reason, already asked for, or one of the two cannot come.
    """
    _check_asker(actor, own)
    if own is other:
        raise RuleBroken("调换场次：不能和本场调换，请选另一场。", "other_session_id")
    if own.leader is None or other.leader is None:
        raise RuleBroken("调换场次：两场都要有接访领导；缺领导的请直接安排。", "other_session_id")
    swap = m.Swap(session=own, other_session=other, from_leader=own.leader, to_leader=other.leader)
    return _asked(session, actor, swap, reason)


def ask_stand_in(
    session: Session, actor: Actor, own: m.ReceptionSession, leader: m.Leader, reason: str
) -> m.Swap:  # fmt: skip
    """Ask another leader to take a session (代); one without a leader gets its first. Raises RuleBroken as above."""
    _check_asker(actor, own)
    if own.leader is leader:
        raise RuleBroken(f"顶替领导：{leader.name}就是这一场的接访领导，请另选。", "to_leader_id")
    return _asked(session, actor, m.Swap(session=own, from_leader=own.leader, to_leader=leader), reason)


def accept(session: Session, actor: Actor, swap: m.Swap) -> None:
    """The leader asked agrees; the office notes it when he said so by phone. Raises RuleBroken, gate.Forbidden."""
    swap.state = _next(actor, swap, "accept")
    swap.accepted_on, swap.accepted_by_id = actor.today, actor.user_id
    session.flush()


def approve(session: Session, actor: Actor, swap: m.Swap) -> None:
    """The office head approves: the sessions change hands. Raises RuleBroken when something has changed since it was asked."""
    gate.allow(actor, "swap.approve")
    state = _next(actor, swap, "approve")
    swap_checks.check_unchanged(swap)
    swap_checks.check_possible(session, actor, swap)
    _decide(actor, swap, state)
    _seat(swap.session, swap.to_leader)
    if swap.other_session is not None and swap.from_leader is not None:
        _seat(swap.other_session, swap.from_leader)
    session.flush()


def decline(session: Session, actor: Actor, swap: m.Swap, reason: str) -> None:
    """The leader asked or the office head says no, with a reason; nothing changes."""
    _end(session, actor, swap, "decline", reason)


def withdraw(session: Session, actor: Actor, swap: m.Swap, reason: str) -> None:
    """Who asked takes it back, with a reason; nothing changes."""
    _end(session, actor, swap, "withdraw", reason)


def exchange(session: Session, actor: Actor, own: m.ReceptionSession, other: m.ReceptionSession, reason: str) -> m.Swap:
    """All in one, when both leaders have told the office head: asked, accepted and approved by him."""
    return settle(session, actor, ask(session, actor, own, other, reason))


def stand_in(session: Session, actor: Actor, own: m.ReceptionSession, leader: m.Leader, reason: str) -> m.Swap:
    """The same for a stand-in."""
    return settle(session, actor, ask_stand_in(session, actor, own, leader, reason))


def settle(session: Session, actor: Actor, swap: m.Swap) -> m.Swap:
    """Accept and approve at once what was just asked (office head only)."""
    gate.allow(actor, "swap.approve")
    accept(session, actor, swap)
    approve(session, actor, swap)
    return swap


def of(session: Session, row: m.ReceptionSession) -> list[m.Swap]:
    """The exchanges a session is or was part of, oldest first."""
    part = sa.or_(m.Swap.session_id == row.id, m.Swap.other_session_id == row.id)
    return list(session.scalars(sa.select(m.Swap).where(part).order_by(m.Swap.id)))


def is_waiting(statement: sa.Select[m.Swap], actor: Actor) -> sa.Select[m.Swap]:
    """What waits for this actor: the leader's own to agree to, the office head's to approve, the clerk's to ask about."""
    if actor.role in access.LEADERS:
        own = m.Swap.to_leader_id == (actor.leader_id or 0)
        return statement.where(m.Swap.state == SwapState.ASKED, own)
    if access.may(actor, "swap.approve"):
        return statement.where(m.Swap.state == SwapState.ACCEPTED)
    if actor.role in access.OFFICE:
        return statement.where(m.Swap.state == SwapState.ASKED)
    return statement.where(sa.false())


def waiting(session: Session, actor: Actor) -> int:
    """How many exchanges wait for this actor."""
    return gate.count(session, is_waiting(gate.rows(actor, m.Swap), actor))


def _check_asker(actor: Actor, row: m.ReceptionSession) -> None:
    """A leader arranges his own sessions only; the office any."""
    gate.allow(actor, "swap.make")
    if actor.role in access.LEADERS and row.leader_id != actor.leader_id:
        raise gate.Forbidden("只能调换您本人的接访场次。")


def _asked(session: Session, actor: Actor, swap: m.Swap, reason: str) -> m.Swap:
    with session.no_autoflush:
        swap_checks.check_possible(session, actor, swap)
        swap_checks.check_single(session, swap)
        swap_checks.check_ahead(session, actor, swap, reason)
    swap.reason, swap.state = reason.strip(), SwapState.ASKED
    swap.asked_on, swap.by_id = actor.today, actor.user_id
    session.add(swap)
    session.flush()
    return swap


def _next(actor: Actor, swap: m.Swap, verb: str) -> SwapState:
    """The state the verb leads to. Raises RuleBroken when it is too late for that, gate.Forbidden when it is not his."""
    one = step(verb, swap.state)
    if one is None:
        raise RuleBroken(f"这次调换现在是“{swap.state.label}”，不能“{LABELS[verb]}”，请刷新后再看。")
    if not may_take(actor, one, swap.from_leader_id, swap.to_leader_id):
        raise gate.Forbidden("这一步不归您办。")
    return one.to


def _end(session: Session, actor: Actor, swap: m.Swap, verb: str, reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("理由：请填写。", "decision")
    _decide(actor, swap, _next(actor, swap, verb))
    swap.decision = reason.strip()
    session.flush()


def _decide(actor: Actor, swap: m.Swap, state: SwapState) -> None:
    swap.state, swap.decided_on, swap.decided_by_id = state, actor.today, actor.user_id


def _seat(row: m.ReceptionSession, leader: m.Leader) -> None:
    """Both are kept: who was to receive, and who does."""
    original = row.original_leader or row.leader
    row.leader, row.is_by_hand = leader, True
    row.original_leader = original if original is not leader else None
