"""The ledger of disputes by unit: entered, reported upward, settled, turned into a matter (E2)."""

from datetime import date, timedelta
from typing import Any

import pytest

import models as m
from rules.reception_words import DisputeState, Urgency
from rules.words import RespondentKind, RuleBroken
from services import disputes, gate
from tests.fixtures import visits_down as made
from tests.fixtures.office import TODAY, Office


@pytest.mark.db
def test_numbers_run_through_the_year(office: Office) -> None:
    assert [made.dispute(office).number for _ in range(2)] == ["JF2026-000001", "JF2026-000002"]
    assert made.dispute(office, found_on=date(2025, 12, 31), due_on=None).number == "JF2025-000001"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"unit_id": None}, "unit_id"),
        ({"unit_id": 999_999}, "unit_id"),
        ({"found_on": TODAY + timedelta(days=1)}, "found_on"),
        ({"found_on": None}, "found_on"),
        ({"place": ""}, "place"),
        ({"cause": " "}, "cause"),
        ({"people_count": 0}, "people_count"),
        ({"people_count": 100_001}, "people_count"),
        ({"due_on": date(2026, 11, 15)}, "due_on"),
    ],
)
def test_what_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        made.dispute(office, **said)
    assert no.value.field == field


@pytest.mark.parametrize(
    ("username", "unit", "may"),
    [
        ("reporter_a", "a1", True), ("cadre_a", "a1", True), ("handler_a", "a", True), ("unit_head_a", "a1", True),
        ("reporter_a", "a", False), ("handler_b", "a1", False), ("cadre_a", "b", False), ("clerk", "b", True),
    ],
)  # fmt: skip
def test_a_units_people_enter_their_own(office: Office, username: str, unit: str, may: bool) -> None:
    """E2, rules §4."""
    if may:
        assert made.dispute(office, username, unit).unit is office.unit(unit)
        return
    with pytest.raises(RuleBroken, match="本单位") as no:
        made.dispute(office, username, unit)
    assert no.value.field == "unit_id"


def test_who_sees_which_disputes(office: Office) -> None:
    """C1: own unit and below; leaders the units they answer for; the office all."""
    a1, b = made.dispute(office), made.dispute(office, unit="b")
    seen = {
        name: set(office.session.scalars(gate.rows(office.actor(name), m.Dispute)))
        for name in ("clerk", "office_head", "inspector", "reporter_a", "cadre_a", "unit_head_a", "handler_b",
                     "leader_a", "leader_b", "leader_in_charge", "archivist", "auditor", "sysadmin")
    }  # fmt: skip
    both = {a1, b}
    assert seen == {
        "clerk": both, "office_head": both, "inspector": both, "reporter_a": {a1}, "cadre_a": {a1}, "unit_head_a": {a1},
        "handler_b": {b}, "leader_a": {a1}, "leader_b": {b}, "leader_in_charge": both, "archivist": set(),
        "auditor": set(), "sysadmin": set(),
    }  # fmt: skip


def test_a_foreign_units_dispute_is_not_written(office: Office) -> None:
    row, actor = made.dispute(office, unit="b"), office.actor("handler_a")
    for write in (
        lambda: disputes.settle(office.session, actor, row, TODAY, "已和解"),
        lambda: disputes.report(office.session, actor, row, TODAY, "县委政法委", "平稳", "调解"),
        lambda: disputes.save(office.session, actor, row, {"place": "别处"}),
        lambda: disputes.into_matter(office.session, actor, row),
        lambda: disputes.reopen(office.session, actor, row),
    ):
        with pytest.raises(gate.Forbidden):
            write()


def test_a_serious_one_is_owed_upward_until_reported(office: Office) -> None:
    """E2: 起因、目前态势、已采取的措施."""
    clerk = office.actor("clerk")
    row, plain = made.dispute(office), made.dispute(office, urgency=Urgency.NORMAL)
    owed = disputes.unreported(gate.rows(clerk, m.Dispute), clerk)
    assert office.session.scalars(owed).all() == [row]
    for said, field in (
        ((TODAY + timedelta(days=1), "县委政法委", "平稳", "调解"), "reported_on"),
        ((date(2026, 11, 1), "县委政法委", "平稳", "调解"), "reported_on"),
        ((TODAY, "", "平稳", "调解"), "reported_to"),
        ((TODAY, "县委政法委", " ", "调解"), "situation"),
        ((TODAY, "县委政法委", "平稳", ""), "measures"),
    ):
        with pytest.raises(RuleBroken) as no:
            disputes.report(office.session, clerk, row, *said)
        assert no.value.field == field
    disputes.report(office.session, clerk, row, TODAY, "县委政法委", "双方僵持，未升级。", "驻村干部每日走访。")
    assert office.session.scalars(owed).all() == []
    assert (row.reported_on, row.reported_to, plain.reported_on) == (TODAY, "县委政法委", None)


