"""Assigned cases (领导包案): one matter, one leader, to the end (F1–F3, F7)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import OFFICE, UNIT_STAFF, Actor
from rules.cases import CaseBasis, CaseSource, check_rank
from rules.words import ENDED_STATUSES, CaseStatus, DutyState, LedgerState, Level, RuleBroken, Status
from services import case_carriers, case_choices, excluded, gate, numbers, return_visits, settings

SECOND_LEADER = "这件事项已经由{leader}包案（{number}），一件事项只能有一位包案领导；需要换人的，请先移交。"
OPEN_LIST_MOST = 500
"""Lines of the open list (包案情况公开)."""


@dataclass
class Assignment:
    """What the assigning screen says (F1, F3). `reason`: why another leader than the division of work names."""

    leader_id: int
    level: Level = Level.OWN
    unit_id: int | None = None
    responsible_id: int | None = None
    direction: str | None = None
    plan: str | None = None
    close_by: date | None = None
    report_by: date | None = None
    first_meeting_by: date | None = None
    reason: str | None = None
    measures: str | None = None
    source: CaseSource = CaseSource.MATTER
    record_id: int | None = None
    campaign_case_id: int | None = None
    basis: CaseBasis = CaseBasis.DIVISION
    is_major: bool = False


def running(session: Session, petition: m.Petition) -> m.Case | None:
    """The case a leader is carrying now for this matter, if any."""
    statement = sa.select(m.Case).where(m.Case.petition_id == petition.id, m.Case.ended_on.is_(None))
    return session.scalars(statement.execution_options(gated=True)).one_or_none()


def is_concerned(actor: Actor, case: m.Case) -> bool:
    """The case's leader, the staff of its unit, and the office: those who may write it while it runs."""
    if actor.is_system or actor.role in OFFICE:
        return True
    if actor.role in UNIT_STAFF:
        return case.unit_id is not None and case.unit_id in actor.unit_ids
    return actor.leader_id is not None and actor.leader_id == case.leader_id


def may_write(actor: Actor, case: m.Case) -> bool:
    """True for those concerned while the case runs; nobody writes a case that ended."""
    return case.ended_on is None and is_concerned(actor, case)


def check_writer(actor: Actor, case: m.Case) -> None:
    """Raises RuleBroken for an ended case, Forbidden for anybody not concerned."""
    _check_running(case)
    if not may_write(actor, case):
        raise gate.Forbidden("只有包案领导、责任单位和信访办可以填写这个包案。")


def may_record(actor: Actor, case: m.Case) -> bool:
    """What is done on a running case (duties, steps, log) its carriers record too; plan, team and closing they do not (F1)."""
    return case.ended_on is None and (is_concerned(actor, case) or case_carriers.carries(actor, case))


def check_recorder(actor: Actor, case: m.Case) -> None:
    """Raises RuleBroken for an ended case, Forbidden for anybody who neither is concerned nor carries it."""
    _check_running(case)
    if not may_record(actor, case):
        raise gate.Forbidden("只有包案领导、责任人、专班、责任单位和信访办可以记录这个包案。")


def _check_running(case: m.Case) -> None:
    if case.ended_on is not None:
        raise RuleBroken(f"这个包案{case.status.label}，不能再修改。")


def assign(session: Session, actor: Actor, petition: m.Petition, said: Assignment) -> m.Case:
    """Give a matter to a leader, with the office's four duties (四包). Raises RuleBroken naming the field."""
    gate.allow(actor, "case.assign")
    if petition.status in ENDED_STATUSES:
        raise RuleBroken(f"“{petition.status.label}”的事项不能再包案。", "petition_id")
    said.unit_id = said.unit_id or petition.unit_id
    said.responsible_id = said.responsible_id or petition.handler_id
    _check_free(session, petition)
    check_people(session, actor, petition, said)
    _check_choice(session, actor, petition, said)
    _check_dates(vars(said), actor.today, said.close_by, said.report_by)
    _check_carrier(session, actor, petition, said.responsible_id)
    case = begin(session, actor, petition, said)
    for position, name in enumerate(duty_names(session, petition, said, actor.today), start=1):
        session.add(m.DutyItem(case=case, position=position, name=name[:60]))
    session.flush()
    return_visits.schedule_open(session, actor, petition)
    return case


