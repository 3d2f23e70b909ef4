"""A matter's history as one story: moves, contacts, papers, supervision, readings, receptions, visits, cases, newest first (B8, J2).

Who looked and whose identity was revealed is no part of it: that stands in the trail.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import contact_facts, contact_names, wording
from admin_views.shown import show
from models import db
from rules import moves
from rules.access import Actor, may
from services import gate, supervision_lists

KINDS: dict[str, str] = {
    "move": "办理", "contact": "来信来访", "paper": "文书", "supervision": "督办", "reading": "阅批", "reception": "接访",
    "visit": "回访", "case": "包案",
}  # fmt: skip
"""What the story can be narrowed to."""
CLOCK = re.compile(r"日(\d{2})时(\d{2})分")
REGISTERING = frozenset({"register", "join"})
"""Told by the contacts themselves."""
SPLIT_IN = "拆入登记件"
"""A contact that came from another matter, which the move names."""
TO_A_UNIT = frozenset({"assign", "forward", "hand_on"})
UNSAID = frozenset({"reason", "note", "measures", "instruction", "question", "answer", "text", "proof"})
"""What a move was told and the story quotes whole."""


@dataclass(frozen=True)
class Event:
    """One sentence of the story. `order`: within its day; `links`: the papers and pages it names."""

    kind: str
    day: date
    title: str
    text: str
    when: str
    sub: str = ""
    colour: str = ""
    order: tuple[int, int] = (1, 0)
    links: list[dict[str, str]] = field(default_factory=list)


def told(petition: m.Petition, actor: Actor, only: str = "") -> list[Event]:
    """The story, newest first; `only`: one of KINDS, anything else tells all."""
    sources = {only: SOURCES[only]} if only in SOURCES else SOURCES
    found = [event for source in sources.values() for event in source(petition, actor)]
    return sorted(found, key=lambda one: (one.day, one.order), reverse=True)


def parts(petition: m.Petition, actor: Actor, only: str) -> dict[str, Any]:
    """The card on the matter's page: the events and the kinds to choose among, those that occur."""
    everything = told(petition, actor)
    there = {event.kind for event in everything}
    only = only if only in there else ""
    chips = [
        {"label": gettext(label), "key": key, "active": key == only} for key, label in KINDS.items() if key in there
    ]
    events = [event for event in everything if not only or event.kind == only]
    return {"story": [_line(event) for event in events], "chips": chips if len(chips) > 1 else [], "only": only}


def _line(event: Event) -> dict[str, Any]:
    return {
        "title": event.title, "text": event.text, "when": event.when, "sub": event.sub, "links": event.links,
        "kind": event.colour,
    }  # fmt: skip


def _document(document: m.Document | None) -> list[dict[str, str]]:
    if document is None:
        return []
    url = url_for("document.print_view", row_id=document.id)
    return [{"label": f"{gettext(document.title)} {document.number or ''}".strip(), "url": url}]


def _page(label: str, endpoint: str, row_id: int) -> dict[str, str]:
    return {"label": label, "url": url_for(endpoint, id=row_id)}


# -- moves, extensions and ratings among them


