"""Opening a case from where it was found, its team and evidence, proposals by a unit (F1–F3, F8)."""

from typing import Any

import pytest

import models as m
from rules.cases import CaseBasis, CaseSource, TeamRole
from rules.words import DutyState, LedgerState, Level, Purpose, RespondentKind, RuleBroken, UnitKind
from services import (
    campaign_ledger,
    case_carriers,
    case_proposals,
    case_sources,
    case_team,
    case_work,
    cases,
    disputes,
    gate,
    reception_steps,
)
from services.cases import Assignment
from services.registration import Accused
from tests.fixtures import casework as made
from tests.fixtures.office import Office


def campaign(office: Office, **said: Any) -> m.Campaign:
    values = {
        "starts_on": made.day(office, -30),
        "ends_on": made.day(office, 90),
        "name": "化解年",
        "body": "联席办",
    } | said
    row = m.Campaign(**values)
    office.session.add(row)
    office.session.flush()
    return row


def ledger_row(office: Office, petition: m.Petition, **said: Any) -> m.CampaignCase:
    (row,) = campaign_ledger.take(office.session, office.actor("clerk"), campaign(office, **said), [petition.id])
    return row


def record(office: Office) -> m.ReceptionRecord:
    held = m.ReceptionSession(
        uid="case-1",
        held_on=made.day(office, -1),
        leader=office.leader("a"),
        place="接待室",
        starts="09:00",
        ends="11:30",
    )
    row = m.ReceptionRecord(session=held, leader=office.leader("a"), visitor="赵丽华", demand="村道损坏三年。请修复！")
    row.unit = office.unit("a")
    office.session.add_all([held, row])
    office.session.flush()
    return row


def dispute(office: Office) -> m.Dispute:
    said = {"unit_id": office.unit("a").id, "found_on": office.today, "place": "河东村", "cause": "地界不清"}
    return disputes.save(office.session, office.actor("clerk"), m.Dispute(), said)


def open_from(office: Office, source: Any, **said: Any) -> m.Case:
    told = Assignment(**{"leader_id": office.leader("a").id} | said)
    return case_sources.open_from(office.session, office.actor("clerk"), source, told)


def links(office: Office, case: m.Case) -> list[tuple[CaseSource, int]]:
    return [(one.source, one.row_id) for one in case_sources.links(office.session, office.actor("clerk"), case)]


def test_a_case_from_a_matter_says_so_f1(office: Office) -> None:
    case = open_from(office, made.matter(office))
    assert (case.source, links(office, case)) == (CaseSource.MATTER, [])


def test_a_case_from_a_ledger_row_keeps_the_row_and_takes_the_campaigns_duties_f1_f2(office: Office) -> None:
    row = ledger_row(office, made.matter(office), duties=["包协调", "包处理", "包息访", "保稳定"], strike_months=6)
    case = open_from(office, row)
    assert (case.source, case.campaign_case_id) == (CaseSource.CAMPAIGN, row.id)
    assert [duty.name for duty in case.duties] == ["包协调", "包处理", "包息访", "保稳定"]
    assert (row.leader, row.led_on) == (office.leader("a"), office.today)
    assert links(office, case) == [(CaseSource.CAMPAIGN, row.id)]
    assert case_sources.case_of(office.session, office.actor("clerk"), row.petition_id) is case


def test_a_case_from_a_dispute_registers_it_and_links_both_ways_e2_f1(office: Office) -> None:
    row = dispute(office)
    case = open_from(office, row)
    assert (case.source, row.case, row.petition) == (CaseSource.DISPUTE, case, case.petition)
    assert links(office, case) == [(CaseSource.DISPUTE, row.id)]


def test_a_case_from_a_reception_record_is_linked_both_ways_d7_f1(office: Office) -> None:
    row = record(office)
    with pytest.raises(RuleBroken, match="还没有转成信访事项"):
        open_from(office, row)
    case = reception_steps.take_case(
        office.session,
        office.actor("clerk"),
        row,
        {"unit_id": office.unit("a").id, "feedback_on": made.day(office, 30)},
    )
    assert (case.source, case.record_id) == (CaseSource.RECORD, row.id)
    assert links(office, case) == [(CaseSource.RECORD, row.id)]


