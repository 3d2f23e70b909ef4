"""Reception rules (接访规则): saved as RRULE text, and the days and places they give (D1, D2)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import places, rota
from rules.access import Actor
from rules.recurrence import LAST_YEAR, LONGEST, Occurrence, in_words, occurrences
from rules.roster_period import Period
from rules.rule_checks import Rule
from rules.rule_text import parse
from rules.session_hours import check_hours
from rules.words import RuleBroken
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
FURTHEST = timedelta(days=31)
"""A day moved further than this found no room."""


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
    if said.get("is_active", True):
        _check_days(session, actor, said)
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


def _check_days(session: Session, actor: Actor, said: Mapping[str, Any]) -> None:
    """A rule in use has days while it is valid, and room to move them; one whose time is over may still be corrected."""
    first, last = said.get("valid_from") or actor.today, said.get("valid_to")
    end = min(last or date.max, first + timedelta(days=LONGEST), date(LAST_YEAR, 12, 31))
    if end < first:
        return
    policy, calendar = str(said["on_holiday"].value), calendars.load(session)
    found = occurrences(said["rrule"], policy, first, end, calendar, dtstart=said.get("valid_from"))
    words = in_words(said["rrule"])
    if not found:
        raise RuleBroken(f"有效期：{words}，从 {first} 到 {end} 没有一个接待日，请核对规则和有效期。", "valid_to")
    if any(day.moved_from and abs(day.date - day.moved_from) > FURTHEST for day in found):
        raise RuleBroken(
            f"遇节假日：{words}几乎占满工作日，没有空的日子可以移到，请改为“节假日除外”，或把安排方式改为“每个工作日”。",
            "on_holiday",
        )


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


def plan(
    session: Session, rule_text: str, on_holiday: str, start: date, end: date, leaders: Sequence[str] = ()
) -> list[dict[str, object]]:
    """`flask roster plan`: the days of a rule text, with the named leaders in turn (null without names; design §6)."""
    days = occurrences(rule_text, on_holiday, start, end, calendars.load(session))
    line = rota.Line(leaders)
    return [day.as_json() | {"leader": line.next(lambda _leader: "").leader} for day in days]
