"""Decisions as a sheet (I1, E3)."""

from sqlalchemy.orm import joinedload

import models as m
from services import decisions
from services.export_fields import Field, ListTable, Reader, plain


def _state(row: m.Decision, reader: Reader) -> str:
    return decisions.state_of(row, reader.actor.today).label


DECISIONS = ListTable(
    "decision", "议定事项落实情况表", m.Decision, "decision.export",
    (
        Field("meeting", "会议", lambda row, _reader: str(row.meeting or row.conference or "")),
        plain("decided_on", "议定日期", "date"),
        plain("text", "议定事项", is_text=True),
        Field("owner", "落实单位（人）", lambda row, _reader: row.owner.name),
        plain("due_on", "落实期限", "date"),
        Field("state", "状态", _state),
        plain("done_on", "落实日期", "date"),
        plain("done_note", "落实情况", is_text=True),
    ),
    m.Decision.decided_on,
    (
        joinedload(m.Decision.meeting), joinedload(m.Decision.conference), joinedload(m.Decision.unit), joinedload(m.Decision.leader),
        joinedload(m.Decision.user),
    ),
)  # fmt: skip

TABLES = (DECISIONS,)
"""The lists of this subject, for services.export_tables."""
