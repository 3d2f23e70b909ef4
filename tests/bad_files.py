"""Hand-made bad files for the import (C11), built by code: also what a file screen must survive.

`BAD_FILES` is a list of (name as uploaded, builder of its bytes, fragment of the sentence it must be refused with, or 'ok').
"""

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from tests.samples.books import book

SHEET = "xl/worksheets/sheet1.xml"
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


class BadFile(NamedTuple):
    """`name`: as the sender calls it; `build`: its bytes; `expect`: a fragment of the refusal, or 'ok'."""

    name: str
    build: Callable[[], bytes]
    expect: str


def good() -> bytes:
    return book([["编号", "主题", "日期"], *([str(number), f"主题{number}", "2020-01-04"] for number in range(1, 31))])


def repacked(change: Callable[[dict[str, bytes]], None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The good file after `change` had its parts ({name: bytes}) in hand."""
    with zipfile.ZipFile(io.BytesIO(good())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    return zipped(parts, method)


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    return repacked(lambda parts: parts.update({name: data}))


def replaced(part: str, old: bytes, new: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part], f"{part} has no {old!r}"
        parts[part] = parts[part].replace(old, new, 1)

    return repacked(change)


def with_rows(xml: bytes) -> bytes:
    return replaced(SHEET, b"</sheetData>", xml + b"</sheetData>")


def with_doctype(part: str, doctype: bytes) -> bytes:
    return replaced(part, b"?>", b"?>" + doctype)


def with_merges(merges: bytes) -> bytes:
    return replaced(SHEET, b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")


def patched_directory(offset: int, value: bytes, part: bytes = SHEET.encode()) -> bytes:
    """The good file with bytes of one part's central directory entry overwritten."""
    data = bytearray(good())
    start = data.rindex(part) - 46
    data[start + offset : start + offset + len(value)] = value
    return bytes(data)


def flipped() -> bytes:
    data = bytearray(good())
    data[data.index(SHEET.encode()) + len(SHEET) + 60] ^= 0xFF
    return bytes(data)


def many_merges() -> bytes:
    return with_merges(b"".join(b'<mergeCell ref="A%d:B%d"/>' % (row, row) for row in range(1, 100_001)))


def shared_string_explosion() -> bytes:
    """One text of 30,000 characters in 19,000 × 3 cells: small packed, 1.7 thousand million bytes when copied to each."""
    rows = b"".join(
        b'<row r="%d">%s</row>'
        % (row, b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (letter, row) for letter in b"ABC"))
        for row in range(100, 19_100)
    )

    def change(parts: dict[str, bytes]) -> None:
        noise = random.Random(7)
        text = "".join(chr(noise.randrange(0x4E00, 0x9FA5)) for _ in range(30_000)).encode()
        strings = parts["xl/sharedStrings.xml"]
        start = strings.index(b"<t>") + 3
        parts["xl/sharedStrings.xml"] = strings[:start] + text + strings[strings.index(b"</t>") :]
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")

    return repacked(change)


@cache
def formatted_empty(filled: int) -> bytes:
    """65,000 rows × 6 cells with a style and nothing in them, the first `filled` rows with text."""

    def row(number: int) -> str:
        value = ' t="str"><v>x</v></c>' if number <= filled else "/>"
        return (
            f'<row r="{number}">' + "".join(f'<c r="{letter}{number}" s="0"{value}' for letter in "ABCDEF") + "</row>"
        )

    rows = "".join(map(row, range(1, 65_001))).encode()
    start, end = b"<sheetData>", b"</sheetData>"

    def change(parts: dict[str, bytes]) -> None:
        head, tail = parts[SHEET].split(start)[0], parts[SHEET].split(end)[1]
        parts[SHEET] = head + start + rows + end + tail

    return repacked(change)


def hidden_only() -> bytes:
    return replaced("xl/workbook.xml", b'<sheet name="Sheet1"', b'<sheet state="hidden" name="Sheet1"')


def csv_text(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


BAD_FILES: list[BadFile] = [
    # the file as a whole
    BadFile("empty.xlsx", lambda: b"", "0 字节"),
    BadFile("empty.csv", lambda: b"", "0 字节"),
    BadFile("21MB.xlsx", lambda: good() + bytes(21 * 2**20), "超过 10 MB"),
    BadFile("21MB.csv", lambda: b"a,b\n" * (21 * 2**18), "超过 10 MB"),
    BadFile("old.xls", lambda: OLE, "不能导入 xls 文件"),
    BadFile("macro.xlsm", good, "不能导入 xlsm 文件"),
    BadFile("notes.txt", lambda: b"a,b", "只能导入 xlsx 或 csv"),
    BadFile("no extension", good, "只能导入 xlsx 或 csv"),
    BadFile("nul\0name.xlsx", lambda: b"PK", "内容不是 xlsx"),
    # something else under this name
    BadFile("xls renamed.xlsx", lambda: OLE, "旧版 xls"),
    BadFile("encrypted.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    BadFile("doc renamed.xlsx", lambda: OLE + "WordDocument".encode("utf-16-le"), "Word 文档"),
    BadFile("docx renamed.xlsx", lambda: zipped({"word/document.xml": b"<w/>"}), "Word 文档"),
    BadFile("xlsb renamed.xlsx", lambda: zipped({"xl/workbook.bin": b"\x83\x01"}), "xlsb 或 ods"),
    BadFile("ods renamed.xlsx", lambda: zipped({"content.xml": b"<o/>"}), "xlsb 或 ods"),
    BadFile("zip renamed.xlsx", lambda: zipped({"photo.jpg": b"\xff\xd8"}), "普通压缩包"),
    BadFile("text renamed.xlsx", lambda: b"a,b,c\n1,2,3\n", "内容不是 xlsx"),
    BadFile("html renamed.xlsx", lambda: b"<html><table><tr><td>1</td></tr></table></html>", "内容不是 xlsx"),
    BadFile("pdf renamed.xlsx", lambda: b"%PDF-1.7\n", "内容不是 xlsx"),
    BadFile("empty zip.xlsx", lambda: b"PK\x05\x06" + bytes(18), "内容不是 xlsx"),
    BadFile("noise.xlsx", lambda: random.Random(1).randbytes(5000), "内容不是 xlsx"),
    BadFile("xlsx renamed.csv", good, "不是 CSV"),
    # a damaged or hostile package
    BadFile("half.xlsx", lambda: good()[: len(good()) // 2], "损坏"),
    BadFile("tail missing.xlsx", lambda: good()[:-30], "损坏"),
    BadFile("head only.xlsx", lambda: b"PK\x03\x04", "损坏"),
    BadFile("flipped byte.xlsx", flipped, "损坏"),
    BadFile("50 MB of blanks.xlsx", lambda: with_part("xl/media/a.bin", b" " * 50 * 2**20), "压缩比"),
    BadFile("claims 4 GB.xlsx", lambda: patched_directory(24, b"\xf0\xff\xff\xff"), "展开后"),
    BadFile("claims 1 byte.xlsx", lambda: patched_directory(24, b"\x01\0\0\0"), "损坏"),
    BadFile("300 parts.xlsx", lambda: repacked(lambda p: p.update({f"x/{n}": b"" for n in range(300)})), "部件"),
    BadFile("climbing.xlsx", lambda: with_part("../../evil.xml", b"<x/>"), "指向包外"),
    BadFile("climbing back.xlsx", lambda: with_part("xl\\..\\..\\evil.xml", b"<x/>"), "指向包外"),
    BadFile("absolute.xlsx", lambda: with_part("/etc/evil.xml", b"<x/>"), "指向包外"),
    BadFile("drive.xlsx", lambda: with_part("C:/evil.xml", b"<x/>"), "指向包外"),
    BadFile("twice.xlsx", lambda: with_part("XL/Worksheets/Sheet1.XML", b"<x/>"), "重名"),
    BadFile("locked part.xlsx", lambda: patched_directory(8, b"\x01"), "密码"),
    BadFile("bzip2.xlsx", lambda: repacked(lambda parts: None, zipfile.ZIP_BZIP2), "压缩方式"),
    # hostile XML
    BadFile("dtd.xlsx", lambda: with_doctype("xl/workbook.xml", b"<!DOCTYPE x>"), "DTD"),
    BadFile("xxe in sheet.xlsx", lambda: with_doctype(SHEET, XXE), "DTD"),
    BadFile("laughs.xlsx", lambda: with_doctype("xl/sharedStrings.xml", LAUGHS), "DTD"),
    BadFile("xxe in types.xlsx", lambda: with_doctype("[Content_Types].xml", XXE), "DTD"),
    BadFile("unclosed.xlsx", lambda: replaced(SHEET, b"</sheetData>", b""), "损坏"),
    BadFile("encoding.xlsx", lambda: replaced(SHEET, b"UTF-8", b"UTF-99"), "损坏"),
    BadFile("not XML.xlsx", lambda: with_part(SHEET, b"<<<<"), "损坏"),
    BadFile("deep.xlsx", lambda: with_rows(b"<a>" * 10_000 + b"</a>" * 10_000), "ok"),
    BadFile("sheet gone.xlsx", lambda: repacked(lambda parts: parts.pop(SHEET) and None), "损坏"),
    BadFile("no sheets.xlsx", lambda: with_part("xl/workbook.xml", b"<workbook/>"), "没有任何内容"),
    BadFile("wrong string.xlsx", lambda: with_rows(b'<row><c t="s"><v>99999</v></c></row>'), "损坏"),
    BadFile("wrong number.xlsx", lambda: with_rows(b"<row><c><v>twelve</v></c></row>"), "ok"),
    # hostile sheets
    BadFile("sparse.xlsx", lambda: with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "离数据太远"),
    BadFile("sparse narrow.xlsx", lambda: with_rows(b'<row><c r="F1048576"><v>1</v></c></row>'), "离数据太远"),
    BadFile(
        "sparse row.xlsx", lambda: with_rows(b'<row r="1048570">' + b"<c><v>1</v></c>" * 9 + b"</row>"), "离数据太远"
    ),
    BadFile("sparse prefix.xlsx", lambda: with_rows(b'<x:c xmlns:x="u" r="XFD99999"><x:v>1</x:v></x:c>'), "离数据太远"),
    BadFile("sparse elsewhere.xlsx", lambda: with_part("xl/a.dat", b'<c r="XFD99999"><v>1</v></c>'), "离数据太远"),
    BadFile("row overflow.xlsx", lambda: with_rows(b'<row r="99999999999"><c><v>1</v></c></row>'), "损坏"),
    BadFile("cell overflow.xlsx", lambda: with_rows(b'<row><c r="A99999999"><v>1</v></c></row>'), "损坏"),
    BadFile("cell name.xlsx", lambda: with_rows(b'<row><c r="1A"><v>1</v></c></row>'), "损坏"),
    BadFile("merge bomb.xlsx", lambda: with_merges(b'<mergeCell ref="A1:XFD1048576"/>'), "ok"),
    BadFile("100,000 merges.xlsx", many_merges, "ok"),
    BadFile("string explosion.xlsx", shared_string_explosion, "无法安全读取"),
    BadFile("no content.xlsx", lambda: book([]), "没有任何内容"),
    BadFile("blanks only.xlsx", lambda: book([[" ", "\u3000"], ["\t", "\n"]]), "没有任何内容"),
    BadFile("hidden only.xlsx", hidden_only, "没有任何内容"),
    BadFile("65,000 formatted.xlsx", lambda: formatted_empty(3), "ok"),
    BadFile("65,000 empty.xlsx", lambda: formatted_empty(0), "没有任何内容"),
    BadFile("20,001 rows.xlsx", lambda: book([["a"]] * 20_002), "超过 20000 行"),
    BadFile("65 columns.xlsx", lambda: book([["a"] * 65]), "超过 64 列"),
    BadFile(
        "40,000 characters.xlsx", lambda: with_rows(b'<row><c t="str"><v>%s</v></c></row>' % (b"x" * 40_000)), "32767"
    ),
    BadFile("picture.xlsx", lambda: with_part("xl/media/a.jpeg", random.Random(3).randbytes(200_000)), "ok"),
    BadFile("infinite.xlsx", lambda: with_rows(b"<row><c><v>1e999</v></c><c><v>NaN</v></c></row>"), "ok"),
    BadFile("formula.xlsx", lambda: with_rows(b"<row><c><f>1/0</f></c><c t='e'><v>#DIV/0!</v></c></row>"), "ok"),
    # CSV
    BadFile("utf-16.csv", lambda: "编号,主题\n1,二".encode("utf-16"), "编码无法识别"),
    BadFile("noise.csv", lambda: random.Random(2).randbytes(5000), "编码无法识别"),
    BadFile("open quote.csv", lambda: csv_text("a,b", '1,"two', "3,4"), "引号没有成对"),
    BadFile("long field.csv", lambda: csv_text("a,b", "1," + "x" * 40_000), "32767"),
    BadFile("65 columns.csv", lambda: csv_text(",".join("a" * 65)), "超过 64 列"),
    BadFile("20,001 rows.csv", lambda: csv_text(*["a,b"] * 20_002), "超过 20000 行"),
    BadFile("commas only.csv", lambda: csv_text(",,,", ",,,"), "没有任何内容"),
]
