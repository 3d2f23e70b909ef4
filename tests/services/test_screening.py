"""Screening rounds: returns owed to the hour, nil ones too, several disputes at once, urged, counted behind the gate (E2)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules import screening as rules
from rules.access import Actor, system
from rules.reception_words import DisputeState, Urgency
from rules.screening import ReturnState
from rules.words import RespondentKind, RuleBroken
from services import (
    cases,
    dispute_cases,
    disputes,
    gate,
    petitions,
    screening,
    screening_rule,
    screening_table,
    settings,
)
from services.due_sources import items as due_items
from services.registration import Accused
from tests.fixtures import visits_down as made
from tests.fixtures.office import NOW, TODAY, Office

DUE = NOW + timedelta(hours=30)
LINE: dict[str, Any] = {
    "found_on": TODAY, "place": "河东村三组", "cause": "宅基地边界争执。", "people_count": 6, "urgency": Urgency.SERIOUS,
}  # fmt: skip


def ask(office: Office, **said: Any) -> m.ScreeningRound:
    """A round of all units, due in 30 hours."""
    units = [unit.id for unit in screening.owing_units(office.session)]
    told = {"name": "11月排查", "due_at": DUE, "unit_ids": units} | said
    return screening.ask(office.session, office.actor("clerk"), screening.Asked(**told))


def owed(office: Office, row: m.ScreeningRound, unit: str) -> m.ScreeningReturn:
    return next(one for one in row.returns if one.unit_id == office.unit(unit).id)


def later(actor: Actor, hours: float) -> Actor:
    return replace(actor, now=NOW + timedelta(hours=hours))


@pytest.mark.db
def test_every_village_and_unit_owes_a_return(office: Office) -> None:
    """E2: not the office that asks, nor the government above it."""
    row = ask(office)
    assert {one.unit.name for one in row.returns} == {"城建办", "河东村", "民政办"}
    assert all(one.returned_at is None for one in row.returns)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"), ({"due_at": NOW}, "due_at"), ({"unit_ids": []}, "unit_ids"),
        ({"unit_ids": [999_999]}, "unit_ids"),
    ],
)  # fmt: skip
def test_a_round_that_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        ask(office, **said)
    assert no.value.field == field
    assert office.session.scalar(sa.select(sa.func.count(m.ScreeningRound.id))) == 0


@pytest.mark.parametrize(
    ("returned", "is_nil", "now", "state", "hours"),
    [
        (None, None, -1, ReturnState.WAITING, 0),
        (None, None, 0, ReturnState.WAITING, 0),
        (None, None, 0.1, ReturnState.MISSING, 1),
        (None, None, 26, ReturnState.MISSING, 26),
        (-2, True, 5, ReturnState.NIL, 0),
        (2, False, 9, ReturnState.RETURNED, 2),
        (1.5, True, 9, ReturnState.NIL, 2),
    ],
)
def test_late_is_told_to_the_hour(returned: Any, is_nil: Any, now: float, state: ReturnState, hours: int) -> None:
    """E2: hours after the due hour, begun ones counted."""
    came = None if returned is None else DUE + timedelta(hours=returned)
    at = DUE + timedelta(hours=now)
    assert (rules.state(came, is_nil, DUE, at), rules.hours_late(came, DUE, at)) == (state, hours)


@pytest.mark.parametrize(
    ("username", "unit", "may"),
    [
        ("reporter_a", "a1", True), ("cadre_a", "a1", True), ("cadre_a", "a", True), ("clerk", "b", True),
        ("reporter_a", "a", False), ("cadre_a", "b", False), ("handler_a", "a", False), ("unit_head_a", "a", False),
        ("leader_a", "a", False), ("inspector", "a", False),
    ],
)  # fmt: skip
def test_who_returns(office: Office, username: str, unit: str, may: bool) -> None:
    """rules-of-the-office §4: cadre and reporter return for their own unit; the office copies in what came on paper."""
    row = owed(office, ask(office), unit)
    if not may:
        with pytest.raises(gate.Forbidden):
            screening.give_nil(office.session, office.actor(username), row)
        return
    screening.give_nil(office.session, office.actor(username), row, "走访 30 户")
    assert (row.is_nil, row.returned_at, row.by) == (True, NOW, office.user(username))


@pytest.mark.db
def test_several_disputes_come_at_once_or_none(office: Office) -> None:
    """E2 quick entry: the line and the field of what is wrong; nothing is kept then."""
    row, actor = owed(office, ask(office), "a1"), office.actor("reporter_a")
    office.session.commit()
    with pytest.raises(RuleBroken) as no:
        screening.give(office.session, actor, row, [LINE, LINE | {"place": ""}])
    office.session.rollback()
    assert (no.value.row, no.value.field) == (2, "place")
    assert office.session.scalar(sa.select(sa.func.count(m.Dispute.id)).execution_options(gated=True)) == 0
    given = screening.give(office.session, actor, row, [LINE, LINE | {"urgency": Urgency.NORMAL}])
    assert [one.round_id for one in given] == [row.round_id] * 2
    assert (row.is_nil, [one.unit for one in given]) == (False, [office.unit("a1")] * 2)
    with pytest.raises(RuleBroken, match="已经报送"):
        screening.give_nil(office.session, actor, row)


@pytest.mark.parametrize("lines", [[], [LINE] * 61])
def test_none_and_too_many_lines_are_refused(office: Office, lines: list[dict[str, Any]]) -> None:
    row = owed(office, ask(office), "a1")
    with pytest.raises(RuleBroken, match="矛盾纠纷："):
        screening.give(office.session, office.actor("reporter_a"), row, lines)


def test_what_is_found_after_a_nil_return_is_added(office: Office) -> None:
    row, actor = owed(office, ask(office), "a1"), office.actor("reporter_a")
    screening.give_nil(office.session, actor, row)
    screening.give(office.session, later(actor, 40), row, [LINE])
    assert (row.is_nil, row.returned_at) == (False, NOW)


def test_the_missing_are_urged(office: Office) -> None:
    row, clerk = ask(office), office.actor("clerk")
    screening.give_nil(office.session, clerk, owed(office, row, "a"))
    assert screening.urge(office.session, clerk, row) == 2
    assert screening.urge(office.session, clerk, row, office.unit("b").id) == 1
    assert [owed(office, row, key).urged_count for key in ("a", "a1", "b")] == [0, 1, 2]
    for key in ("a1", "b"):
        screening.give_nil(office.session, clerk, owed(office, row, key))
    with pytest.raises(RuleBroken, match="没有未报送"):
        screening.urge(office.session, clerk, row)
    with pytest.raises(gate.Forbidden):
        screening.urge(office.session, office.actor("inspector"), row)


def test_the_board_says_who_came_nil_late_or_not(office: Office) -> None:
    row, clerk = ask(office), office.actor("clerk")
    screening.give(office.session, later(office.actor("reporter_a"), 31.5), owed(office, row, "a1"), [LINE, LINE])
    screening.give_nil(office.session, clerk, owed(office, row, "a"))
    now = DUE + timedelta(hours=5)
    lines = {line.row.unit.name: line for line in screening.board(office.session, replace(clerk, now=now), row)}
    said = {
        name: (screening_table.state_of(line, now), screening_table.late_of(line, now), line.count, line.serious)
        for name, line in lines.items()
    }
    assert said == {
        "城建办": (ReturnState.NIL, 0, 0, 0),
        "河东村": (ReturnState.RETURNED, 2, 2, 2),
        "民政办": (ReturnState.MISSING, 5, 0, 0),
    }
    sheet = screening_table.sheet(row, list(lines.values()), now, "2026-11-22 16:30")
    assert sheet.remark == "应报 3 个，已报 1 个，零报告 1 个，迟报 1 个，未报 1 个。"
    assert {one.row.unit.name for one in screening.board(office.session, office.actor("reporter_a"), row)} == {"河东村"}


def test_who_waits_and_who_owes(office: Office) -> None:
    """The workbench: the unit owes, the office waits, late ones apart."""
    row = ask(office)
    assert screening.counts(office.session, office.actor("clerk")) == {"late": 0, "missing": 3}
    assert screening.counts(office.session, later(office.actor("clerk"), 31)) == {"late": 3, "missing": 0}
    assert screening.counts(office.session, office.actor("reporter_a")) == {"missing": 1}
    assert screening.counts(office.session, office.actor("handler_a")) == {}
    kinds = {item.kind.key for item in due_items(office.session, office.actor("reporter_a"), date(2026, 11, 30))}
    assert "screening" in kinds
    assert row.returns


@pytest.mark.parametrize(
    ("every", "today", "at", "is_made"),
    [
        ("每月", date(2026, 11, 20), datetime(2026, 11, 20, 1, tzinfo=UTC), True),
        ("每月", date(2026, 11, 19), datetime(2026, 11, 19, 1, tzinfo=UTC), False),
        ("每月", date(2026, 11, 25), datetime(2026, 11, 25, 10, tzinfo=UTC), False),
        ("不定期", date(2026, 11, 20), datetime(2026, 11, 20, 1, tzinfo=UTC), False),
    ],
)
def test_the_rule_asks_once_a_month(office: Office, every: str, today: date, at: datetime, is_made: bool) -> None:
    """E2: asked from the 20th, due by the 25th 17:00 of the office's time, once."""
    settings.put(office.session, replace(office.actor("office_head"), today=date(2026, 1, 1)), "screening_every", every)
    row = screening_rule.make(office.session, system(today, at))
    assert (row is not None) is is_made
    if row is not None:
        assert row.due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
        assert screening_rule.make(office.session, system(today, at)) is None


