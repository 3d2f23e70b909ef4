"""The paper of a held proceeding (核查报告、会商纪要、听证笔录、调解记录、评议记录): filled from the Word template and filed (F4)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.proceedings import KINDS, PersonRole
from services import documents, gate, proceeding_people, proceedings


def issue(session: Session, actor: Actor, row: m.Proceeding) -> m.Document:
    """Number, fill and file its paper; a later one replaces the earlier as the proceeding's, both stay in the file."""
    proceedings.check_writer(session, actor, row.petition)
    proceedings.check_held(row)
    said = values(session, actor, row)
    row.document = documents.issue(session, actor, row.petition, KINDS[row.kind].paper, said, "")
    session.flush()
    return row.document


def values(session: Session, actor: Actor, row: m.Proceeding) -> dict[str, Any]:
    """What its paper says, by field of rules.paper_fields; parties of a guarded matter masked (§4)."""
    asked = [row.asked_by.label if row.asked_by else "", documents.written(row.asked_on)]
    return {
        "held_at": " ".join(filter(None, (documents.written(row.held_on), row.starts))),
        "place": row.place or "",
        "chair": proceeding_people.listed(row, PersonRole.CHAIR),
        "members": proceeding_people.listed(row, PersonRole.MEMBER),
        "parties": proceeding_people.listed(row, PersonRole.PARTY),
        "recorder": row.recorder or "",
        "minutes": row.minutes or "",
        "outcome": row.outcome.label if row.outcome else "",
        "conclusion": row.conclusion or "",
        "dissent": proceeding_people.dissent(row) or "无",
        "decisions": "\n".join(decision_line(one) for one in decided(session, actor, row)) or "无",
        "asked": "，".join(filter(None, asked)),
        "announced_on": row.announced_on,
        "level": row.level,
    }


def decided(session: Session, actor: Actor, row: m.Proceeding) -> list[m.Decision]:
    """What it decided, without what was taken back."""
    d = m.Decision
    found: sa.Select[Any] = gate.rows(actor, d).where(d.conference_id == row.id, d.dropped_reason.is_(None))
    return list(session.scalars(found.order_by(d.id)))


def decision_line(one: m.Decision) -> str:
    """补发差额补偿款（城建办，2026年12月20日前）"""
    return f"{one.text}（{one.owner.name}，{documents.written(one.due_on)}前）"
