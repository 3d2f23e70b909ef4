"""Sign-ups and invitations (预约、约访): taken until the closing hour, kept in line, received, carried over or called off (D11).

What is refused: services.appointment_checks; lists and places: services.appointment_lists; who may receive whom:
services.receivers; which session to offer: services.proposals; the brief: services.briefs.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import appointments as rules
from rules.access import Actor
from rules.reception_words import AppointmentKind, AppointmentState
from rules.words import RuleBroken
from services import receivers, reception_records, receptions
from services.appointment_checks import (
    FIELDS,
    check_known,
    check_leader,
    check_session,
    check_state,
    checked,
    question_of,
)

Kind, State = AppointmentKind, AppointmentState
CARRIED = ("visitor", "phone", "people_count", "place", "demand", "purpose")
"""What the reception record takes over."""


def sign_up(
    session: Session,
    actor: Actor,
    held: m.ReceptionSession,
    said: Mapping[str, Any],
    kind: AppointmentKind = Kind.SIGN_UP,
) -> m.Appointment:
    """Note who will come to a session. Raises RuleBroken naming the field: closed, full, twice, barred, or said wrongly."""
    row = m.Appointment(kind=kind, state=State.EXPECTED, signed_up_on=actor.today, by_id=actor.user_id)
    values = checked(session, actor, row, said)
    _lock(session, held)
    check_session(session, actor, held, kind, is_urgent=bool(values.get("is_urgent")))
    check_known(session, actor, held, values, question_of(session, values))
    row.session = held
    _write(row, values)
    row.place_in_line = _end_of_line(session, held, rules.band(kind, is_carried=False))
    session.add(row)
    session.flush()
    return row


def change(session: Session, actor: Actor, row: m.Appointment, said: Mapping[str, Any]) -> m.Appointment:
    """Correct an appointment that is still to come; a phone left empty stays. Raises RuleBroken as `sign_up`."""
    check_state(row, "cancel", "修改")
    if not said.get("phone"):
        said = {name: value for name, value in said.items() if name != "phone"}
    values = checked(session, actor, row, said)
    check_known(session, actor, row.session, values, question_of(session, values), row)
    _write(row, values)
    session.flush()
    session.expire(row, ["petition", "respondent_unit", "respondent_leader"])
    return row


def receive(session: Session, actor: Actor, row: m.Appointment) -> m.ReceptionRecord:
    """He came and is received (到访接待): his reception record with everything carried over, joined to his matter if any."""
    check_state(row, "receive", "到访接待")
    check_leader(session, receivers.asked_by(row), row.session)
    said = {name: getattr(row, name) for name in CARRIED}
    guard = row.petition is not None and bool(row.petition.is_guarded)
    said |= {"is_secret": row.is_secret or guard, "unit_id": row.petition.unit_id if row.petition else None}
    record = reception_records.add(session, actor, row.session, said)
    row.record, row.state = record, State.RECEIVED
    session.flush()
    if row.petition is not None:
        reception_records.turn_into_matter(session, actor, record, row.petition)
    return record


def mark_absent(session: Session, actor: Actor, row: m.Appointment) -> None:
    """He did not come (未到). Raises RuleBroken before the day."""
    check_state(row, "absent", "未到")
    if row.session.held_on > actor.today:
        raise RuleBroken(f"接访日期：{row.session.held_on} 还没有到，不能登记未到。")
    row.state = State.ABSENT
    session.flush()


def cancel(session: Session, actor: Actor, row: m.Appointment, reason: str) -> None:
    """Called off by either side (取消), with its reason. Raises RuleBroken without a reason."""
    check_state(row, "cancel", "取消预约")
    if not reason.strip():
        raise RuleBroken("取消理由：请填写。", "reason")
    row.state, row.state_reason = State.CANCELLED, reason.strip()
    session.flush()


def carry(session: Session, actor: Actor, row: m.Appointment) -> m.Appointment:
    """He came and was not received (下次优先): first in line at the same leader's next session. Answers the new appointment.

    Raises RuleBroken before the day.
    """
    check_state(row, "carry", "结转下次")
    if row.session.held_on > actor.today and not row.session.is_cancelled:
        raise RuleBroken(f"接访日期：{row.session.held_on} 还没有到，不用结转；要换日期请用“改约”。")
    held = _following(session, actor, row.session)
    question = receivers.asked_by(row)
    check_known(session, actor, held, {"visitor": row.visitor, "phone": row.phone}, question, row)
    taken_over = {name: getattr(row, name) for name in (*FIELDS, "kind", "brief", "by_id", "signed_up_on")}
    if row.kind == Kind.WALK_IN:
        taken_over["kind"] = Kind.SIGN_UP
    place = _end_of_line(session, held, rules.band(Kind.SIGN_UP, is_carried=True))
    new = m.Appointment(**taken_over, session=held, carried_from=row, place_in_line=place, state=State.EXPECTED)
    row.state = State.CARRIED
    session.add(new)
    session.flush()
    return new


def reschedule(session: Session, actor: Actor, row: m.Appointment, held: m.ReceptionSession) -> None:
    """To another session (改约), by the rules of a new sign-up. Raises RuleBroken (field session_id)."""
    check_state(row, "reschedule", "改约")
    if held is row.session:
        raise RuleBroken("场次：就是现在这一场，请选另一场。", "session_id")
    kind = Kind.SIGN_UP if row.kind == Kind.WALK_IN else row.kind
    _lock(session, held)
    check_session(session, actor, held, kind, is_urgent=row.is_urgent)
    said = {"visitor": row.visitor, "phone": row.phone}
    check_known(session, actor, held, said, receivers.asked_by(row), row)
    row.session, row.kind = held, kind
    row.place_in_line = _end_of_line(session, held, rules.band(kind, is_carried=row.carried_from_id is not None))
    session.flush()


def write_brief(session: Session, actor: Actor, row: m.Appointment, text: str) -> None:
    """The brief for the leader (接访准备), as the office words it. Raises RuleBroken when it is empty."""
    check_state(row, "brief", "接访准备")
    if not text.strip():
        raise RuleBroken("接访准备：请填写。", "brief")
    row.brief = text.strip()
    session.flush()


def _following(session: Session, actor: Actor, held: m.ReceptionSession) -> m.ReceptionSession:
    after = max(held.held_on, actor.today)
    statement = receptions.running().where(
        m.ReceptionSession.leader_id == held.leader_id,
        m.ReceptionSession.id != held.id,
        m.ReceptionSession.held_on > after
        if held.held_on <= actor.today
        else m.ReceptionSession.held_on >= actor.today,
    )
    found: m.ReceptionSession | None = session.scalars(statement.limit(1)).first() if held.leader_id else None
    if found is None:
        raise RuleBroken("结转：这位领导后面没有已排定的场次，请先排班，或用“改约”另选一场。")
    return found


def _write(row: m.Appointment, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _lock(session: Session, held: m.ReceptionSession) -> None:
    """Two desks at once: the second waits until the first has its place."""
    session.execute(sa.select(m.ReceptionSession.id).where(m.ReceptionSession.id == held.id).with_for_update())


def _end_of_line(session: Session, held: m.ReceptionSession, first: int) -> int:
    """The next place after everybody of the same band, seen or not."""
    last = sa.select(sa.func.max(m.Appointment.place_in_line)).where(
        m.Appointment.session_id == held.id, m.Appointment.place_in_line.between(first, first + rules.BAND - 1)
    )
    found = session.scalar(last.execution_options(gated=True))
    return min(first + rules.BAND - 1, (first if found is None else found) + 1)
