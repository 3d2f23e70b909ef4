"""Which leader and session the office proposes to somebody who wants to be received (D11)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

import models as m
from rules import appointments as rules
from rules.access import Actor
from rules.appointments import Fit
from services import appointment_lists, receivers, receptions, settings
from services.receivers import Asked

AHEAD = timedelta(days=92)
"""How far ahead a session is proposed."""
MOST = 6
"""Leaders proposed; of a leader asked for by name, so many of his sessions."""

Taken = tuple[m.ReceptionSession, int]
"""A session and how many places it has left."""
Takes = Callable[[Session, Actor, Asked], list[Taken]]
"""Which sessions take somebody: those open to sign-up, to walk-ins, or at once."""


def open_to_sign_up(session: Session, actor: Actor, question: Asked) -> list[Taken]:
    """Sessions to come that still take sign-ups, with their places left, by day; none of a leader who may not know."""
    closes_at = appointment_lists.closing(session, actor.today)
    return [
        (row, left) for row, left in open_at_once(session, actor, question) if left > 0 and actor.now < closes_at(row)
    ]


def open_to_walk_ins(session: Session, actor: Actor, question: Asked) -> list[Taken]:
    """Sessions whose sign-up has closed and which are still to come: only walk-ins are noted there."""
    closes_at = appointment_lists.closing(session, actor.today)
    return [(row, left) for row, left in open_at_once(session, actor, question) if actor.now >= closes_at(row)]


def open_at_once(session: Session, actor: Actor, question: Asked) -> list[Taken]:
    """Every session to come with a leader who may know, with its places left: what an urgent invitation may take."""
    rows = [row for row in receptions.between(session, actor.today, actor.today + AHEAD) if row.leader_id is not None]
    barred = receivers.barred(session, question)
    most = int(settings.get(session, "appointment_most", actor.today))
    taken = appointment_lists.taken(session, actor, [row.id for row in rows])
    return [(row, max(0, most - taken.get(row.id, 0))) for row in rows if row.leader_id not in barred]


@dataclass(frozen=True)
class Proposal:
    """A session to offer: its places left, and why its leader; `is_concerned`: he has to do with whom it complains of."""

    session: m.ReceptionSession
    left: int
    fit: Fit
    is_concerned: bool = False


def propose(
    session: Session, actor: Actor, question: Asked, wanted_id: int | None = None, takes: Takes = open_to_sign_up
) -> list[Proposal]:
    """The best leaders' next open sessions, best first; of `wanted_id` (来访人指定) his own next ones. Never one barred."""
    demand, known = receivers.demand_of(session, actor, question), receivers.desks(session)
    concerned = receivers.concerned(session, question)
    found: list[Proposal] = []
    for held, left in takes(session, actor, question):
        if held.leader_id is None or held.leader_id not in known or wanted_id not in (None, held.leader_id):
            continue
        if wanted_id is not None or all(one.session.leader_id != held.leader_id for one in found):
            fit = rules.fit(known[held.leader_id], demand)
            found.append(Proposal(held, left, fit, held.leader_id in concerned))
    return sorted(found, key=lambda one: (one.is_concerned, -one.fit.score, one.session.held_on, one.session.id))[:MOST]


def without_session(
    session: Session, actor: Actor, question: Asked, offered: Collection[int | None], best: int
) -> list[str]:
    """Names of leaders who would fit better than the `best` score offered and have no session open; nobody barred."""
    demand, barred = receivers.demand_of(session, actor, question), receivers.barred(session, question)
    desks = (desk for key, desk in receivers.desks(session).items() if key not in barred and key not in offered)
    return [desk.name for desk in desks if rules.fit(desk, demand).score > best]
