"""The lunar calendar (农历) as the reception rules and the month sheet need it: months, day names, solar terms.

borax knows 1900-01-31 to 2101-01-28; outside of it a label is empty and a conversion is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils

FIRST_DAY, LAST_DAY = date(1901, 1, 1), date(2100, 12, 31)
"""Days for which this module answers (whole years inside borax's table)."""

MONTHS = "正二三四五六七八九十冬腊"
DAYS = tuple(
    {"十十": "二十", "廿十": "三十"}.get(ten + unit, ten + unit) for ten in "初十廿" for unit in "一二三四五六七八九十"
)


@dataclass(frozen=True)
class LunarMonth:
    """One lunar month: its year, number (1–12), whether it is the leap one, first solar day and length (29 or 30)."""

    year: int
    month: int
    leap: bool
    first: date
    length: int

    @property
    def name(self) -> str:
        """正月, 闰六月, 冬月, 腊月."""
        return ("闰" if self.leap else "") + MONTHS[self.month - 1] + "月"

    def day(self, number: int) -> date:
        """The solar day of the month's `number`th day (1-based)."""
        return self.first + timedelta(days=number - 1)


@lru_cache(maxsize=256)
def months_of(year: int) -> tuple[LunarMonth, ...]:
    """The 12 or 13 months of a lunar year (1900–2100), in order, the leap month after the one it repeats."""
    months, first = [], lunar_new_year(year)
    for month, length, leap in LCalendars.iter_year_month(year):
        months.append(LunarMonth(year, month, bool(leap), first, length))
        first += timedelta(days=length)
    return tuple(months)


def months_between(first: date, last: date) -> Iterator[LunarMonth]:
    """Every lunar month with a day in [first, last], in order; both days inside FIRST_DAY…LAST_DAY."""
    for year in range(first.year - 1, last.year + 1):
        for month in months_of(year):
            if month.first <= last and month.day(month.length) >= first:
                yield month


def lunar_new_year(year: int) -> date:
    """The solar day of 正月初一 of a lunar year (1900–2100)."""
    return solar_day(year, 1, 1)


def solar_day(year: int, month: int, day: int) -> date:
    """The solar day of a lunar one in an ordinary (not leap) month."""
    solar: date = LunarDate(year, month, day).to_solar_date()
    return solar


def solar_term_day(year: int, name: str) -> date:
    """The day of a solar term (节气) such as 清明 in a solar year (1900–2100)."""
    day: date = TermUtils.nth_term_day(year, term_name=name)
    return day


def lunar_label(day: date) -> str:
    """What stands in the corner of a day on the month sheet: 大雪 (solar term), 冬月 (first of a month) or 廿三."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return ""
    term = TermUtils.get_term_info(day.year, day.month, day.day)[0]
    month, number = _month_and_day(day)
    return term or (month.name if number == 1 else DAYS[number - 1])


def lunar_text(day: date) -> str:
    """The whole lunar date in words: 农历十月廿三, 农历闰六月初一; empty outside the known years."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return ""
    month, number = _month_and_day(day)
    return f"农历{month.name}{DAYS[number - 1]}"


def _month_and_day(day: date) -> tuple[LunarMonth, int]:
    month = next(months_between(day, day))
    return month, (day - month.first).days + 1
