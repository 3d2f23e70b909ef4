"""The screens of screening, meetings and aid: quick entry, the board, picking and deciding, papers, money (E2, E3, F6)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import python_calamine
from docx import Document

import models as m
from rules.reception_words import DisputeState
from services import agenda
from tests.fixtures import visits_down as made
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import sent
from tests.fixtures.office import TODAY, Office
from tests.services import test_aid, test_meetings, test_screening

Clients = Callable[[str], DeskClient]
LINE = {
    "found_on": TODAY.isoformat(), "place": "河东村三组", "cause": "宅基地边界争执。", "people_count": "6",
    "urgency": "serious", "party": "胡大年", "responsible": "吴芳", "measures": "调解两次。", "due_on": "2026-12-20",
}  # fmt: skip


def count(office: Office, model: Any) -> int:
    office.session.rollback()
    return int(office.session.query(model).execution_options(gated=True).count())


def typed(version: int, *lines: dict[str, str]) -> dict[str, Any]:
    """What the table sends: one list of values a column."""
    return {"version": str(version)} | {name: [line[name] for line in lines] for name in LINE}


def owed(office: Office, unit: str = "a1") -> m.ScreeningReturn:
    row = test_screening.owed(office, test_screening.ask(office), unit)
    office.session.commit()
    return row


def test_several_disputes_are_entered_in_one_table(client_for: Clients, office: Office) -> None:
    """E2: one line each, blank lines left out; then the serious ones are led to their report."""
    row = owed(office)
    client, path = client_for("reporter_a"), f"/admin/screening_return/{row.id}/entry"
    page = client.get(path).text
    assert page.count('name="cause"') == 6
    assert page.count('<tr class="spare">') == 4, "a phone shows two blank ones"
    assert "待报送的排查" in client.get("/admin/").text
    blank = dict.fromkeys(LINE, "") | {"found_on": TODAY.isoformat(), "people_count": "1", "urgency": "normal"}
    answer = client.post(path, data=typed(row.version, LINE, blank, LINE | {"urgency": "normal"}))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/dispute/?tab=report")
    assert count(office, m.Dispute) == 2
    assert "待报送的排查" not in client.get("/admin/").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"found_on": "2026-13-01"}, "第 2 行，发现日期：日期应为"),
        ({"found_on": ""}, "第 2 行，发现日期：请填写"),
        ({"people_count": "几个"}, "第 2 行，涉及人数：请填整数"),
        ({"people_count": "0"}, "第 2 行，涉及人数：应为 1 至"),
        ({"urgency": "odd"}, "第 2 行，轻重：没有这个选项"),
        ({"place": ""}, "第 2 行，发生地点：请填写"),
        ({"cause": "长" * 501}, "第 2 行，起因：最多 500 个字"),
        ({"due_on": "2026-01-01"}, "第 2 行，化解期限："),
    ],
)
def test_a_wrong_line_is_named_and_nothing_saved(
    client_for: Clients, office: Office, change: dict[str, str], sentence: str
) -> None:
    row = owed(office)
    path = f"/admin/screening_return/{row.id}/entry"
    answer = client_for("reporter_a").post(path, data=typed(row.version, LINE, LINE | change))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "胡大年" in answer.text
    assert count(office, m.Dispute) == 0


def test_a_stale_table_and_a_foreign_unit_are_refused(client_for: Clients, office: Office) -> None:
    row, foreign = owed(office), owed(office, "b")
    path = f"/admin/screening_return/{row.id}/entry"
    assert client_for("reporter_a").post(path, data=typed(99, LINE)).status_code == 409
    assert client_for("cadre_a").get(f"/admin/screening_return/{foreign.id}/entry").status_code == 404
    assert client_for("handler_a").get(path).status_code == 403
    assert client_for("reporter_a").post(path, data={"version": str(row.version)}).status_code == 422
    assert count(office, m.Dispute) == 0


def test_the_board_is_shown_printed_and_exported(client_for: Clients, office: Office) -> None:
    """E2: who has returned, nil, missing; xlsx and docx with a reason."""
    row = owed(office)
    assert (
        sent(client_for("reporter_a"), f"/admin/screening_return/{row.id}/do/nil", note="走访 30 户").status_code == 302
    )
    client, base = client_for("clerk"), f"/admin/screening_round/{row.round_id}"
    page = client.get(f"/admin/screening_round/details/?id={row.round_id}").text
    assert "零报告" in page
    assert "走访 30 户" in page
    assert "应报 3 个，已报 0 个，零报告 1 个" in client.get(f"{base}/print").text
    assert client.get(f"{base}/table/xlsx/").status_code == 422
    book = client.get(f"{base}/table/xlsx/?reason=上报").data
    cells = python_calamine.CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert any("零报告" in line for line in cells)
    document = Document(BytesIO(client.get(f"{base}/table/docx/?reason=上报").data))
    assert "河东村" in [cell.text for cell in document.tables[0].columns[0].cells]
    ledger = client.get("/admin/dispute/ledger/").text
    assert "矛盾纠纷排查化解台账" in ledger


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": ""}, "排查名称"), ({"due_at": "2026-11-20T17:00"}, "应晚于现在"), ({"due_at": "odd"}, "时间应为"),
        ({"unit_ids": []}, "至少选一个"), ({"unit_ids": ["999999"]}, "没有这个选项"),
    ],
)  # fmt: skip
def test_a_bad_round_is_refused(client_for: Clients, office: Office, said: dict[str, Any], sentence: str) -> None:
    good = {"name": "11月排查", "due_at": "2026-11-25T17:00", "unit_ids": [str(office.unit("a").id)]}
    answer = sent(client_for("clerk"), "/admin/screening_round/new/", **good | said)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert count(office, m.ScreeningRound) == 0


def test_a_dispute_is_made_a_case_with_one_form(client_for: Clients, office: Office) -> None:
    """E2: one step; the case, the matter and the dispute show each other."""
    row = made.dispute(office)
    client, key = client_for("clerk"), row.id
    answer = sent(client, f"/admin/dispute/{key}/do/case", leader_id=office.leader("a").id)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).text
    office.session.rollback()
    turned = office.session.get(m.Dispute, key, execution_options={"gated": True})
    assert turned.state is DisputeState.TURNED
    assert turned.case.number in client.get(f"/admin/dispute/details/?id={key}").text
    assert turned.number in client.get(f"/admin/petition/details/?id={turned.petition_id}").text
    assert turned.petition.number in page


def test_an_agenda_is_picked_decided_on_and_printed(client_for: Clients, office: Office) -> None:
    """E3: pick, note, decide by the forms; the guarded item is on no sheet that is handed round."""
    meeting = test_meetings.plan(office, leader_ids=[office.leader("b").id])
    plain, guarded = test_meetings.plain(office), test_meetings.complaint(office, test_meetings.DAY)
    client, key = client_for("clerk"), meeting.id
    path = f"/admin/meeting/{key}/pick"
    said = {"version": "1", "keys": [f"petition-{plain.id}", f"petition-{guarded.id}"], "topic": "研究排查"}
    assert client.post(path, data=said | {"version": "7"}).status_code == 409
    assert client.post(path, data=said | {"keys": ["odd"]}).status_code == 422
    assert client.post(path, data=said).status_code == 302
    items = agenda.items_of(office.session, office.actor("clerk"), meeting)
    for item in items:
        told = {"heard": "已汇报。", "opinion": "月底前办结。"}
        assert sent(client, f"/admin/agenda_item/{item.id}/do/note", **told).status_code == 302
    due = (TODAY + timedelta(days=9)).isoformat()
    for item, unit in ((items[0], "b"), (items[1], "a")):
        answer = sent(
            client, f"/admin/agenda_item/{item.id}/do/decide", text="报结果。", due_on=due, unit_id=office.unit(unit).id
        )
        assert answer.status_code == 302
    assert sent(client, f"/admin/meeting/{key}/do/hold", minutes="听取汇报。", recorder="王敏").status_code == 302
    for paper in ("agenda", "minutes"):
        sheet = client.get(f"/admin/meeting/{key}/print/{paper}").text
        assert (plain.number in sheet, guarded.number in sheet) == (True, False)
        assert guarded.number in client.get(f"/admin/meeting/{key}/print/{paper}?copy=own").text
        table = Document(BytesIO(client.get(f"/admin/meeting/{key}/table/{paper}/docx/?reason=存档").data)).tables[0]
        assert guarded.number not in "".join(cell.text for row in table.rows for cell in row.cells)
    accused = client_for("leader_b")
    for page in (
        f"/admin/meeting/details/?id={key}",
        f"/admin/meeting/{key}/print/minutes?copy=own",
        "/admin/decision/?tab=all",
    ):
        shown = accused.get(page)
        assert (shown.status_code, guarded.number in shown.text, guarded.title in shown.text) == (200, False, False)
    assert "待我落实的议定事项" in client_for("handler_b").get("/admin/").text


def test_a_guarded_decision_offers_nobody_it_may_not_go_to(client_for: Clients, office: Office) -> None:
    """§3: the form offers no accused; sent all the same, it is refused."""
    meeting, guarded = test_meetings.plan(office), test_meetings.complaint(office, test_meetings.DAY)
    (item,) = test_meetings.put(office, meeting, f"petition-{guarded.id}")
    client, path = client_for("clerk"), f"/admin/agenda_item/{item.id}/do/decide"
    page, leader = client.get(path).text, office.leader("b")
    assert f'<option value="{leader.id}">{leader.name}' not in page
    due = (TODAY + timedelta(days=9)).isoformat()
    answer = sent(client, path, text="报结果。", due_on=due, leader_id=leader.id)
    assert answer.status_code == 422
    assert count(office, m.Decision) == 0


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"amount": "三千"}, "请填大于 0 的金额"), ({"amount": "-1"}, "请填大于 0 的金额"), ({"amount": "99999"}, "剩余预算不足"),
        ({"fund_id": ""}, "从哪项资金列支"), ({"decided_on": "2027-01-01"}, "不能晚于今天"), ({"kind_id": "999999"}, "没有这个选项"),
    ],
)  # fmt: skip
def test_aid_is_recorded_and_bad_aid_refused(
    client_for: Clients, office: Office, said: dict[str, str], sentence: str
) -> None:
    """F6: each sentence at its field, nothing kept; then the good one, on the matter's page and in the totals."""
    petition, source = test_aid.matter(office), test_aid.fund(office)
    good = {
        "petition_id": petition.id, "kind_id": test_aid.kind(office).id, "receiver": "钱大海", "fund_id": source.id,
        "amount": "3,000", "decided_on": TODAY.isoformat(), "decided_by": "林海",
    }  # fmt: skip
    client, path = client_for("clerk"), f"/admin/aid/new/?petition_id={petition.id}"
    answer = sent(client, path, **good | said)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert count(office, m.Aid) == 0
    assert sent(client, path, **good).status_code == 302
    assert "3,000.00" in client.get(f"/admin/petition/details/?id={petition.id}").text
    assert "7,000.00" in client.get("/admin/fund_totals/?year=2026").text
    assert "7,000.00" in client.get("/admin/fund_totals/print?year=2026").text
    assert client.get("/admin/fund_totals/?year=99999").status_code == 404
