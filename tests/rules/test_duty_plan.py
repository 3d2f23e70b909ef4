"""Duty in turn, pure: who comes next when somebody is away, and what stays as it was (D9)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar_days import Calendar, shipped_days
from rules.duty_plan import Crew, Duty, Slot, plan
from rules.recurrence import occurrences

CALENDAR = Calendar(shipped_days([2026]), [2026])
LEADERS = ["甲", "乙", "丙"]


def slots(count: int, first: date = date(2026, 11, 2)) -> list[Slot[str]]:
    return [Slot(first + timedelta(days=n)) for n in range(count)]


def away(**days: str) -> Callable[[str, date], str]:
    """Who is away on which days of November: 甲="3 4"."""
    return lambda leader, day: "请假" if str(day.day) in days.get(leader, "").split() else ""


def names(found: list[Duty[str]]) -> str:
    return "".join(duty.turn.leader or "—" for duty in found)


@pytest.mark.parametrize(
    ("what", "absent", "expected"),
    [
        ("nobody is away", {}, "甲乙丙甲乙丙"),
        ("who is away comes next", {"乙": "3"}, "甲丙乙甲丙乙"),
        ("a week's leave costs one turn", {"甲": "2 3 4 5 6"}, "乙丙乙丙乙甲"),
        ("all away: a gap that is seen", {"甲": "4", "乙": "4", "丙": "4"}, "甲乙—丙甲乙"),
        ("always away", {"丙": "2 3 4 5 6 7"}, "甲乙甲乙甲乙"),
    ],
)
def test_who_is_away_keeps_his_place(what: str, absent: dict[str, str], expected: str) -> None:
    assert names(list(plan(slots(6), Crew(LEADERS), away(**absent)))) == expected, what


def test_staff_take_their_own_turns_and_a_name_twice_counts_once() -> None:
    found = list(plan(slots(5), Crew(LEADERS, ["王敏", "李娜", "王敏"], past_staff=["王敏"]), away()))
    assert [duty.staff for duty in found] == ["李娜", "王敏", "李娜", "王敏", "李娜"]


def test_without_staff_the_day_has_a_leader_only() -> None:
    assert [duty.staff for duty in plan(slots(2), Crew(LEADERS), away())] == [None, None]


def test_what_was_passed_over_is_told() -> None:
    first = next(plan(slots(1), Crew(LEADERS), away(甲="2")))
    assert (first.turn.leader, first.turn.passed) == ("乙", (("甲", "请假"),))


def test_a_day_that_stays_uses_up_its_own_turn() -> None:
    """Made again after somebody changed the second day, the others stay as they were."""
    kept = [Slot(date(2026, 11, 3), stays=True, leader="乙", staff="李娜")]
    days = slots(6)
    days[1:2] = kept
    found = list(plan(days, Crew(LEADERS, ["王敏", "李娜"]), away()))
    assert names(found) == "甲丙甲乙丙"
    assert [duty.staff for duty in found] == ["王敏", "王敏", "李娜", "王敏", "李娜"]


@given(cut=st.integers(1, 248), seed=st.integers(0, 2**32), count=st.integers(1, 9))
def test_a_year_is_the_same_in_one_piece_or_two(cut: int, seed: int, count: int) -> None:
    """Every working day once; the turn goes on from what was made before, whoever was away."""
    crew = [f"领导{n}" for n in range(count)]
    held = occurrences("WORKDAYS", "skip", date(2026, 1, 1), date(2026, 12, 31), CALENDAR)
    days: list[Slot[str]] = [Slot(day.date) for day in held]

    def why_not(leader: str, day: date) -> str:
        return "请假" if (day.toordinal() * 31 + crew.index(leader) * 17 + seed) % 7 == 0 else ""

    whole = list(plan(days, Crew(crew), why_not))
    first = list(plan(days[:cut], Crew(crew), why_not))
    past = [duty.turn.leader for duty in first if duty.turn.leader is not None]
    if len(set(past)) == count:
        assert first + list(plan(days[cut:], Crew(crew, past_leaders=past), why_not)) == whole
    assert [duty.date for duty in whole] == [day.date for day in days]
    assert not any(CALENDAR.is_rest(duty.date) for duty in whole)
    assert all(duty.turn.leader is None or not why_not(duty.turn.leader, duty.date) for duty in whole)
