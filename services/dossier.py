"""The dossier's contents (卷内目录): every paper and file of a matter in order, with number, responsible, date, pages (档案法 13–14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, joinedload

import models as m
from rules import file_purposes
from rules.access import Actor
from rules.words import DocumentKind, RuleBroken
from services import gate, office_zone

MOST = 9999
"""Pages of one piece."""
FORMS = (DocumentKind.VISIT_FORM, DocumentKind.LETTER_FORM)
"""The registration form (登记表), first after the contents whenever it was issued."""
SHEET = 600
"""Characters on one page of a paper, to propose a number."""


@dataclass(frozen=True)
class Piece:
    """One line of the contents. `key`: "d12" a paper, "a7" a file, "c3" a closing sheet; `pages` None: not counted yet;
    `first`: its first page; `sha256`: the fingerprint of its bytes, "" when it has none of its own; `row`: what it is."""

    key: str
    order: int
    number: str
    by: str
    title: str
    day: date
    pages: int | None
    first: int | None
    proposed: int | None
    sha256: str
    row: Any

    @property
    def is_counted_by_hand(self) -> bool:
        """A closing sheet is one page by its making."""
        return self.key[0] != "c"

    @property
    def page_words(self) -> str:
        """3, 3–5, or nothing while a piece before it is not counted."""
        if self.first is None or self.pages is None:
            return ""
        return str(self.first) if self.pages == 1 else f"{self.first}–{self.first + self.pages - 1}"


def contents(session: Session, actor: Actor, petition: m.Petition) -> list[Piece]:
    """The pieces as archives keep them: the registration form first, then papers issued, files, closing sheets, each by day.

    Page numbers run on as far as they are known.
    """
    papers = session.scalars(gate.rows(actor, m.Document).where(m.Document.petition_id == petition.id))
    held = gate.rows(actor, m.Attachment).where(
        m.Attachment.petition_id == petition.id, m.Attachment.voided_reason.is_(None)
    )
    files = session.scalars(held.options(joinedload(m.Attachment.uploaded_by).joinedload(m.User.unit)))
    sheets = session.scalars(gate.rows(actor, m.ClosingFile).where(m.ClosingFile.petition_id == petition.id))
    found = [_paper(one) for one in papers] + [_file(one) for one in files] + [_sheet(one, petition) for one in sheets]
    pieces, page = [], 1
    known = True
    for order, facts in enumerate(sorted(found, key=lambda one: (one["rank"][0], one["day"], one["rank"][1])), start=1):
        pages = facts.pop("pages")
        facts.pop("rank")
        pieces.append(Piece(order=order, pages=pages, first=page if known else None, **facts))
        known = known and pages is not None
        page += pages or 0
    return pieces


def _paper(row: m.Document) -> dict[str, Any]:
    return {
        "key": f"d{row.id}", "rank": (-1 if row.kind in FORMS else 0, row.id), "number": row.number or "",
        "by": row.issuer, "title": row.title,
        "day": row.issued_on, "pages": row.pages, "proposed": 1 + len(str(row.content)) // SHEET,
        "sha256": row.sha256 or "", "row": row,
    }  # fmt: skip


def _file(row: m.Attachment) -> dict[str, Any]:
    unit = row.uploaded_by.unit if row.uploaded_by else None
    return {
        "key": f"a{row.id}", "rank": (1, row.id), "number": "", "by": unit.name if unit else "",
        "title": _title(row), "day": row.received_on or office_zone.local(row.created_at).date(), "pages": row.pages,
        "proposed": 1 if row.media_type.startswith("image/") else None, "sha256": row.sha256, "row": row,
    }  # fmt: skip


def _title(row: m.Attachment) -> str:
    """What it is for and its own name."""
    purpose = file_purposes.words(row.purpose)
    return f"{purpose}（{row.name}）" if purpose else row.name


def _sheet(row: m.ClosingFile, petition: m.Petition) -> dict[str, Any]:
    day = row.closed_on or petition.closed_on or petition.registered_on
    return {
        "key": f"c{row.id}", "rank": (2, row.id), "number": row.case.number, "by": row.case.unit.name if row.case.unit else "",
        "title": "领导包案结案审查表", "day": day, "pages": 1, "proposed": 1, "sha256": "", "row": row,
    }  # fmt: skip


def count_pages(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, str]) -> int:
    """Note how many pages the pieces have, all or none; {piece key: number as typed, "" not counted}. How many are noted now.

    Raises RuleBroken naming the piece (field: its key) for what is no number of pages.
    """
    gate.allow(actor, "petition.dossier")
    pieces = [piece for piece in contents(session, actor, petition) if piece.is_counted_by_hand]
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
