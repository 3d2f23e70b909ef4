"""Dossiers packed by the worker (卷宗打包任务): queued with a reason, one at a time, piece by piece, the file kept for a day (B9)."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.job_words import ENDED, JobState
from rules.words import RuleBroken
from services import dossier, dossier_zip, exports, gate, job_queue

KEPT = timedelta(days=1)
"""How long a finished file can be taken away."""
WAITING = 3
"""Orders of one account that may wait at a time."""


def ask(session: Session, actor: Actor, petition: m.Petition, reason: str) -> m.DossierOrder:
    """Queue the packing of a matter's dossier. Raises RuleBroken: no reason, empty, asked already, too many waiting."""
    gate.allow(actor, "petition.dossier")
    exports.check_reason(reason)
    total = len(dossier.contents(session, actor, petition))
    if not total:
        raise RuleBroken("卷宗打包：卷内还没有文书和附件。")
    own = gate.rows(actor, m.DossierOrder).where(m.DossierOrder.state.not_in(ENDED))
    waiting = list(session.scalars(own))
    if any(order.petition_id == petition.id for order in waiting):
        raise RuleBroken("卷宗打包：这件事项正在打包，请等它完成。")
    if len(waiting) >= WAITING:
        raise RuleBroken(f"卷宗打包：您已有 {WAITING} 份在排队，请等它们完成。")
    order = m.DossierOrder(
        petition=petition, by_id=actor.user_id, asked_on=actor.today, reason=reason.strip(), total=total
    )
    session.add(order)
    session.flush()
    return order


def of(session: Session, actor: Actor, petition: m.Petition, now: datetime) -> list[m.DossierOrder]:
    """The actor's own orders of this matter that are under way or can still be taken away, newest first."""
    order = m.DossierOrder
    kept = sa.or_(order.ended_at.is_(None), order.ended_at > now - KEPT)
    return list(
        session.scalars(
            gate.rows(actor, order).where(order.petition_id == petition.id, kept).order_by(order.id.desc()).limit(20)
        )
    )


def file_of(order: m.DossierOrder, folder: Path, now: datetime) -> Path:
    """Where the finished file lies. Raises RuleBroken while it is made, NotHere when it is gone."""
    if order.state is not JobState.DONE:
        raise RuleBroken("卷宗还没有打包完成，请稍后再下载。")
    path = folder / (order.stored_name or "")
    if order.ended_at is None or now - order.ended_at > KEPT or not path.is_file():
        raise gate.NotHere("打包的文件只保留一天，请重新打包。")
    return path


def has_work(session: Session) -> bool:
    """Is anything to be packed? A plain read."""
    order = m.DossierOrder
    asked = sa.select(order.id).where(order.state.not_in(ENDED)).limit(1)
    return session.scalar(asked, execution_options={"gated": True}) is not None


def claim(session: Session, worker: str, now: datetime) -> m.DossierOrder | None:
    """The oldest order nobody works on, now this worker's; the caller commits."""
    order = m.DossierOrder
    asked = sa.select(order).where(order.state.not_in(ENDED)).order_by(order.id).with_for_update()
    for row in session.scalars(asked.execution_options(gated=True, populate_existing=True)).all():
        if job_queue.is_free(row, now):
            row.worker, row.heartbeat_at, row.state, row.done = worker, now, JobState.RUNNING, 0
            session.flush()
            return row
    return None


def pack(
    session: Session, actor: Actor, order: m.DossierOrder, files: Path, folder: Path, tick: dossier_zip.Tick
) -> tuple[str, dossier_zip.Packed]:
    """Make the file whole under a name of its own: (name, what lies in it). Only reads the database.

    files: where attachments lie; folder: where dossiers go. Raises RuleBroken when the actor may not any more.
    """
    petition = gate.find(session, actor, m.Petition, order.petition_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_hex(20)}.zip"
    part = folder / f"{name}.part"
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            packed = dossier_zip.write(session, actor, petition, order.reason, out, files, tick)
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)
    return name, packed


def advance(session: Session, order_id: int, worker: str, done: int, now: datetime) -> None:
    """How far it is, and a sign of life."""
    order = _one(session, order_id)
    if order.worker == worker:
        order.done, order.heartbeat_at = min(done, order.total), now
        session.flush()


def finish(
    session: Session, actor: Actor, order_id: int, path: Path, packed: dossier_zip.Packed, now: datetime
) -> None:
    """The file is there: note where, its fingerprint, and the export in the trail."""
    order = _one(session, order_id)
    with path.open("rb") as file:
        order.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    order.size, order.stored_name = path.stat().st_size, path.name
    order.state, order.ended_at, order.worker, order.done = JobState.DONE, now, None, order.total
    session.flush()
    dossier_zip.note(session, actor, order.petition, order.reason, packed)


def _one(session: Session, order_id: int) -> m.DossierOrder:
    asked = sa.select(m.DossierOrder).where(m.DossierOrder.id == order_id).with_for_update()
    return session.scalars(asked.execution_options(gated=True, populate_existing=True)).one()


def give_up(session: Session, order_id: int, why: str, now: datetime) -> None:
    """The order cannot be met: it ends, saying why."""
    order = _one(session, order_id)
    order.state, order.ended_at, order.worker, order.message = JobState.CANCELLED, now, None, why[:300]
    session.flush()


def sweep(folder: Path, now: datetime) -> None:
    """Remove files older than a day, and what a killed worker left."""
    for path in _files(folder):
        if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink(missing_ok=True)


def _files(folder: Path) -> Iterable[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
