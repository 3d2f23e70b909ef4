"""A campaign's ledger (积案台账): matters proposed by its scope, taken in, kept live (G1, G2).

A guarded matter is never proposed, never taken, and leaves every list and count the moment it becomes one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import campaigns as rules
from rules.access import OFFICE, Actor
from rules.campaigns import Scope
from rules.words import OPEN_STATUSES, LedgerSource, LedgerState, RuleBroken, Status
from services import gate

MOST_TAKEN = 500
"""Matters taken into a ledger in one go."""

UNIT_FIELDS = ("responsible", "measures", "progress", "state", "resolved_on")
"""What a unit's own staff write of its rows; the office writes the rest too."""
OFFICE_FIELDS = ("scheme", "source", "source_number", "unit_id", "leader_id", "due_on", *UNIT_FIELDS, "removed_reason")


def writable(actor: Actor) -> tuple[str, ...]:
    """The columns this actor may write of a row."""
    return OFFICE_FIELDS if actor.is_system or actor.role in OFFICE else UNIT_FIELDS


def rows(actor: Actor, campaign_id: int | None = None) -> sa.Select[Any]:
    """Rows of the ledgers that the actor may know of; of one campaign when its id is given."""
    open_matter = m.CampaignCase.petition.has(sa.not_(m.Petition.is_guarded))
    statement = gate.rows(actor, m.CampaignCase).where(open_matter)
    return statement if campaign_id is None else statement.where(m.CampaignCase.campaign_id == campaign_id)


def find(session: Session, actor: Actor, row_id: object) -> m.CampaignCase:
    """A row by id; NotHere when it is absent, hidden, or its matter has become a guarded one."""
    row: m.CampaignCase = gate.find(session, actor, m.CampaignCase, row_id)
    if row.petition.is_guarded:
        raise gate.NotHere("没有找到这条记录。")
    return row


def propose(actor: Actor, campaign: m.Campaign, scope: Scope | None = None) -> sa.Select[Any]:
    """Matters in the campaign's scope that are not yet in its ledger, the oldest first."""
    asked = scope or rules.scope_of(campaign.scope)
    taken = sa.select(m.CampaignCase.petition_id).where(m.CampaignCase.campaign_id == campaign.id)
    statement = gate.rows(actor, m.Petition).where(
        sa.not_(m.Petition.is_guarded), m.Petition.status != Status.VOIDED, m.Petition.id.not_in(taken)
    )
    for condition in _conditions(campaign, asked):
        statement = statement.where(condition)
    return statement.order_by(m.Petition.registered_on, m.Petition.id)


def _conditions(campaign: m.Campaign, scope: Scope) -> Iterable[sa.ColumnElement[bool]]:
    since = rules.looks_back_to(scope, campaign.starts_on)
    if since:
        yield m.Petition.registered_on >= since
    if scope.only_open:
        yield m.Petition.status.in_(OPEN_STATUSES)
    if scope.channels:
        yield m.Petition.channel.in_(scope.channels)
    if scope.unit_ids:
        yield m.Petition.unit_id.in_(scope.unit_ids)
    if scope.levels:
        yield m.Petition.level_from.in_(scope.levels)
    if scope.only_repeated:
        yield sa.exists().where(m.Contact.petition_id == m.Petition.id, sa.not_(m.Contact.is_first))


def take(
    session: Session, actor: Actor, campaign: m.Campaign, petition_ids: Iterable[int], scheme: str | None = None
) -> list[m.CampaignCase]:
    """Take matters into the ledger, all or none. Raises RuleBroken when one cannot be taken or none was chosen.

    The row starts with the matter's unit, handler and running leader; its limit is the campaign's last day.
    """
    gate.allow(actor, "campaign_case.add")
    asked = set(petition_ids)
    if not asked:
        raise RuleBroken("列入台账：请至少选择一件事项。", "petition_ids")
    if len(asked) > MOST_TAKEN:
        raise RuleBroken(f"列入台账：一次最多 {MOST_TAKEN} 件，请分次列入。", "petition_ids")
    check_scheme(campaign, scheme)
    anything = Scope(years=0, only_open=False)
    statement = propose(actor, campaign, anything).where(m.Petition.id.in_(asked))
    found = list(session.scalars(statement.options(joinedload(m.Petition.handler))))
    if len(found) < len(asked):
        raise RuleBroken("列入台账：所选事项中有的已在台账中或不存在，请刷新后重新选择。", "petition_ids")
    leaders = _leaders(session, asked)
    made = [_entry(actor, campaign, petition, scheme, leaders.get(petition.id)) for petition in found]
    session.add_all(made)
    session.flush()
    return made


