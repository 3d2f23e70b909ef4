"""The roster (接访日程) of a month or year: made from the rules, leaders in turn, what a person changed kept (D2, D3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import rota
from rules.access import Actor
from rules.recurrence import Occurrence
from rules.roster_period import Period
from rules.words import RuleBroken
from services import published, reception_rules
from services.receptions import SHOWN, has_records, holds_office

DROPPED = "接访规则调整，不再安排"
"""Why a session is called off that the rules no longer name."""
LOOK_BACK = 60
"""Earlier sessions of a rule looked at to find whose turn it is."""

Day = date
"""`date` by a name that Slot's own property does not hide."""
_nominal = sa.func.coalesce(m.ReceptionSession.moved_from, m.ReceptionSession.held_on)


@dataclass
class Made:
    """What making a roster did, in sessions."""

    created: int = 0
    updated: int = 0
    kept: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Slot:
    """One day of a rule, with its session where there is one."""

    occurrence: Occurrence
    row: m.ReceptionSession | None

    @property
    def date(self) -> Day:
        return self.occurrence.date

    @property
    def nominal(self) -> Day:
        return self.occurrence.moved_from or self.occurrence.date


def generate(session: Session, actor: Actor, period: Period) -> Made:
    """Make or remake the period's roster from all active rules.

    Sessions changed by hand stay, and so do past ones that were published or have visitors. A session keeps its uid.
    Raises RuleBroken without an active rule or a leader in office.
    """
    rules, leaders = reception_rules.active(session), in_turn(session)
    if not rules:
        raise RuleBroken("接访规则：还没有启用的规则，请先在“接访规则”中新增。")
    if not leaders:
        raise RuleBroken("领导：还没有在任的领导，请先在“领导”中新增。")
    made = Made()
    known = _known(session, period)
    public = {one.line["uid"] for one in published.lines(session, period.first)}
    for rule in rules:
        slots = [
            Slot(o, known.pop((rule.id, o.moved_from or o.date), None))
            for o in reception_rules.days_of(session, rule, period)
        ]
        _fill(session, actor, rule, sorted(slots, key=lambda slot: slot.nominal), leaders, public, made)
    _drop(session, actor, known.values(), public, made)
    session.flush()
    return made


def in_turn(session: Session) -> list[m.Leader]:
    """The active leaders in the order of the roster."""
    statement = sa.select(m.Leader).where(m.Leader.is_active).order_by(m.Leader.turn, m.Leader.id)
    return list(session.scalars(statement))


def _known(session: Session, period: Period) -> dict[tuple[int, date], m.ReceptionSession]:
    """The sessions that rules gave this period before, by rule and nominal day."""
    statement = sa.select(m.ReceptionSession).where(
        m.ReceptionSession.rule_id.is_not(None), _nominal.between(period.first, period.last)
    )
    rows = session.scalars(statement.options(*SHOWN).order_by(m.ReceptionSession.id))
    return {(row.rule_id, row.nominal): row for row in rows if row.rule_id is not None}


def _fill(
    session: Session, actor: Actor, rule: m.ReceptionRule, slots: list[Slot], leaders: Sequence[m.Leader],
    public: set[str], made: Made,
) -> None:  # fmt: skip
    """Past sessions that count stay and say whose turn is next; a session changed by hand uses up its turn."""
    last, skipped = _last_turn(session, rule, slots[0].nominal) if slots else (None, 0)
    frozen = [slot for slot in slots if slot.row and _is_history(session, actor, slot.row, public)]
    for slot in frozen:
        last, skipped = _after(slot.row, last, skipped)
    made.kept += len(frozen)
    for slot, leader in _assigned([slot for slot in slots if slot not in frozen], leaders, last, skipped):
        if slot.row and slot.row.is_by_hand:
            made.kept += 1
        else:
            _write(session, rule, slot, leader, made)


def _assigned(
    slots: list[Slot], leaders: Sequence[m.Leader], last: m.Leader | None, skipped: int
) -> list[tuple[Slot, m.Leader | None]]:
    """Leaders in turn after `last`, `skipped` turns further; who is not in office on a day is passed over."""
    given: list[tuple[Slot, m.Leader | None]] = []
    for serving, days in groupby(slots, lambda slot: tuple(x for x in leaders if holds_office(x, slot.date))):
        here = list(days)
        if not serving:
            given += [(slot, None) for slot in here]
            continue
        turns = rota.assign(here, serving, _next(serving, last) + skipped)
        given += turns
        last, skipped = turns[-1][1], 0
    return given


def _next(leaders: Sequence[m.Leader], last: m.Leader | None) -> int:
    """The place of the first leader after `last` in the order, 0 round the end."""
    if last is None:
        return 0
    places = (n for n, x in enumerate(leaders) if (x.turn, x.id) > (last.turn, last.id))
    return next(places, 0)


def _last_turn(session: Session, rule: m.ReceptionRule, before: date) -> tuple[m.Leader | None, int]:
    """Whose turn it was last before a day, and how many turns a person's own changes have used since."""
    statement = sa.select(m.ReceptionSession).where(m.ReceptionSession.rule_id == rule.id, _nominal < before)
    rows = list(session.scalars(statement.options(*SHOWN).order_by(_nominal.desc()).limit(LOOK_BACK)))
    last, skipped = None, 0
    for row in reversed(rows):
        last, skipped = _after(row, last, skipped)
    return last, skipped


def _after(row: m.ReceptionSession | None, last: m.Leader | None, skipped: int) -> tuple[m.Leader | None, int]:
    """The turn once this session is over: an exchange keeps its original leader's turn; a stranger's uses one up."""
    nobody = row is not None and row.leader is None and not row.is_by_hand
    if row is None or nobody or row.cancelled_reason == DROPPED:
        return last, skipped
    original = row.original_leader or (None if row.is_by_hand else row.leader)
    return (original, 0) if original is not None else (last, skipped + 1)


def _is_history(session: Session, actor: Actor, row: m.ReceptionSession, public: set[str]) -> bool:
    return row.held_on < actor.today and (row.uid in public or has_records(session, row))


def _write(session: Session, rule: m.ReceptionRule, slot: Slot, leader: m.Leader | None, made: Made) -> None:
    row = slot.row
    if row is None:
        row = m.ReceptionSession(uid=f"{rule.id}-{slot.nominal:%Y%m%d}", rule=rule)
        session.add(row)
        made.created += 1
    else:
        made.updated += 1
    row.held_on, row.moved_from = slot.occurrence.date, slot.occurrence.moved_from
    row.is_provisional, row.leader, row.cancelled_reason = slot.occurrence.provisional, leader, None
    row.starts, row.ends, row.place, row.form, row.cadre = rule.starts, rule.ends, rule.place, rule.form, rule.cadre


def _drop(session: Session, actor: Actor, rows: Iterable[m.ReceptionSession], public: set[str], made: Made) -> None:
    """Call off what the rules no longer name; nothing is deleted, the next roster may take it up again."""
    for row in rows:
        if row.is_by_hand or _is_history(session, actor, row, public):
            made.kept += 1
        elif not row.is_cancelled:
            row.cancelled_reason = DROPPED
            made.dropped += 1
