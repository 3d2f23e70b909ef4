"""Letters before a leader (领导阅批): put, read with his instruction, closing report signed, result fed back (C1, C3)."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, readings
from rules.access import Actor
from rules.reception_words import ReadingReason, ReadingState
from rules.words import OPEN_STATUSES, RuleBroken, Satisfaction, Status
from services import case_choices, gate, settings

TO_READ = sa.and_(m.Reading.read_on.is_(None), m.Reading.withdrawn_reason.is_(None))
"""Waiting for the leader."""
DUE_ON = sa.func.coalesce(m.Reading.extension_to, m.Reading.report_due_on)
"""The closing report's last day, the asked extension included."""


@dataclass(frozen=True)
class Proposal:
    """To whom a letter would be put, and why; None where only a person can say."""

    leader: m.Leader | None
    reasons: tuple[ReadingReason, ...]


def propose(session: Session, actor: Actor, contact: m.Contact) -> Proposal:
    """The leader it is addressed to, else the one in charge of its unit, never an accused one; the reasons of C1 seen."""
    petition = contact.petition
    barred = case_choices.accused_leaders(session, actor, petition)
    open_to = [leader for leader in case_choices.leaders(session) if leader.id not in barred]
    named = readings.addressee(contact.demand, [(one.id, one.name, one.title) for one in open_to])
    times = sum(other.id <= contact.id for other in petition.contacts)
    letter = readings.Letter(
        contact.demand, contact.channel, contact.people_count, times, petition.status in OPEN_STATUSES
    )
    joint_from = int(settings.get(session, "reading_joint_from", actor.today))
    leader = next((one for one in open_to if one.id == named), None)
    leader = leader or case_choices.propose_leader(session, actor, petition)
    return Proposal(leader, readings.reasons(letter, joint_from, is_addressed=named is not None))


