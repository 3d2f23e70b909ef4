"""Excel out (I1, C9, C10): printable sheets, text that stays text, and the way back."""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from rules.words import RuleBroken, Status
from services import workbook_table
from services.workbook_cells import LONGEST_TEXT, Cell, clean_text
from services.workbook_in import Sheet, read_rows
from services.workbook_out import Column, Kind, TableSheet, Value, write_table
from services.workbook_table import settled
from tests.services.test_workbook_in import read_here

COLUMNS = [
    Column("unit", "单位"),
    Column("count", "件次", kind="int", group="本期"),
    Column("share", "占比", kind="percent", group="本期"),
    Column("day", "登记日期", kind="date"),
    Column("moment", "时间", kind="datetime", width=30),
]
ROW: dict[str, Value] = {
    "unit": "一村",
    "count": 5,
    "share": 0.5,
    "day": date(2020, 1, 4),
    "moment": datetime(2020, 1, 4, 3, 17, 46, tzinfo=UTC),
}
FULL = {
    "title": "信访事项统计表",
    "reporting_unit": "青石镇信访工作办公室",
    "period": "2026年1月—6月",
    "totals": {"count": 10, "share": 1.0},
    "preparer": "张三",
    "prepared_on": date(2026, 7, 1),
    "watermark": "张三 2026-07-01 10:00 导出　用途：月报 A&B",
}
DANGEROUS = [
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        " =1",
        "\u3000=1",
        "'=1",
    ),
    *(
        "''",
        "'",
        "'a",
        "http://example.org",
        "mailto:a@b",
        "{=1}",
        "internal:A1",
        "00123",
        "1e5",
        "37.0",
        "TRUE",
        "2020-01-04",
    ),
    *(
        "<script>alert(1)</script>",
        "a&b",
        '"q"',
        "a,b",
        "_x0041_",
        "第一行\n第二行",
        "😀",
        "\ud800",
        "\ufffe",
        "#N/A",
    ),
]


def made(table: TableSheet) -> bytes:
    out = io.BytesIO()
    write_table(out, table)
    return out.getvalue()


def texts(values: list[str]) -> TableSheet:
    """A table of one text column, each row kept non-empty by the column beside it."""
    columns = [Column("a", "甲"), Column("b", "乙")]
    return TableSheet(columns, [{"a": value, "b": "行"} for value in values])


def first_cells(sheet: Sheet) -> list[str]:
    return [str(row.cells[0] or "") for row in sheet.rows]


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def xml_of(table: TableSheet) -> str:
    return parts(made(table))["xl/worksheets/sheet1.xml"]


def grid(table: TableSheet) -> list[list[object]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(made(table))).get_sheet_by_index(0).iter_rows())


# --- text stays text ----------------------------------------------------------------------------------------------------


def test_dangerous_texts_come_back_as_they_were(tmp_path: Path) -> None:
    """C10: through the real import."""
    path = tmp_path / "out.xlsx"
    path.write_bytes(made(texts(DANGEROUS)))
    sheet = read_rows(path, original_name=path.name)
    assert first_cells(sheet) == [clean_text(text) for text in DANGEROUS]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round-trip") / "file"


TEXTS = st.lists(
    st.one_of(st.text(), st.builds("".join, st.lists(st.sampled_from("=+-@\t\r\n\0＝＋－＠ '\"a,;"), max_size=6)))
)


@settings(max_examples=300, deadline=None)
@given(values=TEXTS)
def test_export_and_import_are_inverse(values: list[str], scratch: Path) -> None:
    """C10 short form: any text."""
    expected = [clean_text(value) for value in values]
    scratch.write_bytes(made(texts(values)))
    assert first_cells(read_here(scratch)) == expected


def test_the_sheet_holds_no_formula_and_no_link() -> None:
    """C10: every text style carries quotePrefix, so editing the cell does not wake a formula either."""
    package = parts(made(texts(DANGEROUS)))
    assert "<f>" not in package["xl/worksheets/sheet1.xml"]
    assert "hyperlink" not in "".join(package.values()).replace("/relationships/hyperlink", "")
    assert package["xl/styles.xml"].count('quotePrefix="1"') == 2  # head and text: all that was used


def test_a_text_too_long_for_a_cell_says_so() -> None:
    """Nothing is dropped silently: xlsxwriter would leave the cell out."""
    cell = grid(texts(["长" * 40_000]))[1][0]
    assert isinstance(cell, str)
    assert len(cell) == LONGEST_TEXT
    assert cell.endswith("原文共 40000 字，全文见系统】")


# --- the sheet ----------------------------------------------------------------------------------------------------------


def test_a_full_sheet_has_every_line() -> None:
    """I1: title, reporting unit, period, two head rows, body, totals, preparer and date; C9: watermark with the count."""
    assert grid(TableSheet(COLUMNS, [ROW, ROW], **FULL)) == [
        ["信访事项统计表", "", "", "", ""],
        ["填报单位：青石镇信访工作办公室", "", "统计期间：2026年1月—6月", "", ""],
        ["单位", "本期", "", "登记日期", "时间"],
        ["", "件次", "占比", "", ""],
        ["一村", 5.0, 0.5, date(2020, 1, 4), datetime(2020, 1, 4, 11, 17, 46)],
        ["一村", 5.0, 0.5, date(2020, 1, 4), datetime(2020, 1, 4, 11, 17, 46)],
        ["合计", 10.0, 1.0, "", ""],
        ["制表人：张三", "", "填报日期：2026年7月1日", "", ""],
        ["张三 2026-07-01 10:00 导出　用途：月报 A&B　共 2 条", "", "", "", ""],
    ]


