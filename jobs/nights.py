"""What is begun once a day or once a month, by whichever pass comes first (B8, E2, H5)."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rules import access
from rules.words import RuleBroken
from services import inspection_runs, nightly_check, screening_rule


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


def inspect_at_night(session: Session, today: date, now: datetime) -> bool:
    """Queue the day's check of all files; False when that was done (H5)."""
    run = inspection_runs.ask_for_night(session, access.system(today, now))
    session.commit()
    return run is not None
