"""The recurring screening round (定期排查): made once a month by the office's own rule (E2)."""

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import report_days
from rules.access import Actor
from rules.meetings import last_day
from rules.roster_period import month_of
from services import calendars, office_zone, screening, settings

MONTHLY = "每月"
END_OF_DAY = "17:00"
"""The hour of a rule that names none."""


def due_at(session: Session, month: date) -> datetime:
    """The hour this month's returns are due, by the setting; a rest day is put off. Aware."""
    rule = report_days.parse(str(settings.get(session, "screening_due", month)))
    hour = time.fromisoformat(rule.at or END_OF_DAY)
    return datetime.combine(rule.on(month, calendars.load(session)), hour, office_zone.current())


def is_due(session: Session, today: date, now: datetime) -> bool:
    """Is this month's round to be asked now and not made yet?"""
    if settings.get(session, "screening_every", today) != MONTHLY:
        return False
    asked_on = last_day(today, int(settings.get(session, "screening_ask_day", today)))
    if today < asked_on or due_at(session, today) <= now:
        return False
    return session.scalar(sa.select(m.ScreeningRound.id).where(m.ScreeningRound.key == month_of(today))) is None


def make(session: Session, actor: Actor) -> m.ScreeningRound | None:
    """This month's round of every unit, or None when it is not its day or it was made."""
    if not is_due(session, actor.today, actor.now):
        return None
    asked = screening.Asked(
        screening.usual_name(actor.today), due_at(session, actor.today),
        [unit.id for unit in screening.owing_units(session)], key=month_of(actor.today),
    )  # fmt: skip
    return screening.ask(session, actor, asked) if asked.unit_ids else None
