"""Excel and CSV in: an uploaded table as rows of cells, read by a limited child process (A4, C11).

The parser never runs in the server: a hostile file can only kill the child. Whatever is wrong comes back as one RuleBroken
with field 'file' and, where it helps, the row.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rules.words import RuleBroken
from services.workbook_cells import MAX_BYTES, Cell, as_date, as_datetime, as_id, as_text

__all__ = ["Cell", "Row", "Sheet", "as_date", "as_datetime", "as_id", "as_text", "parse", "read_rows"]

SECONDS = 30
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Row:
    """One row with content: `number` as Excel shows it, `cells` as many as the sheet has columns."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Sheet:
    """The first worksheet with content: its header row and every later row that is not empty, all of one width."""

    header: list[str]
    rows: list[Row]
    header_row: int = 1

    def headed_at(self, number: int) -> "Sheet":
        """The same sheet with row `number` as header and what stands above it (a title, the reporting unit) left out."""
        head = next((row for row in self.rows if row.number == number), None)
        if head is None:
            return self
        later = [row for row in self.rows if row.number > number]
        return Sheet([as_text(cell) for cell in head.cells], later, number)


def read_rows(path: Path | str, *, original_name: str) -> Sheet:
    """Read an uploaded xlsx or csv file (UTF-8, GB18030). `original_name`: the name it had with the sender.

    At most 10 MB, 20,000 rows with content, 64 columns. Cells are trimmed, empty ones None; formulas give their last value.
    Raises RuleBroken for everything else, hostile files included.
    """
    path = Path(path).resolve()
    kind = _kind(original_name)
    size = path.stat().st_size
    if size == 0:
        raise _no("文件是空的（0 字节），请重新导出后再上传。")
    if size > MAX_BYTES:
        raise _no(f"文件超过 {MAX_BYTES // 2**20} MB，请删去图片和多余内容，或拆成几个文件再上传。")
    with tempfile.TemporaryFile() as out:
        _run_child(kind, path, out.fileno())
        out.seek(0)
        return parse(out)


def _no(message: str, row: int | None = None) -> RuleBroken:
    return RuleBroken(message, field="file", row=row)


def _kind(original_name: str) -> str:
    suffix = original_name.lower().rpartition(".")[2].strip()
    if suffix in ("xlsx", "csv"):
        return suffix
    if suffix in ("xls", "xlsm", "xlsb", "et", "ods"):
        raise _no(f"不能导入 {suffix} 文件，请用 Excel 或 WPS 打开后另存为“Excel 工作簿（*.xlsx）”再上传。")
    raise _no("只能导入 xlsx 或 csv 文件，请选择这两种格式的表格再上传。")


def _run_child(kind: str, path: Path, out: int) -> None:
    """Fresh interpreter, empty environment (no keys, no database address), killed when its time is over."""
    command = [sys.executable, "-m", "services.workbook_child", kind, str(path)]
    try:
        subprocess.run(  # noqa: S603  our own module; the path is one argument, never a shell's
            command, cwd=_ROOT, env={}, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise _no(f"读取文件超过 {SECONDS} 秒，请拆成几个较小的文件再上传。") from error


def parse(lines: Iterable[bytes]) -> Sheet:
    """The Sheet in the child's answer. Raises RuleBroken with the child's sentence, or when the answer breaks off."""
    header: list[str] = []
    rows: list[Row] = []
    header_row = 1
    for value in map(_decoded, lines):
        if isinstance(value, list):
            rows.append(Row(value[0], [_cell(cell) for cell in value[1]]))
        elif "header" in value:
            header, header_row = value["header"], value["row"]
        elif "error" in value:
            raise _no(value["error"], value["row"])
        elif "end" in value:
            return _even(header, rows, header_row)
    raise _no("文件结构异常，无法安全读取，请在 Excel 中把数据复制到新工作簿，另存为 xlsx 后再上传。")


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # the child died within a line
        return {}


def _cell(value: Any) -> Cell:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    return date.fromisoformat(value["d"]) if "d" in value else datetime.fromisoformat(value["t"])


def _even(header: list[str], rows: list[Row], header_row: int) -> Sheet:
    width = max([len(header), *(len(row.cells) for row in rows)])
    for row in rows:
        row.cells.extend([None] * (width - len(row.cells)))
    return Sheet(header + [""] * (width - len(header)), rows, header_row)
