"""The dossier's own papers as docx: contents (卷内目录), closing sheet (结案审查表), what was done (办理经过) (B9)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import closing as rule
from rules import moves
from rules.access import Actor
from services import closing_content, closing_lines, gate, office_zone, settings, table_document
from services.dossier import Piece
from services.paper_values import petitioner_names
from services.workbook_table import Column, TableSheet


@dataclass(frozen=True)
class Step:
    """One line of what was done: the day, who, what, in which words."""

    day: date
    who: str
    what: str
    words: str


def history(session: Session, actor: Actor, petition: m.Petition) -> list[Step]:
    """What was done with the matter, oldest first: contacts, moves, supervision, the case, return visits."""
    found = [step for told in (_contacts, _moves, _cases, _visits) for step in told(session, actor, petition)]
    return sorted(found, key=lambda step: step.day)


def _contacts(session: Session, actor: Actor, petition: m.Petition) -> Iterator[Step]:
    channels = settings.channels(session)
    asked = gate.rows(actor, m.Contact).where(m.Contact.petition_id == petition.id).order_by(m.Contact.id)
    for row in session.scalars(asked):
        yield Step(row.received_on, "信访人", f"{channels.get(row.channel, row.channel)}（{row.number}）", row.demand)


def _moves(session: Session, actor: Actor, petition: m.Petition) -> Iterator[Step]:
    asked = gate.rows(actor, m.Move).where(m.Move.petition_id == petition.id).order_by(m.Move.id)
    for row in session.scalars(asked.options(sa.orm.joinedload(m.Move.document))):
        number = f"（{row.document.number}）" if row.document is not None and row.document.number else ""
        what = f"{moves.VERBS.get(row.verb, row.verb)}{number}"
        yield Step(row.moved_on, row.by_name, what, "：".join(filter(None, (row.unit_name, row.note))))


def _cases(session: Session, actor: Actor, petition: m.Petition) -> Iterator[Step]:
    asked = gate.rows(actor, m.Case).where(m.Case.petition_id == petition.id).order_by(m.Case.id)
    for row in session.scalars(asked):
        yield Step(row.assigned_on, row.leader.name, f"包案（{row.number}）", row.direction or "")
        if row.ended_on is not None:
            yield Step(row.ended_on, row.leader.name, "包案结束", row.end_reason or "")


def _visits(session: Session, actor: Actor, petition: m.Petition) -> Iterator[Step]:
    asked = gate.rows(actor, m.ReturnVisit).where(
        m.ReturnVisit.petition_id == petition.id, m.ReturnVisit.made_on.is_not(None)
    )
    for row in session.scalars(asked.order_by(m.ReturnVisit.id)):
        opinion = row.satisfaction.label if row.satisfaction else ""
        assert row.made_on is not None
        yield Step(row.made_on, row.visitor or "", f"回访（{opinion}）", row.words or "")


Write = Callable[[TableSheet], bytes]


def docx(sheet: TableSheet) -> bytes:
    """A table as a docx."""
    out = BytesIO()
    table_document.write(out, sheet)
    return out.getvalue()


def contents_sheet(session: Session, actor: Actor, petition: m.Petition, pieces: Sequence[Piece]) -> TableSheet:
    """卷内目录: number, paper's number, responsible, title, day, pages, fingerprint."""
    columns = [
        Column("order", "序号", kind="int"), Column("number", "文号"), Column("by", "责任者"), Column("title", "题名"),
        Column("day", "日期", kind="date"), Column("pages", "页号"), Column("sha256", "指纹（SHA-256 前 16 位）"),
    ]  # fmt: skip
    rows = [
        {
            "order": piece.order, "number": piece.number, "by": piece.by, "title": piece.title, "day": piece.day,
            "pages": piece.page_words, "sha256": piece.sha256[:16],
        }
        for piece in pieces
    ]  # fmt: skip
    uncounted = sum(piece.pages is None for piece in pieces)
    remark = f"尚有 {uncounted} 件未填页数。" if uncounted else f"共 {len(pieces)} 件。"
    title = f"{petitioner_names(petition)}反映{petition.title}"
    return _dressed(session, actor, "卷内目录", petition, columns, rows, f"案卷题名：{title}。{remark}")


def history_sheet(session: Session, actor: Actor, petition: m.Petition) -> TableSheet:
    """办理经过."""
    columns = [
        Column("day", "日期", kind="date"),
        Column("who", "经办"),
        Column("what", "事项"),
        Column("words", "内容"),
    ]
    rows = [
        {"day": step.day, "who": step.who, "what": step.what, "words": step.words}
        for step in history(session, actor, petition)
    ]
    return _dressed(session, actor, "办理经过", petition, columns, rows, "")


def closing_sheet(session: Session, actor: Actor, file: m.ClosingFile) -> TableSheet:
    """结案审查表 as a table: every line that is signed, each item with its tick, who signed when, the whole fingerprint."""
    reading = closing_content.read(session, file)
    columns = [Column("item", "项目"), Column("tick", "审查"), Column("text", "内容")]
    rows = _rows(line for line in reading.lines if line.part == closing_lines.HEAD)
    rows += [
        {"item": material.item.label, "tick": _tick(reading, place), "text": _text(reading, material)}
        for place, material in enumerate(reading.materials)
    ]
    rows += _rows(line for line in reading.lines if line.part not in (closing_lines.HEAD, closing_lines.ITEMS))
    for role in rule.SIGNING_ORDER:
        signature = reading.standing.get(role)
        text = f"{signature.name} {office_zone.local(signature.signed_at):%Y-%m-%d %H:%M}" if signature else "（未签）"
        rows.append({"item": role.label, "tick": "✓" if signature else "", "text": text})
    remark = f"内容指纹（SHA-256）：{reading.digest}"
    return _dressed(session, actor, "领导包案结案审查表", file.petition, columns, rows, remark)


def _tick(reading: closing_content.Reading, place: int) -> str:
    facts = reading.facts.items[place]
    return "—" if facts.is_waived else "✗" if rule.item_missing(facts, reading.facts) else "✓"


def _text(reading: closing_content.Reading, material: closing_content.Material) -> str:
    own = (closing_lines.ITEMS, material.item.label)
    return "；".join(line.text for line in reading.lines if (line.part, line.label) == own)


def _rows(lines: Iterable[closing_lines.Line]) -> list[dict[str, Any]]:
    return [{"item": line.label, "tick": "", "text": line.text} for line in lines]


def _dressed(
    session: Session, actor: Actor, title: str, petition: m.Petition, columns: list[Column],
    rows: Sequence[Mapping[str, Any]], remark: str,
) -> TableSheet:  # fmt: skip
    return TableSheet(
        columns, rows, title=title, period=f"信访事项编号：{petition.number}", remark=remark,
        reporting_unit=str(settings.get(session, "office_name", actor.today) or "信访办"), preparer=actor.name,
        prepared_on=actor.today,
    )  # fmt: skip
