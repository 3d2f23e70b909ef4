"""What screens show of sign-ups (预约): cells, facts, the card on a session's page."""

from typing import Any

from flask import g, url_for
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import current_actor, show
from admin_views.listing import Cell, tagged
from models import db
from rules.access import LEADERS, Actor, mask, mask_name, may
from rules.appointments import PLACES_TAKEN, names_in
from rules.reception_words import AppointmentKind, AppointmentState
from services import appointment_lists, briefs, gate, receivers, settings

Kind, State = AppointmentKind, AppointmentState
COLOURS = {
    State.EXPECTED: "now",
    State.RECEIVED: "ok",
    State.CARRIED: "soon",
    State.ABSENT: "wait",
    State.CANCELLED: "late",
}


def day_cell(row: m.Appointment) -> Cell:
    held = row.session
    return Cell(show(held.held_on), sub=held.leader.name if held.leader else gettext("（缺领导）"), kind="code")


def visitor_cell(row: m.Appointment) -> Cell:
    people = gettext("%(count)s 人", count=row.people_count) if row.people_count > 1 else ""
    return Cell(str(row), sub=people)


def state_tags(row: m.Appointment) -> list[dict[str, str]]:
    """How far it has come, and whether somebody must find it another session."""
    found = [{"text": show(row.state), "kind": COLOURS[row.state]}]
    if row.id in adrift_ids():
        found.append({"text": gettext("需另行安排"), "kind": "late"})
    if row.carried_from_id is not None:
        found.append({"text": gettext("上次未接待，优先"), "kind": "soon"})
    if row.is_urgent:
        found.append({"text": gettext("紧急"), "kind": "late"})
    return found


def state_cell(row: m.Appointment) -> Cell:
    if row.id in adrift_ids():
        return tagged(gettext("需另行安排"), "late")
    return tagged(show(row.state), COLOURS[row.state])


def adrift_ids() -> set[int]:
    """Appointments nobody can receive as things stand; read once a request."""
    if "adrift_appointments" not in g:
        actor, session = current_actor(), db.session()
        statement = appointment_lists.adrift(session, gate.rows(actor, m.Appointment), actor)
        g.adrift_appointments = set(session.scalars(statement.with_only_columns(m.Appointment.id)))
    found: set[int] = g.adrift_appointments
    return found


def brief_cell(row: m.Appointment) -> Cell:
    if row.state != State.EXPECTED:
        return Cell()
    return tagged(gettext("已准备"), "ok") if row.brief else tagged(gettext("未准备"), "wait")


def matter_cell(row: m.Appointment) -> Cell:
    if row.petition is None:
        return Cell()
    return Cell(row.petition.number, kind="code", url=url_for("petition.details_view", id=row.petition_id))


def representatives(row: m.Appointment) -> str:
    """The representatives' names, masked where the visitor's is."""
    return wording.listed(mask_name(name, guarded=row.is_guarded) for name in names_in(row.representatives))


def facts_of(row: m.Appointment) -> list[dict[str, Any]]:
    """The appointment's facts in two cards; the phone stays masked."""
    held, year = row.session, current_actor().today.year
    came = [
        {"label": gettext("来访人"), "text": str(row)},
        {"label": gettext("电话"), "text": mask("phone", row.phone), "num": True},
        {"label": gettext("人数"), "text": str(row.people_count), "num": True},
        {"label": gettext("代表"), "text": representatives(row)},
        {"label": gettext("问题属地"), "text": row.place or ""},
        {"label": gettext("信访目的"), "text": show(row.purpose)},
        {"label": gettext("要求保密"), "text": show(row.is_secret)},
        {"label": gettext("被反映单位"), "text": show(row.respondent_unit)},
        {"label": gettext("被反映领导"), "text": show(row.respondent_leader)},
        {"label": gettext("诉求"), "text": row.demand, "wide": True},
    ]
    session_url = url_for("reception_session.details_view", id=held.id)
    chosen = gettext("来访人指定") if row.is_leader_chosen else gettext("本办安排")
    put_down = [
        {"label": gettext("接访场次"), "text": wording.long_day(held.held_on, year), "url": session_url},
        {"label": gettext("接访领导"), "text": show(held.leader) or gettext("（缺领导）"), "sub": chosen},
        {"label": gettext("种类"), "text": show(row.kind)},
        {"label": gettext("登记日期"), "text": show(row.signed_up_on), "sub": show(row.by), "num": True},
        *_invitation(row),
    ]
    if row.petition is not None:
        url = url_for("petition.details_view", id=row.petition_id)
        put_down.append({"label": gettext("信访事项"), "text": str(row.petition), "url": url})
    if row.carried_from is not None:
        url = url_for("appointment.details_view", id=row.carried_from_id)
        day = wording.long_day(row.carried_from.session.held_on, year)
        put_down.append({"label": gettext("结转自"), "text": day, "url": url})
    if row.record_id is not None:
        url = url_for("reception_record.details_view", id=row.record_id)
        put_down.append({"label": gettext("接访登记"), "text": gettext("查看接访登记"), "url": url})
    if row.state_reason:
        put_down.append({"label": gettext("取消理由"), "text": row.state_reason, "wide": True})
    return [{"title": gettext("来访情况"), "items": came}, {"title": gettext("约定"), "items": put_down}]


