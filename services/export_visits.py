"""Visits down, what they found, and the ledger of disputes as sheets (I1, E1, E2)."""

from sqlalchemy.orm import joinedload, selectinload

import models as m
from rules.access import mask, mask_name
from services.export_fields import Field, ListTable, Reader, named, plain


def _person(row: m.VisitFinding, reader: Reader) -> str:
    return mask_name(row.person or "", guarded=row.is_guarded or reader.is_masked)


def _became(row: m.VisitFinding, _reader: Reader) -> str:
    found = row.petition or row.dispute
    return found.number if found else ""


VISITS = ListTable(
    "visit", "领导下访台账", m.Visit, "visit.export",
    (
        Field("leader", "下访领导", lambda row, _reader: row.leader.name),
        Field("leader_title", "职务", lambda row, _reader: row.leader.title),
        plain("from_on", "开始日期", "date"),
        plain("to_on", "结束日期", "date"),
        plain("area", "下访地点"),
        plain("kind", "下访形式"),
        plain("mode", "下访方式"),
        plain("purpose", "下访目的", is_text=True),
        plain("crew", "随行人员"),
        Field("companions", "随行部门", lambda row, _reader: "、".join(unit.name for unit in row.companions)),
        plain("contacted_on", "联系日期", "date"),
        plain("posted_on", "公示日期", "date"),
        plain("people_met", "走访人数", "int"),
        plain("report", "下访情况", is_text=True),
        plain("state", "状态"),
    ),
    m.Visit.from_on,
    (joinedload(m.Visit.leader), selectinload(m.Visit.companions)),
)  # fmt: skip

FINDINGS = ListTable(
    "visit_finding", "下访发现问题台账", m.VisitFinding, "visit_finding.export",
    (
        Field("from_on", "下访日期", lambda row, _reader: row.visit.from_on, "date"),
        Field("leader", "下访领导", lambda row, _reader: row.visit.leader.name),
        Field("area", "下访地点", lambda row, _reader: row.visit.area),
        plain("text", "发现的问题", is_text=True),
        Field("place", "发生地点", lambda row, _reader: row.place or row.visit.area),
        Field("person", "反映人", _person),
        plain("opinion", "领导意见", is_text=True),
        plain("follow_up_on", "计划回访", "date"),
        plain("followed_up_on", "回访日期", "date"),
        plain("result", "回访情况", is_text=True),
        Field("became", "转为", _became),
    ),
    None,
    (
        joinedload(m.VisitFinding.visit).joinedload(m.Visit.leader),
        joinedload(m.VisitFinding.petition),
        joinedload(m.VisitFinding.dispute),
    ),
)  # fmt: skip

DISPUTES = ListTable(
    "dispute", "矛盾纠纷排查化解台账", m.Dispute, "dispute.export",
    (
        plain("number", "编号"),
        named("unit", "单位"),
        plain("found_on", "发现日期", "date"),
        plain("place", "发生地点"),
        plain("cause", "起因", is_text=True),
        plain("people_count", "涉及人数", "int"),
        plain("party", "当事人", is_text=True),
        Field("phone", "电话", lambda row, _reader: mask("phone", row.phone)),
        plain("urgency", "轻重"),
        plain("responsible", "责任人"),
        plain("situation", "目前态势", is_text=True),
        plain("measures", "化解措施", is_text=True),
        plain("due_on", "化解期限", "date"),
        plain("reported_on", "上报日期", "date"),
        plain("reported_to", "报送单位"),
        plain("state", "状态"),
        plain("settled_on", "化解日期", "date"),
        plain("result", "化解结果", is_text=True),
    ),
    m.Dispute.found_on,
    (joinedload(m.Dispute.unit),),
)  # fmt: skip

TABLES = (VISITS, FINDINGS, DISPUTES)
"""The lists of this subject, for services.export_tables."""
