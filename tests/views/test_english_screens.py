"""English where it is put together on the way: refusals, error pages, and words longer than Chinese ones (issue 2 item 3)."""

import html
from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.client import DeskClient

NO_NAME = {
    "channel": "letter",
    "received_on": "2026-11-21",
    "purpose": "seek",
    "people_count": "1",
    "demand": "路灯不亮",
}
NO_DATE = NO_NAME | {"is_anonymous": "y", "received_on": "yesterday"}


@pytest.mark.parametrize(
    ("username", "address", "form", "status", "english"),
    [
        ("clerk", "/admin/contact/new/", NO_NAME, 422, "please enter a name, or tick “Anonymous”."),
        ("clerk", "/admin/contact/new/", NO_DATE, 422, "A date looks like “2026-11-21”."),
        ("clerk", "/admin/user/", None, 403, "Your role may not open this page."),
        ("clerk", "/admin/petition/details/?id=999999", None, 404, "What you asked for was not found."),
        ("", "/login", {"username": "clerk", "password": "wrong"}, 422, "Username or password is wrong"),
    ],
)
def test_a_refusal_is_english(
    client_for: Callable[[str], DeskClient],
    username: str,
    address: str,
    form: dict[str, str] | None,
    status: int,
    english: str,
) -> None:
    client = client_for(username)
    client.get("/language/en")
    if form is not None:
        client.read_token(address)
    answer = client.get(address) if form is None else client.post(address, data=form)
    assert answer.status_code == status
    assert english in html.unescape(answer.text)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [pytest.param(1366, 768, marks=pytest.mark.trust), (390, 844)])
def test_english_fits_the_screen(page_as: Callable[..., Any], live_server: Any, width: int, height: int) -> None:
    """English words are longer than Chinese ones; no page grows wider than its window (design §10)."""
    page = page_as("office_head", width=width, height=height)
    page.goto(f"{live_server.base}/language/en")
    wide = []
    for address in (
        "/admin/",
        "/admin/petition/",
        "/admin/contact/new/",
        "/admin/roster/",
        "/admin/figures/",
        "/admin/case/",
    ):
        page.goto(live_server.base + address)
        assert page.get_attribute("html", "lang") == "en"
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wide += [(address, over)] if over > 0 else []
    assert wide == []
