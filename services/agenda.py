"""The agenda of a meeting: picked from open and late items through the gate, heard, given an opinion, decided on (E3, §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import meetings as rules
from rules.access import Actor
from rules.meetings import MeetingState
from rules.reception_words import DisputeState
from rules.words import RuleBroken
from services import case_work, cases, dispute_cases, disputes, gate, meetings, supervision_lists, workbench

MOST_OFFERED = 40
"""Rows offered of each kind; what is beyond is added by its number."""
MOST_ITEMS = 60
"""Items of one agenda."""
SILENT_DAYS = 30
"""A case without a progress note for so long is offered."""


@dataclass(frozen=True)
class Offer:
    """One row that may go on the agenda: `key` says kind and id; `why`: what speaks for it."""

    key: str
    number: str
    title: str
    who: str
    why: str


def offers(session: Session, actor: Actor, meeting: m.Meeting) -> dict[str, list[Offer]]:
    """{"petition" | "case" | "dispute" | "supervision": rows}, the late ones first, without what is on the agenda."""
    taken = set(keys_of(session, meeting))
    found = {
        "petition": _matters(session, actor), "case": _cases(session, actor), "dispute": _disputes(session, actor),
        "supervision": _supervisions(session, actor),
    }  # fmt: skip
    return {kind: [one for one in rows if one.key not in taken] for kind, rows in found.items()}


def keys_of(session: Session, meeting: m.Meeting) -> list[str]:
    """What stands on the agenda, hidden rows too, so that nothing is put on it twice."""
    item = m.AgendaItem
    columns = sa.select(item.petition_id, item.case_id, item.dispute_id, item.supervision_id)
    rows = session.execute(columns.where(item.meeting_id == meeting.id), execution_options={"gated": True})
    found = []
    for row in rows:
        found += [f"{kind}-{one}" for kind, one in zip(TABLES, row, strict=True) if one is not None]
    return found


def _matters(session: Session, actor: Actor) -> list[Offer]:
    late = workbench.late(gate.rows(actor, m.Petition), actor).order_by(m.Petition.breach_on, m.Petition.id)
    rows = session.scalars(late.options(joinedload(m.Petition.unit)).limit(MOST_OFFERED))
    return [
        Offer(f"petition-{p.id}", p.number, p.title, p.unit.name if p.unit else "",
              f"超期 {(actor.today - (p.breach_on or actor.today)).days} 天")
        for p in rows
    ]  # fmt: skip


def _cases(session: Session, actor: Actor) -> list[Offer]:
    c = m.Case
    running = gate.rows(actor, c).where(c.ended_on.is_(None)).options(joinedload(c.petition), joinedload(c.leader))
    found = []
    for case in session.scalars(running.order_by(c.close_by.is_(None), c.close_by, c.id).limit(200)):
        why = _case_why(actor, case)
        if why:
            found.append(Offer(f"case-{case.id}", case.number, case.petition.title, case.leader.name, why))
    return found[:MOST_OFFERED]


def _case_why(actor: Actor, case: m.Case) -> str:
    if case.close_by is not None and case.close_by < actor.today:
        return "包案已过时限"
    if case_work.is_log_late(case, actor.today):
        return "进展逾期未记"
    last = max((one.noted_on for one in case.progress), default=case.assigned_on)
    return f"{(actor.today - last).days} 天没有进展" if actor.today - last >= timedelta(days=SILENT_DAYS) else ""


def _disputes(session: Session, actor: Actor) -> list[Offer]:
    d = m.Dispute
    late = d.due_on < actor.today
    rows = gate.rows(actor, d).where(d.state == DisputeState.OPEN, sa.or_(late, d.urgency.in_(disputes.SERIOUS)))
    found = session.scalars(rows.options(joinedload(d.unit)).order_by(d.due_on, d.id).limit(MOST_OFFERED))
    return [
        Offer(f"dispute-{row.id}", row.number, row.cause, row.unit.name,
              "化解超期" if row.due_on and row.due_on < actor.today else row.urgency.label)
        for row in found
    ]  # fmt: skip


def _supervisions(session: Session, actor: Actor) -> list[Offer]:
    s = m.Supervision
    late = supervision_lists.late(gate.rows(actor, s), actor).options(joinedload(s.petition)).order_by(s.reply_due_on)
    return [
        Offer(f"supervision-{row.id}", row.number, row.petition.title if row.petition else row.subject or "",
              row.addressee.name, "督办逾期未复")
        for row in session.scalars(late.limit(MOST_OFFERED))
    ]  # fmt: skip


TABLES: dict[str, Any] = {"petition": m.Petition, "case": m.Case, "dispute": m.Dispute, "supervision": m.Supervision}


def add(session: Session, actor: Actor, meeting: m.Meeting, keys: Sequence[str], topic: str = "") -> list[m.AgendaItem]:
    """Put rows (keys of Offer) and a topic in words on the agenda. Raises RuleBroken, gate.NotHere for what is hidden."""
    gate.allow(actor, "meeting.edit")
    meetings.check_planned(meeting)
    taken = set(keys_of(session, meeting))
    wanted = [key for key in dict.fromkeys(keys) if key not in taken]
    if not wanted and not topic.strip():
        raise RuleBroken("议题：请至少选一项，或写一个议题。", "keys")
    if len(topic.strip()) > 200:
        raise RuleBroken("议题：最多 200 个字，请删短。", "topic")
    if len(wanted) + _last(session, meeting) > MOST_ITEMS:
        raise RuleBroken(f"议题：一次会议最多 {MOST_ITEMS} 项，请分次研究。", "keys")
    items = [_item(session, actor, key) for key in wanted]
    items += [m.AgendaItem(topic=topic.strip())] if topic.strip() else []
    first = _last(session, meeting) + 1
    for place, item in enumerate(items, start=first):
        item.meeting, item.position = meeting, place
        session.add(item)
    session.flush()
    return items


def _item(session: Session, actor: Actor, key: str) -> m.AgendaItem:
    kind, _dash, text = key.partition("-")
    if kind not in TABLES:
        raise RuleBroken("议题：没有这个选项，请重新选择。", "keys")
    row = gate.find(session, actor, TABLES[kind], text)
    if kind == "petition":
        late = row.breach_on is not None and row.breach_on < actor.today
        return m.AgendaItem(petition=row, why="超期" if late else None)
    if kind == "case":
        return m.AgendaItem(petition=row.petition, case=row, why=_case_why(actor, row) or "领导包案")
    if kind == "dispute":
        return m.AgendaItem(petition=row.petition, dispute=row, why=row.urgency.label)
    return m.AgendaItem(petition=row.petition, supervision=row, why="督办")


def _last(session: Session, meeting: m.Meeting) -> int:
    item = m.AgendaItem
    highest = sa.select(sa.func.max(item.position)).where(item.meeting_id == meeting.id)
    return session.execute(highest, execution_options={"gated": True}).scalar_one_or_none() or 0


def remove(session: Session, actor: Actor, item: m.AgendaItem) -> None:
    """Take an item off before the meeting; what was decided on stays."""
    gate.allow(actor, "meeting.edit")
    meetings.check_planned(item.meeting)
    if item.decisions:
        raise RuleBroken("这项议题已有议定事项，不能移出。")
    session.delete(item)
    session.flush()


def note(session: Session, actor: Actor, item: m.AgendaItem, heard: str, opinion: str, reason: str = "") -> None:
    """What was heard and what the meeting thinks of it; after the meeting a correction, with a reason and what stood before."""
    gate.allow(actor, "meeting.edit")
    if item.meeting.state is MeetingState.CANCELLED:
        raise RuleBroken("这次会议已取消，不能再记。")
    if not opinion.strip():
        raise RuleBroken("研究意见：请填写。", "opinion")
    heard, opinion = heard.strip(), opinion.strip()
    if is_settled(item):
        beside = f"汇报情况：{item.heard or '（未记）'}\n研究意见：" if heard != (item.heard or "") else ""
        opinion = rules.corrected(item.opinion or "", opinion, actor.today, actor.name, reason, beside)
    item.heard, item.opinion = heard or None, opinion
    session.flush()


def is_settled(item: m.AgendaItem) -> bool:
    """Was it noted and the meeting held, so that another note is a correction?"""
    return item.meeting.state is MeetingState.HELD and bool(item.opinion)


def assign(session: Session, actor: Actor, item: m.AgendaItem, said: cases.Assignment) -> m.Case:
    """The meeting decides who takes it on (领导包案): a matter, or a dispute that becomes one. Raises RuleBroken."""
    gate.allow(actor, "meeting.edit")
    if item.dispute is not None and item.dispute.state is DisputeState.OPEN:
        item.case = dispute_cases.into_case(session, actor, item.dispute, said)
        item.petition = item.case.petition
    elif item.petition is not None:
        item.case = cases.assign(session, actor, item.petition, said)
    else:
        raise RuleBroken("这项议题不是信访事项或矛盾纠纷，不能列入包案。")
    session.flush()
    return item.case


def title_of(item: m.AgendaItem) -> tuple[str, str]:
    """(number, what it is about) of an item."""
    if item.dispute is not None:
        return item.dispute.number, item.dispute.cause
    if item.petition is not None:
        return (item.case.number if item.case is not None else item.petition.number), item.petition.title
    if item.supervision is not None:
        return item.supervision.number, item.supervision.subject or ""
    return "", item.topic or ""


def is_guarded(item: m.AgendaItem) -> bool:
    """Is a guarded matter behind it? Such an item is on no sheet that is handed round."""
    matter = item.petition or (item.dispute.petition if item.dispute is not None else None)
    return matter is not None and matter.is_guarded


def items_of(session: Session, actor: Actor, meeting: m.Meeting, *, to_hand_round: bool = False) -> list[m.AgendaItem]:
    """The items the actor may know of, in order; `to_hand_round`: without guarded ones, whoever prints."""
    row = m.AgendaItem
    statement = gate.rows(actor, row).where(row.meeting_id == meeting.id).order_by(row.position, row.id)
    options = joinedload(row.petition), joinedload(row.case), joinedload(row.dispute), joinedload(row.supervision)
    found = list(session.scalars(statement.options(*options)))
    return [one for one in found if not (to_hand_round and is_guarded(one))]
