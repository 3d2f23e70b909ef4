"""接访场次: one session's page with its visitors, changes by hand, cancelling, its exchanges (D4, D5, D7)."""

from typing import Any

import sqlalchemy as sa
from flask import g, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import appointment_parts, reception_records, swap_asking, wording
from admin_views import swaps as swaps_page
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, to_date, words
from admin_views.options import leader_options
from admin_views.wording import long_day
from models import db
from rules.access import LEADERS, Actor, may
from rules.moves import Need
from rules.roster_period import month_of
from rules.session_hours import hours_text
from rules.words import SessionForm
from services import published, receptions, roster_checks, settings, swaps
from services import reception_records as records


def state_of(row: m.ReceptionSession, public: bool, actor: Actor) -> tuple[str, str]:
    """The session's state as a word and its colour."""
    if row.is_cancelled:
        return gettext("已取消"), "late"
    if row.leader_id is None:
        return gettext("缺领导"), "late"
    if row.held_on < actor.today:
        return gettext("已过"), "wait"
    return (gettext("已公示"), "ok") if public else (gettext("未公示"), "soon")


def public_uids() -> set[str]:
    """The sessions of this month and later that the public can see; read once a request."""
    if "public_uids" not in g:
        g.public_uids = {one.line["uid"] for one in published.lines(db.session(), current_actor().today)}
    found: set[str] = g.public_uids
    return found


def who_cell(row: m.ReceptionSession) -> Cell:
    original = gettext("原：%(name)s", name=row.original_leader.name) if row.original_leader else ""
    return Cell(show(row.leader) or gettext("（缺领导）"), sub=original)


def day_cell(row: m.ReceptionSession) -> Cell:
    return Cell(long_day(row.held_on, current_actor().today.year), sub=hours_text(row.starts, row.ends), kind="code")


def _cancel(session: Any, actor: Actor, row: m.ReceptionSession, said: dict[str, Any]) -> None:
    receptions.cancel(session, actor, row, said["reason"])


def _restore(session: Any, actor: Actor, row: m.ReceptionSession, _said: dict[str, Any]) -> None:
    receptions.restore(session, actor, row)


def _record(session: Any, actor: Actor, row: m.ReceptionSession, said: dict[str, Any]) -> str:
    record = records.add(session, actor, row, said)
    return gettext("已登记：%(name)s。", name=records.shown_name(record))


def may_record(row: m.ReceptionSession, actor: Actor) -> bool:
    """Has the session begun, and is it this actor's to write on?"""
    own = actor.role not in LEADERS or row.leader_id == actor.leader_id
    return own and not row.is_cancelled and row.leader_id is not None and row.held_on <= actor.today


ACTIONS = (
    Action(
        "record", "登记来访人", "reception_record.edit", _record, reception_records.NEEDS,
        is_shown=may_record, after=lambda row: url_for("reception_session.details_view", id=row.id) + "#entry",
    ),
    *swap_asking.SESSION_ACTIONS,
    Action(
        "cancel", "取消本场", "reception_session.edit", _cancel, (Need("reason", "取消理由", limit=200),),
        is_shown=lambda row, _actor: not row.is_cancelled and not receptions.has_records(db.session(), row),
        kind="no", help="已公示的场次取消后请重新公示。",
    ),
    Action(
        "restore", "恢复本场", "reception_session.edit", _restore,
        is_shown=lambda row, _actor: row.is_cancelled, confirm="恢复后这一场重新列入日程，确定吗？",
    ),
)  # fmt: skip


