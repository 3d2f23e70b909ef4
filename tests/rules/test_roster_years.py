"""Reception days of nine years, worked out by hand from the State Council's notices 2018–2026 (D1, D2; issue 3 "Must show").

Every row is a rule, what it does on a rest day, a stretch of a year, and the days a person finds with the notice
(tests/rules/state_council.py) in one hand and a wall calendar in the other. `02-24<02-20`: held on the 24th for the 20th.
"""

import warnings
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.calendar_days import Calendar, shipped_days, shipped_years
from rules.places import place_of, places_in_turn
from rules.recurrence import READY_RULES, nominal_days, occurrences
from rules.rule_text import parse
from rules.words import OnHoliday

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # SWIG's own import warning
    import sxtwl

CALENDAR = Calendar(shipped_days(shipped_years()), shipped_years())

RULES = {
    "周二、周四": "FREQ=WEEKLY;BYDAY=TU,TH",
    "周五": "FREQ=WEEKLY;BYDAY=FR",
    "1日、16日": "FREQ=MONTHLY;BYMONTHDAY=1,16",
    "最后一个周三": "FREQ=MONTHLY;BYDAY=-1WE",
    "第一个周三": "FREQ=MONTHLY;BYDAY=1WE",
    "第一个周四": "FREQ=MONTHLY;BYDAY=1TH",
    "第三个周二": "FREQ=MONTHLY;BYDAY=3TU",
    "第三个周四": "FREQ=MONTHLY;BYDAY=3TH",
    "第四个周四": "FREQ=MONTHLY;BYDAY=4TH",
    "第一周周一": "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO",
    "隔周周三2021": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;DTSTART=20210106",
    "隔周周三2024": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;DTSTART=20240103",
    "农历逢三六九": "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=3,6,9,13,16,19,23,26,29",
    "农历初一、十五": "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15",
    "每个工作日": "WORKDAYS",
}

