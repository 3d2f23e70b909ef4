"""What a supervision's own page says, its card on a matter's page, and the button that presses one matter (B10)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import targets, wording
from admin_views.base import Action, current_actor, show
from models import db
from rules import deadlines
from rules.access import Actor, may
from rules.moves import Need
from rules.supervision import SupervisionKind, SupervisionState
from rules.words import Status
from services import case_choices, gate, supervision_lists, supervisions, workbench
from services.supervisions import IS_RUNNING, Order

KINDS = {
    SupervisionState.WAITING: "now",
    SupervisionState.LATE: "late",
    SupervisionState.ANSWERED: "soon",
    SupervisionState.CLOSED: "ok",
    SupervisionState.WITHDRAWN: "wait",
}
SOON = 3
"""Days before the reply date from which its light says so."""


def state_tag(row: m.Supervision) -> tuple[str, str]:
    """Where it stands, as a word and its colour."""
    found = supervisions.state_of(row, current_actor().today)
    return gettext(found.label), KINDS[found]


def light(row: m.Supervision, actor: Actor) -> tuple[str, str]:
    """The reply date's light in words and its colour; nothing once it is answered or over."""
    if row.answered_on is not None or not (row.closed_on is None and row.withdrawn_reason is None):
        return "", ""
    key = deadlines.light(row.reply_due_on, row.reply_due_on, actor.today, SOON)
    return wording.days(row.reply_due_on, row.reply_due_on, actor.today), workbench.LIGHT_KINDS[key]


def due(row: m.Supervision, actor: Actor) -> dict[str, str] | None:
    """The clock of the round that runs: day, light, who is late."""
    text, kind = light(row, actor)
    if not text:
        return None
    return {"day": show(row.reply_due_on), "word": text, "kind": kind, "who": row.addressee.name}


def paper_url(row: m.Supervision) -> str:
    """The 督办函 as issued, or the sheet of one without a matter."""
    if row.document_id:
        return url_for("document.print_view", row_id=row.document_id)
    return url_for("supervision.print_view", row_id=row.id)


def facts(row: m.Supervision, actor: Actor) -> list[dict[str, Any]]:
    """What is demanded, then what came of it."""
    about = {"label": gettext("督办事由"), "text": row.subject or ""}
    if row.petition is not None:
        about = {"label": gettext("信访事项"), "text": row.petition.number, "sub": row.petition.title}
        if may(actor, "petition.view"):
            about["url"] = url_for("petition.details_view", id=row.petition_id)
    items = [
        about,
        {"label": gettext("督办对象"), "text": str(row.addressee)},
        {"label": gettext("督办方式"), "text": show(row.kind)},
        {"label": gettext("督办日期"), "text": show(row.issued_on), "num": True},
        {"label": gettext("回复期限"), "text": show(row.reply_due_on), "num": True},
        {"label": gettext("督办人"), "text": show(row.by)},
    ]
    if row.joint_with:
        items.append({"label": gettext("联合单位"), "text": row.joint_with})
    items.append({"label": gettext("督办要求"), "text": row.demand, "wide": True})
    found = [{"title": gettext("督办"), "items": items}]
    if row.closed_on:
        done = {"label": gettext("督办办结日期"), "text": show(row.closed_on), "num": True}
        result = {"label": gettext("督办结果"), "text": row.outcome, "wide": True}
        found.append({"title": gettext("结果"), "items": [done, result]})
    if row.withdrawn_reason:
        why = {"label": gettext("撤回理由"), "text": row.withdrawn_reason, "wide": True}
        found.append({"title": gettext("撤回"), "items": [why]})
    return found


def rounds(row: m.Supervision) -> list[dict[str, Any]]:
    """Every round, the newest first: until when, what was answered with which files, what was still missing."""
    now = {
        "round": row.round, "due": show(row.reply_due_on), "answer": row.answer, "when": show(row.answered_on),
        "who": show(row.answered_by), "lacking": "", "files": _files(row, row.round),
    }  # fmt: skip
    kept = [
        {
            "round": one.round, "due": show(one.reply_due_on), "answer": one.answer, "when": show(one.answered_on),
            "who": show(one.answered_by), "lacking": one.lacking, "urged_on": show(one.urged_on),
            "urged_by": show(one.urged_by), "paper": one.document, "files": _files(row, one.round),
        }
        for one in reversed(row.rounds)
    ]  # fmt: skip
    return [now, *kept]


