"""Proceedings: planned, held by enough people, the majority and dissent by name, decisions as tasks, papers (F3, F4, §3)."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.proceedings import AskedBy, MediationLevel, Outcome, ProceedingKind, ProceedingState
from rules.words import RespondentKind, RuleBroken
from services import (
    attachments,
    decisions,
    digest,
    gate,
    proceeding_lists,
    proceeding_papers,
    proceeding_people,
    proceedings,
    settings,
)
from services.due_sources import items as due_items
from services.proceeding_people import People
from services.registration import Accused
from tests.fixtures.handled import complaint, move, registered
from tests.fixtures.office import TODAY, Office

DAY = date(2026, 11, 2)
K, OUT = ProceedingKind, Outcome
FACTS: dict[ProceedingKind, dict[str, Any]] = {
    K.VERIFICATION: {},
    K.CONFERENCE: {},
    K.HEARING: {"asked_by": AskedBy.UNIT, "asked_on": DAY, "announced_on": DAY},
    K.MEDIATION: {"level": MediationLevel.TOWNSHIP},
    K.APPRAISAL: {"asked_on": DAY},
}
OUTCOMES = {
    K.VERIFICATION: OUT.TRUE, K.CONFERENCE: OUT.AGREED, K.HEARING: OUT.PARTLY, K.MEDIATION: OUT.SETTLED,
    K.APPRAISAL: OUT.ACCEPTED,
}  # fmt: skip


def matter(office: Office, **said: Any) -> m.Petition:
    """A matter with unit A."""
    petition = registered(office, DAY, **said)
    move(office, petition, "assign", DAY, unit_id=office.unit("a").id)
    return petition


def request(office: Office, petition: m.Petition, folder: Path) -> m.Attachment:
    """The petitioner's written request, scanned."""
    return attachments.add(office.session, office.actor("clerk"), petition, "申请.pdf", BytesIO(b"%PDF-1.4"), folder)


def people(**said: Any) -> People:
    told = {"chair": "李建国，县司法局", "members": "周强，县自然资源局工程师\n刘芳，村民代表", "parties": "赵丽华"}
    return People(**told | said)


def plan(office: Office, kind: ProceedingKind = K.CONFERENCE, by: str = "clerk", **said: Any) -> m.Proceeding:
    petition = said.pop("petition", None) or matter(office)
    told = {"kind": kind, "held_on": TODAY, "people": people(), "starts": "9:30", "place": "二楼"} | FACTS[kind] | said
    return proceedings.save(office.session, office.actor(by), petition, m.Proceeding(), proceedings.Plan(**told))


def hold(office: Office, row: m.Proceeding, **said: Any) -> m.Proceeding:
    told = {
        "held_on": TODAY, "people": people(), "minutes": "到场逐项核对。", "conclusion": "应当补发差额。",
        "outcome": OUTCOMES[row.kind], "recorder": "王敏",
    }  # fmt: skip
    proceedings.hold(office.session, office.actor("clerk"), row, proceedings.Result(**told | said))
    return row


def decide(office: Office, row: m.Proceeding, by: str = "clerk", **said: Any) -> m.Decision:
    told = {"text": "补发差额补偿款。", "due_on": TODAY + timedelta(days=10)} | (
        said or {"unit_id": office.unit("a").id}
    )
    return proceedings.decide(office.session, office.actor(by), row, decisions.Said(**told))


@pytest.mark.parametrize("kind", [kind for kind in K if kind is not K.APPRAISAL])
def test_every_kind_is_planned_held_and_put_on_paper(office: Office, kind: ProceedingKind) -> None:
    """F4: date, people, minutes, what it came to; F3: mediation says at which level."""
    row = hold(office, plan(office, kind))
    assert (row.state, row.held_on, row.outcome) == (ProceedingState.HELD, TODAY, OUTCOMES[kind])
    decide(office, row)
    paper = proceeding_papers.issue(office.session, office.actor("clerk"), row)
    text = str(paper.content["blocks"])
    for said in (
        "到场逐项核对。",
        "李建国（县司法局）",
        "周强（县自然资源局工程师）",
        "补发差额补偿款。（",
        row.outcome.label,
    ):
        assert said in text
    assert row.document is paper
    assert paper.petition_id == row.petition_id


