"""Assigning a matter to a leader, working on it, handing it over (F1–F3, F7)."""

from typing import Any

import pytest

import models as m
from rules.words import CaseStatus, DutyState, Level, Purpose, RespondentKind, RuleBroken
from services import case_choices, case_work, cases, closing, gate, guarding, handovers, settings
from services.registration import Accused
from tests.fixtures import casework as made
from tests.fixtures.office import Office


def assignment(office: Office, **said: Any) -> cases.Assignment:
    return cases.Assignment(**{"leader_id": office.leader("a").id} | said)


def test_a_case_takes_over_unit_handler_and_the_offices_four_duties_f1_f2(office: Office) -> None:
    petition = made.matter(office)
    case = cases.assign(office.session, office.actor("clerk"), petition, assignment(office, direction="补发"))
    assert (case.number, case.status, case.assigned_on) == ("BA2026-001", CaseStatus.RUNNING, office.today)
    assert (case.unit, case.responsible) == (office.unit("a"), office.user("handler_a"))
    assert [duty.name for duty in case.duties] == ["包掌握情况", "包思想教育", "包解决化解", "包息诉息访"]
    assert cases.running(office.session, petition) is case


def test_the_four_duties_are_the_offices_own_setting_f2(office: Office) -> None:
    settings.put(office.session, office.actor("office_head"), "duties", "包协调\n包处理\n包息访\n保稳定")
    assert [duty.name for duty in made.case(office).duties] == ["包协调", "包处理", "包息访", "保稳定"]


def test_a_guarded_case_has_its_own_number_series_c2(office: Office) -> None:
    made.case(office)
    guarded = made.case(office, made.matter(office, is_secret=True))
    assert guarded.number == "JA2026-001"


def test_the_leader_nearest_to_the_unit_is_proposed_f1(office: Office) -> None:
    proposed = case_choices.propose_leader(office.session, office.actor("clerk"), made.matter(office))
    assert {office.unit("a")} == set(proposed.units)
    assert proposed == office.leader("a"), "not the deputy secretary, who answers for B as well"


def test_nobody_is_proposed_before_there_is_a_unit_f1(office: Office) -> None:
    assert case_choices.propose_leader(office.session, office.actor("clerk"), made.matter(office, steps="")) is None


def test_a_second_running_leader_is_refused_with_a_sentence_f1(office: Office) -> None:
    case = made.case(office)
    with pytest.raises(RuleBroken, match=f"已经由{case.leader.name}包案（{case.number}），一件事项只能有一位包案领导"):
        made.case(office, case.petition)


def test_two_who_assign_at_the_same_moment_the_second_reads_the_sentence_f1(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = made.case(office)
    petition, real, seen = case.petition, cases.running, []

    def first_sees_nobody(session: Any, asked: m.Petition) -> m.Case | None:
        seen.append(asked)
        return None if len(seen) == 1 else real(session, asked)

    monkeypatch.setattr(cases, "running", first_sees_nobody)
    with pytest.raises(RuleBroken, match="一件事项只能有一位包案领导"):
        made.case(office, petition)


# field, what is said, the sentence
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "another leader without a reason": ("reason", {"leader_id": "b"}, "改由他人包案的请写明理由"),
    "no such leader": ("leader_id", {"leader_id": 999}, "没有这位在任领导"),
    "no such unit": ("unit_id", {"unit_id": 999}, "没有这个单位"),
    "no such person": ("responsible_id", {"responsible_id": 999}, "没有这个账号"),
    "closes yesterday": ("close_by", {"close_by": -1}, "不能早于今天"),
    "meets yesterday": ("first_meeting_by", {"first_meeting_by": -1}, "不能早于今天"),
    "reported before closed": ("report_by", {"close_by": 9, "report_by": 8}, "不能早于结案时限"),
}


@pytest.mark.parametrize(("field", "said", "words"), REFUSED.values(), ids=REFUSED)
def test_an_assignment_that_cannot_be_right_names_its_field_f1(
    office: Office, field: str, said: dict[str, Any], words: str
) -> None:
    values = {
        key: made.day(office, value) if key.endswith("_by") else office.leader(value).id if value == "b" else value
        for key, value in said.items()
    }
    with pytest.raises(RuleBroken, match=words) as no:
        made.case(office, **values)
    assert no.value.field == field