def duty_names(session: Session, petition: m.Petition, said: Assignment, today: date) -> list[str]:
    """The four duties: of the campaign it was opened from, else of a running one that holds the matter, else the office's."""
    row, campaign = m.CampaignCase, m.Campaign
    is_running = sa.and_(campaign.is_active, campaign.starts_on <= today, campaign.ends_on >= today)
    statement = (
        sa.select(campaign.duties)
        .join(row, row.campaign_id == campaign.id)
        .where(
            row.petition_id == petition.id,
            row.state != LedgerState.REMOVED,
            sa.or_(row.id == (said.campaign_case_id or 0), is_running),
        )
        .order_by(row.id != (said.campaign_case_id or 0), campaign.starts_on.desc(), campaign.id.desc())
    )
    named = [list(found) for found in session.scalars(statement.execution_options(gated=True)) if found]
    return named[0] if named else settings.lines(session, "duties", today)


def begin(session: Session, actor: Actor, petition: m.Petition, said: Assignment) -> m.Case:
    """The case itself, without duties. Raises RuleBroken naming the other leader when one carries the matter already."""
    from services import closing

    number = numbers.case(session, actor.today.year, guarded=petition.is_guarded)
    case = m.Case(number=number, petition=petition, assigned_on=actor.today, **vars(said))
    # The partial unique index decides between two who assign at the same moment; its "no" becomes the sentence.
    try:
        with session.begin_nested():
            session.add(case)
            session.flush()
    except sa.exc.IntegrityError as error:
        session.expire_all()
        _check_free(session, petition)
        raise RuleBroken("包案：没有保存，请刷新后重试。") from error
    closing.take_over(session, actor, case)
    return case


def _check_free(session: Session, petition: m.Petition) -> None:
    other = running(session, petition)
    if other is not None:
        raise RuleBroken(SECOND_LEADER.format(leader=other.leader.name, number=other.number), "leader_id")


def check_people(session: Session, actor: Actor, petition: m.Petition, said: Assignment) -> None:
    """Leader in office and of the rank the case needs, unit and person there, none of them complained of. Raises RuleBroken."""
    leader = session.get(m.Leader, said.leader_id)
    if leader is None or not case_choices.is_in_office(leader, actor.today):
        raise RuleBroken("包案领导：没有这位在任领导，请重新选择。", "leader_id")
    if leader.id in case_choices.accused_leaders(session, actor, petition):
        raise RuleBroken("包案领导：这位领导应当回避，请选别的领导。", "leader_id")
    check_rank(said.level, said.is_major, leader.rank, leader.level)
    if said.unit_id is not None:
        if session.get(m.Unit, said.unit_id) is None:
            raise RuleBroken("责任单位：没有这个单位，请重新选择。", "unit_id")
        if said.unit_id in excluded.units(session, petition):
            raise RuleBroken("责任单位：该单位应当回避，请选别的单位。", "unit_id")
    if said.responsible_id is not None:
        _check_responsible(session, actor, petition, said.responsible_id)


def _check_responsible(session: Session, actor: Actor, petition: m.Petition, user_id: int) -> None:
    user = session.get(m.User, user_id)
    if user is None or not user.is_active:
        raise RuleBroken("责任人：没有这个账号，请重新选择。", "responsible_id")
    if case_choices.accused_users(session, actor, petition, [user]):
        raise RuleBroken("责任人：此人应当回避，请选别人。", "responsible_id")


def _check_carrier(session: Session, actor: Actor, petition: m.Petition, user_id: int | None) -> None:
    user = session.get(m.User, user_id) if user_id is not None else None
    if user is not None:
        case_carriers.check(session, actor, petition, user, "responsible_id")


