"""Every address that takes a POST, sent garbage by those who may write: a refusal or a form, never a fault of ours (C12, issue: "no 500").

tests/views/test_registration.py and its neighbours say which sentence each wrong value gets.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask_admin import BaseView
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from admin_views import hardening
from models.base import Base
from tests.fixtures import two_worlds
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form
from tests.fixtures.office import Office

IDS = ("abc", "-1", "99999999999999999999", "\x00")
GARBAGE = {
    "NUL": "a\x00b",
    "ten thousand characters": "长" * 10_000,
    "script": "<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://x","y")',
    "a number too large": "9" * 40,
    "negative": "-1",
    "other digits": "１２３٤٥",
    "half a pair": "\ud83d",
    "pictures and directions": "\u202e\U0001f600\u0000\ufeff",
    "a day there is not": "2026-02-30",
    "a day before time": "0000-00-00",
    "a path": "../../etc/passwd",
    "pattern": "%(x)s{0}{{7*7}}%",
}
SKIPPED = frozenset({"account.logout", "account.password", "account.login"})
"""They end the session these tests write with; tests/views/test_login.py sends them garbage."""


def addresses(app: Flask, session: Session) -> Iterator[tuple[Rule, str]]:
    """Every address that takes a POST, with garbage and with a real row in its place."""
    rows = real_rows(session)
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in SKIPPED:
            continue
        noun = rule.endpoint.partition(".")[0]
        yield from ((rule, path) for path in built(app, rule, rows.get(noun, "1")))
        for row in IDS if rule.arguments or rule.endpoint.endswith("edit_view") else ():
            yield from ((rule, path) for path in built(app, rule, row)[:1])


def value_of(name: str, row: str) -> str:
    return {"kind": "contacts", "code": "zh", "export_type": "xlsx"}.get(name, row)


def built(app: Flask, rule: Rule, row: str) -> list[str]:
    """The address with this row; for an action's, one for every action its screen declares."""
    values = {name: value_of(name, row) for name in rule.arguments}
    view = next((v for v in app.extensions["admin"][0]._views if v.endpoint == rule.endpoint.partition(".")[0]), None)
    verbs = [action.verb for action in getattr(view, "actions", ())] if "verb" in rule.arguments else [""]
    with app.test_request_context():
        urls = app.url_map.bind("localhost")
        return [urls.build(rule.endpoint, values | ({"verb": verb} if verb else {"id": row})) for verb in verbs]


def real_rows(session: Session) -> dict[str, str]:
    """Table → a row it has."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            row = session.scalar(sa.select(sa.func.max(table.c.id)))
            found |= {table.name: str(row)} if row else {}
    session.commit()
    return found


def send(client: DeskClient, path: str, data: dict[str, Any]) -> int:
    """Send it; the status. Half a surrogate pair travels as the bytes a broken client would send."""
    fields = {
        name: value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for name, value in data.items()
    }
    return int(client.post(path, data=fields).status_code)


def bodies(names: list[str], share: int) -> Iterator[dict[str, Any]]:
    """Nothing, then each field with each kind of garbage of this person's share, every field of a body another kind."""
    kinds = list(GARBAGE.values())[share::2]
    yield {}
    for turn in range(len(kinds)):
        yield {name: kinds[(at + turn) % len(kinds)] for at, name in enumerate(names)}


@pytest.fixture
def only_first_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show a form with garbage in it once for every address; of the others the status says enough."""
    render, seen = BaseView.render, set[str]()

    def once(screen: Any, template: str, /, **context: Any) -> Any:
        shown = request.method == "GET" or (request.form and request.path not in seen)
        seen.update({request.path} if request.form else ())
        return render(screen, template, **context) if shown else ""

    monkeypatch.setattr(BaseView, "render", once)
    monkeypatch.setattr(hardening, "render_template", lambda *_args, **_context: "")


@pytest.mark.parametrize(("username", "share"), [("office_head", 0), pytest.param("clerk", 1, marks=pytest.mark.trust)])
@pytest.mark.usefixtures("only_first_answers")
def test_garbage_is_never_a_fault_of_ours(
    app: Flask, office: Office, client_for: Callable[[str], DeskClient], username: str, share: int
) -> None:
    """The two who may write most share the kinds of garbage between them."""
    two_worlds.live(office)
    client, faults, tried = client_for(username), [], 0
    for rule, path in addresses(app, office.session):
        page = client.get(path)
        names = ["csrf", "name", "key", "kind", "version"]
        if page.status_code == 200:
            names = [name for name in main_form(page.text)[0] if name != "csrf_token"] or names
        for body in bodies(names, share) if page.status_code in (200, 405) else [dict.fromkeys(names, "a\x00b")]:
            tried += 1
            if send(client, path, body) >= 500:
                faults.append((rule.endpoint, path, body))
    assert faults == []
    assert tried > 300


FILES = {
    "nothing in it": ("a.pdf", b""),
    "a name with a path": ("../../../a.pdf", b"%PDF-1.4"),
    "no name": ("", b"%PDF-1.4"),
    "a name of 300 characters": ("长" * 300 + ".xlsx", b"PK\x03\x04"),
    "a name with a NUL": ("a\x00.csv", b"a,b\n1,2\n"),
    "no table": ("a.xlsx", b"PK\x03\x04" + b"\x00" * 100),
}


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("field", ["file", "attachments"])
def test_strange_files_are_never_a_fault_of_ours(
    client_for: Callable[[str], DeskClient], what: str, field: str
) -> None:
    client, (name, content) = client_for("clerk"), FILES[what]
    for path in ("/admin/import/contacts/", "/admin/import/units/", "/admin/contact/new/"):
        answer = client.post(path, data={field: (BytesIO(content), name), "demand": "x"})
        assert answer.status_code in (303, 400, 422), path