def test_another_leader_with_a_reason_is_accepted_f1(office: Office) -> None:
    case = made.case(office, leader_id=office.leader("b").id, reason="班子会决定")
    assert (case.leader, case.reason) == (office.leader("b"), "班子会决定")


def test_a_leader_who_left_office_takes_no_case_f1(office: Office) -> None:
    petition = made.matter(office)
    office.leader("a").is_active = False
    with pytest.raises(RuleBroken, match="没有这位在任领导"):
        made.case(office, petition)


def test_a_closed_matter_takes_no_leader_f1(office: Office) -> None:
    with pytest.raises(RuleBroken, match="“已办结”的事项不能再包案"):
        made.case(office, made.matter(office, steps="assign accept reply serve close"))


@pytest.mark.parametrize("username", ["handler_a", "leader_a", "inspector", "cadre_a", "sysadmin"])
def test_others_do_not_assign_f1(office: Office, username: str) -> None:
    with pytest.raises(gate.Forbidden):
        cases.assign(office.session, office.actor(username), made.matter(office), assignment(office))


# what the respondent is, by which row
ACCUSED = {
    "the leader himself": lambda office: Accused(RespondentKind.LEADER, office.leader("a").id, "赵明"),
    "his account": lambda office: Accused(RespondentKind.USER, office.user("leader_a").id, "赵明"),
    "the unit his account belongs to": lambda office: Accused(
        RespondentKind.UNIT, office.unit("government").id, "青石镇人民政府"
    ),
}


@pytest.mark.parametrize("accused", ACCUSED.values(), ids=ACCUSED)
def test_the_accused_leader_takes_no_guarded_case_c2(office: Office, accused: Any) -> None:
    petition = made.matter(office, purpose=Purpose.REPORT, respondents=[accused(office)], steps="")
    barred = case_choices.accused_leaders(office.session, office.actor("clerk"), petition)
    assert office.leader("a").id in barred
    with pytest.raises(RuleBroken, match="应当回避"):
        made.case(office, petition)


def test_a_leader_complained_of_in_an_open_demand_may_still_take_it_c2(office: Office) -> None:
    accused = [Accused(RespondentKind.LEADER, office.leader("a").id, "赵明")]
    assert made.case(office, made.matter(office, respondents=accused)).leader == office.leader("a")


