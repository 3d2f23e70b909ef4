"""The closing file's screens: filling, signing, closing, reopening, printing (H1–H3)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.words import ClosingStatus, PaperKind, SignerRole
from services import closing, closing_papers, return_visits
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import PASSWORD, Office
from tests.services.test_signature_check import data_url, png

Clients = Callable[[str], DeskClient]
PDF = b"%PDF-1.4 minutes"


def do(client: DeskClient, row: Any, verb: str, **said: Any) -> Any:
    """Post a verb of a row with the version it has now."""
    return client.post(f"/admin/{row.__tablename__}/{row.id}/do/{verb}", data={"version": row.version} | said)


def page(client: DeskClient, file: m.ClosingFile) -> str:
    answer = client.get(f"/admin/closing_file/details/?id={file.id}")
    assert answer.status_code == 200
    return str(answer.text)


def filled(office: Office, folder: Path) -> m.ClosingFile:
    return made.fill(office, made.closing_file(office), folder)


def test_the_whole_way_from_the_case_to_the_closed_matter_h1_h2_h3(office: Office, client_for: Clients) -> None:
    case, clerk, handler = made.case(office), client_for("clerk"), client_for("handler_a")
    opened = do(clerk, case, "open_closing")
    file = closing.find(office.session, case)
    assert file is not None
    assert opened.location.endswith(f"/admin/closing_file/details/?id={file.id}")
    for key in ("basic", "appointment", "measures"):
        assert do(handler, made.item(file, key), "meet", note="见会议纪要〔2026〕7号").status_code == 302
    assert do(handler, file, "report", report=made.REPORT).status_code == 302
    assert do(handler, file, "paper", paper="none", paper_reason="诉求已解决").status_code == 302
    visit = {"petition_id": case.petition_id, "made_on": "2026-11-21", "method": "phone", "visitor": "郑伟"}
    said = visit | {"satisfaction": "good", "words": "款已到账"}
    assert handler.post("/admin/return_visit/new/?made=1", data=said).status_code == 302
    for username in made.SIGNERS.values():
        signed = do(client_for(username), file, "sign", password=PASSWORD)
        assert signed.status_code == 302, signed.text
    assert "清单齐全，三人已经签字，可以结案" in page(clerk, file)
    assert do(clerk, file, "close").status_code == 302
    text = page(clerk, file)
    assert "2026-11-21 结案" in text
    assert "还不能结案" not in text
    assert "已办结" in clerk.get(f"/admin/petition/details/?id={case.petition_id}").text


def test_closing_is_refused_with_the_list_of_what_is_missing_h1(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file, clerk = made.fill(office, made.closing_file(office), tmp_path, but="measures"), client_for("clerk")
    answer = do(clerk, file, "close")
    assert answer.status_code == 422
    for words in ("还不能结案：", "目前采取的稳控措施：还缺材料或说明", "单位负责人（一把手）尚未签字"):
        assert words in answer.text
    assert file.status is ClosingStatus.OPEN


def test_the_button_says_how_much_is_missing_h1(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file = filled(office, tmp_path)
    made.sign(office, file, SignerRole.HANDLER, SignerRole.LEADER)
    text = page(client_for("clerk"), file)
    assert "结案（还差 1 项）" in text
    assert "单位负责人（一把手）尚未签字。" in text


def test_only_the_one_whose_turn_it_is_finds_the_place_to_sign_h2(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file = filled(office, tmp_path)
    seen = {u: 'name="password"' in page(client_for(u), file) for u in (*made.SIGNERS.values(), "clerk")}
    assert seen == {"handler_a": True, "leader_a": False, "unit_head_a": False, "clerk": False}


def test_a_wrong_password_is_refused_shown_and_counted_h2_c5(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file, handler = filled(office, tmp_path), client_for("handler_a")
    answer = do(handler, file, "sign", password="错的口令", drawing=data_url(png()))
    assert answer.status_code == 422
    assert "不正确，没有签字，请重新输入" in answer.text
    assert f'value="{data_url(png())}"' in answer.text, "what was drawn stays on the file's page"
    assert "错的口令" not in answer.text
    assert office.session.query(m.Signature).count() == 0
    assert office.session.query(m.LoginLock).filter_by(username="handler_a").one().failures == 1


# who signs before his turn or instead of another, the status of the answer
NOT_HIS = {
    "leader_a": 422,
    "unit_head_a": 422,
    "leader_in_charge": 403,
    "clerk": 403,
    "handler_b": 404,
    "inspector": 403,
}


@pytest.mark.parametrize(("username", "status"), NOT_HIS.items())
def test_nobody_else_signs_h2(office: Office, client_for: Clients, tmp_path: Path, username: str, status: int) -> None:
    file = filled(office, tmp_path)
    assert do(client_for(username), file, "sign", password=PASSWORD).status_code == status
    assert office.session.query(m.Signature).count() == 0


def test_a_changed_report_shows_the_signature_as_void_h2(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file, handler = filled(office, tmp_path), client_for("handler_a")
    made.sign(office, file, SignerRole.HANDLER)
    do(handler, file, "report", report="改过的报告")
    text = page(handler, file)
    assert "已失效的签字（1）" in text
    assert "核验：现在没有有效的签字" in text
    assert "签字后内容有改动，签字自动失效" in text


def test_a_stale_report_does_not_overwrite_c14(office: Office, client_for: Clients) -> None:
    file, handler = made.closing_file(office), client_for("handler_a")
    shown = file.version
    do(handler, file, "report", report="第一稿")
    url = f"/admin/closing_file/{file.id}/do/report"
    second = handler.post(url, data={"version": shown, "report": "第二稿"})
    assert second.status_code == 409
    assert file.report == "第一稿"


def test_a_file_is_brought_for_an_item_and_opened_from_the_page_h1(office: Office, client_for: Clients) -> None:
    file, clerk = made.closing_file(office), client_for("clerk")
    upload = (BytesIO(PDF), "联席会议纪要〔2026〕7号.pdf")
    assert do(clerk, made.item(file, "appointment"), "meet", attachments=upload).status_code == 302
    attachment = office.session.query(m.Attachment).one()
    text = page(clerk, file)
    assert "联席会议纪要〔2026〕7号.pdf" in text
    assert f"/admin/attachment/{attachment.id}/" in text
    with clerk.get(f"/admin/attachment/{attachment.id}/") as download:
        assert download.data == PDF


# file name, bytes, the sentence
BAD_FILES = {
    "empty": ("纪要.pdf", b"", "文件是空的"),
    "wrong kind": ("纪要.exe", b"MZ", "这类文件不能上传"),
    "not what it says": ("纪要.pdf", b"<html>", "内容和扩展名不符"),
    "too large": ("纪要.pdf", b"%PDF-" + b"x" * (21 * 1024 * 1024), "超过 20 MB"),
}


@pytest.mark.parametrize(("name", "data", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_answered_with_a_sentence_c12(
    office: Office, client_for: Clients, name: str, data: bytes, words: str
) -> None:
    item = made.item(made.closing_file(office), "appointment")
    answer = do(client_for("clerk"), item, "meet", note="纪要", attachments=(BytesIO(data), name))
    assert answer.status_code == 422
    assert words in answer.text
    assert item.note is None
    assert office.session.query(m.Attachment).count() == 0


# verb of the file, what is posted, the sentence
BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "empty report": ("report", {"report": ""}, "请填写。"),
    "too long": ("report", {"report": "长" * 20_001}, "最多 20000 个字"),
    "no such paper": ("paper", {"paper": "oath"}, "没有这个选项"),
    "no paper, no reason": ("paper", {"paper": "none"}, "不要求必须签订"),
    "a promise without agreement": ("promise", {"text": "补偿", "due_on": "2026-12-31"}, "只有息访协议才有承诺事项"),
    "wrong date": ("promise", {"text": "补偿", "due_on": "31.12.2026"}, "日期应为"),
    "no password": ("sign", {}, "请填写。"),
}


@pytest.mark.parametrize(("verb", "said", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_answered_with_a_sentence(
    office: Office, client_for: Clients, verb: str, said: dict[str, Any], words: str
) -> None:
    file = made.closing_file(office)
    answer = do(client_for("handler_a"), file, verb, **said)
    assert answer.status_code == 422
    assert words in answer.text
    assert (file.report, file.paper, file.promises) == (None, PaperKind.NONE, [])


def test_a_paper_of_another_matter_is_not_offered_and_not_accepted_c1(office: Office, client_for: Clients) -> None:
    file, other, clerk = made.closing_file(office), made.matter(office), client_for("clerk")
    foreign = office.session.query(m.Document).filter_by(petition_id=other.id).first()
    item = made.item(file, "basic")
    form = clerk.get(f"/admin/checklist_item/{item.id}/do/meet").text
    assert f'value="{foreign.id}"' not in form
    answer = do(clerk, item, "meet", document_id=foreign.id)
    assert answer.status_code == 422
    assert item.document_id is None


def test_only_the_office_head_is_offered_and_allowed_a_waiver_h1(office: Office, client_for: Clients) -> None:
    file = made.closing_file(office)
    item = made.item(file, "measures")
    assert "不适用…" not in page(client_for("clerk"), file)
    assert do(client_for("clerk"), item, "waive", reason="无后续安排").status_code == 403
    head = client_for("office_head")
    assert "不适用…" in page(head, file)
    assert do(head, item, "waive", reason="补偿款已到账").status_code == 302
    assert "不适用：补偿款已到账（何平 批准）" in page(head, file)


def test_promises_show_until_they_are_kept_h3(office: Office, client_for: Clients) -> None:
    file, clerk = made.closing_file(office), client_for("clerk")
    closing_papers.record_paper(office.session, office.actor("clerk"), file, PaperKind.AGREEMENT, "")
    unit_id = office.unit("b").id
    said = {"text": "补偿款 86,400 元", "due_on": "2026-12-20", "unit_id": unit_id}
    assert do(clerk, file, "promise", **said).status_code == 302
    assert "2026-12-20 前" in page(clerk, file)
    (promise,) = file.promises
    promise.due_on = made.day(office, -1)
    office.session.commit()
    text = page(clerk, file)
    assert "2026-11-20 到期未兑现" in text
    assert "民政办" in text
    scan = BytesIO(b"%PDF-1.4 receipt"), "回单.pdf"
    assert do(clerk, promise, "keep", kept_on="2026-11-21", evidence="银行回单", scan=scan).status_code == 302
    assert (promise.attachment.name, promise.attachment.petition_id) == ("回单.pdf", file.petition_id)
    text = page(clerk, file)
    assert "2026-11-21 已兑现" in text
    assert "凭证：银行回单" in text


def test_reopening_from_the_page_voids_and_takes_up_again_h4(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file, clerk = made.closed_file(office, tmp_path), client_for("clerk")
    assert do(clerk, file, "reopen", reason="").status_code == 422
    assert do(clerk, file, "reopen", reason="回访不满意").status_code == 302
    text = page(clerk, file)
    assert "2026-11-21 重新办理：回访不满意" in text
    assert "已失效的签字（3）" in text
    assert "还不能结案" in text


def test_a_closed_file_offers_nothing_to_change_and_refuses_it(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file, clerk = made.closed_file(office, tmp_path), client_for("clerk")
    assert "/do/meet" not in page(clerk, file)
    answer = do(clerk, made.item(file, "basic"), "meet", note="改写")
    assert answer.status_code == 422
    assert "已经结案，结案卷不能再修改" in answer.text


def test_a_complete_file_says_whose_signature_it_waits_for_and_leads_there_h2(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    office.session.commit()
    url = f"/admin/closing_file/details/?id={file.id}"
    told = [client_for(name).get(url).text for name in ("handler_a", "clerk")]
    assert ["清单齐全，等签字：" in text for text in told] == [True, True]
    assert ['href="#sign"' in text for text in told] == [True, False]
    made.item(file, "basic").note = None
    office.session.commit()
    assert "还不能结案：" in client_for("clerk").get(url).text


def test_the_form_of_an_item_says_which_item_it_is_h1(office: Office, client_for: Clients) -> None:
    file = made.closing_file(office)
    office.session.commit()
    urls = [f"/admin/checklist_item/{made.item(file, 'basic').id}/do/{verb}" for verb in ("meet", "waive")]
    told = [client_for("office_head").get(url).text for url in urls]
    assert ["基本案情材料：填写材料" in told[0], "基本案情材料：不适用" in told[1]] == [True, True]


def test_a_planned_visit_is_what_an_item_asks_to_record_h4(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path, but="visit")
    planned = [one for one in return_visits.of(office.session, file.petition) if one.made_on is None]
    office.session.commit()
    page = client_for("handler_a").get(f"/admin/closing_file/details/?id={file.id}").text
    assert page.count(f"/admin/return_visit/{planned[0].id}/do/record") == 2, "under the item and beside the plan"


def test_the_sheet_prints_ticks_signatures_and_the_whole_fingerprint(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file = made.closed_file(office, tmp_path)
    sheet = client_for("clerk").get(f"/admin/closing_file/{file.id}/sheet")
    assert sheet.status_code == 200
    for text in ("领导包案结案审查表", "BA2026-001", "赵丽华", "郑伟", "赵明", "褚军", made.REPORT):
        assert text in sheet.text
    assert file.signatures[0].digest in sheet.text
    assert sheet.text.count("✓") == 6


def test_the_reporters_name_is_masked_on_the_sheet_of_a_guarded_matter_c3(office: Office, client_for: Clients) -> None:
    file = closing.open_file(
        office.session, office.actor("clerk"), made.case(office, made.matter(office, is_secret=True))
    )
    sheet = client_for("handler_a").get(f"/admin/closing_file/{file.id}/sheet")
    assert "赵丽华" not in sheet.text
    assert "赵某" in sheet.text


@pytest.mark.parametrize(
    ("username", "status"), {"handler_b": 404, "leader_b": 404, "statistician": 403, "auditor": 403}.items()
)
def test_who_has_no_business_sees_neither_file_nor_sheet_c1(
    office: Office, client_for: Clients, username: str, status: int
) -> None:
    file, client = made.closing_file(office), client_for(username)
    assert client.get(f"/admin/closing_file/details/?id={file.id}").status_code == status
    assert client.get(f"/admin/closing_file/{file.id}/sheet").status_code == status
    assert client.get(f"/admin/checklist_item/{file.items[0].id}/do/meet").status_code == status


def test_what_waits_for_me_is_a_tab_h2(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file = filled(office, tmp_path)
    rows = {
        u: client_for(u).get("/admin/closing_file/?tab=to_sign").text.count("<tr data-url=")
        for u in made.SIGNERS.values()
    }
    assert rows == {"handler_a": 1, "leader_a": 0, "unit_head_a": 0}
    made.sign(office, file, SignerRole.HANDLER)
    assert client_for("leader_a").get("/admin/closing_file/?tab=to_sign").text.count("<tr data-url=") == 1
