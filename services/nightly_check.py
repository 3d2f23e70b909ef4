"""The nightly check (夜间检查): every open matter has a step, an owner and a date, and every date is what the rules give now (B8).

Findings are rows of the last run, read through the gate; the run before is replaced.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

import models as m
from rules import access, owed
from rules.access import Actor
from rules.moves import MOVES, VERBS
from rules.owed import Lack
from rules.words import OPEN_STATUSES, Role, RuleBroken, Status
from services import case_dues, clocks, gate

CHUNK = 500
Found = tuple[int, Lack, str]
"""(matter, what it lacks, the sentence)."""


@dataclass(frozen=True)
class Done:
    """What a run did: how many open matters and running clocks it looked at, how many findings it kept."""

    run: m.CheckRun
    matters: int
    clocks: int
    findings: int

    def as_json(self) -> dict[str, int]:
        return {"matters": self.matters, "clocks": self.clocks, "findings": self.findings}


def is_due(session: Session, today: date) -> bool:
    """Has no run been made for this day yet?"""
    return session.scalar(sa.select(m.CheckRun.id).where(m.CheckRun.key == night(today))) is None


def night(today: date) -> str:
    """The name of a day's own run."""
    return f"night {today}"


def run(session: Session, actor: Actor, *, key: str | None = None) -> Done:
    """Look at every open matter and every running clock and keep what is wrong. `key`: of the night; by hand there is none.

    Raises RuleBroken when another worker is making the same night's run, gate.Forbidden for roles that may not.
    """
    gate.allow(actor, "check_run.run")
    row = m.CheckRun(key=key, ran_on=actor.today, ran_at=actor.now, by_id=actor.user_id, by_name=actor.name)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise RuleBroken("夜间检查：这一天的检查已经做过。") from error
    found = [one for check in CHECKS for one in check(session)]
    looked = _count(session, m.Petition.status.in_(OPEN_STATUSES))
    running = _count(session, m.Clock.stopped_on.is_(None))
    _keep(session, row, found)
    return Done(row, looked, running, len(found))


def _count(session: Session, where: sa.ColumnElement[bool]) -> int:
    return session.execute(sa.select(sa.func.count()).where(where), execution_options={"gated": True}).scalar_one()


def _keep(session: Session, row: m.CheckRun, found: Iterable[Found]) -> None:
    """The findings of this run take the place of all before."""
    old = sa.select(m.CheckFinding).where(m.CheckFinding.run_id != row.id).execution_options(gated=True)
    for finding in session.scalars(old):
        session.delete(finding)
    session.flush()
    rows = {(petition_id, lack, text[:300]) for petition_id, lack, text in found}
    for petition_id, lack, text in sorted(rows):
        session.add(m.CheckFinding(run_id=row.id, petition_id=petition_id, lack=lack, text=text))
    session.flush()


def last(session: Session) -> m.CheckRun | None:
    """The run whose findings are kept."""
    return session.scalars(sa.select(m.CheckRun).order_by(m.CheckRun.id.desc()).limit(1)).first()


def findings(session: Session, actor: Actor) -> sa.Select[Any]:
    """The findings of the last run the actor may know of, by kind and matter."""
    newest = sa.select(sa.func.max(m.CheckRun.id)).scalar_subquery()
    return gate.rows(actor, m.CheckFinding).where(m.CheckFinding.run_id == newest)


def line(session: Session, actor: Actor) -> dict[str, Any] | None:
    """What the workbench says of the last run: {"ran_at", "count"}, or None before the first."""
    made = last(session)
    return {"ran_at": made.ran_at, "count": gate.count(session, findings(session, actor))} if made is not None else None


def has_wrong_dates(session: Session, actor: Actor) -> bool:
    """Did the last run find dates that are not what the rules give?"""
    wrong = findings(session, actor).where(m.CheckFinding.lack.in_(WRONG))
    return gate.count(session, wrong, 1) > 0


WRONG = (Lack.CLOCK, Lack.MIRROR)
"""Findings that are mended by computing again."""


def label_of(verb: str) -> str:
    """The label of a move."""
    return VERBS[verb]


