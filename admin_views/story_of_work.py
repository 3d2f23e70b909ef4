"""What supervision, readings, receptions, visits and cases tell of a matter, each to those who may see it (B8, B10, C1, F1, H4)."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext

import models as m
from admin_views.matter_events import Event, document, page
from admin_views.shown import show
from models import db
from rules.access import Actor, may
from services import gate, supervision_lists


def supervisions(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Demands to the units, urgings and answers (督办)."""
    if not may(actor, "supervision.list"):
        return
    for row in supervision_lists.of(db.session(), actor, petition):
        yield from _pressed(row)


def _pressed(row: m.Supervision) -> Iterator[Event]:
    whom, opened = row.addressee.name, [page(row.number, "supervision.details_view", row.id)]

    def event(
        day: date, title: str, text: str, sub: str, links: list[dict[str, str]], step: int, colour: str = ""
    ) -> Event:
        return Event.on("supervision", day, title, text, sub, colour, (3, row.id * 100 + step), links)

    def answered(one: m.Supervision | m.SupervisionRound, step: int) -> Event:
        text = gettext("%(unit)s回复督办（%(who)s）。", unit=whom, who=show(one.answered_by))
        return event(one.answered_on, gettext("回复督办"), text, one.answer or "", opened, step)

    text = gettext("%(who)s督办%(unit)s，要求 %(day)s 前回复。", who=show(row.by), unit=whom, day=show(_first_due(row)))
    yield event(row.issued_on, gettext("督办"), text, row.demand, document(row.document) or opened, 0)
    for one in row.rounds:
        if one.answered_on:
            yield answered(one, one.round * 2 - 1)
        text = gettext("%(who)s再次催办%(unit)s。", who=show(one.urged_by), unit=whom)
        links = document(one.document) or opened
        yield event(one.urged_on, gettext("再次催办"), text, one.lacking, links, one.round * 2, "soon")
    if row.answered_on:
        yield answered(row, row.round * 2 - 1)
    if row.closed_on:
        text = gettext("对%(unit)s的督办已办结。", unit=whom)
        yield event(row.closed_on, gettext("办结督办"), text, row.outcome or "", opened, row.round * 2, "ok")


def _first_due(row: m.Supervision) -> date:
    return row.rounds[0].reply_due_on if row.rounds else row.reply_due_on


def readings(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Put before a leader, commented on, fed back (阅批)."""
    if not may(actor, "reading.list"):
        return
    rows = gate.rows(actor, m.Reading).where(m.Reading.petition_id == petition.id)
    for row in db.session.scalars(rows):
        links = [page(gettext("领导阅批"), "reading.details_view", row.id)]
        text = gettext(
            "%(who)s呈%(leader)s阅批：%(reason)s。", who=show(row.by), leader=row.leader.name, reason=show(row.reason)
        )
        sub = row.withdrawn_reason or row.note
        yield Event.on("reading", row.put_on, gettext("呈领导阅批"), text, sub, "", (4, row.id), links)
        if row.read_on:
            text, title = gettext("%(leader)s作出批示。", leader=row.leader.name), gettext("领导批示")
            yield Event.on("reading", row.read_on, title, text, row.instruction, "", (5, row.id), links)
        if row.fed_back_on:
            text, title = gettext("办理结果反馈给%(leader)s。", leader=row.leader.name), gettext("反馈结果")
            yield Event.on("reading", row.fed_back_on, title, text, row.result, "ok", (6, row.id), links)


def receptions(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Received by a leader (接访)."""
    if not may(actor, "reception_record.list"):
        return
    rows = gate.rows(actor, m.ReceptionRecord).where(m.ReceptionRecord.petition_id == petition.id)
    for row in db.session.scalars(rows):
        day, title = row.session.held_on, gettext("领导接访")
        text = gettext("%(leader)s接访。", leader=row.leader.name)
        if row.outcome:
            text = gettext("%(leader)s接访，处理方式：%(outcome)s。", leader=row.leader.name, outcome=show(row.outcome))
        links = [page(gettext("接访登记"), "reception_record.details_view", row.id)]
        yield Event.on("reception", day, title, text, row.opinion, "", (0, row.id), links)


def visits(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Return visits made (回访)."""
    rows = gate.rows(actor, m.ReturnVisit).where(
        m.ReturnVisit.petition_id == petition.id, m.ReturnVisit.made_on.is_not(None)
    )
    for row in db.session.scalars(rows):
        text = gettext(
            "%(who)s%(how)s回访，信访人%(said)s。", who=row.visitor, how=show(row.method), said=show(row.satisfaction)
        )
        links = [page(gettext("回访"), "return_visit.details_view", row.id)] if may(actor, "return_visit.list") else []
        colour = {"good": "ok", "fair": "ok", "bad": "late"}.get(row.satisfaction.value, "")
        yield Event.on("visit", row.made_on, gettext("回访"), text, row.words, colour, (7, row.id), links)


def cases(petition: m.Petition, actor: Actor) -> Iterator[Event]:
    """Assigned to a leader, and ended (包案)."""
    if not may(actor, "case.view"):
        return
    for row in db.session.scalars(gate.rows(actor, m.Case).where(m.Case.petition_id == petition.id)):
        links = [page(row.number, "case.details_view", row.id)]
        text = gettext("列入%(leader)s包案。", leader=row.leader.name)
        yield Event.on("case", row.assigned_on, gettext("领导包案"), text, row.reason, "", (2, row.id), links)
        if row.ended_on:
            text = gettext("%(leader)s的包案%(state)s。", leader=row.leader.name, state=show(row.status))
            yield Event.on("case", row.ended_on, gettext("包案结束"), text, row.end_reason, "ok", (8, row.id), links)
