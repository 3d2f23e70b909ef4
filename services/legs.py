"""Legs (流转) between their moves: received (签收), an assisting unit's opinion (协办意见), how each stands (B2, point 7)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import deadlines
from rules.access import UNIT_STAFF, Actor
from rules.words import RuleBroken, Status
from services import gate, recusals

OPINION_LIMIT = 4000
"""Characters of an assisting unit's opinion."""
ANSWERS = (Status.REPLIED, Status.SERVED, Status.REFUSED, Status.GUIDED, Status.DIVERTED)
"""Where a move of the lead unit leads that answers the office."""

SENT_BACK = ("refuse_return", "annul", "recheck_annul", "reopen")
"""Moves that put a matter back on the table of the unit that thought it was done with it (被退回、改办)."""


def is_own(actor: Actor, leg: m.Leg) -> bool:
    """Does this leg run to a unit the actor handles for?"""
    if actor.is_system:
        return True
    return actor.role in UNIT_STAFF and leg.unit_id in actor.unit_ids


def may_receive(actor: Actor, leg: m.Leg) -> bool:
    """Is it now this actor's to say that the leg has come in?"""
    return leg.ended_on is None and leg.received_on is None and is_own(actor, leg)


def may_opine(actor: Actor, leg: m.Leg) -> bool:
    """May this actor write his unit's opinion now? Assisting units only; it may be written again until the leg ends."""
    return leg.ended_on is None and not leg.is_lead and is_own(actor, leg)


def receive(session: Session, actor: Actor, leg: m.Leg) -> m.Leg:
    """Say that the unit has the matter in its hands (签收). Raises RuleBroken when it is received already or has ended."""
    _own(actor, leg)
    if leg.ended_on is not None:
        raise RuleBroken("签收：这次流转已经结束，不用再签收。")
    if leg.received_on is not None:
        raise RuleBroken(f"签收：{leg.received_on} 已经签收，不用再签。")
    leg.received_on, leg.received_by_id = actor.today, actor.user_id
    session.flush()
    return leg


def opine(session: Session, actor: Actor, leg: m.Leg, text: str) -> m.Leg:
    """Write the assisting unit's opinion, which goes to the lead unit and into the history. Raises RuleBroken."""
    _own(actor, leg)
    if leg.is_lead:
        raise RuleBroken("协办意见：牵头单位用“答复”，协办单位才写协办意见。")
    if leg.ended_on is not None:
        raise RuleBroken("协办意见：这次流转已经结束，不能再写。")
    if not text.strip():
        raise RuleBroken("协办意见：请填写。", "answer")
    leg.received_on = leg.received_on or actor.today
    leg.received_by_id = leg.received_by_id or actor.user_id
    leg.answer, leg.answered_on, leg.answered_by_id = text.strip(), actor.today, actor.user_id
    petition = leg.petition
    line = {"verb": "opine", "from_status": petition.status, "to_status": petition.status, "note": text.strip()}
    by = {"by_id": actor.user_id, "by_name": actor.name, "moved_on": actor.today, "moved_at": actor.now}
    session.add(m.Move(petition=petition, unit_name=leg.unit.name, details={"leg_id": leg.id}, **line, **by))
    session.flush()
    return leg


def _own(actor: Actor, leg: m.Leg) -> None:
    recusals.bar(actor, leg.petition)
    if not is_own(actor, leg):
        raise gate.Forbidden("这次流转不是交给您单位的。")


def note_move(actor: Actor, petition: m.Petition, verb: str, to: Status | None) -> None:
    """What a move says of the lead leg: who acts has received it; a reply answers it, taking it back or annulling does not."""
    leg = next((leg for leg in petition.legs if leg.is_lead and leg.ended_on is None), None)
    if leg is None:
        return
    if leg.received_on is None and is_own(actor, leg) and not actor.is_system:
        leg.received_on, leg.received_by_id = actor.today, actor.user_id
    if to in ANSWERS and leg.answered_on is None:
        leg.answered_on, leg.answered_by_id = actor.today, actor.user_id
    elif to is Status.HANDLING:
        leg.answered_on = leg.answered_by_id = None
    if to is not None:
        leg.returned_on = actor.today if verb in SENT_BACK else None


@dataclass(frozen=True)
class Standing:
    """How a leg stands: a word, the colour of it, and the day its feedback is late against (None: none is named)."""

    word: str
    kind: str
    light: str = ""


def standing(leg: m.Leg, today: date, soon: int) -> Standing:
    """The state of a leg in one word, and the light of its feedback date while it is owed."""
    if leg.ended_on is not None:
        return Standing("已结束", "wait")
    if leg.answered_on is not None:
        return Standing("已答复", "ok")
    light = deadlines.light(leg.feedback_on, leg.feedback_on, today, soon) if leg.feedback_on else ""
    if leg.accepted_on is not None:
        return Standing("办理中", "now", light)
    return Standing("已签收", "now", light) if leg.received_on is not None else Standing("待签收", "soon", light)


def running(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Legs that have not ended."""
    return statement.where(m.Leg.ended_on.is_(None))


def unreceived(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Running legs nobody of the unit has received."""
    return running(statement, actor).where(m.Leg.received_on.is_(None))


def late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Running legs whose feedback date has passed without an answer."""
    return running(statement, actor).where(m.Leg.answered_on.is_(None), m.Leg.feedback_on < actor.today)


def assisting(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Running legs of assisting units."""
    return running(statement, actor).where(sa.not_(m.Leg.is_lead))


STATES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "unreceived": ("待签收", (m.Leg.ended_on.is_(None), m.Leg.received_on.is_(None))),
    "received": (
        "已签收",
        (
            m.Leg.ended_on.is_(None),
            m.Leg.received_on.is_not(None),
            m.Leg.accepted_on.is_(None),
            m.Leg.answered_on.is_(None),
        ),
    ),
    "accepted": ("办理中", (m.Leg.ended_on.is_(None), m.Leg.accepted_on.is_not(None), m.Leg.answered_on.is_(None))),
    "answered": ("已答复", (m.Leg.ended_on.is_(None), m.Leg.answered_on.is_not(None))),
    "ended": ("已结束", (m.Leg.ended_on.is_not(None),)),
}
"""What a list of legs may be narrowed to: key → label, conditions."""
