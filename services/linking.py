"""Matters linked as related (关联), both ways; nothing is deleted, taking a link off has its reason (A5)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import gate


def link(session: Session, actor: Actor, petition: m.Petition, other: m.Petition, reason: str) -> m.PetitionLink:
    """Link two matters as related, both ways. Raises RuleBroken (field other_id) when they are one, or linked already."""
    if petition.id == other.id:
        raise RuleBroken("关联事项：不能与自己关联，请选别的事项。", "other_id")
    if any(other_of(row, petition).id == other.id for row in links(session, actor, petition)):
        raise RuleBroken("关联事项：已经关联过了，请选别的事项。", "other_id")
    first, second = sorted((petition.id, other.id))
    row = m.PetitionLink(
        petition_id=first, other_id=second, reason=reason.strip(), linked_on=actor.today, by_id=actor.user_id
    )
    session.add(row)
    session.flush()
    return row


def unlink(session: Session, actor: Actor, row: m.PetitionLink, reason: str) -> None:
    """Take a link off, with the reason; the row stays."""
    if row.removed_on is not None:
        raise RuleBroken("关联：已经解除了，请刷新后再看。", "link_id")
    row.removed_on, row.removed_reason, row.removed_by_id = actor.today, reason.strip(), actor.user_id
    session.flush()


def links(session: Session, actor: Actor, petition: m.Petition) -> list[m.PetitionLink]:
    """The running links of a matter whose other side the actor may see too."""
    row = m.PetitionLink
    statement = gate.rows(actor, row).where(
        sa.or_(row.petition_id == petition.id, row.other_id == petition.id), row.removed_on.is_(None)
    )
    return list(session.scalars(statement.order_by(row.id)))


def other_of(row: m.PetitionLink, petition: m.Petition) -> m.Petition:
    """The matter at the other end of a link."""
    return row.other if row.petition_id == petition.id else row.petition
