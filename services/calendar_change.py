"""A changed calendar: shown with everything it moves, then written in one transaction (D2).

A proposal is the days to write and the years that count as published from then on; where it was read from is
`calendar_tables`. `plan` writes nothing, `apply` does what `plan` showed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.calendar_days import Calendar, DayInfo, Exceptional
from rules.roster_period import month_of
from rules.roster_period import period as period_of
from rules.words import DayKind, RuleBroken
from services import calendar_moves, calendars, clocks, published, reception_rules
from services.calendar_moves import DROPPED, Move, What


@dataclass(frozen=True)
class Proposal:
    """Days to write (None: an ordinary day again), years published from then on, and where the table came from."""

    days: Mapping[date, Exceptional | None]
    publish: frozenset[int] = frozenset()
    source: str = ""


@dataclass(frozen=True)
class Change:
    """One day whose kind or note changes."""

    day: date
    before: DayInfo
    after: DayInfo

    @property
    def is_seen(self) -> bool:
        """Another kind of day, or another name for it; a weekend inside a holiday stays a weekend."""
        is_weekend = self.before.kind == self.after.kind == DayKind.WEEKEND
        return not is_weekend and (self.before.kind, self.before.note) != (self.after.kind, self.after.note)


@dataclass(frozen=True)
class Plan:
    """What a proposal does: changed days, everything that moves, and the published months that need a new notice."""

    proposal: Proposal
    changes: list[Change]
    moves: list[Move]
    months: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Changes when the list of moves does: what is confirmed must be what was shown."""
        said = json.dumps([move.key for move in self.moves])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def of(self, what: What) -> list[Move]:
        """The moves of one kind."""
        return [move for move in self.moves if move.what == what]


def plan(session: Session, actor: Actor, proposal: Proposal) -> Plan:
    """Everything the proposal would change; nothing is written."""
    before, after = calendars.load(session), _proposed(session, proposal)
    touched = sorted({*proposal.days, *_days_published(session, proposal)})
    changes = [Change(day, before.info(day), after.info(day)) for day in touched]
    changed = [one.day for one in changes if one.before.is_rest != one.after.is_rest]
    moves = calendar_moves.found(session, actor, after, changed)
    return Plan(proposal, [one for one in changes if one.is_seen], moves, _months_told(session, moves))


def apply(session: Session, actor: Actor, proposal: Proposal, digest: str | None = None) -> Plan:
    """Write the calendar, move what follows it, recompute what is open; returns what was done.

    Raises RuleBroken (field `digest`) when the list is no longer the one shown.
    """
    done = plan(session, actor, proposal)
    if digest is not None and digest != done.digest:
        raise RuleBroken("放假安排：预览之后接访场次或期限有变动，下面是新的清单，请核对后再确认。", "digest")
    _write_days(session, proposal)
    calendars.forget(session)
    for move in done.moves:
        if move.what == What.SESSION:
            _move_session(session, move)
    _move_duties(session, done.of(What.DUTY))
    _mark_provisional(session, actor)
    session.flush()
    clocks.recompute_all(session)
    return done


def _proposed(session: Session, proposal: Proposal) -> Calendar:
    rows = calendars.rows(session) | {
        day: (one.kind.value, one.note) for day, one in proposal.days.items() if one is not None
    }
    plain = {day for day, one in proposal.days.items() if one is None}
    return Calendar(
        {day: row for day, row in rows.items() if day not in plain},
        calendars.published_years(session) | proposal.publish,
    )


def _days_published(session: Session, proposal: Proposal) -> list[date]:
    """Days that rest by law in a year that is not published yet, and rest no more unless the table says so."""
    new = proposal.publish - calendars.published_years(session)
    return [day for year in new for day in calendars.lawful_days(year)]


