"""What a changed calendar moves: clocks, reception sessions, duty days; old and new, before anything is written (D2).

`found` only reads, under the calendar that `calendars.supposed` puts in place; `calendar_change.apply` writes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.calendar_days import Calendar
from rules.reception_words import RuleUse
from rules.recurrence import Occurrence, occurrences
from rules.terms import TERMS
from rules.words import Word
from services import calendars, clocks, gate, receptions

DROPPED = "放假安排调整，不再安排"
"""Why a session is called off whose day became a rest day; when it works again, the session comes back."""


NOBODY = "（缺领导）"
NOTES = {
    "added": "新增一场，请安排领导",
    "added_duty": "新增一天，请安排领导",
    "back": "重新安排",
    "by_hand": "人工安排，不自动移动，请核对",
    "fixed": "不能自动移动，请核对",
    "dropped": "节假日，不再安排",
    "dropped_duty": "节假日，不再值班",
}
"""What the list says beside a move."""


class What(Word):
    """What moves."""

    CLOCK = "clock", "办理期限"
    SESSION = "session", "接访场次"
    DUTY = "duty", "值班"


@dataclass(frozen=True)
class Move:
    """One day that a new calendar changes. `old` None: added; `new` None: no longer held; equal: stays, please check.

    `row` is the clock, session or duty day; None for one that is added, then `rule` names whose. `nominal`: the rule's
    own day of `new`.
    """

    what: What
    old: date | None
    new: date | None
    label: str
    note: str = ""
    row: Any = None
    rule: m.ReceptionRule | None = None
    nominal: date | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two lists of moves the same list."""
        of = self.row.id if self.row is not None else f"{self.rule.id if self.rule else 0}@{self.nominal}"
        return str(self.what), str(of), str(self.old), str(self.new)


@dataclass(frozen=True)
class _Days:
    """A rule's days by its own day, before and after."""

    before: Mapping[date, Occurrence]
    after: Mapping[date, Occurrence]


def found(session: Session, actor: Actor, proposed: Calendar, changed: Iterable[date]) -> list[Move]:
    """Everything that would move, by day: `changed` are the days whose kind changes. Matters the actor may not see are absent."""
    days = sorted(changed)
    if not days:
        return []
    rules = [rule for rule in session.scalars(sa.select(m.ReceptionRule)) if rule.use != RuleUse.VISIT]
    sessions = [move for rule in rules for move in _of_sessions(session, actor, rule, proposed)]
    duties = [move for rule in rules for move in _of_duties(session, actor, rule, proposed)]
    with calendars.supposed(session, proposed):
        late = list(_of_clocks(session, actor, days[0], days[-1]))
    return sorted([*sessions, *duties, *late], key=lambda move: (move.old or move.new or date.max, move.label))


def _of_clocks(session: Session, actor: Actor, first: date, last: date) -> Iterator[Move]:
    """Running clocks that count over a changed day."""
    statement = gate.rows(actor, m.Clock).where(
        m.Clock.stopped_on.is_(None), m.Clock.breach_on >= first, m.Clock.started_on <= last
    )
    words = {term.key: term.label for term in TERMS}
    for clock in session.scalars(statement.options(joinedload(m.Clock.petition))):
        due = clocks.derivation(session, clock)
        if due.breach != clock.breach_on:
            label = f"{clock.petition.number} {words.get(clock.term, clock.term)}"
            yield Move(What.CLOCK, clock.breach_on, due.breach, label, row=clock)


def _of_sessions(session: Session, actor: Actor, rule: m.ReceptionRule, proposed: Calendar) -> Iterator[Move]:
    statement = sa.select(m.ReceptionSession).where(
        m.ReceptionSession.rule_id == rule.id, m.ReceptionSession.held_on >= actor.today
    )
    rows = list(session.scalars(statement.options(*receptions.SHOWN)))
    if not rows:
        return
    days = _days_of(session, rule, proposed, [row.nominal for row in rows])
    for row in rows:
        if not row.is_cancelled:
            yield from _of_session(session, actor, row, days, proposed)
        elif row.cancelled_reason == DROPPED and row.nominal in days.after and row.nominal not in days.before:
            yield Move(What.SESSION, None, days.after[row.nominal].date, _named(row), NOTES["back"], row=row)
    there = {row.nominal for row in rows}
    for nominal, new in _added(days, there):
        if new.date >= actor.today:
            yield Move(What.SESSION, None, new.date, rule.name, NOTES["added"], rule=rule, nominal=nominal)


