"""The columns of every exported list of matters, once: the screen's 导出 Excel and `flask export` both read them (I1, A9).

The statistician gets neither names nor free text (rules-of-the-office §4).
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import models as m
from rules.access import Actor, mask_name
from rules.words import Purpose
from services import (
    export_aid,
    export_appointments,
    export_cases,
    export_duty,
    export_inspection,
    export_means,
    export_meetings,
    export_office,
    export_readings,
    export_supervision,
    export_visits,
    gate,
    settings,
)
from services.export_fields import Field, ListTable, Reader, named, of_matter, people, plain, protected
from services.reception_ledger import OPTIONS, line


def _category(petition: m.Petition) -> str:
    return str(petition.category or petition.category_text or "")


def _matter_people(petition: m.Petition, reader: Reader) -> str:
    contact = petition.contacts[0] if petition.contacts else None
    return people(contact.people, petition, reader) if contact and not contact.is_anonymous else "匿名"


def _month(row: m.ReceptionSession, _reader: Reader) -> str:
    return f"{row.held_on.month}月{row.held_on.day}日"


MISSING = "（缺）"
"""What a roster's row without leader, cadre or place says (D10)."""

CONTACTS = ListTable(
    "contact", "来信来访登记表", m.Contact, "contact.export",
    (
        plain("number", "登记编号"),
        of_matter("number", "信访事项编号"),
        plain("registered_on", "登记日期", "date"),
        plain("received_on", "收到日期", "date"),
        Field("channel", "信访方式", lambda row, reader: reader.channels.get(row.channel, row.channel)),
        Field("people", "信访人", lambda row, reader: "匿名" if row.is_anonymous else people(row.people, row.petition, reader)),
        protected("phone", "电话"),
        protected("id_number", "证件号码"),
        protected("address", "详细地址"),
        plain("people_count", "人数", "int"),
        Field("is_first", "初次/重复", lambda row, _reader: "初次" if row.is_first else "重复"),
        plain("level_visited", "走访级别"),
        plain("purpose", "信访目的"),
        Field("category", "内容分类", lambda row, _reader: _category(row.petition)),
        plain("place", "问题属地"),
        plain("demand", "诉求", is_text=True),
        Field("unit", "责任单位", lambda row, _reader: str(row.petition.unit or "")),
        of_matter("status", "办理状态"),
    ),
    m.Contact.registered_on,
    (
        joinedload(m.Contact.petition).joinedload(m.Petition.unit),
        joinedload(m.Contact.petition).joinedload(m.Petition.category),
        selectinload(m.Contact.people).joinedload(m.ContactPetitioner.petitioner),
    ),
)  # fmt: skip

PETITIONS = ListTable(
    "petition", "信访处理台账", m.Petition, "petition.export",
    (
        plain("number", "信访事项编号"),
        plain("registered_on", "登记日期", "date"),
        Field("people", "信访人", _matter_people),
        plain("people_count", "人数", "int"),
        plain("title", "概况", is_text=True),
        plain("demand", "诉求", is_text=True),
        Field("channel", "信访方式", lambda row, reader: reader.channels.get(row.channel, row.channel)),
        plain("purpose", "信访目的"),
        Field("category", "内容分类", lambda row, _reader: _category(row)),
        plain("place", "问题属地"),
        named("unit", "责任单位"),
        named("handler", "承办人"),
        plain("status", "状态"),
        plain("routed_on", "转送交办日期", "date"),
        plain("accepted_on", "受理日期", "date"),
        plain("breach_on", "最后期限", "date"),
        plain("replied_on", "答复日期", "date"),
        plain("opinion", "处理意见"),
        plain("served_at", "送达时间", "datetime"),
        plain("closed_on", "办结日期", "date"),
        plain("archived_on", "归档日期", "date"),
    ),
    m.Petition.registered_on,
    (
        joinedload(m.Petition.unit),
        joinedload(m.Petition.handler),
        joinedload(m.Petition.category),
        selectinload(m.Petition.contacts).selectinload(m.Contact.people).joinedload(m.ContactPetitioner.petitioner),
    ),
)  # fmt: skip

