"""Screens of inspection: the list with its filters and addresses, the card before signing, reviews, rounds, final ones (H5–H7)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import jobs
import models as m
from admin_views.inspection import place_url
from rules.inspection_words import DrawMethod, Fault, FirstResult
from rules.job_words import JobState
from rules.words import SignerRole
from services import case_reviews, inspection_finals, inspection_runs
from tests.fixtures import casework as made
from tests.fixtures.handled import registered
from tests.fixtures.office import NOW, PASSWORD, TODAY, Office


def act(client: Any, row: Any, verb: str, **said: Any) -> Any:
    """Post one verb of a row with the version now shown."""
    return client.post(f"/admin/{row.__tablename__}/{row.id}/do/{verb}", data={"version": str(row.version)} | said)


def cells(data: bytes, path: Path) -> set[str]:
    """Every cell of a workbook as text."""
    path.write_bytes(data)
    return {
        str(cell) for line in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python() for cell in line
    }


@pytest.fixture
def file(office: Office, tmp_path: Path) -> m.ClosingFile:
    """A filled closing file, checked."""
    file = made.fill(office, made.closing_file(office), tmp_path)
    inspection_runs.ask(office.session, office.actor("inspector"))
    work(office)
    return file


def work(office: Office) -> None:
    """One pass of the worker."""
    office.session.commit()
    jobs.inspect(office.session, lambda: (TODAY, NOW))


def round_of(office: Office) -> tuple[m.CaseReviewRound, m.CaseReview]:
    """A picked round with one closed matter."""
    petition = made.matter(office, steps="assign accept reply serve close")
    inspector = office.actor("inspector")
    row = case_reviews.begin(office.session, inspector, case_reviews.Draw("专项评查", DrawMethod.PICKED))
    review = case_reviews.pick(office.session, inspector, row, petition)
    office.session.commit()
    return row, review


def test_each_fault_leads_to_where_it_is_mended_h5(office: Office, client_for: Any, file: m.ClosingFile) -> None:
    page = client_for("clerk").get("/admin/file_fault/").text
    for text in (file.petition.number, "查办报告缺少部分", "缺少“处理意见落实情况”。", "包案领导责任没有记录"):
        assert text in page
    assert f'href="/admin/closing_file/{file.id}/do/report"' in page
    assert f"/admin/case/details/?id={file.case_id}" in page


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("code=report_part", True), ("code=visit", False), ("unit={unit}", True), ("unit={other}", False),
        ("campaign=1", False), ("tab=hard", False),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_h5(
    office: Office, client_for: Any, file: m.ClosingFile, query: str, is_there: bool
) -> None:
    office.session.add(m.Campaign(name="积案化解年", body="区联席办", starts_on=TODAY, ends_on=TODAY))
    office.session.commit()
    asked = query.format(unit=office.unit("a").id, other=office.unit("b").id)
    page = client_for("clerk").get(f"/admin/file_fault/?{asked}").text
    assert (file.petition.number in page) is is_there


def test_the_list_goes_out_as_a_sheet_h5(office: Office, client_for: Any, file: m.ClosingFile, tmp_path: Path) -> None:
    answer = client_for("clerk").get("/admin/file_fault/export/xlsx/?reason=初审前核对")
    assert {"查办报告缺少部分", "请按模板补写这一部分。"} <= cells(answer.data, tmp_path / "faults.xlsx")


def test_all_files_are_checked_from_the_screen_by_the_worker_h5(
    office: Office, client_for: Any, file: m.ClosingFile
) -> None:
    """Queued, watched, done: the list with its day. A unit's handler may neither ask for it nor watch it."""
    clerk, handler = client_for("clerk"), client_for("handler_a")
    assert "已排队检查 1 件案卷" in clerk.post("/admin/file_fault/run", follow_redirects=True).text
    assert "正在进行" in clerk.post("/admin/file_fault/run", follow_redirects=True).text
    run = office.session.query(m.InspectionRun).filter_by(by_id=office.user("clerk").id).one()
    url = f"/admin/file_fault/run/{run.id}/state"
    assert f'data-progress="{url}"' in clerk.get("/admin/file_fault/").text
    assert (clerk.get(url).json["over"], clerk.get(url).json["ended"]) == (0, False)
    assert [client_for("inspector").get(url).status_code, handler.get(url).status_code] == [404, 403]
    work(office)
    assert (clerk.get(url).json["over"], clerk.get(url).json["ended"]) == (1, True)
    page = clerk.get("/admin/file_fault/").text
    assert "data-progress" not in page
    assert f"最近一次检查：{TODAY}" in page
    assert handler.post("/admin/file_fault/run").status_code == 403


