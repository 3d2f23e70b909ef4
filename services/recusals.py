"""Withdrawal for a personal interest (回避): who may declare it, who may not handle the matter again (Art 28(3), rules §3)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import UNIT_STAFF, Actor
from rules.words import Role, RuleBroken
from services import gate

Said = Mapping[str, Any]


def withdrawn(petition: m.Petition) -> frozenset[int]:
    """Ids of the accounts that have withdrawn from this matter."""
    return frozenset(row.user_id for row in petition.recusals)


def bar(actor: Actor, petition: m.Petition) -> None:
    """Raises Forbidden when the actor has withdrawn from the matter: he makes no move on it any more."""
    if actor.user_id in withdrawn(petition):
        raise gate.Forbidden("您已经回避这件事项，不能再办理。")


def barred_units(session: Session, petition: m.Petition) -> frozenset[int]:
    """Ids of the units whose head has withdrawn from the matter: it cannot go to them again."""
    heads = sa.select(m.User.unit_id).where(
        m.User.id.in_(withdrawn(petition)), m.User.role == Role.UNIT_HEAD, m.User.unit_id.is_not(None)
    )
    return frozenset(unit_id for unit_id in session.scalars(heads) if unit_id is not None)


def staff(session: Session, petition: m.Petition, unit_id: int | None) -> list[m.User]:
    """That unit's people who may handle the matter, without those who withdrew."""
    found = sa.select(m.User).where(m.User.unit_id == (unit_id or 0), m.User.role.in_(UNIT_STAFF), m.User.is_active)
    return [user for user in session.scalars(found.order_by(m.User.id)) if user.id not in withdrawn(petition)]


def who(session: Session, actor: Actor, petition: m.Petition, said: Said) -> m.User:
    """Who withdraws: the one named, else the handler who declares it, else the matter's handler.

    Raises RuleBroken (field user_id): nobody, somebody of another unit, a handler naming somebody else, twice.
    """
    is_handler = actor.role is Role.HANDLER
    user_id = said.get("user_id") or (actor.user_id if is_handler else petition.handler_id)
    user = session.get(m.User, user_id) if user_id else None
    if user is None:
        raise RuleBroken("回避人：还没有指定承办人，请选择是谁回避。", "user_id")
    if is_handler and user.id != actor.user_id:
        raise RuleBroken("回避人：承办人只能声明自己回避，别人的回避由单位负责人或信访办决定。", "user_id")
    if user.unit_id != petition.unit_id:
        raise RuleBroken("回避人：不是责任单位的人员，请重新选择。", "user_id")
    if user.id in withdrawn(petition):
        raise RuleBroken("回避人：此人已经回避，请重新选择。", "user_id")
    return user


def head(session: Session, petition: m.Petition, unit_id: int | None) -> m.User | None:
    """That unit's head, unless he has withdrawn already."""
    return next((user for user in staff(session, petition, unit_id) if user.role is Role.UNIT_HEAD), None)


def record(session: Session, actor: Actor, petition: m.Petition, user: m.User, said: Said) -> m.Recusal:
    """Keep the withdrawal with its reason and who takes over; a flush, no commit."""
    row = m.Recusal(
        petition=petition,
        user=user,
        unit_id=user.unit_id,
        reason=said["reason"],
        withdrawn_on=actor.today,
        by_id=actor.user_id,
        to_user_id=said.get("handler_id"),
        to_unit_id=said.get("unit_id"),
    )
    session.add(row)
    session.flush()
    return row
