"""Supervision (督办): demanded, answered, accepted or urged again; who sees and who is offered; what is refused (B10, H7, §3)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.supervision import SupervisionKind, SupervisionState
from rules.words import DocumentKind, Purpose, RespondentKind, RuleBroken
from services import figures, gate, guarding, supervision_lists, supervisions
from services.registration import Accused
from services.supervisions import Order
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import TODAY, Office

DUE = date(2026, 11, 28)


def at_unit_a(office: Office, **said: Any) -> m.Petition:
    petition = registered(office, TODAY, **said)
    move(office, petition, "assign", TODAY)
    return petition


def order(office: Office, unit: str | None = "a", **said: Any) -> Order:
    facts = {"kind": SupervisionKind.LETTER, "demand": "请查明补偿面积并书面答复。", "reply_due_on": DUE}
    return Order(**{**facts, "unit_id": office.unit(unit).id if unit else None, **said})


def issued(office: Office, petition: m.Petition | None = None, by: str = "inspector", **said: Any) -> m.Supervision:
    return supervisions.issue(office.session, office.actor(by), petition or at_unit_a(office), order(office, **said))


# -- the way of one


def test_a_unit_is_pressed_answers_and_the_office_accepts_b10(office: Office) -> None:
    """B10: demand, date, numbered paper, answer, result; the matter's own clocks are as they were."""
    petition = at_unit_a(office)
    clocks = [(c.term, c.due_on, c.stopped_on) for c in petition.clocks]
    mirror = (petition.due_on, petition.breach_on)
    row = issued(office, petition)
    assert row.document is not None
    assert (row.document.kind, row.number) == (DocumentKind.SUPERVISE, row.document.number)
    assert row.document.addressee == "城建办"
    assert ([(c.term, c.due_on, c.stopped_on) for c in petition.clocks], (petition.due_on, petition.breach_on)) == (
        clocks,
        mirror,
    )
    assert supervisions.state_of(row, DUE) is SupervisionState.WAITING
    assert supervisions.state_of(row, date(2026, 11, 29)) is SupervisionState.LATE
    supervisions.answer(office.session, office.actor("handler_a"), row, " 已复核面积。 ")
    assert (row.answer, row.answered_on, row.answered_by.username) == ("已复核面积。", TODAY, "handler_a")
    assert supervisions.state_of(row, date(2026, 12, 30)) is SupervisionState.ANSWERED
    supervisions.accept(office.session, office.actor("clerk"), row, "已落实")
    assert supervisions.state_of(row, TODAY) is SupervisionState.CLOSED


def test_each_round_is_kept_b10(office: Office) -> None:
    row = issued(office)
    supervisions.answer(office.session, office.actor("unit_head_a"), row, "正在办理。")
    again = date(2026, 12, 5)
    supervisions.urge(office.session, office.actor("office_head"), row, "请写明完成日期。", again)
    assert (row.round, row.reply_due_on, row.answer, row.answered_on) == (2, again, None, None)
    late = actor(office, "clerk", date(2026, 12, 6))
    supervisions.urge(office.session, late, row, "仍未回复。", date(2026, 12, 10))
    kept = [(one.round, one.answer, one.lacking, one.reply_due_on) for one in row.rounds]
    assert kept == [(1, "正在办理。", "请写明完成日期。", DUE), (2, None, "仍未回复。", again)]
    numbers = [row.number, *(one.document.number for one in row.rounds)]
    assert len(set(numbers)) == 3
    assert all("督" in number for number in numbers)


def test_the_reception_work_itself_is_pressed_b10(office: Office) -> None:
    """A leader is asked about receptions; no matter stands behind it, the number is of the same series."""
    said = {
        "unit": None,
        "leader_id": office.leader("a").id,
        "subject": "十一月领导接访日",
        "kind": SupervisionKind.SPECIAL,
    }
    row = supervisions.issue(office.session, office.actor("inspector"), None, order(office, **said))
    other = issued(office)
    assert (row.petition, row.document, row.addressee.name) == (None, None, "赵明")
    assert row.number.replace("1号", "2号") == other.number
    assert seen(office, "leader_a") == {row.id, other.id}  # the other presses a unit he answers for
    assert seen(office, "leader_b") == set()
    supervisions.answer(office.session, office.actor("leader_a"), row, "已补接访一次。")
    assert row.answered_by.username == "leader_a"


