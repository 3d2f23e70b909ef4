"""Where what falls due is found: each source counts its dates in SQL by day and reads no more rows than are shown (B8, B10).

However much is late in an office, a digest holds a few hundred rows of a kind; the days of a kind are as many as its dates.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access, owed
from rules.access import Actor
from rules.moves import CLOCK_PURPOSES
from rules.owed import Owner
from rules.words import Status
from services import dues, gate, other_dues
from services.dues import BEFORE_HANDLING, CLOSES_AFTER, ENDS, TOLD, WRITTEN, Item

Days = tuple[date, date]
"""The counted day and the last day on time."""
OFFICES = [key for key, kind in owed.KINDS.items() if kind.owner is Owner.OFFICE]
UNITS = [key for key, kind in owed.KINDS.items() if kind.owner is Owner.UNIT]


@dataclass(frozen=True)
class Asked:
    """Whose dates, up to which counted day; `is_mine`: only what the actor's own side is late for."""

    session: Session
    actor: Actor
    until: date
    is_mine: bool = False


@dataclass(frozen=True)
class Source:
    """Rows with a date. `rows`: through the gate, with the matter joined; `key`: of rules.owed; `unit`: who is late, in SQL.

    `days`: the counted day and the last day on time, or one day that an office's target counts from (`target`).
    """

    rows: Callable[[Actor], sa.Select[Any]]
    key: Any
    days: tuple[Any, ...]
    unit: Any
    item: Callable[[Any, Days, date], Item]
    options: tuple[Any, ...] = ()
    target: str = ""
    order: Any = None

    def counts(self, asked: Asked) -> Counter[tuple[str, date, date]]:
        """(Kind, counted day, last day on time) → how many."""
        labels = [day.label(f"day_{place}") for place, day in enumerate(self.days)]
        inner = self.narrowed(asked).with_only_columns(self.key.label("kind"), *labels, maintain_column_froms=True)
        each = inner.order_by(None).subquery()
        grouped = sa.select(*each.c, sa.func.count()).group_by(*each.c).execution_options(gated=True)
        found = Counter[tuple[str, date, date]]()
        for kind, *days, count in asked.session.execute(grouped):
            spelled = self._dated(asked, days)
            if spelled is not None and not _is_over(kind, spelled, asked.actor.today):
                found[kind, *spelled] += count
        return found

    def first(self, asked: Asked, kind: str, most: int | None) -> Iterator[Item]:
        """The most urgent rows of a kind."""
        found = self.narrowed(asked).where(self.key == kind)
        if kind in owed.KINDS and owed.KINDS[kind].is_window:
            found = found.where(self.days[-1] >= asked.actor.today)
        rows = found.options(*self.options).add_columns(*self.days).order_by(self.days[-1], self.order).limit(most)
        for row, *days in asked.session.execute(rows):
            spelled = self._dated(asked, days)
            if spelled is not None:
                yield self.item(row, spelled, days[0])

    def narrowed(self, asked: Asked) -> sa.Select[Any]:
        """The rows asked for, not yet ordered."""
        found = self.rows(asked.actor).where(_narrows(self.days[0]) <= asked.until)
        return found.where(_own(asked.actor, self.key, self.unit)) if asked.is_mine else found

    def _dated(self, asked: Asked, days: list[date]) -> Days | None:
        if not self.target:
            return days[0], days[-1]
        due = dues.due_of(asked.session, self.target, days[0])
        return (due.due, due.breach) if due is not None and due.due <= asked.until else None


def _narrows(column: Any) -> Any:
    """The column where it only narrows what is open: an index that begins with it would read all that ever was (decision 76)."""
    return sa.func.coalesce(column, column)


def _is_over(kind: str, days: Days, today: date) -> bool:
    """A window that has closed: nobody is late."""
    return owed.KINDS[kind].is_window and days[1] < today