def test_an_accused_unit_or_person_is_not_made_responsible_c2(office: Office) -> None:
    accused = [Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")]
    petition = made.matter(office, purpose=Purpose.REPORT, respondents=accused, steps="")
    with pytest.raises(RuleBroken, match="责任单位：该单位应当回避"):
        made.case(office, petition, unit_id=office.unit("b").id)
    with pytest.raises(RuleBroken, match="责任人：此人应当回避"):
        made.case(office, petition, responsible_id=office.user("handler_b").id)


# who writes the case of leader A at unit A
WRITERS = {
    "clerk": True,
    "office_head": True,
    "leader_a": True,
    "handler_a": True,
    "unit_head_a": True,
    "leader_in_charge": False,
    "leader_b": False,
    "handler_b": False,
    "cadre_a": False,
    "inspector": False,
}


@pytest.mark.parametrize(("username", "may"), WRITERS.items())
def test_only_those_concerned_write_a_case_f3(office: Office, username: str, may: bool) -> None:
    case, actor = made.case(office), office.actor(username)
    assert cases.may_write(actor, case) is may
    if may:
        assert case_work.note_progress(office.session, actor, case, "已约见").by_id == actor.user_id
    else:
        with pytest.raises(gate.Forbidden):
            case_work.note_progress(office.session, actor, case, "已约见")


def test_nobody_writes_a_case_that_ended_f1(office: Office) -> None:
    case = made.case(office)
    handovers.hand_over(office.session, office.actor("office_head"), case, office.leader("b").id, "分工调整")
    with pytest.raises(RuleBroken, match="这个包案已移交，不能再修改"):
        case_work.note_progress(office.session, office.actor("leader_a"), case, "已约见")


def test_a_finished_duty_says_what_was_done_f2(office: Office) -> None:
    duty, actor = made.case(office).duties[0], office.actor("leader_a")
    with pytest.raises(RuleBroken, match="请写明本办或单位做了什么") as no:
        case_work.record_duty(office.session, actor, duty, DutyState.DONE, " ")
    assert no.value.field == "done"
    case_work.record_duty(office.session, actor, duty, DutyState.DONE, "入户核实三次")
    assert (duty.state, duty.done, duty.done_on) == (DutyState.DONE, "入户核实三次", office.today)
    assert cases.done_duties(duty.case) == (1, 4)
    case_work.record_duty(office.session, actor, duty, DutyState.DOING, "再核实")
    assert duty.done_on is None


def test_plan_steps_are_added_and_ticked_off_f3(office: Office) -> None:
    case, actor = made.case(office), office.actor("handler_a")
    step = case_work.add_step(office.session, actor, case, made.day(office, 10), " 核对面积 ")
    assert (step.text, step.done_on) == ("核对面积", None)
    case_work.finish_step(office.session, actor, step)
    assert step.done_on == office.today
    with pytest.raises(RuleBroken, match="已经记为完成"):
        case_work.finish_step(office.session, actor, step)


def test_the_log_names_the_next_day_and_shows_when_it_passed_f3(office: Office) -> None:
    case, actor = made.case(office), office.actor("leader_a")
    assert not case_work.is_log_late(case, office.today)
    case_work.note_progress(office.session, actor, case, "已约见", next_on=made.day(office, 5))
    assert case_work.next_date(case) == made.day(office, 5)
    assert not case_work.is_log_late(case, made.day(office, 5))
    assert case_work.is_log_late(case, made.day(office, 6))


# verb, its arguments, the field it names
WRONG_WORK = {
    "an empty step": (lambda o, c, a: case_work.add_step(o.session, a, c, o.today, " "), "text"),
    "a step before the case": (lambda o, c, a: case_work.add_step(o.session, a, c, made.day(o, -1), "核对"), "due_on"),
    "an empty log line": (lambda o, c, a: case_work.note_progress(o.session, a, c, " "), "text"),
    "a log line of tomorrow": (
        lambda o, c, a: case_work.note_progress(o.session, a, c, "见", made.day(o, 1)),
        "noted_on",
    ),
    "a next day before": (
        lambda o, c, a: case_work.note_progress(o.session, a, c, "见", o.today, made.day(o, -1)),
        "next_on",
    ),
}


@pytest.mark.parametrize(("act", "field"), WRONG_WORK.values(), ids=WRONG_WORK)
def test_what_cannot_be_right_on_a_case_names_its_field_f3(office: Office, act: Any, field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        act(office, made.case(office), office.actor("clerk"))
    assert no.value.field == field


def test_a_step_is_not_finished_tomorrow_f3(office: Office) -> None:
    case, actor = made.case(office), office.actor("clerk")
    step = case_work.add_step(office.session, actor, case, office.today, "核对")
    with pytest.raises(RuleBroken, match="完成日期：不能晚于今天"):
        case_work.finish_step(office.session, actor, step, made.day(office, 1))


def test_edit_changes_plan_and_dates_only_c4(office: Office) -> None:
    case = made.case(office)
    sent = {"plan": "先核后补", "close_by": made.day(office, 30), "leader_id": 1, "number": "BA2026-999"}
    cases.edit(office.session, office.actor("handler_a"), case, sent)
    assert (case.plan, case.close_by) == ("先核后补", made.day(office, 30))
    assert (case.leader, case.number) == (office.leader("a"), "BA2026-001")


def test_edit_leaves_a_date_that_has_passed_but_sets_no_new_one_f3(office: Office) -> None:
    case = made.case(office)
    case.close_by = made.day(office, -3)
    cases.edit(office.session, office.actor("clerk"), case, {"close_by": made.day(office, -3), "plan": "续办"})
    assert case.plan == "续办"
    with pytest.raises(RuleBroken, match="结案时限：不能早于今天"):
        cases.edit(office.session, office.actor("clerk"), case, {"close_by": made.day(office, -2)})


def test_handing_over_ends_one_case_and_begins_the_next_with_what_is_open_f1(office: Office) -> None:
    case, actor = made.case(office, direction="补发"), office.actor("office_head")
    case_work.record_duty(office.session, actor, case.duties[0], DutyState.DONE, "已核实")
    done = case_work.add_step(office.session, actor, case, office.today, "约见")
    case_work.finish_step(office.session, actor, done)
    case_work.add_step(office.session, actor, case, made.day(office, 9), "补发")
    follower = handovers.hand_over(office.session, actor, case, office.leader("b").id, "分工调整")
    assert (case.status, case.ended_on, case.end_reason) == (CaseStatus.HANDED_OVER, office.today, "分工调整")
    assert (follower.number, follower.leader, follower.direction) == ("BA2026-002", office.leader("b"), "补发")
    assert [(duty.state, duty.done) for duty in follower.duties][:2] == [
        (DutyState.DONE, "已核实"),
        (DutyState.OPEN, None),
    ]
    assert [step.text for step in follower.steps] == ["补发"]
    assert cases.running(office.session, case.petition) is follower


# leader, reason, the field named
NO_HAND_OVER = {
    "to himself": ("a", "分工调整", "leader_id"),
    "without a reason": ("b", " ", "reason"),
}


@pytest.mark.parametrize(("leader", "reason", "field"), NO_HAND_OVER.values(), ids=NO_HAND_OVER)
def test_a_hand_over_needs_another_leader_and_a_reason_f1(office: Office, leader: str, reason: str, field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        handovers.hand_over(
            office.session, office.actor("office_head"), made.case(office), office.leader(leader).id, reason
        )
    assert no.value.field == field


def test_an_ended_case_is_not_handed_over_again_f1(office: Office) -> None:
    case, head = made.case(office), office.actor("office_head")
    handovers.hand_over(office.session, head, case, office.leader("b").id, "分工调整")
    with pytest.raises(RuleBroken, match="不能移交"):
        handovers.hand_over(office.session, head, case, office.leader("b").id, "分工调整")


def test_the_open_list_has_no_personal_data_and_no_guarded_case_f7(office: Office) -> None:
    case = made.case(office, level=Level.COUNTY)
    made.case(office, made.matter(office, is_secret=True))
    assert cases.open_list(office.session) == [
        {
            "number": case.number,
            "category": "",
            "leader": "赵明",
            "title": "副镇长",
            "unit": "城建办",
            "state": "包案中",
            "assigned_on": office.today,
            "close_by": made.day(office, 60),
            "ended_on": None,
        }
    ]


def test_the_open_list_shows_a_handed_over_case_once_f7(office: Office) -> None:
    case = made.case(office)
    follower = handovers.hand_over(office.session, office.actor("office_head"), case, office.leader("b").id, "分工调整")
    assert [line["number"] for line in cases.open_list(office.session)] == [follower.number]


def test_a_leader_found_to_be_complained_of_loses_the_case_and_the_next_takes_its_file_c2(office: Office) -> None:
    accused = [Accused(RespondentKind.LEADER, office.leader("a").id, "赵明")]
    petition, clerk = made.matter(office, respondents=accused), office.actor("clerk")
    case = made.case(office, petition)
    file = closing.open_file(office.session, clerk, case)
    petition.is_secret = True
    guarding.set_guard(office.session, clerk, petition, was_guarded=False)
    assert (case.status, case.ended_on) == (CaseStatus.HANDED_OVER, office.today)
    assert cases.running(office.session, petition) is None
    follower = made.case(office, petition, leader_id=office.leader("b").id, reason="回避")
    assert file.case is follower


def test_a_leader_not_complained_of_keeps_a_case_that_becomes_guarded_c2(office: Office) -> None:
    petition = made.matter(office)
    case = made.case(office, petition)
    petition.is_secret = True
    guarding.set_guard(office.session, office.actor("clerk"), petition, was_guarded=False)
    assert cases.running(office.session, petition) is case
