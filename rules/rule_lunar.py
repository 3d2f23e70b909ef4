"""Which solar days a lunar rule names (RFC 7529 RSCALE=CHINESE): by month or year, leap months and SKIP included."""

from collections.abc import Iterator
from datetime import date

from rules.lunar import FIRST_DAY, LunarMonth, months_between, months_of
from rules.rule_checks import Rule


def lunar_days(rule: Rule, anchor: date, last: date) -> list[date]:
    """The rule's days in [anchor, last], in order. Monthly rules count leap months as months of their own.

    INTERVAL counts from the lunar month (or year) of `anchor`. A 30th in a month of 29 days is dropped (SKIP=OMIT, the
    default), or the 29th (BACKWARD), or the first of the next month (FORWARD).
    """
    days = {
        day
        for month in _months(rule, max(anchor, FIRST_DAY), last)
        if not rule.bymonth or _is_wanted(rule, month)
        for number in rule.bymonthday
        for day in _days(month, number, rule.skip)
    }
    return sorted(day for day in days if anchor <= day <= last)


def _months(rule: Rule, anchor: date, last: date) -> list[LunarMonth]:
    """Every INTERVALth month, or all months of every INTERVALth year."""
    months = list(months_between(anchor, last))
    if rule.freq == "MONTHLY":
        return months[:: rule.interval]
    return [month for month in months if (month.year - months[0].year) % rule.interval == 0]


def _is_wanted(rule: Rule, month: LunarMonth) -> bool:
    """BYMONTH names the month; a leap month that the year lacks falls on its neighbour where SKIP says so."""
    if (month.month, month.leap) in rule.bymonth:
        return True
    leaps = {other.month for other in months_of(month.year) if other.leap}
    neighbour = {"OMIT": None, "BACKWARD": month.month, "FORWARD": month.month - 1}[rule.skip]
    return not month.leap and neighbour not in leaps and (neighbour, True) in rule.bymonth


def _days(month: LunarMonth, number: int, skip: str) -> Iterator[date]:
    place = number if number > 0 else month.length + 1 + number
    if 1 <= place <= month.length:
        yield month.day(place)
    elif place > month.length and skip != "OMIT":
        yield month.day(month.length if skip == "BACKWARD" else month.length + 1)