YEARS = [
    # rule, on a rest day, from, to, the days
    # 2018: 春节 15–21 February, 11 and 24 worked; 劳动节 29 April – 1 May; 国庆 1–7 October, 29 and 30 September worked
    ("周二、周四", "skip", "2018-02-01", "2018-02-28", "02-01 02-06 02-08 02-13 02-22 02-27"),
    ("周二、周四", "next", "2018-02-01", "2018-02-28",
     "02-01 02-06 02-08 02-13 02-22 02-23<02-15 02-24<02-20 02-27"),
    ("周二、周四", "previous", "2018-02-01", "2018-02-28",
     "02-01 02-06 02-08 02-12<02-20 02-13 02-14<02-15 02-22 02-27"),
    ("第三个周四", "next", "2018-01-01", "2018-04-30", "01-18 02-22<02-15 03-15 04-19"),
    ("第三个周四", "previous", "2018-01-01", "2018-04-30", "01-18 02-14<02-15 03-15 04-19"),
    ("第三个周四", "keep", "2018-01-01", "2018-04-30", "01-18 02-15 03-15 04-19"),
    ("第一周周一", "next", "2018-01-01", "2018-10-31",
     "01-02<01-01 02-05 03-05 04-02 05-07 06-04 07-02 08-06 09-03 10-08<10-01"),
    ("每个工作日", "skip", "2018-09-28", "2018-10-09", "09-28 09-29 09-30 10-08 10-09"),
    ("农历初一、十五", "skip", "2018-02-01", "2018-03-31", "03-02"),
    ("农历初一、十五", "next", "2018-02-01", "2018-03-31", "02-22<02-16 03-02 03-19<03-17 04-02<03-31"),
    # 2019: 春节 4–10 February, 2 and 3 worked; 劳动节 1–4 May, 28 April and 5 May worked; 中秋 Friday 13 September
    ("周二、周四", "skip", "2019-02-01", "2019-02-28", "02-12 02-14 02-19 02-21 02-26 02-28"),
    ("周二、周四", "next", "2019-02-01", "2019-02-15", "02-11<02-05 02-12 02-13<02-07 02-14"),
    ("周二、周四", "previous", "2019-02-01", "2019-02-15", "02-02<02-07 02-03<02-05 02-12 02-14"),
    ("1日、16日", "next", "2019-05-01", "2019-05-31", "05-05<05-01 05-16"),
    ("1日、16日", "previous", "2019-05-01", "2019-05-31", "04-30<05-01 05-16"),
    ("第一个周三", "skip", "2019-04-01", "2019-06-30", "04-03 06-05"),
    ("第一个周三", "keep", "2019-04-01", "2019-06-30", "04-03 05-01 06-05"),
    ("每个工作日", "skip", "2019-04-26", "2019-05-08", "04-26 04-28 04-29 04-30 05-05 05-06 05-07 05-08"),
    ("农历逢三六九", "skip", "2019-02-01", "2019-02-28", "02-03 02-13 02-20 02-27"),
    ("周五", "next", "2019-09-01", "2019-09-30", "09-06 09-16<09-13 09-20 09-27"),
    ("周五", "previous", "2019-09-01", "2019-09-30", "09-06 09-12<09-13 09-20 09-27"),
    # 2020: 春节 24 January – 2 February (prolonged), 19 January worked; 端午 25–27 June, 28 worked; 国庆 1–8 October
    ("1日、16日", "next", "2020-01-15", "2020-02-29", "01-16 02-03<02-01 02-17<02-16"),
    ("周二、周四", "next", "2020-01-20", "2020-02-07", "01-21 01-23 02-03<01-28 02-04 02-05<01-30 02-06"),
    ("周二、周四", "skip", "2020-01-20", "2020-02-07", "01-21 01-23 02-04 02-06"),
    ("最后一个周三", "skip", "2020-01-01", "2020-02-29", "02-26"),
    ("最后一个周三", "next", "2020-01-01", "2020-02-29", "02-03<01-29 02-26"),
    ("最后一个周三", "previous", "2020-01-01", "2020-02-29", "01-23<01-29 02-26"),
    ("第四个周四", "next", "2020-05-01", "2020-07-31", "05-28 06-28<06-25 07-23"),
    ("第四个周四", "skip", "2020-05-01", "2020-07-31", "05-28 07-23"),
    ("农历初一、十五", "next", "2020-09-01", "2020-10-31", "09-02 09-17 10-09<10-01 10-19<10-17 11-02<10-31"),
    ("农历初一、十五", "keep", "2020-05-01", "2020-06-30", "05-07 05-23 06-06 06-21"),  # 闰四月 from 23 May
    ("每个工作日", "skip", "2020-09-25", "2020-10-12", "09-25 09-27 09-28 09-29 09-30 10-09 10-10 10-12"),
    # 2021: 春节 11–17 February, 7 and 20 worked; 清明 3–5 April; 劳动节 1–5 May; 中秋 19–21 September; 国庆 1–7 October
    ("周二、周四", "next", "2021-02-01", "2021-02-28",
     "02-02 02-04 02-09 02-18 02-19<02-11 02-20<02-16 02-23 02-25"),
    ("周二、周四", "skip", "2021-02-01", "2021-02-28", "02-02 02-04 02-09 02-18 02-23 02-25"),
    ("1日、16日", "previous", "2021-02-01", "2021-02-28", "02-01 02-10<02-16"),
    ("1日、16日", "next", "2021-10-01", "2021-10-31", "10-08<10-01 10-18<10-16"),
    ("第一周周一", "next", "2021-04-01", "2021-06-30", "04-06<04-05 05-06<05-03 06-07"),
    ("第一周周一", "previous", "2021-04-01", "2021-06-30", "04-02<04-05 04-30<05-03 06-07"),
    ("第三个周二", "next", "2021-08-01", "2021-10-31", "08-17 09-22<09-21 10-19"),
    ("第三个周二", "skip", "2021-08-01", "2021-10-31", "08-17 10-19"),
    ("隔周周三2021", "next", "2021-01-01", "2021-03-10", "01-06 01-20 02-03 02-18<02-17 03-03"),
    ("隔周周三2021", "skip", "2021-01-01", "2021-03-10", "01-06 01-20 02-03 03-03"),
    # 2022: 元旦 1–3 January; 春节 31 January – 6 February, 29 and 30 worked; 劳动节 30 April – 4 May, 7 worked;
    # 中秋 10–12 September; 国庆 1–7 October, 8 and 9 worked
    ("1日、16日", "next", "2022-01-01", "2022-02-28", "01-04<01-01 01-17<01-16 02-07<02-01 02-16"),
    ("1日、16日", "previous", "2022-01-01", "2022-02-28", "12-31<01-01 01-14<01-16 01-30<02-01 02-16"),
    ("周二、周四", "next", "2022-10-01", "2022-10-15", "10-08<10-04 10-09<10-06 10-11 10-13"),
    ("周二、周四", "previous", "2022-10-01", "2022-10-15", "09-28<10-06 09-30<10-04 10-11 10-13"),
    ("周二、周四", "skip", "2022-10-01", "2022-10-15", "10-11 10-13"),
    ("每个工作日", "keep", "2022-04-28", "2022-05-09", "04-28 04-29 05-05 05-06 05-07 05-09"),
    ("农历初一、十五", "next", "2022-09-01", "2022-09-30", "09-13<09-10 09-26"),
    ("农历初一、十五", "previous", "2022-09-01", "2022-09-30", "09-09<09-10 09-26"),
    ("第一个周三", "next", "2022-04-01", "2022-06-30", "04-06 05-05<05-04 06-01"),
    # 2023: 春节 21–27 January, 28 and 29 worked; 清明 Wednesday 5 April; 劳动节 29 April – 3 May;
    # 端午 22–24 June, 25 worked; 中秋、国庆 29 September – 6 October, 7 and 8 worked
    ("最后一个周三", "next", "2023-01-01", "2023-03-31", "01-28<01-25 02-22 03-29"),
    ("最后一个周三", "skip", "2023-01-01", "2023-03-31", "02-22 03-29"),
    ("最后一个周三", "previous", "2023-01-01", "2023-03-31", "01-20<01-25 02-22 03-29"),
    ("1日、16日", "next", "2023-10-01", "2023-10-31", "10-07<10-01 10-16"),
    ("1日、16日", "previous", "2023-10-01", "2023-10-31", "09-28<10-01 10-16"),
    ("周二、周四", "next", "2023-01-17", "2023-02-03", "01-17 01-19 01-28<01-24 01-29<01-26 01-31 02-02"),
    ("第一个周三", "skip", "2023-03-01", "2023-06-30", "03-01 06-07"),
    ("第一个周三", "next", "2023-03-01", "2023-06-30", "03-01 04-06<04-05 05-04<05-03 06-07"),
    ("农历初一、十五", "next", "2023-02-15", "2023-04-30", "02-20 03-06 03-22 04-06<04-05 04-20"),  # 闰二月
    ("第四个周四", "next", "2023-05-01", "2023-07-31", "05-25 06-25<06-22 07-27"),
    ("每个工作日", "skip", "2023-01-18", "2023-01-31", "01-18 01-19 01-20 01-28 01-29 01-30 01-31"),
    # 2024: 春节 10–17 February, 4 and 18 worked; 清明 4–6 April, 7 worked; 劳动节 1–5 May; 中秋 15–17 September
    ("1日、16日", "next", "2024-01-01", "2024-12-31",
     "01-02<01-01 01-16 02-01 02-18<02-16 03-01 03-18<03-16 04-01 04-16 05-06<05-01 05-16 06-03<06-01 06-17<06-16 "
     "07-01 07-16 08-01 08-16 09-02<09-01 09-18<09-16 10-08<10-01 10-16 11-01 11-18<11-16 12-02<12-01 12-16"),
    ("第一个周四", "next", "2024-03-01", "2024-06-30", "03-07 04-07<04-04 05-06<05-02 06-06"),
    ("第一个周四", "previous", "2024-03-01", "2024-06-30", "03-07 04-03<04-04 04-30<05-02 06-06"),
    ("农历逢三六九", "skip", "2024-02-01", "2024-02-29", "02-02 02-05 02-08 02-18 02-22 02-28"),
    ("农历逢三六九", "next", "2024-02-10", "2024-02-20", "02-18 02-19<02-12 02-20<02-15"),
    ("隔周周三2024", "next", "2024-02-01", "2024-02-29", "02-18<02-14 02-28"),
    ("隔周周三2024", "previous", "2024-02-01", "2024-02-29", "02-09<02-14 02-28"),
    # 2025: 春节 28 January – 4 February, 26 January and 8 February worked; 劳动节 1–5 May; 端午 31 May – 2 June;
    # 国庆、中秋 1–8 October, 28 September and 11 October worked
    ("周二、周四", "next", "2025-01-20", "2025-02-14",
     "01-21 01-23 02-05<01-28 02-06 02-07<01-30 02-08<02-04 02-11 02-13"),
    ("周二、周四", "skip", "2025-01-20", "2025-02-14", "01-21 01-23 02-06 02-11 02-13"),
    ("第一周周一", "next", "2025-04-01", "2025-06-30", "04-07 05-06<05-05 06-03<06-02"),
    ("第一周周一", "previous", "2025-04-01", "2025-06-30", "04-07 04-30<05-05 05-30<06-02"),
    ("1日、16日", "next", "2025-10-01", "2025-10-31", "10-09<10-01 10-16"),
    ("每个工作日", "skip", "2025-09-26", "2025-10-13", "09-26 09-28 09-29 09-30 10-09 10-10 10-11 10-13"),
    ("农历初一、十五", "next", "2025-01-10", "2025-02-20", "01-14 02-05<01-29 02-12"),
    # 2026: 元旦 1–3 January, Sunday 4 worked; 春节 15–23 February, 14 and 28 worked; 中秋 25–27 September; 国庆 1–7 October
    ("1日、16日", "next", "2026-01-01", "2026-01-31", "01-04<01-01 01-16"),
    ("1日、16日", "previous", "2026-01-01", "2026-01-31", "12-31<01-01 01-16"),
    ("周二、周四", "next", "2026-02-10", "2026-02-28", "02-10 02-12 02-24 02-25<02-17 02-26 02-27<02-19"),
    ("周二、周四", "previous", "2026-02-10", "2026-02-28", "02-10 02-12 02-13<02-19 02-14<02-17 02-24 02-26"),
    ("周五", "skip", "2026-09-18", "2026-10-16", "09-18 10-09 10-16"),
    ("周五", "next", "2026-09-18", "2026-10-16", "09-18 09-28<09-25 10-08<10-02 10-09 10-16"),
    ("每个工作日", "skip", "2026-02-12", "2026-03-02", "02-12 02-13 02-14 02-24 02-25 02-26 02-27 02-28 03-02"),
    ("农历逢三六九", "skip", "2026-02-10", "2026-03-05", "02-10 02-13 02-25 03-04"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "on_holiday", "first", "last", "expected"), YEARS)
