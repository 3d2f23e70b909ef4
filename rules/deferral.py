"""Where a reception day goes that falls on a rest day (节假日顺延、提前、除外), never onto another day of its rule (D2)."""

from datetime import date, timedelta

from rules.calendar_days import Calendar
from rules.words import OnHoliday

ONE_DAY = timedelta(days=1)


def days_around(start: date, end: date, on_holiday: str) -> tuple[date, date]:
    """The days to look at: where days move, whole years and a month on both sides, whatever part of a year is asked.

    So months made one by one give the same days as the year at once; no run of rest days is longer than a month.
    """
    if on_holiday in (OnHoliday.KEEP, OnHoliday.SKIP):
        return start, end
    return date(start.year - 1, 12, 1), date(end.year + 1, 1, 31)


def placed(nominal: list[date], on_holiday: str, calendar: Calendar) -> dict[date, date]:
    """Nominal day → the day it is held on, earlier nominal days first; dropped days are absent.

    `nominal`: the rule's own days inside `days_around`, in order. A rule of nearly every working day leaves no free one:
    its moved days go on past the end of `nominal` (`reception_rules.save` refuses such a rule).
    """
    if on_holiday == OnHoliday.KEEP:
        return {day: day for day in nominal}
    found = {day: day for day in nominal if not calendar.is_rest(day)}
    if on_holiday == OnHoliday.SKIP:
        return found
    taken = set(nominal)
    step = ONE_DAY if on_holiday == OnHoliday.NEXT else -ONE_DAY
    for day in nominal:
        if day not in found:
            held = day
            while held in taken or calendar.is_rest(held):
                held += step
            taken.add(held)
            found[day] = held
    return found
