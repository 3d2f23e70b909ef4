"""What an exported table is made of, and what each of its values becomes in a cell (I1, C10). Pure."""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Literal

from rules.words import RuleBroken, Word
from services import office_zone
from services.workbook_cells import EARLIEST, EXACT_NUMBERS, LONGEST_TEXT, Cell, as_text, printable

MAX_ROWS = 100_000

NARROWEST, WIDEST = 8.0, 50.0
"""Of a column, in half-width characters."""
_KIND_WIDTHS = {"date": 12.0, "datetime": 18.0}

Kind = Literal["text", "int", "percent", "date", "datetime"]
Value = str | int | float | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column. `width` in characters (None: from the content); neighbours with one `group` share an upper head."""

    key: str
    label: str
    width: float | None = None
    kind: Kind = "text"
    group: str = ""


@dataclass(frozen=True)
class TableSheet:
    """What stands on the sheet. `rows`: mappings by column key, read once; an empty text leaves its line out.

    `totals`: the totals row (合计) by column key; `remark`: 备注 under the table. `watermark`: who, when and why; the
    number of rows is added (C9).
    A percentage is a ratio: 0.5 is 50 %. Moments with a time zone are shown in the office's zone.
    """

    columns: list[Column]
    rows: Iterable[Mapping[str, Value]]
    title: str = ""
    reporting_unit: str = ""
    period: str = ""
    totals: Mapping[str, Value] = field(default_factory=dict)
    remark: str = ""
    preparer: str = ""
    prepared_on: date | None = None
    watermark: str = ""

    def lines(self) -> Iterator[list[Cell]]:
        """The body's cells row by row. Raises RuleBroken at row 100,001: nobody reads such a table."""
        for number, row in enumerate(self.rows, start=1):
            if number > MAX_ROWS:
                raise RuleBroken(f"导出超过 {MAX_ROWS} 行，请缩小统计期间或增加筛选条件后再导出。")
            yield self.line(row)

    def line(self, row: Mapping[str, Value]) -> list[Cell]:
        """One row's cells in column order; a key the row lacks is an empty cell."""
        return [settled(row.get(column.key), column.kind) for column in self.columns]


def settled(value: Value, kind: Kind) -> Cell:
    """The value as it goes into a cell of this kind: what Excel cannot hold exactly becomes text, what is text stays text."""
    if isinstance(value, Word):
        value = value.label
    elif isinstance(value, bool):
        value = "是" if value else "否"
    elif isinstance(value, datetime):
        value = _local(value, kind)
    elif isinstance(value, int | float | Decimal):
        value = _number(value)
    if isinstance(value, date) and as_day(value) < EARLIEST:
        return value.isoformat()
    if isinstance(value, str) or (kind == "text" and value is not None):
        return _fitting(printable(value if isinstance(value, str) else as_text(value)))
    return value


def widths(columns: list[Column], sample: list[list[Cell]]) -> list[float]:
    """How wide each column is to be, in half-width characters: as it says itself, or from label and content of the sample."""
    return [column.width or _wanted(column, (cells[place] for cells in sample)) for place, column in enumerate(columns)]


def _wanted(column: Column, cells: Iterable[Cell]) -> float:
    content = 2.0 + max(map(_breadth, chain([column.label], map(as_text, cells))))
    return min(max(_KIND_WIDTHS.get(column.kind, 0.0), content, NARROWEST), WIDEST)


def _breadth(text: str) -> int:
    """The longest line's breadth in half-width characters."""
    return max((sum(_steps(line)) for line in text.split("\n")), default=0)


def _steps(line: str) -> Iterator[int]:
    return (2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line[:100])


def as_day(value: date) -> date:
    """The day of a day or a moment."""
    return value.date() if isinstance(value, datetime) else value


def _local(value: datetime, kind: Kind) -> date:
    if value.tzinfo is not None:
        value = office_zone.local(value).replace(tzinfo=None)
    return value.date() if kind == "date" else value


def _number(value: int | float | Decimal) -> int | float | str | None:
    if not math.isfinite(value):
        return None
    if not -EXACT_NUMBERS < value < EXACT_NUMBERS:
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


def _fitting(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    note = f"……【超出单元格上限，原文共 {len(text)} 字，全文见系统】"
    return text[: LONGEST_TEXT - len(note)] + note
