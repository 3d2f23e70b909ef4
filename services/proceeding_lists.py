"""Reading proceedings: those of a matter, those to come, those nobody recorded; a hearing's days beside the re-review's clock (F4)."""

import re
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.proceedings import ProceedingKind, ProceedingState
from rules.words import Status
from services import gate


def of_matter(session: Session, actor: Actor, petition: m.Petition) -> list[m.Proceeding]:
    """All of one matter the actor may see, the newest first."""
    p = m.Proceeding
    return list(
        session.scalars(gate.rows(actor, p).where(p.petition_id == petition.id).order_by(p.held_on.desc(), p.id.desc()))
    )


def counted_out(row: m.Proceeding) -> m.Move | None:
    """The move (复核听证) that took this hearing's days out of the re-review's 30; None when it is no such hearing (Art 36)."""
    if row.kind is not ProceedingKind.HEARING:
        return None
    hears = [move for move in row.petition.moves if move.verb == "hear"]
    return next((one for one in hears if _day(one, "from_on") <= row.held_on <= _day(one, "to_on")), None)


def _day(move: m.Move, name: str) -> date:
    """A date of a move as its history keeps it: 2026年6月20日."""
    found = [int(part) for part in re.findall(r"\d+", str(move.details.get(name, "")))]
    return date(*found) if len(found) == 3 else date.min


def waits_for_clock(row: m.Proceeding) -> bool:
    """A hearing held while the matter is re-reviewed, its days not taken out of the term yet."""
    is_hearing = row.kind is ProceedingKind.HEARING and row.state is ProceedingState.HELD
    return is_hearing and row.petition.status is Status.RECHECKING and counted_out(row) is None


PLANNED = m.Proceeding.state == ProceedingState.PLANNED


def planned(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Still to come."""
    return statement.where(PLANNED)


def overdue(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Its day has passed and nothing was recorded."""
    return statement.where(PLANNED, m.Proceeding.held_on < actor.today)


def held(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Held."""
    return statement.where(m.Proceeding.state == ProceedingState.HELD)


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """For the workbench of those who write them: {"overdue": planned ones nobody recorded}."""
    if not access.may(actor, "proceeding.edit"):
        return {}
    return {"overdue": gate.count(session, overdue(gate.rows(actor, m.Proceeding), actor))}
