"""A campaign's ledger (积案台账): matters proposed by its scope, taken in, kept live (G1, G2).

A guarded matter is never proposed, never taken, and leaves every list and count the moment it becomes one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import campaigns as rules
from rules.access import OFFICE, Actor
from rules.campaigns import Scope
from rules.words import LedgerSource, LedgerState, RuleBroken, Status
from services import campaign_scope, gate

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
    for condition in campaign_scope.conditions(campaign, asked):
        statement = statement.where(condition)
    return statement.order_by(m.Petition.registered_on, m.Petition.id)


def take(
    session: Session,
    actor: Actor,
    campaign: m.Campaign,
    petition_ids: Iterable[int],
    scheme: str | None = None,
    reason: str = "",
) -> list[m.CampaignCase]:
    """Take matters into the ledger, all or none. Raises RuleBroken when one cannot be taken or none was chosen.

    The row starts with the matter's unit, handler and running leader; its limit is the campaign's last day. Once the base
    list is frozen, what comes later says why (`reason`).
    """
    gate.allow(actor, "campaign_case.add")
    asked = set(petition_ids)
    if not asked:
        raise RuleBroken("列入台账：请至少选择一件事项。", "petition_ids")
    if len(asked) > MOST_TAKEN:
        raise RuleBroken(f"列入台账：一次最多 {MOST_TAKEN} 件，请分次列入。", "petition_ids")
    check_scheme(campaign, scheme)
    check_reason(campaign, reason)
    anything = Scope(years=0, only_open=False)
    statement = propose(actor, campaign, anything).where(m.Petition.id.in_(asked))
    found = list(session.scalars(statement))
    if len(found) < len(asked):
        raise RuleBroken(_not_taken(session, actor, campaign, asked), "petition_ids")
    beside = Beside.read(session, found)
    made = [_entry(actor, campaign, petition, scheme, beside) for petition in found]
    for row in made:
        row.entered_reason = reason.strip() or None
        set_limit(row, campaign, actor.today)
    session.add_all(made)
    session.flush()
    return made


def _not_taken(session: Session, actor: Actor, campaign: m.Campaign, asked: set[int]) -> str:
    """Which of the matters asked for stand on the ledger already; else they are not to be found."""
    row = m.CampaignCase
    there = rows(actor).where(
        row.campaign_id == campaign.id, row.petition_id.in_(asked), row.state != LedgerState.REMOVED
    )
    numbers = sorted(one.petition.number for one in session.scalars(there))
    if numbers:
        return f"列入台账：{'、'.join(numbers[:5])} 已在台账中，请去掉后再列入。"
    return "列入台账：所选事项中有的已经找不到，请刷新后重新选择。"


def check_reason(campaign: m.Campaign, reason: str) -> None:
    """After the base list is frozen an entry says why. Raises RuleBroken."""
    if campaign.frozen_on is not None and not reason.strip():
        raise RuleBroken(f"列入理由：基数已于 {campaign.frozen_on} 冻结，以后列入的须写明理由。", "reason")
    if len(reason) > 300:
        raise RuleBroken("列入理由：最多 300 个字，请删短。", "reason")


@dataclass(frozen=True)
class Beside:
    """What stands beside matters about to be taken: running leaders by matter, handlers' names, matters out of disputes."""

    leaders: dict[int, int]
    handlers: dict[int | None, str]
    disputes: set[int]

    @classmethod
    def read(cls, session: Session, found: Sequence[m.Petition]) -> "Beside":
        """In three statements for all of them."""
        ids = {petition.id for petition in found}
        users = sa.select(m.User.id, m.User.name).where(m.User.id.in_({petition.handler_id for petition in found}))
        handlers: dict[int | None, str] = dict(session.execute(users).all())
        disputes = sa.select(m.Dispute.petition_id).where(m.Dispute.petition_id.in_(ids)).execution_options(gated=True)
        return cls(_leaders(session, ids), handlers, set(session.scalars(disputes)))


def set_limit(row: m.CampaignCase, campaign: m.Campaign, today: date) -> None:
    """From the day a leader first takes a row its half-year limit runs (一责到底: another leader does not move it)."""
    if row.leader_id is not None and row.led_on is None:
        row.led_on = today
    if row.led_on is not None and row.strike_by is None and campaign.strike_months:
        row.strike_by = rules.half_year(row.led_on, campaign.strike_months)


def _leaders(session: Session, petition_ids: set[int]) -> dict[int, int]:
    running = sa.select(m.Case.petition_id, m.Case.leader_id).where(
        m.Case.petition_id.in_(petition_ids), m.Case.ended_on.is_(None)
    )
    return dict(session.execute(running.execution_options(gated=True)).all())


def _entry(
    actor: Actor, campaign: m.Campaign, petition: m.Petition, scheme: str | None, beside: Beside
) -> m.CampaignCase:
    is_ended = petition.closed_on is not None
    own = LedgerSource.DISPUTE if petition.id in beside.disputes else LedgerSource.MATTER
    return m.CampaignCase(
        campaign_id=campaign.id,
        petition=petition,
        scheme=scheme or None,
        source=LedgerSource.HANDED_DOWN if petition.level_from else own,
        source_number=petition.source_number,
        unit_id=petition.unit_id,
        responsible=beside.handlers.get(petition.handler_id),
        leader_id=beside.leaders.get(petition.id),
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
    put(actor, row, values)
    session.flush()
    return row


def put(actor: Actor, row: m.CampaignCase, values: Mapping[str, Any]) -> None:
    """`edit` before anything is written to the database; for many rows at once."""
    gate.allow(actor, "campaign_case.edit")
    if not may_edit(actor, row):
        raise gate.Forbidden("只能填写本单位负责的台账。")
    allowed, campaign = writable(actor), row.campaign  # read before anything is half written
    changed = {name: value for name, value in values.items() if name in allowed}
    _check(actor, row, changed)
    for name, value in changed.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    set_limit(row, campaign, actor.today)
    if row.state != LedgerState.REMOVED:
        row.removed_reason = row.removed_on = None
    elif row.removed_on is None:
        row.removed_on = actor.today
    if row.state != LedgerState.RESOLVED:
        row.resolved_on = None
    elif row.resolved_on is None:
        row.resolved_on = actor.today


def may_edit(actor: Actor, row: m.CampaignCase) -> bool:
    """The office edits every row, a unit's staff those of their own units; a row taken off the ledger only the office."""
    if actor.is_system or actor.role in OFFICE:
        return True
    return row.unit_id in actor.unit_ids and row.state != LedgerState.REMOVED


def _check(actor: Actor, row: m.CampaignCase, changed: Mapping[str, Any]) -> None:
    if row.struck_off_on is not None and any(getattr(row, name) != value for name, value in changed.items()):
        raise RuleBroken(f"已于 {row.struck_off_on} 销号，不能再改；确需改动的，请先由批准人撤回销号。", "state")
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