def test_a_check_under_way_is_stopped_from_the_screen_h5(office: Office, client_for: Any, file: m.ClosingFile) -> None:
    clerk = client_for("clerk")
    clerk.post("/admin/file_fault/run")
    assert "检查已取消" in clerk.post("/admin/file_fault/run/stop", follow_redirects=True).text
    run = office.session.query(m.InspectionRun).filter_by(by_id=office.user("clerk").id).one()
    assert (run.state, run.done) == (JobState.CANCELLED, 0)
    assert "已经结束" in clerk.post("/admin/file_fault/run/stop", follow_redirects=True).text


def test_the_signing_page_shows_the_faults_and_a_hard_one_refuses_h5(
    office: Office, client_for: Any, file: m.ClosingFile
) -> None:
    handler = client_for("handler_a")
    assert "缺少“包案领导责任落实情况”。" in handler.get(f"/admin/closing_file/details/?id={file.id}").text
    file.petition.accepted_on = TODAY + timedelta(30)
    office.session.commit()
    answer = act(handler, file, "sign", password=PASSWORD)
    assert answer.status_code == 422
    assert "不得签字" in answer.text
    assert SignerRole.HANDLER not in {one.role for one in file.signatures}


def test_a_file_goes_back_to_its_handler_and_comes_again_h5(
    office: Office, client_for: Any, file: m.ClosingFile
) -> None:
    clerk, handler = client_for("clerk"), client_for("handler_a")
    form = clerk.get(f"/admin/closing_file/{file.id}/do/return_review").text
    assert "查办报告缺少部分：缺少“处理意见落实情况”。" in form
    assert "2026-11-28" in form
    act(clerk, file, "return_review", reason="缺落实情况", mend_by="2026-11-28")
    shown = handler.get(f"/admin/closing_file/details/?id={file.id}").text
    assert "初审退回：请在 2026-11-28 前补正" in shown
    assert "登记补正…" in shown
    row = office.session.query(m.FirstReview).one()
    assert row.result is FirstResult.RETURNED
    assert "初审退回待补正" in handler.get("/admin/").text
    assert "缺落实情况" in handler.get(f"/admin/first_review/details/?id={row.id}").text
    act(handler, row, "mend", mend_note="已补写")
    office.session.expire_all()
    assert row.mend_note == "已补写"
    assert "通过的请写明理由：查办报告缺少部分" in clerk.get(f"/admin/closing_file/{file.id}/do/pass_review").text
    assert act(clerk, file, "pass_review", note="").status_code == 422
    act(clerk, file, "pass_review", note="其余问题另行补正")
    assert act(clerk, file, "pass_review", note="再审一次").status_code == 422, "the same content passes once"
    assert "do/pass_review" not in clerk.get(f"/admin/closing_file/details/?id={file.id}").text
    passed = office.session.query(m.FirstReview).filter_by(result=FirstResult.PASSED).one()
    assert "缺少“处理意见落实情况”。" in clerk.get(f"/admin/first_review/details/?id={passed.id}").text
    assert "初审通过" in clerk.get(f"/admin/closing_file/details/?id={file.id}").text


def test_an_empty_report_begins_with_its_form_h5(office: Office, client_for: Any) -> None:
    file = made.closing_file(office)
    office.session.commit()
    form = client_for("handler_a").get(f"/admin/closing_file/{file.id}/do/report").text
    assert 'name="report" rows="20"' in form, "a page of text is not written through a slot"
    for heading in ("一、基本情况", "三、处理意见落实情况", "四、包案领导责任落实情况"):
        assert heading in form


