"""What a notice (公示) is checked for before it is published: days that are past, lead time, what it would not say (D6)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.roster_period import Period, long_day
from services import settings
from services.published import Line


def past(actor: Actor, period: Period, rows: Iterable[m.ReceptionSession], told: Mapping[str, Line]) -> list[str]:
    """A day that is over is announced to nobody."""
    if period.last < actor.today:
        return [f"{period.label}已经过去，不能公示。"]
    today = actor.today.isoformat()
    return [
        f"{long_day(row.held_on)} 已经过去，以前没有公示，不能补公示；请取消这一场，或者改到以后的日子。"
        for row in rows
        if row.held_on < actor.today and (row.uid not in told or told[row.uid].line["date"] >= today)
    ]


def is_told(row: m.ReceptionSession, told: Mapping[str, Line]) -> bool:
    """Does the public know of the session on that day?"""
    return row.uid in told and told[row.uid].line["date"] == row.held_on.isoformat()


def late(session: Session, actor: Actor, unknown: list[m.ReceptionSession]) -> list[str]:
    """Published too late for the first day the public does not know (D6: N days ahead)."""
    ahead = int(settings.get(session, "notice_ahead_days", actor.today))
    first = min((row.held_on for row in unknown), default=None)
    if first is None or (first - actor.today).days >= ahead:
        return []
    return [f"最近一场 {long_day(first)} 距今 {(first - actor.today).days} 天，不足公示提前天数 {ahead} 天。"]


def unknown(rows: Iterable[m.ReceptionSession]) -> list[str]:
    """What the notice must say of a leader and does not know (D6)."""
    leaders = {row.leader.id: row.leader for row in rows if row.leader is not None}
    found = []
    for leader in sorted(leaders.values(), key=lambda one: (one.turn, one.id)):
        lacks = [word for word, value in (("分管工作", leader.division), ("办公电话", leader.phone)) if not value]
        if lacks:
            found.append(f"{leader.name}的{'、'.join(lacks)}没有填写，公示表上将是空白。")
    return found


def placeless(rows: Iterable[m.ReceptionSession], body: dict[str, Any]) -> list[str]:
    """Sessions without a place of their own: the notice shows the office's, or nothing."""
    days = [long_day(row.held_on) for row in rows if not row.place]
    if not days:
        return []
    shown = f"公示上按“{body['place']}”" if body["place"] else "公示上将是空白"
    return [f"{'、'.join(days)} 没有填写接访地点，{shown}。"]
