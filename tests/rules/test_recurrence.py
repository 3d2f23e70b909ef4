"""Reception days from rules: hand-worked days, deferral, lunar days, JSON contract, properties (D1–D3, S3)."""

import json
import warnings
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar_days import Calendar, shipped_days, shipped_years
from rules.recurrence import READY_RULES, occurrences
from rules.words import RuleBroken

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # SWIG's own import warning
    import sxtwl

CALENDAR = Calendar(shipped_days(shipped_years()), shipped_years())
THREES = "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=3,6,9,13,16,19,23,26,29"
FORTNIGHT = "DTSTART:20260107\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
FIRST_AND_16TH = "FREQ=MONTHLY;BYMONTHDAY=1,16"
WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def plan(rule, policy, start, end, **more):
    """The days as words: 02-18<02-13 is held on the 18th instead of the 13th."""
    found = occurrences(rule, policy, date.fromisoformat(start), date.fromisoformat(end), CALENDAR, **more)
    return [f"{o.date:%m-%d}" + (f"<{o.moved_from:%m-%d}" if o.moved_from else "") for o in found]


S3_YEAR = """
    01-02<01-01 01-16       02-01       02-22<02-16 03-01       03-16
    04-02<04-01 04-16       05-02<05-01 05-16       06-01       06-19<06-16
    07-02<07-01 07-16       08-01       08-16       09-03<09-01 09-17<09-16
    10-08<10-01 10-16       11-01       11-16       12-03<12-01 12-17<12-16
"""
"""S3's year 2018 worked out by hand from the State Council's notice: 元旦, 春节 15–21 February, 劳动节 29 April – 1 May,
端午 16–18 June, 国庆 1–7 October, and the weekends."""


def test_s3_the_year_table_of_2018():
    assert plan(FIRST_AND_16TH, "next", "2018-01-01", "2018-12-31") == S3_YEAR.split()


