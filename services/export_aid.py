"""Aid as a sheet (I1, F6)."""

from sqlalchemy.orm import joinedload

import models as m
from rules.access import mask_name
from services import aid
from services.export_fields import Field, ListTable, named, of_matter, plain

AIDS = ListTable(
    "aid", "帮扶救助台账", m.Aid, "aid.export",
    (
        of_matter("number", "信访事项编号"),
        Field("case", "包案编号", lambda row, _reader: row.case.number if row.case else ""),
        Field("receiver", "受助人", lambda row, _reader: mask_name(row.receiver, guarded=row.petition.is_guarded)),
        named("kind", "帮扶种类"),
        named("fund", "资金"),
        Field("amount", "金额（元）", lambda row, _reader: aid.shown(row.amount)),
        plain("decided_on", "决定日期", "date"),
        plain("decided_by", "决定人"),
        plain("paid_on", "发放日期", "date"),
        plain("over_reason", "超预算理由", is_text=True),
        plain("note", "备注", is_text=True),
        plain("withdrawn_reason", "撤销理由", is_text=True),
    ),
    m.Aid.decided_on,
    (joinedload(m.Aid.petition), joinedload(m.Aid.case), joinedload(m.Aid.kind), joinedload(m.Aid.fund)),
)  # fmt: skip

TABLES = (AIDS,)
"""The lists of this subject, for services.export_tables."""
