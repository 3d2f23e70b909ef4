"""What a closing file holds now: materials of each item, the lines that are signed, and which signatures still fit them (H1, H2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules import closing as rule
from rules.closing_items import Item, Piece, from_json
from rules.closing_templates import SIX_HAVES
from rules.words import ClosingStatus, Satisfaction, SignerRole
from services import closing_lines, closing_names, closing_old_forms, closing_sources
from services.closing_lines import FORM, Line
from services.closing_names import Names
from services.closing_sources import Beside, Found

WORKING = (ClosingStatus.OPEN, ClosingStatus.REOPENED)
"""A file in these is being written; a closed one only stands."""
PURPOSE = "closing:"
"""Attachments whose purpose is this and an item's key were brought for that item."""
PAPER_PURPOSE = "closing-paper"
"""Attachments that are scans of the petitioner's papers."""

LOADED = (
    joinedload(m.ClosingFile.petition).joinedload(m.Petition.handler),
    joinedload(m.ClosingFile.petition)
    .selectinload(m.Petition.contacts)
    .selectinload(m.Contact.people)
    .joinedload(m.ContactPetitioner.petitioner),
    joinedload(m.ClosingFile.case).joinedload(m.Case.leader),
    joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
    joinedload(m.ClosingFile.case).joinedload(m.Case.responsible),
    joinedload(m.ClosingFile.case).selectinload(m.Case.duties),
    joinedload(m.ClosingFile.edition),
    selectinload(m.ClosingFile.items).joinedload(m.ChecklistItem.document),
    selectinload(m.ClosingFile.items).joinedload(m.ChecklistItem.attachment),
    selectinload(m.ClosingFile.items).joinedload(m.ChecklistItem.waived_by),
    selectinload(m.ClosingFile.signatures),
    selectinload(m.ClosingFile.promises).joinedload(m.Promise.unit),
    selectinload(m.ClosingFile.visits),
)
"""What a reading touches, so that many files cost a fixed number of queries."""


@dataclass(frozen=True)
class Material:
    """An item with what stands behind it, in order: `found` in the file by itself, papers, files. `is_asked`: it applies."""

    item: m.ChecklistItem
    spec: Item
    found: tuple[Found, ...]
    documents: tuple[m.Document, ...]
    attachments: tuple[m.Attachment, ...]
    is_asked: bool = True


@dataclass(frozen=True)
class Reading:
    """One reading of a closing file. `stale`: signatures not yet voided whose text has changed; `missing`: in words.

    `lines`, `names`: what the sheet lists, and what it calls leaders, units and people; `content`: the same as it is signed;
    `digests`: its fingerprint in each form there was; `papers`: scans of the petitioner's papers.
    """

    file: m.ClosingFile
    materials: tuple[Material, ...]
    lines: tuple[Line, ...]
    names: Names
    content: dict[str, Any]
    digests: dict[int, str]
    standing: dict[SignerRole, m.Signature]
    stale: tuple[m.Signature, ...]
    facts: rule.Facts
    papers: tuple[m.Attachment, ...] = ()
    missing: list[str] = field(default_factory=list)

    @property
    def turn(self) -> SignerRole | None:
        """Whose signature comes next; None while the checklist lacks something or all have signed."""
        return None if rule.checklist_missing(self.facts) else rule.next_signer(self.standing)

    @property
    def digest(self) -> str:
        """The fingerprint of what the file says now."""
        return self.digests[FORM]

    def fits(self, signature: m.Signature) -> bool:
        """Was this signature given over exactly what the file says now?"""
        return signature.digest == self.digests.get(form_of(signature))


def form_of(signature: m.Signature) -> int:
    """In which form of the sheet a signature was given."""
    return int(signature.signed_text.get("form", 1))


def read(session: Session, file: m.ClosingFile, today: date | None = None) -> Reading:
    """Read one file as it is now."""
    return read_all(session, [file], today)[0]


def read_all(session: Session, files: Sequence[m.ClosingFile], today: date | None = None) -> list[Reading]:
    """Read several files with a fixed number of queries for what lies beside them.

    `today`: decides on windows and promises; the day of who is asking unless given, and neither counts when nobody asks.
    """
    session.flush()
    asked = today or getattr(session.info.get("actor"), "today", None)
    beside = closing_sources.read(session, {file.petition_id for file in files})
    return [_reading(file, beside, asked) for file in files]


def specs(file: m.ClosingFile) -> dict[str, Item]:
    """Key → item, as the edition the file was opened under says."""
    items = [from_json(kept) for kept in file.edition.items] if file.edition is not None else SIX_HAVES
    return {item.key: item for item in items}


