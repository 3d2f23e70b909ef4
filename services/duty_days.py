"""One duty day changed by hand: added, edited, two exchanged in one step; each stays when the roster is made again (D9)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.reception_words import DutyPart
from rules.recurrence import FIRST_YEAR, LAST_YEAR
from rules.roster_period import long_day
from rules.session_hours import check_hours
from rules.words import RuleBroken
from services import calendars, duties, receptions

FIELDS = ("starts", "ends", "leader_id", "staff", "note")
"""What may be written of a duty day by hand (C4); its day only when it is added."""


def add(session: Session, actor: Actor, said: Mapping[str, Any]) -> m.DutyDay:
    """A duty day outside the rules. Raises RuleBroken: no such day, past, hours already covered, leader not in office."""
    day = said.get("held_on")
    if day is None or not FIRST_YEAR <= day.year < LAST_YEAR:
        raise RuleBroken("值班日期：请填写正确的日期。", "held_on")
    if day < actor.today:
        raise RuleBroken(f"值班日期：{long_day(day)} 已经过去，请选今天以后的日子。", "held_on")
    row = m.DutyDay(held_on=day, is_by_hand=True, is_provisional=calendars.load(session).is_provisional([day]))
    _write(session, row, said)
    session.add(row)
    session.flush()
    return row


def change(session: Session, actor: Actor, row: m.DutyDay, said: Mapping[str, Any]) -> m.DutyDay:
    """Change a duty day; of one that is past only the note. Raises RuleBroken naming the field that is wrong."""
    if row.held_on < actor.today:
        _check_past(row, said)
        row.note = said.get("note", row.note)
    else:
        _write(session, row, said)
        row.is_by_hand = True
    session.flush()
    session.expire(row, ["leader"])
    return row


def exchange(session: Session, actor: Actor, row: m.DutyDay, other: m.DutyDay, part: DutyPart) -> None:
    """Two days exchange leaders, staff or both in one step. Raises RuleBroken: past, the same day or person, not in office."""
    if row is other:
        raise RuleBroken("对调哪一天：不能和这一天自己对调，请选另一天。", "other_id")
    for one in (row, other):
        if one.held_on < actor.today:
            raise RuleBroken(f"对调哪一天：{long_day(one.held_on)} 已经过去，请选今天以后的值班日。", "other_id")
    if part is not DutyPart.STAFF:
        _exchange_leaders(row, other)
    if part is not DutyPart.LEADER:
        if part is DutyPart.STAFF and row.staff == other.staff:
            raise RuleBroken("对调哪一天：两天的值班人员相同，不需要对调。", "other_id")
        row.staff, other.staff = other.staff, row.staff
    row.is_by_hand = other.is_by_hand = True
    session.flush()


def _exchange_leaders(row: m.DutyDay, other: m.DutyDay) -> None:
    if row.leader is None or other.leader is None:
        raise RuleBroken("对调哪一天：两天都要有值班领导；缺领导的请直接修改。", "other_id")
    if row.leader_id == other.leader_id:
        raise RuleBroken(f"对调哪一天：两天都是{row.leader.name}值班，请选另一天。", "other_id")
    for leader, day in ((row.leader, other.held_on), (other.leader, row.held_on)):
        _check_leader(leader, day, "other_id")
    row.leader, other.leader = other.leader, row.leader


def _check_past(row: m.DutyDay, said: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name != "note" and name in said and said[name] != getattr(row, name):
            raise RuleBroken(
                f"值班日期：{long_day(row.held_on)} 已经过去，只能补写备注；当天另有人值班的，请写在备注里。", "note"
            )


def _write(session: Session, row: m.DutyDay, said: Mapping[str, Any]) -> None:
    values = {name: said.get(name, getattr(row, name)) for name in FIELDS}
    values["starts"], values["ends"] = check_hours(values["starts"], values["ends"])
    leader = session.get(m.Leader, values["leader_id"]) if values["leader_id"] else None
    if leader is None:
        raise RuleBroken("值班领导：请选择，值班日不能没有领导。", "leader_id")
    if values["leader_id"] != row.leader_id:
        _check_leader(leader, row.held_on, "leader_id")
    _check_free(session, row, leader, values["starts"], values["ends"])
    for name, value in values.items():
        setattr(row, name, value)


def _check_leader(leader: m.Leader, day: date, field: str) -> None:
    if not (leader.is_active and receptions.holds_office(leader, day)):
        raise RuleBroken(f"值班领导：{leader.name}在 {long_day(day)} 不在任，请另选。", field)


def _check_free(session: Session, row: m.DutyDay, leader: m.Leader, starts: str, ends: str) -> None:
    """Nothing is added at hours already covered; days that two rules gave may stand side by side with two leaders."""
    statement = sa.select(m.DutyDay).where(
        m.DutyDay.held_on == row.held_on, m.DutyDay.starts < ends, m.DutyDay.ends > starts
    )
    for other in session.scalars(statement.options(*duties.SHOWN)):
        if other is row or (row.id is not None and other.leader_id != leader.id):
            continue
        if row.id is None:
            raise RuleBroken(f"值班日期：{long_day(row.held_on)} 已有值班安排（{other}），请去修改那一天。", "held_on")
        raise RuleBroken(f"值班领导：{leader.name}在 {long_day(row.held_on)} 已经值班，请另选。", "leader_id")
