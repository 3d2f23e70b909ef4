"""What keeps a leader away from a session: leave, a visit down, a duty day, another session at the same hours (D3)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.reception_words import LeaderVisitState
from rules.session_hours import hours_text

DAY_BEGINS, DAY_ENDS = "00:00", "24:00"
"""The hours of what takes the whole day."""


@dataclass(frozen=True)
class Booking:
    """Hours of one day that a leader does not have: why in a word, and what exactly."""

    word: str
    text: str
    starts: str = DAY_BEGINS
    ends: str = DAY_ENDS
    session_id: int | None = None

    def meets(self, starts: str, ends: str) -> bool:
        """Does it take some of the hours from `starts` to `ends` ("HH:MM")? Touching is not meeting."""
        return max(self.starts, starts) < min(self.ends, ends)


class Bookings:
    """Who is taken when; filled by `load`, added to while a roster is being made."""

    def __init__(self) -> None:
        self._of: dict[tuple[int, date], list[Booking]] = {}

    def add(self, leader_id: int | None, day: date, booking: Booking) -> None:
        """Take a leader's hours; without a leader nobody's are taken."""
        if leader_id is not None:
            self._of.setdefault((leader_id, day), []).append(booking)

    def seat(self, row: m.ReceptionSession, leader_id: int | None = None) -> None:
        """A session takes its leader's hours."""
        hours = f"{hours_text(row.starts, row.ends)} {row.place or ''}".rstrip()
        self.add(leader_id or row.leader_id, row.held_on, Booking("接访", hours, row.starts, row.ends, row.id))

    def found(
        self, leader_id: int, day: date, starts: str, ends: str, but: Collection[int] = ()
    ) -> Iterator[Booking]:  # fmt: skip
        """What the leader has on that day at those hours, but for the sessions `but`."""
        for booking in self._of.get((leader_id, day), ()):
            if booking.meets(starts, ends) and (booking.session_id is None or booking.session_id not in but):
                yield booking

    def why_not(self, leader_id: int, day: date, starts: str, ends: str) -> str:
        """Why he cannot come, in a word (请假, 下访, 值班, 接访); "" when he can."""
        return next((booking.word for booking in self.found(leader_id, day, starts, ends)), "")


def load(session: Session, first: date, last: date, sessions: Iterable[m.ReceptionSession] = ()) -> Bookings:
    """Leave, visits and duty days that touch [first, last], and the given sessions."""
    bookings = Bookings()
    for row in _touching(session, m.Absence, first, last):
        for day in _days(row, first, last):
            bookings.add(row.leader_id, day, Booking(row.kind.label, f"{row.from_on}–{row.to_on}"))
    for row in _touching(session, m.Visit, first, last):
        if row.state is not LeaderVisitState.CANCELLED:
            for day in _days(row, first, last):
                bookings.add(row.leader_id, day, Booking("下访", row.area))
    duty = sa.select(m.DutyDay).where(m.DutyDay.held_on.between(first, last), m.DutyDay.leader_id.is_not(None))
    for row in session.scalars(duty):
        booking = Booking("值班", hours_text(row.starts, row.ends), row.starts, row.ends)
        bookings.add(row.leader_id, row.held_on, booking)
    for row in sessions:
        bookings.seat(row)
    return bookings


def _touching(session: Session, model: Any, first: date, last: date) -> Iterable[Any]:
    """Absences or visits that share a day with [first, last]; who reads the roster need not see the visit itself."""
    statement = sa.select(model).where(model.from_on <= last, model.to_on >= first).order_by(model.id)
    return session.scalars(statement.execution_options(gated=True))


def _days(row: Any, first: date, last: date) -> Iterator[date]:
    begin, end = max(row.from_on, first), min(row.to_on, last)
    for n in range((end - begin).days + 1):
        yield begin + timedelta(days=n)
