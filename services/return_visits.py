"""Return visits (回访): one before closing, more on a schedule after it (H4)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import aftercare
from rules.access import Actor
from rules.aftercare import Occasion
from rules.words import RuleBroken, Satisfaction, Status, VisitMethod
from services import closing_content, gate, settings, signatures

SCHEDULE, INTERVAL = "return_visit_days", "return_visit_open_days"
"""Settings: the days of the visits after closing; the interval while a leader has the case."""


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
    """Plan a visit for a day to come. Raises RuleBroken (planned_on) for a past day."""
    gate.allow(actor, "return_visit.plan")
    if planned_on < actor.today:
        raise RuleBroken("计划日期：不能早于今天，请改为以后的日期。", "planned_on")
    return _planned(session, petition, planned_on)


def _planned(
    session: Session, petition: m.Petition, planned_on: date, occasion: Occasion = Occasion.HAND
) -> m.ReturnVisit:
    visit = m.ReturnVisit(petition=petition, planned_on=planned_on, occasion=occasion)
    session.add(visit)
    session.flush()
    return visit


def schedule_after(session: Session, actor: Actor, petition: m.Petition) -> list[m.ReturnVisit]:
    """After closing: the visits of the office's schedule; one planned nearby serves, nobody visits an unknown writer."""
    scope = settings.get(session, "return_visit_scope", actor.today)
    has_case = sa.select(m.Case.id).where(m.Case.petition_id == petition.id).execution_options(gated=True).limit(1)
    if scope != "全部事项" and session.scalars(has_case).first() is None:
        return []
    days = aftercare.parse_days(settings.get(session, SCHEDULE, actor.today))
    return _schedule(session, actor, petition, days, Occasion.AFTER)


def schedule_open(session: Session, actor: Actor, petition: m.Petition) -> list[m.ReturnVisit]:
    """While a leader has the case: the next visit after the office's interval (H4)."""
    days = int(settings.get(session, INTERVAL, actor.today))
    return _schedule(session, actor, petition, (days,), Occasion.OPEN)


def _schedule(
    session: Session, actor: Actor, petition: m.Petition, days: tuple[int, ...], occasion: Occasion
) -> list[m.ReturnVisit]:
    if petition.is_carried_over or all(contact.is_anonymous for contact in petition.contacts):
        return []
    there = [visit.planned_on for visit in session.scalars(_to_come(petition))]
    return [_planned(session, petition, day, occasion) for day in aftercare.schedule(actor.today, days, there)]


def drop_to_come(session: Session, petition: m.Petition, occasion: Occasion, reason: str) -> None:
    """Visits to come of a schedule that has lost its sense; they stay on the list with the reason."""
    for visit in session.scalars(_to_come(petition)):
        if visit.occasion is occasion:
            visit.dropped_reason = reason
    session.flush()


def drop(session: Session, actor: Actor, visit: m.ReturnVisit, reason: str) -> None:
    """A planned visit that will not be made, with the reason: it is due no more and counts nowhere.

    Raises RuleBroken: made or dropped already, no reason.
    """
    gate.allow(actor, "return_visit.plan")
    if visit.made_on is not None:
        raise RuleBroken(f"这次回访已于 {visit.made_on} 记录，不能取消，请刷新后再看。")
    if visit.dropped_reason is not None:
        raise RuleBroken("这次回访已经取消，请刷新后再看。")
    if not reason.strip():
        raise RuleBroken("取消理由：请填写。", "reason")
    visit.dropped_reason = reason.strip()
    session.flush()


def _to_come(petition: m.Petition) -> sa.Select[Any]:
    row = m.ReturnVisit
    planned = row.made_on.is_(None), row.dropped_reason.is_(None)
    return sa.select(row).where(row.petition_id == petition.id, *planned).execution_options(gated=True)


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
    if _is_led(session, visit.petition):
        schedule_open(session, actor, visit.petition)
    return visit


def record_new(session: Session, actor: Actor, petition: m.Petition, said: Said) -> m.ReturnVisit:
    """Record a visit nobody had planned."""
    return record(session, actor, _planned(session, petition, said.made_on), said)


def _is_led(session: Session, petition: m.Petition) -> bool:
    running = sa.select(m.Case.id).where(m.Case.petition_id == petition.id, m.Case.ended_on.is_(None))
    return session.scalars(running.execution_options(gated=True).limit(1)).first() is not None


def _check(actor: Actor, visit: m.ReturnVisit, said: Said) -> None:
    if visit.dropped_reason is not None:
        raise RuleBroken("这次回访已经取消，不能记录；回访了的请另记一次。")
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


def is_due(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Narrow a statement to planned visits whose day has come."""
    return planned(statement, actor).where(m.ReturnVisit.planned_on <= actor.today)


def is_late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Narrow a statement to planned visits whose day has passed."""
    return planned(statement, actor).where(m.ReturnVisit.planned_on < actor.today)


def planned(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Narrow a statement to visits still to be made."""
    return statement.where(m.ReturnVisit.made_on.is_(None), m.ReturnVisit.dropped_reason.is_(None))


def offers_reopening(visit: m.ReturnVisit) -> bool:
    """True when a dissatisfied visit was made about a matter that is closed (H4)."""
    return visit.satisfaction is Satisfaction.BAD and visit.petition.status in (Status.CLOSED, Status.ARCHIVED)
