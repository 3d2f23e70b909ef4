"""Minimums (最低次数) per rank and level: saved, and how each leader stands against them in a roster's period (D3, E1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import minimums, rota
from rules.access import Actor
from rules.reception_words import Counted, LeaderVisitState
from rules.roster_period import Period
from rules.words import RuleBroken
from services.receptions import holds_office
from services.rosters import in_turn

FIELDS = ("counted", "rank", "level", "count", "every", "source", "is_active")
MOST = 366
Span = tuple[date, date]


@dataclass(frozen=True)
class Standing:
    """One leader against one minimum: what is planned or done, what is required, how much is short, in which spans."""

    leader: m.Leader
    minimum: m.Minimum
    planned: int
    required: int
    short: int
    lacking: tuple[Span, ...]


def save(session: Session, actor: Actor, row: m.Minimum, said: Mapping[str, Any]) -> m.Minimum:
    """Write a minimum, new or old. Raises RuleBroken: no sensible number, or the same leaders have one already."""
    if not 1 <= (said.get("count") or 0) <= MOST:
        raise RuleBroken(f"最低次数：请填 1 到 {MOST} 之间的整数。", "count")
    same = sa.select(m.Minimum.id).where(
        m.Minimum.counted == said["counted"], m.Minimum.every == said["every"], m.Minimum.is_active,
        m.Minimum.rank.is_not_distinct_from(said["rank"]), m.Minimum.level.is_not_distinct_from(said["level"]),
        m.Minimum.id != (row.id or 0),
    )  # fmt: skip
    if said.get("is_active", True) and session.execute(same).first():
        raise RuleBroken("最低次数：同一职级、级别已有这一项要求，请修改原来那条。", "counted")
    for name in FIELDS:
        if name in said:
            setattr(row, name, said[name])
    session.add(row)
    session.flush()
    return row


def standings(session: Session, period: Period) -> list[Standing]:
    """Every leader in the order of the roster against every minimum in use that is his.

    Counted is what is planned and what was done, not called off; a span in which he is not in office all the time is
    left out.
    """
    rows = list(session.scalars(sa.select(m.Minimum).where(m.Minimum.is_active).order_by(m.Minimum.id)))
    if not rows:
        return []
    spans = {row.id: minimums.spans_of(row.every, period) for row in rows}
    every = [span for found in spans.values() for span in found]
    if not every:
        return []
    first, last = min(span[0] for span in every), max(span[1] for span in every)
    days = {kind: days_of(session, kind, first, last) for kind in {row.counted for row in rows}}
    return [
        _standing(leader, row, spans[row.id], days[row.counted].get(leader.id, []))
        for leader in in_turn(session)
        for row in rows
        if minimums.applies(row.rank, row.level, leader.rank, leader.level)
    ]


def _standing(leader: m.Leader, row: m.Minimum, spans: list[Span], days: list[date]) -> Standing:
    served = [span for span in spans if holds_office(leader, span[0]) and holds_office(leader, span[1])]
    counted = {span: minimums.count_in(days, span) for span in served}
    lacking = rota.shortfalls(counted, dict.fromkeys(served, row.count))
    planned, required = sum(counted.values()), row.count * len(served)
    return Standing(leader, row, planned, required, sum(lacking.values()), tuple(lacking))


def days_of(session: Session, counted: Counted, first: date, last: date) -> dict[int, list[date]]:
    """Leader id → the days that count for a kind of minimum, each as often as it counts."""
    found: dict[int, list[date]] = {}
    for leader_id, day in _counted(session, counted, first, last):
        found.setdefault(leader_id, []).append(day)
    return found


def _counted(session: Session, counted: Counted, first: date, last: date) -> list[tuple[int, date]]:
    if counted is Counted.SESSIONS:
        held = m.ReceptionSession.held_on
        statement = sa.select(m.ReceptionSession.leader_id, held).where(
            held.between(first, last), m.ReceptionSession.cancelled_reason.is_(None)
        )
    elif counted is Counted.DUTY:
        statement = sa.select(m.DutyDay.leader_id, m.DutyDay.held_on).where(m.DutyDay.held_on.between(first, last))
    else:
        return _visits(session, counted, first, last)
    return [(leader_id, day) for leader_id, day in session.execute(statement) if leader_id is not None]


def _visits(session: Session, counted: Counted, first: date, last: date) -> list[tuple[int, date]]:
    """Visits on their first day, or each day of them once however many visits share it."""
    statement = sa.select(m.Visit.leader_id, m.Visit.from_on, m.Visit.to_on).where(
        m.Visit.from_on <= last, m.Visit.to_on >= first, m.Visit.state != LeaderVisitState.CANCELLED
    )
    rows = session.execute(statement, execution_options={"gated": True}).all()
    if counted is Counted.VISITS:
        return [(leader_id, begin) for leader_id, begin, _end in rows]
    every = {
        (leader_id, begin + timedelta(days=n)) for leader_id, begin, end in rows for n in range((end - begin).days + 1)
    }
    return sorted(every)
