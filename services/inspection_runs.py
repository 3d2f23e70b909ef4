"""A check of all files as a job (案卷检查任务, H5): its own row is queue, lease and progress, as a mail merge's is.

Who works on it reads a batch without holding anybody up, then writes what it found and how far it is in one short transaction. A
run that is cancelled keeps what it found so far; the rest of the list stays as the check before left it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.job_words import ENDED, JobState
from rules.words import RuleBroken
from services import gate, inspection, inspection_finals, job_queue

r = m.InspectionRun


@dataclass(frozen=True)
class Batch:
    """Some files checked, not yet kept: their matters, in order, and a row for each fault."""

    ids: Sequence[int]
    rows: list[dict[str, Any]]


def ask(session: Session, actor: Actor) -> m.InspectionRun:
    """Queue a check of every file the actor may see. Raises RuleBroken while his last one is under way, Forbidden."""
    gate.allow(actor, "file_fault.run")
    if under_way(session, actor) is not None:
        raise RuleBroken("案卷检查：您要的检查正在进行，请等它完成，或者先取消。")
    return _queued(session, actor, None)


def ask_for_night(session: Session, actor: Actor) -> m.InspectionRun | None:
    """Queue the check of this day's night, once; None when another pass has done so."""
    key = f"night {actor.today}"
    if session.scalar(sa.select(r.id).where(r.key == key)) is not None:
        return None
    try:
        with session.begin_nested():
            return _queued(session, actor, key)
    except IntegrityError:
        return None


def _queued(session: Session, actor: Actor, key: str | None) -> m.InspectionRun:
    total = session.scalar(sa.select(sa.func.count()).select_from(inspection.scoped(actor).subquery())) or 0
    run = m.InspectionRun(key=key, by_id=actor.user_id, asked_on=actor.today, total=total)
    session.add(run)
    session.flush()
    return run


def under_way(session: Session, actor: Actor) -> m.InspectionRun | None:
    """The check this actor asked for that has not ended."""
    own = gate.rows(actor, r).where(r.by_id == actor.user_id, r.state.not_in(ENDED))
    return session.scalars(own.order_by(r.id.desc()).limit(1)).first()


def last(session: Session, actor: Actor) -> m.InspectionRun | None:
    """The newest of the checks that made this actor's list: the night's, and those he asked for."""
    ended = gate.rows(actor, r).where(sa.or_(r.state == JobState.DONE, sa.and_(r.state.in_(ENDED), r.done > 0)))
    return session.scalars(ended.order_by(r.ended_at.desc(), r.id.desc()).limit(1)).first()


def has_work(session: Session) -> bool:
    """Is a check queued or unfinished? A plain read."""
    return session.scalar(sa.select(r.id).where(r.state.not_in(ENDED)).limit(1)) is not None


def claim(session: Session, worker: str, now: datetime) -> m.InspectionRun | None:
    """The oldest check, now this worker's; None while another works on one: they would write over each other."""
    asked = sa.select(r).where(r.state.not_in(ENDED)).order_by(r.id).with_for_update()
    runs = session.scalars(asked.execution_options(populate_existing=True)).all()
    if not runs or not all(job_queue.is_free(run, now) for run in runs):
        return None
    run: m.InspectionRun = runs[0]
    run.worker, run.heartbeat_at, run.state = worker, now, JobState.RUNNING
    session.flush()
    return run


def begin(session: Session, actor: Actor) -> None:
    """Before the first file: the list of final ones is brought up to date, files no longer checked leave the list."""
    inspection_finals.catch_up(session, actor)
    inspection.forget(session, actor)


def look(session: Session, actor: Actor, run: m.InspectionRun) -> Batch | None:
    """The next files checked, nothing written; None when there are no more or the run is to stop."""
    if run.is_cancel_asked:
        return None
    ids = inspection.following(session, actor, run.at_id)
    return Batch(ids, inspection.look(session, actor, ids)) if ids else None


def put(session: Session, run_id: int, worker: str, batch: Batch, now: datetime) -> bool:
    """Keep what a batch found and how far the run is; False when it is another worker's by now."""
    run = _held(session, run_id)
    if run.worker != worker or run.state in ENDED:
        return False
    inspection.keep(session, batch.ids, batch.rows)
    run.done, run.at_id, run.heartbeat_at = run.done + len(batch.ids), batch.ids[-1], now
    run.faults, run.total = run.faults + len(batch.rows), max(run.total, run.done)
    session.flush()
    return True


def end(session: Session, run_id: int, worker: str, now: datetime, *, is_allowed: bool = True) -> None:
    """The run is over: done, or cancelled with what was still to check. `is_allowed`: who asked for it still may."""
    run = _held(session, run_id)
    if run.worker == worker and run.state not in ENDED:
        _end(run, now, is_whole=is_allowed and not run.is_cancel_asked)
        session.flush()


def _end(run: m.InspectionRun, now: datetime, *, is_whole: bool) -> None:
    run.state = JobState.DONE if is_whole else JobState.CANCELLED
    run.total = run.done if is_whole else run.total
    run.ended_at, run.worker = now, None


def cancel(session: Session, actor: Actor, now: datetime) -> None:
    """Stop the actor's own check: at once when nobody works on it, else after the files in hand."""
    gate.allow(actor, "file_fault.run")
    own = under_way(session, actor)
    if own is None:
        raise RuleBroken("取消：检查已经结束，不需要取消。")
    run = _held(session, own.id)
    run.is_cancel_asked = True
    if run.state not in ENDED and job_queue.is_free(run, now):
        _end(run, now, is_whole=False)
    session.flush()


def _held(session: Session, run_id: int) -> m.InspectionRun:
    asked = sa.select(r).where(r.id == run_id).with_for_update().execution_options(populate_existing=True)
    run: m.InspectionRun = session.scalars(asked).one()
    return run
