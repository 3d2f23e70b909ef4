"""接访日程: the month calendar — who receives when, what is wrong, made from the rules, printed as the office posts it (D3, D10)."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import Page, current_actor, show
from admin_views.receptions import state_of
from admin_views.rule_english import rule_words
from models import db
from rules.access import Actor, may
from rules.roster_period import Period, month_of, period
from rules.session_hours import hours_text
from rules.words import DayKind, RuleBroken
from services import calendars, published, reception_rules, receptions, roster_checks, roster_table, rosters, settings

REST_WORDS = {DayKind.HOLIDAY: "休", DayKind.SHIFTED_REST: "休", DayKind.MAKEUP: "班"}


class RosterPage(Page):
    """One month at a glance; a click on a day adds a session, on a session opens it."""

    verbs = {"index": "reception_session.list", "make": "reception_session.edit", "table": "reception_session.list"}

    @expose("/")
    def index(self) -> Any:
        return self.month_page(asked_month(request.args.get("month")), 200)

    def month_page(self, asked: Period, status: int, error: str = "") -> Any:
        actor, session = current_actor(), db.session()
        rows = receptions.between(session, asked.first, asked.last)
        page = self.render(
            "roster.html",
            asked=asked,
            error=error,
            days=days_of(asked, rows, actor),
            weekdays=wording.weekday_heads(),
            notes=roster_checks.notes(session, rows, asked),
            turns=roster_checks.turns(session, asked),
            rules=[rule_line(rule) for rule in reception_rules.active(session)],
            notice=published.for_month(session, asked),
            count=len(rows),
            may_edit=may(actor, "reception_session.edit"),
            may_read=may(actor, "reception_rule.list"),
            may_publish=may(actor, "notice.publish"),
            actions=actions_of(asked, actor),
            year=asked.first.year,
        )
        return page, status

    @expose("/make", methods=("POST",))
    def make(self) -> Any:
        """Make or remake a month or a year; a person's own changes stay."""
        try:
            asked = period(request.form.get("period", ""))
            made = rosters.generate(db.session(), current_actor(), asked)
        except RuleBroken as no:
            db.session.rollback()
            return self.month_page(asked_month(request.form.get("month")), 422, wording.said(no.message))
        db.session.commit()
        counts = {"created": made.created, "updated": made.updated, "kept": made.kept, "dropped": made.dropped}
        said = gettext(
            "%(period)s：新增 %(created)s 场，重排 %(updated)s 场，保留 %(kept)s 场，取消 %(dropped)s 场。",
            period=wording.period_label(asked),
            **counts,
        )
        flash(said, "success")
        return redirect(url_for("roster.index", month=request.form.get("month") or month_of(asked.first)))

    @expose("/table")
    def table(self) -> Any:
        """领导信访接待日安排表 of a month or a year, to print."""
        actor = current_actor()
        asked = period(request.args.get("period", str(actor.today.year)))
        return self.render(
            "paper/roster_table.html",
            asked=asked,
            made=roster_table.table(db.session(), actor, asked),
            columns=roster_table.COLUMNS,
            office=settings.get(db.session(), "office_name", actor.today),
            back=url_for("roster.index", month=month_of(asked.first)),
        )


def asked_month(text: str | None) -> Period:
    """The month asked for; without one this month. A wrong one is not here."""
    asked = period(text) if text else period(month_of(current_actor().today))
    if not asked.is_month:
        raise RuleBroken(gettext("月份：应为“2026-12”的样子，请改正。"), "month")
    return asked


def days_of(asked: Period, rows: list[m.ReceptionSession], actor: Actor) -> list[dict[str, Any]]:
    """The cells of the calendar, Monday first, with blanks before and after."""
    public = {line["uid"] for line in published.rows_of(n, asked.key)} if (n := notice_of(asked)) else set()
    held: dict[date, list[m.ReceptionSession]] = {}
    for row in rows:
        held.setdefault(row.held_on, []).append(row)
    count = (asked.last - asked.first).days + 1
    cells = [cell(asked.first + timedelta(days=n), held, public, actor) for n in range(count)]
    before = asked.first.weekday()
    return [{"kind": "blank"}] * before + cells + [{"kind": "blank"}] * (-(before + count) % 7)


def notice_of(asked: Period) -> m.Notice | None:
    return published.for_month(db.session(), asked)


