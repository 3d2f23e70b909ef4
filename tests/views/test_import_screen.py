"""The import screen (A4, C11): the whole walk, who may, whose upload it is, and what a bad file meets."""

import io
import os
import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

import models as m
from admin_views import imports as screen
from services import uploads
from services.import_fields import KINDS
from services.workbook_in import read_rows
from tests.bad_files import BAD_FILES, BadFile
from tests.fixtures.client import DeskClient
from tests.samples.books import book, categories_xlsx, messages_xlsx

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NOTE = re.compile(r'<div class="note late"[^>]*>(.*?)</div>', re.DOTALL)
TABLES = [
    table for table in m.db.metadata.sorted_tables if not table.name.startswith(("user_session", "login", "audit"))
]


def send(client: DeskClient, data: bytes, name: str = "留言.xlsx", kind: str = "contacts") -> Any:
    """Upload a file."""
    answer = client.post(f"/admin/import/{kind}/", data={"file": (io.BytesIO(data), name)})
    answer.request.environ["wsgi.input"].close()  # the test client spools a large body into a file of its own
    return answer


def chosen(page: str) -> dict[str, str]:
    """What the column page has selected: {"c0": field key}."""
    selects = re.findall(r'<select name="(c\d+)".*?</select>', page, re.DOTALL)
    parts = re.findall(r'<select name="c\d+".*?</select>', page, re.DOTALL)
    found = {name: re.search(r'value="(\w+)" selected', part) for name, part in zip(selects, parts, strict=True)}
    return {name: match[1] for name, match in found.items() if match}


def uploaded(client: DeskClient, data: bytes, name: str = "留言.xlsx", kind: str = "contacts") -> str:
    """Upload a good file and return its address."""
    answer = send(client, data, name, kind)
    assert answer.status_code == 303, NOTE.findall(answer.text)
    return urlsplit(answer.location).path


def said(page: str) -> str:
    found = NOTE.search(page)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def state(session: Any) -> dict[str, int]:
    """Rows of every table an import could touch."""
    return {table.name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in TABLES}


def kept(app: Flask) -> list[Path]:
    folder = Path(app.config["DESK_DATA"]) / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def clerk(client_for: Callable[[str], DeskClient]) -> DeskClient:
    return client_for("clerk")


# --- the walk -----------------------------------------------------------------------------------------------------------


def test_the_whole_walk(clerk: DeskClient, session: Any, app: Flask) -> None:
    """Issue, item 4: upload → columns → preview → confirm → report; the second time nothing is new."""
    for created, skipped in ((4, 0), (0, 4)):
        place = uploaded(clerk, messages_xlsx())
        columns = chosen(clerk.get(place).text)
        assert columns == {
            "c0": "external_number", "c1": "name", "c2": "title", "c3": "received_on", "c4": "demand", "c5": "category",
        }  # fmt: skip
        answers = columns | {"carried_over": "1", "channel": "mailbox", "source": "书记信箱"}
        page = clerk.get(f"{place}preview", query_string=answers)
        assert page.status_code == 200
        assert ("没有错误，可以导入" in page.text) == bool(created)
        done = clerk.post(f"{place}confirm", data=answers)
        assert done.status_code == 302
        report = clerk.get(done.location).text
        assert f"<strong>{created}</strong>" in report
        assert f"<strong>{skipped}</strong>" in report
    rows = list(session.scalars(sa.select(m.Contact).execution_options(gated=True)))
    assert {(row.channel, row.source, row.is_carried_over) for row in rows} == {("mailbox", "书记信箱", True)}
    assert len(rows) == 4
    assert [path.suffix for path in kept(app)] == [".json", ".json"]


def test_396_real_messages_through_the_screen(clerk: DeskClient, session: Any) -> None:
    """Must show: 396 contacts, 0 errors, in a few seconds."""
    if not (DATA / "群众留言.xlsx").exists():
        pytest.skip("../shared/data/群众留言.xlsx is not here")
    place = uploaded(clerk, (DATA / "群众留言.xlsx").read_bytes(), "群众留言.xlsx")
    answers = chosen(clerk.get(place).text) | {"carried_over": "1"}
    assert "没有错误，可以导入" in clerk.get(f"{place}preview", query_string=answers).text
    started = time.perf_counter()
    assert clerk.post(f"{place}confirm", data=answers).status_code == 302
    assert time.perf_counter() - started < 20
    assert session.scalar(sa.select(sa.func.count(m.Contact.id)).execution_options(gated=True)) == 396


def test_a_wrong_guess_can_be_corrected(clerk: DeskClient, session: Any) -> None:
    place = uploaded(clerk, messages_xlsx())
    answers = {"c3": "received_on", "c2": "demand", "carried_over": "1"}
    assert clerk.post(f"{place}confirm", data=answers).status_code == 302
    found = session.scalars(sa.select(m.Contact.demand).execution_options(gated=True)).all()
    assert "某小区路灯损坏半年未修" in found


