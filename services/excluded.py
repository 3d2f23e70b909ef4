"""Whom a matter is never offered to, as sets of ids: the accused, their units and people (rules-of-the-office §3), who withdrew.

The same rule as rules.access.is_excluded, turned round: there one person asks, here a form asks for everybody at once.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import Role
from services import case_choices, gate_actors, recusals, settings


def units(session: Session, petition: m.Petition) -> frozenset[int]:
    """Units a guarded matter complains of, everything below them, and the units a respondent heads."""
    if not petition.is_guarded:
        return frozenset()
    every = session.scalars(sa.select(m.Unit)).all()
    named = {r.unit_id for r in petition.respondents if r.unit_id}
    leaders = {r.leader_id for r in petition.respondents if r.leader_id}
    users = {r.user_id for r in petition.respondents if r.user_id}
    led = {unit.id for unit in every if unit.head_leader_id in leaders and unit.head_leader_id}
    headed = sa.select(m.User.unit_id).where(
        m.User.role == Role.UNIT_HEAD, sa.or_(m.User.id.in_(users), m.User.leader_id.in_(leaders))
    )
    led |= {unit_id for unit_id in session.scalars(headed) if unit_id is not None}
    return frozenset(gate_actors.subtree(every, named) | led)


def leaders(session: Session, actor: Actor, petition: m.Petition) -> frozenset[int]:
    """Leaders who may know nothing of a guarded matter."""
    return case_choices.accused_leaders(session, actor, petition)


def users(session: Session, actor: Actor, petition: m.Petition) -> frozenset[int]:
    """Accounts that may know nothing of a guarded matter, and those that withdrew from it."""
    if not petition.is_guarded:
        return recusals.withdrawn(petition)
    named = {r.user_id for r in petition.respondents if r.user_id}
    led = {r.leader_id for r in petition.respondents if r.leader_id}
    barred = units(session, petition)
    known = session.scalars(
        sa.select(m.User).where(sa.or_(m.User.unit_id.in_(barred), m.User.id.in_(named), m.User.leader_id.in_(led)))
    ).all()
    contact = settings.get(session, "discipline_contact", actor.today)
    himself = {user.id for user in known if user.id in named or user.leader_id in led}
    office = _office_units(session)
    exempt = {
        user.id for user in known
        if user.unit_id in office and (user.username == contact or user.id == petition.registered_by_id)
    }  # fmt: skip
    return frozenset(himself | {user.id for user in known if user.id not in exempt}) | recusals.withdrawn(petition)


def _office_units(session: Session) -> set[int]:
    every = session.scalars(sa.select(m.Unit)).all()
    return gate_actors.subtree(every, {unit.id for unit in every if unit.is_office})


def routes(session: Session, petition: m.Petition) -> frozenset[int]:
    """Units a matter is not routed to: the accused ones, and those whose head withdrew."""
    return units(session, petition) | recusals.barred_units(session, petition)
