"""The month's report of reception days: what it says, when it is owed, frozen once, without guarded matters (D8; rules §3)."""

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import models as m
from rules.access import Actor
from rules.words import Outcome, Purpose, RespondentKind, RuleBroken
from services import (
    exports,
    gate,
    reception_records,
    reception_report_body,
    reception_report_table,
    reception_reports,
    reception_steps,
    receptions,
    settings,
)
from tests.fixtures import reception

HOURS = {"starts": "09:00", "ends": "11:30", "place": "接待室"}
DUE = date(2026, 12, 2)


def held(office: Any, leader: str, day: date) -> m.ReceptionSession:
    return receptions.add(
        office.session, office.actor("clerk"), HOURS | {"held_on": day, "leader_id": office.leader(leader).id}
    )


def head(office: Any, day: date) -> Actor:
    found: Actor = replace(office.actor("office_head"), today=day)
    return found


@pytest.fixture
def month(office: Any) -> dict[str, Any]:
    """November: three sessions by the 21st, four visitors, one of them guarded, one handed on; one session still to come."""
    first, second = held(office, "a", date(2026, 11, 2)), held(office, "mayor", date(2026, 11, 16))
    third, coming = held(office, "b", date(2026, 11, 18)), held(office, "a", date(2026, 11, 25))
    cancelled = held(office, "b", date(2026, 11, 20))
    receptions.cancel(office.session, office.actor("clerk"), cancelled, "县里开会")
    unit = {"unit_id": office.unit("a").id, "due_on": DUE, "opinion": "请核实。"}
    on = reception.visitor(office, first, outcome=Outcome.DEADLINE, **unit)
    reception_steps.hand_on(office.session, office.actor("clerk"), on, {})
    explained = reception.visitor(
        office, first, visitor="何桂芳", demand="问医保。怎么报。", people_count=1, outcome=Outcome.EXPLAIN
    )
    secret = reception.visitor(office, second, visitor="举报人", demand="举报某干部。", purpose=Purpose.REPORT)
    open_one = reception.visitor(office, second, visitor="高某", demand="要求修路。", people_count=3)
    rows = {"on": on, "explained": explained, "secret": secret, "open": open_one}
    return {"first": first, "second": second, "third": third, "coming": coming, **rows}


@pytest.mark.db
def test_what_the_report_says(office: Any, month: dict[str, Any]) -> None:
    """D8: leader, position, time, place, matters, handling, figures; no visitor's name, nothing guarded."""
    body = reception_report_body.preview(office.session, office.actor("office_head"), "2026-11")
    assert body["title"] == "2026年11月领导干部接访情况月报"
    assert (body["report_to"], body["cutoff"], body["due_on"]) == ("区联席办", "2026-12-10 12:00", "2026-12-11")
    assert [(one["leader"], one["title"], one["held_on"], one["hours"], one["place"]) for one in body["sessions"]] == [
        ("赵明", "副镇长", "2026-11-02", "9:00–11:30", "接待室"),
        ("陈立国", "镇长", "2026-11-16", "9:00–11:30", "接待室"),
        ("孙丽", "人大副主席", "2026-11-18", "9:00–11:30", "接待室"),
    ]
    matters = [[(x["what"], x["outcome"], x["unit"], x["state"]) for x in one["matters"]] for one in body["sessions"]]
    assert matters == [
        [("村道路灯损坏半年未修", "限期交办", "城建办", "待受理"), ("问医保", "政策解释", "", "当场答复")],
        [("要求修路", "", "", "待领导意见")],
        [],
    ]
    assert body["figures"] == {
        "sessions": 3, "leaders": 3, "main_leaders": 1, "visits": 3, "people": 6, "registered": 1, "settled": 1,
        "closed": 0, "open": 2,
    }  # fmt: skip
    assert body["outcomes"] == {"限期交办": 1, "政策解释": 1}
    text = json.dumps(body, ensure_ascii=False)
    assert not any(word in text for word in ("举报", "胡大年", "何桂芳", "13800001234"))


def test_a_matter_guarded_later_leaves_the_preview(office: Any, month: dict[str, Any]) -> None:
    month["on"].petition.is_secret = True
    office.session.flush()
    body = reception_report_body.preview(office.session, office.actor("office_head"), "2026-11")
    assert body["figures"]["visits"] == 2


def test_what_the_material_still_lacks(office: Any, month: dict[str, Any]) -> None:
    found = reception_report_body.lacking(office.session, office.actor("clerk"), "2026-11")
    assert [(one["text"], one["session_id"]) for one in found] == [
        ("11月16日陈立国接访还有 2 件没有处理方式。", month["second"].id),
        ("11月18日孙丽接访还没有登记来访人；没有人来访的可以不填。", month["third"].id),
    ]


@pytest.mark.db
def test_sent_once_and_frozen(office: Any, month: dict[str, Any]) -> None:
    actor = head(office, date(2026, 12, 4))
    report = reception_reports.send(office.session, actor, "2026-11")
    frozen = json.dumps(report.body, ensure_ascii=False)
    assert (report.sent_on, report.sent_to, report.body["preparer"]) == (date(2026, 12, 4), "区联席办", "何平")
    assert [one["held_on"] for one in report.body["sessions"]][-1] == "2026-11-25"
    reception_records.give_opinion(office.session, office.actor("clerk"), month["open"], {"outcome": Outcome.EXPLAIN})
    office.session.refresh(report)
    assert json.dumps(report.body, ensure_ascii=False) == frozen
    with pytest.raises(RuleBroken, match="已经上报") as no:
        reception_reports.send(office.session, actor, "2026-11")
    assert no.value.field == "month"


