"""Log-in, sessions and forms seen from outside (C5, C6, C7): every old cookie and every foreign form is refused."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from admin_views import web_session
from models import db
from rules.words import Role
from services import accounts
from tests.fixtures.client import TOKEN, DeskClient
from tests.fixtures.databases import make_app
from tests.fixtures.office import PASSWORD, Office

NEW = "copper lantern under seven oaks"
PAGE = "/admin/password/"
START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def browser(app: Flask, cookie: str = "") -> DeskClient:
    client = DeskClient(app)
    if cookie:
        client.set_cookie("desk", cookie)
    return client


def token(client: DeskClient, page: str) -> str:
    found = TOKEN.search(client.get(page).text)
    return (found[1] or found[2]) if found else ""


def enter(client: DeskClient, username: str = "clerk", password: str = PASSWORD, query: str = "", **sent: Any) -> Any:
    form = {"username": username, "password": password, "csrf_token": token(client, "/login")}
    return client.post(f"/login{query}", data=form, **sent)


def inside(app: Flask, username: str = "clerk", password: str = PASSWORD) -> DeskClient:
    client = browser(app)
    assert enter(client, username, password).status_code == 302
    return client


def cookie(client: DeskClient) -> str:
    found = client.get_cookie("desk")
    return found.value if found else ""


def is_in(client: DeskClient) -> bool:
    answer = client.get(PAGE)
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


def change_password(client: DeskClient, **fields: str) -> Any:
    form = {"current": PASSWORD, "password": NEW, "again": NEW, "csrf_token": token(client, PAGE)} | fields
    return client.post(PAGE, data=form)


# --- the door


@pytest.mark.db
def test_the_right_password_lets_in_and_a_wrong_one_does_not(app: Flask, office: Office) -> None:
    client = browser(app)
    refused = enter(client, password="wrong")
    assert refused.status_code == 422
    assert accounts.NOT_IN in refused.text
    assert not is_in(client)
    assert enter(client).headers["Location"] == "/admin/"
    assert is_in(client)


@pytest.mark.parametrize(
    "path", ["/admin", "/admin/", "/admin/petition/", "/admin/no-such-page/", "/admin/petition/?q=%E9%99%88"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nobody_is_sent_to_the_login_whatever_he_asks(app: Flask, path: str, method: str) -> None:
    answer = browser(app).open(path, method=method)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=%2Fadmin")


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/admin/petition/?q=1", "/admin/petition/?q=1"),
        ("", "/admin/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("/\\evil.example/", "/admin/"),
        ("/\t/evil.example", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("admin", "/admin/"),
    ],
)
def test_after_login_only_paths_of_this_site(app: Flask, office: Office, wanted: str, reached: str) -> None:
    answer = enter(browser(app), query="?" + urlencode({"next": wanted}))
    assert answer.headers["Location"] == reached


def test_the_tenth_wrong_password_locks_this_name_at_this_address(app: Flask, office: Office, session: Session) -> None:
    client = browser(app)
    said = {re.sub(r'value="[^"]*"', "", enter(client, password="wrong").text) for _ in range(10)}
    said.add(re.sub(r'value="[^"]*"', "", enter(client).text))
    assert len(said) == 1
    assert not is_in(client)
    assert enter(browser(app), environ_overrides={"REMOTE_ADDR": "10.0.0.9"}).status_code == 302
    assert enter(browser(app), "clerk2").status_code == 302
    rows = session.execute(
        sa.select(m.AuditEntry.result).where(m.AuditEntry.action == "login").order_by(m.AuditEntry.id)
    )
    assert [row.result for row in rows] == ["refused"] * 10 + ["locked", "ok", "ok"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"username": "clerk"},
        {"username": "a\0b", "password": "\0"},
        {"username": "王" * 3000, "password": "x" * 9000},
    ],
)
@pytest.mark.db
def test_odd_logins_are_refused_not_broken(app: Flask, office: Office, form: dict[str, str]) -> None:
    client = browser(app)
    answer = client.post("/login", data=form | {"csrf_token": token(client, "/login")})
    assert answer.status_code == 422
    assert accounts.NOT_IN in answer.text


# --- sessions: the replay cases of C6


def log_out(app: Flask, office: Office, client: DeskClient) -> None:
    assert client.post("/logout", data={"csrf_token": token(client, PAGE)}).status_code == 302


def change_own(app: Flask, office: Office, client: DeskClient) -> None:
    assert change_password(client).status_code == 302


def change_elsewhere(app: Flask, office: Office, client: DeskClient) -> None:
    assert change_password(inside(app)).status_code == 302


def reset(app: Flask, office: Office, client: DeskClient) -> None:
    accounts.reset_password(office.session, office.actor("sysadmin"), office.user("clerk"), NEW, office.now)


def disable(app: Flask, office: Office, client: DeskClient) -> None:
    accounts.disable(office.session, office.actor("sysadmin"), office.user("clerk"), office.now)


def another_role(app: Flask, office: Office, client: DeskClient) -> None:
    clerk = office.user("clerk")
    accounts.set_role(office.session, office.actor("sysadmin"), clerk, Role.INSPECTOR, clerk.unit, None, office.now)


def log_in_again(app: Flask, office: Office, client: DeskClient) -> None:
    form = {"username": "clerk", "password": PASSWORD, "csrf_token": token(client, PAGE)}
    assert client.post("/login", data=form).status_code == 302


def flag_inactive(app: Flask, office: Office, client: DeskClient) -> None:
    """An account stopped without the service: the session asks the account, not only its own row."""
    office.user("clerk").is_active = False


REPLAYS = (log_out, change_own, change_elsewhere, reset, disable, another_role, log_in_again, flag_inactive)


@pytest.mark.db
@pytest.mark.parametrize("deed", REPLAYS)
def test_an_old_cookie_is_refused_after(
    app: Flask, office: Office, deed: Callable[[Flask, Office, DeskClient], None]
) -> None:
    client = inside(app)
    old = cookie(client)
    assert is_in(browser(app, old)), "the control: before the deed the copy works"
    deed(app, office, client)
    assert not is_in(browser(app, old))


@pytest.mark.parametrize(
    ("username", "minutes", "stays"),
    [
        ("clerk", 29, True),
        ("clerk", 30, False),
        ("sysadmin", 14, True),
        ("sysadmin", 15, False),
        ("auditor", 15, False),
    ],
)
def test_rest_ends_a_session(app: Flask, office: Office, username: str, minutes: int, stays: bool) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = inside(app, username)
        clock.shift(timedelta(minutes=minutes))
        assert is_in(client) is stays


@pytest.mark.parametrize(("username", "hours"), [("clerk", 10), ("sysadmin", 4)])
def test_a_session_ends_however_busy_it_is(app: Flask, office: Office, username: str, hours: int) -> None:
    step = timedelta(minutes=10)
    with time_machine.travel(START, tick=False) as clock:
        client = inside(app, username)
        for _ in range(hours * 6 - 1):
            clock.shift(step)
            assert is_in(client)
        clock.shift(step)
        assert not is_in(client)


def test_seen_is_written_at_most_once_a_minute(app: Flask, office: Office, session: Session) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = inside(app)
        for seconds in (59, 1, 59):
            clock.shift(seconds)
            assert is_in(client)
    assert session.scalars(sa.select(m.UserSession.seen_at)).all() == [START + timedelta(minutes=1)]


@pytest.mark.parametrize("invented", ["", "x", "0" * 43, "' OR 1=1 --", "\u4e2d"])
def test_an_invented_id_opens_nothing(app: Flask, office: Office, invented: str) -> None:
    inside(app)
    assert not is_in(browser(app, invented or "empty"))


def test_an_id_brought_along_is_not_the_one_after_login(app: Flask, office: Office, session: Session) -> None:
    """Session fixation."""
    client = browser(app, "chosen-by-somebody-else")
    enter(client)
    assert is_in(client)
    assert cookie(client) != "chosen-by-somebody-else"
    assert not is_in(browser(app, "chosen-by-somebody-else"))


def test_a_visitors_cookie_never_logs_in_even_when_signed(app: Flask, office: Office) -> None:
    """Whoever learns SECRET_KEY still holds no session."""
    with app.app_context():
        forged = web_session._signer(app).dumps({"_user_id": "1", "_fresh": True, "csrf_token": "x"})
    client = browser(app)
    client.set_cookie("desk-visitor", forged)
    assert not is_in(client)


def test_the_database_holds_only_the_hash(app: Flask, office: Office, session: Session) -> None:
    client = inside(app)
    row = session.scalars(sa.select(m.UserSession)).one()
    assert cookie(client) not in row.key_hash
    assert row.key_hash == web_session._hash(cookie(client))
    assert len(cookie(client)) >= 43


def test_visitors_make_no_rows(app: Flask, office: Office, session: Session) -> None:
    for _ in range(3):
        browser(app).get("/login")
    assert session.scalar(sa.select(sa.func.count(m.UserSession.id))) == 0


def test_old_sessions_are_swept_away_at_login(app: Flask, office: Office, session: Session) -> None:
    with time_machine.travel(START, tick=False) as clock:
        inside(app)
        clock.shift(timedelta(days=2))
        inside(app)
    assert session.scalar(sa.select(sa.func.count(m.UserSession.id))) == 1


@pytest.fixture
def https(desk_url: str, place: Any) -> Iterator[Flask]:
    """The application as it stands behind a proxy that ends TLS."""
    app = make_app(desk_url, place / "https", DESK_PUBLIC_URL="https://desk.example")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("kind", "name", "secure"), [("http", "desk", False), ("https", "__Host-desk", True)])
def test_the_cookie_is_as_closed_as_the_scheme_allows(
    app: Flask, https: Flask, office: Office, kind: str, name: str, secure: bool
) -> None:
    client = browser(https if kind == "https" else app)
    base = {"base_url": "https://desk.example"} if secure else {}
    found = TOKEN.search(client.get("/login", **base).text)
    assert found
    form = {"username": "clerk", "password": PASSWORD, "csrf_token": found[1] or found[2]}
    answer = client.post("/login", data=form, **base)
    (set_cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith(f"{name}="))
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert "Path=/" in set_cookie
    assert "Domain" not in set_cookie
    assert ("Secure" in set_cookie) is secure
    assert ("Strict-Transport-Security" in answer.headers) is secure


# --- forms of others (C7)

FORMS = ("/login", "/logout", PAGE, "/language")


def no_token(app: Flask, client: DeskClient) -> dict[str, Any]:
    return {}


def others_token(app: Flask, client: DeskClient) -> dict[str, Any]:
    return {"data": {"csrf_token": token(inside(app, "clerk2"), PAGE)}}


def visitors_token(app: Flask, client: DeskClient) -> dict[str, Any]:
    return {"data": {"csrf_token": token(browser(app), "/login")}}


def own_token_with(**headers: str) -> Callable[[Flask, DeskClient], dict[str, Any]]:
    return lambda app, client: {"data": {"csrf_token": token(client, PAGE)}, "headers": headers}


ATTACKS = {
    "no token": (no_token, 400),
    "another's token": (others_token, 400),
    "a visitor's token": (visitors_token, 400),
    "cross-site": (own_token_with(**{"Sec-Fetch-Site": "cross-site"}), 403),
    "same-site": (own_token_with(**{"Sec-Fetch-Site": "same-site"}), 403),
    "foreign origin": (own_token_with(Origin="https://evil.example"), 403),
    "look-alike origin": (own_token_with(Origin="http://localhost.evil.example"), 403),
    "no origin on purpose": (own_token_with(Origin="null"), 403),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("form", FORMS)
def test_a_foreign_form_is_refused(app: Flask, office: Office, form: str, attack: str) -> None:
    client = inside(app)
    build, code = ATTACKS[attack]
    assert client.post(form, **build(app, client)).status_code == code
    assert is_in(client)


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_ones_own_form_passes(app: Flask, office: Office, headers: dict[str, str]) -> None:
    """The control of the attacks above."""
    client = inside(app)
    assert client.post("/logout", **own_token_with(**headers)(app, client)).status_code == 302
    assert not is_in(client)


def test_the_public_address_is_ones_own_origin(https: Flask, office: Office) -> None:
    client = browser(https)
    refused = client.post("/login", headers={"Origin": "https://desk.example"}, base_url="http://inner:5000")
    assert refused.status_code == 400, "past the origin check, stopped only by the missing token"


@pytest.mark.parametrize("path", ["/logout", "/language"])
def test_a_link_cannot_do_what_a_form_does(app: Flask, office: Office, path: str) -> None:
    client = inside(app)
    assert client.get(path).status_code == 405
    assert is_in(client)


# --- one's own password, the language


def test_the_first_login_leads_to_a_new_password_and_nowhere_else(app: Flask, office: Office) -> None:
    user = office.user("clerk")
    user.must_change_password, user.is_demo = True, False
    client = inside(app)
    for path in ("/admin/", "/admin/petition/", "/admin/no-such-page/"):
        assert client.get(path).headers["Location"] == PAGE
    assert change_password(client).headers["Location"] == "/admin/"
    assert client.get("/admin/no-such-page/").status_code == 404


def test_demonstration_accounts_are_not_asked_for_a_new_password(app: Flask, office: Office) -> None:
    office.user("clerk").must_change_password = True
    assert inside(app).get("/admin/no-such-page/").status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"current": "wrong"}, "原密码不正确"),
        ({"again": "something else"}, "两次输入的新密码不一致"),
        ({"password": "short", "again": "short"}, "密码太短"),
        ({"password": PASSWORD, "again": PASSWORD}, "不能与原密码相同"),
    ],
)
def test_a_bad_new_password_is_refused_and_changes_nothing(
    app: Flask, office: Office, fields: dict[str, str], says: str
) -> None:
    client = inside(app)
    answer = change_password(client, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert is_in(client)
    inside(app)


def test_after_a_change_only_the_new_password_opens(app: Flask, office: Office) -> None:
    client = inside(app)
    change_password(client)
    assert is_in(client)
    assert enter(browser(app)).status_code == 422
    inside(app, password=NEW)


@pytest.mark.parametrize("path", ["/admin/password/", "/login", "/admin/no-such-page/"])
def test_nothing_behind_the_door_is_kept_by_a_browser(app: Flask, office: Office, path: str) -> None:
    """C9."""
    assert inside(app).get(path).headers["Cache-Control"] == "no-store"


def test_the_language_of_the_session_and_of_the_account(app: Flask, office: Office, session: Session) -> None:
    client = inside(app)
    assert client.get("/language/en?next=/admin/password/").headers["Location"] == PAGE
    assert '<html lang="en"' in client.get(PAGE).text
    assert office.user("clerk").language == "zh", "a link writes nothing"
    form = {"language": "en", "next": PAGE, "csrf_token": token(client, PAGE)}
    assert client.post("/language", data=form).headers["Location"] == PAGE
    session.rollback()
    assert office.user("clerk").language == "en"
    assert '<html lang="en"' in inside(app).get(PAGE).text


@pytest.mark.parametrize(("path", "method", "code"), [("/language/fr", "GET", 404), ("/language", "POST", 422)])
def test_a_language_we_do_not_have_is_refused(app: Flask, office: Office, path: str, method: str, code: int) -> None:
    client = inside(app)
    form = {"language": "fr", "csrf_token": token(client, PAGE)} if method == "POST" else None
    assert client.open(path, method=method, data=form).status_code == code
