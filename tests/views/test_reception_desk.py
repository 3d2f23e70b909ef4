"""The day's desk, the steps from a record, the ledger on paper and the month's report, over HTTP (D7, D8; rules §3, §4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

import models as m
from rules.words import Outcome, Purpose, RespondentKind, Status
from services import reception_records, reception_reports, receptions
from tests.fixtures import reception
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

DAY = date(2026, 11, 20)
LINE = {
    "visitor": "何桂芳",
    "phone": "13900001111",
    "people_count": "1",
    "place": "",
    "demand": "自来水停了三天。",
    "purpose": "seek",
}
Clients = Callable[[str], DeskClient]


def held(office: Office, leader: str = "a", day: date = DAY) -> m.ReceptionSession:
    place = {"held_on": day, "starts": "09:00", "ends": "11:30", "leader_id": office.leader(leader).id}
    row = receptions.add(office.session, office.actor("clerk"), place)
    office.session.commit()
    return row


def came(office: Office, session: m.ReceptionSession, **said: Any) -> m.ReceptionRecord:
    row = reception.visitor(office, session, **said)
    office.session.commit()
    return row


def records(office: Office) -> list[m.ReceptionRecord]:
    office.session.expire_all()
    rows = office.session.query(m.ReceptionRecord).order_by(m.ReceptionRecord.id)
    return list(rows.execution_options(gated=True))


# -- one line a visitor


@pytest.mark.db
def test_a_line_is_noted_without_leaving_the_page(office: Office, client_for: Clients) -> None:
    """D7: the answer is the new list, ready to stand in the page."""
    session = held(office)
    answer = client_for("clerk").post(f"/admin/reception_desk/{session.id}/line", data=LINE)
    assert (answer.status_code, answer.json["message"]) == (200, "已登记：何桂芳。")
    assert "何桂芳" in answer.json["html"]
    assert "13900001111" not in answer.json["html"]
    assert [(row.visitor, row.phone, row.recorded_by.name) for row in records(office)] == [
        ("何桂芳", "13900001111", "王敏")
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"visitor": ""}, "visitor"),
        ({"demand": "  "}, "demand"),
        ({"people_count": "一"}, "people_count"),
        ({"people_count": "99999"}, "people_count"),
        ({"visitor": "长" * 61}, "visitor"),
        ({"visitor": "a\x00b"}, "visitor"),
        ({"purpose": "nonsense"}, "purpose"),
    ],
)
def test_a_wrong_line_says_what_and_where(
    office: Office, client_for: Clients, wrong: dict[str, str], field: str
) -> None:
    session = held(office)
    answer = client_for("clerk").post(f"/admin/reception_desk/{session.id}/line", data=LINE | wrong)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert answer.json["message"]
    assert records(office) == []


@pytest.mark.parametrize(
    ("username", "code"),
    [("leader_a", 200), ("leader_b", 403), ("inspector", 403), ("handler_a", 403), ("clerk2", 200)],
)
def test_who_notes_visitors(office: Office, client_for: Clients, username: str, code: int) -> None:
    """C4: a leader on his own session."""
    session = held(office)
    assert client_for(username).post(f"/admin/reception_desk/{session.id}/line", data=LINE).status_code == code
    assert len(records(office)) == (code == 200)


def test_the_desk_leads_to_the_day(office: Office, client_for: Clients) -> None:
    client = client_for("clerk")
    assert client.get("/admin/reception_desk/").headers["Location"] == "/admin/reception_session/"
    session = held(office)
    assert client.get("/admin/reception_desk/").headers["Location"].endswith(f"details/?id={session.id}#entry")


def test_no_line_before_the_day(office: Office, client_for: Clients) -> None:
    session = held(office, day=date(2026, 12, 1))
    assert "data-line" not in client_for("clerk").get(f"/admin/reception_session/details/?id={session.id}").text
    answer = client_for("clerk").post(f"/admin/reception_desk/{session.id}/line", data=LINE)
    assert (answer.status_code, "还没有到" in answer.json["message"]) == (422, True)


# -- the whole session


def sheet(row: m.ReceptionRecord | None, place: int, **said: str) -> dict[str, str]:
    prefix = f"r{row.id}-" if row else f"n{place}-"
    version = {"version": str(row.version)} if row else {}
    return {prefix + name: value for name, value in {**version, **said}.items()}


@pytest.mark.db
def test_the_sheet_saves_all_lines_at_once(office: Office, client_for: Clients) -> None:
    session = held(office)
    row = came(office, session)
    client = client_for("clerk")
    path = f"/admin/reception_desk/{session.id}/"
    page = client.get(path).text
    assert "138****1234" in page
    assert "13800001234" not in page
    form = sheet(row, 1, visitor="胡大年", demand="路灯坏了。", people_count="2", outcome="explain", opinion="已说明。")
    form |= sheet(None, 2, visitor="何桂芳", demand="停水。", people_count="1") | sheet(None, 3, people_count="1")
    answer = client.post(path, data=form)
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    found = [(one.visitor, one.demand, one.outcome, one.phone) for one in records(office)]
    assert found == [("胡大年", "路灯坏了。", Outcome.EXPLAIN, "13800001234"), ("何桂芳", "停水。", None, None)]
    assert "没有改动" in client.post(path, data=sheet(None, 3, people_count="1"), follow_redirects=True).text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"visitor": "何桂芳"}, "第 2 行，诉求：请填写。"),
        ({"visitor": "何桂芳", "demand": "停水。", "outcome": "not_now"}, "第 2 行，政策说明："),
        ({"visitor": "何桂芳", "demand": "停水。", "due_on": "2026-02-30"}, "第 2 行，办理期限："),
        ({"visitor": "何桂芳", "demand": "停水。", "unit_id": "424242"}, "第 2 行，责任单位："),
    ],
)
def test_one_wrong_line_keeps_the_sheet(office: Office, client_for: Clients, said: dict[str, str], words: str) -> None:
    session = held(office)
    row = came(office, session)
    form = sheet(row, 1, visitor="改名", demand="路灯坏了。") | sheet(None, 2, **said)
    answer = client_for("clerk").post(f"/admin/reception_desk/{session.id}/", data=form)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert 'value="改名"' in answer.text
    assert [one.visitor for one in records(office)] == ["胡大年"]


def test_a_stale_line_is_told(office: Office, client_for: Clients) -> None:
    """C14."""
    session = held(office)
    row = came(office, session)
    form = sheet(row, 1, visitor="胡大年", demand="别的事。")
    reception_records.change(office.session, office.actor("clerk"), row, {"place": "石桥村"})
    office.session.commit()
    assert client_for("clerk2").post(f"/admin/reception_desk/{session.id}/", data=form).status_code == 409
    assert records(office)[0].demand != "别的事。"


def test_what_a_matter_took_over_is_no_cell(office: Office, client_for: Clients) -> None:
    session = held(office)
    row = came(office, session)
    reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    office.session.commit()
    page = client_for("clerk").get(f"/admin/reception_desk/{session.id}/").text
    assert f'name="r{row.id}-opinion"' in page
    assert f'name="r{row.id}-demand"' not in page


# -- the steps


def test_handed_on_by_one_click(office: Office, client_for: Clients) -> None:
    """D7: nothing is asked that the record holds already."""
    decided = {
        "outcome": Outcome.DEADLINE,
        "unit_id": office.unit("a").id,
        "due_on": date(2026, 12, 2),
        "opinion": "请核实。",
    }
    row = came(office, held(office), **decided)
    client = client_for("clerk")
    page = client.get(f"/admin/reception_record/details/?id={row.id}").text
    assert f'action="/admin/reception_record/{row.id}/do/hand_on"' in page
    answer = client.post(
        f"/admin/reception_record/{row.id}/do/hand_on", data={"version": str(row.version)}, follow_redirects=True
    )
    assert "已登记 XF2026-000001 并交办城建办。" in answer.text
    assert records(office)[0].petition.status == Status.ROUTED


def test_what_is_missing_is_asked_and_nothing_half_done(office: Office, client_for: Clients) -> None:
    row = came(office, held(office))
    client, path = client_for("clerk"), f"/admin/reception_record/{row.id}/do/hand_on"
    page = client.get(path).text
    assert all(f'name="{name}"' in page for name in ("unit_id", "assisting_ids", "feedback_on"))
    form = {"version": str(row.version), "unit_id": str(office.unit("a").id), "feedback_on": "2026-11-01"}
    assert client.post(path, data=form).status_code == 422
    assert (records(office)[0].petition_id, records(office)[0].unit_id) == (None, None)
    assert client.post(path, data=form | {"feedback_on": "2026-12-01"}).status_code == 302
    moves = len(records(office)[0].petition.moves)
    again = client.post(path, data=form | {"feedback_on": "2026-12-01"})
    assert again.status_code == 409  # C14: the record has gone on since the form was opened
    assert len(records(office)[0].petition.moves) == moves


def test_his_case_by_one_click(office: Office, client_for: Clients) -> None:
    decided = {"outcome": Outcome.CASE, "unit_id": office.unit("a").id, "due_on": date(2026, 12, 2)}
    row = came(office, held(office), **decided)
    answer = client_for("office_head").post(
        f"/admin/reception_record/{row.id}/do/case", data={"version": str(row.version)}, follow_redirects=True
    )
    assert "由赵明包案" in answer.text


def test_a_guarded_record_asks_whom_it_complains_of(office: Office, client_for: Clients) -> None:
    """§3: asked before the matter is opened, so that it never was to be seen."""
    row = came(office, held(office, "mayor"), purpose=Purpose.REPORT)
    client, path = client_for("clerk"), f"/admin/reception_record/{row.id}/do/register"
    assert 'name="respondent_unit_id"' in client.get(path).text
    form = {"version": str(row.version), "respondent_unit_id": str(office.unit("b").id), "respondent_name": "某承包商"}
    assert client.post(path, data=form).status_code == 302
    named = [(one.kind, one.name) for one in records(office)[0].petition.respondents]
    assert named == [(RespondentKind.UNIT, "民政办"), (RespondentKind.OUTSIDE, "某承包商")]


def test_the_accused_unit_is_not_offered(office: Office, client_for: Clients) -> None:
    row = came(office, held(office), purpose=Purpose.REPORT)
    facts = {"visitor": "胡大年", "demand": "举报。", "purpose": Purpose.REPORT, "signed_up_on": DAY}
    booking = m.Appointment(session=row.session, record=row, respondent_unit_id=office.unit("b").id, **facts)
    office.session.add(booking)
    office.session.commit()
    page = client_for("clerk").get(f"/admin/reception_record/{row.id}/do/opinion").text
    assert ("城建办" in page, "民政办" in page) == (True, False)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"outcome": "deadline"}, "责任单位：“限期交办”要写明交给哪个单位"),
        ({"outcome": "not_now"}, "政策说明：“暂不能解决”要写明"),
        ({"outcome": "case", "unit_id": "b"}, "不在接访领导的分管范围"),
        ({"outcome": "assign", "unit_id": "b", "opinion": "请核实。", "signed_on": "2026-12-24"}, "签批日期：应在"),
    ],
)
def test_a_decision_is_refused_in_words(office: Office, client_for: Clients, said: dict[str, str], words: str) -> None:
    row = came(office, held(office))
    if "unit_id" in said:
        said = said | {"unit_id": str(office.unit("b").id)}
    form = {"version": str(row.version), **said}
    answer = client_for("leader_a").post(f"/admin/reception_record/{row.id}/do/opinion", data=form)
    label, _, rest = words.partition("：")
    assert (answer.status_code, (rest or label) in answer.text) == (422, True)
    assert records(office)[0].outcome is None


# -- the ledger and the form on paper


@pytest.mark.db
def test_the_ledger_shows_what_came_back(office: Office, client_for: Clients) -> None:
    """D7: result and state from the matter."""
    row = came(office, held(office), outcome=Outcome.COORDINATE)
    reception_records.note_result(office.session, office.actor("clerk"), row, "供电所已更换变压器。")
    office.session.commit()
    client = client_for("leader_a")
    for path in ("", "?tab=owed", "ledger", "ledger?tab=owed", f"{row.id}/print", f"details/?id={row.id}"):
        assert "供电所已更换变压器。" in client.get(f"/admin/reception_record/{path}").text, path
    assert "供电所已更换变压器。" not in client.get("/admin/reception_record/ledger?tab=open").text
    assert "我接访的事项结果" in client.get("/admin/").text
    assert (
        client.post(f"/admin/reception_record/{row.id}/do/seen", data={"version": str(row.version)}).status_code == 302
    )
    assert records(office)[0].leader_told_on == office.today


def test_guarded_records_stay_masked_or_hidden(office: Office, client_for: Clients) -> None:
    """§3, §4: masked for those who may know, on list, paper and export; gone for the accused."""
    row = came(office, held(office), visitor="欧阳举报", purpose=Purpose.REPORT, demand="反映违规发包。")
    clerk = client_for("clerk")
    paths = ("", "ledger", f"{row.id}/print", f"details/?id={row.id}")
    for path in paths:
        page = clerk.get(f"/admin/reception_record/{path}").text
        assert ("欧某" in page, "欧阳举报" in page) == (True, False), path
    book = clerk.get("/admin/reception_record/export/xlsx/?reason=核对").data
    text = "".join(
        ZipFile(BytesIO(book)).read(name).decode() for name in ZipFile(BytesIO(book)).namelist() if name.endswith("xml")
    )
    assert ("欧某" in text, "欧阳举报" in text) == (True, False)
    contact = reception_records.turn_into_matter(office.session, office.actor("clerk"), row)
    leader = office.leader("a")
    office.session.add(
        m.Respondent(petition=contact.petition, kind=RespondentKind.LEADER, leader_id=leader.id, name=leader.name)
    )
    office.session.commit()
    accused = client_for("leader_a")
    assert [accused.get(f"/admin/reception_record/{path}").status_code for path in paths] == [200, 200, 404, 404]
    for path in ("reception_record/", "reception_record/ledger", ""):
        assert "违规发包" not in accused.get(f"/admin/{path}").text


@pytest.mark.parametrize("form", ["ledger", "print"])
def test_papers_escape_what_was_typed(office: Office, client_for: Clients, form: str) -> None:
    row = came(office, held(office), demand="<script>alert(1)</script>")
    page = client_for("clerk").get(f"/admin/reception_record/{form if form == 'ledger' else f'{row.id}/print'}").text
    assert "<script>alert" not in page


# -- the month's report


def test_a_month_is_previewed_and_sent_once(office: Office, client_for: Clients) -> None:
    """D8: what is lacking is said before, the months owed stand on the list."""
    session = held(office, day=date(2026, 10, 16))
    came(office, session)
    client = client_for("office_head")
    assert "还没有上报的月份" in client.get("/admin/reception_report/").text
    assert "2026年10月领导接访月报" in client.get("/admin/").text
    page = client.get("/admin/reception_report/month/2026-10/").text
    for words in (
        "材料截止 2026-11-05 12:00",
        "2026-11-06 前报区联席办",
        "还有 1 件没有处理方式",
        "村道路灯损坏半年未修",
    ):
        assert words in page, words
    answer = client.post("/admin/reception_report/month/2026-10/send", follow_redirects=True)
    assert "已冻结并上报" in answer.text
    assert client.post("/admin/reception_report/month/2026-10/send").status_code == 422
    assert "以下为上报时的内容" in client.get("/admin/reception_report/month/2026-10/").text
    assert "领导接访月报" not in client.get("/admin/").text
    report = office.session.query(m.ReceptionReport).one()
    paper = client.get(f"/admin/reception_report/{report.id}/print").text
    for words in ("2026年10月领导干部接访情况月报", "副镇长", "填报人", "报送：区联席办"):
        assert words in paper, words


@pytest.mark.parametrize(("form", "code"), [("xlsx", 200), ("docx", 200), ("pdf", 404), ("x", 404)])
def test_the_report_as_a_file(office: Office, client_for: Clients, form: str, code: int) -> None:
    came(office, held(office, day=date(2026, 10, 16)))
    report = reception_reports.send(office.session, replace(office.actor("office_head"), today=office.today), "2026-10")
    office.session.commit()
    path = f"/admin/reception_report/{report.id}/table/{form}/"
    answer = client_for("statistician").get(f"{path}?reason=报区联席办")
    assert answer.status_code == code
    if code == 200:
        assert client_for("statistician").get(path).status_code == 422
        inside = "word/document.xml" if form == "docx" else "xl/worksheets/sheet1.xml"
        assert ZipFile(BytesIO(answer.data)).read(inside)


@pytest.mark.parametrize("month", ["2026-13", "2027-01", "2026", "nonsense", "0000-00", "%00"])
def test_odd_months_get_a_sentence(office: Office, client_for: Clients, month: str) -> None:
    client = client_for("office_head")
    assert client.get(f"/admin/reception_report/month/{month}/").status_code == 422
    assert client.post(f"/admin/reception_report/month/{month}/send").status_code == 422
    assert office.session.query(m.ReceptionReport).count() == 0


def test_the_clerk_sees_and_the_head_sends(office: Office, client_for: Clients) -> None:
    came(office, held(office, day=date(2026, 10, 16)))
    clerk = client_for("clerk")
    assert "冻结并上报" not in clerk.get("/admin/reception_report/month/2026-10/").text
    assert clerk.post("/admin/reception_report/month/2026-10/send").status_code == 403
