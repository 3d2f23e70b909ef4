"""Large imports (大表导入): read and checked while others write, then written in one transaction that ends the job too (A4, C11)."""

import logging
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import models as m
from jobs.writing import Clock, written
from models import engine
from models.base import utcnow
from rules.access import Actor
from rules.words import RuleBroken
from services import gate_actors, import_jobs, job_queue, uploads

log = logging.getLogger("desk.jobs")
UPLOADS = "uploads"
"""The folder of uploaded tables under DESK_DATA."""
BROKEN = "出现意外错误，没有导入任何一行，请联系系统管理员查看日志。"


def take_over(session: Session, clock: Clock, data: Path) -> int:
    """Take over every large table nobody works on; how many were. `data`: DESK_DATA."""
    worker, count = job_queue.worker_name(), 0
    token = engine.is_writing.set(False)
    try:
        while (job_id := written(session, lambda: _claimed(session, worker))) is not None:
            count += _one(session, clock, data / UPLOADS, job_id, worker)
    finally:
        session.info.pop("actor", None)
        session.rollback()
        engine.is_writing.reset(token)
    return count


def _claimed(session: Session, worker: str) -> int | None:
    job = job_queue.claim(session, worker, utcnow(), imports=True)
    return job.id if job is not None else None


def _one(session: Session, clock: Clock, folder: Path, job_id: int, worker: str) -> bool:
    """One table; what keeps it from being taken over stands in its job."""
    job = session.get_one(m.Job, job_id)
    actor = session.info["actor"] = gate_actors.actor_of(session, job.by, *clock(), "job")
    try:
        return _taken(session, actor, job, folder, worker)
    except RuleBroken as no:
        why = no.message
    except OperationalError:  # somebody else writes for long: the next pass tries again
        raise
    except Exception:
        log.exception("import: job %s", job_id)
        why = BROKEN
    written(session, lambda: import_jobs.give_up(session, job_id, why, utcnow()))
    return False


def _taken(session: Session, actor: Actor, job: m.Job, folder: Path, worker: str) -> bool:
    if not job.by.is_active:
        raise RuleBroken("经办账号已停用，没有导入任何一行。")
    work = import_jobs.prepare(session, actor, job, folder)
    is_done = written(session, lambda: import_jobs.finish(session, actor, work, worker, folder, utcnow()))
    if is_done:
        uploads.file_of(folder, work.upload).unlink(missing_ok=True)
    return is_done