def test_d1_d2_nine_years_by_hand(rule: str, on_holiday: str, first: str, last: str, expected: str) -> None:
    found = occurrences(RULES[rule], on_holiday, date.fromisoformat(first), date.fromisoformat(last), CALENDAR)
    said = [f"{o.date:%m-%d}" + (f"<{o.moved_from:%m-%d}" if o.moved_from else "") for o in found]
    assert said == expected.split()
    assert not any(o.provisional for o in found)


def test_the_table_is_as_large_as_asked() -> None:
    """Issue 3: at least 60 cases, every year, every policy, every kind of rule."""
    assert len(YEARS) >= 60
    assert {row[2][:4] for row in YEARS} == {str(year) for year in range(2018, 2027)}
    assert {row[1] for row in YEARS} == {policy.value for policy in OnHoliday}
    assert {row[0] for row in YEARS} == set(RULES)


@pytest.mark.parametrize("year", range(2018, 2027))
@pytest.mark.parametrize("rule", ["农历逢三六九", "农历初一、十五"])
def test_d1_lunar_rules_agree_with_a_second_library(rule: str, year: int) -> None:
    """sxtwl knows the lunar day of every solar day; the rule's days are exactly those it names."""
    wanted = set(parse(RULES[rule]).bymonthday)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    second = [d for d in days if d.year == year and sxtwl.fromSolar(d.year, d.month, d.day).getLunarDay() in wanted]
    found = occurrences(RULES[rule], "keep", date(year, 1, 1), date(year, 12, 31), CALENDAR)
    assert [o.date for o in found] == second


