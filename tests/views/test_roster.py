"""The screens of reception days: calendar, sessions, exchanges, records, notices (D1-D7, D10; C1, C4, C14)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

import models as m
from models import db
from rules.words import Outcome
from services import receptions, settings
from tests.fixtures import reception

VISITOR = {
    "visitor": "胡大年",
    "phone": "13800001234",
    "people_count": "2",
    "demand": "路灯坏了半年。",
    "place": "河东村",
}


def held_yesterday(office: Any, leader: str = "a") -> m.ReceptionSession:
    said = {"held_on": date(2026, 11, 20), "starts": "09:00", "ends": "11:30", "leader_id": office.leader(leader).id}
    return receptions.add(office.session, office.actor("clerk"), said)


# -- the calendar


def test_the_calendar_shows_the_month(office: Any, client_for: Any) -> None:
    """D2, D3, D5: lunar labels, rest days, moved days, gaps, turns."""
    reception.roster(office, "2026-12")
    reception.remake(office, "2027-01")
    receptions.add(
        office.session, office.actor("clerk"), {"held_on": date(2026, 12, 9), "starts": "09:00", "ends": "10:00"}
    )
    client = client_for("clerk")
    december = client.get("/admin/roster/?month=2026-12").text
    for text in ("冬至", "陈立国", "12月9日 星期三 还没有接访领导", "2027年1月4日 星期一", "每月1日、16日", "排定本月"):
        assert text in december
    january = client.get("/admin/roster/?month=2027-01").text
    for text in ("休 元旦", "原 1月1日", "日期为推定"):
        assert text in january


def test_a_click_makes_the_month_and_the_year(office: Any, client_for: Any) -> None:
    """D3: from today on; eleven months of 2026 are past."""
    reception.rule(office)
    client = client_for("clerk")
    answer = client.post("/admin/roster/make", data={"period": "2026-12", "month": "2026-12"}, follow_redirects=True)
    assert "新增 2 场" in answer.text
    assert client.post("/admin/roster/make", data={"period": "2026", "month": "2026-12"}).status_code == 302
    assert office.session.query(m.ReceptionSession).count() == 2
    assert client.post("/admin/roster/make", data={"period": "2027", "month": "2026-12"}).status_code == 302
    assert office.session.query(m.ReceptionSession).count() == 26


@pytest.mark.db
@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("get", "/admin/roster/?month=2026-13", 422),
        ("get", "/admin/roster/?month=2026", 422),
        ("get", "/admin/roster/?month=%00", 422),
        ("get", "/admin/roster/table?period=abc", 422),
        ("post", "/admin/roster/make?", 422),
        ("get", "/admin/reception_session/details/?id=99999", 404),
        ("get", "/admin/reception_session/details/?id=abc", 404),
        ("get", "/admin/reception_session/new/?held_on=2026-02-30", 200),
        ("get", "/admin/notice/new/?period=2026-99", 422),
        ("get", "/admin/notice/details/?id=7", 404),
        ("get", "/admin/notice/7/print", 404),
        ("get", "/admin/reception_record/7/print", 404),
        ("get", "/admin/reception_rule/preview/?kind=none", 200),
        ("get", "/admin/reception_session/?held=..x&leader=a&form=%00&page=-1&sort=zzz", 200),
    ],
)
def test_odd_addresses_are_answered(office: Any, client_for: Any, method: str, path: str, code: int) -> None:
    """C17: a sentence, never a 500."""
    assert getattr(client_for("office_head"), method)(path).status_code == code


@pytest.mark.parametrize(
    ("username", "path", "code"),
    [
        ("handler_a", "/admin/roster/", 200),
        ("leader_a", "/admin/roster/", 200),
        ("auditor", "/admin/roster/", 403),
        ("sysadmin", "/admin/roster/", 403),
        ("leader_a", "/admin/reception_session/new/", 403),
        ("clerk", "/admin/notice/new/", 403),
        ("clerk", "/admin/notice/", 200),
        ("handler_a", "/admin/reception_rule/", 403),
        ("leader_a", "/admin/reception_rule/new/", 403),
        ("handler_a", "/admin/reception_record/", 403),
        ("leader_a", "/admin/reception_record/", 200),
        ("handler_a", "/admin/swap/", 403),
        ("leader_a", "/admin/swap/", 200),
    ],
)
def test_who_may_open_what(office: Any, client_for: Any, username: str, path: str, code: int) -> None:
    """Rules §4."""
    assert client_for(username).get(path).status_code == code


@pytest.mark.parametrize("username", ["leader_a", "handler_a", "inspector"])
def test_only_the_office_makes_a_roster(office: Any, client_for: Any, username: str) -> None:
    reception.rule(office)
    assert client_for(username).post("/admin/roster/make", data={"period": "2026-12"}).status_code == 403
    assert office.session.query(m.ReceptionSession).count() == 0


def test_the_table_prints_with_what_is_missing(office: Any, client_for: Any) -> None:
    """D10: S3's columns and remark; a row without place is flagged."""
    first, _second = reception.roster(office)
    first.place = None
    settings.put(office.session, office.actor("office_head"), "roster_remark", "每月1日、16日接待，遇节假日顺延。")
    page = client_for("clerk").get("/admin/roster/table?period=2026-12").text
    heads = ("<th>月份</th>", "<th>领导名单</th>", "<th>职务</th>", "<th>信访干部名单</th>", "<th>接待地点</th>")
    for text in (*heads, "领导信访接待日安排表", "第 1 行没有接待地点", "※（缺）", "遇节假日顺延"):
        assert text in page


