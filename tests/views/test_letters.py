"""The screens of papers (issue 4 point 6): one letter for many from the list, its progress and files; templates; a paper's Word file."""

import html
import io
from collections.abc import Callable
from typing import Any

import pytest

import jobs
import models as m
from rules.words import DocumentKind, Status
from services import documents, job_queue
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import move, registered
from tests.fixtures.office import NOW, TODAY, Office
from tests.services.paper_files import packed, shipped_bytes, words_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Clients = Callable[[str], DeskClient]


def test_one_letter_for_the_chosen_ones_of_the_list(client_for: Clients, office: Office) -> None:
    """Choose on the filtered list, watch, download: the letters are the moves of whoever asked for them."""
    first, second, third = (registered(office, TODAY) for _ in range(3))
    move(office, third, "assign", TODAY)
    clerk = client_for("clerk")
    assert "/admin/petition/letters/?" in html.unescape(clerk.get("/admin/petition/?tab=all&purpose=seek").text)
    page = clerk.get("/admin/petition/letters/?tab=all&letter=forward").text
    assert f'name="ids" value="{first.id}">' in page, "offered, not ticked: each letter is a move"
    assert f'name="ids" value="{third.id}"' not in page
    assert "data-confirm" in page.partition('name="ids"')[2]
    assert "“待受理”的事项不能转送" in page
    said = {"letter": "forward", "unit_id": office.unit("a").id, "measures": "请按期受理。"}
    empty = clerk.post("/admin/petition/letters/?tab=all", data=said)
    assert (empty.status_code, "请至少选一件事项" in empty.text) == (422, True)
    no_unit = clerk.post("/admin/petition/letters/?tab=all", data=said | {"unit_id": "", "ids": [first.id]})
    assert (no_unit.status_code, "责任单位：" in no_unit.text) == (422, True)
    sent = clerk.post("/admin/petition/letters/?tab=all", data=said | {"ids": [first.id, second.id, third.id, "abc"]})
    assert sent.status_code == 302
    job = sent.headers["Location"].rpartition("=")[2]
    assert clerk.get(f"/admin/job/{job}/state").json["waiting"] == 3
    assert clerk.get(f"/admin/job/{job}/letters.zip").status_code == 422
    jobs.merge(office.session, lambda: (TODAY, NOW))
    assert {k: clerk.get(f"/admin/job/{job}/state").json[k] for k in ("done", "failed", "ended")} == {
        "done": 2, "failed": 1, "ended": True,
    }  # fmt: skip
    page = clerk.get(f"/admin/job/details/?id={job}").text
    assert "信转〔2026〕1号" in page
    assert "“待受理”的事项不能转送" in page
    office.session.expire_all()
    assert [one.status for one in (first, second, third)] == [Status.ROUTED] * 3
    joined = clerk.get(f"/admin/job/{job}/letters.docx")
    assert (joined.mimetype, "信转〔2026〕2号" in words_of(joined.data)) == (DOCX, True)
    assert clerk.get(f"/admin/job/{job}/letters.zip").data.startswith(b"PK")
    other = client_for("clerk2")
    for path in (f"details/?id={job}", f"{job}/state", f"{job}/letters.docx", f"{job}/letters.zip"):
        assert other.get(f"/admin/job/{path}").status_code == 404
    assert client_for("handler_a").get("/admin/petition/letters/").status_code == 403


def test_a_queued_job_is_cancelled_on_its_page(client_for: Clients, office: Office) -> None:
    petition, clerk = registered(office, TODAY), client_for("clerk")
    data = {"letter": "forward", "unit_id": office.unit("a").id, "ids": [petition.id]}
    job = clerk.post("/admin/petition/letters/", data=data).headers["Location"].rpartition("=")[2]
    assert clerk.post(f"/admin/job/{job}/do/cancel").status_code == 302
    assert clerk.get(f"/admin/job/{job}/state").json["word"] == "已取消"
    again = clerk.post(f"/admin/job/{job}/do/cancel")
    assert again.status_code == 422
    assert "没有可以取消的" in again.text
    assert clerk.post(f"/admin/job/{job}/do/again").status_code == 302
    assert clerk.get(f"/admin/job/{job}/state").json["waiting"] == 1


