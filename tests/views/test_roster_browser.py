"""The month calendar in a browser: a session moved by mouse and by keyboard, two exchanged, the last change undone (D3)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.server import Server

pytestmark = pytest.mark.browser
MONTH = "2027-01"
"""Of the demonstration office: made and not published yet."""


@pytest.fixture
def calendar(page_as: Callable[..., Page], live_server: Server) -> Page:
    page = page_as("clerk", width=1366, height=1500)
    page.goto(f"{live_server.base}/admin/roster/?month={MONTH}")
    return page


def day_of(page: Page, number: int) -> Locator:
    return page.locator(f"[data-day='{MONTH}-{number:02d}']")


def slots(page: Page) -> dict[str, str]:
    """Day → who holds its first session that may be changed."""
    script = """days => Object.fromEntries(days.filter(d => d.querySelector('[data-key]'))
        .map(d => [d.dataset.day, d.querySelector('[data-key]').firstChild.textContent.split(' ⇄ ').pop()]))"""
    found: dict[str, str] = page.locator("[data-day]").evaluate_all(script)
    return found


def free_day(page: Page, after: int) -> int:
    """A working day without a session."""
    taken = slots(page)
    numbers = (n for n in range(after, 29) if f"{MONTH}-{n:02d}" not in taken)
    return next(n for n in numbers if "off" not in (day_of(page, n).get_attribute("class") or ""))


def test_a_session_moves_by_mouse_and_back(calendar: Page) -> None:
    """Dragged to a free day; what it would clash with is said on the way; undone with one button."""
    before = slots(calendar)
    day, target = next(iter(before)), free_day(calendar, 18)
    calendar.locator(f"[data-day='{day}'] [data-key]").first.drag_to(
        day_of(calendar, target), target_position={"x": 60, "y": 80}
    )
    expect(calendar.locator(".flashes")).to_contain_text("移到")
    expect(day_of(calendar, target)).to_be_focused()
    assert slots(calendar)[f"{MONTH}-{target:02d}"] == before[day]
    calendar.get_by_role("button", name="撤销上一步").click()
    expect(calendar.locator(".flashes")).to_contain_text("已撤销")
    assert slots(calendar) == before


def test_a_session_moves_by_keyboard(calendar: Page) -> None:
    """Space picks it up, arrows choose the day, Escape gives up, space drops; a rest day is told at once."""
    before = slots(calendar)
    day = next(iter(before))
    number = int(day[-2:])
    said = calendar.locator("[data-roster-said]")
    start = day_of(calendar, number)
    start.evaluate("day => { day.tabIndex = 0; day.focus(); }")
    calendar.keyboard.press(" ")
    expect(said).to_contain_text(f"已拿起 1月{number}日")
    sunday = next(n for n in range(number, number + 7) if "off" in (day_of(calendar, n).get_attribute("class") or ""))
    for _ in range(sunday - number):
        calendar.keyboard.press("ArrowRight")
    expect(said).to_contain_text("仍安排了接访，请确认")
    calendar.keyboard.press("Escape")
    expect(said).to_contain_text("没有改动")
    assert slots(calendar) == before

    start.focus()
    calendar.keyboard.press(" ")
    target = free_day(calendar, number + 1)
    for _ in range(target - number):
        calendar.keyboard.press("ArrowRight")
    calendar.keyboard.press(" ")
    expect(calendar.locator(".flashes")).to_contain_text(f"移到 1月{target}日")
    assert slots(calendar)[f"{MONTH}-{target:02d}"] == before[day]


def test_two_leaders_change_places_by_mouse(calendar: Page) -> None:
    before = slots(calendar)
    one, other = list(before)[:2]
    assert before[one] != before[other]
    calendar.locator(f"[data-day='{one}'] [data-key]").first.drag_to(
        calendar.locator(f"[data-day='{other}'] [data-key]").first
    )
    expect(calendar.locator(".flashes")).to_contain_text("已对换")
    after = slots(calendar)
    assert (after[one], after[other]) == (before[other], before[one])


def test_a_leader_is_chosen_from_the_keyboard(calendar: Page) -> None:
    """L opens the form of the day's session; the choice is checked before it is sent."""
    before = slots(calendar)
    day = list(before)[-1]
    calendar.locator(f"[data-day='{day}'] [data-key]").first.focus()
    calendar.keyboard.press("l")
    dialog = calendar.locator("#seat")
    expect(dialog).to_be_visible()
    names = dialog.locator("option").all_inner_texts()[1:]
    chosen = next(name for name in names if not name.startswith(before[day]))
    dialog.locator("select").select_option(label=chosen)
    expect(dialog.locator("[data-said]")).to_contain_text("安排")
    dialog.locator("[type=submit]").click()
    expect(calendar.locator(".flashes")).to_contain_text("已安排")
    assert chosen.startswith(slots(calendar)[day])
