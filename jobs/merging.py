"""Mail merges (成批出文书): every one nobody works on, chunk by chunk; letters and their numbers are committed together (§6)."""

from sqlalchemy.orm import Session

import models as m
from jobs.writing import Clock
from models import engine
from models.base import utcnow
from rules.access import Actor, may
from services import gate_actors, job_queue, mail_merge


def merge(session: Session, clock: Clock) -> dict[str, int]:
    """Work on every mail merge nobody works on, chunk by chunk: {"jobs", "letters"} done by this pass."""
    worker, done = job_queue.worker_name(), {"jobs": 0, "letters": 0}
    token = engine.is_writing.set(True)
    try:
        while (job := job_queue.claim(session, worker, utcnow())) is not None:
            job_id = job.id
            session.commit()
            done["jobs"] += 1
            done["letters"] += _work(session, clock, job_id, worker)
    finally:
        session.rollback()
        engine.is_writing.reset(token)
    return done


def _work(session: Session, clock: Clock, job_id: int, worker: str) -> int:
    """One job to its end, or until it is cancelled or another's; how many lines it did."""
    count = 0
    while (job := job_queue.hold(session, job_id, worker, utcnow())) is not None:
        today, now = clock()
        actor = gate_actors.actor_of(session, job.by, today, now, "job")
        lines = [] if job.is_cancel_asked or not _may_go_on(job, actor) else job_queue.waiting(session, job)
        if not lines:
            job_queue.end(session, job, utcnow())
            session.commit()
            return count
        session.info["actor"] = actor
        letter = mail_merge.letter_of(job.letter)
        said = mail_merge.unpacked(letter, job.said)
        for line in lines:
            mail_merge.do_line(session, actor, line, letter, said)
        session.commit()
        session.info.pop("actor", None)
        count += len(lines)
    session.rollback()
    return count


def _may_go_on(job: m.Job, actor: Actor) -> bool:
    """An account disabled or given another role meanwhile issues nothing more."""
    return bool(job.by.is_active) and may(actor, "job.make")
