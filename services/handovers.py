"""Handing a leader's cases over (移交): one, or all he runs at once, with what was open on that day in writing (F1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules.access import Actor
from rules.words import CaseStatus, RuleBroken, Stale
from services import case_choices, case_sources, cases, gate, handover_list

LEAVING = "停用领导：{leader}还有包案没有移交，请先在“包案移交”中移交给接手领导。"


@dataclass(frozen=True)
class Next:
    """Who takes one case over; `version`: the one the form showed."""

    leader_id: int | None
    version: int | None = None


def running_of(actor: Actor, leader: m.Leader) -> sa.Select[Any]:
    """The leader's running cases that the actor may know of, the oldest first."""
    case = m.Case
    loaded = (joinedload(case.petition), joinedload(case.unit), selectinload(case.progress))
    statement = gate.rows(actor, case).where(case.leader_id == leader.id, case.ended_on.is_(None))
    return statement.options(*loaded).order_by(case.assigned_on, case.id)


def proposed(session: Session, actor: Actor, leader: m.Leader) -> list[tuple[m.Case, m.Leader | None]]:
    """Each running case of the leaver with who takes it by division of work, the leaver left out."""
    found = session.scalars(running_of(actor, leader)).unique().all()
    but = frozenset({leader.id})
    return [(case, case_choices.propose_leader(session, actor, case.petition, but)) for case in found]


def check_may_leave(session: Session, leader: m.Leader) -> None:
    """A leader with running cases is not taken out of office. Raises RuleBroken saying where to hand them over."""
    running = sa.select(m.Case.id).where(m.Case.leader_id == leader.id, m.Case.ended_on.is_(None))
    if session.scalars(running.limit(1).execution_options(gated=True)).first() is not None:
        raise RuleBroken(LEAVING.format(leader=leader.name), "is_active")


def hand_over(session: Session, actor: Actor, case: m.Case, leader_id: int, reason: str, batch: str = "") -> m.Case:
    """End this leader's case and begin the next one's: duties, evidence, team, open steps and the closing file go along.

    What was open is kept in writing as of now. `batch`: the name of a hand-over of several. Raises RuleBroken naming the field.
    """
    gate.allow(actor, "case.hand_over")
    if case.ended_on is not None:
        raise RuleBroken(f"这个包案{case.status.label}，不能移交。")
    reason = reason.strip()
    if not reason:
        raise RuleBroken("移交理由：请填写。", "reason")
    if leader_id == case.leader_id:
        raise RuleBroken("接手领导：仍是原来的包案领导，请选别的领导。", "leader_id")
    said = _next(case, leader_id, reason)
    cases.check_people(session, actor, case.petition, said)
    body = handover_list.read(session, actor, case)
    case.status, case.ended_on, case.end_reason = CaseStatus.HANDED_OVER, actor.today, reason
    session.flush()
    follower = cases.begin(session, actor, case.petition, said)
    _carry(session, actor, case, follower)
    session.add(
        m.HandOver(
            case=case, next=follower, from_leader_id=case.leader_id, to_leader_id=leader_id, handed_on=actor.today,
            reason=reason, body=body, batch=batch or f"{case.number} {actor.today}", by_id=actor.user_id,
        )
    )  # fmt: skip
    session.flush()
    case_sources.tell_ledgers(session, actor, follower, before=case.leader_id)
    return follower


def _next(case: m.Case, leader_id: int, reason: str) -> cases.Assignment:
    kept = ("level", "unit_id", "responsible_id", "direction", "measures", "plan", "close_by", "report_by",
            "first_meeting_by", "source", "record_id", "campaign_case_id", "basis", "is_major")  # fmt: skip
    return cases.Assignment(leader_id, reason=reason, **{name: getattr(case, name) for name in kept})


def _carry(session: Session, actor: Actor, case: m.Case, follower: m.Case) -> None:
    for duty in case.duties:
        kept = {"state": duty.state, "done": duty.done, "done_on": duty.done_on}
        copy = m.DutyItem(case=follower, position=duty.position, name=duty.name, **kept)
        session.add(copy)
        for one in duty.evidence:
            shown = {
                name: getattr(one, name) for name in ("happened_on", "text", "document_id", "attachment_id", "by_id")
            }
            session.add(m.DutyEvidence(case=follower, duty=copy, **shown))
    for step in case.steps:
        if step.done_on is None:
            session.add(m.PlanStep(case=follower, due_on=step.due_on, text=step.text))
    for one in case.members:
        if one.left_on is None:
            kept = {name: getattr(one, name) for name in ("role", "user_id", "name", "unit_id", "duty")}
            session.add(m.CaseMember(case=follower, joined_on=actor.today, **kept))
            one.left_on = actor.today
    session.flush()


def hand_over_all(
    session: Session, actor: Actor, leader: m.Leader, following: Mapping[int, Next], reason: str
) -> list[m.HandOver]:
    """Every running case of the leaver goes to the leader named for it, all or none; one reason for all.

    `following`: by case. Raises RuleBroken naming the case, Stale when one has changed since the form was shown.
    """
    gate.allow(actor, "case.hand_over")
    found = list(session.scalars(running_of(actor, leader)).unique())
    if not found:
        raise RuleBroken("移交：这位领导没有需要移交的包案。")
    if {case.id for case in found} != set(following):
        raise Stale("移交：这位领导的包案有了变化，请刷新后重新核对。")
    batch = f"{leader.id}-{actor.today}-{found[0].number}"
    with session.begin_nested():
        for case in found:
            _one(session, actor, case, following[case.id], reason, batch)
    return list(session.scalars(of_batch(actor, batch)))


def _one(session: Session, actor: Actor, case: m.Case, chosen: Next, reason: str, batch: str) -> None:
    if chosen.version is not None and chosen.version != case.version:
        raise Stale(f"{case.number}：这个包案刚刚被别人改过，请刷新后重新核对。")
    if chosen.leader_id is None:
        raise RuleBroken(f"{case.number} 接手领导：请选择。", f"leader-{case.id}")
    try:
        hand_over(session, actor, case, chosen.leader_id, reason, batch)
    except RuleBroken as no:
        if isinstance(no, gate.Forbidden):
            raise
        field = f"leader-{case.id}" if no.field == "leader_id" else no.field
        message = no.message if no.field == "reason" else f"{case.number} {no.message}"
        raise RuleBroken(message, field) from no


def of_batch(actor: Actor, batch: str) -> sa.Select[Any]:
    """Everything handed over in one go that the actor may know of, in the order of the cases."""
    row = m.HandOver
    loaded = (joinedload(row.case).joinedload(m.Case.petition), joinedload(row.next), joinedload(row.from_leader))
    return gate.rows(actor, row).where(row.batch == batch).options(*loaded, joinedload(row.to_leader)).order_by(row.id)


def ended_by(session: Session, case: m.Case) -> m.HandOver | None:
    """The handing over that ended this case."""
    return session.scalars(
        sa.select(m.HandOver).where(m.HandOver.case_id == case.id).execution_options(gated=True)
    ).first()


def began_by(session: Session, case: m.Case) -> m.HandOver | None:
    """The handing over this case began with."""
    return session.scalars(
        sa.select(m.HandOver).where(m.HandOver.next_id == case.id).execution_options(gated=True)
    ).first()
