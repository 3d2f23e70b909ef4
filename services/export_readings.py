"""The exported list of letters put before leaders (领导阅批台账, C1–C3)."""

from sqlalchemy.orm import joinedload

import models as m
from services.export_fields import Field, ListTable, of_matter, people, plain

READINGS = ListTable(
    "reading", "领导阅批群众来信台账", m.Reading, "reading.export",
    (
        of_matter("number", "信访事项编号"),
        Field("received_on", "收信日期", lambda row, _reader: row.contact.received_on, "date"),
        Field("channel", "信访方式", lambda row, reader: reader.channels.get(row.contact.channel, row.contact.channel)),
        Field("people", "来信人", lambda row, reader: people(row.contact.people, row.petition, reader)),
        Field("title", "概况", lambda row, _reader: row.petition.title, is_text=True),
        Field("leader", "阅批领导", lambda row, _reader: row.leader.name),
        Field("leader_title", "职务", lambda row, _reader: row.leader.title),
        plain("reason", "呈阅事由"),
        plain("put_on", "呈送日期", "date"),
        plain("read_on", "阅批日期", "date"),
        plain("instruction", "批示", is_text=True),
        Field("unit", "责任单位", lambda row, _reader: str(row.petition.unit or "")),
        plain("report_due_on", "结案报告期限", "date"),
        plain("report_signed_on", "审签日期", "date"),
        plain("late_reason", "逾期原因", is_text=True),
        plain("extension_to", "申请延至", "date"),
        plain("result", "办理结果", is_text=True),
        plain("writer_opinion", "来信人意见"),
        plain("fed_back_on", "反馈日期", "date"),
        plain("withdrawn_reason", "撤回理由", is_text=True),
    ),
    m.Reading.put_on,
    (
        joinedload(m.Reading.leader),
        joinedload(m.Reading.petition).joinedload(m.Petition.unit),
        joinedload(m.Reading.contact)
        .selectinload(m.Contact.people)
        .joinedload(m.ContactPetitioner.petitioner),
    ),
)  # fmt: skip
TABLES = (READINGS,)