# -- properties

SOLAR = st.builds(
    lambda days: "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, sorted(days))),
    st.sets(st.integers(1, 31), min_size=1, max_size=6),
)
WEEKLY = st.builds(
    lambda days: "FREQ=WEEKLY;BYDAY=" + ",".join(sorted(days)),
    st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1),
)
NTH = st.builds(lambda n, day: f"FREQ=MONTHLY;BYDAY={n}{day}", st.sampled_from([1, 2, 3, 4, 5, -1]), st.sampled_from(
    ["MO", "WE", "FR", "SU"]))  # fmt: skip
LUNAR = st.builds(
    lambda days: "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, sorted(days))),
    st.sets(st.integers(1, 30), min_size=1, max_size=9),
)
ANCHORED = st.builds(lambda n, day: f"FREQ=WEEKLY;INTERVAL={n};BYDAY={day};DTSTART=20180103", st.integers(2, 5), st.sampled_from(
    ["WE", "SA", "MO,TH"]))  # fmt: skip
EVERY = st.one_of(SOLAR, WEEKLY, NTH, LUNAR, ANCHORED, st.just("WORKDAYS"))
POLICIES = st.sampled_from([policy.value for policy in OnHoliday])
STARTS = st.dates(date(2018, 1, 1), date(2027, 6, 1))


def leaves_room(rule: str) -> bool:
    """Does the rule leave working days to move to? One of five or more days a week need not."""
    return not rule.startswith("FREQ=WEEKLY;BYDAY=") or rule.count(",") < 4


