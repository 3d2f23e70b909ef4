"""Rosters from rules, leaders in turn, what a person changed kept (D1, D2, D3)."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest

import models as m
from rules.roster_period import period
from rules.words import OnHoliday, RuleBroken
from services import receptions, roster_table, rosters, settings, swaps, table_document
from tests.fixtures import reception

SAMPLE = Path(__file__).parent.parent / "samples" / "reception_table.csv"
S3_DAYS = {
    1: (2, 16), 2: (1, 22), 3: (1, 16), 4: (2, 16), 5: (2, 16), 6: (1, 19),
    7: (2, 16), 8: (1, 16), 9: (3, 17), 10: (8, 16), 11: (1, 16), 12: (3, 17),
}  # fmt: skip
"""Month of 2018 → its two days, the 1st and 16th put off by the State Council's table."""


def names(rows: list[m.ReceptionSession]) -> list[str]:
    return [row.leader.name if row.leader else "" for row in rows]


def days(rows: list[m.ReceptionSession]) -> list[str]:
    return [row.held_on.isoformat() for row in rows]


def test_a_month_is_made_from_the_rule_with_leaders_in_turn(office: Any) -> None:
    """D1, D3: December and January by the 1st and 16th; the turn goes on from one month to the next."""
    december = reception.roster(office, "2026-12")
    january = reception.remake(office, "2027-01")
    assert days(december) == ["2026-12-01", "2026-12-16"]
    assert names(december + january) == ["陈立国", "林海", "赵明", "孙丽"]


def test_a_rest_day_is_put_off_and_marked(office: Any) -> None:
    """D2: 2027-01-01 is a holiday and 2027 is not published yet."""
    first, _second = reception.roster(office, "2027-01")
    assert (first.held_on, first.moved_from) == (date(2027, 1, 4), date(2027, 1, 1))
    assert first.is_provisional


@pytest.mark.parametrize(
    ("policy", "held"),
    [
        (OnHoliday.NEXT, ["2026-05-06", "2026-05-20"]),
        (OnHoliday.PREVIOUS, ["2026-04-30", "2026-05-20"]),
        (OnHoliday.SKIP, ["2026-05-20"]),
        (OnHoliday.KEEP, ["2026-05-01", "2026-05-20"]),
    ],
)
def test_what_happens_to_a_holiday_is_the_rules_choice(office: Any, policy: OnHoliday, held: list[str]) -> None:
    """D2: 1 May 2026 under each policy."""
    rows = reception.roster(office, "2026-05", rrule="FREQ=MONTHLY;BYMONTHDAY=1,20", on_holiday=policy)
    assert days(rows) == held


@pytest.mark.db
def test_making_it_again_changes_nothing(office: Any) -> None:
    """The uid stays, so that subscribed calendars update in place."""
    before = {row.uid: (row.held_on, row.leader_id) for row in reception.roster(office, "2026")}
    after = {row.uid: (row.held_on, row.leader_id) for row in reception.remake(office, "2026")}
    assert after == before
    assert len(before) == 24


def test_what_a_person_changed_stays(office: Any) -> None:
    """D3: adjusted by hand; its turn is used up."""
    first, second = reception.roster(office)
    receptions.change(
        office.session, office.actor("clerk"), first, {"leader_id": office.leader("b").id, "place": "镇礼堂"}
    )
    assert reception.remake(office) == [first, second]
    assert (first.leader.name, first.place, second.leader.name) == ("孙丽", "镇礼堂", "林海")
    assert names(reception.remake(office, "2027-01")) == ["赵明", "孙丽"]


def test_a_day_moved_by_hand_is_not_made_twice(office: Any) -> None:
    first, second = reception.roster(office)
    receptions.change(office.session, office.actor("clerk"), first, {"held_on": date(2026, 12, 3)})
    assert reception.remake(office) == [first, second]
    assert (first.held_on, first.moved_from) == (date(2026, 12, 3), date(2026, 12, 1))


def test_a_changed_rule_calls_off_what_it_no_longer_names(office: Any) -> None:
    """Nothing is deleted: the session is called off, and taken up again when the rule returns."""
    first, second = reception.roster(office)
    rule = first.rule
    rule.rrule = "FREQ=MONTHLY;BYMONTHDAY=16"
    assert reception.remake(office) == [second]
    assert first.cancelled_reason == rosters.DROPPED
    rule.rrule = "FREQ=MONTHLY;BYMONTHDAY=1,16"
    assert reception.remake(office) == [first, second]


