"""One row of an imported table, read field by field: every complaint is kept with its row and column, none stops the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from services.workbook_cells import Cell, as_date, as_id, as_text
from services.workbook_in import Row, Sheet

T = TypeVar("T")
NEW, JOINED, SKIPPED = "新增", "并入", "跳过"
PREVIEW_ROWS = 20
MAX_KEPT = 2000
"""Complaints listed one by one; the rest is counted."""


DEFAULT_CHANNEL, DEFAULT_SOURCE = "online", "留言导入"


@dataclass(frozen=True)
class Options:
    """What the sender says of a whole table of contacts. `channel`: code for rows without one; `source`: whose numbers these are."""

    carried_over: bool = False
    channel: str = DEFAULT_CHANNEL
    source: str = DEFAULT_SOURCE


@dataclass
class ImportResult:
    """What an import did or would do. `created`, `joined`, `skipped` count rows, for categories `created` counts nodes.

    errors, warnings: {"row", "column", "message"}, `row` as Excel shows it or None for the whole table. `preview`: the first
    rows as they would stand in the office, {"row", "fate", "cells": {label: text}}. `made`: (text, petition id) of the first
    new matters. `tick`: told how many rows are written; it may raise to stop.
    """

    rows: int = 0
    created: int = 0
    joined: int = 0
    skipped: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    made: list[tuple[str, int]] = field(default_factory=list)
    tick: Callable[[int], None] = field(default=lambda _written: None, repr=False)
    error_count: int = 0
    warning_count: int = 0

    def as_json(self) -> dict[str, Any]:
        """The contract of `flask import --json` (design §6)."""
        names = ("rows", "created", "joined", "skipped", "errors", "warnings")
        return {name: getattr(self, name) for name in names}

    def error(self, row: int | None, column: str, message: str) -> None:
        """A complaint that stops the import."""
        self.error_count += 1
        _keep(self.errors, row, column, message)

    def warn(self, row: int | None, column: str, message: str) -> None:
        """Something to know that stops nothing."""
        self.warning_count += 1
        _keep(self.warnings, row, column, message)

    def show(self, row: int, fate: str, cells: Callable[[], dict[str, str]]) -> None:
        """Put a row into the preview while it has room. `fate`: NEW, JOINED or SKIPPED."""
        if len(self.preview) < PREVIEW_ROWS:
            self.preview.append({"row": row, "fate": fate, "cells": cells()})


def _keep(found: list[dict[str, Any]], row: int | None, column: str, message: str) -> None:
    if len(found) < MAX_KEPT:
        found.append({"row": row, "column": column, "message": message})


class RowReader:
    """One row seen through the mapping. A field without a column reads as empty; a wrong cell is reported and reads as empty."""

    def __init__(self, row: Row, places: Mapping[str, tuple[int, str]], result: ImportResult) -> None:
        self._row, self._places, self._result = row, places, result
        self.number, self.is_wrong = row.number, False

    def error(self, key: str, message: str) -> None:
        """Report the field's cell as wrong."""
        self.is_wrong = True
        self._result.error(self.number, self._places.get(key, (0, ""))[1], message)

    def warn(self, key: str, message: str) -> None:
        """Report something to know of the field's cell."""
        self._result.warn(self.number, self._places.get(key, (0, ""))[1], message)

    def has(self, key: str) -> bool:
        """Is the field's cell filled?"""
        return self._cell(key) is not None

    def peek(self, key: str) -> str:
        """The cell as an identifier, without a word about it when it is none."""
        try:
            return as_id(self._cell(key))
        except ValueError:
            return ""

    def text(self, key: str, limit: int, *, required: bool = False) -> str:
        """The cell as text of at most `limit` characters."""
        text = as_text(self._cell(key))
        if required and not text:
            self.error(key, "没有填写，请补上。")
        if len(text) > limit:
            self.error(key, f"有 {len(text)} 个字，最多 {limit} 个字，请删短。")
            return ""
        return text

    def long_text(self, key: str) -> str:
        """Running text without the padding web pages leave in it: blank lines and blanks at the ends of lines go."""
        lines = (line.strip() for line in as_text(self._cell(key)).splitlines())
        return "\n".join(filter(None, lines))

    def identifier(self, key: str, limit: int) -> str:
        """A number that is a name: 37.0 reads as 37."""
        text = self._parsed(key, as_id) or ""
        if len(text) > limit:
            self.error(key, f"有 {len(text)} 个字，最多 {limit} 个字，请核对。")
            return ""
        return text

    def day(self, key: str, *, required: bool = False) -> date | None:
        """The cell as a day."""
        if not required and self._cell(key) is None:
            return None
        return self._parsed(key, as_date)

    def count(self, key: str, most: int) -> int | None:
        """A whole number from 1 to `most`."""
        text = self.identifier(key, 20)
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 16 and 1 <= int(text) <= most:
            return int(text)
        self.error(key, f"“{text}”应为 1 到 {most} 的整数，请改正。")
        return None

    def choice(self, key: str, options: Mapping[str, T]) -> T | None:
        """The option whose label stands in the cell."""
        text = as_text(self._cell(key))
        if text and text not in options:
            self.error(key, f"“{text[:30]}”不在可选范围内，请改为：{'、'.join(options)}。")
        return options.get(text)

    def _cell(self, key: str) -> Cell:
        place = self._places.get(key)
        return self._row.cells[place[0]] if place else None

    def _parsed(self, key: str, parse: Callable[[Cell], T]) -> T | None:
        try:
            return parse(self._cell(key))
        except ValueError as wrong:
            self.error(key, str(wrong) if self._cell(key) is not None else "没有填写，请补上。")
            return None


def readers(sheet: Sheet, mapping: Mapping[str, str], result: ImportResult) -> list[RowReader]:
    """A reader for each row. `mapping`: {column header: field key}, checked by column_map.check."""
    places = {key: (sheet.header.index(column), column) for column, key in mapping.items() if key}
    result.rows = len(sheet.rows)
    return [RowReader(row, places, result) for row in sheet.rows]


class Seen:
    """Keys met in this file, to find doubles."""

    def __init__(self) -> None:
        self._rows: dict[Any, int] = {}

    def before(self, key: Any, row: int) -> int | None:
        """The earlier row with this key, or None."""
        first = self._rows.setdefault(key, row)
        return None if first == row else first
