"""Kinds of day, working-day arithmetic, provisional years, lunar labels (D2; rules-of-the-office §2 "Calendar")."""

import json
import warnings
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar_days import (
    Calendar,
    days_of_year,
    lunar_label,
    lunar_text,
    shipped_days,
    shipped_years,
    weekday_name,
)
from rules.lunar import DAYS, months_of
from rules.statutory import statutory_days
from rules.words import DayKind, RuleBroken

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # SWIG's own import warning
    import sxtwl

CALENDAR = Calendar(shipped_days(shipped_years()), shipped_years())


@pytest.mark.parametrize(
    ("day", "kind", "note"),
    [
        ("2024-02-04", "makeup", "春节调休上班"),
        ("2024-02-09", "workday", ""),  # 除夕 is no statutory day before 2025
        ("2024-02-10", "holiday", "春节"),
        ("2024-02-15", "shifted_rest", "春节调休"),
        ("2024-02-17", "weekend", "春节假期"),
        ("2024-05-11", "makeup", "劳动节调休上班"),
        ("2024-06-08", "weekend", ""),
        ("2024-06-10", "holiday", "端午节"),
        ("2015-09-03", "holiday", "抗战胜利70周年纪念日"),
        ("2020-10-01", "holiday", "中秋节、国庆节"),
        ("2025-01-28", "holiday", "春节"),  # 除夕 by the 2025 text
        ("2025-05-02", "holiday", "劳动节"),
        ("2026-04-06", "shifted_rest", "清明节调休"),
        ("2026-11-21", "weekend", ""),
        ("2026-11-23", "workday", ""),
    ],
)
def test_d2_published_days(day, kind, note):
    info = CALENDAR.info(date.fromisoformat(day))
    assert (info.kind, info.note, info.provisional) == (kind, note, False)


@pytest.mark.parametrize(
    ("day", "kind", "note"),
    [
        ("2027-01-01", "holiday", "元旦"),
        ("2027-01-02", "weekend", ""),
        ("2027-01-04", "workday", ""),
        ("2027-02-05", "holiday", "春节"),
        ("2027-02-08", "holiday", "春节"),
        ("2027-02-09", "workday", ""),
        ("2027-04-05", "holiday", "清明节"),
        ("2027-05-02", "holiday", "劳动节"),
        ("2027-05-03", "workday", ""),
        ("2027-06-09", "holiday", "端午节"),
        ("2027-09-15", "holiday", "中秋节"),
        ("2027-10-03", "holiday", "国庆节"),
        ("2027-10-04", "workday", ""),
        ("2150-10-01", "holiday", "国庆节"),  # beyond the lunar table the fixed days still stand
    ],
)
def test_d2_unpublished_year_is_provisional_with_the_holidays_of_the_law(day, kind, note):
    info = CALENDAR.info(date.fromisoformat(day))
    assert (info.kind, info.note, info.provisional) == (kind, note, True)


def test_every_statutory_day_rests_in_the_librarys_table():
    days = [day for year in shipped_years() for day in statutory_days(year)]
    assert len(days) > 200
    assert [day for day in days if not CALENDAR.is_rest(day)] == []


def test_the_offices_entry_wins_over_the_law_and_the_weekday():
    days = {date(2027, 1, 1): ("workday", "照常上班"), date(2027, 1, 2): ("makeup", "")}
    calendar = Calendar(days, [])
    assert calendar.info(date(2027, 1, 1)).as_json() == {"kind": "workday", "note": "照常上班", "provisional": True}
    assert not calendar.is_rest(date(2027, 1, 2))
    assert calendar.is_rest(date(2027, 1, 3))


def test_a_published_year_follows_its_table_only():
    """Publishing 2027 with an entry for 1 January only: no holiday is invented beside it."""
    calendar = Calendar({date(2027, 1, 1): ("holiday", "元旦")}, [2027])
    assert calendar.info(date(2027, 2, 8)).as_json() == {"kind": "workday", "note": "", "provisional": False}


