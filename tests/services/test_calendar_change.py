"""A published year taken in: what it moves is listed before it is written, and written whole (D2)."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import models as m
from rules.reception_words import RuleUse
from rules.words import DayKind, OnHoliday, Purpose, RespondentKind, RuleBroken
from services import calendar_change, calendar_tables, calendars, petitions, registration
from services.calendar_change import Plan
from services.calendar_moves import DROPPED, What
from services.registration import Person, Registration
from tests.fixtures import reception
from tests.rules.made_up_notice import TEXT

NINTH = {"name": "每月9日", "rrule": "FREQ=MONTHLY;BYMONTHDAY=9"}
THURSDAYS = {"name": "每周四", "rrule": "FREQ=WEEKLY;BYDAY=TH", "on_holiday": OnHoliday.SKIP}
EVERY_DAY = {"name": "每个工作日", "rrule": "WORKDAYS", "on_holiday": OnHoliday.SKIP}
DUTY = {"name": "值班", "rrule": "WORKDAYS", "on_holiday": OnHoliday.SKIP, "use": RuleUse.DUTY}


def planned(office: Any, text: str = TEXT) -> Plan:
    """What the notice of 2027 would do on 2026-11-21."""
    proposal = calendar_tables.from_notice(office.session, text)
    return calendar_change.plan(office.session, office.actor("office_head"), proposal)


def done(office: Any, plan: Plan) -> Plan:
    return calendar_change.apply(office.session, office.actor("office_head"), plan.proposal, plan.digest)


def session_on(office: Any, rule: m.ReceptionRule, day: date, **said: Any) -> m.ReceptionSession:
    """One session of a rule, held on its own day."""
    row = m.ReceptionSession(
        uid=f"{rule.id}-{day:%Y%m%d}", rule=rule, held_on=day, starts="09:00", ends="11:30",
        leader=office.leader("a"), is_provisional=True, **said,
    )  # fmt: skip
    office.session.add(row)
    office.session.flush()
    return row


def moves(plan: Plan, what: What) -> list[tuple[str, str, str]]:
    """(old, new, label) of one kind, days as MM-DD."""
    return [
        (f"{move.old:%m-%d}" if move.old else "", f"{move.new:%m-%d}" if move.new else "", move.label)
        for move in plan.of(what)
    ]


def test_nothing_is_written_before_it_is_confirmed(office: Any) -> None:
    held = session_on(office, reception.rule(office, **NINTH), date(2027, 2, 9))
    days = office.session.query(m.CalendarDay).count()
    assert planned(office).of(What.SESSION)
    office.session.expire_all()
    assert held.held_on == date(2027, 2, 9)
    assert office.session.query(m.CalendarDay).count() == days
    assert calendars.load(office.session).info(date(2027, 2, 9)).provisional


@pytest.mark.db
def test_a_session_moves_to_the_day_that_is_made_up(office: Any) -> None:
    """9 February 2027 becomes 春节; the next working day is Sunday the 14th."""
    held = session_on(office, reception.rule(office, **NINTH), date(2027, 2, 9))
    plan = planned(office)
    assert moves(plan, What.SESSION) == [("02-09", "02-14", "赵明 每月9日")]
    done(office, plan)
    office.session.expire_all()
    assert (held.held_on, held.moved_from, held.is_provisional) == (date(2027, 2, 14), date(2027, 2, 9), False)
    assert planned(office).moves == []


def test_a_moved_session_moves_on_or_back(office: Any) -> None:
    """By the law alone 5 February was put off to the 9th; by the notice it goes to the 14th."""
    rule = reception.rule(office, name="每月5日", rrule="FREQ=MONTHLY;BYMONTHDAY=5")
    held = session_on(office, rule, date(2027, 2, 5))
    held.held_on, held.moved_from = date(2027, 2, 9), date(2027, 2, 5)
    done(office, planned(office))
    assert (held.held_on, held.moved_from) == (date(2027, 2, 14), date(2027, 2, 5))


def test_a_dropped_session_is_called_off_and_comes_back(office: Any) -> None:
    """Thursday 11 February is 春节; the office says it works after all."""
    held = session_on(office, reception.rule(office, **THURSDAYS), date(2027, 2, 11))
    plan = planned(office)
    assert moves(plan, What.SESSION) == [("02-11", "", "赵明 每周四")]
    done(office, plan)
    assert held.cancelled_reason == DROPPED
    back = calendar_tables.from_one_day(date(2027, 2, 11), DayKind.WORKDAY, "")
    done(office, calendar_change.plan(office.session, office.actor("office_head"), back))
    assert (held.cancelled_reason, held.held_on) == (None, date(2027, 2, 11))


def test_a_day_that_is_made_up_is_a_new_session_without_a_leader(office: Any) -> None:
    """Saturday 30 January 2027 is worked: the rule of every working day gains one, and the gap is seen."""
    rule = reception.rule(office, **EVERY_DAY)
    session_on(office, rule, date(2027, 1, 29), is_by_hand=True)
    plan = planned(office)
    assert moves(plan, What.SESSION) == [("", "01-30", "每个工作日")]
    done(office, plan)
    made = office.session.query(m.ReceptionSession).filter_by(held_on=date(2027, 1, 30)).one()
    assert (made.leader, made.uid, made.rule) == (None, f"{rule.id}-20270130", rule)
    assert planned(office).moves == []


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ({"is_by_hand": True}, [("02-09", "02-09", "赵明 每月9日")]),
        ({"cancelled_reason": "开会"}, []),
    ],
    ids=["by hand", "called off"],
)
def test_what_a_person_decided_stays(office: Any, said: dict[str, Any], listed: list[Any]) -> None:
    """A session changed by hand is named, not moved; one that was called off stays so."""
    held = session_on(office, reception.rule(office, **NINTH), date(2027, 2, 9), **said)
    plan = planned(office)
    assert moves(plan, What.SESSION) == listed
    done(office, plan)
    assert held.held_on == date(2027, 2, 9)


def test_the_past_stays(office: Any) -> None:
    """A day of the year that has gone by is not moved by a late correction."""
    held = session_on(office, reception.rule(office, **NINTH), date(2026, 11, 9))
    past = calendar_tables.from_one_day(date(2026, 11, 9), DayKind.SHIFTED_REST, "停电")
    assert calendar_change.plan(office.session, office.actor("office_head"), past).moves == []
    assert held.held_on == date(2026, 11, 9)


def test_a_visitor_keeps_the_session(office: Any) -> None:
    """Somebody was received today: a correction of today does not move it."""
    held = session_on(
        office, reception.rule(office, name="今天", rrule="FREQ=MONTHLY;BYMONTHDAY=20"), date(2026, 11, 20)
    )
    reception.visitor(office, held)
    clerk = replace(office.actor("office_head"), today=date(2026, 11, 20))
    proposal = calendar_tables.from_one_day(date(2026, 11, 20), DayKind.SHIFTED_REST, "停电")
    (move,) = calendar_change.plan(office.session, clerk, proposal).moves
    assert (move.old, move.new, move.note) == (date(2026, 11, 20), date(2026, 11, 20), "不能自动移动，请核对")


@pytest.mark.db
def test_duty_days_follow_the_working_days(office: Any) -> None:
    """D9: 9–12 February fall away, 30 January and 14 February are added, the others stay."""
    rule = reception.rule(office, **DUTY)
    for day in [*range(1, 5), *range(9, 13), *range(15, 20)]:
        row = m.DutyDay(rule=rule, held_on=date(2027, 2, day), leader=office.leader("a"), is_provisional=True)
        office.session.add(row)
    office.session.flush()
    plan = planned(office)
    assert [(old, new) for old, new, _label in moves(plan, What.DUTY)] == [
        ("02-09", ""), ("02-10", ""), ("02-11", ""), ("02-12", ""), ("", "02-14"),
    ]  # fmt: skip
    done(office, plan)
    rows = {row.held_on.day: row for row in office.session.query(m.DutyDay)}
    assert sorted(rows) == [1, 2, 3, 4, 14, 15, 16, 17, 18, 19]
    assert (rows[14].leader, rows[15].leader.name, rows[15].is_provisional) == (None, "赵明", False)


def test_a_duty_day_set_by_hand_is_named_and_stays(office: Any) -> None:
    rule = reception.rule(office, **DUTY)
    office.session.add(m.DutyDay(rule=rule, held_on=date(2027, 2, 9), is_by_hand=True))
    office.session.flush()
    plan = planned(office)
    assert ("02-09", "02-09", "（缺领导） 值班") in moves(plan, What.DUTY)
    done(office, plan)
    assert office.session.query(m.DutyDay).filter_by(held_on=date(2027, 2, 9)).count() == 1


def test_duty_days_put_off_in_a_row_do_not_meet(office: Any) -> None:
    """Two days of one rule both go on by one: no two share a day meanwhile."""
    said = DUTY | {"rrule": "FREQ=MONTHLY;BYMONTHDAY=9,10", "on_holiday": OnHoliday.NEXT}
    rule = reception.rule(office, **said)
    for day in (9, 10):
        office.session.add(m.DutyDay(rule=rule, held_on=date(2027, 3, day)))
    office.session.flush()
    proposal = calendar_tables.from_one_day(date(2027, 3, 9), DayKind.SHIFTED_REST, "停电")
    done(office, calendar_change.plan(office.session, office.actor("office_head"), proposal))
    assert sorted(row.held_on.day for row in office.session.query(m.DutyDay)) == [10, 11]


@pytest.mark.db
def test_open_deadlines_are_listed_and_recomputed(office: Any) -> None:
    """25 January + 15 days = 9 February 2027, 春节 by the notice."""
    clerk = replace(office.actor("clerk"), today=date(2027, 1, 25))
    said = Registration(channel="visit", demand="路灯", received_on=clerk.today, people=[Person("赵丽华")])
    petition = petitions.register(office.session, clerk, said).petition
    assert petition.breach_on == date(2027, 2, 9)
    plan = planned(office)
    assert moves(plan, What.CLOCK) == [("02-09", "02-14", f"{petition.number} 转送、交办")]
    assert petition.breach_on == date(2027, 2, 9)
    done(office, plan)
    assert petition.breach_on == date(2027, 2, 14)


def test_a_matter_one_may_not_see_is_not_named(office: Any) -> None:
    """Rules §3: the accused never meets the matter, nor in this list; its deadline is recomputed all the same."""
    clerk = replace(office.actor("clerk"), today=date(2027, 1, 25))
    said = Registration(
        channel="visit", demand="举报", received_on=clerk.today, people=[Person("赵丽华")], purpose=Purpose.REPORT,
        respondents=[registration.Accused(RespondentKind.USER, office.user("office_head").id)],
    )  # fmt: skip
    petition = petitions.register(office.session, clerk, said).petition
    before = petition.clocks[0].breach_on
    plan = planned(office)
    assert plan.of(What.CLOCK) == []
    done(office, plan)
    assert petition.clocks[0].breach_on > before


def test_a_published_month_is_flagged_for_a_new_notice(office: Any) -> None:
    """D6: what the public sees is wrong until it is published again."""
    reception.rule(office, **NINTH)
    reception.remake(office, "2027-02")
    for leader in office.session.query(m.Leader):
        leader.division, leader.phone = "全面工作", "0571-1234567"
    office.session.flush()
    assert planned(office).months == []
    reception.published(office, "2027-02")
    assert planned(office).months == ["2027-02"]


def test_what_is_confirmed_is_what_was_shown(office: Any) -> None:
    rule = reception.rule(office, **NINTH)
    plan = planned(office)
    session_on(office, rule, date(2027, 2, 9))
    with pytest.raises(RuleBroken, match="预览之后") as no:
        done(office, plan)
    assert no.value.field == "digest"
    assert done(office, planned(office)).moves


def test_taking_it_in_again_changes_nothing(office: Any) -> None:
    first = done(office, planned(office))
    assert len(first.changes) == 17
    again = planned(office)
    assert (again.changes, again.moves) == ([], [])


def test_the_december_of_next_years_notice_stays(office: Any) -> None:
    """31 December 2026 belongs to 元旦 2027: taking in 2026 again does not lose it."""
    office.session.add(m.CalendarDay(day=date(2026, 12, 31), kind=DayKind.SHIFTED_REST, note="元旦调休"))
    office.session.flush()
    from tests.rules.state_council import NOTICES

    done(office, planned(office, NOTICES[2026]))
    calendars.forget(office.session)
    assert calendars.load(office.session).info(date(2026, 12, 31)).note == "元旦调休"


def test_a_year_confirmed_by_hand_keeps_the_lawful_holidays(office: Any) -> None:
    """Nobody entered 元旦: it does not become a working day by confirming the year."""
    proposal = calendar_tables.from_year(office.session, 2027, "本办确认")
    done(office, calendar_change.plan(office.session, office.actor("office_head"), proposal))
    info = calendars.load(office.session).info(date(2027, 1, 1))
    assert (info.kind, info.note, info.provisional) == (DayKind.HOLIDAY, "元旦", False)


# -- tables and files


def sheet(rows: list[list[Any]]) -> io.BytesIO:
    """An xlsx file with these rows."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    out.seek(0)
    return out


