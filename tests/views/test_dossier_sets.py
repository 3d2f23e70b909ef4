"""The whole dossier in one zip or printed set: order, names, manifest, reason in the trail, who may, the worker (B9, C9)."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import jobs
import models as m
from models.base import utcnow
from rules import file_purposes
from rules.job_words import JobState
from rules.words import RuleBroken
from services import attachments, closing_content, documents, dossier, dossier_orders, dossier_zip
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import NOW, TODAY, Office

Clients = Callable[[str], DeskClient]
PDF, PNG = b"%PDF-1.4 minutes of the meeting", b"\x89PNG\r\n\x1a\n" + b"\0" * 20
HOSTILE = "..\\..\\con:会议?纪要\u202e*.pdf"
REASON = "移交档案室"


def clock() -> tuple[date, datetime]:
    return TODAY, NOW


def data_of(app: Flask) -> Path:
    return Path(app.config["DESK_DATA"])


@pytest.fixture
def file(office: Office, app: Flask) -> m.ClosingFile:
    """A closed file with two attachments."""
    folder = data_of(app) / "attachments"
    closed = made.closed_file(office, folder)
    for name, data in ((HOSTILE, PDF), ("现场照片.png", PNG)):
        attachments.add(office.session, office.actor("clerk"), closed.petition, name, io.BytesIO(data), folder)
    office.session.commit()
    return closed


def taken(client: DeskClient, petition_id: int, reason: str = REASON) -> Any:
    return client.post(f"/admin/dossier_set/{petition_id}/take", data={"reason": reason})


def exported(office: Office) -> list[m.AuditEntry]:
    office.session.expire_all()
    entry = m.AuditEntry
    return list(office.session.scalars(sa.select(entry).where(entry.action == "export", entry.table_name == "dossier")))


def test_the_zip_holds_everything_in_the_order_archives_want(
    office: Office, client_for: Clients, file: m.ClosingFile, tmp_path: Path
) -> None:
    answer = taken(client_for("office_head"), file.petition_id)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    (tmp_path / "a.zip").write_bytes(answer.data)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        names = packed.namelist()
        manifest = json.loads(packed.read("manifest.json"))
        assert packed.testzip() is None
        assert packed.read(next(name for name in names if "现场照片" in name)) == PNG
    assert names[0] == "00 卷内目录.docx"
    assert names[-2:] == ["04 办理经过.docx", "manifest.json"]
    folders = [name.partition("/")[0] for name in names[1:-2]]
    assert folders == sorted(folders)
    assert set(folders) == {"01 文书", "02 附件", "03 结案审查表"}
    orders = [int(name.partition("/")[2][:3]) for name in names[1:-2]]
    assert orders == list(range(1, len(orders) + 1)), "a file's name carries its number in the contents"
    assert list(dossier_zip.faults(tmp_path / "a.zip")) == []
    assert manifest["missing"] == []
    assert (manifest["matter"], manifest["reason"]) == (file.petition.number, REASON)
    assert "赵丽华" not in json.dumps(manifest, ensure_ascii=False)


def test_the_closing_sheet_inside_says_every_line_that_was_signed_h2(
    office: Office, client_for: Clients, file: m.ClosingFile
) -> None:
    lines = closing_content.read(office.session, file).lines
    file.case.leader.name = "后来的名字"
    office.session.commit()
    packed = zipfile.ZipFile(io.BytesIO(taken(client_for("clerk"), file.petition_id).data))
    sheet = packed.read(next(name for name in packed.namelist() if name.startswith("03 ")))
    text = zipfile.ZipFile(io.BytesIO(sheet)).read("word/document.xml").decode()
    assert [line for line in lines if escape(line.text) not in text] == []
    assert "后来的名字" not in text


def test_names_inside_are_safe_everywhere(client_for: Clients, file: m.ClosingFile) -> None:
    names = zipfile.ZipFile(io.BytesIO(taken(client_for("clerk"), file.petition_id).data)).namelist()
    hostile = next(name for name in names if "会议" in name)
    assert hostile.startswith("02 附件/")
    assert hostile.endswith(".pdf")
    for name in names:
        assert not set('\\:*?"<>|\u202e') & set(name), name
        assert ".." not in name
        assert name.count("/") <= 1


@pytest.mark.parametrize(
    ("text", "name"),
    [("a/b\\c:d", "a_b_c_d"), ("结案 。. ", "结案 。"), ("..", "_"), ("长" * 200, "长" * 80), ("a\x00\u202eb", "a__b"), ("", "_")],
)  # fmt: skip
def test_a_name_for_every_system(text: str, name: str) -> None:
    assert dossier_zip.safe(text) == name


def test_the_trail_says_who_took_it_and_why_c9(office: Office, client_for: Clients, file: m.ClosingFile) -> None:
    assert taken(client_for("clerk"), file.petition_id, " ").status_code == 422
    assert exported(office) == []
    page = taken(client_for("clerk"), file.petition_id, "理" * 201)
    assert page.status_code == 422
    assert "最多 200 个字" in page.text
    taken(client_for("clerk"), file.petition_id)
    (entry,) = exported(office)
    assert entry.petition_id == file.petition_id
    assert entry.user_id == office.user("clerk").id


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("clerk", 200), ("office_head", 200), ("archivist", 200), ("handler_a", 403), ("leader_a", 403), ("inspector", 403),
        ("sysadmin", 403),
    ],
)  # fmt: skip
def test_only_the_office_and_the_archivist(
    username: str, status: int, client_for: Clients, file: m.ClosingFile
) -> None:
    client = client_for(username)
    for way in ("take", "print"):
        assert client.get(f"/admin/dossier_set/{file.petition_id}/{way}").status_code == status
    assert taken(client, file.petition_id).status_code == status


def test_a_file_that_is_not_what_it_was_is_named_not_packed(
    office: Office, client_for: Clients, file: m.ClosingFile, app: Flask, tmp_path: Path
) -> None:
    row = office.session.scalars(
        sa.select(m.Attachment).where(m.Attachment.name == "现场照片.png").execution_options(gated=True)
    ).one()
    attachments.path_of(row, data_of(app) / "attachments").write_bytes(PNG + b"changed")
    (tmp_path / "a.zip").write_bytes(taken(client_for("clerk"), file.petition_id).data)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        manifest = json.loads(packed.read("manifest.json"))
    (said,) = manifest["missing"]
    assert "现场照片.png" in said
    assert not any("现场照片" in one["path"] for one in manifest["files"])
    assert list(dossier_zip.faults(tmp_path / "a.zip")) == []


def test_a_changed_zip_shows_against_its_manifest(client_for: Clients, file: m.ClosingFile, tmp_path: Path) -> None:
    whole = zipfile.ZipFile(io.BytesIO(taken(client_for("clerk"), file.petition_id).data))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as out:
        for name in whole.namelist():
            if "现场照片" not in name:
                out.writestr(name, whole.read(name) + (b" " if name.startswith("00") else b""))
        out.writestr("混入.txt", "x")
    found = list(dossier_zip.faults(tmp_path / "b.zip"))
    assert [words for words in ("不在包里", "不在清单中", "指纹不符") if any(words in one for one in found)] == [
        "不在包里",
        "不在清单中",
        "指纹不符",
    ]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [(None, 0, '"ok": true'), (b"PK", 1, "不是完整的卷宗压缩包"), (b"", 1, "不是完整的卷宗压缩包")],
)
def test_an_archive_verifies_the_zip_by_command_b9(
    app: Flask, client_for: Clients, file: m.ClosingFile, tmp_path: Path, data: bytes | None, code: int, words: str
) -> None:
    path = tmp_path / "c.zip"
    path.write_bytes(taken(client_for("clerk"), file.petition_id).data if data is None else data)
    answer = app.test_cli_runner().invoke(args=["dossier", "verify", str(path), "--json"])
    assert (answer.exit_code, words in answer.output) == (code, True)


def test_the_contents_say_the_offices_day_not_the_machines(office: Office, file: m.ClosingFile) -> None:
    """The machine's clock is not the office's date."""
    pieces = dossier.contents(office.session, office.actor("clerk"), file.petition)
    files = [piece for piece in pieces if piece.key[0] == "a"]
    assert {piece.day for piece in files} == {TODAY}
    assert file_purposes.words("closing-paper") == "信访人文书"
    assert all(piece.sha256 for piece in files)
    assert [piece.key[0] for piece in pieces] == sorted((p.key[0] for p in pieces), key="dac".index)


def test_the_printed_set_shows_every_piece(client_for: Clients, file: m.ClosingFile) -> None:
    page = client_for("clerk").get(f"/admin/dossier_set/{file.petition_id}/print").text
    order = [
        page.index(words)
        for words in ("<h1>卷内目录</h1>", "交办函", "送达回证", "<h2>附件", 'class="one-sheet', "<h2>办理经过</h2>")
    ]
    assert order == sorted(order)
    assert page.count('class="scan"') == 1, "the picture is shown, the PDF has a slip"
    assert "不是图片，请另行打印" in page
    assert page.count('class="signed"') == 3


# -- large ones


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_zip, "LARGE_BYTES", 10)


@pytest.mark.usefixtures("large")
def test_a_large_one_is_packed_by_the_worker_and_kept_a_day(
    office: Office, client_for: Clients, file: m.ClosingFile, app: Flask, tmp_path: Path
) -> None:
    client, url = client_for("clerk"), f"/admin/dossier_set/{file.petition_id}/take"
    assert taken(client, file.petition_id).status_code == 302
    again = taken(client, file.petition_id)
    assert (again.status_code, "正在打包，请等它完成" in again.text) == (422, True)
    order = office.session.scalars(sa.select(m.DossierOrder).execution_options(gated=True)).one()
    assert client.get(f"/admin/dossier_set/order/{order.id}/zip").status_code == 422, "not yet"
    state = client.get(f"/admin/dossier_set/order/{order.id}/state").json
    assert (state["ended"], state["over"], state["total"] > 5) == (False, 0, True)
    assert exported(office) == []

    office.session.commit()
    assert jobs.pack_dossiers(office.session, clock, data_of(app)) == 1
    assert jobs.pack_dossiers(office.session, clock, data_of(app)) == 0
    state = client.get(f"/admin/dossier_set/order/{order.id}/state").json
    assert (state["ended"], state["over"]) == (True, state["total"])
    sent = client.get(f"/admin/dossier_set/order/{order.id}/zip")
    (tmp_path / "a.zip").write_bytes(sent.data)
    sent.close()
    assert list(dossier_zip.faults(tmp_path / "a.zip")) == []
    (entry,) = exported(office)
    assert entry.user_id == office.user("clerk").id
    assert "下载（" in client.get(url).text
    assert client_for("office_head").get(f"/admin/dossier_set/order/{order.id}/zip").status_code == 404, "his own only"

    order.ended_at = utcnow() - timedelta(days=2)
    office.session.commit()
    assert client.get(f"/admin/dossier_set/order/{order.id}/zip").status_code == 404
    dossier_orders.sweep(data_of(app) / "dossiers", utcnow() + timedelta(days=2))
    assert list((data_of(app) / "dossiers").iterdir()) == []


@pytest.mark.usefixtures("large")
def test_an_account_that_may_no_longer_gets_nothing(office: Office, file: m.ClosingFile, app: Flask) -> None:
    order = dossier_orders.ask(office.session, office.actor("clerk"), file.petition, REASON)
    office.user("clerk").is_active = False
    office.session.commit()
    assert jobs.pack_dossiers(office.session, clock, data_of(app)) == 0
    office.session.expire_all()
    assert (order.state, order.message) == (JobState.CANCELLED, "经办账号已停用。")
    assert list((data_of(app) / "dossiers").glob("*")) == []
    assert exported(office) == []


@pytest.mark.usefixtures("large")
def test_what_a_killed_worker_left_is_packed_anew(office: Office, file: m.ClosingFile, app: Flask) -> None:
    order = dossier_orders.ask(office.session, office.actor("clerk"), file.petition, REASON)
    order.state, order.worker, order.heartbeat_at, order.done = JobState.RUNNING, "elsewhere:1", utcnow(), 3
    office.session.commit()
    assert jobs.pack_dossiers(office.session, clock, data_of(app)) == 0, "another works on it"
    order.heartbeat_at = utcnow() - timedelta(minutes=5)
    office.session.commit()
    assert jobs.pack_dossiers(office.session, clock, data_of(app)) == 1
    office.session.expire_all()
    assert (order.state, order.done) == (JobState.DONE, order.total)


def test_one_account_may_have_three_waiting(office: Office) -> None:
    actor = office.actor("clerk")
    for _n in range(dossier_orders.WAITING):
        dossier_orders.ask(office.session, actor, made.matter(office), REASON)
    with pytest.raises(RuleBroken, match="3 份在排队"):
        dossier_orders.ask(office.session, actor, made.matter(office), REASON)


def test_the_registration_form_is_first_whenever_it_was_issued(office: Office, file: m.ClosingFile) -> None:
    """B9: archives want 登记表 first after the contents, though it was issued after the other papers."""
    clerk = office.actor("clerk")
    form = documents.issue_form(office.session, clerk, file.petition)
    pieces = dossier.contents(office.session, clerk, file.petition)
    assert (pieces[0].row, pieces[0].order) == (form, 1)
    assert len([one for one in pieces if one.key.startswith("d")]) > 1
