"""呈领导阅批 on a matter's and a contact's page: the form with what is proposed, and the card that shows its readings (C1)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import targets
from admin_views.base import Action, current_actor
from models import db
from rules.access import Actor, may
from rules.moves import Need
from rules.reception_words import ReadingReason, ReadingState
from rules.words import OPEN_STATUSES, Status
from services import case_choices, gate, reading_lists, readings

KINDS = {
    ReadingState.TO_READ: "soon",
    ReadingState.READ: "now",
    ReadingState.REPORT_DUE: "soon",
    ReadingState.LATE: "late",
    ReadingState.SIGNED: "now",
    ReadingState.FED_BACK: "ok",
    ReadingState.WITHDRAWN: "wait",
}


def state_tag(row: m.Reading) -> tuple[str, str]:
    """How far the reading has come, as a word and its colour."""
    found = readings.state_of(row, current_actor().today)
    return gettext(found.label), KINDS[found]


def contact_of(row: Any) -> m.Contact | None:
    """The contact itself, or the latest of a matter."""
    if isinstance(row, m.Contact):
        return row
    return row.contacts[-1] if row.contacts else None


def _put(session: Any, actor: Actor, row: Any, said: dict[str, Any]) -> str:
    leader = gate.find(session, actor, m.Leader, said["leader_id"])
    contact = contact_of(row)
    assert contact is not None  # the action is not shown without one
    readings.put(session, actor, contact, leader, said["reason"], said["note"] or "")
    return gettext("已呈%(name)s阅批。", name=leader.name)


def can_be_put(row: Any, _actor: Actor) -> bool:
    petition = row.petition if isinstance(row, m.Contact) else row
    return contact_of(row) is not None and petition.status != Status.VOIDED


PUT = Action(
    "put_before", "呈领导阅批", "reading.put", _put,
    (
        Need("leader_id", "阅批领导", "leader"),
        Need("reason", "呈阅事由", "choice", choices=ReadingReason),
        Need("note", "呈阅说明", "long", required=False, limit=300, help="请领导注意什么；随来信一并呈送。"),
    ),
    is_shown=can_be_put, help="来信连同诉求呈给领导，批示登记在案，办理结果和来信人意见再反馈给领导。",
)  # fmt: skip
"""The button of a matter's and a contact's page."""


def shape(row: Any, form: Any) -> None:
    """The accused are not offered (§3)."""
    petition = row.petition if isinstance(row, m.Contact) else row
    barred = case_choices.accused_leaders(db.session(), current_actor(), petition)
    form.leader_id.narrow = lambda statement: targets.active_leaders(statement).where(m.Leader.id.not_in(barred))


def prefill(row: Any, form: Any) -> None:
    """To whom and why, where it can be seen."""
    contact = contact_of(row)
    if contact is None:
        return
    proposed = readings.propose(db.session(), current_actor(), contact)
    form.leader_id.data = proposed.leader.id if proposed.leader else None
    form.reason.data = proposed.reasons[0] if proposed.reasons else None


def card(petition: m.Petition, actor: Actor) -> dict[str, Any]:
    """A matter's readings, and the reasons to put it before a leader when nobody has."""
    if not may(actor, "reading.list"):
        return {"lines": [], "reasons": [], "put_url": ""}
    lines = [_line(row) for row in reading_lists.of(db.session(), actor, petition)]
    contact = contact_of(petition)
    may_put = may(actor, "reading.put") and contact is not None and can_be_put(petition, actor)
    asks = may_put and not lines and petition.status in OPEN_STATUSES
    proposed = readings.propose(db.session(), actor, contact) if asks and contact is not None else None
    return {
        "lines": lines,
        "reasons": [gettext(reason.label) for reason in proposed.reasons] if proposed else [],
        "put_url": url_for("petition.do_view", row_id=petition.id, verb="put_before") if may_put else "",
    }


def _line(row: m.Reading) -> dict[str, Any]:
    text, kind = state_tag(row)
    return {
        "url": url_for("reading.details_view", id=row.id),
        "leader": row.leader.name,
        "tag": {"text": text, "kind": kind},
        "instruction": row.instruction or "",
    }
