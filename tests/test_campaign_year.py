"""A campaign of twelve cases in a browser (issue 5): the list handed down, the ledger, cases, closing files, struck off, the month's table.

One or two rows go by hand on each screen, the others through the same services on the same database.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

import models as m
from rules.words import LedgerState
from services import campaign_ledger, closing, strike_offs
from services.workbook_out import Column, TableSheet, write_table
from tests.fixtures import casework
from tests.fixtures.databases import fresh_sqlite, session_on, shared
from tests.fixtures.office import PASSWORD, USERS, Office
from tests.fixtures.server import Server, environment, free_port, serving
from tests.test_office_day import confirm, do, row_id, submit

pytestmark = pytest.mark.browser
CASES = 12
NAME, MONTH = "半年销号", "2026-11"
WORDS = "处理意见已兑现，信访人认可。"


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The small office of the service tests, served: what is done beside the browser is done with their fixtures."""
    data = tmp_path_factory.mktemp("year")
    fresh_sqlite("office", data / "desk.db")
    shutil.copy(shared() / "keys.json", data / "keys.json")
    accounts = {name: {"username": name, "password": PASSWORD} for name in USERS}
    with serving(environment(data, PORT=str(free_port())), data / "server.log") as base:
        yield Server(base, data, accounts)


@pytest.fixture
def beside(live_server: Server) -> Iterator[Session]:
    """A session on the served database. The test commits before the browser goes on: it holds the write lock until then."""
    with session_on(f"sqlite:///{live_server.data / 'desk.db'}") as session:
        session.expire_on_commit = False  # or a look at a row begins again
        yield session


def handed_down(path: Path) -> None:
    """The list as the district sends it."""
    columns = {
        "来文编号": "text",
        "信访人": "text",
        "诉求": "text",
        "交办级别": "text",
        "责任单位": "text",
        "包案领导": "text",
        "化解时限": "date",
    }
    rows = [
        {
            "来文编号": f"省联〔2026〕{n}号", "信访人": f"赵{'一二三四五六七八九十甲乙'[n - 1]}", "交办级别": "省", "责任单位": "城建办",
            "诉求": f"河东村第{n}组征地补偿款两年未付清。", "包案领导": "赵明（副镇长）", "化解时限": date(2027, 3, 31),
        }
        for n in range(1, CASES + 1)
    ]  # fmt: skip
    with path.open("wb") as out:
        write_table(out, TableSheet([Column(key, key, kind=kind) for key, kind in columns.items()], rows))  # type: ignore[arg-type]


def founded(head: Page, base: str) -> str:
    """The campaign from S2d's template."""
    head.goto(f"{base}/admin/campaign/new/?template=strike_off")
    head.fill("#name", NAME)
    head.fill("#body", "区信访联席会议")
    submit(head)
    expect(head.locator("h1")).to_contain_text(NAME)
    return row_id(head)


def taken_over(clerk: Page, base: str, campaign: str, table: Path) -> None:
    """The list: columns, differences, registered with one tick, on the ledger."""
    clerk.goto(f"{base}/admin/campaign-list/{campaign}/")
    clerk.set_input_files("#file", table)
    submit(clerk)
    submit(clerk)
    expect(clerk.locator("main")).to_contain_text("还没有登记的")
    button = clerk.get_by_role("button", name="确认写入台账")
    button.click()
    expect(clerk.locator("main")).to_contain_text(f"名单中有 {CASES} 件还没有登记")
    clerk.check("[name=registers]")
    button.click()
    expect(clerk.locator(".flashes")).to_contain_text(f"新列入 {CASES} 件")


def case_by_hand(clerk: Page, base: str, matter: int) -> None:
    clerk.goto(f"{base}/admin/case/new/?petition_id={matter}")
    clerk.select_option("#leader_id", label="赵明（副镇长）")
    submit(clerk)
    expect(clerk.locator("main")).to_contain_text("BA2026-")


def worked(office: Office, row: m.CampaignCase, folder: Path) -> None:
    """Routed, accepted, answered, served; the case, unless it has one; the closing file, signed by two of three."""
    for verb in ("assign", "accept", "reply", "serve"):
        casework.move(office, row.petition, verb)
    running = sa.select(m.Case).where(m.Case.petition_id == row.petition_id).execution_options(gated=True)
    case = office.session.scalars(running).first() or casework.case(office, row.petition)
    file = closing.open_file(office.session, office.actor("clerk"), case)
    casework.fill(office, file, folder)
    casework.sign(office, file, *list(casework.SIGNERS)[:2])


def closed(office: Office, row: m.CampaignCase) -> None:
    file = file_of(office.session, row)
    casework.sign(office, file, list(casework.SIGNERS)[2])
    closing.close(office.session, office.actor("clerk"), file)


def file_of(session: Session, row: m.CampaignCase) -> m.ClosingFile:
    asked = sa.select(m.ClosingFile).where(m.ClosingFile.petition_id == row.petition_id)
    return session.scalars(asked.execution_options(gated=True)).one()


def closed_by_hand(page_as: Callable[..., Page], base: str, file_id: int) -> None:
    """The head of the unit signs, the office closes."""
    signer, clerk = page_as("unit_head_a"), page_as("clerk")
    signer.goto(f"{base}/admin/")
    do(signer, "closing_file", str(file_id), "sign", password=PASSWORD)
    clerk.goto(f"{base}/admin/closing_file/details/?id={file_id}")
    confirm(clerk, "结案")
    expect(clerk.locator("main")).to_contain_text("已结案")


