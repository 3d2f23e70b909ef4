"""The notice as the public meets it in a browser: on a phone, on the screen in the hall, printed (D6)."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.server import Server

pytestmark = pytest.mark.browser
ONLY_READS = True
PHONE, HALL = {"width": 390, "height": 844}, {"width": 1920, "height": 1080}


def test_the_month_is_read_on_a_phone(new_page: Callable[..., Page], live_server: Server) -> None:
    """Nothing runs over the edge; each row is a card with its words; a name leads to the leader's days and back."""
    page = new_page(**PHONE)
    page.goto(f"{live_server.base}/schedule/2026-12")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    first = page.locator(".notice tbody tr").first
    expect(first).to_contain_text("12月1日")
    assert first.evaluate("row => getComputedStyle(row).display") == "flex"
    name = first.locator("b a").inner_text()
    first.locator("b a").click()
    expect(page.locator("h1")).to_have_text(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="全部领导").click()
    expect(page).to_have_url(f"{live_server.base}/schedule")


def shown(page: Page) -> list[str]:
    """The rows of the lobby that can be seen now."""
    return [row.inner_text() for row in page.locator("[data-pages] li").all() if row.is_visible()]


def test_the_hall_screen_pages_by_itself(new_page: Callable[..., Page], live_server: Server) -> None:
    """At 1920×1080 nothing scrolls, the name is large, the pages turn on their own and come round again."""
    page = new_page(**HALL)
    page.clock.install()
    page.goto(f"{live_server.base}/schedule/lobby")
    page.evaluate(  # a longer list than the demonstration's, so that there is more than one page
        "() => { const list = document.querySelector('[data-pages] ul'); const row = list.firstElementChild;"
        " for (let n = 0; n < 14; n++) { const copy = row.cloneNode(true); copy.dataset.n = n; list.append(copy); }"
        " dispatchEvent(new Event('resize')); }"
    )
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]
    assert page.locator(".who").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 80
    count = page.locator("[data-dots] i").count()
    assert count >= 2
    seen = [page.locator("[data-dots] i").evaluate_all("dots => dots.findIndex(dot => dot.className === 'here')")]
    for _ in range(count):
        assert shown(page)
        page.clock.run_for(12_100)
        seen.append(
            page.locator("[data-dots] i").evaluate_all("dots => dots.findIndex(dot => dot.className === 'here')")
        )
    assert seen == [*range(count), 0]
    page.keyboard.press(" ")
    page.clock.run_for(30_000)
    assert page.locator("[data-dots] i").first.get_attribute("class") == "here"
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-dots] i").nth(1).get_attribute("class") == "here"


def test_the_hall_screen_fetches_the_newest(new_page: Callable[..., Page], live_server: Server) -> None:
    """Every five minutes, without anybody; a server that does not answer leaves what is shown."""
    page = new_page(**HALL)
    page.clock.install()
    page.goto(f"{live_server.base}/schedule/lobby")
    page.evaluate("document.querySelector('h1').textContent = '旧的'")
    with page.expect_response("**/schedule/lobby"):
        page.clock.run_for(5 * 60_000 + 100)
    expect(page.locator("h1")).to_contain_text("领导干部接访日程公示")
    page.route("**/schedule/lobby", lambda route: route.abort())
    page.clock.run_for(5 * 60_000 + 100)
    expect(page.locator("h1")).to_contain_text("领导干部接访日程公示")


def test_the_hall_screen_without_a_script(browser: object, live_server: Server) -> None:
    """Everything can be read; the page asks for itself again."""
    context = browser.new_context(java_script_enabled=False, viewport=HALL)  # type: ignore[attr-defined]
    try:
        page = context.new_page()
        page.goto(f"{live_server.base}/schedule/lobby")
        rows = page.locator("[data-pages] li")
        assert rows.count() > 0
        assert all(row.is_visible() for row in rows.all())
    finally:
        context.close()


def text_of(pdf: Path) -> str:
    """What stands in a PDF, without blanks and line breaks."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext here")
    found = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return "".join(found.stdout.split())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/schedule/2026-12/print", ("青石镇领导干部接访日程公示", "（盖章）", "青石镇信访办", "第1版")),
        ("/schedule/poster", ("青石镇领导干部接访日程公示", "接访地点")),
    ],
)
def test_what_is_printed(
    new_page: Callable[..., Page], live_server: Server, tmp_path: Path, path: str, words: tuple[str, ...]
) -> None:
    """D6: A4 with the office's title, the place for the seal, and every row of the month."""
    page = new_page()
    page.goto(f"{live_server.base}/schedule/2026-12")
    days = [text.split("\n")[0] for text in page.locator(".notice tbody tr td:first-child").all_inner_texts()]
    assert days
    page.goto(live_server.base + path)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    text = text_of(tmp_path / "page.pdf")
    for word in (*words, *days[:3]):
        assert word in text
    if path.endswith("print"):
        assert [day for day in days if day not in text] == []
        assert "打印返回" not in text
