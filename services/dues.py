"""What falls due (到期) for an actor: every clock, every date a letter named, every target of the office, and who is late (B8, B10).

Read through the gate; targets are derived from the matter's own dates and stand nowhere (docs/decisions.md).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import deadlines, owed
from rules.access import Actor
from rules.deadlines import Due
from rules.moves import CLOCK_PURPOSES
from rules.owed import Kind, Owner
from rules.words import RuleBroken, Status
from services import calendars, clocks, gate

MOST = 300
"""Rows of one kind on one screen of its own or on paper; what is beyond stands in the matters' own list."""
FEW = 50
"""Rows of one kind on a screen of all kinds: it is read from the top, and a kind has a screen of its own."""
WRITTEN = ("letter", "online", "fax_mail", "mailbox")
"""Channels whose writers are owed a first reply (B4); who comes or calls is told at once."""
BEFORE_HANDLING = (Status.REGISTERED, Status.PROPOSED, Status.ROUTED, Status.OBJECTED)
TOLD = (
    "first_reply", "answer", "guide", "no_more", "accept", "simple", "refuse", "divert", "simple_reply", "reply",
)  # fmt: skip
"""Moves by which the petitioner hears of his matter."""


@dataclass(frozen=True)
class Item:
    """One thing that falls due. `unit`: late when it is missed, if a unit is; `who`: in words; `clock`: its row, if it has one.

    `about`, `title`: a row that is no matter, and what it says; `leader_id`, `user_id`: whose task it is, where no unit's.
    """

    kind: Kind
    petition: m.Petition | None
    due: date
    breach: date
    unit: m.Unit | None
    who: str
    base: date | None = None
    clock: m.Clock | None = None
    supervision: Any = None
    note: str = ""
    about: Any = None
    title: str = ""
    leader_id: int | None = None
    user_id: int | None = None

    @property
    def number(self) -> str:
        """Of the matter, or of what has none."""
        return self.petition.number if self.petition is not None else str(self.about or self.supervision)

    @property
    def is_guarded(self) -> bool:
        """Does it belong to a guarded matter (检举控告、保密)?"""
        matter = self.petition or getattr(self.about, "petition", None)
        return matter is not None and matter.is_guarded

    def light(self, today: date, soon: int) -> str:
        """The key of rules.deadlines.LIGHTS; a window that has closed is over and nobody is late."""
        return deadlines.light(self.due, self.breach, today, soon)


def of_matter(session: Session, petition: m.Petition, actor: Actor) -> list[Item]:
    """Every date that runs on one matter, its windows included, the earliest first; for the matter's own page."""
    found = [of_clock(clock) for clock in clocks.running(petition)]
    found += [
        of_target("rectify", petition, row.due_on, row.due_on, note=row.text)
        for row in petition.rectifications
        if row.done_on is None
    ]
    for key, base in bases(petition):
        target = due_of(session, key, base)
        if target is not None:
            found.append(of_target(key, petition, target.due, target.breach, base=base))
    asked = open_supervisions(actor).where(m.Supervision.petition_id == petition.id)
    found += [of_supervision(one) for one in session.scalars(asked)]
    return sorted(found, key=lambda one: (one.breach, one.kind.key))


def nearest(items: Iterable[Item]) -> Item | None:
    """Of a matter's dates the first by which somebody has to act, put off to a working day where the rules say so.

    A window that only closes is nobody's duty.
    """
    owed_ones = [item for item in items if not item.kind.is_window]
    return min(owed_ones, key=lambda item: (item.breach, item.due), default=None)


def derivation(session: Session, item: Item) -> Due:
    """How the date came about, step by step, with its sources."""
    if item.clock is not None:
        try:
            return clocks.derivation(session, item.clock)
        except (
            RuleBroken
        ):  # no rule of that day any more: the nightly check says so, and the date stands as it was counted
            return deadlines.named(item.due, item.clock.source)
    if item.base is not None:
        return due_of(session, item.kind.key, item.base) or deadlines.named(item.due, item.kind.label)
    return deadlines.named(item.due, item.kind.label)


def due_of(session: Session, key: str, base: date) -> Due | None:
    """The last day of one of the office's targets counted from `base`; None where the office has no row for that day."""
    try:
        row = calendars.term(session, key, base)
    except RuleBroken:
        return None
    return deadlines.compute(
        base, row.days, row.unit, calendars.load(session), roll=row.roll, source=row.source,
        start_word=clocks.START_WORDS.get(key, "起算日"),
    )  # fmt: skip


