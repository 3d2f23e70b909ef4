"""What follows when a matter becomes guarded (检举控告、保密): its numbers, its people, and who may not handle it (§3)."""

from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import Status
from services import cases, clocks, excluded, numbers, people, readings, supervisions, visits


def set_guard(session: Session, actor: Actor, petition: m.Petition, was_guarded: bool) -> None:
    """After purpose or 保密 changed: a guarded matter moves to its own number series, so that no gap shows (§3)."""
    if petition.is_guarded == was_guarded:
        return
    petition.number = numbers.matter(session, petition.registered_on.year, guarded=petition.is_guarded)
    for contact in petition.contacts:
        contact.number = numbers.contact(session, contact.registered_on.year, guarded=petition.is_guarded)
    if petition.is_guarded:
        people.set_apart(session, petition)
    withdraw_excluded(session, actor, petition)
    session.flush()


def withdraw_excluded(session: Session, actor: Actor, petition: m.Petition) -> list[m.Leg]:
    """End the open legs to units whose people may not know of the matter; the matter goes back to the office (§3)."""
    accused = excluded.units(session, petition)
    ended = []
    for leg in petition.legs:
        if leg.ended_on is None and leg.unit_id in accused:
            leg.ended_on, leg.end_reason = actor.today, "回避：该单位或其负责人为被反映人"
            ended.append(leg)
    if any(leg.is_lead for leg in ended):
        _take_back(session, actor, petition)
    session.flush()
    cases.withdraw_excluded(session, actor, petition)
    visits.withdraw_excluded(session, actor, petition)
    readings.withdraw_excluded(session, actor, petition)
    supervisions.withdraw_excluded(session, actor, petition)
    return ended


def _take_back(session: Session, actor: Actor, petition: m.Petition) -> None:
    """The matter is the office's again, with its routing clock and a line in the history (B8)."""
    before = petition.status
    petition.unit_id = petition.handler_id = petition.routed_on = petition.accepted_on = None
    petition.replied_on = petition.served_at = petition.opinion = None
    petition.status = Status.REGISTERED
    clocks.stop(petition, tuple(clock.term for clock in clocks.running(petition)), actor.today)
    clocks.start(session, petition, "office_route", actor.today, petition.registered_unit_id)
    line: dict[str, Any] = {"verb": "withdraw", "from_status": before, "to_status": petition.status, "details": {}}
    who = {"by_id": actor.user_id, "by_name": actor.name, "moved_on": actor.today, "moved_at": actor.now}
    session.add(m.Move(petition=petition, note="责任单位或其负责人为被反映人，收回另行交办。", **line, **who))
