"""The inspector's check (案卷检查, H5): one file or all, kept as rows to filter and export; the same before signing.

All files are checked batch by batch, as a job (services.inspection_runs): never more than BATCH in memory, each with a fixed
number of queries.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import inspection as rule
from rules.access import Actor
from rules.inspection import Found
from rules.words import CaseStatus, RuleBroken, Status
from services import gate, inspection_facts

BATCH = 200
S = Status
LOOKED_AT = (S.REPLIED, S.SERVED, S.REVIEWING, S.REVIEWED, S.RECHECKING, S.FINAL, S.REFUSED, S.CLOSED)
"""Matters whose files are checked though no leader has them."""
STOPPED = "案卷检查发现不得签字的问题，请先处理：{}。"


def scope() -> sa.ColumnElement[bool]:
    """The matters whose files are checked: with a leader's case, or answered here; not those put away or voided."""
    led = sa.select(m.Case.petition_id).where(m.Case.status != CaseStatus.HANDED_OVER)
    p = m.Petition
    answered = sa.and_(p.status.in_(LOOKED_AT), sa.not_(p.is_carried_over), p.unit_id.is_not(None))
    kept = p.status.not_in((S.ARCHIVED, S.VOIDED, S.FILED))
    return sa.and_(kept, sa.or_(answered, p.id.in_(led)))


def scoped(actor: Actor) -> Any:
    """Ids of the matters whose files this actor's check looks at, in order."""
    return gate.rows(actor, m.Petition).where(scope()).with_only_columns(m.Petition.id).order_by(m.Petition.id)


def following(session: Session, actor: Actor, after: int) -> list[int]:
    """The next batch of them."""
    return list(session.scalars(scoped(actor).where(m.Petition.id > after).limit(BATCH)))


def forget(session: Session, actor: Actor) -> None:
    """Faults of files that are checked no more leave the list."""
    mine = gate.rows(actor, m.Petition).with_only_columns(m.Petition.id).where(sa.not_(scope()))
    stale = sa.delete(m.FileFault).where(m.FileFault.petition_id.in_(mine))
    session.execute(stale, execution_options={"synchronize_session": False, "gated": True})


def look(session: Session, actor: Actor, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What is wrong with the files of one batch: a row for each fault; nothing is written."""
    return [row for file in inspection_facts.read(session, actor, ids) for row in _rows(file, actor)]


def keep(session: Session, ids: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Put what was found in place of what the check before found in these files."""
    old = sa.delete(m.FileFault).where(m.FileFault.petition_id.in_(ids))
    session.execute(old, execution_options={"synchronize_session": False, "gated": True})
    if rows:
        session.execute(sa.insert(m.FileFault), rows)
    session.expire_all()


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


def before_signing(session: Session, actor: Actor, file: m.ClosingFile) -> list[Found]:
    """What stands on the screen of who signs."""
    return rule.at_signing(check_one(session, actor, file.petition))


def check_before_signing(session: Session, actor: Actor, file: m.ClosingFile) -> None:
    """Raises RuleBroken when the file has a fault with which nobody may sign."""
    hard = rule.blocks(before_signing(session, actor, file))
    if hard:
        raise RuleBroken(STOPPED.format("；".join(f"{one.fault.label}（{one.text.rstrip('。')}）" for one in hard)))
