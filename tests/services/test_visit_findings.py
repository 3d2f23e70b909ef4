"""What a visit finds: looked at again, and turned once into a dispute, a matter or a case (E1, A8, C2)."""

from datetime import date, timedelta
from typing import Any

import pytest

import models as m
from rules.reception_words import DisputeState, LeaderVisitState
from rules.words import Purpose, RespondentKind, RuleBroken
from services import gate, visit_findings
from tests.fixtures import visits_down as made
from tests.fixtures.office import TODAY, Office


@pytest.mark.db
def test_a_finding_becomes_a_matter_with_everything_carried_over(office: Office) -> None:
    """E1, A8: by the channel 下访发现; the leader stays first responsible."""
    row = made.finding(office)
    petition = visit_findings.into_matter(office.session, office.actor("clerk"), row)
    (contact,) = petition.contacts
    assert (contact.channel, contact.received_on, contact.demand) == (
        "leader_visit",
        date(2026, 11, 10),
        made.FOUND["text"],
    )
    assert [(link.petitioner.name, link.petitioner.phone) for link in contact.people] == [("胡大年", "13800001234")]
    assert (petition.place, petition.first_receiver) == ("河东村二组", office.user("leader_a"))
    assert row.petition is petition


def test_a_finding_without_a_person_is_anonymous(office: Office) -> None:
    row = made.finding(office, person=None, phone=None, place=None)
    petition = visit_findings.into_matter(office.session, office.actor("clerk"), row)
    assert (petition.contacts[0].is_anonymous, petition.place) == (True, "包片：河东片")


def test_a_finding_becomes_a_dispute_of_the_unit_visited(office: Office) -> None:
    """E1, E2: and the unit's reporter sees it."""
    row = made.finding(office)
    dispute = visit_findings.into_dispute(office.session, office.actor("clerk"), row)
    assert (dispute.number, dispute.unit, dispute.found_on) == ("JF2026-000001", office.unit("a1"), date(2026, 11, 10))
    assert (dispute.cause, dispute.place, dispute.party) == (row.text, "河东村二组", "胡大年")
    assert (dispute.measures, dispute.due_on, dispute.state) == (row.opinion, row.follow_up_on, DisputeState.OPEN)
    assert office.session.scalars(gate.rows(office.actor("reporter_a"), m.Dispute)).all() == [dispute]


def test_a_visit_without_unit_is_asked_whose_ledger(office: Office) -> None:
    row = made.finding(office, made.made(office, unit_id=None))
    with pytest.raises(RuleBroken) as no:
        visit_findings.into_dispute(office.session, office.actor("clerk"), row)
    assert no.value.field == "unit_id"
    assert visit_findings.into_dispute(
        office.session, office.actor("clerk"), row, office.unit("b").id
    ).unit is office.unit("b")


def test_a_finding_becomes_the_leaders_case(office: Office) -> None:
    """F1: in one step, his opinion as its direction."""
    row = made.finding(office)
    case = visit_findings.into_case(office.session, office.actor("clerk"), row)
    assert (case.petition, case.leader, case.unit) == (row.petition, office.leader("a"), office.unit("a1"))
    assert (case.direction, len(case.duties)) == (row.opinion, 4)


TURNS: dict[str, Any] = {
    "dispute": visit_findings.into_dispute, "matter": visit_findings.into_matter, "case": visit_findings.into_case,
}  # fmt: skip


@pytest.mark.parametrize("second", TURNS)
@pytest.mark.parametrize("first", TURNS)
def test_once_only(office: Office, first: str, second: str) -> None:
    row, clerk = made.finding(office), office.actor("clerk")
    TURNS[first](office.session, clerk, row)
    with pytest.raises(RuleBroken, match="不能再转"):
        TURNS[second](office.session, clerk, row)
    with pytest.raises(RuleBroken, match="请在那里更正"):
        visit_findings.change(office.session, clerk, row, {"text": "别的事"})
    visit_findings.change(office.session, clerk, row, {"opinion": "加快办理", "phone": ""})
    assert (row.opinion, row.phone) == ("加快办理", "13800001234")


