"""What falls due on assigned cases (包案): the promised next line of the log, open steps, first meeting, closing, report (F3).

Asked of the leader, the person responsible, the team and the office; read by services.other_dues.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules.access import OFFICE, Actor
from services import case_work, gate

Row = tuple[str, Any, date, m.Unit | None, dict[str, Any]]
LIMITS = {"case_close": "close_by", "case_report": "report_by"}
"""Kind of date (rules.owed) → the case's column."""


def running(actor: Actor) -> sa.Select[Any]:
    """Running cases the actor may know of, with what their dates need."""
    case = m.Case
    loaded = (
        joinedload(case.petition), joinedload(case.leader), joinedload(case.unit), joinedload(case.responsible),
        selectinload(case.progress), selectinload(case.steps), selectinload(case.members),
    )  # fmt: skip
    return gate.rows(actor, case).where(case.ended_on.is_(None)).options(*loaded).order_by(case.id)


def rows(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    """Every date of running cases on or before `until`."""
    for case in session.scalars(running(actor)):
        who = " ".join(filter(None, (case.leader.name, case.responsible.name if case.responsible else "")))
        for kind, day, title in _dates(case):
            if day <= until:
                yield kind, case, day, None, {"who": who, "title": title, "leader_id": case.leader_id}


def _dates(case: m.Case) -> Iterator[tuple[str, date, str]]:
    title = case.petition.title
    following = case_work.next_date(case)
    if following is not None:
        yield "case_log", following, title
    for step in case.steps:
        if step.done_on is None:
            yield "case_step", step.due_on, step.text
    if case.first_meeting_by is not None and not case.progress:
        yield "case_meet", case.first_meeting_by, title
    for kind, column in LIMITS.items():
        day = getattr(case, column)
        if day is not None:
            yield kind, day, title


def _last_line() -> Any:
    """The id of a case's last line of the log, as SQL over Case."""
    line = sa.orm.aliased(m.Progress)
    return sa.select(sa.func.max(line.id)).where(line.case_id == m.Case.id).correlate(m.Case).scalar_subquery()


def undated() -> sa.ColumnElement[bool]:
    """Running cases whose log names no next day, as SQL over Case."""
    dated = sa.exists().where(m.Progress.id == _last_line(), m.Progress.next_on.is_not(None))
    return sa.and_(m.Case.ended_on.is_(None), sa.not_(dated))


def log_late(today: date) -> sa.ColumnElement[bool]:
    """Running cases whose promised next day has passed, as SQL over Case."""
    passed = sa.exists().where(m.Progress.id == _last_line(), m.Progress.next_on < today)
    return sa.and_(m.Case.ended_on.is_(None), passed)


def mine(actor: Actor) -> sa.ColumnElement[bool]:
    """Cases this actor carries (leader, person responsible, team), as SQL over Case."""
    member = m.CaseMember
    team = sa.exists().where(
        member.case_id == m.Case.id, member.left_on.is_(None), member.user_id == (actor.user_id or 0)
    )
    return sa.or_(m.Case.leader_id == (actor.leader_id or 0), m.Case.responsible_id == (actor.user_id or 0), team)


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """For the workbench, of the cases the actor carries, for the office of all: how many are late with the log, how many undated."""
    rows = gate.rows(actor, m.Case)
    own = rows if actor.role in OFFICE else rows.where(mine(actor))
    return {
        "log_late": gate.count(session, own.where(log_late(actor.today))),
        "undated": gate.count(session, own.where(undated())),
    }
