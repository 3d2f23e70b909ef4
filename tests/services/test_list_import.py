"""A list handed down against the ledger: new, changed field by field, missing, doubles; all or nothing (G2)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import LedgerState, Level, RuleBroken
from services import campaign_base, campaign_columns, gate, list_import, list_takeover
from services.workbook_in import Row, Sheet
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office
from tests.services.test_campaign_rows import edit, made, take

HEADER = ["信访事项编号", "来文编号", "责任单位", "化解时限", "办理情况", "化解情况", "诉求性质", "救助金额"]
KEYS = ["matter_number", "source_number", "unit", "due_on", "progress", "state"]


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    return made(office)


@pytest.fixture
def rows(office: Office, world: World, campaign: m.Campaign) -> list[m.CampaignCase]:
    """Three on the ledger; the second with a number of whoever handed it down."""
    found = []
    for source in (None, "市信〔2026〕7号", None):
        said = {"source_number": source, "level_from": Level.CITY} if source else {}
        petition = world.register(date(2026, 8, 1), **said).petition
        found.append(edit(office, take(office, campaign, petition), progress="原来的"))
    return found


def sheet(*lines: list[Any]) -> Sheet:
    cells = [[*line, *[None] * (len(HEADER) - len(line))] for line in lines]
    return Sheet(HEADER, [Row(number, line) for number, line in enumerate(cells, start=2)])


def mapping(campaign: m.Campaign) -> dict[str, str]:
    own = [campaign_columns.key(campaign.own_columns[nth]) for nth in (3, 1)]
    return dict(zip(HEADER, [*KEYS, *own], strict=True))


def run(office: Office, campaign: m.Campaign, *lines: list[Any]) -> list_import.Comparison:
    return list_takeover.run(office.session, office.actor("clerk"), campaign, sheet(*lines), mapping(campaign))


@pytest.mark.db
def test_a_list_beside_the_ledger(
    office: Office, world: World, campaign: m.Campaign, rows: list[m.CampaignCase]
) -> None:
    """New, changed field by field, the same, missing from the list; empty cells change nothing."""
    fresh = world.register(date(2026, 8, 9)).petition
    found = run(
        office, campaign,
        [rows[0].petition.number, None, "民政办", date(2026, 12, 31), None, "化解中", "合理", 200],
        [None, "市信〔2026〕7号", None, None, "原来的"],
        [fresh.number, None, "城建办", None, "新列入"],
    )  # fmt: skip
    assert found.result.error_count == 0
    assert [line.matter for line in found.new] == [fresh]
    assert found.missing == [rows[2]]
    assert [line.matter for line in found.same] == [rows[1].petition]
    (line,) = found.changed
    assert line.changes == [
        ("化解情况", "未化解", "化解中"), ("化解时限", "2027-02-28", "2026-12-31"), ("责任单位", "", "民政办"),
        ("救助金额", "", "200"), ("诉求性质", "", "合理"),
    ]  # fmt: skip
    assert (rows[0].state, rows[0].unit_id, rows[0].progress) == (LedgerState.DOING, office.unit("b").id, "原来的")
    assert set(campaign_columns.said(office.session, [rows[0].id])[rows[0].id].values()) == {"合理", Decimal(200)}
    entered = office.session.scalars(sa.select(m.CampaignCase).where(m.CampaignCase.petition_id == fresh.id)).one()
    assert (entered.progress, entered.entered_reason) == ("新列入", "上级下发名单")
    again = run(office, campaign, [fresh.number, None, "城建办", None, "新列入"])
    assert (len(again.new), len(again.changed), len(again.missing)) == (0, 0, 3)


def test_a_preview_writes_nothing(office: Office, campaign: m.Campaign, rows: list[m.CampaignCase]) -> None:
    said = sheet([rows[0].petition.number, None, "民政办"])
    found = list_takeover.preview(office.session, office.actor("clerk"), campaign, said, mapping(campaign))
    assert (len(found.changed), rows[0].unit_id) == (1, None)


def test_two_rows_for_one_case_are_refused_naming_both(
    office: Office, campaign: m.Campaign, rows: list[m.CampaignCase]
) -> None:
    """Bad input: by the matter's number and by the number of whoever handed it down it is the same case."""
    found = run(
        office, campaign, [rows[1].petition.number, None, "民政办"], [rows[0].petition.number, None, "民政办"],
        [None, "市信〔2026〕7号", "城建办"],
    )  # fmt: skip
    (error,) = found.result.errors
    assert (error["row"], "第 2 行和第 4 行是同一件" in error["message"]) == (4, True)
    assert rows[0].unit_id is None


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ([None, None, "民政办"], "信访事项编号", "认不出是哪一件"),
        (["XF2020-999999"], "信访事项编号", "没有找到可列入台账"),
        ([None, "没有的文号"], "来文编号", "没有来文编号为"),
        (["{0}", None, "没有的单位"], "责任单位", "没有“没有的单位”"),
        (["{0}", None, None, "明年"], "化解时限", ""),
        (["{0}", None, None, None, None, "移出"], "化解情况", "不在可选范围"),
        (["{0}", None, None, None, None, None, "别的"], "诉求性质", "没有“别的”"),
        (["{0}", None, None, None, None, None, None, "许多"], "救助金额", "不是数字"),
    ],
)
def test_a_wrong_row_stops_the_whole_list(
    office: Office, campaign: m.Campaign, rows: list[m.CampaignCase], line: list[Any], column: str, said: str
) -> None:
    """Bad input: row and column named, an own column of the wrong type too; nothing of the other rows is written."""
    wrong = [cell.format(rows[0].petition.number) if isinstance(cell, str) else cell for cell in line]
    found = run(office, campaign, [rows[2].petition.number, None, "民政办"], wrong)
    assert [(one["row"], one["column"]) for one in found.result.errors] == [(3, column)]
    assert said in found.result.errors[0]["message"]
    assert rows[2].unit_id is None


def test_guarded_and_struck_off_rows_are_refused(
    office: Office, world: World, campaign: m.Campaign, rows: list[m.CampaignCase]
) -> None:
    """§3: a guarded matter is as good as none; a struck-off row is not changed by a list."""
    secret = world.register(date(2026, 8, 1), is_secret=True).petition
    edit(office, rows[0], state=LedgerState.RESOLVED, progress="好")
    rows[0].struck_off_on = office.today
    office.session.flush()
    found = run(office, campaign, [secret.number], [rows[0].petition.number, None, "民政办"])
    assert ["没有找到" in found.result.errors[0]["message"], "已销号" in found.result.errors[1]["message"]] == [
        True,
        True,
    ]


def test_a_list_needs_a_number_and_the_right(office: Office, campaign: m.Campaign) -> None:
    said = sheet(["XF1"])
    with pytest.raises(RuleBroken, match="才能认出是哪一件"):
        list_takeover.preview(office.session, office.actor("clerk"), campaign, said, {"责任单位": "unit"})
    with pytest.raises(gate.Forbidden):
        list_takeover.preview(office.session, office.actor("handler_a"), campaign, said, mapping(campaign))


def test_a_frozen_base_takes_a_list_as_later_entries(
    office: Office, world: World, campaign: m.Campaign, rows: list[m.CampaignCase]
) -> None:
    campaign_base.freeze(office.session, office.actor("office_head"), campaign)
    run(office, campaign, [world.register(date(2026, 8, 9)).petition.number])
    moved = campaign_base.movement(office.session, office.actor("clerk"), campaign)
    assert (moved.base, [row.entered_reason for row in moved.later]) == (3, ["上级下发名单"])
