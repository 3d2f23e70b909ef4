"""Exporting (I1, C9): a list or a table of figures as a formatted workbook, with its reason, under the gate, in the trail."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rules.access import Actor
from rules.periods import around, between
from rules.words import RuleBroken
from services import audit, figure_sheets, gate, office_zone, settings, table_document
from services.export_fields import ListTable, Reader
from services.export_tables import LISTS, bounded, everything
from services.workbook_out import write_table
from services.workbook_table import Column, TableSheet, Value

MOST_AT_ONCE = 20_000
"""Rows exported while the reader waits; more goes to a job (trust §5)."""
MOST_IN_WORD = 1_000
"""Rows of a Word table: it is made whole in memory, some 4 ms and 100 KB a row."""
CHUNK = 500
WRITERS = {"xlsx": write_table, "docx": table_document.write}
"""What a sheet can become, by the ending of the file."""


def names() -> list[dict[str, str]]:
    """Everything that exports: [{"name", "title", "kind"}], lists first, then the tables of figures."""
    lists = [{"name": table.name, "title": table.title, "kind": "list"} for table in LISTS.values()]
    return lists + [{"name": name, "title": title, "kind": "figures"} for name, title in figure_sheets.NAMES.items()]


def to_file(
    session: Session,
    actor: Actor,
    name: str,
    out: Path,
    *,
    start: date | None = None,
    end: date | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """Write the list or table `name` to the file `out` (xlsx or docx): {"name", "rows", "file"}; the caller commits.

    `start`/`end`: both days included; a list without them is whole, a table of figures is of this month.
    Raises RuleBroken naming what is wrong, gate.Forbidden when the actor may not export it; no file is left then.
    """
    form = out.suffix.lower().removeprefix(".")
    if form not in WRITERS:
        raise RuleBroken("导出文件：只能导出为 .xlsx 或 .docx，请改文件名。", "out")
    check_reason(reason)
    if start and end:
        between(start, end)
    sheet = _sheet(session, actor, name, start, end)
    try:
        with out.open("wb") as stream:
            rows = write(session, actor, name, stream, sheet, reason, conditions=sheet.period, form=form)
    except OSError:
        raise RuleBroken(f"导出文件：{out} 不能写入，请换一个位置。", "out") from None
    except RuleBroken:
        out.unlink(missing_ok=True)
        raise
    return {"name": name, "rows": rows, "file": str(out)}


def _sheet(session: Session, actor: Actor, name: str, start: date | None, end: date | None) -> TableSheet:
    if name in LISTS:
        table = LISTS[name]
        if table.day is None and table.name != "reception_record" and (start or end):
            raise RuleBroken(f"{table.title}：没有日期，不能按期间导出，请去掉起止日期。", "start")
        statement = bounded(table, everything(actor, table), start, end)
        period = f"{start or '最早'} 至 {end or actor.today}" if start or end else "全部"
        return list_sheet(session, actor, table, statement, period)
    if name in figure_sheets.NAMES:
        month = around("month", actor.today)
        return figure_sheets.sheet(session, actor, name, between(start or month.start, end or month.end))
    raise RuleBroken(f"导出：没有“{name}”，请用 flask export --list 查看可以导出的表。", "name")


def list_sheet(session: Session, actor: Actor, table: ListTable, statement: sa.Select[Any], period: str) -> TableSheet:
    """The sheet of a list's rows, read in chunks while it is written. `statement`: gated, ordered.

    Raises gate.Forbidden without the table's permission, RuleBroken above 20,000 rows.
    """
    gate.allow(actor, table.permission)
    if gate.count(session, statement, MOST_AT_ONCE) > MOST_AT_ONCE:
        raise RuleBroken(f"导出超过 {MOST_AT_ONCE} 行，请增加筛选条件或缩小期间后分次导出。")
    reader = Reader(actor, settings.channels(session))
    fields = [field for field in table.fields if not (field.is_text and reader.is_masked)]
    statement = statement.options(*table.options).execution_options(yield_per=CHUNK)

    def rows() -> Iterator[Mapping[str, Value]]:
        for row in session.scalars(statement):
            yield {field.key: field.value(row, reader) for field in fields}

    columns = [Column(field.key, field.label, kind=field.kind) for field in fields]
    remark = table.remark(session, actor) if table.remark else ""
    return TableSheet(columns, rows(), title=table.title, period=period, remark=remark)


def check_reason(reason: str) -> None:
    """An export says why (C9). Raises RuleBroken when the reason is missing or too long."""
    if not reason.strip():
        raise RuleBroken("导出理由：请填写，会与导出人、时间、条数一起记入审计并印在表上。", "reason")
    if len(reason) > 200 or "\x00" in reason:
        raise RuleBroken("导出理由：最多 200 个字，请删短。", "reason")


def write(
    session: Session,
    actor: Actor,
    name: str,
    out: BinaryIO,
    sheet: TableSheet,
    reason: str,
    *,
    conditions: str = "",
    write_now: Any = None,
    form: str = "xlsx",
) -> int:
    """Write the sheet with reporting unit, preparer and watermark, then the trail's entry; returns the number of rows.

    `write_now`: called between reading and the entry, by a request that has only read so far. `form`: a key of WRITERS.
    """
    check_reason(reason)
    count = 0

    def counted() -> Iterator[Mapping[str, Value]]:
        nonlocal count
        for count, row in enumerate(sheet.rows, start=1):
            if form == "docx" and count > MOST_IN_WORD:
                raise RuleBroken(f"导出 Word 最多 {MOST_IN_WORD} 行，请改为导出 Excel，或增加筛选条件后再导出。")
            yield row

    WRITERS[form](out, replace(_dressed(session, actor, sheet, reason), rows=counted()))
    if write_now is not None:
        write_now()
    details = {"name": name, "rows": count, "reason": reason.strip(), "conditions": conditions}
    audit.record(session, actor, "export", table=name, details=details)
    return count


def _dressed(session: Session, actor: Actor, sheet: TableSheet, reason: str) -> TableSheet:
    at = office_zone.local(actor.now).strftime("%Y-%m-%d %H:%M")
    return replace(
        sheet,
        reporting_unit=str(settings.get(session, "office_name", actor.today) or "信访办"),
        preparer=actor.name,
        prepared_on=actor.today,
        watermark=f"{actor.name}（{actor.username}）于 {at} 导出，理由：{reason.strip()}。",
    )