def test_the_office_head_replaces_a_template_and_takes_it_back(client_for: Clients, office: Office) -> None:
    head, address = client_for("office_head"), "/admin/paper_template/guide/"
    assert "{{有权处理机关}}" in html.unescape(head.get(address).text)
    assert head.get(f"{address}template.docx").data == shipped_bytes(DocumentKind.GUIDE)
    assert "县人民法院" in words_of(head.get(f"{address}trial.docx").data)

    def upload(data: bytes, name: str = "新.docx", day: str = "2026-11-21") -> tuple[int, str]:
        form = {"file": (io.BytesIO(data), name), "valid_from": day, "note": "改抬头"}
        answer = head.post(f"{address}upload", data=form)
        return answer.status_code, html.unescape(answer.text)

    status, page = upload(packed(body="好\n好\n致{{信访人姓名}}"))
    assert (status, "第3段：未知字段 {{信访人姓名}}，请改为 {{信访人}}。" in page) == (422, True)
    head.get("/language/en")
    assert (
        "Paragraph 3: unknown field {{信访人姓名}}, write {{信访人}} instead."
        in upload(packed(body="好\n好\n{{信访人姓名}}"))[1]
    )
    head.get("/language/zh")
    assert upload(packed(body="{{信访人}}"), "宏.docm")[0] == 422
    assert upload(packed(body="{{信访人}}"), day="昨天")[0] == 422
    new = packed(body="新的 {{信访人}}")
    assert upload(new)[0] == 302
    assert head.get(f"{address}template.docx").data == new
    assert "改抬头" in head.get(address).text
    assert head.post(f"{address}revert", data={"edition": "7"}).status_code == 404
    assert head.post(f"{address}revert", data={"edition": "0"}).status_code == 302
    assert head.get(f"{address}template.docx").data == shipped_bytes(DocumentKind.GUIDE)
    assert head.get(f"{address}template.docx?edition=1").data == new
    clerk = client_for("clerk")
    assert clerk.get(address).status_code == 200
    assert "guide/upload" not in clerk.get(address).text
    assert "guide/upload" in head.get(address).text
    assert clerk.post(f"{address}upload", data={}).status_code == 403
    assert head.get("/admin/paper_template/nonsense/").status_code == 404


def test_a_paper_is_downloaded_by_those_who_may_see_its_matter(client_for: Clients, office: Office) -> None:
    """The same bytes as issued, printed from the browser with the same words; hidden is absent."""
    petition = registered(office, TODAY)
    paper = move(office, petition, "assign", TODAY).document
    assert paper is not None
    data = documents.docx_of(paper)
    mine = client_for("handler_a")
    answer = mine.get(f"/admin/document/{paper.id}/docx")
    assert (answer.data, answer.mimetype) == (data, DOCX)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    printed = mine.get(f"/admin/document/{paper.id}/print").text
    assert "现将赵丽华反映" in printed
    assert f"/admin/document/{paper.id}/docx" in printed
    assert client_for("handler_b").get(f"/admin/document/{paper.id}/docx").status_code == 404


def test_a_form_is_issued_on_the_matters_page(client_for: Clients, office: Office) -> None:
    petition, clerk = registered(office, TODAY), client_for("clerk")
    assert "do/issue_form" in clerk.get(f"/admin/petition/details/?id={petition.id}").text
    sent = clerk.post(f"/admin/petition/{petition.id}/do/issue_form", data={"version": petition.version})
    assert sent.status_code == 302
    page = clerk.get(f"/admin/petition/details/?id={petition.id}").text
    assert "信访登〔2026〕1号" in page
    assert "do/issue_form" not in page


@pytest.mark.parametrize("text", ["", "长" * 1001])
def test_a_relief_text_is_written_by_the_office_head(client_for: Clients, office: Office, text: str) -> None:
    head = client_for("office_head")
    form = {"branch": "reply", "text": text, "source": "条例", "valid_from": "2026-12-01"}
    assert head.post("/admin/relief_text/new/", data=form).status_code == 422
    assert head.post("/admin/relief_text/new/", data=form | {"text": "新文字"}).status_code == 302
    assert head.post("/admin/relief_text/new/", data=form | {"text": "又一条"}).status_code == 422
    assert office.session.query(m.ReliefText).filter_by(text="新文字").count() == 1


@pytest.mark.parametrize("served_at", ["", "2026-11-21", "2026-11-21T", "昨天 9 点", "2026-11-22T09:30"])
def test_nothing_is_served_without_day_and_hour(client_for: Clients, office: Office, served_at: str) -> None:
    """B5, S2: 送达回证 names the day and the hour, both past; else the matter stays 已答复 and no paper is issued."""
    petition = registered(office, TODAY)
    for verb in ("assign", "accept", "reply"):
        move(office, petition, verb, TODAY)
    office.session.commit()
    form = {"version": petition.version, "receiver": "赵丽华", "method": "direct", "served_at": served_at}
    answer = client_for("handler_a").post(f"/admin/petition/{petition.id}/do/serve", data=form)
    assert (answer.status_code, "签收时间：" in answer.text) == (422, True)
    office.session.expire_all()
    assert petition.status is Status.REPLIED
    assert office.session.query(m.Document).filter_by(kind=DocumentKind.SERVICE).count() == 0


def test_a_job_that_ends_as_it_is_cancelled(
    client_for: Clients, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5, C17: the worker finished between the page's look and the cancelling: a sentence, and nothing is changed."""
    petition, clerk, cancel = registered(office, TODAY), client_for("clerk"), job_queue.cancel
    data = {"letter": "forward", "unit_id": office.unit("a").id, "ids": [petition.id]}
    job = clerk.post("/admin/petition/letters/", data=data).headers["Location"].rpartition("=")[2]

    def finished_first(session: Any, actor: Any, row: m.Job, now: Any) -> None:
        job_queue.end(session, row, now)
        cancel(session, actor, row, now)

    monkeypatch.setattr(job_queue, "cancel", finished_first)
    answer = clerk.post(f"/admin/job/{job}/do/cancel")
    assert answer.status_code == 422
    assert "已经结束" in answer.text
