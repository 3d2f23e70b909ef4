"""The ledger of disputes as a list: its cells, columns, filters and tabs."""

import sqlalchemy as sa
from flask_babel import gettext

import models as m
from admin_views import options
from admin_views.base import current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules.access import Actor
from rules.reception_words import DisputeState, Urgency
from services import disputes

STATE_KINDS = {DisputeState.OPEN: "now", DisputeState.SETTLED: "ok", DisputeState.TURNED: "wait"}
URGENCY_KINDS = {Urgency.NORMAL: "wait", Urgency.SERIOUS: "soon", Urgency.URGENT: "late"}


def due_cell(row: m.Dispute) -> Cell:
    """The deadline, late in words."""
    is_late = row.state is DisputeState.OPEN and row.due_on is not None and row.due_on < current_actor().today
    return tagged(gettext("已超期"), "late", show(row.due_on)) if is_late else Cell(show(row.due_on), kind="code")


def reported_cell(row: m.Dispute) -> Cell:
    """When and to whom it was reported; what is owed, in words."""
    if row.reported_on is None:
        owed = row.state is DisputeState.OPEN and row.urgency in disputes.SERIOUS
        return tagged(gettext("应上报"), "late") if owed else Cell()
    return Cell(show(row.reported_on), sub=row.reported_to or "", kind="code")


def round_options(_actor: Actor) -> list[tuple[str, str]]:
    newest = sa.select(m.ScreeningRound).order_by(m.ScreeningRound.id.desc()).limit(24)
    return [(str(one.id), one.name) for one in db.session.scalars(newest)]


COLUMNS = (
    Column("number", "编号", lambda d: Cell(d.number, sub=show(d.found_on), kind="code"), sort=m.Dispute.id),
    Column("unit", "单位", lambda d: show(d.unit)),
    Column("cause", "起因", lambda d: Cell(d.cause, kind="clip")),
    Column("place", "发生地点", lambda d: d.place, shown=False),
    Column("people_count", "涉及人数", lambda d: show(d.people_count), kind="num"),
    Column("urgency", "轻重", lambda d: tagged(show(d.urgency), URGENCY_KINDS[d.urgency])),
    Column("responsible", "责任人", lambda d: d.responsible or "", shown=False),
    Column("found_on", "发现日期", lambda d: show(d.found_on), sort=m.Dispute.found_on, shown=False),
    Column("due_on", "化解期限", due_cell),
    Column("reported_on", "上报", reported_cell),
    Column("state", "状态", lambda d: tagged(show(d.state), STATE_KINDS[d.state])),
)

FILTERS = (
    Filter("unit", "单位", equals(m.Dispute.unit_id), options.unit_options),
    Filter("urgency", "轻重", equals(m.Dispute.urgency), words(Urgency)),
    Filter("round", "排查", equals(m.Dispute.round_id), round_options),
    Filter("found", "发现日期", between(m.Dispute.found_on), kind="dates"),
)

TABS = (
    Tab("open", "化解中", lambda s, _a: s.where(m.Dispute.state == DisputeState.OPEN)),
    Tab("late", "已超期", disputes.late),
    Tab("report", "应上报", disputes.unreported),
    Tab("settled", "已化解", lambda s, _a: s.where(m.Dispute.state == DisputeState.SETTLED)),
    Tab("turned", "已转事项", lambda s, _a: s.where(m.Dispute.state == DisputeState.TURNED)),
    Tab("all", "全部", lambda s, _a: s),
)
