"""What the database itself refuses of teams, evidence, hand-overs and proposals: each constraint broken once (F1, F2, F8)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from services import handovers
from tests.fixtures import casework as made
from tests.fixtures.office import Office

pytestmark = pytest.mark.db(long="postgres")


def member(office: Office, case: m.Case, **said: Any) -> m.CaseMember:
    return m.CaseMember(case_id=case.id, name="褚军", joined_on=office.today, user=office.user("unit_head_a"), **said)


def handed(office: Office) -> m.HandOver:
    case = made.case(office)
    handovers.hand_over(office.session, office.actor("office_head"), case, office.leader("b").id, "调离")
    return office.session.query(m.HandOver).one()


def twice_in_a_team(office: Office) -> None:
    case = made.case(office)
    office.session.add_all([member(office, case), member(office, case)])


def left_before_joining(office: Office) -> None:
    office.session.add(member(office, made.case(office), left_on=made.day(office, -1)))


def evidence_of_two_papers(office: Office) -> None:
    case = made.case(office)
    paper = office.session.query(m.Document).filter_by(petition_id=case.petition_id).first()
    file = m.Attachment(
        petition_id=case.petition_id,
        name="a.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        purpose="x",
        stored_name="a",
    )
    office.session.add(
        m.DutyEvidence(
            case=case, duty=case.duties[0], happened_on=office.today, text="走访", document=paper, attachment=file
        )
    )


def to_the_same_leader(office: Office) -> None:
    row = handed(office)
    row.to_leader_id = row.from_leader_id


def to_the_same_case(office: Office) -> None:
    row = handed(office)
    row.next_id = row.case_id


def handed_over_twice(office: Office) -> None:
    row = handed(office)
    said = {
        name: getattr(row, name)
        for name in ("case_id", "from_leader_id", "to_leader_id", "handed_on", "reason", "body")
    }
    office.session.add(m.HandOver(next=made.case(office, made.matter(office)), batch="2", **said))


def proposal(office: Office, **said: Any) -> m.CaseProposal:
    petition = said.pop("petition", None) or made.matter(office)
    return m.CaseProposal(petition=petition, reason="久拖", asked_on=office.today, **said)


def two_waiting(office: Office) -> None:
    petition = made.matter(office)
    office.session.add_all([proposal(office, petition=petition), proposal(office, petition=petition)])


def answered_without_a_day(office: Office) -> None:
    office.session.add(proposal(office, approved=True))


def a_case_without_approval(office: Office) -> None:
    case = made.case(office)
    refused = proposal(office, petition=case.petition, approved=False, answered_on=office.today, case=case)
    office.session.add(refused)


def a_record_that_is_not_the_source(office: Office) -> None:
    made.case(office).campaign_case_id = 1


# the constraint's name, what breaks it
BROKEN: dict[str, Callable[[Office], None]] = {
    "uq_case_member_user": twice_in_a_team,
    "ck_case_member_order": left_before_joining,
    "ck_duty_evidence_one_paper": evidence_of_two_papers,
    "ck_hand_over_leaders": to_the_same_leader,
    "ck_hand_over_cases": to_the_same_case,
    "uq_hand_over_case_id": handed_over_twice,
    "uq_case_proposal_waiting": two_waiting,
    "ck_case_proposal_answered": answered_without_a_day,
    "ck_case_proposal_case": a_case_without_approval,
    "ck_case_campaign": a_record_that_is_not_the_source,
}


@pytest.mark.parametrize(("constraint", "act"), BROKEN.items(), ids=BROKEN)
def test_the_database_refuses(office: Office, constraint: str, act: Callable[[Office], None]) -> None:
    act(office)
    with pytest.raises(sa.exc.IntegrityError) as broken:
        office.session.flush()
    said = str(broken.value.orig)
    is_sqlite = office.session.get_bind().dialect.name == "sqlite"
    assert ("UNIQUE constraint failed" if is_sqlite and constraint.startswith("uq_") else constraint) in said
