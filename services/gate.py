"""The one gate towards the database: which rows an actor may know of, as SQL (design §3).

`criteria` is AND-ed into every list, count, look-up, export and figure; `find` is the only way to one row by its id.
Hidden and absent are the same: NotHere.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.words import RuleBroken
from services import gate_scope
from services.gate_accused import not_accused, not_accused_there, not_of_accused
from services.gate_paths import HOLDERS, MEETINGS, PAIRS, PATHS, VISITS

MAX_ID = 2**31 - 1
"""The largest id PostgreSQL's integer holds."""
KEPT = 512
"""Criteria kept ready: building one costs more than asking the database with it. Few actors × the tables they read."""


class Forbidden(RuleBroken):
    """The role may not do this at all (HTTP 403)."""


class NotHere(RuleBroken):
    """Absent or hidden: the same answer (HTTP 404)."""


def allow(actor: Actor, verb: str) -> None:
    """Raises Forbidden when the actor's role may not use the verb."""
    if not access.may(actor, verb):
        raise Forbidden("您的角色不能进行这项操作。")


def criteria(actor: Actor, model: Any) -> sa.ColumnElement[bool]:
    """The rows of `model` the actor may know of; true() for tables without petition content."""
    return _criteria(_eyes(actor), model)


def _eyes(actor: Actor) -> Actor:
    """The actor reduced to what decides on rows: not when he asks, nor from where."""
    return replace(actor, today=date.min, now=access.Actor.now, address="")


