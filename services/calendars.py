"""The office's calendar and terms as rules.calendar_days and rules.terms want them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import terms
from rules.calendar_days import Calendar, shipped_days, shipped_years
from rules.statutory import statutory_days
from rules.words import DayKind

_KINDS = {str(kind): kind for kind in DayKind}


def load(session: Session) -> Calendar:
    """The calendar from the office's own rows; read once per session and kept there."""
    if "calendar" not in session.info:
        session.info["calendar"] = Calendar(rows(session), published_years(session))
    calendar: Calendar = session.info["calendar"]
    return calendar


def rows(session: Session) -> dict[date, tuple[str, str]]:
    """The office's exceptional days: date → (kind, note)."""
    d = m.CalendarDay
    found = session.execute(sa.select(d.day, d.kind, d.note))
    return {day: (kind.value, note) for day, kind, note in found}


def published_years(session: Session) -> set[int]:
    """The years whose table counts."""
    return set(session.scalars(sa.select(m.CalendarYear.year)))


def lawful_days(year: int) -> list[date]:
    """The holidays a year has by law, before any notice."""
    return sorted(statutory_days(year))


@contextmanager
def supposed(session: Session, calendar: Calendar) -> Iterator[None]:
    """Inside, the services of this session reckon with another calendar; nothing is written."""
    real = load(session)
    session.info["calendar"] = calendar
    try:
        yield
    finally:
        session.info["calendar"] = real


def forget(session: Session) -> None:
    """After the calendar or the terms changed."""
    session.info.pop("calendar", None)
    session.info.pop("terms", None)


def term(session: Session, key: str, day: date) -> Any:
    """The term row (days, unit, roll, source, label) valid on `day`; raises RuleBroken when there is none."""
    if "terms" not in session.info:
        session.info["terms"] = session.execute(sa.select(*m.TermRow.__table__.columns)).all()
    return terms.term_on(session.info["terms"], key, day)


def fill(session: Session) -> None:
    """First filling of calendar and terms from what is shipped; rows that are there stay as they are."""
    have = set(session.scalars(sa.select(m.CalendarYear.year)))
    years = [year for year in shipped_years() if year not in have]
    for day, (kind, note) in sorted(shipped_days(years).items()):
        session.add(m.CalendarDay(day=day, kind=_KINDS[kind], note=note))
    for year in years:
        session.add(m.CalendarYear(year=year, source="国务院办公厅放假通知"))
    keys = set(session.scalars(sa.select(m.TermRow.key)))
    for row in terms.TERMS:
        if row.key not in keys:
            session.add(_term_row(row))
    session.flush()
    forget(session)


def _term_row(row: terms.Term) -> m.TermRow:
    # Matters carried over from before 2022 are not clocked, so the law's own first day may stand for "always".
    return m.TermRow(
        key=row.key,
        label=row.label,
        days=row.days,
        unit=row.unit,
        roll=row.roll,
        source=row.source,
        valid_from=row.valid_from or date(2022, 5, 1),
        valid_to=row.valid_to,
    )
