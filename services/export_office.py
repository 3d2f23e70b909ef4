"""The office's other lists as sheets: papers, return visits, closing files, units, leaders, categories (I1)."""

from sqlalchemy.orm import joinedload, selectinload

import models as m
from rules.papers import TO_UNITS
from services import promises
from services.export_fields import Field, ListTable, Reader, named, of_matter, plain, shown_name

TITLE = Field("title", "概况", lambda row, _reader: row.petition.title, is_text=True)


def _addressee(row: m.Document, reader: Reader) -> str:
    """A unit by its name, a petitioner as the reader may see him."""
    return row.addressee if row.kind in TO_UNITS else shown_name(row.addressee, row.petition, reader)


DOCUMENTS = ListTable(
    "document", "文书台账", m.Document, "document.export",
    (
        plain("number", "文号"),
        plain("kind", "文种"),
        plain("issued_on", "出具日期", "date"),
        plain("issuer", "出具单位"),
        Field("addressee", "收文人", _addressee),
        of_matter("number", "信访事项编号"),
        TITLE,
    ),
    m.Document.issued_on,
    (joinedload(m.Document.petition),),
)  # fmt: skip

RETURN_VISITS = ListTable(
    "return_visit", "回访台账", m.ReturnVisit, "return_visit.export",
    (
        of_matter("number", "信访事项编号"),
        TITLE,
        Field("unit", "责任单位", lambda row, _reader: str(row.petition.unit or "")),
        plain("planned_on", "计划日期", "date"),
        plain("made_on", "回访日期", "date"),
        plain("method", "方式"),
        plain("visitor", "回访人"),
        plain("words", "信访人意见", is_text=True),
        plain("satisfaction", "满意度"),
        plain("help_given", "帮扶情况", is_text=True),
    ),
    m.ReturnVisit.planned_on,
    (joinedload(m.ReturnVisit.petition).joinedload(m.Petition.unit),),
)  # fmt: skip

CLOSING_FILES = ListTable(
    "closing_file", "结案审查台账", m.ClosingFile, "closing_file.export",
    (
        Field("case", "包案编号", lambda row, _reader: row.case.number),
        of_matter("number", "信访事项编号"),
        TITLE,
        Field("leader", "包案领导", lambda row, _reader: row.case.leader.name),
        plain("status", "状态"),
        plain("paper", "信访人签订"),
        plain("closed_on", "结案日期", "date"),
        plain("reopened_on", "重新办理日期", "date"),
    ),
    m.ClosingFile.closed_on,
    (joinedload(m.ClosingFile.petition), joinedload(m.ClosingFile.case).joinedload(m.Case.leader)),
)  # fmt: skip

PROMISES = ListTable(
    "promise", "承诺事项台账", m.Promise, "promise.export",
    (
        Field("case", "包案编号", lambda row, _reader: row.closing_file.case.number),
        Field("number", "信访事项编号", lambda row, _reader: row.closing_file.petition.number),
        Field("leader", "包案领导", lambda row, _reader: row.closing_file.case.leader.name),
        plain("text", "承诺事项", is_text=True),
        Field("owner", "兑现单位", lambda row, _reader: row.owner.name if row.owner else ""),
        plain("due_on", "兑现期限", "date"),
        plain("kept_on", "兑现日期", "date"),
        plain("evidence", "凭证", is_text=True),
    ),
    m.Promise.due_on,
    promises.LOADED,
)  # fmt: skip

UNITS = ListTable(
    "unit", "单位一览表", m.Unit, "unit.export",
    (
        plain("name", "单位名称"),
        plain("kind", "种类"),
        named("parent", "上级单位"),
        named("head_leader", "单位负责领导"),
        plain("phone", "联系电话"),
        plain("address", "地址"),
        plain("is_active", "启用"),
    ),
    None,
    (joinedload(m.Unit.parent), joinedload(m.Unit.head_leader)),
)  # fmt: skip

LEADERS = ListTable(
    "leader", "领导一览表", m.Leader, "leader.export",
    (
        plain("turn", "轮次", "int"),
        plain("name", "姓名"),
        plain("title", "职务"),
        plain("rank", "职级"),
        plain("division", "分管工作"),
        Field("units", "分管单位", lambda row, _reader: "、".join(unit.name for unit in row.units)),
        plain("phone", "办公电话"),
        plain("is_active", "启用"),
    ),
    None,
    (selectinload(m.Leader.units),),
)  # fmt: skip

CATEGORIES = ListTable(
    "category", "内容分类表", m.Category, "category.export",
    (
        Field("first", "一级", lambda row, _reader: row.path.split("/")[0]),
        Field("second", "二级", lambda row, _reader: "".join(row.path.split("/")[1:2])),
        Field("third", "三级", lambda row, _reader: "".join(row.path.split("/")[2:3])),
        plain("code", "代码"),
        plain("valid_from", "生效日期", "date"),
        plain("valid_to", "失效日期", "date"),
    ),
    None,
)  # fmt: skip

TABLES = (DOCUMENTS, RETURN_VISITS, CLOSING_FILES, PROMISES, UNITS, LEADERS, CATEGORIES)
