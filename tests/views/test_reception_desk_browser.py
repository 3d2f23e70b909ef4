"""In a browser: visitors noted with the keyboard alone, a decision that shows what it asks for (D7), files dropped on a matter (J2)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.server import Server

pytestmark = pytest.mark.browser


def test_visitors_are_noted_line_by_line_from_the_keyboard(page_as: Callable[..., Page], live_server: Server) -> None:
    """Tab and Enter only; the list grows, an empty line waits, the page neither loads nor jumps."""
    page = page_as("clerk")
    page.goto(f"{live_server.base}/admin/reception_desk/")
    rows = page.locator("#visitors tbody tr")
    before = rows.count()
    page.evaluate("window.stayed = true")
    page.locator("[name=visitor]").focus()
    at = page.evaluate("scrollY")
    for name, demand in (("何桂芳", "自来水停了三天。"), ("钱大妈", "楼道灯不亮。")):
        page.keyboard.type(name)
        for text in ("13900001111", "", "石桥村", demand):
            page.keyboard.press("Tab")
            page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(rows.filter(has_text=name)).to_have_count(1)
        expect(page.locator("[name=visitor]")).to_be_focused()
        expect(page.locator("[name=visitor]")).to_have_value("")
    assert rows.count() == before + 2
    assert page.evaluate("[window.stayed, scrollY]") == [True, at]


def test_a_wrong_line_stays_with_its_reason(page_as: Callable[..., Page], live_server: Server) -> None:
    page = page_as("clerk")
    page.goto(f"{live_server.base}/admin/reception_desk/")
    page.fill("[name=visitor]", "何桂芳")
    page.fill("[name=demand]", "停水。")
    page.fill("[name=people_count]", "20000")
    page.press("[name=demand]", "Enter")
    expect(page.locator(".line-entry [data-error]")).to_contain_text("人数")
    expect(page.locator("[name=people_count]")).to_be_focused()
    expect(page.locator("[name=visitor]")).to_have_value("何桂芳")


def test_a_decision_shows_what_it_asks_for(page_as: Callable[..., Page], live_server: Server) -> None:
    """The table of rules.reception_outcomes drives the form."""
    page = page_as("clerk")
    page.goto(f"{live_server.base}/admin/reception_record/")
    page.locator("tr[data-url] a").first.click()
    page.locator("a[href$='/do/opinion']").click()
    page.select_option("[name=outcome]", "not_now")
    expect(page.locator("[name=policy]")).to_be_visible()
    expect(page.locator("[name=signed_on]")).to_be_hidden()
    page.select_option("[name=outcome]", "assign")
    expect(page.locator("[name=signed_on]")).not_to_have_value("")
    expect(page.locator("[name=unit_id]")).to_be_visible()


DROPPED = """(box) => {
  const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "现场.png", { type: "image/png" }));
  carried.items.add(new File(["%PDF-1.4 x"], "合同.pdf", { type: "application/pdf" }));
  for (const kind of ["dragover", "drop"])
    box.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
}"""


def test_two_files_are_dropped_and_shown(page_as: Callable[..., Page], live_server: Server) -> None:
    """Issue 4.9, on a phone's width: from the unit's tray to the upload, both travel, the scan is shown on its own page."""
    page = page_as("handler_a", width=390, height=844)
    page.goto(f"{live_server.base}/admin/tray/?tab=reply&own=0")
    page.locator("a[href$='/do/attach']").first.click()
    page.locator(".drop").evaluate(DROPPED)
    expect(page.locator(".picked li")).to_have_count(2)
    page.locator(".formfoot [type=submit]").click()
    page.wait_for_url("**/petition/details/**")
    expect(page.locator("#files")).to_contain_text("合同.pdf")
    page.locator("#files a", has_text="现场.png").click()
    expect(page.locator(".preview img")).to_have_js_property("naturalWidth", 1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
