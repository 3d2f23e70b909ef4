"""值班: the month at a glance, made from the duty rules, with the on-call list; printed as the office posts it (D9)."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export, wording
from admin_views.base import Page, current_actor, show
from admin_views.roster import asked_month, new_day, passed_words, spans_of
from admin_views.roster_month import REST_WORDS, note_of, rule_line
from models import db
from rules.access import Actor, may
from rules.roster_period import Period, month_of, span
from rules.session_hours import hours_text
from rules.words import DayKind, RuleBroken
from services import calendars, duties, duty_table, on_call, settings


class DutyPage(Page):
    """One month of duty days; a click on a day adds one, on a duty opens it."""

    verbs = {
        "index": "duty_day.list",
        "make": "duty_day.edit",
        "print_view": "duty_day.list",
        "export": "duty_day.export",
    }

    @expose("/")
    def index(self) -> Any:
        return self.month_page(asked_month(request.args.get("month")), 200)

    def month_page(self, asked: Period, status: int, error: str = "") -> Any:
        actor, session = current_actor(), db.session()
        rows = duties.between(session, asked.first, asked.last)
        rules = duties.rules_in_use(session)
        page = self.render(
            "duty.html",
            asked=asked,
            error=error,
            days=days_of(asked, rows, {hours_of(rule) for rule in rules}, actor),
            weekdays=wording.weekday_heads(),
            notes=duty_table.notes(session, actor, rows, asked),
            counts=duty_table.counts(session, actor, asked),
            rules=[rule_line(rule) | {"sub": hours_of(rule)} for rule in rules],
            staff=settings.lines(session, "duty_staff", actor.today),
            people=[(one, on_call.post(one)) for one in on_call.active(session)],
            count=len(rows),
            spans=spans_of(asked),
            actions=actions_of(asked, actor),
            may_edit=may(actor, "duty_day.edit"),
            may_read=may(actor, "reception_rule.list"),
            may_set=may(actor, "setting.edit"),
        )
        return page, status

    @expose("/make", methods=("POST",))
    def make(self) -> Any:
        """Make or remake a month, half-year or year; a person's own changes stay."""
        try:
            asked = span(request.form.get("period", ""))
            made = duties.make(db.session(), current_actor(), asked)
        except RuleBroken as no:
            db.session.rollback()
            return self.month_page(asked_month(request.form.get("month")), 422, wording.said(no.message))
        db.session.commit()
        flash(made_words(asked, made), "success")
        month = request.form.get("month") or month_of(max(asked.first, current_actor().today))
        return redirect(url_for("duty_roster.index", month=month))

    @expose("/print")
    def print_view(self) -> Any:
        """值班表 of a month with the on-call list under it."""
        actor, session = current_actor(), db.session()
        asked = asked_month(request.args.get("month"))
        rows = duties.between(session, asked.first, asked.last)
        return self.render(
            "paper/duty.html",
            asked=asked,
            columns=duty_table.COLUMNS,
            lines=duty_table.lines(session, actor, rows),
            people=[(one, on_call.post(one)) for one in on_call.active(session)],
            office=settings.get(session, "office_name", actor.today),
            back=url_for("duty_roster.index", month=asked.key),
        )

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """The month's 值班表 as Excel or Word."""
        export.check_form(export_type)
        actor, asked = current_actor(), asked_month(request.args.get("month"))
        made = duty_table.sheet(db.session(), actor, asked)
        return export.answer("duty_day", made.title, lambda: made, conditions=asked.label, form=export_type)


def made_words(asked: Period, made: duties.Made) -> str:
    """What making the roster did, and whom it passed over."""
    said = gettext(
        "%(period)s：新增 %(created)s 天，重排 %(updated)s 天，保留 %(kept)s 天，取消 %(dropped)s 天。",
        period=wording.period_label(asked),
        created=made.created, updated=made.updated, kept=made.kept, dropped=made.dropped,
    )  # fmt: skip
    if made.passed:
        said += gettext("按顺序跳过、随后补上：%(who)s。", who=wording.listed(passed_words(made), "；"))
    if made.gaps:
        said += gettext("%(count)s 天没有领导能值班，请人工安排。", count=made.gaps)
    return said


