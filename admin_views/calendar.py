"""工作日历: a year's exceptional days on one page; editing one recomputes what is open and lists what moved (D2)."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views.base import Page, current_actor
from admin_views.listing import to_date
from admin_views.wording import lunar_label, said, short_weekday
from models import db
from rules.access import may
from rules.calendar_days import days_of_year
from rules.words import DayKind, RuleBroken
from services import calendars, clocks, gate


class CalendarPage(Page):
    """One year at a glance; a click sets a day's kind."""

    verbs = {"index": "calendar.list", "set_day": "calendar.edit", "publish": "calendar.edit"}

    @expose("/")
    def index(self) -> Any:
        return self._page(200)

    def _page(self, status: int, error: str = "") -> Any:
        actor = current_actor()
        text = request.values.get("year", "")
        year = year_in(text) or actor.today.year
        found = calendars.load(db.session())
        months: dict[int, list[dict[str, Any]]] = {}
        for day in days_of_year(year):
            info = found.info(day)
            cell = {"day": day, "info": info, "is_today": day == actor.today}
            months.setdefault(day.month, []).append(cell)
        provisional = found.info(date(year, 7, 1)).provisional
        page = self.render(
            "calendar.html",
            year=year,
            months=months,
            weekday=short_weekday,
            lunar=lunar_label,
            kinds=list(DayKind),
            provisional=provisional,
            may_edit=may(actor, "calendar.edit"),
            error=error,
        )
        return page, status

    @expose("/day", methods=("POST",))
    def set_day(self) -> Any:
        day = to_date(request.form.get("day", ""))
        kind = request.form.get("kind", "")
        if day is None or kind not in {word.value for word in DayKind}:
            return self._page(422, gettext("日期或种类：请重新选择。"))
        try:
            moved = set_kind(day, DayKind(kind), request.form.get("note", "").strip()[:60])
        except RuleBroken as no:
            db.session.rollback()
            return self._page(422, said(no.message))
        db.session.commit()
        flash(gettext("已保存。重新计算了 %(count)s 个期限。", count=len(moved)), "success")
        return redirect(url_for("calendar.index", year=day.year))

    @expose("/publish", methods=("POST",))
    def publish(self) -> Any:
        text = request.form.get("year", "")
        if year_in(text) is None:
            return self._page(422, gettext("年份：请重新选择。"))
        if not db.session.query(m.CalendarYear).filter_by(year=int(text)).count():
            db.session.add(m.CalendarYear(year=int(text), source=gettext("本办确认")))
        db.session.flush()
        moved = clocks.recompute_all(db.session())
        db.session.commit()
        flash(
            gettext("%(year)s 年放假安排已确认。重新计算了 %(count)s 个期限。", year=text, count=len(moved)), "success"
        )
        return redirect(url_for("calendar.index", year=text))


def year_in(text: str) -> int | None:
    """The year a text says, from 2000 to 2099, or None."""
    year = gate.id_in(text)
    return year if year is not None and 2000 <= year <= 2099 else None


def set_kind(day: date, kind: DayKind, note: str) -> list[Any]:
    """Set one day; a plain weekday or weekend needs no row. Returns the clocks that moved."""
    session = db.session()
    row = session.query(m.CalendarDay).filter_by(day=day).one_or_none()
    natural = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY
    if kind == natural and not note:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(m.CalendarDay(day=day, kind=kind, note=note))
    else:
        row.kind, row.note = kind, note
    session.flush()
    return clocks.recompute_all(session)


def views() -> list[Any]:
    return [CalendarPage(name="工作日历", endpoint="calendar", url="/admin/calendar")]
