"""Dossiers packed (卷宗打包), one at a time, the database only read meanwhile (B9)."""

from pathlib import Path

from sqlalchemy.orm import Session

import models as m
from jobs.writing import Clock, written
from models import engine
from models.base import utcnow
from rules.words import RuleBroken
from services import dossier_orders, gate_actors, job_queue

DOSSIERS = "dossiers"
"""The folder of packed dossiers under DESK_DATA."""
EVERY = 5
"""Pieces of a dossier between two signs of life."""


def pack_dossiers(session: Session, clock: Clock, data: Path) -> int:
    """Pack every dossier nobody works on; how many files came of it. `data`: DESK_DATA."""
    worker, count = job_queue.worker_name(), 0
    dossier_orders.sweep(data / DOSSIERS, utcnow())
    token = engine.is_writing.set(False)
    try:
        while (order_id := written(session, lambda: _claimed(session, worker))) is not None:
            count += _pack(session, clock, data, order_id, worker)
    finally:
        session.rollback()
        engine.is_writing.reset(token)
    return count


def _claimed(session: Session, worker: str) -> int | None:
    order = dossier_orders.claim(session, worker, utcnow())
    return order.id if order is not None else None


def _pack(session: Session, clock: Clock, data: Path, order_id: int, worker: str) -> bool:
    """One dossier: the database is only read while it is written, so that nobody waits for it."""
    today, now = clock()
    order = session.get_one(m.DossierOrder, order_id, execution_options={"gated": True})
    actor = session.info["actor"] = gate_actors.actor_of(session, order.by, today, now, "job")

    def tick(place: int) -> None:
        if place % EVERY == 0:
            with Session(session.get_bind()) as beside:
                written(beside, lambda: dossier_orders.advance(beside, order_id, worker, place, utcnow()))

    try:
        if not order.by.is_active:
            raise RuleBroken("经办账号已停用。")
        name, packed = dossier_orders.pack(session, actor, order, data / "attachments", data / DOSSIERS, tick)
        path = data / DOSSIERS / name
        written(session, lambda: dossier_orders.finish(session, actor, order_id, path, packed, utcnow()))
    except RuleBroken as no:
        message = no.message
        written(session, lambda: dossier_orders.give_up(session, order_id, message, utcnow()))
        return False
    finally:
        session.info.pop("actor", None)
    return True