def _reading(file: m.ClosingFile, beside: Beside, today: date | None) -> Reading:
    names = closing_names.of(file)
    pieces = closing_sources.found(file, beside, names)
    if file.status is ClosingStatus.CLOSED:
        pieces = _as_signed(file, pieces)
    facts = _facts(file, beside, pieces, today)
    documents = beside.documents.get(file.petition_id, [])
    attachments = [a for a in beside.attachments.get(file.petition_id, []) if a.voided_reason is None]
    known = specs(file)
    materials = tuple(_material(item, known[item.key], pieces, documents, attachments, facts) for item in file.items)
    papers = tuple(a for a in attachments if a.purpose == PAPER_PURPOSE)
    lines = tuple(closing_lines.lines(file, materials, papers, names))
    content = closing_lines.content(lines, names)
    first = closing_old_forms.first(file, documents, attachments)
    digests = {1: first, 2: closing_old_forms.second(lines), FORM: rule.digest(content)}
    bare = Reading(file, materials, lines, names, content, digests, {}, (), facts, papers)
    return _signed(bare)


def _as_signed(file: m.ClosingFile, pieces: dict[Piece, list[Found]]) -> dict[Piece, list[Found]]:
    """Aid, minutes and proceedings written down after closing are no part of a closed file, whatever day they name."""
    kept = [line for s in file.signatures if s.voided_at is None for line in closing_lines.kept(s.signed_text)]
    texts = {line.text for line in kept}
    later = ("aid", "meeting", "proceeding")
    found = {
        piece: [one for one in there if one.noun not in later or one.text in texts] for piece, there in pieces.items()
    }
    return {piece: there for piece, there in found.items() if there}


def _signed(bare: Reading) -> Reading:
    """The reading with its signatures sorted, and what is missing said."""
    valid = [s for s in bare.file.signatures if s.voided_at is None]
    standing = {s.role: s for s in valid if bare.fits(s)}
    facts = rule.Facts(**{
        **vars(bare.facts),
        "items": tuple(_item_facts(material) for material in bare.materials),
        "signed": frozenset(standing),
    })  # fmt: skip
    return Reading(**{
        **vars(bare), "standing": standing, "stale": tuple(s for s in valid if not bare.fits(s)), "facts": facts,
        "missing": rule.missing(facts),
    })  # fmt: skip


def _material(
    item: m.ChecklistItem,
    spec: Item,
    pieces: dict[Piece, list[Found]],
    documents: list[m.Document],
    attachments: list[m.Attachment],
    facts: rule.Facts,
) -> Material:
    found = tuple(one for piece in spec.pieces for one in pieces.get(piece, ()))
    auto = {one.id for one in found if one.noun == "document"}
    papers = tuple(d for d in documents if d.id in auto or d.id == item.document_id)
    files = tuple(a for a in attachments if a.purpose == PURPOSE + item.key or a.id == item.attachment_id)
    return Material(item, spec, found, papers, files, rule.applies(spec, facts))


def _facts(file: m.ClosingFile, beside: Beside, pieces: dict[Piece, list[Found]], today: date | None) -> rule.Facts:
    return rule.Facts(
        items=(),
        status=file.petition.status,
        pieces=frozenset(pieces) - _outdated(file),
        is_undated=closing_sources.is_undated(file, beside),
        holds=closing_sources.holds(file, beside, pieces),
        paper=file.paper,
        paper_reason=file.paper_reason or "",
        promises=len(file.promises),
        disputes=closing_sources.disputes(file, beside, today),
        broken=closing_sources.broken(file, today),
    )


def _outdated(file: m.ClosingFile) -> frozenset[Piece]:
    """What is there, but from before the file was reopened: the visits, the one that reopened it among them (H4)."""
    since = file.reopened_on if file.status is ClosingStatus.REOPENED else None
    if since is None or any(_is_since(visit, since) for visit in file.visits):
        return frozenset()
    return frozenset({Piece.VISIT})


def _is_since(visit: m.ReturnVisit, since: date) -> bool:
    if visit.made_on == since:
        return visit.satisfaction is not Satisfaction.BAD
    return visit.made_on is not None and visit.made_on > since


def _item_facts(material: Material) -> rule.ItemFacts:
    item = material.item
    return rule.ItemFacts(
        item=material.spec,
        note=item.note or "",
        files=len(material.attachments) + (item.document_id is not None),
        has_value=any(value is not None for value in (item.said_on, item.said_person, item.said_number)),
        is_waived=item.waived_reason is not None,
    )


def made_visits(file: m.ClosingFile) -> list[m.ReturnVisit]:
    """The return visits that are material of this file."""
    return [visit for visit in file.visits if visit.made_on is not None]


def working_file(session: Session, petition: m.Petition) -> m.ClosingFile | None:
    """The closing file of this matter that is being written, if there is one."""
    return _last(session, petition, WORKING)


def closed_file(session: Session, petition: m.Petition) -> m.ClosingFile | None:
    """The matter's closed file, which reopening takes up again."""
    return _last(session, petition, (ClosingStatus.CLOSED,))


def _last(session: Session, petition: m.Petition, states: Sequence[ClosingStatus]) -> m.ClosingFile | None:
    statement = sa.select(m.ClosingFile).where(
        m.ClosingFile.petition_id == petition.id, m.ClosingFile.status.in_(states)
    )
    return session.scalars(statement.order_by(m.ClosingFile.id.desc()).limit(1).execution_options(gated=True)).first()
