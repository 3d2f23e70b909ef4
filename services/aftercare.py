"""What a move means for the time after the answer: until when the petitioner rates, which return visits are planned (H4, §5)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import aftercare
from rules.access import Actor
from rules.aftercare import Occasion
from rules.words import OPEN_STATUSES, Status
from services import return_visits, settings

ANSWERED = (Status.SERVED, Status.REVIEWED, Status.FINAL, Status.CLOSED)
"""States in which the petitioner has his answer and can rate."""
SHELVED = (Status.CLOSED, Status.ARCHIVED)


def follow(session: Session, actor: Actor, petition: m.Petition, before: Status, said: Mapping[str, Any]) -> None:
    """After a move: open or end the time to rate; on closing plan the return visits, on reopening drop those to come."""
    _window(session, actor, petition, said)
    if petition.status is Status.CLOSED and before not in SHELVED:
        return_visits.drop_to_come(session, petition, Occasion.OPEN, "已办结，按办结后的回访安排")
        return_visits.schedule_after(session, actor, petition)
    if before in SHELVED and petition.status in OPEN_STATUSES:
        return_visits.drop_to_come(session, petition, Occasion.AFTER, "重新办理，另行安排回访")


def _window(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    if petition.rated_on is not None or petition.status is Status.ARCHIVED:
        return
    if petition.status not in ANSWERED:
        petition.rate_by = None
    elif petition.rate_by is None and not petition.is_carried_over:
        moment = said.get("served_at")
        days = int(settings.get(session, "rating_days", actor.today))
        petition.rate_by = aftercare.rate_by(moment.date() if moment else actor.today, days)


def to_rate(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Answered matters that nobody has rated yet (待评价)."""
    row = m.Petition
    return statement.where(row.status.in_(ANSWERED), row.rated_on.is_(None), row.rate_by.is_not(None))
