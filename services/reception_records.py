"""Records of those who came to a session (信访接待登记表): entered, given an opinion, turned into a matter in one step (D7)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules.access import Actor
from rules.words import Purpose, RuleBroken, Status, Word
from services import gate
from services.petitions import Person, Registration, register

CHANNEL = "leader_reception"
"""信访方式 of a matter that comes from a leader's reception day."""
OPINION_FIELDS = ("opinion", "outcome", "result")
"""What the receiving leader writes himself (C4)."""
FIELDS = (
    "visitor", "phone", "people_count", "place", "demand", "purpose", "is_secret", "cause", "unit_id", *OPINION_FIELDS,
)  # fmt: skip
"""What may be written of a record."""
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
    _write(row, said)
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
    _write(row, said)
    session.flush()
    return row


def give_opinion(session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any]) -> None:
    """The leader's opinion and outcome on his own session's visitor (处理意见). Raises RuleBroken when both are empty."""
    check_own(actor, row.leader_id)
    if not (said.get("opinion") or said.get("outcome")):
        raise RuleBroken("处理意见：意见和处理方式至少填一项。", "opinion")
    _write(row, {name: said[name] for name in ("opinion", "outcome") if name in said})
    session.flush()


def note_result(session: Session, actor: Actor, row: m.ReceptionRecord, result: str) -> None:
    """What came of it later (办理结果), fed back to the leader and the visitor."""
    check_own(actor, row.leader_id)
    if not result.strip():
        raise RuleBroken("办理结果：请填写。", "result")
    row.result = result.strip()
    session.flush()


def turn_into_matter(
    session: Session, actor: Actor, row: m.ReceptionRecord, joins: m.Petition | None = None
) -> m.Contact:
    """Register the visitor as a contact (转为信访事项), everything carried over; `joins`: a matter he came about before.

    The receiving leader stays responsible for the follow-up (A8). Raises RuleBroken when it was registered already.
    """
    if row.petition_id is not None:
        raise RuleBroken("这条接访登记已转为信访事项，不能重复登记。")
    if joins is not None and joins.status == Status.VOIDED:
        raise RuleBroken("信访事项：这件事项已作废，请选择别的事项。", "petition_id")
    contact = register(session, actor, _registration(session, row), joins)
    row.contact, row.petition = contact, contact.petition
    session.flush()
    return contact


def of_session(session: Session, actor: Actor, held: m.ReceptionSession) -> Sequence[m.ReceptionRecord]:
    """The visitors of a session that the actor may know of, in order of coming."""
    statement = gate.rows(actor, m.ReceptionRecord).where(m.ReceptionRecord.session_id == held.id)
    shown = joinedload(m.ReceptionRecord.petition), joinedload(m.ReceptionRecord.unit)
    return session.scalars(statement.options(*shown).order_by(m.ReceptionRecord.id)).all()


def check_own(actor: Actor, leader_id: int | None) -> None:
    """A leader writes on his own sessions only; the office on all."""
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


def _registration(session: Session, row: m.ReceptionRecord) -> Registration:
    return Registration(
        channel=CHANNEL,
        demand=row.demand,
        received_on=row.session.held_on,
        people=[Person(row.visitor, row.phone)],
        people_count=row.people_count,
        is_secret=row.is_secret,
        purpose=row.purpose,
        place=row.place,
        receptionist_id=_account_of(session, row.leader_id),
        reception_session_id=row.session_id,
    )


def _account_of(session: Session, leader_id: int) -> int | None:
    """The leader's own account, where he has one."""
    statement = sa.select(m.User.id).where(m.User.leader_id == leader_id, m.User.is_active).order_by(m.User.id)
    return session.scalars(statement.limit(1)).first()


def _write(row: m.ReceptionRecord, said: Mapping[str, Any]) -> None:
    values = {name: said[name] for name in FIELDS if name in said and not (name == "purpose" and not said[name])}
    for name, word in (("visitor", "来访人"), ("demand", "诉求")):
        if not (values.get(name, getattr(row, name)) or "").strip():
            raise RuleBroken(f"{word}：请填写。", name)
    if "people_count" in values:
        values["people_count"] = values["people_count"] or 1
        if not 1 <= values["people_count"] <= 10_000:
            raise RuleBroken("人数：应为 1 至 10000 的整数，请改正。", "people_count")
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) and not isinstance(value, Word) else value)
