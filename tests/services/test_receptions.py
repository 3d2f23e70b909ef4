"""Reception rules, sessions by hand, exchanges, what stands in the way in words (D1, D2, D4, D5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import models as m
from rules.roster_period import period
from rules.words import RuleBroken
from services import notices, reception_rules, receptions, roster_checks, swaps
from tests.fixtures import reception

SESSION = {"held_on": date(2026, 12, 9), "starts": "14:30", "ends": "17:00", "place": "河东村委会"}


# -- rules


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"rrule": "每月1日"}, "rule"),
        ({"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"}, "valid_from"),
        ({"starts": "9点"}, "starts"),
        ({"ends": "25:00"}, "ends"),
        ({"starts": "11:30", "ends": "09:00"}, "ends"),
        ({"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, "valid_to"),
    ],
)
def test_a_rule_that_cannot_be_right_is_refused(office: Any, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        reception.rule(office, **said)
    assert no.value.field == field


def test_hours_are_forgiven_their_form(office: Any) -> None:
    row = reception.rule(office, starts="9：00", ends="11:30:00")
    assert (row.starts, row.ends) == ("09:00", "11:30")


def test_a_fortnightly_rule_counts_from_its_first_day(office: Any) -> None:
    """D1: every second week, the same weeks whichever month is made first."""
    said = {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "valid_from": date(2026, 12, 2)}
    held = [row.held_on.day for row in reception.roster(office, "2027-01", **said)]
    assert held == [13, 27]


def test_plan_gives_the_commands_lines(office: Any) -> None:
    """Design §6: `flask roster plan`, with names as given or null."""
    asked = office.session, "FREQ=MONTHLY;BYMONTHDAY=1", "next", date(2018, 1, 1), date(2018, 2, 28)
    assert reception_rules.plan(*asked, ["甲", "乙"]) == [
        {"date": "2018-01-02", "moved_from": "2018-01-01", "provisional": False, "leader": "甲"},
        {"date": "2018-02-01", "moved_from": None, "provisional": False, "leader": "乙"},
    ]
    assert [line["leader"] for line in reception_rules.plan(*asked)] == [None, None]


# -- sessions by hand


def test_a_session_is_added_by_hand(office: Any) -> None:
    """D4."""
    row = receptions.add(office.session, office.actor("clerk"), SESSION | {"leader_id": office.leader("a").id})
    assert row.is_by_hand
    assert row.uid
    assert receptions.next_session(office.session, office.today) is row


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"held_on": None}, "held_on"),
        ({"held_on": date(1800, 1, 1)}, "held_on"),
        ({"ends": "14:00"}, "ends"),
        ({"starts": ""}, "starts"),
    ],
)
def test_a_session_that_cannot_be_right_is_refused(office: Any, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        receptions.add(office.session, office.actor("clerk"), SESSION | said)
    assert no.value.field == field


def test_a_leader_who_left_is_not_accepted(office: Any) -> None:
    office.leader("a").in_office_to = date(2026, 12, 1)
    with pytest.raises(RuleBroken, match="不在任") as no:
        receptions.add(office.session, office.actor("clerk"), SESSION | {"leader_id": office.leader("a").id})
    assert no.value.field == "leader_id"


def test_next_session_of_one_leader_leaves_out_what_was_called_off(office: Any) -> None:
    first, second = reception.roster(office)
    assert receptions.next_session(office.session, office.today, first.leader_id) is first
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    assert receptions.next_session(office.session, office.today) is second
    assert receptions.next_session(office.session, date(2027, 1, 1)) is None


def test_a_session_is_called_off_once_with_its_reason_and_comes_back(office: Any) -> None:
    first, _second = reception.roster(office)
    clerk = office.actor("clerk")
    with pytest.raises(RuleBroken, match="取消理由"):
        receptions.cancel(office.session, clerk, first, "  ")
    with pytest.raises(RuleBroken, match="没有取消"):
        receptions.restore(office.session, clerk, first)
    receptions.cancel(office.session, clerk, first, "县里开会")
    with pytest.raises(RuleBroken, match="已经取消"):
        receptions.cancel(office.session, clerk, first, "再说一次")
    with pytest.raises(RuleBroken, match="先恢复"):
        receptions.change(office.session, clerk, first, {"place": "镇礼堂"})
    receptions.restore(office.session, clerk, first)
    assert not first.is_cancelled


def test_what_a_person_called_off_stays_off(office: Any) -> None:
    first, second = reception.roster(office)
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    assert reception.remake(office) == [second]


def test_a_published_session_changes_its_leader_only_by_an_exchange(office: Any) -> None:
    """D5: the public sees who was to come and who comes."""
    first, _second = reception.roster(office)
    clerk, said = office.actor("clerk"), {"leader_id": office.leader("b").id}
    receptions.change(office.session, clerk, first, said)
    reception.published(office)
    with pytest.raises(RuleBroken, match="调换") as no:
        receptions.change(office.session, clerk, first, {"leader_id": office.leader("a").id})
    assert no.value.field == "leader_id"
    receptions.change(office.session, clerk, first, {"place": "镇礼堂"})
    assert first.place == "镇礼堂"


def test_a_session_somebody_came_to_is_fixed(office: Any) -> None:
    """D7: the record and its session stay true."""
    first, second = reception.roster(office, "2026-11")
    clerk = office.actor("clerk")
    reception.visitor(office, first)
    with pytest.raises(RuleBroken, match="已有接访登记"):
        receptions.cancel(office.session, clerk, first, "弄错")
    for said in ({"leader_id": office.leader("b").id}, {"held_on": date(2026, 11, 20)}):
        with pytest.raises(RuleBroken, match="已有接访登记"):
            receptions.change(office.session, clerk, first, said)
    early = replace(clerk, today=date(2026, 11, 1))
    with pytest.raises(RuleBroken, match="已有接访登记"):
        swaps.exchange(office.session, early, second, first, "")


# -- what should be known


def test_the_calendar_says_what_is_wrong_first(office: Any) -> None:
    """D5: a day without a leader, one leader twice at once, a rest day, a moved day, a provisional year."""
    clerk, mayor = office.actor("clerk"), office.leader("mayor").id
    reception.roster(office, "2026-12")
    reception.remake(office, "2027-01")
    receptions.add(office.session, clerk, SESSION)
    hours = {"starts": "10:00", "ends": "11:00", "place": "村部", "leader_id": mayor}
    receptions.add(office.session, clerk, hours | {"held_on": date(2026, 12, 1)})
    receptions.add(office.session, clerk, hours | {"held_on": date(2026, 12, 6)})
    asked = period("2026-12")
    rows = receptions.between(office.session, asked.first, asked.last)
    said = [(note.kind, note.text) for note in roster_checks.notes(office.session, rows, asked)]
    assert said == [
        ("late", "12月9日 星期三 还没有接访领导，请安排。"),
        (
            "late",
            "2026-12-01 陈立国（镇长） 同时有两场接访：09:00–11:30 群众来访接待室 与 10:00–11:00 村部，请调换其中一场。",
        ),
        ("soon", "12月6日 星期日 是周末，仍安排了接访，请确认。"),
        ("info", "2027年1月1日（元旦）为接待日，按“节假日顺延”移到 2027年1月4日 星期一。"),
    ]
    january = period("2027-01")
    rows = receptions.between(office.session, january.first, january.last)
    assert "2027 年的日期为推定" in roster_checks.notes(office.session, rows, january)[-1].text


def test_a_leader_who_left_is_noticed(office: Any) -> None:
    """D5: his sessions must be given to somebody."""
    first, _second = reception.roster(office)
    first.leader.is_active = False
    asked = period("2026-12")
    rows = receptions.between(office.session, asked.first, asked.last)
    said = "12月1日 星期二 的接访领导陈立国已不在任，请调换。"
    assert roster_checks.notes(office.session, rows, asked)[0].text == said
    assert said in notices.draft(office.session, office.actor("clerk"), asked).refusals


def test_turns_are_counted_for_month_and_year(office: Any) -> None:
    reception.roster(office, "2026")
    shares = roster_checks.shares(office.session, period("2026-12"), office.today)
    counted = {one.leader.name: (one.of_period, one.of_year) for one in shares}
    assert counted == {"陈立国": (0, 6), "林海": (0, 6), "赵明": (1, 6), "孙丽": (1, 6)}


@pytest.mark.parametrize("text", ["", "2026-13", "2026-1", "26-12", "1999", "2026-12-01", "二〇二六", "２０２６"])
def test_a_period_is_a_month_or_a_year(text: str) -> None:
    with pytest.raises(RuleBroken) as no:
        period(text)
    assert no.value.field == "period"


def test_periods_follow_each_other() -> None:
    december, year = period("2026-12"), period("2026")
    assert (december.previous, december.following, december.label) == ("2026-11", "2027-01", "2026年12月")
    assert (year.previous, year.following, year.last, year.label) == ("2025", "2027", date(2026, 12, 31), "2026年")


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": "12:00"},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
    ],
)
def test_the_database_refuses_a_wrong_rule(office: Any, wrong: dict[str, Any]) -> None:
    office.session.add(m.ReceptionRule(**(reception.RULE | wrong)))
    with pytest.raises(Exception, match=r"CHECK|check"):
        office.session.flush()
