"""The reception screens in a browser: the rule's next ten days while typing, the calendar on a phone, one click to a matter."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.server import Server

pytestmark = pytest.mark.browser
ONLY_READS = True


def test_the_rules_days_follow_the_form(page_as: Callable[..., Page], live_server: Server) -> None:
    """D1, D2: only the fields of the chosen kind, the next ten days as they are typed."""
    page = page_as("clerk")
    page.goto(f"{live_server.base}/admin/reception_rule/new/")
    expect(page.locator("#rule-preview .error")).to_have_text("")
    page.select_option("[name=kind]", "monthday")
    expect(page.locator("[name=monthdays]").first).to_be_visible()
    expect(page.locator("[name=weekdays]").first).to_be_hidden()
    page.check("[name=monthdays][value='1']")
    page.check("[name=monthdays][value='16']")
    expect(page.locator("[data-words]")).to_have_text("每月1日、16日，顺延到下一工作日")
    expect(page.locator("[data-days] li")).to_have_count(10)
    expect(page.locator("[data-days]")).to_contain_text("2027年1月1日 元旦 → 1月4日 周一 推定")
    page.check("[name=monthdays][value='31']")
    expect(page.locator("[data-remarks]")).to_contain_text("2月、4月、6月、9月、11月没有31日")
    page.select_option("[name=kind]", "text")
    page.fill("[name=rrule]", "FREQ=HOURLY")
    expect(page.locator("#rule-preview .error")).to_contain_text("FREQ=HOURLY")


def test_an_exchange_is_found_by_typing(page_as: Callable[..., Page], live_server: Server) -> None:
    """D5: the other session is looked up, the confirmation comes with both leaders."""
    page = page_as("clerk")
    page.goto(f"{live_server.base}/admin/reception_session/")
    page.locator("tr[data-url] a").nth(1).click()
    page.locator(".do a[href$='/do/swap']").click()
    page.locator("[data-lookup]").fill("2026-12")
    expect(page.locator("[role=option]").first).to_be_visible()


@pytest.mark.parametrize("path", ["/admin/roster/?month=2026-12", "/schedule/2026-12", "/cases"])
def test_nothing_runs_over_the_edge_of_a_phone(page_as: Callable[..., Page], live_server: Server, path: str) -> None:
    """Design §10: 390 px works."""
    page = page_as("clerk", width=390, height=844)
    page.goto(live_server.base + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
