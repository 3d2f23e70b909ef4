"""值班日 and 随叫随到: one duty day's page with its exchange, and whom the reception room may call (D9)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, to_date
from admin_views.options import leader_options
from admin_views.people import ACTIVE_TABS, state_cell
from admin_views.wording import long_day
from models import db
from rules.access import Actor
from rules.moves import Need
from rules.reception_words import DutyPart
from rules.roster_period import month_of
from rules.session_hours import hours_text
from services import duties, duty_days, gate, on_call


def state_of(row: m.DutyDay, actor: Actor) -> tuple[str, str]:
    """The day's state as a word and its colour."""
    if row.leader_id is None:
        return gettext("缺领导"), "late"
    if row.held_on < actor.today:
        return gettext("已过"), "wait"
    if row.is_provisional:
        return gettext("推定"), "soon"
    return (gettext("手工调整"), "soon") if row.is_by_hand else (gettext("已排定"), "ok")


def turn_text(row: m.DutyDay) -> str:
    """Whose turn the day was, when somebody else has it now."""
    if row.turn_leader is None or row.turn_leader_id == row.leader_id:
        return ""
    return gettext("轮到：%(name)s", name=row.turn_leader.name)


def fixed_fields(row: m.DutyDay) -> tuple[str, ...]:
    """What cannot be edited of this day any more."""
    return ("held_on",) if row.held_on >= current_actor().today else ("held_on", *(set(duty_days.FIELDS) - {"note"}))


def _exchange(session: Any, actor: Actor, row: m.DutyDay, said: dict[str, Any]) -> str:
    other = gate.find(session, actor, m.DutyDay, said["other_id"])
    duty_days.exchange(session, actor, row, other, said["part"])
    year = actor.today.year
    return gettext("已对调：%(a)s ⇄ %(b)s。", a=long_day(row.held_on, year), b=long_day(other.held_on, year))


SWAP = Action(
    "swap", "对调", "duty_day.edit", _exchange,
    (
        Need("other_id", "对调哪一天", "duty_day", help="只列出今天以后的值班日。"),
        Need("part", "对调什么", "choice", choices=DutyPart),
    ),
    is_shown=lambda row, actor: row.held_on >= actor.today,
    help="两天互换，日期和时间不变；对调后的两天在重新排定时保留。",
)  # fmt: skip


class DutyDayView(DeskView):
    """值班日."""

    title, group = "值班日", "接访"
    create_verb = edit_verb = "duty_day.edit"
    create_label, export_verb = "新增值班日", "duty_day.export"
    columns = (
        Column(
            "held_on", "值班日期",
            lambda r: Cell(long_day(r.held_on, current_actor().today.year), sub=hours_text(r.starts, r.ends), kind="code"),
            sort=m.DutyDay.held_on,
        ),
        Column("leader", "值班领导", lambda r: Cell(show(r.leader) or gettext("（缺领导）"), sub=turn_text(r))),
        Column("staff", "值班人员", lambda r: r.staff or ""),
        Column("note", "备注", lambda r: r.note or ""),
        Column("state", "状态", lambda r: tagged(*state_of(r, current_actor()))),
    )  # fmt: skip
    filters = (
        Filter("held", "值班日期", between(m.DutyDay.held_on), kind="dates"),
        Filter("leader", "值班领导", equals(m.DutyDay.leader_id), leader_options),
    )
    tabs = (
        Tab("coming", "今天以后", lambda s, a: s.where(m.DutyDay.held_on >= a.today)),
        Tab("by_hand", "手工调整", lambda s, _a: s.where(m.DutyDay.is_by_hand)),
        Tab("mine", "我的", lambda s, a: s.where(m.DutyDay.leader_id == (a.leader_id or 0))),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = duties.SHOWN
    fieldsets = (("值班", ("held_on", "leader_id", "starts", "ends", "staff", "note")),)
    actions = (SWAP,)
    form_widget_args = {"starts": {"type": "time"}, "ends": {"type": "time"}}

    def default_order(self) -> list[Any]:
        return [m.DutyDay.held_on, m.DutyDay.starts]

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method != "POST":
            rule = next(iter(duties.rules_in_use(db.session())), None)
            form.held_on.data = to_date(request.args.get("held_on", "")) or current_actor().today
            form.starts.data, form.ends.data = (rule.starts, rule.ends) if rule else ("08:00", "16:00")
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The day itself stays: another day is an exchange. Of a past day only the note is written."""
        form = super().edit_form(obj)
        for name in fixed_fields(obj):
            del form[name]
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        if row is not None:
            first = screen["fieldsets"][0]
            first["fields"] = [name for name in first["fields"] if name not in fixed_fields(row)]
        return screen

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if row.id is None:
            return duty_days.add(db.session(), actor, values)
        return duty_days.change(db.session(), actor, row, values)

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext("新增值班日")
        who = row.leader.name if row.leader else gettext("（缺领导）")
        return gettext("%(day)s 值班：%(who)s", day=long_day(row.held_on, current_actor().today.year), who=who)

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        word, kind = state_of(row, current_actor())
        month = {"label": gettext("本月值班表"), "url": url_for("duty_roster.index", month=month_of(row.held_on))}
        items = [
            {"label": gettext("值班日期"), "text": long_day(row.held_on, current_actor().today.year), "num": True},
            {"label": gettext("值班时间"), "text": hours_text(row.starts, row.ends), "num": True},
            {"label": gettext("值班领导"), "text": show(row.leader), "sub": turn_text(row)},
            {"label": gettext("值班人员"), "text": row.staff or ""},
            {"label": gettext("值班规则"), "text": show(row.rule) or gettext("人工新增")},
            {"label": gettext("备注"), "text": row.note or ""},
        ]
        context["screen"] |= {
            "tags": [{"text": word, "kind": kind}],
            "facts": [{"title": gettext("值班"), "items": items}],
            "actions": [month, *context["screen"]["actions"]],
        }
        return context


class OnCallView(DeskView):
    """随叫随到."""

    title, group = "随叫随到", "接访"
    create_verb = edit_verb = "on_call.edit"
    create_label, export_verb = "新增人员", "on_call.export"
    columns = (
        Column("name", "姓名", lambda p: Cell(p.name, sub=p.title or "")),
        Column("unit", "科室", lambda p: show(p.unit)),
        Column("phone", "电话", lambda p: p.phone, kind="num"),
        Column("position", "排序", lambda p: str(p.position), kind="num"),
        Column("state", "状态", state_cell),
    )
    tabs = ACTIVE_TABS
    list_options = (joinedload(m.OnCall.unit),)
    fieldsets = (("随叫随到", ("name", "unit_id", "title", "phone", "position", "is_active")),)
    form_args = {"phone": {"description": "能随时打通的号码，印在值班表下面。"}}

    def default_order(self) -> list[Any]:
        return [m.OnCall.position, m.OnCall.id]

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return on_call.save(db.session(), actor, row, values)

    def page_title(self, row: Any | None) -> str:
        return gettext("新增人员") if row is None else str(row)


def views() -> list[Any]:
    return [DutyDayView(m.DutyDay), OnCallView(m.OnCall)]
