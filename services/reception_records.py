"""Records of those who came to a session (信访接待登记表): entered, given an opinion, turned into a matter in one step (D7)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules import access, reception_outcomes
from rules.access import Actor
from rules.words import Purpose, RuleBroken, Status, Word
from services import accounts, case_choices, excluded, gate, gate_actors, reception_accused
from services.petitions import register
from services.registration import Accused, Person, Registration

CHANNEL = "leader_reception"
"""信访方式 of a matter that comes from a leader's reception day."""
OPINION_FIELDS = ("opinion", "outcome", "unit_id", "assisting_ids", "due_on", "signed_on", "policy")
"""What the receiving leader decides himself (C4)."""
FIELDS = (
    "visitor", "phone", "people_count", "place", "demand", "purpose", "is_secret", "cause", *OPINION_FIELDS, "result",
)  # fmt: skip
"""What may be written of a record; `assisting_ids` are the ids of `assisting`."""
CARRIED = ("visitor", "phone", "people_count", "place", "demand", "purpose", "is_secret")
"""What a matter has taken over: once registered, it is changed there and no longer here."""


def add(session: Session, actor: Actor, held: m.ReceptionSession, said: Mapping[str, Any]) -> m.ReceptionRecord:
    """Note one visitor of a session. Raises RuleBroken naming the field; a leader notes his own sessions' visitors only."""
    check_own(actor, held.leader_id)
    if held.is_cancelled:
        raise RuleBroken("这一场已经取消，不能登记来访人。")
    if held.leader_id is None:
        raise RuleBroken("这一场还没有接访领导，请先安排。")
    if held.held_on > actor.today:
        raise RuleBroken(f"接访日期：{held.held_on} 还没有到，不能提前登记来访人。")
    row = m.ReceptionRecord(session=held, leader_id=held.leader_id, recorded_by_id=actor.user_id)
    _write(session, actor, row, said)
    session.add(row)
    session.flush()
    return row


def change(session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any]) -> m.ReceptionRecord:
    """Correct a record. A phone left empty stays. Raises RuleBroken when what the matter has taken over would change."""
    check_own(actor, row.leader_id)
    if not said.get("phone"):
        said = {name: value for name, value in said.items() if name != "phone"}
    if row.petition_id is not None and any(name in said and said[name] != getattr(row, name) for name in CARRIED):
        raise RuleBroken("已转为信访事项，来访人、诉求等请在信访事项中更正。")
    _write(session, actor, row, said)
    session.flush()
    return row


def give_opinion(session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any]) -> None:
    """The leader's opinion and outcome on his own session's visitor (处理意见), with what the outcome asks for.

    Raises RuleBroken when opinion and outcome are empty, or naming the field the outcome lacks (rules.reception_outcomes).
    """
    check_own(actor, row.leader_id)
    if not (said.get("opinion") or said.get("outcome")):
        raise RuleBroken("处理意见：意见和处理方式至少填一项。", "opinion")
    _write(session, actor, row, {name: said[name] for name in OPINION_FIELDS if name in said})
    session.flush()


def note_result(
    session: Session,
    actor: Actor,
    row: m.ReceptionRecord,
    result: str,
    *,
    leader_told_on: date | None = None,
    visitor_told_on: date | None = None,
) -> None:
    """What came of it later (办理结果), and when it was fed back to the leader and the visitor.

    A matter's own result needs no typing: `result` may be empty then. Raises RuleBroken naming the field.
    """
    check_own(actor, row.leader_id)
    if not result.strip() and (row.petition_id is None or not (leader_told_on or visitor_told_on)):
        raise RuleBroken("办理结果：请填写。", "result")
    for name, word, day in (
        ("leader_told_on", "反馈接访领导日期", leader_told_on),
        ("visitor_told_on", "反馈来访人日期", visitor_told_on),
    ):
        if day is not None and not row.session.held_on <= day <= actor.today:
            raise RuleBroken(f"{word}：应在接访日期之后、今天之前（含当天），请核对。", name)
        setattr(row, name, day or getattr(row, name))
    row.result = result.strip() or row.result
    session.flush()


def take_note(session: Session, actor: Actor, row: m.ReceptionRecord) -> None:
    """The receiving leader has read the result (已阅): from today on it counts as fed back to him."""
    check_own(actor, row.leader_id)
    row.leader_told_on = row.leader_told_on or actor.today
    session.flush()


def turn_into_matter(
    session: Session,
    actor: Actor,
    row: m.ReceptionRecord,
    joins: m.Petition | None = None,
    respondents: Sequence[Accused] = (),
) -> m.Contact:
    """Register the visitor as a contact (转为信访事项), everything carried over; `joins`: a matter he came about before.

    `respondents`: whom he complains of, besides those he named when he signed up. The receiving leader stays responsible for
    the follow-up (A8) unless he is one of them. Raises RuleBroken when it was registered already; a registration that was
    voided may be made again.
    """
    if is_registered(row):
        raise RuleBroken("这条接访登记已转为信访事项，不能重复登记。")
    if joins is not None and joins.status == Status.VOIDED:
        raise RuleBroken("信访事项：这件事项已作废，请选择别的事项。", "petition_id")
    with session.begin_nested():
        contact = register(session, actor, _registration(session, actor, row, respondents), joins)
        row.contact, row.petition = contact, contact.petition
        session.flush()
    return contact


def signed_up_matter(session: Session, actor: Actor, row: m.ReceptionRecord) -> int | None:
    """The id of the matter he named when he signed up (预约), where the actor may know of it."""
    statement = gate.rows(actor, m.Appointment).where(
        m.Appointment.record_id == row.id, m.Appointment.petition_id.is_not(None)
    )
    booking = session.scalars(statement).first()
    return booking.petition_id if booking else None


