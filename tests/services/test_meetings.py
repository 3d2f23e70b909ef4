"""Meetings, their agenda behind the gate, decisions as tasks (E3; §3 the accused; F1 leaders assigned there)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules import meetings as rules
from rules.meetings import DecisionState, MeetingKind, MeetingState
from rules.words import RuleBroken
from services import agenda, cases, decisions, digest, gate, meeting_papers, meetings
from services.due_sources import items as due_items
from tests.fixtures import visits_down as made
from tests.fixtures.handled import complaint, move, registered
from tests.fixtures.office import TODAY, Office

DAY = date(2026, 11, 2)


def plan(office: Office, **said: Any) -> m.Meeting:
    """The monthly meeting of today: units A and B and leader A take part."""
    told = {
        "kind": MeetingKind.MONTHLY, "held_on": TODAY, "starts": "9:00", "chair_id": office.leader("mayor").id,
        "unit_ids": [office.unit("a").id, office.unit("b").id], "leader_ids": [office.leader("a").id],
    }  # fmt: skip
    return meetings.save(office.session, office.actor("clerk"), m.Meeting(), meetings.Plan(**told | said))


def plain(office: Office, unit: str = "a") -> m.Petition:
    """A matter with unit A."""
    petition = registered(office, DAY)
    move(office, petition, "assign", DAY, unit_id=office.unit(unit).id)
    return petition


def put(office: Office, meeting: m.Meeting, *keys: str, topic: str = "") -> list[m.AgendaItem]:
    return agenda.add(office.session, office.actor("clerk"), meeting, keys, topic)


def decided(office: Office, item: m.AgendaItem, **owner: Any) -> m.Decision:
    """Decided on an item: due in ten days, of unit A."""
    source = decisions.Source(item.meeting, item, petition=item.petition, dispute=item.dispute)
    told = decisions.Said("十日内复核到位。", TODAY + timedelta(days=10), **owner or {"unit_id": office.unit("a").id})
    return decisions.decide(office.session, office.actor("clerk"), source, told)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"unit_ids": [], "leader_ids": [], "chair_id": None}, "unit_ids"),
        ({"unit_ids": [999_999]}, "unit_ids"),
        ({"leader_ids": [999_999]}, "leader_ids"),
        ({"starts": "25:00"}, "starts"),
        ({"held_on": date(2025, 1, 2)}, "held_on"),
    ],
)
def test_a_meeting_that_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        plan(office, **said)
    assert no.value.field == field


def test_open_and_late_items_are_offered_once(office: Office) -> None:
    """E3: the agenda is drawn from open matters, cases, disputes and supervisions."""
    late, meeting, clerk = plain(office), plan(office), office.actor("clerk")
    dispute = made.dispute(office, due_on=date(2026, 11, 18))
    when = replace(clerk, today=date(2027, 2, 1))
    found = agenda.offers(office.session, when, meeting)
    assert [one.key for one in found["petition"]] == [f"petition-{late.id}"]
    assert [one.key for one in found["dispute"]] == [f"dispute-{dispute.id}"]
    put(office, meeting, f"petition-{late.id}", f"dispute-{dispute.id}", topic="研究排查")
    assert [item.position for item in meeting.items] == [1, 2, 3]
    again = agenda.offers(office.session, when, meeting)
    assert [again["petition"], again["dispute"]] == [[], []]


def test_a_silent_case_is_offered(office: Office) -> None:
    petition, meeting = plain(office), plan(office)
    case = cases.assign(office.session, office.actor("clerk"), petition, cases.Assignment(office.leader("a").id))
    when = replace(office.actor("clerk"), today=TODAY + timedelta(days=30))
    assert [(one.key, one.why) for one in agenda.offers(office.session, when, meeting)["case"]] == [
        (f"case-{case.id}", "30 天没有进展")
    ]


@pytest.mark.parametrize(
    ("keys", "topic", "no"),
    [
        ([], " ", RuleBroken), (["odd-1"], "", RuleBroken), (["petition-999999"], "", gate.NotHere),
        (["petition-x"], "", gate.NotHere), ([], "长" * 201, RuleBroken),
    ],
)  # fmt: skip
def test_odd_items_are_refused(office: Office, keys: list[str], topic: str, no: type[Exception]) -> None:
    meeting = plan(office)
    with pytest.raises(no):
        put(office, meeting, *keys, topic=topic)
    assert agenda.items_of(office.session, office.actor("clerk"), meeting) == []


@pytest.mark.db
def test_who_takes_part_hears_of_open_matters_and_never_of_guarded_ones(office: Office) -> None:
    """§3: the accused leader is at the table; unit B has no part in the complaint; unit A handles it."""
    meeting = plan(office, leader_ids=[office.leader("b").id, office.leader("a").id])
    open_one, guarded = put(office, meeting, f"petition-{plain(office).id}", f"petition-{complaint(office, DAY).id}")
    decided(office, guarded)
    decided(office, open_one)
    seen = {
        name: {item.position for item in agenda.items_of(office.session, office.actor(name), meeting)}
        for name in ("clerk", "inspector", "handler_a", "handler_b", "unit_head_b", "leader_b", "leader_a")
    }
    assert seen == {
        "clerk": {1, 2}, "inspector": {1, 2}, "handler_a": {1, 2}, "handler_b": {1}, "unit_head_b": {1}, "leader_b": {1},
        "leader_a": {1, 2},
    }  # fmt: skip
    tasks = {
        name: len(office.session.scalars(gate.rows(office.actor(name), m.Decision)).all())
        for name in ("clerk", "handler_a", "handler_b", "leader_b")
    }
    assert tasks == {"clerk": 2, "handler_a": 2, "handler_b": 1, "leader_b": 1}
    sheet = meeting_papers.sheet(office.session, office.actor("clerk"), meeting, "minutes")
    assert [row["number"] for row in sheet.rows] == [open_one.petition.number]


def test_a_meeting_is_nobody_elses(office: Office) -> None:
    """C1: those who take part, the office and the inspector."""
    meeting = plan(office, unit_ids=[office.unit("b").id], leader_ids=[], chair_id=office.leader("mayor").id)
    seen = {
        name
        for name in ("clerk", "inspector", "handler_a", "handler_b", "leader_a", "leader_b", "reporter_a", "auditor")
        if meeting in office.session.scalars(gate.rows(office.actor(name), m.Meeting)).all()
    }
    assert seen == {"clerk", "inspector", "handler_b", "leader_b"}


@pytest.mark.parametrize(
    ("owner", "field"),
    [
        ({"unit_id": None}, "unit_id"), ({"unit_id": "a", "leader_id": "a"}, "unit_id"), ({"unit_id": "b"}, "unit_id"),
        ({"leader_id": "b"}, "leader_id"), ({"user_id": "handler_b"}, "user_id"), ({"unit_id": 999_999}, "unit_id"),
    ],
)  # fmt: skip
def test_a_guarded_decision_goes_to_nobody_who_may_not_know(office: Office, owner: dict[str, Any], field: str) -> None:
    """§3, E3: not the accused, nor a unit without a part in the matter; exactly one owner."""
    meeting = plan(office)
    (item,) = put(office, meeting, f"petition-{complaint(office, DAY).id}")
    find = {"unit_id": office.unit, "leader_id": office.leader, "user_id": office.user}
    told = {key: find[key](value).id if isinstance(value, str) else value for key, value in owner.items()}
    with pytest.raises(RuleBroken) as no:
        decided(office, item, **told)
    assert no.value.field == field
    assert decided(office, item).unit == office.unit("a")


@pytest.mark.parametrize(
    ("owner", "username", "is_his"),
    [
        ({"unit_id": "b"}, "handler_b", True), ({"unit_id": "b"}, "unit_head_b", True), ({"unit_id": "b"}, "handler_a", False),
        ({"leader_id": "b"}, "leader_b", True), ({"leader_id": "b"}, "leader_a", False),
        ({"user_id": "clerk2"}, "clerk2", True), ({"user_id": "clerk2"}, "handler_b", False),
    ],
)  # fmt: skip
def test_a_decision_is_its_owners_task_until_done(
    office: Office, owner: dict[str, str], username: str, is_his: bool
) -> None:
    meeting = plan(office)
    (item,) = put(office, meeting, f"petition-{plain(office).id}")
    find = {"unit_id": office.unit, "leader_id": office.leader, "user_id": office.user}
    row = decided(office, item, **{key: find[key](value).id for key, value in owner.items()})
    actor = office.actor(username)
    assert decisions.counts(office.session, actor)["mine"] == int(is_his)
    shown = [one for one in due_items(office.session, actor, date(2026, 12, 31)) if one.about is row]
    assert any(digest.is_own(one, actor) for one in shown) is is_his
    if not is_his:
        with pytest.raises(gate.Forbidden):
            decisions.finish(office.session, actor, row, TODAY, "已复核。")
        return
    decisions.finish(office.session, actor, row, TODAY, "已复核。")
    assert decisions.state_of(row, TODAY) is DecisionState.DONE
    assert decisions.counts(office.session, actor)["mine"] == 0


@pytest.mark.parametrize(
    ("on", "note", "field"),
    [(TODAY, " ", "done_note"), (TODAY + timedelta(days=1), "好", "done_on"), (DAY, "好", "done_on")],
)
def test_done_needs_a_day_and_a_note(office: Office, on: date, note: str, field: str) -> None:
    meeting = plan(office)
    (item,) = put(office, meeting, topic="研究排查")
    row = decided(office, item)
    with pytest.raises(RuleBroken) as no:
        decisions.finish(office.session, office.actor("clerk"), row, on, note)
    assert (no.value.field, row.done_on) == (field, None)


@pytest.mark.parametrize(
    ("due", "done", "dropped", "state"),
    [
        (TODAY, None, False, DecisionState.OPEN), (TODAY - timedelta(days=1), None, False, DecisionState.LATE),
        (TODAY - timedelta(days=9), TODAY, False, DecisionState.DONE), (TODAY, None, True, DecisionState.DROPPED),
    ],
)  # fmt: skip
def test_where_a_decision_stands(due: date, done: date | None, dropped: bool, state: DecisionState) -> None:
    assert rules.decision_state(due, done, dropped, TODAY) is state


def test_the_meeting_assigns_a_leader(office: Office) -> None:
    """E3: assignment of leaders decided; a dispute becomes a matter with it; never two leaders, never the accused."""
    meeting, clerk = plan(office), office.actor("clerk")
    first, second, third = put(
        office, meeting, f"petition-{plain(office).id}", f"dispute-{made.dispute(office).id}", f"petition-{complaint(office, DAY).id}"
    )  # fmt: skip
    leader = office.leader("a").id
    assert agenda.assign(office.session, clerk, first, cases.Assignment(leader)).petition == first.petition
    case = agenda.assign(office.session, clerk, second, cases.Assignment(leader))
    assert (second.petition, second.dispute.case) == (case.petition, case)
    with pytest.raises(RuleBroken, match="应当回避"):
        agenda.assign(office.session, clerk, third, cases.Assignment(office.leader("b").id, reason="会议决定"))
    with pytest.raises(RuleBroken, match="只能有一位包案领导"):
        agenda.assign(office.session, clerk, first, cases.Assignment(leader))


def test_minutes_want_an_opinion_on_every_item(office: Office) -> None:
    meeting, clerk = plan(office), office.actor("clerk")
    (item,) = put(office, meeting, topic="研究排查")
    with pytest.raises(RuleBroken, match="第 1 项"):
        meetings.hold(office.session, clerk, meeting, TODAY, "会议听取了汇报。", "王敏")
    agenda.note(office.session, clerk, item, "各单位汇报。", "月底前再排查一遍。")
    meetings.hold(office.session, clerk, meeting, TODAY, "会议听取了汇报。", "王敏")
    assert meeting.state is MeetingState.HELD
    with pytest.raises(RuleBroken, match="已召开"):
        agenda.remove(office.session, clerk, item)
    with pytest.raises(gate.Forbidden):
        meetings.correct(office.session, office.actor("handler_a"), meeting, "改。", "写错")


@pytest.mark.db
def test_minutes_corrected_keep_what_stood_before(office: Office) -> None:
    """E3, C13: after the meeting a reason is asked; the old words, who and why stay under the new ones and in the trail."""
    meeting, clerk = plan(office), office.actor("clerk")
    (item,) = put(office, meeting, topic="研究排查")
    agenda.note(office.session, clerk, item, "", "月底前排查。")
    meetings.hold(office.session, clerk, meeting, TODAY, "到会八人。", "王敏")
    for number, said in (("七", "到会七人。"), ("九", "到会九人。")):
        meetings.correct(office.session, clerk, meeting, said, f"实到{number}人")
    assert rules.current(meeting.minutes) == "到会九人。"
    kept = rules.corrections(meeting.minutes)
    assert kept.startswith(f"{TODAY} {clerk.name}更正，理由：实到九人\n更正前：\n到会七人。")
    assert kept.endswith("理由：实到七人\n更正前：\n到会八人。")
    agenda.note(office.session, clerk, item, "各村已报。", "月底前排查。", "漏记汇报")
    assert (item.heard, rules.current(item.opinion)) == ("各村已报。", "月底前排查。")
    assert "汇报情况：（未记）\n研究意见：月底前排查。" in rules.corrections(item.opinion)
    changed = sa.select(m.AuditEntry.details).where(
        m.AuditEntry.action == "update", m.AuditEntry.table_name == "meeting"
    )
    assert sum("minutes" in details for details in office.session.scalars(changed)) == 3
    assert "八" not in meeting_papers.sheet(office.session, clerk, meeting, "minutes").remark


@pytest.mark.parametrize(
    ("said", "reason", "sentence"),
    [
        ("到会七人。", " ", "须写明理由"),
        ("到会八人。", "写错", "没有改动"),
        (f"到会七人。{rules.MARK}", "写错", "由系统保留"),
        ("", "写错", "会议纪要：请填写"),
    ],
)
def test_a_correction_of_minutes_that_is_none(office: Office, said: str, reason: str, sentence: str) -> None:
    meeting, clerk = plan(office), office.actor("clerk")
    meetings.hold(office.session, clerk, meeting, TODAY, "到会八人。", "王敏")
    with pytest.raises(RuleBroken, match=sentence):
        meetings.correct(office.session, clerk, meeting, said, reason)
    assert meeting.minutes == "到会八人。"


@pytest.mark.parametrize(
    ("by_day", "month", "last"),
    [(31, date(2026, 2, 1), date(2026, 2, 28)), (10, date(2026, 11, 1), date(2026, 11, 10)), (30, date(2026, 11, 1), date(2026, 11, 30))],
)  # fmt: skip
def test_the_day_of_the_month(by_day: int, month: date, last: date) -> None:
    assert rules.last_day(month, by_day) == last


def test_a_month_without_its_meeting_is_flagged(office: Office) -> None:
    """E3: late meetings flagged, once the office holds that kind."""
    clerk = office.actor("clerk")
    assert meetings.missing(office.session, clerk) == []
    row = plan(office, held_on=date(2026, 10, 20))
    assert meetings.is_late(office.session, row, TODAY)
    assert [one.month for one in meetings.missing(office.session, clerk)] == [date(2026, 10, 1)]
    meetings.hold(office.session, clerk, row, date(2026, 10, 30), "会议听取了汇报。", "王敏")
    assert meetings.missing(office.session, clerk) == []
    december = replace(clerk, today=date(2026, 12, 1))
    assert [one.month for one in meetings.missing(office.session, december)] == [date(2026, 11, 1)]
    assert meetings.missing(office.session, office.actor("handler_a")) == []
