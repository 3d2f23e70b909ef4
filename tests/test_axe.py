"""The main screens at both widths carry no accessibility finding of WCAG 2.0, 2.1 and 2.2 A and AA (issue: "axe findings … aim 0")."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.fixtures.server import Server

pytestmark = pytest.mark.browser
ONLY_READS = True
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
"""axe-core, run by the debugger's own evaluation, which the page's content policy does not reach."""
RUN = """async () => (await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
})).violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`))"""
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}


@dataclass(frozen=True)
class Screen:
    """A screen: who looks ("" nobody), its address; {id} is the answer of `question`; `act` goes on from there."""

    who: str
    path: str
    question: str = ""
    act: Callable[[Page], None] | None = None


def open_dialog(page: Page) -> None:
    """Press the list's export button, which asks for a reason."""
    page.locator("[data-ask-reason]").first.click()
    page.wait_for_selector("dialog[open]")


def refused_form(page: Page) -> None:
    """Send the empty registration past the browser's own checks, so that the sentences of refusal show."""
    page.eval_on_selector("form.sheetform", "form => form.submit()")
    page.wait_for_selector(".error")


def hinted(page: Page) -> None:
    """Type what came before, so that the hints show."""
    page.fill("#demand", "征地补偿款至今只付了一半，多次到村里询问，都说等上面拨款，请求尽快补发余款。")
    page.wait_for_selector("#hints li")


MATTER = "select petition_id from \"case\" where status = 'running' order by id limit 1"
CASE = "select id from \"case\" where status = 'running' order by id limit 1"
FILE = "select closing_file_id from signature where voided_at is null limit 1"
SCREENS = {
    "workbench": Screen("office_head", "/admin/"),
    "matters": Screen("clerk", "/admin/petition/"),
    "daily digest": Screen("handler_a", "/admin/digest/"),
    "nightly check": Screen("office_head", "/admin/check_run/"),
    "circulation drafted": Screen("office_head", "/admin/circulation/draft/?from_on=2026-06-01"),
    "matter": Screen("handler_a", "/admin/petition/details/?id={id}", MATTER),
    "registration": Screen("clerk", "/admin/contact/new/"),
    "registration refused": Screen("clerk", "/admin/contact/new/", act=refused_form),
    "registration hints": Screen("clerk", "/admin/contact/new/", act=hinted),
    "filed letters": Screen("office_head", "/admin/filing/"),
    "destruction list": Screen("office_head", "/admin/destruction/details/?id=1"),
    "sign-up": Screen("clerk", "/admin/appointment/new/"),
    "import": Screen("clerk", "/admin/import/contacts/"),
    "roster": Screen("office_head", "/admin/roster/?month=2026-12"),
    "duty": Screen("office_head", "/admin/duty_roster/?month=2026-12"),
    "desk plates": Screen("office_head", "/admin/session_paper/plates?month=2026-12"),
    "public notice": Screen("", "/schedule/2026-12"),
    "one leader in public": Screen(
        "", "/schedule/leader/{id}", "select leader_id from reception_session where held_on > '2026-12' limit 1"
    ),
    "lobby": Screen("", "/schedule/lobby"),
    "notice to publish": Screen("office_head", "/admin/notice/new/?period=2027-01"),
    "case": Screen("office_head", "/admin/case/details/?id={id}", CASE),
    "closing file": Screen("unit_head_a", "/admin/closing_file/details/?id={id}", FILE),
    "campaign ledger": Screen("office_head", "/admin/campaign_case/?campaign=1"),
    "statistics": Screen("office_head", "/admin/figures/"),
    "login": Screen("", "/login"),
    "export question": Screen("office_head", "/admin/petition/", act=open_dialog),
    "set-up list": Screen("office_head", "/admin/setup/"),
    "leave": Screen("clerk", "/admin/absence/details/?id={id}", "select id from absence limit 1"),
    "exchange": Screen(
        "office_head", "/admin/swap/details/?id={id}", "select id from swap where state = 'accepted' limit 1"
    ),
    "supervision": Screen("inspector", "/admin/supervision/details/?id=3"),
    "several supervisions": Screen("office_head", "/admin/supervision/several/"),
    "contents of a dossier": Screen(
        "office_head", "/admin/dossier/{id}/pages", "select max(petition_id) from supervision"
    ),
    "dossier to take away": Screen(
        "office_head", "/admin/dossier_set/{id}/take", "select max(petition_id) from closing_file"
    ),
    "asking for a strike-off": Screen(
        "office_head", "/admin/campaign_case/{id}/strike", "select max(id) from campaign_case where state = 'resolved'"
    ),
    "letter before a leader": Screen("office_head", "/admin/reading/details/?id={id}", "select max(id) from reading"),
    "minimum": Screen("clerk", "/admin/minimum/new/"),
    "reception rule": Screen("office_head", "/admin/reception_rule/new/"),
    "calendar": Screen("office_head", "/admin/calendar/?year=2027"),
    "disputes in one table": Screen(
        "reporter_a", "/admin/screening_return/{id}/entry",
        "select r.id from screening_return r join user u on u.unit_id = r.unit_id where u.username = 'reporter_a' limit 1",
    ),
    "meeting": Screen("clerk", "/admin/meeting/details/?id={id}", "select max(id) from meeting"),
    "agenda to pick": Screen("clerk", "/admin/meeting/{id}/pick", "select id from meeting where state = 'planned' limit 1"),
    "proceeding": Screen("clerk", "/admin/proceeding/details/?id=1"),
    "hearing to plan": Screen("clerk", "/admin/proceeding/new/?kind=hearing"),
    "result of a conference": Screen(
        "clerk", "/admin/proceeding/{id}/do/hold", "select id from proceeding where state = 'planned' limit 1"
    ),
    "demand": Screen("clerk", "/admin/demand_appraisal/details/?id=1"),
    "aid against the budget": Screen("clerk", "/admin/fund_totals/"),
    "faults of files": Screen("clerk", "/admin/file_fault/"),
    "mail merge": Screen("clerk", "/admin/petition/letters/?letter=assign"),
    "mail merge progress": Screen("clerk", "/admin/job/details/?id={id}", "select max(id) from job"),
    "paper template": Screen("office_head", "/admin/paper_template/guide/"),
}  # fmt: skip


def address(server: Server, screen: Screen) -> str:
    """The screen's whole address in this server's office."""
    if not screen.question:
        return f"{server.base}{screen.path}"
    with closing(connect(server.data / "desk.db")) as database:
        return f"{server.base}{screen.path}".format(id=database.execute(screen.question).fetchone()[0])


@pytest.fixture(scope="module")
def seats() -> dict[str, list[Any]]:
    """Sessions already logged in, by account: cookies to go on with."""
    return {}


MAIN = (
    "workbench", "matter", "registration refused", "public notice", "closing file", "login",
)  # fmt: skip
"""Looked at in every run; the others with make trust."""


@pytest.mark.parametrize(
    "name", [name if name in MAIN else pytest.param(name, marks=pytest.mark.trust) for name in SCREENS]
)
def test_no_findings(
    name: str,
    page_as: Callable[..., Page],
    new_page: Callable[..., Page],
    live_server: Server,
    seats: dict[str, list[Any]],
) -> None:
    screen = SCREENS[name]
    if screen.who and screen.who not in seats:
        seats[screen.who] = page_as(screen.who).context.cookies()
    page = new_page()
    page.context.add_cookies(seats.get(screen.who, []))
    answer = page.goto(address(live_server, screen))
    assert answer is not None
    assert answer.status == 200
    if screen.act:
        screen.act(page)
    page.evaluate(AXE)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        assert (size, page.evaluate(RUN)) == (size, [])
