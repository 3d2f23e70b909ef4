"""Unregistered cases of a list handed down: shown in the preview, registered with one word, never half of them (G2, A1)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import LedgerSource, LedgerState, Level, Purpose, RuleBroken
from services import list_import, list_takeover
from services.workbook_in import Row, Sheet
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office
from tests.services.test_campaign_rows import made

MAPPING = {
    "来文编号": "source_number", "信访人": "name", "电话": "phone", "诉求": "demand", "交办级别": "level_from",
    "交办日期": "received_on", "责任单位": "unit", "办理情况": "progress", "化解情况": "state",
}  # fmt: skip
NEW = ["省联〔2026〕1号", "赵丽华", "13800000001", "征地补偿款两年未付清。", "省", "2026-09-02", "城建办"]


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    return made(office)


def sheet(*lines: list[Any]) -> Sheet:
    cells = [[*line, *[None] * (len(MAPPING) - len(line))] for line in lines]
    return Sheet(list(MAPPING), [Row(number, line) for number, line in enumerate(cells, start=2)])


def run(office: Office, campaign: m.Campaign, *lines: list[Any], registers: bool = True) -> list_import.Comparison:
    actor = office.actor("clerk")
    return list_takeover.run(office.session, actor, campaign, sheet(*lines), MAPPING, registers=registers)


def matters(office: Office) -> list[m.Petition]:
    return list(office.session.scalars(sa.select(m.Petition).order_by(m.Petition.id).execution_options(gated=True)))


def changed(place: int, value: Any) -> list[Any]:
    return [*NEW[:place], value, *NEW[place + 1 :]]


@pytest.mark.db
def test_they_are_shown_first_and_registered_with_one_word(office: Office, campaign: m.Campaign) -> None:
    second = ["省联〔2026〕2号", "匿名", None, "小区停水三个月。"]
    found = list_takeover.preview(office.session, office.actor("clerk"), campaign, sheet(NEW, second), MAPPING)
    assert [(one.number, one.source_number) for one in found.unknown] == [(2, NEW[0]), (3, second[0])]
    assert (found.new, found.result.error_count, matters(office)) == ([], 0, [])
    with pytest.raises(RuleBroken, match="有 2 件还没有登记（见下表），请勾选“一并登记”") as no:
        run(office, campaign, NEW, second, registers=False)
    assert (no.value.field, matters(office)) == ("registers", [])

    run(office, campaign, NEW, second)
    first, other = matters(office)
    assert (first.demand, first.source_number, first.level_from) == (NEW[3], NEW[0], Level.PROVINCE)
    assert (first.sender, first.contacts[0].received_on) == ("镇党委", date(2026, 9, 2))
    assert (other.level_from, other.contacts[0].is_anonymous) == (Level.COUNTY, True)
    assert [row.petition for row in campaign.rows] == [first, other]
    assert {row.source for row in campaign.rows} == {LedgerSource.HANDED_DOWN}
    assert campaign.rows[0].unit_id == office.unit("a").id or campaign.rows[0].unit.name == "城建办"
    again = run(office, campaign, NEW, second, registers=False)
    assert (again.unknown, len(again.same), len(matters(office))) == ([], 2, 2), "the same list again does nothing"


@pytest.mark.parametrize(
    ("lines", "row", "column", "said"),
    [
        ([NEW, NEW], 3, "来文编号", "第 2 行和第 3 行是同一件（省联〔2026〕1号），请合并成一行"),
        ([[*changed(1, None)[:2], None, *NEW[3:]]], 2, "信访人", "不知道姓名的写“匿名”"),
        ([changed(3, None)], 2, "来文编号", "补上“诉求”和“信访人”两栏即可一并登记"),
        ([changed(4, "乡里")], 2, "交办级别", "不在可选范围内"),
        ([changed(5, "2027-01-01")], 2, "交办日期", "不能晚于登记日期"),
        ([changed(6, "没有这个单位")], 2, "责任单位", "没有“没有这个单位”"),
        ([[*NEW, None, "已化解"]], 2, "办理情况", "已化解的须写明怎样化解的"),
        ([changed(0, None)], 2, None, "认不出是哪一件"),
    ],
)  # fmt: skip
def test_one_wrong_row_registers_nothing(
    office: Office, campaign: m.Campaign, lines: list[list[Any]], row: int, column: str | None, said: str
) -> None:
    good = ["省联〔2026〕9号", "钱进", None, "好的一行。"]
    found = run(office, campaign, *lines, good)
    (error,) = found.result.errors
    assert error["row"] == row
    assert error["column"] == (column or error["column"])
    assert said in error["message"]
    assert (matters(office), campaign.rows) == ([], [])


def test_a_known_number_is_joined_a_guarded_one_is_as_good_as_none(office: Office, campaign: m.Campaign) -> None:
    world = World(office)
    known = world.register(date(2026, 8, 1), source_number=NEW[0], level_from=Level.CITY).petition
    world.register(date(2026, 8, 1), source_number="密〔2026〕1号", level_from=Level.CITY, purpose=Purpose.REPORT)
    found = run(office, campaign, NEW, ["密〔2026〕1号", "孙立", None, "小区停水。"])
    assert [line.matter for line in found.new] == [known]
    assert [one.source_number for one in found.unknown] == ["密〔2026〕1号"]
    assert len(matters(office)) == 3


def test_a_resolved_one_says_how(office: Office, campaign: m.Campaign) -> None:
    run(office, campaign, [*NEW, "已全额补发", "已化解"])
    (row,) = campaign.rows
    assert (row.state, row.progress, row.resolved_on) == (LedgerState.RESOLVED, "已全额补发", office.today)