@pytest.mark.parametrize(
    ("kind", "said", "field", "words"),
    [
        (K.CONFERENCE, {"people": People("")}, "chair", "会商主持：请填写一位"),
        (K.CONFERENCE, {"people": People("王一\n王二")}, "chair", "会商主持：请填写一位"),
        (K.CONFERENCE, {"people": people(members="周强\n周强，工程师")}, "members", "“周强”填了两次"),
        (K.CONFERENCE, {"people": people(members="，县局")}, "members", "第 1 行"),
        (K.CONFERENCE, {"people": people(leader_ids=[999_999])}, "leader_ids", "没有这个选项"),
        (K.CONFERENCE, {"held_on": date(2025, 1, 2)}, "held_on", "早于一年以前"),
        (K.CONFERENCE, {"held_on": DAY - timedelta(days=1)}, "held_on", "早于登记日期"),
        (K.CONFERENCE, {"starts": "25:00"}, "starts", ""),
        (K.HEARING, {"asked_by": None}, "asked_by", "提出方"),
        (K.HEARING, {"announced_on": None}, "announced_on", "听证须先公告"),
        (K.HEARING, {"announced_on": TODAY + timedelta(days=1)}, "announced_on", "不能晚于进行的日期"),
        (K.MEDIATION, {"level": None}, "level", "在哪一级调解"),
        (K.APPRAISAL, {}, "request_id", "只在信访人书面申请时"),
        (K.APPRAISAL, {"asked_on": None}, "asked_on", "申请日期"),
        (K.APPRAISAL, {"request_id": 999_999}, "request_id", ""),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_right_is_refused(
    office: Office, kind: ProceedingKind, said: dict[str, Any], field: str, words: str
) -> None:
    """F4: an appraisal only at the petitioner's written request; nothing is kept of a refused one."""
    with pytest.raises(RuleBroken) as no:
        plan(office, kind, **said)
    assert words in no.value.message
    assert no.value.field == field or isinstance(no.value, gate.NotHere)
    office.session.rollback()
    assert office.session.query(m.Proceeding).count() == 0


def test_an_appraisal_stands_on_the_written_request(office: Office, tmp_path: Path) -> None:
    """F4: date and file of the request; another matter's file is none; one may be uploaded with it."""
    petition, other = matter(office), matter(office)
    foreign = request(office, other, tmp_path)
    with pytest.raises(RuleBroken, match="不是这件事项的附件"):
        plan(office, K.APPRAISAL, petition=petition, request_id=foreign.id)
    row = plan(office, K.APPRAISAL, petition=petition, request_id=request(office, petition, tmp_path).id)
    assert row.asked_by is AskedBy.PETITIONER
    assert hold(office, row).state is ProceedingState.HELD
    told = proceedings.Plan(K.APPRAISAL, TODAY, people(), asked_on=DAY, uploads=[("申请2.pdf", BytesIO(b"%PDF-1.5"))])
    with_it = proceedings.save(office.session, office.actor("clerk"), petition, m.Proceeding(), told, tmp_path)
    assert with_it.request.name == "申请2.pdf"
    assert with_it.request.petition_id == petition.id


@pytest.mark.parametrize(
    ("kind", "said", "field", "words"),
    [
        (K.VERIFICATION, {"held_on": TODAY + timedelta(days=1)}, "held_on", "还没有到"),
        (K.VERIFICATION, {"people": people(members="")}, "members", "至少 2 人，现有 1 人"),
        (K.HEARING, {"people": people(members="周强")}, "members", "至少 3 人，现有 2 人"),
        (K.HEARING, {"people": people(members="周强\n刘芳\n孙平")}, "members", "应为单数"),
        (K.HEARING, {"people": people(parties="")}, "parties", "当事人"),
        (K.VERIFICATION, {"minutes": " "}, "minutes", "核查经过"),
        (K.VERIFICATION, {"conclusion": ""}, "conclusion", "核查结论"),
        (K.VERIFICATION, {"recorder": ""}, "recorder", "记录人"),
        (K.VERIFICATION, {"outcome": OUT.SETTLED}, "outcome", "没有这种结论"),
        (K.VERIFICATION, {"dissent": "面积不对"}, "dissent", "须记名"),
        (K.VERIFICATION, {"dissent": "周强："}, "dissent", "须记名"),
        (K.VERIFICATION, {"dissent": "王五：面积不对"}, "dissent", "不在参加人员中"),
        (K.VERIFICATION, {"dissent": "周强：不对\n刘芳：也不对"}, "dissent", "没有多数同意"),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_right_is_refused(
    office: Office, kind: ProceedingKind, said: dict[str, Any], field: str, words: str
) -> None:
    """F4: enough people, the majority agreed, dissent by name."""
    row = plan(office, kind)
    office.session.commit()
    with pytest.raises(RuleBroken) as no:
        hold(office, row, **said)
    assert (no.value.field, words in no.value.message) == (field, True)
    office.session.rollback()
    assert row.state is ProceedingState.PLANNED
    assert row.minutes is None


def test_dissent_is_kept_with_its_name(office: Office) -> None:
    """F4: “将不同意见记录在案” (S2a)."""
    row = hold(office, plan(office, K.VERIFICATION), dissent="周强：面积以复测为准。")
    assert proceeding_people.dissent(row) == "周强：面积以复测为准。"
    assert proceeding_papers.values(office.session, office.actor("clerk"), row)["dissent"] == "周强：面积以复测为准。"


def test_the_office_says_how_many_check(office: Office) -> None:
    settings.put(office.session, office.actor("office_head"), "verification_people", "5")
    with pytest.raises(RuleBroken, match="至少 5 人，现有 3 人"):
        hold(office, plan(office, K.VERIFICATION))


def test_a_known_name_is_the_leader_or_account(office: Office) -> None:
    leader, user = office.leader("a"), office.user("handler_a")
    row = plan(office, people=People(user.name, f"刘芳，村民\n{leader.name}"))
    found = {one.name: (one.leader_id, one.user_id) for one in row.people}
    assert found == {user.name: (None, user.id), "刘芳": (None, None), leader.name: (leader.id, None)}


def test_those_a_guarded_matter_shuts_out_take_no_part(office: Office) -> None:
    """§3: neither chosen, nor typed, nor as a party, nor as the owner of a decision."""
    petition, accused = complaint(office, DAY), office.leader("b")
    office.session.commit()
    for said in (
        People(accused.name),
        people(leader_ids=[accused.id]),
        people(members=accused.name),
        people(parties=accused.name),
    ):
        with pytest.raises(RuleBroken, match="应当回避"):
            plan(office, K.HEARING, petition=petition, people=said)
        office.session.rollback()
    row = hold(office, plan(office, K.VERIFICATION, petition=petition))
    with pytest.raises(RuleBroken) as no:
        decide(office, row, leader_id=accused.id)
    assert no.value.field == "leader_id"
    assert "回避" in no.value.message


def test_the_other_side_of_an_open_matter_comes_as_a_party_only(office: Office) -> None:
    """A mediation needs both sides; who is complained of neither checks nor presides."""
    unit = office.unit("b")
    petition = matter(office, respondents=[Accused(RespondentKind.UNIT, unit.id, unit.name)])
    assert plan(office, K.MEDIATION, petition=petition, people=people(parties=f"赵丽华\n{unit.name}")).id
    with pytest.raises(RuleBroken, match="应当回避"):
        plan(office, K.VERIFICATION, petition=petition, people=people(members=unit.name))


def test_parties_of_a_guarded_matter_are_masked(office: Office) -> None:
    """§4: on screens and papers; the form that does not show them leaves them as they are."""
    row = plan(office, K.MEDIATION, petition=complaint(office, DAY))
    hold(office, row, people=people(parties=None))
    assert proceeding_papers.values(office.session, office.actor("clerk"), row)["parties"] == "赵某"
    assert [one.name for one in row.people if one.role.value == "party"] == ["赵丽华"]


@pytest.mark.parametrize(
    ("username", "may"),
    [("clerk", True), ("office_head", True), ("handler_a", True), ("unit_head_a", True), ("handler_b", False), ("leader_b", False)],
)  # fmt: skip
def test_who_records_a_matters_proceedings(office: Office, username: str, may: bool) -> None:
    petition = matter(office)
    if may:
        assert plan(office, petition=petition, by=username).by_id == office.user(username).id
    else:
        with pytest.raises(gate.Forbidden):
            plan(office, petition=petition, by=username)


def test_decisions_come_back_as_tasks_until_done(office: Office) -> None:
    """F4: each with its owner and date, on the workbench and among what falls due; done with what was done."""
    row = hold(office, plan(office, petition=matter(office)))
    one = decide(office, row, by="handler_a")
    assert (one.conference, one.petition, one.decided_on) == (row, row.petition, TODAY)
    handler = office.actor("handler_a")
    assert decisions.counts(office.session, handler)["mine"] == 1
    keys = {(item.kind.key, item.about) for item in due_items(office.session, handler, TODAY + timedelta(days=15))}
    assert ("decision", one) in keys
    decisions.finish(office.session, handler, one, TODAY, "差额已到账，见银行回单。")
    assert decisions.counts(office.session, handler)["mine"] == 0


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_on": TODAY}, "unit_id"),
        ({"unit_id": 1, "due_on": TODAY - timedelta(days=1)}, "due_on"),
        ({"text": " ", "unit_id": 1}, "text"),
    ],
)  # fmt: skip
def test_a_decision_without_owner_date_or_words_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    row = hold(office, plan(office))
    with pytest.raises(RuleBroken) as no:
        decide(office, row, **said)
    assert no.value.field == field


def test_nothing_is_decided_before_it_was_held_nor_held_twice(office: Office) -> None:
    row = plan(office)
    with pytest.raises(RuleBroken, match="请先登记结果"):
        decide(office, row)
    with pytest.raises(RuleBroken, match="请先登记结果"):
        proceeding_papers.issue(office.session, office.actor("clerk"), row)
    hold(office, row)
    with pytest.raises(RuleBroken, match="不能再改"):
        hold(office, row)
    with pytest.raises(RuleBroken, match="不能再改"):
        proceedings.cancel(office.session, office.actor("clerk"), row, "改期")


def test_a_planned_one_falls_due_and_is_called_off_with_a_reason(office: Office) -> None:
    row, clerk = plan(office, held_on=TODAY + timedelta(days=2)), office.actor("clerk")
    later = replace(clerk, today=TODAY + timedelta(days=5))
    assert proceeding_lists.counts(office.session, clerk) == {"overdue": 0}
    assert proceeding_lists.counts(office.session, later) == {"overdue": 1}
    assert "proceeding" in {group.kind.key for group in digest.groups(office.session, later)}
    with pytest.raises(RuleBroken, match="取消理由"):
        proceedings.cancel(office.session, clerk, row, " ")
    proceedings.cancel(office.session, clerk, row, "信访人要求改期")
    assert proceeding_lists.counts(office.session, later) == {"overdue": 0}


def test_a_hearings_days_are_the_rechecks_own_fact(office: Office) -> None:
    """Art 36: the days not counted stand on the clock of the re-review; the hearing points to the move, it counts nothing."""
    row = hold(office, plan(office, K.HEARING))
    assert proceeding_lists.counted_out(row) is None
    span = {"from_on": "2026年11月20日", "to_on": "2026年11月22日"}
    heard = m.Move(
        petition=row.petition, verb="hear", to_status=row.petition.status, moved_on=TODAY, moved_at=office.now,
        by_name="王敏", details=span,
    )  # fmt: skip
    office.session.add(heard)
    office.session.flush()
    assert proceeding_lists.counted_out(row) is heard


def test_correcting_asks_for_a_new_paper(office: Office) -> None:
    row, clerk = hold(office, plan(office)), office.actor("clerk")
    old = proceeding_papers.issue(office.session, clerk, row)
    said = proceedings.Result(TODAY, people(), "更正后的记录。", "应当补发。", OUT.DIVIDED, "王敏", "周强：保留意见")
    proceedings.correct(office.session, clerk, row, said)
    assert row.document is None
    assert row.minutes == "更正后的记录。"
    assert proceeding_papers.issue(office.session, clerk, row).number != old.number
