"""积案台账 as a list: its cells, columns, filters and tabs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

import models as m
from admin_views import campaign_own
from admin_views.base import current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged, words
from admin_views.options import unit_options
from models import db
from rules import deadlines
from rules.access import Actor, Role
from rules.words import LedgerSource, LedgerState
from services import gate, settings, strike_offs
from services.workbench import LIGHT_KINDS

SHORT = 48
STATE_KINDS = {
    LedgerState.OPEN: "wait",
    LedgerState.DOING: "now",
    LedgerState.RESOLVED: "ok",
    LedgerState.REMOVED: "wait",
}


def reads_masked() -> bool:
    """The statistician reads no free text (§4)."""
    return current_actor().role is Role.STATISTICIAN


def number_cell(row: m.CampaignCase) -> Cell:
    """The matter's 概况 with its number under it."""
    is_masked = reads_masked()
    return Cell(row.petition.number if is_masked else row.petition.title, sub="" if is_masked else row.petition.number)


def short(text: str | None) -> str:
    """The beginning of a long text; the whole stands on the row's page."""
    text = None if reads_masked() else text
    return text if text and len(text) <= SHORT else f"{text[:SHORT]}……" if text else ""


def due_cell(row: m.CampaignCase) -> Cell:
    """The limit with its light; a resolved row has none."""
    if row.due_on is None:
        return Cell("")
    if row.state in (LedgerState.RESOLVED, LedgerState.REMOVED):
        return Cell(sub=show(row.due_on))
    today = current_actor().today
    soon = int(settings.get(db.session(), "soon_days", today))
    light = deadlines.light(row.due_on, row.due_on, today, soon)
    return tagged(gettext(deadlines.LIGHTS[light]), LIGHT_KINDS[light], show(row.due_on))


def state_cell(row: m.CampaignCase) -> Cell:
    return tagged(show(row.state), STATE_KINDS[row.state], show(row.resolved_on))


def strike_cell(row: m.CampaignCase) -> Cell:
    """Struck off on a day, or the limit with its light."""
    if row.struck_off_on is not None:
        return tagged(gettext("已销号"), "ok", show(row.struck_off_on))
    if row.strike_by is None:
        return Cell("")
    late = row.strike_by < current_actor().today
    return tagged(gettext("超过销号时限"), "late", show(row.strike_by)) if late else Cell(sub=show(row.strike_by))


def _or_none(column: Any) -> Callable[[Any, Any], Any]:
    """A filter whose value "none" picks the rows without one."""
    return lambda s, value: s.where(column.is_(None)) if value == "none" else equals(column)(s, value)


def campaign_options(actor: Actor) -> list[tuple[str, str]]:
    found = db.session.scalars(gate.rows(actor, m.Campaign).order_by(m.Campaign.starts_on.desc()).limit(100))
    return [(str(one.id), one.name) for one in found]


def _schemes(_actor: Actor) -> list[tuple[str, str]]:
    row = campaign_own.asked()
    return [(name, name) for name in row.schemes] + [("none", gettext("未分类"))] if row else []


def _leaders(actor: Actor) -> list[tuple[str, str]]:
    found = db.session.scalars(gate.rows(actor, m.Leader).where(m.Leader.is_active).order_by(m.Leader.turn))
    return [(str(one.id), one.name) for one in found]


def _running(statement: Any) -> Any:
    return statement.where(m.CampaignCase.state.in_((LedgerState.OPEN, LedgerState.DOING)))


def _soon(statement: Any, actor: Actor) -> Any:
    last = actor.today + timedelta(days=int(settings.get(db.session(), "soon_days", actor.today)))
    return _running(statement).where(m.CampaignCase.due_on.between(actor.today, last))


STRIKES: dict[str, tuple[str, Callable[[Actor], Any]]] = {
    "struck": ("已销号", lambda _actor: m.CampaignCase.struck_off_on.is_not(None)),
    "waiting": ("待批销号", lambda _actor: m.CampaignCase.strikes.any(m.StrikeOff.approved.is_(None))),
    "behind": ("超过销号时限", strike_offs.behind),
    "open": ("未销号", lambda _actor: m.CampaignCase.struck_off_on.is_(None)),
}
"""How a row stands with striking off, as a filter."""


def _strike(statement: Any, value: str) -> Any:
    return statement.where(STRIKES[value][1](current_actor()) if value in STRIKES else sa.false())


def _base(statement: Any, value: str) -> Any:
    return statement.where(m.CampaignCase.is_base.is_(value == "base"))


COLUMNS = (
    Column("number", "信访事项", number_cell),
    Column("campaign", "专项活动", lambda r: str(r.campaign), shown=False),
    Column("source", "来源", lambda r: Cell(show(r.source), sub=r.source_number or "")),
    Column("scheme", "问题类别", lambda r: r.scheme or ""),
    Column("unit", "责任单位", lambda r: Cell(str(r.unit or ""), sub=r.responsible or "")),
    Column("leader", "包案领导", lambda r: r.leader.name if r.leader else ""),
    Column("measures", "化解措施", lambda r: short(r.measures)),
    Column("due_on", "化解时限", due_cell, sort=m.CampaignCase.due_on),
    Column("progress", "办理情况", lambda r: short(r.progress)),
    Column("state", "化解情况", state_cell),
    Column("strike", "销号", strike_cell, shown=False),
    Column("entered_on", "列入日期", lambda r: Cell(show(r.entered_on), kind="code"), shown=False),
)

FILTERS = (
    Filter("campaign", "专项活动", equals(m.CampaignCase.campaign_id), campaign_options),
    Filter(
        "unit",
        "责任单位",
        _or_none(m.CampaignCase.unit_id),
        lambda actor: [*unit_options(actor), ("none", gettext("未定责任单位"))],
    ),
    Filter("scheme", "问题类别", _or_none(m.CampaignCase.scheme), _schemes),
    Filter("source", "来源", equals(m.CampaignCase.source), words(LedgerSource)),
    Filter("leader", "包案领导", equals(m.CampaignCase.leader_id), _leaders),
    Filter("state", "化解情况", equals(m.CampaignCase.state), words(LedgerState)),
    Filter("strike", "销号", _strike, lambda _actor: [(key, gettext(label)) for key, (label, _) in STRIKES.items()]),
    Filter("base", "基数", _base, lambda _actor: [("base", gettext("基数内")), ("later", gettext("以后列入"))]),
)

TABS = (
    Tab("all", "全部", lambda s, _a: s.where(m.CampaignCase.state != LedgerState.REMOVED)),
    Tab("open", "未化解", lambda s, _a: _running(s)),
    Tab("soon", "临期", _soon),
    Tab("late", "超期", lambda s, a: _running(s).where(m.CampaignCase.due_on < a.today)),
    Tab("resolved", "已化解", lambda s, _a: s.where(m.CampaignCase.state == LedgerState.RESOLVED)),
    Tab("removed", "已移出", lambda s, _a: s.where(m.CampaignCase.state == LedgerState.REMOVED)),
)
