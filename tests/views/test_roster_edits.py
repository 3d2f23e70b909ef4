"""The calendar's addresses: by forms and by JSON, stale, refused, undone; leave and minimums on screen (D3, D4, D5; C1, C4, C14)."""

from datetime import date
from typing import Any

import pytest

import models as m
from tests.fixtures import reception

JSON = {"Accept": "application/json"}


def key(row: m.ReceptionSession) -> str:
    return f"{row.id}.{row.version}"


def posted(client: Any, verb: str, *, json: bool = False, **said: Any) -> Any:
    form = {"month": "2026-12"} | said
    return client.post(f"/admin/roster/{verb}", data=form, headers=JSON if json else {})


def again(office: Any, row: m.ReceptionSession) -> m.ReceptionSession:
    office.session.expire_all()
    return office.session.get(m.ReceptionSession, row.id)


def test_a_form_moves_a_session_and_takes_it_back(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    client = client_for("clerk")
    answer = posted(client, "move", session=key(first), day="2026-12-05")
    page = client.get(answer.location).text
    for text in ("已从 12月1日 移到 12月5日 星期六 陈立国", "是周末，仍安排了接访", "撤销上一步"):
        assert text in page
    assert again(office, first).held_on == date(2026, 12, 5)
    assert "已撤销：" in client.post("/admin/roster/undo", data={}, follow_redirects=True).text
    assert again(office, first).held_on == date(2026, 12, 1)
    assert "没有可以撤销的改动" in client.post("/admin/roster/undo", data={}).text


def test_the_undo_button_goes_when_somebody_else_changed_it(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    client = client_for("clerk")
    posted(client, "move", session=key(first), day="2026-12-03")
    again(office, first).place = "镇礼堂"
    office.session.commit()
    assert "撤销上一步" not in client.get("/admin/roster/?month=2026-12").text
    assert client.post("/admin/roster/undo", data={}).status_code == 409
    assert again(office, first).held_on == date(2026, 12, 3)


def test_the_script_gets_json(office: Any, client_for: Any) -> None:
    first, second = reception.roster(office)
    client = client_for("clerk")
    answer = posted(client, "exchange", json=True, session=key(first), other=key(second))
    assert (answer.status_code, answer.json) == (200, {"url": "/admin/roster/?month=2026-12"})
    assert again(office, first).leader.name == "林海"
    stale = posted(client, "move", json=True, session=f"{first.id}.1", day="2026-12-03")
    assert (stale.status_code, "别人改过" in stale.json["error"]) == (409, True)
    assert again(office, first).held_on == date(2026, 12, 1)


def test_a_gap_is_filled_from_its_form(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    first.leader = None
    office.session.commit()
    client = client_for("clerk")
    page = client.get("/admin/roster/?month=2026-12").text
    assert "安排这位领导" in page
    posted(client, "seat", session=key(first), leader_id=office.leader("b").id)
    assert again(office, first).leader.name == "孙丽"


@pytest.mark.parametrize("verb", ["exchange", "seat"])
def test_d5_published_sessions_lead_to_the_form_of_an_exchange(office: Any, client_for: Any, verb: str) -> None:
    first, second = reception.roster(office)
    reception.published(office)
    office.session.commit()
    said = {"other": key(second)} if verb == "exchange" else {"leader_id": office.leader("b").id}
    answer = posted(client_for("clerk"), verb, session=key(first), **said)
    assert f"/admin/reception_session/{first.id}/do/" in answer.location
    assert client_for("clerk").get(answer.location).status_code == 200
    assert again(office, first).leader.name == "陈立国"


@pytest.mark.db
@pytest.mark.parametrize(
    ("verb", "said", "code", "sentence"),
    [
        ("move", {}, 422, "请先选择一场"),
        ("move", {"session": "99999.1", "day": "2026-12-03"}, 404, "没有找到"),
        ("move", {"session": "abc", "day": "2026-12-03"}, 404, "没有找到"),
        ("move", {"session": "1"}, 409, "别人改过"),
        ("move", {"session": "OWN", "day": "2026-02-30"}, 422, "请选择要移到的日期"),
        ("move", {"session": "OWN", "day": "2026-11-01"}, 422, "已经过去"),
        ("seat", {"session": "OWN", "leader_id": ""}, 422, "请先选择一位"),
        ("seat", {"session": "OWN", "leader_id": "99999"}, 404, "没有找到"),
        ("seat", {"session": "OWN", "leader_id": "\x00"}, 404, "没有找到"),
        ("exchange", {"session": "OWN", "other": "OWN"}, 422, "同一位领导"),
        ("exchange", {"session": "OWN"}, 422, "请先选择一场"),
        ("make", {"period": "2026-10"}, 422, "已经过去"),
        ("make", {"period": "2026-H9"}, 422, "期间：应为"),
        ("undo", {}, 422, "没有可以撤销"),
    ],
)
def test_a_wrong_change_comes_back_with_its_sentence(
    office: Any, client_for: Any, verb: str, said: dict[str, str], code: int, sentence: str
) -> None:
    """The month is shown again with the sentence on top; nothing has changed."""
    first, _second = reception.roster(office)
    office.session.commit()
    said = {name: key(first) if value == "OWN" else value for name, value in said.items()}
    answer = posted(client_for("clerk"), verb, **said)
    assert answer.status_code == code
    assert sentence in answer.text
    assert (again(office, first).held_on, first.leader.name) == (date(2026, 12, 1), "陈立国")


@pytest.mark.parametrize("verb", ["move", "seat", "exchange", "undo", "check"])
def test_only_the_office_changes_the_calendar(office: Any, client_for: Any, verb: str) -> None:
    first, _second = reception.roster(office)
    office.session.commit()
    client = client_for("leader_a")
    path, said = f"/admin/roster/{verb}", {"session": key(first), "day": "2026-12-03"}
    answer = client.get(path, query_string=said) if verb == "check" else client.post(path, data=said)
    assert answer.status_code == 403
    page = client.get("/admin/roster/?month=2026-12").text
    assert "data-key" not in page
    assert "手工调整" not in page


@pytest.mark.parametrize(
    ("said", "act", "sentences"),
    [
        ({"day": "2026-12-05"}, "移到 12月5日 星期六", 1),
        ({"day": "2026-12-03"}, "移到 12月3日 星期四", 0),
        ({"other": "SECOND"}, "与 12月16日 星期三 林海 对换", 0),
        ({"leader_id": "LEFT"}, "安排 孙丽", 1),
    ],
)
def test_what_it_would_clash_with_is_answered(
    office: Any, client_for: Any, said: dict[str, str], act: str, sentences: int
) -> None:
    """Nothing is written by asking."""
    first, second = reception.roster(office)
    office.leader("b").in_office_to = date(2026, 11, 30)
    office.session.commit()
    values = {"SECOND": key(second), "LEFT": str(office.leader("b").id)}
    query = {"session": key(first)} | {name: values.get(value, value) for name, value in said.items()}
    answer = client_for("clerk").get("/admin/roster/check", query_string=query).json
    assert (answer["act"], len(answer["said"])) == (act, sentences)
    assert again(office, first).held_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    "query", [{}, {"session": "x"}, {"session": "OWN", "day": "x"}, {"session": "OWN", "other": "0"}]
)
def test_a_wrong_question_is_answered_with_a_sentence(office: Any, client_for: Any, query: dict[str, str]) -> None:
    first, _second = reception.roster(office)
    office.session.commit()
    asked = {name: key(first) if value == "OWN" else value for name, value in query.items()}
    answer = client_for("clerk").get("/admin/roster/check", query_string=asked)
    assert answer.status_code in (404, 422)
    assert answer.json["error"]


def test_making_says_what_it_kept_and_whom_it_passed_over(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    first.place, first.is_by_hand = "镇礼堂", True
    office.session.add(
        m.Absence(leader=office.leader("in_charge"), from_on=date(2026, 12, 14), to_on=date(2026, 12, 18))
    )
    office.session.commit()
    answer = client_for("clerk").post("/admin/roster/make", data={"period": "2026-12"}, follow_redirects=True)
    for text in ("保留 1 场", "保留的：人工改过 1 场", "按顺序跳过、随后补上：林海 请假 1 次"):
        assert text in answer.text


def test_a_half_year_is_made_and_printed(office: Any, client_for: Any) -> None:
    reception.rule(office)
    client = client_for("clerk")
    answer = client.post("/admin/roster/make", data={"period": "2027-H1", "month": "2026-12"}, follow_redirects=True)
    assert "2027年上半年：新增 12 场" in answer.text
    assert "2027年上半年" in client.get("/admin/roster/table?period=2027-H1").text


# -- leave and minimums

LEAVE = {"kind": "leave", "from_on": "2026-12-01", "to_on": "2026-12-04", "note": "年休假"}


def test_leave_over_planned_sessions_lists_them(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    office.session.commit()
    client, form = client_for("clerk"), LEAVE | {"leader_id": str(first.leader_id)}
    page = client.post("/admin/absence/new/", data=form, follow_redirects=True).text
    for text in ("这几天已排了他 1 场接访", "12月1日 星期二 陈立国", "在月历上改"):
        assert text in page
    assert "陈立国：请假（2026-12-01–2026-12-04）" in client.get("/admin/roster/?month=2026-12").text
    row = office.session.query(m.Absence).one()
    answer = client.post(f"/admin/absence/{row.id}/do/take_back", data={"version": row.version})
    assert (answer.status_code, office.session.query(m.Absence).count()) == (302, 0)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"to_on": "2026-11-30"}, "早于开始日期"),
        ({"from_on": "x"}, "日期应为"),
        ({"leader_id": ""}, "请填写"),
        ({"kind": "none"}, "没有这个选项"),
        ({"from_on": "2026-11-01", "to_on": "2026-11-02"}, "已经过去"),
    ],
)
def test_wrong_leave_comes_back(office: Any, client_for: Any, more: dict[str, str], sentence: str) -> None:
    form = LEAVE | {"leader_id": str(office.leader("a").id)} | more
    answer = client_for("clerk").post("/admin/absence/new/", data=form)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert office.session.query(m.Absence).count() == 0


