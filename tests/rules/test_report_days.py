"""Days on which a month's report falls due, as offices say them (D8, S2e)."""

from datetime import date

import pytest

from rules import calendar_days, report_days
from rules.words import RuleBroken

CALENDAR = calendar_days.Calendar(calendar_days.shipped_days((2026,)), {2026})

# what is set, any day of the month reported, when it is due (by hand from a calendar of 2026)
DUE = [
    ("次月第一周周五", date(2026, 10, 31), date(2026, 11, 6)),
    ("次月第一周周四 12:00", date(2026, 10, 1), date(2026, 11, 5)),
    ("次月第一周周五", date(2026, 11, 15), date(2026, 12, 11)),
    ("当月第一周周五", date(2026, 11, 15), date(2026, 11, 6)),
    ("当月第一周周一", date(2026, 6, 9), date(2026, 6, 1)),
    ("次月第二周周三", date(2026, 6, 9), date(2026, 7, 15)),
    ("次月第一周周五", date(2026, 12, 31), date(2027, 1, 8)),
    ("次月5日", date(2026, 8, 3), date(2026, 9, 7)),
    ("当月31日", date(2026, 11, 3), date(2026, 11, 30)),
    ("当月25日 17:30", date(2026, 11, 3), date(2026, 11, 25)),
    ("次月1日", date(2026, 9, 3), date(2026, 10, 8)),
]


@pytest.mark.parametrize(("text", "month", "due"), DUE)
def test_when_it_is_due(text: str, month: date, due: date) -> None:
    """The first week begins with the month's first Monday; a rest day puts it off (5 September 2026 is a Saturday)."""
    assert report_days.parse(text).on(month, CALENDAR) == due


def test_thursday_comes_before_friday_in_every_month() -> None:
    """S2e: the material by Thursday noon, the report by Friday of the same week."""
    cutoff, due = report_days.parse("次月第一周周四 12:00"), report_days.parse("次月第一周周五")
    for month in range(1, 13):
        first = date(2026, month, 1)
        assert cutoff.on(first, CALENDAR) <= due.on(first, CALENDAR)
    assert (cutoff.at, due.at) == ("12:00", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "每月第一周周五",
        "次月",
        "次月0日",
        "次月32日",
        "次月第五周周五",
        "次月第一周周八",
        "次月5日 25:00",
        "5",
        "x" * 300,
    ],
)
def test_what_is_no_such_day_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken, match="次月第一周周五"):
        report_days.parse(text)
