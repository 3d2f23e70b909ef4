"""Leaders waiting in line for their turn: even, passed over and next, stable however often it is made (D3)."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rota import Line
from services.bookings import Booking, Bookings

DAY = date(2026, 12, 1)


def free(_leader: object) -> str:
    return ""


def away(*names: str):
    return lambda leader: "请假" if leader in names else ""


@pytest.mark.parametrize(
    ("leaders", "past", "following"),
    [
        ("甲乙丙丁", "", "甲乙丙丁甲"),
        ("甲乙丙丁", "甲乙", "丙丁甲乙丙"),
        ("甲乙丙丁", "丙丁甲乙丙丁", "甲乙丙丁甲"),
        ("新甲乙丙", "甲乙", "丙新甲乙丙"),
        ("甲新乙丙", "乙丙甲乙丙甲", "新乙丙甲新"),
        ("甲乙丙", "甲走乙走", "丙甲乙丙甲"),
        ("甲", "甲甲", "甲甲甲甲甲"),
    ],
)
def test_d3_the_order_goes_on_from_the_last_session(leaders: str, past: str, following: str) -> None:
    """A newcomer stands at his place in the order; who has left is forgotten."""
    line = Line(list(leaders), list(past))
    assert "".join(line.next(free).leader for _ in following) == following


def test_d3_who_is_away_is_passed_over_and_comes_next() -> None:
    line = Line(list("甲乙丙"))
    first = line.next(away("甲"))
    assert (first.leader, first.passed) == ("乙", (("甲", "请假"),))
    assert [line.next(free).leader for _ in range(4)] == ["甲", "丙", "乙", "甲"]


def test_d3_a_day_nobody_can_take_uses_up_no_turn() -> None:
    line = Line(list("甲乙"))
    gap = line.next(away("甲", "乙"))
    assert (gap.leader, [who for who, _why in gap.passed]) == (None, ["甲", "乙"])
    assert line.next(free).leader == "甲"


def test_d3_a_turn_already_given_is_used_up() -> None:
    line = Line(list("甲乙丙"))
    line.had("甲")
    line.had("不在名单")
    assert line.next(free).leader == "乙"


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 30), st.integers(0, 260), st.lists(st.integers(0, 29), max_size=90))
def test_d3_counts_differ_by_one_at_most_when_nobody_is_away(people: int, days: int, past: list[int]) -> None:
    leaders = list(range(people))
    line = Line(leaders, past)
    counted = Counter(line.next(free).leader for _ in range(days))
    full = [counted[leader] for leader in leaders]
    assert sum(full) == days
    assert max(full) - min(full) <= 1


AWAY = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(0, 6)), max_size=12)
"""Leave: leader, first day, length."""


def taken(leave: list[tuple[int, int, int]]) -> Bookings:
    bookings = Bookings()
    for leader, first, length in leave:
        for n in range(first, first + length + 1):
            bookings.add(leader + 1, DAY + timedelta(days=n), Booking("请假", ""))
    return bookings


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 6), AWAY, st.lists(st.sampled_from(["09:00", "10:00", "14:00"]), max_size=60))
def test_d3_nobody_sits_twice_at_once_or_while_away(people: int, leave: list[tuple[int, int, int]], hours: list[str]):
    """Three sessions a day at most, overlapping or not, at two places: nobody has two at once, nobody is on leave."""
    bookings, line, held = taken(leave), Line(list(range(1, people + 1))), []
    for n, starts in enumerate(hours):
        day, ends = DAY + timedelta(days=n // 3), f"{int(starts[:2]) + 2}:00"
        turn = line.next(lambda who, day=day, starts=starts, ends=ends: bookings.why_not(who, day, starts, ends))
        if turn.leader is not None:
            assert not list(bookings.found(turn.leader, day, starts, ends))
            bookings.add(turn.leader, day, Booking("接访", "", starts, ends))
            held.append((day, turn.leader, starts, ends))
        else:
            assert len(turn.passed) == people
    for day, who, starts, ends in held:
        at_once = [x for x in held if x[:2] == (day, who) and max(x[2], starts) < min(x[3], ends)]
        assert len(at_once) == 1
        assert not any(
            leader + 1 == who and first <= (day - DAY).days <= first + length for leader, first, length in leave
        )


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 8), AWAY, st.integers(0, 40))
def test_d3_making_the_rest_again_gives_the_same(people: int, leave: list[tuple[int, int, int]], at: int) -> None:
    """Once everybody has had a turn, a roster made in two pieces is the one made at once."""
    bookings = taken(leave)

    def going_on(line: Line[int], days: range) -> list[int]:
        found = []
        for n in days:
            day = DAY + timedelta(days=n)
            turn = line.next(lambda who, day=day: bookings.why_not(who, day, "09:00", "11:00"))
            found.append(turn.leader)
        return found

    leaders = list(range(1, people + 1))
    whole = going_on(Line(leaders, leaders), range(60))
    before = [who for who in whole[:at] if who is not None]
    assert going_on(Line(leaders, leaders + before), range(at, 60)) == whole[at:]


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 8), AWAY)
def test_d3_the_longest_waiting_who_can_come_has_the_day(people: int, leave: list[tuple[int, int, int]]) -> None:
    bookings, line = taken(leave), Line(list(range(1, people + 1)))
    last_turn = dict.fromkeys(range(1, people + 1), -1)
    for n in range(40):
        day = DAY + timedelta(days=n)
        here = [who for who in last_turn if not bookings.why_not(who, day, "09:00", "11:00")]
        turn = line.next(lambda who, day=day: bookings.why_not(who, day, "09:00", "11:00"))
        if turn.leader is None:
            assert here == []
        else:
            assert last_turn[turn.leader] == min(last_turn[who] for who in here)
            last_turn[turn.leader] = n
