"""流转: where every leg of a matter stands, for the office and the units; receiving and an assisting unit's opinion (B2)."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import leg_lines, options, petition_page
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals
from rules.access import UNIT_STAFF, Actor
from rules.moves import Need
from services import legs


def standing(leg: m.Leg) -> Cell:
    return leg_lines.standing_cell(leg, petition_page.soon_days())


def _state(statement: Any, value: str) -> Any:
    return statement.where(*legs.STATES[value][1]) if value in legs.STATES else statement.where(sa.false())


def _late(statement: Any, value: str) -> Any:
    return legs.late(statement, current_actor()) if value == "late" else statement.where(sa.false())


def _receive(session: Any, actor: Actor, leg: m.Leg, _said: dict[str, Any]) -> str:
    legs.receive(session, actor, leg)
    return gettext("已签收：%(matter)s", matter=leg.petition)


def _opine(session: Any, actor: Actor, leg: m.Leg, said: dict[str, Any]) -> str:
    legs.opine(session, actor, leg, said["answer"])
    return gettext("协办意见已送牵头单位。")


class LegView(DeskView):
    """流转."""

    title, group = "流转", "办理"
    empty_words = "还没有流转。信访事项转送、交办后，各单位办到哪一步列在这里。"
    columns = (
        Column("number", "事项", lambda g: Cell(g.petition.number, sub=g.petition.title, kind="code"), sort=m.Leg.id),
        Column("unit", "单位", lambda g: Cell(g.unit.name, sub=leg_lines.part_of(g))),
        Column("handler", "承办人", lambda g: show(g.handler)),
        Column("sent_on", "送出", lambda g: show(g.sent_on)),
        Column("received_on", "签收日", lambda g: show(g.received_on)),
        Column("accepted_on", "受理日", lambda g: show(g.accepted_on)),
        Column("feedback_on", "反馈期限", lambda g: show(g.feedback_on)),
        Column("answered_on", "答复日", lambda g: show(g.answered_on)),
        Column("state", "现状", standing),
        Column("ended_on", "结束", lambda g: show(g.ended_on), shown=False),
    )
    filters = (
        Filter("unit", "单位", equals(m.Leg.unit_id), options.unit_options),
        Filter("state", "现状", _state, lambda _a: [(key, gettext(one[0])) for key, one in legs.STATES.items()]),
        Filter("late", "反馈期限", _late, lambda _a: [("late", gettext("已超期"))]),
        Filter("sent", "送出日期", between(m.Leg.sent_on), kind="dates"),
    )
    tabs = (
        Tab("running", "流转中", legs.running),
        Tab("unreceived", "待签收", legs.unreceived),
        Tab("late", "逾期未反馈", legs.late),
        Tab("assisting", "协办", legs.assisting, count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (joinedload(m.Leg.petition), joinedload(m.Leg.unit), joinedload(m.Leg.handler))
    fact_groups = (
        ("流转", ("petition_id", "unit_id", "handler_id", "sent_on", "measures", "feedback_on")),
        ("办理", ("received_on", "received_by_id", "accepted_on", "answered_on", "answered_by_id", "answer", "ended_on", "end_reason")),
    )  # fmt: skip
    actions = (
        Action(
            "receive", "签收", UNIT_STAFF, _receive, is_shown=lambda leg, actor: legs.may_receive(actor, leg), kind="go",
            confirm="确定已经收到这件事项？", after=lambda _leg: url_for("tray.index"),
        ),
        Action(
            "opine", "写协办意见", UNIT_STAFF, _opine,
            (Need("answer", "协办意见", "long", limit=legs.OPINION_LIMIT, help="送牵头单位，写入办理经过；可以再写，以最后一次为准。"),),
            is_shown=lambda leg, actor: legs.may_opine(actor, leg), kind="go",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Leg.id.desc()]

    def page_title(self, row: Any | None) -> str:
        return gettext("流转：%(unit)s", unit=row.unit.name) if row is not None else gettext("流转")

    def fact(self, row: Any, name: str) -> dict[str, Any]:
        found = super().fact(row, name)
        if name == "petition_id":
            found |= {"text": str(row.petition), "url": url_for("petition.details_view", id=row.petition_id)}
        if name == "end_reason":
            found["text"] = leg_lines.ended_by(row)
        return found


def views() -> list[Any]:
    return [LegView(m.Leg)]
