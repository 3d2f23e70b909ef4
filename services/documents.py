"""Papers issued: numbered, filled, frozen as they were (B-papers, design §5)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor, mask_name
from rules.papers import OF_THE_OFFICE, PAPERS
from rules.words import DocumentKind, Word
from services import numbers, settings


def issue(
    session: Session, actor: Actor, petition: m.Petition, kind: DocumentKind, fields: Mapping[str, Any], addressee: str
) -> m.Document:
    """Number and freeze a paper of a matter. `fields`: what the move was told; empty paragraphs are left out."""
    prefix = settings.get(session, "document_prefix", actor.today)
    number = numbers.document(session, kind, actor.today.year, prefix, guarded=petition.is_guarded)
    texts = {key: written(value) for key, value in fields.items()} | _facts(petition) | {"addressee": addressee}
    filled = [paragraph.format_map(_Blank(texts)) for paragraph in PAPERS[kind]]
    document = m.Document(
        number=number,
        kind=kind,
        title=kind.label,
        petition=petition,
        issued_on=actor.today,
        issued_by_id=actor.user_id,
        issuer=_issuer(session, actor, petition, kind),
        addressee=addressee,
        content={"paragraphs": [p for p in filled if p.strip() and not p.endswith("：{}")]},
    )
    session.add(document)
    session.flush()
    return document


class _Blank(dict[str, str]):
    """A field nobody filled prints as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def written(value: Any) -> str:
    """A value as a paper writes it: dates in Chinese, words by label."""
    if value is None:
        return ""
    if isinstance(value, Word):
        return value.label
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日{value:%H时%M分}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def _facts(petition: m.Petition) -> dict[str, str]:
    return {
        "name": petitioner_names(petition),
        "number": petition.number,
        "title": petition.title,
        "demand": petition.demand,
        "unit": petition.unit.name if petition.unit else "",
    }


def petitioner_names(petition: m.Petition) -> str:
    """赵丽华, 杨德明等 14 人, or 匿名; the first contact's people, masked on the papers of a guarded matter (§4)."""
    if not petition.contacts:
        return "信访人"
    contact = petition.contacts[0]
    names = [mask_name(link.petitioner.name, guarded=petition.is_guarded) for link in contact.people]
    if contact.is_anonymous or not names:
        return "匿名信访人"
    first = mask_name(names[0], guarded=petition.is_guarded)
    return f"{first}等{petition.people_count}人" if petition.people_count > 1 else first


def _issuer(session: Session, actor: Actor, petition: m.Petition, kind: DocumentKind) -> str:
    office = settings.get(session, "office_name", actor.today) or "信访办"
    if kind in OF_THE_OFFICE or petition.unit is None:
        return str(office)
    return petition.unit.name
