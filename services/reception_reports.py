"""The month's report of reception days (领导接访月报): frozen as sent, once a month; what is owed; who may read it (D8)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import report_days
from rules.access import Actor, may
from rules.roster_period import month_of, period
from rules.words import RuleBroken
from services import gate, gate_accused, settings
from services.reception_report_body import DUE, days_of, preview

AHEAD = timedelta(days=7)
"""A report stands on the workbench from a week before its material is due."""
LOOKS_BACK = 12
"""Months for which a report may still be owed."""


def send(session: Session, actor: Actor, month: str) -> m.ReceptionReport:
    """Freeze the month's report and note it as sent today. Raises RuleBroken when the month is not over or was reported."""
    gate.allow(actor, "reception_report.send")
    body = preview(session, actor, month)
    due = report_days.parse(str(settings.get(session, DUE, actor.today)))
    if due.months and period(month).last > actor.today:
        raise RuleBroken("月份：这个月还没有结束，请到下个月再上报。", "month")
    if session.scalar(sa.select(m.ReceptionReport.id).where(m.ReceptionReport.month == month)) is not None:
        raise RuleBroken("月份：这个月的月报已经上报，不能重复上报。", "month")
    report = m.ReceptionReport(
        month=month,
        sent_on=actor.today,
        sent_to=body["report_to"][:100] or "—",
        sent_by_id=actor.user_id,
        body=body | {"preparer": actor.name},
    )
    try:
        with session.begin_nested():
            session.add(report)
            session.flush()
    except sa.exc.IntegrityError as error:
        raise RuleBroken("月份：这个月的月报已经上报，不能重复上报。", "month") from error
    return report


def due(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Reports owed: months with sessions held and no report, the earliest first.

    [{"month", "label", "cutoff_on", "cutoff_at", "due_on", "is_late", "is_near"}]
    """
    if not may(actor, "reception_report.list"):
        return []
    s = m.ReceptionSession
    since = period(month_of(actor.today)).first - timedelta(days=31 * LOOKS_BACK)
    held = sa.select(s.held_on).where(s.held_on.between(since, actor.today), s.cancelled_reason.is_(None)).distinct()
    sent = set(session.scalars(sa.select(m.ReceptionReport.month)))
    months = sorted({month_of(day) for day in session.scalars(held)} - sent)
    return [_owed(session, actor.today, month) for month in months]


def _owed(session: Session, today: date, month: str) -> dict[str, Any]:
    days = days_of(session, today, month)
    return {
        "month": month,
        "label": f"{period(month).label}领导接访月报",
        "cutoff_on": days.cutoff_on,
        "cutoff_at": days.cutoff_at,
        "due_on": days.due_on,
        "is_late": days.due_on < today,
        "is_near": days.cutoff_on - AHEAD <= today,
    }


def hidden_ids(session: Session, actor: Actor) -> list[int]:
    """Frozen reports this actor may not read: one of their matters has since become a complaint about him (§3)."""
    accused = gate_accused.complained_of(session, actor)
    if not accused:
        return []
    found = session.execute(sa.select(m.ReceptionReport.id, m.ReceptionReport.body))
    return [key for key, body in found if accused & set(_petitions(body))]


def _petitions(body: dict[str, Any]) -> Iterable[int]:
    return (one["petition_id"] for held in body["sessions"] for one in held["matters"] if one["petition_id"])


def rows(session: Session, actor: Actor) -> sa.Select[Any]:
    """The frozen reports the actor may read."""
    return sa.select(m.ReceptionReport).where(m.ReceptionReport.id.not_in(hidden_ids(session, actor)))


def find(session: Session, actor: Actor, row_id: object) -> m.ReceptionReport:
    """A frozen report, or NotHere when it is absent or hidden."""
    report: m.ReceptionReport = gate.find(session, actor, m.ReceptionReport, row_id)
    if report.id in hidden_ids(session, actor):
        raise gate.NotHere("没有找到这条记录。")
    return report
