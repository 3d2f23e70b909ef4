"""请假: days on which a leader cannot receive; the sessions already planned on them are listed to be given to somebody (D3, D5)."""

from typing import Any

from flask import flash, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import wording
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged
from admin_views.options import leader_options
from admin_views.roster_edits import day_and_who, swap_url
from models import db
from rules.access import Actor, may
from rules.session_hours import hours_text
from services import absences, roster_edits, settings


def _take_back(session: Any, actor: Actor, row: m.Absence, _said: dict[str, Any]) -> None:
    absences.take_back(session, actor, row)


def days_cell(row: m.Absence) -> Cell:
    return Cell(f"{row.from_on} – {row.to_on}", sub=gettext("共 %(days)s 天", days=(row.to_on - row.from_on).days + 1))


def state_cell(row: m.Absence) -> Cell:
    today = current_actor().today
    if row.to_on < today:
        return tagged(gettext("已结束"))
    return tagged(gettext("请假中"), "soon") if row.from_on <= today else tagged(gettext("未开始"), "now")


class AbsenceView(DeskView):
    """请假."""

    title, group = "请假", "接访"
    create_verb = edit_verb = "absence.edit"
    create_label = "登记请假"
    details_template = "absence.html"
    columns = (
        Column("leader", "领导", lambda x: show(x.leader)),
        Column("kind", "种类", lambda x: show(x.kind)),
        Column("days", "日期", days_cell, sort=m.Absence.from_on, kind="code"),
        Column("note", "备注", lambda x: Cell(x.note or "", kind="clip")),
        Column("state", "状态", state_cell),
    )
    filters = (Filter("leader", "领导", equals(m.Absence.leader_id), leader_options),)
    tabs = (
        Tab("coming", "今天以后", lambda s, a: s.where(m.Absence.to_on >= a.today)),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Absence.leader),)
    fieldsets = (("请假", ("leader_id", "kind", "from_on", "to_on", "note")),)
    form_args = {"to_on": {"description": lazy_gettext("含这一天；只请一天的，与开始日期相同。")}}
    actions = (
        Action(
            "take_back", "撤销请假", "absence.edit", _take_back, confirm="撤销后这几天重新可以安排接访，确定吗？", kind="no",
            after=lambda _row: url_for("absence.index_view"),
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Absence.from_on]

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        saved = absences.save(db.session(), actor, row, values)
        count = len(absences.met(db.session(), actor, saved))
        if count:
            flash(gettext("这几天已排了他 %(count)s 场接访，请逐场调换或改日。", count=count), "warning")
        return saved

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext("登记请假")
        return f"{row.leader.name} {show(row.kind)} {wording.month_day(row.from_on)}–{wording.month_day(row.to_on)}"

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        ahead = settings.get(session, "swap_ahead_days", actor.today)
        return super().details(row) | {
            "met": [self.met_line(one, actor) for one in absences.met(session, actor, row)],
            "ahead": gettext("调换须提前 %(days)s 天，不足的要写明事由。", days=ahead),
        }

    def met_line(self, row: m.ReceptionSession, actor: Actor) -> dict[str, Any]:
        """A session to be given to somebody: published ones through 调换, others on the calendar."""
        told = roster_edits.needs_swap(db.session(), [row])
        month = url_for("roster.index", month=f"{row.held_on:%Y-%m}")
        way = (gettext("请人顶替"), swap_url(row)) if told else (gettext("在月历上改"), month)
        return {
            "url": url_for("reception_session.details_view", id=row.id),
            "cells": [
                {"text": day_and_who(row)},
                {"text": hours_text(row.starts, row.ends), "kind": "num"},
                {"text": row.place or ""},
                {"text": way[0], "url": way[1]} if may(actor, "reception_session.edit") else {"text": ""},
            ],
        }


def views() -> list[Any]:
    return [AbsenceView(m.Absence)]
