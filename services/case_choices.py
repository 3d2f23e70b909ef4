"""Whom a matter may be assigned to: the leader proposed by division of work, and nobody it complains of (F1, rules §3)."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

import models as m
from rules.access import Actor
from rules.words import Rank
from services import gate, gate_actors


def leaders(session: Session) -> list[m.Leader]:
    """Leaders in office, in their order."""
    statement = sa.select(m.Leader).where(m.Leader.is_active).options(selectinload(m.Leader.units))
    return list(session.scalars(statement.order_by(m.Leader.turn, m.Leader.id)))


def is_in_office(leader: m.Leader, today: date) -> bool:
    """In office today by list and by his term."""
    return leader.is_active and (leader.in_office_to is None or leader.in_office_to >= today)


def propose_leader(
    session: Session, actor: Actor, petition: m.Petition, but: frozenset[int] = frozenset()
) -> m.Leader | None:
    """The leader whose units include the responsible unit, or the nearest one above it; the accused never, nor `but`.

    Among several the one who answers for the fewest units stands nearest; a main leader takes what is exceptional (F8).
    """
    units = session.scalars(sa.select(m.Unit)).all()
    barred = accused_leaders(session, actor, petition) | but
    parents = {unit.id: unit.parent_id for unit in units}
    unit_id = petition.unit_id
    while unit_id is not None:
        offered = [x for x in leaders(session) if x.id not in barred and is_in_office(x, actor.today)]
        found = [x for x in offered if unit_id in {u.id for u in x.units}]
        if found:
            return min(found, key=lambda x: (x.rank is Rank.MAIN, len(x.units), x.turn, x.id))
        unit_id = parents.get(unit_id)
    return None


def named_leaders(session: Session, petition: m.Petition) -> list[m.Leader]:
    """Leaders an open demand complains of by name: only a warning (rules §3), for a guarded matter nobody is named."""
    ids = {r.leader_id for r in petition.respondents if r.leader_id}
    if petition.is_guarded or not ids:
        return []
    return list(session.scalars(sa.select(m.Leader).where(m.Leader.id.in_(ids)).order_by(m.Leader.turn, m.Leader.id)))


def accused_leaders(session: Session, actor: Actor, petition: m.Petition) -> frozenset[int]:
    """Ids of leaders who may know nothing of this guarded matter: respondents, heads of and users in respondent units."""
    if not petition.is_guarded:
        return frozenset()
    barred = {r.leader_id for r in petition.respondents if r.leader_id}
    accused_units = {r.unit_id for r in petition.respondents if r.unit_id}
    heads = sa.select(m.Unit.head_leader_id).where(m.Unit.id.in_(accused_units), m.Unit.head_leader_id.is_not(None))
    barred |= set(session.scalars(heads))
    accounts = session.scalars(sa.select(m.User).where(m.User.leader_id.is_not(None), m.User.is_active)).all()
    barred |= {user.leader_id for user in _excluded(session, actor, petition, accounts) if user.leader_id}
    return frozenset(barred)


def accused_users(session: Session, actor: Actor, petition: m.Petition, users: Iterable[m.User]) -> frozenset[int]:
    """Ids of those of `users` whom the rule of the accused shuts out of this matter."""
    if not petition.is_guarded:
        return frozenset()
    return frozenset(user.id for user in _excluded(session, actor, petition, users))


def _excluded(session: Session, actor: Actor, petition: m.Petition, users: Iterable[m.User]) -> list[m.User]:
    acting = ((user, gate_actors.actor_of(session, user, actor.today, actor.now)) for user in users)
    return [user for user, his in acting if gate.is_accused(session, petition, his)]
