"""公示: a draft with its checks, published as a frozen edition; every edition stays to be seen and printed (D6)."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views.base import DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter
from admin_views.notice_paper import paper_of
from admin_views.wording import change_words, period_label, said
from models import db
from rules.access import Actor
from rules.roster_period import month_of, period
from rules.words import RuleBroken
from services import gate, notice_changes, notices


def _year(statement: Any, value: str) -> Any:
    return statement.where(m.Notice.period.startswith(value[:4], autoescape=True))


class NoticeView(DeskView):
    """公示."""

    title, group = "公示", "接访"
    create_verb, create_label = "notice.publish", "公示日程"
    create_template, details_template = "notice_draft.html", "notice.html"
    verbs = {"print_view": "notice.list"}
    columns = (
        Column("number", "公示编号", lambda n: Cell(n.number, kind="code"), sort=m.Notice.id),
        Column("period", "期间", lambda n: period_label(period(n.period))),
        Column("edition", "版次", lambda n: gettext("第 %(edition)s 版", edition=n.edition), kind="num"),
        Column("rows", "场次", lambda n: str(len(n.body["rows"])), kind="num"),
        Column("published_on", "公示日期", lambda n: show(n.published_on), sort=m.Notice.published_on),
    )
    filters = (Filter("year", "年份", _year, kind="text"),)
    fact_groups = (("公示", ("number",)),)

    def default_order(self) -> list[Any]:
        return [m.Notice.id.desc()]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """GET shows the draft with its checks; POST publishes it."""
        actor = current_actor()
        text = request.values.get("period") or month_of(actor.today)
        if request.method == "POST":
            try:
                notice = notices.publish(db.session(), actor, period(text))
            except RuleBroken as no:
                db.session.rollback()
                if isinstance(no, gate.Forbidden):
                    raise
                return self._draft_page(actor, text, 422, said(no.message))
            db.session.commit()
            flash(
                gettext("已公示：%(number)s，第 %(edition)s 版。", number=notice.number, edition=notice.edition),
                "success",
            )
            return redirect(self.row_url(notice))
        return self._draft_page(actor, text, 200)

    def _draft_page(self, actor: Actor, text: str, status: int, error: str = "") -> Any:
        try:
            asked = period(text)
        except RuleBroken as no:
            asked, status, error = period(month_of(actor.today)), 422, said(no.message)
        draft = notices.draft(db.session(), actor, asked)
        screen = {
            "title": gettext("公示%(period)s日程", period=period_label(asked)),
            "crumb": self.crumb(),
            "actions": [],
        }
        page = self.render(
            "notice_draft.html", screen=screen, draft=draft, asked=asked, error=error, table=table_of(draft.body["rows"]),
            changes=changes_of(draft.body),
            month_url=url_for("roster.index", month=month_of(asked.first)),
        )  # fmt: skip
        return page, status

    def details(self, row: Any) -> dict[str, Any]:
        context, asked = super().details(row), period(row.period)
        editions = notices.editions(db.session(), row.period)
        actions = [{"label": gettext("打印"), "url": url_for("notice.print_view", row_id=row.id), "new_tab": True}]
        if asked.is_month:
            address = url_for("pages.schedule_of", month=row.period)
            actions.append({"label": gettext("看公开页面"), "url": address, "new_tab": True})
        actions.append({"label": gettext("海报"), "url": url_for("pages.schedule_poster"), "new_tab": True})
        actions.append({"label": gettext("大厅屏幕"), "url": url_for("pages.schedule_lobby"), "new_tab": True})
        title = gettext("%(period)s公示 第 %(edition)s 版", period=period_label(asked), edition=row.edition)
        context["screen"] |= {"title": title, "actions": actions}
        more = {
            "body": row.body,
            "table": table_of(row.body["rows"]),
            "changes": changes_of(row.body),
            "is_newest": editions[0] is row,
            "published_text": f"{show(row.published_on)} {row.published_at.astimezone(current_app.config['DESK_TZ']):%H:%M}",
        }
        return context | more | {"editions": [self.edition_line(one, row) for one in editions]}

    def edition_line(self, one: m.Notice, shown: m.Notice) -> dict[str, Any]:
        label = gettext("第 %(edition)s 版", edition=one.edition)
        return {"label": label, "url": self.row_url(one), "when": show(one.published_on), "here": one is shown}

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """An edition as it was, as an A4 paper."""
        row = self.get_one(row_id)
        return paper_of(row, period(row.period), self.row_url(row))


HEADS = ("日期", "接访领导", "分管工作", "形式、地点", "办公电话")


def table_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The frozen lines as a small ledger (macros/parts.html, table)."""
    return {"head": [{"label": gettext(word)} for word in HEADS], "rows": [{"cells": cells_of(line)} for line in lines]}


def cells_of(line: dict[str, Any]) -> list[dict[str, Any]]:
    """One frozen line's cells."""
    original = gettext("原：%(name)s", name=line["original"]) if line["original"] else ""
    gone = {"text": gettext("已取消"), "kind": "late"} if line["cancelled"] else None
    who = " · ".join(filter(None, (line["title"], original, line["cancelled"])))
    place = " · ".join(filter(None, (line["place"], line["companion"])))
    return [
        {"text": said(f"{line['day']} 周{line['weekday']}"), "sub": line["hours"], "kind": "code"},
        {"text": line["leader"] or gettext("（缺领导）"), "sub": who, "tag": gone},
        {"text": line["division"]},
        {"text": said(line["form"]), "sub": place},
        {"text": line["phone"], "kind": "code"},
    ]


def changes_of(body: dict[str, Any]) -> list[dict[str, str]]:
    """What an edition changed: the kind as a coloured word, the difference in words."""
    kinds, tones = notice_changes.KINDS, notice_changes.TONES
    return [
        {"kind": gettext(kinds[one["kind"]]), "tone": tones.get(one["kind"], "now"), "text": change_words(one)}
        for one in body["changes"]
    ]


def views() -> list[Any]:
    return [NoticeView(m.Notice)]
