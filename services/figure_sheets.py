"""The tables of figures as printable sheets (I1): the same numbers as on the screen, with totals."""

from typing import Any

from sqlalchemy.orm import Session

from rules import figures as definitions
from rules.access import Actor
from rules.periods import Period
from services import figure_tables, figures, gate
from services.figure_tables import Line, Table
from services.workbook_table import Column, TableSheet

NAMES: dict[str, str] = {
    f"contacts_by_{by}": f"信访情况统计表（按{head}）" for by, head in figure_tables.BY.items()
} | {"figures": "信访工作主要指标"}
"""Name in `flask export` → title."""


def sheet(session: Session, actor: Actor, name: str, period: Period) -> TableSheet:
    """One of NAMES for a period. Raises gate.Forbidden without the permission to export figures."""
    gate.allow(actor, "figures.export")
    if name == "figures":
        return _figures(session, actor, period)
    return _contacts(figure_tables.contacts(session, actor, name.removeprefix("contacts_by_"), period), period)


def _contacts(table: Table, period: Period) -> TableSheet:
    counts = [Column(key, label, kind="int", group="信访件（件、批次）") for key, label in table.columns]
    columns = [
        Column("label", table.head),
        *counts,
        Column("total", "合计", kind="int"),
        Column("on_last_year", "同比", kind="percent"),
        Column("on_before", "环比", kind="percent"),
        Column("on_time", "按期", kind="int", group="按期答复"),
        Column("owed", "应答复", kind="int", group="按期答复"),
        Column("reply_rate", "按期答复率", kind="percent", group="按期答复"),
    ]
    rows = [_cells(table, line) for line in table.lines]
    title = f"{period.title}信访情况统计表（按{table.head}）"
    return TableSheet(columns, rows, title=title, period=_days(period), totals=_cells(table, table.total))


def _cells(table: Table, line: Line) -> dict[str, Any]:
    counts = {key: line.counts.get(key, 0) for key, _label in table.columns}
    rates = {name: _ratio(getattr(line, name)) for name in ("on_last_year", "on_before", "reply_rate")}
    return {"label": line.label, "total": line.total, "on_time": line.on_time, "owed": line.owed} | counts | rates


def _ratio(percent: float | None) -> float | str:
    return definitions.NOTHING if percent is None else round(percent / 100, 4)


def _figures(session: Session, actor: Actor, period: Period) -> TableSheet:
    columns = [
        Column("label", "指标"),
        Column("value", "数值"),
        Column("unit", "单位"),
        Column("numerator", "分子", kind="int"),
        Column("denominator", "分母", kind="int"),
        Column("period_key", "归入期间的日期"),
        Column("formula", "计算办法"),
    ]
    found = figures.compute(session, actor, None, period.start, period.end)
    rows = [entry | _words(entry) for entry in found]
    return TableSheet(columns, rows, title=f"{period.title}信访工作主要指标", period=_days(period))


def _words(entry: dict[str, Any]) -> dict[str, str]:
    figure = definitions.BY_NAME[entry["name"]]
    shown = definitions.written(entry["value"], entry["unit"])
    return {"value": shown, "period_key": figure.period_key, "formula": figure.formula}


def _days(period: Period) -> str:
    return f"{period.start} 至 {period.end}"
