"""Work outside a request: letters by mail, mail merges, imports, dossiers, checks; `flask jobs run` once, or the worker of `flask serve`.

Commits letter by letter and chunk by chunk. Nothing is lost when a pass is killed: what was not done is done by the next.
"""

import logging
import os
import time
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from jobs.checking import inspect
from jobs.importing import take_over
from jobs.letters import remind, send_digests
from jobs.merging import merge
from jobs.nights import ask_screening, check_at_night, inspect_at_night
from jobs.packing import DOSSIERS, pack_dossiers
from jobs.writing import Clock
from models import engine
from services import dossier_orders, inspection_runs, job_queue

__all__ = [
    "DOSSIERS",
    "ask_screening",
    "check_at_night",
    "inspect",
    "inspect_at_night",
    "merge",
    "pack_dossiers",
    "remind",
    "send_digests",
    "take_over",
    "work",
]

log = logging.getLogger("desk.jobs")
PAUSE = 2.0
"""Seconds a worker waits before it looks again."""


def work(session: Session, clock: Clock, parent: int, data: Path) -> None:
    """Look for work until the process that started this one is gone."""
    while os.getppid() == parent:
        token = engine.is_writing.set(False)
        try:
            has_letters, has_dossiers = job_queue.has_work(session), dossier_orders.has_work(session)
            has_imports = job_queue.has_work(session, imports=True)
            has_checks = inspection_runs.has_work(session)
            session.rollback()
            if has_letters:
                merge(session, clock)
            if has_imports:
                take_over(session, clock, data)
            if has_dossiers:
                pack_dossiers(session, clock, data)
            if has_checks:
                inspect(session, clock)
        except OperationalError as error:  # the database is not there yet, or somebody writes for very long
            session.rollback()
            log.warning("worker: %s", error.orig)
        finally:
            engine.is_writing.reset(token)
        time.sleep(PAUSE)
