"""The office's own calendar: exceptional days, and the years whose table the State Council has published."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Versioned, word
from rules.words import DayKind


class CalendarDay(Versioned, Model):
    """A day that is not simply a weekday or weekend: holiday, shifted rest day, make-up working day."""

    __tablename__ = "calendar_day"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = word(DayKind)
    note: Mapped[str] = mapped_column(sa.String(60), default="")

    def __str__(self) -> str:
        return f"{self.day} {self.kind.label}"


class CalendarYear(Versioned, Model):
    """A year whose rest days are published; every other year is provisional."""

    __tablename__ = "calendar_year"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(sa.String(100), default="")
