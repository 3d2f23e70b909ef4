"""Reception sessions (接访场次): added, changed and called off by hand, and the next one (D4)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.recurrence import FIRST_YEAR, LAST_YEAR
from rules.roster_period import long_day
from rules.rota import Sitting
from rules.session_hours import as_time, check_hours
from rules.words import RuleBroken
from services import calendars, published

FIELDS = (
    "held_on", "starts", "ends", "place", "form", "leader_id", "told_on", "companion_unit_id", "companion_told_on",
    "delegates", "cadre", "note",
)  # fmt: skip
"""What may be written of a session by hand (C4)."""
SHOWN = (joinedload(m.ReceptionSession.leader), joinedload(m.ReceptionSession.original_leader))
"""What every list of sessions shows with them."""


def add(session: Session, actor: Actor, said: Mapping[str, Any]) -> m.ReceptionSession:
    """A session outside the rules, by hand. Raises RuleBroken naming the field that is wrong."""
    row = m.ReceptionSession(uid=uuid4().hex, is_by_hand=True)
    _write(session, actor, row, said)
    session.add(row)
    session.flush()
    return row


def change(session: Session, actor: Actor, row: m.ReceptionSession, said: Mapping[str, Any]) -> m.ReceptionSession:
    """Change a session by hand; it then stays as it is when the roster is made anew.

    Raises RuleBroken: it was called off, visitors are recorded, or it is published and its leader would change silently.
    """
    _check_change(session, row, said)
    nominal = row.nominal
    _write(session, actor, row, said)
    row.moved_from = nominal if nominal != row.held_on else None
    row.is_by_hand = True
    session.flush()
    session.expire(row, ["leader", "original_leader", "companion_unit"])
    return row


def cancel(session: Session, actor: Actor, row: m.ReceptionSession, reason: str) -> None:
    """Call a session off with its reason (取消); it is not deleted. Raises RuleBroken when visitors are recorded."""
    if not reason.strip():
        raise RuleBroken("取消理由：请填写。", "reason")
    if row.is_cancelled:
        raise RuleBroken("这一场已经取消，请刷新后再看。")
    if has_records(session, row):
        raise RuleBroken("这一场已有接访登记，不能取消。")
    row.cancelled_reason, row.is_by_hand = reason.strip(), True
    session.flush()


def restore(session: Session, actor: Actor, row: m.ReceptionSession) -> None:
    """Take back a cancellation. Raises RuleBroken when it was not cancelled."""
    if not row.is_cancelled:
        raise RuleBroken("这一场没有取消，不需要恢复。")
    row.cancelled_reason, row.is_by_hand = None, True
    session.flush()


def next_session(session: Session, today: date, leader_id: int | None = None) -> m.ReceptionSession | None:
    """The next session on or after `today` that was not called off; of one leader when `leader_id` is given."""
    statement = running().where(m.ReceptionSession.held_on >= today)
    if leader_id is not None:
        statement = statement.where(m.ReceptionSession.leader_id == leader_id)
    return session.scalars(statement.options(*SHOWN).limit(1)).first()


def running() -> sa.Select[Any]:
    """Sessions that were not called off, by day and hour."""
    statement = sa.select(m.ReceptionSession).where(m.ReceptionSession.cancelled_reason.is_(None))
    return statement.order_by(m.ReceptionSession.held_on, m.ReceptionSession.starts, m.ReceptionSession.id)


def between(session: Session, first: date, last: date) -> list[m.ReceptionSession]:
    """The sessions held in [first, last] that were not called off, with leader and unit, by day and hour."""
    statement = running().where(m.ReceptionSession.held_on.between(first, last))
    return list(session.scalars(statement.options(*SHOWN, joinedload(m.ReceptionSession.companion_unit))))


def has_records(session: Session, row: m.ReceptionSession) -> bool:
    """Did anybody come? Asked past the gate: a record the asker may not see still keeps the session."""
    statement = sa.select(m.ReceptionRecord.id).where(m.ReceptionRecord.session_id == row.id).limit(1)
    return session.execute(statement, execution_options={"gated": True}).first() is not None


def sittings(rows: Iterable[m.ReceptionSession]) -> list[Sitting]:
    """The sessions that have a leader, as rules.rota looks for conflicts."""
    return [
        Sitting(row.held_on, row.leader, as_time(row.starts), as_time(row.ends), row.place or "")
        for row in rows
        if row.leader is not None
    ]


def holds_office(leader: m.Leader, day: date) -> bool:
    """Is the leader in office on that day?"""
    begun = leader.in_office_from is None or leader.in_office_from <= day
    return begun and (leader.in_office_to is None or day <= leader.in_office_to)


def check_leader(leader: m.Leader | None, day: date, field: str) -> None:
    """Raises RuleBroken when the leader does not hold office on the day."""
    if leader is not None and not (leader.is_active and holds_office(leader, day)):
        raise RuleBroken(f"接访领导：{leader.name}在 {long_day(day)} 不在任，请另选。", field)


def _check_change(session: Session, row: m.ReceptionSession, said: Mapping[str, Any]) -> None:
    if row.is_cancelled:
        raise RuleBroken("这一场已经取消，请先恢复再修改。")
    changes_who = "leader_id" in said and said["leader_id"] != row.leader_id
    changes_day = "held_on" in said and said["held_on"] != row.held_on
    if (changes_who or changes_day) and has_records(session, row):
        raise RuleBroken("这一场已有接访登记，领导和日期不能再改。", "leader_id" if changes_who else "held_on")
    if changes_who and row.leader_id is not None and published.is_public(session, row):
        raise RuleBroken("接访领导：这一场已经公示，换人请用“调换”，并写明事由。", "leader_id")


def _write(session: Session, actor: Actor, row: m.ReceptionSession, said: Mapping[str, Any]) -> None:
    values = {name: said.get(name, getattr(row, name)) for name in FIELDS}
    day = values["held_on"]
    if day is None or not FIRST_YEAR <= day.year < LAST_YEAR:
        raise RuleBroken("接访日期：请填写正确的日期。", "held_on")
    values["starts"], values["ends"] = check_hours(values["starts"], values["ends"])
    if values["leader_id"] and (values["leader_id"], day) != (row.leader_id, row.held_on):
        check_leader(session.get(m.Leader, values["leader_id"]), day, "leader_id")
    _forget_told(row, values)
    _check_told(actor, values)
    for name, value in values.items():
        setattr(row, name, value)
    if row.original_leader_id == row.leader_id:
        row.original_leader_id = None
    row.is_provisional = calendars.load(session).is_provisional([day])


TOLD = {"told_on": ("leader_id", "已告知领导"), "companion_told_on": ("companion_unit_id", "已通知陪访部门")}
"""When somebody was told → who it is, and the field's name."""


def _forget_told(row: m.ReceptionSession, values: dict[str, Any]) -> None:
    """Who comes in another's place, or on another day, has not been told yet."""
    for name, (who, _label) in TOLD.items():
        has_changed = (values[who], values["held_on"]) != (getattr(row, who), row.held_on)
        if has_changed and values[name] == getattr(row, name):
            values[name] = None


def _check_told(actor: Actor, values: Mapping[str, Any]) -> None:
    for name, (who, label) in TOLD.items():
        told = values[name]
        if told and told > actor.today:
            raise RuleBroken(f"{label}：{told} 还没有到，请填写实际告知的日期。", name)
        if told and not values[who]:
            raise RuleBroken(f"{label}：还没有选定是谁，请先选定再填告知日期。", name)
