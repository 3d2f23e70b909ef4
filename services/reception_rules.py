"""Reception rules (接访规则): saved as RRULE text, said in words, tried out on the next days (D1, D2)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import places, rota
from rules.access import Actor
from rules.recurrence import Occurrence, in_words, occurrences
from rules.roster_period import Period, day_text, long_day
from rules.rule_checks import Rule
from rules.rule_text import parse
from rules.session_hours import check_hours
from rules.words import OnHoliday, RuleBroken
from services import calendars

FIELDS = (
    "name",
    "rrule",
    "on_holiday",
    "starts",
    "ends",
    "place",
    "other_place",
    "use",
    "only_rank",
    "form",
    "cadre",
    "valid_from",
    "valid_to",
    "is_active",
)
"""What may be written of a rule (C4)."""
SPANS = (70, 430, 3600)
"""Days looked ahead for a preview, longer when too few are found."""
VERBS = {OnHoliday.NEXT: "顺延", OnHoliday.PREVIOUS: "提前"}


def save(session: Session, actor: Actor, row: m.ReceptionRule, said: Mapping[str, Any]) -> m.ReceptionRule:
    """Write a rule, new or old. Raises RuleBroken naming the field that is wrong."""
    if not (said.get("name") or "").strip():
        raise RuleBroken("名称：请填写。", "name")
    rule = parse(said["rrule"])
    if rule.is_anchored and not (rule.dtstart or said.get("valid_from")):
        raise RuleBroken("生效日期：隔周、隔月或限次数的规则从这一天算起，请填写。", "valid_from")
    _check_places(rule, said)
    starts, ends = check_hours(said.get("starts"), said.get("ends"))
    first, last = said.get("valid_from"), said.get("valid_to")
    if first and last and last < first:
        raise RuleBroken(f"失效日期：{last} 早于生效日期 {first}，请改正。", "valid_to")
    for name in FIELDS:
        if name in said:
            setattr(row, name, said[name])
    row.starts, row.ends = starts, ends
    session.add(row)
    session.flush()
    return row


def _check_places(rule: Rule, said: Mapping[str, Any]) -> None:
    place, other = said.get("place"), said.get("other_place")
    if not other:
        return
    if not place or place == other:
        raise RuleBroken("另一地点：两地轮流要写两个不同的地点，请填写“接访地点”，或清空“另一地点”。", "other_place")
    if not (rule.dtstart or said.get("valid_from")):
        raise RuleBroken("生效日期：两地轮流从这一天起第一个接待日在“接访地点”，请填写。", "valid_from")


def active(session: Session) -> list[m.ReceptionRule]:
    """The rules in use, oldest first."""
    return list(
        session.scalars(sa.select(m.ReceptionRule).where(m.ReceptionRule.is_active).order_by(m.ReceptionRule.id))
    )


def days_of(session: Session, rule: m.ReceptionRule, period: Period) -> list[Occurrence]:
    """The rule's days whose nominal day lies in the period and in the rule's validity."""
    first, last = max(period.first, rule.valid_from or period.first), min(period.last, rule.valid_to or period.last)
    if last < first:
        return []
    calendar = calendars.load(session)
    return occurrences(rule.rrule, rule.on_holiday.value, first, last, calendar, dtstart=rule.valid_from)


def places_of(session: Session, rule: m.ReceptionRule, last: date) -> dict[date, str | None]:
    """Nominal day → place for every day of the rule to `last`, where two places take turns; else empty.

    `save` lets no such rule in without a day to count from (`valid_from`, or DTSTART in the text).
    """
    since = rule.valid_from or parse(rule.rrule).dtstart
    if rule.other_place is None or since is None:
        return {}
    turn = (rule.place, rule.other_place)
    return places.places_in_turn(rule.rrule, turn, since, last, calendars.load(session))


def preview(
    session: Session, text: str, on_holiday: OnHoliday, today: date, *, since: date | None = None, count: int = 10
) -> dict[str, Any]:
    """{"words", "days"}: the rule in Chinese and its next `count` days from today, each in words.

    `since`: the first day the rule is valid. Raises RuleBroken when it is no rule.
    """
    calendar, found = calendars.load(session), list[Occurrence]()
    first = max(today, since or today)
    for span in SPANS:
        found = occurrences(text, on_holiday.value, first, first + timedelta(days=span), calendar, dtstart=since)
        if len(found) >= count:
            break
    words = f"{in_words(text)}，{on_holiday.label}"
    return {"words": words, "days": [said_day(session, o, on_holiday, today.year) for o in found[:count]]}


def said_day(session: Session, held: Occurrence, on_holiday: OnHoliday, year: int) -> str:
    """One day in words: 1月4日 星期一（1月1日 元旦，顺延；推定）."""
    notes = []
    if held.moved_from:
        why = calendars.load(session).info(held.moved_from).label
        notes.append(f"{day_text(held.moved_from, year)} {why}，{VERBS[on_holiday]}")
    if held.provisional:
        notes.append("推定")
    return long_day(held.date, year) + (f"（{'；'.join(notes)}）" if notes else "")


def plan(
    session: Session, rule_text: str, on_holiday: str, start: date, end: date, leaders: Sequence[str] = ()
) -> list[dict[str, object]]:
    """`flask roster plan`: the days of a rule text, with the named leaders in turn (null without names; design §6)."""
    days = occurrences(rule_text, on_holiday, start, end, calendars.load(session))
    given = rota.assign(days, leaders) if leaders else [(day, None) for day in days]
    return [day.as_json() | {"leader": leader} for day, leader in given]
