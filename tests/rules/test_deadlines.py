"""Deadlines, their derivation and lights (B1, B3, B4; rules-of-the-office §2 "Counting days")."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar_days import Calendar, shipped_days, shipped_years
from rules.deadlines import LIGHTS, compute, days_text, light
from rules.terms import TERMS, UNITS, Term, term_on
from rules.words import RuleBroken

CALENDAR = Calendar(shipped_days(shipped_years()), shipped_years())


@pytest.mark.parametrize(
    ("start", "days", "unit", "extended", "due", "breach"),
    [
        ("2024-05-26", 15, "natural", 0, "2024-06-10", "2024-06-11"),
        ("2024-03-01", 60, "natural", 0, "2024-04-30", "2024-04-30"),
        ("2024-03-01", 60, "natural", 30, "2024-05-30", "2024-05-30"),
        ("2024-04-30", 5, "working", 0, "2024-05-10", "2024-05-10"),
        ("2026-11-06", 15, "natural", 0, "2026-11-21", "2026-11-23"),  # the sketch of the matter's page
        ("2024-03-02", 60, "natural", 30, "2024-05-31", "2024-05-31"),  # counted from 05-01, not from 05-06
        ("2026-12-17", 15, "natural", 0, "2027-01-01", "2027-01-04"),
        ("2026-11-20", 3, "working", 2, "2026-11-27", "2026-11-27"),
    ],
)
def test_worked_dates(start, days, unit, extended, due, breach):
    found = compute(date.fromisoformat(start), days, unit, CALENDAR, extended=extended)
    assert (str(found.due), str(found.breach)) == (due, breach)
    assert found.provisional == (found.breach.year == 2027)


def test_rolling_is_a_switch():
    found = compute(date(2024, 5, 26), 15, "natural", CALENDAR, roll=False)
    assert found.due == found.breach == date(2024, 6, 10)


def test_derivation_reads_like_the_matters_page():
    found = compute(
        date(2026, 11, 6), 15, "natural", CALENDAR, source="《信访工作条例》第二十三条", start_word="单位收到"
    )
    assert found.sentence == (
        "单位收到 2026-11-06；次日起算 15 个自然日；末日 2026-11-21（星期六）；2026-11-21（星期六）为周末，顺延；"
        "2026-11-22（星期日）为周末，顺延；顺延到 2026-11-23（星期一），过此为超期。"
    )
    assert found.basis == "《信访工作条例》第二十三条、《民法典》第二百零一条、《民法典》第二百零三条"


def test_each_rest_day_passed_over_is_told():
    working = compute(date(2024, 4, 30), 5, "working", CALENDAR)
    skipped = [str(step.date) for step in working.why if step.step == "休息日"]
    assert skipped == ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "2024-05-05"]
    assert "2024-05-02（星期四）为劳动节调休，不计入" in working.sentence


def test_an_extension_names_the_day_it_counts_from():
    found = compute(date(2024, 3, 2), 60, "natural", CALENDAR, extended=30)
    assert "自未顺延的末日 2024-05-01 起延长 30 个自然日，至 2024-05-31（星期五）" in found.sentence


def test_a_date_reaching_into_an_unpublished_year_says_so():
    found = compute(date(2026, 12, 25), 5, "working", CALENDAR)
    assert found.provisional
    assert found.why[-1].rule == "2027 年放假安排尚未公布，以上日期为推定"


def test_json_contract_of_due():
    found = json.loads(json.dumps(compute(date(2024, 5, 26), 15, "natural", CALENDAR).as_json()))
    assert {key: found[key] for key in ("due", "breach", "provisional")} == {
        "due": "2024-06-10",
        "breach": "2024-06-11",
        "provisional": False,
    }
    assert [step["step"] for step in found["why"]] == ["起算", "次日起算", "届满", "休息日", "截止"]
    assert found["why"][3] == {
        "step": "休息日",
        "date": "2024-06-10",
        "rule": "2024-06-10（星期一）为端午节，顺延",
        "source": "《民法典》第二百零三条",
    }


@pytest.mark.parametrize(
    ("days", "unit", "extended", "start", "field"),
    [
        (15, "weeks", 0, "2024-01-01", "unit"),
        (0, "natural", 0, "2024-01-01", "days"),
        (-1, "working", 0, "2024-01-01", "days"),
        (3651, "natural", 0, "2024-01-01", "days"),
        (15, "natural", -1, "2024-01-01", "extended"),
        (15, "natural", 3651, "2024-01-01", "extended"),
        (15, "natural", 0, "1900-01-01", "start"),
        (15, "natural", 0, "9999-12-31", "start"),
    ],
)
def test_wrong_use_is_refused_by_field(days, unit, extended, start, field):
    with pytest.raises(RuleBroken) as no:
        compute(date.fromisoformat(start), days, unit, CALENDAR, extended=extended)
    assert no.value.field == field


@settings(deadline=None, max_examples=80)
@given(st.dates(date(2005, 1, 1), date(2028, 12, 31)), st.integers(1, 120), st.sampled_from(sorted(UNITS)))
def test_breach_is_the_first_working_day_from_due(start, days, unit):
    found = compute(start, days, unit, CALENDAR)
    passed = [found.due + timedelta(days=n) for n in range((found.breach - found.due).days)]
    assert not CALENDAR.is_rest(found.breach)
    assert all(CALENDAR.is_rest(day) for day in passed)
    if unit == "natural":
        assert (found.due - start).days == days
    else:
        assert found.due == found.breach


@pytest.mark.parametrize(
    ("today", "key", "text"),
    [
        ("2026-11-13", "normal", "还有 8 天"),
        ("2026-11-14", "soon", "还有 7 天"),
        ("2026-11-17", "soon", "还有 4 天"),
        ("2026-11-20", "soon", "还有 1 天"),
        ("2026-11-21", "today", "今日到期"),
        ("2026-11-22", "rolling", "顺延至 11-23"),
        ("2026-11-23", "rolling", "顺延至 11-23"),
        ("2026-11-24", "late", "超期 1 天"),
        ("2026-12-05", "late", "超期 12 天"),
    ],
)
def test_lights_and_their_words(today, key, text):
    due, breach, today = date(2026, 11, 21), date(2026, 11, 23), date.fromisoformat(today)
    assert light(due, breach, today) == key
    assert days_text(due, breach, today) == text


def test_the_days_before_soon_are_a_setting():
    assert light(date(2026, 11, 21), date(2026, 11, 21), date(2026, 11, 17), soon_days=3) == "normal"


def test_the_lights_words():
    assert list(LIGHTS.values()) == ["正常", "即将到期", "今日到期", "顺延中", "已超期"]


TERM_TABLE = {
    "office_route": (15, "natural", "第二十二条"),
    "unit_accept": (15, "natural", "第二十三条"),
    "object": (5, "working", "第二十三条"),
    "handle": (60, "natural", "第三十四条"),
    "extend": (30, "natural", "第三十四条"),
    "review_request": (30, "natural", "第三十五条"),
    "review": (30, "natural", "第三十五条"),
    "recheck_request": (30, "natural", "第三十六条"),
    "recheck": (30, "natural", "第三十六条"),
    "simple_decide": (3, "working", "简易办理办法"),
    "simple_answer": (10, "working", "简易办理办法"),
    "first_reply": (3, "working", "工作目标"),
    "other_handle": (60, "natural", "工作目标"),
    "referral": (15, "natural", "工作目标"),
    "serve": (5, "working", "工作目标"),
    "close": (15, "natural", "工作目标"),
}


def test_the_shipped_terms_are_those_of_the_law():
    assert {term.key for term in TERMS} == set(TERM_TABLE)
    for term in TERMS:
        days, unit, source = TERM_TABLE[term.key]
        assert (term.days, term.unit) == (days, unit)
        assert source in term.source
        assert term.label


def test_term_on_takes_the_row_valid_that_day():
    old = Term("handle", "办理答复", 45, "natural", True, "旧规定", date(2022, 5, 1), date(2024, 12, 31))
    new = Term("handle", "办理答复", 60, "natural", True, "新规定", date(2025, 1, 1))
    assert term_on([old, new], "handle", date(2024, 12, 31)) is old
    assert term_on([old, new], "handle", date(2025, 1, 1)) is new


def test_of_two_valid_rows_the_later_one_counts():
    """A row read from a database works like a shipped one; open ends are None."""

    @dataclass
    class Row:
        key: str
        valid_from: date | None
        valid_to: date | None

    always, later = Row("object", None, None), Row("object", date(2026, 1, 1), None)
    assert term_on([later, always], "object", date(2026, 6, 1)) is later
    assert term_on([later, always], "object", date(2025, 6, 1)) is always


@pytest.mark.parametrize(("key", "day"), [("handle", date(2022, 4, 30)), ("nothing", date(2026, 1, 1))])
def test_no_valid_term_is_said_in_words(key, day):
    with pytest.raises(RuleBroken, match="没有有效的规定") as no:
        term_on(TERMS, key, day)
    assert no.value.field == "term"
