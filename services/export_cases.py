"""Handed-over cases as a sheet (I1, F1)."""

from sqlalchemy.orm import joinedload

import models as m
from services.export_fields import Field, ListTable, plain

HAND_OVERS = ListTable(
    "hand_over", "包案移交登记表", m.HandOver, "hand_over.export",
    (
        Field("case", "包案编号", lambda row, _reader: row.case.number),
        Field("matter", "信访事项编号", lambda row, _reader: row.case.petition.number),
        Field("title", "概况", lambda row, _reader: row.case.petition.title, is_text=True),
        Field("from_leader", "移交领导", lambda row, _reader: row.from_leader.name),
        Field("to_leader", "接手领导", lambda row, _reader: row.to_leader.name),
        Field("next", "新包案编号", lambda row, _reader: row.next.number),
        plain("handed_on", "移交日期", "date"),
        plain("reason", "移交理由", is_text=True),
    ),
    m.HandOver.handed_on,
    (
        joinedload(m.HandOver.case).joinedload(m.Case.petition), joinedload(m.HandOver.next),
        joinedload(m.HandOver.from_leader), joinedload(m.HandOver.to_leader),
    ),
)  # fmt: skip

TABLES = (HAND_OVERS,)
"""The lists of this subject, for services.export_tables."""
