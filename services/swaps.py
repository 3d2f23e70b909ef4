"""Exchanges (调换): two sessions' leaders change places, or somebody stands in; told ahead, or with a reason (D5)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, rota
from rules.access import Actor
from rules.reception_words import SwapState
from rules.words import RuleBroken
from services import gate, settings
from services.receptions import check_leader, has_records

PLACES = {"other": "other_session_id", "date": "other_session_id"}
"""Fields of rules.rota.check_swap → fields of the exchange's form."""


def exchange(session: Session, actor: Actor, own: m.ReceptionSession, other: m.ReceptionSession, reason: str) -> m.Swap:
    """The leaders of two sessions change places; both sessions keep their day, hours, place and uid.

    Raises RuleBroken: not his own, called off, without a leader, in the past, or too late without a reason.
    """
    _check_own(actor, own)
    if own is other:
        raise RuleBroken("调换场次：不能和本场调换，请选另一场。", "other_session_id")
    for row in (own, other):
        _check_open(session, row, "other_session_id")
    if own.leader is None or other.leader is None:
        raise RuleBroken("调换场次：两场都要有接访领导；缺领导的请直接安排。", "other_session_id")
    _check_ahead(
        session, actor, rota.Sitting(own.held_on, own.leader), rota.Sitting(other.held_on, other.leader), reason
    )
    check_leader(other.leader, own.held_on, "other_session_id")
    check_leader(own.leader, other.held_on, "other_session_id")
    mine, theirs = own.leader, other.leader
    _seat(own, theirs)
    _seat(other, mine)
    return _record(session, actor, own, other, mine, theirs, reason)


def stand_in(session: Session, actor: Actor, own: m.ReceptionSession, leader: m.Leader, reason: str) -> m.Swap:
    """Another leader takes a session (顶替); without a leader before, it simply gets one. Raises RuleBroken as above."""
    _check_own(actor, own)
    _check_open(session, own, "to_leader_id")
    before = rota.Sitting(own.held_on, own.leader or "（缺领导）")
    _check_ahead(session, actor, before, rota.Sitting(own.held_on, leader), reason)
    check_leader(leader, own.held_on, "to_leader_id")
    mine = own.leader
    _seat(own, leader)
    return _record(session, actor, own, None, mine, leader, reason)


def of(session: Session, row: m.ReceptionSession) -> list[m.Swap]:
    """The exchanges a session was part of, oldest first."""
    part = sa.or_(m.Swap.session_id == row.id, m.Swap.other_session_id == row.id)
    return list(session.scalars(sa.select(m.Swap).where(part).order_by(m.Swap.id)))


def _check_own(actor: Actor, row: m.ReceptionSession) -> None:
    """A leader arranges his own sessions only; the office any."""
    if actor.role in access.LEADERS and row.leader_id != actor.leader_id:
        raise gate.Forbidden("只能调换您本人的接访场次。")


def _check_open(session: Session, row: m.ReceptionSession, field: str) -> None:
    if row.is_cancelled:
        raise RuleBroken(f"{row.held_on} 的接访已经取消，不能调换。", field)
    if has_records(session, row):
        raise RuleBroken(f"{row.held_on} 的接访已有接访登记，不能调换。", field)


def _check_ahead(session: Session, actor: Actor, a: rota.Sitting, b: rota.Sitting, reason: str) -> None:
    ahead = int(settings.get(session, "swap_ahead_days", actor.today))
    try:
        rota.check_swap(a, b, actor.today, ahead, reason)
    except RuleBroken as no:
        raise RuleBroken(no.message, PLACES.get(no.field or "", no.field)) from no


def _seat(row: m.ReceptionSession, leader: m.Leader) -> None:
    """Both are kept: who was to receive, and who does."""
    original = row.original_leader or row.leader
    row.leader, row.is_by_hand = leader, True
    row.original_leader = original if original is not leader else None


def _record(
    session: Session, actor: Actor, own: m.ReceptionSession, other: m.ReceptionSession | None,
    mine: m.Leader | None, theirs: m.Leader, reason: str,
) -> m.Swap:  # fmt: skip
    swap = m.Swap(
        session=own, other_session=other, from_leader=mine, to_leader=theirs,
        reason=reason.strip(), state=SwapState.APPROVED, asked_on=actor.today, accepted_on=actor.today,
        decided_on=actor.today, by_id=actor.user_id, decided_by_id=actor.user_id,
    )  # fmt: skip
    session.add(swap)
    session.flush()
    return swap
