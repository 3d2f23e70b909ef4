"""Word out (I1, D8, D10): the docx holds every cell of the table, prints as Excel does, and runs nothing of what was typed."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.words import RuleBroken, Status
from services import table_document
from services.workbook_table import Column, TableSheet, Value

COLUMNS = [
    Column("unit", "单位"),
    Column("count", "件次", kind="int", group="本期"),
    Column("share", "占比", kind="percent", group="本期"),
    Column("day", "登记日期", kind="date"),
    Column("moment", "时间", kind="datetime", width=30),
]
ROW: dict[str, Value] = {
    "unit": "一村\n二村",
    "count": 5,
    "share": 0.5,
    "day": date(2020, 1, 4),
    "moment": datetime(2020, 1, 4, 3, 17, 46, tzinfo=UTC),
}
FULL: dict[str, Any] = {
    "title": "信访事项统计表",
    "reporting_unit": "青石镇信访工作办公室",
    "period": "2026年1月—6月",
    "totals": {"count": 10, "share": 1.0},
    "remark": "每月1日、16日为领导接待日，遇节假日顺延。",
    "preparer": "张三",
    "prepared_on": date(2026, 7, 1),
    "watermark": "张三 2026-07-01 10:00 导出　用途：月报 A&B",
}
FIELD_LIKE = [
    "{ DDEAUTO cmd }",
    "=SUM(ABOVE)",
    'HYPERLINK "http://a"',
    "<w:fldSimple/>",
    "]]>",
    "a\tb",
    "@x",
    "\x0b\x07z",
]


def made(sheet: TableSheet) -> tuple[Document, bytes]:
    """The document written and opened again, and its main part."""
    out = io.BytesIO()
    table_document.write(out, sheet)
    with zipfile.ZipFile(out) as packed:
        assert packed.testzip() is None
        main = packed.read("word/document.xml")
    return docx.Document(out), main


def texts(document: Document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows]


def test_the_document_holds_every_cell_and_line() -> None:
    """I1: title, unit, period, grouped head, rows, totals, remark, preparer, day, watermark with the number of rows."""
    document, _ = made(TableSheet(COLUMNS, [ROW, {**ROW, "unit": "三村", "day": None}], **FULL))
    assert texts(document) == [
        ["单位", "本期", "本期", "登记日期", "时间"],
        ["单位", "件次", "占比", "登记日期", "时间"],
        ["一村\n二村", "5", "50.0%", "2020-01-04", "2020-01-04 11:17"],
        ["三村", "5", "50.0%", "", "2020-01-04 11:17"],
        ["合计", "10", "100.0%", "", ""],
    ]
    assert [line.text for line in document.paragraphs] == [
        "信访事项统计表",
        "填报单位：青石镇信访工作办公室\t统计期间：2026年1月—6月",
        "备注：每月1日、16日为领导接待日，遇节假日顺延。",
        "制表人：张三\t填报日期：2026年7月1日",
        "张三 2026-07-01 10:00 导出　用途：月报 A&B　共 2 条",
    ]
    assert "共 2 条\t第 " in document.sections[0].footer.paragraphs[0].text
    assert (document.core_properties.title, document.core_properties.author) == ("信访事项统计表", "张三")


def test_the_page_is_a4_landscape_with_the_head_on_every_page_and_borders() -> None:
    """I1: ready to print; a row is not torn between two pages."""
    document, main = made(TableSheet(COLUMNS, [ROW] * 60, **FULL))
    section = document.sections[0]
    assert section.orientation is WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    rows = document.tables[0].rows
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert heads == [True, True] + [False] * 61
    assert main.count(b"<w:cantSplit/>") == 63
    assert document.tables[0].style.name == "Table Grid"
    width = sum(column.width.mm for column in document.tables[0].columns)
    assert width == pytest.approx(297 - 30, abs=1)


@pytest.mark.parametrize(("style", "font"), [("Sheet Title", "黑体"), ("Sheet Head", "黑体"), ("Sheet Cell", "宋体")])
def test_chinese_stands_in_the_offices_fonts(style: str, font: str) -> None:
    """The East Asian font is named itself: without it Word takes the theme's, and 宋体 becomes something else."""
    document, _ = made(TableSheet(COLUMNS, [ROW], **FULL))
    fonts = document.styles[style].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:ascii")) == font
    assert fonts.get(qn("w:eastAsiaTheme")) is None


@pytest.mark.parametrize("text", FIELD_LIKE)
def test_typed_text_is_never_a_field(text: str) -> None:
    """C10: what somebody typed stays text, wherever it stands on the sheet."""
    sheet = TableSheet([Column("a", text)], [{"a": text}], text, text, text, {}, text, text, None, text)
    document, main = made(sheet)
    assert not re.search(rb"<w:(fldSimple|instrText|fldChar|hyperlink)\b", main)
    kept = re.sub("[\x07\x0b]", "", text)
    assert texts(document) == [[kept], [kept]]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_any_text_makes_a_document_that_opens(text: str) -> None:
    """C10: control characters, surrogates and noncharacters are not carried into the file."""
    document, _ = made(TableSheet([Column("a", "列")], [{"a": text}], title=text, watermark=text))
    assert len(texts(document)) == 2


def test_a_word_is_shown_by_its_label_and_a_missing_key_is_empty() -> None:
    document, _ = made(TableSheet([Column("a", "状态"), Column("b", "空")], [{"a": Status.REGISTERED}]))
    assert texts(document)[1] == [Status.REGISTERED.label, ""]
    assert len(document.paragraphs) == 0


def test_too_long_a_table_is_refused_and_nothing_is_written() -> None:
    """A document nobody could open is not made; the sentence names the way out."""
    out = io.BytesIO()
    with pytest.raises(RuleBroken, match="改为导出 Excel"):
        table_document.write(
            out, TableSheet([Column("a", "列")], ({"a": n} for n in range(table_document.MAX_ROWS + 1)))
        )
    assert out.getvalue() == b""
