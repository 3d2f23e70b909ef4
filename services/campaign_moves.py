"""A campaign (专项活动) whose first day is changed: what would move by the same distance, and what was reported and stays (G1, G3, G4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import campaigns as rules

DAYS = {"phases": ("starts_on", "ends_on"), "milestones": ("due_on",)}
"""The small tables of the form that hold dates → their columns of dates."""
Values = Mapping[str, Any]
"""A campaign's values as its form has them: starts_on, ends_on, phases, milestones."""


@dataclass(frozen=True)
class Line:
    """A phase or milestone (`part`: phases, milestones) or the last day (ends_on): its dates, and the new ones if it moves."""

    part: str
    name: str
    was: tuple[date, ...]
    now: tuple[date, ...] = ()


@dataclass
class Offer:
    """What a new first day would move. `values`: the form's values with everything moved; `sent`: months reported, which stay."""

    values: dict[str, Any] = field(default_factory=dict)
    moved: list[Line] = field(default_factory=list)
    kept: list[Line] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


def offer(
    session: Session, campaign: m.Campaign | None, before: Values, said: Values, planned: Values | None = None
) -> Offer | None:
    """What would move by as much as the first day did; None when it did not, or nothing hangs on it.

    `before`: the values as they stand (of a new one: its template's). `planned`: the template's from the new first day, whose
    days of the calendar win over the distance. What was changed by hand besides the first day stays
    as it was typed; what was reported stays as well and is named. A phase ends with the campaign at the latest.
    """
    was, now = before["starts_on"], said["starts_on"]
    if was == now:
        return None
    found, end = Offer(sent=_sent_months(session, campaign)), said["ends_on"]
    stays = reported(session, campaign)
    if end == before["ends_on"]:
        end = planned["ends_on"] if planned else rules.shifted(end, was, now)
        found.moved.append(Line("ends_on", "", (said["ends_on"],), (end,)))
    found.values = {"ends_on": end} | {part: [dict(row) for row in said[part]] for part in DAYS}
    for part in DAYS:
        for place, row in enumerate(found.values[part]):
            standing = _days(part, row)
            if place >= len(before[part]) or standing != _days(part, before[part][place]):
                continue
            if place in stays[part]:
                found.kept.append(Line(part, row["name"], standing))
            else:
                found.moved.append(_move(part, row, (was, now), end, _named(planned, part, row["name"])))
    return found if any(line.part != "ends_on" for line in (*found.moved, *found.kept)) else None


def _days(part: str, row: Values) -> tuple[date, ...]:
    return tuple(row[day] for day in DAYS[part])


def _named(planned: Values | None, part: str, name: str) -> Values:
    return next((row for row in planned[part] if row["name"] == name), {}) if planned else {}


def _move(part: str, row: dict[str, Any], by: tuple[date, date], end: date, planned: Values) -> Line:
    standing = _days(part, row)
    for day in DAYS[part]:
        row[day] = planned[day] if planned else rules.shifted(row[day], *by)
    if part == "phases":
        row["ends_on"] = min(row["ends_on"], end)
    return Line(part, row["name"], standing, _days(part, row))


def reported(session: Session, campaign: m.Campaign | None) -> dict[str, set[int]]:
    """Places of the phases with a month reported, and of the milestones that were sent: they stay where they are."""
    if campaign is None or campaign.id is None:
        return {"phases": set(), "milestones": set()}
    sent = set(_sent_months(session, campaign))
    phases = [set(rules.months_of(one.starts_on, one.ends_on, one.ends_on)) for one in campaign.phases]
    return {
        "phases": {place for place, months in enumerate(phases) if months & sent},
        "milestones": {place for place, one in enumerate(campaign.milestones) if one.sent_on is not None},
    }


def unmoved(session: Session, campaign: m.Campaign | None, part: str, rows: Sequence[Values]) -> set[int]:
    """Places of reported rows whose dates are as they stand: they may lie outside the campaign's new days."""
    stays = reported(session, campaign)[part]
    standing = getattr(campaign, part) if stays else []
    return {
        place
        for place in stays
        if place < len(rows) and all(rows[place][day] == getattr(standing[place], day) for day in DAYS[part])
    }


def _sent_months(session: Session, campaign: m.Campaign | None) -> list[str]:
    if campaign is None or campaign.id is None:
        return []
    month = m.MonthlyReport.month
    found = sa.select(month).where(m.MonthlyReport.campaign_id == campaign.id).distinct().order_by(month)
    return list(session.scalars(found))
