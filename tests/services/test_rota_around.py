"""Rosters around leave, visits, duty days and other sessions; ranks, places, past days, what is kept (D1, D2, D3)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import AbsenceKind, LeaderVisitState, RuleUse
from rules.roster_period import period, span
from rules.rota import conflicts
from rules.words import OnHoliday, Rank, RuleBroken
from services import absences, receptions, rosters
from tests.fixtures import reception

WEEKLY = {"name": "每周三", "rrule": "FREQ=WEEKLY;BYDAY=WE"}
WEDNESDAYS = [date(2026, 12, day) for day in (2, 9, 16, 23, 30)]


def names(rows: list[m.ReceptionSession]) -> str:
    """The leaders' surnames in order; ○ for a gap."""
    return "".join(row.leader.name[0] if row.leader else "○" for row in rows)


def leave(office: Any, leader: str, first: int, last: int) -> m.Absence:
    """A leader's leave in December 2026."""
    said = {
        "leader_id": office.leader(leader).id, "kind": AbsenceKind.LEAVE,
        "from_on": date(2026, 12, first), "to_on": date(2026, 12, last),
    }  # fmt: skip
    return absences.save(office.session, office.actor("clerk"), m.Absence(), said)


def on_duty(office: Any, leader: str, day: int, starts: str = "08:00", ends: str = "16:00") -> None:
    office.session.add(
        m.DutyDay(leader=office.leader(leader), held_on=date(2026, 12, day), starts=starts, ends=ends, is_by_hand=True)
    )


def down(office: Any, leader: str, first: int, last: int, state: LeaderVisitState) -> None:
    days = {"from_on": date(2026, 12, first), "to_on": date(2026, 12, last)}
    office.session.add(
        m.Visit(
            leader=office.leader(leader), area="河东村", purpose="走访", state=state, state_reason="县里开会", **days
        )
    )


def made(office: Any, key: str = "2026-12") -> rosters.Made:
    return rosters.generate(office.session, office.actor("clerk"), span(key))


def test_d3_who_is_on_leave_is_passed_over_and_comes_next(office: Any) -> None:
    """陈 林 赵 孙 is the order; 林 is away on the 9th and comes on the 16th."""
    reception.rule(office, **WEEKLY)
    leave(office, "in_charge", 7, 11)
    said = made(office)
    assert names(reception.sessions(office, *WEDNESDAYS[::4])) == "陈赵林孙陈"
    assert dict(said.passed) == {("林海", "请假"): 1}


@pytest.mark.parametrize(
    ("what", "order", "why"),
    [
        (lambda o: on_duty(o, "in_charge", 9), "陈赵林孙陈", "值班"),
        (lambda o: on_duty(o, "in_charge", 9, "13:00", "16:00"), "陈林赵孙陈", None),
        (lambda o: down(o, "in_charge", 8, 10, LeaderVisitState.PLANNED), "陈赵林孙陈", "下访"),
        (lambda o: down(o, "in_charge", 8, 10, LeaderVisitState.CANCELLED), "陈林赵孙陈", None),
        (lambda o: down(o, "in_charge", 10, 15, LeaderVisitState.PLANNED), "陈林赵孙陈", None),
    ],
)
def test_d3_other_duties_are_respected(office: Any, what: Any, order: str, why: str | None) -> None:
    reception.rule(office, **WEEKLY)
    what(office)
    office.session.flush()
    said = made(office)
    assert names(reception.sessions(office, *WEDNESDAYS[::4])) == order
    assert [word for _who, word in said.passed] == ([why] if why else [])


@pytest.mark.db
def test_d3_nobody_sits_in_two_places_at_once(office: Any) -> None:
    """Two rules on the same days at overlapping hours, and a session by hand: each leader once a day."""
    reception.rule(office, **WEEKLY)
    reception.rule(
        office, name="每周三村里", rrule="FREQ=WEEKLY;BYDAY=WE", starts="10:00", ends="12:00", place="河东村"
    )
    by_hand = {"held_on": date(2026, 12, 2), "starts": "11:00", "ends": "12:00", "leader_id": office.leader("mayor").id}
    receptions.add(office.session, office.actor("clerk"), by_hand)
    made(office)
    rows = receptions.between(office.session, *WEDNESDAYS[::4])
    assert len(rows) == 11
    assert conflicts(receptions.sittings(rows)) == []
    assert all(row.leader for row in rows)
    before = {row.uid: row.leader_id for row in rows}
    made(office)
    assert {row.uid: row.leader_id for row in receptions.between(office.session, *WEDNESDAYS[::4])} == before


def test_d3_a_day_nobody_can_take_is_a_gap_and_said(office: Any) -> None:
    reception.rule(office, **WEEKLY)
    for key in ("mayor", "in_charge", "a", "b"):
        leave(office, key, 9, 9)
    assert made(office).gaps == 1
    assert names(reception.sessions(office, *WEDNESDAYS[::4])) == "陈○林赵孙"


def test_d3_main_leaders_on_given_weekdays(office: Any) -> None:
    """A rule may belong to one rank; the others' turns are not touched."""
    reception.rule(office, name="每周一主要领导", rrule="FREQ=WEEKLY;BYDAY=MO", only_rank=Rank.MAIN)
    reception.rule(office, **WEEKLY, only_rank=Rank.OTHER)
    made(office)
    rows = reception.sessions(office, date(2026, 12, 1), date(2026, 12, 31))
    assert names([row for row in rows if row.held_on.weekday() == 0]) == "陈陈陈陈"
    assert names([row for row in rows if row.held_on.weekday() == 2]) == "林赵孙林赵"