def test_a_struck_off_or_removed_row_opens_no_case(office: Office) -> None:
    row = ledger_row(office, made.matter(office))
    removed = {"state": LedgerState.REMOVED, "removed_reason": "重复"}
    campaign_ledger.edit(office.session, office.actor("clerk"), row, removed)
    with pytest.raises(RuleBroken, match="这一行已移出台账"):
        open_from(office, row)
    assert cases.running(office.session, row.petition) is None


# what the case is, which leader, the sentence
RANKS = {
    "重大复杂 by a deputy": ({"is_major": True}, "a", "重大复杂的由主要领导包案"),
    "from above by a village leader": ({"level": Level.COUNTY}, "village", "由党委政府班子成员包案"),
    "重大复杂 by the mayor": ({"is_major": True}, "mayor", ""),
    "from above by a deputy": ({"level": Level.PROVINCE}, "a", ""),
}


@pytest.mark.parametrize(("said", "who", "words"), RANKS.values(), ids=RANKS)
def test_what_is_major_or_from_above_needs_a_leader_of_that_rank_f8(
    office: Office, said: dict[str, Any], who: str, words: str
) -> None:
    village = m.Leader(name="石磊", title="村支书", level=UnitKind.VILLAGE)
    office.session.add(village)
    office.session.flush()
    leader = village if who == "village" else office.leader(who)
    values = {"leader_id": leader.id, "reason": "班子会确定"} | said
    if words:
        with pytest.raises(RuleBroken, match=words):
            open_from(office, made.matter(office), **values)
        assert office.session.query(m.Case).count() == 0
    else:
        assert open_from(office, made.matter(office), **values).leader is leader


def test_a_leader_whose_term_is_over_is_neither_proposed_nor_taken_f1(office: Office) -> None:
    office.leader("a").in_office_to = made.day(office, -1)
    with pytest.raises(RuleBroken, match="没有这位在任领导"):
        open_from(office, made.matter(office))
    case = open_from(office, made.matter(office), leader_id=office.leader("in_charge").id)
    assert case.reason is None, "the next above is who the division of work names now"


# -- the team


def join(office: Office, case: m.Case, who: str = "clerk", **said: Any) -> m.CaseMember:
    return case_team.join(office.session, office.actor(who), case, case_team.Person(**said))


def test_a_team_is_kept_by_account_or_name_and_who_leaves_stays_listed_f1(office: Office) -> None:
    case = made.case(office)
    handler = join(office, case, role=TeamRole.HANDLER, user_id=office.user("unit_head_a").id, duty="入户走访")
    lawyer = join(office, case, role=TeamRole.EXPERT, name="钱律师")
    assert (handler.name, handler.unit, handler.duty) == ("褚军", office.unit("a"), "入户走访")
    assert case_carriers.carries(office.actor("unit_head_a"), case)
    case_team.leave(office.session, office.actor("clerk"), handler)
    assert (handler.left_on, lawyer.left_on) == (office.today, None)
    assert not case_carriers.carries(office.actor("unit_head_a"), case)


# who joins, field, sentence
NOT_IN_THE_TEAM: dict[str, tuple[dict[str, Any], str, str]] = {
    "nobody": ({}, "name", "请选择账号或填写姓名"),
    "no such account": ({"user_id": 999}, "user_id", "没有这个账号"),
    "no such unit": ({"name": "钱某", "unit_id": 999}, "unit_id", "没有这个单位"),
    "the leader himself": ({"user_id": "leader_a"}, "user_id", "包案领导不用加入专班"),
    "twice by name": ({"name": "孙医生"}, "name", "已经在专班中"),
}


@pytest.mark.parametrize(("said", "field", "words"), NOT_IN_THE_TEAM.values(), ids=NOT_IN_THE_TEAM)
def test_who_cannot_join_a_team_is_said_by_field_f1(
    office: Office, said: dict[str, Any], field: str, words: str
) -> None:
    case = made.case(office)
    join(office, case, name="孙医生")
    if isinstance(said.get("user_id"), str):
        said = said | {"user_id": office.user(said["user_id"]).id}
    with pytest.raises(RuleBroken, match=words) as no:
        join(office, case, **said)
    assert (no.value.field, len(case.members)) == (field, 1)


