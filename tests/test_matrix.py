"""Every route × every role × every method: opened by whom the table says, else 403; nobody is sent to the login; never 5xx (C1)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, request
from flask_admin import BaseView
from werkzeug.routing import Rule

from admin_views import hardening
from tests import access_table
from tests.access_table import CODES, PUBLIC
from tests.fixtures.client import DeskClient

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VALUES = {"filename": "x.css", "export_type": "xlsx", "month": "2026-11", "code": "zh", "kind": "units", "noun": "x"}
TABLE = access_table.table()


def address(app: Flask, rule: Rule) -> str:
    """The route's address with values that lead to no row."""
    values = {name: VALUES.get(name, "424242") for name in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False))


def rules(app: Flask) -> list[Rule]:
    return list({rule.endpoint: rule for rule in app.url_map.iter_rules()}.values())


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(TABLE) - PUBLIC == set()
    assert set(TABLE) - endpoints == set()


def test_the_public_pages_are_these_and_no_others(app: Flask) -> None:
    """Trust §1: notice, feed, open list, health, log-in, style."""
    outside = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.rule.startswith("/admin")}
    assert outside == set(PUBLIC)


def test_nobody_gets_past_the_door(app: Flask, client_for: Callable[[str], DeskClient]) -> None:
    client = client_for("")
    for rule in rules(app):
        path = address(app, rule)
        for method in METHODS if path.startswith("/admin") else ():
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.headers["Location"][:13]) == (302, "/login?next=%"[:13]), (path, method)


def tried(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route of somebody logged in, with its address."""
    for rule in rules(app):
        if rule.endpoint not in ("home.static", *PUBLIC):
            yield rule, address(app, rule)


PAINTED = ("office_head", "cadre_a")
"""Whose pages are made whole, in an office without a matter; seven roles read them with rows in views/test_reading."""


@pytest.fixture
def only_answers(monkeypatch: pytest.MonkeyPatch, username: str) -> None:
    """Leave out bodies nobody looks at here: of refusals, of pages asked for by HEAD or POST, and of most roles."""
    render = BaseView.render
    monkeypatch.setattr(hardening, "render_template", lambda *_args, **_context: "")

    def painted(*args: Any, **context: Any) -> Any:
        return render(*args, **context) if request.method == "GET" and username in PAINTED else ""

    monkeypatch.setattr(BaseView, "render", painted)


def asked(username: str, rule: Rule) -> list[str]:
    """The gate asks a view's permission before it knows the method, and HEAD is GET's own function: two accounts ask all, one
    of them opens little; the others ask GET and POST where they may, and where they may not the one that would write.
    """
    known = [method for method in ("HEAD", "GET", "POST") if method in (rule.methods or ())]
    if username in PAINTED:
        return known
    return [method for method in known if method != "HEAD"] if username in TABLE[rule.endpoint] else known[-1:]


@pytest.mark.parametrize("username", CODES.values())
@pytest.mark.usefixtures("only_answers")
def test_the_matrix(app: Flask, client_for: Callable[[str], DeskClient], username: str) -> None:
    client = client_for(username)
    for rule, path in tried(app):
        for method in asked(username, rule):
            answer = client.open(path, method=method)
            what = (username, method, path, answer.status_code)
            assert answer.status_code < 500, what
            assert not answer.headers.get("Location", "").startswith("/login"), what
            if username in TABLE[rule.endpoint]:
                assert answer.status_code not in (401, 403, 405), what
            else:
                assert answer.status_code == 403, what


@pytest.mark.parametrize("username", ["office_head"])
@pytest.mark.usefixtures("only_answers")
def test_other_methods_never_reach_a_page(app: Flask, client_for: Callable[[str], DeskClient], username: str) -> None:
    """The same for every role, because the address's own methods decide before anybody's role is asked."""
    client = client_for(username)
    for rule, path in tried(app):
        assert not {"PUT", "PATCH", "DELETE"} & (rule.methods or set()), path
        for method in METHODS:
            if method not in (rule.methods or ()) or method == "OPTIONS":
                assert client.open(path, method=method).status_code == (200 if method == "OPTIONS" else 405), (
                    method,
                    path,
                )


LOOKUPS = {
    "unit": "but_T", "leader": "but_T", "user": "readers", "category": "lists", "petition": "readers",
    "reception_session": "but_TY", "respondent": "KCPO",
}  # fmt: skip


@pytest.mark.parametrize("noun", LOOKUPS)
def test_who_may_look_up_what(client_for: Callable[[str], DeskClient], noun: str) -> None:
    allowed = access_table.accounts(LOOKUPS[noun])
    for username in CODES.values():
        answer = client_for(username).get(f"/admin/lookup/{noun}/?q=")
        assert answer.status_code == (200 if username in allowed else 403), username
