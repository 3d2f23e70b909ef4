"""What goes along when contacts leave one matter for another (拆分、并案): files, readings, records, and whom it complains of.

Nothing is deleted and no number is used twice: each step is a line in the history of both matters, with its reason (A4, A5).
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RespondentKind, RuleBroken, Status
from services import attachments, search

AIM = ("kind", "unit_id", "leader_id", "user_id", "name")
"""Columns of a respondent that say who he is."""


def take_respondents(session: Session, petition: m.Petition, target: m.Petition) -> None:
    """Whom the one matter complains of, the other does too: nobody complained of may read a contact through it (§3)."""
    known = {aim(row) for row in target.respondents}
    for row in petition.respondents:
        if aim(row) not in known:
            same: dict[str, Any] = {name: getattr(row, name) for name in AIM}
            session.add(m.Respondent(petition=target, **same))
    session.flush()


def aim(row: m.Respondent) -> tuple[RespondentKind, int | str]:
    """Whom the row means, so that two rows can be compared: the kind, and an id or a name."""
    return row.kind, row.unit_id or row.leader_id or row.user_id or row.name


def carry(session: Session, contact: m.Contact, target: m.Petition) -> None:
    """The contact goes to the other matter, with the letter's reading, the reception's record and the files that came with it."""
    source = contact.petition
    readings = sa.select(m.Reading).where(m.Reading.contact_id == contact.id).execution_options(gated=True)
    records = sa.select(m.ReceptionRecord).where(m.ReceptionRecord.contact_id == contact.id)
    moving: list[Any] = [*session.scalars(readings), *session.scalars(records.execution_options(gated=True))]
    moving += attachments.movable(session, source, contact)
    _check_readings(session, [row for row in moving if isinstance(row, m.Reading)], target)
    contact.petition = target
    hand_over(session, moving, target)
    for petition in (source, target):
        session.expire(petition, ["contacts"])


def hand_over(session: Session, rows: Iterable[Any], target: m.Petition) -> None:
    """Give rows of one matter (readings, records, files) to another."""
    for row in rows:
        row.petition_id = target.id
        session.flush()
        session.expire(row, ["petition"])
    session.flush()


def _check_readings(session: Session, moving: list[m.Reading], target: m.Petition) -> None:
    """One leader never has two letters of one matter before him at once."""
    row = m.Reading
    waiting = sa.select(row.leader_id).where(
        row.petition_id == target.id, row.read_on.is_(None), row.withdrawn_reason.is_(None)
    )
    before = set(session.scalars(waiting.execution_options(gated=True)))
    for one in moving:
        if one.read_on is None and one.withdrawn_reason is None and one.leader_id in before:
            raise RuleBroken(f"登记件：两件都呈{one.leader.name}阅批、尚未阅批，请先撤回其中一件。")


def index(session: Session, *changed: m.Petition) -> None:
    """Let the search find these matters by what they hold now."""
    session.flush()
    for petition in changed:
        session.expire(petition, ["contacts"])
        search.index(session, petition)


def note(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    verb: str,
    text: str,
    other: m.Petition,
    before: Status | None = None,
) -> None:
    """A corrective line in the history: what happened, why, and which other matter it concerns."""
    session.add(
        m.Move(
            petition=petition,
            verb=verb,
            from_status=before or petition.status,
            to_status=petition.status,
            moved_on=actor.today,
            moved_at=actor.now,
            by_id=actor.user_id,
            by_name=actor.name,
            note=text,
            details={"petition_id": other.id},
        )
    )
    session.flush()