def owner_words(term: str, petition: m.Petition | None, unit: m.Unit | None, body: str | None = None) -> str:
    """Who is late, by name: 信访办, the unit, the upper body, the body of the other procedure."""
    owner = owed.owner_of(term)
    if owner is Owner.UPPER:
        return body or owed.UPPER_WORDS[term]
    if owner is Owner.UNIT:
        named = unit or (petition.unit if petition is not None else None)
        return named.name if named is not None else Owner.OFFICE.label
    return body or owner.label


def late_owner(petition: m.Petition) -> str:
    """Who is late on the date a list shows for this matter; the unit, or the office, where none runs.

    While an objection waits the next step is the office's, whatever the unit's clock says.
    """
    if petition.status is Status.OBJECTED:
        return Owner.OFFICE.label
    if petition.due_term is None:
        return petition.unit.name if petition.unit is not None else Owner.OFFICE.label
    return owner_words(petition.due_term, petition, None)


def bases(petition: m.Petition) -> Iterator[tuple[str, date]]:
    """The office's targets that run on this matter now: (kind, the day it counts from). The SQL below says the same."""
    if petition.is_carried_over:
        return
    verbs = {move.verb for move in petition.moves}
    named = {clock.term: clock for clock in clocks.running(petition)}
    wrote = petition.channel in WRITTEN and not all(contact.is_anonymous for contact in petition.contacts)
    if petition.status in BEFORE_HANDLING and wrote and not verbs & set(TOLD):
        yield "first_reply", petition.registered_on
    if petition.status in (Status.ROUTED, Status.HANDLING):
        yield from (("referral", row.asked_on) for row in petition.referrals if row.answered_on is None)
    if petition.status is Status.REPLIED and petition.replied_on:
        yield "serve", petition.replied_on
    if "feedback" in named:
        return
    untimed = petition.purpose not in CLOCK_PURPOSES["handle"] and not petition.is_simple
    if petition.status is Status.HANDLING and untimed and petition.accepted_on:
        yield "other_handle", petition.accepted_on
    window = named.get(CLOSES_AFTER.get(petition.status, ""))
    if window is not None:
        yield "close", window.breach_on
    if petition.status in ENDS:
        reached = [move.moved_on for move in petition.moves if move.to_status is petition.status]
        yield "close", max(reached, default=petition.registered_on)


CLOSES_AFTER = {Status.SERVED: "review_request", Status.REVIEWED: "recheck_request"}
"""States that wait for the petitioner: closing is due when his window is over."""
ENDS = (Status.REFUSED, Status.GUIDED)
"""States after which only closing is left; final ones (H6) stand on their own list and are no open work."""


def of_target(key: str, petition: m.Petition, due: date, breach: date, **more: Any) -> Item:
    """What falls due without a clock of its own; `key`: one of rules.owed.KINDS, `more`: further fields of Item."""
    kind = owed.KINDS[key]
    unit = petition.unit if kind.owner is Owner.UNIT or key == "first_reply" else None
    who = unit.name if unit is not None else Owner.OFFICE.label
    if key == "referral":
        unit = petition.unit
    return Item(kind, petition, due, breach, unit, who, **more)


def of_clock(clock: m.Clock) -> Item:
    """A running clock as what falls due."""
    kind = owed.KINDS.get(clock.term)
    if kind is None:
        label = owed.WINDOWS[clock.term]
        kind = Kind(clock.term, label, label, Owner.PETITIONER, is_window=True)
    unit = (clock.unit or clock.petition.unit) if owed.is_units(clock.term) else None
    who = owner_words(clock.term, clock.petition, clock.unit, clock.body)
    return Item(kind, clock.petition, clock.due_on, clock.breach_on, unit, who, clock=clock)


WITH_MATTER = (joinedload(m.Petition.unit), joinedload(m.Petition.handler))


def open_supervisions(actor: Actor) -> sa.Select[Any]:
    """Supervisions the actor may see that wait for their answer, with what a line of them shows."""
    row = m.Supervision
    waiting = row.answered_on.is_(None), row.closed_on.is_(None), row.withdrawn_reason.is_(None)
    options = joinedload(row.petition).options(*WITH_MATTER), joinedload(row.unit), joinedload(row.leader)
    return gate.rows(actor, row).where(*waiting).options(*options)


def of_supervision(row: m.Supervision) -> Item:
    """A supervision (督办) as its reply falling due (B10)."""
    who = row.unit.name if row.unit is not None else row.leader.name if row.leader is not None else ""
    kind = owed.KINDS["supervise"]
    return Item(kind, row.petition, row.reply_due_on, row.reply_due_on, row.unit, who, supervision=row)


def soon_until(today: date, soon: int) -> date:
    """The last day that is soon."""
    return today + timedelta(days=soon)