@pytest.mark.parametrize("kind", ["categories", "units", "leaders"])
def test_the_other_kinds_walk_too(clerk: DeskClient, session: Any, kind: str) -> None:
    files = {
        "categories": categories_xlsx(),
        "units": book([["单位名称"], ["河西村"]]),
        "leaders": book([["姓名", "职务"], ["周正", "书记"]]),
    }
    place = uploaded(clerk, files[kind], kind=kind)
    answers = chosen(clerk.get(place).text)
    assert clerk.get(f"{place}preview", query_string=answers).status_code == 200
    done = clerk.post(f"{place}confirm", data=answers)
    assert "导入结果" in clerk.get(done.location).text


def test_the_blank_table_can_be_filled_and_sent_back(clerk: DeskClient, tmp_path: Path) -> None:
    for kind in ("contacts", "categories", "units", "leaders"):
        path = tmp_path / f"{kind}.xlsx"
        path.write_bytes(clerk.get(f"/admin/import/{kind}/blank.xlsx").data)
        assert read_rows(path, original_name=path.name).header == [field.label for field in KINDS[kind].fields]


# --- what is wrong ------------------------------------------------------------------------------------------------------


ONE_OF_EACH = {bad.expect: bad for bad in BAD_FILES}.values()
"""One file for each sentence; all of them on the screen too with make trust (services/test_workbook_in has all every time)."""


@pytest.mark.parametrize(
    "bad",
    [bad if bad in ONE_OF_EACH else pytest.param(bad, marks=pytest.mark.trust) for bad in BAD_FILES],
    ids=lambda bad: bad.name.replace("\0", ""),
)
def test_a_bad_file_meets_one_sentence(bad: BadFile, clerk: DeskClient, session: Any, app: Flask) -> None:
    """C11, issue: the form again with one sentence, nothing changed, nothing kept, never a 500."""
    before = state(session)
    answer = send(clerk, bad.build(), bad.name)
    if bad.expect == "ok":
        assert answer.status_code == 303
        page = clerk.get(f"{urlsplit(answer.location).path}preview", query_string={"c0": "demand"})
        assert page.status_code == 422
        assert re.fullmatch(r"[^。]+。", said(page.text))
    else:
        assert answer.status_code == 422
        assert re.fullmatch(r"[^。]+。", said(answer.text)), answer.text
        assert bad.expect in said(answer.text)
        assert kept(app) == []
    assert state(session) == before


def test_no_file_at_all(clerk: DeskClient) -> None:
    for data in ({}, {"file": "text"}, {"file": (io.BytesIO(b""), "")}):
        answer = clerk.post("/admin/import/contacts/", data=data)
        assert (answer.status_code, said(answer.text)) == (422, "请先选择要导入的表格文件。")


def test_wrong_rows_are_listed_and_cannot_be_confirmed(clerk: DeskClient, session: Any) -> None:
    """Issue: field, row, what is wrong; the button is off, and a post past it changes nothing."""
    rows = [["编号", "姓名", "日期", "内容"], ["1", "甲", date(2026, 11, 20), "一"], ["1", "乙", "昨天", "二"]]
    place = uploaded(clerk, book([[str(cell) for cell in row] for row in rows]))
    answers, before = chosen(clerk.get(place).text), state(session)
    page = clerk.get(f"{place}preview", query_string=answers).text
    assert "第 3 行" in page
    assert "不是日期" in page
    assert "与第 2 行重复" in page
    assert re.search(r'<button type="submit" class="btn go" disabled>', page)
    answer = clerk.post(f"{place}confirm", data=answers)
    assert answer.status_code == 422
    assert state(session) == before


@pytest.mark.parametrize(
    ("answers", "fragment"),
    [
        ({"c3": "received_on"}, "必填字段“诉求”没有对应的列"),
        ({"c3": "received_on", "c4": "password_hash"}, "不存在"),
        ({"c3": "received_on", "c4": "demand", "c2": "demand"}, "对应了 2 列"),
        ({"c3": "received_on", "c4": "demand", "channel": "pigeon"}, "没有这个选项"),
        ({"c3": "received_on", "c4": "demand", "source": "源" * 41}, "最多 40 个字"),
        ({"c3": "received_on", "c4": "demand", "source": "\x00"}, "请填写"),
        ({"c3": "received_on", "c4": "demand\x00"}, "不存在"),
    ],
)
def test_wrong_choices_bring_the_columns_again(
    clerk: DeskClient, session: Any, answers: dict[str, str], fragment: str
) -> None:
    """C4: what the form did not offer is refused, by preview and by confirmation."""
    place, before = uploaded(clerk, messages_xlsx()), state(session)
    for answer in (
        clerk.get(f"{place}preview", query_string=answers),
        clerk.post(f"{place}confirm", data=answers),
    ):
        assert answer.status_code == 422
        assert fragment in said(answer.text)
    assert state(session) == before


