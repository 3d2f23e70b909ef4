"""The inspector's check (案卷检查, H5): one file or all, kept as rows to filter and export; the same before signing.

All files are checked batch by batch: never more than BATCH in memory, each with a fixed number of queries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import inspection as rule
from rules.access import Actor
from rules.inspection import Found
from rules.words import CaseStatus, RuleBroken, Status
from services import gate, inspection_facts, inspection_finals

BATCH = 200
S = Status
LOOKED_AT = (S.REPLIED, S.SERVED, S.REVIEWING, S.REVIEWED, S.RECHECKING, S.FINAL, S.REFUSED, S.CLOSED)
"""Matters whose files are checked though no leader has them."""
STOPPED = "案卷检查发现不得签字的问题，请先处理：{}。"


@dataclass(frozen=True)
class Done:
    """What a run did."""

    files: int
    faults: int


def scope() -> sa.ColumnElement[bool]:
    """The matters whose files are checked: with a leader's case, or answered here; not those put away or voided."""
    led = sa.select(m.Case.petition_id).where(m.Case.status != CaseStatus.HANDED_OVER)
    p = m.Petition
    answered = sa.and_(p.status.in_(LOOKED_AT), sa.not_(p.is_carried_over), p.unit_id.is_not(None))
    kept = p.status.not_in((S.ARCHIVED, S.VOIDED, S.FILED))
    return sa.and_(kept, sa.or_(answered, p.id.in_(led)))


def run(session: Session, actor: Actor) -> Done:
    """Check every file the actor may see. Raises Forbidden for roles that may not."""
    gate.allow(actor, "file_fault.run")
    inspection_finals.catch_up(session, actor)
    files = faults = 0
    mine = gate.rows(actor, m.Petition).with_only_columns(m.Petition.id)
    stale = sa.delete(m.FileFault).where(m.FileFault.petition_id.in_(mine.where(sa.not_(scope()))))
    session.execute(stale, execution_options={"synchronize_session": False, "gated": True})
    for ids in _batches(session, actor):
        faults += _check(session, actor, ids)
        files += len(ids)
    session.expire_all()
    return Done(files, faults)


def _batches(session: Session, actor: Actor) -> Iterator[list[int]]:
    ids = gate.rows(actor, m.Petition).where(scope()).with_only_columns(m.Petition.id).order_by(m.Petition.id)
    last = 0
    while found := list(session.scalars(ids.where(m.Petition.id > last).limit(BATCH))):
        yield found
        last = found[-1]


def _check(session: Session, actor: Actor, ids: Sequence[int]) -> int:
    """Read one batch, put its faults in place of those of the check before; how many."""
    rows = [row for file in inspection_facts.read(session, actor, ids) for row in _rows(file, actor)]
    old = sa.delete(m.FileFault).where(m.FileFault.petition_id.in_(ids))
    session.execute(old, execution_options={"synchronize_session": False, "gated": True})
    if rows:
        session.execute(sa.insert(m.FileFault), rows)
    return len(rows)


def _rows(file: inspection_facts.File, actor: Actor) -> list[dict[str, Any]]:
    case, reading = file.case, file.reading
    same = {
        "petition_id": file.petition.id,
        "case_id": case.id if case is not None else None,
        "closing_file_id": reading.file.id if reading is not None else None,
        "unit_id": (case.unit_id if case is not None else None) or file.petition.unit_id,
        "found_at": actor.now,
    }
    found = rule.find(file.facts, actor.today)
    return [same | {"code": one.fault, "weight": one.weight, "text": one.text[:300]} for one in found]


def check_one(session: Session, actor: Actor, petition: m.Petition) -> list[Found]:
    """What is wrong with one matter's file now; nothing is kept."""
    (file,) = inspection_facts.read(session, actor, [petition.id])
    return rule.find(file.facts, actor.today)


def check_again(session: Session, actor: Actor, petition: m.Petition) -> int:
    """Check one file and keep what was found; how many faults."""
    gate.allow(actor, "file_fault.run")
    count = _check(session, actor, [petition.id])
    session.expire_all()
    return count


def before_signing(session: Session, actor: Actor, file: m.ClosingFile) -> list[Found]:
    """What stands on the screen of who signs."""
    return rule.at_signing(check_one(session, actor, file.petition))


def check_before_signing(session: Session, actor: Actor, file: m.ClosingFile) -> None:
    """Raises RuleBroken when the file has a fault with which nobody may sign."""
    hard = rule.blocks(before_signing(session, actor, file))
    if hard:
        raise RuleBroken(STOPPED.format("；".join(f"{one.fault.label}（{one.text.rstrip('。')}）" for one in hard)))


def last_run(session: Session, actor: Actor) -> Any:
    """When the newest of the faults this actor sees was found, or None."""
    newest = gate.rows(actor, m.FileFault).with_only_columns(sa.func.max(m.FileFault.found_at))
    return session.scalar(newest)