def test_a_round_of_the_31st_is_asked_at_the_end_of_a_shorter_month(office: Office) -> None:
    """E2: 31 is the month's end, as for the meetings."""
    head = replace(office.actor("office_head"), today=date(2026, 1, 1))
    for key, text in (("screening_every", "每月"), ("screening_ask_day", "31"), ("screening_due", "当月30日 17:00")):
        settings.put(office.session, head, key, text)
    days = {day: datetime(2026, 11, day, 1, tzinfo=UTC) for day in (29, 30)}
    asked = {day: screening_rule.is_due(office.session, at.date(), at) for day, at in days.items()}
    assert asked == {29: False, 30: True}


def test_a_dispute_becomes_a_case_in_one_step(office: Office) -> None:
    """E2, F1: contact, matter and case at once, all linked; by the division of work."""
    row, clerk = made.dispute(office), office.actor("clerk")
    with pytest.raises(RuleBroken, match="按分工") as no:
        dispute_cases.into_case(office.session, clerk, row, cases.Assignment(office.leader("b").id))
    assert (no.value.field, row.state) == ("reason", DisputeState.OPEN)
    case = dispute_cases.into_case(office.session, clerk, row, cases.Assignment(office.leader("a").id))
    assert (row.case, row.petition, row.state) == (case, case.petition, DisputeState.TURNED)
    assert (case.unit, case.leader) == (office.unit("a1"), office.leader("a"))
    with pytest.raises(RuleBroken, match="已转为"):
        dispute_cases.into_case(office.session, clerk, row, cases.Assignment(office.leader("a").id))