def test_json_contract_of_calendar_show():
    shown = {str(day): CALENDAR.info(day).as_json() for day in days_of_year(2024)}
    assert len(shown) == 366
    assert json.loads(json.dumps(shown))["2024-06-10"] == {"kind": "holiday", "note": "端午节", "provisional": False}


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2024-04-30", 5, "2024-05-10"),
        ("2024-05-10", 1, "2024-05-11"),  # make-up Saturday
        ("2024-05-10", -5, "2024-04-30"),
        ("2024-02-18", -1, "2024-02-09"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_add_working_days(start, n, expected):
    assert CALENDAR.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "following", "preceding"),
    [
        ("2026-11-20", "2026-11-20", "2026-11-20"),
        ("2026-11-21", "2026-11-23", "2026-11-20"),
        ("2026-02-16", "2026-02-24", "2026-02-14"),
        ("2027-01-01", "2027-01-04", "2026-12-31"),
    ],
)
def test_nearest_working_days(day, following, preceding):
    day = date.fromisoformat(day)
    assert CALENDAR.next_working_day(day) == date.fromisoformat(following)
    assert CALENDAR.previous_working_day(day) == date.fromisoformat(preceding)


@settings(deadline=None, max_examples=60)
@given(st.dates(date(2004, 3, 1), date(2028, 12, 31)), st.integers(0, 60))
def test_working_days_there_and_back(start, n):
    end = CALENDAR.add_working_days(start, n)
    between = [start + timedelta(days=k) for k in range(1, (end - start).days + 1)]
    assert sum(not CALENDAR.is_rest(day) for day in between) == n
    assert CALENDAR.add_working_days(end, -n) <= start or not n


def test_shipped_years_and_their_refusal():
    years = shipped_years()
    assert years[0] == 2004
    assert years[-1] >= 2026
    with pytest.raises(RuleBroken, match="尚未收入系统") as no:
        shipped_days([years[-1] + 1])
    assert no.value.field == "year"


def test_wrong_kind_and_wrong_year_are_refused():
    with pytest.raises(RuleBroken, match="不是日历的类别"):
        Calendar({date(2026, 1, 1): ("feast", "")}, [2026])
    with pytest.raises(RuleBroken, match="1901 至 2100"):
        days_of_year(1900)


def test_labels_of_kinds_and_weekdays():
    assert CALENDAR.info(date(2026, 11, 21)).label == DayKind.WEEKEND.label == "周末"
    assert CALENDAR.info(date(2024, 6, 10)).label == "端午节"
    assert weekday_name(date(2026, 11, 22)) == "星期日"


@pytest.mark.parametrize(
    ("day", "label", "text"),
    [
        ("2026-12-01", "廿三", "农历十月廿三"),
        ("2026-12-07", "大雪", "农历十月廿九"),
        ("2026-12-08", "三十", "农历十月三十"),
        ("2026-12-09", "冬月", "农历冬月初一"),
        ("2026-12-20", "十二", "农历冬月十二"),
        ("2026-12-22", "冬至", "农历冬月十四"),
        ("2026-12-28", "二十", "农历冬月二十"),
        ("2025-07-25", "闰六月", "农历闰六月初一"),
        ("2026-02-17", "正月", "农历正月初一"),
        ("1900-12-31", "", ""),
        ("2101-01-01", "", ""),
    ],
)
def test_d1_lunar_labels(day, label, text):
    day = date.fromisoformat(day)
    assert (lunar_label(day), lunar_text(day)) == (label, text)


def test_lunar_months_agree_with_sxtwl():
    """Independent oracle: first day, number and leap sign of every lunar month 1901–2056.

    Later three new moons (2057-09, 2089-09, 2097-08) fall within minutes of midnight, and published tables differ.
    """
    wrong = []
    for year in range(1901, 2057):
        for month in months_of(year):
            other = sxtwl.fromSolar(month.first.year, month.first.month, month.first.day)
            seen = (other.getLunarYear(), other.getLunarMonth(), bool(other.isLunarLeap()), other.getLunarDay())
            if seen != (month.year, month.month, month.leap, 1):
                wrong.append((month, seen))
    assert wrong == []


@settings(deadline=None, max_examples=80)
@given(st.dates(date(1950, 1, 1), date(2056, 12, 31)))
def test_lunar_text_agrees_with_sxtwl(day):
    other = sxtwl.fromSolar(day.year, day.month, day.day)
    assert lunar_text(day).endswith(DAYS[other.getLunarDay() - 1])
    assert lunar_text(day).startswith("农历闰") == bool(other.isLunarLeap())
