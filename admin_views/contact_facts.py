"""What a contact says of itself, and to whom: a typed one in full for the rest of its clerk's session (§4)."""

from typing import Any

from flask import g, url_for
from flask import session as web_session
from flask_babel import gettext

import models as m
from admin_views.base import current_actor, show
from admin_views.contact_names import names, shown_name
from admin_views.wording import listed
from models import db
from rules.access import MASKED_FIELDS, Actor, mask, may
from services import settings

TYPED = "typed"
REMEMBERED = 50


def remember_typed(contact: m.Contact) -> None:
    """The clerk sees in full what he typed for the rest of his session (§4)."""
    web_session[TYPED] = [*web_session.get(TYPED, ()), contact.id][-REMEMBERED:]


def is_typed(contact: m.Contact) -> bool:
    return contact.id in web_session.get(TYPED, ())


def channel_label(code: str) -> str:
    """The channel's name; the office's list is read once a request, for every row of a list asks."""
    if "channels" not in g:
        g.channels = settings.channels(db.session())
    return gettext(g.channels.get(code, code))


def matter_url(contact: m.Contact) -> str | None:
    """The matter's page, for those who may open single matters."""
    return matter_page(contact.petition_id)


def matter_page(petition_id: int) -> str | None:
    """The same by the matter's id."""
    return url_for("petition.details_view", id=petition_id) if may(current_actor(), "petition.view") else None


def person_facts(person: m.Petitioner, contact: m.Contact, actor: Actor) -> dict[str, str]:
    """A petitioner as shown: protected fields masked, in full for the clerk who just typed them."""
    is_open = is_typed(contact) and may(actor, "contact.edit")
    name = person.name if is_open else shown_name(person.name, contact.petition, actor)
    found = {key: getattr(person, key) or "" for key in MASKED_FIELDS}
    return {"name": name} | (found if is_open else {key: mask(key, value) for key, value in found.items()})


def facts(contact: m.Contact, actor: Actor) -> list[dict[str, Any]]:
    """The labelled facts of a contact."""
    people = [person_facts(link.petitioner, contact, actor) for link in contact.people]
    lines = [
        ("信访人", names(contact, actor)),
        ("电话", listed(p["phone"] for p in people if p["phone"])),
        ("证件号码", listed(p["id_number"] for p in people if p["id_number"])),
        ("详细地址", listed(p["address"] for p in people if p["address"])),
        ("信访方式", channel_label(contact.channel)),
        ("初次/重复", gettext("初次") if contact.is_first else gettext("重复")),
        ("人数", str(contact.people_count)),
        ("走访级别", show(contact.level_visited)),
        ("收到日期", show(contact.received_on)),
        ("登记日期", show(contact.registered_on)),
        ("信访目的", show(contact.purpose)),
        ("问题属地", contact.place or ""),
        ("原件存放", contact.original_at or ""),
        ("接待人", show(contact.receptionist)),
        ("来源", f"{contact.source} {contact.external_number}" if contact.source else ""),
    ]
    items: list[dict[str, Any]] = [{"label": gettext(label), "text": text} for label, text in lines if text]
    return [*items, {"label": gettext("诉求"), "text": contact.demand, "wide": True}]
