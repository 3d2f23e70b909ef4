"""What a visit down finds (发现的问题): noted, looked at again (回访), turned once into a dispute, a matter or a case (E1)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules.access import Actor
from rules.reception_words import LeaderVisitState
from rules.words import RuleBroken, Word
from services import accounts, cases, disputes, gate
from services import visit_checks as checks
from services.petitions import register
from services.registration import Person, Registration

CHANNEL = "leader_visit"
"""信访方式 of a matter found on a visit."""
FIELDS = ("text", "place", "person", "phone", "purpose", "is_secret", "opinion", "follow_up_on")
"""What may be written of a finding (C4)."""
CARRIED = ("text", "place", "person", "phone", "purpose", "is_secret")
"""What a matter or dispute has taken over: once turned, it is changed there and no longer here."""


def add(session: Session, actor: Actor, visit: m.Visit, said: Mapping[str, Any]) -> m.VisitFinding:
    """Note one problem found. Raises RuleBroken naming the field; a leader notes those of his own visits only."""
    checks.check_own(actor, visit.leader_id)
    if visit.state is LeaderVisitState.CANCELLED:
        raise RuleBroken("这次下访已经取消，不能登记发现的问题。")
    if visit.from_on > actor.today:
        raise RuleBroken(f"下访日期：{visit.from_on} 还没有到，不能提前登记发现的问题。")
    row = m.VisitFinding(**_values(visit, None, said), visit=visit)
    session.add(row)
    session.flush()
    return row


def change(session: Session, actor: Actor, row: m.VisitFinding, said: Mapping[str, Any]) -> m.VisitFinding:
    """Correct a finding. A phone left empty stays. Raises RuleBroken when what was taken over would change."""
    checks.check_own(actor, row.visit.leader_id)
    if not said.get("phone"):
        said = {name: value for name, value in said.items() if name != "phone"}
    if is_turned(row) and any(name in said and said[name] != getattr(row, name) for name in CARRIED):
        raise RuleBroken(f"已转为{turned_into(row)}，请在那里更正。")
    for name, value in _values(row.visit, row.text, said).items():
        setattr(row, name, value)
    session.flush()
    return row


def follow_up(session: Session, actor: Actor, row: m.VisitFinding, on: date, result: str, again: date | None) -> None:
    """Record the return visit (回访): when, what came of it, and whether to look again. Raises RuleBroken."""
    checks.check_own(actor, row.visit.leader_id)
    if on > actor.today:
        raise RuleBroken("回访日期：不能晚于今天，请核对。", "followed_up_on")
    if on < row.visit.from_on:
        raise RuleBroken(f"回访日期：{on} 早于下访日期 {row.visit.from_on}，请核对。", "followed_up_on")
    if not result.strip():
        raise RuleBroken("回访情况：请填写。", "result")
    if again is not None and again <= on:
        raise RuleBroken("下次回访：应晚于这次回访的日期，请改正。", "follow_up_on")
    row.followed_up_on, row.result = on, result.strip()
    row.follow_up_on = again or row.follow_up_on
    session.flush()


def due(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Findings whose return visit is due: its day has come and nobody has been there since."""
    f = m.VisitFinding
    not_since = sa.or_(f.followed_up_on.is_(None), f.followed_up_on < f.follow_up_on)
    return statement.where(f.follow_up_on <= actor.today, not_since)


def waiting(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Findings that are to be looked at again, due or not."""
    f = m.VisitFinding
    return statement.where(
        f.follow_up_on.is_not(None), sa.or_(f.followed_up_on.is_(None), f.followed_up_on < f.follow_up_on)
    )


def of_visit(session: Session, actor: Actor, visit: m.Visit) -> Sequence[m.VisitFinding]:
    """The findings of a visit that the actor may know of, in order."""
    statement = gate.rows(actor, m.VisitFinding).where(m.VisitFinding.visit_id == visit.id)
    shown = joinedload(m.VisitFinding.petition), joinedload(m.VisitFinding.dispute)
    return session.scalars(statement.options(*shown).order_by(m.VisitFinding.id)).all()


def into_dispute(session: Session, actor: Actor, row: m.VisitFinding, unit_id: int | None = None) -> m.Dispute:
    """Put a finding on the unit's ledger of disputes, everything carried over.

    `unit_id`: whose ledger, when the visit names no unit. Raises RuleBroken: turned already, a report on somebody.
    """
    check_free(row)
    if row.is_guarded:
        raise RuleBroken("检举控告和要求保密的问题不进单位的矛盾纠纷台账，请转为信访事项。")
    visit = row.visit
    said = {
        "unit_id": visit.unit_id or unit_id,
        "found_on": min(visit.to_on, actor.today),
        "place": row.place or visit.area,
        "cause": row.text,
        "party": row.person,
        "phone": row.phone,
        "people_count": 1,
        "measures": row.opinion,
        "due_on": row.follow_up_on,
    }
    row.dispute = disputes.save(session, actor, m.Dispute(), said)
    session.flush()
    return row.dispute


def into_matter(session: Session, actor: Actor, row: m.VisitFinding) -> m.Petition:
    """Register a finding as a contact and its matter, everything carried over; the leader stays responsible (A8).

    Raises RuleBroken when it was turned into something already.
    """
    check_free(row)
    visit = row.visit
    said = Registration(
        channel=CHANNEL,
        demand=row.text,
        received_on=min(visit.to_on, actor.today),
        people=[Person(row.person, row.phone)] if row.person else [],
        is_anonymous=not row.person,
        is_secret=row.is_secret,
        purpose=row.purpose,
        place=row.place or visit.area,
        receptionist_id=accounts.of_leader(session, visit.leader_id),
    )
    row.petition = register(session, actor, said).petition
    session.flush()
    return row.petition


def into_case(session: Session, actor: Actor, row: m.VisitFinding) -> m.Case:
    """The same, and the leader who was there takes the matter as his case (包案), his opinion as its direction."""
    petition = into_matter(session, actor, row)
    visit = row.visit
    said = cases.Assignment(leader_id=visit.leader_id, unit_id=visit.unit_id, direction=row.opinion)
    return cases.assign(session, actor, petition, said)


def is_turned(row: m.VisitFinding) -> bool:
    """Has it become something else?"""
    return row.petition_id is not None or row.dispute_id is not None


def turned_into(row: m.VisitFinding) -> str:
    """What it became, in a word."""
    return "信访事项" if row.petition_id is not None else "矛盾纠纷"


def check_free(row: m.VisitFinding) -> None:
    """Raises RuleBroken when the finding was turned into something already."""
    if is_turned(row):
        raise RuleBroken(f"这个问题已转为{turned_into(row)}，不能再转一次。")


def shown_name(row: m.VisitFinding) -> str:
    """The person as everybody sees him: masked in 检举控告 and 保密 (rules-of-the-office §4)."""
    return access.mask_name(row.person or "", guarded=row.is_guarded)


def _values(visit: m.Visit, text: str | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, stripped and checked. `text`: what stands now. Raises RuleBroken."""
    values = {name: said[name] for name in FIELDS if name in said and not (name == "purpose" and not said[name])}
    if not (values.get("text", text) or "").strip():
        raise RuleBroken("发现的问题：请填写。", "text")
    day = values.get("follow_up_on")
    if day is not None and day < visit.from_on:
        raise RuleBroken(f"回访日期：{day} 早于下访日期 {visit.from_on}，请改正。", "follow_up_on")
    return {name: _stripped(value) for name, value in values.items()}


def _stripped(value: Any) -> Any:
    is_text = isinstance(value, str) and not isinstance(value, Word)
    return (value.strip() or None) if is_text else value
