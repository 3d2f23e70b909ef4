"""Files of a matter through the browser's eyes: several at once, refused one by one, shown safely, voided with a reason (C12)."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

import models as m
from services import attachments
from tests.bad_files import BAD_FILES
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office
from tests.samples.books import book

PDF = b"%PDF-1.4 text"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20


@pytest.fixture
def matter(office: Office) -> m.Petition:
    """A matter at unit A."""
    petition = registered(office, TODAY)
    move(office, petition, "assign", TODAY)
    office.session.commit()
    return petition


def rows(office: Office) -> list[m.Attachment]:
    office.session.expire_all()
    return list(office.session.query(m.Attachment).execution_options(gated=True).order_by(m.Attachment.id))


def attach(client: DeskClient, petition: m.Petition, *files: tuple[str, bytes], **more: Any) -> Any:
    """The form without a script: every file in one post."""
    path = f"/admin/petition/{petition.id}/do/attach"
    form, _kinds = main_form(client.get(path).text)
    sent = [(BytesIO(data), name) for name, data in files]
    return client.post(path, data=form | more | {"attachments": sent})


def drop(client: DeskClient, petition: m.Petition, name: str, data: bytes) -> Any:
    """What the script sends: one file."""
    path = f"/admin/attachment/to/{petition.id}"
    return client.post(path, data={"attachments": (BytesIO(data), name), "purpose": "照片"})


def test_the_rules_are_said_before_uploading(client_for: Callable[[str], DeskClient], matter: m.Petition) -> None:
    """Issue 4.9: size, sum and kinds stand at the field; it takes several."""
    text = client_for("handler_a").get(f"/admin/petition/{matter.id}/do/attach").text
    for words in (
        "单个文件不超过 20 MB",
        "合计不超过 60 MB",
        "可传：pdf、jpg",
        " multiple",
        f"/admin/attachment/to/{matter.id}",
    ):
        assert words in text


def test_a_refused_file_does_not_stop_the_others(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition
) -> None:
    client = client_for("handler_a")
    answer = attach(client, matter, ("一.pdf", PDF), ("二.html", b"<html>"), ("三.png", PNG), ("四.pdf", b"no"))
    assert answer.status_code == 302
    assert [row.name for row in rows(office)] == ["一.pdf", "三.png"]
    page = client.get(f"/admin/petition/{matter.id}/do/attach", follow_redirects=True).text
    assert "已上传 2 个附件" in page
    assert "附件“二.html”：这类文件不能上传" in page
    assert "附件“四.pdf”：内容和扩展名不符" in page


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "请先选择文件"),
        ([("空.pdf", b"")], "文件是空的"),
        ([("假.docx", b"PK\x03\x04" + b"\0" * 60)], "内容和扩展名不符"),
        ([("表.docx", book([["甲"]]))], "内容和扩展名不符"),
        ([("片.mp4", b"\0\0\0\0<script>")], "内容和扩展名不符"),
        ([("大.pdf", PDF + b"0" * attachments.MAX_BYTES)], "超过 20 MB"),
    ],
)  # fmt: skip
def test_when_nothing_can_be_kept_the_form_says_why(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition, files: Any, sentence: str
) -> None:
    answer = attach(client_for("handler_a"), matter, *files)
    assert (answer.status_code, rows(office)) == (422, [])
    assert sentence in answer.text


def test_the_same_file_twice_is_kept_once(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition
) -> None:
    client = client_for("handler_a")
    assert attach(client, matter, ("一.pdf", PDF)).status_code == 302
    answer = attach(client, matter, ("又一.pdf", PDF))
    assert (answer.status_code, len(rows(office))) == (422, 1)
    assert "已有内容相同的附件“一.pdf”" in answer.text


def test_an_upload_and_a_matter_have_their_limits(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_TOTAL", 40)
    monkeypatch.setattr(attachments, "MAX_FILES", 3)
    client = client_for("handler_a")
    files = [(f"{number}.pdf", PDF + b"%d" % number) for number in range(4)]
    attach(client, matter, *files)
    assert [row.name for row in rows(office)] == ["0.pdf", "1.pdf"], "14 + 14 bytes; the third would make 42"
    assert drop(client, matter, *files[2]).status_code == 200
    full = drop(client, matter, *files[3])
    assert (full.status_code, len(rows(office))) == (422, 3)
    assert "附件已满" in full.json["refused"][0]


def test_one_by_one_as_the_script_does(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition
) -> None:
    client = client_for("handler_a")
    kept, refused = drop(client, matter, "图.png", PNG), drop(client, matter, "图.svg", b"<svg/>")
    assert (kept.status_code, kept.json) == (200, {"kept": ["图.png"], "refused": []})
    assert (refused.status_code, refused.json["kept"]) == (422, [])
    assert "这类文件不能上传" in refused.json["refused"][0]
    assert [(row.name, row.purpose) for row in rows(office)] == [("图.png", "照片")]
    assert drop(client_for("handler_b"), matter, "图.png", PNG).status_code == 404
    assert drop(client_for("inspector"), matter, "图.png", PNG).status_code == 403


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [("a.pdf", PDF, "application/pdf"), ("a.png", PNG, "image/png"), ("a.jpeg", JPG, "image/jpeg")],
)
def test_scans_are_shown_as_pages_of_their_own(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition, name: str, data: bytes, kind: str
) -> None:
    client = client_for("handler_a")
    attach(client, matter, (name, data))
    (row,) = rows(office)
    shown = client.get(f"/admin/attachment/{row.id}/content")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, kind, data)
    shown.close()
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("; sandbox")
    assert "script" not in policy
    page = client.get(f"/admin/attachment/{row.id}/show")
    assert f'src="/admin/attachment/{row.id}/content"' in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
    assert f"/admin/attachment/{row.id}/show" in client.get(f"/admin/petition/details/?id={matter.id}").text


def test_what_is_no_scan_is_only_ever_a_download(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition
) -> None:
    client = client_for("handler_a")
    attach(client, matter, ("表.xlsx", book([["甲"]])))
    (row,) = rows(office)
    answer = client.get(f"/admin/attachment/{row.id}/content")
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "请下载后查看" in client.get(f"/admin/attachment/{row.id}/show").text


def test_a_row_that_lies_about_its_kind_is_not_shown(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition, app: Flask
) -> None:
    """The bytes decide, not the row: a page stored as an image is sent as a download."""
    made = attachments.add(
        office.session, office.actor("clerk"), matter, "a.pdf", BytesIO(PDF), app.config["DESK_DATA"] / "attachments"
    )
    made.media_type = "image/png"
    answer = client_for("clerk").get(f"/admin/attachment/{made.id}/content")
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_bad_files_of_the_import_are_no_fault_here_either(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition
) -> None:
    """C11's hand-made files: each refused with a sentence or kept as a download, none shown, none a 5xx."""
    client, kinds = client_for("handler_a"), set()
    for bad in BAD_FILES:
        answer = drop(client, matter, bad.name, bad.build())
        assert answer.status_code in (200, 413, 422), bad.name
        if answer.status_code == 422:
            assert answer.json["refused"], bad.name
        kinds.add(answer.status_code)
    assert kinds >= {200, 422}
    for row in rows(office):
        answer = client.get(f"/admin/attachment/{row.id}/content")
        answer.close()
        assert answer.headers["Content-Disposition"].startswith("attachment"), row.name


