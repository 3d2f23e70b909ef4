"""A dispute turned into an assigned case in one step: registered as a matter, given to a leader, all three linked (E2, F1)."""

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.cases import CaseSource
from rules.words import Purpose, RuleBroken
from services import case_choices, cases, disputes, gate


def proposed(session: Session, actor: Actor, row: m.Dispute) -> m.Leader | None:
    """The leader whose division of work names the dispute's unit, or the nearest above it."""
    with session.no_autoflush:
        return case_choices.propose_leader(session, actor, m.Petition(unit_id=row.unit_id, purpose=Purpose.SEEK))


def into_case(session: Session, actor: Actor, row: m.Dispute, said: cases.Assignment) -> m.Case:
    """Register the dispute as a matter and assign it to a leader; its unit answers for it unless another is named.

    Raises RuleBroken naming the field, gate.Forbidden where the actor may not assign or not write the dispute.
    """
    gate.allow(actor, "case.assign")
    disputes.check_writer(actor, row)
    disputes.check_open(row)
    by_work = proposed(session, actor, row)
    if by_work is not None and by_work.id != said.leader_id and not (said.reason or "").strip():
        raise RuleBroken(f"改派理由：按分工应由{by_work.name}包案，改由他人包案的请写明理由。", "reason")
    petition = disputes.into_matter(session, actor, row)
    said.unit_id, said.source = said.unit_id or row.unit_id, CaseSource.DISPUTE
    row.case = cases.assign(session, actor, petition, said)
    session.flush()
    return row.case
