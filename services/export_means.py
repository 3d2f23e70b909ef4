"""Proceedings and appraisals of demands as sheets (I1, F4, F5)."""

from sqlalchemy.orm import joinedload, selectinload

import models as m
from rules.demand_ways import WAYS
from rules.proceedings import PersonRole
from services import proceeding_people
from services.export_fields import Field, ListTable, Reader, of_matter, plain


def _people(key: str, label: str, role: PersonRole) -> Field:
    return Field(key, label, lambda row, _reader: proceeding_people.listed(row, role), is_text=True)


def _word(key: str, label: str) -> Field:
    def value(row: m.Proceeding, _reader: Reader) -> str:
        found = getattr(row, key)
        return found.label if found is not None else ""

    return Field(key, label, value)


PROCEEDINGS = ListTable(
    "proceeding", "会商听证台账", m.Proceeding, "proceeding.export",
    (
        _word("kind", "种类"),
        of_matter("number", "信访事项编号"),
        Field("case", "包案编号", lambda row, _reader: row.case.number if row.case else ""),
        plain("held_on", "日期", "date"),
        plain("place", "地点"),
        _word("level", "调解层级"),
        _people("chair", "主持", PersonRole.CHAIR),
        _people("members", "参加人", PersonRole.MEMBER),
        _people("parties", "当事人", PersonRole.PARTY),
        _word("state", "状态"),
        _word("outcome", "结论"),
        plain("conclusion", "意见", is_text=True),
        Field("dissent", "不同意见", lambda row, _reader: proceeding_people.dissent(row), is_text=True),
    ),
    m.Proceeding.held_on,
    (joinedload(m.Proceeding.petition), joinedload(m.Proceeding.case), selectinload(m.Proceeding.people)),
)  # fmt: skip
DEMANDS = ListTable(
    "demand_appraisal", "诉求评判台账", m.DemandAppraisal, "demand_appraisal.export",
    (
        of_matter("number", "信访事项编号"),
        Field("case", "包案编号", lambda row, _reader: row.case.number if row.case else ""),
        _word("kind", "诉求评判"),
        Field("way", "办法", lambda row, _reader: WAYS[row.kind].text),
        plain("judged_on", "评判日期", "date"),
        plain("judged_by", "评判人"),
        plain("reason", "评判理由", is_text=True),
        plain("next_on", "再议日期", "date"),
        Field("current", "现行", lambda row, _reader: "是" if row.is_current else "否"),
    ),
    m.DemandAppraisal.judged_on,
    (joinedload(m.DemandAppraisal.petition), joinedload(m.DemandAppraisal.case)),
)  # fmt: skip

TABLES = (PROCEEDINGS, DEMANDS)
"""The lists of this subject, for services.export_tables."""
