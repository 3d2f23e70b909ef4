"""What a person should know of a roster before it is published, in words: gaps, conflicts, rest days, moved days (D2, D5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import rota
from rules.roster_period import Period, day_text, long_day
from rules.session_hours import hours_text
from rules.words import OnHoliday, SessionForm
from services import bookings, calendars
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
    said = [*gaps(rows), *gone(rows), *rota.conflicts(sittings(rows)), *away(session, rows), *crowded(rows)]
    wrong = [Note("late", text) for text in said]
    near = [row for row in rows_near(session, period) if row.moved_from]
    moved = [Note("info", moved_text(session, row, period.first.year)) for row in near]
    unplaced = [Note("soon", text) for text in placeless(rows)]
    return [*wrong, *unplaced, *_rest_days(session, rows), *moved, *_provisional(rows)]


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


def away(session: Session, rows: Sequence[m.ReceptionSession]) -> list[str]:
    """Sessions whose leader is on leave, on a visit or on duty at those hours."""
    led = [row for row in rows if row.leader is not None]
    if not led:
        return []
    taken = bookings.load(session, min(row.held_on for row in led), max(row.held_on for row in led))
    return [text for row in led for text in _taken(taken, row.leader, row.held_on, row)]


def _taken(
    taken: bookings.Bookings, leader: m.Leader | None, day: date, row: m.ReceptionSession, but: Sequence[int] = ()
) -> list[str]:
    """What the leader has at the session's hours on a day, in words."""
    if leader is None:
        return []
    found = taken.found(leader.id, day, row.starts, row.ends, but)
    return [f"{long_day(day)} {leader.name}：{one.word}（{one.text}），请另选领导或改日。" for one in found]


def crowded(rows: Sequence[m.ReceptionSession]) -> list[str]:
    """Two leaders' sessions at one place at the same hours, unless they sit together (多人联合接访)."""
    alone = [row for row in rows if row.place and row.form is not SessionForm.JOINT_LEADERS]
    return [
        f"{long_day(a.held_on)} {a.place} 同时有两场接访：{a.leader.name} {hours_text(a.starts, a.ends)} 与 "
        f"{b.leader.name} {hours_text(b.starts, b.ends)}，请错开时间或地点。"
        for a, b in combinations(alone, 2)
        if (a.held_on, a.place) == (b.held_on, b.place) and a.leader and b.leader and a.leader is not b.leader
        if max(a.starts, b.starts) < min(a.ends, b.ends)
    ]


def placeless(rows: Sequence[m.ReceptionSession]) -> list[str]:
    """The sessions without a place, in one sentence: the notice would not say where to come (D4)."""
    days = [day_text(row.held_on) for row in rows if not row.place]
    return [f"{'、'.join(days)} 还没有接访地点，公示前请补上。"] if days else []


def foresee(
    session: Session, row: m.ReceptionSession, day: date, leader: m.Leader | None, but: Sequence[int] = ()
) -> list[str]:
    """What would be wrong if the session were held on `day` by `leader`; `but`: sessions that change with it."""
    taken = bookings.load(session, day, day, between(session, day, day))
    said = _taken(taken, leader, day, row, [row.id, *but])
    if leader is not None and not (leader.is_active and holds_office(leader, day)):
        said.insert(0, f"接访领导：{leader.name}在 {long_day(day)} 不在任，请另选。")
    info = calendars.load(session).info(day)
    return [*said, *([rest_text(day, info.label)] if info.is_rest else [])]


def rest_text(day: date, label: str) -> str:
    """The warning that a session stands on a day of rest; `label`: why it is one."""
    return f"{long_day(day)} 是{label}，仍安排了接访，请确认。"


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
            yield Note("soon", rest_text(row.held_on, info.label))


def _provisional(rows: Sequence[m.ReceptionSession]) -> Iterator[Note]:
    for year in sorted({row.held_on.year for row in rows if row.is_provisional}):
        yield Note("info", f"{year} 年放假安排尚未公布，{year} 年的日期为推定，公布后请重新排定。")


@dataclass(frozen=True)
class Share:
    """A leader's sessions in the period and in its year, the last one before today and the next one from today on."""

    leader: m.Leader
    of_period: int
    of_year: int
    last: date | None
    next: date | None


def shares(session: Session, period: Period, today: date) -> list[Share]:
    """How fairly the sessions are shared out, in the order of the roster (D3)."""
    year = between(session, period.first.replace(month=1, day=1), period.first.replace(month=12, day=31))
    of_year = Counter(row.leader_id for row in year)
    of_period = Counter(row.leader_id for row in year if period.first <= row.held_on <= period.last)
    held = m.ReceptionSession.held_on
    last = _per_leader(session, sa.func.max(held), held < today)
    following = _per_leader(session, sa.func.min(held), held >= today)
    return [
        Share(one, of_period[one.id], of_year[one.id], last.get(one.id), following.get(one.id))
        for one in in_turn(session)
    ]


def _per_leader(session: Session, day: sa.ColumnElement[date], when: sa.ColumnElement[bool]) -> dict[int, date]:
    statement = sa.select(m.ReceptionSession.leader_id, day).where(when, m.ReceptionSession.cancelled_reason.is_(None))
    found = session.execute(statement.group_by(m.ReceptionSession.leader_id))
    return {leader_id: held for leader_id, held in found if leader_id is not None}


def check_day(session: Session, row: m.ReceptionSession) -> list[str]:
    """What is wrong with one session: what else its leader or place has at that hour, a rest day, no place; in words."""
    same_day = between(session, row.held_on, row.held_on)
    mine = [one for one in same_day if one.leader_id == row.leader_id]
    here = [one for one in same_day if one.place == row.place]
    rest = [note.text for note in _rest_days(session, [row])]
    return [*rota.conflicts(sittings(mine)), *away(session, [row]), *crowded(here), *rest, *placeless([row])]
