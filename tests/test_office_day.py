"""One day of the office in a real browser, against a freshly started server (issue: "walks the whole list").

The clerk registers and routes, the handler answers, a leader takes the case, three people sign, it closes; the office
publishes its roster, the public reads it; a visitor becomes a matter; the campaign and the figures follow.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.server import Server
from tests.samples import books

pytestmark = pytest.mark.browser
Login = Callable[..., Page]
TITLE = "河东村三组机井电机烧坏，无人维修"


def submit(page: Page) -> None:
    """Send the page's own form and wait for the answer."""
    page.locator(":is(form.sheetform, form.signing) button[type=submit]").last.click()
    page.wait_for_load_state()


def do(page: Page, noun: str, row: str, verb: str, **fields: str) -> None:
    """Open an action's form, fill it in as a person would, send it."""
    page.goto(re.sub(r"/admin/.*", f"/admin/{noun}/{row}/do/{verb}", page.url))
    for name, value in fields.items():
        control = page.locator(f"[name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value) if value.islower() else control.select_option(label=value)
        else:
            control.fill(value)
    submit(page)


def confirm(page: Page, label: str) -> None:
    """Press a button and answer its question with yes."""
    page.get_by_role("button", name=label, exact=True).first.click()
    page.locator("dialog[open] button.go, dialog[open] button[value=yes]").first.click()
    page.wait_for_load_state()


def row_id(page: Page) -> str:
    return re.search(r"id=(\d+)", page.url)[1]  # type: ignore[index]


def test_a_matter_from_letter_to_archive(page_as: Login, live_server: Server) -> None:
    """A1, A8, B1–B5, B9, F1, H1–H4: one matter all the way through, each step by the one whose step it is."""
    clerk = page_as("clerk")
    clerk.goto(f"{live_server.base}/admin/contact/new/")
    clerk.select_option("#channel", "visit")
    clerk.fill("#people-0-name", "冉小兰")
    clerk.fill("#people-0-phone", "13800001234")
    clerk.fill("#people-0-id_number", "430621197001010013")
    clerk.fill("#title", TITLE)
    clerk.fill("#demand", "机井电机八月烧坏，三十亩稻田无水可浇，多次找村里没有结果，请求修复。")
    clerk.fill("#place", "河东村")
    submit(clerk)
    expect(clerk.locator("h1")).to_have_text(TITLE)
    expect(clerk.locator("main")).to_contain_text("还有 15 天")
    clerk.go_back()
    submit(clerk)
    expect(clerk.locator(".flashes")).to_contain_text("没有再登记一次")
    expect(clerk.locator("h1")).to_have_text(TITLE)
    matter = row_id(clerk)
    do(clerk, "petition", matter, "assign", unit_id="自然资源所", feedback_on="2026-12-20", measures="一周内到现场。")
    expect(clerk.locator("main")).to_contain_text("交办函")

    handler = page_as("handler_a")
    handler.goto(f"{live_server.base}/admin/petition/?tab=mine&q=机井电机")
    handler.get_by_role("link", name=re.compile("XF2026")).first.click()
    expect(handler.locator("h1")).to_have_text(TITLE)
    expect(handler.locator("main")).not_to_contain_text("430621197001010013")
    do(handler, "petition", matter, "accept")
    clerk.goto(f"{live_server.base}/admin/petition/{matter}/do/assign")
    expect(clerk.locator("main")).to_contain_text("不能再“交办”")
    answer = {
        "facts": "电机烧坏属实。",
        "basis": "《信访工作条例》第三十二条",
        "opinion": "支持",
        "text": "本周内更换电机。",
    }
    do(handler, "petition", matter, "reply", **answer)
    do(handler, "petition", matter, "serve", served_at="2026-11-21T09:30", receiver="冉小兰", method="直接送达")
    expect(handler.locator("main")).to_contain_text("已送达")

    case = assign_case(clerk, matter)
    closing = fill_closing_file(handler, matter, case)
    sign_and_close(page_as, live_server, closing)

    clerk.goto(f"{live_server.base}/admin/petition/details/?id={matter}")
    expect(clerk.locator("main")).to_contain_text("已办结")
    do(clerk, "petition", matter, "archive", shelf="一号柜 2026-12")
    expect(clerk.locator("main")).to_contain_text("已归档")
    clerk.goto(f"{live_server.base}/admin/search/?q=机井电机")
    expect(clerk.locator("main")).to_contain_text(TITLE)


def assign_case(clerk: Page, matter: str) -> str:
    """F1: the matter gets its leader; a second one is refused."""
    for _ in range(2):
        clerk.goto(re.sub(r"/admin/.*", f"/admin/case/new/?petition_id={matter}", clerk.url))
        clerk.select_option("#leader_id", label="赵明远（副镇长）")
        if clerk.locator("[name=reason]").count():
            clerk.fill("[name=reason]", "分管农业")
        submit(clerk)
    expect(clerk.locator("main")).to_contain_text("包案")
    clerk.goto(re.sub(r"/admin/.*", f"/admin/petition/details/?id={matter}", clerk.url))
    links = clerk.get_by_role("link", name=re.compile(r"^BA2026-"))
    assert links.count() == 2, "in the card and in the story"
    links.first.click()
    return row_id(clerk)


def fill_closing_file(handler: Page, matter: str, case: str) -> str:
    """H1, H4: six haves, the report, a return visit before closing."""
    handler.goto(re.sub(r"/admin/.*", f"/admin/case/details/?id={case}", handler.url))
    confirm(handler, "结案审查")
    closing = row_id(handler)
    expect(handler.locator("main")).to_contain_text("还不能结案")
    handler.goto(re.sub(r"/admin/.*", f"/admin/return_visit/new/?made=1&petition_id={matter}", handler.url))
    for name, value in {"made_on": "2026-11-21", "visitor": "郑伟", "words": "电机换了，满意。"}.items():
        handler.fill(f"[name={name}]", value)
    handler.select_option("[name=method]", "phone")
    handler.select_option("[name=satisfaction]", "good")
    submit(handler)
    do(handler, "closing_file", closing, "report", report="电机已更换，赵明远副镇长两次到场协调，稻田恢复灌溉。")
    do(handler, "closing_file", closing, "paper", paper="none", paper_reason="问题已解决，信访人认为不必签。")
    base = handler.url.partition("/admin/")[0]
    for href in [link.get_attribute("href") for link in handler.get_by_role("link", name="填写", exact=True).all()]:
        handler.goto(f"{base}{href}")
        handler.fill("[name=note]", "材料齐全，见卷内。")
        submit(handler)
    return closing


def sign_and_close(page_as: Login, server: Server, closing: str) -> None:
    """H2: handler, leader, head of the unit, in this order, each with his password; then the office closes."""
    head_first = page_as("unit_head_a")
    head_first.goto(f"{server.base}/admin/closing_file/{closing}/do/sign")
    expect(head_first.locator("main")).to_contain_text("签字")
    expect(head_first.locator("[name=password]")).to_have_count(0)
    for username in ("handler_a", "leader_a", "unit_head_a"):
        page = page_as(username)
        do(page, "closing_file", closing, "sign", password="not my password")
        expect(page.locator("main .note.errors")).to_contain_text("登录密码")
        do(page, "closing_file", closing, "sign", password=server.password(username))
        expect(page.locator("main .note.ok, main .flash, main [role=status]").first).to_be_visible()
    office = page_as("office_head")
    office.goto(f"{server.base}/admin/closing_file/details/?id={closing}")
    confirm(office, "结案")
    expect(office.locator("main")).to_contain_text("已结案")


def test_reception_day_and_notice(page_as: Login, live_server: Server, page: Page) -> None:
    """D1, D3, D6, D7: a month is made from the rule, published, read by the public; a visitor becomes a matter."""
    clerk = page_as("clerk")
    clerk.goto(f"{live_server.base}/admin/roster/?month=2027-03")
    confirm(clerk, "排定本月")
    expect(clerk.locator(".slot").first).to_be_visible()
    office = page_as("office_head")
    office.goto(f"{live_server.base}/admin/notice/new/?period=2027-03")
    confirm(office, office.locator("main form[method=post] button").last.inner_text())
    expect(office.locator("main")).to_contain_text("第 1 版")

    page.goto(f"{live_server.base}/schedule/2027-03")
    expect(page.locator("body")).to_contain_text("3月1日")
    page.goto(f"{live_server.base}/cases")
    assert "冉小兰" not in page.content()
    feed = page.request.get(f"{live_server.base}/schedule.ics").text()
    assert "DTSTART" in feed
    assert "20270301" in feed

    clerk.goto(f"{live_server.base}/admin/roster/?month=2026-11")
    clerk.locator(".slot").first.click()
    clerk.wait_for_load_state()
    clerk.fill("[name=visitor]", "邱大江")
    clerk.fill("[name=demand]", "村道路灯不亮，请求维修。")
    clerk.press("[name=demand]", "Enter")
    expect(clerk.locator("#visitors")).to_contain_text("邱大江")
    clerk.goto(f"{live_server.base}/admin/reception_record/?q=")
    clerk.locator("tr", has_text="邱大江").get_by_role("link").first.click()
    clerk.locator(".head .do summary").click()
    confirm(clerk, "转为信访事项")
    clerk.wait_for_url("**/admin/petition/details/**")
    expect(clerk.locator("main")).to_contain_text("村道路灯不亮")


def test_campaign_and_figures(page_as: Login, live_server: Server) -> None:
    """G1, G2, G4, I1, I2: rows are taken into the ledger, the month is frozen, a number opens its list and exports."""
    office = page_as("office_head")
    office.goto(f"{live_server.base}/admin/campaign/")
    office.locator("table.list tbody td a").first.click()
    office.wait_for_load_state()
    campaign = row_id(office)
    office.goto(f"{live_server.base}/admin/campaign/{campaign}/propose/")
    boxes = office.locator("main table input[type=checkbox]")
    if boxes.count():
        boxes.first.check()
        office.get_by_role("button", name="把勾选的列入台账").click()
        office.wait_for_load_state()
    office.goto(f"{live_server.base}/admin/campaign_case/?campaign={campaign}")
    expect(office.locator("table.list").first).to_contain_text("XF20")

    office.goto(f"{live_server.base}/admin/figures/")
    number = office.locator("main table.list td.num a, main table td a").first
    number.click()
    office.wait_for_load_state()
    expect(office.locator("h1")).to_be_visible()
    statistician = page_as("statistician")
    statistician.goto(f"{live_server.base}/admin/figures/")
    with statistician.expect_download() as download:
        statistician.locator("main .head .do a", has_text="导出 Excel").click()
        dialog = statistician.locator("dialog[open]")
        dialog.locator("input, textarea").first.fill("月报")
        dialog.locator("button.go").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_import_by_screen(page_as: Login, live_server: Server, tmp_path: Path) -> None:
    """A-import: upload, mapping, preview, confirm, report; a second time nothing is created."""
    book = tmp_path / "留言.xlsx"
    book.write_bytes(books.messages_xlsx())
    clerk = page_as("clerk")
    upload(clerk, live_server, book)
    submit(clerk)
    expect(clerk.locator("main")).to_contain_text("新增")
    upload(clerk, live_server, book)
    expect(clerk.locator("main")).to_contain_text("跳过")
    expect(clerk.get_by_role("button", name="确认导入")).to_be_disabled()


def upload(clerk: Page, server: Server, book: Path) -> None:
    """Upload a file, accept the guessed columns; the preview shows."""
    clerk.goto(f"{server.base}/admin/import/contacts/")
    clerk.set_input_files("input[type=file]", book)
    submit(clerk)
    submit(clerk)


def test_the_accused_sees_nothing(page_as: Login, live_server: Server) -> None:
    """J1: the clerk sees the complaint about unit B's head; he himself and his unit find no trace of it."""
    clerk = page_as("clerk")
    clerk.goto(f"{live_server.base}/admin/petition/?tab=all&purpose=report")
    expect(clerk.locator("table.list")).to_contain_text("JB20")
    links = [link.get_attribute("href") for link in clerk.locator("table.list tbody tr td:first-child a").all()]
    about_him = []
    for link in links:
        clerk.goto(f"{live_server.base}{link}")
        about_him += [link] if "卫国栋" in clerk.locator("main").inner_text() else []
    assert about_him, "the demonstration office has a complaint about unit B's head"
    for username in ("unit_head_b", "handler_b"):
        accused = page_as(username)
        accused.goto(f"{live_server.base}/admin/petition/?tab=all&purpose=report")
        for link in about_him:
            assert link not in accused.content()
            answer = accused.goto(f"{live_server.base}{link}")
            assert answer is not None
            assert answer.status == 404


def test_keyboard_menu_and_language(page_as: Login, live_server: Server) -> None:
    """Design §10: `/` focuses the search, the phone has a menu, the switch gives English."""
    clerk = page_as("clerk")
    clerk.goto(f"{live_server.base}/admin/")
    clerk.keyboard.press("/")
    expect(clerk.locator("#q")).to_be_focused()
    phone = page_as("clerk2", width=390, height=844)
    phone.goto(f"{live_server.base}/admin/")
    expect(phone.locator("nav.side")).not_to_be_in_viewport()
    phone.locator("[data-menu]").click()
    expect(phone.locator("nav.side")).to_be_in_viewport()
    clerk.locator("header").get_by_text("English").click()
    clerk.wait_for_load_state()
    expect(clerk.locator("html")).to_have_attribute("lang", "en")


def test_what_came_before_is_found_while_it_is_typed(page_as: Login, live_server: Server) -> None:
    """A5: a demand typed again, the hint appears with its reason, the keyboard joins it; the contact is a repeat."""
    clerk = page_as("clerk2")
    demand = "村头水闸年久失修，雨季漏水淹了二十亩菜地，请求水利部门维修。"
    for again in (False, True):
        clerk.goto(f"{live_server.base}/admin/contact/new/")
        clerk.fill("#people-0-name", "冉小兰")
        clerk.fill("#demand", demand.replace("，", "；") if again else demand)
        if again:
            hint = clerk.locator("#hints li").first
            expect(hint).to_contain_text("诉求相似 100 %", timeout=20_000)
            expect(hint).to_contain_text("同名")
            hint.get_by_role("button", name=re.compile("并入")).press("Enter")
            expect(hint.locator("[aria-pressed=true]")).to_have_count(1)
        submit(clerk)
    expect(clerk.locator("main")).to_contain_text("登记件（2）")
