"""Work outside a request: reminders by mail, mail merges. `flask jobs run` is one pass; `flask serve` keeps a worker beside it.

Commits letter by letter and chunk by chunk. Nothing is lost when a pass is killed: what was not done is done by the next.
"""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

import models as m
from models import engine
from models.base import utcnow
from rules import access
from rules.access import Actor, may
from rules.words import RuleBroken
from services import (
    digest,
    dossier_orders,
    gate_actors,
    job_queue,
    mail,
    mail_merge,
    nightly_check,
    reminders,
    screening_rule,
)

log = logging.getLogger("desk.jobs")
Clock = Callable[[], tuple[date, datetime]]
T = TypeVar("T")
DOSSIERS = "dossiers"
"""The folder of packed dossiers under DESK_DATA."""
EVERY = 5
"""Pieces of a dossier between two signs of life."""
PAUSE = 2.0
"""Seconds a worker waits before it looks again."""


@dataclass
class Letters:
    """What a pass did with the reminders that were due."""

    due: int = 0
    sent: int = 0
    failed: int = 0
    no_address: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


class Due(Protocol):
    """Something to be mailed once: `key` names it, `user` gets it."""

    @property
    def key(self) -> str: ...
    @property
    def user(self) -> m.User: ...


def remind(session: Session, today: date, smtp_url: str, address: str) -> Letters:
    """Send the reminders due today, each once; without `smtp_url` nothing is sent (the workbench shows them anyway).

    `address`: the office's own page, named in the letters. Raises RuleBroken when the URL is no SMTP address.
    """
    found = reminders.due(session, today)
    told = Letters(due=len(found), no_address=sum(not one.user.email for one in found))
    written = (
        (one, reminders.subject(one), reminders.text(session, one, today, address)) for one in found if one.user.email
    )
    return _send_all(session, list(written) if smtp_url else [], smtp_url, told)


def send_digests(session: Session, today: date, now: datetime, smtp_url: str, address: str) -> Letters:
    """Send each person the digest of this working day, once; without `smtp_url` it stands on its screen only (B8)."""
    found = digest.letters(session, today, now, address) if smtp_url else []
    return _send_all(session, [(one, one.subject, one.text) for one in found], smtp_url, Letters(due=len(found)))


def check_at_night(session: Session, today: date, now: datetime) -> dict[str, int] | None:
    """The nightly check, once a day by whichever pass comes first; None when it has been made (B8)."""
    if not nightly_check.is_due(session, today):
        return None
    try:
        done = nightly_check.run(session, access.system(today, now), key=nightly_check.night(today))
    except RuleBroken:  # another pass has it
        session.rollback()
        return None
    session.commit()
    return done.as_json()


def ask_screening(session: Session, today: date, now: datetime) -> dict[str, int] | None:
    """This month's screening round, once, by whichever pass comes first; None when it is not its day (E2)."""
    try:
        made = screening_rule.make(session, access.system(today, now))
        session.commit()
    except IntegrityError:  # another pass has it
        session.rollback()
        return None
    return {"units": len(made.returns)} if made is not None else None


def _send_all(session: Session, written: list[tuple[Due, str, str]], smtp_url: str, told: Letters) -> Letters:
    """Hand over (what, subject, text) one by one over one connection, and count."""
    if not written:
        return told
    try:
        with mail.opened(mail.server_of(smtp_url)) as post:
            for one, subject, text in written:
                _send(session, post, one, subject, text, told)
    except mail.MailFailed as error:
        log.warning("mail server: %s", error)
    told.failed = len(written) - told.sent
    return told


def _send(session: Session, post: mail.Post, one: Due, subject: str, text: str, told: Letters) -> None:
    """One letter. Raises MailFailed only when the server is down; a refused letter is logged and tried next time."""
    try:
        claimed = reminders.claim(session, one)
        session.commit()
    except IntegrityError:  # another pass has it
        session.rollback()
        told.sent += 1
        return
    try:
        post.send(one.user.email or "", subject, text)
    except mail.MailFailed as error:
        reminders.give_back(session, claimed)
        session.commit()
        log.warning("letter for account %s did not go out: %s", one.user.id, error)
        if error.is_down:
            raise
        return
    told.sent += 1


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


def pack_dossiers(session: Session, clock: Clock, data: Path) -> int:
    """Pack every dossier nobody works on; how many files came of it. `data`: DESK_DATA."""
    worker, count = job_queue.worker_name(), 0
    dossier_orders.sweep(data / DOSSIERS, utcnow())
    token = engine.is_writing.set(False)
    try:
        while (order_id := _written(session, lambda: _claimed(session, worker))) is not None:
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
                _written(beside, lambda: dossier_orders.advance(beside, order_id, worker, place, utcnow()))

    try:
        if not order.by.is_active:
            raise RuleBroken("经办账号已停用。")
        name, packed = dossier_orders.pack(session, actor, order, data / "attachments", data / DOSSIERS, tick)
        path = data / DOSSIERS / name
        _written(session, lambda: dossier_orders.finish(session, actor, order_id, path, packed, utcnow()))
    except RuleBroken as no:
        message = no.message
        _written(session, lambda: dossier_orders.give_up(session, order_id, message, utcnow()))
        return False
    finally:
        session.info.pop("actor", None)
    return True


def _written(session: Session, write: Callable[[], T]) -> T:
    """A short transaction that takes the write lock at once."""
    session.rollback()
    token = engine.is_writing.set(True)
    try:
        found = write()
        session.commit()
        return found
    finally:
        session.rollback()
        engine.is_writing.reset(token)


def _may_go_on(job: m.Job, actor: Actor) -> bool:
    """An account disabled or given another role meanwhile issues nothing more."""
    return bool(job.by.is_active) and may(actor, "job.make")


def work(session: Session, clock: Clock, parent: int, data: Path) -> None:
    """Look for work until the process that started this one is gone."""
    while os.getppid() == parent:
        token = engine.is_writing.set(False)
        try:
            has_letters, has_dossiers = job_queue.has_work(session), dossier_orders.has_work(session)
            session.rollback()
            if has_letters:
                merge(session, clock)
            if has_dossiers:
                pack_dossiers(session, clock, data)
        except OperationalError as error:  # the database is not there yet, or somebody writes for very long
            session.rollback()
            log.warning("worker: %s", error.orig)
        finally:
            engine.is_writing.reset(token)
        time.sleep(PAUSE)