@pytest.mark.parametrize("username", ["reporter_a", "handler_a", "leader_a", "inspector"])
def test_only_who_assigns_makes_a_case_of_it(office: Office, username: str) -> None:
    row = made.dispute(office)
    with pytest.raises(gate.Forbidden):
        dispute_cases.into_case(office.session, office.actor(username), row, cases.Assignment(office.leader("a").id))


def test_the_accused_neither_see_nor_count_it(office: Office) -> None:
    """§3: once its matter complains of the unit's leader, the dispute is gone from his list and from the board's number."""
    row, clerk = ask(office), office.actor("clerk")
    given = screening.give(office.session, clerk, owed(office, row, "b"), [LINE, LINE])
    case = dispute_cases.into_case(office.session, clerk, given[0], cases.Assignment(office.leader("b").id))
    leader = office.leader("b")
    named = petitions.respondent(case.petition, Accused(RespondentKind.LEADER, leader.id, leader.name))
    case.petition.is_secret = True
    office.session.add(named)
    office.session.flush()
    him = office.actor("leader_b")
    assert set(office.session.scalars(gate.rows(him, m.Dispute))) == {given[1]}
    assert [line.count for line in screening.board(office.session, him, row)] == [1]
    assert disputes.writes_for(clerk, given[0].unit_id)
