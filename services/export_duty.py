"""The duty roster and the on-call list as sheets (D9)."""

from typing import Any

from sqlalchemy.orm import joinedload

import models as m
from rules.calendar_days import weekday_name
from rules.roster_period import day_text
from rules.session_hours import hours_text
from services import duties, duty_table
from services.export_fields import Field, ListTable, Reader, named, plain


def _duty(key: str, value: Any) -> Field:
    return Field(key, duty_table.COLUMNS[key], value)


def _leader(row: m.DutyDay, _reader: Reader) -> str:
    return row.leader.name if row.leader else duty_table.NOBODY


DUTY = ListTable(
    "duty_day", duty_table.TITLE, m.DutyDay, "duty_day.export",
    (
        _duty("day", lambda row, _reader: day_text(row.held_on)),
        _duty("weekday", lambda row, _reader: weekday_name(row.held_on)),
        _duty("leader", _leader),
        _duty("title", lambda row, _reader: row.leader.title if row.leader else ""),
        _duty("staff", lambda row, _reader: row.staff),
        _duty("hours", lambda row, _reader: hours_text(row.starts, row.ends)),
        _duty("note", lambda row, _reader: duty_table.note_of(row)),
    ),
    m.DutyDay.held_on,
    duties.SHOWN,
    (m.DutyDay.held_on, m.DutyDay.starts, m.DutyDay.id),
    duty_table.remark,
)  # fmt: skip

ON_CALL = ListTable(
    "on_call", "随叫随到名单", m.OnCall, "on_call.export",
    (
        named("unit", "科室"),
        plain("name", "姓名"),
        plain("title", "职务"),
        plain("phone", "电话"),
        plain("is_active", "启用"),
    ),
    None,
    (joinedload(m.OnCall.unit),),
    (m.OnCall.position, m.OnCall.id),
)  # fmt: skip

TABLES = (DUTY, ON_CALL)
