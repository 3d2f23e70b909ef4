"""What a matter's moves, contacts and papers tell of it (B8, J2)."""

import re
from collections.abc import Iterator

from flask_babel import gettext

import models as m
from admin_views import contact_facts, contact_names, wording
from admin_views.matter_events import Event, document, page
from admin_views.shown import show
from models import db
from rules import moves as move_rules
from rules.access import Actor, may
from services import gate, supervision_lists

CLOCK = re.compile(r"日(\d{2})时(\d{2})分")
REGISTERING = frozenset({"register", "join"})
"""Told by the contacts themselves."""
SPLIT_IN = "拆入登记件"
"""A contact that came from another matter, which the move names."""
TO_A_UNIT = frozenset({"assign", "forward", "hand_on"})
UNSAID = frozenset({"reason", "note", "measures", "instruction", "question", "answer", "text", "proof"})
"""What a move was told and the story quotes whole."""


def moves(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """What was done with the matter, extensions and ratings among it."""
    for move in petition.moves:
        if move.verb in REGISTERING and "petition_id" not in move.details:
            continue
        said = (
            gettext(SPLIT_IN) if move.verb in REGISTERING else wording.done(move_rules.VERBS.get(move.verb, move.verb))
        )
        text = gettext("%(who)s：%(what)s。", who=move.by_name, what=said)
        if move.verb in TO_A_UNIT and move.unit_name:
            text = gettext("%(who)s：%(what)s给%(unit)s。", who=move.by_name, what=said, unit=move.unit_name)
        sub = "\n".join(filter(None, (_details(move), move.note or "")))
        order = (1, move.id)
        links = [*document(move.document), *_other(move, actor)]
        yield Event("move", move.moved_on, said, text, show(move.moved_at)[:16], sub, order=order, links=links)


def _other(move: m.Move, actor: Actor) -> list[dict[str, str]]:
    """The matter that a contact went to or came from, for those who see it too."""
    if "petition_id" not in move.details:
        return []
    found = db.session.scalars(gate.rows(actor, m.Petition).where(m.Petition.id == move.details["petition_id"])).first()
    return [page(str(found), "petition.details_view", found.id)] if found else []


def _details(move: m.Move) -> str:
    """What else the move was told in short, but ids and what is quoted whole: 签收人：赵丽华；送达方式：直接送达."""
    row = next((one for one in move_rules.ROWS if one.verb == move.verb), None)
    needs = row.needs if row is not None else ()
    said = [
        f"{gettext(need.label)}{': ' if wording.is_english() else '：'}{_value(move.details[need.name])}"
        for need in needs
        if need.name in move.details
        and need.kind != "long"
        and need.name not in UNSAID
        and not need.name.endswith(("_id", "_ids"))
    ]
    return wording.listed(said, "；")


def _value(written: str) -> str:
    """A value as papers write it, in the reader's language: 2026年8月19日08时49分, 19 Aug 2026 08:49."""
    return wording.said(CLOCK.sub(r"日 \1:\2", written)) if wording.is_english() else written


def contacts(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Letters, visits and calls, first and repeated."""
    writers = {move.details.get("contact_id"): move.by_name for move in petition.moves if move.verb in REGISTERING}
    for contact in petition.contacts:
        channel, day = contact_facts.channel_label(contact.channel), contact.registered_on
        first = gettext("初次") if contact.is_first else gettext("重复")
        who = contact_names.names(contact, actor)
        text = gettext("%(who)s%(channel)s（%(first)s）。", who=who, channel=channel, first=first)
        by = writers.get(contact.id, "")
        sub = gettext("%(who)s登记", who=by) if by else ""
        links = [page(contact.number, "contact.details_view", contact.id)] if may(actor, "contact.view") else []
        yield Event.on("contact", day, gettext("登记"), text, sub, order=(0, contact.id), links=links)


def papers(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Papers that no move, supervision or urging issued by itself."""
    rows = db.session.scalars(gate.rows(actor, m.Document).where(m.Document.petition_id == petition.id))
    told_elsewhere = {move.document_id for move in petition.moves}
    pressed = supervision_lists.of(db.session(), actor, petition) if may(actor, "supervision.list") else []
    told_elsewhere |= {row.document_id for row in pressed} | {one.document_id for row in pressed for one in row.rounds}
    for paper in rows:
        if paper.id not in told_elsewhere:
            title = gettext("制发文书")
            text = gettext("%(who)s：制发%(what)s。", who=paper.issuer, what=gettext(paper.title))
            yield Event.on("paper", paper.issued_on, title, text, order=(2, paper.id), links=document(paper))
