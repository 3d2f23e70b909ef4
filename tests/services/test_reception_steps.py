"""From a leader's decision to a matter, a letter or a case in one step, all or nothing (D7, A8; rules §3)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.access import Actor
from rules.words import DocumentKind, LegKind, Outcome, Purpose, RespondentKind, RuleBroken, Status
from services import cases, gate, handling, reception_records, reception_steps, receptions
from services.registration import Accused
from tests.fixtures import reception
from tests.services.paper_files import words_of

DAY = date(2026, 11, 18)
DUE = date(2026, 12, 2)


def held_by(office: Any, leader: str = "a") -> m.ReceptionSession:
    place = {"held_on": DAY, "starts": "09:00", "ends": "11:30", "leader_id": office.leader(leader).id}
    return receptions.add(office.session, office.actor("clerk"), place)


def came(office: Any, leader: str = "a", **said: Any) -> m.ReceptionRecord:
    return reception.visitor(office, held_by(office, leader), **said)


def decided(office: Any, outcome: Outcome, unit: str = "a", **said: Any) -> m.ReceptionRecord:
    """A visitor of 赵明's, with everything the decision may ask for."""
    full = {
        "unit_id": office.unit(unit).id,
        "due_on": DUE,
        "opinion": "请一周内核实。",
        "signed_on": DAY,
        "policy": "依规定。",
    }
    return came(office, outcome=outcome, **(full | said))


def count(office: Any, model: Any) -> int:
    found: int = office.session.query(model).execution_options(gated=True).count()
    return found


@pytest.fixture
def clerk(office: Any) -> Actor:
    found: Actor = office.actor("clerk")
    return found


def test_his_division_reaches_down_the_tree(office: Any) -> None:
    """D7: 分管范围 are his units and those below; a leader without units, or no unit yet, cannot be told."""
    within = {
        (leader, unit): reception_records.is_within(
            office.session, office.leader(leader).id, office.unit(unit).id if unit else None
        )
        for leader in ("a", "b", "mayor")
        for unit in ("a", "a1", "b", "")
    }
    assert within == {
        ("a", "a"): True, ("a", "a1"): True, ("a", "b"): False, ("a", ""): None,
        ("b", "a"): False, ("b", "a1"): False, ("b", "b"): True, ("b", ""): None,
        ("mayor", "a"): None, ("mayor", "a1"): None, ("mayor", "b"): None, ("mayor", ""): None,
    }  # fmt: skip


@pytest.mark.parametrize("outcome", [Outcome.SOLVED, Outcome.CASE])
def test_outside_his_division_he_signs(office: Any, outcome: Outcome) -> None:
    with pytest.raises(RuleBroken, match="请改为“签批交办”") as no:
        decided(office, outcome, "b")
    assert no.value.field == "outcome"
    assert decided(office, Outcome.ASSIGN, "b").signed_on == DAY


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"assisting_ids": ["a"]}, "assisting_ids"),
        ({"assisting_ids": [424242]}, "assisting_ids"),
        ({"unit_id": 424242}, "unit_id"),
        ({"due_on": date(2026, 11, 17)}, "due_on"),
        ({"signed_on": date(2026, 11, 22)}, "signed_on"),
    ],
)
def test_a_decision_that_cannot_be(office: Any, clerk: Actor, said: dict[str, Any], field: str) -> None:
    row = decided(office, Outcome.DEADLINE)
    if "assisting_ids" in said:
        said = {"assisting_ids": [office.unit(x).id if isinstance(x, str) else x for x in said["assisting_ids"]]}
    with pytest.raises(RuleBroken) as no:
        reception_records.give_opinion(office.session, clerk, row, {"outcome": Outcome.DEADLINE, **said})
    assert no.value.field == field