def test_several_late_matters_get_one_number_each(office: Office) -> None:
    """One act over a selection: numbers in order, each to its responsible unit, the office where none has it."""
    chosen = [at_unit_a(office), registered(office, TODAY), at_unit_a(office)]
    made = supervisions.issue_many(
        office.session, office.actor("clerk"), chosen, SupervisionKind.LETTER, "请尽快办理。", DUE
    )
    assert [row.unit.name for row in made] == ["城建办", "青石镇信访办", "城建办"]
    counted = [int(row.number.partition("〕")[2].rstrip("号")) for row in made]
    assert counted == [counted[0], counted[0] + 1, counted[0] + 2]


# -- what is refused


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reply_due_on": TODAY}, "reply_due_on"),
        ({"reply_due_on": date(2026, 11, 20)}, "reply_due_on"),
        ({"reply_due_on": date(2062, 11, 28)}, "reply_due_on"),
        ({"demand": "  "}, "demand"),
        ({"unit": None}, "unit_id"),
        ({"unit": "b"}, "unit_id"),
        ({"leader_id": 1}, "unit_id"),
        ({"kind": SupervisionKind.JOINT}, "joint_with"),
    ],
    ids=["due today", "due past", "a year off", "no demand", "nobody", "unit it never went to", "two addressees", "joint with nobody"],
)  # fmt: skip
def test_a_wrong_demand_is_refused_at_its_field(office: Office, said: dict[str, Any], field: str) -> None:
    petition = at_unit_a(office)
    with pytest.raises(RuleBroken) as no:
        issued(office, petition, **said)
    assert no.value.field == field
    assert office.session.query(m.Supervision).count() == 0


def test_nothing_is_answered_or_judged_twice(office: Office) -> None:
    row = issued(office)
    unit, clerk = office.actor("handler_a"), office.actor("clerk")
    with pytest.raises(RuleBroken, match="还没有收到回复"):
        supervisions.accept(office.session, clerk, row, "好")
    with pytest.raises(RuleBroken, match="还没有到回复期限"):
        supervisions.urge(office.session, clerk, row, "快", DUE)
    supervisions.answer(office.session, unit, row, "已办。")
    with pytest.raises(RuleBroken, match="已经回复"):
        supervisions.answer(office.session, unit, row, "又办。")
    supervisions.accept(office.session, clerk, row, "好")
    for act in (
        lambda: supervisions.answer(office.session, unit, row, "再办。"),
        lambda: supervisions.accept(office.session, clerk, row, "好"),
        lambda: supervisions.urge(office.session, clerk, row, "快", DUE),
        lambda: supervisions.withdraw(office.session, clerk, row, "错"),
    ):
        with pytest.raises(RuleBroken, match="办结，请刷新后再看"):
            act()
    assert (row.answer, row.outcome, row.rounds) == ("已办。", "好", [])


@pytest.mark.parametrize("username", ["handler_b", "unit_head_b", "leader_b", "inspector", "archivist", "statistician"])
def test_only_the_one_pressed_answers(office: Office, username: str) -> None:
    row = issued(office)
    with pytest.raises(gate.Forbidden):
        supervisions.answer(office.session, office.actor(username), row, "已办。")


@pytest.mark.parametrize(
    "username", ["handler_a", "unit_head_a", "leader_in_charge", "cadre_a", "statistician", "sysadmin"]
)
def test_only_the_office_and_the_inspector_press(office: Office, username: str) -> None:
    with pytest.raises(gate.Forbidden):
        issued(office, by=username)


def test_the_office_does_not_judge_what_is_put_to_itself(office: Office) -> None:
    row = issued(office, registered(office, TODAY), unit="office")
    supervisions.answer(office.session, office.actor("clerk"), row, "已交办。")
    with pytest.raises(gate.Forbidden, match="督查员"):
        supervisions.accept(office.session, office.actor("office_head"), row, "好")
    supervisions.accept(office.session, office.actor("inspector"), row, "好")