def test_nobody_accused_joins_the_team_of_a_guarded_matter_c2(office: Office) -> None:
    accused = [Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")]
    case = made.case(office, made.matter(office, purpose=Purpose.REPORT, respondents=accused, steps=""))
    with pytest.raises(RuleBroken, match="此人应当回避"):
        join(office, case, user_id=office.user("handler_b").id)
    with pytest.raises(RuleBroken, match="该单位应当回避"):
        join(office, case, name="钱某", unit_id=office.unit("b").id)


def test_only_those_concerned_change_the_team_c4(office: Office) -> None:
    case = made.case(office)
    with pytest.raises(gate.Forbidden):
        join(office, case, "handler_b", name="钱某")


# -- evidence under the duties


def test_a_duty_shows_its_evidence_with_the_paper_behind_it_f2(office: Office) -> None:
    case = made.case(office)
    paper = office.session.query(m.Document).filter_by(petition_id=case.petition_id).first()
    shown = case_work.show_evidence(
        office.session, office.actor("handler_a"), case.duties[0], office.today, "入户走访记录", paper
    )
    assert (case.duties[0].evidence, shown.document, case.duties[0].state) == ([shown], paper, DutyState.DOING)


# day, text, whose paper, field, sentence
BAD_EVIDENCE = {
    "tomorrow": (1, "走访", "", "happened_on", "应在事项登记之日与今天之间"),
    "before the matter": (-400, "走访", "", "happened_on", "应在事项登记之日与今天之间"),
    "no words": (0, " ", "", "text", "请填写"),
    "another matter's paper": (0, "走访", "other", "paper", "不是这件事项的有效材料"),
}


@pytest.mark.parametrize(("day", "text", "whose", "field", "words"), BAD_EVIDENCE.values(), ids=BAD_EVIDENCE)
def test_evidence_that_cannot_be_right_names_its_field_f2(
    office: Office, day: int, text: str, whose: str, field: str, words: str
) -> None:
    case = made.case(office)
    paper = None
    if whose:
        paper = office.session.query(m.Document).filter_by(petition_id=made.matter(office).id).first()
    with pytest.raises(RuleBroken, match=words) as no:
        case_work.show_evidence(
            office.session, office.actor("clerk"), case.duties[0], made.day(office, day), text, paper
        )
    assert (no.value.field, case.duties[0].evidence) == (field, [])


# -- proposals


def propose(office: Office, who: str = "unit_head_a", **said: Any) -> m.CaseProposal:
    petition = said.pop("petition", None) or made.matter(office)
    return case_proposals.propose(office.session, office.actor(who), petition, said.pop("reason", "长期未化解"), **said)


def test_a_units_proposal_is_answered_by_the_leader_in_charge_f8(office: Office) -> None:
    row = propose(office, leader_id=office.leader("b").id)
    assert case_proposals.waiting(office.session, office.actor("leader_in_charge")) == 1
    case = case_proposals.approve(office.session, office.actor("leader_in_charge"), row, office.leader("b").id)
    assert (case.leader, case.basis, row.case, row.approved) == (office.leader("b"), CaseBasis.DECIDED, case, True)
    assert "城建办建议" in (case.reason or "")
    assert case_proposals.waiting(office.session, office.actor("leader_in_charge")) == 0


def test_a_refused_proposal_leaves_no_case_and_says_why_f8(office: Office) -> None:
    row = propose(office)
    with pytest.raises(RuleBroken, match="不同意的理由"):
        case_proposals.refuse(office.session, office.actor("office_head"), row, " ")
    case_proposals.refuse(office.session, office.actor("office_head"), row, "已有调解")
    assert (row.approved, row.answer, cases.running(office.session, row.petition)) == (False, "已有调解", None)
    with pytest.raises(RuleBroken, match="已经答复"):
        case_proposals.refuse(office.session, office.actor("office_head"), row, "再次")


def test_who_may_propose_and_answer_f8(office: Office) -> None:
    petition = made.matter(office)
    with pytest.raises(gate.Forbidden):
        propose(office, "unit_head_b", petition=petition)
    row = propose(office, "office_head", petition=petition)
    with pytest.raises(RuleBroken, match="已有包案建议等待批准"):
        propose(office, petition=petition)
    with pytest.raises(gate.Forbidden):
        case_proposals.approve(office.session, office.actor("office_head"), row, office.leader("a").id)
    with pytest.raises(gate.Forbidden):
        case_proposals.approve(office.session, office.actor("clerk"), row, office.leader("a").id)
