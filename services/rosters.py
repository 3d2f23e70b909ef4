"""The roster (接访日程) of a month, half-year or year: made from the rules, leaders in turn, what a person changed kept (D2, D3)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import rota
from rules.access import Actor
from rules.reception_words import RuleUse
from rules.recurrence import Occurrence
from rules.roster_period import Period
from rules.words import RuleBroken
from services import bookings, published, reception_rules
from services.receptions import SHOWN, between, holds_office

DROPPED = "接访规则调整，不再安排"
"""Why a session is called off that the rules no longer name."""
NOT_IN_OFFICE = "不在任"
MOVES_AT_MOST = timedelta(days=31)
"""How far from its nominal day a session may be held: longer than any run of rest days."""

Day = date
"""`date` by a name that Slot's own property does not hide."""
Keeps = Literal["by_hand", "published", "past"]
_nominal = sa.func.coalesce(m.ReceptionSession.moved_from, m.ReceptionSession.held_on)


@dataclass
class Made:
    """What making a roster did, in sessions.

    kept: why a session stayed as it was → how many; gone: days already past that had none; passed: (leader, why) → how
    often he was passed over; gaps: sessions nobody can take; empty: rules without a day in the period.
    """

    created: int = 0
    updated: int = 0
    dropped: int = 0
    gone: int = 0
    gaps: int = 0
    kept: Counter[Keeps] = field(default_factory=Counter)
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Slot:
    """One day of a rule, with its session where there is one."""

    occurrence: Occurrence
    row: m.ReceptionSession | None

    @property
    def date(self) -> Day:
        """The day it is held."""
        return self.occurrence.date

    @property
    def nominal(self) -> Day:
        """The day the rule names, before any moving off a holiday."""
        return self.occurrence.moved_from or self.occurrence.date


@dataclass
class Work:
    """What is known while a roster is being made."""

    session: Session
    today: Day
    fixed: Collection[str]
    taken: bookings.Bookings
    made: Made = field(default_factory=Made)

    def keeps(self, row: m.ReceptionSession) -> Keeps | None:
        """Why a session stays as it is, or None."""
        if row.held_on < self.today:
            return "past"
        if row.uid in self.fixed:
            return "published"
        return "by_hand" if row.is_by_hand else None

    def why_not(self, rule: m.ReceptionRule, day: Day, leader: m.Leader) -> str:
        """Why the leader cannot receive at the rule's hours that day, in words; "" when he can."""
        if not holds_office(leader, day):
            return NOT_IN_OFFICE
        return self.taken.why_not(leader.id, day, rule.starts, rule.ends)


def generate(session: Session, actor: Actor, period: Period) -> Made:
    """Make or remake the period's roster from all active rules for reception days, from today on.

    Stays as it is: what a person changed, what is published or has visitors, what is past. A session keeps its uid.
    Raises RuleBroken: the period is past or has no day, no active rule, no leader.
    """
    rules = [rule for rule in reception_rules.active(session) if rule.use is RuleUse.RECEPTION]
    leaders = in_turn(session)
    if period.last < actor.today:
        raise RuleBroken(f"期间：{period.label}已经过去，只能排今天以后的日程。", "period")
    if not rules:
        raise RuleBroken("接访规则：还没有启用的规则，请先在“接访规则”中新增。")
    if not leaders:
        raise RuleBroken("领导：还没有在任的领导，请先在“领导”中新增。")
    known = _known(session, period)
    slots = {rule: _slots(session, rule, period, known) for rule in rules}
    if not known and not any(slot.date >= actor.today for days in slots.values() for slot in days):
        raise RuleBroken(f"期间：{period.label}今天以后没有接待日，请检查接访规则的日子和有效期。", "period")
    work = _work(session, actor, period, known.values())
    for rule, days in slots.items():
        _fill(work, rule, days, leaders)
    _drop(work, set(known.values()) - {slot.row for days in slots.values() for slot in days})
    session.flush()
    return work.made


def in_turn(session: Session) -> list[m.Leader]:
    """The active leaders in the order of the roster."""
    statement = sa.select(m.Leader).where(m.Leader.is_active).order_by(m.Leader.turn, m.Leader.id)
    return list(session.scalars(statement))


Known = dict[tuple[int, date], m.ReceptionSession]


def _known(session: Session, period: Period) -> Known:
    """The sessions that rules gave this period before, by rule and nominal day."""
    statement = sa.select(m.ReceptionSession).where(
        m.ReceptionSession.rule_id.is_not(None), _nominal.between(period.first, period.last)
    )
    rows = session.scalars(statement.options(*SHOWN).order_by(m.ReceptionSession.id))
    return {(row.rule_id, row.nominal): row for row in rows if row.rule_id is not None}


