"""What a visit down must fulfil before it is saved, each a sentence; and who must know nothing of what it carries (E1, C2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.reception_words import LeaderVisitState
from rules.recurrence import FIRST_YEAR, LAST_YEAR
from rules.roster_period import long_day
from rules.visits import LONGEST
from rules.words import RuleBroken
from services import case_choices, excluded, gate
from services.receptions import holds_office


def is_barred(session: Session, actor: Actor, petition: m.Petition, leader_id: int) -> bool:
    """Must this leader know nothing of the matter (rule of the accused)?"""
    return leader_id in case_choices.accused_leaders(session, actor, petition)


def check_own(actor: Actor, leader_id: int | None) -> None:
    """A leader writes his own visits only; the office all. Raises Forbidden."""
    if actor.role in access.LEADERS and leader_id != actor.leader_id:
        raise gate.Forbidden("只能填写您本人的下访。")


def check_open(row: m.Visit) -> None:
    """Raises RuleBroken when the visit was made or called off."""
    if row.state is not LeaderVisitState.PLANNED:
        raise RuleBroken(f"这次下访{row.state.label}，不能再改计划。")


def check_days(first: date | None, last: date | None) -> None:
    """Raises RuleBroken naming the field for an impossible span."""
    for field, label, day in (("from_on", "开始日期", first), ("to_on", "结束日期", last)):
        if day is None or not FIRST_YEAR <= day.year < LAST_YEAR:
            raise RuleBroken(f"{label}：请填写正确的日期。", field)
    assert first is not None
    assert last is not None
    if last < first:
        raise RuleBroken(f"结束日期：{last} 早于开始日期 {first}，请改正。", "to_on")
    if (last - first).days >= LONGEST:
        raise RuleBroken(f"结束日期：一次下访最多 {LONGEST} 天，请分次登记。", "to_on")


def leader(session: Session, leader_id: int | None) -> m.Leader:
    """The leader chosen. Raises RuleBroken when there is none."""
    found = session.get(m.Leader, leader_id) if leader_id else None
    if found is None:
        raise RuleBroken("下访领导：请选择。", "leader_id")
    return found


def check_office(leader: m.Leader, first: date, last: date) -> None:
    """Raises RuleBroken when the leader does not hold office on the first or last day."""
    for day in (first, last):
        if not (leader.is_active and holds_office(leader, day)):
            raise RuleBroken(f"下访领导：{leader.name}在 {long_day(day)} 不在任，请另选。", "leader_id")


def check_place(session: Session, values: dict[str, Any]) -> None:
    """The area, the unit's name where none is typed. Raises RuleBroken without area or purpose."""
    unit = session.get(m.Unit, values["unit_id"]) if values["unit_id"] else None
    values["area"] = (values["area"] or "").strip() or (unit.name if unit else "")
    for name, label in (("area", "下访地点"), ("purpose", "下访目的")):
        if not (values[name] or "").strip():
            raise RuleBroken(f"{label}：请填写。", name)


def check_matters(session: Session, actor: Actor, row: m.Visit, leader: m.Leader) -> None:
    """Another leader may take over what is carried only if none of it complains of him.

    Raises RuleBroken (leader_id).
    """
    if row.id is None or row.leader_id == leader.id:
        return
    if any(is_barred(session, actor, petition, leader.id) for petition in row.petitions):
        raise RuleBroken("下访领导：这位领导应当回避，请另选。", "leader_id")


def companions(session: Session, actor: Actor, row: m.Visit, ids: Sequence[int] | None) -> list[m.Unit]:
    """The units that go along; None leaves them as they are. Raises RuleBroken for a unit a carried matter complains of."""
    if ids is None:
        return list(row.companions)
    units = list(session.scalars(sa.select(m.Unit).where(m.Unit.id.in_(ids)).order_by(m.Unit.position, m.Unit.id)))
    if len(units) != len(set(ids)):
        raise RuleBroken("随行部门：没有这个单位，请重新选择。", "companion_ids")
    for petition in row.petitions if row.id is not None else ():
        if excluded.units(session, petition) & {unit.id for unit in units}:
            raise RuleBroken("随行部门：其中有单位应当回避，请去掉后再保存。", "companion_ids")
    return units
