"""What is wrong with a sign-up (预约), each a sentence naming its field; nothing is written here (D11, A2)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules import appointments as rules
from rules import identity
from rules.access import Actor
from rules.reception_words import AppointmentKind
from rules.words import RuleBroken, Status, Word
from services import gate, receivers, settings
from services.appointment_lists import closes_at, is_closed, places_left
from services.receivers import Asked

Kind = AppointmentKind
FIELDS = (
    "visitor", "phone", "people_count", "representatives", "place", "demand", "purpose", "is_secret",
    "respondent_unit_id", "respondent_leader_id", "petition_id", "is_leader_chosen", "invited_on", "reason", "is_urgent",
    "lower_level",
)  # fmt: skip
"""What may be written of an appointment; its session, kind and state change through the verbs below."""


def check_session(
    session: Session, actor: Actor, held: m.ReceptionSession, kind: AppointmentKind, *, is_urgent: bool = False
) -> None:
    """May somebody be put down for this session now? An urgent invitation passes by the closing hour and the numbers.

    Raises RuleBroken (session_id, kind): closed, full, or urgent before the closing hour.
    """
    _check_held(actor, held)
    if is_urgent:
        return
    closed = is_closed(session, actor, held)
    if kind == Kind.WALK_IN:
        if not closed:
            raise RuleBroken("种类：预约还没有截止，请按预约登记。", "kind")
        return
    if closed:
        at = closes_at(session, held, actor.today)
        raise RuleBroken(f"场次：预约已于 {at:%Y-%m-%d %H:%M} 截止，到场后请按现场登记。", "session_id")
    if not places_left(session, actor, held):
        raise RuleBroken("场次：这一场的预约已满，请另选一场。", "session_id")


def _check_held(actor: Actor, held: m.ReceptionSession) -> None:
    if held.is_cancelled:
        raise RuleBroken("场次：这一场已经取消，请另选一场。", "session_id")
    if held.leader_id is None:
        raise RuleBroken("场次：这一场还没有接访领导，请另选一场。", "session_id")
    if held.held_on < actor.today:
        raise RuleBroken(f"场次：{held.held_on} 的接访已经过去，请另选一场。", "session_id")


def check_state(row: m.Appointment, verb: str, said: str) -> None:
    """`verb`: a key of rules.appointments.MOVES, `said`: how its button is called. Raises RuleBroken when the state bars it."""
    if row.state not in rules.MOVES[verb]:
        raise RuleBroken(f"这位来访人的状态是“{row.state.label}”，不能再“{said}”。")


def check_leader(session: Session, question: Asked, held: m.ReceptionSession) -> None:
    """The rule of the accused, in words that say nothing more (rules-of-the-office §3).

    Raises RuleBroken (session_id).
    """
    if held.leader_id in receivers.barred(session, question):
        raise RuleBroken("场次：这一场不能接待这件事，请另选一场。", "session_id")


def check_known(
    session: Session, actor: Actor, held: m.ReceptionSession, said: Mapping[str, Any], question: Asked,
    own: m.Appointment | None = None,
) -> None:  # fmt: skip
    """Not the accused's session, and not the same person twice at one session, as far as the actor may know.

    Raises RuleBroken (session_id, visitor).
    """
    check_leader(session, question, held)
    visitor, phone = said["visitor"], said.get("phone") or (own.phone if own is not None else None)
    same = gate.rows(actor, m.Appointment).where(
        m.Appointment.session_id == held.id,
        m.Appointment.visitor == visitor,
        m.Appointment.state.in_(rules.PLACES_TAKEN),
    )
    if own is not None and own.id is not None:
        same = same.where(m.Appointment.id != own.id)
    if any(not (row.phone and phone and row.phone != phone) for row in session.scalars(same)):
        raise RuleBroken(f"来访人：{visitor}已经约了这一场，不能重复预约。", "visitor")


def question_of(session: Session, values: Mapping[str, Any]) -> Asked:
    """Who may receive what these values say; their matter came through the gate in `checked`."""
    key = values.get("petition_id")
    petition = session.get(m.Petition, key, execution_options={"gated": True}) if key else None
    return receivers.asked(values, petition)


def checked(session: Session, actor: Actor, row: m.Appointment, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, tidied, with what stands already; raises RuleBroken naming the field."""
    values = {name: _tidy(said[name]) if name in said else getattr(row, name) for name in FIELDS}
    for name, word in (("visitor", "来访人"), ("demand", "诉求")):
        if not values[name]:
            raise RuleBroken(f"{word}：请填写。", name)
    values["purpose"] = values["purpose"] or "seek"
    values["is_secret"], values["is_leader_chosen"] = bool(values["is_secret"]), bool(values["is_leader_chosen"])
    values["people_count"] = values["people_count"] or 1
    if not 1 <= values["people_count"] <= 10_000:
        raise RuleBroken("人数：应为 1 至 10000 的整数，请改正。", "people_count")
    values["phone"] = identity.check_phone(values["phone"])
    most = int(settings.get(session, "max_representatives", actor.today))
    group = int(settings.get(session, "group_threshold", actor.today))
    values["representatives"] = rules.check_representatives(
        values["representatives"], values["people_count"], most, group
    )
    _check_invitation(actor, row, values)
    _check_matter(session, actor, row, values["petition_id"])
    return values


def _tidy(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) and not isinstance(value, Word) else value


def _check_invitation(actor: Actor, row: m.Appointment, values: dict[str, Any]) -> None:
    """An invitation has its reason and the day it was sent; nothing else has (D11)."""
    if row.kind != Kind.INVITATION:
        values |= {"invited_on": None, "reason": None, "is_urgent": False}
        return
    values["is_urgent"] = bool(values["is_urgent"])
    values["invited_on"] = values["invited_on"] or actor.today
    if not values["reason"]:
        raise RuleBroken("约访事由：请填写为什么约请。", "reason")
    if values["invited_on"] > actor.today:
        raise RuleBroken("约请日期：不能晚于今天，请核对。", "invited_on")


def _check_matter(session: Session, actor: Actor, row: m.Appointment, petition_id: int | None) -> None:
    if petition_id is None or petition_id == row.petition_id:
        return
    found = session.scalars(gate.rows(actor, m.Petition).where(m.Petition.id == petition_id)).first()
    if found is None:
        raise RuleBroken("信访事项：没有这个选项，请重新选择。", "petition_id")
    if found.status == Status.VOIDED:
        raise RuleBroken("信访事项：这件事项已作废，请选择别的事项。", "petition_id")
