"""The screens of duty, whom to call, desk plates and the sheet of companions (D4, D9, D10; C1, C4, C14)."""

import io
from datetime import date
from typing import Any

import docx
import pytest

import models as m
from services import receptions, settings
from tests.fixtures import reception
from tests.services.test_duties import on, person, roster

REASON = "张贴公布"


# -- the month


def test_the_month_shows_duty_staff_and_whom_to_call(office: Any, client_for: Any) -> None:
    """D9: leaders in turn, staff, the on-call list, counts; January's days are assumed."""
    roster(office)
    person(office)
    client = client_for("clerk")
    page = client.get("/admin/duty_roster/?month=2026-12").text
    for text in (
        "2026年12月值班",
        "陈立国",
        "王敏",
        "金桂芳",
        "0731-85550011",
        "排定2026年12月",
        "排定2026年下半年",
        "6 / 6",
    ):
        assert text in page
    assert "这个月还没有排值班" in client.get("/admin/duty_roster/?month=2027-03").text


def test_without_a_rule_the_page_says_what_to_do(client_for: Any) -> None:
    page = client_for("clerk").get("/admin/duty_roster/").text
    assert "请先新增一条用途为“值班”的规则" in page
    assert "/admin/reception_rule/new/" in page


@pytest.mark.parametrize(
    ("key", "said"), [("2026-12", "新增 23 天"), ("2026-H2", "新增 29 天"), ("2027", "2027年：新增")]
)
def test_a_click_makes_a_month_half_year_or_year(office: Any, client_for: Any, key: str, said: str) -> None:
    roster(office, "2026-12")
    for row in office.session.query(m.DutyDay):
        office.session.delete(row)
    office.session.commit()
    form = {"period": key, "month": "2026-12"}
    answer = client_for("clerk").post("/admin/duty_roster/make", data=form, follow_redirects=True)
    assert said in answer.text


@pytest.mark.db
@pytest.mark.parametrize(
    ("method", "path", "form", "code", "sentence"),
    [
        ("get", "/admin/duty_roster/?month=2026-13", {}, 422, "期间：应为"),
        ("get", "/admin/duty_roster/print?month=2026", {}, 422, "月份：应为"),
        ("post", "/admin/duty_roster/make", {"period": "2026-10"}, 422, "2026年10月已经过去"),
        ("post", "/admin/duty_roster/make", {"period": "x"}, 422, "期间：应为"),
        ("post", "/admin/duty_roster/make", {"period": "2026-12", "month": "x"}, 302, ""),
        ("get", "/admin/duty_day/details/?id=99999", {}, 404, ""),
        ("get", "/admin/session_paper/99999/plate", {}, 404, ""),
        ("get", "/admin/session_paper/plates?month=x", {}, 422, "期间：应为"),
    ],
)
def test_odd_requests_get_a_sentence(
    office: Any, client_for: Any, method: str, path: str, form: dict[str, str], code: int, sentence: str
) -> None:
    roster(office)
    answer = client_for("clerk").open(path, method=method.upper(), data=form)
    assert (answer.status_code, sentence in answer.text) == (code, True)


def test_only_the_office_makes_and_changes(office: Any, client_for: Any) -> None:
    """C1: others read; the buttons are not there and the post is refused."""
    row = on(roster(office), 2)
    client = client_for("leader_a")
    page = client.get("/admin/duty_roster/?month=2026-12").text
    assert "陈立国" in page
    assert "排定2026年12月" not in page
    assert client.post("/admin/duty_roster/make", data={"period": "2026-12"}).status_code == 403
    assert client.post(f"/admin/duty_day/{row.id}/do/swap", data={"version": "1"}).status_code == 403
    assert client.get(f"/admin/duty_day/edit/?id={row.id}").status_code == 403
    assert client_for("auditor").get("/admin/duty_roster/").status_code == 403


# -- one day


