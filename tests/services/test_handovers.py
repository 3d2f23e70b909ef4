"""Handing a leader's cases over, singly and all at once, with what was open; twenty who assign one matter at once (F1)."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.cases import TeamRole
from rules.words import CaseStatus, DutyState, Purpose, RespondentKind, RuleBroken, Stale
from services import campaign_ledger, case_team, case_work, cases, gate, handovers
from services.cases import Assignment
from services.handovers import Next
from services.registration import Accused
from tests.fixtures import casework as made
from tests.fixtures.databases import session_on
from tests.fixtures.office import Office

CLIENTS = 20


def hand_over(office: Office, case: m.Case, to: str = "b", reason: str = "分工调整") -> m.HandOver:
    follower = handovers.hand_over(office.session, office.actor("office_head"), case, office.leader(to).id, reason)
    found = handovers.began_by(office.session, follower)
    assert found is not None
    return found


def worked(office: Office) -> m.Case:
    """A case with a team, evidence, steps and a promised next day."""
    case, clerk = made.case(office, direction="先核后补", measures="每月走访"), office.actor("clerk")
    case_team.join(
        office.session, clerk, case, case_team.Person(TeamRole.HANDLER, user_id=office.user("unit_head_a").id)
    )
    case_work.show_evidence(office.session, clerk, case.duties[0], office.today, "走访记录")
    case_work.record_duty(office.session, clerk, case.duties[1], DutyState.DONE, "谈心两次")
    case_work.add_step(office.session, clerk, case, made.day(office, 10), "补发差额")
    case_work.note_progress(office.session, clerk, case, "已约见", next_on=made.day(office, 5))
    office.session.refresh(case)
    return case


def test_what_was_open_is_kept_in_writing_as_of_the_day_f1(office: Office) -> None:
    row = hand_over(office, worked(office))
    sections = {one["title"]: one["lines"] for one in row.body["sections"]}
    assert sections["时限"] == [f"{made.day(office, 60)} 结案时限"]
    assert sections["未完成的四包"] == ["包掌握情况：进行中", "包解决化解：未开始", "包息诉息访：未开始"]
    assert sections["未完成的化解步骤"] == [f"{made.day(office, 10)} 补发差额"]
    assert sections["最近一次进展"] == [f"{office.today} 已约见", f"{made.day(office, 5)} 下次进展"]
    case_work.finish_step(office.session, office.actor("clerk"), row.next.steps[0])
    office.session.refresh(row)
    assert row.body["sections"][2]["lines"] == [f"{made.day(office, 10)} 补发差额"], "frozen as handed over"


def test_team_evidence_and_everything_said_go_along_f1_f2(office: Office) -> None:
    row = hand_over(office, worked(office))
    case, follower = row.case, row.next
    office.session.refresh(follower)
    assert (follower.direction, follower.measures, follower.close_by) == ("先核后补", "每月走访", case.close_by)
    assert [one.text for one in follower.duties[0].evidence] == ["走访记录"]
    assert [(one.name, one.left_on) for one in follower.members] == [("褚军", None)]
    assert [one.left_on for one in case.members] == [office.today]
    assert (row.from_leader, row.to_leader, row.by_id) == (
        office.leader("a"),
        office.leader("b"),
        office.user("office_head").id,
    )


def test_open_ledger_rows_name_the_new_leader_and_keep_their_limit_g5(office: Office) -> None:
    case = made.case(office)
    campaign = m.Campaign(
        name="化解年", body="联席办", starts_on=made.day(office, -30), ends_on=made.day(office, 90), strike_months=6
    )
    office.session.add(campaign)
    office.session.flush()
    (row,) = campaign_ledger.take(office.session, office.actor("clerk"), campaign, [case.petition_id])
    limit = row.strike_by
    hand_over(office, case)
    assert (row.leader, row.strike_by) == (office.leader("b"), limit)


# -- everything of one leader at once


def following(office: Office, leader: str = "a", **changed: int | None) -> dict[int, Next]:
    found = handovers.proposed(office.session, office.actor("office_head"), office.leader(leader))
    return {case.id: Next(to.id if to else None, case.version) for case, to in found} | changed


def all_of(office: Office, chosen: dict[int, Next], reason: str = "调离") -> list[m.HandOver]:
    return handovers.hand_over_all(office.session, office.actor("office_head"), office.leader("a"), chosen, reason)


def carried(office: Office) -> list[str]:
    rows = office.session.scalars(sa.select(m.Case).where(m.Case.ended_on.is_(None)).order_by(m.Case.petition_id))
    return [case.leader.name for case in rows]


def test_each_running_case_of_a_leaver_is_proposed_to_the_next_by_division_f1(office: Office) -> None:
    cases_ = [made.case(office), made.case(office, made.matter(office))]
    found = handovers.proposed(office.session, office.actor("office_head"), office.leader("a"))
    assert [(case, to) for case, to in found] == [(case, office.leader("in_charge")) for case in cases_]


def test_all_go_over_with_one_reason_and_one_list_f1(office: Office) -> None:
    first, second = made.case(office), made.case(office, made.matter(office))
    chosen = following(office)
    chosen[second.id] = Next(office.leader("b").id, second.version)
    rows = all_of(office, chosen)
    assert carried(office) == ["林海", "孙丽"]
    assert {(row.reason, row.batch) for row in rows} == {("调离", rows[0].batch)}
    assert [row.case for row in handovers_of(office, rows[0].batch)] == [first, second]
    handovers.check_may_leave(office.session, office.leader("a"))


def handovers_of(office: Office, batch: str) -> list[m.HandOver]:
    return list(office.session.scalars(handovers.of_batch(office.actor("office_head"), batch)))


# what is wrong with the second of two, the sentence, its field
ONE_WRONG = {
    "nobody chosen": (lambda office, case: Next(None, case.version), "接手领导：请选择", "leader-{id}"),
    "to himself": (lambda office, case: Next(office.leader("a").id, case.version), "仍是原来的包案领导", "leader-{id}"),
    "no such leader": (lambda office, case: Next(999, case.version), "没有这位在任领导", "leader-{id}"),
}


@pytest.mark.parametrize(("choose", "words", "field"), ONE_WRONG.values(), ids=ONE_WRONG)
def test_one_that_cannot_go_keeps_all_where_they_are_f1(office: Office, choose: Any, words: str, field: str) -> None:
    made.case(office)
    second = made.case(office, made.matter(office))
    number, key = second.number, second.id
    with pytest.raises(RuleBroken, match=words) as no:
        all_of(office, following(office) | {key: choose(office, second)})
    assert no.value.message.startswith(number)
    assert no.value.field == field.format(id=key)
    assert carried(office) == ["赵明", "赵明"]
    assert office.session.query(m.HandOver).count() == 0


def test_a_list_that_is_no_longer_whole_or_a_stale_case_is_told_c14(office: Office) -> None:
    first = made.case(office)
    shown = following(office)
    made.case(office, made.matter(office))
    with pytest.raises(Stale, match="包案有了变化"):
        all_of(office, shown)
    shown = following(office)
    shown[first.id] = Next(office.leader("b").id, first.version - 1)
    with pytest.raises(Stale, match=f"{first.number}：这个包案刚刚被别人改过"):
        all_of(office, shown)
    assert carried(office) == ["赵明", "赵明"]


def test_nobody_accused_takes_a_guarded_case_over_c2(office: Office) -> None:
    accused = [Accused(RespondentKind.LEADER, office.leader("b").id, "孙丽")]
    petition = made.matter(office, purpose=Purpose.REPORT, respondents=accused, steps="")
    case = made.case(office, petition)
    with pytest.raises(RuleBroken, match="这位领导应当回避"):
        hand_over(office, case)
    assert cases.running(office.session, petition) is case


def test_a_leader_with_running_cases_stays_in_office_f1(office: Office) -> None:
    case = made.case(office)
    with pytest.raises(RuleBroken, match="赵明还有包案没有移交，请先在“包案移交”中移交") as no:
        handovers.check_may_leave(office.session, office.leader("a"))
    assert no.value.field == "is_active"
    hand_over(office, case)
    handovers.check_may_leave(office.session, office.leader("a"))


def test_only_head_and_leader_in_charge_hand_over_all_c4(office: Office) -> None:
    made.case(office)
    for who in ("clerk", "leader_a", "handler_a"):
        with pytest.raises(gate.Forbidden):
            handovers.hand_over_all(office.session, office.actor(who), office.leader("a"), following(office), "调离")


# -- at the same moment


@pytest.mark.db
def test_twenty_who_assign_one_matter_at_once_leave_one_leader_and_nineteen_refusals_f1(
    desk_url: str, office: Office
) -> None:
    petition_id, said = made.matter(office).id, ("a", "b", "in_charge", "mayor")
    leaders = [office.leader(key).id for key in said]
    office.session.commit()
    start, taken, refused, faults = threading.Barrier(CLIENTS), list[str](), list[str](), list[Exception]()

    def client(place: int) -> None:
        try:
            with session_on(desk_url) as session:
                actor = Office(session).actor("clerk")
                petition = session.get_one(m.Petition, petition_id, execution_options={"gated": True})
                told = Assignment(leaders[place % len(leaders)], reason="班子会研究确定")
                session.rollback()
                start.wait(30)
                try:
                    case = cases.assign(session, actor, petition, told)
                    session.commit()
                    taken.append(case.number)
                except RuleBroken as no:
                    session.rollback()
                    refused.append(no.message)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert faults == []
    assert (len(taken), len(refused)) == (1, CLIENTS - 1)
    assert all("一件事项只能有一位包案领导" in words for words in refused), set(refused)
    office.session.expire_all()
    running = office.session.scalars(sa.select(m.Case).where(m.Case.petition_id == petition_id)).all()
    assert [(case.number, case.status) for case in running] == [(taken[0], CaseStatus.RUNNING)]
