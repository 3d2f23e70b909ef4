"""The list of cases: its cells, columns, filters and tabs."""

from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import options
from admin_views.base import current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules.access import Actor
from rules.cases import CaseSource
from rules.words import CaseStatus, DutyState
from services import (
    case_boards,
    case_choices,
    case_dues,
    case_work,
    cases,
)

STATUS_KINDS = {CaseStatus.RUNNING: "now", CaseStatus.HANDED_OVER: "wait", CaseStatus.CLOSED: "ok"}
DUTY_KINDS = {DutyState.OPEN: "wait", DutyState.DOING: "now", DutyState.DONE: "ok"}


def close_by_cell(case: m.Case) -> Cell:
    """The day the case is to be closed by, late in words."""
    is_late = case.ended_on is None and case.close_by is not None and case.close_by < current_actor().today
    return tagged(gettext("已过时限"), "late", show(case.close_by)) if is_late else Cell(show(case.close_by))


def next_cell(case: m.Case) -> Cell:
    """The next day named in the log, late in words."""
    if case_work.is_log_late(case, current_actor().today):
        return tagged(gettext("逾期未记"), "late", show(case_work.next_date(case)))
    return Cell(show(case_work.next_date(case)) if case.ended_on is None else "")


def duties_cell(case: m.Case) -> str:
    return "{} / {}".format(*cases.done_duties(case))


def leader_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(str(leader.id), leader.name) for leader in case_choices.leaders(db.session())]


def asked_for(statement: Any, key: str) -> Any:
    """Late with the log, silent, without an owner …"""
    return case_boards.asked_for(statement, key, db.session(), current_actor().today)


def ask_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(key, gettext(label)) for key, (label, _condition) in case_boards.ASKED.items()]


COLUMNS = (
    Column("number", "包案编号", lambda c: Cell(c.number, sub=c.petition.number, kind="code"), sort=m.Case.id),
    Column("title", "概况", lambda c: Cell(c.petition.title, kind="clip")),
    Column("leader", "包案领导", lambda c: Cell(c.leader.name, sub=c.leader.title)),
    Column("unit", "责任单位", lambda c: Cell(show(c.unit), sub=show(c.responsible))),
    Column("status", "状态", lambda c: tagged(gettext(c.status.label), STATUS_KINDS[c.status])),
    Column("duties", "四包完成", duties_cell, kind="num"),
    Column("next_on", "下次时间", next_cell),
    Column("close_by", "结案时限", close_by_cell),
    Column("assigned_on", "包案日期", lambda c: show(c.assigned_on)),
    Column("level", "级别", lambda c: show(c.level), shown=False),
    Column("report_by", "报结时限", lambda c: show(c.report_by), shown=False),
    Column("ended_on", "结束日期", lambda c: show(c.ended_on), shown=False),
)

FILTERS = (
    Filter("leader", "包案领导", equals(m.Case.leader_id), leader_options),
    Filter("unit", "责任单位", equals(m.Case.unit_id), options.unit_options),
    Filter("status", "状态", equals(m.Case.status), words(CaseStatus)),
    Filter("source", "来源", equals(m.Case.source), words(CaseSource)),
    Filter("ask", "提醒", asked_for, ask_options),
    Filter("assigned", "包案日期", between(m.Case.assigned_on), kind="dates"),
)

TABS = (
    Tab("running", "包案中", lambda s, _a: s.where(m.Case.ended_on.is_(None))),
    Tab("mine", "我的包案", lambda s, a: s.where(case_dues.mine(a), m.Case.ended_on.is_(None))),
    Tab("late", "已过时限", lambda s, a: s.where(m.Case.ended_on.is_(None), m.Case.close_by < a.today)),
    Tab("closed", "已结案", lambda s, _a: s.where(m.Case.status == CaseStatus.CLOSED), count=False),
    Tab("all", "全部", lambda s, _a: s, count=False),
)

LIST_OPTIONS = (
    joinedload(m.Case.petition),
    joinedload(m.Case.leader),
    joinedload(m.Case.unit),
    joinedload(m.Case.responsible),
    selectinload(m.Case.duties),
    selectinload(m.Case.progress),
)