@pytest.mark.parametrize(
    ("rule", "policy", "start", "end", "expected"),
    [
        # 春节 2024: 10–17 February off, Sundays 4 and 18 worked
        ("FREQ=WEEKLY;BYDAY=TU,TH", "skip", "2024-02-01", "2024-02-29", "02-01 02-06 02-08 02-20 02-22 02-27 02-29"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "next", "2024-02-11", "2024-02-20", "02-18<02-13 02-19<02-15 02-20"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "previous", "2024-02-06", "2024-02-17", "02-06 02-07<02-15 02-08 02-09<02-13"),
        ("WORKDAYS", "skip", "2024-02-04", "2024-02-19", "02-04 02-05 02-06 02-07 02-08 02-09 02-18 02-19"),
        ("WORKDAYS;INTERVAL=2", "next", "2024-02-04", "2024-02-19", "02-04 02-06 02-08 02-18"),
        ("WORKDAYS;COUNT=3", "keep", "2024-02-08", "2024-02-29", "02-08 02-09 02-18"),
        # 国庆 and 中秋 2025: 1–8 October off
        ("FREQ=WEEKLY;BYDAY=WE", "skip", "2025-10-01", "2025-10-31", "10-15 10-22 10-29"),
        ("FREQ=WEEKLY;BYDAY=WE", "keep", "2025-10-01", "2025-10-31", "10-01 10-08 10-15 10-22 10-29"),
        ("FREQ=WEEKLY;BYDAY=WE", "next", "2025-10-01", "2025-10-31", "10-09<10-01 10-10<10-08 10-15 10-22 10-29"),
        ("FREQ=WEEKLY;BYDAY=WE", "previous", "2025-10-01", "2025-10-31", "09-29<10-08 09-30<10-01 10-15 10-22 10-29"),
        # 春节 2026: 15–23 February off, Saturdays 14 and 28 worked
        ("FREQ=MONTHLY;BYMONTHDAY=16", "next", "2026-02-01", "2026-04-30", "02-24<02-16 03-16 04-16"),
        ("FREQ=MONTHLY;BYMONTHDAY=16", "previous", "2026-02-01", "2026-04-30", "02-14<02-16 03-16 04-16"),
        ("FREQ=MONTHLY;BYMONTHDAY=16", "skip", "2026-02-01", "2026-04-30", "03-16 04-16"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "next", "2026-03-01", "2026-03-31", "03-16<03-15"),
        ("FREQ=MONTHLY;BYMONTHDAY=8,25", "next", "2024-09-01", "2024-10-31", "09-09<09-08 09-25 10-08 10-25"),
        # the last Wednesday of January 2025 lies in 春节 (28 January – 4 February)
        ("FREQ=MONTHLY;BYDAY=-1WE", "skip", "2024-12-01", "2025-02-28", "12-25 02-26"),
        ("FREQ=MONTHLY;BYDAY=-1WE", "next", "2024-12-01", "2025-02-28", "12-25 02-05<01-29 02-26"),
        ("FREQ=MONTHLY;BYDAY=-1WE", "previous", "2024-12-01", "2025-02-28", "12-25 01-27<01-29 02-26"),
        ("FREQ=MONTHLY;BYDAY=3TH", "next", "2026-01-01", "2026-03-31", "01-15 02-24<02-19 03-19"),
        ("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=3", "skip", "2026-01-01", "2026-03-31", "01-15 03-19"),
        ("FREQ=MONTHLY;BYDAY=1MO", "next", "2024-01-01", "2024-04-30", "01-02<01-01 02-05 03-04 04-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO", "skip", "2024-05-01", "2024-06-30", "05-06 06-03"),
        ("FREQ=MONTHLY;BYDAY=5WE", "keep", "2026-01-01", "2026-08-31", "04-29 07-29"),
        # every second Wednesday: anchored at DTSTART, else at --from
        (FORTNIGHT, "next", "2026-02-01", "2026-03-31", "02-04 02-24<02-18 03-04 03-18"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "skip", "2026-02-09", "2026-03-31", "02-11 02-25 03-11 03-25"),
        (FORTNIGHT + ";COUNT=4", "skip", "2026-02-01", "2026-12-31", "02-04"),
        (FORTNIGHT + ";UNTIL=20260304T000000", "keep", "2026-01-01", "2026-12-31", "01-07 01-21 02-04 02-18 03-04"),
        # short months
        ("FREQ=MONTHLY;BYMONTHDAY=31", "keep", "2026-01-01", "2026-06-30", "01-31 03-31 05-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "next", "2026-01-01", "2026-06-30", "02-02<01-31 03-31 06-01<05-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "previous", "2024-03-01", "2024-06-30", "03-29<03-31 04-30 05-31 06-28<06-30"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "keep", "2023-01-01", "2029-01-01", "02-29 02-29"),
        # a moved day meets another day of the rule, nominal or moved, inside or outside the wanted range
        ("FREQ=MONTHLY;BYMONTHDAY=1,4", "next", "2027-01-01", "2027-01-31", "01-04 01-05<01-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,2", "next", "2027-01-01", "2027-01-31", "01-04<01-01 01-05<01-02"),
        ("FREQ=WEEKLY;BYDAY=SA,SU", "next", "2026-11-21", "2026-11-22", "11-23<11-21 11-24<11-22"),
        ("FREQ=WEEKLY;BYDAY=SA,SU", "previous", "2026-11-21", "2026-11-22", "11-19<11-22 11-20<11-21"),
        ("FREQ=WEEKLY;BYDAY=MO,SA", "next", "2026-11-16", "2026-11-21", "11-16 11-24<11-21"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31", "next", "2026-02-01", "2026-02-28", "02-03<02-01"),
        # make-up Saturdays are working days
        ("FREQ=WEEKLY;BYDAY=SA", "skip", "2025-01-20", "2025-02-10", "02-08"),
        # lunar days; 2025 has a leap sixth month from 25 July
        (THREES, "skip", "2026-12-01", "2026-12-31", "12-01 12-04 12-07 12-11 12-14 12-17 12-21 12-24 12-31"),
        (
            "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15",
            "next",
            "2025-07-01",
            "2025-08-31",
            "07-09 07-25 08-08 08-25<08-23",
        ),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1", "keep", "2025-06-20", "2025-08-31", "06-25 07-25 08-23"),
        # 春节 2027 is provisional: 除夕 5 February to 初三 8 February by law
        ("FREQ=MONTHLY;BYMONTHDAY=5", "next", "2027-02-01", "2027-02-28", "02-09<02-05"),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "previous", "2027-02-01", "2027-02-28", "02-04<02-05"),
    ],
)
def test_d1_d2_worked_by_hand(rule, policy, start, end, expected):
    assert plan(rule, policy, start, end) == expected.split()