@settings(deadline=None, max_examples=150)
@given(EVERY, POLICIES, STARTS, st.integers(0, 400))
def test_d2_every_session_works_none_lost_none_doubled(rule: str, policy: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    nominal = [day for day in nominal_days(rule, first - timedelta(days=60), last, CALENDAR) if day >= first]
    found = occurrences(rule, policy, first, last, CALENDAR)
    held = [o.date for o in found]
    own = sorted(o.moved_from or o.date for o in found)
    wanted = [day for day in nominal if policy != "skip" or not CALENDAR.is_rest(day)]
    assert policy == "keep" or not any(CALENDAR.is_rest(day) for day in held)
    assert len(set(held)) == len(held)
    assert own == wanted


@settings(deadline=None, max_examples=120)
@given(EVERY, st.sampled_from(["next", "previous"]), STARTS, st.integers(0, 400))
def test_d2_a_moved_day_never_meets_another_day_of_its_rule(rule: str, policy: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    assume(leaves_room(rule))
    moved = {o.date for o in occurrences(rule, policy, first, last, CALENDAR) if o.moved_from}
    around = nominal_days(rule, date(first.year - 1, 12, 1), date(last.year + 1, 1, 31), CALENDAR)
    assert not moved & set(around)


@settings(deadline=None, max_examples=80)
@given(EVERY, POLICIES, st.integers(2018, 2027), st.lists(st.integers(2, 12), unique=True, max_size=11))
def test_d3_a_year_is_its_pieces_joined_however_it_is_cut(rule: str, policy: str, year: int, cuts: list[int]) -> None:
    """Stable under regeneration: any months made together or apart give the same days."""
    starts = [date(year, month, 1) for month in sorted({1, *cuts})]
    ends = [*(day - timedelta(days=1) for day in starts[1:]), date(year, 12, 31)]
    pieces = [o for a, b in zip(starts, ends, strict=True) for o in occurrences(rule, policy, a, b, CALENDAR)]
    whole = occurrences(rule, policy, date(year, 1, 1), date(year, 12, 31), CALENDAR)
    assert sorted(pieces, key=lambda o: (o.date, o.moved_from or o.date)) == whole
    assert occurrences(rule, policy, date(year, 1, 1), date(year, 12, 31), CALENDAR) == whole


# -- two places in turn


@pytest.mark.parametrize(
    ("index", "places", "expected"),
    [(0, ("甲", "乙"), "甲"), (1, ("甲", "乙"), "乙"), (2, ("甲", "乙"), "甲"), (5, ("甲",), "甲"), (3, (), None)],
)
def test_d1_place_of_a_day(index: int, places: tuple[str, ...], expected: str | None) -> None:
    assert place_of(index, places) == expected


def test_d1_every_second_wednesday_at_two_places() -> None:
    """隔周周三、两地轮流 2026: the holiday of 18 February uses up its place, so that no later day changes."""
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
    turns = places_in_turn(rule, ("镇政府", "河东村"), date(2026, 1, 7), date(2026, 3, 31), CALENDAR)
    assert {f"{day:%m-%d}": place for day, place in turns.items()} == {
        "01-07": "镇政府", "01-21": "河东村", "02-04": "镇政府", "02-18": "河东村", "03-04": "镇政府", "03-18": "河东村",
    }  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(EVERY, st.dates(date(2020, 1, 1), date(2025, 12, 31)), st.integers(1, 400), st.integers(1, 400))
def test_d1_places_do_not_depend_on_how_far_one_looks(rule: str, since: date, near: int, further: int) -> None:
    short = places_in_turn(rule, ("甲", "乙"), since, since + timedelta(days=near), CALENDAR)
    long = places_in_turn(rule, ("甲", "乙"), since, since + timedelta(days=near + further), CALENDAR)
    assert short == {day: place for day, place in long.items() if day in short}
    assert all(a != b for a, b in zip(list(short.values()), list(short.values())[1:], strict=False))


def test_every_ready_rule_is_in_the_table_of_the_issue() -> None:
    """D1: what offices really use can be chosen with one click, 第一周周一 included."""
    texts = {ready.text for ready in READY_RULES}
    assert {RULES["周二、周四"], RULES["1日、16日"], RULES["最后一个周三"], RULES["第三个周四"], RULES["农历逢三六九"],
            RULES["农历初一、十五"], RULES["每个工作日"], RULES["第一周周一"]} <= texts  # fmt: skip
