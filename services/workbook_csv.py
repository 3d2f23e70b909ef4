"""CSV in: encodings, delimiters, and the `'` with which programs keep a spreadsheet from running a text as a formula (C10, C11)."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from rules.words import RuleBroken
from services.workbook_cells import LONGEST_TEXT

_TRIGGER = re.compile(r"[ '\u3000]*[=+\-@\t\r\n\0＝＋－＠]")


def unescape(text: str) -> str:
    """The text without the `'` before what a spreadsheet could take for a formula; before anything harmless it stays."""
    return text[1:] if text.startswith("'") and _TRIGGER.match(text[1:]) else text


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every record with its number from 1, as Excel counts rows. UTF-8 (with or without mark) or GB18030; comma, tab or `;`.

    Raises RuleBroken for another encoding, an unclosed quotation mark and a text over Excel's length.
    """
    text = _decoded(path.read_bytes())
    csv.field_size_limit(LONGEST_TEXT)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, record in enumerate(records, start=1):
            yield number, [unescape(value) for value in record]
    except csv.Error as error:
        raise RuleBroken(
            f"CSV 文件从第 {number + 1} 行起读不下去：引号没有成对，或一格超过 {LONGEST_TEXT} 字，请改正后再上传。",
            field="file",
            row=number + 1,
        ) from error


def _decoded(data: bytes) -> str:
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise RuleBroken("文件内容是 Excel 工作簿，不是 CSV，请在 Excel 中另存为 xlsx 再上传。", field="file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RuleBroken("CSV 文件的文字编码无法识别，请用 Excel 打开后另存为“CSV UTF-8（逗号分隔）”再上传。", field="file")


def _delimiter(text: str) -> str:
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(",\t;", key=re.sub(r'"[^"]*"', "", head).count)
