"""What falls due beside the matters (到期): returns, disputes, decisions, proceedings, demands; read by services.dues (E2, E3, F4, F5)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.reception_words import DisputeState
from services import (
    case_dues,
    demands,
    disputes,
    gate,
    inspection_dues,
    office_zone,
    proceeding_lists,
    promises,
    strike_offs,
)

Row = tuple[str, Any, date, m.Unit | None, dict[str, Any]]
"""Kind (rules.owed), the row itself, its day, the unit that is late, and what else dues.Item takes."""


def rows(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    """Everything of these kinds due on or before `until` that the actor may see."""
    yield from _returns(session, actor, until)
    yield from _disputes(session, actor, until)
    yield from _decisions(session, actor, until)
    yield from _promises(session, actor, until)
    yield from case_dues.rows(session, actor, until)
    yield from inspection_dues.rows(session, actor, until)
    yield from _strikes(session, actor, until)
    yield from _proceedings(session, actor, until)
    yield from _demands(session, actor, until)


def _returns(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    r, asked = m.ScreeningReturn, m.ScreeningRound
    waiting = gate.rows(actor, r).join(r.round).where(r.returned_at.is_(None))
    for row in session.scalars(waiting.options(joinedload(r.round), joinedload(r.unit)).order_by(asked.due_at, r.id)):
        hour = office_zone.local(row.round.due_at)
        if hour.date() <= until:
            yield "screening", row, hour.date(), row.unit, {"title": f"{hour:%H:%M}"}


def _disputes(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    d = m.Dispute
    running = gate.rows(actor, d).where(d.state == DisputeState.OPEN).options(joinedload(d.unit)).order_by(d.id)
    for row in session.scalars(running.where(d.due_on <= until)):
        yield "dispute", row, row.due_on or until, row.unit, {"title": row.cause}
    at_once = running.where(d.urgency.in_(disputes.SERIOUS), d.reported_on.is_(None))
    for row in session.scalars(at_once):
        if row.found_on <= until:
            yield "dispute_report", row, row.found_on, row.unit, {"title": row.cause}


def _decisions(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    d = m.Decision
    waiting = gate.rows(actor, d).where(d.done_on.is_(None), d.dropped_reason.is_(None), d.due_on <= until)
    options = joinedload(d.unit), joinedload(d.leader), joinedload(d.user), joinedload(d.petition)
    for row in session.scalars(waiting.options(*options).order_by(d.due_on, d.id)):
        more = {"leader_id": row.leader_id, "user_id": row.user_id, "who": row.owner.name}
        yield "decision", row, row.due_on, row.unit, more


def _proceedings(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    """Planned proceedings: their day comes, then their result is owed."""
    p = m.Proceeding
    waiting = proceeding_lists.planned(gate.rows(actor, p), actor).where(p.held_on <= until)
    for row in session.scalars(waiting.options(joinedload(p.petition).joinedload(m.Petition.unit)).order_by(p.held_on)):
        yield "proceeding", row, row.held_on, row.petition.unit, {"title": row.petition.number}


def _demands(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    """Demands to be looked at again (定期再议, F5)."""
    d = m.DemandAppraisal
    waiting = demands.again(gate.rows(actor, d), actor).where(d.next_on <= until)
    for row in session.scalars(waiting.options(joinedload(d.petition).joinedload(m.Petition.unit)).order_by(d.next_on)):
        yield "demand_again", row, row.next_on or until, row.petition.unit, {"title": row.petition.number}


def _promises(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    for promise in promises.due(session, actor, until):
        yield "promise", promise, promise.due_on, promise.owner, {"title": promise.text}


def _strikes(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    """Rows of campaigns whose half-year limit ends (半年销号, G5)."""
    case = m.CampaignCase
    options = joinedload(case.petition), joinedload(case.unit), joinedload(case.leader), joinedload(case.campaign)
    for row in session.scalars(strike_offs.due(actor, until).options(*options)):
        who = row.leader.name if row.leader else ""
        more = {"leader_id": row.leader_id, "who": who, "title": f"{row.campaign.name} {row.petition.title}"}
        yield "strike", row, row.strike_by or until, row.unit, more
