"""Exchanges and stand-ins (调换、代): asked, accepted, approved; both leaders kept; who cannot come is refused (D5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

import models as m
from rules.reception_words import AbsenceKind, SwapState
from rules.words import RuleBroken
from services import gate, reception_records, receptions, settings, swaps
from tests.fixtures import reception

BY_HAND = {"held_on": date(2026, 12, 9), "starts": "14:30", "ends": "17:00", "place": "河东村委会"}


def asked(office: Any, by: str = "clerk", reason: str = "县委会议") -> m.Swap:
    """陈立国's 1 December for 林海's 16 December."""
    first, second = reception.roster(office)
    return swaps.ask(office.session, office.actor(by), first, second, reason)


def accepted(office: Any) -> m.Swap:
    swap = asked(office)
    swaps.accept(office.session, office.actor("leader_in_charge"), swap)
    return swap


def names(swap: m.Swap) -> list[str]:
    return [row.leader.name for row in (swap.session, swap.other_session)]


# -- the way from asking to approval


def test_nothing_changes_before_approval(office: Any) -> None:
    """D5: asked by the office for him, accepted by the other leader, approved by the office head."""
    swap = asked(office)
    assert (swap.state, swap.asked_on, names(swap)) == (SwapState.ASKED, office.today, ["陈立国", "林海"])
    swaps.accept(office.session, office.actor("leader_in_charge"), swap)
    assert (swap.state, swap.accepted_on, names(swap)) == (SwapState.ACCEPTED, office.today, ["陈立国", "林海"])
    swaps.approve(office.session, office.actor("office_head"), swap)
    assert (swap.state, swap.decided_on, names(swap)) == (SwapState.APPROVED, office.today, ["林海", "陈立国"])
    assert [row.original_leader.name for row in (swap.session, swap.other_session)] == ["陈立国", "林海"]
    who = {swap.by_id, swap.accepted_by_id, swap.decided_by_id}
    assert who == {office.user(name).id for name in ("clerk", "leader_in_charge", "office_head")}


def test_a_leader_asks_for_his_own_session_only(office: Any) -> None:
    """§4: 接访领导 swaps; C1."""
    first, second = reception.roster(office)
    with pytest.raises(gate.Forbidden):
        swaps.ask(office.session, office.actor("leader_a"), first, second, "有事")
    swap = swaps.ask(office.session, office.actor("leader_in_charge"), second, first, "有事")
    assert (swap.from_leader.name, swap.to_leader.name) == ("林海", "陈立国")


@pytest.mark.parametrize(
    ("verb", "by"),
    [
        ("accept", "leader_a"),
        ("decline", "leader_a"),
        ("withdraw", "leader_in_charge"),
        ("accept", "inspector"),
        ("withdraw", "handler_a"),
    ],
)
def test_a_step_is_not_somebody_elses(office: Any, verb: str, by: str) -> None:
    swap = asked(office)
    said = () if verb == "accept" else ("有事",)
    with pytest.raises(gate.Forbidden):
        getattr(swaps, verb)(office.session, office.actor(by), swap, *said)
    assert swap.state is SwapState.ASKED


@pytest.mark.parametrize("by", ["clerk", "leader_in_charge", "leader_a"])
def test_only_the_office_head_approves(office: Any, by: str) -> None:
    swap = accepted(office)
    with pytest.raises(gate.Forbidden):
        swaps.approve(office.session, office.actor(by), swap)
    first, second = swap.session, swap.other_session
    swaps.withdraw(office.session, office.actor("clerk"), swap, "不用了")
    with pytest.raises(gate.Forbidden):
        swaps.exchange(office.session, office.actor(by), first, second, "有事")


def test_approval_comes_after_acceptance(office: Any) -> None:
    swap = asked(office)
    with pytest.raises(RuleBroken, match="待对方同意"):
        swaps.approve(office.session, office.actor("office_head"), swap)
    assert names(swap) == ["陈立国", "林海"]


@pytest.mark.parametrize(("verb", "by"), [("decline", "leader_in_charge"), ("withdraw", "clerk")])
def test_a_refused_or_withdrawn_one_changes_nothing(office: Any, verb: str, by: str) -> None:
    swap = asked(office)
    with pytest.raises(RuleBroken) as no:
        getattr(swaps, verb)(office.session, office.actor(by), swap, " ")
    assert no.value.field == "decision"
    getattr(swaps, verb)(office.session, office.actor(by), swap, "那天也不在")
    assert (names(swap), swap.decision, swap.decided_on) == (["陈立国", "林海"], "那天也不在", office.today)
    with pytest.raises(RuleBroken):
        swaps.approve(office.session, office.actor("office_head"), swap)
    swaps.ask(office.session, office.actor("clerk"), swap.session, swap.other_session, "再问一次")


@pytest.mark.db
def test_a_second_approval_finds_the_first(office: Any) -> None:
    """Two at once: one wins, the other is told so."""
    swap = accepted(office)
    swaps.approve(office.session, office.actor("office_head"), swap)
    with pytest.raises(RuleBroken, match="已调换"):
        swaps.approve(office.session, office.actor("office_head"), swap)
    assert names(swap) == ["林海", "陈立国"]


@pytest.mark.db
def test_two_approvals_at_the_same_moment(office: Any) -> None:
    """Both have read the exchange as accepted; the one that writes last changes nothing (409 on the screen)."""
    swap = accepted(office)
    office.session.connection().execute(sa.text("update swap set version = version + 1"))
    with pytest.raises(StaleDataError):
        swaps.approve(office.session, office.actor("office_head"), swap)


@pytest.mark.parametrize("what", ["other leader seated", "cancelled", "on leave", "past", "somebody came"])
def test_what_changed_meanwhile_stops_the_approval(office: Any, what: str) -> None:
    swap, head = accepted(office), office.actor("office_head")
    match what:
        case "other leader seated":
            swap.other_session.leader = office.leader("b")
        case "cancelled":
            receptions.cancel(office.session, head, swap.session, "县里开会")
        case "on leave":
            away(office, swap.to_leader, swap.session.held_on)
        case "past":
            head = replace(head, today=date(2026, 12, 2))
        case "somebody came":
            came = replace(office.actor("clerk"), today=swap.session.held_on)
            reception_records.add(office.session, came, swap.session, reception.VISITOR)
    office.session.flush()
    with pytest.raises(RuleBroken):
        swaps.approve(office.session, head, swap)
    assert swap.state is SwapState.ACCEPTED


def test_one_open_request_a_session(office: Any) -> None:
    """D5: on either side of it."""
    swap = asked(office)
    clerk = office.actor("clerk")
    third = receptions.add(office.session, clerk, BY_HAND | {"leader_id": office.leader("b").id})
    for own, other in ((swap.session, third), (third, swap.other_session)):
        with pytest.raises(RuleBroken, match="没办完的调换"):
            swaps.ask(office.session, clerk, own, other, "有事")
    with pytest.raises(RuleBroken, match="没办完的调换"):
        swaps.ask_stand_in(office.session, clerk, swap.session, office.leader("b"), "有事")


@pytest.mark.db
def test_the_database_keeps_one_open_request_too(office: Any) -> None:
    swap = asked(office)
    office.session.add(m.Swap(session=swap.session, to_leader=office.leader("b"), reason="", asked_on=office.today))
    with pytest.raises(Exception, match=r"(?i)unique"):
        office.session.flush()


@pytest.mark.db
def test_the_database_wants_a_day_of_decision(office: Any) -> None:
    asked(office).state = SwapState.APPROVED
    with pytest.raises(Exception, match=r"(?i)decided"):
        office.session.flush()


def away(office: Any, leader: m.Leader, day: date) -> None:
    office.session.add(m.Absence(leader=leader, kind=AbsenceKind.TRAINING, from_on=day, to_on=day))


# -- all in one by the office head


def test_two_leaders_change_places_and_both_are_kept(office: Any) -> None:
    """D5: told 10 days ahead, no reason needed."""
    first, second = reception.roster(office)
    swap = swaps.exchange(office.session, office.actor("office_head"), first, second, "")
    assert (first.leader.name, first.original_leader.name) == ("林海", "陈立国")
    assert (second.leader.name, second.original_leader.name) == ("陈立国", "林海")
    assert (str(swap), swaps.of(office.session, second)) == ("陈立国 ⇄ 林海", [swap])


def test_changing_back_leaves_no_original(office: Any) -> None:
    first, second = reception.roster(office)
    for _twice in range(2):
        swaps.exchange(office.session, office.actor("office_head"), first, second, "")
    assert (first.leader.name, first.original_leader, second.original_leader) == ("陈立国", None, None)


def test_a_stand_in_takes_a_session(office: Any) -> None:
    first, _second = reception.roster(office)
    swaps.stand_in(office.session, office.actor("office_head"), first, office.leader("b"), "县委会议")
    assert (first.leader.name, first.original_leader.name) == ("孙丽", "陈立国")


def test_a_day_without_leader_gets_one(office: Any) -> None:
    row = receptions.add(office.session, office.actor("clerk"), BY_HAND)
    swaps.stand_in(office.session, office.actor("office_head"), row, office.leader("b"), "")
    assert (row.leader.name, row.original_leader) == ("孙丽", None)


# -- what is refused


@pytest.mark.parametrize(
    ("days_before", "reason", "ahead", "refused"),
    [(2, "", 2, None), (1, "", 2, "reason"), (1, "突发会议", 2, None), (4, "", 5, "reason"), (5, "", 5, None)],
)
def test_late_exchanges_need_a_reason(
    office: Any, days_before: int, reason: str, ahead: int, refused: str | None
) -> None:
    """D5: the office's own number of days."""
    first, second = reception.roster(office)
    settings.put(office.session, office.actor("office_head"), "swap_ahead_days", str(ahead))
    actor = replace(office.actor("clerk"), today=date.fromordinal(first.held_on.toordinal() - days_before))
    if refused is None:
        swaps.ask(office.session, actor, first, second, reason)
        return
    with pytest.raises(RuleBroken) as no:
        swaps.ask(office.session, actor, first, second, reason)
    assert no.value.field == refused


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("itself", "不能和本场调换"),
        ("past", "已经过去"),
        ("cancelled", "已经取消"),
        ("without leader", "都要有接访领导"),
        ("same leader", "不能和自己调换"),
        ("out of office", "不在任"),
        ("on leave", "已登记培训学习"),
        ("who asks is on leave then", "已登记培训学习"),
        ("sits elsewhere", "另有一场接访"),
        ("already received", "已有接访登记"),
    ],
)
def test_exchanges_that_make_no_sense_are_refused(office: Any, case: str, said: str) -> None:
    """D5; issue 3, bad input."""
    first, second = reception.roster(office)
    clerk, other = office.actor("clerk"), second
    match case:
        case "itself":
            other = first
        case "past":
            clerk = replace(clerk, today=date(2026, 12, 2))
        case "cancelled":
            receptions.cancel(office.session, clerk, second, "县里开会")
        case "without leader":
            second.leader = None
        case "same leader":
            second.leader = first.leader
        case "out of office":
            second.leader.in_office_from = date(2026, 12, 10)
        case "on leave":
            away(office, second.leader, first.held_on)
        case "who asks is on leave then":
            away(office, first.leader, second.held_on)
        case "sits elsewhere":
            at_once = {"held_on": first.held_on, "starts": "11:00", "leader_id": second.leader_id}
            receptions.add(office.session, clerk, BY_HAND | at_once)
        case "already received":
            office.session.add(m.ReceptionRecord(session=second, leader=second.leader, visitor="甲", demand="乙"))
    office.session.flush()
    with pytest.raises(RuleBroken, match=said):
        swaps.ask(office.session, clerk, first, other, "有事")