def _own(actor: Actor, key: Any, unit: Any) -> sa.ColumnElement[bool]:
    """`services.digest.is_own` in SQL: the office's own for its staff, his units' for the others, his own for a handler."""
    if actor.role in access.OFFICE:
        return sa.and_(unit.is_(None), key.in_(OFFICES))
    theirs: sa.ColumnElement[bool] = unit.in_(sorted(actor.unit_ids))
    if actor.role is access.R.HANDLER:
        return sa.and_(theirs, sa.or_(m.Petition.handler_id.is_(None), m.Petition.handler_id == actor.user_id))
    return theirs


def _target(key: str, base: Any, rows: Callable[[Actor], sa.Select[Any]], unit: Any = None) -> Source:
    """A target of the office's that counts from a day of the matter's own."""

    def item(petition: m.Petition, days: Days, base: date) -> Item:
        return dues.of_target(key, petition, *days, base=base)

    late = unit if unit is not None else m.Petition.unit_id
    return Source(rows, sa.literal(key), (base,), late, item, dues.WITH_MATTER, key, m.Petition.id)


def _matters(*where: Any) -> Callable[[Actor], sa.Select[Any]]:
    fresh = sa.not_(m.Petition.is_carried_over)
    return lambda actor: gate.rows(actor, m.Petition).where(fresh, *where)


def _running(term: str) -> sa.ColumnElement[bool]:
    clock = sa.orm.aliased(m.Clock)
    return sa.exists().where(clock.petition_id == m.Petition.id, clock.term == term, clock.stopped_on.is_(None))


def _clocks(actor: Actor) -> sa.Select[Any]:
    running = m.Clock.stopped_on.is_(None), m.Clock.term.in_(list(owed.KINDS)), m.Clock.breach_on >= date.min
    return gate.rows(actor, m.Clock).join(m.Clock.petition).where(*running, m.Petition.status != Status.VOIDED)


def _windows(actor: Actor) -> sa.Select[Any]:
    """What the petitioner's window left to close: the target counts from its last day."""
    clock = m.Clock
    waits = [sa.and_(m.Petition.status == state, clock.term == term) for state, term in CLOSES_AFTER.items()]
    fresh = sa.not_(m.Petition.is_carried_over), sa.not_(_running("feedback"))
    return gate.rows(actor, clock).join(clock.petition).where(clock.stopped_on.is_(None), sa.or_(*waits), *fresh)


def _referred(actor: Actor) -> sa.Select[Any]:
    handled = m.Petition.status.in_((Status.ROUTED, Status.HANDLING)), sa.not_(m.Petition.is_carried_over)
    rows = gate.rows(actor, m.Referral).join(m.Referral.petition)
    return rows.where(m.Referral.answered_on.is_(None), *handled)


def _to_rectify(actor: Actor) -> sa.Select[Any]:
    rows = gate.rows(actor, m.Rectification).join(m.Rectification.petition)
    return rows.where(m.Rectification.done_on.is_(None), m.Petition.status != Status.VOIDED)


def _supervised(actor: Actor) -> sa.Select[Any]:
    return dues.open_supervisions(actor).outerjoin(m.Petition, m.Petition.id == m.Supervision.petition_id)


_told = sa.exists().where(m.Move.petition_id == m.Petition.id, m.Move.verb.in_(TOLD))
_named = sa.exists().where(m.Contact.petition_id == m.Petition.id, sa.not_(m.Contact.is_anonymous))
_timed = m.Petition.purpose.in_(sorted(CLOCK_PURPOSES["handle"]))
_reached = (
    sa.select(sa.func.max(m.Move.moved_on))
    .where(m.Move.petition_id == m.Petition.id, m.Move.to_status == m.Petition.status)
    .scalar_subquery()
)
_of = (joinedload(m.Clock.petition).options(*dues.WITH_MATTER), joinedload(m.Clock.unit))
_clock_unit = sa.case((m.Clock.term.in_(UNITS), sa.func.coalesce(m.Clock.unit_id, m.Petition.unit_id)), else_=None)

