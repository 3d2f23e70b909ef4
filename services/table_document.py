"""Word out: the table that Excel gets, as a docx ready to print, sign and edit, A4 landscape (I1, D8, D10).

The only place that knows python-docx's calls. Whatever a person typed stands in text runs alone, so nothing of it becomes a field.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import chain, groupby, islice
from typing import Any, BinaryIO

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from rules.words import RuleBroken
from services.workbook_cells import Cell, as_text, printable
from services.workbook_table import Column, TableSheet, widths

MAX_ROWS = 5_000
"""Rows of one document: beyond them Word itself becomes slow, and Excel is the right form."""
PAGE, MARGIN = (297, 210), 15
"""A4 landscape, in millimetres."""
_SAMPLE = 200  # rows whose content decides the column widths
_TWIPS = 1440 / 25.4  # a millimetre, in Word's own unit
_HEAD_FILL = "E8EDF3"
_KIND_ALIGN = {"int": "right", "percent": "right", "date": "center", "datetime": "center"}
_STYLES: dict[str, tuple[str, float, bool]] = {
    "Sheet Title": ("黑体", 16, False),
    "Sheet Line": ("宋体", 10.5, False),
    "Sheet Head": ("黑体", 10.5, False),
    "Sheet Cell": ("宋体", 10.5, False),
    "Sheet Total": ("宋体", 10.5, True),
    "Sheet Mark": ("宋体", 8, False),
}
"""Paragraph style → East Asian font, size in points, bold."""


def write(out: BinaryIO, sheet: TableSheet) -> None:
    """Write the table as docx: title, unit and period, head repeated on each page, rows, totals, remark, preparer, watermark.

    Raises RuleBroken above 5,000 rows; `out` is then untouched.
    """
    document = docx.Document()
    _set_page(document)
    _set_styles(document)
    _top(document, sheet)
    count = _table(document, sheet)
    _bottom(document, sheet, count)
    _footer(document, sheet, count)
    _set_properties(document, sheet)
    document.save(out)


def shown(cell: Cell, column: Column) -> str:
    """A cell as it is read on paper: 0.5 in a percent column is 50.0%, moments go to the minute, an empty cell is ''."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if column.kind == "percent" and isinstance(cell, int | float):
        return f"{cell:.1%}"
    return cell if isinstance(cell, str) else as_text(cell)


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN))
    section.header_distance = section.footer_distance = Mm(8)


def _set_styles(document: Any) -> None:
    _set_font(document.styles["Normal"], "宋体", 10.5, bold=False)
    for name, (font, size, bold) in _STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _set_font(style, font, size, bold)
        style.paragraph_format.space_after = Pt(0)
    document.styles["Sheet Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Sheet Title"].paragraph_format.space_after = Pt(8)
    document.styles["Sheet Head"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Sheet Mark"].font.color.rgb = RGBColor(0x66, 0x66, 0x66)


def _set_font(style: Any, name: str, size: float, bold: bool) -> None:
    """The font for Chinese and for Latin text, without the template's theme fonts, which would win over it."""
    style.font.name, style.font.size, style.font.bold = name, Pt(size), bold
    fonts = style.element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), name)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(language)


def _top(document: Any, sheet: TableSheet) -> None:
    if sheet.title:
        document.add_paragraph(printable(sheet.title), style="Sheet Title")
    unit = sheet.reporting_unit and f"填报单位：{sheet.reporting_unit}"
    _pair(document, unit, sheet.period and f"统计期间：{sheet.period}")


def _table(document: Any, sheet: TableSheet) -> int:
    """The table itself; returns the number of its rows. Cells are made in one pass: python-docx's own are found anew each time."""
    lines = sheet.lines()
    sample = list(islice(lines, _SAMPLE))
    columns, sizes = sheet.columns, _sizes(sheet.columns, sample)
    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    table.autofit = False
    for column, size in zip(table._tbl.tblGrid.gridCol_lst, sizes, strict=True):
        column.set(qn("w:w"), str(size))
    for row in _head(columns, sizes):
        table._tbl.append(row)
    count = 0
    for count, cells in enumerate(chain(sample, lines), start=1):
        if count > MAX_ROWS:
            raise RuleBroken(f"Word 文档最多 {MAX_ROWS} 行，请缩小范围，或者改为导出 Excel。")
        table._tbl.append(_row(columns, sizes, cells, "Sheet Cell"))
    if sheet.totals:
        cells = sheet.line(sheet.totals)
        cells[0] = "合计" if cells[0] is None else cells[0]
        table._tbl.append(_row(columns, sizes, cells, "Sheet Total"))
    return count