# -- who sees it


def seen(office: Office, username: str) -> set[int]:
    statement = gate.rows(office.actor(username), m.Supervision)
    return {row.id for row in office.session.scalars(statement)}


@pytest.mark.db
@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("clerk", True), ("office_head", True), ("inspector", True), ("handler_a", True), ("unit_head_a", True),
        ("leader_in_charge", True), ("leader_a", True), ("handler_b", False), ("leader_b", False), ("auditor", False),
        ("sysadmin", False), ("archivist", False),
    ],
)  # fmt: skip
def test_who_sees_what_presses_unit_a(office: Office, username: str, sees: bool) -> None:
    row = issued(office)
    assert (row.id in seen(office, username)) is sees


@pytest.mark.db
def test_the_accused_never_sees_it_nor_is_offered_c2(office: Office) -> None:
    """§3: a guarded matter is not pressed on the accused unit; a respondent named later loses a running one."""
    report = {"purpose": Purpose.REPORT, "respondents": [Accused(RespondentKind.UNIT, office.unit("a").id, "城建办")]}
    petition = registered(office, TODAY, **report)
    assert office.unit("a").id not in supervisions.units_for(office.session, petition)
    with pytest.raises(RuleBroken, match="应当回避"):
        issued(office, petition)
    head = accused_head(office)
    with pytest.raises(RuleBroken, match="应当回避"):
        issued(office, petition, unit=None, leader_id=head.id)
    row = issued(office, petition, unit="office")
    assert row.number.partition("督")[0].endswith("密")
    for username in ("handler_a", "unit_head_a", "cadre_a"):
        assert seen(office, username) == set()
    assert row.id in seen(office, "clerk")


def accused_head(office: Office) -> m.Leader:
    """Unit A is headed by 赵明."""
    office.unit("a").head_leader = office.leader("a")
    office.session.flush()
    return office.leader("a")


@pytest.mark.db
def test_a_respondent_named_later_loses_it_c2(office: Office) -> None:
    petition = at_unit_a(office)
    row = issued(office, petition)
    petition.purpose = Purpose.REPORT
    unit = office.unit("a")
    office.session.add(m.Respondent(petition=petition, kind=RespondentKind.UNIT, unit_id=unit.id, name=unit.name))
    office.session.flush()
    office.session.refresh(petition)
    guarding.set_guard(office.session, office.actor("clerk"), petition, was_guarded=False)
    assert (row.withdrawn_reason or "").startswith("回避")
    assert row.id not in seen(office, "handler_a")


# -- what waits, what is late


def test_what_waits_for_whom(office: Office) -> None:
    issued(office)
    late = {name: actor(office, name, date(2026, 11, 29)) for name in ("handler_a", "handler_b", "clerk", "inspector")}
    waits = {name: supervision_lists.counts(office.session, one) for name, one in late.items()}
    assert waits == {
        "handler_a": {"mine": 1},
        "handler_b": {"mine": 0},
        "clerk": {"mine": 0, "answered": 0, "late": 1},
        "inspector": {"answered": 0, "late": 1},
    }


@pytest.mark.db
def test_the_rate_of_answers_on_time(office: Office) -> None:
    """I3: answered by the day named ÷ due in the period; withdrawn ones count nowhere."""
    for _turn in range(2):
        issued(office)
    on_time = issued(office)
    supervisions.answer(office.session, office.actor("handler_a"), on_time, "已办。")
    supervisions.withdraw(office.session, office.actor("clerk"), issued(office), "发错")
    november = (date(2026, 11, 1), date(2026, 11, 30))
    (found,) = figures.compute(office.session, office.actor("office_head"), "supervision_rate", *november)
    assert (found["numerator"], found["denominator"], found["value"]) == (1, 3, 33.3)
    (empty,) = figures.compute(
        office.session, office.actor("office_head"), "supervision_rate", date(2025, 1, 1), date(2025, 1, 31)
    )
    assert empty["value"] is None