HEAD = ["日期", "种类", "说明"]
LAWFUL = [[day, "放假", ""] for day in (
    "2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05", "2027-05-01", "2027-05-02",
    "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03",
)]  # fmt: skip


def test_the_downloaded_table_comes_back_the_same(office: Any) -> None:
    done(office, planned(office))
    rows = [[row[0], row[2], row[3]] for row in calendar_tables.table_rows(office.session, 2027)]
    proposal = calendar_tables.from_table(office.session, sheet([HEAD, *rows]), "2027.xlsx")
    assert calendar_change.plan(office.session, office.actor("office_head"), proposal).changes == []


@pytest.mark.parametrize(
    ("rows", "row", "sentence"),
    [
        ([["日子", "种类"], ["2027-01-01", "放假"]], None, "没有“日期”这一列"),
        ([HEAD, *LAWFUL, ["明天", "放假", ""]], 15, "“明天”不是日期"),
        ([HEAD, *LAWFUL, ["2027-02-09", "过年", ""]], 15, "种类“过年”不对"),
        ([HEAD, *LAWFUL, ["2027-02-10", "上班", ""]], 15, "2027-02-10（星期三）本来就是工作日"),
        ([HEAD, *LAWFUL, ["2027-01-01", "放假", ""]], 15, "2027-01-01 写了两次"),
        ([HEAD, *LAWFUL, ["2028-01-01", "放假", ""]], None, "一张表只写一年"),
        ([HEAD, *LAWFUL[:-5]], None, "没有 2027 年的端午节（6月9日）"),
        ([HEAD, ["1987-01-01", "放假", ""]], None, "1987 不在 2000 至 2099 年之间"),
    ],
)
def test_a_bad_table_is_refused_by_row(office: Any, rows: list[Any], row: int | None, sentence: str) -> None:
    with pytest.raises(RuleBroken) as no:
        calendar_tables.from_table(office.session, sheet(rows), "表.xlsx")
    assert sentence in no.value.message
    assert no.value.row == row