def put(
    session: Session, actor: Actor, contact: m.Contact, leader: m.Leader, reason: ReadingReason, note: str = ""
) -> m.Reading:
    """Put a contact before a leader (呈领导阅批). Raises RuleBroken: voided, accused, out of office, or lying there already."""
    gate.allow(actor, "reading.put")
    petition = contact.petition
    if petition.status == Status.VOIDED:
        raise RuleBroken("这件事项已作废，不能呈领导阅批。")
    if leader.id in case_choices.accused_leaders(session, actor, petition):
        raise RuleBroken("阅批领导：这位领导应当回避，请选别的领导。", "leader_id")
    if not leader.is_active:
        raise RuleBroken("阅批领导：没有这位在任领导，请重新选择。", "leader_id")
    lying = sa.select(m.Reading.id).where(
        m.Reading.petition_id == petition.id, m.Reading.leader_id == leader.id, TO_READ
    )
    if session.execute(lying.execution_options(gated=True)).first() is not None:
        raise RuleBroken(f"阅批领导：这件事项已呈{leader.name}，还没有阅批，不必重复呈送。", "leader_id")
    row = m.Reading(
        petition=petition, contact=contact, leader=leader, reason=reason, note=note.strip() or None,
        put_on=actor.today, by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def read(
    session: Session, actor: Actor, row: m.Reading, instruction: str, read_on: date, report_due_on: date | None = None
) -> None:
    """The leader's instruction (批示), written by himself or noted by the office from paper; a closing report may be due.

    Raises RuleBroken (instruction, read_on, report_due_on).
    """
    check_own(actor, row)
    _check_unread(row)
    if not instruction.strip():
        raise RuleBroken("批示：请填写。", "instruction")
    if not row.put_on <= read_on <= actor.today:
        raise RuleBroken(f"阅批日期：应在呈送日期 {row.put_on} 之后、今天之前，请改正。", "read_on")
    if report_due_on is not None and report_due_on < read_on:
        raise RuleBroken("结案报告期限：不能早于阅批日期，请改正。", "report_due_on")
    row.instruction, row.read_on, row.report_due_on = instruction.strip(), read_on, report_due_on
    row.read_by_id = actor.user_id
    session.flush()


def sign(session: Session, actor: Actor, row: m.Reading, signed_on: date) -> None:
    """The leader has reviewed and signed the closing report (审签结案报告, C3).

    Raises RuleBroken: no report waits, or (signed_on) a day before it was read.
    """
    check_own(actor, row)
    if not owes_report(row):
        raise RuleBroken("这一件没有待审签的结案报告。")
    if row.read_on is None or not row.read_on <= signed_on <= actor.today:
        raise RuleBroken("审签日期：应在阅批日期之后、今天之前，请改正。", "signed_on")
    row.report_signed_on, row.signed_by_id = signed_on, actor.user_id
    session.flush()


def explain(
    session: Session, actor: Actor, row: m.Reading, reason: str, progress: str, extension_to: date | None
) -> None:
    """Why the closing report is late, how far the work is, until when more time is asked (C3); the unit's or the office's.

    Raises Forbidden for another unit, RuleBroken naming the field.
    """
    gate.allow(actor, "reading.explain")
    if actor.role in access.UNIT_STAFF and row.petition.unit_id not in actor.unit_ids:
        raise gate.Forbidden("只能说明本单位承办的事项。")
    if not owes_report(row):
        raise RuleBroken("这一件没有待审签的结案报告。")
    for text, label, field in ((reason, "逾期原因", "late_reason"), (progress, "办理进展", "progress")):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    if extension_to is not None and extension_to <= max(actor.today, row.report_due_on or actor.today):
        raise RuleBroken("申请延至：应晚于今天和原定期限，请改正。", "extension_to")
    row.late_reason, row.progress, row.extension_to = reason.strip(), progress.strip(), extension_to
    session.flush()


def feed_back(session: Session, actor: Actor, row: m.Reading, result: str, opinion: Satisfaction) -> None:
    """The handling result and the writer's own opinion of it, told to the leader (C1).

    Raises RuleBroken: not read yet, or (result) nothing said.
    """
    gate.allow(actor, "reading.feed_back")
    if row.read_on is None:
        raise RuleBroken("领导还没有阅批，不能反馈结果。")
    if not result.strip():
        raise RuleBroken("办理结果：请填写。", "result")
    row.result, row.writer_opinion, row.fed_back_on = result.strip(), opinion, actor.today
    session.flush()


def _check_unread(row: m.Reading) -> None:
    if row.read_on is not None:
        raise RuleBroken(f"这一件已于 {row.read_on} 阅批，请刷新后再看。")
    if row.withdrawn_reason is not None:
        raise RuleBroken("这一件已经撤回，请刷新后再看。")


def withdraw(session: Session, actor: Actor, row: m.Reading, reason: str) -> None:
    """Take back what was put before a leader by mistake; it then counts nowhere. Raises RuleBroken once he has read it."""
    gate.allow(actor, "reading.withdraw")
    _check_unread(row)
    if not reason.strip():
        raise RuleBroken("撤回理由：请填写。", "reason")
    row.withdrawn_reason = reason.strip()
    session.flush()


def withdraw_excluded(session: Session, actor: Actor, petition: m.Petition) -> list[m.Reading]:
    """Take an unread letter from a leader whom its matter, guarded now, complains of (rules-of-the-office §3)."""
    barred = case_choices.accused_leaders(session, actor, petition)
    lying = sa.select(m.Reading).where(m.Reading.petition_id == petition.id, TO_READ, m.Reading.leader_id.in_(barred))
    found = list(session.scalars(lying.execution_options(gated=True))) if barred else []
    for row in found:
        row.withdrawn_reason = "回避：阅批领导为被反映人或与其同单位"
    session.flush()
    return found


def check_own(actor: Actor, row: m.Reading) -> None:
    """A leader writes on what lies before himself only; the office notes what he wrote on paper. Raises Forbidden."""
    gate.allow(actor, "reading.read")
    if actor.role in access.LEADERS and row.leader_id != actor.leader_id:
        raise gate.Forbidden("只能阅批呈送您本人的来信。")


def owes_report(row: m.Reading) -> bool:
    """Is a closing report due that nobody has signed yet?"""
    return row.report_due_on is not None and row.report_signed_on is None


def state_of(row: m.Reading, today: date) -> ReadingState:
    """How far it has come."""
    dates = readings.Dates(row.read_on, row.extension_to or row.report_due_on, row.report_signed_on, row.fed_back_on)
    return readings.state(dates, is_withdrawn=row.withdrawn_reason is not None, today=today)
