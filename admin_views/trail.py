"""审计: the trail, without content (J2, C13). Only the auditor opens it; nobody writes it."""

from typing import Any

from flask_babel import gettext

import models as m
from admin_views.base import DeskView, show
from admin_views.labels import TABLES, label, table_label
from admin_views.listing import Cell, Column, Filter, between, equals, tagged
from admin_views.wording import listed

ACTIONS = {
    "create": "新增",
    "update": "修改",
    "delete": "删除",
    "login": "登录",
    "logout": "退出",
    "view": "查看",
    "reveal": "查看完整身份",
    "print": "打印",
    "download": "下载附件",
    "export": "导出",
    "search": "按证件或电话搜索",
    "refused": "被拒绝",
    "change_password": "修改密码",
    "reset_password": "重设密码",
}
RESULTS = {"ok": ("成功", "ok"), "refused": ("被拒绝", "late"), "locked": ("已锁定", "late")}


def changed(entry: m.AuditEntry) -> str:
    """Names of the fields that changed; values stay in the trail as hashes."""
    return listed(label(str(name), entry.table_name or entry.action) for name in entry.details)


def result_word(entry: m.AuditEntry) -> str:
    return gettext(RESULTS[entry.result][0]) if entry.result in RESULTS else entry.result


WORDS = {
    "action": lambda e: gettext(ACTIONS.get(e.action, e.action)),
    "table_name": lambda e: table_label(e.table_name),
    "result": result_word,
    "details": changed,
}
"""Facts of an entry that are codes, as a person reads them."""


class AuditView(DeskView):
    """审计."""

    title, group = "审计", "设置"
    columns = (
        Column("at", "时间", lambda e: show(e.at), sort=m.AuditEntry.id),
        Column("username", "账号", lambda e: e.username),
        Column("address", "来自", lambda e: e.address),
        Column("action", "做了什么", lambda e: gettext(ACTIONS.get(e.action, e.action))),
        Column("table_name", "对象", lambda e: Cell(table_label(e.table_name), sub=str(e.row_id or ""))),
        Column("details", "字段", lambda e: Cell(changed(e), kind="clip")),
        Column(
            "result",
            "结果",
            lambda e: tagged(
                gettext(RESULTS.get(e.result, (e.result, "wait"))[0]), RESULTS.get(e.result, ("", "wait"))[1]
            ),
        ),
    )
    filters = (
        Filter(
            "action", "做了什么", equals(m.AuditEntry.action), lambda _a: [(k, gettext(v)) for k, v in ACTIONS.items()]
        ),
        Filter(
            "table", "对象", equals(m.AuditEntry.table_name), lambda _a: [(k, gettext(v)) for k, v in TABLES.items()]
        ),
        Filter("user", "账号", equals(m.AuditEntry.username), kind="text"),
        Filter("at", "日期", between(m.AuditEntry.at), kind="dates"),
    )
    fact_groups = (
        (
            "审计",
            ("at", "username", "address", "action", "table_name", "row_id", "details", "result", "prev_hash", "hash"),
        ),
    )

    def fact(self, row: Any, name: str) -> dict[str, Any]:
        found = super().fact(row, name)
        return found | {"text": WORDS[name](row)} if name in WORDS else found

    def default_order(self) -> list[Any]:
        return [m.AuditEntry.id.desc()]

    def page_title(self, row: Any | None) -> str:
        return f"{gettext('审计')} {row.id}" if row is not None else ""


def views() -> list[Any]:
    return [AuditView(m.AuditEntry)]