def test_a_ready_minimum_is_taken_and_shown_on_the_roster(office: Any, client_for: Any) -> None:
    """D3: S0's one working day a week for the main leader; short by four weeks of December."""
    client = client_for("clerk")
    page = client.get("/admin/minimum/new/?ready=0").text
    assert '<option selected value="week">' in page
    assert "乡镇领导干部接访下访制度" in page
    form = {
        "counted": "sessions",
        "rank": "main",
        "level": "government",
        "count": "1",
        "every": "week",
        "is_active": "y",
    }
    assert client.post("/admin/minimum/new/", data=form).status_code == 302
    answer = client.post("/admin/minimum/new/", data=form)
    assert (answer.status_code, "已有这一项要求" in answer.text) == (422, True)
    reception.roster(office)
    office.session.commit()
    page = client.get("/admin/roster/?month=2026-12").text
    assert "接访（场） 每周" in page
    assert "1 / 5" in page
    assert "差 4" in page
    assert client.get("/admin/minimum/new/?ready=x").status_code == 200


def test_the_session_page_shows_who_was_told(office: Any, client_for: Any) -> None:
    """D4, D6."""
    first, _second = reception.roster(office)
    office.session.commit()
    client = client_for("clerk")
    form = {"held_on": "2026-12-01", "starts": "09:00", "ends": "11:30", "form": "fixed", "version": str(first.version)}
    form |= {
        "leader_id": str(first.leader_id),
        "delegates": "县人大代表刘芳",
        "companion_unit_id": str(office.unit("a").id),
    }
    assert "还没有告知" in client.get(f"/admin/reception_session/details/?id={first.id}").text
    client.post(f"/admin/reception_session/edit/?id={first.id}", data=form | {"told_on": "2026-11-20"})
    page = client.get(f"/admin/reception_session/details/?id={first.id}").text
    for text in ("县人大代表刘芳", "2026-11-20", "还没有告知"):
        assert text in page


def test_the_leaders_level_is_on_his_form(office: Any, client_for: Any) -> None:
    """D3: minimums differ by it."""
    row, client = office.leader("a"), client_for("clerk")
    form = {"name": row.name, "title": row.title, "rank": "other", "level": "village", "turn": "3", "is_active": "y"}
    path = f"/admin/leader/edit/?id={row.id}"
    assert client.post(path, data=form | {"version": str(row.version)}).status_code == 302
    office.session.expire_all()
    assert office.leader("a").level.value == "village"
