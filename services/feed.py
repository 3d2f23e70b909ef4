"""The calendar feed (日历订阅): one plain VEVENT for each published session, never a rule (design §6).

A subscribed calendar replaces what it has: UIDs stay through an exchange, SEQUENCE grows with every edition, what was
called off stays as STATUS:CANCELLED. In the feed of one leader a session that went to another stands as cancelled.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from rules.session_hours import as_time
from services.published import Line

REFRESH = timedelta(hours=6)
"""How often a subscribed calendar is asked to look again."""


def calendar(found: Sequence[Line], zone: ZoneInfo, host: str, leader_id: int | None = None) -> bytes:
    """The feed as iCalendar bytes: what services.published says of the months to tell, of all leaders or of one.

    `zone`: the office's; `host`: makes the UIDs the office's own.
    """
    feed = Calendar()
    feed.add("prodid", "-//Petition Desk//reception days//ZH")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", _name(found, leader_id))
    feed.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT6H")
    for one in found:
        feed.add_component(_event(one, zone, host, leader_id))
    return bytes(feed.to_ical())


def _name(found: Sequence[Line], leader_id: int | None) -> str:
    """青石镇领导干部接访, or 青石镇领导干部接访：陈立国."""
    title = found[-1].notice.body["title"].removesuffix("日程公示") if found else "领导干部接访"
    leader = next((one.line["leader"] for one in found if one.line["leader_id"] == leader_id), "")
    return f"{title}：{leader}" if leader_id is not None else title


def _event(one: Line, zone: ZoneInfo, host: str, leader_id: int | None) -> Event:
    line, event = one.line, Event()
    given_away = leader_id is not None and line["leader_id"] != leader_id
    event.add("uid", f"{line['uid']}@{host}")
    event.add("sequence", line["sequence"])
    event.add("dtstamp", one.notice.published_at)
    event.add("last-modified", one.notice.published_at)
    event.add("dtstart", _moment(line["date"], line["starts"], zone))
    event.add("dtend", _moment(line["date"], line["ends"], zone))
    event.add("summary", f"领导接访：{line['leader']}（{line['title']}）")
    event.add("location", line["place"] or one.notice.body["place"])
    event.add("description", _description(line))
    event.add("status", "CANCELLED" if line["cancelled"] or given_away else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _moment(day: str, hour: str, zone: ZoneInfo) -> datetime:
    """In UTC, so that the feed needs no time zone rules of its own."""
    local = datetime.combine(date.fromisoformat(day), as_time(hour), zone)
    return local.astimezone(ZoneInfo("UTC"))


def _description(line: dict[str, Any]) -> str:
    parts = [("形式", line["form"]), ("分管工作", line["division"]), ("办公电话", line["phone"])]
    parts += [("原定领导", line["original"]), ("取消原因", line["cancelled"])]
    return "\n".join(f"{word}：{text}" for word, text in parts if text)
