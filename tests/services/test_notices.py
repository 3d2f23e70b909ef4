"""Notices frozen as editions, what the public can see of them, the calendar feed (D5, D6)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

import models as m
from rules.roster_period import period
from rules.words import RuleBroken
from services import feed, gate, notices, published, receptions, settings, swaps
from tests.fixtures import reception

ZONE = ZoneInfo("Asia/Shanghai")


def draft(office: Any, key: str = "2026-12", username: str = "clerk") -> notices.Draft:
    return notices.draft(office.session, office.actor(username), period(key))


def events(office: Any, since: date = date(2026, 11, 1)) -> list[Any]:
    """The feed's events as a reader's calendar program gets them."""
    text = feed.calendar(published.lines(office.session, since), ZONE, "desk.example")
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def said(made: notices.Draft) -> list[str]:
    """What changed, in sentences."""
    return [reception.sentence(one) for one in made.changes]


def later(office: Any, minutes: int = 1) -> Any:
    """The office head, some minutes on."""
    actor = office.actor("office_head")
    return replace(actor, now=actor.now + timedelta(minutes=minutes))


def test_a_month_is_numbered_and_frozen(office: Any) -> None:
    """D6: name, position, division, phone, time, place, form; later changes do not touch what was published."""
    first, _second = reception.roster(office)
    mayor = office.leader("mayor")
    mayor.division, mayor.phone = "主持政府全面工作", "0000-1234500"
    settings.put(office.session, office.actor("office_head"), "document_prefix", "青信")
    notice = reception.published(office)
    first.place, mayor.phone = "镇礼堂", "0000-0000000"
    assert (notice.number, notice.edition, notice.published_on) == ("青信公〔2026〕1号", 1, office.today)
    line = notice.body["rows"][0]
    shown = {
        key: line[key] for key in ("day", "weekday", "leader", "title", "division", "phone", "hours", "place", "form")
    }
    assert shown == {
        "day": "12月1日",
        "weekday": "二",
        "leader": "陈立国",
        "title": "镇长",
        "division": "主持政府全面工作",
        "phone": "0000-1234500",
        "hours": "9:00–11:30",
        "place": "群众来访接待室",
        "form": "定点接访",
    }


def test_a_changed_roster_is_a_new_edition(office: Any) -> None:
    """D5: the change shows on the notice; the old edition stays as it was."""
    first, second = reception.roster(office)
    before = reception.published(office)
    swaps.exchange(office.session, office.actor("office_head"), first, second, "县委会议")
    made = draft(office)
    assert said(made) == ["已调换 12月1日 星期二：原陈立国 → 现林海。", "已调换 12月16日 星期三：原林海 → 现陈立国。"]
    after = reception.published(office)
    assert (after.edition, after.body["rows"][0]["original"]) == (2, "陈立国")
    assert before.body["rows"][0]["leader"] == "陈立国"
    assert published.for_month(office.session, period("2026-12")) is after


def test_the_same_content_is_not_published_twice(office: Any) -> None:
    reception.roster(office)
    reception.published(office)
    with pytest.raises(RuleBroken, match="与第 1 版相同"):
        reception.published(office)


def test_a_gap_is_refused_and_shortcomings_are_said(office: Any) -> None:
    """D5: no day may be left without a leader; D6: lead time, phone, division."""
    first, _second = reception.roster(office)
    first.leader = None
    assert draft(office).refusals == ["12月1日 星期二 还没有接访领导，请安排。"]
    with pytest.raises(RuleBroken, match="还没有接访领导"):
        reception.published(office)
    assert draft(office).warnings == ["林海的分管工作、办公电话没有填写，公示表上将是空白。"]


@pytest.mark.parametrize(
    ("ahead", "said"), [("10", []), ("11", ["最近一场 12月1日 星期二 距今 10 天，不足公示提前天数 11 天。"])]
)
def test_too_late_a_notice_is_said(office: Any, ahead: str, said: list[str]) -> None:
    reception.roster(office)
    settings.put(office.session, office.actor("office_head"), "notice_ahead_days", ahead)
    assert [text for text in draft(office).warnings if "公示提前天数" in text] == said


def test_an_empty_month_is_not_published(office: Any) -> None:
    assert draft(office).refusals == ["2026年12月还没有安排接访，请先生成日程。"]


@pytest.mark.parametrize("username", ["clerk", "leader_a", "inspector"])
def test_only_the_office_head_publishes(office: Any, username: str) -> None:
    """Rules §4."""
    reception.roster(office)
    with pytest.raises(gate.Forbidden):
        notices.publish(office.session, office.actor(username), period("2026-12"))


def test_what_was_called_off_stays_on_the_notice_as_called_off(office: Any) -> None:
    """The public that expects it is told; what never was public is not shown."""
    first, second = reception.roster(office)
    reception.published(office)
    clerk = office.actor("clerk")
    receptions.cancel(office.session, clerk, first, "县里开会")
    extra = receptions.add(office.session, clerk, {"held_on": date(2026, 12, 9), "starts": "09:00", "ends": "10:00"})
    receptions.cancel(office.session, clerk, extra, "弄错")
    assert said(draft(office)) == ["已取消 12月1日 星期二 陈立国：县里开会。"]
    rows = reception.published(office).body["rows"]
    assert [(line["uid"], line["cancelled"]) for line in rows] == [(first.uid, "县里开会"), (second.uid, "")]


@pytest.mark.db
def test_a_year_and_a_month_whichever_came_last_is_shown(office: Any) -> None:
    first, _second = reception.roster(office, "2027")[-2:]
    year = reception.published(office, "2027")
    assert published.for_month(office.session, period("2027-12")) is year
    first.place = "镇礼堂"
    month = notices.publish(office.session, later(office), period("2027-12"))
    assert published.for_month(office.session, period("2027-12")) is month
    assert [reception.sentence(one) for one in month.body["changes"]] == [
        "变更 12月1日 星期三 赵明：地点由“群众来访接待室”改为“镇礼堂”。"
    ]
    assert published.for_month(office.session, period("2027-11")) is year
    assert published.for_month(office.session, period("2028-01")) is None


def test_the_feed_holds_one_plain_event_a_session(office: Any) -> None:
    """Design §6: never a rule; read back by an independent reader."""
    reception.roster(office)
    reception.published(office)
    found = events(office)
    assert [str(e["UID"]) for e in found] == [f"{row.uid}@desk.example" for row in reception.remake(office)]
    assert [e["DTSTART"].dt for e in found] == [
        datetime(2026, 12, 1, 1, 0, tzinfo=UTC),
        datetime(2026, 12, 16, 1, 0, tzinfo=UTC),
    ]
    assert found[0]["DTEND"].dt - found[0]["DTSTART"].dt == timedelta(hours=2, minutes=30)
    assert str(found[0]["SUMMARY"]) == "领导接访：陈立国（镇长）"
    assert not any("RRULE" in e for e in found)
    whole = icalendar.Calendar.from_ical(feed.calendar(published.lines(office.session, date(2026, 11, 1)), ZONE, "h"))
    assert len(recurring_ical_events.of(whole).between((2026, 12, 1), (2027, 1, 1))) == 2


@pytest.mark.db
def test_an_event_keeps_its_uid_and_counts_up(office: Any) -> None:
    """SEQUENCE is the edition; an exchange changes the event, a cancellation its STATUS."""
    first, second = reception.roster(office)
    reception.published(office)
    before = events(office)
    swaps.exchange(office.session, office.actor("office_head"), first, second, "")
    notices.publish(office.session, later(office, 1), period("2026-12"))
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    notices.publish(office.session, later(office, 2), period("2026-12"))
    after = events(office)
    assert [e["UID"] for e in before] == [e["UID"] for e in after]
    assert [(e["SEQUENCE"], str(e["STATUS"])) for e in after] == [(3, "CANCELLED"), (3, "CONFIRMED")]
    assert "原定领导：陈立国" in str(after[0]["DESCRIPTION"])


def test_the_sequence_never_falls_when_a_day_moves_to_another_month(office: Any) -> None:
    """RFC 5545: a lower SEQUENCE would be ignored by calendars that have the event."""
    _first, second = reception.roster(office)
    for minute, place in enumerate(("一楼", "二楼", "三楼")):
        second.place = place
        notices.publish(office.session, later(office, minute), period("2026-12"))
    receptions.change(office.session, office.actor("clerk"), second, {"held_on": date(2027, 1, 5)})
    notices.publish(office.session, later(office, 8), period("2026-12"))
    notices.publish(office.session, later(office, 9), period("2027-01"))
    moved = next(e for e in events(office) if str(e["UID"]).startswith(second.uid))
    assert (moved["DTSTART"].dt.date(), moved["SEQUENCE"]) == (date(2027, 1, 5), 4)


def test_the_feed_leaves_out_old_months_and_what_was_never_published(office: Any) -> None:
    reception.roster(office, "2026-11")
    reception.published(office, "2026-11")
    reception.remake(office, "2026-12")
    assert len(events(office, date(2026, 11, 1))) == 2
    assert events(office, date(2026, 12, 1)) == []


@pytest.mark.db
@pytest.mark.parametrize("wrong", [{"edition": 0}, {"edition": 1}, {"number": "青信公〔2026〕1号"}])
def test_the_database_refuses_a_second_notice_of_that_name(office: Any, wrong: dict[str, Any]) -> None:
    reception.roster(office)
    settings.put(office.session, office.actor("office_head"), "document_prefix", "青信")
    old = reception.published(office)
    said = {"number": "另一号", "period": old.period, "edition": 9, "published_at": old.published_at} | wrong
    office.session.add(m.Notice(**said, published_on=old.published_on, body={}))
    with pytest.raises(Exception, match="notice"):
        office.session.flush()