def test_a_round_is_drawn_scored_and_printed_h7(office: Office, client_for: Any, tmp_path: Path) -> None:
    made.matter(office, steps="assign accept reply serve close")
    office.session.commit()
    inspector = client_for("inspector")
    inspector.post(
        "/admin/case_review_round/new/", data={"name": "下半年评查", "method": "random", "wanted": "3", "seed": "7"}
    )
    row, review = office.session.query(m.CaseReviewRound).one(), office.session.query(m.CaseReview).one()
    form = inspector.get(f"/admin/case_review/{review.id}/do/score").text
    assert "调查核实" in form
    points = {f"p_{item['key']}": str(item["points"]) for item in row.sheet} | {"p_reply": "0"}
    act(inspector, review, "score", **points, faults="没有法律依据", mend_by="2026-12-06")
    page = inspector.get(f"/admin/case_review_round/details/?id={row.id}").text
    for text in ("不合格", "待整改", "随机种子 7", "2026-12-06"):
        assert text in page
    paper = inspector.get(f"/admin/case_review_round/{row.id}/print").text
    assert "案件评查情况表（下半年评查）" in paper
    answer = inspector.get(f"/admin/case_review_round/{row.id}/table/xlsx/?reason=存档")
    assert "没有法律依据" in cells(answer.data, tmp_path / "round.xlsx")


# what was sent to the score sheet, what the page says
BAD = [
    ({"p_reply": "21"}, "处理答复：请填 0 至 20 之间的整数"), ({"p_reply": "x"}, "处理答复"),
    ({"faults": ""}, "扣了分的请写明"), ({"mend_by": ""}, "有问题的请定整改期限"), ({"mend_by": "2026-11-01"}, "不能早于今天"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "words"), BAD)
def test_a_sheet_that_cannot_be_right_names_its_field(
    office: Office, client_for: Any, said: dict[str, str], words: str
) -> None:
    row, review = round_of(office)
    told = {f"p_{item['key']}": str(item["points"] - 1) for item in row.sheet} | {
        "faults": "略",
        "mend_by": "2026-12-06",
    }
    answer = act(client_for("inspector"), review, "score", **told | said)
    assert answer.status_code == 422
    assert words in answer.text
    office.session.expire_all()
    assert review.result is None


def test_the_list_of_reviewers_leaves_out_who_handled_it_h7(office: Office, client_for: Any) -> None:
    _row, review = round_of(office)
    review.petition.legs[0].answered_by_id = office.user("clerk").id
    office.session.commit()
    answer = act(client_for("inspector"), review, "assign", reviewer_id=str(office.user("clerk").id))
    assert (answer.status_code, review.reviewer_id) == (422, None)


def test_final_ones_are_worded_reported_and_printed_h6(office: Office, client_for: Any) -> None:
    row = inspection_finals.enter(office.session, office.actor("system"), registered(office, TODAY))
    office.session.commit()
    head, clerk = client_for("office_head"), client_for("clerk")
    assert "不再受理" in head.get(f"/admin/final_matter/{row.id}/do/agree").text
    act(head, row, "agree", wording="以复核意见为准。", remains="照常登记，不再受理。")
    act(clerk, row, "report", reported_to="县信访局", reported_on=TODAY.isoformat(), report_number="9号")
    paper = clerk.get("/admin/final_matter/print").text
    for text in ("三级终结信访事项登记表", "以复核意见为准。", f"县信访局 {TODAY} 9号"):
        assert text in paper
    office.session.expire_all()
    assert act(clerk, row, "agree", wording="x", remains="y").status_code == 403
    assert row.wording == "以复核意见为准。"


def test_the_table_of_faults_reaches_every_place(office: Office, client_for: Any, file: m.ClosingFile) -> None:
    """Whatever is found, its address answers."""
    clerk = client_for("clerk")
    with clerk.application.test_request_context():
        actor = office.actor("clerk")
        urls = {place_url(fault, file.petition_id, file.case_id, file.id, actor) for fault in Fault}
    assert {url: clerk.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