def test_d3_a_rank_nobody_has_is_refused(office: Any) -> None:
    reception.rule(office, **WEEKLY, only_rank=Rank.MAIN)
    office.leader("mayor").rank = Rank.OTHER
    with pytest.raises(RuleBroken, match="“每周三”：没有在任的主要领导"):
        made(office)


def test_d1_two_places_take_turns(office: Any) -> None:
    """每第二周周三、两地轮流; a remade roster keeps the places."""
    said = {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "valid_from": date(2026, 12, 2), "other_place": "河东村"}
    reception.rule(office, **said)
    made(office, "2026-H2")
    made(office)
    rows = reception.sessions(office, date(2026, 12, 1), date(2026, 12, 31))
    assert [row.place for row in rows] == ["群众来访接待室", "河东村", "群众来访接待室"]


def test_d9_rules_for_duty_and_visits_make_no_sessions(office: Any) -> None:
    reception.rule(office)
    reception.rule(office, name="值班", rrule="WORKDAYS", use=RuleUse.DUTY)
    assert made(office).created == 2


@pytest.mark.parametrize(
    ("key", "created", "gone", "first"),
    [
        ("2026-12", 2, 0, "2026-12-01"),
        ("2026-11", 1, 3, "2026-11-27"),
        ("2026-H2", 3, 11, "2026-11-27"),
        ("2026", 3, 23, "2026-11-27"),
        ("2027-H1", 12, 0, "2027-01-04"),
    ],
)
def test_d3_only_days_from_today_on_are_made(office: Any, key: str, created: int, gone: int, first: str) -> None:
    """Today is 2026-11-21. The 1st, 16th of each month and 27 November."""
    reception.rule(office, rrule="FREQ=MONTHLY;BYMONTHDAY=1,16")
    november = {"rrule": "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=10,27"}
    if key != "2026-12" and "2026" in key:
        reception.rule(office, name="十一月", **november)
    said = made(office, key)
    rows = office.session.query(m.ReceptionSession).order_by(m.ReceptionSession.held_on).all()
    assert (said.created, said.gone, rows[0].held_on.isoformat()) == (created, gone, first)


@pytest.mark.parametrize(
    ("key", "rrule", "sentence"),
    [
        ("2026-10", "WORKDAYS", "2026年10月已经过去"),
        ("2025", "WORKDAYS", "2025年已经过去"),
        ("2026-H1", "WORKDAYS", "2026年上半年已经过去"),
        ("2027-02", "FREQ=MONTHLY;BYMONTHDAY=31", "2027年2月今天以后没有接待日"),
        ("2026-11", "FREQ=MONTHLY;BYMONTHDAY=20", "2026年11月今天以后没有接待日"),
    ],
)
def test_d3_a_period_past_or_without_a_day_is_refused(office: Any, key: str, rrule: str, sentence: str) -> None:
    reception.rule(office, rrule=rrule)
    with pytest.raises(RuleBroken, match=sentence) as no:
        made(office, key)
    assert no.value.field == "period"
    assert office.session.query(m.ReceptionSession).count() == 0


@pytest.mark.parametrize("key", ["2026-H3", "2026-h1", "H1", "1999-H1", "2026-H1\n", ""])
def test_a_period_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(RuleBroken, match="期间：应为"):
        span(key)


@pytest.mark.db
def test_d3_what_is_published_by_hand_or_past_stays_and_is_said(office: Any) -> None:
    """The rule moves to another hour: only the open session follows."""
    rows = reception.roster(office, rrule="FREQ=MONTHLY;BYMONTHDAY=1,8,16")
    reception.remake(office, "2027-01")
    reception.published(office)
    rows[0].rule.starts = "08:30"
    late = reception.sessions(office, date(2027, 1, 16), date(2027, 1, 16))[0]
    receptions.change(office.session, office.actor("clerk"), late, {"cadre": "李娜"})
    december, january = made(office), made(office, "2027-01")
    assert (dict(december.kept), december.updated) == ({"published": 3}, 0)
    assert (dict(january.kept), january.updated) == ({"by_hand": 1}, 2)
    assert [row.starts for row in rows] == ["09:00"] * 3
    later = replace(office.actor("clerk"), today=date(2026, 12, 10))
    assert dict(rosters.generate(office.session, later, period("2026-12")).kept) == {"past": 2, "published": 1}


def test_d7_a_session_somebody_came_to_stays(office: Any) -> None:
    (held,) = reception.roster(office, "2026-11", rrule="FREQ=MONTHLY;BYMONTHDAY=21", on_holiday=OnHoliday.KEEP)
    held.rule.starts = "08:00"
    reception.visitor(office, held)
    assert dict(made(office, "2026-11").kept) == {"published": 1}
    assert held.starts == "09:00"


def test_d3_leave_entered_later_changes_only_what_it_must(office: Any) -> None:
    """Made again after the leave, days before it stay with their leaders and the kept one uses up its own turn."""
    rows = reception.roster(office, **WEEKLY)
    assert names(rows) == "陈林赵孙陈"
    receptions.change(office.session, office.actor("clerk"), rows[3], {"place": "镇礼堂"})
    leave(office, "a", 14, 18)
    assert names(reception.remake(office)) == "陈林孙孙赵"
