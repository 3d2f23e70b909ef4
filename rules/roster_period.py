"""The period of a roster or notice: a month ("2026-12") or a year ("2026"); a roster also a half-year ("2026-H2")."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar_days import weekday_name
from rules.words import RuleBroken

FIRST_YEAR, LAST_YEAR = 2000, 2098
"""Years a roster may be made for."""
HALVES = {"1": "上半年", "2": "下半年"}


@dataclass(frozen=True)
class Period:
    """A month, half-year or year; `key` is what stands in addresses and, but for half-years, in the database."""

    key: str
    first: date
    last: date

    @property
    def is_month(self) -> bool:
        """Is the key 2026-03?"""
        return len(self.key) == 7 and not self.is_half

    @property
    def is_half(self) -> bool:
        """Is the key 2026-H1?"""
        return "-H" in self.key

    @property
    def label(self) -> str:
        """2026年12月, 2026年下半年 or 2026年."""
        if self.is_half:
            return f"{self.first.year}年{HALVES[self.key[-1]]}"
        return f"{self.first.year}年{self.first.month}月" if self.is_month else f"{self.first.year}年"

    @property
    def previous(self) -> str:
        """The key of the period before."""
        return self._shift(self.first - timedelta(days=1))

    @property
    def following(self) -> str:
        """The key of the period after."""
        return self._shift(self.last + timedelta(days=1))

    def _shift(self, day: date) -> str:
        return month_of(day) if self.is_month else str(day.year)


def period(text: str) -> Period:
    """A period from its key. Raises RuleBroken (field `period`) for anything but an existing month or year."""
    match = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?", text or "")
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise RuleBroken(f"期间：应为“2026-12”（月）或“2026”（年），{FIRST_YEAR} 至 {LAST_YEAR} 年，请改正。", "period")
    year, month = int(match[1]), int(match[2] or 0)
    first = date(year, month or 1, 1)
    following = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return Period(text, first, following - timedelta(days=1))


def span(text: str) -> Period:
    """What a roster is made for: a period, or a half-year ("2026-H1"). Raises RuleBroken (field `period`)."""
    match = re.fullmatch(r"([0-9]{4})-H([12])", text or "")
    if match is None:
        return period(text)
    year = period(match[1])
    if match[2] == "1":
        return Period(text, year.first, year.first.replace(month=6, day=30))
    return Period(text, year.first.replace(month=7), year.last)


def half_of(day: date) -> str:
    """The key of the half-year a day lies in."""
    return f"{day.year}-H{1 if day.month < 7 else 2}"


def month_of(day: date) -> str:
    """The key of the month a day lies in."""
    return f"{day.year}-{day.month:02d}"


def day_text(day: date, year: int | None = None) -> str:
    """1月4日, with the year in front when it is not the `year` the reader has in mind."""
    return ("" if year in (None, day.year) else f"{day.year}年") + f"{day.month}月{day.day}日"


def long_day(day: date, year: int | None = None) -> str:
    """1月4日 星期一."""
    return f"{day_text(day, year)} {weekday_name(day)}"
