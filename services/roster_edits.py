"""Changes of the month calendar by hand: a session to another day, its leader, two leaders exchanged, the last one undone (D3).

Only what is not yet past. Two published sessions change leaders through 调换 and nothing else (D5).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.roster_period import long_day
from rules.words import RuleBroken, Stale
from services import calendars, gate, published, receptions

Before = list[dict[str, Any]]
"""How the changed sessions stood: id, version since the change and the columns of KEPT and KEPT_DAYS; JSON, for `undo`."""
KEPT = ("leader_id", "original_leader_id", "is_by_hand")
KEPT_DAYS = ("held_on", "moved_from", "told_on", "companion_told_on")


def move(session: Session, actor: Actor, row: m.ReceptionSession, day: date | None) -> Before:
    """Hold the session on another day. Raises RuleBroken (held_on): past, the same day, called off, has visitors."""
    _check_open(actor, row)
    if day is None:
        raise RuleBroken("接访日期：请选择要移到的日期。", "held_on")
    if day < actor.today:
        raise RuleBroken(f"接访日期：{long_day(day)} 已经过去，请选今天以后的日期。", "held_on")
    if day == row.held_on:
        raise RuleBroken(f"接访日期：这一场本来就在 {long_day(day)}，请选另一天。", "held_on")
    before = _standing([row])
    receptions.change(session, actor, row, {"held_on": day})
    return _changed(before, [row])


def seat(session: Session, actor: Actor, row: m.ReceptionSession, leader: m.Leader) -> Before:
    """Give the session to a leader. Raises RuleBroken (leader_id): not in office, or published with another leader."""
    _check_open(actor, row)
    if row.leader_id == leader.id:
        raise RuleBroken(f"接访领导：这一场本来就是{leader.name}，请选另一位。", "leader_id")
    before = _standing([row])
    receptions.change(session, actor, row, {"leader_id": leader.id})
    return _changed(before, [row])


def exchange(session: Session, actor: Actor, row: m.ReceptionSession, other: m.ReceptionSession) -> Before:
    """The leaders of two unpublished sessions change places directly. Raises RuleBroken (other)."""
    for one in (row, other):
        _check_open(actor, one)
    if row is other or row.leader_id == other.leader_id:
        raise RuleBroken("对换：两场是同一位领导，请选另一位领导的场次。", "other")
    before = _standing([row, other])
    theirs, mine = other.leader_id, row.leader_id
    receptions.change(session, actor, row, {"leader_id": theirs})
    receptions.change(session, actor, other, {"leader_id": mine})
    return _changed(before, [row, other])


def needs_swap(session: Session, rows: Iterable[m.ReceptionSession]) -> bool:
    """Must their leaders change through 调换, because the public has been told?"""
    return any(row.leader_id is not None and published.is_public(session, row) for row in rows)


def undo(session: Session, actor: Actor, before: Before) -> list[m.ReceptionSession]:
    """Put back how the sessions stood. Raises Stale when somebody has changed one since; RuleBroken when it is too late."""
    rows = [gate.find(session, actor, m.ReceptionSession, stood["id"]) for stood in before]
    for row, stood in zip(rows, before, strict=True):
        if row.version != stood["version"]:
            raise Stale("这一场后来又被改过，不能撤销，请直接修改。", "version")
        _check_open(actor, row)
        if receptions.has_records(session, row):
            raise RuleBroken("这一场已有接访登记，不能撤销。")
        if row.leader_id != stood["leader_id"] and needs_swap(session, [row]):
            raise RuleBroken("接访领导：这一场已经公示，换人请用“调换”，并写明事由。", "leader_id")
    for row, stood in zip(rows, before, strict=True):
        for name in KEPT:
            setattr(row, name, stood[name])
        for name in KEPT_DAYS:
            setattr(row, name, date.fromisoformat(stood[name]) if stood[name] else None)
        row.is_provisional = calendars.load(session).is_provisional([row.held_on])
    session.flush()
    for row in rows:
        session.expire(row, ["leader", "original_leader"])
    return rows


def _check_open(actor: Actor, row: m.ReceptionSession) -> None:
    if row.is_cancelled:
        raise RuleBroken("这一场已经取消，请先恢复再修改。", "session")
    if row.held_on < actor.today:
        raise RuleBroken(f"{long_day(row.held_on)} 的接访已经过去，不能再改。", "session")


def _standing(rows: list[m.ReceptionSession]) -> Before:
    """As it stands before the change."""
    found = []
    for row in rows:
        days = {name: day.isoformat() if (day := getattr(row, name)) else None for name in KEPT_DAYS}
        found.append({"id": row.id} | {name: getattr(row, name) for name in KEPT} | days)
    return found


def _changed(before: Before, rows: list[m.ReceptionSession]) -> Before:
    return [stood | {"version": row.version} for stood, row in zip(before, rows, strict=True)]
