"""Excel out: a table as a sheet ready to print and sign (I1, C9, C10)."""

import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from services.workbook_page import Page
from services.workbook_table import MAX_ROWS, Column, Kind, TableSheet, Value

__all__ = ["MAX_ROWS", "Column", "Kind", "TableSheet", "Value", "write_table"]


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