def test_heads_and_lines_are_merged() -> None:
    xml = xml_of(TableSheet(COLUMNS, [ROW, ROW], **FULL))
    assert re.findall(r'mergeCell ref="([^"]+)"', xml) == [
        *("A1:E1", "A2:B2", "C2:E2", "A3:A4", "B3:C3", "D3:D4", "E3:E4", "A8:B8", "C8:E8", "A9:E9")
    ]


def test_the_sheet_prints_on_a4_landscape_one_page_wide() -> None:
    """I1: frozen and repeated head, page number and watermark below; an ampersand in a text is no footer code."""
    package = parts(made(TableSheet(COLUMNS, [ROW, ROW], **FULL)))
    xml = package["xl/worksheets/sheet1.xml"]
    assert '<pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" state="frozen"/>' in xml
    assert 'paperSize="9"' in xml
    assert 'orientation="landscape"' in xml
    assert 'fitToHeight="0"' in xml
    assert '<pageSetUpPr fitToPage="1"/>' in xml
    assert "数据!$3:$4</definedName>" in package["xl/workbook.xml"]
    assert "月报 A&amp;&amp;B　共 2 条&amp;R&amp;8第 &amp;P 页，共 &amp;N 页</oddFooter>" in xml
    assert '<col min="5" max="5" width="30.7109375"' in xml


def test_body_cells_have_borders_and_formats() -> None:
    styles = parts(made(TableSheet(COLUMNS, [ROW])))["xl/styles.xml"]
    assert 'formatCode="0.0%"' in styles
    assert 'formatCode="yyyy\\-mm\\-dd"' in styles or 'formatCode="yyyy-mm-dd"' in styles
    assert '<left style="thin">' in styles


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 7])
def test_narrow_tables_are_complete(columns: int) -> None:
    """A line with two texts joins them in one cell when there are fewer than four columns."""
    table = TableSheet([Column(str(n), f"列{n}") for n in range(columns)], [], **(FULL | {"totals": {}}))
    written = " ".join(str(cell) for row in grid(table) for cell in row)
    for text in (
        "信访事项统计表",
        "填报单位：青石镇信访工作办公室",
        "统计期间：2026年1月—6月",
        "列0",
        "张三",
        "共 0 条",
    ):
        assert text in written


def test_empty_lines_are_left_out() -> None:
    assert grid(TableSheet([Column("a", "甲")], [{"a": "1"}, {}])) == [["甲"], ["1"]]


def test_columns_are_as_wide_as_their_content_within_bounds() -> None:
    columns = [Column("a", "甲"), Column("b", "乙"), Column("c", "丙")]
    xml = xml_of(TableSheet(columns, [{"a": "1", "b": "十个汉字宽的一段话\n短", "c": "长" * 200}]))
    assert re.findall(r'<col min="\d" max="\d" width="(\d+)\.', xml) == ["8", "20", "50"]


# --- values -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        (None, "int", None),
        (5, "int", 5),
        (5, "text", "5"),
        (Decimal("1.5"), "int", 1.5),
        ("—", "int", "—"),
        (True, "int", "是"),
        (False, "text", "否"),
        (float("nan"), "percent", None),
        (float("inf"), "percent", None),
        (110101199001011234, "int", "110101199001011234"),
        (Status.CLOSED, "text", "已办结"),
        ("a\r\nb\0", "text", "a\nb"),
        (date(2020, 1, 4), "date", date(2020, 1, 4)),
        (date(2020, 1, 4), "text", "2020-01-04"),
        (date(1899, 5, 1), "date", "1899-05-01"),
        (datetime(2020, 1, 4, 23, tzinfo=UTC), "date", date(2020, 1, 5)),
        (datetime(2020, 1, 4, 23, tzinfo=UTC), "datetime", datetime(2020, 1, 5, 7)),
        (datetime(2020, 1, 4, 23), "datetime", datetime(2020, 1, 4, 23)),
    ],
)
def test_a_value_becomes_a_cell(value: Value, kind: Kind, cell: Cell) -> None:
    assert settled(value, kind) == cell
    assert type(settled(value, kind)) is type(cell)


# --- limits -------------------------------------------------------------------------------------------------------------


def test_too_many_rows_are_refused_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust §5: 100,000 rows; C9: nothing half-written, no working file left on disk."""
    monkeypatch.setattr(workbook_table, "MAX_ROWS", 300)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    out = io.BytesIO()
    write_table(out, TableSheet(COLUMNS, (ROW for _ in range(300))))
    assert out.getvalue()
    out = io.BytesIO()
    with pytest.raises(RuleBroken, match="导出超过 300 行"):
        write_table(out, TableSheet(COLUMNS, (ROW for _ in range(301))))
    assert out.getvalue() == b""
    assert list(tmp_path.iterdir()) == []
    assert workbook_table.MAX_ROWS == 300


def test_rows_are_taken_one_by_one() -> None:
    """A cursor of 100,000 rows never stands in memory: row 1,000 is asked for when row 1 is long written."""
    alive: list[int] = []

    class Counted(dict[str, Value]):
        def __init__(self) -> None:
            super().__init__(ROW)
            alive.append(1)

        def __del__(self) -> None:
            alive.pop()

    most = 0

    def rows() -> Iterator[Counted]:
        nonlocal most
        for _ in range(1000):
            yield Counted()
            most = max(most, len(alive))

    write_table(io.BytesIO(), TableSheet(COLUMNS, rows()))
    assert 0 < most < 10
