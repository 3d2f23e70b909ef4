"""The roster as the office posts it: 领导信访接待日安排表 with exactly S3's columns and remark (D10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.roster_period import Period, day_text
from services import settings
from services.receptions import between
from services.roster_checks import Note
from services.workbook_table import Column, TableSheet

TITLE = "领导信访接待日安排表"
COLUMNS = {"month": "月份", "leader": "领导名单", "title": "职务", "cadre": "信访干部名单", "place": "接待地点"}
"""Key → head, in S3's order."""
MISSING = "（缺）"
"""What an empty cell that may not be empty says."""
REQUIRED = ("leader", "cadre", "place")
"""What a row may not be posted without."""


@dataclass(frozen=True)
class Row:
    """One line: its number, the five texts by key, and the heads of what it lacks."""

    number: int
    session: m.ReceptionSession
    texts: dict[str, str]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The whole sheet of a period."""

    title: str
    rows: list[Row]
    remark: str
    flags: list[str]


def table(session: Session, actor: Actor, period: Period) -> Table:
    """The period's sessions as the table; `flags` say which rows lack what."""
    rows = [_row(n, one) for n, one in enumerate(between(session, period.first, period.last), start=1)]
    place_name = settings.get(session, "office_place_name", actor.today)
    remark = str(settings.get(session, "roster_remark", actor.today))
    return Table(f"{period.label}{place_name}{TITLE}", rows, remark, _flags(rows))


def sheet(session: Session, actor: Actor, period: Period) -> TableSheet:
    """The same table for Excel and Word; what is missing says so in its cell."""
    made = table(session, actor, period)
    texts = [{key: text or MISSING * (key in REQUIRED) for key, text in row.texts.items()} for row in made.rows]
    columns = [Column(key, label) for key, label in COLUMNS.items()]
    return TableSheet(columns, texts, title=made.title, period=period.label, remark=made.remark)


def lacking(rows: Sequence[m.ReceptionSession]) -> list[Note]:
    """Sessions without a cadre or a place, by day: they would be posted as missing (缺). A missing leader is a gap of its own."""
    found = []
    for key, word in (("cadre", "信访干部"), ("place", "接访地点")):
        days = [day_text(row.held_on) for row in rows if not getattr(row, key)]
        if days:
            found.append(Note("soon", f"{'、'.join(days)} 没有{word}，安排表上会标“缺”，请补齐。"))
    return found


def _row(number: int, one: m.ReceptionSession) -> Row:
    texts = {
        "month": day_text(one.held_on),
        "leader": one.leader.name if one.leader else "",
        "title": one.leader.title if one.leader else "",
        "cadre": one.cadre or "",
        "place": one.place or "",
    }
    return Row(number, one, texts, tuple(COLUMNS[key] for key in REQUIRED if not texts[key]))


def _flags(rows: list[Row]) -> list[str]:
    """第7、14行没有接待地点，请补齐后再张贴。"""
    found = []
    for key in REQUIRED:
        numbers = [str(row.number) for row in rows if COLUMNS[key] in row.missing]
        if numbers:
            found.append(f"第 {'、'.join(numbers)} 行没有{COLUMNS[key]}，请补齐后再张贴。")
    return found
