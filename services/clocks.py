"""The law's clocks on a matter: started, stopped, extended by moves; the matter mirrors the one that runs."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import deadlines, owed
from rules.deadlines import Due
from rules.moves import runs_for
from rules.terms import NAMED, NATURAL, WORKING
from services import calendars

START_WORDS = {
    "office_route": "登记",
    "unit_accept": "单位收到",
    "object": "单位收到",
    "handle": "受理",
    "simple_answer": "决定简易办理",
    "review_request": "送达",
    "review": "申请复查",
    "recheck_request": "送达",
    "recheck": "申请复核",
    "first_reply": "登记",
    "other_handle": "受理",
    "referral": "请示",
    "serve": "答复",
    "close": "上一步完成",
}
"""What happened on the day a term counts from, as the derivation words it."""

LETTER = "交办函写明的反馈期限"
"""The source of a unit's feedback date."""

RESET = "信访办改定的反馈期限"
"""The source of a feedback date that the office named anew."""

NOT_OURS = (owed.Owner.UPPER, owed.Owner.BODY)
"""Late is a body that is neither the office nor one of its units."""

WAITING_TERMS = ("review_request", "recheck_request", "object")
"""Windows of the petitioner or the unit: they run, but nobody of the office is late when they end."""


def start(
    session: Session,
    petition: m.Petition,
    term: str,
    started_on: date,
    unit_id: int | None = None,
    body: str | None = None,
) -> m.Clock | None:
    """Start a term's clock for this matter, or None when it does not run for its purpose or the matter is carried over.

    `unit_id`, `body`: the responsible unit and the body named in the move; each is kept where it is the one that is late
    (rules.owed). Raises RuleBroken when the office has no valid row for the term.
    """
    clock = made(session, petition, term, started_on, unit_id, body)
    if clock is None:
        return None
    session.add(clock)
    session.flush()
    mirror(petition)
    return clock


def made(
    session: Session,
    petition: m.Petition,
    term: str,
    started_on: date,
    unit_id: int | None = None,
    body: str | None = None,
) -> m.Clock | None:
    """The row `start` adds, not yet in a session."""
    if petition.is_carried_over or not runs_for(term, petition.purpose):
        return None
    row = calendars.term(session, term, started_on)
    due = deadlines.compute(started_on, row.days, row.unit, calendars.load(session), roll=row.roll, source=row.source)
    return m.Clock(
        petition=petition,
        term=term,
        unit_id=unit_id if owed.is_units(term) else None,
        body=body if owed.owner_of(term) in NOT_OURS else None,
        started_on=started_on,
        days=row.days,
        is_working_days=row.unit == WORKING,
        due_on=due.due,
        breach_on=due.breach,
        is_provisional=due.provisional,
        source=row.source,
    )


def start_named(
    session: Session,
    petition: m.Petition,
    term: str,
    due_on: date,
    source: str,
    started_on: date,
    unit_id: int | None,
    body: str | None = None,
) -> m.Clock:
    """Start a clock whose last day is named (rules.terms.NAMED): a 交办函's, the sender's, another law's by its `body`."""
    clock = m.Clock(
        petition=petition, term=term, unit_id=unit_id if owed.is_units(term) else None, body=body, started_on=started_on,
        days=0, due_on=due_on, breach_on=due_on, source=source[:100],
    )  # fmt: skip
    session.add(clock)
    session.flush()
    mirror(petition)
    return clock


def resume(session: Session, petition: m.Petition, terms: tuple[str, ...]) -> None:
    """Let the clock of these terms that ran last go on from where it began, with its extensions."""
    last = next((clock for clock in reversed(petition.clocks) if clock.term in terms), None)
    if last is None or last.stopped_on is None:
        return
    facts = (
        "term",
        "unit_id",
        "started_on",
        "days",
        "is_working_days",
        "extended_days",
        "due_on",
        "breach_on",
        "source",
        "body",
    )
    clock = m.Clock(petition=petition, **{name: getattr(last, name) for name in facts})
    session.add(clock)
    recompute(session, clock)
    session.flush()
    mirror(petition)


def pause(session: Session, clock: m.Clock, days: int) -> None:
    """Natural days of a hearing are not counted (Art 36)."""
    clock.paused_days += days
    recompute(session, clock)
    mirror(clock.petition)


def stop(petition: m.Petition, terms: tuple[str, ...], on: date) -> None:
    """Stop the running clocks of these terms."""
    for clock in running(petition):
        if clock.term in terms:
            clock.stopped_on = on
    mirror(petition)


def extend(session: Session, clock: m.Clock, days: int) -> None:
    """Extend a running clock by natural days, counted from the unrolled due (Art 34)."""
    clock.extended_days += days
    recompute(session, clock)
    mirror(clock.petition)


def recompute(session: Session, clock: m.Clock) -> bool:
    """Recompute a clock from its own facts after an extension or a calendar change; True when a date moved."""
    due = derivation(session, clock)
    before = (clock.due_on, clock.breach_on)
    clock.due_on, clock.breach_on, clock.is_provisional = due.due, due.breach, due.provisional
    return before != (clock.due_on, clock.breach_on)


def derivation(session: Session, clock: m.Clock) -> Due:
    """The clock's dates with every step and its source."""
    if clock.term in NAMED:
        return deadlines.named(clock.due_on, clock.source)
    row = calendars.term(session, clock.term, clock.started_on)
    unit = WORKING if clock.is_working_days else NATURAL
    return deadlines.compute(
        clock.started_on,
        clock.days,
        unit,
        calendars.load(session),
        roll=row.roll,
        extended=clock.extended_days,
        paused=clock.paused_days,
        source=clock.source,
        start_word=START_WORDS.get(clock.term, "起算日"),
    )


def running(petition: m.Petition) -> list[m.Clock]:
    """Clocks of a matter that are not stopped."""
    return [clock for clock in petition.clocks if clock.stopped_on is None]


def current(petition: m.Petition) -> m.Clock | None:
    """The running clock somebody of the office can be late for: the earliest breach."""
    found = [clock for clock in running(petition) if clock.term not in WAITING_TERMS]
    return min(found, key=lambda clock: (clock.breach_on, clock.id), default=None)


def mirror(petition: m.Petition) -> None:
    """Copy the running clock's dates onto the matter, so that lists sort by an index."""
    clock = current(petition)
    petition.due_term = clock.term if clock else None
    petition.due_on = clock.due_on if clock else None
    petition.breach_on = clock.breach_on if clock else None


def recompute_all(session: Session) -> list[tuple[m.Clock, date, date]]:
    """After the calendar changed: every running clock whose dates moved, with its old due and breach."""
    calendars.forget(session)
    moved = []
    for clock in session.scalars(sa.select(m.Clock).where(m.Clock.stopped_on.is_(None)).execution_options(gated=True)):
        before = (clock.due_on, clock.breach_on)
        if recompute(session, clock):
            mirror(clock.petition)
            moved.append((clock, *before))
    session.flush()
    return moved
