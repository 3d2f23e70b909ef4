"""The rule of the accused as SQL: nobody learns of a guarded matter that complains of him (rules-of-the-office §3)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import models as m
from rules.access import Actor
from rules.words import Purpose


def not_accused(actor: Actor) -> sa.ColumnElement[bool]:
    """The rule of the accused as SQL over Petition; the same as rules.access.is_excluded (a property test compares them)."""
    return sa.or_(sa.not_(m.Petition.is_guarded), not_named(actor))


def not_named(actor: Actor) -> sa.ColumnElement[bool]:
    """Guarded or not, the matter complains neither of the actor nor of his unit, as SQL over Petition."""
    r = m.Respondent
    aimed = _aimed(actor, r.unit_id, r.leader_id, m.Petition.registered_by_id, r.user_id)
    return sa.not_(sa.exists().where(r.petition_id == m.Petition.id, aimed))


def _aimed(actor: Actor, unit_id: Any, leader_id: Any, clerk_id: Any, user_id: Any = None) -> sa.ColumnElement[bool]:
    """Do these columns name the actor or his unit as respondent? NULL names nobody; `clerk_id`: who registered."""
    himself = [sa.and_(leader_id.is_not(None), leader_id == (actor.leader_id or 0))]
    heads = [leader_id.in_(sorted(actor.head_leader_ids))]
    if user_id is not None:
        himself.append(sa.and_(user_id.is_not(None), user_id == (actor.user_id or 0)))
        heads.append(user_id.in_(sorted(actor.head_user_ids)))
    by_unit: sa.ColumnElement[bool] = sa.or_(unit_id.in_(sorted(actor.line_ids)), *heads)
    if actor.is_office:
        exempt = sa.true() if actor.is_discipline_contact else clerk_id == actor.user_id
        by_unit = sa.and_(by_unit, sa.func.coalesce(sa.not_(exempt), sa.true()))
    return sa.func.coalesce(sa.or_(*himself, by_unit), sa.false())


def not_accused_there(actor: Actor) -> sa.ColumnElement[bool]:
    """The rule of the accused as SQL over Appointment: whom it names itself, and whom its matter complains of."""
    a, r, matter = m.Appointment, aliased(m.Respondent), aliased(m.Petition)
    guarded_matters = sa.select(matter.id).where(matter.is_guarded)
    of_matter = sa.func.coalesce(a.petition_id.in_(guarded_matters), sa.false())
    guarded = sa.or_(a.purpose == Purpose.REPORT, a.is_secret, of_matter)
    named = _aimed(actor, a.respondent_unit_id, a.respondent_leader_id, a.by_id)
    aimed = _aimed(actor, r.unit_id, r.leader_id, a.by_id, r.user_id)
    return sa.not_(sa.and_(guarded, sa.or_(named, sa.exists().where(r.petition_id == a.petition_id, aimed))))


def not_of_accused(actor: Actor) -> sa.ColumnElement[bool]:
    """Records of people whose sign-up this actor must not know of."""
    hidden = sa.exists().where(m.Appointment.record_id == m.ReceptionRecord.id, sa.not_(not_accused_there(actor)))
    return sa.not_(hidden)


def complained_of(session: Session, actor: Actor) -> set[int]:
    """Ids of the matters that complain of him: what was frozen before they did is kept from him as well."""
    if actor.is_system:
        return set()
    found = sa.select(m.Petition.id).where(sa.not_(not_accused(actor))).execution_options(gated=True)
    return set(session.scalars(found))
