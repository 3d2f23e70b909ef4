"""The child process that reads one uploaded table: `python -m services.workbook_child KIND PATH` (C11).

It limits itself (512 MB, 30 s of CPU, no core file), looks at the file, parses it and writes JSON lines to stdout: the header
{"header", "row"}, then [row number, [cells]] for each row with content, then {"end": true}; or {"error", "row"} where it stops. A
crash simply leaves the end out. `--loop` reads {"kind", "path"} lines from stdin and answers each the same way: fuzzing.
"""

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from rules.words import RuleBroken
from services.workbook_cells import LONGEST_TEXT, MAX_COLUMNS, MAX_ROWS, Cell, as_text, clean_text
from services.workbook_csv import csv_rows
from services.workbook_scan import check_package

MAX_OUTPUT = 40 * 2**20  # bytes of JSON: what the parent may have to hold
MEMORY = 512 * 2**20  # bytes of address space
SECONDS = 30

Numbered = tuple[int, list[Cell]]


def read(kind: str, path: Path) -> Iterator[Any]:
    """The answer's JSON values in order. `kind`: 'xlsx' or 'csv'. Never raises RuleBroken: it is the last value then."""
    size = 0
    try:
        for value in _table(_csv(path) if kind == "csv" else _xlsx(path)):
            yield value
            size += _weight(value)
            if size > MAX_OUTPUT:
                raise RuleBroken("表格内容太多（超过 40 MB 文字），请拆成几个文件再上传。")
        yield {"end": True}
    except RuleBroken as no:
        yield {"error": no.message, "row": no.row}
    except (CalamineError, OSError, MemoryError, ValueError, OverflowError):
        yield {"error": "文件已损坏或结构异常，请在 Excel 中把数据复制到新工作簿，另存为 xlsx 后再上传。", "row": None}


def _table(rows: Iterable[Numbered]) -> Iterator[Any]:
    """The header, then the rows, each within the limits. Raises RuleBroken."""
    count = -1
    for number, cells in rows:
        _check_row(number, cells)
        count += 1
        if count > MAX_ROWS:
            raise RuleBroken(f"表格有内容的行超过 {MAX_ROWS} 行，请拆成几个文件再上传。", row=number)
        if count == 0:
            yield {"header": [as_text(cell) for cell in cells], "row": number}
        else:
            yield [number, [_coded(cell) for cell in cells]]
    if count < 0:
        raise RuleBroken("表格里没有任何内容，请填写表头和数据后再上传。")


def _check_row(number: int, cells: list[Cell]) -> None:
    if len(cells) > MAX_COLUMNS:
        raise RuleBroken(
            f"第 {number} 行有 {len(cells)} 列，超过 {MAX_COLUMNS} 列，请删去不需要的列再上传。", row=number
        )
    for column, cell in enumerate(cells, start=1):
        if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
            raise RuleBroken(f"第 {number} 行第 {column} 列超过 {LONGEST_TEXT} 字，请缩短后再上传。", row=number)


def _csv(path: Path) -> Iterator[Numbered]:
    return _filled((number, [clean_text(text) for text in record]) for number, record in csv_rows(path))


def _xlsx(path: Path) -> Iterator[Numbered]:
    """The rows of the first visible worksheet that has any content. Raises RuleBroken and the parser's own errors."""
    check_package(path)
    with CalamineWorkbook.from_path(path) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.visible is not SheetVisibleEnum.Visible:
                continue
            filled = _filled(_sheet(book, sheet.name))
            first = next(filled, None)
            if first is not None:
                yield first
                yield from filled
                return


def _sheet(book: CalamineWorkbook, name: str) -> Iterator[Numbered]:
    """The sheet's rows; the tens of thousands of formatted empty ones are passed over before any work is done on them."""
    for number, values in enumerate(book.get_sheet_by_name(name).iter_rows(), start=1):
        if values.count("") < len(values):
            yield number, [_cell(value) for value in values]


def _cell(value: object) -> Cell:
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value).upper()
    if isinstance(value, int | float | date):  # datetime is a date
        return value
    return clean_text(str(value))


def _filled(rows: Iterable[tuple[int, list[Any]]]) -> Iterator[Numbered]:
    """Rows with content only; '' becomes None and is cut at the row's end."""
    for number, values in rows:
        cells = [None if value == "" else value for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, cells


def _coded(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    return {"d": cell.isoformat()} if isinstance(cell, date) else cell


def _weight(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def limit(seconds: int | None = SECONDS) -> None:
    """Bind this process for good: address space, CPU seconds, no core file (it would hold petitions), low priority."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    os.nice(5)


def answer(kind: str, path: Path, out: TextIO) -> None:
    """Write the answer for one file as JSON lines."""
    for value in read(kind, path):
        out.write(json.dumps(value, ensure_ascii=False) + "\n")
    out.flush()


def main(arguments: list[str]) -> None:
    """One file (KIND PATH) under limits, or with --loop a file a line of JSON until the parent closes stdin."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if arguments == ["--loop"]:
        limit(seconds=None)
        for line in sys.stdin:
            asked = json.loads(line)
            answer(asked["kind"], Path(asked["path"]), sys.stdout)
        return
    limit()
    answer(arguments[0], Path(arguments[1]), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
