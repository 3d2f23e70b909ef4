"""Import from Excel (A4, C11): who may, what a table must look like, and every kind is described."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.words import RuleBroken
from services import gate, imports
from services.import_fields import KINDS
from services.import_rows import Options
from services.workbook_in import Cell
from tests.samples.books import book, messages_xlsx
from tests.samples.tables import contacts, everything, saved, sheet, take


@pytest.mark.parametrize(
    ("who", "kind", "may"),
    [
        ("clerk", "campaign-cases", True),
        ("sysadmin", "campaign-cases", False),
        ("clerk", "contacts", True),
        ("office_head", "contacts", True),
        ("sysadmin", "contacts", False),
        ("handler_a", "contacts", False),
        ("sysadmin", "units", True),
        ("clerk", "leaders", True),
        ("inspector", "categories", False),
        ("auditor", "units", False),
    ],
)
def test_who_may_import_what(office: Any, who: str, kind: str, may: bool) -> None:
    """C1: the verb is asked by the service, so the command line's --as meets it too."""
    if may:
        assert imports.kind_of(office.actor(who), kind).key == kind
        return
    with pytest.raises(gate.Forbidden):
        imports.kind_of(office.actor(who), kind)


def test_an_unknown_kind_is_not_there(office: Any) -> None:
    with pytest.raises(gate.NotHere):
        imports.kind_of(office.actor("clerk"), "petitions")


@pytest.mark.parametrize(
    ("mapping", "fragment"),
    [
        ({"日期": "received_on"}, "必填字段“诉求”"),
        ({"日期": "received_on", "内容": "demand", "没有": "name"}, "没有“没有”这一列"),
        ({"日期": "received_on", "内容": "demand", "姓名": "password"}, "不存在"),
        ({"日期": "received_on", "内容": "demand", "姓名": "demand"}, "对应了 2 列"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(office: Any, mapping: dict[str, str], fragment: str) -> None:
    table = contacts(["1", "甲", "", date(2026, 11, 20), "一"])
    with pytest.raises(RuleBroken, match=fragment):
        take(office, "contacts", table, mapping)


def test_a_wrong_header_names_the_missing_column(office: Any, tmp_path: Path) -> None:
    path = saved(tmp_path, book([["姓名", "备注"], ["甲", "乙"]]))
    with pytest.raises(RuleBroken, match="必填字段“收到日期、诉求”没有对应的列"):
        imports.import_file(office.session, office.actor("clerk"), "contacts", path)


def test_a_header_alone_is_refused(office: Any) -> None:
    with pytest.raises(RuleBroken, match="没有数据"):
        take(office, "contacts", contacts())


@pytest.mark.parametrize(
    ("options", "field"),
    [(Options(channel="pigeon"), "channel"), (Options(source=" "), "source"), (Options(source="源" * 41), "source")],
)
def test_options_are_checked(office: Any, options: Options, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        take(office, "contacts", contacts(["1", "甲", "", date(2026, 11, 20), "一"]), options=options)
    assert refused.value.field == field


def test_a_header_below_a_title_is_found(office: Any, tmp_path: Path) -> None:
    """Offices put a title and 填报单位 on top; the row numbers stay Excel's."""
    rows = [["信访台账"], ["填报单位：青石镇"], ["编号", "姓名", "日期", "内容"], ["1", "甲", "昨天", "一"]]
    found = imports.import_file(office.session, office.actor("clerk"), "contacts", saved(tmp_path, book(rows)))
    assert [(one["row"], one["column"]) for one in found["errors"]] == [(4, "日期")]


def test_a_file_that_is_not_there(office: Any, tmp_path: Path) -> None:
    with pytest.raises(RuleBroken, match="没有找到文件"):
        imports.import_file(office.session, office.actor("clerk"), "contacts", tmp_path / "无.xlsx")


def test_a_map_file_must_be_texts(office: Any, tmp_path: Path) -> None:
    path: Any = saved(tmp_path, messages_xlsx())
    for mapping in ([], {"留言时间": 1}):
        with pytest.raises(RuleBroken, match="列对应文件"):
            imports.import_file(office.session, office.actor("clerk"), "contacts", path, mapping=mapping)  # type: ignore[arg-type]


def test_a_map_file_decides(office: Any, tmp_path: Path) -> None:
    path = saved(tmp_path, messages_xlsx())
    mapping = {"留言时间": "received_on", "留言主题": "demand"}
    found = imports.import_file(
        office.session, office.actor("clerk"), "contacts", path, mapping=mapping, carried_over=True
    )
    assert found["created"] == 4
    assert everything(office.session, m.Contact)[0].demand == "某小区路灯损坏半年未修"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_described_completely(kind: str) -> None:
    """The blank table of a kind is understood by its own guess; its sample fits its columns."""
    table = KINDS[kind]
    labels = [field.label for field in table.fields]
    assert imports.column_map.guess(labels, table.fields) == {field.label: field.key for field in table.fields}
    assert len(table.sample) == len(table.fields)


def test_the_samples_of_the_screen_can_be_imported(office: Any) -> None:
    day = datetime(2026, 11, 20)
    for kind in ("units", "leaders", "categories", "contacts"):
        table = KINDS[kind]
        cells: list[Cell] = [day if text == "2026-11-20" else text or None for text in table.sample]
        found = take(office, kind, sheet([field.label for field in table.fields], cells), who="office_head")
        assert (found.errors, found.created + found.skipped > 0) == ([], True), kind
