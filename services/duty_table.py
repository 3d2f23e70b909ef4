"""What the duty roster shows: what is wrong with it, how often each is on duty, its lines on paper, who is on duty today (D9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.calendar_days import weekday_name
from rules.roster_period import Period, day_text, long_day
from rules.session_hours import hours_text
from services import bookings, duties, on_call, receptions, rosters, settings
from services.roster_checks import Note
from services.workbook_table import Column, TableSheet

TITLE = "值班表"
COLUMNS = {
    "day": "日期", "weekday": "星期", "leader": "值班领导", "title": "职务", "staff": "值班人员", "hours": "值班时间", "note": "备注",
}  # fmt: skip
"""Key → head, in the order of the sheet."""
NOBODY = "（缺）"
"""What a day without leader or staff says on paper."""
NAMED = 5
"""Days a sentence names before it only counts them."""


@dataclass(frozen=True)
class Line:
    """One duty day on paper; `lacks`: whether it has no leader."""

    texts: dict[str, str]
    lacks: bool


@dataclass(frozen=True)
class Count:
    """How often a leader is on duty in the period and in its year, and his last day before today."""

    leader: m.Leader
    here: int
    year: int
    last: date | None


def lines(session: Session, actor: Actor, rows: Sequence[m.DutyDay]) -> list[Line]:
    """The rows as the sheet prints them."""
    has_staff = bool(settings.lines(session, "duty_staff", actor.today))
    return [_line(row, has_staff) for row in rows]


def _line(row: m.DutyDay, has_staff: bool) -> Line:
    texts = {
        "day": day_text(row.held_on),
        "weekday": weekday_name(row.held_on),
        "leader": row.leader.name if row.leader else NOBODY,
        "title": row.leader.title if row.leader else "",
        "staff": row.staff or (NOBODY if has_staff else ""),
        "hours": hours_text(row.starts, row.ends),
        "note": note_of(row),
    }
    return Line(texts, row.leader is None)


def note_of(row: m.DutyDay) -> str:
    """What stands in the last column: whether the day is only assumed, and what somebody wrote."""
    return "；".join(filter(None, ["推定" if row.is_provisional else "", row.note or ""]))


def sheet(session: Session, actor: Actor, period: Period) -> TableSheet:
    """The period's duty days for Excel and Word, the on-call list in the remark."""
    rows = lines(session, actor, duties.between(session, period.first, period.last))
    columns = [Column(key, label) for key, label in COLUMNS.items()]
    title = f"{period.label}{TITLE}"
    return TableSheet(columns, [row.texts for row in rows], title=title, remark=remark(session, actor))


def remark(session: Session, actor: Actor) -> str:
    """The on-call list in one line, under a table that has no second one."""
    people = on_call.active(session)
    said = "；".join(f"{on_call.post(one)} {one.name} {one.phone}" for one in people)
    return f"随叫随到：{said}。" if said else ""


def notes(session: Session, actor: Actor, rows: Sequence[m.DutyDay], period: Period) -> list[Note]:
    """What to know of the period's duty days: what is wrong first."""
    return [*_gaps(rows), *_gone(rows), *_clashes(session, rows, period), *_staff(session, actor), *_provisional(rows)]


def _gaps(rows: Sequence[m.DutyDay]) -> Iterator[Note]:
    without = [row for row in rows if row.leader is None]
    if len(without) > NAMED:
        yield Note("late", f"有 {len(without)} 天还没有值班领导，请安排。")
    else:
        for row in without:
            yield Note("late", f"{long_day(row.held_on)} 还没有值班领导，请安排。")


def _gone(rows: Sequence[m.DutyDay]) -> Iterator[Note]:
    for row in rows:
        leader = row.leader
        if leader is not None and not (leader.is_active and receptions.holds_office(leader, row.held_on)):
            yield Note("late", f"{long_day(row.held_on)} 的值班领导{leader.name}已不在任，请换人。")


def _clashes(session: Session, rows: Sequence[m.DutyDay], period: Period) -> Iterator[Note]:
    """Leave, visits and sessions that came after the roster was made."""
    held = receptions.between(session, period.first, period.last)
    taken = bookings.load(session, period.first, period.last, held)
    for row in rows:
        found = taken.found(row.leader_id, row.held_on, row.starts, row.ends) if row.leader_id else ()
        for booking in found:
            if booking.word != duties.ON_DUTY and row.leader is not None:
                what = f"{booking.word}（{booking.text}）" if booking.text else booking.word
                yield Note("soon", f"{long_day(row.held_on)} 值班领导{row.leader.name}当天{what}，请对调或换人。")


def _staff(session: Session, actor: Actor) -> Iterator[Note]:
    if duties.rules_in_use(session) and not settings.lines(session, "duty_staff", actor.today):
        yield Note("info", "还没有值班人员名单，请在“本办设置”里填写“值班人员”，一行一人。")


def _provisional(rows: Sequence[m.DutyDay]) -> Iterator[Note]:
    for year in sorted({row.held_on.year for row in rows if row.is_provisional}):
        yield Note("info", f"{year} 年放假安排尚未公布，{year} 年的值班日为推定，公布后请重新排定。")


def counts(session: Session, actor: Actor, period: Period) -> list[Count]:
    """Each leader in the order of the roster, counted over the period and its year."""
    first, last = period.first.replace(month=1, day=1), period.first.replace(month=12, day=31)
    day = m.DutyDay.held_on
    here = sa.case((day.between(period.first, period.last), 1), else_=0)
    before = sa.func.max(sa.case((day < actor.today, day)))
    statement = sa.select(m.DutyDay.leader_id, sa.func.sum(here), sa.func.count(), before)
    statement = statement.where(day.between(first, last)).group_by(m.DutyDay.leader_id)
    found = {leader_id: (n, total, latest) for leader_id, n, total, latest in session.execute(statement)}
    return [Count(leader, *found.get(leader.id, (0, 0, None))) for leader in rosters.in_turn(session)]


def today(session: Session, actor: Actor) -> list[m.DutyDay]:
    """Who is on duty today."""
    return duties.between(session, actor.today, actor.today)