SOURCES: tuple[Source, ...] = (
    Source(
        _clocks, m.Clock.term, (m.Clock.due_on, m.Clock.breach_on), _clock_unit,
        lambda row, _days, _base: dues.of_clock(row), _of, order=m.Clock.id,
    ),
    Source(
        _to_rectify, sa.literal("rectify"), (m.Rectification.due_on,), m.Petition.unit_id,
        lambda row, days, _base: dues.of_target("rectify", row.petition, *days),
        (joinedload(m.Rectification.petition).options(*dues.WITH_MATTER),), order=m.Rectification.id,
    ),
    Source(
        _referred, sa.literal("referral"), (m.Referral.asked_on,), m.Petition.unit_id,
        lambda row, days, base: dues.of_target("referral", row.petition, *days, base=base, note=row.asked_to),
        (joinedload(m.Referral.petition).options(*dues.WITH_MATTER),), "referral", m.Referral.id,
    ),
    Source(
        _supervised, sa.literal("supervise"), (m.Supervision.reply_due_on,), m.Supervision.unit_id,
        lambda row, _days, _base: dues.of_supervision(row), order=m.Supervision.id,
    ),
    _target(
        "first_reply", m.Petition.registered_on,
        _matters(m.Petition.status.in_(BEFORE_HANDLING), _narrows(m.Petition.channel).in_(WRITTEN), _named, sa.not_(_told)),
    ),
    _target(
        "other_handle", m.Petition.accepted_on,
        _matters(
            m.Petition.status == Status.HANDLING, sa.not_(_timed), sa.not_(m.Petition.is_simple),
            sa.not_(_running("feedback")),
        ),
    ),
    _target("serve", m.Petition.replied_on, _matters(m.Petition.status == Status.REPLIED)),
    Source(
        _windows, sa.literal("close"), (m.Clock.breach_on,), m.Petition.unit_id,
        lambda row, days, base: dues.of_target("close", row.petition, *days, base=base), _of, "close", m.Clock.id,
    ),
    _target("close", _reached, _matters(m.Petition.status.in_(ENDS), sa.not_(_running("feedback")))),
)  # fmt: skip


def items(session: Session, actor: Actor, until: date) -> list[Item]:
    """Everything due on or before `until` in what the actor may see, the earliest first within each kind."""
    asked = Asked(session, actor, until)
    found = list(beside(asked))
    for source in SOURCES:
        for kind in sorted({kind for kind, *_ in source.counts(asked)}):
            found += source.first(asked, kind, None)
    return sorted(found, key=urgency)


def urgency(item: Item) -> tuple[int, date, str]:
    """Kinds in their order, the earliest last day first."""
    return list(owed.KINDS).index(item.kind.key), item.breach, item.number


def beside(asked: Asked) -> Iterator[Item]:
    """What falls due beside the matters: returns, disputes, decisions and the like (E2, E3)."""
    for kind, row, due, unit, more in other_dues.rows(asked.session, asked.actor, asked.until):
        who = more.pop("who", unit.name if unit is not None else "")
        yield Item(owed.KINDS[kind], None, due, due, unit, who, about=row, **more)


def late(asked: Asked) -> tuple[int, int]:
    """How many matters are late, and by how many dates of their clocks; a window that has closed makes nobody late.

    What the workbench and the digest say of 已超期; the office's targets, supervisions and the like are the digest's alone.
    """
    measured = [key for key, kind in owed.KINDS.items() if not kind.is_window]
    past = m.Clock.breach_on < asked.actor.today, m.Clock.term.in_(measured)
    found = SOURCES[0].narrowed(asked).where(*past).with_only_columns(m.Clock.petition_id, maintain_column_froms=True)
    each = found.order_by(None).subquery()
    counted = sa.select(sa.func.count(sa.distinct(each.c.petition_id)), sa.func.count())
    matters, dates = asked.session.execute(counted.select_from(each), execution_options={"gated": True}).one()
    return matters, dates