def mend(session: Session, actor: Actor) -> int:
    """Make the dates of every clock the check found wrong what the rules give now; how many matters were touched."""
    gate.allow(actor, "check_run.mend")
    wrong = findings(session, actor).where(m.CheckFinding.lack.in_(WRONG))
    ids = sorted(set(session.scalars(wrong.with_only_columns(m.CheckFinding.petition_id))))
    for petition_id in ids:
        petition = gate.find(session, actor, m.Petition, petition_id)
        for clock in clocks.running(petition):
            clocks.recompute(session, clock)
        clocks.mirror(petition)
    session.flush()
    return len(ids)


# -- what is looked for


def _open(*where: Any) -> sa.Select[Any]:
    rows = sa.select(m.Petition).where(m.Petition.status.in_(OPEN_STATUSES), *where)
    return rows.execution_options(gated=True, yield_per=CHUNK)


def _owners(session: Session) -> Iterator[Found]:
    """Without a unit, at a unit that is gone or has nobody, with a handler whose account is closed."""
    units = {unit.id: unit for unit in session.scalars(sa.select(m.Unit))}
    manned = _manned(session, units)
    gone = set(session.scalars(sa.select(m.User.id).where(sa.not_(m.User.is_active))))
    p = m.Petition
    columns = sa.select(p.id, p.status, p.unit_id, p.handler_id).where(p.status.in_(owed.UNITS_STEP))
    for petition_id, status, unit_id, handler_id in session.execute(columns, execution_options={"gated": True}):
        unit = units.get(unit_id or 0)
        if unit is None:
            yield petition_id, Lack.UNIT, f"“{status.label}”，没有责任单位。"
        elif not unit.is_active:
            yield petition_id, Lack.UNIT_GONE, f"责任单位“{unit.name}”已停用。"
        elif unit.id not in manned:
            yield petition_id, Lack.PEOPLE, f"责任单位“{unit.name}”没有可以承办的账号。"
        if handler_id in gone:
            yield petition_id, Lack.HANDLER, "承办人的账号已停用。"


def _manned(session: Session, units: dict[int, m.Unit]) -> set[int]:
    """Units whose matters some active handler or head can act on."""
    users = sa.select(m.User.unit_id).where(m.User.is_active, m.User.role.in_(sorted(access.UNIT_STAFF)))
    return gate.subtree(units.values(), {unit_id for unit_id in session.scalars(users) if unit_id})


def _endorsers(session: Session) -> Iterator[Found]:
    """Put before a leader who is no longer in office, or has no account to decide with."""
    able = sa.select(m.User.leader_id).where(m.User.is_active, m.User.leader_id.is_not(None))
    in_office = sa.select(m.Leader.id).where(m.Leader.is_active, m.Leader.id.in_(able))
    missing = sa.or_(m.Petition.proposed_to_id.is_(None), m.Petition.proposed_to_id.not_in(in_office))
    for petition in session.scalars(_open(m.Petition.status == Status.PROPOSED, missing)):
        name = petition.proposed_to.name if petition.proposed_to else ""
        yield petition.id, Lack.ENDORSER, f"签批领导{name}已不在任或没有账号。"


def undated() -> sa.ColumnElement[bool]:
    """No clock runs that dates the next step, and none of the office's targets does (services.dues)."""
    p = m.Petition
    return sa.and_(
        p.breach_on.is_(None),
        sa.or_(
            p.is_carried_over,
            p.status.in_(owed.CLOCKED),
            sa.and_(p.status == Status.HANDLING, p.accepted_on.is_(None)),
            sa.and_(p.status == Status.REPLIED, p.replied_on.is_(None)),
            sa.and_(p.status.in_((Status.SERVED, Status.REVIEWED)), p.served_at.is_(None)),
        ),
    )


def _dates(session: Session) -> Iterator[Found]:
    p = m.Petition
    rows = sa.select(p.id, p.status, p.is_carried_over).where(p.status.in_(OPEN_STATUSES), undated())
    for petition_id, status, is_carried in session.execute(rows, execution_options={"gated": True}):
        lack = Lack.CARRIED if is_carried else Lack.DATE
        yield petition_id, lack, f"“{status.label}”，下一步没有期限。"


