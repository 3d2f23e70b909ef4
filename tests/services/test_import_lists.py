"""Categories, units and leaders from Excel (A4, C11)."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Rank, UnitKind
from services import imports
from services.workbook_in import Cell
from tests.samples.books import book, categories_xlsx
from tests.samples.tables import everything, number_of, real, saved, sheet, take


def test_517_real_rows_become_the_three_levels(office: Any) -> None:
    """Issue: 15 / 118 / 517, matched on the whole path; again creates nothing."""
    path, session = real("内容分类.xlsx"), office.session
    for created, skipped in ((650, 0), (0, 517)):
        found = imports.import_file(session, office.actor("office_head"), "categories", path)
        assert (found["created"], found["skipped"], found["errors"]) == (created, skipped, [])
    levels = session.execute(sa.select(m.Category.level, sa.func.count()).group_by(m.Category.level)).all()
    assert sorted(map(tuple, levels)) == [(1, 15), (2, 118), (3, 517)]


def test_units_come_with_their_tree(office: Any) -> None:
    """A parent may stand further down; what is there is skipped; positions run on."""
    table = sheet(
        ["单位名称", "单位类型", "上级单位", "电话"],
        ["河西一组", "其他单位", "河西村", None],
        ["河西村", "村(社区)", "青石镇人民政府", 12345678.0],
        ["城建办", None, None, None],
    )
    found = take(office, "units", table, who="office_head")
    assert (found.created, found.skipped, found.errors) == (2, 1, [])
    units = {unit.name: unit for unit in everything(office.session, m.Unit)}
    assert (units["河西一组"].parent, units["河西村"].parent.name) == (units["河西村"], "青石镇人民政府")
    assert (units["河西村"].kind, units["河西村"].phone) == (UnitKind.VILLAGE, "12345678")
    assert units["河西村"].position > units["河西一组"].position > units["民政办"].position
    assert take(office, "units", table, who="office_head").created == 0


@pytest.mark.parametrize(
    ("rows", "where", "fragment"),
    [
        ([["新单位", None, "不存在"]], (2, "上级单位"), "没有上级单位"),
        ([["甲", None, "乙"], ["乙", None, "甲"]], (2, "上级单位"), "绕回到它自己"),
        ([["甲", None, "甲"]], (2, "上级单位"), "绕回到它自己"),
        ([["甲", None, None], ["甲", None, None]], (3, "单位名称"), "与第 2 行重复"),
        ([["甲", "集团公司", None]], (2, "单位类型"), "不在可选范围内"),
        ([["甲" * 81, None, None]], (2, "单位名称"), "最多 80 个字"),
        ([[None, "部门站所", None]], (2, "单位名称"), "没有填写"),
    ],
)
def test_a_wrong_unit_is_named(office: Any, rows: list[list[Cell]], where: tuple[int, str], fragment: str) -> None:
    before = number_of(office.session, m.Unit)
    found = take(office, "units", sheet(["单位名称", "单位类型", "上级单位"], *rows), who="office_head")
    assert (found.errors[0]["row"], found.errors[0]["column"]) == where
    assert fragment in found.errors[0]["message"]
    assert number_of(office.session, m.Unit) == before


def test_leaders_come_with_division_and_units(office: Any) -> None:
    """D1: position, rank, division of work, phone, turn, the units answered for."""
    table = sheet(
        ["姓名", "职务", "班子身份", "分管工作", "电话", "轮值顺序", "分管单位"],
        ["周正", "党委书记", "主要领导", "主持全面工作", "0739-1", 1.0, "城建办、民政办"],
        ["周正", "县委委员", None, None, None, None, None],
        ["陈立国", "镇长", None, None, None, None, None],
    )
    found = take(office, "leaders", table, who="sysadmin")
    assert (found.created, found.skipped, found.errors) == (2, 1, [])
    made = [leader for leader in everything(office.session, m.Leader) if leader.name == "周正"]
    assert (made[0].rank, made[0].turn, [unit.name for unit in made[0].units]) == (Rank.MAIN, 1, ["城建办", "民政办"])
    assert (made[1].rank, made[1].turn) == (Rank.OTHER, 6)


@pytest.mark.parametrize(
    ("row", "column", "fragment"),
    [
        (["甲", None, None, None], "职务", "没有填写"),
        (["甲", "镇长", "一把手", None], "级别", "不在可选范围内"),
        (["甲", "镇长", None, "没有的单位"], "分管单位", "没有单位"),
        (["甲" * 41, "镇长", None, None], "姓名", "最多 40 个字"),
    ],
)
def test_a_wrong_leader_is_named(office: Any, row: list[Cell], column: str, fragment: str) -> None:
    found = take(office, "leaders", sheet(["姓名", "职务", "级别", "分管单位"], row), who="office_head")
    assert [(one["row"], one["column"]) for one in found.errors] == [(2, column)]
    assert fragment in found.errors[0]["message"]
    assert found.created == 0


def test_the_same_leaf_under_two_parents_is_two_nodes(office: Any, tmp_path: Path) -> None:
    """A4: matched on the whole path; nodes missing in a newer table stay."""
    session, actor = office.session, office.actor("office_head")
    found = imports.import_file(session, actor, "categories", saved(tmp_path, categories_xlsx()))
    assert found["created"] == 2 + 3 + 4
    newer = imports.import_file(session, actor, "categories", saved(tmp_path, book([["一级分类"], ["农村农业"]])))
    assert newer["created"] == 1
    assert {"城乡建设/物业管理/收费", "环境保护/噪声污染/收费", "农村农业"} <= {
        node.path for node in everything(session, m.Category)
    }


@pytest.mark.parametrize(
    ("row", "column", "fragment"),
    [
        ([None, "物业", None], "一级分类", "没有填写"),
        (["城建", None, "收费"], "二级分类", "这一级是空的"),
        (["城/建", None, None], "一级分类", "不能含“/”"),
        (["城" * 61, None, None], "一级分类", "最多 60 个字"),
    ],
)
def test_a_wrong_category_is_named(office: Any, row: list[Cell], column: str, fragment: str) -> None:
    table = sheet(["一级分类", "二级分类", "三级分类"], row, ["好的", None, None])
    found = take(office, "categories", table, who="office_head")
    assert (found.errors[0]["row"], found.errors[0]["column"]) == (2, column)
    assert fragment in found.errors[0]["message"]
    assert number_of(office.session, m.Category) == 0


def test_a_category_twice_in_the_file_is_made_once(office: Any) -> None:
    found = take(office, "categories", sheet(["一级分类"], ["城建"], ["城建"]), who="office_head")
    assert (found.created, found.skipped, len(found.warnings)) == (1, 1, 1)
