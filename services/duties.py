"""The duty roster (值班表) of a month, half-year or year: one leader a working day in turn, staff in turn (D9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.duty_plan import Crew, Duty, Slot, plan
from rules.reception_words import RuleUse
from rules.recurrence import Occurrence
from rules.roster_period import Period
from rules.words import RuleBroken
from services import bookings, reception_rules, receptions, rosters, settings

SHOWN = (joinedload(m.DutyDay.leader), joinedload(m.DutyDay.turn_leader))
"""What every list of duty days shows with them."""
MOVES_AT_MOST = timedelta(days=31)
"""How far from its nominal day a duty day may be held: longer than any run of rest days."""
ON_DUTY = "值班"
"""The word of a booking that is a duty day itself."""
LOOK_BACK = 60
"""Earlier days looked at to find whose turn it is, besides three for each who takes turns."""


@dataclass
class Made:
    """What making a duty roster did, in days. kept: by hand or past; gaps: days nobody can take; passed: (who, why) → times."""

    created: int = 0
    updated: int = 0
    kept: int = 0
    dropped: int = 0
    gaps: int = 0
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)


def make(session: Session, actor: Actor, period: Period) -> Made:
    """Make or remake the period's duty days from the active duty rules, from today on.

    Days changed by hand and past days stay. Leave, reception sessions and visits pass a leader over; he comes next.
    Raises RuleBroken: the period is past, no duty rule, no leader in office, no day in the period.
    """
    rules, leaders = rules_in_use(session), rosters.in_turn(session)
    if period.last < actor.today:
        raise RuleBroken(f"期间：{period.label}已经过去，只能排今天以后的值班。", "period")
    if not rules:
        raise RuleBroken("值班规则：还没有启用的值班规则，请先在“接访规则”中新增一条，用途选“值班”。")
    if not leaders:
        raise RuleBroken("领导：还没有在任的领导，请先在“领导”中新增。")
    days = {rule: _days(session, rule, period, actor.today) for rule in rules}
    rows = between(session, period.first, period.last)
    known = {(row.rule_id, row.held_on): row for row in rows if row.rule_id}
    if not known and not any(days.values()):
        raise RuleBroken(f"期间：{period.label}今天以后没有值班日，请检查值班规则的日子和有效期。", "period")
    work = _Work(session, actor.today, period, settings.lines(session, "duty_staff", actor.today))
    work.seat(rows)
    for rule, found in days.items():
        serving = [leader for leader in leaders if rule.only_rank in (None, leader.rank)]
        work.fill(rule, found, serving, known)
    named = {(rule.id, day.date) for rule, found in days.items() for day in found}
    work.drop(row for key, row in known.items() if key not in named)
    session.flush()
    return work.made


def rules_in_use(session: Session) -> list[m.ReceptionRule]:
    """The active rules whose days are duty days."""
    return [rule for rule in reception_rules.active(session) if rule.use is RuleUse.DUTY]


def between(session: Session, first: date, last: date) -> list[m.DutyDay]:
    """The duty days in [first, last] with their leaders, by day and hour."""
    statement = sa.select(m.DutyDay).where(m.DutyDay.held_on.between(first, last)).options(*SHOWN)
    return list(session.scalars(statement.order_by(m.DutyDay.held_on, m.DutyDay.starts, m.DutyDay.id)))


def _days(session: Session, rule: m.ReceptionRule, period: Period, today: date) -> list[Occurrence]:
    """The rule's days held in the period, today or later."""
    around = replace(period, first=period.first - MOVES_AT_MOST, last=period.last + MOVES_AT_MOST)
    first = max(period.first, today)
    return [day for day in reception_rules.days_of(session, rule, around) if first <= day.date <= period.last]


