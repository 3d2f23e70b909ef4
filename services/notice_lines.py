"""A session as a line of the notice (公示): exactly what the public sees of it, frozen with the edition (D6)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.calendar_days import WEEKDAYS
from rules.roster_period import Period, day_text
from rules.session_hours import hours_text
from services import published
from services.published import Line
from services.receptions import SHOWN, between


def line_of(row: m.ReceptionSession, sequence: int, told: Line | None) -> dict[str, Any]:
    """One session exactly as the public sees it; `former`: leaders it was published for before (their feeds tell it off)."""
    leader, original = row.leader, row.original_leader
    had = {*told.line["former"], told.line["leader_id"]} if told else set()
    return {
        "leader_id": row.leader_id,
        "former": sorted(had - {row.leader_id, None}),
        "uid": row.uid,
        "sequence": sequence,
        "date": row.held_on.isoformat(),
        "day": day_text(row.held_on),
        "weekday": WEEKDAYS[row.held_on.weekday()],
        "leader": leader.name if leader else "",
        "original": original.name if original else "",
        "title": leader.title if leader else "",
        "division": (leader.division or "") if leader else "",
        "phone": (leader.phone or "") if leader else "",
        "starts": row.starts,
        "ends": row.ends,
        "hours": hours_text(row.starts, row.ends),
        "place": row.place or "",
        "form": row.form.label,
        "companion": row.companion_unit.name if row.companion_unit else "",
        "moved_from": day_text(row.moved_from, row.held_on.year) if row.moved_from else "",
        "is_provisional": row.is_provisional,
        "cancelled": row.cancelled_reason or "",
    }


def frozen(today: date, row: m.ReceptionSession, told: Line | None, counted: published.Sequences) -> dict[str, Any]:
    """A session's line; of a day that is past the one the public saw, as it was."""
    if row.held_on < today and told is not None and told.line["date"] < today.isoformat():
        return dict(told.line)
    return line_of(row, counted.following(row.uid, row.held_on), told)


def running_or_told(session: Session, first: date, last: date, told: set[str]) -> list[m.ReceptionSession]:
    """Sessions from `first` to `last` in order of time: those that run, and those called off after the public was told (uids)."""
    called_off = sa.select(m.ReceptionSession).where(
        m.ReceptionSession.uid.in_(told),
        m.ReceptionSession.cancelled_reason.is_not(None),
        m.ReceptionSession.held_on.between(first, last),
    )
    rows = [*between(session, first, last), *session.scalars(called_off.options(*SHOWN))]
    return sorted(rows, key=lambda row: (row.held_on, row.starts, row.id))


def days_now(session: Session, uids: set[str]) -> dict[str, date]:
    """Where sessions are held now that left a period, unless called off."""
    one = m.ReceptionSession
    found = sa.select(one.uid, one.held_on).where(one.uid.in_(uids), one.cancelled_reason.is_(None))
    return {row.uid: row.held_on for row in session.execute(found)} if uids else {}


def is_within(period: Period, one: Line) -> bool:
    """Does a published line's day lie in the period?"""
    return period.first.isoformat() <= str(one.line["date"]) <= period.last.isoformat()
