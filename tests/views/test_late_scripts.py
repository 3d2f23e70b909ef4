"""An old PC draws a page before its scripts run: what is typed or pressed in between counts (design §10, C8)."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.fixtures.server import Server

pytestmark = pytest.mark.browser
ONLY_READS = True
LATE = 400
SCRIPTS = re.compile(r"/static/js/(lookup|confirm)\.js")


@pytest.fixture
def late(page_as: Callable[..., Page], live_server: Server) -> Callable[[str], Page]:
    """`late(path)` → the office head's page there, drawn, its scripts still on their way for 0.4 s."""

    def come(page: Page, route: Route) -> None:
        try:
            page.wait_for_timeout(LATE)
            route.continue_()
        except Error:  # the test ended first
            return

    def opened(path: str) -> Page:
        page = page_as("office_head")
        page.route(SCRIPTS, lambda route: come(page, route))
        page.goto(live_server.base + path, wait_until="commit")
        expect(page.locator("main h1")).to_be_visible()
        return page

    return opened


def running(page: Page) -> bool:
    """Whether the look-ups' script has come."""
    return bool(page.evaluate("document.querySelector('[data-lookup][role]') !== null"))


def test_what_was_typed_too_early_is_looked_up(late: Callable[[str], Page]) -> None:
    """A word typed into a look-up before its script came is searched for when it comes."""
    page = late("/admin/contact/new/")
    page.fill("#category_id", "土地")
    assert not running(page)
    expect(page.locator("[role=option]").first).to_contain_text("土地")


def test_a_button_pressed_too_early_still_asks(late: Callable[[str], Page]) -> None:
    """A confirmation is never left out because its script was late."""
    page = late("/admin/roster/?month=2027-04")
    sent = list[str]()
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="排定本月", exact=True).first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert sent == []
    page.locator("dialog[open] [data-cancel]").click()
    assert sent == []


def test_a_choice_typed_over_too_early_is_no_longer_chosen(late: Callable[[str], Page], live_server: Server) -> None:
    """The old choice never goes along with a new text."""
    with closing(sqlite3.connect(live_server.data / "desk.db")) as rows:
        (matter,) = rows.execute(
            "SELECT id FROM petition WHERE status = 'handling' AND category_id IS NOT NULL AND purpose = 'seek'"
        ).fetchone()
    page = late(f"/admin/petition/edit/?id={matter}")
    assert page.input_value("[type=hidden][name=category_id]") != ""
    page.fill("#category_id", "不是分类")
    assert not running(page)
    expect(page.locator("[type=hidden][name=category_id]")).to_have_value("")
