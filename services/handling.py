"""Moving a matter (办理): every move goes through rules.moves, writes history, papers, legs and clocks in one flush (B1–B12)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

import models as m
from rules import moves
from rules.access import Actor
from rules.move_row import Row
from rules.papers import TO_UNITS
from rules.words import DocumentKind, RuleBroken, Status
from services import aftercare, clocks, documents, gate, handling_checks, legs, matter_facts, recusals
from services.handling_effects import EFFECTS

NOTES = ("reason", "note", "measures", "instruction", "question", "answer", "text", "proof")
"""What the history quotes of a move: the first of these that it was told."""


def move(session: Session, actor: Actor, petition: m.Petition, verb: str, said: Mapping[str, Any]) -> m.Move:
    """Make one move of the table. `said`: values of the row's needs. Raises RuleBroken when the table or the law says no.

    Every move is a new version of the matter, so that the same form sent twice moves it once (C14).
    """
    row = row_for(actor, petition, verb)
    handling_checks.refuse(session, actor, petition, row, said)
    before = petition.status
    had = petition.unit
    legs.note_move(actor, petition, verb, row.to)
    if row.ends_leg:
        _end_legs(petition, actor.today, row.label)
    if row.leg:
        _open_legs(session, actor, petition, row, said)
    if verb in EFFECTS:
        EFFECTS[verb](session, actor, petition, said)
    petition.status = row.to or petition.status
    flag_modified(petition, "status")
    _run_clocks(session, actor, petition, row, said)
    aftercare.follow(session, actor, petition, before, said)
    paper = _paper(session, actor, petition, row, said, had)
    return _record(session, actor, petition, row, before, said, paper)


def row_for(actor: Actor, petition: m.Petition, verb: str) -> Row:
    """The table's row for this verb now; raises RuleBroken saying why not."""
    row = moves.MOVES[petition.status].get(verb)
    if row is None:
        label = moves.VERBS.get(verb, verb)
        raise RuleBroken(f"“{petition.status.label}”的事项不能{label}，请刷新后看现在可以做什么。")
    if not moves.is_allowed(actor, row, petition.unit_id):
        raise gate.Forbidden(f"您的角色不能对这件事项{row.label}。")
    recusals.bar(actor, petition)
    if row.only and row.only not in matter_facts.of(petition, actor):
        raise RuleBroken(f"现在不能{row.label}：{row.only.label}。")
    return row


def _run_clocks(session: Session, actor: Actor, petition: m.Petition, row: Row, said: Mapping[str, Any]) -> None:
    clocks.stop(petition, row.stops, actor.today)
    clocks.resume(session, petition, row.resumes)
    for term in row.starts:
        started_on = _started_on(actor, petition, row, said)
        clocks.start(session, petition, term, started_on, petition.unit_id, said.get("body"))


def _started_on(actor: Actor, petition: m.Petition, row: Row, said: Mapping[str, Any]) -> date:
    """A term counts from the day the paper was received or the request made when the move says it (Art 35), else from today."""
    if row.verb == "ordinary" and petition.accepted_on:
        return petition.accepted_on
    moment = said.get("served_at")
    return moment.date() if moment else said.get("asked_on") or actor.today


def _open_legs(session: Session, actor: Actor, petition: m.Petition, row: Row, said: Mapping[str, Any]) -> None:
    _end_legs(petition, actor.today, row.label)
    for unit_id, is_lead in [(said["unit_id"], True), *((u, False) for u in said.get("assisting_ids") or ())]:
        leg = m.Leg(
            petition=petition,
            kind=row.leg,
            unit_id=unit_id,
            is_lead=is_lead,
            handler_id=said.get("handler_id") if is_lead else None,
            sent_on=actor.today,
            feedback_on=said.get("feedback_on"),
            measures=said.get("measures"),
        )
        session.add(leg)
    petition.unit_id, petition.handler_id = said["unit_id"], said.get("handler_id")
    session.flush()
    session.expire(petition, ["unit", "handler"])


def _end_legs(petition: m.Petition, on: date, reason: str) -> None:
    for leg in petition.legs:
        if leg.ended_on is None:
            leg.ended_on, leg.end_reason = on, reason


def _paper(
    session: Session, actor: Actor, petition: m.Petition, row: Row, said: Mapping[str, Any], had: m.Unit | None
) -> m.Document | None:
    if row.paper is None:
        return None
    unit = had if row.paper is DocumentKind.RETURN else petition.unit if row.paper in TO_UNITS else None
    addressee = unit.name if unit else documents.petitioner_names(petition)
    told = {**said, "result": row.verdict} if row.verdict else said
    return documents.issue(session, actor, petition, row.paper, told, addressee)


def _record(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    row: Row,
    before: Status,
    said: Mapping[str, Any],
    paper: m.Document | None,
) -> m.Move:
    details = {
        need.name: documents.written(said.get(need.name))
        for need in row.needs
        if said.get(need.name) not in (None, "", [])
    }
    moved = m.Move(
        petition=petition,
        verb=row.verb,
        from_status=before,
        to_status=petition.status,
        moved_on=actor.today,
        moved_at=actor.now,
        by_id=actor.user_id,
        by_name=actor.name,
        unit_name=petition.unit.name if petition.unit else None,
        note=next((said[name] for name in NOTES if said.get(name)), None),
        details=details,
        document=paper,
    )
    session.add(moved)
    session.flush()
    return moved
