"""Decisions (议定事项): of a meeting or a case conference; each with one owner and one deadline, a task until it is done (E3, F4).

Whoever makes them says from where with `Source`; the gate hides those on guarded matters from whom they are not for (§3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, meetings
from rules.access import Actor
from rules.meetings import DecisionState
from rules.words import RuleBroken
from services import attachments, excluded, gate, gate_actors

EVIDENCE = "decision"
"""What a file that shows a decision was carried out is for."""


@dataclass(frozen=True)
class Source:
    """Where a decision comes from, and what it is about."""

    meeting: m.Meeting | None = None
    item: m.AgendaItem | None = None
    conference: m.Proceeding | None = None
    petition: m.Petition | None = None
    dispute: m.Dispute | None = None


@dataclass(frozen=True)
class Said:
    """What was decided, until when, and whose it is: a unit, a leader or an account, exactly one of them."""

    text: str
    due_on: date
    unit_id: int | None = None
    leader_id: int | None = None
    user_id: int | None = None


def decide(session: Session, actor: Actor, source: Source, said: Said) -> m.Decision:
    """Record one decision. Raises RuleBroken naming the field. Whoever may write a proceeding may record what it decided."""
    gate.allow(actor, "decision.make" if source.conference is None else "proceeding.edit")
    if not said.text.strip():
        raise RuleBroken("议定事项：请填写。", "text")
    if said.due_on < actor.today:
        raise RuleBroken("落实期限：不能早于今天，请改为以后的日期。", "due_on")
    matter = source.petition or (source.dispute.petition if source.dispute is not None else None)
    _check_owner(session, actor, matter, said)
    row = m.Decision(
        meeting=source.meeting, item=source.item, conference=source.conference, petition=matter,
        dispute=source.dispute, text=said.text.strip(), decided_on=_decided_on(actor, source), due_on=said.due_on,
        unit_id=said.unit_id, leader_id=said.leader_id, user_id=said.user_id, by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _decided_on(actor: Actor, source: Source) -> date:
    held = source.meeting or source.conference
    return min(held.held_on, actor.today) if held is not None else actor.today


def _check_owner(session: Session, actor: Actor, matter: m.Petition | None, said: Said) -> None:
    named = [one for one in (said.unit_id, said.leader_id, said.user_id) if one is not None]
    if len(named) != 1:
        raise RuleBroken("落实单位：单位、领导、个人请选且只选一个。", "unit_id")
    table, key, field, label = _owner(said)
    row = session.get(table, key)
    if row is None or not row.is_active:
        raise RuleBroken(f"{label}：没有这个选项，请重新选择。", field)
    if matter is not None and matter.is_guarded and key not in _may_know(session, actor, matter, said):
        raise RuleBroken(f"{label}：应当回避，或看不到这件事项，请改选。", field)


def _owner(said: Said) -> tuple[Any, int, str, str]:
    if said.unit_id is not None:
        return m.Unit, said.unit_id, "unit_id", "落实单位"
    if said.leader_id is not None:
        return m.Leader, said.leader_id, "leader_id", "落实领导"
    return m.User, said.user_id or 0, "user_id", "落实人"


def _may_know(session: Session, actor: Actor, matter: m.Petition, said: Said) -> set[int]:
    """The owner's own id when he may know of this guarded matter: not accused, and an account of his sees it."""
    users = sa.select(m.User).where(m.User.is_active)
    if said.unit_id is not None:
        if said.unit_id in excluded.routes(session, matter):
            return set()
        users = users.where(m.User.unit_id == said.unit_id)
    elif said.leader_id is not None:
        if said.leader_id in excluded.leaders(session, actor, matter):
            return set()
        users = users.where(m.User.leader_id == said.leader_id)
    else:
        users = users.where(m.User.id == said.user_id)
    seen = any(_sees(session, actor, user, matter) for user in session.scalars(users))
    return {one for one in (said.unit_id, said.leader_id, said.user_id) if one is not None} if seen else set()