def _leaders(session: Session, petition_ids: set[int]) -> dict[int, int]:
    running = sa.select(m.Case.petition_id, m.Case.leader_id).where(
        m.Case.petition_id.in_(petition_ids), m.Case.ended_on.is_(None)
    )
    return dict(session.execute(running.execution_options(gated=True)).all())


def _entry(
    actor: Actor, campaign: m.Campaign, petition: m.Petition, scheme: str | None, leader_id: int | None
) -> m.CampaignCase:
    is_ended = petition.closed_on is not None
    return m.CampaignCase(
        campaign_id=campaign.id,
        petition=petition,
        scheme=scheme or None,
        source=LedgerSource.HANDED_DOWN if petition.level_from else LedgerSource.MATTER,
        source_number=petition.source_number,
        unit_id=petition.unit_id,
        responsible=petition.handler.name if petition.handler else None,
        leader_id=leader_id,
        due_on=campaign.ends_on,
        state=LedgerState.RESOLVED if is_ended else LedgerState.OPEN,
        resolved_on=petition.closed_on,
        entered_on=actor.today,
    )


def check_scheme(campaign: m.Campaign, scheme: str | None) -> None:
    """A row's category is one of the campaign's own. Raises RuleBroken naming the choices."""
    if scheme and scheme not in campaign.schemes:
        raise RuleBroken(f"问题类别：本活动没有“{scheme}”，可用的有：{'、'.join(campaign.schemes) or '无'}。", "scheme")


def edit(session: Session, actor: Actor, row: m.CampaignCase, values: Mapping[str, Any]) -> m.CampaignCase:
    """Write a row of the ledger. Raises RuleBroken naming the field, gate.Forbidden for another unit's row."""
    gate.allow(actor, "campaign_case.edit")
    if not may_edit(actor, row):
        raise gate.Forbidden("只能填写本单位负责的台账。")
    allowed = writable(actor)
    changed = {name: value for name, value in values.items() if name in allowed}
    _check(actor, row, changed)
    for name, value in changed.items():
        setattr(row, name, value)
    if row.state != LedgerState.REMOVED:
        row.removed_reason = None
    if row.state != LedgerState.RESOLVED:
        row.resolved_on = None
    elif row.resolved_on is None:
        row.resolved_on = actor.today
    session.flush()
    return row


def may_edit(actor: Actor, row: m.CampaignCase) -> bool:
    """The office edits every row, a unit's staff those of their own units; a row taken off the ledger only the office."""
    if actor.is_system or actor.role in OFFICE:
        return True
    return row.unit_id in actor.unit_ids and row.state != LedgerState.REMOVED


def _check(actor: Actor, row: m.CampaignCase, changed: Mapping[str, Any]) -> None:
    state = changed.get("state", row.state)
    resolved_on = changed.get("resolved_on", row.resolved_on)
    if "scheme" in changed and changed["scheme"] != row.scheme:
        check_scheme(row.campaign, changed["scheme"])
    if state == LedgerState.REMOVED and not (changed.get("removed_reason") or "").strip():
        if "removed_reason" not in writable(actor):
            raise RuleBroken("化解情况：移出台账由信访办办理，请改选其他情况。", "state")
        raise RuleBroken("移出理由：移出台账须写明理由。", "removed_reason")
    if state == LedgerState.RESOLVED and resolved_on and resolved_on > actor.today:
        raise RuleBroken("化解日期：不能晚于今天，请核对。", "resolved_on")
    if state == LedgerState.RESOLVED and not (changed.get("progress", row.progress) or "").strip():
        raise RuleBroken("办理情况：已化解的须写明怎样化解的。", "progress")