class _Work:
    """What is known while a duty roster is being made."""

    def __init__(self, session: Session, today: date, period: Period, staff: Sequence[str]) -> None:
        self.session, self.today, self.period, self.staff = session, today, period, staff
        held = receptions.between(session, period.first, period.last)
        self.taken = bookings.load(session, period.first, period.last, held)
        self.seated: set[tuple[int, date]] = set()
        self.extra: dict[date, list[m.DutyDay]] = {}
        self.made = Made()

    def stays(self, row: m.DutyDay) -> bool:
        """Days past and days changed by hand are not made anew."""
        return row.is_by_hand or row.held_on < self.today

    def seat(self, rows: Iterable[m.DutyDay]) -> None:
        """Days that stay take their leaders' time; a day added by hand stands for the rule's own at the same hours."""
        for row in rows:
            if self.stays(row) and row.leader_id:
                self.seated.add((row.leader_id, row.held_on))
            if row.rule_id is None:
                self.extra.setdefault(row.held_on, []).append(row)

    def is_covered(self, rule: m.ReceptionRule, day: date) -> bool:
        """Does a day added by hand overlap the rule's hours?"""
        return any(max(row.starts, rule.starts) < min(row.ends, rule.ends) for row in self.extra.get(day, ()))

    def fill(
        self, rule: m.ReceptionRule, days: Sequence[Occurrence], leaders: Sequence[m.Leader],
        known: Mapping[Any, m.DutyDay],
    ) -> None:  # fmt: skip
        """The rule's days that do not stay, given out in turn."""
        found = {day.date: day for day in days if not self.is_covered(rule, day.date)}
        rows = {day: known.get((rule.id, day)) for day in found}
        by_id = {leader.id: leader for leader in leaders}
        slots = [_slot(day, row, row is not None and self.stays(row), by_id) for day, row in rows.items()]
        self.made.kept += sum(slot.stays for slot in slots) + len(days) - len(found)
        for duty in plan(slots, self._crew(rule, leaders), self._why_not(rule)):
            self._write(rule, found[duty.date], rows[duty.date], duty)

    def _crew(self, rule: m.ReceptionRule, leaders: Sequence[m.Leader]) -> Crew[m.Leader]:
        if not leaders:
            rank = rule.only_rank.label if rule.only_rank else ""
            raise RuleBroken(f"值班规则“{rule.name}”：没有在任的{rank}，请先在“领导”中填写职级。")
        statement = sa.select(m.DutyDay.turn_leader_id, m.DutyDay.turn_staff).where(
            m.DutyDay.rule_id == rule.id, m.DutyDay.held_on < max(self.period.first, self.today)
        )
        most = LOOK_BACK + 3 * max(len(leaders), len(self.staff))
        past = list(self.session.execute(statement.order_by(m.DutyDay.held_on.desc()).limit(most)))[::-1]
        by_id = {leader.id: leader for leader in leaders}
        past_leaders = [by_id[leader_id] for leader_id, _name in past if leader_id in by_id]
        return Crew(leaders, self.staff, past_leaders, [name for _id, name in past if name])

    def _why_not(self, rule: m.ReceptionRule) -> Any:
        def why_not(leader: m.Leader, day: date) -> str:
            if not receptions.holds_office(leader, day):
                return rosters.NOT_IN_OFFICE
            if (leader.id, day) in self.seated:
                return ON_DUTY
            found = self.taken.found(leader.id, day, rule.starts, rule.ends)
            return next((booking.word for booking in found if booking.word != ON_DUTY), "")

        return why_not

    def _write(self, rule: m.ReceptionRule, day: Occurrence, row: m.DutyDay | None, duty: Duty[m.Leader]) -> None:
        leader, made = duty.turn.leader, self.made
        if row is None:
            row = m.DutyDay(rule=rule, held_on=day.date)
            self.session.add(row)
            made.created += 1
        else:
            made.updated += 1
        row.leader = row.turn_leader = leader
        row.staff = row.turn_staff = duty.staff
        row.starts, row.ends, row.is_provisional = rule.starts, rule.ends, day.provisional
        made.gaps += leader is None
        made.passed.update((who.name, why) for who, why in duty.turn.passed if why != rosters.NOT_IN_OFFICE)
        if leader is not None:
            self.seated.add((leader.id, day.date))

    def drop(self, rows: Iterable[m.DutyDay]) -> None:
        """Days the rules no longer name go, unless a person touched them or they are past."""
        for row in rows:
            if self.stays(row):
                self.made.kept += 1
            else:
                self.session.delete(row)
                self.made.dropped += 1


def _slot(day: date, row: m.DutyDay | None, stays: bool, by_id: Mapping[int, m.Leader]) -> Slot[m.Leader]:
    if row is None or not stays:
        return Slot(day)
    leader = by_id.get(row.turn_leader_id) if row.turn_leader_id else None
    return Slot(day, True, leader, row.turn_staff)
