"""Supervision (督办): demanded of a unit or leader, answered, accepted or urged again; never known to the accused (B10, §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, supervision
from rules.access import Actor
from rules.supervision import SupervisionKind, SupervisionState
from rules.words import DocumentKind, RuleBroken, Status
from services import case_choices, documents, excluded, gate, numbers, settings

MOST = 100
"""Matters pressed at once: more is no selection any more."""
JOINT = (SupervisionKind.JOINT,)
"""Kinds that name who goes along."""


@dataclass(frozen=True)
class Order:
    """What is demanded: how, what, by when; of a unit or a leader; `subject` where there is no matter."""

    kind: SupervisionKind
    demand: str
    reply_due_on: date
    unit_id: int | None = None
    leader_id: int | None = None
    joint_with: str = ""
    subject: str = ""


def units_for(session: Session, petition: m.Petition) -> list[int]:
    """Ids of the units a matter may be pressed on, the responsible one first: those it went to and the office itself.

    Never one that the rule of the accused shuts out (§3).
    """
    office = session.scalars(sa.select(m.Unit.id).where(m.Unit.is_office, m.Unit.is_active).order_by(m.Unit.id)).all()
    went = [petition.unit_id, *(leg.unit_id for leg in reversed(petition.legs)), *office]
    barred = excluded.units(session, petition)
    return [unit_id for unit_id in dict.fromkeys(went) if unit_id and unit_id not in barred]


def issue(session: Session, actor: Actor, petition: m.Petition | None, order: Order) -> m.Supervision:
    """Put a supervision to a unit or leader, with its numbered paper. Raises RuleBroken naming the field."""
    gate.allow(actor, "supervision.issue")
    _check(session, actor, petition, order)
    row = m.Supervision(
        petition=petition, subject=None if petition else order.subject.strip(), kind=order.kind,
        joint_with=order.joint_with.strip() or None, demand=order.demand.strip(), unit_id=order.unit_id,
        leader_id=order.leader_id, issued_on=actor.today, reply_due_on=order.reply_due_on, by_id=actor.user_id,
    )  # fmt: skip
    row.document = _paper(session, actor, petition, order.demand.strip(), order.reply_due_on, _name(session, order))
    row.number = str(row.document.number) if row.document else _number(session, actor)
    session.add(row)
    session.flush()
    return row


def issue_many(
    session: Session, actor: Actor, chosen: Sequence[m.Petition], kind: SupervisionKind, demand: str, due: date
) -> list[m.Supervision]:
    """One supervision of each chosen matter, to its responsible unit, else to the office; all or none, numbers in order.

    Raises RuleBroken (petition_ids): none chosen, too many, or one without a unit.
    """
    if not chosen:
        raise RuleBroken("信访事项：请先勾选要督办的事项。", "petition_ids")
    if len(chosen) > MOST:
        raise RuleBroken(f"信访事项：一次最多督办 {MOST} 件，请分批进行。", "petition_ids")
    made = []
    for petition in chosen:
        offered = units_for(session, petition)
        if not offered:
            raise RuleBroken(f"{petition.number}：没有可以督办的单位，请单独处理。", "petition_ids")
        made.append(issue(session, actor, petition, Order(kind, demand, due, unit_id=offered[0])))
    return made


def answer(session: Session, actor: Actor, row: m.Supervision, text: str, files: Iterable[m.Attachment] = ()) -> None:
    """The unit's or leader's answer to the round that runs; the office may copy in one that came on paper.

    Raises Forbidden for others, RuleBroken: answered already, (answer) nothing said.
    """
    gate.allow(actor, "supervision.answer")
    if not may_answer(actor, row):
        raise gate.Forbidden("只有被督办的单位、领导可以回复。")
    _check_running(row)
    if row.answered_on is not None:
        raise RuleBroken("这一轮督办已经回复，不能再回复；信访办再次催办后可以补充。")
    if not text.strip():
        raise RuleBroken("办理情况：请填写。", "answer")
    row.answer, row.answered_on, row.answered_by_id = text.strip(), actor.today, actor.user_id
    session.add_all(m.SupervisionFile(supervision=row, attachment=one, round=row.round) for one in files)
    session.flush()


def accept(session: Session, actor: Actor, row: m.Supervision, outcome: str) -> None:
    """The answer suffices: the supervision is closed with what came of it.

    Raises RuleBroken: no answer yet, (outcome) nothing said.
    """
    _check_judge(actor, row)
    if row.answered_on is None:
        raise RuleBroken("还没有收到回复，不能办结督办；到期未复的请催办。")
    if not outcome.strip():
        raise RuleBroken("督办结果：请填写。", "outcome")
    row.outcome, row.closed_on = outcome.strip(), actor.today
    session.flush()


def urge(session: Session, actor: Actor, row: m.Supervision, lacking: str, reply_due_on: date) -> m.SupervisionRound:
    """Urge again (再次催办): this round is kept as it stands, a new one begins with a paper and a date of its own.

    Raises RuleBroken: not due yet, (lacking) nothing said.
    """
    _check_judge(actor, row)
    if not lacking.strip():
        raise RuleBroken("催办要求：请填写。", "lacking")
    supervision.check_due(reply_due_on, actor.today)
    if row.answered_on is None and row.reply_due_on >= actor.today:
        raise RuleBroken(f"还没有到回复期限 {row.reply_due_on}，不能催办。")
    paper = _paper(session, actor, row.petition, lacking.strip(), reply_due_on, str(row.addressee.name))
    kept = m.SupervisionRound(
        supervision=row, round=row.round, reply_due_on=row.reply_due_on, answer=row.answer,
        answered_on=row.answered_on, answered_by_id=row.answered_by_id, lacking=lacking.strip(),
        urged_on=actor.today, urged_by_id=actor.user_id, document=paper,
    )  # fmt: skip
    session.add(kept)
    row.answer = row.answered_on = row.answered_by_id = None
    row.round, row.reply_due_on = row.round + 1, reply_due_on
    session.flush()
    return kept


def withdraw(session: Session, actor: Actor, row: m.Supervision, reason: str) -> None:
    """Take back one that was put by mistake; it stays in the register and counts nowhere.

    Raises RuleBroken (reason) without one.
    """
    _check_judge(actor, row)
    if not reason.strip():
        raise RuleBroken("撤回理由：请填写。", "reason")
    row.withdrawn_reason = reason.strip()
    session.flush()


def withdraw_excluded(session: Session, actor: Actor, petition: m.Petition) -> list[m.Supervision]:
    """Take running ones from units and leaders whom their matter, guarded now, complains of (§3)."""
    if not petition.is_guarded:
        return []
    units = excluded.units(session, petition)
    leaders = case_choices.accused_leaders(session, actor, petition)
    row = m.Supervision
    running = sa.select(row).where(row.petition_id == petition.id, IS_RUNNING)
    aimed = sa.or_(row.unit_id.in_(sorted(units)), row.leader_id.in_(sorted(leaders)))
    found = list(session.scalars(running.where(aimed).execution_options(gated=True)))
    for one in found:
        one.withdrawn_reason = "回避：督办对象为被反映人或与其同单位"
    session.flush()
    return found


IS_RUNNING = sa.and_(m.Supervision.closed_on.is_(None), m.Supervision.withdrawn_reason.is_(None))


def state_of(row: m.Supervision, today: date) -> SupervisionState:
    """Where it stands."""
    is_withdrawn = row.withdrawn_reason is not None
    return supervision.state(supervision.Dates(row.reply_due_on, row.answered_on, row.closed_on, is_withdrawn), today)


def may_answer(actor: Actor, row: m.Supervision) -> bool:
    """Is it put to this actor's unit or to himself, or does he copy in for the office what came on paper?"""
    if actor.role in access.LEADERS:
        return row.leader_id is not None and row.leader_id == actor.leader_id
    if actor.role in access.UNIT_STAFF:
        return row.unit_id in actor.unit_ids
    return actor.is_system or actor.role in access.OFFICE