@pytest.mark.parametrize(
    ("rule", "start", "end", "expected"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=30", "2026-12-01", "2026-12-31", "12-08"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2025-07-20", "2025-08-31", "07-24 08-22"),
        ("FREQ=MONTHLY;BYMONTHDAY=30", "2025-07-25", "2025-08-31", ""),  # the leap month has 29 days
        ("FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=29,30", "2025-07-25", "2025-08-31", "08-22"),
        ("FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=30", "2025-07-25", "2025-08-31", "08-23"),
        ("FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1", "2024-01-01", "2026-12-31", "07-25"),
        ("FREQ=YEARLY;BYMONTH=6L;SKIP=BACKWARD;BYMONTHDAY=1", "2024-01-01", "2026-12-31", "07-06 07-25 07-14"),
        ("FREQ=YEARLY;BYMONTH=6L;SKIP=FORWARD;BYMONTHDAY=1", "2024-01-01", "2026-12-31", "08-04 07-25 08-13"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1,15", "2026-01-01", "2026-12-31", "02-17 03-03"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=1;DTSTART=20250129", "2025-01-01", "2027-12-31", "01-29 02-06"),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;DTSTART=20250625",
            "2025-06-01",
            "2025-12-31",
            "06-25 08-23 10-21 12-20",
        ),
    ],
)
def test_d1_lunar_months_leap_months_and_short_months(rule, start, end, expected):
    assert plan("RSCALE=CHINESE;" + rule, "keep", start, end) == expected.split()


def test_d1_lunar_days_agree_with_sxtwl():
    start, end = date(2020, 1, 1), date(2029, 12, 31)
    wanted = {3, 6, 9, 13, 16, 19, 23, 26, 29}
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    oracle = [day for day in span if sxtwl.fromSolar(day.year, day.month, day.day).getLunarDay() in wanted]
    assert [o.date for o in occurrences(THREES, "keep", start, end, CALENDAR)] == oracle


def test_json_contract_of_roster_plan():
    found = occurrences(FIRST_AND_16TH, "next", date(2026, 12, 16), date(2027, 1, 1), CALENDAR)
    assert json.loads(json.dumps([o.as_json() for o in found])) == [
        {"date": "2026-12-16", "moved_from": None, "provisional": False},
        {"date": "2027-01-04", "moved_from": "2027-01-01", "provisional": True},
    ]


def test_a_day_moved_over_new_year_into_an_unpublished_year_is_provisional():
    found = occurrences("FREQ=WEEKLY;BYDAY=TH", "next", date(2026, 12, 28), date(2027, 1, 3), CALENDAR)
    assert [o.provisional for o in found] == [False]
    found = occurrences("FREQ=MONTHLY;BYMONTHDAY=1", "previous", date(2027, 1, 1), date(2027, 1, 1), CALENDAR)
    assert [(o.date, o.provisional) for o in found] == [(date(2026, 12, 31), True)]