@pytest.mark.parametrize(
    "text", ["not json", '{"2027-13-01": {"kind": "holiday"}}', '{"2027-01-01": {"kind": "feast"}}', '{"2027-01-01": "x"}', "[]"],
)  # fmt: skip
def test_a_bad_file_changes_nothing(office: Any, tmp_path: Path, text: str) -> None:
    file = tmp_path / "calendar.json"
    file.write_text(text, "utf-8")
    with pytest.raises(RuleBroken, match="日历文件"):
        calendar_tables.import_file(office.session, office.actor("office_head"), file)
    assert calendars.load(office.session).info(date(2027, 1, 1)).provisional


def test_the_command_takes_json_as_before(office: Any, tmp_path: Path) -> None:
    """`flask calendar import`: years, days, moved; 2026-12-19 + 15 days = Sunday 2027-01-03, a working day by this table."""
    clerk = replace(office.actor("clerk"), today=date(2026, 12, 19))
    said = Registration(channel="visit", demand="路灯", received_on=clerk.today, people=[Person("赵丽华")])
    petition = petitions.register(office.session, clerk, said).petition
    table = {"2027-01-01": {"kind": "holiday", "note": "元旦"}, "2027-01-03": {"kind": "makeup", "note": "补班"}}
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(table), "utf-8")
    found = calendar_tables.import_file(office.session, office.actor("office_head"), file)
    assert (found["years"], found["days"]) == ([2027], 2)
    assert found["moved"] == [
        {"number": petition.number, "term": "office_route", "old": date(2027, 1, 4), "new": date(2027, 1, 3)}
    ]
    assert petition.breach_on == date(2027, 1, 3)


