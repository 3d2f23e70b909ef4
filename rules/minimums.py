"""How often a leader must receive, be on duty or go down (最低次数): the sources' own as ready choices, and who is short (D3, E1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.reception_words import Counted, Every
from rules.roster_period import Period
from rules.words import Rank, UnitKind


@dataclass(frozen=True)
class Least:
    """A minimum: `count` of what is counted, every so often, for a rank and level (None is any), from which source."""

    counted: Counted
    rank: Rank | None
    level: UnitKind | None
    count: int
    every: Every
    source: str


S0, S2, S3 = "《乡镇领导干部接访下访制度》", "《信访积案化解活动方案》", "《教育局领导干部接访活动工作方案》"
READY: tuple[Least, ...] = (
    Least(Counted.SESSIONS, Rank.MAIN, UnitKind.GOVERNMENT, 1, Every.WEEK, S0),
    Least(Counted.SESSIONS, Rank.OTHER, UnitKind.GOVERNMENT, 1, Every.WEEK, S0),
    Least(Counted.SESSIONS, Rank.MAIN, UnitKind.VILLAGE, 2, Every.WEEK, S0),
    Least(Counted.DUTY, Rank.OTHER, UnitKind.VILLAGE, 1, Every.WEEK, S0),
    Least(Counted.VISIT_DAYS, Rank.MAIN, UnitKind.GOVERNMENT, 90, Every.YEAR, S0),
    Least(Counted.VISITS, None, None, 1, Every.MONTH, S3),
    Least(Counted.VISITS, None, None, 1, Every.QUARTER, S2),
)
"""Ready choices. S0's “一个工作日” of a leader is one session; S2d's households are visited once a quarter."""
LENGTH = {Every.WEEK: 0, Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}
"""Months of a unit; weeks stand apart."""
THURSDAY = timedelta(days=3)


def spans_of(every: Every, period: Period) -> list[tuple[date, date]]:
    """The weeks, months, quarters or years (first and last day) by which a minimum is counted in a roster's period.

    A unit longer than the period is the one its first day lies in. A week belongs to the month its Thursday lies in.
    """
    if every is Every.WEEK:
        return list(_weeks(period))
    length = LENGTH[every]
    month = (period.first.month - 1) // length * length
    found = []
    while month < 12 and (first := date(period.first.year, month + 1, 1)) <= period.last:
        month += length
        following = date(first.year + month // 12, month % 12 + 1, 1)
        found.append((first, following - timedelta(days=1)))
    return found


def _weeks(period: Period) -> Iterator[tuple[date, date]]:
    monday = period.first - timedelta(days=period.first.weekday())
    while monday <= period.last:
        if period.first <= monday + THURSDAY <= period.last:
            yield monday, monday + timedelta(days=6)
        monday += timedelta(days=7)


def applies(rank: Rank | None, level: UnitKind | None, of_rank: Rank, of_level: UnitKind) -> bool:
    """Is a minimum for that rank and level (None is any) this leader's?"""
    return rank in (None, of_rank) and level in (None, of_level)


def count_in(days: Sequence[date], span: tuple[date, date]) -> int:
    """How many of the days lie in a span, both ends counted."""
    return sum(span[0] <= day <= span[1] for day in days)