def is_registered(row: m.ReceptionRecord) -> bool:
    """Does a matter that was not voided stand for it?"""
    return row.petition is not None and row.petition.status != Status.VOIDED


def of_session(session: Session, actor: Actor, held: m.ReceptionSession) -> Sequence[m.ReceptionRecord]:
    """The visitors of a session that the actor may know of, in order of coming."""
    statement = gate.rows(actor, m.ReceptionRecord).where(m.ReceptionRecord.session_id == held.id)
    record = m.ReceptionRecord
    shown = joinedload(record.petition), joinedload(record.unit), selectinload(record.assisting)
    return session.scalars(statement.options(*shown).order_by(m.ReceptionRecord.id)).all()


def check_own(actor: Actor, leader_id: int | None) -> None:
    """A leader writes on his own sessions only; the office on all. Raises Forbidden."""
    if actor.role in access.LEADERS and leader_id != actor.leader_id:
        raise gate.Forbidden("只能填写您本人接访的登记。")


def shown_name(row: m.ReceptionRecord) -> str:
    """The visitor as everybody sees him: masked when the matter is 检举控告 or 保密 (rules-of-the-office §4)."""
    return access.mask_name(row.visitor, guarded=is_guarded(row))


def is_guarded(row: m.ReceptionRecord) -> bool:
    """Does the rule of the accused apply to what he came about?"""
    if row.petition is not None:
        return bool(row.petition.is_guarded)
    return row.is_secret or row.purpose == Purpose.REPORT


def _registration(
    session: Session, actor: Actor, row: m.ReceptionRecord, respondents: Sequence[Accused]
) -> Registration:
    accused = [*reception_accused.named(session, row), *respondents]
    barred = case_choices.accused_leaders(session, actor, reception_accused.as_matter(row, accused))
    return Registration(
        channel=CHANNEL,
        demand=row.demand,
        received_on=row.session.held_on,
        people=[Person(row.visitor, row.phone), *reception_accused.representatives(session, row)],
        people_count=row.people_count,
        is_secret=row.is_secret,
        purpose=row.purpose,
        place=row.place,
        respondents=accused,
        receptionist_id=None if row.leader_id in barred else accounts.of_leader(session, row.leader_id),
        reception_session_id=row.session_id,
    )


def _write(session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any]) -> None:
    """Set what was said and check the whole; a refused record is left as it was."""
    values = {name: said[name] for name in FIELDS if name in said and not (name == "purpose" and not said[name])}
    for name, word in (("visitor", "来访人"), ("demand", "诉求")):
        if not (values.get(name, getattr(row, name)) or "").strip():
            raise RuleBroken(f"{word}：请填写。", name)
    if "people_count" in values:
        values["people_count"] = values["people_count"] or 1
        if not 1 <= values["people_count"] <= 10_000:
            raise RuleBroken("人数：应为 1 至 10000 的整数，请改正。", "people_count")
    with session.begin_nested(), session.no_autoflush:
        _set(session, row, values)
        _check_units(session, row)
        _check_decision(session, actor, row)


def _set(session: Session, row: m.ReceptionRecord, values: dict[str, Any]) -> None:
    chosen = values.pop("assisting_ids", None)
    for name, value in values.items():
        is_text = isinstance(value, str) and not isinstance(value, Word)
        setattr(row, name, (value.strip() or None) if is_text else value)
    if chosen is not None:
        row.assisting = units(session, chosen)


def units(session: Session, ids: Sequence[int]) -> list[m.Unit]:
    """Units by their ids, in the office's order. Raises RuleBroken (assisting_ids) when one does not exist."""
    found = list(session.scalars(sa.select(m.Unit).where(m.Unit.id.in_(ids)).order_by(m.Unit.position, m.Unit.id)))
    if len(found) < len(set(ids)):
        raise RuleBroken("协办单位：没有这个单位，请重新选择。", "assisting_ids")
    return found


def _check_units(session: Session, row: m.ReceptionRecord) -> None:
    """Lead and assisting units are different ones, and none that he complains of (§3)."""
    if row.unit_id is not None and session.get(m.Unit, row.unit_id) is None:
        raise RuleBroken("责任单位：没有这个单位，请重新选择。", "unit_id")
    if row.unit_id in {unit.id for unit in row.assisting}:
        raise RuleBroken("协办单位：不能与责任单位相同，请去掉。", "assisting_ids")
    if not is_guarded(row):
        return
    matter = row.petition or reception_accused.as_matter(row, reception_accused.named(session, row))
    accused = excluded.units(session, matter)
    for name, unit_id in (("unit_id", row.unit_id), *(("assisting_ids", unit.id) for unit in row.assisting)):
        if unit_id in accused:
            word = reception_outcomes.LABELS[name]
            raise RuleBroken(f"{word}：该单位或其负责人是被反映人，不能交给它，请选别的单位。", name)


def _check_decision(session: Session, actor: Actor, row: m.ReceptionRecord) -> None:
    values = {name: getattr(row, name) for name in OPINION_FIELDS if name != "assisting_ids"}
    reception_outcomes.check_dates(values, row.session.held_on, actor.today)
    if row.outcome is not None:
        reception_outcomes.check(row.outcome, values, is_within=is_within(session, row.leader_id, row.unit_id))


def is_within(session: Session, leader_id: int, unit_id: int | None) -> bool | None:
    """Does the unit belong to the leader's division (分管范围)? None without a unit, or for a leader without units."""
    leader = session.get(m.Leader, leader_id)
    if unit_id is None or leader is None or not leader.units:
        return None
    return unit_id in gate_actors.subtree(session.scalars(sa.select(m.Unit)).all(), [unit.id for unit in leader.units])
