"""What a person should know of a roster before it is published, in words: gaps, conflicts, rest days, moved days (D2, D5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

import models as m
from rules import rota
from rules.roster_period import Period, day_text, long_day
from rules.words import OnHoliday
from services import calendars
from services.receptions import between, holds_office, sittings
from services.rosters import in_turn

WAYS = {OnHoliday.NEXT: "节假日顺延", OnHoliday.PREVIOUS: "节假日提前"}
LOOK_PAST = timedelta(days=7)
"""Days shown beyond the end of a month: where its last day may have been put off to."""


@dataclass(frozen=True)
class Note:
    """One sentence and its colour (info, soon, late)."""

    kind: str
    text: str


def notes(session: Session, rows: Sequence[m.ReceptionSession], period: Period) -> list[Note]:
    """Everything worth saying of a period's sessions: what is wrong first."""
    wrong = [Note("late", text) for text in [*gaps(rows), *gone(rows), *rota.conflicts(sittings(rows))]]
    near = [row for row in rows_near(session, period) if row.moved_from]
    moved = [Note("info", moved_text(session, row, period.first.year)) for row in near]
    return [*wrong, *_rest_days(session, rows), *moved, *_provisional(rows)]


def gaps(rows: Sequence[m.ReceptionSession]) -> list[str]:
    """Days without a leader (D5: none may be left)."""
    return [f"{long_day(row.held_on)} 还没有接访领导，请安排。" for row in rows if row.leader is None]


def gone(rows: Sequence[m.ReceptionSession]) -> list[str]:
    """Sessions whose leader no longer holds office on their day."""
    return [
        f"{long_day(row.held_on)} 的接访领导{row.leader.name}已不在任，请调换。"
        for row in rows
        if row.leader is not None and not (row.leader.is_active and holds_office(row.leader, row.held_on))
    ]


def rows_near(session: Session, period: Period) -> list[m.ReceptionSession]:
    """The period's sessions and those its last days may have been put off to."""
    return [
        row
        for row in between(session, period.first - LOOK_PAST, period.last + LOOK_PAST)
        if period.first <= row.held_on <= period.last or period.first <= row.nominal <= period.last + LOOK_PAST
    ]


def moved_text(session: Session, row: m.ReceptionSession, year: int) -> str:
    """1月1日（元旦）为接待日，按“节假日顺延”移到 1月4日 星期一。"""
    nominal = row.nominal
    info = calendars.load(session).info(nominal)
    to = long_day(row.held_on, year)
    if info.is_rest and row.rule is not None and row.rule.on_holiday in WAYS:
        return f"{day_text(nominal, year)}（{info.label}）为接待日，按“{WAYS[row.rule.on_holiday]}”移到 {to}。"
    return f"{day_text(nominal, year)} 的接待日改到 {to}。"


def _rest_days(session: Session, rows: Sequence[m.ReceptionSession]) -> Iterator[Note]:
    calendar = calendars.load(session)
    for row in rows:
        info = calendar.info(row.held_on)
        if info.is_rest:
            yield Note("soon", f"{long_day(row.held_on)} 是{info.label}，仍安排了接访，请确认。")


def _provisional(rows: Sequence[m.ReceptionSession]) -> Iterator[Note]:
    for year in sorted({row.held_on.year for row in rows if row.is_provisional}):
        yield Note("info", f"{year} 年放假安排尚未公布，{year} 年的日期为推定，公布后请重新排定。")


def turns(session: Session, period: Period) -> list[tuple[m.Leader, int, int]]:
    """Each leader in the order of the roster with his sessions in the period and in its year so far planned."""
    year = between(session, period.first.replace(month=1, day=1), period.first.replace(month=12, day=31))
    of_year = Counter(row.leader_id for row in year)
    of_period = Counter(row.leader_id for row in year if period.first <= row.held_on <= period.last)
    return [(leader, of_period[leader.id], of_year[leader.id]) for leader in in_turn(session)]


def check_day(session: Session, row: m.ReceptionSession) -> list[str]:
    """What is wrong with one session's day after a change: conflicts of its leader and a rest day, in words."""
    same_day = between(session, row.held_on, row.held_on)
    mine = [one for one in same_day if one.leader_id == row.leader_id]
    return [*rota.conflicts(sittings(mine)), *(note.text for note in _rest_days(session, [row]))]