def _sizes(columns: list[Column], sample: list[list[Cell]]) -> list[int]:
    """The columns' widths in twips, together as wide as the page between its margins."""
    wanted = widths(columns, sample)
    page = (PAGE[0] - 2 * MARGIN) * _TWIPS
    return [int(page * one / sum(wanted)) for one in wanted]


def _head(columns: list[Column], sizes: list[int]) -> list[Any]:
    """The head's rows, repeated on every page: two when columns are grouped, else one."""
    if not any(column.group for column in columns):
        return [_head_row([_head_cell(c.label, size) for c, size in zip(columns, sizes, strict=True)])]
    upper, lower = [], []
    for group, run in groupby(zip(columns, sizes, strict=True), key=lambda pair: pair[0].group):
        pairs = list(run)
        if group:
            upper.append(_head_cell(group, sum(size for _, size in pairs), span=len(pairs)))
            lower += [_head_cell(column.label, size) for column, size in pairs]
        else:
            upper += [_head_cell(column.label, size, merge="restart") for column, size in pairs]
            lower += [_head_cell("", size, merge="continue") for _, size in pairs]
    return [_head_row(upper), _head_row(lower)]


def _head_row(cells: Iterable[Any]) -> Any:
    row = OxmlElement("w:tr")
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))
    row.extend(cells)
    return row


def _head_cell(text: str, size: int, span: int = 1, merge: str = "") -> Any:
    cell = _cell(text, size, "Sheet Head", "")
    properties = cell.tcPr
    if span > 1:
        properties.grid_span = span
    if merge:
        properties.vMerge_val = merge
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD_FILL)):
        shade.set(qn(f"w:{key}"), value)
    properties.insert_element_before(
        shade, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark"
    )
    return cell


def _row(columns: list[Column], sizes: list[int], cells: list[Cell], style: str) -> Any:
    row = OxmlElement("w:tr")
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for column, size, cell in zip(columns, sizes, cells, strict=True):
        align = "" if isinstance(cell, str) else _KIND_ALIGN.get(column.kind, "")
        row.append(_cell(shown(cell, column), size, style, align))
    return row


def _cell(text: str, size: int, style: str, align: str) -> Any:
    cell = OxmlElement("w:tc")
    cell.width = size * 635  # EMU in a twip
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    cell.tcPr.append(middle)
    paragraph = cell.add_p()
    paragraph.style = style.replace(" ", "")
    if align:
        justify = OxmlElement("w:jc")
        justify.set(qn("w:val"), align)
        paragraph.pPr.append(justify)
    if text:
        paragraph.add_r().text = printable(text)
    return cell


def _bottom(document: Any, sheet: TableSheet, count: int) -> None:
    if sheet.remark:
        document.add_paragraph(printable(f"备注：{sheet.remark}"), style="Sheet Line")
    day = sheet.prepared_on
    written = f"填报日期：{day.year}年{day.month}月{day.day}日" if day else ""
    _pair(document, sheet.preparer and f"制表人：{sheet.preparer}", written)
    if sheet.watermark:
        document.add_paragraph(_mark(sheet, count), style="Sheet Mark")


def _pair(document: Any, left: str, right: str) -> None:
    """A line with one text at each end. Nothing when both are empty."""
    if not left and not right:
        return
    line = document.add_paragraph(style="Sheet Line")
    line.paragraph_format.tab_stops.add_tab_stop(Mm(PAGE[0] - 2 * MARGIN), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(f"{_one_line(left)}\t{_one_line(right)}".rstrip("\t"))


def _footer(document: Any, sheet: TableSheet, count: int) -> None:
    """Watermark left, 第 n 页，共 m 页 right; the two numbers are the only fields of the document."""
    line = document.sections[0].footer.paragraphs[0]
    line.style = document.styles["Sheet Mark"]
    line.paragraph_format.tab_stops.add_tab_stop(Mm(PAGE[0] - 2 * MARGIN), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(f"{_one_line(_mark(sheet, count))}\t第 " if sheet.watermark else "\t第 ")
    _number(line, "PAGE")
    line.add_run(" 页，共 ")
    _number(line, "NUMPAGES")
    line.add_run(" 页")


def _number(line: Any, field: str) -> None:
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), field)
    run = OxmlElement("w:r")
    run.text = "1"
    simple.append(run)
    line._p.append(simple)


def _mark(sheet: TableSheet, count: int) -> str:
    return f"{printable(sheet.watermark)}　共 {count} 条"


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())


def _set_properties(document: Any, sheet: TableSheet) -> None:
    properties = document.core_properties
    properties.title = printable(sheet.title)[:255]
    properties.author = properties.last_modified_by = printable(sheet.preparer)[:255]
    properties.comments = ""
    if sheet.prepared_on:
        properties.created = properties.modified = _midnight(sheet.prepared_on)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
