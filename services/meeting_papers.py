"""Agenda and minutes of a meeting as a table, for Word and Excel; fit to be handed round: guarded matters are on neither (E3, §3)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import meetings as rules
from rules.access import Actor
from services import agenda, gate
from services.workbook_table import Column, TableSheet, Value

TITLES = {"agenda": "{kind}议程", "minutes": "{kind}纪要"}
HEAD = [
    Column("place", "序号", kind="int"),
    Column("number", "编号"),
    Column("title", "议题"),
    Column("why", "列入原因"),
]
COLUMNS = {
    "agenda": HEAD,
    "minutes": [
        *HEAD, Column("heard", "汇报情况"), Column("opinion", "研究意见"), Column("decided", "议定事项（落实单位、期限）"),
    ],
}  # fmt: skip


def sheet(session: Session, actor: Actor, row: m.Meeting, paper: str) -> TableSheet:
    """`paper`: a key of TITLES. The items everybody at the table may know of, and what was decided besides."""
    rows: list[dict[str, Value]] = []
    for place, item in enumerate(agenda.items_of(session, actor, row, to_hand_round=True), start=1):
        number, title = agenda.title_of(item)
        rows.append(
            {
                "place": place, "number": number, "title": title, "why": item.why or "", "heard": item.heard or "",
                "opinion": rules.current(item.opinion), "decided": _lines(session, actor, m.Decision.item_id == item.id),
            }
        )  # fmt: skip
    loose = _lines(session, actor, (m.Decision.meeting_id == row.id) & m.Decision.item_id.is_(None))
    if paper == "minutes" and loose:
        rows.append({"place": len(rows) + 1, "title": "其他", "decided": loose})
    people = "、".join([*(leader.name for leader in row.leaders), *(unit.name for unit in row.units)])
    return TableSheet(
        COLUMNS[paper], rows, title=TITLES[paper].format(kind=row.kind.label),
        period=f"{row.held_on} {row.starts or ''} {row.place or ''}".strip(),
        remark="\n".join(filter(None, (f"参会：{people}", rules.current(row.minutes) if paper == "minutes" else ""))),
    )  # fmt: skip


def _lines(session: Session, actor: Actor, where: sa.ColumnElement[bool]) -> str:
    found = session.scalars(gate.rows(actor, m.Decision).where(where).order_by(m.Decision.id))
    kept = [one for one in found if one.dropped_reason is None and not (one.petition and one.petition.is_guarded)]
    return "\n".join(f"{one.text}（{one.owner.name}，{one.due_on} 前）" for one in kept)
