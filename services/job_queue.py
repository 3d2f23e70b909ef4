"""The queue of long work: a job's own row is queue and lease. Who works on it shows signs of life; when they stop, another goes on.

A line's paper, its number and its state are committed together, under a lock on the job: nothing is done twice, nothing is lost.
"""

import os
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.job_words import ENDED, JobState, LineState
from rules.words import RuleBroken
from services import gate

LEASE = timedelta(seconds=60)
"""Without a sign of life for so long a worker counts as gone; one that is dead on this machine at once."""
IMPORT = "import"
"""In the place of a letter: the job is a large import (services.import_jobs)."""
CHUNK = 10
"""Lines a transaction: a writer elsewhere waits no longer than these take."""


def worker_name() -> str:
    """This process, for the lease."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def is_dead(worker: str) -> bool:
    """True when it ran on this machine and its process is gone."""
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname()[:60]:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def has_work(session: Session, imports: bool = False) -> bool:
    """Is a mail merge, or an import, queued or unfinished? A plain read."""
    return session.scalar(_open(imports).with_only_columns(m.Job.id).limit(1)) is not None


def _open(imports: bool) -> sa.Select[Any]:
    is_import = m.Job.letter == IMPORT
    return sa.select(m.Job).where(m.Job.state.not_in(ENDED), is_import if imports else sa.not_(is_import))


def claim(session: Session, worker: str, now: datetime, imports: bool = False) -> m.Job | None:
    """The oldest mail merge, or import, nobody works on, now this worker's; None when there is none. The caller commits."""
    open_ones = _open(imports).order_by(m.Job.id)
    found: list[m.Job] = list(session.scalars(_locked(open_ones)))
    for job in found:
        if is_free(job, now):
            job.worker, job.heartbeat_at, job.state = worker, now, JobState.RUNNING
            job.started_at = job.started_at or now
            job.attempts += 1
            session.flush()
            return job
    return None


class Leased(Protocol):
    """A job of any kind: who works on it, and the last sign of life."""

    worker: Any
    heartbeat_at: Any


def is_free(job: Leased, now: datetime) -> bool:
    """Nobody works on it, or who did is gone: of a running job, that it goes on when a worker starts."""
    return (
        job.worker is None or job.heartbeat_at is None or now - job.heartbeat_at > LEASE or is_dead(job.worker)
    )  # fmt: skip


def hold(session: Session, job_id: int, worker: str, now: datetime) -> m.Job | None:
    """The job under lock with a fresh sign of life, or None when it ended or is another's by now."""
    job: m.Job = session.scalars(_locked(sa.select(m.Job).where(m.Job.id == job_id))).one()
    if job.worker != worker or job.state in ENDED:
        return None
    job.heartbeat_at = now
    return job


def _locked(statement: sa.Select[Any]) -> sa.Select[Any]:
    return statement.with_for_update().execution_options(populate_existing=True)


def waiting(session: Session, job: m.Job) -> list[m.JobLine]:
    """The next lines to do, in order."""
    line = m.JobLine
    todo = sa.select(line).where(line.job_id == job.id, line.state == LineState.WAITING)
    return list(session.scalars(todo.order_by(line.position).limit(CHUNK).execution_options(gated=True)))


def end(session: Session, job: m.Job, now: datetime) -> None:
    """The job is over: done, or cancelled with what was still waiting."""
    line = m.JobLine
    left = sa.update(line).where(line.job_id == job.id, line.state == LineState.WAITING)
    count = session.execute(left.values(state=LineState.CANCELLED)).rowcount  # type: ignore[attr-defined]
    job.state = JobState.CANCELLED if count else JobState.DONE
    job.ended_at, job.worker = now, None
    session.flush()


def cancel(session: Session, actor: Actor, job: m.Job, now: datetime) -> None:
    """Ask a job to stop: at once when nobody works on it, else after the lines in hand. What was issued stays issued."""
    gate.allow(actor, "job.make")
    job = session.scalars(_locked(sa.select(m.Job).where(m.Job.id == job.id))).one()
    if job.state in ENDED:
        raise RuleBroken("取消：这项任务已经结束，不需要取消。")
    job.is_cancel_asked = True
    if is_free(job, now):
        end(session, job, now)
    session.flush()


def again(session: Session, actor: Actor, job: m.Job) -> int:
    """Put what was not done back into the queue; how many. Raises RuleBroken when there is nothing, or it still runs."""
    gate.allow(actor, "job.make")
    job = session.scalars(_locked(sa.select(m.Job).where(m.Job.id == job.id))).one()
    if job.state not in ENDED:
        raise RuleBroken("再试：任务还在进行，请等它结束。")
    line = m.JobLine
    undone = sa.update(line).where(line.job_id == job.id, line.state.in_((LineState.FAILED, LineState.CANCELLED)))
    count: int = session.execute(undone.values(state=LineState.WAITING, message=None)).rowcount  # type: ignore[attr-defined]
    if not count:
        raise RuleBroken("再试：全部都已制发，没有需要再试的。")
    job.state, job.ended_at, job.worker, job.is_cancel_asked = JobState.QUEUED, None, None, False
    session.flush()
    return count


def counts(session: Session, job_ids: Iterable[int]) -> dict[int, dict[LineState, int]]:
    """Job id → how many lines stand where."""
    line = m.JobLine
    asked = sa.select(line.job_id, line.state, sa.func.count()).where(line.job_id.in_(list(job_ids)))
    found: dict[int, dict[LineState, int]] = {}
    for job_id, state, count in session.execute(
        asked.group_by(line.job_id, line.state), execution_options={"gated": True}
    ):
        found.setdefault(job_id, {})[state] = count
    return found