CASES = ListTable(
    "case", "领导包案台账", m.Case, "case.export",
    (
        plain("number", "包案编号"),
        of_matter("number", "信访事项编号"),
        Field("title", "概况", lambda row, _reader: row.petition.title, is_text=True),
        Field("leader", "包案领导", lambda row, _reader: row.leader.name),
        Field("leader_title", "职务", lambda row, _reader: row.leader.title),
        plain("level", "包案级别"),
        plain("is_major", "重大复杂"),
        plain("basis", "包案方式"),
        plain("source", "来源"),
        named("unit", "责任单位"),
        named("responsible", "责任人"),
        plain("assigned_on", "包案日期", "date"),
        plain("close_by", "结案时限", "date"),
        plain("direction", "办案方向", is_text=True),
        plain("measures", "稳控措施", is_text=True),
        plain("plan", "化解方案", is_text=True),
        plain("status", "状态"),
        plain("ended_on", "结束日期", "date"),
    ),
    m.Case.assigned_on,
    (joinedload(m.Case.petition), joinedload(m.Case.leader), joinedload(m.Case.unit), joinedload(m.Case.responsible)),
)  # fmt: skip

CAMPAIGN_CASES = ListTable(
    "campaign_case", "信访积案台账", m.CampaignCase, "campaign_case.export",
    (
        named("campaign", "专项活动"),
        of_matter("number", "信访事项编号"),
        Field("title", "概况", lambda row, _reader: row.petition.title, is_text=True),
        plain("scheme", "问题类别"),
        plain("source", "来源"),
        plain("source_number", "来文编号"),
        named("unit", "责任单位"),
        plain("responsible", "责任人"),
        Field("leader", "包案领导", lambda row, _reader: row.leader.name if row.leader else ""),
        plain("measures", "化解措施", is_text=True),
        plain("due_on", "化解时限", "date"),
        plain("progress", "办理情况", is_text=True),
        plain("state", "化解情况"),
        plain("resolved_on", "化解日期", "date"),
    ),
    m.CampaignCase.entered_on,
    (
        joinedload(m.CampaignCase.campaign),
        joinedload(m.CampaignCase.petition),
        joinedload(m.CampaignCase.unit),
        joinedload(m.CampaignCase.leader),
    ),
)  # fmt: skip

SESSIONS = ListTable(
    "reception_session", "领导信访接待日安排表", m.ReceptionSession, "reception_session.export",
    (
        Field("month", "月份", _month),
        Field("leader", "领导名单", lambda row, _reader: row.leader.name if row.leader else MISSING),
        Field("title", "职务", lambda row, _reader: row.leader.title if row.leader else MISSING),
        Field("cadre", "信访干部名单", lambda row, _reader: row.cadre or MISSING),
        Field("place", "接待地点", lambda row, _reader: row.place or MISSING),
    ),
    m.ReceptionSession.held_on,
    (joinedload(m.ReceptionSession.leader),),
    (m.ReceptionSession.held_on, m.ReceptionSession.starts, m.ReceptionSession.id),
    lambda session, actor: str(settings.get(session, "roster_remark", actor.today)),
)  # fmt: skip

