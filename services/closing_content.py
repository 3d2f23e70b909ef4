"""What a closing file holds now: materials of each item, the text that is signed, and which signatures still fit it (H1, H2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules import closing as rule
from rules.words import ClosingStatus, SignerRole

WORKING = (ClosingStatus.OPEN, ClosingStatus.REOPENED)
"""A file in these is being written; a closed one only stands."""
PURPOSE = "closing:"
"""Attachments whose purpose is this and an item's key were brought for that item."""

LOADED = (
    joinedload(m.ClosingFile.petition).joinedload(m.Petition.handler),
    joinedload(m.ClosingFile.case).joinedload(m.Case.leader),
    joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
    joinedload(m.ClosingFile.case).joinedload(m.Case.responsible),
    selectinload(m.ClosingFile.items).joinedload(m.ChecklistItem.document),
    selectinload(m.ClosingFile.items).joinedload(m.ChecklistItem.attachment),
    selectinload(m.ClosingFile.items).joinedload(m.ChecklistItem.waived_by),
    selectinload(m.ClosingFile.signatures),
    selectinload(m.ClosingFile.promises),
    selectinload(m.ClosingFile.visits),
)
"""What a reading touches, so that many files cost a fixed number of queries."""


@dataclass(frozen=True)
class Material:
    """An item with the papers and files that stand behind it, in order."""

    item: m.ChecklistItem
    documents: tuple[m.Document, ...]
    attachments: tuple[m.Attachment, ...]


@dataclass(frozen=True)
class Reading:
    """One reading of a closing file. `stale`: signatures not yet voided whose text has changed; `missing`: in words."""

    file: m.ClosingFile
    materials: tuple[Material, ...]
    content: dict[str, Any]
    digest: str
    standing: dict[SignerRole, m.Signature]
    stale: tuple[m.Signature, ...]
    facts: rule.Facts
    missing: list[str] = field(default_factory=list)

    @property
    def turn(self) -> SignerRole | None:
        """Whose signature comes next; None while the checklist lacks something or all have signed."""
        return None if rule.checklist_missing(self.facts) else rule.next_signer(self.standing)


def read(session: Session, file: m.ClosingFile) -> Reading:
    """Read one file as it is now."""
    return read_all(session, [file])[0]


def read_all(session: Session, files: Sequence[m.ClosingFile]) -> list[Reading]:
    """Read several files with two queries for their papers and attachments."""
    session.flush()
    ids = {file.petition_id for file in files}
    documents = _by_petition(session, m.Document, ids)
    attachments = _by_petition(session, m.Attachment, ids)
    return [_reading(f, documents.get(f.petition_id, []), attachments.get(f.petition_id, [])) for f in files]


def _by_petition(session: Session, model: Any, ids: Iterable[int]) -> dict[int, list[Any]]:
    statement = sa.select(model).where(model.petition_id.in_(sorted(ids))).order_by(model.id)
    found: dict[int, list[Any]] = {}
    for row in session.scalars(statement.execution_options(gated=True)):
        found.setdefault(row.petition_id, []).append(row)
    return found


def _reading(file: m.ClosingFile, documents: list[m.Document], attachments: list[m.Attachment]) -> Reading:
    materials = tuple(_material(item, documents, attachments) for item in file.items)
    content = _content(file, materials)
    digest = rule.digest(content)
    valid = [s for s in file.signatures if s.voided_at is None]
    standing = {s.role: s for s in valid if s.digest == digest}
    stale = tuple(s for s in valid if s.digest != digest)
    facts = _facts(file, materials, frozenset(standing))
    return Reading(file, materials, content, digest, standing, stale, facts, rule.missing(facts))


def _material(item: m.ChecklistItem, documents: list[m.Document], attachments: list[m.Attachment]) -> Material:
    kinds = {kind for group in rule.BY_KEY[item.key].papers for kind in group}
    papers = [d for d in documents if d.kind in kinds or d.id == item.document_id]
    files = [a for a in attachments if a.purpose == PURPOSE + item.key or a.id == item.attachment_id]
    return Material(item, tuple(papers), tuple(a for a in files if a.voided_reason is None))


def _facts(file: m.ClosingFile, materials: Sequence[Material], signed: frozenset[SignerRole]) -> rule.Facts:
    return rule.Facts(
        items=tuple(_item_facts(material) for material in materials),
        status=file.petition.status,
        report=file.report or "",
        visits=len(made_visits(file)),
        paper=file.paper,
        paper_reason=file.paper_reason or "",
        promises=len(file.promises),
        signed=signed,
    )


def _item_facts(material: Material) -> rule.ItemFacts:
    item = material.item
    return rule.ItemFacts(
        key=item.key,
        label=item.label,
        note=item.note or "",
        files=len(material.attachments) + (item.document_id is not None),
        papers=frozenset(d.kind for d in material.documents),
        is_waived=item.waived_reason is not None,
    )


def made_visits(file: m.ClosingFile) -> list[m.ReturnVisit]:
    """The return visits that are material of this file."""
    return [visit for visit in file.visits if visit.made_on is not None]


def _content(file: m.ClosingFile, materials: Sequence[Material]) -> dict[str, Any]:
    """Exactly what is signed, as JSON: report, checklist with its papers and files, dates, petitioner's paper, visits."""
    petition, case = file.petition, file.case
    return {
        "case": case.number,
        "matter": [petition.id, petition.title],
        "leader": case.leader_id,
        "unit": case.unit_id,
        "template": [file.template, file.template_edition],
        "dates": {
            "assigned_on": plain(case.assigned_on),
            "accepted_on": plain(petition.accepted_on),
            "replied_on": plain(petition.replied_on),
            "served_at": plain(petition.served_at),
        },
        "report": file.report or "",
        "items": [_signed_item(material) for material in materials],
        "paper": [file.paper.value, file.paper_reason or ""],
        "promises": [[promise.text, plain(promise.due_on)] for promise in file.promises],
        "visits": [_signed_visit(visit) for visit in made_visits(file)],
    }


def _signed_item(material: Material) -> dict[str, Any]:
    item = material.item
    return {
        "key": item.key,
        "label": item.label,
        "note": item.note or "",
        "waived": [item.waived_reason, item.waived_by_id],
        "documents": [[d.id, d.number, d.title, rule.digest(d.content)] for d in material.documents],
        "attachments": [[a.id, a.name, a.sha256] for a in material.attachments],
    }


def _signed_visit(visit: m.ReturnVisit) -> list[Any]:
    method, satisfaction = visit.method, visit.satisfaction
    return [
        plain(visit.made_on),
        method.value if method else None,
        visit.visitor,
        visit.words,
        satisfaction.value if satisfaction else None,
        visit.help_given,
    ]


def plain(value: date | datetime | None) -> str | None:
    """A day or instant as JSON keeps it; instants in UTC, so that a zone does not change the fingerprint."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if value else None


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
