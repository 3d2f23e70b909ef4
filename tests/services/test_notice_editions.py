"""What an edition says of the one before, what is never published, which published months are outdated (D5, D6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import models as m
from rules.roster_period import period
from rules.words import RuleBroken
from services import notices, published, receptions, rosters, settings, swaps
from tests.fixtures import reception

Change = Callable[[Any, m.ReceptionSession, m.ReceptionSession], Any]


def said(office: Any, key: str = "2026-12") -> list[str]:
    """The changes a new edition would tell, in sentences."""
    made = notices.draft(office.session, office.actor("clerk"), period(key))
    return [reception.sentence(one) for one in made.changes]


def by_hand(office: Any, row: m.ReceptionSession, **values: Any) -> None:
    receptions.change(office.session, office.actor("clerk"), row, values)


# what happened to the sessions of 1 December (陈立国) and 16 December (林海): what the new edition says
CHANGES: dict[str, tuple[Change, list[str]]] = {
    "nothing": (lambda office, a, b: None, []),
    "added": (
        lambda office, a, b: receptions.add(
            office.session, office.actor("clerk"),
            {"held_on": date(2026, 12, 9), "starts": "09:00", "ends": "10:00", "leader_id": office.leader("a").id},
        ),
        ["新增 12月9日 星期三 赵明。"],
    ),
    "moved": (
        lambda office, a, b: by_hand(office, a, held_on=date(2026, 12, 3)),
        ["改期 12月1日 星期二 陈立国：原12月1日 → 现12月3日。"],
    ),
    "moved to another month": (
        lambda office, a, b: by_hand(office, b, held_on=date(2027, 1, 5)),
        ["改期 12月16日 星期三 林海：原12月16日 → 现2027年1月5日。"],
    ),
    "exchanged": (
        lambda office, a, b: swaps.exchange(office.session, office.actor("office_head"), a, b, "出差"),
        ["已调换 12月1日 星期二：原陈立国 → 现林海。", "已调换 12月16日 星期三：原林海 → 现陈立国。"],
    ),
    "stand-in": (
        lambda office, a, b: swaps.stand_in(office.session, office.actor("office_head"), a, office.leader("b"), "出差"),
        ["已调换 12月1日 星期二：原陈立国 → 现孙丽。"],
    ),
    "exchanged and moved": (
        lambda office, a, b: (
            swaps.stand_in(office.session, office.actor("office_head"), a, office.leader("b"), "出差"),
            by_hand(office, a, held_on=date(2026, 12, 3)),
        ),
        ["改期 12月1日 星期二 陈立国：原12月1日 → 现12月3日，原陈立国 → 现孙丽。"],
    ),
    "called off": (
        lambda office, a, b: receptions.cancel(office.session, office.actor("clerk"), a, "县里开会"),
        ["已取消 12月1日 星期二 陈立国：县里开会。"],
    ),
    "place and hours": (
        lambda office, a, b: by_hand(office, a, place="镇礼堂", starts="14:00", ends="16:00"),
        ["变更 12月1日 星期二 陈立国：时间由“9:00–11:30”改为“14:00–16:00”，地点由“群众来访接待室”改为“镇礼堂”。"],
    ),
    "a unit beside": (
        lambda office, a, b: by_hand(office, a, companion_unit_id=office.unit("a").id),
        ["变更 12月1日 星期二 陈立国：陪访部门定为“城建办”。"],
    ),
    "the words around": (
        lambda office, a, b: settings.put(office.session, office.actor("office_head"), "reception_phone", "0000-1"),
        ["变更 预约电话定为“0000-1”。"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_an_edition_says_what_it_changes(office: Any, change: Change, expected: list[str]) -> None:
    """D5: 原 → 现, on the notice and in what is frozen."""
    rows = reception.roster(office)
    reception.published(office)
    change(office, *rows)
    assert said(office) == expected
    if expected:
        frozen = reception.published(office).body["changes"]
        assert [reception.sentence(one) for one in frozen] == expected
        assert said(office) == []


def test_what_is_taken_up_again_is_said(office: Any) -> None:
    first, _second = reception.roster(office)
    reception.published(office)
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    reception.published(office)
    receptions.restore(office.session, office.actor("clerk"), first)
    assert said(office) == ["恢复 12月1日 星期二 陈立国。"]


def test_the_first_edition_changes_nothing(office: Any) -> None:
    reception.roster(office)
    assert reception.published(office).body["changes"] == []


def test_a_past_month_is_not_published(office: Any) -> None:
    reception.roster(office, "2026-12")
    late = replace(office.actor("office_head"), today=date(2027, 1, 4))
    with pytest.raises(RuleBroken, match="2026年12月已经过去，不能公示。"):
        notices.publish(office.session, late, period("2026-12"))


def test_a_past_day_is_not_published(office: Any) -> None:
    """Bad input of issue 3: a clear sentence that says what to do."""
    reception.roster(office, "2026-12")
    later = replace(office.actor("office_head"), today=date(2026, 12, 2))
    with pytest.raises(
        RuleBroken, match="12月1日 星期二 已经过去，以前没有公示，不能补公示；请取消这一场，或者改到以后的日子。"
    ):
        notices.publish(office.session, later, period("2026-12"))
    assert office.session.query(m.Notice).count() == 0
    first = reception.sessions(office, date(2026, 12, 1), date(2026, 12, 1))[0]
    receptions.cancel(office.session, office.actor("clerk"), first, "当时没有安排")
    assert [line["day"] for line in notices.publish(office.session, later, period("2026-12")).body["rows"]] == [
        "12月16日"
    ]


def test_days_that_are_over_stay_as_they_were_told(office: Any) -> None:
    """A later edition never rewrites what was announced and is over."""
    first, second = reception.roster(office)
    before = reception.published(office).body["rows"][0]
    first.place, second.place = "改写的历史", "镇礼堂"
    later = replace(office.actor("office_head"), today=date(2026, 12, 2), now=office.now + timedelta(days=11))
    notice = notices.publish(office.session, later, period("2026-12"))
    assert notice.body["rows"][0] == before
    assert notice.body["rows"][1]["place"] == "镇礼堂"


def test_who_left_office_is_not_announced(office: Any) -> None:
    reception.roster(office)
    office.leader("mayor").in_office_to = date(2026, 11, 30)
    with pytest.raises(RuleBroken, match="12月1日 星期二 的接访领导陈立国已不在任，请调换。"):
        reception.published(office)


def test_a_missing_place_is_said(office: Any) -> None:
    first, _second = reception.roster(office)
    first.place = None
    made = notices.draft(office.session, office.actor("clerk"), period("2026-12"))
    assert "12月1日 星期二 没有填写接访地点，公示上按“群众来访接待室”。" in made.warnings


def test_a_published_day_needs_no_lead_time_again(office: Any) -> None:
    """D6: the lead counts for days the public does not know yet."""
    reception.roster(office)
    reception.published(office)
    later = replace(office.actor("office_head"), today=date(2026, 11, 30))
    settings.put(office.session, office.actor("office_head"), "reception_phone", "0000-1")
    assert not [x for x in notices.draft(office.session, later, period("2026-12")).warnings if "公示提前天数" in x]


def test_published_months_that_moved_on_are_listed(office: Any) -> None:
    """The workbench flags what the public is told wrongly; a new edition clears it."""
    first, second = reception.roster(office)
    assert notices.outdated(office.session, office.today) == []
    reception.published(office)
    assert notices.outdated(office.session, office.today) == []
    by_hand(office, first, place="镇礼堂")
    by_hand(office, second, held_on=date(2026, 12, 17))
    assert notices.outdated(office.session, office.today) == [notices.Outdated(period("2026-12"), 2)]
    assert notices.outdated(office.session, date(2026, 12, 10)) == [notices.Outdated(period("2026-12"), 1)]
    reception.published(office)
    assert notices.outdated(office.session, office.today) == []


def test_a_session_that_left_for_an_unpublished_month_is_outdated(office: Any) -> None:
    _first, second = reception.roster(office)
    reception.published(office)
    by_hand(office, second, held_on=date(2027, 1, 5))
    assert notices.outdated(office.session, office.today) == [notices.Outdated(period("2026-12"), 1)]


def test_an_unpublished_month_is_not_outdated(office: Any) -> None:
    reception.roster(office)
    reception.published(office)
    rosters.generate(office.session, office.actor("clerk"), period("2027-01"))
    assert notices.outdated(office.session, office.today) == []


def test_a_leader_keeps_a_trace_of_what_was_his(office: Any) -> None:
    """Twice exchanged: both former leaders' feeds can tell it off."""
    first, _second = reception.roster(office)
    reception.published(office)
    head = office.actor("office_head")
    for key in ("a", "b"):
        swaps.stand_in(office.session, head, first, office.leader(key), "出差")
        reception.published(office)
    line = published.for_month(office.session, period("2026-12")).body["rows"][0]  # type: ignore[union-attr]
    assert (line["leader"], line["original"]) == ("孙丽", "陈立国")
    assert line["former"] == sorted([office.leader("mayor").id, office.leader("a").id])