def _extended(session: Session) -> Iterator[Found]:
    """An approved extension goes beyond the date the 交办函 names: the office says which of them holds (B3)."""
    handle, letter = m.Clock, aliased(m.Clock)
    rows = (
        sa.select(handle.petition_id, handle.due_on, letter.due_on)
        .join(letter, letter.petition_id == handle.petition_id)
        .where(
            handle.term == "handle", handle.stopped_on.is_(None), handle.extended_days > 0, letter.term == "feedback",
            letter.stopped_on.is_(None), letter.due_on < handle.due_on,
        )
    )  # fmt: skip
    for petition_id, extended, named in session.execute(rows, execution_options={"gated": True}):
        yield petition_id, Lack.BEFORE_EXTENSION, f"已批准延期到 {extended}，反馈期限仍是 {named}。"


def _clocks(session: Session) -> Iterator[Found]:
    """Every running clock's days against what calendar and terms give now, and what the list shows against the clocks."""
    rows = sa.select(m.Clock).where(m.Clock.stopped_on.is_(None))
    for clock in session.scalars(rows.order_by(m.Clock.id).execution_options(gated=True, yield_per=CHUNK)):
        text = difference(session, clock)
        if text:
            yield clock.petition_id, Lack.CLOCK, text


def difference(session: Session, clock: m.Clock) -> str:
    """办理答复：现为 2026-10-01（至 10-08），按规则应为 …; empty when the clock says what the rules give."""
    label = _label(clock.term)
    try:
        due = clocks.derivation(session, clock)
    except RuleBroken as no:
        return f"{label}：{no.message}"
    if (due.due, due.breach) == (clock.due_on, clock.breach_on):
        return ""
    return f"{label}：记录为 {clock.due_on}，截止 {clock.breach_on}；按现在的规则应为 {due.due}，截止 {due.breach}。"


def _label(term: str) -> str:
    return owed.KINDS[term].label if term in owed.KINDS else owed.WINDOWS.get(term, term)


def _mirrors(session: Session) -> Iterator[Found]:
    """The date a list sorts by is the earliest that somebody can be late for, or none."""
    clock = m.Clock
    measured = sa.and_(clock.stopped_on.is_(None), clock.term.not_in(clocks.WAITING_TERMS))
    earliest = (
        sa.select(clock.petition_id, sa.func.min(clock.breach_on).label("breach_on"))
        .where(measured)
        .group_by(clock.petition_id)
        .subquery()
    )
    p = m.Petition
    rows = sa.select(p.id, p.breach_on, earliest.c.breach_on).outerjoin(earliest, earliest.c.petition_id == p.id)
    differs = p.breach_on.is_distinct_from(earliest.c.breach_on)
    for petition_id, shown, real in session.execute(rows.where(differs), execution_options={"gated": True}):
        yield petition_id, Lack.MIRROR, f"列表上是 {shown or '无'}，应为 {real or '无'}。"


def _cases(session: Session) -> Iterator[Found]:
    """Running cases whose log names no next day, and those whose leader is no longer in office (F1, F3)."""
    running = sa.select(m.Case).where(m.Case.ended_on.is_(None)).options(joinedload(m.Case.leader))
    running = running.order_by(m.Case.id).execution_options(gated=True)
    for case in session.scalars(running.where(case_dues.undated())):
        yield case.petition_id, Lack.CASE_NEXT, f"{case.number} {case.leader.name}包案，进展中没有下次时间。"
    for case in session.scalars(running.where(m.Case.leader.has(sa.not_(m.Leader.is_active)))):
        yield case.petition_id, Lack.CASE_LEADER, f"{case.number} 包案领导{case.leader.name}已不在任。"


CHECKS: tuple[Callable[[Session], Iterable[Found]], ...] = (
    _owners, _endorsers, _dates, _extended, _clocks, _mirrors, _cases,
)  # fmt: skip


def where_to_mend(actor: Actor, finding: m.CheckFinding) -> tuple[str, str]:
    """What mends it in words, and the move the actor may make for it now ("" when it is another's or no move)."""
    text, verbs = owed.MENDS[finding.lack]
    rows = MOVES[finding.petition.status]
    able = (verb for verb in verbs if verb in rows and (actor.role is None or actor.role in rows[verb].who))
    verb = next(able, "")
    is_theirs = actor.role in access.OFFICE or actor.role is Role.UNIT_HEAD
    return text, verb if is_theirs else ""
