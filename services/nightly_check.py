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
from rules.words import OPEN_STATUSES, Role, RuleBroken
from services import adrift, case_dues, clocks, gate

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
        """The counts alone, for the command line."""
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


def _without_next_step(session: Session) -> Iterator[Found]:
    """No unit, one that is gone or has nobody; no handler or endorser who can act; no date."""
    p = m.Petition
    for lack, condition in adrift.lacks().items():
        rows = sa.select(p).where(condition).options(joinedload(p.unit), joinedload(p.proposed_to))
        for petition in session.scalars(rows.execution_options(gated=True, yield_per=CHUNK)):
            yield petition.id, lack, _lacking(petition, lack)


def _lacking(petition: m.Petition, lack: Lack) -> str:
    unit = petition.unit.name if petition.unit else ""
    leader = petition.proposed_to.name if petition.proposed_to else ""
    return {
        Lack.UNIT: f"“{petition.status.label}”，没有责任单位。",
        Lack.UNIT_GONE: f"责任单位“{unit}”已停用。",
        Lack.PEOPLE: f"责任单位“{unit}”没有可以承办的账号。",
        Lack.HANDLER: "承办人的账号已停用。",
        Lack.ENDORSER: f"签批领导{leader}已不在任或没有账号。",
    }.get(lack, f"“{petition.status.label}”，下一步没有期限。")


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
    _without_next_step, _extended, _clocks, _mirrors, _cases,
)  # fmt: skip


def where_to_mend(actor: Actor, finding: m.CheckFinding) -> tuple[str, str]:
    """What mends it in words, and the move the actor may make for it now ("" when it is another's or no move)."""
    text, verbs = owed.MENDS[finding.lack]
    rows = MOVES[finding.petition.status]
    able = (verb for verb in verbs if verb in rows and (actor.role is None or actor.role in rows[verb].who))
    verb = next(able, "")
    is_theirs = actor.role in access.OFFICE or actor.role is Role.UNIT_HEAD
    return text, verb if is_theirs else ""
