"""Campaigns (专项活动): a draft from a template, the scope as a saved filter, months, due days, lights (G1–G4)."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rules.campaign_templates import BY_KEY, SPANS, TEMPLATES, Owed, Template
from rules.words import Level, RuleBroken

__all__ = [
    "BY_KEY", "LIGHTS", "SPANS", "TEMPLATES", "Scope", "Template", "check_period", "draft", "due_of", "half_year", "light",
    "looks_back_to", "month_bounds", "months_of", "parts_of", "scope_of", "shifted",
]  # fmt: skip


def draft(key: str, first_day: date) -> dict[str, Any]:
    """A campaign as the template would run from the month of `first_day`: the form's values.

    Milestones whose fixed day lies outside the period are left out. Raises RuleBroken for an unknown template.
    """
    if key not in BY_KEY:
        raise RuleBroken("活动模板：没有这个模板，请重新选择。", "template")
    template = BY_KEY[key]
    start = first_day.replace(day=1)
    end = _month_end(start, template.months)
    owed = _owed(template, start, end)
    return {
        "name": f"{start.year}年{template.name}",
        "starts_on": start,
        "ends_on": end,
        "schemes": list(template.schemes),
        "target_resolved": template.target_resolved,
        "target_closed": template.target_closed,
        "report_day": template.report_day,
        "report_to": template.report_to,
        "scope": dict(template.scope),
        "phases": [
            {"name": s.name, "starts_on": _month_start(start, s.first), "ends_on": _month_end(start, s.last)}
            for s in template.stages
        ],
        "milestones": [{"name": one.name, "due_on": day, "contents": one.contents} for one, day in owed if day],
        "duties": list(template.duties),
        "closing_points": list(template.closing_points),
        "target_per_leader": template.target_per_leader,
        "strike_months": template.strike_months,
        "members": [{"role": role, "name": "", "post": post, "duties": said} for role, post, said in template.group],
        "columns": [{"label": c.label, "kind": c.kind, "choices": list(c.choices)} for c in template.columns],
    }


def _month_start(start: date, number: int) -> date:
    months = start.year * 12 + start.month - 1 + number - 1
    return date(months // 12, months % 12 + 1, 1)


def _month_end(start: date, number: int) -> date:
    first = _month_start(start, number)
    return first.replace(day=monthrange(first.year, first.month)[1])


def _owed(template: Template, start: date, end: date) -> list[tuple[Owed, date | None]]:
    """Every milestone with its day in the period; the last of them, the summing up, is never owed before another."""
    found = [(one, _falls(one, start, end)) for one in template.milestones]
    if found and any(day and found[-1][1] and day > found[-1][1] for _one, day in found):
        found[-1] = found[-1][0], end
    return found


def _falls(owed: Owed, start: date, end: date) -> date | None:
    days = (date(year, owed.month, owed.day) for year in range(start.year, end.year + 1))
    return next((day for day in days if start <= day <= end), None)


@dataclass(frozen=True)
class Scope:
    """Which matters a campaign looks at (范围): a saved filter, empty parts do not narrow (G1).

    years: look back so many years from the campaign's first day (0: no bound). spans: 三跨三分离, as the matters' tags say;
    senders: the bodies that handed it down; only_disputes: what came out of the ledger of disputes.
    """

    years: int = 5
    channels: tuple[str, ...] = ()
    unit_ids: tuple[int, ...] = ()
    levels: tuple[Level, ...] = ()
    only_open: bool = True
    only_repeated: bool = False
    spans: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    only_disputes: bool = False

    def stored(self) -> dict[str, Any]:
        """As the campaign keeps it."""
        return {
            "years": self.years,
            "channels": list(self.channels),
            "unit_ids": list(self.unit_ids),
            "levels": [level.value for level in self.levels],
            "only_open": self.only_open,
            "only_repeated": self.only_repeated,
            "spans": list(self.spans),
            "senders": list(self.senders),
            "only_disputes": self.only_disputes,
        }


def scope_of(stored: Mapping[str, Any]) -> Scope:
    """The scope from what the campaign keeps; missing parts have their defaults."""
    return Scope(
        int(stored.get("years", 5)),
        tuple(stored.get("channels", ())),
        tuple(stored.get("unit_ids", ())),
        tuple(Level(value) for value in stored.get("levels", ())),
        bool(stored.get("only_open", True)),
        bool(stored.get("only_repeated", False)),
        tuple(stored.get("spans", ())),
        tuple(stored.get("senders", ())),
        bool(stored.get("only_disputes", False)),
    )


def looks_back_to(scope: Scope, starts_on: date) -> date | None:
    """The first registration day in scope, or None without a bound."""
    if not scope.years:
        return None
    leap = (starts_on.month, starts_on.day) == (2, 29)
    return starts_on.replace(year=starts_on.year - scope.years, day=28 if leap else starts_on.day)


def check_period(name: str, starts_on: date, ends_on: date, field_name: str) -> None:
    """A campaign or phase ends after it begins. Raises RuleBroken naming the field."""
    if ends_on < starts_on:
        raise RuleBroken(f"{name}：结束日期不能早于开始日期，请核对。", field_name)
    if (ends_on - starts_on) > timedelta(days=3660):
        raise RuleBroken(f"{name}：时间超过十年，请核对。", field_name)


def light(late: int, soon: int) -> str:
    """The light of a unit's part of a ledger: late (red) with overdue rows, soon (amber) with rows due soon, else ok."""
    return "late" if late else "soon" if soon else "ok"


LIGHTS = {"late": "有超期", "soon": "有临期", "ok": "正常"}
"""The lights in words."""


def month_bounds(month: str) -> tuple[date, date]:
    """First and last day of "2026-10". Raises RuleBroken when it is no month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise RuleBroken("月份：应为“2026-10”的样子，请改正。", "month") from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def due_of(month: str, report_day: int) -> date:
    """When the table of a month is owed: the report day of that month (每月20日前, S2c)."""
    return month_bounds(month)[0].replace(day=report_day)


def months_of(starts_on: date, ends_on: date, today: date) -> list[str]:
    """The months of a campaign that have begun, oldest first."""
    last = min(ends_on, today)
    count = (last.year - starts_on.year) * 12 + last.month - starts_on.month + 1
    return [_month_start(starts_on.replace(day=1), number).strftime("%Y-%m") for number in range(1, count + 1)]


def half_year(led_on: date, months: int) -> date:
    """The last day of the limit that began on the day a leader took the row; the same day `months` later (G5)."""
    first = _month_start(led_on.replace(day=1), months + 1)
    return first.replace(day=min(led_on.day, monthrange(first.year, first.month)[1]))


def parts_of(contents: str | None) -> list[str]:
    """What a milestone's report must contain, part by part, as the campaign's form lists it (G3)."""
    found = (part.strip(" 。") for part in re.split(r"[，,；;\n]", contents or ""))
    return list(dict.fromkeys(part for part in found if part))


def shifted(day: date, was: date, now: date) -> date:
    """`day` as far from `now` as it was from `was`: whole months where both are one day of the month, else natural days.

    In whole months the last day of a month stays a last day. Raises RuleBroken beyond the calendar.
    """
    try:
        if was.day != now.day:
            return day + (now - was)
        month = _month_start(day.replace(day=1), (now.year - was.year) * 12 + now.month - was.month + 1)
    except (OverflowError, ValueError):
        raise RuleBroken("开始日期：离原来的日期太远，请核对。", "starts_on") from None
    last = _month_end(month, 1).day
    is_last = day == _month_end(day, 1)
    return month.replace(day=last if is_last else min(day.day, last))