def hours_of(row: m.ReceptionRule | m.DutyDay) -> str:
    return hours_text(row.starts, row.ends)


def days_of(asked: Period, rows: list[m.DutyDay], usual: set[str], actor: Actor) -> list[dict[str, Any]]:
    """The cells of the calendar, Monday first, with blanks around; hours are said where they are not the only `usual` ones."""
    held: dict[date, list[m.DutyDay]] = {}
    for row in rows:
        held.setdefault(row.held_on, []).append(row)
    count = (asked.last - asked.first).days + 1
    cells = [cell(asked.first + timedelta(days=n), held, usual, actor) for n in range(count)]
    before = asked.first.weekday()
    return [{"kind": "blank"}] * before + cells + [{"kind": "blank"}] * (-(before + count) % 7)


def cell(day: date, held: dict[date, list[m.DutyDay]], usual: set[str], actor: Actor) -> dict[str, Any]:
    """One day: lunar label or holiday, rest or not, who is on duty."""
    info = calendars.load(db.session()).info(day)
    word = REST_WORDS.get(info.kind, "")
    may_add = may(actor, "duty_day.edit") and day >= actor.today and day not in held
    return {
        "day": day.day,
        "date": day.isoformat(),
        "name": wording.long_day(day),
        "add": gettext("%(day)s 新增值班日", day=wording.long_day(day)),
        "weekday": wording.weekday(day),
        "note": f"{gettext(word)} {note_of(info)}".strip() if word else wording.lunar_label(day),
        "rest": info.kind in (DayKind.HOLIDAY, DayKind.SHIFTED_REST),
        "kind": "off" if info.is_rest else "",
        "today": day == actor.today,
        "url": url_for("duty_day.create_view", held_on=day.isoformat()) if may_add else None,
        "slots": [slot(row, usual, actor) for row in held.get(day, ())],
    }


def slot(row: m.DutyDay, usual: set[str], actor: Actor) -> dict[str, Any]:
    """A duty inside its day: the leader, under it staff and unusual hours; 推定 and a change by hand are said."""
    sub = [row.staff or "", hours_of(row) if usual != {hours_of(row)} else ""]
    if row.turn_leader is not None and row.turn_leader_id != row.leader_id:
        sub.append(gettext("轮到：%(name)s", name=row.turn_leader.name))
    if row.is_provisional:
        sub.append(gettext("推定"))
    return {
        "who": row.leader.name if row.leader else gettext("（缺领导）"),
        "sub": " ".join(filter(None, sub)),
        "kind": slot_kind(row, actor),
        "url": url_for("duty_day.details_view", id=row.id),
        "title": show(row.leader),
    }


def slot_kind(row: m.DutyDay, actor: Actor) -> str:
    """The colour of a duty in the calendar."""
    if row.leader is None:
        return "late"
    if row.held_on < actor.today:
        return "done"
    return "swap" if row.is_by_hand else ""


def actions_of(asked: Period, actor: Actor) -> list[dict[str, Any]]:
    """The buttons in the head: months before and after, print, the sheets, a day by hand."""
    found: list[dict[str, Any]] = [month_link(asked.previous, "‹ %s"), month_link(asked.following, "%s ›")]
    paper = url_for("duty_roster.print_view", month=asked.key)
    found.append({"label": gettext("打印值班表"), "url": paper, "new_tab": True})
    if may(actor, "duty_day.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        for kind, label in (("xlsx", gettext("导出 Excel")), ("docx", gettext("导出 Word"))):
            url = url_for("duty_roster.export", export_type=kind, month=asked.key)
            found.append({"label": label, "url": url, "ask_reason": ask})
    if may(actor, "duty_day.edit"):
        url = url_for("duty_day.create_view", held_on=new_day(asked, actor))
        found.append({"label": gettext("新增值班日"), "url": url})
    return found


def month_link(key: str, pattern: str) -> dict[str, Any]:
    label = wording.short_month(span(key).first)
    return {"label": pattern.replace("%s", label), "url": url_for("duty_roster.index", month=key)}


def views() -> list[Any]:
    return [DutyPage(name="值班", endpoint="duty_roster", url="/admin/duty_roster")]