@pytest.mark.db
def test_the_database_keeps_one_report_a_month(office: Any) -> None:
    for _ in range(2):
        office.session.add(m.ReceptionReport(month="2026-10", sent_on=office.today, sent_to="区联席办", body={}))
    with pytest.raises(Exception, match=r"(?i)unique"):
        office.session.flush()


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-12", "还没有到这个月"), ("2026", "应为“2026-10”"), ("2026-13", "期间"), ("0000-01", "期间"), ("x", "期间"), ("", "期间"),
    ],
)  # fmt: skip
def test_months_that_cannot_be(office: Any, month: str, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        reception_report_body.preview(office.session, office.actor("clerk"), month)
    with pytest.raises(RuleBroken):
        reception_reports.send(office.session, office.actor("office_head"), month)


def test_a_running_month_is_sent_only_where_the_office_reports_in_it(office: Any, month: dict[str, Any]) -> None:
    """S2e's own office reports 当月; by default the month must be over."""
    actor = office.actor("office_head")
    with pytest.raises(RuleBroken, match="还没有结束"):
        reception_reports.send(office.session, actor, "2026-11")
    settings.put(office.session, actor, "reception_report_due", "当月第一周周五")
    assert reception_reports.send(office.session, actor, "2026-11").body["due_on"] == "2026-11-06"


def test_only_those_who_report_send(office: Any, month: dict[str, Any]) -> None:
    for username in ("clerk", "inspector"):
        with pytest.raises(gate.Forbidden):
            reception_reports.send(office.session, replace(office.actor(username), today=date(2026, 12, 4)), "2026-11")
    for username in ("leader_a", "handler_a"):
        with pytest.raises(gate.Forbidden):
            reception_report_body.preview(office.session, office.actor(username), "2026-11")


@pytest.mark.parametrize(
    ("today", "is_near", "is_late"),
    [
        (date(2026, 12, 2), False, False),
        (date(2026, 12, 3), True, False),
        (date(2026, 12, 11), True, False),
        (date(2026, 12, 12), True, True),
    ],
)
def test_when_it_is_owed(office: Any, month: dict[str, Any], today: date, is_near: bool, is_late: bool) -> None:
    """Material by Thursday noon, report by Friday of the first week; on the workbench a week before."""
    owed = reception_reports.due(office.session, head(office, today))
    assert [(x["month"], x["cutoff_on"], x["cutoff_at"], x["due_on"], x["is_near"], x["is_late"]) for x in owed] == [
        ("2026-11", date(2026, 12, 10), "12:00", date(2026, 12, 11), is_near, is_late)
    ]
    reception_reports.send(office.session, head(office, today), "2026-11")
    assert reception_reports.due(office.session, head(office, today)) == []
    assert reception_reports.due(office.session, office.actor("leader_a")) == []


def test_the_accused_does_not_read_a_report_with_his_matter(office: Any, month: dict[str, Any]) -> None:
    """§3: what became a complaint about the reader after it was frozen hides the report from him."""
    report = reception_reports.send(office.session, head(office, date(2026, 12, 4)), "2026-11")
    petition, clerk2 = month["on"].petition, office.user("clerk2")
    petition.purpose = Purpose.REPORT
    office.session.add(m.Respondent(petition=petition, kind=RespondentKind.USER, user_id=clerk2.id, name=clerk2.name))
    office.session.flush()
    with pytest.raises(gate.NotHere):
        reception_reports.find(office.session, office.actor("clerk2"), report.id)
    assert list(office.session.scalars(reception_reports.rows(office.session, office.actor("clerk2")))) == []
    assert reception_reports.find(office.session, office.actor("office_head"), report.id) is report


def test_the_table_for_excel_and_word(office: Any, month: dict[str, Any]) -> None:
    """D8: S2e's columns, a line a matter, a session nobody came to on its own line, the figures under it."""
    body = reception_report_body.preview(office.session, office.actor("office_head"), "2026-11")
    sheet = reception_report_table.sheet(body)
    assert [column.label for column in sheet.columns] == [
        "接访领导", "职务", "接访时间", "接访地点", "接待批次", "接待人次", "受理的信访事项", "处理方式", "责任单位", "办理情况",
    ]  # fmt: skip
    lines = [(row.get("leader", ""), row.get("time", ""), row.get("visits", ""), row["what"]) for row in sheet.rows]
    assert lines == [
        ("赵明", "11月2日 9:00–11:30", 2, "村道路灯损坏半年未修"),
        ("", "", "", "问医保"),
        ("陈立国", "11月16日 9:00–11:30", 1, "要求修路"),
        ("孙丽", "11月18日 9:00–11:30", 0, "无来访"),
    ]
    assert sheet.totals == {"leader": "合计", "visits": 3, "people": 6}
    assert all(words in sheet.remark for words in ("接访场次 3", "限期交办 1 件", "报送：区联席办"))
    for form in ("xlsx", "docx"):
        out = io.BytesIO()
        made = reception_report_table.sheet(body)
        assert (
            exports.write(office.session, office.actor("office_head"), "reception_report", out, made, "月报", form=form)
            == 4
        )
        assert out.getvalue()[:2] == b"PK"


@pytest.mark.parametrize(("key", "text"), [("reception_report_due", "每月周五"), ("reception_report_cutoff", "")])
def test_a_day_nobody_understands_is_no_setting(office: Any, key: str, text: str) -> None:
    with pytest.raises(RuleBroken, match="应写成“次月第一周周五”") as no:
        settings.put(office.session, office.actor("office_head"), key, text)
    assert no.value.field == key