def cell(day: date, held: dict[date, list[m.ReceptionSession]], public: set[str], actor: Actor) -> dict[str, Any]:
    """One day: lunar label or holiday, rest or not, its sessions."""
    info = calendars.load(db.session()).info(day)
    word = REST_WORDS.get(info.kind, "")
    add = url_for("reception_session.create_view", held_on=day.isoformat())
    return {
        "day": day.day,
        "weekday": wording.weekday(day),
        "note": f"{gettext(word)} {note_of(info)}".strip() if word else wording.lunar_label(day),
        "rest": info.kind in (DayKind.HOLIDAY, DayKind.SHIFTED_REST),
        "kind": "off" if info.is_rest else "",
        "today": day == actor.today,
        "url": add if may(actor, "reception_session.edit") else None,
        "slots": [slot(row, row.uid in public, actor) for row in held.get(day, ())],
    }


def note_of(info: Any) -> str:
    """The day's name, short enough for its cell."""
    return wording.said(info.note) if wording.is_english() else info.note[:4]


def slot(row: m.ReceptionSession, public: bool, actor: Actor) -> dict[str, Any]:
    """A session inside its day."""
    leader, original = row.leader, row.original_leader
    who = leader.name if leader else gettext("（缺领导）")
    sub = [show(leader.title) if leader else "", hours_text(row.starts, row.ends).partition("–")[0], row.place or ""]
    if original is not None:
        who = f"{original.name} ⇄ {who}"
    if row.moved_from:
        sub.append(gettext("原 %(day)s", day=wording.month_day(row.moved_from)))
    return {
        "who": who,
        "sub": " ".join(filter(None, sub)),
        "kind": slot_kind(row, public, actor),
        "url": url_for("reception_session.details_view", id=row.id),
        "title": state_of(row, public, actor)[0],
    }


def slot_kind(row: m.ReceptionSession, public: bool, actor: Actor) -> str:
    """The colour of a session in the calendar."""
    if row.leader is None:
        return "late"
    if row.held_on < actor.today:
        return "done"
    if row.original_leader is not None:
        return "swap"
    return "moved" if row.moved_from else ""


def rule_line(rule: m.ReceptionRule) -> dict[str, Any]:
    """A rule in the margin: its days in words and its hours."""
    return {
        "words": rule_words(rule.rrule),
        "sub": " · ".join([hours_text(rule.starts, rule.ends), show(rule.on_holiday), show(rule.form)]),
        "url": url_for("reception_rule.details_view", id=rule.id),
    }


def actions_of(asked: Period, actor: Actor) -> list[dict[str, Any]]:
    """The buttons in the head: months before and after, the table, the notice."""
    found = [month_link(asked.previous, "‹ %s"), month_link(asked.following, "%s ›")]
    table = url_for("roster.table", period=str(asked.first.year))
    found.append({"label": gettext("打印安排表"), "url": table, "new_tab": True})
    if may(actor, "notice.publish"):
        label = gettext("公示%(period)s…", period=wording.period_label(asked))
        found.append({"label": label, "url": url_for("notice.create_view", period=asked.key), "primary": True})
    if may(actor, "reception_session.export"):
        span = f"{asked.first.replace(month=1, day=1)}..{asked.first.replace(month=12, day=31)}"
        url, ask = (
            url_for("reception_session.export", export_type="xlsx", tab="running", held=span),
            gettext("请写明导出理由，会记入审计。"),
        )
        found.append({"label": gettext("导出全年安排表"), "url": url, "ask_reason": ask})
    if may(actor, "reception_session.edit"):
        url = url_for("reception_session.create_view", held_on=new_day(asked, actor))
        found.append({"label": gettext("新增场次"), "url": url})
    return found


def month_link(key: str, pattern: str) -> dict[str, Any]:
    label = wording.short_month(period(key).first)
    return {"label": pattern.replace("%s", label), "url": url_for("roster.index", month=key)}


def new_day(asked: Period, actor: Actor) -> str:
    """A day to begin with when a session is added: today, or the month's first day."""
    return (actor.today if asked.first <= actor.today <= asked.last else asked.first).isoformat()


def views() -> list[Any]:
    return [RosterPage(name="接访日程", endpoint="roster", url="/admin/roster")]
