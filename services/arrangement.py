"""The sessions with all that goes with them: companions, delegates, form; and what stands on the desk plate (D4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import models as m
from rules.roster_period import day_text, long_day
from rules.session_hours import hours_text
from rules.words import RuleBroken

COLUMNS = {
    "day": "日期", "hours": "时间", "leader": "接访领导", "division": "分管工作", "form": "接访形式", "place": "接访地点",
    "companion": "陪访部门", "delegates": "邀请代表", "cadre": "信访干部",
}  # fmt: skip
"""Key → head, in the order of the sheet."""
NEEDED = ("leader", "place", "companion", "cadre")
"""What a session may not begin without; delegates are invited to some only."""
MISSING = "（缺）"


@dataclass(frozen=True)
class Sheet:
    """The lines by key, and what is missing in words."""

    lines: list[dict[str, str]]
    flags: list[str]


def sheet(rows: Sequence[m.ReceptionSession]) -> Sheet:
    """One line a session, day and leader on two; what is missing says so, and so does a companion not told yet."""
    lines = [_line(row) for row in rows]
    flags = [flag for key in NEEDED if (flag := _flag(key, rows, lines))]
    untold = [day_text(row.held_on) for row in rows if row.companion_unit is not None and row.companion_told_on is None]
    if untold:
        flags.append(f"{'、'.join(untold)} 的陪访部门还没有通知。")
    return Sheet(lines, flags)


def _line(row: m.ReceptionSession) -> dict[str, str]:
    leader = row.leader
    found = {
        "day": long_day(row.held_on).replace(" ", "\n"),
        "hours": hours_text(row.starts, row.ends),
        "leader": f"{leader.name}\n{leader.title}" if leader else "",
        "division": (leader.division or "") if leader else "",
        "form": row.form.label,
        "place": row.place or "",
        "companion": row.companion_unit.name if row.companion_unit else "",
        "delegates": row.delegates or "",
        "cadre": row.cadre or "",
    }
    return found | {key: MISSING for key in NEEDED if not found[key]}


def _flag(key: str, rows: Sequence[m.ReceptionSession], lines: Sequence[dict[str, str]]) -> str:
    days = [day_text(row.held_on) for row, line in zip(rows, lines, strict=True) if line[key] == MISSING]
    return f"{'、'.join(days)} 没有{COLUMNS[key]}，请补齐。" if days else ""


def plate(row: m.ReceptionSession) -> dict[str, str]:
    """What stands on the plate (挂牌): large the name, below it what a visitor asks first. Raises RuleBroken without a leader."""
    leader = row.leader
    if leader is None:
        raise RuleBroken(f"{long_day(row.held_on)} 还没有接访领导，请安排。")
    return {
        "name": "　".join(leader.name) if len(leader.name) == 2 else leader.name,
        "title": leader.title,
        "division": leader.division or "",
        "phone": leader.phone or "",
        "day": f"{row.held_on.year}年{long_day(row.held_on)}",
        "hours": hours_text(row.starts, row.ends),
    }