def _slots(session: Session, rule: m.ReceptionRule, period: Period, known: Known) -> list[Slot]:
    found = reception_rules.days_of(session, rule, period)
    slots = [Slot(day, known.get((rule.id, day.moved_from or day.date))) for day in found]
    return sorted(slots, key=lambda slot: slot.nominal)


def _work(session: Session, actor: Actor, period: Period, known: Collection[m.ReceptionSession]) -> Work:
    """Everybody's leave, duties and visits, and the sessions that stay, take their hours first."""
    public = {one.line["uid"] for one in published.lines(session, period.first)}
    first, last = period.first - MOVES_AT_MOST, period.last + MOVES_AT_MOST
    work = Work(session, actor.today, public | _with_records(session, known), bookings.load(session, first, last))
    open_ids = {row.id for row in known if work.keeps(row) is None}
    for row in between(session, first, last):
        if row.id not in open_ids:
            work.taken.seat(row)
    return work


def _with_records(session: Session, rows: Collection[m.ReceptionSession]) -> set[str]:
    """The uids of sessions to which somebody came; asked past the gate, as services.receptions.has_records is."""
    statement = sa.select(m.ReceptionRecord.session_id).distinct()
    came = set(session.execute(statement, execution_options={"gated": True}).scalars())
    return {row.uid for row in rows if row.id in came}


def _fill(work: Work, rule: m.ReceptionRule, slots: list[Slot], leaders: Sequence[m.Leader]) -> None:
    """Leaders in turn; a session that stays as it is uses up the turn it was made with."""
    if not slots:
        work.made.empty.append(rule.name)
        return
    serving = [leader for leader in leaders if rule.only_rank in (None, leader.rank)]
    if not serving:
        rank = rule.only_rank.label if rule.only_rank else ""
        raise RuleBroken(f"接访规则“{rule.name}”：没有在任的{rank}，请先在“领导”中填写职级。")
    line = rota.Line(serving, _past_turns(work.session, rule, slots[0].nominal, serving))
    places = reception_rules.places_of(work.session, rule, slots[-1].nominal)
    by_id = {leader.id: leader for leader in serving}
    for slot in slots:
        why = "past" if slot.date < work.today else work.keeps(slot.row) if slot.row else None
        if slot.row is None and why:
            work.made.gone += 1
        elif slot.row is not None and why:
            work.made.kept[why] += 1
            if slot.row.turn_leader_id in by_id:
                line.had(by_id[slot.row.turn_leader_id])
        else:
            turn = line.next(partial(work.why_not, rule, slot.date))
            _write(work, rule, slot, turn, places.get(slot.nominal, rule.place))


def _past_turns(
    session: Session, rule: m.ReceptionRule, before: date, serving: Sequence[m.Leader]
) -> list[m.Leader]:  # fmt: skip
    """Whose turns the rule's earlier sessions were, oldest first; as far back as the order can matter."""
    statement = sa.select(m.ReceptionSession.turn_leader_id).where(
        m.ReceptionSession.rule_id == rule.id, _nominal < before, m.ReceptionSession.turn_leader_id.is_not(None),
        m.ReceptionSession.cancelled_reason.is_distinct_from(DROPPED),
    )  # fmt: skip
    found = session.scalars(statement.order_by(_nominal.desc()).limit(60 + 3 * len(serving)))
    by_id = {leader.id: leader for leader in serving}
    return [by_id[key] for key in reversed(list(found)) if key in by_id]


def _write(work: Work, rule: m.ReceptionRule, slot: Slot, turn: rota.Turn[m.Leader], place: str | None) -> None:
    row, made, leader = slot.row, work.made, turn.leader
    if row is None:
        row = m.ReceptionSession(uid=f"{rule.id}-{slot.nominal:%Y%m%d}", rule=rule)
        work.session.add(row)
        made.created += 1
    else:
        made.updated += 1
    made.passed.update((who.name, why) for who, why in turn.passed if why != NOT_IN_OFFICE)
    made.gaps += leader is None
    row.held_on, row.moved_from = slot.occurrence.date, slot.occurrence.moved_from
    row.is_provisional, row.leader, row.cancelled_reason = slot.occurrence.provisional, leader, None
    row.turn_leader_id = leader.id if leader else None
    row.starts, row.ends, row.place, row.form, row.cadre = rule.starts, rule.ends, place, rule.form, rule.cadre
    work.taken.seat(row, leader.id if leader else None)


def _drop(work: Work, rows: Iterable[m.ReceptionSession]) -> None:
    """Call off what the rules no longer name; nothing is deleted, the next roster may take it up again."""
    for row in rows:
        why = work.keeps(row)
        if why:
            work.made.kept[why] += 1
        elif not row.is_cancelled:
            row.cancelled_reason = DROPPED
            work.made.dropped += 1
