"""What is to be done about visits down and disputes now, for the workbench: steps due, reports and return visits owed (E1, E2)."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules.access import Actor
from rules.visits import Step
from services import disputes, gate, visit_findings, visits

MOST = 8
"""Steps shown; the list of visits shows all."""
URGENT = frozenset({"soon", "today", "late"})


@dataclass(frozen=True)
class Task:
    """One step of a visit that is due soon, today or overdue."""

    visit: m.Visit
    step: Step


def steps_due(session: Session, actor: Actor) -> list[Task]:
    """The steps of visits to come that are due or overdue, the earliest first; nothing for roles without visits."""
    if not access.may(actor, "visit.edit"):
        return []
    statement = visits.preparing(session, gate.rows(actor, m.Visit), actor).options(joinedload(m.Visit.leader))
    days = visits.step_days(session, actor)
    rows = session.scalars(statement.order_by(m.Visit.from_on, m.Visit.id).limit(MOST))
    found = [
        Task(row, step) for row in rows for step in visits.steps(session, actor, row, days) if step.light in URGENT
    ]
    return sorted(found, key=lambda task: task.step.due)[:MOST]


def counts(session: Session, actor: Actor) -> dict[tuple[str, str], int]:
    """(Noun, tab of its list) → how many wait there, each only where the role may see the list and do something."""
    found: dict[tuple[str, str], sa.Select[tuple[object]]] = {}
    if access.may(actor, "visit.edit"):
        found["visit", "unrecorded"] = visits.unrecorded(gate.rows(actor, m.Visit), actor)
    if access.may(actor, "visit_finding.edit"):
        found["visit_finding", "due"] = visit_findings.due(gate.rows(actor, m.VisitFinding), actor)
    if access.may(actor, "dispute.edit"):
        found["dispute", "report"] = disputes.unreported(gate.rows(actor, m.Dispute), actor)
    return {key: gate.count(session, statement) for key, statement in found.items()}