@lru_cache(maxsize=KEPT)
def _criteria(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    if actor.is_system:
        return sa.true()
    if model is m.Petition:
        return sa.and_(gate_scope.matters(actor), not_accused(actor))
    if model is m.Petitioner:
        return _through(m.Petitioner.id, m.ContactPetitioner.petitioner_id, actor)
    if model is m.Appointment:
        return sa.and_(gate_scope.appointments(actor), not_accused_there(actor), _hop(actor, model))
    if model is m.ReceptionRecord and actor.role in access.LEADERS:
        return sa.and_(m.ReceptionRecord.leader_id == actor.leader_id, not_of_accused(actor), _hop(actor, model))
    if model is m.ReceptionRecord:
        return sa.and_(not_of_accused(actor), _hop(actor, model))
    if model is m.Reading and actor.role in access.LEADERS:
        return sa.and_(m.Reading.leader_id == actor.leader_id, _hop(actor, model))
    if model is m.Supervision:
        return sa.and_(gate_scope.supervisions(actor), _hop(actor, model))
    if model in VISITS:
        return _visits(actor, model)
    if model is m.Circulation:
        return gate_scope.circulations(actor)
    if model in MEETINGS:
        return _meetings(actor, model)
    if model is m.Promise:
        return sa.or_(_hop(actor, model), _owed(actor))
    if model is m.ScreeningReturn:
        return sa.true() if gate_scope.sees_all(actor) else m.ScreeningReturn.unit_id.in_(sorted(actor.unit_ids))
    if model is m.Job:
        return m.Job.by_id == actor.user_id
    if model is m.InspectionRun:
        return sa.or_(m.InspectionRun.by_id == actor.user_id, m.InspectionRun.by_id.is_(None))
    if model is m.DossierOrder:
        return sa.and_(m.DossierOrder.by_id == actor.user_id, _hop(actor, model))
    if model in PAIRS:
        other = getattr(model, PAIRS[model])
        return sa.and_(model.petition.has(criteria(actor, m.Petition)), other.has(criteria(actor, m.Petition)))
    if model in HOLDERS:
        held = getattr(model, HOLDERS[model])
        is_open = ~m.Bundle.is_guarded if model is m.Bundle else ~held.any()
        return sa.or_(is_open, held.any(criteria(actor, held.property.mapper.class_)))
    return _hop(actor, model) if model in PATHS else sa.true()


def _visits(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    """Visits down: a leader's own; what they found besides through the matter it became; disputes by unit (E1, E2)."""
    if model is m.Visit:
        if actor.role in access.LEADERS:
            return m.Visit.leader_id == actor.leader_id
        return sa.true() if gate_scope.sees_all(actor) else sa.false()
    unknown = sa.or_(m.Dispute.petition_id.is_(None), m.Dispute.petition.has(not_accused(actor)))
    if model is m.Dispute:
        return sa.and_(gate_scope.disputes(actor), unknown)
    return sa.and_(
        m.VisitFinding.visit.has(criteria(actor, m.Visit)),
        sa.or_(m.VisitFinding.petition_id.is_(None), m.VisitFinding.petition.has(not_accused(actor))),
        sa.or_(m.VisitFinding.dispute_id.is_(None), m.VisitFinding.dispute.has(unknown)),
    )


def _meetings(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    """Meetings of those who take part; items unless guarded and not theirs to see; decisions of owners too (E3, §3)."""
    if model is m.Meeting:
        return sa.true() if gate_scope.sees_all(actor) else gate_scope.takes_part(actor)
    known = sa.and_(_may_hear(actor, model.petition), _hears_of_dispute(actor, model))
    if model is m.AgendaItem:
        return sa.and_(m.AgendaItem.meeting.has(criteria(actor, m.Meeting)), known)
    d = m.Decision
    his = sa.or_(
        d.unit_id.in_(sorted(actor.unit_ids)), d.leader_id == (actor.leader_id or 0), d.user_id == (actor.user_id or 0)
    )
    there = sa.and_(d.meeting_id.is_not(None), d.meeting.has(criteria(actor, m.Meeting)))
    matter = sa.and_(d.petition_id.is_not(None), d.petition.has(criteria(actor, m.Petition)))
    return sa.and_(known, sa.true() if gate_scope.sees_all(actor) else sa.or_(his, there, matter))


def _may_hear(actor: Actor, matter: Any) -> sa.ColumnElement[bool]:
    """Who takes part hears of a matter unless it is guarded or he withdrew from it; guarded ones need the right to see it."""
    withdrew = sa.select(m.Recusal.petition_id).where(m.Recusal.user_id == (actor.user_id or 0))
    plain = sa.and_(sa.not_(m.Petition.is_guarded), m.Petition.id.not_in(withdrew))
    return sa.or_(~matter.has(), matter.has(sa.or_(plain, criteria(actor, m.Petition))))


def _owed(actor: Actor) -> sa.ColumnElement[bool]:
    """What an agreement asks of a unit that has no part in the matter else: the promise itself, not the matter (H3)."""
    if actor.role not in access.UNIT_STAFF:
        return sa.false()
    named = m.Promise.unit_id.in_(sorted(actor.unit_ids))
    return sa.and_(named, m.Promise.closing_file.has(_may_hear(actor, m.ClosingFile.petition)))


def _hears_of_dispute(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    return sa.or_(model.dispute_id.is_(None), model.dispute.has(_may_hear(actor, m.Dispute.petition)))


def _hop(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    path = PATHS[model]
    relation = getattr(model, path.attribute)
    inner: sa.ColumnElement[bool] = relation.has(criteria(actor, relation.property.mapper.class_))
    return sa.or_(getattr(model, f"{path.attribute}_id").is_(None), inner) if path.optional else inner


def _through(own: Any, other: Any, actor: Actor) -> sa.ColumnElement[bool]:
    return sa.exists().where(other == own, m.ContactPetitioner.contact_id == m.Contact.id, criteria(actor, m.Contact))


def rows(actor: Actor, model: Any) -> sa.Select[Any]:
    """`select(model)` with the actor's criteria; the start of every read."""
    return _rows(_eyes(actor), model)


@lru_cache(maxsize=KEPT)
def _rows(actor: Actor, model: type[Any]) -> sa.Select[Any]:
    return sa.select(model).where(criteria(actor, model)).execution_options(gated=True)


def count(session: Session, statement: sa.Select[Any], cap: int = 1000) -> int:
    """How many rows, counted no further than `cap` + 1 (shown as "1000+")."""
    inner = (
        statement.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).limit(cap + 1).subquery()
    )
    return session.execute(
        sa.select(sa.func.count()).select_from(inner), execution_options={"gated": True}
    ).scalar_one()


def id_in(text: str) -> int | None:
    """The id a text says, or None: what is no number, or none an id can be, never reaches the database (trap 16)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MAX_ID else None


def find(session: Session, actor: Actor, model: type[Any], row_id: object) -> Any:
    """The row, or NotHere when it is absent, hidden or not an id at all."""
    key = id_in(str(row_id))
    found = None if key is None else session.scalars(rows(actor, model).where(model.id == key)).one_or_none()
    if found is None:
        raise NotHere("没有找到这条记录。")
    return found


def is_accused(session: Session, petition: m.Petition, actor: Actor) -> bool:
    """True when the rule of the accused hides this matter from that actor (used before offering somebody as a choice)."""
    return petition.is_guarded and is_named(petition, actor)


def is_named(petition: m.Petition, actor: Actor) -> bool:
    """Guarded or not, does the matter complain of the actor or his unit? The same as gate_accused.not_named."""
    facts = [access.Accused(r.unit_id, r.leader_id, r.user_id) for r in petition.respondents]
    return any(access.is_excluded(actor, fact, petition.registered_by_id) for fact in facts)
