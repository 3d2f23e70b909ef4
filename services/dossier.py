"""The dossier's contents (卷内目录): every paper and file of a matter in order, with number, responsible, date, pages (档案法 13–14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import gate
from services.workbook_table import OFFICE_ZONE

MOST = 9999
"""Pages of one piece."""
SHEET = 600
"""Characters on one page of a paper, to propose a number."""


@dataclass(frozen=True)
class Piece:
    """One line of the contents. `key`: "d12" a paper, "a7" a file; `pages` None: not counted yet; `first`: its first page."""

    key: str
    order: int
    number: str
    by: str
    title: str
    day: date
    pages: int | None
    first: int | None
    proposed: int | None

    @property
    def page_words(self) -> str:
        """3, 3–5, or nothing while a piece before it is not counted."""
        if self.first is None or self.pages is None:
            return ""
        return str(self.first) if self.pages == 1 else f"{self.first}–{self.first + self.pages - 1}"


def contents(session: Session, actor: Actor, petition: m.Petition) -> list[Piece]:
    """The pieces by day, papers before files of the same day; page numbers run on as far as pages are known."""
    papers = session.scalars(gate.rows(actor, m.Document).where(m.Document.petition_id == petition.id))
    held = gate.rows(actor, m.Attachment).where(
        m.Attachment.petition_id == petition.id, m.Attachment.voided_reason.is_(None)
    )
    files = session.scalars(held.options(joinedload(m.Attachment.uploaded_by).joinedload(m.User.unit)))
    found = [_paper(one) for one in papers] + [_file(one) for one in files]
    pieces, page = [], 1
    known = True
    for order, facts in enumerate(sorted(found, key=lambda one: (one["day"], one["rank"])), start=1):
        pages = facts.pop("pages")
        facts.pop("rank")
        pieces.append(Piece(order=order, pages=pages, first=page if known else None, **facts))
        known = known and pages is not None
        page += pages or 0
    return pieces


def _paper(row: m.Document) -> dict[str, Any]:
    return {
        "key": f"d{row.id}", "rank": (0, row.id), "number": row.number or "", "by": row.issuer, "title": row.title,
        "day": row.issued_on, "pages": row.pages, "proposed": 1 + len(str(row.content)) // SHEET,
    }  # fmt: skip


def _file(row: m.Attachment) -> dict[str, Any]:
    unit = row.uploaded_by.unit if row.uploaded_by else None
    return {
        "key": f"a{row.id}", "rank": (1, row.id), "number": "", "by": unit.name if unit else "",
        "title": row.purpose or row.name, "day": row.created_at.astimezone(OFFICE_ZONE).date(), "pages": row.pages,
        "proposed": 1 if row.media_type.startswith("image/") else None,
    }  # fmt: skip


def count_pages(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, str]) -> int:
    """Note how many pages the pieces have, all or none; {piece key: number as typed, "" not counted}. How many are noted now.

    Raises RuleBroken naming the piece (field: its key) for what is no number of pages.
    """
    gate.allow(actor, "petition.dossier")
    pieces = contents(session, actor, petition)
    counted = {piece.key: _pages(piece, said.get(piece.key, "")) for piece in pieces}
    for piece in pieces:
        model = m.Document if piece.key[0] == "d" else m.Attachment
        gate.find(session, actor, model, piece.key[1:]).pages = counted[piece.key]
    session.flush()
    return sum(pages is not None for pages in counted.values())


def _pages(piece: Piece, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 0 < int(text) <= MOST):
        raise RuleBroken(f"第 {piece.order} 件“{piece.title}”：页数应为 1 到 {MOST} 的整数，请改正。", piece.key)
    return int(text)
