"""Boards of the running cases (包案台账分布): by leader, by unit, what lacks an owner; how many, late, silent (F1, F8)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import LedgerState, RuleBroken
from services import campaign_ledger, case_dues, gate, settings
from services.workbook_table import Column, TableSheet, Value

KINDS = {"leader": "包案领导", "unit": "责任单位"}
"""What a board counts by → its heading."""


@dataclass
class Line:
    """One leader or unit: running cases, of these past their limit, late with the log, silent, without a next day."""

    key: int | None
    name: str
    sub: str = ""
    running: int = 0
    late: int = 0
    log_late: int = 0
    silent: int = 0
    undated: int = 0
    is_gone: bool = False


COUNTED = ("running", "late", "log_late", "silent", "undated")
"""The numbers of a line, in their order."""


def silent_days(session: Session, today: date) -> int:
    """久无进展: the office's setting, natural days."""
    return int(settings.get(session, "case_silent_days", today))


def silent(session: Session, today: date) -> sa.ColumnElement[bool]:
    """Running cases with nothing in the log for that long, assigned at least as long ago, as SQL over Case."""
    since = today - timedelta(days=silent_days(session, today))
    noted = sa.exists().where(m.Progress.case_id == m.Case.id, m.Progress.noted_on > since)
    return sa.and_(m.Case.ended_on.is_(None), m.Case.assigned_on <= since, sa.not_(noted))


def unowned() -> sa.ColumnElement[bool]:
    """Running cases without a unit or a person responsible, as SQL over Case."""
    return sa.and_(m.Case.ended_on.is_(None), sa.or_(m.Case.unit_id.is_(None), m.Case.responsible_id.is_(None)))


def leaderless(_today: date) -> sa.ColumnElement[bool]:
    """Running cases whose leader is no longer in office, as SQL over Case."""
    return sa.and_(m.Case.ended_on.is_(None), m.Case.leader.has(sa.not_(m.Leader.is_active)))


def board(session: Session, actor: Actor, by: str) -> list[Line]:
    """One line for each leader or unit that carries something in the actor's sight; leaders in office without a case too.

    Raises RuleBroken (by) for another grouping.
    """
    if by not in KINDS:
        raise RuleBroken("包案分布：只能按包案领导或责任单位。", "by")
    found = _lines(session, by)
    for row in session.execute(_counted(session, actor)):
        line = found.setdefault(getattr(row, f"{by}_id"), Line(None, "（未定）"))
        line.running += 1
        for name in COUNTED[1:]:
            setattr(line, name, getattr(line, name) + bool(getattr(row, name)))
    return [line for line in found.values() if line.running or (by == "leader" and not line.is_gone)]


def _lines(session: Session, by: str) -> dict[int | None, Line]:
    if by == "leader":
        leaders = session.scalars(sa.select(m.Leader).order_by(m.Leader.turn, m.Leader.id))
        return {x.id: Line(x.id, x.name, x.title, is_gone=not x.is_active) for x in leaders}
    units = session.scalars(sa.select(m.Unit).order_by(m.Unit.position, m.Unit.id))
    return {x.id: Line(x.id, x.name, is_gone=not x.is_active) for x in units}


def _counted(session: Session, actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    """Running cases in sight with what the board counts of each, in one statement."""
    case, today = m.Case, actor.today
    return gate.rows(actor, case).where(case.ended_on.is_(None)).with_only_columns(
        case.leader_id, case.unit_id,
        sa.func.coalesce(case.close_by < today, sa.false()).label("late"),
        case_dues.log_late(today).label("log_late"),
        silent(session, today).label("silent"),
        case_dues.undated().label("undated"),
    )  # fmt: skip


def total(lines: Iterable[Line]) -> Line:
    """All lines together."""
    summed = Line(None, "合计")
    for line in lines:
        for name in COUNTED:
            setattr(summed, name, getattr(summed, name) + getattr(line, name))
    return summed


ASKED: dict[str, tuple[str, Callable[[Session, date], sa.ColumnElement[bool]]]] = {
    "log_late": ("逾期未记进展", lambda _session, today: case_dues.log_late(today)),
    "undated": ("没有下次时间", lambda _session, _today: case_dues.undated()),
    "silent": ("久无进展", silent),
    "unowned": ("没有责任单位或责任人", lambda _session, _today: unowned()),
    "leaderless": ("包案领导已离任", lambda _session, today: leaderless(today)),
}
"""What a list of cases can be asked for: key → words, condition."""


def asked_for(statement: sa.Select[Any], key: str, session: Session, today: date) -> sa.Select[Any]:
    """A list of cases narrowed to one of ASKED; an unknown key finds nothing."""
    return statement.where(ASKED[key][1](session, today) if key in ASKED else sa.false())


def unled(session: Session, actor: Actor, most: int = 50) -> list[m.CampaignCase]:
    """Open rows of running campaigns whose matter no leader carries."""
    row, carried = (
        m.CampaignCase,
        sa.exists().where(m.Case.petition_id == m.CampaignCase.petition_id, m.Case.ended_on.is_(None)),
    )
    rows = campaign_ledger.rows(actor).where(
        row.state.not_in((LedgerState.REMOVED, LedgerState.RESOLVED)), row.campaign.has(m.Campaign.is_active), sa.not_(carried)
    )  # fmt: skip
    return list(session.scalars(rows.order_by(row.due_on, row.id).limit(most)))


def sheet(session: Session, actor: Actor, by: str) -> TableSheet:
    """The board as a table with its sum."""
    lines = board(session, actor, by)
    days = silent_days(session, actor.today)
    heads = ("在包件数", "已过时限", "逾期未记进展", f"{days} 天无进展", "没有下次时间")
    counted = (Column(key, label, kind="int") for key, label in zip(COUNTED, heads, strict=True))
    columns = [Column("name", KINDS[by]), *counted]
    title = f"领导包案情况表（按{KINDS[by]}）"
    return TableSheet(
        columns, [_row(x) for x in lines], title=title, period=str(actor.today), totals=_row(total(lines))
    )


def _row(line: Line) -> dict[str, Value]:
    name = f"{line.name}（{line.sub}）" if line.sub else line.name
    return {"name": name, **{key: getattr(line, key) for key in COUNTED}}
