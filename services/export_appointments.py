"""The columns of the exported list of sign-ups and invitations (预约约访登记表, D11); names and phones stay masked (C3)."""

from sqlalchemy.orm import joinedload

import models as m
from rules.access import mask
from services.export_fields import Field, ListTable, plain

NOBODY = "（缺）"
"""What a session without a leader says."""

APPOINTMENTS = ListTable(
    "appointment", "预约约访登记表", m.Appointment, "appointment.export",
    (
        Field("held_on", "接访日期", lambda row, _reader: row.session.held_on, "date"),
        Field("leader", "接访领导", lambda row, _reader: row.session.leader.name if row.session.leader else NOBODY),
        Field("visitor", "来访人", lambda row, _reader: str(row)),
        Field("phone", "电话", lambda row, _reader: mask("phone", row.phone)),
        plain("people_count", "人数", "int"),
        plain("place", "问题属地"),
        plain("demand", "诉求", is_text=True),
        plain("purpose", "信访目的"),
        plain("kind", "种类"),
        plain("signed_up_on", "登记日期", "date"),
        plain("reason", "约访事由", is_text=True),
        Field("brief", "接访准备", lambda row, _reader: "有" if row.brief else "无"),
        plain("state", "状态"),
        Field("matter", "信访事项编号", lambda row, _reader: row.petition.number if row.petition else ""),
    ),
    m.Appointment.signed_up_on,
    (joinedload(m.Appointment.session).joinedload(m.ReceptionSession.leader), joinedload(m.Appointment.petition)),
)  # fmt: skip
TABLES = (APPOINTMENTS,)
