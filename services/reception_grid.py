"""A whole session's visitors written at once: every line or none (D7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.words import RuleBroken, Stale
from services import gate, reception_records

COMPARED = (
    "visitor", "people_count", "place", "demand", "purpose", "cause", "unit_id", "outcome", "opinion", "due_on",
    "signed_on", "policy",
)  # fmt: skip


@dataclass
class Entry:
    """One line of the grid: its place on the sheet, the record it changes (None: a new visitor), the version it showed."""

    place: int
    row: m.ReceptionRecord | None
    version: str
    said: Mapping[str, Any]


def current(session: Session, actor: Actor) -> m.ReceptionSession | None:
    """The session whose visitors are being noted: today's, else the last one held; a leader's own only."""
    s = m.ReceptionSession
    held = sa.select(s).where(s.held_on <= actor.today, s.cancelled_reason.is_(None), s.leader_id.is_not(None))
    if actor.role in access.LEADERS:
        held = held.where(s.leader_id == (actor.leader_id or 0))
    return session.scalars(held.order_by(s.held_on.desc(), s.starts).limit(1)).first()


def save(session: Session, actor: Actor, held: m.ReceptionSession, entries: Sequence[Entry]) -> int:
    """Write the changed and the new lines; how many. Raises RuleBroken with the line's place (`row`), Stale for a line that
    somebody else changed meanwhile; nothing is written then."""
    with session.begin_nested():
        return sum(_write(session, actor, held, entry) for entry in entries)


def _write(session: Session, actor: Actor, held: m.ReceptionSession, entry: Entry) -> bool:
    try:
        if entry.row is None:
            reception_records.add(session, actor, held, entry.said)
            return True
        if not is_changed(entry.row, entry.said):
            return False
        if str(entry.row.version) != entry.version:
            raise Stale("刚被别人改过，没有保存，请刷新后重填这一行。")
        reception_records.change(session, actor, entry.row, entry.said)
        return True
    except RuleBroken as no:
        if isinstance(no, gate.Forbidden | gate.NotHere):
            raise
        raise at_line(entry.place, no) from no


def at_line(place: int, no: RuleBroken) -> RuleBroken:
    """The refusal with the place of its line in front."""
    return type(no)(f"第 {place} 行，{no.message}", no.field, place)


def is_changed(row: m.ReceptionRecord, said: Mapping[str, Any]) -> bool:
    """Does the line say anything the record does not hold already?"""
    if said.get("phone"):
        return True
    return any(name in said and (said[name] or None) != (getattr(row, name) or None) for name in COMPARED)
