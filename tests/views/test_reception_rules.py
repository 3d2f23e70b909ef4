"""The form of a reception rule: every kind, its preview, its refusals in the office's words (D1, D2, C14)."""

import re
from typing import Any

import pytest

import models as m
from tests.fixtures import reception

RULE_FORM = {
    "name": "每月1日、16日",
    "kind": "monthday",
    "monthdays": "1、16",
    "on_holiday": "next",
    "starts": "09:00",
    "ends": "11:30",
    "form": "fixed",
    "use": "reception",
    "is_active": "y",
}


def test_a_rule_is_said_as_people_say_it(office: Any, client_for: Any) -> None:
    """D1: stored as RRULE text, shown in words."""
    client = client_for("clerk")
    answer = client.post("/admin/reception_rule/new/", data=RULE_FORM, follow_redirects=True)
    assert "每月1日、16日，顺延到下一工作日" in answer.text
    row = office.session.query(m.ReceptionRule).one()
    assert (row.rrule, row.starts, row.on_holiday.value) == ("FREQ=MONTHLY;BYMONTHDAY=1,16", "09:00", "next")
    assert "每月1日、16日" in client.get("/admin/reception_rule/").text


@pytest.mark.parametrize(
    ("said", "rrule"),
    [
        ({"kind": "weekly", "weekdays": ["TU", "TH"]}, "FREQ=WEEKLY;BYDAY=TU,TH"),
        ({"kind": "nth_weekday", "nth": ["-1"], "weekdays": ["WE"]}, "FREQ=MONTHLY;BYDAY=-1WE"),
        (
            {"kind": "week_of_month", "nth": ["2"], "weekdays": ["MO"]},
            "FREQ=MONTHLY;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=MO",
        ),
        ({"kind": "lunar", "lunar_days": "初一、十五"}, "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ({"kind": "monthday", "monthdays": "1, 最后一天"}, "FREQ=MONTHLY;BYMONTHDAY=1,-1"),
        ({"kind": "workdays"}, "WORKDAYS"),
        ({"kind": "text", "rrule": "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO"}, "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO"),
        (
            {"kind": "weekly", "weekdays": ["WE"], "interval": "2", "valid_from": "2026-12-02"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE",
        ),
    ],
)
def test_every_kind_is_stored_and_comes_back_into_its_form(
    office: Any, client_for: Any, said: dict[str, Any], rrule: str
) -> None:
    client = client_for("clerk")
    assert client.post("/admin/reception_rule/new/", data=RULE_FORM | {"monthdays": ""} | said).status_code == 302
    row = office.session.query(m.ReceptionRule).one()
    assert row.rrule == rrule
    page = client.get(f"/admin/reception_rule/edit/?id={row.id}").text
    assert f'<option selected value="{said["kind"]}">' in page
    assert "接下来的接待日" in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"monthdays": ""}, "几日：没有填写"),
        ({"monthdays": "1、x"}, "“x”不是日子"),
        ({"monthdays": "40"}, "BYMONTHDAY"),
        ({"kind": "weekly"}, "星期几：没有填写"),
        ({"kind": "weekly", "weekdays": ["WE"], "interval": "0"}, "间隔周数"),
        ({"kind": "weekly", "weekdays": ["WE"], "interval": "2"}, "生效日期"),
        ({"kind": "text", "rrule": "FREQ=HOURLY"}, "FREQ=HOURLY"),
        ({"name": ""}, "名称"),
        ({"starts": "午后"}, "应为“09:00”的样子"),
        ({"ends": "08:00"}, "不晚于开始时间"),
        ({"valid_from": "2026-02-30"}, "日期应为"),
        ({"on_holiday": "later"}, "没有这个选项"),
        ({"name": "长" * 61}, "名称"),
    ],
)
def test_a_wrong_rule_comes_back_with_its_sentence(
    office: Any, client_for: Any, said: dict[str, Any], sentence: str
) -> None:
    answer = client_for("clerk").post("/admin/reception_rule/new/", data=RULE_FORM | said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert office.session.query(m.ReceptionRule).count() == 0


def test_the_preview_answers_while_typing(office: Any, client_for: Any) -> None:
    """D1, D2: the next ten days in words, as JSON; a wrong rule as a sentence."""
    client = client_for("clerk")
    shown = client.get("/admin/reception_rule/preview/", query_string=RULE_FORM).json
    assert len(shown["days"]) == 10
    assert shown["days"][0] == {"text": "12月1日 周二", "kind": "", "tag": ""}
    assert shown["days"][2] == {"text": "2027年1月1日 元旦 → 1月4日 周一", "kind": "moved", "tag": "推定"}
    wrong = client.get("/admin/reception_rule/preview/", query_string=RULE_FORM | {"monthdays": "x"}).json
    assert "“x”不是日子" in wrong["error"]
    assert client_for("leader_a").get("/admin/reception_rule/preview/").status_code == 403


def test_without_scripts_a_button_shows_the_days(office: Any, client_for: Any) -> None:
    answer = client_for("clerk").post("/admin/reception_rule/new/", data=RULE_FORM | {"preview": "1"})
    assert answer.status_code == 200
    assert "2027年1月1日 元旦 → 1月4日 周一" in answer.text
    assert office.session.query(m.ReceptionRule).count() == 0


def test_a_ready_rule_fills_the_form(office: Any, client_for: Any) -> None:
    page = client_for("clerk").get("/admin/reception_rule/new/?ready=FREQ%3DWEEKLY%3BBYDAY%3DTU,TH").text
    assert "每周二、周四，节假日除外" in page
    assert re.findall(r'name="weekdays" value="(\w\w)" checked', page) == ["TU", "TH"]


def test_a_stale_rule_form_is_refused_with_both_versions(office: Any, client_for: Any) -> None:
    """C14."""
    row, client = reception.rule(office), client_for("clerk")
    path, form = f"/admin/reception_rule/edit/?id={row.id}", RULE_FORM | {"version": str(row.version)}
    assert client.post(path, data=form | {"place": "甲室"}).status_code == 302
    answer = client.post(path, data=form | {"place": "乙室"})
    assert answer.status_code == 409
    assert "甲室" in answer.text
    assert office.reload(row).place == "甲室"