@pytest.mark.parametrize("guard", [{"purpose": Purpose.REPORT}, {"is_secret": True}])
def test_a_report_goes_to_no_units_ledger(office: Office, guard: dict[str, Any]) -> None:
    """Rules §3: it becomes a guarded matter, its person masked."""
    row, clerk = made.finding(office, **guard), office.actor("clerk")
    with pytest.raises(RuleBroken, match="不进单位"):
        visit_findings.into_dispute(office.session, clerk, row)
    assert visit_findings.shown_name(row) == "胡某"
    assert visit_findings.into_matter(office.session, clerk, row).number.startswith("JB")


def test_the_accused_loses_sight_of_the_finding(office: Office) -> None:
    """C2: once its matter is known to complain of him, his own visit's page no longer shows it."""
    row = made.finding(office, is_secret=True)
    petition = visit_findings.into_matter(office.session, office.actor("clerk"), row)
    leader, actor = office.leader("a"), office.actor("leader_a")
    assert list(visit_findings.of_visit(office.session, actor, row.visit)) == [row]
    office.session.add(
        m.Respondent(petition=petition, kind=RespondentKind.LEADER, leader_id=leader.id, name=leader.name)
    )
    office.session.flush()
    assert list(visit_findings.of_visit(office.session, actor, row.visit)) == []
    assert list(visit_findings.of_visit(office.session, office.actor("clerk"), row.visit)) == [row]


def test_findings_are_seen_by_the_office_and_the_leader_who_was_there(office: Office) -> None:
    made.finding(office)
    names = ("clerk", "inspector", "leader_a", "leader_b", "leader_in_charge", "handler_a", "reporter_a", "archivist")
    seen = {name for name in names if office.session.scalars(gate.rows(office.actor(name), m.VisitFinding)).all()}
    assert seen == {"clerk", "inspector", "leader_a"}


@pytest.mark.parametrize(
    ("said", "field"), [({"text": " "}, "text"), ({"follow_up_on": date(2026, 11, 1)}, "follow_up_on")]
)
def test_what_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        made.finding(office, **said)
    assert no.value.field == field


def test_nothing_is_found_before_the_visit_or_after_it_was_called_off(office: Office) -> None:
    row = made.visit(office, 1)
    with pytest.raises(RuleBroken, match="还没有到"):
        made.finding(office, row)
    row.state, row.state_reason = LeaderVisitState.CANCELLED, "防汛"
    with pytest.raises(RuleBroken, match="已经取消"):
        made.finding(office, row)


@pytest.mark.parametrize(
    ("follow_up_on", "followed_up_on", "due"),
    [
        (TODAY, None, True),
        (TODAY - timedelta(days=3), None, True),
        (TODAY + timedelta(days=1), None, False),
        (None, None, False),
        (TODAY, TODAY - timedelta(days=1), True),
        (TODAY - timedelta(days=1), TODAY, False),
    ],
)
def test_return_visits_due_are_listed(
    office: Office, follow_up_on: date | None, followed_up_on: date | None, due: bool
) -> None:
    """E1: problems found are followed by return visits."""
    row, clerk = made.finding(office, follow_up_on=follow_up_on), office.actor("clerk")
    row.followed_up_on, row.result = followed_up_on, "已疏通" if followed_up_on else None
    office.session.flush()
    found = office.session.scalars(visit_findings.due(gate.rows(clerk, m.VisitFinding), clerk)).all()
    assert (found == [row]) is due


def test_a_return_visit_is_recorded_and_may_name_the_next(office: Office) -> None:
    row, clerk = made.finding(office), office.actor("clerk")
    for on, result, again, field in (
        (TODAY + timedelta(days=1), "已疏通", None, "followed_up_on"),
        (date(2026, 11, 1), "已疏通", None, "followed_up_on"),
        (TODAY, " ", None, "result"),
        (TODAY, "已疏通", TODAY, "follow_up_on"),
    ):
        with pytest.raises(RuleBroken) as no:
            visit_findings.follow_up(office.session, clerk, row, on, result, again)
        assert no.value.field == field
    with pytest.raises(gate.Forbidden):
        visit_findings.follow_up(office.session, office.actor("leader_b"), row, TODAY, "已疏通", None)
    visit_findings.follow_up(office.session, clerk, row, TODAY, "已疏通", TODAY + timedelta(days=30))
    assert (row.followed_up_on, row.result, row.follow_up_on) == (TODAY, "已疏通", TODAY + timedelta(days=30))
