"""The duty roster and the on-call list: in turn, other duties respected, hand changes kept (D9)."""

import dataclasses
from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import AbsenceKind, DutyPart, LeaderVisitState, RuleUse
from rules.roster_period import span
from rules.words import OnHoliday, RuleBroken
from services import duties, duty_days, duty_table, on_call, reception_rules, receptions, settings
from tests.fixtures import reception

RULE = {
    "name": "每个工作日值班", "use": RuleUse.DUTY, "rrule": "WORKDAYS", "on_holiday": OnHoliday.SKIP,
    "starts": "08:00", "ends": "16:00", "place": None, "cadre": None,
}  # fmt: skip
DAY = date(2026, 12, 7)


def roster(office: Any, key: str = "2026-12", staff: str = "王敏\n李娜") -> list[m.DutyDay]:
    settings.put(office.session, office.actor("clerk"), "duty_staff", staff)
    reception.rule(office, **RULE)
    return remake(office, key)


def remake(office: Any, key: str = "2026-12") -> list[m.DutyDay]:
    asked = span(key)
    duties.make(office.session, office.actor("clerk"), asked)
    return duties.between(office.session, asked.first, asked.last)


def names(rows: list[m.DutyDay]) -> list[str]:
    return [row.leader.name if row.leader else "" for row in rows]


def on(rows: list[m.DutyDay], day: int) -> m.DutyDay:
    return next(row for row in rows if row.held_on.day == day)


@pytest.mark.db
def test_every_working_day_has_one_leader_in_turn(office: Any) -> None:
    """D9, S3: 23 working days of December 2026, four leaders round, two of the staff round, 08:00–16:00."""
    rows = roster(office)
    assert len(rows) == 23
    assert names(rows)[:6] == ["陈立国", "林海", "赵明", "孙丽", "陈立国", "林海"]
    assert [row.staff for row in rows[:3]] == ["王敏", "李娜", "王敏"]
    assert {(row.starts, row.ends) for row in rows} == {("08:00", "16:00")}
    assert names(remake(office, "2027-01"))[0] == "孙丽"


@pytest.mark.parametrize(
    ("key", "first", "count"),
    [("2026-12", "2026-12-01", 23), ("2026-H2", "2026-11-23", 29), ("2026", "2026-11-23", 29)],
)
def test_a_month_half_year_or_year_from_today_on(office: Any, key: str, first: str, count: int) -> None:
    """Days already past are not made up: today is Saturday, 21 November."""
    rows = roster(office, key)
    assert (rows[0].held_on.isoformat(), len(rows)) == (first, count)


def test_the_days_of_an_unpublished_year_are_marked(office: Any) -> None:
    """D2: New Year's Day of 2027 rests by law; the rest is assumed and says so."""
    rows = roster(office, "2027-01")
    assert rows[0].held_on == date(2027, 1, 4)
    assert all(row.is_provisional for row in rows)
    notes = duty_table.notes(office.session, office.actor("clerk"), rows, span("2027-01"))
    assert any("2027 年的值班日为推定" in note.text for note in notes)
    assert duty_table.lines(office.session, office.actor("clerk"), rows)[0].texts["note"] == "推定"


@pytest.mark.parametrize("why", ["请假", "接访", "下访"])
def test_other_duties_pass_a_leader_over_and_he_comes_next(office: Any, why: str) -> None:
    """D3, D9: 林海's day would be 2 December."""
    leader, day = office.leader("in_charge"), date(2026, 12, 2)
    if why == "请假":
        office.session.add(m.Absence(leader=leader, kind=AbsenceKind.LEAVE, from_on=day, to_on=day))
    elif why == "接访":
        said = {"held_on": day, "starts": "09:00", "ends": "11:30", "leader_id": leader.id}
        receptions.add(office.session, office.actor("clerk"), said)
    else:
        visit = {"area": "河东村", "purpose": "走访", "state": LeaderVisitState.PLANNED}
        office.session.add(m.Visit(leader=leader, from_on=day, to_on=day, **visit))
    office.session.flush()
    settings.put(office.session, office.actor("clerk"), "duty_staff", "王敏")
    reception.rule(office, **RULE)
    made = duties.make(office.session, office.actor("clerk"), span("2026-12"))
    assert made.passed == {("林海", why): 1}
    assert names(duties.between(office.session, day, date(2026, 12, 4))) == ["赵明", "林海", "孙丽"]


def test_a_called_off_visit_keeps_nobody_away(office: Any) -> None:
    visit = {"area": "河东村", "purpose": "走访", "state": LeaderVisitState.CANCELLED, "state_reason": "改期"}
    day = date(2026, 12, 2)
    office.session.add(m.Visit(leader=office.leader("in_charge"), from_on=day, to_on=day, **visit))
    assert names(roster(office))[1] == "林海"


