"""The calendar feed (日历订阅): one plain VEVENT for each published session, never a rule (design §6)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from rules.session_hours import as_time
from services import published
from services.published import Line


def calendar(session: Session, since: date, zone: ZoneInfo, name: str, host: str) -> bytes:
    """The feed as iCalendar bytes: what the newest editions say of every month from `since`'s on.

    `zone`: the office's; `name`: shown as the calendar's; `host`: makes the UIDs the office's own.
    """
    feed = Calendar()
    feed.add("prodid", "-//Petition Desk//reception days//ZH")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    for one in published.lines(session, since):
        feed.add_component(_event(one, zone, host))
    return bytes(feed.to_ical())


def _event(one: Line, zone: ZoneInfo, host: str) -> Event:
    line, event = one.line, Event()
    event.add("uid", f"{line['uid']}@{host}")
    event.add("sequence", line["sequence"])
    event.add("dtstamp", one.notice.published_at)
    event.add("last-modified", one.notice.published_at)
    event.add("dtstart", _moment(line["date"], line["starts"], zone))
    event.add("dtend", _moment(line["date"], line["ends"], zone))
    event.add("summary", f"领导接访：{line['leader']}（{line['title']}）")
    event.add("location", line["place"] or one.notice.body["place"])
    event.add("description", _description(line))
    event.add("status", "CANCELLED" if line["cancelled"] else "CONFIRMED")
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
