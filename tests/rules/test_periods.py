"""Statistical periods: neighbours, last year's, names (I2)."""

from datetime import date

import pytest

from rules.periods import Period, around, between, months
from rules.words import RuleBroken


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "title"),
    [
        ("month", date(2024, 2, 10), date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("quarter", date(2026, 11, 21), date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
        ("year", date(2026, 11, 21), date(2026, 1, 1), date(2026, 12, 31), "2026年"),
    ],
)
def test_the_period_around_a_day(kind: str, day: date, start: date, end: date, title: str) -> None:
    period = around(kind, day)
    assert (period.start, period.end, period.title) == (start, end, title)
    assert between(start, end) == period


@pytest.mark.parametrize(
    ("period", "before", "after", "last_year"),
    [
        (around("month", date(2026, 1, 5)), "2025年12月", "2026年2月", "2025年1月"),
        (around("month", date(2024, 2, 29)), "2024年1月", "2024年3月", "2023年2月"),
        (around("quarter", date(2026, 2, 1)), "2025年第四季度", "2026年第二季度", "2025年第一季度"),
        (around("year", date(2026, 2, 1)), "2025年", "2027年", "2025年"),
        (
            between(date(2024, 2, 20), date(2024, 2, 29)),
            "2024年2月10日至2024年2月19日",
            "2024年3月1日至2024年3月10日",
            "2023年2月20日至2023年2月28日",
        ),
    ],
)
def test_neighbours(period: Period, before: str, after: str, last_year: str) -> None:
    """I2: 环比 is the period before, 同比 the same period last year."""
    assert (period.before.title, period.after.title, period.last_year.title) == (before, after, last_year)


def test_months_are_cut_to_the_period() -> None:
    found = months(between(date(2025, 12, 20), date(2026, 2, 3)))
    assert [(one.start, one.end) for one in found] == [
        (date(2025, 12, 20), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 3)),
    ]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (date(2026, 2, 2), date(2026, 2, 1), "to"),
        (date(1900, 1, 1), date(2026, 2, 1), "from"),
        (date(2026, 1, 1), date(9999, 12, 31), "from"),
    ],
)
def test_wrong_periods(start: date, end: date, field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        between(start, end)
    assert no.value.field == field


def test_no_other_kind() -> None:
    with pytest.raises(RuleBroken):
        around("week", date(2026, 1, 1))