def _invitation(row: m.Appointment) -> list[dict[str, Any]]:
    if row.kind != Kind.INVITATION:
        return []
    return [
        {"label": gettext("约请日期"), "text": show(row.invited_on), "num": True},
        {"label": gettext("约访事由"), "text": row.reason or "", "wide": True},
    ]


def handled(row: m.Appointment) -> list[dict[str, str]]:
    """How the lower level handled the linked matter (逐级), as a story."""
    lines = briefs.handled_below(row.petition) if row.petition is not None else []
    return [
        {"title": gettext(line.word), "text": line.unit, "when": show(line.day), "sub": line.text}
        for line in reversed(lines)
    ]


def warnings_of(row: m.Appointment, actor: Actor) -> list[str]:
    """What the desk should think of: for the office only, while he is still to come."""
    if row.state != State.EXPECTED or row.session.leader is None or not may(actor, "appointment.edit"):
        return []
    found = receivers.warnings(db.session(), actor, receivers.asked_by(row), row.session.leader)
    return [wording.said(text) for text in found]


def on_session(held: m.ReceptionSession) -> dict[str, Any]:
    """Context of templates/appointment/on_session.html: who is put down for a session, and a quick line for one more."""
    actor, session = current_actor(), db.session()
    if not may(actor, "appointment.list") or (actor.role in LEADERS and held.leader_id != actor.leader_id):
        return {"signups": None}
    rows = appointment_lists.of_session(session, actor, held)
    expected = [row for row in rows if row.state == State.EXPECTED]
    is_open = not held.is_cancelled and held.leader_id is not None and held.held_on >= actor.today
    closed = appointment_lists.is_closed(session, actor, held)
    left = appointment_lists.places_left(session, actor, held)
    writes = may(actor, "appointment.edit")
    return {
        "signups": {
            "lines": [_line(row, number) for number, row in _numbered(rows)],
            "count": len(expected),
            "briefs": [row for row in expected if row.brief],
            "is_full": not left,
            "left": left,
            "most": settings.get(session, "appointment_most", actor.today),
            "closes": f"{appointment_lists.closes_at(session, held, actor.today):%m-%d %H:%M}",
            "is_closed": closed,
            "kind": Kind.WALK_IN.value if closed else Kind.SIGN_UP.value,
            "takes": writes and is_open and (closed or left > 0),
            "new_url": url_for("appointment.create_view", session_id=held.id) if writes and is_open else "",
            "sheet_url": url_for("appointment.sheet_view", row_id=held.id) if rows else "",
            "carry_url": url_for("appointment.carry_view", row_id=held.id)
            if writes and expected and (held.held_on <= actor.today or held.is_cancelled)
            else "",
        }
    }


def _numbered(rows: Any) -> list[tuple[str, m.Appointment]]:
    """Each row with its place in line; who will not be received has none."""
    found, number = [], 0
    for row in rows:
        counts = row.state in PLACES_TAKEN
        number += counts
        found.append((str(number) if counts else "", row))
    return found


def _line(row: m.Appointment, number: str) -> dict[str, Any]:
    tag = state_tags(row)[1] if row.id in adrift_ids() else state_tags(row)[0]
    place = gettext("第 %(number)s 位", number=number) if number else ""
    people = gettext("%(count)s 人", count=row.people_count) if row.people_count > 1 else ""
    return {
        "url": url_for("appointment.details_view", id=row.id),
        "cells": [
            {"text": str(row), "sub": " · ".join(part for part in (place, people) if part)},
            {"text": row.demand, "kind": "clip"},
            {"text": show(row.kind), "sub": gettext("上次未接待") if row.carried_from_id else ""},
            {"text": "", "tag": tag},
        ],
    }
