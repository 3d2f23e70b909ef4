"""The month's report of reception days as a table and a sentence: what is shown, printed, and written as xlsx or docx (D8)."""

from datetime import date
from typing import Any

from rules.roster_period import day_text
from services.workbook_table import Column, TableSheet

FIGURES = {
    "sessions": "接访场次", "leaders": "接访领导人次", "main_leaders": "其中主要领导", "visits": "接待批次", "people": "接待人次",
    "registered": "转信访事项", "settled": "当场答复", "closed": "已办结", "open": "办理中",
}  # fmt: skip
"""What is counted, by key, in the report's order."""
COLUMNS = (
    Column("leader", "接访领导"),
    Column("title", "职务"),
    Column("time", "接访时间"),
    Column("place", "接访地点"),
    Column("visits", "接待批次", kind="int"),
    Column("people", "接待人次", kind="int"),
    Column("what", "受理的信访事项"),
    Column("outcome", "处理方式"),
    Column("unit", "责任单位"),
    Column("state", "办理情况"),
)
"""S2e's columns: who, post, when, where, what was received, how it is handled, and the figures."""


def lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The report's table, a line a matter; a session nobody came to has a line of its own. Session cells stand on its first."""
    found = []
    for one in body["sessions"]:
        day = date.fromisoformat(one["held_on"])
        head = {name: one[name] for name in ("leader", "title", "place", "visits", "people")}
        head["time"] = f"{day_text(day)} {one['hours']}"
        matters = one["matters"] or [{"what": "无来访", "outcome": "", "unit": "", "state": ""}]
        for place, matter in enumerate(matters):
            found.append((head if place == 0 else {}) | {k: matter[k] for k in ("what", "outcome", "unit", "state")})
    return found


def summary(body: dict[str, Any]) -> str:
    """The figures in a sentence, as the covering letter says them."""
    counts = body["figures"]
    said = "，".join(f"{label} {counts[key]}" for key, label in FIGURES.items())
    ways = "、".join(f"{label} {count} 件" for label, count in body["outcomes"].items())
    return f"{said}。" + (f"处理方式：{ways}。" if ways else "")


def sheet(body: dict[str, Any]) -> TableSheet:
    """The report as a sheet for Excel and Word."""
    totals = {"leader": "合计", "visits": body["figures"]["visits"], "people": body["figures"]["people"]}
    return TableSheet(
        list(COLUMNS),
        lines(body),
        title=body["title"],
        period=f"{body['from']} 至 {body['to']}",
        totals=totals,
        remark=summary(body) + (f"报送：{body['report_to']}" if body["report_to"] else ""),
    )
