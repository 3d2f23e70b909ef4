"""Statutory holidays (法定节假日) by the law itself, year by year, known before any yearly notice is published.

Source: 《全国年节及纪念日放假办法》 as in force: 1999, 2008, 2014 and 2025 texts. The yearly notice only shifts days around
them (调休); that part is the office's calendar table.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from rules.lunar import FIRST_DAY, LAST_DAY, lunar_new_year, solar_day, solar_term_day


def _fixed(month: int, *days: int) -> Callable[[int], list[date]]:
    return lambda year: [date(year, month, day) for day in days]


def _lunar(month: int, day: int) -> Callable[[int], list[date]]:
    return lambda year: [solar_day(year, month, day)] if _known(year) else []


def _spring(*offsets: int) -> Callable[[int], list[date]]:
    """Days counted from 正月初一; -1 is 除夕."""
    return lambda year: [lunar_new_year(year) + timedelta(days=n) for n in offsets] if _known(year) else []


def _qingming(year: int) -> list[date]:
    return [solar_term_day(year, "清明")] if _known(year) else []


def _known(year: int) -> bool:
    return FIRST_DAY.year <= year <= LAST_DAY.year


HOLIDAYS: tuple[tuple[str, int, int, Callable[[int], list[date]]], ...] = (
    # name, first year, last year, its days in a year
    ("元旦", 1950, 9999, _fixed(1, 1)),
    ("春节", 1950, 2007, _spring(0, 1, 2)),
    ("春节", 2008, 2013, _spring(-1, 0, 1)),
    ("春节", 2014, 2024, _spring(0, 1, 2)),
    ("春节", 2025, 9999, _spring(-1, 0, 1, 2)),
    ("清明节", 2008, 9999, _qingming),
    ("劳动节", 1950, 1999, _fixed(5, 1)),
    ("劳动节", 2000, 2007, _fixed(5, 1, 2, 3)),
    ("劳动节", 2008, 2024, _fixed(5, 1)),
    ("劳动节", 2025, 9999, _fixed(5, 1, 2)),
    ("端午节", 2008, 9999, _lunar(5, 5)),
    ("中秋节", 2008, 9999, _lunar(8, 15)),
    ("国庆节", 1950, 1999, _fixed(10, 1, 2)),
    ("国庆节", 2000, 9999, _fixed(10, 1, 2, 3)),
    ("抗战胜利70周年纪念日", 2015, 2015, _fixed(9, 3)),
)
"""The law's table. Lunar holidays are known for 1901–2100 only; outside of it the fixed ones still stand."""


@lru_cache(maxsize=256)
def statutory_days(year: int) -> dict[date, str]:
    """Statutory holidays of a year, date → name; two on one day are joined (2020-10-01 中秋节、国庆节)."""
    found: dict[date, str] = {}
    for name, first, last, days in HOLIDAYS:
        if first <= year <= last:
            for day in days(year):
                found[day] = f"{found[day]}、{name}" if day in found else name
    return found
