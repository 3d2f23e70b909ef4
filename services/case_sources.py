"""Opening a case from where it was found: a matter, a reception record, a dispute, a row of a campaign's ledger (F1).

One verb; what it came from is kept on the case and shown on both pages.
"""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.cases import CaseSource
from rules.words import LedgerState, RuleBroken
from services import campaign_ledger, cases, dispute_cases, gate
from services.cases import Assignment

From = m.Petition | m.ReceptionRecord | m.Dispute | m.CampaignCase
"""What a case can be opened from."""


@dataclass(frozen=True)
class Link:
    """One thing a case came from or stands on: kind, table, id, what it is called."""

    source: CaseSource
    noun: str
    row_id: int
    text: str


def open_from(session: Session, actor: Actor, source: From, said: Assignment) -> m.Case:
    """Give what was found to a leader. Raises RuleBroken naming the field, gate.Forbidden where the actor may not.

    A dispute is registered as a matter with it; a reception record must be a matter already (its own page makes it one).
    """
    if isinstance(source, m.Dispute):
        return dispute_cases.into_case(session, actor, source, replace(said, source=CaseSource.DISPUTE))
    if isinstance(source, m.ReceptionRecord):
        if source.petition is None:
            raise RuleBroken("接访登记：还没有转成信访事项，请在登记页“转并包案”。", "petition_id")
        told = replace(said, source=CaseSource.RECORD, record_id=source.id)
        return cases.assign(session, actor, source.petition, told)
    if isinstance(source, m.CampaignCase):
        return _from_ledger(session, actor, source, said)
    return cases.assign(session, actor, source, said)


def _from_ledger(session: Session, actor: Actor, row: m.CampaignCase, said: Assignment) -> m.Case:
    if row.state is LedgerState.REMOVED:
        raise RuleBroken("专项台账：这一行已移出台账，不能再列入包案。", "petition_id")
    if row.struck_off_on is not None:
        raise RuleBroken(f"专项台账：这一行已于 {row.struck_off_on} 销号，不能再列入包案。", "petition_id")
    told = replace(said, source=CaseSource.CAMPAIGN, campaign_case_id=row.id)
    case = cases.assign(session, actor, row.petition, told)
    tell_ledgers(session, actor, case)
    return case


def tell_ledgers(session: Session, actor: Actor, case: m.Case, before: int | None = None) -> None:
    """Open rows of the campaigns' ledgers name the leader who carries the matter now: those that name none, or `before`."""
    row = m.CampaignCase
    named = row.leader_id.is_(None) if before is None else sa.or_(row.leader_id.is_(None), row.leader_id == before)
    open_ones = sa.select(row).where(
        row.petition_id == case.petition_id, row.state != LedgerState.REMOVED, row.struck_off_on.is_(None),
        sa.or_(named, row.id == (case.campaign_case_id or 0)),
    )  # fmt: skip
    for one in session.scalars(open_ones.execution_options(gated=True)).all():
        one.leader_id = case.leader_id
        campaign_ledger.set_limit(one, one.campaign, actor.today)
    session.flush()


def defaults(source: From) -> dict[str, Any]:
    """What the source says already: unit, leader, limit, direction."""
    if isinstance(source, m.ReceptionRecord):
        return {
            "unit_id": source.unit_id,
            "leader_id": source.leader_id,
            "close_by": source.due_on,
            "direction": source.opinion,
        }
    if isinstance(source, m.CampaignCase):
        return {
            "unit_id": source.unit_id, "leader_id": source.leader_id, "close_by": source.due_on, "measures": source.measures,
        }  # fmt: skip
    return {}


def links(session: Session, actor: Actor, case: m.Case) -> list[Link]:
    """Everything the case came from or stands on that the actor may see, what it was opened from first."""
    found = [
        *_links(session, actor, case, m.ReceptionRecord, CaseSource.RECORD),
        *_links(session, actor, case, m.Dispute, CaseSource.DISPUTE),
        *_links(session, actor, case, m.CampaignCase, CaseSource.CAMPAIGN),
    ]
    return sorted(found, key=lambda link: link.source is not case.source)


def _links(session: Session, actor: Actor, case: m.Case, model: Any, source: CaseSource) -> list[Link]:
    rows = gate.rows(actor, model).where(model.petition_id == case.petition_id).order_by(model.id)
    if model is m.CampaignCase:
        rows = campaign_ledger.rows(actor).where(model.petition_id == case.petition_id).order_by(model.id)
    return [Link(source, model.__tablename__, row.id, _text(row)) for row in session.scalars(rows)]


def _text(row: Any) -> str:
    if isinstance(row, m.ReceptionRecord):
        return f"{row.session.held_on} {row.leader.name}"
    return row.campaign.name if isinstance(row, m.CampaignCase) else str(row.number)


def case_of(session: Session, actor: Actor, petition_id: int | None) -> m.Case | None:
    """The matter's running case, else its last, for the pages of what it came from."""
    if petition_id is None:
        return None
    rows = gate.rows(actor, m.Case).where(m.Case.petition_id == petition_id)
    return session.scalars(rows.order_by(m.Case.ended_on.is_not(None), m.Case.id.desc()).limit(1)).first()
