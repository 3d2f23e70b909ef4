"""The plan of visits down (下访计划): made from the rules for visits and the eves of holidays, leaders in turn (E1, D1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

import models as m
from rules import visits
from rules.access import Actor
from rules.reception_words import LeaderVisitKind, LeaderVisitMode, LeaderVisitState, RuleUse
from rules.roster_period import Period
from rules.words import RuleBroken, UnitKind
from services import calendars, reception_rules
from services.receptions import holds_office

DROPPED = "下访规则调整，不再安排"
"""Why a proposed visit is called off that the rules no longer name."""
PURPOSE = "走访群众，听取诉求，就地化解矛盾纠纷"
"""What a proposed visit is for until somebody writes it."""
State = LeaderVisitState


@dataclass
class Made:
    """What making a plan did, in visits; `nobody`: days on which every leader was taken."""

    created: int = 0
    updated: int = 0
    kept: int = 0
    dropped: int = 0
    nobody: int = 0


@dataclass(frozen=True)
class Proposal:
    """One visit the plan asks for; `leader`: whose, None for whose turn it is."""

    key: str
    day: date
    kind: LeaderVisitKind
    place: str | None
    rule: m.ReceptionRule | None = None
    leader: m.Leader | None = None
    purpose: str = PURPOSE


@dataclass
class Desk:
    """What making a plan works with: leaders in turn, villages, the visits proposed before, who is taken when."""

    leaders: Sequence[m.Leader]
    villages: Sequence[m.Unit]
    known: dict[str, m.Visit]
    taken: set[tuple[int, date]]
    last: dict[int, m.Leader | None] = field(default_factory=dict)


def rules(session: Session) -> list[m.ReceptionRule]:
    """The rules in use whose days are visits down."""
    return [rule for rule in reception_rules.active(session) if rule.use is RuleUse.VISIT]


def generate(session: Session, actor: Actor, period: Period, *, before_holidays: bool = False) -> Made:
    """Propose the period's visits from today on; what a person planned or changed stays, prepared ones too.

    `before_holidays`: besides, one concentrated visit a leader before each holiday. Raises RuleBroken without a rule and
    without holidays, without a leader, or for a period that is over.
    """
    if period.last < actor.today:
        raise RuleBroken(f"期间：{period.label}已经过去，请选择以后的期间。", "period")
    active = rules(session)
    if not active and not before_holidays:
        raise RuleBroken("下访规则：还没有用于下访的规则，请先在“接访规则”中新增，或勾选节前集中下访。", "period")
    leaders = _leaders(session)
    if not leaders:
        raise RuleBroken("领导：还没有在任的领导，请先在“领导”中新增。", "period")
    wanted = [*_by_rules(session, active, period)]
    if before_holidays:
        wanted += _by_holidays(session, leaders, period)
    desk, made = _desk(session, leaders, wanted, period), Made()
    asked = ("rule", "holiday") if before_holidays else ("rule",)
    inside = {
        k: row for k, row in desk.known.items() if period.first <= row.from_on <= period.last and k.startswith(asked)
    }
    _drop(actor, inside, {proposal.key for proposal in wanted}, made)
    for proposal in wanted:
        if proposal.day >= actor.today:
            _place(session, desk, proposal, made)
    session.flush()
    return made


def _by_rules(session: Session, active: Sequence[m.ReceptionRule], period: Period) -> Iterator[Proposal]:
    for rule in active:
        for day in reception_rules.days_of(session, rule, period):
            key = f"rule-{rule.id}-{day.moved_from or day.date:%Y%m%d}"
            yield Proposal(key, day.date, LeaderVisitKind.REGULAR, rule.place, rule)


def _by_holidays(session: Session, leaders: Sequence[m.Leader], period: Period) -> Iterator[Proposal]:
    for eve in visits.eves(period.first, period.last, calendars.load(session)):
        for place, leader in enumerate(leaders):
            key, day = f"holiday-{eve.first:%Y%m%d}-{leader.id}", eve.days[place % len(eve.days)]
            why = f"{eve.holiday}前集中下访，走访群众，排查化解矛盾纠纷"
            yield Proposal(key, day, LeaderVisitKind.CONCENTRATED, None, None, leader, why)


def _leaders(session: Session) -> Sequence[m.Leader]:
    statement = sa.select(m.Leader).where(m.Leader.is_active).options(selectinload(m.Leader.units))
    return session.scalars(statement.order_by(m.Leader.turn, m.Leader.id)).all()


def _desk(session: Session, leaders: Sequence[m.Leader], wanted: Sequence[Proposal], period: Period) -> Desk:
    first, last = period.first - visits.LONGEST_BREAK, period.last + visits.LONGEST_BREAK
    near = sa.and_(m.Visit.from_on <= last, m.Visit.to_on >= first)
    statement = sa.select(m.Visit).where(sa.or_(near, m.Visit.plan_key.in_([one.key for one in wanted])))
    rows = session.scalars(statement.options(selectinload(m.Visit.petitions)).execution_options(gated=True)).all()
    known = {row.plan_key: row for row in rows if row.plan_key}
    active = sa.select(m.Unit).where(m.Unit.kind == UnitKind.VILLAGE, m.Unit.is_active)
    villages = session.scalars(active.order_by(m.Unit.position, m.Unit.id)).all()
    return Desk(leaders, villages, known, _taken(session, rows, first, last))


def _taken(session: Session, rows: Sequence[m.Visit], first: date, last: date) -> set[tuple[int, date]]:
    """Leader and day of every visit that stays, of leave, and of every reception day."""
    spans = [
        (row.leader_id, row.from_on, row.to_on) for row in rows if row.state is not State.CANCELLED and is_kept(row)
    ]
    away = sa.select(m.Absence.leader_id, m.Absence.from_on, m.Absence.to_on)
    absent = session.execute(away.where(m.Absence.from_on <= last, m.Absence.to_on >= first))
    spans += [(leader_id, begins, ends) for leader_id, begins, ends in absent]
    s = m.ReceptionSession
    held = sa.select(s.leader_id, s.held_on).where(s.held_on.between(first, last), s.cancelled_reason.is_(None))
    taken = {(leader_id, day) for leader_id, day in session.execute(held) if leader_id is not None}
    for leader_id, begins, ends in spans:
        day = max(begins, first)
        while day <= min(ends, last):
            taken.add((leader_id, day))
            day += visits.ONE_DAY
    return taken


def is_kept(row: m.Visit) -> bool:
    """Does making the plan again leave this visit alone: planned or changed by a person, prepared, or not to come?"""
    is_prepared = row.contacted_on or row.posted_on or row.petitions
    return bool(row.plan_key is None or row.is_by_hand or is_prepared or row.state is not State.PLANNED)


def _place(session: Session, desk: Desk, proposal: Proposal, made: Made) -> None:
    row = desk.known.get(proposal.key)
    if row is not None and row.state_reason != DROPPED and is_kept(row):
        made.kept += 1
        _remember(desk, proposal, row.leader)
        return
    leader = _whose(session, desk, proposal)
    if leader is None:
        made.nobody += 1
        return
    if row is None:
        row = m.Visit(plan_key=proposal.key)
        session.add(row)
        made.created += 1
    else:
        made.updated += 1
    _fill(row, proposal, leader, desk.villages)
    desk.taken.add((leader.id, proposal.day))
    _remember(desk, proposal, leader)


def _fill(row: m.Visit, proposal: Proposal, leader: m.Leader, villages: Sequence[m.Unit]) -> None:
    unit = _where(leader, proposal.day, villages)
    row.leader, row.kind, row.mode = leader, proposal.kind, LeaderVisitMode.INVITE
    row.from_on = row.to_on = proposal.day
    row.unit, row.area = unit, (proposal.place or (unit.name if unit else "待定"))[:100]
    row.purpose, row.state, row.state_reason, row.is_by_hand = proposal.purpose, State.PLANNED, None, False


def _where(leader: m.Leader, day: date, villages: Sequence[m.Unit]) -> m.Unit | None:
    """A village he answers for, else any of them, another one from month to month; without villages his own unit."""
    own = [unit for unit in leader.units if unit.kind is UnitKind.VILLAGE]
    able = own or list(villages) or leader.units
    return able[(leader.turn + day.month) % len(able)] if able else None


def _whose(session: Session, desk: Desk, proposal: Proposal) -> m.Leader | None:
    """The leader named, or the next in turn after the rule's last; nobody who is away or taken that day."""
    rule, day = proposal.rule, proposal.day
    if rule is None:
        able = [proposal.leader] if proposal.leader else []
    else:
        last = desk.last[rule.id] if rule.id in desk.last else _last(session, rule, day)
        able = _after([x for x in desk.leaders if rule.only_rank in (None, x.rank)], last)
    free = (x for x in able if holds_office(x, day) and (x.id, day) not in desk.taken)
    return next(free, None)