@pytest.mark.parametrize("policy", ["next", "previous", "skip", "keep"])
@pytest.mark.parametrize("rule", [ready.text for ready in READY_RULES if "INTERVAL" not in ready.text])
def test_d3_twelve_months_give_the_same_roster_as_the_year(rule, policy):
    months = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
    pieces = [
        occurrence
        for first, following in pairwise(months)
        for occurrence in occurrences(rule, policy, first, following - timedelta(days=1), CALENDAR)
    ]
    whole = occurrences(rule, policy, months[0], date(2026, 12, 31), CALENDAR)
    assert sorted(pieces, key=lambda o: o.date) == whole


def test_the_anchor_given_beside_the_text_counts_when_the_text_has_none():
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
    assert plan(rule, "keep", "2026-01-12", "2026-01-31", dtstart=date(2026, 1, 7)) == ["01-21"]
    assert plan(rule + ";DTSTART=20260114", "keep", "2026-01-12", "2026-01-31", dtstart=date(2026, 1, 7)) == [
        "01-14",
        "01-28",
    ]


def test_a_rule_begins_at_its_dtstart():
    assert plan("FREQ=WEEKLY;BYDAY=WE;DTSTART=20260115", "keep", "2026-01-01", "2026-01-31") == ["01-21", "01-28"]


RULES = st.sampled_from(
    [
        *[ready.text for ready in READY_RULES],
        WEEKDAYS,
        "FREQ=WEEKLY;BYDAY=SA,SU",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,31",
        "FREQ=MONTHLY;BYMONTHDAY=-1,-2,-3",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "RSCALE=CHINESE;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=29,30",
    ]
)
STARTS = st.dates(date(2005, 1, 1), date(2027, 6, 1))
LENGTHS = st.integers(0, 400)


@settings(deadline=None, max_examples=120)
@given(RULES, st.sampled_from(["next", "previous"]), STARTS, LENGTHS)
def test_d2_moved_days_work_and_none_is_lost_or_doubled(rule, policy, start, length):
    end = start + timedelta(days=length)
    nominal = [o.date for o in occurrences(rule, "keep", start, end, CALENDAR)]
    found = occurrences(rule, policy, start, end, CALENDAR)
    assert sorted(o.moved_from or o.date for o in found) == nominal
    assert len({o.date for o in found}) == len(found)
    assert not any(CALENDAR.is_rest(o.date) for o in found)
    assert all(o.moved_from is None or CALENDAR.is_rest(o.moved_from) for o in found)
    assert all((o.date > o.moved_from) == (policy == "next") for o in found if o.moved_from)


@settings(deadline=None, max_examples=60)
@given(RULES, STARTS, LENGTHS)
def test_d2_dropped_days_are_exactly_the_rest_days(rule, start, length):
    end = start + timedelta(days=length)
    nominal = [o.date for o in occurrences(rule, "keep", start, end, CALENDAR)]
    left = [o.date for o in occurrences(rule, "skip", start, end, CALENDAR)]
    assert left == [day for day in nominal if not CALENDAR.is_rest(day)]


@pytest.mark.parametrize(
    ("policy", "start", "end", "dtstart", "field"),
    [
        ("later", "2026-01-01", "2026-01-31", None, "on_holiday"),
        ("next", "2026-02-01", "2026-01-31", None, "end"),
        ("next", "1901-12-31", "2026-01-31", None, "start"),
        ("next", "2026-01-01", "2100-01-01", None, "end"),
        ("next", "2026-01-01", "2037-01-01", None, "end"),
        ("next", "2026-01-01", "2026-01-31", date(1800, 1, 1), "dtstart"),
    ],
)
def test_wrong_policy_or_range_is_refused_by_field(policy, start, end, dtstart, field):
    with pytest.raises(RuleBroken) as no:
        plan(FIRST_AND_16TH, policy, start, end, dtstart=dtstart)
    assert no.value.field == field
