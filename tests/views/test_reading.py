"""Reading writes nothing: after every role has opened all it can, the office is as it was (C7); odd addresses are no fault (C17)."""

from collections.abc import Callable
from itertools import count

import pytest
from flask_admin import BaseView

from tests.fixtures.client import DeskClient
from tests.fixtures.full_office import fill
from tests.fixtures.office import Office
from tests.fixtures.pages import crawl
from tests.fixtures.snapshot import changed, contents

READERS = {
    "office_head": 110,
    "clerk": 60,
    "handler_b": 40,
    "leader_b": 30,
    "sysadmin": 30,
    "auditor": 15,
    "statistician": 30,
}
"""How many pages each opens, from the workbench on."""
ODD = [
    "page=-1&limit=100000&sort=nonsense&tab=nonsense&cols=nonsense,,&q=%00",
    "page=abc&limit=-1&sort=id;drop table&q=%25&unit=²&category=abc&id=abc",
    "page=99999999999999999999&unit=99999999999999999999&category=99999999999999999999&id=99999999999999999999",
    "page=²&year=" + "9" * 5000 + "&q=" + "长" * 3000,
    "page=" + "9" * 5000,
    "id=%00&kind=nonsense&status=%27&light=purple&level=x&purpose=x&channel=x",
    "registered=yesterday..tomorrow&at=2026-01-01..2026-12-31&issued=..2026-01-01&closed=2026-01-01..",
    "registered_from=0001-01-01&at=0001-01-01..9999-12-31&closed=0001-01-01..9999-12-31",
    "month=2026-13&year=99999&period=x&from=2026-02-30&to=x&campaign=x&leader=²",
    "month=0000-00&year=²&from=0001-01-01&to=9999-12-31&leader=99999999999999999999&campaign=99999999999999999999",
]
LISTS = {
    "office_head": ["petition", "contact", "document", "return_visit", "leader", "unit", "category", "term", "reception_rule",
                    "reception_session", "reception_record", "swap", "reading", "supervision", "supervision/several",
                    "figures/reading_rate",
                    "figures/reading_rate/list", "absence", "minimum", "roster/check", "notice", "case",
                    "closing_file", "campaign", "campaign_case", "monthly_report", "figures", "visit", "visit_finding", "visit_days",
                    "dispute", "search", "calendar", "roster", "setting", "petition/letters", "job", "relief_text",
                    "paper_template", "paper_template/guide/template.docx", "lookup/petition", "lookup/user", "duty_roster",
                    "duty_day", "on_call", "session_paper", "session_paper/plates"],
    "sysadmin": ["user"],
    "auditor": ["audit_entry"],
}  # fmt: skip


def test_every_role_reads_and_nothing_is_written(client_for: Callable[[str], DeskClient], office: Office) -> None:
    fill(office)
    before = contents(office.session)
    pages = sum(len(crawl(client_for(username), ["/admin/"], most)) for username, most in READERS.items())
    assert pages >= 200
    assert changed(before, contents(office.session)) == []


@pytest.fixture
def every_third_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are painted by one template: every third answer tells enough of it."""
    render, turn = BaseView.render, count()
    monkeypatch.setattr(BaseView, "render", lambda *args, **c: "" if next(turn) % 3 else render(*args, **c))


@pytest.mark.parametrize("username", LISTS)
@pytest.mark.db(long="sqlite")
@pytest.mark.usefixtures("every_third_painted")
def test_odd_addresses_get_an_answer(client_for: Callable[[str], DeskClient], office: Office, username: str) -> None:
    """PostgreSQL answers 500 to what SQLite shrugs off (trust §3): both are asked."""
    client = client_for(username)
    for noun in LISTS[username]:
        for odd in ODD:
            answer = client.get(f"/admin/{noun}/?{odd}")
            assert answer.status_code in (200, 404, 422), (noun, odd)
        assert client.get(f"/admin/{noun}/details/?{ODD[2]}").status_code in (404, 422), noun
