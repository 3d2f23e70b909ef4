"""The calendar changed by hand: move, seat, exchange, undo; what would clash is said before (D3, D4, D5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import AbsenceKind
from rules.words import RuleBroken, SessionForm, Stale
from services import absences, receptions, roster_checks, roster_edits
from tests.fixtures import reception

DEC_3, DEC_5 = date(2026, 12, 3), date(2026, 12, 5)


def who(*rows: m.ReceptionSession) -> list[str]:
    return [row.leader.name if row.leader else "" for row in rows]


def test_a_session_moves_and_is_kept_when_made_again(office: Any) -> None:
    first, _second = reception.roster(office)
    roster_edits.move(office.session, office.actor("clerk"), first, DEC_3)
    reception.remake(office)
    assert (first.held_on, first.moved_from, first.is_by_hand) == (DEC_3, date(2026, 12, 1), True)


def test_two_leaders_change_places_without_disturbing_the_turns(office: Any) -> None:
    first, second = reception.roster(office)
    roster_edits.exchange(office.session, office.actor("clerk"), first, second)
    assert who(first, second) == ["林海", "陈立国"]
    assert who(*reception.remake(office, "2027-01")) == ["赵明", "孙丽"]


def test_a_gap_is_filled_and_may_be_exchanged(office: Any) -> None:
    first, second = reception.roster(office)
    first.leader = None
    office.session.flush()
    roster_edits.exchange(office.session, office.actor("clerk"), first, second)
    assert who(first, second) == ["林海", ""]
    roster_edits.seat(office.session, office.actor("clerk"), second, office.leader("b"))
    assert who(first, second) == ["林海", "孙丽"]


def test_d5_who_was_to_come_and_comes_again_is_no_exchange(office: Any) -> None:
    """A stand-in taken back by hand leaves nothing of it; undone, it stands again."""
    first, _second = reception.roster(office)
    first.original_leader, first.leader = first.leader, office.leader("b")
    office.session.flush()
    before = roster_edits.seat(office.session, office.actor("clerk"), first, first.original_leader)
    assert (who(first), first.original_leader) == (["陈立国"], None)
    roster_edits.undo(office.session, office.actor("clerk"), before)
    assert (who(first), first.original_leader.name) == (["孙丽"], "陈立国")


@pytest.mark.db
@pytest.mark.parametrize("change", ["move", "seat", "exchange"])
def test_undo_puts_everything_back(office: Any, change: str) -> None:
    first, second = reception.roster(office)
    clerk = office.actor("clerk")
    first.told_on = date(2026, 11, 20)
    office.session.flush()
    stood = [(row.held_on, row.moved_from, row.leader_id, row.is_by_hand, row.told_on) for row in (first, second)]
    argument = {"move": DEC_3, "seat": office.leader("b"), "exchange": second}[change]
    before = getattr(roster_edits, change)(office.session, clerk, first, argument)
    assert first.told_on is None
    roster_edits.undo(office.session, clerk, before)
    again = [(row.held_on, row.moved_from, row.leader_id, row.is_by_hand, row.told_on) for row in (first, second)]
    assert (again, who(first, second)) == (stood, ["陈立国", "林海"])


def test_undo_after_somebody_elses_change_is_stale(office: Any) -> None:
    first, _second = reception.roster(office)
    before = roster_edits.move(office.session, office.actor("clerk"), first, DEC_3)
    receptions.change(office.session, office.actor("clerk2"), first, {"place": "镇礼堂"})
    with pytest.raises(Stale):
        roster_edits.undo(office.session, office.actor("clerk"), before)
    assert (first.held_on, first.place) == (DEC_3, "镇礼堂")


def test_undo_does_not_change_a_published_leader_silently(office: Any) -> None:
    first, second = reception.roster(office)
    before = roster_edits.exchange(office.session, office.actor("clerk"), first, second)
    reception.published(office)
    now = [stood | {"version": row.version} for stood, row in zip(before, (first, second), strict=True)]
    with pytest.raises(RuleBroken, match="已经公示"):
        roster_edits.undo(office.session, office.actor("clerk"), now)
    assert who(first, second) == ["林海", "陈立国"]


@pytest.mark.parametrize(
    ("day", "today", "field", "sentence"),
    [
        (None, "2026-11-21", "held_on", "请选择要移到的日期"),
        (date(2026, 11, 20), "2026-11-21", "held_on", "11月20日 星期五 已经过去"),
        (date(2026, 12, 1), "2026-11-21", "held_on", "本来就在 12月1日"),
        (DEC_3, "2026-12-02", "session", "12月1日 星期二 的接访已经过去"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(office: Any, day: Any, today: str, field: str, sentence: str) -> None:
    first, _second = reception.roster(office)
    actor = replace(office.actor("clerk"), today=date.fromisoformat(today))
    with pytest.raises(RuleBroken, match=sentence) as no:
        roster_edits.move(office.session, actor, first, day)
    assert (no.value.field, first.held_on) == (field, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda o, row: setattr(row, "cancelled_reason", "开会"), "已经取消"),
        (lambda o, row: setattr(row.leader, "in_office_to", date(2026, 12, 2)), "陈立国在 12月3日 星期四 不在任"),
    ],
)
def test_what_cannot_be_moved(office: Any, prepare: Any, sentence: str) -> None:
    first, _second = reception.roster(office)
    prepare(office, first)
    with pytest.raises(RuleBroken, match=sentence):
        roster_edits.move(office.session, office.actor("clerk"), first, DEC_3)
    assert first.held_on == date(2026, 12, 1)


def test_a_leader_is_not_exchanged_with_himself_or_seated_twice(office: Any) -> None:
    first, second = reception.roster(office)
    second.leader = first.leader
    office.session.flush()
    for other in (first, second):
        with pytest.raises(RuleBroken, match="同一位领导"):
            roster_edits.exchange(office.session, office.actor("clerk"), first, other)
    with pytest.raises(RuleBroken, match="本来就是陈立国"):
        roster_edits.seat(office.session, office.actor("clerk"), first, first.leader)


def test_d5_published_leaders_change_through_an_exchange_only(office: Any) -> None:
    first, second = reception.roster(office)
    assert not roster_edits.needs_swap(office.session, [first, second])
    reception.published(office)
    assert roster_edits.needs_swap(office.session, [first])
    with pytest.raises(RuleBroken, match="已经公示，换人请用“调换”"):
        roster_edits.seat(office.session, office.actor("clerk"), first, office.leader("b"))


# -- what is said while it is being changed


def test_what_a_move_would_clash_with(office: Any) -> None:
    """Rest day, leave, another session at that hour, a leader who will have left."""
    first, second = reception.roster(office)
    clerk = office.actor("clerk")
    said = {"leader_id": first.leader_id, "kind": AbsenceKind.BUSINESS, "from_on": DEC_3, "to_on": DEC_3}
    absences.save(office.session, clerk, m.Absence(), said)
    receptions.add(
        office.session, clerk,
        {"held_on": date(2026, 12, 4), "starts": "11:00", "ends": "12:00", "leader_id": first.leader_id, "place": "河东村"},
    )  # fmt: skip
    foresee = roster_checks.foresee
    assert foresee(office.session, first, DEC_5, first.leader) == ["12月5日 星期六 是周末，仍安排了接访，请确认。"]
    assert foresee(office.session, first, DEC_3, first.leader) == [
        "12月3日 星期四 陈立国：公务（2026-12-03–2026-12-03），请另选领导或改日。"
    ]
    assert foresee(office.session, first, date(2026, 12, 4), first.leader) == [
        "12月4日 星期五 陈立国：接访（11:00–12:00 河东村），请另选领导或改日。"
    ]
    assert foresee(office.session, first, date(2026, 12, 16), second.leader, [second.id]) == []
    office.leader("b").in_office_to = date(2026, 12, 1)
    assert "不在任" in foresee(office.session, first, date(2026, 12, 2), office.leader("b"))[0]


def test_d4_the_sessions_page_says_what_is_missing_or_clashes(office: Any) -> None:
    """No place; two leaders at one place at once, unless they sit together."""
    first, _second = reception.roster(office)
    said = {"held_on": first.held_on, "starts": "10:00", "ends": "12:00", "place": first.place}
    other = receptions.add(office.session, office.actor("clerk"), said | {"leader_id": office.leader("b").id})
    clash = "12月1日 星期二 群众来访接待室 同时有两场接访：陈立国 9:00–11:30 与 孙丽 10:00–12:00，请错开时间或地点。"
    assert roster_checks.check_day(office.session, first) == [clash]
    other.form = SessionForm.JOINT_LEADERS
    assert roster_checks.check_day(office.session, first) == []
    first.place = None
    assert roster_checks.check_day(office.session, first) == ["12月1日 还没有接访地点，公示前请补上。"]


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"told_on": date(2026, 11, 22)}, "told_on", "2026-11-22 还没有到"),
        ({"companion_told_on": date(2026, 11, 20)}, "companion_told_on", "还没有选定是谁"),
    ],
)
def test_d4_who_was_told_when_must_make_sense(office: Any, said: dict[str, Any], field: str, sentence: str) -> None:
    first, _second = reception.roster(office)
    with pytest.raises(RuleBroken, match=sentence) as no:
        receptions.change(office.session, office.actor("clerk"), first, said)
    assert no.value.field == field


def test_d4_who_comes_instead_has_not_been_told(office: Any) -> None:
    first, _second = reception.roster(office)
    clerk, told = office.actor("clerk"), {"told_on": date(2026, 11, 20), "companion_told_on": date(2026, 11, 20)}
    receptions.change(office.session, clerk, first, told | {"companion_unit_id": office.unit("a").id})
    receptions.change(office.session, clerk, first, {"leader_id": office.leader("b").id})
    assert (first.told_on, first.companion_told_on) == (None, date(2026, 11, 20))
    receptions.change(office.session, clerk, first, {"held_on": DEC_3})
    assert first.companion_told_on is None