def test_what_looks_like_markup_or_a_formula_stays_text(clerk: DeskClient) -> None:
    """C8, C10: header, cells, file name and complaints are shown, never run."""
    evil = '<script>alert("1")</script>'
    rows = [["编号", "姓名", "日期", "内容", evil], [evil, "=HYPERLINK(1)", evil, evil, evil]]
    place = uploaded(clerk, book(rows, options={"strings_to_urls": False}), "<script>.xlsx")
    columns = clerk.get(place).text
    pages = [columns, clerk.get(f"{place}preview", query_string=chosen(columns)).text]
    for page in pages:
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
    assert "=HYPERLINK(1)" in pages[0]


def test_twice_named_columns_are_not_offered(clerk: DeskClient) -> None:
    place = uploaded(clerk, book([["姓名", "日期", "日期", "内容"], ["甲", "2026-11-20", "2026-11-20", "一"]]))
    page = clerk.get(place).text
    assert "列名重复，不能导入" in page
    assert set(chosen(page)) == {"c0", "c3"}


def test_a_second_click_registers_nothing_twice(clerk: DeskClient, session: Any) -> None:
    place = uploaded(clerk, messages_xlsx())
    answers = chosen(clerk.get(place).text) | {"carried_over": "1"}
    assert clerk.post(f"{place}confirm", data=answers).status_code == 302
    assert clerk.post(f"{place}confirm", data=answers).status_code == 404
    assert session.scalar(sa.select(sa.func.count(m.Contact.id)).execution_options(gated=True)) == 4


# --- who and whose ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("clerk", "contacts", 200),
        ("office_head", "contacts", 200),
        ("sysadmin", "contacts", 403),
        ("sysadmin", "units", 200),
        ("handler_a", "contacts", 403),
        ("leader_a", "units", 403),
        ("auditor", "categories", 403),
        ("clerk", "petitions", 404),
        ("", "contacts", 302),
    ],
)
def test_who_may(client_for: Callable[[str], DeskClient], who: str, kind: str, status: int) -> None:
    """C1: by kind; nobody logged in is sent to the login page."""
    client = client_for(who)
    assert client.get(f"/admin/import/{kind}/").status_code == status
    assert client.post(f"/admin/import/{kind}/").status_code in ({status, 422} if status == 200 else {status, 400})


def test_the_first_page_shows_what_a_role_may(client_for: Callable[[str], DeskClient]) -> None:
    assert "/admin/import/contacts/" in client_for("clerk").get("/admin/import/").text
    page = client_for("sysadmin").get("/admin/import/").text
    assert "/admin/import/contacts/" not in page
    assert "/admin/import/units/" in page


def test_an_upload_is_the_sender_s_alone(client_for: Callable[[str], DeskClient]) -> None:
    """C12: another person, another kind, a made-up address: 404, one body."""
    mine, other = client_for("clerk"), client_for("clerk2")
    place = uploaded(mine, messages_xlsx())
    token = place.rstrip("/").rpartition("/")[2]
    bodies = set()
    for client, path in (
        (other, place),
        (mine, f"/admin/import/units/{token}/"),
        (mine, f"/admin/import/contacts/{'0' * 40}/"),
        (mine, f"{place}report"),
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        bodies.add(re.sub(r"李娜|王敏|name=\"csrf_token\".*?>|next=\S+", "", answer.text))
    assert other.post(f"{place}confirm", data={"c3": "received_on", "c4": "demand"}).status_code == 404
    assert len(bodies) == 1
    assert mine.get("/admin/import/contacts/..%2f..%2fkeys/").status_code == 404


def test_uploads_are_private_and_go_after_a_day(clerk: DeskClient, app: Flask) -> None:
    """C12: 0600 under random names; older than a day: not there, and swept by the next upload."""
    place = uploaded(clerk, messages_xlsx())
    assert {path.stat().st_mode & 0o077 for path in kept(app)} == {0}
    assert not any("留言" in path.name for path in kept(app))
    day_ago = time.time() - uploads.KEPT_SECONDS - 60
    for path in kept(app):
        os.utime(path, (day_ago, day_ago))
    assert clerk.get(place).status_code == 404
    uploaded(clerk, messages_xlsx())
    assert len(kept(app)) == 2


def test_a_form_without_a_token_is_refused(clerk: DeskClient, session: Any) -> None:
    """C7."""
    place = uploaded(clerk, messages_xlsx())
    before = state(session)
    clerk.token = ""
    assert clerk.post(f"{place}confirm", data={"c3": "received_on", "c4": "demand"}).status_code == 400
    assert state(session) == before


def test_reading_a_file_holds_no_lock(clerk: DeskClient, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """C11: other people save while the reader works on a large file."""
    seen: list[bool] = []
    real = screen.imports.opened

    def opened(*args: Any) -> Any:
        seen.append(screen.db.session().in_transaction())
        return real(*args)

    monkeypatch.setattr(screen.imports, "opened", opened)
    place = uploaded(clerk, messages_xlsx())
    clerk.post(f"{place}confirm", data={"c3": "received_on", "c4": "demand", "carried_over": "1"})
    assert seen == [False, False]
