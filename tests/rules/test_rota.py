"""Leaders in turn, minimums, swaps and double bookings (D3, D5, S3's seven posts)."""

from datetime import date, time

import pytest

from rules.calendar_days import Calendar, shipped_days
from rules.recurrence import occurrences
from rules.rota import Line, Sitting, check_swap, conflicts, shortfalls
from rules.words import RuleBroken

CALENDAR = Calendar(shipped_days([2018, 2026]), [2018, 2026])
POSTS = ["党组书记、局长", "副局长甲", "副局长乙", "副局长丙", "纪检组长", "工会主席", "副主任科员"]


def test_s3_seven_posts_go_round_in_order():
    year = occurrences("FREQ=MONTHLY;BYMONTHDAY=1,16", "next", date(2018, 1, 1), date(2018, 12, 31), CALENDAR)
    line = Line(POSTS)
    leaders = [line.next(lambda _leader: "").leader for _day in year]
    assert leaders[:14] == POSTS * 2
    assert leaders[-1] == POSTS[2]


def test_d3_shortfalls():
    assert shortfalls({"甲": 2, "乙": 2, "丙": 1}, {"甲": 2, "乙": 1, "丙": 3, "丁": 1}) == {"丙": 2, "丁": 1}


A, B = Sitting(date(2026, 12, 16), "何勇"), Sitting(date(2026, 12, 23), "孙丽")


@pytest.mark.parametrize(
    ("today", "days_ahead", "reason"),
    [("2026-12-14", 2, ""), ("2026-12-15", 2, "县委会议"), ("2026-12-16", 0, ""), ("2026-11-21", 5, "")],
)
def test_d5_a_swap_in_time_or_with_a_reason(today, days_ahead, reason):
    assert check_swap(A, B, date.fromisoformat(today), days_ahead, reason) is None


@pytest.mark.parametrize(
    ("a", "b", "today", "reason", "field", "sentence"),
    [
        (A, Sitting(date(2026, 12, 30), "何勇"), "2026-12-01", "会议", "other", "不能和自己调换"),
        (A, B, "2026-12-17", "会议", "date", "2026-12-16 的接访已经过去"),
        (B, A, "2026-12-17", "会议", "date", "2026-12-16 的接访已经过去"),
        (A, B, "2026-12-15", "", "reason", "距今不足 2 天，须写明"),
        (B, A, "2026-12-15", "  ", "reason", "距今不足 2 天，须写明"),
    ],
)
def test_d5_a_swap_refused(a, b, today, reason, field, sentence):
    with pytest.raises(RuleBroken, match=sentence) as no:
        check_swap(a, b, date.fromisoformat(today), 2, reason)
    assert no.value.field == field


def at(day, leader, starts, ends, place=""):
    return Sitting(date(2026, 12, day), leader, time.fromisoformat(starts), time.fromisoformat(ends), place)


def test_d5_one_leader_in_two_places():
    held = [
        at(16, "李建国", "10:00", "12:00", "东河村"),
        at(16, "李建国", "09:00", "11:30", "接待室"),
        at(16, "李建国", "14:00", "17:00", "接待室"),
        at(16, "周晓燕", "09:00", "11:30", "接待室"),
        at(17, "李建国", "09:00", "11:30", "接待室"),
    ]
    assert conflicts(held) == [
        "2026-12-16 李建国 同时有两场接访：09:00–11:30 接待室 与 10:00–12:00 东河村，请调换其中一场。"
    ]


@pytest.mark.parametrize(
    ("first", "second", "hours"),
    [
        (Sitting(date(2026, 12, 16), "甲"), at(16, "甲", "09:00", "11:00"), "全天 与 09:00–11:00"),
        (Sitting(date(2026, 12, 16), "甲", time(8)), at(16, "甲", "09:00", "11:00"), "08:00 起 与 09:00–11:00"),
        (
            Sitting(date(2026, 12, 16), "甲", None, time(10)),
            at(16, "甲", "09:00", "11:00"),
            "00:00–10:00 与 09:00–11:00",
        ),
    ],
)
def test_open_hours_are_the_whole_day(first, second, hours):
    assert conflicts([second, first])[0].split("：", 1)[1].startswith(hours)


def test_one_after_the_other_is_no_conflict():
    assert conflicts([at(16, "甲", "09:00", "10:00"), at(16, "甲", "10:00", "11:00")]) == []
