"""Records of visitors of a session, the leader's opinion, and the step to a matter (D7, A8, C2)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.words import Outcome, Purpose, RuleBroken, Status
from services import gate, reception_records, receptions
from tests.fixtures import reception


def came(office: Any, **said: Any) -> m.ReceptionRecord:
    """A visitor of 赵明's session of 18 November."""
    place = {"held_on": date(2026, 11, 18), "starts": "09:00", "ends": "11:30"}
    held = receptions.add(office.session, office.actor("clerk"), place | {"leader_id": office.leader("a").id})
    return reception.visitor(office, held, **said)


@pytest.mark.db
def test_a_visitor_becomes_a_matter_with_everything_carried_over(office: Any) -> None:
    """D7, A8: one step; the receiving leader stays first responsible."""
    signed = {"unit_id": office.unit("b").id, "signed_on": date(2026, 11, 18)}
    row = came(office, opinion="请民政办一周内核实。", outcome=Outcome.ASSIGN, **signed)
    contact = reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    petition = contact.petition
    assert (contact.channel, contact.received_on, contact.people_count) == ("leader_reception", date(2026, 11, 18), 2)
    assert (contact.reception_session_id, contact.demand) == (row.session_id, row.demand)
    assert [(link.petitioner.name, link.petitioner.phone) for link in contact.people] == [("胡大年", "13800001234")]
    assert (petition.title, petition.place, petition.status) == ("村道路灯损坏半年未修", "河东村", Status.REGISTERED)
    assert petition.first_receiver is office.user("leader_a")
    assert (row.petition, row.contact) == (petition, contact)


def test_a_second_time_is_refused(office: Any) -> None:
    row = came(office)
    reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    with pytest.raises(RuleBroken, match="不能重复登记"):
        reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    assert office.session.query(m.Contact).execution_options(gated=True).count() == 1


def test_a_repeat_joins_its_matter(office: Any) -> None:
    """A3: then the contact is 重复."""
    clerk = office.actor("clerk")
    first = reception_records.turn_into_matter(office.session, clerk, came(office))
    again = reception_records.turn_into_matter(office.session, clerk, came(office), first.petition)
    office.session.refresh(again)
    assert (again.petition, again.is_first) == (first.petition, False)


def test_a_voided_matter_takes_no_repeat(office: Any) -> None:
    clerk = office.actor("clerk")
    old = reception_records.turn_into_matter(office.session, clerk, came(office)).petition
    old.status, old.voided_on, old.void_reason = Status.VOIDED, office.today, "重复录入"
    with pytest.raises(RuleBroken, match="已作废") as no:
        reception_records.turn_into_matter(office.session, clerk, came(office), old)
    assert no.value.field == "petition_id"


def test_a_report_gets_the_guarded_series_and_a_masked_name(office: Any) -> None:
    """Rules §3: 检举控告 has numbers of its own; the reporter's name is masked (§4)."""
    row = came(office, purpose=Purpose.REPORT)
    assert reception_records.shown_name(row) == "胡某"
    contact = reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    assert contact.petition.number.startswith("JB")
    assert reception_records.shown_name(row) == "胡某"


def test_secrecy_is_carried_over(office: Any) -> None:
    """A1: 要求保密."""
    row = came(office, is_secret=True)
    assert reception_records.turn_into_matter(office.session, office.actor("clerk"), row).petition.is_secret


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"visitor": " "}, "visitor"),
        ({"demand": ""}, "demand"),
        ({"people_count": 0}, None),
        ({"people_count": 10_001}, "people_count"),
        ({"people_count": -3}, "people_count"),
    ],
)
def test_what_cannot_be_right_is_refused(office: Any, said: dict[str, Any], field: str | None) -> None:
    if field is None:
        assert came(office, **said).people_count == 1
        return
    with pytest.raises(RuleBroken) as no:
        came(office, **said)
    assert no.value.field == field