def _moves(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    for move in petition.moves:
        if move.verb in REGISTERING and "petition_id" not in move.details:
            continue
        said = gettext(SPLIT_IN) if move.verb in REGISTERING else wording.done(moves.VERBS.get(move.verb, move.verb))
        text = gettext("%(who)s：%(what)s。", who=move.by_name, what=said)
        if move.verb in TO_A_UNIT and move.unit_name:
            text = gettext("%(who)s：%(what)s给%(unit)s。", who=move.by_name, what=said, unit=move.unit_name)
        sub = "\n".join(filter(None, (_details(move), move.note or "")))
        order = (1, move.id)
        links = [*_document(move.document), *_other(move, actor)]
        yield Event("move", move.moved_on, said, text, show(move.moved_at)[:16], sub, order=order, links=links)


def _other(move: m.Move, actor: Actor) -> list[dict[str, str]]:
    """The matter that a contact went to or came from, for those who see it too."""
    if "petition_id" not in move.details:
        return []
    found = db.session.scalars(gate.rows(actor, m.Petition).where(m.Petition.id == move.details["petition_id"])).first()
    return [_page(str(found), "petition.details_view", found.id)] if found else []


def _details(move: m.Move) -> str:
    """What else the move was told in short, but ids and what is quoted whole: 签收人：赵丽华；送达方式：直接送达."""
    row = next((one for one in moves.ROWS if one.verb == move.verb), None)
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


# -- everything else


def _contacts(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    writers = {move.details.get("contact_id"): move.by_name for move in petition.moves if move.verb in REGISTERING}
    for contact in petition.contacts:
        channel, day = contact_facts.channel_label(contact.channel), contact.registered_on
        first = gettext("初次") if contact.is_first else gettext("重复")
        who = contact_names.names(contact, actor)
        text = gettext("%(who)s%(channel)s（%(first)s）。", who=who, channel=channel, first=first)
        by = writers.get(contact.id, "")
        sub = gettext("%(who)s登记", who=by) if by else ""
        links = [_page(contact.number, "contact.details_view", contact.id)] if may(actor, "contact.view") else []
        yield Event("contact", day, gettext("登记"), text, show(day), sub, order=(0, contact.id), links=links)


def _papers(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Papers that no move, supervision or urging issued by itself."""
    rows = db.session.scalars(gate.rows(actor, m.Document).where(m.Document.petition_id == petition.id))
    told_elsewhere = {move.document_id for move in petition.moves}
    pressed = supervision_lists.of(db.session(), actor, petition) if may(actor, "supervision.list") else []
    told_elsewhere |= {row.document_id for row in pressed} | {one.document_id for row in pressed for one in row.rounds}
    for paper in rows:
        if paper.id not in told_elsewhere:
            title, text = (
                gettext("制发文书"),
                gettext("%(who)s：制发%(what)s。", who=paper.issuer, what=gettext(paper.title)),
            )
            yield Event(
                "paper",
                paper.issued_on,
                title,
                text,
                show(paper.issued_on),
                order=(2, paper.id),
                links=_document(paper),
            )


def _supervisions(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    if not may(actor, "supervision.list"):
        return
    for row in supervision_lists.of(db.session(), actor, petition):
        yield from _pressed(row)


def _pressed(row: m.Supervision) -> Iterator[Event]:
    whom, page = row.addressee.name, [_page(row.number, "supervision.details_view", row.id)]

    def event(
        day: date, title: str, text: str, sub: str, links: list[dict[str, str]], step: int, colour: str = ""
    ) -> Event:
        return Event("supervision", day, title, text, show(day), sub, colour, (3, row.id * 100 + step), links)

    text = gettext("%(who)s督办%(unit)s，要求 %(day)s 前回复。", who=show(row.by), unit=whom, day=show(_first_due(row)))
    yield event(row.issued_on, gettext("督办"), text, row.demand, _document(row.document) or page, 0)
    for one in row.rounds:
        if one.answered_on:
            text = gettext("%(unit)s回复督办（%(who)s）。", unit=whom, who=show(one.answered_by))
            yield event(one.answered_on, gettext("回复督办"), text, one.answer or "", page, one.round * 2 - 1)
        text = gettext("%(who)s再次催办%(unit)s。", who=show(one.urged_by), unit=whom)
        links = _document(one.document) or page
        yield event(one.urged_on, gettext("再次催办"), text, one.lacking, links, one.round * 2, "soon")
    if row.answered_on:
        text = gettext("%(unit)s回复督办（%(who)s）。", unit=whom, who=show(row.answered_by))
        yield event(row.answered_on, gettext("回复督办"), text, row.answer or "", page, row.round * 2 - 1)
    if row.closed_on:
        text = gettext("对%(unit)s的督办已办结。", unit=whom)
        yield event(row.closed_on, gettext("办结督办"), text, row.outcome or "", page, row.round * 2, "ok")


def _first_due(row: m.Supervision) -> date:
    return row.rounds[0].reply_due_on if row.rounds else row.reply_due_on


def _readings(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    if not may(actor, "reading.list"):
        return
    rows = gate.rows(actor, m.Reading).where(m.Reading.petition_id == petition.id)
    for row in db.session.scalars(rows):
        links = [_page(gettext("领导阅批"), "reading.details_view", row.id)]
        text = gettext(
            "%(who)s呈%(leader)s阅批：%(reason)s。", who=show(row.by), leader=row.leader.name, reason=show(row.reason)
        )
        sub = row.withdrawn_reason or row.note or ""
        yield Event("reading", row.put_on, gettext("呈领导阅批"), text, show(row.put_on), sub, "", (4, row.id), links)
        if row.read_on:
            text = gettext("%(leader)s作出批示。", leader=row.leader.name)
            yield Event(
                "reading",
                row.read_on,
                gettext("领导批示"),
                text,
                show(row.read_on),
                row.instruction or "",
                "",
                (5, row.id),
                links,
            )
        if row.fed_back_on:
            text = gettext("办理结果反馈给%(leader)s。", leader=row.leader.name)
            yield Event(
                "reading",
                row.fed_back_on,
                gettext("反馈结果"),
                text,
                show(row.fed_back_on),
                row.result or "",
                "ok",
                (6, row.id),
                links,
            )


def _receptions(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    if not may(actor, "reception_record.list"):
        return
    rows = gate.rows(actor, m.ReceptionRecord).where(m.ReceptionRecord.petition_id == petition.id)
    for row in db.session.scalars(rows):
        day, title = row.session.held_on, gettext("领导接访")
        text = gettext("%(leader)s接访。", leader=row.leader.name)
        if row.outcome:
            text = gettext("%(leader)s接访，处理方式：%(outcome)s。", leader=row.leader.name, outcome=show(row.outcome))
        links = [_page(gettext("接访登记"), "reception_record.details_view", row.id)]
        yield Event("reception", day, title, text, show(day), row.opinion or "", "", (0, row.id), links)


def _visits(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    rows = gate.rows(actor, m.ReturnVisit).where(
        m.ReturnVisit.petition_id == petition.id, m.ReturnVisit.made_on.is_not(None)
    )
    for row in db.session.scalars(rows):
        text = gettext(
            "%(who)s%(how)s回访，信访人%(said)s。", who=row.visitor, how=show(row.method), said=show(row.satisfaction)
        )
        links = [_page(gettext("回访"), "return_visit.details_view", row.id)] if may(actor, "return_visit.list") else []
        colour = {"good": "ok", "fair": "ok", "bad": "late"}.get(row.satisfaction.value, "")
        yield Event(
            "visit", row.made_on, gettext("回访"), text, show(row.made_on), row.words or "", colour, (7, row.id), links
        )


def _cases(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    if not may(actor, "case.view"):
        return
    for row in db.session.scalars(gate.rows(actor, m.Case).where(m.Case.petition_id == petition.id)):
        links = [_page(row.number, "case.details_view", row.id)]
        text = gettext("列入%(leader)s包案。", leader=row.leader.name)
        yield Event(
            "case",
            row.assigned_on,
            gettext("领导包案"),
            text,
            show(row.assigned_on),
            row.reason or "",
            "",
            (2, row.id),
            links,
        )
        if row.ended_on:
            text = gettext("%(leader)s的包案%(state)s。", leader=row.leader.name, state=show(row.status))
            yield Event(
                "case",
                row.ended_on,
                gettext("包案结束"),
                text,
                show(row.ended_on),
                row.end_reason or "",
                "ok",
                (8, row.id),
                links,
            )


SOURCES: dict[str, Callable[[m.Petition, Actor], Iterator[Event]]] = {
    "move": _moves, "contact": _contacts, "paper": _papers, "supervision": _supervisions, "reading": _readings,
    "reception": _receptions, "visit": _visits, "case": _cases,
}  # fmt: skip
"""Kind → what tells it, each through the gate."""