def _write_days(session: Session, proposal: Proposal) -> None:
    have = {
        row.day: row for row in session.scalars(sa.select(m.CalendarDay).where(m.CalendarDay.day.in_(proposal.days)))
    }
    for day, said in proposal.days.items():
        row = have.get(day)
        if said is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(m.CalendarDay(day=day, kind=said.kind, note=said.note))
        else:
            row.kind, row.note = said.kind, said.note
    for year in sorted(proposal.publish - calendars.published_years(session)):
        session.add(m.CalendarYear(year=year, source=proposal.source))
    session.flush()


def _move_session(session: Session, move: Move) -> None:
    row: m.ReceptionSession | None = move.row
    if row is None and move.rule is not None and move.nominal is not None and move.new is not None:
        session.add(_new_session(session, move.rule, move.nominal, move.new))
    elif row is not None and move.new is None:
        row.cancelled_reason = DROPPED
    elif row is not None and move.new is not None and move.new != move.old:
        nominal, row.cancelled_reason = row.nominal, None
        row.held_on, row.moved_from = move.new, nominal if nominal != move.new else None


def _new_session(session: Session, rule: m.ReceptionRule, nominal: date, held_on: date) -> m.ReceptionSession:
    """A day the rule gains; nobody's yet, so that the gap is seen and cannot be published."""
    place = reception_rules.places_of(session, rule, nominal).get(nominal, rule.place)
    return m.ReceptionSession(
        uid=f"{rule.id}-{nominal:%Y%m%d}", rule=rule, held_on=held_on, moved_from=nominal if nominal != held_on else None,
        starts=rule.starts, ends=rule.ends, place=place, form=rule.form, cadre=rule.cadre,
    )  # fmt: skip


def _move_duties(session: Session, moves: list[Move]) -> None:
    """Those put off are written last day first, those brought forward first day first: no two share a day meanwhile."""
    for move in moves:
        if move.row is not None and move.new is None:
            session.delete(move.row)
    session.flush()
    held = [(move.old, move.new, move.row) for move in moves if move.old and move.new and move.row is not None]
    later = sorted((one for one in held if one[1] > one[0]), key=lambda one: one[0], reverse=True)
    for _old, new, row in later + sorted((one for one in held if one[1] < one[0]), key=lambda one: one[0]):
        row.held_on = new
        session.flush()
    for move in moves:
        rule = move.rule
        if move.row is None and rule is not None and move.new is not None:
            session.add(m.DutyDay(rule=rule, held_on=move.new, starts=rule.starts, ends=rule.ends))
    session.flush()


def _mark_provisional(session: Session, actor: Actor) -> None:
    """Every coming day says again whether its year is published."""
    calendar = calendars.load(session)
    sessions = sa.select(m.ReceptionSession).where(m.ReceptionSession.held_on >= actor.today)
    for row in session.scalars(sessions):
        row.is_provisional = calendar.is_provisional([row.held_on, row.nominal])
    for duty in session.scalars(sa.select(m.DutyDay).where(m.DutyDay.held_on >= actor.today)):
        duty.is_provisional = calendar.is_provisional([duty.held_on])


def _months_told(session: Session, moves: list[Move]) -> list[str]:
    """The months with a published notice that the moves make wrong."""
    days = [day for move in moves if move.what == What.SESSION and move.old != move.new for day in (move.old, move.new)]
    months = sorted({month_of(day) for day in days if day is not None})
    return [month for month in months if published.for_month(session, period_of(month)) is not None]


def as_json(done: Plan) -> dict[str, Any]:
    """`flask calendar import`: years, days written, clocks moved, and the sessions and duty days moved."""
    return {
        "years": sorted(done.proposal.publish),
        "days": sum(1 for one in done.proposal.days.values() if one is not None),
        "moved": [
            {"number": move.row.petition.number, "term": move.row.term, "old": move.old, "new": move.new}
            for move in done.of(What.CLOCK)
        ],
        "sessions": [_json(move) for move in done.of(What.SESSION)],
        "duty": [_json(move) for move in done.of(What.DUTY)],
        "notices": done.months,
    }


def _json(move: Move) -> dict[str, Any]:
    return {"label": move.label, "old": move.old, "new": move.new, "note": move.note}
