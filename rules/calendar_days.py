"""Kinds of day and working-day arithmetic (rules-of-the-office §2 "Calendar").

The office's own table of exceptional days is the truth; `shipped_days` is only its first filling. A year the State
Council has not published yet is provisional (推定): weekends rest, and the holidays fixed by law rest.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from rules.lunar import lunar_label, lunar_text
from rules.statutory import statutory_days
from rules.words import DayKind, RuleBroken

__all__ = [
    "WEEKDAYS", "Calendar", "DayInfo", "Exceptional", "days_of_year", "exceptional_day", "lunar_label", "lunar_text",
    "missing_holidays", "shipped_days", "shipped_years", "weekday_name",
]  # fmt: skip

REST_KINDS = frozenset({DayKind.WEEKEND, DayKind.HOLIDAY, DayKind.SHIFTED_REST})
WEEKDAYS = "一二三四五六日"
ONE_DAY = timedelta(days=1)
FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
"""The library's names of a notice's holidays → the law's Chinese names."""


@dataclass(frozen=True)
class DayInfo:
    """What a day is: its kind, a note (春节, 国庆节调休) and whether its year is not published yet."""

    kind: DayKind
    note: str
    provisional: bool

    @property
    def is_rest(self) -> bool:
        """A weekend not made up, a statutory holiday or a shifted rest day."""
        return self.kind in REST_KINDS

    @property
    def label(self) -> str:
        """How a derivation names the day: its note where it has one, else its kind (周末)."""
        return self.note or self.kind.label

    def as_json(self) -> dict[str, object]:
        """The contract of `flask calendar show`."""
        return {"kind": self.kind.value, "note": self.note, "provisional": self.provisional}


class Calendar:
    """The office's calendar: exceptional days (date → kind and note) and the years that are published.

    A day without an entry is a weekend or a workday by its weekday; in a year not published the holidays fixed by law
    are holidays too, and every answer is provisional. Raises RuleBroken for a kind that does not exist.
    """

    def __init__(self, days: Mapping[date, tuple[str, str]], published: Collection[int]) -> None:
        self._days = {day: (_kind(kind), note) for day, (kind, note) in days.items()}
        self._published = frozenset(published)

    def info(self, day: date) -> DayInfo:
        """Kind, note and provisional flag of one day."""
        provisional = day.year not in self._published
        kind, note = self._days.get(day) or self._by_rule(day, provisional)
        return DayInfo(kind, note, provisional)

    def is_rest(self, day: date) -> bool:
        """True for a weekend not made up, a statutory holiday or a shifted rest day."""
        return self.info(day).is_rest

    def add_working_days(self, start: date, n: int) -> date:
        """The `n`th working day after `start` (before it when negative); `start` itself is not counted."""
        step, day = (ONE_DAY if n >= 0 else -ONE_DAY), start
        for _ in range(abs(n)):
            day = self._first_working(day + step, step)
        return day

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is a working day, else the first one after it."""
        return self._first_working(day, ONE_DAY)

    def previous_working_day(self, day: date) -> date:
        """`day` itself when it is a working day, else the last one before it."""
        return self._first_working(day, -ONE_DAY)

    def is_provisional(self, days: Iterable[date]) -> bool:
        """True when one of the days lies in a year that is not published."""
        return any(day.year not in self._published for day in days)

    def _first_working(self, day: date, step: timedelta) -> date:
        while self.is_rest(day):
            day += step
        return day

    @staticmethod
    def _by_rule(day: date, provisional: bool) -> tuple[DayKind, str]:
        if provisional and day in statutory_days(day.year):
            return DayKind.HOLIDAY, statutory_days(day.year)[day]
        return (DayKind.WEEKEND if day.weekday() > 4 else DayKind.WORKDAY), ""


@dataclass(frozen=True)
class Exceptional:
    """A day that is not simply a weekday or weekend, as a row of the office's table keeps it."""

    kind: DayKind
    note: str

    @property
    def works(self) -> bool:
        """Is the office at work on such a day?"""
        return self.kind not in REST_KINDS


def exceptional_day(day: date, festival: str, *, works: bool) -> Exceptional:
    """A day that a notice names, filed: statutory by law, shifted rest, weekend inside a holiday, or made up."""
    if works:
        return Exceptional(DayKind.MAKEUP, f"{festival}调休上班")
    statutory = statutory_days(day.year).get(day)
    if statutory:
        return Exceptional(DayKind.HOLIDAY, statutory)
    if day.weekday() > 4:
        return Exceptional(DayKind.WEEKEND, f"{festival}假期")
    return Exceptional(DayKind.SHIFTED_REST, f"{festival}调休")


def missing_holidays(year: int, days: Mapping[date, Exceptional]) -> list[str]:
    """The statutory holidays of a year with a day that the table does not give off, each once: 端午节（6月9日）."""
    lacking: dict[str, date] = {}
    for day, name in sorted(statutory_days(year).items()):
        if day not in days or days[day].works:
            lacking.setdefault(name, day)
    return [f"{name}（{day.month}月{day.day}日）" for name, day in lacking.items()]


def weekday_name(day: date) -> str:
    """星期一 … 星期日."""
    return "星期" + WEEKDAYS[day.weekday()]


def days_of_year(year: int) -> list[date]:
    """Every day of a year in order. Raises RuleBroken outside 1901–2100."""
    if not 1901 <= year <= 2100:
        raise RuleBroken(f"年份：{year} 不在 1901 至 2100 年之间，请重新填写年份。", field="year")
    return [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@lru_cache(maxsize=1)
def shipped_years() -> tuple[int, ...]:
    """The years the library knows (2004 to the last published notice); it raises beyond, so it is asked one by one."""
    last = 2004
    while _library_knows(last + 1):
        last += 1
    return tuple(range(2004, last + 1))


def shipped_days(years: Collection[int]) -> dict[date, tuple[str, str]]:
    """First filling of the office's table: exceptional days of the given years, date → (kind, note).

    Statutory days are `holiday`, other days off on a weekday `shifted_rest`, weekends inside a holiday stay `weekend`
    with the holiday as note, working weekends are `makeup`. Raises RuleBroken for a year the library does not know.
    """
    days: dict[date, tuple[str, str]] = {}
    for year in sorted(years):
        if year not in shipped_years():
            raise RuleBroken(f"年份：{year} 年的放假安排尚未收入系统，请导入国务院办公厅通知的日历表。", field="year")
        for day in days_of_year(year):
            entry = _shipped_day(day)
            if entry:
                days[day] = (entry.kind.value, entry.note)
    return days


def _shipped_day(day: date) -> Exceptional | None:
    """One day as the library and the law together tell it; None for an ordinary day."""
    rests, english = chinese_calendar.get_holiday_detail(day)
    if english is None and day not in statutory_days(day.year):
        return None
    return exceptional_day(day, FESTIVALS.get(english, ""), works=not rests)


def _library_knows(year: int) -> bool:
    try:
        chinese_calendar.is_holiday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


KINDS = {member.value: member for member in DayKind}


def _kind(kind: str) -> DayKind:
    found = KINDS.get(kind)
    if found is None:
        choices = "、".join(member.value for member in DayKind)
        raise RuleBroken(f"日期类别：“{kind}”不是日历的类别，请改为 {choices} 之一。", field="kind")
    return found
