"""工作日历: a year's exceptional days on one page; every change lists what it moves before it is confirmed (D2)."""

import io
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask_admin import expose
from flask_babel import gettext

from admin_views.base import Page, current_actor
from admin_views.calendar_change import change_screen
from admin_views.listing import to_date
from admin_views.wording import lunar_label, said, short_weekday
from models import db
from rules.access import may
from rules.calendar_days import days_of_year
from rules.words import DayKind, RuleBroken
from services import calendar_change, calendar_tables, calendars, gate
from services.calendar_change import Plan, Proposal
from services.workbook_out import Column, TableSheet, write_table


class CalendarPage(Page):
    """One year at a glance; a pasted notice, a table or one day changes it."""

    verbs = {"index": "calendar.list", "sheet": "calendar.list"} | dict.fromkeys(
        ("set_day", "publish", "take_in", "confirm"), "calendar.edit"
    )

    @expose("/")
    def index(self) -> Any:
        return self._page(200)

    def _page(self, status: int, error: str = "") -> Any:
        actor = current_actor()
        year = year_in(request.values.get("year", "")) or actor.today.year
        found = calendars.load(db.session())
        months: dict[int, list[dict[str, Any]]] = {}
        for day in days_of_year(year):
            cell = {"day": day, "info": found.info(day), "is_today": day == actor.today}
            months.setdefault(day.month, []).append(cell)
        page = self.render(
            "calendar.html",
            year=year,
            months=months,
            weekday=short_weekday,
            lunar=lunar_label,
            kinds=list(DayKind),
            provisional=year not in calendars.published_years(db.session()),
            may_edit=may(actor, "calendar.edit"),
            error=error,
            text=request.form.get("text", "")[: calendar_tables.LONGEST_TEXT],
        )
        return page, status

    @expose("/sheet.xlsx")
    def sheet(self) -> Any:
        """The year's days as a table to change and upload again."""
        year = year_in(request.args.get("year", "")) or current_actor().today.year
        heads = [Column(key, key) for key in ("日期", "星期", "种类", "说明")]
        rows = calendar_tables.table_rows(db.session(), year)
        out = io.BytesIO()
        write_table(out, TableSheet(heads, [dict(zip((h.key for h in heads), row, strict=True)) for row in rows]))
        out.seek(0)
        return send_file(out, as_attachment=True, download_name=f"{year}年放假安排.xlsx")

    @expose("/take-in", methods=("POST",))
    def take_in(self) -> Any:
        """The pasted notice or the uploaded table, with everything it moves; nothing is saved yet."""
        return self._proposed(self._asked)

    def _asked(self) -> Proposal:
        session, upload = db.session(), request.files.get("file")
        if upload is not None and upload.filename:
            return calendar_tables.from_table(session, upload.stream, upload.filename)
        text = request.form.get("text", "").strip()
        if not text:
            raise RuleBroken("放假通知：请粘贴通知全文，或选择一个表格。", "text")
        return calendar_tables.from_notice(session, text, year_in(request.form.get("year", "")))

    @expose("/day", methods=("POST",))
    def set_day(self) -> Any:
        """One day; at once when it moves nothing, else shown first."""
        day, kind = to_date(request.form.get("day", "")), request.form.get("kind", "")
        if day is None or kind not in {word.value for word in DayKind}:
            return self._page(422, gettext("日期或种类：请重新选择。"))
        note = request.form.get("note", "").replace("\x00", "").strip()[:60]
        return self._proposed(lambda: calendar_tables.from_one_day(day, DayKind(kind), note), at_once=True)

    @expose("/publish", methods=("POST",))
    def publish(self) -> Any:
        year = year_in(request.form.get("year", ""))
        if year is None:
            return self._page(422, gettext("年份：请重新选择。"))
        source = gettext("本办确认")
        return self._proposed(lambda: calendar_tables.from_year(db.session(), year, source), at_once=True)

    def _proposed(self, read: Callable[[], Proposal], *, at_once: bool = False) -> Any:
        """Show what a proposal does; `at_once` saves one that moves nothing."""
        try:
            proposal = read()
            plan = calendar_change.plan(db.session(), current_actor(), proposal)
        except RuleBroken as no:
            return self._page(422, said(no.message))
        return self._save(proposal, plan.digest) if at_once and not plan.moves else self._shown(plan)

    def _shown(self, plan: Plan, status: int = 200, error: str = "") -> Any:
        year = min(plan.proposal.publish, default=min(plan.proposal.days, default=current_actor().today).year)
        screen = change_screen(plan)
        packed = calendar_tables.packed(plan.proposal)
        return self.render("calendar_change.html", plan=plan, packed=packed, year=year, error=error, **screen), status

    @expose("/confirm", methods=("POST",))
    def confirm(self) -> Any:
        """What was shown, saved in one transaction; shown again when it would do something else by now."""
        try:
            proposal = calendar_tables.unpacked(request.form.get("proposal", ""))
        except RuleBroken as no:
            return self._page(422, said(no.message))
        return self._save(proposal, request.form.get("digest", ""))

    def _save(self, proposal: Proposal, digest: str) -> Any:
        session, actor = db.session(), current_actor()
        try:
            done = calendar_change.apply(session, actor, proposal, digest)
        except RuleBroken as no:
            db.session.rollback()
            return self._shown(calendar_change.plan(session, actor, proposal), 409, said(no.message))
        db.session.commit()
        flash(
            gettext(
                "已保存。改动了 %(days)s 天，%(moves)s 项随之变动。", days=len(done.changes), moves=len(done.moves)
            ),
            "success",
        )
        for month in done.months:
            flash(gettext("%(month)s 的公示需要重新发布。", month=month), "warning")
        year = min(proposal.publish, default=min(proposal.days, default=actor.today).year)
        return redirect(url_for("calendar.index", year=year))


def year_in(text: str) -> int | None:
    """The year a text says, from 2000 to 2099, or None."""
    year = gate.id_in(text)
    return year if year is not None and 2000 <= year <= 2099 else None


def views() -> list[Any]:
    return [CalendarPage(name="工作日历", endpoint="calendar", url="/admin/calendar")]