def test_a_day_is_added_from_the_calendar(office: Any, client_for: Any) -> None:
    roster(office)
    client = client_for("clerk")
    assert 'value="2026-12-05"' in client.get("/admin/duty_day/new/?held_on=2026-12-05").text
    form = {"held_on": "2026-12-05", "starts": "09:00", "ends": "12:00", "leader_id": str(office.leader("b").id)}
    answer = client.post("/admin/duty_day/new/", data=form | {"staff": "王敏、李娜"}, follow_redirects=True)
    assert "12月5日 星期六 值班：孙丽" in answer.text
    row = office.session.query(m.DutyDay).filter_by(held_on=date(2026, 12, 5)).one()
    assert (row.staff, row.is_by_hand, row.rule_id) == ("王敏、李娜", True, None)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"held_on": "2026-12-01"}, "已有值班安排"),
        ({"held_on": "2026-11-02"}, "已经过去"),
        ({"held_on": "2026-02-30"}, "日期应为"),
        ({"leader_id": ""}, "值班日不能没有领导"),
        ({"leader_id": "99999"}, "没有这个选项"),
        ({"starts": "25:00"}, "09:00"),
        ({"staff": "长" * 61}, "最多 60 个字"),
        ({"note": "\x00"}, "不能保存的字符"),
    ],
)
def test_a_wrong_day_is_refused_at_its_field(office: Any, client_for: Any, said: dict[str, str], sentence: str) -> None:
    roster(office)
    form = {"held_on": "2026-12-05", "starts": "08:00", "ends": "16:00", "leader_id": str(office.leader("b").id)}
    answer = client_for("clerk").post("/admin/duty_day/new/", data=form | said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert office.session.query(m.DutyDay).count() == 23


def test_two_tabs_on_one_day(office: Any, client_for: Any) -> None:
    """C14; the day itself is not written: another day is an exchange (C4)."""
    row = on(roster(office), 2)
    client, path = client_for("clerk"), f"/admin/duty_day/edit/?id={row.id}"
    form = {"starts": "08:00", "ends": "16:00", "leader_id": str(office.leader("b").id), "version": str(row.version)}
    assert client.post(path, data=form | {"staff": "甲", "held_on": "2026-12-05"}).status_code == 302
    assert client.post(path, data=form | {"staff": "乙"}).status_code == 409
    now = office.reload(row)
    assert (now.leader.name, now.staff, now.held_on) == ("孙丽", "甲", date(2026, 12, 2))
    assert "轮到：林海" in client.get(f"/admin/duty_day/details/?id={row.id}").text


def test_two_days_are_exchanged_in_one_step(office: Any, client_for: Any) -> None:
    rows = roster(office)
    client, path = client_for("clerk"), f"/admin/duty_day/{rows[0].id}/do/swap"
    assert "2026-12-02 林海" in client.get(path).text
    form = {"other_id": str(rows[1].id), "part": "leader", "version": str(rows[0].version)}
    answer = client.post(path, data=form, follow_redirects=True)
    assert "已对调：12月1日 星期二 ⇄ 12月2日 星期三。" in answer.text
    assert (office.reload(rows[0]).leader.name, rows[1].leader.name) == ("林海", "陈立国")
    assert client.post(path, data=form).status_code == 409


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"other_id": "", "part": "leader"}, "请填写"),
        ({"other_id": "99999", "part": "leader"}, "没有这个选项"),
        ({"other_id": "x", "part": "leader"}, "没有这个选项"),
        ({"part": "x"}, "没有这个选项"),
    ],
)
def test_a_wrong_exchange_changes_nothing(office: Any, client_for: Any, form: dict[str, str], sentence: str) -> None:
    rows = roster(office)
    good = {"other_id": str(rows[1].id), "part": "leader", "version": str(rows[0].version)}
    answer = client_for("clerk").post(f"/admin/duty_day/{rows[0].id}/do/swap", data=good | form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert office.reload(rows[0]).leader.name == "陈立国"


def test_a_person_on_call_is_entered_and_retired(office: Any, client_for: Any) -> None:
    client = client_for("clerk")
    form = {"name": "金桂芳", "title": "主任", "phone": "0731-85550011", "position": "1", "is_active": "y"}
    form["unit_id"] = str(office.unit("b").id)
    assert client.post("/admin/on_call/new/", data=form).status_code == 302
    twice = client.post("/admin/on_call/new/", data=form)
    assert (twice.status_code, "已在名单中" in twice.text) == (422, True)
    row = office.session.query(m.OnCall).one()
    assert row.unit.name == "民政办"
    gone = form | {"version": str(row.version)}
    del gone["is_active"]
    assert client.post(f"/admin/on_call/edit/?id={row.id}", data=gone).status_code == 302
    assert "金桂芳" not in client.get("/admin/duty_roster/").text


def test_the_staff_are_set_once_for_the_office(office: Any, client_for: Any) -> None:
    client = client_for("office_head")
    assert "值班人员" in client.get("/admin/setting/").text
    settings.put(office.session, office.actor("office_head"), "duty_staff", "王敏\n\n 李娜 ")
    assert settings.lines(office.session, "duty_staff", office.today) == ["王敏", "李娜"]


# -- on paper


def test_the_roster_prints_with_the_on_call_list(office: Any, client_for: Any) -> None:
    """D9: hours, staff, and 随叫随到 under the table; a day without a leader says so."""
    rows = roster(office)
    person(office)
    rows[3].leader = None
    office.session.commit()
    page = client_for("reporter_a").get("/admin/duty_roster/print?month=2026-12").text
    for text in ("2026年12月值班表", "8:00–16:00", "随叫随到", "金桂芳", "民政办 主任", "（缺）", "12月31日"):
        assert text in page


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_the_roster_goes_out_as_excel_and_word(office: Any, client_for: Any, kind: str) -> None:
    roster(office)
    person(office)
    asked = {"month": "2026-12", "reason": REASON}
    answer = client_for("clerk").get(f"/admin/duty_roster/export/{kind}/", query_string=asked)
    assert answer.status_code == 200
    entry = office.session.query(m.AuditEntry).filter_by(action="export").one()
    assert entry.table_name == "duty_day"
    if kind == "docx":
        paper = docx.Document(io.BytesIO(answer.data))
        cells = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
        assert cells[0] == ["日期", "星期", "值班领导", "职务", "值班人员", "值班时间", "备注"]
        assert cells[1][:5] == ["12月1日", "星期二", "陈立国", "镇长", "王敏"]
        assert len(cells) == 24
        assert paper.paragraphs[0].text == "2026年12月值班表"
        assert any("随叫随到：民政办 主任 金桂芳" in line.text for line in paper.paragraphs)


def test_s3s_table_as_page_and_word(office: Any, client_for: Any) -> None:
    """D10: exactly its columns and its remark; the rows without place or cadre are flagged, on screen and in Word."""
    first, second = reception.roster(office, "2026-12")
    first.place = second.cadre = None
    settings.put(
        office.session, office.actor("office_head"), "roster_remark", "每月1日、16日为领导接待日，遇节假日顺延。"
    )
    office.session.commit()
    client = client_for("clerk")
    page = client.get("/admin/roster/table?period=2026-12").text
    for text in ("第 1 行没有接待地点", "第 2 行没有信访干部名单", "每月1日、16日为领导接待日，遇节假日顺延。"):
        assert text in page
    asked = {"period": "2026-12", "reason": REASON}
    answer = client.get("/admin/session_paper/export/docx/", query_string=asked)
    paper = docx.Document(io.BytesIO(answer.data))
    assert [[cell.text for cell in row.cells] for row in paper.tables[0].rows] == [
        ["月份", "领导名单", "职务", "信访干部名单", "接待地点"],
        ["12月1日", "陈立国", "镇长", "王敏", "（缺）"],
        ["12月16日", "林海", "副书记", "（缺）", "群众来访接待室"],
    ]
    lines = [line.text for line in paper.paragraphs]
    assert lines[0] == "2026年12月领导信访接待日安排表"
    assert "备注：每月1日、16日为领导接待日，遇节假日顺延。" in lines


@pytest.mark.parametrize("kind", ["pdf", "csv", "x"])
def test_other_kinds_are_not_there(client_for: Any, kind: str) -> None:
    for noun in ("duty_day", "duty_roster", "session_paper"):
        answer = client_for("clerk").get(f"/admin/{noun}/export/{kind}/?reason={REASON}")
        assert answer.status_code == 404


def test_an_export_says_why(office: Any, client_for: Any) -> None:
    """C9."""
    roster(office)
    answer = client_for("clerk").get("/admin/duty_roster/export/docx/?month=2026-12")
    assert (answer.status_code, "导出理由：请填写" in answer.text) == (422, True)
    assert client_for("handler_a").get("/admin/duty_roster/export/docx/?reason=x").status_code == 403


def test_the_desk_plate_of_a_session_and_of_a_month(office: Any, client_for: Any) -> None:
    """D4: name, position, division of work, office phone, day and hours, on both halves of the sheet."""
    first, second = reception.roster(office, "2026-12")
    first.leader.division, first.leader.phone = "主持镇政府全面工作", "0731-85550001"
    second.leader = None
    office.session.commit()
    client = client_for("clerk")
    assert (
        f"/admin/session_paper/{first.id}/plate" in client.get(f"/admin/reception_session/details/?id={first.id}").text
    )
    page = client.get(f"/admin/session_paper/{first.id}/plate").text
    for text in ("陈立国", "镇长", "主持镇政府全面工作", "0731-85550001", "2026年12月1日 星期二　9:00–11:30"):
        assert page.count(text) >= 2, text
    month = client.get("/admin/session_paper/plates?month=2026-12").text
    assert month.count('<section class="plate"') == 1
    assert "先给场次安排接访领导" in client.get(f"/admin/session_paper/{second.id}/plate").text


def test_the_sheet_of_companions_and_delegates(office: Any, client_for: Any) -> None:
    """D4: accompanying department, whether told, invited delegates, cadre, form; what is missing is flagged."""
    said = {"held_on": date(2026, 12, 9), "starts": "09:00", "ends": "11:30", "place": "镇礼堂", "cadre": "王敏"}
    said |= {
        "leader_id": office.leader("a").id,
        "companion_unit_id": office.unit("a").id,
        "delegates": "县人大代表周某",
    }
    receptions.add(office.session, office.actor("clerk"), said)
    reception.roster(office, "2026-12")
    office.session.commit()
    page = client_for("clerk").get("/admin/session_paper/?month=2026-12").text
    for text in (
        "城建办",
        "县人大代表周某",
        "定点接访",
        "12月9日 的陪访部门还没有通知。",
        "12月1日、12月16日 没有陪访部门，请补齐。",
    ):
        assert text in page


def test_the_calendar_says_what_the_posted_table_lacks(office: Any, client_for: Any) -> None:
    """D10: flagged on screen by day before anything is printed."""
    first, second = reception.roster(office, "2026-12")
    first.place = second.cadre = None
    office.session.commit()
    page = client_for("clerk").get("/admin/roster/?month=2026-12").text
    for text in ("12月1日 没有接访地点", "12月16日 没有信访干部"):
        assert text in page
