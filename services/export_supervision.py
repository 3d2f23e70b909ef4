"""The exported register of supervisions (督办台账, B10); no petitioner stands in it: it is about units and officials (H7)."""

from sqlalchemy.orm import joinedload

import models as m
from rules import supervision
from services.export_fields import Field, ListTable, Reader, plain


def _about(row: m.Supervision, _reader: Reader) -> str:
    return row.petition.number if row.petition else row.subject or ""


def _on_time(row: m.Supervision, _reader: Reader) -> str:
    if row.withdrawn_reason:
        return supervision.SupervisionState.WITHDRAWN.label
    if row.answered_on is None:
        return ""
    return "按期" if row.answered_on <= row.reply_due_on else "超期"


SUPERVISIONS = ListTable(
    "supervision", "督办台账", m.Supervision, "supervision.export",
    (
        plain("number", "督办文号"),
        Field("about", "督办事项", _about),
        Field("addressee", "督办对象", lambda row, _reader: str(row.addressee.name)),
        plain("kind", "督办方式"),
        plain("joint_with", "联合单位"),
        plain("issued_on", "督办日期", "date"),
        plain("demand", "督办要求", is_text=True),
        plain("reply_due_on", "回复期限", "date"),
        Field("urged", "催办次数", lambda row, _reader: row.round - 1, "int"),
        plain("answered_on", "回复日期", "date"),
        Field("on_time", "按期/超期", _on_time),
        plain("answer", "办理情况", is_text=True),
        plain("outcome", "督办结果", is_text=True),
        plain("closed_on", "督办办结日期", "date"),
        plain("withdrawn_reason", "撤回理由", is_text=True),
    ),
    m.Supervision.issued_on,
    (joinedload(m.Supervision.petition), joinedload(m.Supervision.unit), joinedload(m.Supervision.leader)),
)  # fmt: skip
TABLES = (SUPERVISIONS,)