def _files(row: m.Supervision, number: int) -> list[m.Attachment]:
    return [link.attachment for link in row.files if link.round == number]


def to_press(actor: Actor) -> Any:
    """Late matters on which no supervision runs, the longest late first."""
    running = gate.rows(actor, m.Supervision).with_only_columns(m.Supervision.petition_id)
    pressed = running.where(IS_RUNNING, m.Supervision.petition_id.is_not(None))
    statement = workbench.late(gate.rows(actor, m.Petition), actor).where(m.Petition.id.not_in(pressed))
    return statement.order_by(m.Petition.breach_on, m.Petition.id)


def candidate(petition: m.Petition, actor: Actor, is_ticked: bool) -> dict[str, Any]:
    """A late matter to tick."""
    return {
        "id": petition.id,
        "number": petition.number,
        "url": url_for("petition.details_view", id=petition.id),
        "title": petition.title,
        "unit": str(petition.unit or gettext("信访办（待交办）")),
        "status": show(petition.status),
        "late": wording.light(petition, actor.today),
        "ticked": is_ticked,
    }


# -- on a matter's page


def _issue(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> str:
    told = {name: said[name] or "" for name in ("demand", "joint_with")}
    target = {"unit_id": said["unit_id"], "leader_id": said["leader_id"]}
    order = Order(said["kind"], reply_due_on=said["reply_due_on"], **target, **told)
    made = supervisions.issue(session, actor, petition, order)
    return gettext("已督办，文号 %(number)s。", number=made.number)


SUPERVISE = Action(
    "supervise", "督办", "supervision.issue", _issue,
    (
        Need("kind", "督办方式", "choice", choices=SupervisionKind),
        Need("joint_with", "联合单位", required=False, limit=200, help="联合督查的写明会同哪些单位。"),
        Need("unit_id", "督办单位", "unit", required=False, help="交办过的单位，或信访办自身；与督办领导只选一个。"),
        Need("leader_id", "督办领导", "leader", required=False, help="督办包案领导、分管领导的工作时选。"),
        Need("demand", "督办要求", "long", limit=1000, help="要求查明什么、落实什么；督办函照此打印，只说单位和干部的工作。"),
        Need("reply_due_on", "回复期限", "date", help="督办函中写明的日期；不影响事项本身的法定期限。"),
    ),
    is_shown=lambda petition, _actor: petition.status != Status.VOIDED,
    help="发出编号的督办函，要求单位在期限内回复办理情况。",
)  # fmt: skip
"""The button of a matter's page."""


def shape(petition: m.Petition, form: Any) -> None:
    """Only units the matter went to and the office; the accused and their leaders are not offered (§3)."""
    session, actor = db.session(), current_actor()
    offered = supervisions.units_for(session, petition)
    barred = case_choices.accused_leaders(session, actor, petition)
    form.unit_id.narrow = lambda statement: targets.active_units(statement).where(m.Unit.id.in_(offered))
    form.leader_id.narrow = lambda statement: targets.active_leaders(statement).where(m.Leader.id.not_in(barred))


def prefill(petition: m.Petition, form: Any) -> None:
    offered = supervisions.units_for(db.session(), petition)
    form.unit_id.data = offered[0] if offered else None


def card(petition: m.Petition, actor: Actor) -> dict[str, Any]:
    """A matter's supervisions with their lights, and the way to a new one."""
    lines = supervision_lists.of(db.session(), actor, petition) if may(actor, "supervision.list") else []
    may_issue = may(actor, "supervision.issue") and petition.status != Status.VOIDED
    return {
        "lines": [_line(row, actor) for row in lines],
        "url": url_for("petition.do_view", row_id=petition.id, verb="supervise") if may_issue else "",
    }


def _line(row: m.Supervision, actor: Actor) -> dict[str, Any]:
    text, kind = light(row, actor)
    state, colour = state_tag(row)
    return {
        "url": url_for("supervision.details_view", id=row.id),
        "number": row.number,
        "who": row.addressee.name,
        "tag": {"text": text or state, "kind": kind or colour},
        "day": show(row.reply_due_on),
    }
