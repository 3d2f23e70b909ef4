"""The ledger of disputes (矛盾纠纷排查化解台账): entered by unit, reported upward, settled, or turned into a matter (E2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.reception_words import DisputeState, Urgency
from rules.words import RuleBroken, Word
from services import gate, numbers
from services.petitions import register
from services.registration import Person, Registration

CHANNEL, CHANNEL_OF_VISIT = "screening", "leader_visit"
"""信访方式 of a matter that comes from the ledger: by screening, or found on a leader's visit down."""
FIELDS = (
    "unit_id", "found_on", "place", "cause", "party", "phone", "people_count", "urgency", "responsible", "situation",
    "measures", "due_on",
)  # fmt: skip
"""What may be written of a dispute (C4)."""
SERIOUS = (Urgency.SERIOUS, Urgency.URGENT)
"""Reported upward at once (E2)."""
MOST_PEOPLE = 100_000


def save(session: Session, actor: Actor, row: m.Dispute, said: Mapping[str, Any]) -> m.Dispute:
    """Write a dispute; a new one gets its number. A phone left empty stays.

    Raises RuleBroken naming the field, or when the dispute is settled or turned.
    """
    if row.id is not None:
        check_writer(actor, row)
        check_open(row)
    if not said.get("phone"):
        said = {name: value for name, value in said.items() if name != "phone"}
    values = {name: said[name] for name in FIELDS if name in said and not (name == "urgency" and not said[name])}
    _check(session, actor, row, values)
    for name, value in values.items():
        text = isinstance(value, str) and not isinstance(value, Word)
        setattr(row, name, (value.strip() or None) if text else value)
    if row.number is None:
        row.number = numbers.dispute(session, row.found_on.year)
    session.add(row)
    session.flush()
    session.expire(row, ["unit"])
    return row


def report(session: Session, actor: Actor, row: m.Dispute, on: date, to: str, situation: str, measures: str) -> None:
    """Report a dispute upward (上报): cause, how it stands, what was done. Raises RuleBroken naming what is missing."""
    check_writer(actor, row)
    check_open(row)
    if on > actor.today:
        raise RuleBroken("上报日期：不能晚于今天，请核对。", "reported_on")
    if on < row.found_on:
        raise RuleBroken(f"上报日期：{on} 早于发现日期 {row.found_on}，请核对。", "reported_on")
    for name, label, text in (
        ("reported_to", "报送单位", to), ("situation", "目前态势", situation), ("measures", "已采取的措施", measures),
    ):  # fmt: skip
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", name)
    row.reported_on, row.reported_to = on, to.strip()
    row.situation, row.measures = situation.strip(), measures.strip()
    session.flush()


def settle(session: Session, actor: Actor, row: m.Dispute, on: date, result: str) -> None:
    """Record that it was settled (已化解) and how. Raises RuleBroken naming the field."""
    check_writer(actor, row)
    check_open(row)
    if not result.strip():
        raise RuleBroken("化解结果：请填写。", "result")
    if on > actor.today:
        raise RuleBroken("化解日期：不能晚于今天，请核对。", "settled_on")
    if on < row.found_on:
        raise RuleBroken(f"化解日期：{on} 早于发现日期 {row.found_on}，请核对。", "settled_on")
    row.state, row.settled_on, row.result = DisputeState.SETTLED, on, result.strip()
    session.flush()


def reopen(session: Session, actor: Actor, row: m.Dispute) -> None:
    """A settled dispute that broke out again, or was settled by mistake, is open once more.

    Raises RuleBroken for one that is not settled.
    """
    check_writer(actor, row)
    if row.state is not DisputeState.SETTLED:
        raise RuleBroken("只有已化解的矛盾纠纷可以重新化解。")
    row.state, row.settled_on, row.result = DisputeState.OPEN, None, None
    session.flush()


def into_matter(session: Session, actor: Actor, row: m.Dispute) -> m.Petition:
    """Register a dispute as a contact and its matter, everything carried over (E2). Raises RuleBroken when it was done."""
    check_writer(actor, row)
    check_open(row)
    names = [name.strip() for name in (row.party or "").split("、") if name.strip()]
    said = Registration(
        channel=CHANNEL_OF_VISIT if is_found_on_visit(session, row) else CHANNEL,
        demand=row.cause,
        received_on=min(row.found_on, actor.today),
        people=[Person(name, row.phone if place == 0 else None) for place, name in enumerate(names)],
        is_anonymous=not names,
        people_count=row.people_count,
        place=row.place,
    )
    row.petition, row.state = register(session, actor, said).petition, DisputeState.TURNED
    session.flush()
    return row.petition


def of_matter(session: Session, actor: Actor, petition: m.Petition) -> m.Dispute | None:
    """The dispute a matter came from, if the actor may know of it."""
    return session.scalars(gate.rows(actor, m.Dispute).where(m.Dispute.petition_id == petition.id)).first()


def is_found_on_visit(session: Session, row: m.Dispute) -> bool:
    """Does it come from a leader's visit down?"""
    statement = sa.select(m.VisitFinding.id).where(m.VisitFinding.dispute_id == row.id).limit(1)
    return session.execute(statement, execution_options={"gated": True}).first() is not None


def unreported(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Serious open disputes that were not reported upward."""
    d = m.Dispute
    return statement.where(d.state == DisputeState.OPEN, d.urgency.in_(SERIOUS), d.reported_on.is_(None))


def late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Open disputes whose deadline has passed."""
    return statement.where(m.Dispute.state == DisputeState.OPEN, m.Dispute.due_on < actor.today)


def check_writer(actor: Actor, row: m.Dispute) -> None:
    """The office writes all, a unit's people their own unit's. Raises gate.Forbidden."""
    if not writes_for(actor, row.unit_id):
        raise gate.Forbidden("只能填写本单位的矛盾纠纷。")


def writes_for(actor: Actor, unit_id: int | None) -> bool:
    """May this actor write on that unit's ledger?"""
    return actor.is_system or actor.role in access.OFFICE or unit_id in actor.unit_ids


def check_open(row: m.Dispute) -> None:
    """Raises RuleBroken when the dispute is settled or was turned into a matter."""
    if row.state is not DisputeState.OPEN:
        raise RuleBroken(f"这件矛盾纠纷{row.state.label}，不能再改或再转。")


def _check(session: Session, actor: Actor, row: m.Dispute, values: Mapping[str, Any]) -> None:
    def now(name: str) -> Any:
        return values[name] if name in values else getattr(row, name)

    unit = session.get(m.Unit, now("unit_id")) if now("unit_id") else None
    if unit is None:
        raise RuleBroken("单位：请选择。", "unit_id")
    if not writes_for(actor, unit.id):
        raise RuleBroken("单位：只能登记本单位（含下属）的矛盾纠纷，请改选。", "unit_id")
    if now("found_on") is None or now("found_on") > actor.today:
        raise RuleBroken("发现日期：请填写，不能晚于今天。", "found_on")
    for name, label in (("place", "发生地点"), ("cause", "起因")):
        if not (now(name) or "").strip():
            raise RuleBroken(f"{label}：请填写。", name)
    people = now("people_count")
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise RuleBroken(f"涉及人数：应为 1 至 {MOST_PEOPLE} 的整数，请改正。", "people_count")
    due = now("due_on")
    if due is not None and due < now("found_on"):
        raise RuleBroken(f"化解期限：{due} 早于发现日期 {now('found_on')}，请改正。", "due_on")
