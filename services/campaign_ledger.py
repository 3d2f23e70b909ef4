"""A campaign's ledger (积案台账): matters proposed by its scope, taken in, kept live, counted by unit (G1, G2).

A guarded matter is never proposed, never taken, and leaves every list and count the moment it becomes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import campaigns as rules
from rules import figures
from rules.access import OFFICE, Actor
from rules.campaigns import Scope
from rules.words import OPEN_STATUSES, LedgerSource, LedgerState, RuleBroken, Status
from services import gate, settings

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


@dataclass(frozen=True)
class Part:
    """A unit's, a category's or the whole part of a ledger, with its light."""

    key: Any
    label: str
    total: int
    resolved: int
    doing: int
    late: int
    soon: int
    handed_down: int
    handed_down_resolved: int

    @property
    def rate(self) -> float | None:
        """化解率 in per cent."""
        return figures.share(self.resolved, self.total)

    @property
    def closed_rate(self) -> float | None:
        """交办积案办结率 in per cent."""
        return figures.share(self.handed_down_resolved, self.handed_down)

    @property
    def light(self) -> str:
        return rules.light(self.late, self.soon)


def parts(session: Session, actor: Actor, campaign: m.Campaign, by: str = "unit") -> list[Part]:
    """The ledger's rows counted by `by` (unit, scheme or all), removed rows left out, in the office's order."""
    case = m.CampaignCase
    key = {"unit": case.unit_id, "scheme": case.scheme, "all": sa.literal(0)}[by]
    counted = _counts(session, actor)
    statement = rows(actor, campaign.id).where(case.state != LedgerState.REMOVED)
    found = session.execute(statement.with_only_columns(key, *counted).group_by(key)).all()
    labels = _labels(session, campaign, by)
    order = {name: place for place, name in enumerate(labels)}
    made = [Part(row[0], labels.get(row[0], str(row[0] or "未定")), *(int(value or 0) for value in row[1:])) for row in found]
    return sorted(made, key=lambda part: (order.get(part.key, len(order)), str(part.key)))


def _counts(session: Session, actor: Actor) -> list[Any]:
    case = m.CampaignCase
    is_resolved = case.state == LedgerState.RESOLVED
    soon_until = actor.today + timedelta(days=int(settings.get(session, "soon_days", actor.today)))
    handed_down = case.source == LedgerSource.HANDED_DOWN
    late = sa.and_(sa.not_(is_resolved), case.due_on < actor.today)
    soon = sa.and_(sa.not_(is_resolved), case.due_on.between(actor.today, soon_until))
    picks = [is_resolved, case.state == LedgerState.DOING, late, soon, handed_down, sa.and_(handed_down, is_resolved)]
    return [sa.func.count(), *(sa.func.sum(sa.case((pick, 1), else_=0)) for pick in picks)]


def _labels(session: Session, campaign: m.Campaign, by: str) -> dict[Any, str]:
    if by == "all":
        return {0: "合计"}
    if by == "scheme":
        return {name: name for name in campaign.schemes} | {None: "未分类"}
    units = session.execute(sa.select(m.Unit.id, m.Unit.name).order_by(m.Unit.position, m.Unit.id))
    return {row[0]: row[1] for row in units} | {None: "未定责任单位"}


def tallies(session: Session, actor: Actor) -> dict[int, tuple[int, int]]:
    """Campaign id → (rows, resolved) of every campaign, in one statement."""
    case = m.CampaignCase
    resolved = sa.func.sum(sa.case((case.state == LedgerState.RESOLVED, 1), else_=0))
    statement = rows(actor).where(case.state != LedgerState.REMOVED)
    found = session.execute(statement.with_only_columns(case.campaign_id, sa.func.count(), resolved).group_by(case.campaign_id))
    return {row[0]: (row[1], int(row[2])) for row in found}
