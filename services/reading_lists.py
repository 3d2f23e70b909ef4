"""Which letters wait for whom (待阅批、待结案报告、待反馈), and the rates per leader against their minimum (C2, I3)."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, figures
from rules.access import Actor
from rules.words import Rank
from services import gate, settings
from services.figure_rows import row_set
from services.readings import DUE_ON, TO_READ

Statement = sa.Select[m.Reading]
MINIMUMS = {Rank.MAIN: "reading_least_main", Rank.OTHER: "reading_least_other"}
"""The office's own minimum for each rank, in per cent (C2)."""


def to_read(statement: Statement, actor: Actor) -> Statement:
    """Waiting for the leader."""
    return statement.where(TO_READ)


def report_due(statement: Statement, actor: Actor) -> Statement:
    """Read, with a closing report that is not signed yet."""
    return statement.where(m.Reading.report_due_on.is_not(None), m.Reading.report_signed_on.is_(None))


def late(statement: Statement, actor: Actor) -> Statement:
    """Closing reports past their last day."""
    return report_due(statement, actor).where(actor.today > DUE_ON)


def result_due(statement: Statement, actor: Actor) -> Statement:
    """Read, answered or closed, and the leader has not been told what came of it."""
    ended = m.Reading.petition.has(sa.or_(m.Petition.replied_on.is_not(None), m.Petition.closed_on.is_not(None)))
    return statement.where(m.Reading.read_on.is_not(None), m.Reading.fed_back_on.is_(None), ended)


def waiting(session: Session, actor: Actor) -> dict[str, int]:
    """{tab: count} of what waits for this actor: the leader's letters, the office's feedback, the unit's late reports."""
    if not access.may(actor, "reading.list"):
        return {}
    rows = gate.rows(actor, m.Reading)
    if actor.role in access.LEADERS:
        tabs = {"to_read": to_read, "report_due": report_due}
    elif actor.role in access.OFFICE:
        tabs = {"result_due": result_due, "late": late}
    else:
        tabs = {"late": late} if actor.role in access.UNIT_STAFF else {}
    return {key: gate.count(session, tab(rows, actor)) for key, tab in tabs.items()}


def of(session: Session, actor: Actor, petition: m.Petition) -> list[m.Reading]:
    """A matter's readings that the actor may know of, the newest first."""
    statement = gate.rows(actor, m.Reading).where(m.Reading.petition_id == petition.id)
    return list(session.scalars(statement.order_by(m.Reading.id.desc())))


@dataclass(frozen=True)
class Line:
    """One leader's letters of a period: put before him, read; the rate and the minimum in per cent."""

    leader: m.Leader
    put: int
    read: int
    least: int

    @property
    def rate(self) -> float | None:
        """阅批率 in per cent, None when nothing was put before him."""
        return figures.share(self.read, self.put)

    @property
    def is_short(self) -> bool:
        """Below the minimum."""
        return self.rate is not None and self.rate < self.least


def by_leader(session: Session, actor: Actor, start: date, end: date) -> list[Line]:
    """阅批率 per leader of letters received in the period, in the leaders' order; who had none is left out."""
    gate.allow(actor, "figures.view")
    rows = row_set(session, actor, "readings", start, end)
    is_read = sa.func.sum(sa.case((rows.conditions["read"], 1), else_=0))
    counted = {
        leader_id: (put, read)
        for leader_id, put, read in session.execute(
            rows.select(m.Reading.leader_id, sa.func.count(), is_read).group_by(m.Reading.leader_id)
        )
    }
    leaders = sa.select(m.Leader).where(m.Leader.id.in_(counted)).order_by(m.Leader.turn, m.Leader.id)
    least = {rank: int(settings.get(session, key, actor.today)) for rank, key in MINIMUMS.items()}
    return [Line(one, *counted[one.id], least[one.rank]) for one in session.scalars(leaders)]
