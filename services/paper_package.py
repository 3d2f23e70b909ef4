"""A docx as a package of parts: read with every check before anything is looked into, written the same way each time (C11, C12).

What may be in a template is listed; everything else is refused by name: macros, embedded objects, anything outside the file.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree

from rules.words import RuleBroken

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_TEXT = 1024 * 1024
MAX_ENTRIES = 200
MAX_RATIO = 100
FIELD = "file"
MAIN = "word/document.xml"
ALLOWED = re.compile(
    r"\[Content_Types\]\.xml|(?:word/)?_rels/[\w.-]*\.rels|docProps/(?:core|app|custom)\.xml|docProps/thumbnail\.(?:jpe?g|png)"
    r"|word/(?:document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes|endnotes)\.xml"
    r"|word/(?:header|footer)\d*\.xml|word/theme/(?:_rels/)?[\w.-]+\.(?:xml|rels)|word/media/[\w.-]+\.(?:png|jpe?g|gif|bmp)"
    r"|customXml/(?:_rels/)?[\w.-]+\.(?:xml|rels)"
)
"""The parts a template may be made of."""
TEXT_PARTS = re.compile(r"word/(?:document|(?:header|footer)\d*)\.xml")
"""Parts that are filled; the others go out as they came in."""
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORBIDDEN = frozenset(
    {"altChunk", "object", "control", "subDoc", "mailMerge", "attachedTemplate", "dataBinding", "movie"}
)
"""Elements that bring something else into the document."""
FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "SEQ", "TOC", "PAGEREF"})
"""Word's own fields a template may hold; the rest read other files or run programs."""
_PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


@dataclass(frozen=True)
class Package:
    """A docx's parts by name, in their order."""

    parts: dict[str, bytes]

    @property
    def texts(self) -> dict[str, bytes]:
        """The parts that hold text to fill: the document first, then heads and feet."""
        return {name: data for name, data in self.parts.items() if TEXT_PARTS.fullmatch(name)}

    def with_parts(self, changed: dict[str, bytes]) -> bytes:
        """The docx with some parts replaced; the same parts give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in self.parts.items():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                file.writestr(info, changed.get(name, data), zipfile.ZIP_DEFLATED, 6)
        return out.getvalue()


def read(name: str, data: bytes) -> Package:
    """The package of an uploaded template. Raises RuleBroken (field file) saying what is wrong with it."""
    check_name(name, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            package = Package(_parts(file))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise refuse("打不开，不是完好的 Word 文档，请用 Word 另存为 .docx 后再传") from error
    _check_types(package)
    for part, content in package.parts.items():
        if part.endswith((".xml", ".rels")):
            _check_xml(part, content)
    return package


def check_name(name: str, data: bytes) -> None:
    """The file by its name, size and first bytes. Raises RuleBroken (file): another kind, empty, too large."""
    if PurePosixPath(name).suffix.lower() != ".docx":
        raise refuse("只能上传 .docx（不能是 .docm、.dotm、.doc），请用 Word 另存为“Word 文档(*.docx)”")
    if not data:
        raise refuse("是空的，请重新选择文件")
    if len(data) > MAX_BYTES:
        raise refuse(f"超过 {MAX_BYTES // 2**20} MB，请压缩里面的图片后再传")
    if not data.startswith(b"PK\x03\x04"):
        raise refuse("内容不是 Word 文档，请用 Word 另存为 .docx 后再传")


def refuse(what: str) -> RuleBroken:
    """What is wrong with the file and what to do, as a sentence."""
    return RuleBroken(f"模板文件：{what}。", FIELD)


def _parts(file: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in file.infolist() if not entry.is_dir()]
    if len(entries) > MAX_ENTRIES:
        raise refuse(f"里面有 {len(entries)} 个部件，最多 {MAX_ENTRIES} 个")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise refuse("里面有重名的部件，请用 Word 另存后再传")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1) + MAX_TEXT:
        raise refuse("解压后过大，请用 Word 另存后再传")
    found = {}
    for entry in entries:
        if not ALLOWED.fullmatch(entry.filename) or entry.flag_bits & 1:
            raise refuse(f"里面有不能使用的部件“{entry.filename[:60]}”（如宏、嵌入对象），请去掉后再传")
        if TEXT_PARTS.fullmatch(entry.filename) and entry.file_size > MAX_TEXT:
            raise refuse("正文过长，请删短")
        found[entry.filename] = file.read(entry)
    return found


def _check_types(package: Package) -> None:
    types = package.parts.get("[Content_Types].xml", b"")
    if MAIN not in package.parts or b"wordprocessingml.document.main+xml" not in types:
        raise refuse("不是 Word 文档，请用 Word 另存为 .docx 后再传")
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise refuse("带有宏，请另存为不带宏的 .docx 后再传")


def parsed(content: bytes) -> etree._Element:
    """The root of an XML part, without entities, network or DTD. Raises etree.XMLSyntaxError."""
    return etree.fromstring(content, etree.XMLParser(**_PARSER_OPTIONS))


def _check_xml(part: str, content: bytes) -> None:
    if not content.strip():
        raise refuse(f"部件“{part}”是空的，请用 Word 另存后再传")
    try:
        root = parsed(content)
    except etree.XMLSyntaxError as error:
        raise refuse(f"部件“{part}”读不出来，请用 Word 另存后再传") from error
    if root.getroottree().docinfo.doctype:
        raise refuse(f"部件“{part}”含有不能使用的声明，请用 Word 另存后再传")
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        local = etree.QName(element).localname
        if element.get("TargetMode", "").lower() == "external":
            raise refuse("含有指向文件以外的链接（超链接、外部图片或模板），请去掉后再传")
        if local in FORBIDDEN or local.startswith("OLE"):
            raise refuse(f"含有不能使用的内容（{local}：嵌入对象、控件或外部内容），请去掉后再传")
    _check_fields(root)


def _check_fields(root: etree._Element) -> None:
    """Word's own fields: page numbers only."""
    codes = [element.get(f"{WORD}instr", "") for element in root.iter(f"{WORD}fldSimple")]
    for paragraph in root.iter(f"{WORD}p"):
        codes += _codes("".join(_instructions(paragraph)))
    for code in codes:
        word = (code.split() or [""])[0].upper()
        if word not in FIELDS:
            raise refuse(f"含有不能使用的域“{word[:20]}”，只能用页码一类的域，请去掉后再传")


def _instructions(paragraph: etree._Element) -> list[str]:
    """The field codes' text with a mark where one begins."""
    found = []
    for element in paragraph.iter(f"{WORD}instrText", f"{WORD}fldChar"):
        if element.tag == f"{WORD}instrText":
            found.append(element.text or "")
        elif element.get(f"{WORD}fldCharType") == "begin":
            found.append("\x00")
    return found


def _codes(text: str) -> list[str]:
    return [code for code in text.split("\x00") if code.strip()]