def _sees(session: Session, actor: Actor, user: m.User, matter: m.Petition) -> bool:
    his = gate_actors.actor_of(session, user, actor.today, actor.now)
    return session.scalars(gate.rows(his, m.Petition).where(m.Petition.id == matter.id)).first() is not None


def finish(
    session: Session,
    actor: Actor,
    row: m.Decision,
    on: date,
    note: str,
    files: Sequence[tuple[str, BinaryIO]] = (),
    folder: Path | None = None,
) -> None:
    """The owner, or the office for him, records that it was carried out and how; a file of the matter may show it."""
    gate.allow(actor, "decision.finish")
    if not may_finish(actor, row):
        raise gate.Forbidden("只有落实单位、落实人和信访办可以登记落实。")
    _check_open(row)
    if not note.strip():
        raise RuleBroken("落实情况：请填写。", "done_note")
    if not row.decided_on <= on <= actor.today:
        raise RuleBroken(f"落实日期：应在议定日期 {row.decided_on} 与今天之间，请核对。", "done_on")
    if files and folder is not None and row.petition is not None:
        row.evidence = attachments.add(session, actor, row.petition, *files[0], folder, EVIDENCE)
    row.done_on, row.done_note, row.done_by_id = on, note.strip(), actor.user_id
    session.flush()


def drop(session: Session, actor: Actor, row: m.Decision, reason: str) -> None:
    """Take back a decision that no longer holds; it stays on the list."""
    gate.allow(actor, "decision.make")
    _check_open(row)
    if not reason.strip():
        raise RuleBroken("撤销理由：请填写。", "dropped_reason")
    row.dropped_reason = reason.strip()
    session.flush()


def reopen(session: Session, actor: Actor, row: m.Decision) -> None:
    """The office found that it was not carried out: a task again."""
    gate.allow(actor, "decision.make")
    if row.done_on is None:
        raise RuleBroken("还没有登记落实，不用退回。")
    row.done_on = row.done_note = row.done_by_id = row.evidence_id = None
    session.flush()


def _check_open(row: m.Decision) -> None:
    if row.done_on is not None:
        raise RuleBroken(f"这项议定事项已于 {row.done_on} 落实，请刷新后再看。")
    if row.dropped_reason is not None:
        raise RuleBroken("这项议定事项已经撤销，请刷新后再看。")


def is_owner(actor: Actor, row: m.Decision) -> bool:
    """Is it this actor's task?"""
    own_unit = row.unit_id is not None and row.unit_id in actor.unit_ids and actor.role not in access.LEADERS
    own = row.leader_id is not None and row.leader_id == actor.leader_id
    return own_unit or own or (row.user_id is not None and row.user_id == actor.user_id)


def may_finish(actor: Actor, row: m.Decision) -> bool:
    """The owner, and the office for those who report by word."""
    return actor.is_system or actor.role in access.OFFICE or is_owner(actor, row)


def state_of(row: m.Decision, today: date) -> DecisionState:
    """Where it stands."""
    return meetings.decision_state(row.due_on, row.done_on, row.dropped_reason is not None, today)


IS_OPEN = sa.and_(m.Decision.done_on.is_(None), m.Decision.dropped_reason.is_(None))


def open_ones(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Not done yet."""
    return statement.where(IS_OPEN)


def late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Not done though the deadline has passed."""
    return statement.where(IS_OPEN, m.Decision.due_on < actor.today)


def mine(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Open ones that are this actor's task."""
    d = m.Decision
    own = [d.leader_id == (actor.leader_id or 0), d.user_id == (actor.user_id or 0)]
    if actor.role not in access.LEADERS:
        own.append(d.unit_id.in_(sorted(actor.unit_ids)))
    return statement.where(IS_OPEN, sa.or_(*own))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """For the workbench: {"mine": open tasks of this actor's, "late": for the office all that are late}."""
    if not access.may(actor, "decision.list"):
        return {}
    rows = gate.rows(actor, m.Decision)
    found = {"mine": gate.count(session, mine(rows, actor))}
    return found | {"late": gate.count(session, late(rows, actor))} if actor.role in access.OFFICE else found
