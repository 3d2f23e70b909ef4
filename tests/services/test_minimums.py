"""Minimums per rank and level, and who is short of them in a roster's period (D3, E1)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.minimums import READY, S0, applies, spans_of
from rules.reception_words import Counted, Every, LeaderVisitState
from rules.roster_period import span
from rules.words import Rank, RuleBroken, UnitKind
from services import minimums, receptions

SAID: dict[str, Any] = {
    "counted": Counted.SESSIONS, "rank": None, "level": None, "count": 1, "every": Every.MONTH, "source": S0, "is_active": True,
}  # fmt: skip


def saved(office: Any, **more: Any) -> m.Minimum:
    return minimums.save(office.session, office.actor("clerk"), m.Minimum(), SAID | more)


def hold(office: Any, leader: str, *days: str) -> None:
    for day in days:
        said = {
            "held_on": date.fromisoformat(day),
            "starts": "09:00",
            "ends": "10:00",
            "leader_id": office.leader(leader).id,
        }
        receptions.add(office.session, office.actor("clerk"), said)


def standing(office: Any, leader: str, key: str) -> list[tuple[int, int, int]]:
    """(planned, required, short) of a leader's minimums."""
    return [
        (one.planned, one.required, one.short)
        for one in minimums.standings(office.session, span(key))
        if one.leader is office.leader(leader)
    ]


def test_d3_the_sources_minimums_are_ready() -> None:
    """S0: leaders one working day a week, a village head twice, a committee member one duty, 90 days down; S3: once a month."""
    found = {
        (one.counted.value, one.rank and one.rank.value, one.level and one.level.value): (one.count, one.every.value)
        for one in READY
    }
    assert found[("sessions", "main", "government")] == (1, "week")
    assert found[("sessions", "other", "government")] == (1, "week")
    assert found[("sessions", "main", "village")] == (2, "week")
    assert found[("duty", "other", "village")] == (1, "week")
    assert found[("visit_days", "main", "government")] == (90, "year")
    assert (Counted.VISITS, 1, Every.MONTH) in {(one.counted, one.count, one.every) for one in READY}


@pytest.mark.parametrize(
    ("every", "key", "count", "first", "last"),
    [
        (Every.WEEK, "2026-12", 5, "2026-11-30", "2027-01-03"),
        (Every.WEEK, "2026-11", 4, "2026-11-02", "2026-11-29"),
        (Every.WEEK, "2026", 53, "2025-12-29", "2027-01-03"),
        (Every.MONTH, "2026-02", 1, "2026-02-01", "2026-02-28"),
        (Every.MONTH, "2026-H2", 6, "2026-07-01", "2026-12-31"),
        (Every.QUARTER, "2026-11", 1, "2026-10-01", "2026-12-31"),
        (Every.QUARTER, "2026", 4, "2026-01-01", "2026-12-31"),
        (Every.YEAR, "2026-11", 1, "2026-01-01", "2026-12-31"),
        (Every.YEAR, "2026-H1", 1, "2026-01-01", "2026-12-31"),
    ],
)
def test_d3_a_minimum_is_counted_by_its_own_spans(every: Every, key: str, count: int, first: str, last: str) -> None:
    """A week belongs to the month of its Thursday, so that months together count every week once."""
    spans = spans_of(every, span(key))
    assert (len(spans), spans[0][0].isoformat(), spans[-1][1].isoformat()) == (count, first, last)


def test_weeks_of_twelve_months_are_the_weeks_of_the_year() -> None:
    months = [week for month in range(1, 13) for week in spans_of(Every.WEEK, span(f"2026-{month:02d}"))]
    assert months == spans_of(Every.WEEK, span("2026"))


@pytest.mark.parametrize(
    ("rank", "level", "of", "is_his"),
    [
        (None, None, (Rank.OTHER, UnitKind.VILLAGE), True),
        (Rank.MAIN, None, (Rank.OTHER, UnitKind.GOVERNMENT), False),
        (Rank.MAIN, UnitKind.VILLAGE, (Rank.MAIN, UnitKind.GOVERNMENT), False),
        (Rank.MAIN, UnitKind.VILLAGE, (Rank.MAIN, UnitKind.VILLAGE), True),
    ],
)
def test_d3_a_minimum_belongs_to_a_rank_and_level(
    rank: Any, level: Any, of: tuple[Rank, UnitKind], is_his: bool
) -> None:
    assert applies(rank, level, *of) is is_his


@pytest.mark.db
def test_d3_shortfalls_of_sessions(office: Any) -> None:
    """Twice in one week does not make up for a week without; a session called off does not count."""
    saved(office, every=Every.WEEK)
    hold(office, "a", "2026-12-01", "2026-12-03", "2026-12-09", "2026-12-16")
    off = receptions.between(office.session, date(2026, 12, 16), date(2026, 12, 16))[0]
    receptions.cancel(office.session, office.actor("clerk"), off, "县里开会")
    assert standing(office, "a", "2026-12") == [(3, 5, 3)]
    (one,) = [x for x in minimums.standings(office.session, span("2026-12")) if x.leader is office.leader("a")]
    assert [first.day for first, _last in one.lacking] == [14, 21, 28]


def test_e1_days_and_visits_down_and_duty(office: Any) -> None:
    """Days shared by two visits count once; a cancelled visit does not count; a duty day is a day."""
    for counted, every in (
        (Counted.VISIT_DAYS, Every.YEAR),
        (Counted.VISITS, Every.MONTH),
        (Counted.DUTY, Every.QUARTER),
    ):
        saved(office, counted=counted, every=every, count=5, rank=Rank.OTHER)
    for first, last, state in ((1, 3, "planned"), (3, 4, "planned"), (10, 20, "cancelled")):
        office.session.add(
            m.Visit(leader=office.leader("a"), area="河东村", purpose="走访", state=LeaderVisitState(state),
                    state_reason="雨天", from_on=date(2026, 12, first), to_on=date(2026, 12, last))
        )  # fmt: skip
    office.session.add(m.DutyDay(leader=office.leader("a"), held_on=date(2026, 10, 8), is_by_hand=True))
    office.session.flush()
    assert standing(office, "a", "2026-12") == [(4, 5, 1), (2, 5, 3), (1, 5, 4)]
    assert standing(office, "mayor", "2026-12") == []


def test_d3_nobody_owes_weeks_before_or_after_his_term(office: Any) -> None:
    saved(office, every=Every.WEEK)
    office.leader("b").in_office_from = date(2026, 12, 14)
    assert standing(office, "b", "2026-12") == [(0, 3, 3)]


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"count": 0}, "count", "1 到 366"),
        ({"count": None}, "count", "1 到 366"),
        ({"count": 400}, "count", "1 到 366"),
        ({}, "counted", "已有这一项要求"),
    ],
)
def test_a_minimum_that_makes_no_sense_is_refused(office: Any, more: dict[str, Any], field: str, sentence: str) -> None:
    first = saved(office)
    with pytest.raises(RuleBroken, match=sentence) as no:
        saved(office, **more)
    assert no.value.field == field
    assert office.session.query(m.Minimum).all() == [first]
    assert minimums.save(office.session, office.actor("clerk"), first, SAID | {"count": 2}).count == 2


def test_the_database_refuses_a_minimum_of_nothing(office: Any) -> None:
    office.session.add(m.Minimum(count=0))
    with pytest.raises(sa.exc.IntegrityError, match="ck_minimum_count"):
        office.session.flush()


def test_a_minimum_out_of_use_is_not_counted(office: Any) -> None:
    saved(office, is_active=False)
    assert minimums.standings(office.session, span("2026-12")) == []
