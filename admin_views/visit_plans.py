"""下访计划 and 下访天数: visits proposed from the rules and before holidays; every leader's days against the minimum (E1)."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

from admin_views import export, wording
from admin_views.base import Page, current_actor
from admin_views.roster import rule_line
from models import db
from rules import visits as rules
from rules.access import may
from rules.roster_period import FIRST_YEAR, LAST_YEAR, half_of, span
from rules.words import RuleBroken
from services import calendars, gate, visit_days, visit_plans


class PlanPage(Page):
    """生成下访计划: choose a period, with or without the visits before holidays."""

    verbs = {"index": "visit.plan", "make": "visit.plan"}

    @expose("/")
    def index(self) -> Any:
        return self.page(200)

    def page(self, status: int, error: str = "") -> Any:
        today, session = current_actor().today, db.session()
        until = span(choices(today)[-1]).last
        eves = rules.eves(today, until, calendars.load(session))
        shown = self.render(
            "visit_plan.html",
            error=error,
            periods=[(key, wording.period_label(span(key))) for key in choices(today)],
            chosen=request.form.get("period", ""),
            before=bool(request.form.get("before_holidays")),
            rules=[rule_line(rule) for rule in visit_plans.rules(session)],
            eves=[eve_line(eve, today.year) for eve in eves],
            may_rule=may(current_actor(), "reception_rule.edit"),
        )
        return shown, status

    @expose("/make", methods=("POST",))
    def make(self) -> Any:
        """Make or remake the plan of a period; what a person planned or changed stays."""
        session = db.session()
        try:
            asked = span(request.form.get("period", ""))
            before = bool(request.form.get("before_holidays"))
            made = visit_plans.generate(session, current_actor(), asked, before_holidays=before)
        except RuleBroken as no:
            session.rollback()
            return self.page(422, wording.said(no.message))
        session.commit()
        flash(counted(asked, made), "success")
        if made.nobody:
            flash(gettext("有 %(count)s 天领导都有安排，没有列入，请人工新增。", count=made.nobody), "warning")
        chip = {"month": asked.key} if asked.is_month else {"from": f"{asked.first}..{asked.last}"}
        return redirect(url_for("visit.index_view", tab="planned", **chip))


def counted(asked: Any, made: visit_plans.Made) -> str:
    """What making the plan did."""
    counts = {"created": made.created, "updated": made.updated, "kept": made.kept, "dropped": made.dropped}
    return gettext(
        "%(period)s：新增 %(created)s 次下访，重排 %(updated)s 次，保留 %(kept)s 次，取消 %(dropped)s 次。",
        period=wording.period_label(asked),
        **counts,
    )


def choices(today: date) -> list[str]:
    """This month and the next three, this half-year and the next."""
    first = today.year * 12 + today.month - 1
    months = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(first, first + 4)]
    half = half_of(today)
    following = f"{today.year}-H2" if half.endswith("1") else f"{today.year + 1}-H1"
    return [*months, half, following]


def eve_line(eve: rules.Eve, year: int) -> str:
    """元旦：12月25日 星期五 至 12月31日 星期四."""
    first, last = (wording.long_day(day, year) for day in (eve.days[0], eve.days[-1]))
    return gettext("%(holiday)s前：%(first)s 至 %(last)s", holiday=wording.said(eve.holiday), first=first, last=last)


class DaysPage(Page):
    """下访天数: done, planned, required, short, for every leader."""

    verbs = {"index": "visit.days", "export": "visit_days.export"}

    @expose("/")
    def index(self) -> Any:
        actor, year = current_actor(), asked_year()
        head, rows = [
            heads(),
            [cells(line, may(actor, "visit.list"), year) for line in visit_days.table(db.session(), year)],
        ]
        actions = [year_link(year - 1, f"‹ {year - 1}"), year_link(year + 1, f"{year + 1} ›")]
        if may(actor, "visit_days.export"):
            url = url_for("visit_days.export", year=year)
            ask = gettext("请写明导出理由，会记入审计。")
            actions.append({"label": gettext("导出 Excel"), "url": url, "ask_reason": ask})
        return self.render(
            "visit_days.html", year=year, head=head, rows=rows, actions=actions, may_list=may(actor, "visit.list")
        )

    @expose("/export/")
    def export(self) -> Any:
        year = asked_year()
        session, actor = db.session(), current_actor()
        title = gettext("%(year)s年领导下访情况表", year=year)
        return export.answer("visit_days", title, lambda: visit_days.sheet(session, actor, year), conditions=str(year))


def asked_year() -> int:
    """The year asked for, else this one; an odd one is not here."""
    text = request.args.get("year") or str(current_actor().today.year)
    year = gate.id_in(text)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise gate.NotHere(gettext("没有这一年的表。"))
    return year


def year_link(year: int, label: str) -> dict[str, Any]:
    return {"label": label, "url": url_for("visit_days.index", year=year)}


def heads() -> list[dict[str, Any]]:
    labels = (
        gettext("已下访天数"),
        gettext("已计划天数"),
        gettext("要求天数"),
        gettext("已下访次数"),
        gettext("要求次数"),
    )
    numbers = [{"label": label, "kind": "num"} for label in labels]
    return [{"label": gettext("领导")}, *numbers, {"label": gettext("最近一次")}, {"label": gettext("是否达标")}]


def cells(line: visit_days.Line, may_list: bool, year: int) -> dict[str, Any]:
    """One leader's row; a click shows his visits of the year."""
    days, times = line.days, line.visits
    url = url_for("visit.index_view", tab="all", leader=line.leader.id, **{"from": f"{year}-01-01..{year}-12-31"})
    numbers = [days.done, days.planned, days.required or "—", times.done, times.required or "—"]
    return {
        "url": url if may_list else "",
        "cells": [
            {"text": line.leader.name, "sub": line.leader.title},
            *({"text": number, "kind": "num"} for number in numbers),
            {"text": line.last_on.isoformat() if line.last_on else ""},
            {"text": "", "tag": verdict(days, times)},
        ],
    }


def verdict(days: visit_days.Amount, times: visit_days.Amount) -> dict[str, str]:
    """Reached, reached once the planned ones are made, or how much is missing."""
    if not days.required and not times.required:
        return {"text": gettext("没有要求"), "kind": "wait"}
    if not days.short and not times.short:
        return {"text": gettext("已达标"), "kind": "ok"}
    short = [gettext("还差 %(count)s 天", count=days.short)] if days.short else []
    short += [gettext("还差 %(count)s 次", count=times.short)] if times.short else []
    if not days.unplanned and not times.unplanned:
        return {"text": gettext("%(short)s，已有计划", short=wording.listed(short)), "kind": "now"}
    return {"text": wording.listed(short), "kind": "soon"}


def views() -> list[Any]:
    return [
        PlanPage(name="下访计划", endpoint="visit_plan", url="/admin/visit_plan"),
        DaysPage(name="下访天数", endpoint="visit_days", url="/admin/visit_days"),
    ]
