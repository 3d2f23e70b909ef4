"""Work outside a request, one pass at a time (`flask jobs run`, from cron or a systemd timer). Commits letter by letter.

Nothing is lost when a pass is killed: what was not handed over is tried again by the next.
"""

import logging
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import mail, reminders
from services.reminders import Reminder

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


def remind(session: Session, today: date, smtp_url: str, address: str) -> Letters:
    """Send the reminders due today, each once; without `smtp_url` nothing is sent (the workbench shows them anyway).

    `address`: the office's own page, named in the letters. Raises RuleBroken when the URL is no SMTP address.
    """
    found = reminders.due(session, today)
    told = Letters(due=len(found), no_address=sum(not one.user.email for one in found))
    able = [one for one in found if one.user.email]
    if not smtp_url or not able:
        return told
    try:
        with mail.opened(mail.server_of(smtp_url)) as post:
            for one in able:
                _send(session, post, one, today, address, told)
    except mail.MailFailed as error:
        log.warning("mail server: %s", error)
    told.failed = len(able) - told.sent
    return told


def _send(session: Session, post: mail.Post, one: Reminder, today: date, address: str, told: Letters) -> None:
    """One letter. Raises MailFailed only when the server is down; a refused letter is logged and tried next time."""
    try:
        claimed = reminders.claim(session, one)
        session.commit()
    except IntegrityError:  # another pass has it
        session.rollback()
        told.sent += 1
        return
    try:
        letter = reminders.text(session, one, today, address)
        post.send(one.user.email or "", reminders.subject(one), letter)
    except mail.MailFailed as error:
        reminders.give_back(session, claimed)
        session.commit()
        log.warning("reminder for account %s did not go out: %s", one.user.id, error)
        if error.is_down:
            raise
        return
    told.sent += 1
