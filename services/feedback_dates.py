"""The day a 交办函 names for the result: the one the law's days propose, and the one beyond which a reason is asked (B2, Art 34)."""

from datetime import date

from sqlalchemy.orm import Session

import models as m
from rules import deadlines
from rules.deadlines import Due
from rules.moves import runs_for
from rules.words import Purpose, RuleBroken
from services import calendars

SENT = "交办"


def usual(session: Session, purpose: Purpose, sent_on: date) -> Due:
    """The days of handling counted from the letter: 60 by law, or the office's own target where the law sets none."""
    row = calendars.term(session, "handle" if runs_for("handle", purpose) else "other_handle", sent_on)
    return deadlines.compute(
        sent_on, row.days, row.unit, calendars.load(session), roll=row.roll, source=row.source, start_word=SENT
    )


def last(session: Session, purpose: Purpose, sent_on: date) -> Due | None:
    """The law's days with their longest extension, 60 + 30; None where the law sets no days."""
    if not runs_for("handle", purpose):
        return None
    row, more = calendars.term(session, "handle", sent_on), calendars.term(session, "extend", sent_on)
    calendar = calendars.load(session)
    return deadlines.compute(
        sent_on, row.days, row.unit, calendar, roll=row.roll, extended=more.days, source=row.source, start_word=SENT
    )


def proposed(session: Session, petition: m.Petition, today: date) -> date:
    """What the letter's form is filled with: the usual day, or the one an upper body wants the result on when that is earlier."""
    day = usual(session, petition.purpose, today).breach
    asked = petition.sender_due_on if petition.reported_up_on is None else None
    return min(day, asked) if asked and asked >= today else day


def is_beyond(session: Session, purpose: Purpose, sent_on: date, day: date) -> bool:
    """Does a letter sent then name a day farther off than the law's longest?"""
    found = last(session, purpose, sent_on)
    return found is not None and day > found.breach


def check(session: Session, petition: m.Petition, sent_on: date, day: date, reason: str | None) -> None:
    """Beyond the law's days only with a reason. Raises RuleBroken (field late_reason)."""
    found = last(session, petition.purpose, sent_on)
    if found is None or petition.is_carried_over or day <= found.breach or (reason or "").strip():
        return
    raise RuleBroken(
        f"超期理由：反馈期限 {day} 晚于法定办理期限加延长的最后一天 {found.breach}（《信访工作条例》第三十四条），"
        "请改早反馈期限，或写明理由。",
        "late_reason",
    )