def may_judge(actor: Actor, row: m.Supervision) -> bool:
    """The office and the inspector judge answers; what is put to the office itself only the inspector."""
    if row.unit is not None and row.unit.is_office:
        return actor.is_system or actor.role is access.R.INSPECTOR
    return access.may(actor, "supervision.issue")


def _check_judge(actor: Actor, row: m.Supervision) -> None:
    gate.allow(actor, "supervision.issue")
    if not may_judge(actor, row):
        raise gate.Forbidden("督办本办的，由督查员审核。")
    _check_running(row)


def _check_running(row: m.Supervision) -> None:
    if row.withdrawn_reason is not None:
        raise RuleBroken("这件督办已经撤回，请刷新后再看。")
    if row.closed_on is not None:
        raise RuleBroken(f"这件督办已于 {row.closed_on} 办结，请刷新后再看。")


def _check(session: Session, actor: Actor, petition: m.Petition | None, order: Order) -> None:
    if petition is None and not order.subject.strip():
        raise RuleBroken("督办事由：请填写督办的是哪项工作。", "subject")
    if petition is not None and petition.status == Status.VOIDED:
        raise RuleBroken("这件事项已作废，不能督办。")
    if not order.demand.strip():
        raise RuleBroken("督办要求：请填写。", "demand")
    if order.kind in JOINT and not order.joint_with.strip():
        raise RuleBroken("联合单位：联合督查的，请写明会同哪些单位。", "joint_with")
    supervision.check_due(order.reply_due_on, actor.today)
    if (order.unit_id is None) == (order.leader_id is None):
        raise RuleBroken("督办对象：单位和领导请选且只选一个。", "unit_id")
    if petition is not None:
        _check_addressee(session, actor, petition, order)


def _check_addressee(session: Session, actor: Actor, petition: m.Petition, order: Order) -> None:
    if order.unit_id is not None and order.unit_id not in units_for(session, petition):
        if order.unit_id in excluded.units(session, petition):
            raise RuleBroken("督办单位：该单位应当回避，请重新选择。", "unit_id")
        raise RuleBroken("督办单位：这件事项没有交给这个单位，请选责任单位、协办单位，或先交办给它。", "unit_id")
    if order.leader_id in case_choices.accused_leaders(session, actor, petition):
        raise RuleBroken("督办领导：这位领导应当回避，请选别的领导。", "leader_id")


def _name(session: Session, order: Order) -> str:
    if order.unit_id is not None:
        unit = session.get(m.Unit, order.unit_id)
        if unit is None or not unit.is_active:
            raise RuleBroken("督办单位：没有这个单位，请重新选择。", "unit_id")
        return str(unit.name)
    leader = session.get(m.Leader, order.leader_id)
    if leader is None or not leader.is_active:
        raise RuleBroken("督办领导：没有这位在任领导，请重新选择。", "leader_id")
    return str(leader.name)


def _paper(
    session: Session, actor: Actor, petition: m.Petition | None, demand: str, due: date, addressee: str
) -> m.Document | None:
    """The numbered 督办函; a paper belongs to a matter, what presses without one is printed from its own row."""
    if petition is None:
        return None
    said = {"demand_text": demand, "due_on": due}
    return documents.issue(session, actor, petition, DocumentKind.SUPERVISE, said, addressee)


def _number(session: Session, actor: Actor) -> str:
    prefix = settings.get(session, "document_prefix", actor.today)
    return numbers.document(session, DocumentKind.SUPERVISE, actor.today.year, prefix, guarded=False)