@pytest.mark.parametrize(
    ("case", "said"),
    [("himself", "就是这一场"), ("out of office", "不在任"), ("on leave", "已登记"), ("sits elsewhere", "另有一场")],
)
def test_who_cannot_stand_in(office: Any, case: str, said: str) -> None:
    first, _second = reception.roster(office)
    clerk, leader = office.actor("clerk"), office.leader("b")
    match case:
        case "himself":
            leader = first.leader
        case "out of office":
            leader.is_active = False
        case "on leave":
            away(office, leader, first.held_on)
        case "sits elsewhere":
            at_once = {"held_on": first.held_on, "starts": "09:30", "ends": "10:00", "leader_id": leader.id}
            receptions.add(office.session, clerk, BY_HAND | at_once)
    office.session.flush()
    with pytest.raises(RuleBroken, match=said) as no:
        swaps.ask_stand_in(office.session, clerk, first, leader, "有事")
    assert no.value.field in ("to_leader_id", "other_session_id")


def test_another_session_the_same_day_at_another_hour_is_fine(office: Any) -> None:
    first, second = reception.roster(office)
    receptions.add(
        office.session, office.actor("clerk"), BY_HAND | {"held_on": first.held_on, "leader_id": second.leader_id}
    )
    assert swaps.ask(office.session, office.actor("clerk"), first, second, "").state is SwapState.ASKED