def _check_choice(session: Session, actor: Actor, petition: m.Petition, said: Assignment) -> None:
    proposed = case_choices.propose_leader(session, actor, petition)
    if proposed and proposed.id != said.leader_id and not (said.reason or "").strip():
        raise RuleBroken(f"改派理由：按分工应由{proposed.name}包案，改由他人包案的请写明理由。", "reason")


DATES = {"close_by": "结案时限", "report_by": "报结时限", "first_meeting_by": "首次约见期限"}


def _check_dates(changed: dict[str, Any], today: date, close_by: date | None, report_by: date | None) -> None:
    """Days newly set lie ahead; what is reported is closed first."""
    for name, label in DATES.items():
        day = changed.get(name)
        if day is not None and day < today:
            raise RuleBroken(f"{label}：不能早于今天，请改为以后的日期。", name)
    if close_by and report_by and report_by < close_by:
        raise RuleBroken("报结时限：不能早于结案时限，请核对。", "report_by")


EDITABLE = ("responsible_id", "direction", "measures", "plan", "close_by", "report_by", "first_meeting_by")
"""What may change on a running case; leader and unit change only by handing over."""


def edit(session: Session, actor: Actor, case: m.Case, values: dict[str, Any]) -> m.Case:
    """Change plan, direction, dates or the responsible person; everything outside EDITABLE is left alone (C4)."""
    check_writer(actor, case)
    changed = {name: values[name] for name in values if name in EDITABLE and values[name] != getattr(case, name)}
    close_by, report_by = changed.get("close_by", case.close_by), changed.get("report_by", case.report_by)
    _check_dates(changed, actor.today, close_by, report_by)
    if changed.get("responsible_id") is not None:
        _check_responsible(session, actor, case.petition, changed["responsible_id"])
        _check_carrier(session, actor, case.petition, changed["responsible_id"])
    for name, value in changed.items():
        setattr(case, name, value)
    session.flush()
    session.expire(case, ["responsible"])
    return case


def withdraw_excluded(session: Session, actor: Actor, petition: m.Petition) -> m.Case | None:
    """End the running case when the matter, guarded now, complains of its leader (rules-of-the-office §3)."""
    from services import closing

    case = running(session, petition)
    if case is None or case.leader_id not in case_choices.accused_leaders(session, actor, petition):
        return None
    case.status, case.ended_on = CaseStatus.HANDED_OVER, actor.today
    case.end_reason = "回避：包案领导为被反映人或与其同单位"
    session.flush()
    closing.follow_withdrawal(session, actor, case)
    return case


def open_list(session: Session) -> list[dict[str, Any]]:
    """Assigned cases open to public view (F7): number, category, leader, unit, state, dates; guarded matters never."""
    statement = (
        sa.select(m.Case)
        .join(m.Case.petition)
        .where(sa.not_(m.Petition.is_guarded), m.Case.status != CaseStatus.HANDED_OVER)
        .where(m.Petition.status != Status.VOIDED)
        .options(joinedload(m.Case.petition).joinedload(m.Petition.category))
        .options(joinedload(m.Case.leader), joinedload(m.Case.unit))
        .order_by(m.Case.ended_on.is_not(None), m.Case.assigned_on.desc(), m.Case.id.desc())
        .limit(OPEN_LIST_MOST)
    )
    return [_open_line(case) for case in session.scalars(statement.execution_options(gated=True))]


def _open_line(case: m.Case) -> dict[str, Any]:
    category = case.petition.category
    return {
        "number": case.number,
        "category": category.path.split("/")[0] if category else "",
        "leader": case.leader.name,
        "title": case.leader.title,
        "unit": case.unit.name if case.unit else "",
        "state": case.status.label,
        "assigned_on": case.assigned_on,
        "close_by": case.close_by,
        "ended_on": case.ended_on,
    }


def done_duties(case: m.Case) -> tuple[int, int]:
    """(duties done, duties in all)."""
    return sum(duty.state is DutyState.DONE for duty in case.duties), len(case.duties)
