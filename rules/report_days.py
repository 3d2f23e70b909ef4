"""Days on which a monthly report falls due, as offices say them: 次月第一周周五, 当月25日, with or without an hour (D8). Pure.

The first week is the one that begins with the month's first Monday: S2e visits on its Monday, wants the material by its
Thursday noon and the report by its Friday.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar_days import Calendar
from rules.words import RuleBroken

_PATTERN = re.compile(
    r"(当月|次月)(?:第([一二三四])周周([一二三四五六日])|([1-9]|[12][0-9]|3[01])日)(?: ?((?:[01][0-9]|2[0-3]):[0-5][0-9]))?"
)
_NUMBERS = "一二三四五六日"


@dataclass(frozen=True)
class ReportDay:
    """A day in the month reported (`months` 0) or the one after (1): the nth week's weekday, or a day of the month."""

    months: int
    week: int
    weekday: int
    day: int
    at: str

    def on(self, month: date, calendar: Calendar) -> date:
        """The day for the report of the month that `month` lies in, put off to the next working day."""
        first = _shifted(month, self.months)
        if self.day:
            nominal = min(first + timedelta(days=self.day - 1), _shifted(first, 1) - timedelta(days=1))
        else:
            monday = first + timedelta(days=-first.weekday() % 7)
            nominal = monday + timedelta(days=7 * (self.week - 1) + self.weekday)
        return calendar.next_working_day(nominal)


def parse(text: str) -> ReportDay:
    """The day that a setting says. Raises RuleBroken showing how to write it."""
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise RuleBroken("应写成“次月第一周周五”“次月第一周周四 12:00”或“当月25日”的样子，请改正。")
    month, week, weekday, day, at = found.groups()
    return ReportDay(
        int(month == "次月"),
        _NUMBERS.index(week) + 1 if week else 0,
        _NUMBERS.index(weekday) if weekday else 0,
        int(day or 0),
        at or "",
    )


def _shifted(day: date, months: int) -> date:
    """The first of the month so many months on."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