@pytest.mark.parametrize("case", ["future", "cancelled", "without leader"])
def test_nobody_comes_to_a_session_that_was_not_held(office: Any, case: str) -> None:
    first, _second = reception.roster(office, "2026-12" if case == "future" else "2026-11")
    if case == "cancelled":
        receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    if case == "without leader":
        first.leader_id = None
    with pytest.raises(RuleBroken):
        reception.visitor(office, first)


def test_the_leader_writes_his_opinion_on_his_own_sessions_only(office: Any) -> None:
    """D7, C1, C4."""
    row = came(office)
    said = {"opinion": "请城建办核实。", "outcome": Outcome.DEADLINE, "visitor": "改名"}
    said |= {"unit_id": office.unit("a").id, "due_on": date(2026, 11, 28)}
    with pytest.raises(gate.Forbidden):
        reception_records.give_opinion(office.session, office.actor("leader_b"), row, said)
    reception_records.give_opinion(office.session, office.actor("leader_a"), row, said)
    assert (row.opinion, row.outcome, row.visitor) == ("请城建办核实。", Outcome.DEADLINE, "胡大年")
    with pytest.raises(RuleBroken, match="至少填一项"):
        reception_records.give_opinion(office.session, office.actor("leader_a"), row, {"opinion": "", "outcome": None})
    with pytest.raises(RuleBroken, match="办理结果"):
        reception_records.note_result(office.session, office.actor("clerk"), row, " ")
    reception_records.note_result(office.session, office.actor("clerk"), row, "路灯已修复。")
    assert row.result == "路灯已修复。"


def test_a_registered_record_changes_in_its_matter(office: Any) -> None:
    clerk, row = office.actor("clerk"), came(office)
    reception_records.change(office.session, clerk, row, {"demand": "路灯坏了。", "phone": ""})
    assert (row.demand, row.phone) == ("路灯坏了。", "13800001234")
    reception_records.turn_into_matter(office.session, clerk, row)
    with pytest.raises(RuleBroken, match="请在信访事项中更正"):
        reception_records.change(office.session, clerk, row, {"demand": "别的事。"})
    reception_records.change(office.session, clerk, row, {"cause": "管护责任不清"})
    assert row.cause == "管护责任不清"


def test_the_gate_shows_a_leader_his_own_visitors(office: Any) -> None:
    """C1: rules §4 "his sessions"."""
    row = came(office)
    seen = {
        name: list(reception_records.of_session(office.session, office.actor(name), row.session))
        for name in ("clerk", "leader_a", "leader_b", "inspector")
    }
    assert seen == {"clerk": [row], "leader_a": [row], "leader_b": [], "inspector": [row]}


def test_the_accused_leader_loses_sight_of_the_record(office: Any) -> None:
    """C2: once the matter is known to complain of him, his own session's list no longer shows it."""
    row = came(office, purpose=Purpose.REPORT)
    contact = reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    leader = office.leader("a")
    office.session.add(m.Respondent(petition=contact.petition, kind="leader", leader_id=leader.id, name=leader.name))
    office.session.flush()
    assert list(reception_records.of_session(office.session, office.actor("leader_a"), row.session)) == []
    assert list(reception_records.of_session(office.session, office.actor("clerk"), row.session)) == [row]


@pytest.mark.db
@pytest.mark.parametrize("wrong", ["people", "half registered", "two for one contact", "swap with itself", "hours"])
def test_the_database_refuses_what_cannot_be(office: Any, wrong: str) -> None:
    row = came(office)
    contact = reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    other = came(office)
    if wrong == "people":
        other.people_count = 0
    if wrong == "half registered":
        other.petition = contact.petition
    if wrong == "two for one contact":
        other.petition, other.contact = contact.petition, contact
    if wrong == "swap with itself":
        leader = office.leader("a")
        swap = {"from_leader": leader, "to_leader": leader, "reason": "", "asked_on": office.today}
        office.session.add(m.Swap(session=row.session, other_session=row.session, **swap))
    if wrong == "hours":
        row.session.ends = "08:00"
    with pytest.raises(Exception, match=r"(?i)constraint"):
        office.session.flush()