# -- sessions and exchanges


def test_a_session_is_added_from_a_day(office: Any, client_for: Any) -> None:
    """D4."""
    client = client_for("clerk")
    assert 'value="2026-12-09"' in client.get("/admin/reception_session/new/?held_on=2026-12-09").text
    form = {"held_on": "2026-12-09", "starts": "14:30", "ends": "17:00", "place": "镇礼堂", "form": "on_site"}
    form |= {"leader_id": str(office.leader("a").id), "cadre": "王敏"}
    answer = client.post("/admin/reception_session/new/", data=form, follow_redirects=True)
    assert "12月9日 星期三 赵明" in answer.text
    row = office.session.query(m.ReceptionSession).one()
    assert (row.place, row.form.value, row.is_by_hand) == ("镇礼堂", "on_site", True)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"held_on": ""}, "接访日期"),
        ({"held_on": "2026-02-30"}, "日期应为"),
        ({"starts": "25:00"}, "09:00"),
        ({"ends": "13:00"}, "不晚于开始时间"),
        ({"form": "none"}, "没有这个选项"),
        ({"leader_id": "99999"}, "没有这个选项"),
        ({"leader_id": "x"}, "没有这个选项"),
        ({"place": "长" * 101}, "最多 100 个字"),
        ({"note": "\x00"}, "不能保存的字符"),
    ],
)
def test_a_wrong_session_is_refused(office: Any, client_for: Any, said: dict[str, str], sentence: str) -> None:
    form = {"held_on": "2026-12-09", "starts": "14:30", "ends": "17:00", "form": "fixed"} | said
    answer = client_for("clerk").post("/admin/reception_session/new/", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert office.session.query(m.ReceptionSession).count() == 0


def test_two_tabs_on_one_session(office: Any, client_for: Any) -> None:
    """C14: the second save meets 409 and nothing changes."""
    first, _second = reception.roster(office)
    client, path = client_for("clerk"), f"/admin/reception_session/edit/?id={first.id}"
    form = {"held_on": "2026-12-01", "starts": "09:00", "ends": "11:30", "form": "fixed", "version": str(first.version)}
    form["leader_id"] = str(first.leader_id)
    assert client.post(path, data=form | {"place": "甲室"}).status_code == 302
    assert client.post(path, data=form | {"place": "乙室"}).status_code == 409
    assert office.reload(first).place == "甲室"


@pytest.mark.parametrize(
    ("verb", "form", "code"),
    [
        ("swap", {"other_session_id": ""}, 422),
        ("swap", {"other_session_id": "99999"}, 422),
        ("stand_in", {"to_leader_id": "x"}, 422),
        ("stand_in", {}, 422),
        ("cancel", {"reason": ""}, 422),
        ("restore", {}, 422),
        ("record", {"visitor": "甲", "demand": "乙"}, 422),
        ("nothing", {}, 404),
    ],
)
def test_a_wrong_act_on_a_session_changes_nothing(
    office: Any, client_for: Any, verb: str, form: dict[str, str], code: int
) -> None:
    first, _second = reception.roster(office)
    path = f"/admin/reception_session/{first.id}/do/{verb}"
    assert client_for("clerk").post(path, data=form | {"version": str(first.version)}).status_code == code
    row = office.reload(first)
    assert (row.leader.name, row.cancelled_reason) == ("陈立国", None)


def test_a_session_is_called_off_with_confirmation_data(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    client, path = client_for("clerk"), f"/admin/reception_session/{first.id}/do"
    stale = {"reason": "县里开会", "version": "99"}
    assert client.post(f"{path}/cancel", data=stale).status_code == 409
    assert client.post(f"{path}/cancel", data=stale | {"version": str(first.version)}).status_code == 302
    assert office.reload(first).cancelled_reason == "县里开会"
    assert client.post(f"{path}/restore", data={"version": str(office.reload(first).version)}).status_code == 302
    assert office.reload(first).cancelled_reason is None


def test_the_list_of_sessions_costs_a_fixed_number_of_queries(office: Any, client_for: Any, app: Any) -> None:
    """Design §8 trap 12: as many for a full page as for two rows."""
    reception.roster(office, "2027-01")
    client, counts = client_for("clerk"), list[int]()
    with app.app_context():
        engine = db.engine
    client.get("/admin/reception_session/")
    for key in ("2027-01", "2027"):
        reception.remake(office, key)
        office.session.commit()
        seen = list[str]()

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        page = client.get("/admin/reception_session/").text
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert page.count("<tr data-url") == 20
    assert counts[0] == counts[1] > 0


# -- records


@pytest.mark.db
def test_a_visitor_a_line_then_a_matter_in_one_click(office: Any, client_for: Any) -> None:
    """D7: entered on the session's page, registered once."""
    held, client = held_yesterday(office), client_for("clerk")
    assert 'data-line="/admin/reception_desk/' in client.get(f"/admin/reception_session/details/?id={held.id}").text
    entry = VISITOR | {"version": str(held.version)}
    answer = client.post(f"/admin/reception_session/{held.id}/do/record", data=entry)
    assert answer.headers["Location"].endswith(f"details/?id={held.id}#entry")
    record = office.session.query(m.ReceptionRecord).execution_options(gated=True).one()
    path = f"/admin/reception_record/{record.id}/do/register"
    answer = client.post(path, data={"version": str(record.version)}, follow_redirects=True)
    assert "已转为信访事项 XF2026-000001" in answer.text
    again = client.post(path, data={"version": str(office.reload(record).version)})
    assert again.status_code == 422
    assert office.session.query(m.Petition).execution_options(gated=True).count() == 1


def test_the_leader_gives_his_opinion(office: Any, client_for: Any) -> None:
    """D7, C4: his words, on his own session; another leader's record is not there for him."""
    record = reception.visitor(office, held_yesterday(office, "a"))
    form = {"opinion": "一周内核实。", "outcome": "deadline", "visitor": "改名", "version": str(record.version)}
    form |= {"unit_id": str(office.unit("a").id), "due_on": "2026-11-27"}
    path = f"/admin/reception_record/{record.id}/do/opinion"
    assert client_for("leader_b").post(path, data=form).status_code == 404
    assert client_for("leader_a").post(path, data=form).status_code == 302
    row = office.reload(record)
    assert (row.opinion, row.outcome, row.visitor) == ("一周内核实。", Outcome.DEADLINE, "胡大年")
    assert client_for("leader_a").get(f"/admin/reception_record/edit/?id={record.id}").status_code == 403


def test_the_phone_stays_masked(office: Any, client_for: Any) -> None:
    """C3: in list, details, print and edit form; an empty field leaves it."""
    record = reception.visitor(office, held_yesterday(office))
    client = client_for("clerk")
    paths = ("", f"details/?id={record.id}", f"{record.id}/print", f"edit/?id={record.id}")
    pages = [client.get(f"/admin/reception_record/{path}") for path in paths]
    assert [page.status_code for page in pages] == [200] * 4
    assert not any("13800001234" in page.text for page in pages)
    form = {"visitor": "胡大年", "demand": "路灯。", "purpose": "seek", "people_count": "2", "phone": ""}
    answer = client.post(f"/admin/reception_record/edit/?id={record.id}", data=form | {"version": str(record.version)})
    assert answer.status_code == 302
    assert (office.reload(record).phone, record.demand) == ("13800001234", "路灯。")


def test_the_record_prints_as_the_form(office: Any, client_for: Any) -> None:
    """D7: 信访接待登记表."""
    record = reception.visitor(office, held_yesterday(office), opinion="一周内核实。")
    page = client_for("leader_a").get(f"/admin/reception_record/{record.id}/print").text
    for text in ("信访接待登记表", "胡大年", "赵明", "一周内核实。", "2026年11月20日"):
        assert text in page


@pytest.mark.db
def test_the_ledger_filters(office: Any, client_for: Any) -> None:
    first = reception.visitor(office, held_yesterday(office, "a"), outcome=Outcome.SOLVED)
    reception.visitor(office, held_yesterday(office, "b"), visitor="何桂芳")
    client = client_for("clerk")
    cases = {
        f"leader={first.leader_id}": (True, False),
        "outcome=solved": (True, False),
        "held=2026-11-21..": (False, False),
        "held_from=2026-11-20&held_to=2026-11-20": (True, True),
        "tab=waiting": (False, True),
        "q=路灯": (True, True),
    }
    for query, expected in cases.items():
        page = client.get(f"/admin/reception_record/?{query}").text
        assert ("胡大年" in page, "何桂芳" in page) == expected, query


def test_what_was_typed_is_shown_as_text(office: Any, client_for: Any) -> None:
    """C8."""
    held, client = held_yesterday(office), client_for("clerk")
    entry = VISITOR | {"visitor": "<script>alert(1)</script>", "version": str(held.version)}
    page = client.post(f"/admin/reception_session/{held.id}/do/record", data=entry, follow_redirects=True)
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text


# -- notices


def test_the_office_head_publishes_from_the_draft(office: Any, client_for: Any) -> None:
    """D6: checks in words, then frozen, numbered, shown and printed."""
    reception.roster(office)
    client = client_for("office_head")
    draft = client.get("/admin/notice/new/?period=2026-12").text
    assert "陈立国的分管工作、办公电话没有填写" in draft
    answer = client.post("/admin/notice/new/", data={"period": "2026-12"}, follow_redirects=True)
    assert "第 1 版" in answer.text
    again = client.post("/admin/notice/new/", data={"period": "2026-12"})
    assert (again.status_code, "内容与第 1 版相同" in again.text) == (422, True)
    notice = office.session.query(m.Notice).one()
    paper = client.get(f"/admin/notice/{notice.id}/print").text
    for text in ("领导干部接访日程公示", "陈立国", "（盖章）", "第 1 版"):
        assert text in paper
    assert client_for("clerk").post("/admin/notice/new/", data={"period": "2026-12"}).status_code == 403
    assert "已公示" in client.get("/admin/reception_session/?tab=running").text


def test_a_gap_stops_the_notice(office: Any, client_for: Any) -> None:
    """D5."""
    first, _second = reception.roster(office)
    first.leader = None
    answer = client_for("office_head").post("/admin/notice/new/", data={"period": "2026-12"})
    assert answer.status_code == 422
    assert "还没有接访领导" in answer.text
    assert office.session.query(m.Notice).count() == 0
