"""Leaders' visits down (下访): planned, prepared, made, called off; their days counted (E1). Findings: visit_findings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models.visits import visit_petition
from rules import visits
from rules.access import Actor
from rules.reception_words import LeaderVisitState
from rules.visits import Span, Step
from rules.words import RuleBroken, Status
from services import calendars, excluded, gate, settings
from services import visit_checks as checks

FIELDS = ("leader_id", "kind", "mode", "from_on", "to_on", "unit_id", "area", "purpose", "crew", "tasks")
"""What may be written of a plan (C4)."""
STEPS = (("contact", "与当地联系", "visit_contact_days"), ("post", "当地公示", "visit_notice_days"))
"""The steps before a visit: key, name, the setting that says how many days before."""
WORKING_DAYS = "工作日"
State = LeaderVisitState


def save(session: Session, actor: Actor, row: m.Visit, said: Mapping[str, Any]) -> m.Visit:
    """Write a plan, new or old; `companion_ids`: the units that go along.

    Raises RuleBroken naming the field that is wrong, gate.Forbidden when a leader plans for another.
    """
    if row.id is not None:
        checks.check_open(row)
    values = {name: said.get(name, getattr(row, name)) for name in FIELDS}
    checks.check_own(actor, values["leader_id"])
    leader = checks.leader(session, values["leader_id"])
    checks.check_days(values["from_on"], values["to_on"])
    checks.check_office(leader, values["from_on"], values["to_on"])
    checks.check_place(session, values)
    checks.check_matters(session, actor, row, leader)
    companions = checks.companions(session, actor, row, said.get("companion_ids"))
    for name, value in values.items():
        setattr(row, name, value)
    row.companions = companions
    row.is_by_hand = row.plan_key is not None
    session.add(row)
    session.flush()
    session.expire(row, ["leader", "unit"])
    return row


def note_step(session: Session, actor: Actor, row: m.Visit, key: str, done_on: date, text: str) -> Step:
    """Record a step as done: `key` contact (text: whom) or post (text: where). Raises RuleBroken naming the field."""
    checks.check_own(actor, row.leader_id)
    checks.check_open(row)
    day, words = ("contacted_on", "contacted_whom") if key == "contact" else ("posted_on", "posted_where")
    label = "联系日期" if key == "contact" else "公示日期"
    if done_on > actor.today:
        raise RuleBroken(f"{label}：不能晚于今天，请核对。", day)
    if done_on > row.from_on:
        raise RuleBroken(f"{label}：{done_on} 晚于下访日期 {row.from_on}，请核对。", day)
    if not text.strip():
        raise RuleBroken("联系人：请填写联系了谁。" if key == "contact" else "公示地点：请填写。", words)
    setattr(row, day, done_on)
    setattr(row, words, text.strip())
    session.flush()
    return next(step for step in steps(session, actor, row) if step.key == key)


def finish(session: Session, actor: Actor, row: m.Visit, said: Mapping[str, Any]) -> None:
    """Record that the visit was made (登记下访情况): `from_on`, `to_on`, `people_met`, `report`; again to correct it.

    Raises RuleBroken: called off, in the future, without a report.
    """
    checks.check_own(actor, row.leader_id)
    if row.state is State.CANCELLED:
        raise RuleBroken("这次下访已经取消，不能登记。")
    checks.check_days(said["from_on"], said["to_on"])
    if said["to_on"] > actor.today:
        raise RuleBroken(f"结束日期：{said['to_on']} 还没有到，不能提前登记下访情况。", "to_on")
    checks.check_office(row.leader, said["from_on"], said["to_on"])
    if said["people_met"] is None or not 0 <= said["people_met"] <= 100_000:
        raise RuleBroken("走访人数：请填 0 到 100000 之间的整数。", "people_met")
    if not (said["report"] or "").strip():
        raise RuleBroken("下访情况：请填写。", "report")
    row.from_on, row.to_on, row.people_met = said["from_on"], said["to_on"], said["people_met"]
    row.report, row.state = said["report"].strip(), State.DONE
    session.flush()


def cancel(session: Session, actor: Actor, row: m.Visit, reason: str) -> None:
    """Call a visit off with its reason (取消). Raises RuleBroken when it was made or something was found on it."""
    checks.check_own(actor, row.leader_id)
    checks.check_open(row)
    if not reason.strip():
        raise RuleBroken("取消理由：请填写。", "state_reason")
    found = sa.select(m.VisitFinding.id).where(m.VisitFinding.visit_id == row.id).limit(1)
    if session.execute(found, execution_options={"gated": True}).first() is not None:
        raise RuleBroken("这次下访已经登记了发现的问题，不能取消。")
    row.state, row.state_reason, row.is_by_hand = State.CANCELLED, reason.strip(), row.plan_key is not None
    session.flush()


def carry(session: Session, actor: Actor, row: m.Visit, petition: m.Petition) -> None:
    """Take a matter along (带案). Raises RuleBroken: voided, there already, or the leader must know nothing of it (C2)."""
    checks.check_own(actor, row.leader_id)
    checks.check_open(row)
    if petition.status == Status.VOIDED:
        raise RuleBroken("信访事项：这件事项已作废，请选择别的事项。", "petition_id")
    if petition.id in carried_ids(session, row):
        raise RuleBroken("信访事项：这件事项已经列入这次下访。", "petition_id")
    if checks.is_barred(session, actor, petition, row.leader_id):
        raise RuleBroken("信访事项：下访领导应当回避，不能带这件事项下访。", "petition_id")
    accused = excluded.units(session, petition)
    barred = [unit.name for unit in row.companions if unit.id in accused]
    if barred:
        raise RuleBroken(f"信访事项：随行部门“{barred[0]}”应当回避，请先从随行部门中去掉。", "petition_id")
    row.petitions.append(petition)
    session.flush()


def leave_behind(session: Session, actor: Actor, row: m.Visit, petition: m.Petition) -> None:
    """Take a matter off the visit again. Raises RuleBroken when it is not on it."""
    checks.check_own(actor, row.leader_id)
    checks.check_open(row)
    if petition not in row.petitions:
        raise RuleBroken("信访事项：这件事项不在这次下访之列。", "petition_id")
    row.petitions.remove(petition)
    session.flush()


def withdraw_excluded(session: Session, actor: Actor, petition: m.Petition) -> None:
    """After a respondent was added: visits to come no longer carry the matter to a leader or with a unit it complains of."""
    statement = sa.select(m.Visit).where(m.Visit.petitions.any(m.Petition.id == petition.id))
    rows = session.scalars(statement.where(m.Visit.state == State.PLANNED).execution_options(gated=True)).all()
    accused = excluded.units(session, petition)
    for row in rows:
        if accused & {unit.id for unit in row.companions} or checks.is_barred(session, actor, petition, row.leader_id):
            row.petitions.remove(petition)
    session.flush()


def matters_of(session: Session, actor: Actor, row: m.Visit) -> Sequence[m.Petition]:
    """The matters a visit carries that the actor may know of; hidden ones are absent."""
    statement = gate.rows(actor, m.Petition).where(m.Petition.id.in_(sorted(carried_ids(session, row))))
    return session.scalars(statement.order_by(m.Petition.id)).all()


def carried_ids(session: Session, row: m.Visit) -> set[int]:
    """Ids of all matters a visit carries, seen or not; never shown."""
    return set(session.scalars(sa.select(visit_petition.c.petition_id).where(visit_petition.c.visit_id == row.id)))


def steps(session: Session, actor: Actor, row: m.Visit, days: Mapping[str, int] | None = None) -> list[Step]:
    """The two steps before a visit with their last days and lights. `days`: step_days, read once for a list."""
    days = days or step_days(session, actor)
    calendar, soon = calendars.load(session), days["soon"]
    done = {"contact": row.contacted_on, "post": row.posted_on}
    return [
        visits.step(key, label, row.from_on, days[key], done[key], calendar, actor.today, soon)
        for key, label, _setting in STEPS
    ]


def preparing(session: Session, statement: sa.Select[Any], actor: Actor, *, ahead: int | None = None) -> sa.Select[Any]:
    """Planned visits with a step due within `ahead` natural days (None: the office's "soon"), or overdue."""
    calendar = calendars.load(session)
    days = step_days(session, actor)
    until = actor.today + timedelta(days=days["soon"] if ahead is None else ahead)
    columns = {"contact": m.Visit.contacted_on, "post": m.Visit.posted_on}
    owed = [
        sa.and_(column.is_(None), m.Visit.from_on <= visits.furthest(days[key], until, calendar))
        for key, column in columns.items()
    ]
    return statement.where(m.Visit.state == State.PLANNED, sa.or_(*owed))


def unrecorded(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Planned visits whose last day is over and of which nothing was recorded."""
    return statement.where(m.Visit.state == State.PLANNED, m.Visit.to_on < actor.today)


def step_days(session: Session, actor: Actor) -> dict[str, int]:
    """Step → natural days before the visit; and `soon`, the days for 即将到期."""
    names = {key: setting for key, _label, setting in STEPS} | {"soon": "soon_days"}
    return {key: int(settings.get(session, setting, actor.today)) for key, setting in names.items()}


# -- counting


def days_of(
    session: Session, leader_ids: Iterable[int], first: date, last: date, state: LeaderVisitState = State.DONE
) -> dict[int, int]:
    """Leader → days of visit in [first, last], each day once; of visits made, or in another state. 0 for none.

    Natural or working days, as the office's setting visit_days_as says on `last`.
    """
    only_working = settings.get(session, "visit_days_as", last) == WORKING_DAYS
    calendar = calendars.load(session)
    spans = _spans(session, leader_ids, first, last, state)
    return {
        leader_id: visits.days_in(found, first, last, calendar, only_working=only_working)
        for leader_id, found in spans.items()
    }


def visits_of(
    session: Session, leader_ids: Iterable[int], first: date, last: date, state: LeaderVisitState = State.DONE
) -> dict[int, int]:
    """Leader → visits that began in [first, last]; of visits made, or in another state. 0 for none."""
    spans = _spans(session, leader_ids, first, last, state)
    return {leader_id: sum(first <= span[0] for span in found) for leader_id, found in spans.items()}


def _spans(
    session: Session, leader_ids: Iterable[int], first: date, last: date, state: LeaderVisitState
) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {leader_id: [] for leader_id in leader_ids}
    columns = sa.select(m.Visit.leader_id, m.Visit.from_on, m.Visit.to_on)
    touching = m.Visit.from_on <= last, m.Visit.to_on >= first
    statement = columns.where(m.Visit.leader_id.in_(sorted(found)), m.Visit.state == state, *touching)
    for leader_id, begins, ends in session.execute(statement, execution_options={"gated": True}):
        found[leader_id].append((begins, ends))
    return found