@pytest.mark.parametrize("name", ["2027.txt", "2027.xlsx"])
def test_the_command_takes_the_notice_and_a_table(office: Any, tmp_path: Path, name: str) -> None:
    session_on(office, reception.rule(office, **NINTH), date(2027, 2, 9))
    file = tmp_path / name
    file.write_bytes(
        TEXT.encode() if name.endswith("txt") else sheet([HEAD, *LAWFUL, ["2027-02-09", "放假", ""]]).read()
    )
    found = calendar_tables.import_file(office.session, office.actor("office_head"), file)
    assert found["years"] == [2027]
    assert [one["old"] for one in found["sessions"]] == [date(2027, 2, 9)]
    assert not calendars.load(office.session).info(date(2027, 1, 1)).provisional


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"days": {"x": null}, "publish": [], "source": ""}', '{"days": {}, "publish": [1], "source": ""}',
             '{"days": {"2027-01-01": {"kind": "feast"}}, "publish": [], "source": ""}',
             '{"days": {"2027-01-01": {"kind": "holiday", "note": "a\\u0000"}}, "publish": [], "source": ""}'],
)  # fmt: skip
def test_a_posted_proposal_is_read_as_data(text: str) -> None:
    with pytest.raises(RuleBroken):
        calendar_tables.unpacked(text)


def test_a_proposal_comes_back_from_its_form(office: Any) -> None:
    proposal = calendar_tables.from_notice(office.session, TEXT)
    assert calendar_tables.unpacked(calendar_tables.packed(proposal)) == proposal
