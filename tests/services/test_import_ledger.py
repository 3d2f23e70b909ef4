"""A campaign's ledger from Excel (A4, G2)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.words import Status
from services.workbook_in import Cell
from tests.samples.tables import contacts, everything, number_of, sheet, take

LEDGER = [
    "专项活动",
    "信访事项编号",
    "问题类别",
    "责任单位",
    "包案领导",
    "化解情况",
    "进展情况",
    "化解日期",
    "化解时限",
]


@pytest.fixture
def campaign(office: Any) -> m.Campaign:
    """A running campaign with one category, and two matters LX/XF2026-1 and 2."""
    made = m.Campaign(
        name="治重化积", body="县联席办", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), schemes=["民生问题类"]
    )
    office.session.add(made)
    day = date(2026, 11, 19)
    take(office, "contacts", contacts(["1", "甲", "路灯", day, "一"], ["2", "乙", "水渠", day, "二"]))
    return made


def test_a_ledger_is_taken_in_and_filled(office: Any, campaign: m.Campaign) -> None:
    """G2: unit, leader, category and progress arrive; what is there is skipped and left alone."""
    row: list[Cell] = [
        "治重化积",
        "XF2026-000001",
        "民生问题类",
        "城建办",
        "赵明",
        "已化解",
        "已修好",
        "2026-11-20",
        None,
    ]
    table = sheet(LEDGER, row, ["治重化积", "XF2026-000002", None, None, None, None, None, None, "2026-12-01"])
    found = take(office, "campaign-cases", table)
    assert (found.created, found.skipped, found.errors) == (2, 0, [])
    first, second = everything(office.session, m.CampaignCase)
    assert (first.unit.name, first.leader.name, first.scheme) == ("城建办", "赵明", "民生问题类")
    assert (first.state, first.resolved_on, first.progress) == ("resolved", date(2026, 11, 20), "已修好")
    assert (second.state, second.due_on, second.entered_on) == ("open", date(2026, 12, 1), office.today)
    again = take(office, "campaign-cases", table)
    assert (again.created, again.skipped) == (0, 2)


@pytest.mark.parametrize(
    ("column", "value", "fragment"),
    [
        ("专项活动", "没有的", "没有专项活动"),
        ("专项活动", None, "没有填写"),
        ("信访事项编号", "XF1999-000001", "没有找到可列入台账的信访事项"),
        ("问题类别", "别的类", "本活动没有“别的类”"),
        ("责任单位", "别的办", "没有“别的办”"),
        ("包案领导", "无此人", "没有“无此人”"),
        ("化解情况", "已移出", "不在可选范围内"),
        ("化解时限", "年底", "不是日期"),
        ("化解日期", "2026-11-01", "不能有化解日期"),
        ("进展情况", "长" * 501, "最多 500 个字"),
    ],
)
def test_a_wrong_ledger_row_is_named(
    office: Any, campaign: m.Campaign, column: str, value: Cell, fragment: str
) -> None:
    good: dict[str, Cell] = {"专项活动": "治重化积", "信访事项编号": "XF2026-000002"}
    rows = [["治重化积", "XF2026-000001", *[None] * 7], [(good | {column: value}).get(name) for name in LEDGER]]
    found = take(office, "campaign-cases", sheet(LEDGER, *rows))
    assert [(one["row"], one["column"]) for one in found.errors] == [(3, column)]
    assert fragment in found.errors[0]["message"]
    assert number_of(office.session, m.CampaignCase) == 0


@pytest.mark.parametrize(
    ("state", "progress", "day", "column"),
    [("已化解", None, None, "进展情况"), ("已化解", "修好", "2026-11-22", "化解日期")],
)
def test_a_resolved_row_says_how_and_when(
    office: Any, campaign: m.Campaign, state: str, progress: str | None, day: str | None, column: str
) -> None:
    row: list[Cell] = ["治重化积", "XF2026-000001", None, None, None, state, progress, day, None]
    found = take(office, "campaign-cases", sheet(LEDGER, row))
    assert [one["column"] for one in found.errors] == [column]


def test_a_guarded_matter_enters_no_ledger(office: Any, campaign: m.Campaign) -> None:
    """C2: the same sentence as for a number that does not exist."""
    matter = everything(office.session, m.Petition)[0]
    matter.is_secret = True
    office.session.flush()
    found = take(
        office, "campaign-cases", sheet(LEDGER[:2], ["治重化积", "XF2026-000001"], ["治重化积", "XF1999-000001"])
    )
    said = [one["message"].replace("1999", "2026") for one in found.errors]
    assert len(said) == 2
    assert said[0] == said[1]


def test_doubles_and_voided_matters_in_a_ledger(office: Any, campaign: m.Campaign) -> None:
    matter = everything(office.session, m.Petition)[1]
    matter.status, matter.voided_on, matter.void_reason = Status.VOIDED, office.today, "重复"
    rows: list[list[Cell]] = [["治重化积", f"XF2026-00000{n}"] for n in (1, 1, 2)]
    found = take(office, "campaign-cases", sheet(LEDGER[:2], *rows))
    assert [("与第 2 行重复" in one["message"], "已作废" in one["message"]) for one in found.errors] == [
        (True, False),
        (False, True),
    ]
