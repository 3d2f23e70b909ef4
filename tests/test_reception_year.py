"""A year of reception days in a browser: planned, three days moved, two exchanges, published, printed, read on a phone (issue 3)."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.server import Server
from tests.test_office_day import confirm, submit

pytestmark = pytest.mark.browser
MONTH = "2027-05"
MOVED = {"2027-05-20": "5月20日", "2027-05-21": "5月21日", "2027-05-25": "5月25日"}


def held(page: Page) -> dict[str, str]:
    """Day of the shown month → who receives on it."""
    script = """days => Object.fromEntries(days.filter(d => d.querySelector('.slot'))
        .map(d => [d.dataset.day, d.querySelector('.slot').firstChild.textContent.split(' ⇄ ').pop()]))"""
    found: dict[str, str] = page.locator("[data-day]").evaluate_all(script)
    return found


def move_three_days(page: Page, month: str) -> None:
    """By the form beside the calendar, as somebody without a mouse does; the first of the month each time."""
    for day in MOVED:
        page.goto(month)
        page.locator("#hand-session").select_option(index=0)
        page.fill("#hand-day", day)
        page.get_by_role("button", name="改日", exact=True).click()
        expect(page.locator(".flashes")).to_contain_text(f"移到 {MOVED[day]}")


def exchange(page: Page, month: str, day: str, other: str) -> None:
    """The session of a day with another found by typing; the office head notes both words in one form."""
    page.goto(month)
    page.locator(f"[data-day='{day}'] a.slot, [data-day='{day}'] .slot a").first.click()
    page.locator(".do a[href$='/do/swap']").click()
    page.locator("[data-lookup]").fill(other)
    page.locator("[role=option]").first.click()
    page.fill("[name=reason]", "当天外出开会。")
    page.check("[name=agreed]")
    page.check("[name=approved]")
    submit(page)
    expect(page.locator(".flashes")).to_contain_text("已调换")


def test_a_year_from_the_plan_to_the_phone(
    page_as: Callable[..., Page], new_page: Callable[..., Page], live_server: Server, tmp_path: Path
) -> None:
    """D1, D3, D5, D6."""
    page, month = page_as("office_head", height=1500), f"{live_server.base}/admin/roster/?month={MONTH}"
    page.goto(month)
    confirm(page, "排定全年")
    assert len(held(page)) == 3
    move_three_days(page, month)
    page.goto(month)
    before = held(page)
    assert set(before) == set(MOVED)

    exchange(page, month, "2027-05-20", "2027-06")
    exchange(page, month, "2027-05-25", "2027-07")
    page.goto(month)
    after = held(page)
    assert after["2027-05-21"] == before["2027-05-21"]
    assert {day for day in MOVED if after[day] != before[day]} == {"2027-05-20", "2027-05-25"}

    page.goto(f"{live_server.base}/admin/notice/new/?period={MONTH}")
    confirm(page, page.locator("main form[method=post] button").last.inner_text())
    expect(page.locator("main")).to_contain_text("第 1 版")
    page.goto(f"{live_server.base}/schedule/{MONTH}/print")
    printed = text_of(page, tmp_path / "notice.pdf")

    phone = new_page(width=390, height=844)
    phone.goto(f"{live_server.base}/schedule/{MONTH}")
    feed = phone.request.get(f"{live_server.base}/schedule.ics").text()
    for day, words in MOVED.items():
        expect(phone.locator("main")).to_contain_text(words)
        expect(phone.locator("main")).to_contain_text(after[day])
        assert after[day] in printed
        assert day.replace("-", "") in feed
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def text_of(page: Page, file: Path) -> str:
    """The page printed on A4, read back: one sheet with every name."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext here")
    page.pdf(path=file, format="A4")
    found = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
    assert found.stdout.count("\f") == 1
    return re.sub(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])", "", found.stdout)
