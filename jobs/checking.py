"""Checks of all files (案卷检查): every one nobody works on, batch by batch, the database only read while files are looked at (H5)."""

from sqlalchemy.orm import Session

import models as m
from jobs.writing import Clock, written
from models import engine
from models.base import utcnow
from rules import access
from rules.access import Actor, may
from services import gate_actors, inspection_runs, job_queue


def inspect(session: Session, clock: Clock) -> dict[str, int]:
    """Work on every check of files nobody works on: {"runs", "files"} done by this pass."""
    worker, done = job_queue.worker_name(), {"runs": 0, "files": 0}
    token = engine.is_writing.set(False)
    try:
        while (run_id := written(session, lambda: _claimed(session, worker))) is not None:
            done["runs"] += 1
            done["files"] += _check(session, clock, run_id, worker)
    finally:
        session.info.pop("actor", None)
        session.rollback()
        engine.is_writing.reset(token)
    return done


def _claimed(session: Session, worker: str) -> int | None:
    run = inspection_runs.claim(session, worker, utcnow())
    return run.id if run is not None else None


def _check(session: Session, clock: Clock, run_id: int, worker: str) -> int:
    """One check to its end, or until it is cancelled or another's; how many files it looked at."""
    count, actor = 0, _actor(session, clock, run_id)
    if actor is not None:
        session.info["actor"] = actor
        written(session, lambda: inspection_runs.begin(session, actor))
        while size := _batch(session, actor, run_id, worker):
            count += size
    is_allowed = actor is not None
    written(session, lambda: inspection_runs.end(session, run_id, worker, utcnow(), is_allowed=is_allowed))
    return count


def _batch(session: Session, actor: Actor, run_id: int, worker: str) -> int:
    """The next files: how many; none when that was all, the check was cancelled or is another's by now."""
    batch = inspection_runs.look(session, actor, session.get_one(m.InspectionRun, run_id, populate_existing=True))
    if batch is None:
        return 0
    is_kept = written(session, lambda: inspection_runs.put(session, run_id, worker, batch, utcnow()))
    return len(batch.ids) if is_kept else 0


def _actor(session: Session, clock: Clock, run_id: int) -> Actor | None:
    """Who asked, as he is now; None when his account was disabled or given another role meanwhile."""
    today, now = clock()
    by = session.get_one(m.InspectionRun, run_id).by
    if by is None:
        return access.system(today, now)
    actor = gate_actors.actor_of(session, by, today, now, "job")
    return actor if by.is_active and may(actor, "file_fault.run") else None
