"""Excel and CSV out: a table as a sheet ready to print and sign, or as plain data (I1, C9, C10)."""

import csv
import io
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from services.workbook_cells import as_text, printable
from services.workbook_csv import escape
from services.workbook_page import Page
from services.workbook_table import MAX_ROWS, OFFICE_ZONE, Column, Kind, TableSheet, Value

__all__ = ["MAX_ROWS", "OFFICE_ZONE", "Column", "Kind", "TableSheet", "Value", "write_csv", "write_table"]


def write_table(out: BinaryIO, table: TableSheet) -> None:
    """Write the table as xlsx; memory does not grow with its rows, and no working file outlives the call.

    Raises RuleBroken above 100,000 rows; `out` is then untouched.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder})
        try:
            Page(book, table).write()
        finally:
            book.close()
        with path.open("rb") as made:
            shutil.copyfileobj(made, out)


def write_csv(out: BinaryIO, table: TableSheet) -> None:
    """Write labels and rows as CSV in UTF-8 with mark, for Excel; no title, totals or watermark, so it reads back as data.

    A text that could be taken for a formula carries a leading `'`. Raises RuleBroken above 100,000 rows: throw `out` away then.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    try:
        writer.writerow([escape(printable(column.label)) for column in table.columns])
        for cells in table.lines():
            writer.writerow([escape(cell) if isinstance(cell, str) else as_text(cell) for cell in cells])
    finally:
        text.detach()
