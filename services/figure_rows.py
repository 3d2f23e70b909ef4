"""The rows behind every figure, as SQL: which rows, which date places them, which conditions pick them (I1–I3).

A number and its list are the same statement, once counted and once selected, so they cannot disagree. Everything starts
at services.gate.criteria: the accused counts as if a guarded matter did not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

import models as m
from rules import moves
from rules.access import Actor
from rules.words import OPEN_STATUSES, VISIT_CHANNELS, LedgerSource, LedgerState, Satisfaction, Status
from services import gate, settings

Condition = sa.ColumnElement[bool]


class days_between(FunctionElement[int]):
    """Natural days from the first date to the second, on both databases."""

    type = sa.Integer()
    inherit_cache = True
    name = "days_between"


@compiles(days_between, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(julianday({second}) - julianday({first}) AS INTEGER)"


@compiles(days_between)
def _days(element: Any, compiler: Any, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({second} - {first})"


@dataclass(frozen=True)
class Narrow:
    """A part of a table: one channel, unit (0: none yet), category with everything below it (0: none) or leader."""

    channel: str | None = None
    unit_id: int | None = None
    category_id: int | None = None
    leader_id: int | None = None


@dataclass(frozen=True)
class RowSet:
    """Rows of `model` joined to their matter. `day` places them, `where` bounds them, `conditions` pick among them."""

    model: type[Any]
    where: tuple[Condition, ...]
    conditions: dict[str, Condition]
    channel: Any
    day: Any = None
    leader: Any = None

    def select(self, *columns: Any) -> sa.Select[Any]:
        """A statement over these rows, through the gate."""
        statement = sa.select(*columns or (self.model,)).select_from(self.model)
        if self.model is not m.Petition:
            statement = statement.join(m.Petition, self.model.petition_id == m.Petition.id)
        return statement.where(*self.where).execution_options(gated=True)

    def picked(self, picks: tuple[str, ...]) -> Condition:
        """True for rows that any of the named conditions lets in."""
        return sa.or_(*(self.conditions[name] for name in picks)) if picks else sa.true()

    def within(self, start: date, end: date) -> "RowSet":
        """Only rows whose day lies in the period; rows without a day of their own stay as they are."""
        if self.day is None:
            return self
        return replace(self, where=(*self.where, self.day >= start, self.day <= end))

    def narrowed(self, session: Session, narrow: Narrow) -> "RowSet":
        """Only the rows of one channel, unit or category."""
        more: list[Condition] = []
        if narrow.channel is not None:
            more.append(self.channel == narrow.channel)
        if narrow.unit_id is not None:
            more.append(m.Petition.unit_id == narrow.unit_id if narrow.unit_id else m.Petition.unit_id.is_(None))
        if narrow.category_id is not None:
            more.append(_in_category(session, narrow.category_id))
        if narrow.leader_id is not None:
            more.append(sa.false() if self.leader is None else self.leader == narrow.leader_id)
        return replace(self, where=(*self.where, *more))


def _in_category(session: Session, category_id: int) -> Condition:
    if not category_id:
        return m.Petition.category_id.is_(None)
    top = session.get(m.Category, category_id)
    if top is None:
        return sa.false()
    below = sa.or_(m.Category.id == top.id, m.Category.path.startswith(f"{top.path}/", autoescape=True))
    return m.Petition.category_id.in_(sa.select(m.Category.id).where(below))


def row_set(session: Session, actor: Actor, rows: str, start: date, end: date) -> RowSet:
    """The rows named in rules.figures, bounded to the period from `start` to `end`, both included."""
    return BUILDERS[rows](session, actor, start, end).within(start, end)


def _gated(actor: Actor) -> tuple[Condition, ...]:
    return (gate.criteria(actor, m.Petition), m.Petition.status != Status.VOIDED)


def _contacts(session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    is_visit = m.Contact.channel.in_(VISIT_CHANNELS)
    is_group = m.Contact.people_count >= int(settings.get(session, "group_threshold", actor.today))
    conditions = {
        "visit": is_visit,
        "first": m.Contact.is_first,
        "repeated": sa.not_(m.Contact.is_first),
        "group": sa.and_(is_visit, is_group),
        "individual": sa.and_(is_visit, sa.not_(is_group)),
    }
    return RowSet(m.Contact, _gated(actor), conditions, m.Contact.channel, m.Contact.registered_on)


def _stopped_by_the_work(term: str) -> Condition:
    """The clock's stop was the step it waited for. A clock taken back (回避, 作废) measured nobody and is left out."""
    verbs = [row.verb for row in moves.ROWS if term in row.stops and not row.takes_back]
    return sa.exists().where(
        m.Move.petition_id == m.Clock.petition_id, m.Move.verb.in_(verbs), m.Move.moved_on == m.Clock.stopped_on
    )


