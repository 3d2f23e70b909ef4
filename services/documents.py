"""Papers issued (文书): numbered in order per kind and year, filled once from the template of the day, filed as issued (design §5)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.papers import FORMS_OF_THE_OFFICE, OF_THE_OFFICE
from rules.words import VISIT_CHANNELS, DocumentKind, RuleBroken
from services import gate, numbers, paper_templates, paper_values, settings
from services.paper_check import both_names
from services.paper_render import blocks
from services.paper_values import petitioner_names, written

__all__ = [
    "docx_of",
    "form_of",
    "issue",
    "issue_form",
    "petitioner_names",
    "registration_form",
    "registration_forms",
    "written",
]


def issue(
    session: Session, actor: Actor, petition: m.Petition, kind: DocumentKind, fields: Mapping[str, Any], addressee: str
) -> m.Document:
    """Number, fill and file a paper of a matter. `fields`: what the move was told, by name of rules/paper_fields.

    The docx stays with the paper as it is now, whatever happens to the template later.
    """
    prefix = settings.get(session, "document_prefix", actor.today)
    number = numbers.document(session, kind, actor.today.year, prefix, guarded=petition.is_guarded)
    issuer = _issuer(session, actor, petition, kind)
    values = paper_values.of(session, actor, petition, kind, fields) | {
        "document_number": number,
        "document_title": kind.label,
        "issuer": issuer,
        "issued_on": written(actor.today),
        "addressee": addressee,
    }
    template, template_id = paper_templates.ready(session, kind, actor.today)
    docx, text = template.fill(both_names(kind, values))
    document = m.Document(
        number=number,
        kind=kind,
        title=kind.label,
        petition=petition,
        issued_on=actor.today,
        issued_by_id=actor.user_id,
        issuer=issuer,
        addressee=addressee,
        content={"blocks": blocks(text)},
        docx=docx,
        sha256=hashlib.sha256(docx).hexdigest(),
        template_id=template_id,
    )
    session.add(document)
    session.flush()
    return document


def form_of(petition: m.Petition) -> DocumentKind:
    """来访登记表 or 来信登记表, by the channel of the first contact."""
    channel = petition.contacts[0].channel if petition.contacts else petition.channel
    return DocumentKind.VISIT_FORM if channel in VISIT_CHANNELS else DocumentKind.LETTER_FORM


def issue_form(session: Session, actor: Actor, petition: m.Petition) -> m.Document:
    """The registration form as a numbered paper in the file. Raises Forbidden for others than the office, RuleBroken twice."""
    gate.allow(actor, "document.issue_form")
    had = registration_form(session, actor, petition)
    if had is not None:
        raise RuleBroken(f"登记表：这件事项已经有{had.title} {had.number}，请在“文书和附件”里打开。")
    return issue(session, actor, petition, form_of(petition), {}, petitioner_names(petition))


def registration_form(session: Session, actor: Actor, petition: m.Petition) -> m.Document | None:
    """The registration form already issued for a matter."""
    kinds = gate.rows(actor, m.Document).where(
        m.Document.petition_id == petition.id, m.Document.kind.in_(FORMS_OF_THE_OFFICE)
    )
    return session.scalars(kinds.limit(1)).first()


def registration_forms(session: Session, actor: Actor) -> set[int]:
    """Ids of the matters that have theirs."""
    kinds = gate.rows(actor, m.Document).where(m.Document.kind.in_(FORMS_OF_THE_OFFICE))
    return set(session.scalars(kinds.with_only_columns(m.Document.petition_id)))


def docx_of(document: m.Document) -> bytes:
    """The Word file as issued. Raises RuleBroken when there is none (papers of earlier times) or it was tampered with."""
    if document.docx is None:
        raise RuleBroken("这份文书制发时没有生成 Word 文件，请从浏览器打印。")
    if hashlib.sha256(document.docx).hexdigest() != document.sha256:
        raise RuleBroken("这份文书的 Word 文件与制发时不一致，请联系系统管理员从备份恢复。")
    return document.docx


def _issuer(session: Session, actor: Actor, petition: m.Petition, kind: DocumentKind) -> str:
    office = settings.get(session, "office_name", actor.today) or "信访办"
    if kind in OF_THE_OFFICE or petition.unit is None:
        return str(office)
    return petition.unit.name
