"""The calendar's screens: a notice or table comes in, what it moves is shown, one confirmation saves it (D2)."""

import io
import json
import re
from datetime import date
from html import unescape
from typing import Any

import pytest

import models as m
from services import calendars
from tests.fixtures import reception
from tests.rules.made_up_notice import TEXT

NINTH = {"name": "每月9日", "rrule": "FREQ=MONTHLY;BYMONTHDAY=9"}


def february(office: Any) -> m.ReceptionSession:
    """The session of 9 February 2027, a holiday by the notice."""
    reception.rule(office, **NINTH)
    (held,) = reception.remake(office, "2027-02")
    office.session.commit()
    return held


def hidden(page: str) -> dict[str, str]:
    """The confirming form's fields."""
    found = re.findall(r'<input type="hidden" name="(proposal|digest|year)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_a_pasted_notice_is_shown_then_saved_whole(office: Any, client_for: Any) -> None:
    """Issue 3 point 1: every session that moves, old and new, before it is confirmed."""
    held, client = february(office), client_for("office_head")
    page = client.post("/admin/calendar/take-in", data={"text": TEXT, "year": "2026"})
    assert page.status_code == 200
    row = next(row for row in re.findall(r"<tr.*?</tr>", page.text, re.DOTALL) if "每月9日" in row)
    assert "2027-02-09 周二" in row
    assert "2027-02-14 周日" in row
    office.session.expire_all()
    assert held.held_on == date(2027, 2, 9)
    answer = client.post("/admin/calendar/confirm", data=hidden(page.text), follow_redirects=True)
    assert "1 项随之变动" in answer.text
    office.session.expire_all()
    assert (held.held_on, held.moved_from) == (date(2027, 2, 14), date(2027, 2, 9))
    assert "尚未公布" not in client.get("/admin/calendar/?year=2027").text


def test_the_downloaded_table_can_be_uploaded(office: Any, client_for: Any) -> None:
    client = client_for("office_head")
    sheet = client.get("/admin/calendar/sheet.xlsx?year=2026")
    assert sheet.mimetype.endswith("spreadsheetml.sheet")
    file = (io.BytesIO(sheet.data), "2026年放假安排.xlsx")
    page = client.post("/admin/calendar/take-in", data={"file": file}, content_type="multipart/form-data")
    assert page.status_code == 200
    assert "没有日子要改" in page.text


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "请粘贴通知全文，或选择一个表格"),
        ({"text": "放假"}, "没有找到"),
        ({"text": TEXT.replace("5日（农历除夕、周五）", "5日（农历除夕、周四）")}, "第 5 行：2027-02-05 是星期五，不是星期四"),
        ({"text": TEXT.split("四、")[0]}, "没有读到 2027 年的劳动节"),
        ({"file": "x"}, "文件"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_what_was_pasted_stays(
    office: Any, client_for: Any, said: dict[str, str], sentence: str
) -> None:
    data: dict[str, Any] = said | ({"file": (io.BytesIO(b"x"), "a.xlsx")} if "file" in said else {})
    answer = client_for("office_head").post("/admin/calendar/take-in", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert said.get("text", "")[:30] in answer.text
    assert office.session.query(m.CalendarYear).filter_by(year=2027).count() == 0


@pytest.mark.parametrize("proposal", ["", "{}", '{"days": {}, "publish": [1], "source": ""}', "x" * 3000])
def test_a_forged_confirmation_changes_nothing(office: Any, client_for: Any, proposal: str) -> None:
    answer = client_for("office_head").post("/admin/calendar/confirm", data={"proposal": proposal, "digest": "0"})
    assert answer.status_code == 422


def test_a_list_that_changed_meanwhile_is_shown_again(office: Any, client_for: Any) -> None:
    held, client = february(office), client_for("office_head")
    page = client.post("/admin/calendar/take-in", data={"text": TEXT}).text
    held.cancelled_reason = "开会"
    office.session.commit()
    answer = client.post("/admin/calendar/confirm", data=hidden(page))
    assert answer.status_code == 409
    assert "预览之后" in answer.text
    assert client.post("/admin/calendar/confirm", data=hidden(answer.text)).status_code == 302


def test_one_day_that_moves_nothing_is_saved_at_once(office: Any, client_for: Any) -> None:
    client = client_for("office_head")
    said = {"day": "2026-12-24", "kind": "shifted_rest", "note": "停电"}
    assert client.post("/admin/calendar/day", data=said).status_code == 302
    calendars.forget(office.session)
    assert calendars.load(office.session).info(date(2026, 12, 24)).note == "停电"


def test_one_day_that_moves_a_session_is_shown_first(office: Any, client_for: Any) -> None:
    held, client = february(office), client_for("office_head")
    page = client.post("/admin/calendar/day", data={"day": "2027-02-09", "kind": "shifted_rest", "note": ""})
    assert page.status_code == 200
    assert "还没有保存" in page.text
    assert client.post("/admin/calendar/confirm", data=hidden(page.text)).status_code == 302
    office.session.expire_all()
    assert held.held_on == date(2027, 2, 10)


def test_a_year_is_confirmed_without_losing_the_lawful_holidays(office: Any, client_for: Any) -> None:
    assert client_for("office_head").post("/admin/calendar/publish", data={"year": "2027"}).status_code == 302
    calendars.forget(office.session)
    info = calendars.load(office.session).info(date(2027, 10, 1))
    assert (info.note, info.provisional) == ("国庆节", False)


@pytest.mark.parametrize("path", ["take-in", "day", "publish", "confirm"])
def test_only_the_office_head_changes_the_calendar(office: Any, client_for: Any, path: str) -> None:
    """Rules §4: the calendar is the office head's."""
    assert client_for("clerk").post(f"/admin/calendar/{path}", data={"text": TEXT}).status_code == 403
    assert "粘贴通知全文" not in client_for("clerk").get("/admin/calendar/").text


# -- the rule's form


@pytest.mark.parametrize(
    ("said", "rrule"),
    [
        ({"kind": "weekly", "weekdays": ["TU", "TH"]}, "FREQ=WEEKLY;BYDAY=TU,TH"),
        ({"kind": "monthday", "monthdays": ["1", "16"]}, "FREQ=MONTHLY;BYMONTHDAY=1,16"),
        ({"kind": "nth_weekday", "nth": ["-1"], "weekdays": ["WE"]}, "FREQ=MONTHLY;BYDAY=-1WE"),
        ({"kind": "nth_weekday", "nth": ["3"], "weekdays": ["TH"]}, "FREQ=MONTHLY;BYDAY=3TH"),
        (
            {"kind": "weekly", "weekdays": ["WE"], "interval": "2", "valid_from": "2026-12-02", "place": "镇政府", "other_place": "河东村"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        ),
        (
            {"kind": "lunar", "lunar_days": ["3", "6", "9", "13", "16", "19", "23", "26", "29"]},
            "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=3,6,9,13,16,19,23,26,29",
        ),
        ({"kind": "lunar", "lunar_days": ["1", "15"]}, "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ({"kind": "workdays", "use": "duty"}, "WORKDAYS"),
        ({"kind": "week_of_month", "nth": ["1"], "weekdays": ["MO"], "use": "visit"}, "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO"),
    ],
)  # fmt: skip
def test_d1_every_rule_people_say_is_clicked_together(
    office: Any, client_for: Any, said: dict[str, Any], rrule: str
) -> None:
    """Issue 3 point 1: each of the nine rules from the form's own boxes, and back into them."""
    form = {
        "name": "规则",
        "on_holiday": "next",
        "starts": "09:00",
        "ends": "11:30",
        "form": "fixed",
        "use": "reception",
        "is_active": "y",
    }
    client = client_for("clerk")
    assert client.post("/admin/reception_rule/new/", data=form | said).status_code == 302
    row = office.session.query(m.ReceptionRule).one()
    assert (row.rrule, row.use.value, row.other_place) == (rrule, said.get("use", "reception"), said.get("other_place"))
    page = client.get(f"/admin/reception_rule/edit/?id={row.id}").text
    for name in ("weekdays", "monthdays", "lunar_days", "nth"):
        boxes = re.findall(rf'name="{name}" value="([^"]+)" checked', page)
        assert sorted(boxes) == sorted(said.get(name, []))
    assert re.search(r'<ul class="days num" data-days><li', page)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "monthday", "monthdays": ["31"]}, None),
        ({"other_place": "河东村"}, "另一地点"),
        ({"place": "镇政府", "other_place": "河东村"}, "生效日期：两地轮流"),
        ({"place": "镇政府", "other_place": "镇政府", "valid_from": "2026-12-01"}, "两个不同的地点"),
        ({"valid_from": "2027-02-10", "valid_to": "2027-02-20", "monthdays": ["1"]}, "没有一个接待日"),
        ({"kind": "weekly", "weekdays": ["MO", "TU", "WE", "TH", "FR"]}, "几乎占满工作日"),
        ({"kind": "text", "rrule": "FREQ=MONTHLY;BYDAY=6MO"}, "一个月里没有第 6 个星期几"),
        ({"kind": "text", "rrule": "垃圾"}, "接访规则"),
        ({"use": "party"}, "没有这个选项"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_words(
    office: Any, client_for: Any, said: dict[str, Any], sentence: str | None
) -> None:
    form = {"name": "规则", "kind": "monthday", "monthdays": ["1"], "on_holiday": "next", "starts": "09:00", "ends": "11:30",
            "form": "fixed", "use": "reception", "is_active": "y"}  # fmt: skip
    answer = client_for("clerk").post("/admin/reception_rule/new/", data=form | said)
    assert answer.status_code == (422 if sentence else 302)
    assert sentence is None or sentence in answer.text


def test_short_months_are_said_beside_the_rule(office: Any, client_for: Any) -> None:
    shown = client_for("clerk").get(
        "/admin/reception_rule/preview/?kind=monthday&monthdays=31&on_holiday=next&use=reception"
    )
    assert shown.json["remarks"] == [
        "2月、4月、6月、9月、11月没有31日，这样的月份不安排这一天；要每月都有，请选“最后一天”。"
    ]


def test_dropped_days_stand_between_the_ten(office: Any, client_for: Any) -> None:
    """D2: the first of January is a holiday; with 节假日除外 the line says so."""
    shown = (
        client_for("clerk")
        .get("/admin/reception_rule/preview/?kind=monthday&monthdays=1&on_holiday=skip&use=reception")
        .json
    )
    assert {"text": "2027年1月1日 元旦 → 不安排", "kind": "dropped", "tag": "推定"} in shown["days"]
    assert len([day for day in shown["days"] if day["kind"] != "dropped"]) == 10


def test_a_made_up_sunday_is_said_so(office: Any, client_for: Any) -> None:
    """The issue's own line: 1月1日 元旦 → 1月4日 周日上班 (2026)."""
    from rules.words import OnHoliday
    from services import rule_preview

    found = rule_preview.preview(
        office.session, "FREQ=MONTHLY;BYMONTHDAY=1", OnHoliday.NEXT, date(2026, 1, 1), since=date(2026, 1, 1)
    )
    assert found.days[0].text(2026) == "1月1日 元旦 → 1月4日 周日上班"
    assert found.words == "每月1日，顺延到下一工作日"


def test_a_ready_rule_shows_its_days_and_no_complaint(office: Any, client_for: Any) -> None:
    page = client_for("clerk").get("/admin/reception_rule/new/?ready=FREQ%3DWEEKLY%3BINTERVAL%3D2%3BBYDAY%3DWE").text
    assert "请填写。" not in page
    assert 'name="valid_from" type="date" value="2026-11-21"' in page
    assert re.search(r"data-days><li", page)


def test_the_json_of_the_proposal_stays_text(office: Any, client_for: Any) -> None:
    """A note with markup is carried and shown as text."""
    february(office)
    data = {"day": "2027-02-09", "kind": "shifted_rest", "note": '"><script>x'}
    page = client_for("office_head").post("/admin/calendar/day", data=data).text
    assert "<script>x" not in page
    assert json.loads(hidden(page)["proposal"])["days"]["2027-02-09"]["note"] == '"><script>x'
