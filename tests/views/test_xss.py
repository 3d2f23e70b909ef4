"""Ten payloads through registration and import, shown on every screen of a matter to three roles: text, never script (C8)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.fixtures.server import Server

PAYLOADS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    '"><script>window.hit=1</script>',
    "' autofocus onfocus=window.hit=1 x='",
    "</textarea><script>window.hit=1</script>",
    "</title><script>window.hit=1</script>",
    "javascript:window.hit=1",
    "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "<a href=javascript:window.hit=1>点我</a><iframe srcdoc='<script>parent.hit=1</script>'>",
]
MARK = "印记词"


@pytest.fixture
def judged(page_as: Callable[..., Page]) -> Callable[[str], Page]:
    """A page that fails the test when a dialog opens; the content policy is watched by fixtures/browser."""

    def log_in(username: str) -> Page:
        page = page_as(username)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
        return page

    return log_in


def register(page: Page, base: str) -> str:
    """One matter with a payload in every free text; answers its address."""
    page.goto(f"{base}/admin/contact/new/")
    texts = {"people-0-name": 1, "people-0-address": 2, "place": 3, "title": 4, "original_at": 6}
    for name, number in texts.items():
        page.fill(f"[name='{name}']", PAYLOADS[number][: 60 if name == "people-0-name" else 90])
    page.fill("[name=demand]", MARK + "\n".join(PAYLOADS))
    page.click("main form [type=submit]:not([name])")
    page.wait_for_url("**/admin/petition/details/**")
    return page.url


def looks_clean(page: Page, where: str) -> None:
    assert page.evaluate("window.hit") is None, where
    assert page.locator("main script:not([src])").count() == 0, where
    assert page.locator("main [onerror], main [onload], main [onfocus], main iframe").count() == 0, where
    assert page.locator("main a[href^='javascript']").count() == 0, where


def import_file(page: Page, base: str, file: Path) -> None:
    """The same payloads through the Import screen."""
    head = "留言编号,留言时间,留言主题,留言详情,留言用户"
    rows = [
        f'{n},2019-01-0{n % 9 + 1},"{_csv(text)}","{MARK}{_csv(text)}","{_csv(text)[:50]}"'
        for n, text in enumerate(PAYLOADS, 1)
    ]
    file.write_text("\n".join([head, *rows]), encoding="utf-8-sig")
    page.goto(f"{base}/admin/import/contacts/")
    page.set_input_files("input[type=file]", file)
    submit = page.locator("form.sheetform button[type=submit]")
    for step in ("mapping", "preview", "report"):
        submit.last.click()
        page.wait_for_load_state()
        looks_clean(page, step)
        if step == "mapping":
            page.check("#carried_over")
    assert "/report" in page.url


def _csv(text: str) -> str:
    return text.replace('"', '""')


@pytest.mark.browser
def test_payloads_are_text_on_every_screen(judged: Any, live_server: Server, tmp_path: Path) -> None:
    clerk = judged("clerk")
    address = register(clerk, live_server.base)
    looks_clean(clerk, "details")
    assert clerk.get_by_text("<script>window.hit=1</script>").count() > 0, "shown as it was typed"
    import_file(clerk, live_server.base, tmp_path / "留言.csv")
    key = address.rpartition("=")[2]
    screens = [
        address,
        f"{live_server.base}/admin/petition/?tab=all&q={quote(MARK)}",
        f"{live_server.base}/admin/search/?q={quote('<script>')}",
        f"{live_server.base}/admin/search/?q={quote(PAYLOADS[3])}",
        f"{live_server.base}/admin/petition/?q={quote(PAYLOADS[4])}&unit={quote(PAYLOADS[0])}&registered={quote(PAYLOADS[1])}",
        f"{live_server.base}/admin/contact/?tab=carried",
        f"{live_server.base}/admin/petition/?tab=all&registered=2019-01-01..2019-12-31",
        f"{live_server.base}/admin/petition/{key}/do/reveal",
        f"{live_server.base}/admin/",
    ]
    for username in ("clerk", "office_head", "inspector"):
        page = clerk if username == "clerk" else judged(username)
        for screen in screens:
            answer = page.goto(screen)
            assert answer is not None
            assert answer.status == 200, screen
            looks_clean(page, f"{username} {screen}")
        contact = page.locator("a[href*='/contact/'][href$='/print']")
        page.goto(address)
        page.goto(live_server.base + str(contact.first.get_attribute("href")))
        looks_clean(page, f"{username} print")
