"""Who fits whom, when sign-up closes, who stands for a group (D11, A2; rules-of-the-office §6)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from rules import appointments as rules
from rules.appointments import Demand, Desk
from rules.calendar_days import Calendar, shipped_days
from rules.reception_words import AppointmentKind
from rules.words import RuleBroken

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(shipped_days([2026]), [2026])
MAYOR = Desk(1, "陈立国", True, "主持镇政府全面工作")
LAND = Desk(2, "赵明远", False, "分管自然资源、农业农村、林业", {10: "自然资源所"}, frozenset({11}))
SOCIAL = Desk(3, "林海燕", False, "分管信访、综治、民政")
BLANK = Desk(4, "罗刚", False, "")


@pytest.mark.parametrize(
    ("held_on", "days", "hour", "closes"),
    [
        (date(2026, 12, 1), 1, "17:00", datetime(2026, 11, 30, 17, 0)),
        (date(2026, 12, 7), 1, "17:00", datetime(2026, 12, 4, 17, 0)),
        (date(2026, 10, 8), 1, "17:00", datetime(2026, 9, 30, 17, 0)),
        (date(2026, 10, 12), 1, "17:00", datetime(2026, 10, 10, 17, 0)),
        (date(2026, 12, 3), 2, "12:00", datetime(2026, 12, 1, 12, 0)),
    ],
    ids=["Tuesday", "over a weekend", "over the National Day", "a make-up Saturday counts", "two working days"],
)
def test_sign_up_closes_on_the_working_day_before(held_on: date, days: int, hour: str, closes: datetime) -> None:
    assert rules.closes_at(held_on, CALENDAR, days, hour, ZONE) == closes.replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("desk", "text", "units", "hard", "is_within", "reason"),
    [
        (LAND, "宅基地一直没有确权", (), (), True, "诉求提到“宅基地”，属于其分管的“自然资源”。"),
        (LAND, "找自然资源所没有结果", (), (), True, "诉求提到其分管或联系的“自然资源所”。"),
        (LAND, "无理由", (10,), (), True, "责任单位“自然资源所”由其分管。"),
        (LAND, "无理由", (11,), (), True, "责任单位在其分管单位之下。"),
        (LAND, "低保被取消", (), (), False, "分管工作中没有找到对应的内容。"),
        (SOCIAL, "低保被取消", (), (), True, "诉求提到“低保”，属于其分管的“民政”。"),
        (MAYOR, "低保被取消", (), (), True, "分管工作中没有找到对应的内容。"),
        (MAYOR, "低保被取消", (), ("集体访 12 人",), True, "疑难复杂，由主要领导接访：集体访 12 人。"),
        (BLANK, "低保被取消", (), ("集体访 12 人",), False, "分管工作中没有找到对应的内容。"),
    ],
)
def test_why_a_leader_fits(desk: Desk, text: str, units: tuple, hard: tuple, is_within: bool, reason: str) -> None:
    """D11: by division of work and by difficulty, the reason said."""
    found = rules.fit(desk, Demand(text, frozenset(units), hard))
    assert (found.is_within, found.reasons[0]) == (is_within, reason)


def test_a_plain_matter_goes_to_whose_division_it_is_a_hard_one_to_a_main_leader() -> None:
    plain, hard = Demand("宅基地没有确权"), Demand("宅基地没有确权", hard=("已来信来访 3 次",))
    desks = [MAYOR, LAND, SOCIAL]
    assert max(desks, key=lambda desk: rules.fit(desk, plain).score) is LAND
    assert max(desks, key=lambda desk: rules.fit(desk, hard).score) is MAYOR


@pytest.mark.parametrize(
    ("desk", "text", "warning"),
    [
        (LAND, "宅基地没有确权", ""),
        (LAND, "低保被取消", "诉求看来不在赵明远的分管范围内，请核对是否由其接访。"),
        (BLANK, "低保被取消", "没有登记罗刚的分管工作，无法核对诉求是否属其分管。"),
        (MAYOR, "低保被取消", ""),
    ],
)
def test_a_demand_outside_his_division_warns(desk: Desk, text: str, warning: str) -> None:
    assert rules.outside(desk, Demand(text)) == warning


@pytest.mark.parametrize(
    ("people", "contacts", "units", "carried", "found"),
    [
        (1, 1, 1, 0, ()),
        (4, 1, 1, 1, ()),
        (5, 1, 1, 0, ("集体访 5 人",)),
        (1, 2, 1, 0, ("已来信来访 2 次",)),
        (1, 1, 2, 0, ("涉及 2 个单位",)),
        (1, 1, 1, 2, ("已 2 次未能接待",)),
        (9, 3, 2, 0, ("集体访 9 人", "已来信来访 3 次", "涉及 2 个单位")),
    ],
)
def test_what_makes_a_matter_hard(people: int, contacts: int, units: int, carried: int, found: tuple) -> None:
    assert rules.hard_because(people, 5, contacts, units, carried) == found


@pytest.mark.parametrize(
    ("text", "people", "kept"),
    [
        (None, 1, None),
        ("", 4, None),
        ("胡大年", 1, "胡大年"),
        ("胡大年，胡小年；李四\n王五", 12, "胡大年、胡小年、李四、王五"),
        ("甲一、乙二、丙三、丁四、戊五", 200, "甲一、乙二、丙三、丁四、戊五"),
    ],
)
def test_representatives_as_kept(text: str | None, people: int, kept: str | None) -> None:
    assert rules.check_representatives(text, people, 5, 5) == kept


@pytest.mark.parametrize(
    ("text", "people", "said"),
    [
        ("甲一、乙二、丙三、丁四、戊五、己六", 200, "最多 5 人，现在是 6 人"),
        ("甲一、甲一", 12, "重复"),
        ("一" * 21, 12, "最多 20 个字"),
        ("甲一、乙二", 1, "多于来访人数 1"),
        ("", 5, "5 人来访为集体访，请写明代表姓名"),
    ],
    ids=["six", "twice", "too long", "more than came", "a group without"],
)
def test_representatives_refused(text: str, people: int, said: str) -> None:
    """A2: at most five are received, each by name."""
    with pytest.raises(RuleBroken) as no:
        rules.check_representatives(text, people, 5, 5)
    assert said in no.value.message
    assert no.value.field == "representatives"


def test_the_line_carried_over_first_walk_ins_last() -> None:
    kinds = [
        rules.band(AppointmentKind.SIGN_UP, is_carried=True),
        rules.band(AppointmentKind.SIGN_UP, is_carried=False),
    ]
    kinds.append(rules.band(AppointmentKind.WALK_IN, is_carried=False))
    assert kinds == sorted(set(kinds))
    assert rules.band(AppointmentKind.INVITATION, is_carried=False) == kinds[1]
