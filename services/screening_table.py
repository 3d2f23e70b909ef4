"""The board of a screening round as a table, for Excel, Word and paper (E2, I1)."""

from collections.abc import Sequence
from datetime import datetime

import models as m
from rules import screening as rules
from rules.screening import ReturnState
from services.screening import Line
from services.workbook_table import Column, TableSheet

COLUMNS = [
    Column("unit", "单位"),
    Column("state", "报送情况"),
    Column("returned_at", "报送时间", kind="datetime"),
    Column("late", "迟报小时数", kind="int"),
    Column("by", "报送人"),
    Column("count", "矛盾纠纷件数", kind="int"),
    Column("serious", "其中较重、紧急", kind="int"),
    Column("urged", "催报次数", kind="int"),
    Column("note", "备注"),
]


def state_of(line: Line, now: datetime) -> ReturnState:
    """Where a unit's return stands."""
    return rules.state(line.row.returned_at, line.row.is_nil, line.row.round.due_at, now)


def late_of(line: Line, now: datetime) -> int:
    """Hours late, begun ones counted."""
    return rules.hours_late(line.row.returned_at, line.row.round.due_at, now)


def totals(lines: Sequence[Line], now: datetime) -> dict[str, int]:
    """How many returned, returned nil, wait, are missing; how many came late; how many disputes."""
    found = dict.fromkeys((state.value for state in ReturnState), 0) | {"late": 0, "count": 0, "serious": 0}
    for line in lines:
        found[state_of(line, now).value] += 1
        found["late"] += line.row.returned_at is not None and late_of(line, now) > 0
        found["count"] += line.count
        found["serious"] += line.serious
    return found


def sheet(row: m.ScreeningRound, lines: Sequence[Line], now: datetime, due: str) -> TableSheet:
    """One line a unit and their sum; `due`: the hour in the office's time, as shown."""
    rows = [
        {
            "unit": line.row.unit.name,
            "state": state_of(line, now).label,
            "returned_at": line.row.returned_at,
            "late": late_of(line, now) or None,
            "by": line.row.by.name if line.row.by else "",
            "count": line.count,
            "serious": line.serious,
            "urged": line.row.urged_count or None,
            "note": line.row.note or "",
        }
        for line in lines
    ]
    summed = totals(lines, now)
    return TableSheet(
        COLUMNS, rows, title=f"{row.name}报送情况表", period=f"报送期限 {due}",
        totals={"unit": "合计", "count": summed["count"], "serious": summed["serious"]},
        remark=f"应报 {len(lines)} 个，已报 {summed['returned']} 个，零报告 {summed['nil']} 个，迟报 {summed['late']} 个，"
        f"未报 {summed['missing'] + summed['waiting']} 个。",
    )  # fmt: skip
