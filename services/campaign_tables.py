"""The figures of a campaign's table (情况统计表) per unit and category, counted by the database in one pass (G4)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import figures
from rules.access import MATTER_SCOPE, Actor, Scope
from rules.words import LedgerState
from services import campaign_ledger

NO_UNIT, NO_SCHEME = "未定责任单位", "未分类"
COUNTS = ("found", "added", "resolved", "resolved_all", "open", "late")


@dataclass
class Line:
    """One unit's figures, or the whole's. `schemes`: {category: [found, resolved]}."""

    found: int = 0
    added: int = 0
    resolved: int = 0
    resolved_all: int = 0
    late: int = 0
    schemes: dict[str, list[int]] = field(default_factory=dict)

    def add(self, scheme: str, counts: list[int]) -> None:
        """Put the figures of one category to it."""
        found, added, resolved, resolved_all, late = counts
        self.found, self.added, self.resolved = self.found + found, self.added + added, self.resolved + resolved
        self.resolved_all, self.late = self.resolved_all + resolved_all, self.late + late
        pair = self.schemes[scheme]
        pair[0], pair[1] = pair[0] + found, pair[1] + resolved_all

    def as_row(self, label: str) -> dict[str, Any]:
        """As the frozen body keeps it."""
        return {
            "unit": label, "found": self.found, "added": self.added, "resolved": self.resolved,
            "resolved_all": self.resolved_all, "open": self.found - self.resolved_all, "late": self.late,
            "rate": figures.share(self.resolved_all, self.found), "schemes": self.schemes,
        }  # fmt: skip


def table(session: Session, actor: Actor, campaign: m.Campaign, first: date, last: date) -> dict[str, Any]:
    """{"schemes", "rows", "total"}: rows by unit in the office's order, those without a unit last.

    found: on the ledger on the last day; added, resolved: within the two days; resolved_all: so far; open, late: left then.
    """
    counted = _counted(session, actor, campaign, first, last)
    schemes = [*campaign.schemes]
    if any(scheme not in schemes for _unit, scheme, *_counts in counted):
        schemes.append(NO_SCHEME)
    total, lines = _line(schemes), dict[int | None, Line]()
    for unit_id, scheme, *counts in counted:
        for line in (lines.setdefault(unit_id, _line(schemes)), total):
            line.add(scheme if scheme in schemes else NO_SCHEME, [int(count or 0) for count in counts])
    names = _units(session, set(lines))
    rows = [lines[key].as_row(name) for key, name in names.items()]
    return {"schemes": schemes, "rows": rows, "total": total.as_row("合计")}


def _line(schemes: list[str]) -> Line:
    return Line(schemes={name: [0, 0] for name in schemes})


def _counted(session: Session, actor: Actor, campaign: m.Campaign, first: date, last: date) -> list[Any]:
    """(unit, category, found, added, resolved, resolved_all, late) of every pair that has rows."""
    case = m.CampaignCase
    done = sa.func.coalesce(case.resolved_on <= last, sa.false())
    picks = [
        case.entered_on >= first,
        sa.and_(done, case.resolved_on >= first),
        done,
        sa.and_(sa.not_(done), sa.func.coalesce(case.due_on < last, sa.false())),
    ]
    sums = [sa.func.sum(sa.case((pick, 1), else_=0)) for pick in picks]
    there = ledger(actor, campaign).where(case.entered_on <= last, case.state != LedgerState.REMOVED)
    wanted: list[Any] = [case.unit_id, case.scheme, sa.func.count(), *sums]
    return list(session.execute(there.with_only_columns(*wanted).group_by(case.unit_id, case.scheme)).all())


def ledger(actor: Actor, campaign: m.Campaign) -> sa.Select[Any]:
    """The rows the actor may know of. Who sees all matters may know of every one that is not guarded: the one condition left."""
    sees_all = actor.role is None or MATTER_SCOPE[actor.role] is Scope.ALL
    if not sees_all:
        return campaign_ledger.rows(actor, campaign.id)
    guarded = sa.exists().where(m.Petition.id == m.CampaignCase.petition_id, m.Petition.is_guarded)
    own = m.CampaignCase.campaign_id == campaign.id
    return sa.select(m.CampaignCase).where(own, sa.not_(guarded)).execution_options(gated=True)


def _units(session: Session, ids: set[int | None]) -> dict[int | None, str]:
    found = session.execute(sa.select(m.Unit.id, m.Unit.name).order_by(m.Unit.position, m.Unit.id))
    units: dict[int | None, str] = {key: name for key, name in found if key in ids}
    return units | ({None: NO_UNIT} if None in ids else {})