def test_changes_by_hand_stay_and_shift_nobody_else(office: Any) -> None:
    """D9: edited and exchanged days are kept when the roster is made again, and all other days are as they were."""
    rows = roster(office)
    before = names(rows)
    actor = office.actor("clerk")
    duty_days.exchange(office.session, actor, rows[2], rows[7], DutyPart.BOTH)
    duty_days.change(office.session, actor, rows[4], {"leader_id": office.leader("b").id, "note": "替班"})
    again = names(remake(office))
    changed = {n for n, (old, new) in enumerate(zip(before, again, strict=True)) if old != new}
    assert changed == {2, 4, 7}
    assert (again[2], again[7], again[4]) == (before[7], before[2], "孙丽")


def test_days_the_rule_no_longer_names_go_but_not_those_by_hand(office: Any) -> None:
    rows = roster(office)
    duty_days.change(office.session, office.actor("clerk"), rows[1], {"note": "有约"})
    rule = rows[0].rule
    reception_rules.save(office.session, office.actor("clerk"), rule, RULE | {"rrule": "FREQ=WEEKLY;BYDAY=MO"})
    made = duties.make(office.session, office.actor("clerk"), span("2026-12"))
    assert (made.dropped, made.kept) == (18, 1)
    left = duties.between(office.session, date(2026, 12, 1), date(2026, 12, 31))
    assert [row.held_on.day for row in left] == [2, 7, 14, 21, 28]


def test_a_day_added_by_hand_stands_for_the_rules_own(office: Any) -> None:
    said = {"held_on": DAY, "starts": "08:00", "ends": "16:00", "leader_id": office.leader("b").id}
    duty_days.add(office.session, office.actor("clerk"), said)
    rows = [row for row in roster(office) if row.held_on == DAY]
    assert names(rows) == ["孙丽"]


def test_a_leader_who_left_is_not_in_turn_and_is_told(office: Any) -> None:
    """The days he had are shown as wrong, those made again have others."""
    rows = roster(office)
    office.leader("a").in_office_to = date(2026, 12, 6)
    texts = [note.text for note in duty_table.notes(office.session, office.actor("clerk"), rows, span("2026-12"))]
    assert "12月9日 星期三 的值班领导赵明已不在任，请换人。" in texts
    assert "赵明" not in names(remake(office))[4:]


def test_leave_that_came_later_is_shown(office: Any) -> None:
    rows = roster(office)
    office.session.add(m.Absence(leader=office.leader("mayor"), from_on=date(2026, 12, 1), to_on=date(2026, 12, 4)))
    texts = [note.text for note in duty_table.notes(office.session, office.actor("clerk"), rows, span("2026-12"))]
    assert any(text.startswith("12月1日 星期二 值班领导陈立国当天请假（") for text in texts)


def test_counts_are_fair(office: Any) -> None:
    """Times in the month and year: nobody more than one ahead of another."""
    roster(office)
    found = duty_table.counts(office.session, office.actor("clerk"), span("2026-12"))
    assert [(one.leader.name, one.here, one.year, one.last) for one in found] == [
        ("陈立国", 6, 6, None), ("林海", 6, 6, None), ("赵明", 6, 6, None), ("孙丽", 5, 5, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "key", "sentence"),
    [
        ("a month that is past", "2026-10", "2026年10月已经过去"),
        ("a year that is past", "2025", "2025年已经过去"),
        ("no rule", "2026-12", "还没有启用的值班规则"),
    ],
)
def test_a_roster_that_cannot_be_made_says_why(office: Any, what: str, key: str, sentence: str) -> None:
    if what != "no rule":
        reception.rule(office, **RULE)
    with pytest.raises(RuleBroken, match=sentence):
        duties.make(office.session, office.actor("clerk"), span(key))


def test_no_leader_and_no_day_are_said(office: Any) -> None:
    reception.rule(office, **RULE | {"valid_to": date(2026, 6, 30)})
    with pytest.raises(RuleBroken, match="今天以后没有值班日"):
        duties.make(office.session, office.actor("clerk"), span("2026-12"))
    for leader in office.session.query(m.Leader):
        leader.is_active = False
    with pytest.raises(RuleBroken, match="还没有在任的领导"):
        duties.make(office.session, office.actor("clerk"), span("2026-12"))


def test_reception_rules_give_no_duty_and_duty_rules_no_reception(office: Any) -> None:
    """D1: several rules stand side by side, each for its own use."""
    reception.roster(office, "2026-12")
    rows = roster(office, "2026-12")
    assert {row.rule.use for row in rows} == {RuleUse.DUTY}
    assert len(reception.remake(office, "2026-12")) == 2


# -- by hand


@pytest.mark.parametrize(
    ("field", "said", "sentence"),
    [
        ("held_on", {"held_on": None}, "请填写正确的日期"),
        ("held_on", {"held_on": date(2026, 11, 20)}, "11月20日 星期五 已经过去"),
        ("held_on", {"held_on": date(1, 1, 1)}, "请填写正确的日期"),
        ("held_on", {"held_on": date(2026, 12, 1)}, "已有值班安排（2026-12-01 陈立国）"),
        ("ends", {"ends": "07:00"}, "不晚于开始时间"),
        ("leader_id", {"leader_id": None}, "值班日不能没有领导"),
        ("leader_id", {"leader_id": 99999}, "值班日不能没有领导"),
    ],
)
def test_a_wrong_day_is_refused(office: Any, field: str, said: dict[str, Any], sentence: str) -> None:
    roster(office)
    count = office.session.query(m.DutyDay).count()
    good = {"held_on": date(2026, 12, 5), "starts": "08:00", "ends": "16:00", "leader_id": office.leader("b").id}
    with pytest.raises(RuleBroken, match=sentence) as no:
        duty_days.add(office.session, office.actor("clerk"), good | said)
    assert no.value.field == field
    assert office.session.query(m.DutyDay).count() == count


