"""Leave (请假、公务、培训): entered, changed, taken back; the roster passes the leader over (D3)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.recurrence import FIRST_YEAR, LAST_YEAR
from rules.words import RuleBroken
from services.receptions import SHOWN, holds_office, running

FIELDS = ("leader_id", "kind", "from_on", "to_on", "note")
LONGEST = timedelta(days=730)


def save(session: Session, actor: Actor, row: m.Absence, said: Mapping[str, Any]) -> m.Absence:
    """Write leave, new or old.

    Raises RuleBroken naming the field: the end before the start, over already, a leader who left, overlapping leave.
    """
    first, last = _check_days(actor, row, said)
    leader = session.get(m.Leader, said["leader_id"] or 0)
    if leader is None:
        raise RuleBroken("领导：请选择请假的领导。", "leader_id")
    if not (leader.is_active and holds_office(leader, first)):
        raise RuleBroken(f"领导：{leader.name}已不在任，不需要登记请假。", "leader_id")
    _check_overlap(session, row, leader, first, last)
    for name in FIELDS:
        setattr(row, name, said.get(name))
    session.add(row)
    session.flush()
    session.expire(row, ["leader"])
    return row


def take_back(session: Session, actor: Actor, row: m.Absence) -> None:
    """The leader is there after all: the leave is removed; the trail keeps it."""
    session.delete(row)
    session.flush()


def met(session: Session, actor: Actor, row: m.Absence) -> list[m.ReceptionSession]:
    """The sessions from today on that the leader was to hold while he is away, by day: somebody must take them."""
    first = max(row.from_on, actor.today)
    statement = running().where(
        m.ReceptionSession.leader_id == row.leader_id, m.ReceptionSession.held_on.between(first, row.to_on)
    )
    return list(session.scalars(statement.options(*SHOWN, joinedload(m.ReceptionSession.companion_unit))))


def _check_days(actor: Actor, row: m.Absence, said: Mapping[str, Any]) -> tuple[date, date]:
    first, last = said["from_on"], said["to_on"]
    for name, label, day in (("from_on", "开始日期", first), ("to_on", "结束日期", last)):
        if day is None or not FIRST_YEAR <= day.year < LAST_YEAR:
            raise RuleBroken(f"{label}：请填写正确的日期。", name)
    if last < first:
        raise RuleBroken(f"结束日期：{last} 早于开始日期 {first}，请改正。", "to_on")
    if last - first > LONGEST:
        raise RuleBroken("结束日期：一次请假最长两年；长期离任请在“领导”中填写任职止。", "to_on")
    if row.id is None and last < actor.today:
        raise RuleBroken(f"结束日期：{last} 已经过去，不需要再登记请假。", "to_on")
    return first, last


def _check_overlap(session: Session, row: m.Absence, leader: m.Leader, first: date, last: date) -> None:
    statement = sa.select(m.Absence).where(
        m.Absence.leader_id == leader.id, m.Absence.from_on <= last, m.Absence.to_on >= first,
        m.Absence.id != (row.id or 0),
    )  # fmt: skip
    other = session.scalars(statement.order_by(m.Absence.from_on).limit(1)).first()
    if other is not None:
        raise RuleBroken(
            f"开始日期：{leader.name} {other.from_on} 至 {other.to_on} 已登记{other.kind.label}，两段不能重叠，"
            "请改日期或修改原来那条。",
            "from_on",
        )
