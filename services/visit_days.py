"""Days and visits down of every leader against the yearly minimum (下访天数与最低要求): a table, on screen and as a sheet (E1, I3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import visits as rules
from rules.access import Actor
from rules.reception_words import Counted, LeaderVisitState
from services import gate, settings, visits
from services.workbook_table import Column, TableSheet, Value


@dataclass(frozen=True)
class Amount:
    """Made, planned and required within the year."""

    done: int
    planned: int
    required: int

    @property
    def short(self) -> int:
        """What is still missing; 0 when the minimum is reached or there is none."""
        return max(0, self.required - self.done)

    @property
    def unplanned(self) -> int:
        """What would still be missing were every planned one made."""
        return max(0, self.required - self.done - self.planned)


@dataclass(frozen=True)
class Line:
    """One leader's year."""

    leader: m.Leader
    days: Amount
    visits: Amount
    last_on: date | None


def table(session: Session, year: int) -> list[Line]:
    """Every leader in office, or with a visit in the year, in the order of the roster."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    leaders = session.scalars(sa.select(m.Leader).order_by(m.Leader.turn, m.Leader.id)).all()
    ids = [leader.id for leader in leaders]
    made, coming = LeaderVisitState.DONE, LeaderVisitState.PLANNED
    days = [visits.days_of(session, ids, first, last, state) for state in (made, coming)]
    counts = [visits.visits_of(session, ids, first, last, state) for state in (made, coming)]
    minimums, latest = _minimums(session), _latest(session, first, last)
    return [
        Line(
            leader,
            Amount(days[0][leader.id], days[1][leader.id], _required(minimums, Counted.VISIT_DAYS, leader)),
            Amount(counts[0][leader.id], counts[1][leader.id], _required(minimums, Counted.VISITS, leader)),
            latest.get(leader.id),
        )
        for leader in leaders
        if leader.is_active or days[0][leader.id]
    ]


def _minimums(session: Session) -> list[m.Minimum]:
    of_visits = m.Minimum.counted.in_((Counted.VISIT_DAYS, Counted.VISITS))
    return list(session.scalars(sa.select(m.Minimum).where(m.Minimum.is_active, of_visits)))


def _required(minimums: list[m.Minimum], counted: Counted, leader: m.Leader) -> int:
    holds = (x for x in minimums if x.counted is counted)
    holds = (x for x in holds if x.rank in (None, leader.rank) and x.level in (None, leader.level))
    return rules.required((x.count, x.every) for x in holds)


def _latest(session: Session, first: date, last: date) -> dict[int, date]:
    done = m.Visit.state == LeaderVisitState.DONE, m.Visit.from_on.between(first, last)
    statement = sa.select(m.Visit.leader_id, sa.func.max(m.Visit.from_on)).where(*done).group_by(m.Visit.leader_id)
    rows = session.execute(statement, execution_options={"gated": True})
    return {row[0]: row[1] for row in rows}


def sheet(session: Session, actor: Actor, year: int) -> TableSheet:
    """The table of a year as a printable sheet. Raises gate.Forbidden without the permission to export it."""
    gate.allow(actor, "visit_days.export")
    lines = table(session, year)
    remark = f"下访天数按{settings.get(session, 'visit_days_as', actor.today)}计；同一天的几次下访计一天。"
    return TableSheet(_columns(), _rows(lines), title=f"{year}年领导下访情况表", period=f"{year}年", remark=remark)


def _columns() -> list[Column]:
    groups = (("days", "下访天数"), ("visits", "下访次数"))
    parts = (("done", "已下访"), ("planned", "已计划"), ("required", "最低要求"), ("short", "还差"))
    counts = [Column(f"{key}_{part}", label, kind="int", group=group) for key, group in groups for part, label in parts]
    return [Column("leader", "领导"), Column("title", "职务"), *counts, Column("last_on", "最近一次", kind="date")]


def _rows(lines: list[Line]) -> Iterator[Mapping[str, Value]]:
    for line in lines:
        amounts = (("days", line.days), ("visits", line.visits))
        parts = ("done", "planned", "required", "short")
        counts = {f"{key}_{part}": getattr(amount, part) for key, amount in amounts for part in parts}
        yield {"leader": line.leader.name, "title": line.leader.title, "last_on": line.last_on} | counts
