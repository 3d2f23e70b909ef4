"""One printable sheet, written downwards row by row (I1): the only place that knows xlsxwriter's calls.

The workbook runs in constant_memory mode, so a row that is left is gone: cells go strictly down, and a merged range is entered
in the sheet's own list instead of through merge_range, which would write ahead.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain, groupby, islice
from typing import Any

from services.workbook_cells import Cell, printable
from services.workbook_table import TableSheet, widths

_SAMPLE = 200  # rows whose content decides the column widths
_FOOTER_TEXT = 120  # characters; Excel takes 255 in all

_TEXT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter", "quote_prefix": True}
_BOX = {**_TEXT, "border": 1, "quote_prefix": False}
FORMATS: dict[str, dict[str, Any]] = {
    "title": {**_TEXT, "bold": True, "font_size": 16, "align": "center"},
    "left": {**_TEXT, "align": "left"},
    "right": {**_TEXT, "align": "right"},
    "mark": {**_TEXT, "font_size": 8, "font_color": "#666666", "text_wrap": True},
    "head": {**_TEXT, "border": 1, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#E8EDF3"},
    "text": {**_TEXT, "border": 1, "align": "left", "text_wrap": True},
    "int": {**_BOX, "align": "right"},
    "percent": {**_BOX, "align": "right", "num_format": "0.0%"},
    "date": {**_BOX, "align": "center", "num_format": "yyyy-mm-dd"},
    "datetime": {**_BOX, "align": "center", "num_format": "yyyy-mm-dd hh:mm"},
}


class Page:
    """Writes one TableSheet to the first worksheet of an open constant_memory workbook."""

    def __init__(self, book: Any, table: TableSheet) -> None:
        self.table, self.columns = table, table.columns
        self.sheet = book.add_worksheet("数据")
        self.formats = {name: book.add_format(value) for name, value in FORMATS.items()}
        self.bold = {name: book.add_format({**value, "bold": True}) for name, value in FORMATS.items()}
        self.row = 0  # the next row to write

    def write(self) -> None:
        """The whole sheet from title to watermark. Raises RuleBroken when the table is too long."""
        self._top()
        first_head = self.row
        self._head()
        self.sheet.repeat_rows(first_head, self.row - 1)
        self.sheet.freeze_panes(self.row, 0)
        count = self._body()
        self._bottom(count)
        self._print_setup(count)

    def _top(self) -> None:
        if self.table.title:
            self.sheet.set_row(self.row, 30)
            self._across(self.table.title, "title")
        unit = self.table.reporting_unit and f"填报单位：{self.table.reporting_unit}"
        self._pair(unit, self.table.period and f"统计期间：{self.table.period}")

    def _head(self) -> None:
        if any(column.group for column in self.columns):
            self._upper_head()
            self._line([column.label if column.group else "" for column in self.columns], "head")
        else:
            self._line([column.label for column in self.columns], "head")

    def _upper_head(self) -> None:
        """Groups of equal name joined sideways; a column without a group joined with the cell below."""
        texts: list[str] = []
        for group, run in groupby(self.columns, key=lambda column: column.group):
            columns, first = list(run), len(texts)
            if group:
                texts += [group] + [""] * (len(columns) - 1)
                self._merge(self.row, first, self.row, len(texts) - 1)
            else:
                texts += [column.label for column in columns]
                for place in range(first, len(texts)):
                    self._merge(self.row, place, self.row + 1, place)
        self._line(texts, "head")

    def _body(self) -> int:
        lines = self.table.lines()
        sample = list(islice(lines, _SAMPLE))
        self._set_widths(sample)
        start = self.row
        for cells in chain(sample, lines):
            self._cells(cells, self.formats)
        return self.row - start

    def _bottom(self, count: int) -> None:
        if self.table.totals:
            cells = self.table.line(self.table.totals)
            cells[0] = "合计" if cells[0] is None else cells[0]
            self._cells(cells, self.bold)
        if self.table.remark:
            self._across(f"备注：{self.table.remark}", "left")
        day = self.table.prepared_on
        self._pair(
            self.table.preparer and f"制表人：{printable(self.table.preparer)}",
            f"填报日期：{day.year}年{day.month}月{day.day}日" if day else "",
        )
        if self.table.watermark:
            self._across(self._mark(count), "mark")

    def _mark(self, count: int) -> str:
        return f"{printable(self.table.watermark)}　共 {count} 条"

    def _print_setup(self, count: int) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        self.sheet.center_horizontally()
        mark = self._mark(count) if self.table.watermark else ""
        mark = mark.replace("\n", " ")[-_FOOTER_TEXT:].replace("&", "&&")
        self.sheet.set_footer(f"&L&8 {mark}&R&8第 &P 页，共 &N 页")

    def _cells(self, cells: list[Cell], formats: dict[str, Any]) -> None:
        """One row of the table; a text in a number's or day's column stays a text."""
        for place, (cell, column) in enumerate(zip(cells, self.columns, strict=True)):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, place, cell, formats["text"])
            elif cell is None:
                self.sheet.write_blank(self.row, place, None, formats[column.kind])
            elif isinstance(cell, date):
                kind = "datetime" if isinstance(cell, datetime) else "date"
                self.sheet.write_datetime(self.row, place, cell, formats[kind])
            else:
                self.sheet.write_number(self.row, place, cell, formats[column.kind])
        self.row += 1

    def _line(self, texts: Iterable[str], style: str) -> None:
        for place, text in enumerate(texts):
            self.sheet.write_string(self.row, place, printable(text), self.formats[style])
        self.row += 1

    def _across(self, text: str, style: str) -> None:
        self._line([text] + [""] * (len(self.columns) - 1), style)
        self._merge(self.row - 1, 0, self.row - 1, len(self.columns) - 1)

    def _pair(self, left: str, right: str) -> None:
        """A line with one text at each end; on a narrow table both in one cell. Nothing when both are empty."""
        if not left and not right:
            return
        width = len(self.columns)
        if width < 4:
            self._across("　　".join(filter(None, (left, right))), "left")
            return
        half = width // 2
        for place in range(width):
            text, style = (left, "left") if place < half else (right, "right")
            self.sheet.write_string(self.row, place, printable(text) if place in (0, half) else "", self.formats[style])
        self._merge(self.row, 0, self.row, half - 1)
        self._merge(self.row, half, self.row, width - 1)
        self.row += 1

    def _merge(self, first_row: int, first: int, last_row: int, last: int) -> None:
        if (first_row, first) != (last_row, last):
            self.sheet.merge.append([first_row, first, last_row, last])

    def _set_widths(self, sample: list[list[Cell]]) -> None:
        for place, width in enumerate(widths(self.columns, sample)):
            self.sheet.set_column(place, place, width)