def _after(leaders: Sequence[m.Leader], last: m.Leader | None) -> list[m.Leader]:
    """All of them, beginning with the one after `last` in the order."""
    if last is None:
        return list(leaders)
    later = [x for x in leaders if (x.turn, x.id) > (last.turn, last.id)]
    return later + [x for x in leaders if x not in later]


def _last(session: Session, rule: m.ReceptionRule, day: date) -> m.Leader | None:
    """Whose visit this rule proposed last before a day."""
    stands = sa.func.coalesce(m.Visit.state_reason, "") != DROPPED
    mine = m.Visit.plan_key.startswith(f"rule-{rule.id}-"), m.Visit.from_on < day, stands
    statement = sa.select(m.Visit).where(*mine).order_by(m.Visit.from_on.desc()).limit(1)
    row = session.scalars(statement.execution_options(gated=True)).first()
    return row.leader if row is not None else None


def _remember(desk: Desk, proposal: Proposal, leader: m.Leader) -> None:
    if proposal.rule is not None:
        desk.last[proposal.rule.id] = leader


def _drop(actor: Actor, known: dict[str, m.Visit], wanted: set[str], made: Made) -> None:
    """Call off proposals to come that neither rule nor holiday asks for any more; nothing is deleted."""
    for key, row in known.items():
        if key not in wanted and row.from_on >= actor.today and not is_kept(row):
            row.state, row.state_reason = State.CANCELLED, DROPPED
            made.dropped += 1
