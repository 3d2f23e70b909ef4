"""What the fields of a paper say: the matter, its first contact, what the move was told; identities masked as the rules ask (§4)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor, mask, mask_name
from rules.papers import FORMS_OF_THE_OFFICE
from rules.words import DocumentKind, Word
from services import dossier, gate, office_zone, relief, settings


def of(
    session: Session, actor: Actor, petition: m.Petition, kind: DocumentKind, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Values by field name of rules/paper_fields; what the move was told wins over what the matter says."""
    found: dict[str, Any] = _matter(session, actor, petition) | {"relief": relief.text(session, kind, actor.today)}
    if kind in FORMS_OF_THE_OFFICE:
        found |= _contact(petition)
    if kind in OWN_FACTS:
        found |= OWN_FACTS[kind](session, actor, petition)
    told = {name: written(value) for name, value in said.items() if not isinstance(value, list | tuple)}
    return found | {name: text for name, text in told.items() if text}


def written(value: Any) -> str:
    """A value as a paper writes it: dates in Chinese, moments in the office's time, words by label."""
    if value is None:
        return ""
    if isinstance(value, Word):
        return value.label
    if isinstance(value, datetime):
        local = office_zone.local(value) if value.tzinfo else value
        return f"{local.year}年{local.month}月{local.day}日{local:%H时%M分}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def petitioner_names(petition: m.Petition) -> str:
    """赵丽华, 杨德明等14人, or 匿名; the first contact's people, masked on the papers of a guarded matter (§4)."""
    if not petition.contacts:
        return "信访人"
    contact = petition.contacts[0]
    if contact.is_anonymous or not contact.people:
        return "匿名信访人"
    first = mask_name(contact.people[0].petitioner.name, guarded=petition.is_guarded)
    return f"{first}等{petition.people_count}人" if petition.people_count > 1 else first


def _matter(session: Session, actor: Actor, petition: m.Petition) -> dict[str, str]:
    running = [leg.unit.name for leg in petition.legs if leg.ended_on is None and not leg.is_lead]
    return {
        "office": str(settings.get(session, "office_name", actor.today) or "信访办"),
        "name": petitioner_names(petition),
        "number": petition.number,
        "title": petition.title,
        "demand": petition.demand,
        "purpose": petition.purpose.label,
        "channel": settings.channels(session).get(petition.channel, petition.channel),
        "registered_on": written(petition.registered_on),
        "unit": petition.unit.name if petition.unit else "",
        "handler": petition.handler.name if petition.handler else "",
        "assisting": "、".join(running),
    }


def _contact(petition: m.Petition) -> dict[str, str]:
    """The registration form's fields: the first contact and its people, protected fields masked."""
    if not petition.contacts:
        return {}
    contact = petition.contacts[0]
    people = [link.petitioner for link in contact.people]
    protected = {
        field: "、".join(filter(None, (mask(name, getattr(one, name)) for one in people)))
        for field, name in (("phones", "phone"), ("id_numbers", "id_number"), ("addresses", "address"))
    }
    names = [mask_name(one.name, guarded=petition.is_guarded) for one in people]
    return protected | {
        "contact_number": contact.number,
        "people": "匿名" if contact.is_anonymous or not names else "、".join(names),
        "people_count": str(contact.people_count),
        "is_first": "初次" if contact.is_first else "重复",
        "level_visited": contact.level_visited.label,
        "received_on": written(contact.received_on),
        "place": contact.place or "",
        "category": str(petition.category or petition.category_text or ""),
        "contact_demand": contact.demand,
        "receptionist": contact.receptionist.name if contact.receptionist else "",
        "original_at": contact.original_at or "",
        "secret": "是" if petition.is_secret else "否",
    }


def _closing(session: Session, actor: Actor, petition: m.Petition) -> dict[str, Any]:
    names = ("accepted_on", "replied_on", "opinion")
    return {name: written(getattr(petition, name)) for name in names}


def _served(session: Session, actor: Actor, petition: m.Petition) -> dict[str, Any]:
    """What is served: the newest reply of the matter."""
    wanted = m.Document.kind == DocumentKind.REPLY
    replies = gate.rows(actor, m.Document).where(m.Document.petition_id == petition.id, wanted)
    paper = session.scalars(replies.order_by(m.Document.id.desc()).limit(1)).first()
    return {"served_paper": f"{paper.number or ''}{paper.title}" if paper else f"{petition.title}处理意见书"}


def _term(session: Session, actor: Actor, petition: m.Petition) -> dict[str, Any]:
    """Until when the matter is to be handled, before or after an extension."""
    ends = [clock.due_on for clock in petition.clocks if clock.term == "handle" and clock.stopped_on is None]
    return {"due_on": written(ends[0]) if ends else ""}


def _dossier(session: Session, actor: Actor, petition: m.Petition) -> dict[str, Any]:
    """The file's contents: papers issued and files taken in, by day."""
    rows = [
        {
            "order": piece.order, "number": piece.number, "by": piece.by, "title": piece.title,
            "day": piece.day.isoformat(), "pages": piece.pages or "",
        }
        for piece in dossier.contents(session, actor, petition)
    ]  # fmt: skip
    return {"papers": rows, "count": str(len(rows)), "closed_on": written(petition.closed_on)}


OWN_FACTS: dict[DocumentKind, Any] = {
    DocumentKind.CLOSE: _closing,
    DocumentKind.SERVICE: _served,
    DocumentKind.EXTEND_FORM: _term,
    DocumentKind.EXTEND: _term,
    DocumentKind.DOSSIER: _dossier,
}
"""What a kind reads of the matter beside the common fields."""
