"""Meetings (信访例会 monthly, 联席会议 每月一议): planned, held with minutes, cancelled; late ones flagged (E3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, session_hours
from rules import meetings as rules
from rules.access import Actor
from rules.meetings import MeetingKind, MeetingState
from rules.words import RuleBroken
from services import gate, numbers, settings

RULES = {MeetingKind.MONTHLY: "meeting_monthly_by", MeetingKind.JOINT: "meeting_joint_by"}
"""Kind → the setting that says by which day of the month it is held."""


@dataclass(frozen=True)
class Plan:
    """What is planned: kind, day, hour, place, who presides, who takes part."""

    kind: MeetingKind
    held_on: date
    starts: str = ""
    place: str = ""
    chair_id: int | None = None
    leader_ids: Collection[int] = ()
    unit_ids: Collection[int] = ()
    guests: str = ""


def save(session: Session, actor: Actor, row: m.Meeting, said: Plan) -> m.Meeting:
    """Plan a meeting or change one that is still to come; a new one gets its number. Raises RuleBroken naming the field."""
    gate.allow(actor, "meeting.edit")
    if row.id is not None:
        check_planned(row)
    if row.id is None and said.held_on < actor.today - timedelta(days=366):
        raise RuleBroken("召开日期：早于一年以前，请核对。", "held_on")
    row.kind, row.held_on, row.place = said.kind, said.held_on, said.place.strip() or None
    row.starts = session_hours.clean(said.starts, "starts") if said.starts.strip() else None
    row.guests, row.chair_id = said.guests.strip() or None, said.chair_id
    row.leaders = _those(session, m.Leader, said.leader_ids, "leader_ids", "参会领导")
    row.units = _those(session, m.Unit, said.unit_ids, "unit_ids", "参会单位")
    if not (row.units or row.leaders or row.chair_id):
        raise RuleBroken("参会单位：请选参会的单位或领导。", "unit_ids")
    if row.number is None:
        row.number, row.by_id = numbers.meeting(session, said.held_on.year), actor.user_id
    session.add(row)
    session.flush()
    session.expire(row, ["chair"])
    return row


def _those(session: Session, model: type[Any], ids: Collection[int], field: str, label: str) -> list[Any]:
    found = [session.get(model, one) for one in dict.fromkeys(ids)]
    if any(one is None for one in found):
        raise RuleBroken(f"{label}：没有这个选项，请重新选择。", field)
    return [one for one in found if one is not None]


def hold(
    session: Session, actor: Actor, row: m.Meeting, on: date, minutes: str, recorder: str, absent: str = ""
) -> None:
    """Record that it was held, with its minutes; every item has an opinion by then. Raises RuleBroken naming what lacks."""
    gate.allow(actor, "meeting.edit")
    check_planned(row)
    if on > actor.today:
        raise RuleBroken("召开日期：不能晚于今天，请核对。", "held_on")
    for label, field, text in (("会议纪要", "minutes", minutes), ("记录人", "recorder", recorder)):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    item = m.AgendaItem
    items = session.scalars(gate.rows(actor, item).where(item.meeting_id == row.id).order_by(item.position, item.id))
    bare = [place for place, one in enumerate(items, start=1) if not one.opinion]
    if bare:
        raise RuleBroken(f"研究意见：第 {bare[0]} 项议题还没有记研究意见，请先补记。")
    row.state, row.held_on, row.minutes = MeetingState.HELD, on, minutes.strip()
    row.recorder, row.absent = recorder.strip(), absent.strip() or None
    session.flush()


def correct(session: Session, actor: Actor, row: m.Meeting, minutes: str, reason: str) -> None:
    """Put right the general minutes of one that was held; what stood there before stays under them with the reason."""
    gate.allow(actor, "meeting.edit")
    if row.state is not MeetingState.HELD:
        raise RuleBroken("会议还没有召开，没有纪要可改。")
    if not minutes.strip():
        raise RuleBroken("会议纪要：请填写。", "minutes")
    row.minutes = rules.corrected(row.minutes or "", minutes.strip(), actor.today, actor.name, reason)
    session.flush()


def cancel(session: Session, actor: Actor, row: m.Meeting, reason: str) -> None:
    """A planned one is not held."""
    gate.allow(actor, "meeting.edit")
    check_planned(row)
    if not reason.strip():
        raise RuleBroken("取消理由：请填写。", "state_reason")
    row.state, row.state_reason = MeetingState.CANCELLED, reason.strip()
    session.flush()


def check_planned(row: m.Meeting) -> None:
    """Raises RuleBroken for one that was held or cancelled."""
    if row.state is not MeetingState.PLANNED:
        raise RuleBroken(f"这次会议{row.state.label}，不能再改。")


def due_on(session: Session, kind: MeetingKind, month: date) -> date:
    """The last day by which this month's meeting of the kind is held."""
    return rules.last_day(month, int(settings.get(session, RULES[kind], month)))


def is_late(session: Session, row: m.Meeting, today: date) -> bool:
    """Held after the month's day, or still to be held though it has passed."""
    if row.state is MeetingState.CANCELLED:
        return False
    by = due_on(session, row.kind, row.held_on)
    return row.held_on > by or (row.state is MeetingState.PLANNED and row.held_on < today)


@dataclass(frozen=True)
class Missing:
    """A month whose meeting was not held by its day."""

    kind: MeetingKind
    month: date
    due_on: date


def missing(session: Session, actor: Actor) -> list[Missing]:
    """This month and the last: kinds the office holds (one was ever held) that are late; nothing for those who plan none."""
    if not access.may(actor, "meeting.edit"):
        return []
    last = actor.today.replace(day=1) - timedelta(days=1)
    found = []
    for kind in MeetingKind:
        first = _first(session, kind)
        for month in (last.replace(day=1), actor.today.replace(day=1)):
            by = due_on(session, kind, month)
            if first is not None and first <= by < actor.today and not _was_held(session, kind, month):
                found.append(Missing(kind, month, by))
    return found


def _first(session: Session, kind: MeetingKind) -> date | None:
    row = m.Meeting
    earliest = sa.select(sa.func.min(row.held_on)).where(row.kind == kind, row.state != MeetingState.CANCELLED)
    return session.execute(earliest, execution_options={"gated": True}).scalar_one_or_none()


def _was_held(session: Session, kind: MeetingKind, month: date) -> bool:
    row = m.Meeting
    days = row.held_on >= month, row.held_on <= rules.month_end(month)
    found = sa.select(row.id).where(row.kind == kind, row.state == MeetingState.HELD, *days).limit(1)
    return session.execute(found, execution_options={"gated": True}).first() is not None
