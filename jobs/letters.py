"""Letters by mail: reminders and the digest of the working day, each once (B8)."""

import logging
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import models as m
from services import digest, mail, reminders

log = logging.getLogger("desk.jobs")


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
