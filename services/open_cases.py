"""The open list of assigned cases (包案情况公开): no personal data, and nothing at all of guarded matters (F7, J1)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import Status

MOST = 500
"""Lines shown; the newest first."""


def open_cases(session: Session) -> list[dict[str, Any]]:
    """{"number", "category", "leader", "title", "unit", "status", "assigned_on", "close_by", "ended_on"} a case, newest first.

    Only these columns are read: neither the matter's text nor a name of those who came ever leaves the database here.
    """
    leader, unit, category = m.Case.leader, m.Case.unit, m.Petition.category
    statement = (
        sa.select(
            m.Case.number, m.Category.path.label("category"), m.Leader.name.label("leader"), m.Leader.title,
            m.Unit.name.label("unit"), m.Case.status, m.Case.assigned_on, m.Case.close_by, m.Case.ended_on,
        )
        .join(m.Case.petition).join(leader).outerjoin(unit).outerjoin(category)
        .where(sa.not_(m.Petition.is_guarded), m.Petition.status != Status.VOIDED)
        .order_by(m.Case.assigned_on.desc(), m.Case.id.desc()).limit(MOST)
    )  # fmt: skip
    found = session.execute(statement, execution_options={"gated": True}).mappings()
    return [dict(line) | {"category": (line["category"] or "").partition("/")[0]} for line in found]
