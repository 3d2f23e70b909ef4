"""Return visits (回访): one before closing, more on a schedule after it (H4)."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.words import RuleBroken, Satisfaction, Status, VisitMethod
from services import closing_content, gate, settings, signatures


@dataclass
class Said:
    """What was learned on a visit: when, how, who went, the petitioner's words and opinion, help given."""

    made_on: date
    method: VisitMethod
    visitor: str
    satisfaction: Satisfaction
    words: str | None = None
    help_given: str | None = None


def plan(session: Session, actor: Actor, petition: m.Petition, planned_on: date) -> m.ReturnVisit:
    """Plan a visit for a day to come."""
    gate.allow(actor, "return_visit.plan")
    if planned_on < actor.today:
        raise RuleBroken("计划日期：不能早于今天，请改为以后的日期。", "planned_on")
    return _planned(session, petition, planned_on)


def _planned(session: Session, petition: m.Petition, planned_on: date) -> m.ReturnVisit:
    visit = m.ReturnVisit(petition=petition, planned_on=planned_on)
    session.add(visit)
    session.flush()
    return visit


def schedule_after(session: Session, actor: Actor, petition: m.Petition) -> m.ReturnVisit:
    """After closing: the next visit, as many days on as the office has set; one still planned for later is kept."""
    statement = sa.select(m.ReturnVisit).where(
        m.ReturnVisit.petition_id == petition.id,
        m.ReturnVisit.made_on.is_(None),
        m.ReturnVisit.planned_on > actor.today,
    )
    there = session.scalars(statement.execution_options(gated=True).limit(1)).first()
    days = int(settings.get(session, "return_visit_days", actor.today))
    return there or _planned(session, petition, actor.today + timedelta(days=days))


def record(session: Session, actor: Actor, visit: m.ReturnVisit, said: Said) -> m.ReturnVisit:
    """A visit was made. Before closing it becomes material of the closing file; a dissatisfied one offers reopening."""
    gate.allow(actor, "return_visit.record")
    _check(actor, visit, said)
    visit.made_on, visit.method, visit.satisfaction = said.made_on, said.method, said.satisfaction
    visit.visitor, visit.by_id = said.visitor.strip(), actor.user_id
    visit.words, visit.help_given = (said.words or "").strip() or None, (said.help_given or "").strip() or None
    file = closing_content.working_file(session, visit.petition)
    visit.closing_file = file
    session.flush()
    if file is not None:
        signatures.void_changed(session, actor, file)
    return visit


def record_new(session: Session, actor: Actor, petition: m.Petition, said: Said) -> m.ReturnVisit:
    """Record a visit nobody had planned."""
    return record(session, actor, _planned(session, petition, said.made_on), said)


def _check(actor: Actor, visit: m.ReturnVisit, said: Said) -> None:
    if visit.made_on is not None:
        raise RuleBroken("这次回访已经有记录，不能再改；有新情况请另记一次。")
    if said.made_on > actor.today:
        raise RuleBroken("回访日期：不能晚于今天，请核对。", "made_on")
    if said.made_on < visit.petition.registered_on:
        raise RuleBroken("回访日期：不能早于登记日期，请核对。", "made_on")
    if not said.visitor.strip():
        raise RuleBroken("回访人：请填写。", "visitor")


def gather(session: Session, file: m.ClosingFile) -> None:
    """The visits made before the file was opened become its material."""
    statement = sa.select(m.ReturnVisit).where(
        m.ReturnVisit.petition_id == file.petition_id,
        m.ReturnVisit.made_on.is_not(None),
        m.ReturnVisit.closing_file_id.is_(None),
    )
    for visit in session.scalars(statement.execution_options(gated=True)):
        visit.closing_file = file
    session.flush()


def of(session: Session, petition: m.Petition) -> list[m.ReturnVisit]:
    """All visits of a matter, made and planned, by their day."""
    statement = sa.select(m.ReturnVisit).where(m.ReturnVisit.petition_id == petition.id)
    day = sa.func.coalesce(m.ReturnVisit.made_on, m.ReturnVisit.planned_on)
    return list(session.scalars(statement.execution_options(gated=True).order_by(day, m.ReturnVisit.id)))


def due(session: Session, actor: Actor) -> list[m.ReturnVisit]:
    """Planned visits whose day has come, oldest first; at most 100."""
    statement = is_due(gate.rows(actor, m.ReturnVisit), actor).options(joinedload(m.ReturnVisit.petition))
    return list(session.scalars(statement.order_by(m.ReturnVisit.planned_on, m.ReturnVisit.id).limit(100)))


def is_due(statement: sa.Select[tuple[m.ReturnVisit]], actor: Actor) -> sa.Select[tuple[m.ReturnVisit]]:
    """Narrow a statement to planned visits whose day has come."""
    return statement.where(m.ReturnVisit.made_on.is_(None), m.ReturnVisit.planned_on <= actor.today)


def offers_reopening(visit: m.ReturnVisit) -> bool:
    """True when a dissatisfied visit was made about a matter that is closed (H4)."""
    return visit.satisfaction is Satisfaction.BAD and visit.petition.status in (Status.CLOSED, Status.ARCHIVED)