RECORDS = ListTable(
    "reception_record", "领导接访工作台账", m.ReceptionRecord, "reception_record.export",
    (
        Field("held_on", "接访日期", lambda row, _reader: row.session.held_on, "date"),
        Field("leader", "接访领导", lambda row, _reader: row.leader.name),
        Field("leader_title", "职务", lambda row, _reader: row.leader.title),
        Field("place_held", "接访地点", lambda row, _reader: row.session.place),
        Field("visitor", "来访人", lambda row, reader: mask_name(row.visitor, guarded=_is_guarded(row) or reader.is_masked)),
        plain("people_count", "人数", "int"),
        plain("place", "问题属地"),
        plain("demand", "诉求", is_text=True),
        plain("cause", "产生原因", is_text=True),
        named("unit", "责任单位"),
        Field("assisting", "协办单位", lambda row, _reader: "、".join(unit.name for unit in row.assisting)),
        plain("opinion", "领导意见", is_text=True),
        plain("outcome", "处理方式"),
        plain("signed_on", "签批日期", "date"),
        plain("due_on", "办理期限", "date"),
        plain("policy", "政策说明", is_text=True),
        Field("matter", "信访事项编号", lambda row, _reader: row.petition.number if row.petition else ""),
        Field("state", "办理状态", lambda row, _reader: line(row).state),
        Field("answered_on", "答复日期", lambda row, _reader: line(row).answered_on, "date"),
        Field("closed_on", "办结日期", lambda row, _reader: line(row).closed_on, "date"),
        Field("result", "办理结果", lambda row, _reader: line(row).result, is_text=True),
        Field("leader_told_on", "反馈接访领导日期", lambda row, _reader: line(row).leader_told_on, "date"),
        Field("visitor_told_on", "反馈来访人日期", lambda row, _reader: line(row).visitor_told_on, "date"),
    ),
    None,
    OPTIONS,
)  # fmt: skip


def _is_guarded(row: m.ReceptionRecord) -> bool:
    return bool(row.is_secret or row.purpose == Purpose.REPORT or (row.petition and row.petition.is_guarded))


FILINGS = ListTable(
    "filing", "存信台账", m.Filing, "filing.export",
    (
        of_matter("number", "信访事项编号"),
        of_matter("title", "概况"),
        of_matter("place", "问题属地"),
        of_matter("registered_on", "登记日期", "date"),
        plain("filing", "存信原因"),
        plain("reason", "理由", is_text=True),
        named("asked_by", "提出人"),
        plain("asked_on", "提出日期", "date"),
        plain("answer", "批准"),
        named("answered_by", "批准人"),
        plain("answered_on", "批准日期", "date"),
    ),
    m.Filing.asked_on,
    (joinedload(m.Filing.petition), joinedload(m.Filing.asked_by), joinedload(m.Filing.answered_by)),
)  # fmt: skip

LISTS: dict[str, ListTable] = {
    table.name: table
    for table in (
        CONTACTS,
        PETITIONS,
        CASES,
        CAMPAIGN_CASES,
        SESSIONS,
        RECORDS,
        FILINGS,
        *export_office.TABLES,
        *export_visits.TABLES,
        *export_duty.TABLES,
        *export_meetings.TABLES,
        *export_aid.TABLES,
        *export_means.TABLES,
        *export_cases.TABLES,
        *export_inspection.TABLES,
        *export_appointments.TABLES,
        *export_readings.TABLES,
        *export_supervision.TABLES,
    )
}
"""Every list that exports, by the noun of its screen."""


def everything(actor: Actor, table: ListTable) -> Any:
    """The list's rows that the actor may know of, in the order of the sheet; no guarded matter in a campaign's ledger."""
    statement = gate.rows(actor, table.model)
    if table is CAMPAIGN_CASES:
        statement = statement.where(m.CampaignCase.petition.has(sa.not_(m.Petition.is_guarded)))
    if table is SESSIONS:
        statement = statement.where(m.ReceptionSession.cancelled_reason.is_(None))
    return statement.order_by(*(table.order or (table.model.id.desc(),)))


def bounded(table: ListTable, statement: Any, start: date | None, end: date | None) -> Any:
    """The statement with only the rows of a period; a reception record is placed by its session's day."""
    day = table.day
    if table is RECORDS and (start or end):
        statement, day = statement.join(m.ReceptionRecord.session), m.ReceptionSession.held_on
    if start:
        statement = statement.where(day >= start)
    return statement.where(day <= end) if end else statement
