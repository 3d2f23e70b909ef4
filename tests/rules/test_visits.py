"""A visit's steps, days and eves, dates worked out by hand from the State Council's tables (E1)."""

from datetime import date

import pytest

from rules import visits
from rules.calendar_days import Calendar, shipped_days, shipped_years
from rules.reception_words import Every

CALENDAR = Calendar(shipped_days(shipped_years()), shipped_years())


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        (date(2026, 12, 7), 10, date(2026, 11, 27)),  # a Friday
        (date(2026, 12, 7), 5, date(2026, 12, 2)),
        (date(2026, 12, 1), 10, date(2026, 11, 20)),  # the 21st is a Saturday
        (date(2026, 11, 27), 5, date(2026, 11, 20)),  # the 22nd is a Sunday
        (date(2026, 10, 9), 5, date(2026, 9, 30)),  # 10-01 to 10-07 are the National Day's
        (date(2026, 2, 24), 10, date(2026, 2, 14)),  # a Saturday made up for the Spring Festival
    ],
)
def test_a_step_is_due_on_the_last_working_day_so_many_days_before(day: date, days: int, due: date) -> None:
    assert visits.due_before(day, days, CALENDAR) == due


@pytest.mark.parametrize(
    ("today", "done_on", "light", "late"),
    [
        (date(2026, 11, 10), None, "normal", 0),
        (date(2026, 11, 20), None, "soon", 0),
        (date(2026, 11, 27), None, "today", 0),
        (date(2026, 11, 28), None, "late", 0),
        (date(2026, 11, 30), date(2026, 11, 26), "done", 0),
        (date(2026, 11, 30), date(2026, 11, 30), "done", 3),
    ],
)
def test_the_light_of_a_step(today: date, done_on: date | None, light: str, late: int) -> None:
    """Due on 27 November: contact 10 days before 7 December."""
    step = visits.step("contact", "联系", date(2026, 12, 7), 10, done_on, CALENDAR, today, 7)
    assert (step.due, step.light, step.days_late) == (date(2026, 11, 27), light, late)


@pytest.mark.parametrize("days", [5, 10])
def test_furthest_is_the_last_day_whose_step_is_due(days: int) -> None:
    until = date(2026, 9, 30)
    last = visits.furthest(days, until, CALENDAR)
    assert visits.due_before(last, days, CALENDAR) <= until < visits.due_before(last + visits.ONE_DAY, days, CALENDAR)


SPANS = [(date(2026, 9, 28), date(2026, 10, 9)), (date(2026, 10, 9), date(2026, 10, 9))]


@pytest.mark.parametrize(
    ("first", "last", "only_working", "count"),
    [
        (date(2026, 9, 1), date(2026, 12, 31), False, 12),  # the 9th counts once
        (date(2026, 10, 1), date(2026, 10, 31), False, 9),
        (date(2026, 9, 1), date(2026, 12, 31), True, 5),  # 9-28, 29, 30, 10-08, 10-09
        (date(2026, 11, 1), date(2026, 11, 30), False, 0),
    ],
)
def test_days_of_visit_are_counted_once(first: date, last: date, only_working: bool, count: int) -> None:
    assert visits.days_in(SPANS, first, last, CALENDAR, only_working=only_working) == count


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 9, 1), date(2026, 9, 30), [("中秋节", "2026-09-24"), ("国庆节", "2026-09-30")]),
        (date(2023, 12, 1), date(2023, 12, 31), [("元旦", "2023-12-29")]),  # off from Saturday 30 December
        (date(2024, 1, 1), date(2024, 1, 31), []),
        (date(2026, 2, 1), date(2026, 2, 28), [("春节", "2026-02-14")]),
    ],
)
def test_eves_are_the_five_working_days_before_a_holiday(first: date, last: date, found: list[tuple[str, str]]) -> None:
    eves = visits.eves(first, last, CALENDAR)
    assert [(eve.holiday, eve.days[-1].isoformat()) for eve in eves] == found
    assert all(len(eve.days) == 5 and not any(map(CALENDAR.is_rest, eve.days)) for eve in eves)


def test_the_highest_minimum_holds() -> None:
    """S0: 90 days a year; S3: once a month."""
    assert visits.required([(90, Every.YEAR), (1, Every.MONTH)]) == 90
    assert visits.required([(1, Every.QUARTER), (1, Every.MONTH), (1, Every.WEEK)]) == 52
    assert visits.required([]) == 0
