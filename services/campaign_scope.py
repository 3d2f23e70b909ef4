"""A campaign's scope (范围) as a saved filter: what it asks of a matter, as SQL (G1)."""

from collections.abc import Iterator

import sqlalchemy as sa

import models as m
from rules import campaigns as rules
from rules.campaigns import Scope
from rules.words import OPEN_STATUSES


def conditions(campaign: m.Campaign, scope: Scope) -> Iterator[sa.ColumnElement[bool]]:
    """Each part of the scope that narrows; the look-back counts from the campaign's first day."""
    p = m.Petition
    since = rules.looks_back_to(scope, campaign.starts_on)
    if since:
        yield p.registered_on >= since
    if scope.only_open:
        yield p.status.in_(OPEN_STATUSES)
    if scope.channels:
        yield p.channel.in_(scope.channels)
    if scope.unit_ids:
        yield p.unit_id.in_(scope.unit_ids)
    if scope.levels:
        yield p.level_from.in_(scope.levels)
    if scope.senders:
        yield sa.or_(*(p.sender.contains(name, autoescape=True) for name in scope.senders))
    if scope.only_repeated:
        yield sa.exists().where(m.Contact.petition_id == p.id, sa.not_(m.Contact.is_first))
    if scope.spans:
        marked = sa.select(m.PetitionTag.petition_id).join(m.Tag).where(m.Tag.name.in_(scope.spans))
        yield p.id.in_(marked)
    if scope.only_disputes:
        yield sa.exists().where(m.Dispute.petition_id == p.id)
