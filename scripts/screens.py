"""The pictures in docs/screens/ (`make screens`): a fresh demonstration office, its main screens at 1366 and 390 px, two prints.

The office is made on 2026-11-23 with the default seed, so that two runs show the same matters.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "docs" / "screens"
TODAY = "2026-11-23"
TALLEST = 1800
"""Pixels of a picture at most; the ledger is longer."""
SIZES = {"": (1366, 768), "-phone": (390, 844)}
ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none", "--lang=zh-CN"]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TABLE = (
    ("来访日期", "姓名", "联系电话", "反映事项", "反映内容", "信访方式"),
    (
        "2026-11-18",
        "苏金凤",
        "13800001122",
        "石桥村机耕路塌方",
        "石桥村机耕路雨后塌方，秋收运粮要绕行五里，请求修复。",
        "来访",
    ),
    ("2026-11-19", "钟水生", "13800003344", "退耕还林补助", "退耕还林补助今年没有到账，请核对面积和账号。", "来电"),
    ("2026-11-31", "龚巧云", "13800005566", "医保缴费重复扣款", "银行卡上扣了两次医保费，请退回一次。", "网上信访"),
    ("2026-11-20", "", "13800007788", "路口没有红绿灯", "小学门口车多没有红绿灯，建议增设。", "来信"),
)


@dataclass(frozen=True)
class Office:
    """Where the office answers, its accounts, and a question to its database."""

    base: str
    accounts: dict[str, dict[str, str]]
    ask: Callable[[str], Any]


@dataclass(frozen=True)
class Shot:
    """One screen: file name, who looks ("" nobody), its address; {ids} are answers of the database; `act` goes on from there."""

    name: str
    who: str
    path: str
    question: str = ""
    act: Callable[[Page], None] | None = None


def import_preview(page: Page) -> None:
    """Upload a small table with two bad rows and go on to its preview."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "十一月来访登记.csv")
        with file.open("w", encoding="utf-8-sig", newline="") as table:
            csv.writer(table).writerows(TABLE)
        page.set_input_files("[name=file]", file)
        page.click("main form [type=submit]")
    page.click("main form [type=submit]")
    page.wait_for_url("**/preview**")


MATTER = """select petition_id from "case" c join petition p on p.id = c.petition_id
            where p.status = 'handling' and c.status = 'running' order by p.breach_on limit 1"""
CASE = "select id from \"case\" where status = 'running' and plan is not null order by id desc limit 1"
FILE = "select closing_file_id from signature where voided_at is null group by 1 having count(*) = 2 limit 1"
VISIT = "select id from contact where channel = 'visit' and people_count > 1 order by id desc limit 1"
SHOTS_LIST = (
    Shot("01-workbench", "office_head", "/admin/"),
    Shot("02-matters", "clerk", "/admin/petition/"),
    Shot("03-matter", "handler_a", "/admin/petition/details/?id={id}", MATTER),
    Shot("04-registration", "clerk", "/admin/contact/new/"),
    Shot("05-import", "clerk", "/admin/import/contacts/", act=import_preview),
    Shot("06-roster", "office_head", "/admin/roster/?month=2026-12"),
    Shot("07-notice", "", "/schedule/2026-12"),
    Shot("08-case", "office_head", "/admin/case/details/?id={id}", CASE),
    Shot("09-closing", "unit_head_a", "/admin/closing_file/details/?id={id}", FILE),
    Shot("10-campaign", "office_head", "/admin/campaign_case/?campaign=1"),
    Shot("11-statistics", "office_head", "/admin/figures/"),
    Shot("12-login", "", "/login"),
)
PRINTS = (
    Shot("print-registration", "clerk", "/admin/contact/{id}/print", VISIT),
    Shot("print-notice", "", "/schedule/2026-12/print"),
)


@contextmanager
def served() -> Iterator[Office]:
    """A fresh demonstration office in a folder of its own, served until the block ends."""
    with tempfile.TemporaryDirectory(prefix="desk-screens-") as folder, closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        ours = {"DESK_DATA": folder, "DESK_KEY_FILE": f"{folder}/keys.json", "DESK_TODAY": TODAY}
        env = os.environ | ours | {"HOST": "127.0.0.1", "PORT": port}
        for args in (("init",), ("demo",)):
            subprocess.run(_flask(*args), cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        said = json.loads(Path(folder, "demo-accounts.json").read_text(encoding="utf-8"))
        server = subprocess.Popen(_flask("serve"), cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            _wait_for(int(port))
            yield Office(
                f"http://127.0.0.1:{port}", said["accounts"], lambda question: _ask(Path(folder, "desk.db"), question)
            )
        finally:
            server.terminate()
            server.wait(20)


def _flask(*args: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "app", *args]


def _ask(file: Path, question: str) -> Any:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchone()[0]


def _wait_for(port: int) -> None:
    for _ in range(300):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server does not answer")


class Camera:
    """Takes shots of an office; each person logs in once for each size."""

    def __init__(self, browser: Browser, office: Office) -> None:
        self.browser, self.office, self.pages = browser, office, dict[tuple[str, str], Page]()

    def page(self, who: str, size: str) -> Page:
        """That person's window of that size."""
        if (who, size) not in self.pages:
            width, height = SIZES[size]
            context = self.browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            self.pages[who, size] = page = context.new_page()
            if who:
                self._log_in(page, who)
        return self.pages[who, size]

    def _log_in(self, page: Page, who: str) -> None:
        page.goto(f"{self.office.base}/login")
        page.fill("[name=username]", who)
        page.fill("[name=password]", self.office.accounts[who]["password"])
        page.click("[type=submit]")
        page.wait_for_url("**/admin/**")

    def open(self, shot: Shot, size: str = "") -> Page:
        """The shot's page, ready to be taken."""
        page = self.page(shot.who, size)
        path = shot.path.format(id=self.office.ask(shot.question)) if shot.question else shot.path
        answer = page.goto(f"{self.office.base}{path}")
        if answer is None or answer.status != 200:
            raise SystemExit(f"{shot.name}: {answer.status if answer else 'no answer'} {path}")
        if shot.act:
            shot.act(page)
        return page


def take(office: Office, folder: Path, only: list[str]) -> None:
    """Take all shots, or those whose names are given, into the folder."""
    with sync_playwright() as playwright:
        path = os.environ.get("DESK_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        camera = Camera(browser, office)
        for shot in _wanted(SHOTS_LIST, only):
            for size in SIZES:
                _picture(camera.open(shot, size), folder / f"{shot.name}{size}.png")
        for shot in _wanted(PRINTS, only):
            camera.open(shot).pdf(path=folder / f"{shot.name}.pdf", prefer_css_page_size=True)
        browser.close()


def _picture(page: Page, path: Path) -> None:
    """The whole page, cut where a long list only goes on."""
    height = page.evaluate("document.documentElement.scrollHeight")
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)})


def _wanted(shots: tuple[Shot, ...], only: list[str]) -> list[Shot]:
    return [shot for shot in shots if not only or shot.name.startswith(tuple(only))]


def main() -> None:
    """`python -m scripts.screens [NAME …]`."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    with served() as office:
        take(office, SHOTS, sys.argv[1:])
    taken = sorted(SHOTS.iterdir())
    print(f"{len(taken)} files in {SHOTS.relative_to(ROOT)}, {sum(f.stat().st_size for f in taken) // 1024} KB")


if __name__ == "__main__":
    main()
