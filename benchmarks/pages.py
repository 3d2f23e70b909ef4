"""What is asked of the office: each page of the comparison as a small function of a logged-in client."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, render_template
from flask.testing import FlaskClient

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')
FLOOR = "/admin/empty-page"


@dataclass
class Browser:
    """One person's client; `token` is the session's. `facts`: what a page needs to know of the office measured."""

    client: FlaskClient
    facts: dict[str, Any] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> str:
        """The page's text; anything but 200 ends the run."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{answer.status_code} {path}"
        return answer.text

    def log_in(self, username: str, password: str) -> None:
        """Through the login page."""
        self.token = token_in(self.get("/login"))
        said = {"username": username, "password": password, "csrf_token": self.token}
        assert self.client.post("/login", data=said).status_code == 302
        self.token = token_in(self.get("/admin/"))


def token_in(page: str) -> str:
    """The CSRF token of a page."""
    found = TOKEN.search(page)
    assert found
    return found[1]


def add_floor(app: Flask) -> None:
    """A view that does nothing but show the shell all pages stand in."""
    app.add_url_rule(FLOOR, view_func=lambda: render_template("layout.html"), endpoint="empty_page")


def save(browser: Browser) -> None:
    """Change one word of a matter not yet routed: the form's own fields, its version, its token."""
    path = f"/admin/petition/edit/?id={browser.facts['open_id']}"
    page = browser.facts["form"]
    browser.facts["saves"] = browser.facts.get("saves", 0) + 1
    version = browser.facts.get("version") or int(VERSION.search(page)[1])  # type: ignore[index]
    said = browser.facts["fields"] | {
        "title": f"改动 {browser.facts['saves']} 次的概况",
        "version": version,
        "csrf_token": browser.token,
    }
    answer = browser.client.post(path, data=said)
    assert answer.status_code == 302, answer.text[:2000]
    browser.facts["version"] = version + 1


def get(path: str) -> Callable[[Browser], Any]:
    """Ask for a page; {names} in its address are the office's facts."""
    return lambda browser: browser.get(path.format(**browser.facts))


@dataclass(frozen=True)
class Task:
    """One line of the table. `goal`: the ratio promised between the large and the small office."""

    label: str
    username: str
    run: Callable[[Browser], Any]
    goal: float | None = None


LIST = 1.5
"""The words asked for fill a page in both offices, so that the ratio compares the finding and not the rows shown."""
TASKS = (
    Task("空页（同一外壳）", "clerk", get(FLOOR)),
    Task("工作台", "clerk", get("/admin/")),
    Task("列表：在办", "clerk", get("/admin/petition/"), LIST),
    Task("列表：全部", "clerk", get("/admin/petition/?tab=all"), LIST),
    Task("列表：第 40 页", "clerk", get("/admin/petition/?tab=all&page=39"), LIST),
    Task("列表：承办人全部", "handler_a", get("/admin/petition/?tab=all"), LIST),
    Task("列表：登记件", "clerk", get("/admin/contact/"), LIST),
    Task("筛选：状态", "clerk", get("/admin/petition/?tab=all&status=archived"), LIST),
    Task("筛选：单位、日期", "clerk", get("/admin/petition/?tab=all&unit={unit_id}&registered=2020-01-01..2023-12-31"), LIST),
    Task("筛选：分类、方式", "clerk", get("/admin/petition/?tab=all&category={category_id}&channel=letter"), LIST),
    Task("排序：登记日期", "clerk", get("/admin/petition/?tab=all&sort=registered_on-desc"), LIST),
    Task("搜索：两个字", "clerk", get("/admin/search/?q=小区"), LIST),
    Task("搜索：两个字（极多）", "clerk", get("/admin/search/?q=我们"), LIST),
    Task("搜索：两个词", "clerk", get("/admin/search/?q=我们+小区"), LIST),
    Task("搜索：姓名", "clerk", get("/admin/search/?q={name}"), LIST),
    Task("搜索：编号", "clerk", get("/admin/search/?q={number}"), LIST),
    Task("搜索：没有", "clerk", get("/admin/search/?q=鬯鬱"), LIST),
    Task("搜索：承办人两个字", "handler_a", get("/admin/search/?q=小区"), LIST),
    Task("搜索：承办人两个字（极多）", "handler_a", get("/admin/search/?q=社区"), LIST),
    Task("单位办理台：待签收", "handler_a", get("/admin/tray/"), LIST),
    Task("单位办理台：待答复", "handler_a", get("/admin/tray/?tab=reply"), LIST),
    Task("单位办理台：待送达办结", "handler_a", get("/admin/tray/?tab=finish"), LIST),
    Task("每日到期提示", "clerk", get("/admin/digest/")),
    Task("事项页", "clerk", get("/admin/petition/details/?id={open_id}"), LIST),
    Task("修改：打开表单", "clerk", get("/admin/petition/edit/?id={open_id}"), LIST),
    Task("修改：保存", "clerk", save, LIST),
    Task("登记：打开表单", "clerk", get("/admin/contact/new/"), LIST),
    Task("统计报表（本年）", "clerk", get("/admin/figures/")),
)  # fmt: skip