def resolved_by_hand(clerk: Page, base: str, campaign: str, row_key: int) -> None:
    """On the ledger, in place."""
    clerk.goto(f"{base}/admin/campaign_case/?campaign={campaign}&fill=1")
    clerk.fill(f"[name='r{row_key}-progress']", WORDS)
    clerk.select_option(f"[name='r{row_key}-state']", label="已化解")
    clerk.get_by_role("button", name="保存本页").click()
    expect(clerk.locator(".flashes")).to_be_visible()


def asked_by_hand(handler: Page, base: str, row_key: int) -> None:
    """The campaign's five requirements ticked one by one; the closing file is named."""
    handler.goto(f"{base}/admin/campaign_case/{row_key}/strike")
    expect(handler.locator("main")).to_contain_text("结案卷：BA2026-")
    for box in handler.locator("[name=points]").all():
        box.check()
    handler.fill("#reason", "已化解，回访满意。")
    submit(handler)
    expect(handler.locator(".flashes")).to_contain_text("已申请销号")


def struck(office: Office, row: m.CampaignCase) -> None:
    points = row.campaign.closing_points
    strike_offs.ask(office.session, office.actor("handler_a"), row, "已化解，回访满意。", points)
    strike_offs.answer(office.session, office.actor("office_head"), row, is_approved=True)


def test_twelve_cases_from_the_list_to_the_strike_off(
    page_as: Callable[..., Page], live_server: Server, beside: Session, tmp_path: Path
) -> None:
    """G1–G5, F1, H1, H2."""
    base, office, folder = live_server.base, Office(beside), live_server.data / "attachments"
    head, clerk, handler = page_as("office_head"), page_as("clerk"), page_as("handler_a")
    campaign = listed(head, clerk, base, tmp_path / "名单.xlsx")

    rows = list(beside.scalars(sa.select(m.CampaignCase).order_by(m.CampaignCase.id).execution_options(gated=True)))
    assert (len(rows), {row.strike_by for row in rows}) == (CASES, {date(2027, 5, 21)}), (
        "half a year from the leader's day"
    )
    first, key, matter = rows[0], rows[0].id, rows[0].petition_id
    beside.commit()
    case_by_hand(clerk, base, matter)
    beside.expire_all()
    for row in rows:
        worked(office, row, folder)
    for row in rows[1:]:
        closed(office, row)
    file_id = file_of(beside, first).id
    beside.commit()
    closed_by_hand(page_as, base, file_id)
    resolved_by_hand(clerk, base, campaign, key)
    all_resolved(office, rows[1:])
    asked_by_hand(handler, base, key)
    struck_by_hand(head, base, key)
    all_struck(office, rows[1:])
    assert {row.struck_off_on for row in rows} == {office.today}
    head.goto(f"{base}/admin/campaign/{campaign}/leaders/")
    expect(head.locator("main")).to_contain_text("100")
    beside.commit()

    month_sent(page_as("statistician"), base, campaign)
    report = beside.scalars(sa.select(m.MonthlyReport)).one()
    assert (report.body["total"]["found"], report.body["total"]["resolved_all"]) == (CASES, CASES)
    with pytest.raises(sa.exc.IntegrityError, match="frozen as sent"):
        beside.execute(sa.text("UPDATE monthly_report SET body = :body"), {"body": json.dumps({})})
    beside.rollback()
    assert report.sent_on == office.today


def all_resolved(office: Office, rows: list[m.CampaignCase]) -> None:
    """The others beside the browser."""
    office.session.expire_all()
    for row in rows:
        said = {"state": LedgerState.RESOLVED, "progress": WORDS}
        campaign_ledger.edit(office.session, office.actor("clerk"), row, said)
    office.session.commit()


def struck_by_hand(head: Page, base: str, row_key: int) -> None:
    """Approved on the row's page."""
    head.goto(f"{base}/admin/campaign_case/details/?id={row_key}")
    confirm(head, "批准销号")
    expect(head.locator("main")).to_contain_text("销号")


def all_struck(office: Office, rows: list[m.CampaignCase]) -> None:
    """The others beside the browser."""
    office.session.expire_all()
    for row in rows:
        struck(office, row)
    office.session.commit()
    office.session.expire_all()


def listed(head: Page, clerk: Page, base: str, names: Path) -> str:
    """The campaign founded, the list handed down taken over, its base frozen."""
    campaign = founded(head, base)
    handed_down(names)
    taken_over(clerk, base, campaign, names)
    head.goto(f"{base}/admin/campaign/{campaign}/base/")
    confirm(head, "今日冻结基数")
    expect(head.locator(".flashes")).to_contain_text(f"基数已冻结：{CASES} 件")
    return campaign


def month_sent(page: Page, base: str, campaign: str) -> None:
    """Previewed, then frozen as sent."""
    page.goto(f"{base}/admin/monthly_report/{campaign}/{MONTH}/")
    expect(page.locator("main")).to_contain_text("还没有上报")
    confirm(page, "冻结并上报")
    expect(page.locator("main")).to_contain_text(re.compile("第 1 版.*上报"))
