"""A campaign's ledger counted: by unit, by category and whole, with its lights and rates (G1, G2)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import campaigns as rules
from rules import figures
from rules.access import Actor
from rules.words import LedgerSource, LedgerState
from services import campaign_ledger, settings


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
    """The ledger's rows counted by `by` (unit, scheme, leader, source or all), removed rows left out, in the office's order."""
    case = m.CampaignCase
    keys = {"unit": case.unit_id, "scheme": case.scheme, "leader": case.leader_id, "source": case.source}
    key = keys.get(by, sa.literal(0))
    counted = _counts(session, actor)
    statement = campaign_ledger.rows(actor, campaign.id).where(case.state != LedgerState.REMOVED)
    found = session.execute(statement.with_only_columns(key, *counted).group_by(key)).all()
    labels = _labels(session, campaign, by)
    order = {name: place for place, name in enumerate(labels)}
    made = [
        Part(row[0], labels.get(row[0], str(row[0] or "未定")), *(int(value or 0) for value in row[1:]))
        for row in found
    ]
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
    if by == "source":
        return {source: source.label for source in LedgerSource}
    if by == "leader":
        leaders = session.execute(sa.select(m.Leader.id, m.Leader.name).order_by(m.Leader.turn, m.Leader.id))
        return {row[0]: row[1] for row in leaders} | {None: "未定包案领导"}
    units = session.execute(sa.select(m.Unit.id, m.Unit.name).order_by(m.Unit.position, m.Unit.id))
    return {row[0]: row[1] for row in units} | {None: "未定责任单位"}


def tallies(session: Session, actor: Actor) -> dict[int, tuple[int, int]]:
    """Campaign id → (rows, resolved) of every campaign, in one statement."""
    case = m.CampaignCase
    resolved = sa.func.sum(sa.case((case.state == LedgerState.RESOLVED, 1), else_=0))
    statement = campaign_ledger.rows(actor).where(case.state != LedgerState.REMOVED)
    found = session.execute(
        statement.with_only_columns(case.campaign_id, sa.func.count(), resolved).group_by(case.campaign_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in found}