def test_a_dispute_is_settled_and_may_break_out_again(office: Office) -> None:
    clerk, row = office.actor("clerk"), made.dispute(office)
    for on, result, field in (
        (TODAY, " ", "result"), (TODAY + timedelta(days=1), "和解", "settled_on"), (date(2026, 11, 1), "和解", "settled_on"),
    ):  # fmt: skip
        with pytest.raises(RuleBroken) as no:
            disputes.settle(office.session, clerk, row, on, result)
        assert no.value.field == field
    disputes.settle(office.session, clerk, row, TODAY, "签订调解协议。")
    with pytest.raises(RuleBroken, match="已化解"):
        disputes.save(office.session, clerk, row, {"place": "别处"})
    disputes.reopen(office.session, clerk, row)
    assert (row.state, row.settled_on, row.result) == (DisputeState.OPEN, None, None)
    with pytest.raises(RuleBroken, match="只有已化解"):
        disputes.reopen(office.session, clerk, row)


@pytest.mark.db
def test_a_dispute_becomes_a_matter_in_one_step(office: Office) -> None:
    """E2: everything carried over, once; by the village's reporter too."""
    row, reporter = made.dispute(office), office.actor("reporter_a")
    petition = disputes.into_matter(office.session, reporter, row)
    (contact,) = petition.contacts
    assert (contact.channel, contact.received_on, contact.people_count) == ("screening", date(2026, 11, 16), 6)
    assert [(link.petitioner.name, link.petitioner.phone) for link in contact.people] == [
        ("胡大年", "13800001234"), ("钱大海", None),
    ]  # fmt: skip
    assert (petition.demand, petition.place, row.state) == (row.cause, "河东村三组", DisputeState.TURNED)
    with pytest.raises(RuleBroken, match="已转为信访事项"):
        disputes.into_matter(office.session, reporter, row)


def test_a_dispute_of_nobody_in_particular_is_anonymous(office: Office) -> None:
    row = made.dispute(office, party=None, phone=None)
    assert disputes.into_matter(office.session, office.actor("clerk"), row).contacts[0].is_anonymous


def test_a_dispute_found_on_a_visit_keeps_that_channel(office: Office) -> None:
    from services import visit_findings

    row = visit_findings.into_dispute(office.session, office.actor("clerk"), made.finding(office))
    assert disputes.into_matter(office.session, office.actor("clerk"), row).channel == "leader_visit"


def test_the_accused_unit_loses_sight_of_the_dispute(office: Office) -> None:
    """C2: once its matter is guarded and complains of the unit."""
    row = made.dispute(office)
    petition = disputes.into_matter(office.session, office.actor("clerk"), row)
    petition.is_secret = True
    unit = office.unit("a1")
    office.session.add(m.Respondent(petition=petition, kind=RespondentKind.UNIT, unit_id=unit.id, name=unit.name))
    office.session.flush()
    seen = {name for name in ("clerk", "handler_a", "reporter_a")
            if office.session.scalars(gate.rows(office.actor(name), m.Dispute)).all()}  # fmt: skip
    assert seen == {"clerk", "handler_a"}


def test_late_disputes_are_the_open_ones_past_their_day(office: Office) -> None:
    clerk = office.actor("clerk")
    late = made.dispute(office, due_on=TODAY - timedelta(days=1))
    made.dispute(office, due_on=TODAY)
    settled = made.dispute(office, due_on=TODAY - timedelta(days=1))
    disputes.settle(office.session, clerk, settled, TODAY, "和解")
    assert office.session.scalars(disputes.late(gate.rows(clerk, m.Dispute), clerk)).all() == [late]