def _clocks(term: str) -> Callable[..., RowSet]:
    def build(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
        stopped, in_time = m.Clock.stopped_on.is_not(None), m.Clock.stopped_on <= m.Clock.breach_on
        is_late = m.Clock.breach_on < actor.today
        conditions = {
            "on_time": sa.and_(stopped, in_time),
            "late": sa.and_(stopped, sa.not_(in_time)),
            "overdue": sa.and_(sa.not_(stopped), is_late),
            "waiting": sa.and_(sa.not_(stopped), sa.not_(is_late)),
        }
        counts = sa.or_(sa.not_(stopped), _stopped_by_the_work(term))
        where = (*_gated(actor), m.Clock.term == term, counts)
        return RowSet(m.Clock, where, conditions, m.Petition.channel, m.Clock.due_on)

    return build


def _closed(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    came_again = sa.exists().where(
        m.Contact.petition_id == m.Petition.id, m.Contact.registered_on > m.Petition.closed_on
    )
    conditions = {"accepted": m.Petition.accepted_on.is_not(None), "settled": sa.not_(came_again)}
    return RowSet(m.Petition, _gated(actor), conditions, m.Petition.channel, m.Petition.closed_on)


def _late_now(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    late = (m.Petition.status.in_(OPEN_STATUSES), m.Petition.breach_on < actor.today)
    return RowSet(m.Petition, (*_gated(actor), *late), {}, m.Petition.channel)


def _ledger(_session: Session, actor: Actor, start: date, end: date) -> RowSet:
    row = m.CampaignCase
    running = sa.select(m.Campaign.id).where(m.Campaign.starts_on <= end, m.Campaign.ends_on >= start)
    resolved, handed_down = row.resolved_on <= end, row.source == LedgerSource.HANDED_DOWN
    conditions = {
        "resolved": resolved,
        "handed_down": handed_down,
        "handed_down_resolved": sa.and_(handed_down, resolved),
    }
    where = (
        *_gated(actor), sa.not_(m.Petition.is_guarded), row.campaign_id.in_(running),
        row.entered_on <= end, row.state != LedgerState.REMOVED,
    )  # fmt: skip
    return RowSet(row, where, conditions, m.Petition.channel)


def _visits(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    said = m.ReturnVisit.satisfaction != Satisfaction.NONE
    conditions = {"said": said, "content": m.ReturnVisit.satisfaction.in_((Satisfaction.GOOD, Satisfaction.FAIR))}
    return RowSet(m.ReturnVisit, _gated(actor), conditions, m.Petition.channel, m.ReturnVisit.made_on)


def _readings(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    row = m.Reading
    received_on = sa.select(m.Contact.received_on).where(m.Contact.id == row.contact_id).scalar_subquery()
    where = (*_gated(actor), gate.criteria(actor, row), row.withdrawn_reason.is_(None))
    conditions: dict[str, Condition] = {"read": row.read_on.is_not(None), "unread": row.read_on.is_(None)}
    return RowSet(row, where, conditions, m.Petition.channel, received_on, row.leader_id)


def _visits_due(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    row = m.ReturnVisit
    made = row.made_on.is_not(None)
    where = (*_gated(actor), row.dropped_reason.is_(None), row.planned_on <= actor.today)
    conditions: dict[str, Condition] = {"made": made, "unmade": sa.not_(made)}
    return RowSet(row, where, conditions, m.Petition.channel, row.planned_on)


def _supervisions(_session: Session, actor: Actor, _start: date, _end: date) -> RowSet:
    row = m.Supervision
    answered, is_late = row.answered_on.is_not(None), row.reply_due_on < actor.today
    in_time = row.answered_on <= row.reply_due_on
    conditions = {
        "on_time": sa.and_(answered, in_time),
        "late": sa.and_(answered, sa.not_(in_time)),
        "overdue": sa.and_(sa.not_(answered), is_late),
        "waiting": sa.and_(sa.not_(answered), sa.not_(is_late)),
    }
    where = (*_gated(actor), gate.criteria(actor, row), row.withdrawn_reason.is_(None))
    return RowSet(row, where, conditions, m.Petition.channel, row.reply_due_on)


SAID = (Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.BAD)
"""An opinion of his own; 未表态 is none."""


def _rated(_session: Session, actor: Actor, start: date, end: date) -> RowSet:
    """Matters rated in the period, and those whose last day to be rated passed in it without; both sides in one pass (§5)."""
    conditions: dict[str, Condition] = {}
    for side, said in (("office", m.Petition.office_rating), ("unit", m.Petition.unit_rating)):
        rated = sa.and_(m.Petition.rated_on.between(start, end), said.in_(SAID))
        unsaid = sa.or_(m.Petition.rated_on.is_(None), said.is_(None), said.not_in(SAID))
        overdue = sa.and_(m.Petition.rate_by.between(start, end), m.Petition.rate_by < actor.today, unsaid)
        conditions |= {
            f"rated_{side}": rated,
            f"overdue_{side}": overdue,
            f"owed_{side}": sa.or_(rated, overdue),
            f"content_{side}": sa.and_(rated, said != Satisfaction.BAD),
            f"bad_{side}": sa.and_(rated, said == Satisfaction.BAD),
        }
    either = sa.or_(conditions["owed_office"], conditions["owed_unit"])
    return RowSet(m.Petition, (*_gated(actor), either), conditions, m.Petition.channel)


BUILDERS: dict[str, Callable[..., RowSet]] = {
    "contacts": _contacts,
    "route": _clocks("office_route"),
    "accept": _clocks("unit_accept"),
    "handle": _clocks("handle"),
    "closed": _closed,
    "late_now": _late_now,
    "ledger": _ledger,
    "visits": _visits,
    "readings": _readings,
    "visits_due": _visits_due,
    "supervisions": _supervisions,
    "rated": _rated,
}
