"""Reminders (提醒): leaders and the heads of accompanying units, one working day before their session (D4, D6).

They stand on the workbench by themselves; by mail each goes out once (ReminderSent), for a moved session again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules.access import Actor
from rules.roster_period import long_day
from rules.session_hours import hours_text
from rules.words import Role
from services import calendars, settings
from services.receptions import SHOWN, running

LOOK_AHEAD = timedelta(days=30)
"""How far ahead the workbench shows one's own sessions."""
SHOWN_AT_MOST = 5


@dataclass(frozen=True)
class Reminder:
    """One person to be reminded of one session; `accompanies`: as the head of the accompanying unit."""

    session: m.ReceptionSession
    user: m.User
    accompanies: bool

    @property
    def key(self) -> str:
        """What goes out once: this session on this day and hour, for this account."""
        row = self.session
        return f"{row.uid} {row.held_on} {row.starts} {self.user.id}"


@dataclass(frozen=True)
class Coming:
    """One of the actor's own sessions; `is_due`: the working day before it, or its day, has come."""

    session: m.ReceptionSession
    accompanies: bool
    is_due: bool


def last_day(session: Session, today: date) -> date:
    """The last day whose sessions are to be reminded of today: the next working day."""
    return calendars.load(session).add_working_days(today, 1)


def due(session: Session, today: date) -> list[Reminder]:
    """Everybody to be reminded today whom no mail has reached yet, by day and hour."""
    sent = set(session.scalars(sa.select(m.ReminderSent.key)))
    return [one for one in _all(session, today) if one.key not in sent]


def claim(session: Session, one: Any) -> m.ReminderSent:
    """Keep that the mail about `one` (its key, its user) goes out, before it does: a second run at the same time finds it taken.

    Taken back by `give_back`.
    """
    row = m.ReminderSent(key=one.key, user_id=one.user.id)
    session.add(row)
    session.flush()
    return row


def give_back(session: Session, row: m.ReminderSent) -> None:
    """The mail did not go out: the next run tries again."""
    session.delete(row)
    session.flush()


def coming(session: Session, actor: Actor) -> list[Coming]:
    """The next sessions in which a leader receives, or a unit's head accompanies; empty for everybody else."""
    of_leader = actor.role in access.LEADERS and actor.leader_id is not None
    if not of_leader and (actor.role is not Role.UNIT_HEAD or actor.unit_id is None):
        return []
    mine = m.ReceptionSession.leader_id == actor.leader_id
    own = mine if of_leader else m.ReceptionSession.companion_unit_id == actor.unit_id
    until = last_day(session, actor.today)
    statement = _between(actor.today, max(until, actor.today + LOOK_AHEAD)).where(own).limit(SHOWN_AT_MOST)
    return [Coming(row, not of_leader, row.held_on <= until) for row in session.scalars(statement)]


def subject(one: Reminder) -> str:
    """接访提醒：12月1日 星期二 9:00–11:30."""
    row = one.session
    return f"{'陪访' if one.accompanies else '接访'}提醒：{long_day(row.held_on)} {hours_text(row.starts, row.ends)}"


def text(session: Session, one: Reminder, today: date, address: str) -> str:
    """The letter in plain words; nothing of petitioners. `address`: of the office's own page, or empty."""
    row = one.session
    leader = f"{row.leader.name}（{row.leader.title}）" if row.leader else "（缺领导）"
    facts = [
        ("时间", f"{long_day(row.held_on)} {hours_text(row.starts, row.ends)}"),
        ("地点", row.place or settings.get(session, "reception_place", today)),
        ("形式", row.form.label),
        ("接访领导", leader),
        ("陪访部门", row.companion_unit.name if row.companion_unit else ""),
        ("信访干部", row.cadre or ""),
    ]
    told = "请陪同接访" if one.accompanies else "请按时接访"
    lines = [f"{one.user.name}同志：", "", f"{told}；不能参加的，请提前在工作台办理调换或告知信访办。", ""]
    lines += [f"{word}：{value}" for word, value in facts if value]
    lines += ["", settings.get(session, "office_name", today), address]
    return "\n".join(lines).rstrip() + "\n"


def _all(session: Session, today: date) -> Iterator[Reminder]:
    found = session.scalars(sa.select(m.User).where(m.User.is_active).order_by(m.User.id))
    users = sorted(found, key=lambda user: user.role is Role.UNIT_HEAD)
    for row in session.scalars(_between(today, last_day(session, today))):
        for user in users:
            if user.role in access.LEADERS and user.leader_id == row.leader_id and row.leader_id is not None:
                yield Reminder(row, user, accompanies=False)
            elif user.role is Role.UNIT_HEAD and user.unit_id is not None and user.unit_id == row.companion_unit_id:
                yield Reminder(row, user, accompanies=True)


def _between(first: date, last: date) -> sa.Select[Any]:
    inside = m.ReceptionSession.held_on.between(first, last)
    return running().where(inside).options(*SHOWN, joinedload(m.ReceptionSession.companion_unit))