# -- what waits for whom


def test_what_waits_for_whom(office: Any) -> None:
    """D5: the leader's own list, the office head's list."""
    swap = asked(office)

    def waits() -> dict[str, int]:
        people = ("leader_in_charge", "leader_a", "clerk", "office_head", "inspector")
        return {name: swaps.waiting(office.session, office.actor(name)) for name in people}

    nobody = dict.fromkeys(("leader_in_charge", "leader_a", "clerk", "office_head", "inspector"), 0)
    assert waits() == nobody | {"leader_in_charge": 1, "clerk": 1}
    swaps.accept(office.session, office.actor("clerk"), swap)
    assert waits() == nobody | {"office_head": 1}
    swaps.approve(office.session, office.actor("office_head"), swap)
    assert waits() == nobody


def test_the_leaders_coming_sessions_change_with_the_approval(office: Any) -> None:
    """Issue 3 point 3: the two leaders' task lists change."""
    swap = accepted(office)
    late, soon = swap.other_session, swap.session
    coming = {
        key: receptions.next_session(office.session, office.today, office.leader(key).id)
        for key in ("mayor", "in_charge")
    }
    assert coming == {"mayor": soon, "in_charge": late}
    swaps.approve(office.session, office.actor("office_head"), swap)
    coming = {
        key: receptions.next_session(office.session, office.today, office.leader(key).id)
        for key in ("mayor", "in_charge")
    }
    assert coming == {"mayor": late, "in_charge": soon}
