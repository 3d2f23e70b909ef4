"""The look at an xlsx file before a parser touches it (C11): what the zip claims, and how far the cells reach.

A 5 KB file with one cell at XFD1048576 makes the parser ask for 17 thousand million cells, so the XML is streamed first and
only counted. Runs in the limited child process (`services.workbook_child`); every refusal is a RuleBroken.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache, reduce
from pathlib import Path
from xml.parsers import expat

from rules.words import RuleBroken

MAX_UNPACKED = 100 * 2**20  # bytes
MAX_RATIO = 100  # unpacked : packed, of any one part worth looking at
MAX_ENTRIES = 200
MAX_AREA = 5_000_000  # cells from A1 to the last filled row and column: about 150 MB in the parser
_SMALL_PART = 100 * 2**10  # bytes; below it a ratio says nothing

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL_NAME = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
_NOT_READ = (".vml", ".svg")  # drawings: not always well-formed, never tables
_SAVE_AS = "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（*.xlsx）”再上传。"
_DAMAGED = "文件已损坏或没有传完整，请在 Excel 中打开确认后重新保存再上传。"


def check_package(path: Path) -> None:
    """Refuse what is not an xlsx workbook or could exhaust the parser. Raises RuleBroken (C11, ASVS 5.2.3, 1.5.1)."""
    _check_signature(path)
    try:
        with zipfile.ZipFile(path) as package:
            _check_entries(package.infolist())
            _check_kind({_plain(info) for info in package.infolist()})
            for info in package.infolist():
                _check_part(package, info)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _no(_DAMAGED) from error


def _no(message: str) -> RuleBroken:
    return RuleBroken(message, field="file")


def _check_signature(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(_OLE):
        data = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _no("文件设有打开密码，无法读取，请在 Excel 中取消密码并重新保存后再上传。")
        if "WordDocument".encode("utf-16-le") in data:
            raise _no("这是 Word 文档（只是扩展名改成了 xlsx），请选择 Excel 表格文件再上传。")
        raise _no(f"这是旧版 xls 文件，不是 xlsx，{_SAVE_AS}")
    if not head.startswith(b"PK\x03\x04"):
        raise _no(f"文件内容不是 xlsx 工作簿（只是扩展名相同），{_SAVE_AS}")


def _plain(info: zipfile.ZipInfo) -> str:
    """The part's name as the parser compares names: forward slashes, lower case."""
    return info.orig_filename.replace("\\", "/").lower()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _no(
            f"文件里有 {len(entries)} 个部件，超过 {MAX_ENTRIES} 个，请把数据复制到新工作簿后另存为 xlsx 再上传。"
        )
    if len({_plain(info) for info in entries}) < len(entries):
        raise _no("文件结构异常（部件重名），请把数据复制到新工作簿后另存为 xlsx 再上传。")
    unpacked = sum(info.file_size for info in entries)
    if unpacked > MAX_UNPACKED:
        raise _no(
            f"文件展开后有 {unpacked // 2**20} MB，超过 {MAX_UNPACKED // 2**20} MB，请删去空白行列和图片，或拆成几个文件再上传。"
        )
    for info in entries:
        _check_entry(info)


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = _plain(info)
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name:
        raise _no(f"文件结构异常（部件名称指向包外），不予读取，{_SAVE_AS}")
    if info.flag_bits & 0x1:
        raise _no("压缩包设有密码，无法读取，请取消密码并重新保存后再上传。")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _no(f"文件的压缩方式不是 Excel 使用的，{_SAVE_AS}")
    if info.file_size > _SMALL_PART and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise _no(
            f"文件压缩比超过 {MAX_RATIO} 倍，疑似压缩炸弹，不予读取，请把数据复制到新工作簿后另存为 xlsx 再上传。"
        )


def _check_kind(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise _no(f"这是 xlsb 或 ods 格式的表格，{_SAVE_AS}")
    if any(name.startswith("word/") for name in names):
        raise _no("这是 Word 文档（只是扩展名改成了 xlsx），请选择 Excel 表格文件再上传。")
    raise _no("这是普通压缩包，不是 Excel 工作簿，请解压后上传其中的 xlsx 文件。")


def _check_part(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Read one part to its end, which also proves its checksum; stream it through the counter when it is XML."""
    blocks = _blocks(package, info)
    head = next(blocks, b"")
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if text.startswith(b"<") and not _plain(info).endswith(_NOT_READ):
        part = _Part()
        part.feed(head)
        for block in blocks:
            part.feed(block)
        part.feed(b"", last=True)
    else:
        for _ in blocks:
            pass


def _blocks(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with package.open(info) as stream:
        while block := stream.read(2**16):
            yield block


class _Part:
    """Counts how far the filled cells of one XML part reach; keeps nothing of it. Refuses any DTD, hence any entity."""

    def __init__(self) -> None:
        self.row, self.column = 0, 1  # where a cell without a name of its own stands
        self.last_row = self.last_column = 0
        self.cell = (1, 1)
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, block: bytes, last: bool = False) -> None:
        """Read on. Raises RuleBroken when the XML is damaged, has a DTD, or is in an encoding nobody knows."""
        try:
            self.parser.Parse(block, last)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the latter two: an encoding nobody knows
            raise _no(_DAMAGED) from error

    def _doctype(self, *_: object) -> None:
        raise _no(f"文件里有外部实体声明（DTD），不予读取，{_SAVE_AS}")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            self.cell = _place(attributes["r"]) if "r" in attributes else (self.row, self.column)
            self.column = self.cell[1] + 1
        elif tag in ("v", "is"):
            self._fill()
        elif tag == "row":
            self.row, self.column = _row(attributes["r"]) if "r" in attributes else self.row + 1, 1

    def _fill(self) -> None:
        row, column = self.cell
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if self.last_row * self.last_column > MAX_AREA:
            raise _no(
                f"工作表第 {row} 行第 {column} 列还有内容，离数据太远，请删去数据区以外的行和列（整行整列删除）再上传。"
            )


def _row(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,6}", text):
        raise _no(_DAMAGED)
    return int(text)


def _place(name: str) -> tuple[int, int]:
    """(row, column) from 1 of a cell name like AB12."""
    found = _CELL_NAME.fullmatch(name)
    if not found:
        raise _no(_DAMAGED)
    return int(found[2]), _column(found[1])


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters.upper(), 0)