class SessionView(DeskView):
    """接访场次."""

    title, group = "接访场次", "接访"
    create_verb = edit_verb = "reception_session.edit"
    create_label, export_verb = "新增场次", "reception_session.export"
    details_template = "reception_session.html"
    searchable, search_hint = True, "领导、地点"
    columns = (
        Column("held_on", "接访日期", day_cell, sort=m.ReceptionSession.held_on),
        Column("leader", "接访领导", who_cell),
        Column("form", "接访形式", lambda r: Cell(show(r.form), sub=show(r.companion_unit))),
        Column("place", "接访地点", lambda r: r.place or ""),
        Column("cadre", "信访干部", lambda r: r.cadre or ""),
        Column("moved", "原定日期", lambda r: show(r.moved_from), shown=False),
        Column("state", "状态", lambda r: tagged(*state_of(r, r.uid in public_uids(), current_actor()))),
    )
    filters = (
        Filter("held", "接访日期", between(m.ReceptionSession.held_on), kind="dates"),
        Filter("leader", "接访领导", equals(m.ReceptionSession.leader_id), leader_options),
        Filter("form", "接访形式", equals(m.ReceptionSession.form), words(SessionForm)),
    )
    tabs = (
        Tab(
            "coming",
            "今天以后",
            lambda s, a: s.where(m.ReceptionSession.held_on >= a.today, m.ReceptionSession.cancelled_reason.is_(None)),
        ),
        Tab("running", "全部", lambda s, _a: s.where(m.ReceptionSession.cancelled_reason.is_(None))),
        Tab(
            "mine",
            "我的",
            lambda s, a: s.where(
                m.ReceptionSession.leader_id == (a.leader_id or 0), m.ReceptionSession.cancelled_reason.is_(None)
            ),
        ),
        Tab("cancelled", "已取消", lambda s, _a: s.where(m.ReceptionSession.cancelled_reason.is_not(None))),
    )
    list_options = (*receptions.SHOWN, joinedload(m.ReceptionSession.companion_unit))
    fieldsets = (
        ("场次", ("held_on", "starts", "ends", "leader_id", "told_on", "form", "place")),
        ("陪同", ("companion_unit_id", "companion_told_on", "delegates", "cadre", "note")),
    )
    actions = ACTIONS
    form_widget_args = {"starts": {"type": "time"}, "ends": {"type": "time"}}
    form_args = {
        "told_on": {"description": lazy_gettext("告诉领导本人这一场的日期；换了人或改了日子会自动清空。")},
        "companion_unit_id": {"description": lazy_gettext("由接访领导选定，提前通知。")},
        "delegates": {"description": lazy_gettext("应邀参加的人大代表、政协委员、律师等，写姓名和身份。")},
    }

    def default_order(self) -> list[Any]:
        return [m.ReceptionSession.held_on, m.ReceptionSession.starts]

    def search(self, statement: Any, text: str) -> Any:
        leader = m.ReceptionSession.leader.has(m.Leader.name.contains(text, autoescape=True))
        return statement.where(sa.or_(leader, m.ReceptionSession.place.contains(text, autoescape=True)))

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method != "POST":
            today = current_actor().today
            form.held_on.data = to_date(request.args.get("held_on", "")) or today
            form.starts.data, form.ends.data = "09:00", "11:30"
            form.place.data = settings.get(db.session(), "reception_place", today)
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if row.id is None:
            return receptions.add(db.session(), actor, values)
        return receptions.change(db.session(), actor, row, values)

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return not row.is_cancelled

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext("新增场次")
        return f"{long_day(row.held_on, current_actor().today.year)} {row.leader.name if row.leader else gettext('（缺领导）')}"

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """The visitor's form stands on the page itself; the desk plate is printed from here."""
        entry = url_for("reception_session.do_view", row_id=row.id, verb="record")
        found = [button for button in super().row_actions(row) if button["url"] != entry]
        if row.leader is not None and not row.is_cancelled:
            url = url_for("session_paper.plate", row_id=row.id)
            found.append({"label": gettext("打印挂牌"), "url": url, "new_tab": True})
        return found

    def prefill(self, _row: Any, _action: Action, form: Any) -> None:
        if "people_count" in form:
            reception_records.set_defaults(form)

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        context = super().details(row)
        word, kind = state_of(row, published.is_public(session, row), actor)
        checks = [] if row.is_cancelled else roster_checks.check_day(session, row)
        context["screen"] |= {
            "tags": [{"text": word, "kind": kind}],
            "facts": [{"title": gettext("场次"), "items": facts(row, actor)}],
            "checks": [wording.said(text) for text in checks],
            "month_url": url_for("roster.index", month=month_of(row.held_on)),
        }
        swapped = {"swaps": swaps_page.cards(swaps.of(session, row))}
        return context | appointment_parts.on_session(row) | swapped | recording(row, actor)


def facts(row: Any, actor: Actor) -> list[dict[str, Any]]:
    """The labelled facts of a session."""
    year = actor.today.year
    items = [
        {
            "label": gettext("接访领导"),
            "text": show(row.leader) or gettext("（缺领导）"),
            "sub": original_text(row),
        },
        {"label": gettext("分管工作"), "text": (row.leader.division or "") if row.leader else ""},
        {"label": gettext("接访日期"), "text": long_day(row.held_on, year), "num": True},
        {"label": gettext("时间"), "text": hours_text(row.starts, row.ends), "num": True},
        {"label": gettext("接访形式"), "text": show(row.form)},
        {"label": gettext("接访地点"), "text": row.place or ""},
        {"label": gettext("告知领导"), **told_text(row.told_on, row.leader_id)},
        {"label": gettext("陪访部门"), "text": show(row.companion_unit)},
        {"label": gettext("通知陪访部门"), **told_text(row.companion_told_on, row.companion_unit_id)},
        {"label": gettext("邀请代表"), "text": row.delegates or ""},
        {"label": gettext("信访干部"), "text": row.cadre or ""},
        {"label": gettext("来自规则"), "text": show(row.rule) or gettext("人工新增")},
        {"label": gettext("备注"), "text": row.note or ""},
    ]
    if row.moved_from:
        moved = roster_checks.moved_text(db.session(), row, year)
        items.append({"label": gettext("日期由来"), "text": wording.said(moved), "wide": True})
    if row.is_cancelled:
        items.append({"label": gettext("取消理由"), "text": row.cancelled_reason, "wide": True})
    return items


def recording(row: Any, actor: Actor) -> dict[str, Any]:
    """The records of a session, and what its reader may enter there."""
    entry = may(actor, "reception_record.edit") and may_record(row, actor)
    sees = may(actor, "reception_record.list")
    has_sheet = entry and may(actor, "reception_record.register")
    return {
        "records": records.of_session(db.session(), actor, row) if sees else [],
        "sees_records": sees,
        "record_url": lambda record: url_for("reception_record.details_view", id=record.id),
        "shown_name": records.shown_name,
        "entry": reception_records.entry_form() if entry else None,
        "entry_names": reception_records.ENTRY,
        "sheet_url": url_for("reception_desk.sheet", session_id=row.id) if has_sheet else "",
    }


def told_text(told: Any, who: int | None) -> dict[str, Any]:
    """The day somebody was told, or that it is still to be done."""
    if told is None and who is not None:
        return {"text": "", "tag": {"text": gettext("还没有告知"), "kind": "soon"}}
    return {"text": show(told), "num": True}


def original_text(row: m.ReceptionSession) -> str:
    return gettext("原：%(name)s", name=str(row.original_leader)) if row.original_leader else ""


def views() -> list[Any]:
    return [SessionView(m.ReceptionSession)]
