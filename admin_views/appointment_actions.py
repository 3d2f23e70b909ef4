"""What may be done with a sign-up (预约): each a button on its page and one verb of services.appointments (D11)."""

from typing import Any

from flask import make_response, render_template, url_for
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import Action
from rules import appointments as rules
from rules.access import Actor
from rules.moves import Need
from services import appointments, audit, gate


def _stands(verb: str) -> Any:
    """May this be done in the state it is in?"""
    return lambda row, _actor: row.state in rules.MOVES[verb]


def _on_the_day(verb: str) -> Any:
    """The same, and its session's day has come."""
    return lambda row, actor: row.state in rules.MOVES[verb] and row.session.held_on <= actor.today


def _receive(session: Any, actor: Actor, row: m.Appointment, _said: dict[str, Any]) -> str:
    record = appointments.receive(session, actor, row)
    if record.petition is not None:
        return gettext("已转入接访登记，并入信访事项 %(number)s。", number=record.petition.number)
    return gettext("已转入接访登记。")


def _absent(session: Any, actor: Actor, row: m.Appointment, _said: dict[str, Any]) -> None:
    appointments.mark_absent(session, actor, row)


def _carry(session: Any, actor: Actor, row: m.Appointment, _said: dict[str, Any]) -> str:
    new = appointments.carry(session, actor, row)
    return gettext("已结转到 %(day)s，排在最前。", day=wording.long_day(new.session.held_on, actor.today.year))


def _cancel(session: Any, actor: Actor, row: m.Appointment, said: dict[str, Any]) -> None:
    appointments.cancel(session, actor, row, said["reason"])


def _reschedule(session: Any, actor: Actor, row: m.Appointment, said: dict[str, Any]) -> str:
    held = gate.find(session, actor, m.ReceptionSession, said["session_id"])
    appointments.reschedule(session, actor, row, held)
    return gettext("已改约到 %(day)s。", day=wording.long_day(held.held_on, actor.today.year))


def _brief(session: Any, actor: Actor, row: m.Appointment, said: dict[str, Any]) -> None:
    appointments.write_brief(session, actor, row, said["brief"])


def _reveal(session: Any, actor: Actor, row: m.Appointment, said: dict[str, Any]) -> Any:
    """Name and phone in full, once, with the reason in the trail (C3)."""
    told = {"reason": said["reason"]}
    audit.record(
        session, actor, "reveal", table="appointment", row_id=row.id, petition_id=row.petition_id, details=told
    )
    return make_response(render_template("appointment/reveal.html", row=row, reason=said["reason"]))


ACTIONS = (
    Action(
        "receive", "到访接待", "appointment.edit", _receive, is_shown=_on_the_day("receive"), kind="go",
        confirm="转入接访登记，来访人、诉求等一并带过去，确定吗？",
        after=lambda row: url_for("reception_record.details_view", id=row.record_id),
    ),
    Action(
        "brief", "接访准备", "appointment.edit", _brief,
        (Need("brief", "接访准备", "long", limit=4000, help="按关联的事项起草，核对补充后保存；接访领导可以看到。"),),
        is_shown=_stands("brief"),
    ),
    Action(
        "reschedule", "改约", "appointment.edit", _reschedule,
        (Need("session_id", "改到哪一场", "open_session", help="只列还可以预约的场次。"),), is_shown=_stands("reschedule"),
    ),
    Action(
        "carry", "结转下次", "appointment.edit", _carry,
        is_shown=lambda row, actor: (
            row.state in rules.MOVES["carry"] and (row.session.held_on <= actor.today or row.session.is_cancelled)
        ),
        confirm="今天没有接待上的，结转到这位领导的下一场，排在最前，确定吗？",
    ),
    Action(
        "absent", "未到", "appointment.edit", _absent, is_shown=_on_the_day("absent"),
        confirm="登记为未到，确定吗？后来到了仍可接待。",
    ),
    Action(
        "cancel", "取消预约", "appointment.edit", _cancel, (Need("reason", "取消理由", limit=200),),
        is_shown=_stands("cancel"), kind="no",
    ),
    Action(
        "reveal", "查看电话", "appointment.edit", _reveal,
        (Need("reason", "查看理由", limit=200, help="会记入审计。"),),
        is_shown=lambda row, _actor: bool(row.phone) or row.is_guarded,
    ),
)  # fmt: skip
