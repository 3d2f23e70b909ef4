"""What an import of contacts refuses or points out: every complaint has its row and column (A4, C11)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.words import Purpose, RuleBroken, Status
from services import bulk_registration, petitions, registration
from services.import_rows import Options
from services.workbook_in import Cell
from tests.samples.tables import CONTACT_COLUMNS, contacts, everything, number_of, sheet, take


@pytest.mark.parametrize(
    ("day", "carried", "said"),
    [
        (date(2018, 7, 17), True, "按历史结转导入"),
        (date(2026, 8, 1), False, "60 天以前收到"),
        (date(2026, 11, 20), False, ""),
    ],
)
def test_old_rows_without_the_mark_are_pointed_out(office: Any, day: date, carried: bool, said: str) -> None:
    """What lies before every term is carried over by nature; what would be overdue at once is said."""
    found = take(office, "contacts", contacts(["1", "张三", "", day, "内容"]))
    petition = everything(office.session, m.Petition)[0]
    assert (petition.is_carried_over, petition.due_on is None) == (carried, carried)
    assert [said in one["message"] for one in found.warnings] == ([True] if said else [])


def test_the_same_persons_rows_are_never_joined(office: Any) -> None:
    """A3: joining is a person's decision; only a matter's own number joins."""
    day = date(2026, 11, 20)
    found = take(office, "contacts", contacts(["1", "张三", "路灯", day, "一"], ["2", "张三", "路灯", day, "一"]))
    assert (found.created, found.joined) == (2, 0)


def test_a_hidden_matter_cannot_be_joined(office: Any) -> None:
    """C2: a number the actor may not know of is as good as none."""
    session, head = office.session, office.unit("office")
    said = registration.Registration(
        channel="letter",
        demand="反映信访办",
        received_on=office.today,
        is_anonymous=True,
        purpose=Purpose.REPORT,
        respondents=[registration.Accused(petitions.RespondentKind.UNIT, head.id, head.name)],
    )
    hidden = petitions.register(session, office.actor("system"), said).petition
    row: list[Cell] = ["1", "张三", "路灯", office.today, "一", hidden.number]
    found = take(office, "contacts", contacts(row, more=("信访事项编号",)))
    absent = take(office, "contacts", contacts([*row[:5], "XF1999-000001"], more=("信访事项编号",)))
    assert found.errors[0]["message"].replace(hidden.number, "") == absent.errors[0]["message"].replace(
        "XF1999-000001", ""
    )


def test_a_voided_matter_cannot_be_joined(office: Any) -> None:
    day, session = date(2026, 11, 20), office.session
    take(office, "contacts", contacts(["1", "张三", "路灯", day, "一"]))
    petition = everything(session, m.Petition)[0]
    petition.status, petition.voided_on, petition.void_reason = Status.VOIDED, day, "重复登记"
    found = take(office, "contacts", contacts(["2", "张三", "", day, "一", petition.number], more=("信访事项编号",)))
    assert "已作废" in found.errors[0]["message"]


@pytest.mark.parametrize(
    ("column", "value", "fragment"),
    [
        ("日期", None, "没有填写"),
        ("日期", "昨天", "不是日期"),
        ("日期", "2026-02-30", "不是日期"),
        ("日期", date(2026, 11, 22), "不能晚于今天"),
        ("内容", None, "没有填写"),
        ("内容", "\t\n ", "没有填写"),
        ("姓名", "张" * 61, "最多 60 个字"),
        ("编号", "9" * 61, "最多 60 个字"),
        ("编号", 1.10101199001011e17, "超过 15 位"),
        ("信访方式", "飞鸽", "不在可选范围内，请改为：来信、来访"),
        ("信访目的", "报仇", "不在可选范围内，请改为：求决"),
        ("人数", "很多", "整数"),
        ("人数", 0.0, "整数"),
        ("问题属地", "河" * 101, "最多 100 个字"),
        ("证件号码", "1" * 31, "最多 30 个字"),
        ("登记日期", date(2026, 11, 1), "不能晚于登记日期"),
        ("信访事项编号", "XF1999-000001", "没有找到信访事项"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(office: Any, column: str, value: Cell, fragment: str) -> None:
    """C11, issue: row, column, what is wrong; all or nothing."""
    header = [*CONTACT_COLUMNS, "信访方式", "信访目的", "人数", "问题属地", "证件号码", "登记日期", "信访事项编号"]
    good: dict[str, Cell] = {"编号": "1", "姓名": "张三", "日期": date(2026, 11, 20), "内容": "一"}
    table = sheet(
        header,
        [good.get(name) for name in header],
        [(good | {"编号": "2", column: value}).get(name) for name in header],
    )
    found = take(office, "contacts", table)
    where = "日期" if column == "登记日期" else column
    assert [(one["row"], one["column"]) for one in found.errors] == [(3, where)]
    assert fragment in found.errors[0]["message"]
    assert (found.created, number_of(office.session, m.Contact)) == (0, 0)


def test_doubles_in_the_file_are_named(office: Any) -> None:
    """37.0 and '37' are one number."""
    day = date(2026, 11, 20)
    found = take(office, "contacts", contacts(["37", "甲", "", day, "一"], [37.0, "乙", "", day, "二"]))
    assert [(one["row"], one["column"]) for one in found.errors] == [(3, "编号")]
    assert "与第 2 行重复" in found.errors[0]["message"]


def test_a_known_number_with_another_day_is_pointed_out(office: Any) -> None:
    """Two tables may both count from 1: skipped, but not silently."""
    take(office, "contacts", contacts(["1", "甲", "", date(2026, 11, 19), "一"]))
    found = take(office, "contacts", contacts(["1", "乙", "", date(2026, 11, 20), "二"]))
    assert (found.created, found.skipped) == (0, 1)
    assert "换一个来源名称" in found.warnings[0]["message"]
    other = take(
        office, "contacts", contacts(["1", "乙", "", date(2026, 11, 20), "二"]), options=Options(source="市长信箱")
    )
    assert other.created == 1


def test_a_leaf_name_alone_is_not_enough(office: Any) -> None:
    """A4: 390 of 517 leaf names are distinct; the whole path decides."""
    take(office, "categories", sheet(["一级分类", "二级分类"], ["城乡建设", "物业管理"]))
    found = take(
        office, "contacts", contacts(["1", "甲", "", date(2026, 11, 20), "一", "物业管理"], more=("内容分类",))
    )
    assert [one["column"] for one in found.warnings] == ["内容分类"]
    assert everything(office.session, m.Petition)[0].category_text == "物业管理"


def test_somebody_who_was_faster_stops_the_whole_import(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses the double; the office says it in a sentence."""
    table = contacts(["1", "甲", "", date(2026, 11, 20), "一"])
    take(office, "contacts", table)
    office.session.commit()
    monkeypatch.setattr(bulk_registration, "known_numbers", lambda *_: {})
    with pytest.raises(RuleBroken, match="没有导入任何一行"):
        take(office, "contacts", table)
    office.session.rollback()
    assert number_of(office.session, m.Contact) == 1