def test_a_leader_who_left_cannot_be_chosen(office: Any) -> None:
    rows = roster(office)
    office.leader("b").in_office_to = date(2026, 12, 1)
    with pytest.raises(RuleBroken, match="孙丽在 12月2日 星期三 不在任"):
        duty_days.change(office.session, office.actor("clerk"), rows[1], {"leader_id": office.leader("b").id})
    with pytest.raises(RuleBroken, match="不在任"):
        duty_days.exchange(office.session, office.actor("clerk"), rows[1], rows[3], DutyPart.LEADER)
    assert rows[1].leader.name == "林海"


def test_of_a_past_day_only_the_note_is_written(office: Any) -> None:
    rows = roster(office)
    later = dataclasses.replace(office.actor("clerk"), today=date(2026, 12, 3))
    duty_days.change(office.session, later, rows[0], {"note": "临时由赵明代", "leader_id": rows[0].leader_id})
    assert (rows[0].note, rows[0].is_by_hand) == ("临时由赵明代", False)
    with pytest.raises(RuleBroken, match="只能补写备注"):
        duty_days.change(office.session, later, rows[0], {"leader_id": office.leader("b").id})
    with pytest.raises(RuleBroken, match="12月1日 星期二 已经过去"):
        duty_days.exchange(office.session, later, rows[5], rows[0], DutyPart.LEADER)


@pytest.mark.parametrize(
    ("part", "leaders", "staff"),
    [
        (DutyPart.LEADER, ("林海", "陈立国"), ("王敏", "李娜")),
        (DutyPart.STAFF, ("陈立国", "林海"), ("李娜", "王敏")),
        (DutyPart.BOTH, ("林海", "陈立国"), ("李娜", "王敏")),
    ],
)
def test_two_days_change_in_one_step(office: Any, part: DutyPart, leaders: Any, staff: Any) -> None:
    first, second, *_rest = roster(office)
    duty_days.exchange(office.session, office.actor("clerk"), first, second, part)
    assert (first.leader.name, second.leader.name) == leaders
    assert (first.staff, second.staff) == staff
    assert first.is_by_hand
    assert second.is_by_hand
    assert first.turn_leader.name == "陈立国"


@pytest.mark.parametrize(
    ("a", "b", "part", "sentence"),
    [
        (0, 0, DutyPart.BOTH, "不能和这一天自己对调"),
        (0, 4, DutyPart.LEADER, "两天都是陈立国值班"),
        (0, 2, DutyPart.STAFF, "两天的值班人员相同"),
    ],
)
def test_an_exchange_that_changes_nothing_is_refused(
    office: Any, a: int, b: int, part: DutyPart, sentence: str
) -> None:
    rows = roster(office)
    with pytest.raises(RuleBroken, match=sentence):
        duty_days.exchange(office.session, office.actor("clerk"), rows[a], rows[b], part)


@pytest.mark.parametrize(
    ("text", "sentence"), [("王敏\n" + "长" * 61, "第 2 行超过 60 个字"), ("王\n" * 1001, "最多 2000 个字")]
)
def test_a_staff_line_too_long_is_refused(office: Any, text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as no:
        settings.put(office.session, office.actor("office_head"), "duty_staff", text)
    assert no.value.field == "duty_staff"


# -- on call


def person(office: Any, **said: Any) -> m.OnCall:
    good = {"name": "金桂芳", "unit_id": office.unit("b").id, "title": "主任", "phone": "0731-85550011", "position": 2}
    return on_call.save(office.session, office.actor("clerk"), m.OnCall(is_active=True), good | said)


def test_the_list_stands_in_its_order_and_under_the_roster(office: Any) -> None:
    """D9, S1§10: 随叫随到."""
    person(office)
    person(office, name="褚军", unit_id=office.unit("a").id, phone="13800001234", position=1)
    person(office, name="走了", phone="13800001235", is_active=False)
    assert [one.name for one in on_call.active(office.session)] == ["褚军", "金桂芳"]
    said = duty_table.remark(office.session, office.actor("clerk"))
    assert said == "随叫随到：城建办 主任 褚军 13800001234；民政办 主任 金桂芳 0731-85550011。"


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"name": " "}, "name", "请填写"),
        ({"phone": ""}, "phone", "能打通的号码"),
        ({"phone": "找王敏"}, "phone", "能打通的号码"),
        ({"position": 5}, "name", "已在名单中"),
    ],
)
def test_a_wrong_person_on_call_is_refused(office: Any, said: dict[str, Any], field: str, sentence: str) -> None:
    person(office)
    with pytest.raises(RuleBroken, match=sentence) as no:
        person(office, **said)
    assert no.value.field == field
    assert office.session.query(m.OnCall).count() == 1
