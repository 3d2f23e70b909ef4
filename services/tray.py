"""The unit's tray (单位办理台): what waits for a handler or his unit, part by part, through the gate (point 7).

Each part starts at an index of what waits, so that its cost follows what is on the table and not the matters there ever were.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules.access import Actor
from rules.words import Status
from services import gate, return_visits

CAP = 99
"""How far a part is counted; the tabs say 99+."""
PAGE = 20
TO_FINISH = (
    Status.REPLIED,
    Status.SERVED,
    Status.REVIEWED,
    Status.FINAL,
    Status.REFUSED,
    Status.GUIDED,
    Status.DIVERTED,
)
"""States in which the unit's last steps are left: to serve, to close."""


@dataclass(frozen=True)
class Part:
    """One tab: `ids(actor)` selects the matters; `is_lead`: the unit is the responsible one, so that a handler has his own."""

    key: str
    label: str
    ids: Callable[[Actor], Any]
    empty: str
    is_lead: bool = True


def _units(actor: Actor) -> list[int]:
    return sorted(actor.unit_ids)


def _in(*statuses: Status) -> Callable[[Actor], Any]:
    """Matters the unit is responsible for, in these states."""
    return lambda actor: sa.select(m.Petition.id).where(
        m.Petition.unit_id.in_(_units(actor)), m.Petition.status.in_(statuses)
    )


def _legs(*conditions: Any) -> Callable[[Actor], Any]:
    """Matters with a running leg to the unit that fulfils the conditions (partial indexes ix_leg_…)."""
    return lambda actor: sa.select(m.Leg.petition_id).where(
        m.Leg.unit_id.in_(_units(actor)), m.Leg.ended_on.is_(None), *conditions
    )


RETURNED = _legs(m.Leg.returned_on.is_not(None))
OBJECTED = _in(Status.OBJECTED)


def _returned(actor: Actor) -> Any:
    return sa.union_all(RETURNED(actor), OBJECTED(actor))


def _urged(actor: Actor) -> Any:
    return sa.select(m.Supervision.petition_id).where(*open_supervision(actor), m.Supervision.petition_id.is_not(None))


def open_supervision(actor: Actor) -> tuple[Any, ...]:
    """Supervisions put to the actor's units that wait for their answer (B10)."""
    s = m.Supervision
    return s.unit_id.in_(_units(actor)), s.answered_on.is_(None), s.closed_on.is_(None), s.withdrawn_reason.is_(None)


def _visits(actor: Actor) -> Any:
    due = return_visits.is_due(sa.select(m.ReturnVisit), actor).with_only_columns(m.ReturnVisit.petition_id)
    return due.where(m.ReturnVisit.petition.has(m.Petition.unit_id.in_(_units(actor))))


PARTS = (
    Part("receive", "待签收", _legs(m.Leg.received_on.is_(None)), "没有待签收的。新交来的事项会出现在这里。", is_lead=False),
    Part("accept", "待受理", _in(Status.ROUTED), "没有待受理的事项。"),
    Part("reply", "待答复", _in(Status.HANDLING), "没有待答复的事项。"),
    Part("finish", "待送达办结", _in(*TO_FINISH), "没有等着送达或办结的事项。"),
    Part("returned", "被退回、改办", _returned, "没有被退回或要求重新办理的事项。"),
    Part("urged", "被催办", _urged, "没有等着答复的督办。", is_lead=False),
    Part("visit", "待回访", _visits, "没有到期的回访。"),
    Part(
        "assist", "协办", _legs(m.Leg.answered_on.is_(None), m.Leg.is_lead.is_(False)),
        "没有等着写协办意见的事项。", is_lead=False,
    ),
)  # fmt: skip
"""The tabs in their order; the label and the sentence of an empty one are said in the reader's language by the screen."""


def part(key: str) -> Part | None:
    """The tab of that key."""
    return next((one for one in PARTS if one.key == key), None)


def statement(actor: Actor, one: Part, *, own: bool) -> sa.Select[Any]:
    """The matters of a part; `own`: only his, or nobody's yet."""
    found = gate.rows(actor, m.Petition).where(m.Petition.id.in_(one.ids(actor)))
    if own and one.is_lead:
        found = found.where(is_own(actor))
    return found


def is_own(actor: Actor) -> sa.ColumnElement[bool]:
    """The matter is this handler's, or nobody's yet."""
    # Not an OR: SQLite would begin with the index of handlers, all he ever had and all that nobody has.
    return sa.func.coalesce(m.Petition.handler_id, actor.user_id) == actor.user_id


def counts(session: Session, actor: Actor, *, own: bool) -> dict[str, int]:
    """Key → how many wait, counted to CAP + 1."""
    return {one.key: gate.count(session, statement(actor, one, own=own), CAP) for one in PARTS}


def first(numbers: dict[str, int]) -> Part:
    """The tab to open with: the first with something in it."""
    return next((one for one in PARTS if numbers[one.key]), PARTS[0])


@dataclass(frozen=True)
class Waiting:
    """One line: the matter, his unit's running leg if there is one, and what it waits with: a day of its own, its row."""

    petition: m.Petition
    leg: m.Leg | None
    supervision: m.Supervision | None = None
    visit: m.ReturnVisit | None = None

    @property
    def due_on(self) -> date | None:
        """The day named by the supervision, the return visit or the letter to an assisting unit; None: the matter's clock."""
        if self.supervision is not None:
            return self.supervision.reply_due_on
        if self.visit is not None:
            return self.visit.planned_on
        return self.leg.feedback_on if self.leg is not None and not self.leg.is_lead else None


def page(session: Session, actor: Actor, one: Part, number: int, *, own: bool) -> list[Waiting]:
    """One page of a part, the most urgent first, with everything its lines show; PAGE + 1 lines say that there are more."""
    found = statement(actor, one, own=own).options(
        joinedload(m.Petition.unit), joinedload(m.Petition.handler), selectinload(m.Petition.legs),
        selectinload(m.Petition.clocks), selectinload(m.Petition.rectifications), selectinload(m.Petition.referrals),
        selectinload(m.Petition.recusals),
    )  # fmt: skip
    found = found.order_by(m.Petition.breach_on.is_(None), m.Petition.breach_on, m.Petition.id.desc())
    rows = list(session.scalars(found.limit(PAGE + 1).offset(number * PAGE)))
    ids = [row.id for row in rows]
    supervisions = _first_of(session, actor, m.Supervision, ids, open_supervision(actor)) if one.key == "urged" else {}
    visits = (
        _first_of(session, actor, m.ReturnVisit, ids, (m.ReturnVisit.made_on.is_(None),)) if one.key == "visit" else {}
    )
    return [Waiting(row, own_leg(actor, row), supervisions.get(row.id), visits.get(row.id)) for row in rows]


def own_leg(actor: Actor, petition: m.Petition) -> m.Leg | None:
    """The running leg to one of his units: the lead one before an assisting one, unreceived before received."""
    running = [leg for leg in petition.legs if leg.ended_on is None and leg.unit_id in actor.unit_ids]
    return min(running, key=lambda leg: (leg.received_on is not None, not leg.is_lead, leg.id), default=None)


def _first_of(
    session: Session, actor: Actor, model: Any, ids: list[int], conditions: tuple[Any, ...]
) -> dict[int, Any]:
    found = gate.rows(actor, model).where(model.petition_id.in_(ids), *conditions).order_by(model.id.desc())
    return {row.petition_id: row for row in session.scalars(found)}