@pytest.mark.db
def test_handed_on_with_everything(office: Any, clerk: Actor) -> None:
    """D7: contact, matter, 交办函 with term and the signed instruction, lead and assisting legs; A8: he stays responsible."""
    row = decided(office, Outcome.ASSIGN, "b", assisting_ids=[office.unit("a").id], cause="管护责任不清")
    petition = reception_steps.hand_on(office.session, clerk, row, {})
    assert (petition.status, petition.unit, row.petition) == (Status.ROUTED, office.unit("b"), petition)
    assert petition.first_receiver is office.user("leader_a")
    legs = [(leg.kind, leg.unit.name, leg.is_lead, leg.feedback_on) for leg in petition.legs]
    assert legs == [(LegKind.ASSIGN, "民政办", True, DUE), (LegKind.ASSIGN, "城建办", False, DUE)]
    letter = office.session.query(m.Document).execution_options(gated=True).one()
    text = words_of(letter.docx)
    assert letter.kind == DocumentKind.ASSIGN
    assert "2026年12月2日前反馈" in text
    assert "赵明（副镇长）2026年11月18日签批：请一周内核实。" in text


def test_forwarded(office: Any, clerk: Actor) -> None:
    """A7: 转送 to the competent unit."""
    petition = reception_steps.forward(office.session, clerk, decided(office, Outcome.FORWARD, "b"), {})
    assert (petition.status, [leg.kind for leg in petition.legs]) == (Status.ROUTED, [LegKind.FORWARD])


@pytest.mark.db
def test_made_his_case(office: Any, clerk: Actor) -> None:
    """F1, S1§8: 列入包案 with lead and assisting units; his opinion is the direction, his term the closing date."""
    row = decided(office, Outcome.CASE, "a1", assisting_ids=[office.unit("b").id])
    case = reception_steps.take_case(office.session, clerk, row, {})
    assert (case.leader, case.unit, case.direction, case.close_by) == (
        office.leader("a"), office.unit("a1"), "请一周内核实。", DUE,
    )  # fmt: skip
    assert case.petition.status == Status.ROUTED
    assert {leg.unit.name for leg in case.petition.legs} == {"河东村", "民政办"}
    assert len(case.duties) == 4


def test_what_is_said_only_now_stands_on_the_record_too(office: Any, clerk: Actor) -> None:
    row = came(office)
    said = {"unit_id": office.unit("a").id, "feedback_on": DUE, "assisting_ids": [office.unit("b").id]}
    reception_steps.hand_on(office.session, clerk, row, said)
    assert (row.unit, row.due_on, row.assisting) == (office.unit("a"), DUE, [office.unit("b")])


@pytest.mark.parametrize(
    ("step", "said", "field"),
    [
        ("hand_on", {}, "unit_id"),
        ("hand_on", {"unit": "a"}, "feedback_on"),
        ("hand_on", {"unit": "a", "feedback_on": date(2026, 11, 20)}, "feedback_on"),
        ("forward", {}, "unit_id"),
        ("take_case", {"unit": "a"}, "feedback_on"),
    ],
)
@pytest.mark.db
def test_all_or_nothing(office: Any, clerk: Actor, step: str, said: dict[str, Any], field: str) -> None:
    """Refused at the last move, nothing is registered: not the contact, not the matter, no number used up."""
    row = came(office)
    given = {name: value for name, value in said.items() if name != "unit"}
    if "unit" in said:
        given["unit_id"] = office.unit(said["unit"]).id
    with pytest.raises(RuleBroken) as no:
        getattr(reception_steps, step)(office.session, clerk, row, given)
    assert no.value.field == field
    office.session.commit()
    assert (row.petition_id, row.contact_id, count(office, m.Petition), count(office, m.Contact)) == (None, None, 0, 0)
    assert (
        reception_steps.forward(office.session, clerk, decided(office, Outcome.FORWARD), {}).number == "XF2026-000001"
    )


def test_a_second_case_is_refused_and_leaves_the_first(office: Any, clerk: Actor) -> None:
    """F1: one matter, one leader."""
    row = decided(office, Outcome.CASE)
    case = reception_steps.take_case(office.session, clerk, row, {})
    with pytest.raises(RuleBroken, match="已经由赵明包案"):
        reception_steps.take_case(office.session, clerk, row, {})
    assert (count(office, m.Case), cases.running(office.session, case.petition)) == (1, case)


def test_a_voided_registration_may_be_made_again(office: Any, clerk: Actor) -> None:
    """Undone by the corrective move 作废, never by deleting (§3)."""
    row = decided(office, Outcome.DEADLINE)
    first = reception_steps.hand_on(office.session, clerk, row, {})
    with pytest.raises(RuleBroken):
        reception_steps.hand_on(office.session, clerk, row, {})
    handling.move(office.session, office.actor("office_head"), first, "void", {"reason": "登记错人。"})
    second = reception_steps.hand_on(office.session, clerk, row, {})
    assert (row.petition, second.number, first.status) == (second, "XF2026-000002", Status.VOIDED)


