"""Headers, error pages and logs (C8, C9, C17): exact, the same for hidden and absent, and silent about people."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort, render_template_string
from sqlalchemy.orm import Session

import models as m
from admin_views.hardening import redacted
from models import db
from rules.words import RuleBroken, Stale
from services import gate
from tests.fixtures.client import DeskClient
from tests.fixtures.databases import make_app
from tests.fixtures.office import Office
from tests.views.test_login import PAGE, inside

ID_NUMBER, PHONE = "430422198001010012", "13800138000"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)


def explode() -> Any:
    raise RuntimeError(f"no such person {ID_NUMBER}\r\nFAKE 2026 all is well")


def already_there() -> Any:
    for _ in range(2):
        db.session.add(m.CalendarYear(year=2099, source=ID_NUMBER))
    db.session.commit()


def refuse(no: Exception) -> Callable[[], Any]:
    def view() -> Any:
        raise no

    return view


VIEWS: dict[str, Callable[[], Any]] = {
    "explode": explode,
    "template": lambda: render_template_string("{{ nothing.at.all }}"),
    "already": already_there,
    "rule": refuse(RuleBroken("日期：不能晚于今天。", "day")),
    "stale": refuse(Stale("别人刚刚改过。")),
    "forbidden": refuse(gate.Forbidden("您的角色不能打开这个页面。")),
    "hidden": refuse(gate.NotHere("没有找到这条记录。")),
    **{str(code): (lambda code=code: abort(code)) for code in (400, 403, 404, 405, 409, 413, 418, 422, 429, 503)},
}


@pytest.fixture
def odd(desk_url: str, place: Path) -> Iterator[Flask]:
    """The application with pages that go wrong on purpose; errors are answered as in production."""
    app = make_app(desk_url, place / "odd", PROPAGATE_EXCEPTIONS=False)
    for name, view in VIEWS.items():
        app.add_url_rule(f"/odd/{name}", f"odd_{name}", view)
        app.add_url_rule(f"/admin/odd/{name}", f"admin_odd_{name}", view)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "path", ["/login", "/", "/no-such-page", "/static/css/tokens.css", "/admin/", "/odd/explode", "/healthz"]
)
def test_every_answer_carries_the_headers(odd: Flask, path: str) -> None:
    with odd.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("page", "code", "says"),
    [
        ("400", 400, "请求不完整"),
        ("403", 403, "没有这项权限"),
        ("404", 404, "没有找到"),
        ("405", 405, "不能这样打开"),
        ("409", 409, "别人"),
        ("413", 413, "太大"),
        ("418", 418, "请求不完整"),
        ("422", 422, "没有办成"),
        ("429", 429, "太频繁"),
        ("503", 503, "现在不能保存"),
        ("explode", 500, "系统出了错"),
        ("template", 500, "系统出了错"),
        ("already", 409, "已有相同的记录"),
        ("rule", 422, "日期：不能晚于今天。"),
        ("stale", 409, "别人刚刚改过。"),
        ("forbidden", 403, "您的角色不能打开这个页面。"),
        ("hidden", 404, "没有找到"),
    ],
)
def test_every_no_is_a_page_of_ours(odd: Flask, page: str, code: int, says: str) -> None:
    answer = odd.test_client().get(f"/odd/{page}")
    assert answer.status_code == code
    assert says in answer.text
    assert 'lang="zh-CN"' in answer.text
    assert not re.search(r"Traceback|RuntimeError|sqlalchemy|INSERT|UndefinedError", answer.text)
    assert ID_NUMBER not in answer.text


def test_hidden_and_absent_are_one_answer(odd: Flask, office: Office) -> None:
    """C2: byte for byte, apart from the form's token and the address itself."""
    client = inside(odd)

    def body(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 404
        return re.sub(r'value="[^"]*"|next=[^"]*', "", answer.text)

    assert (
        body("/admin/odd/hidden")
        == body("/admin/odd/404")
        == body("/admin/no-such-page")
        == body("/admin/petition/9/x")
    )


def test_an_error_has_a_number_that_the_log_has_too(odd: Flask, caplog: pytest.LogCaptureFixture) -> None:
    odd.logger.addHandler(caplog.handler)
    answer = odd.test_client().get(f"/odd/explode?q={PHONE}")
    odd.logger.removeHandler(caplog.handler)
    found = re.search(r"\b[0-9A-F]{8}\b", re.sub(r"<head>.*?</head>", "", answer.text, flags=re.DOTALL))
    assert found
    assert f"[{found[0]}]" in caplog.text
    for secret in (ID_NUMBER, PHONE):
        assert secret not in caplog.text
    assert [line for line in caplog.text.splitlines() if line.startswith("FAKE")] == []


def test_the_database_takes_nothing_of_a_request_that_broke(odd: Flask, session: Session) -> None:
    odd.test_client().get("/odd/already")
    assert session.scalars(sa.select(m.CalendarYear).where(m.CalendarYear.year == 2099)).all() == []


def test_the_last_resort_needs_no_template(odd: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_context: Any) -> str:
        raise RuntimeError("the template is gone")

    monkeypatch.setattr("admin_views.hardening.render_template", broken)
    answer = odd.test_client().get("/odd/explode")
    assert answer.status_code == 500
    assert "系统出了错" in answer.text
    assert answer.headers["Content-Security-Policy"] == CSP


@pytest.mark.db
def test_a_refusal_of_somebody_known_is_on_record(odd: Flask, office: Office, session: Session) -> None:
    """C13: refusals too; those of visitors would only fill the trail."""
    client = inside(odd)
    assert client.get("/admin/odd/forbidden").status_code == 403
    odd.test_client().get("/odd/forbidden")
    rows = session.execute(
        sa.select(m.AuditEntry.username, m.AuditEntry.details).where(m.AuditEntry.action == "refused")
    )
    assert [(row.username, row.details) for row in rows] == [
        ("clerk", {"method": "GET", "endpoint": "admin_odd_forbidden"})
    ]


def test_which_methods_a_page_takes_is_said(odd: Flask, office: Office) -> None:
    answer = inside(odd).get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"person {ID_NUMBER} here", "person *** here"),
        ("43042219800101001X", "***"),
        (f"tel:{PHONE}", "tel:***"),
        ("GET /admin/search/?q=%E9%99%88&page=2 HTTP/1.1", "GET /admin/search/?… HTTP/1.1"),
        ("a\r\n2026-11-21 INFO all is well", "a ⏎ 2026-11-21 INFO all is well"),
        ("DETAIL:  Key (name)=(陈立国) already exists.", "DETAIL: …"),
        ("XF2026-000123 moved in 12345 ms", "XF2026-000123 moved in 12345 ms"),
    ],
)
def test_a_log_line_names_nobody(said: str, logged: str) -> None:
    assert redacted(said) == logged


@pytest.mark.parametrize("name", ["app", "werkzeug", "gunicorn.error", "gunicorn.access", "waitress"])
def test_every_log_is_redacted(app: Flask, name: str) -> None:
    record = logging.LogRecord(name, logging.INFO, "x", 1, "tel %s\n%s", (PHONE, "FAKE"), None)
    assert logging.getLogger(name).filter(record)
    assert record.getMessage() == "tel *** ⏎ FAKE"


@pytest.mark.parametrize(("path", "size", "code"), [("/login", 70_000, 413), (PAGE, 70_000, 400), (PAGE, 200_000, 413)])
def test_a_request_too_large_is_refused(odd: Flask, office: Office, path: str, size: int, code: int) -> None:
    """What anybody may send is smaller still (C19)."""
    client: DeskClient = inside(odd)
    odd.config["MAX_CONTENT_LENGTH"] = 100_000
    assert client.post(path, data={"password": "x" * size}).status_code == code