@pytest.mark.db
def test_published_past_days_stay_and_the_turn_goes_on_from_them(office: Any) -> None:
    """A leader added today comes after those who have already sat."""
    reception.roster(office, "2026-11")
    reception.published(office, "2026-11")
    newcomer = m.Leader(name="马骏", title="武装部长", turn=0)
    office.session.add(newcomer)
    late = replace(office.actor("clerk"), today=date(2026, 11, 10))
    rosters.generate(office.session, late, period("2026-11"))
    assert names(reception.sessions(office, date(2026, 11, 1), date(2026, 11, 30))) == ["陈立国", "林海"]
    assert names(reception.remake(office, "2026-12")) == ["赵明", "孙丽"]
    assert names(reception.remake(office, "2027-01")) == ["马骏", "陈立国"]


def test_an_exchange_does_not_disturb_the_turn(office: Any) -> None:
    first, second = reception.roster(office)
    swaps.exchange(office.session, office.actor("office_head"), first, second, "")
    assert names(reception.remake(office)) == ["林海", "陈立国"]
    assert names(reception.remake(office, "2027-01")) == ["赵明", "孙丽"]


def test_who_is_not_in_office_is_passed_over(office: Any) -> None:
    office.leader("in_charge").in_office_to = date(2026, 12, 10)
    assert names(reception.roster(office)) == ["陈立国", "赵明"]


@pytest.mark.parametrize(("lacks", "said"), [("rule", "还没有启用的规则"), ("leader", "还没有在任的领导")])
def test_without_rule_or_leader_there_is_no_roster(office: Any, lacks: str, said: str) -> None:
    if lacks == "leader":
        reception.rule(office)
        for leader in office.session.query(m.Leader):
            leader.is_active = False
    with pytest.raises(RuleBroken, match=said):
        reception.remake(office)


def test_a_rule_counts_only_while_it_is_valid(office: Any) -> None:
    rows = reception.roster(office, "2026", valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 30))
    assert days(rows) == ["2026-03-02", "2026-03-16", "2026-04-01", "2026-04-16"]


def test_two_rules_have_a_turn_of_their_own(office: Any) -> None:
    reception.rule(office)
    reception.rule(office, name="每月第二个周三下访", rrule="FREQ=MONTHLY;BYDAY=2WE")
    assert names(reception.remake(office)) == ["陈立国", "陈立国", "林海"]


def s3_office(office: Any) -> list[dict[str, str]]:
    """The bureau of S3: seven posts, its rule, its remark."""
    for leader in office.session.query(m.Leader):
        leader.is_active = False
    with SAMPLE.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    for turn, line in enumerate(lines[:7], start=1):
        office.session.add(m.Leader(name=line["领导名单"], title=line["职务"], turn=turn))
    reception.rule(office, place="会议室", cadre="钱小惠")
    return lines


@pytest.mark.db
def test_s3s_year_table_is_made_and_flagged(office: Any) -> None:
    """D10, S3: 2018 by the 1st and 16th put off, seven posts round; rows 7 and 14 have no place."""
    lines, clerk = s3_office(office), office.actor("clerk")
    settings.put(
        office.session, office.actor("office_head"), "roster_remark", "每月1日、16日为领导接待日，遇节假日顺延。"
    )
    rows = reception.remake(office, "2018")
    assert [row.held_on for row in rows] == [date(2018, month, day) for month in S3_DAYS for day in S3_DAYS[month]]
    for row, line in zip(rows, lines, strict=False):
        receptions.change(office.session, clerk, row, {"place": line["接待地点"] or None})
    made = roster_table.table(office.session, clerk, period("2018"))
    assert list(roster_table.COLUMNS.values()) == ["月份", "领导名单", "职务", "信访干部名单", "接待地点"]
    assert [r.texts["title"] for r in made.rows[:14]] == [line["职务"] for line in lines]
    assert [r.texts["leader"] for r in made.rows[:14]] == [line["领导名单"] for line in lines]
    assert [r.number for r in made.rows if r.missing] == [7, 14]
    assert made.flags == ["第 7、14 行没有接待地点，请补齐后再张贴。"]
    assert made.remark == "每月1日、16日为领导接待日，遇节假日顺延。"
    assert made.rows[0].texts["month"] == "1月2日"
    out = io.BytesIO()
    table_document.write(out, roster_table.sheet(office.session, clerk, period("2018")))
    cells = [[cell.text for cell in row.cells] for row in docx.Document(out).tables[0].rows]
    assert cells[0] == ["月份", "领导名单", "职务", "信访干部名单", "接待地点"]
    assert [row[4] for row in cells[1:15]] == [line["接待地点"] or "（缺）" for line in lines]