def test_only_the_office_hands_on(office: Any) -> None:
    """Rules §4: the move is the office's; a leader's try registers nothing."""
    row = decided(office, Outcome.DEADLINE)
    with pytest.raises(gate.Forbidden):
        reception_steps.hand_on(office.session, office.actor("leader_a"), row, {})
    assert count(office, m.Petition) == 0


# -- the rule of the accused


def booked(office: Any, row: m.ReceptionRecord, **respondent: Any) -> m.Appointment:
    """The sign-up this record came from, naming whom he complains of."""
    facts = {"visitor": row.visitor, "demand": row.demand, "purpose": Purpose.REPORT, "signed_up_on": DAY}
    booking = m.Appointment(session=row.session, record=row, **facts, **respondent)
    office.session.add(booking)
    office.session.flush()
    return booking


def test_a_unit_he_named_when_he_signed_up_gets_nothing(office: Any, clerk: Actor) -> None:
    """§3, D11: barred from the leader's decision on, before there is a matter, and nothing is registered."""
    row = came(office, purpose=Purpose.REPORT)
    booked(office, row, respondent_unit_id=office.unit("b").id)
    given = {"outcome": Outcome.ASSIGN, "opinion": "请核实。", "signed_on": DAY, "unit_id": office.unit("b").id}
    with pytest.raises(RuleBroken, match="是被反映人") as no:
        reception_records.give_opinion(office.session, office.actor("leader_a"), row, given)
    assert (no.value.field, row.unit_id, row.outcome) == ("unit_id", None, None)
    with pytest.raises(RuleBroken, match="是被反映人") as no:
        reception_steps.hand_on(office.session, clerk, row, {"unit_id": office.unit("b").id, "feedback_on": DUE})
    assert (no.value.field, count(office, m.Petition)) == ("unit_id", 0)


def test_the_respondents_of_the_sign_up_go_along(office: Any, clerk: Actor) -> None:
    """§3: carried over as the matter's respondents; it gets a guarded number."""
    row = came(office, purpose=Purpose.REPORT)
    booked(office, row, respondent_unit_id=office.unit("b").id)
    petition = reception_steps.hand_on(office.session, clerk, row, {"unit_id": office.unit("a").id, "feedback_on": DUE})
    assert [(r.kind, r.name) for r in petition.respondents] == [(RespondentKind.UNIT, "民政办")]
    assert petition.number.startswith("JB")


def test_an_assisting_unit_is_barred_too(office: Any) -> None:
    row = came(office, purpose=Purpose.REPORT)
    booked(office, row, respondent_unit_id=office.unit("a").id)
    given = {"outcome": Outcome.COORDINATE, "assisting_ids": [office.unit("a1").id]}
    with pytest.raises(RuleBroken, match=r"^协办单位：该单位或其负责人是被反映人"):
        reception_records.give_opinion(office.session, office.actor("clerk"), row, given)


def accused_leader(office: Any) -> list[Accused]:
    """赵明, who receives."""
    return [Accused(RespondentKind.LEADER, office.leader("a").id, office.leader("a").name)]


def test_the_accused_leader_takes_no_case(office: Any, clerk: Actor) -> None:
    row = came(office, purpose=Purpose.REPORT, outcome=Outcome.CASE, unit_id=office.unit("a").id)
    with pytest.raises(RuleBroken, match="应当回避"):
        reception_steps.take_case(office.session, clerk, row, {"feedback_on": DUE}, accused_leader(office))
    assert (count(office, m.Petition), count(office, m.Case)) == (0, 0)


def test_the_accused_leader_does_not_stay_responsible(office: Any, clerk: Actor) -> None:
    """A8 gives way to §3: what complains of the receiving leader is the office's, and out of his sight."""
    row = came(office, purpose=Purpose.REPORT)
    contact = reception_records.turn_into_matter(office.session, clerk, row, respondents=accused_leader(office))
    assert (contact.petition.first_receiver, contact.receptionist) == (office.user("clerk"), office.user("clerk"))
    assert list(reception_records.of_session(office.session, office.actor("leader_a"), row.session)) == []
