"""The actor behind an account: his units, the line above him, who heads his unit."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from services import settings


def actor_of(session: Session, user: m.User, today: date, now: datetime, address: str = "") -> Actor:
    """The actor for an account: reads the unit tree, the units his leader answers for, and who heads his unit."""
    units = session.execute(sa.select(m.Unit.id, m.Unit.parent_id, m.Unit.is_office)).all()
    own = frozenset(subtree(units, [user.unit_id]) if user.unit_id else ())
    answers_for = subtree(units, [u.id for u in user.leader.units]) if user.leader else set()
    heads = session.scalars(sa.select(m.User).where(m.User.unit_id == user.unit_id, m.User.role == access.R.UNIT_HEAD))
    head_users = list(heads) if user.unit_id else []
    head_leaders = {h.leader_id for h in head_users if h.leader_id}
    if user.unit and user.unit.head_leader_id:
        head_leaders.add(user.unit.head_leader_id)
    office = {u.id for u in units if u.is_office}
    return Actor(
        user.id,
        user.username,
        user.name,
        user.role,
        unit_id=user.unit_id,
        unit_ids=frozenset(answers_for) if user.role in access.LEADERS else own,
        line_ids=frozenset(ancestors(units, user.unit_id)),
        leader_id=user.leader_id,
        head_user_ids=frozenset(h.id for h in head_users),
        head_leader_ids=frozenset(head_leaders),
        is_office=user.unit_id in subtree(units, office),
        is_discipline_contact=user.username == settings.get(session, "discipline_contact", today),
        today=today,
        now=now,
        address=address,
    )


def subtree(units: Any, roots: Any) -> set[int]:
    """Ids of the given units and everything below them."""
    children: dict[int | None, list[int]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit.id)
    found: set[int] = set()
    queue = list(roots)
    while queue:
        unit_id = queue.pop()
        if unit_id not in found:
            found.add(unit_id)
            queue.extend(children.get(unit_id, ()))
    return found


def ancestors(units: Any, unit_id: int | None) -> set[int]:
    """Ids of the unit and everything above it."""
    parents = {unit.id: unit.parent_id for unit in units}
    line: set[int] = set()
    while unit_id is not None and unit_id not in line:
        line.add(unit_id)
        unit_id = parents.get(unit_id)
    return line