def _of_session(
    session: Session, actor: Actor, row: m.ReceptionSession, days: _Days, proposed: Calendar
) -> Iterator[Move]:
    """One session: moved, called off, or kept by hand on what is now a rest day."""
    label, new = _named(row), days.after.get(row.nominal)
    if row.is_by_hand or (new is None and row.nominal not in days.before):
        if _is_now_rest(session, row.held_on, proposed):
            yield Move(What.SESSION, row.held_on, row.held_on, label, NOTES["by_hand"], row=row)
    elif new is not None and new.date == row.held_on:
        return
    elif receptions.has_records(session, row) or (new is not None and new.date < actor.today):
        yield Move(What.SESSION, row.held_on, row.held_on, label, NOTES["fixed"], row=row)
    elif new is None:
        yield Move(What.SESSION, row.held_on, None, label, NOTES["dropped"], row=row)
    else:
        yield Move(What.SESSION, row.held_on, new.date, label, row=row, nominal=row.nominal)


def _is_now_rest(session: Session, day: date, proposed: Calendar) -> bool:
    return proposed.is_rest(day) and not calendars.load(session).is_rest(day)


def _named(row: m.ReceptionSession | m.DutyDay) -> str:
    """Whose day it is, and by which rule: 赵明 每月1日、16日."""
    return f"{row.leader.name if row.leader else NOBODY} {row.rule.name if row.rule else ''}".strip()


def _of_duties(session: Session, actor: Actor, rule: m.ReceptionRule, proposed: Calendar) -> Iterator[Move]:
    """Duty days keep no day of the rule's own: the old calendar says which one each stands for."""
    statement = sa.select(m.DutyDay).where(m.DutyDay.rule_id == rule.id, m.DutyDay.held_on >= actor.today)
    rows = list(session.scalars(statement.options(joinedload(m.DutyDay.leader))))
    if not rows:
        return
    days = _days_of(session, rule, proposed, [row.held_on for row in rows])
    own = {held.date: nominal for nominal, held in days.before.items()}
    for row in rows:
        if row.is_by_hand and _is_now_rest(session, row.held_on, proposed):
            yield Move(What.DUTY, row.held_on, row.held_on, _named(row), NOTES["by_hand"], row=row)
        nominal = own.get(row.held_on)
        new = days.after.get(nominal) if nominal else None
        if nominal is not None and not row.is_by_hand and (new is None or new.date != row.held_on):
            note = "" if new else NOTES["dropped_duty"]
            yield Move(What.DUTY, row.held_on, new.date if new else None, _named(row), note, row=row, nominal=nominal)
    there = {own.get(row.held_on, row.held_on) for row in rows}
    for nominal, new in _added(days, there):
        if new.date >= actor.today and new.date not in {row.held_on for row in rows}:
            yield Move(What.DUTY, None, new.date, rule.name, NOTES["added_duty"], rule=rule, nominal=nominal)


def _added(days: _Days, there: set[date]) -> Iterator[tuple[date, Occurrence]]:
    """Days that the rule gains inside the stretch already planned."""
    for nominal, new in days.after.items():
        if nominal not in days.before and nominal not in there:
            yield nominal, new


def _days_of(session: Session, rule: m.ReceptionRule, proposed: Calendar, known: list[date]) -> _Days:
    """The rule's days over the months of the known ones, by today's calendar and by the proposed one."""
    first, last = _month_start(min(known)), _month_end(max(known))
    first = max(first, rule.valid_from or first)
    last = min(last, rule.valid_to or last)
    if last < first:
        return _Days({}, {})
    before, after = (
        {
            day.moved_from or day.date: day
            for day in occurrences(rule.rrule, rule.on_holiday.value, first, last, calendar, dtstart=rule.valid_from)
        }
        for calendar in (calendars.load(session), proposed)
    )
    return _Days(before, after)


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