@pytest.mark.parametrize(
    ("by", "said", "status"),
    [
        ("handler_a", "传错了", 302),
        ("unit_head_a", "传错了", 302),
        ("clerk", "传错了", 302),
        ("handler_a", "", 422),
        ("cadre_a", "传错了", 422),
        ("handler_b", "传错了", 404),
        ("inspector", "传错了", 403),
    ],
)
def test_removing_is_voiding_with_a_reason(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition, by: str, said: str, status: int
) -> None:
    attach(client_for("handler_a"), matter, ("一.pdf", PDF))
    (row,) = rows(office)
    client = client_for(by)
    assert client.post(f"/admin/attachment/{row.id}/void", data={"reason": said}).status_code == status
    (row,) = rows(office)
    is_void = status == 302
    assert (row.voided_reason, row.voided_on) == ((said, TODAY) if is_void else (None, None))
    if is_void:
        assert client.get(f"/admin/attachment/{row.id}/").status_code == 422
        assert client.post(f"/admin/attachment/{row.id}/void", data={"reason": said}).status_code == 422
        page = client.get(f"/admin/petition/details/?id={matter.id}").text
        assert "已作废（1）" in page
        assert "传错了" in page
        assert attach(client, matter, ("一.pdf", PDF)).status_code == 302, "it may be brought again"


def test_what_proves_something_cannot_be_voided(
    client_for: Callable[[str], DeskClient], office: Office, matter: m.Petition
) -> None:
    attach(client_for("handler_a"), matter, ("一.pdf", PDF))
    (row,) = rows(office)
    file = m.Supervision(
        number="督1",
        petition=matter,
        kind="letter",
        demand="x",
        unit=office.unit("a"),
        issued_on=TODAY,
        reply_due_on=TODAY,
    )
    office.session.add(m.SupervisionFile(supervision=file, attachment=row, round=1))
    office.session.commit()
    answer = client_for("clerk").post(f"/admin/attachment/{row.id}/void", data={"reason": "传错了"})
    assert answer.status_code == 422
    assert "是结案卷、督办答复、评议申请或议定事项的凭据" in answer.text


def test_the_last_of_a_drop_says_how_many(client_for: Callable[[str], DeskClient], matter: m.Petition) -> None:
    """Issue 4.9: three files travel one by one; the page after them says once that three were taken in."""
    client, path = client_for("handler_a"), f"/admin/attachment/to/{matter.id}"
    for number in (1, 2, 3):
        said = {"attachments": (BytesIO(PDF + b"%d" % number), f"{number}.pdf")} | (
            {"kept": "3"} if number == 3 else {}
        )
        assert client.post(path, data=said).status_code == 200
    page = client.get(f"/admin/petition/details/?id={matter.id}").text
    assert page.count("已上传 3 个附件。") == 1
