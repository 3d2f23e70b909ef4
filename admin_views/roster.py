"""接访日程: the month calendar — who receives when, what is wrong, made from the rules, printed as the office posts it (D3, D10)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import Page, current_actor
from admin_views.roster_edits import RosterEdits, undo_offered
from admin_views.roster_month import choices_of, days_of, rule_line, shares_of
from admin_views.targets import active_leaders
from models import db
from rules.access import Actor, may
from rules.reception_words import RuleUse
from rules.roster_period import Period, half_of, month_of, period, span
from rules.words import RuleBroken
from services import gate, published, reception_rules, receptions, roster_checks, roster_table, rosters, settings

KEPT_WORDS = {
    "by_hand": "人工改过 %(count)s 场",
    "published": "已公示或已有登记 %(count)s 场",
    "past": "已过 %(count)s 场",
}
EDITS = ("make", "move", "seat", "exchange", "undo", "check")


class RosterPage(RosterEdits, Page):
    """One month at a glance; a click on a day adds a session, on a session opens it."""

    verbs = {"index": "reception_session.list", "table": "reception_session.list"} | dict.fromkeys(
        EDITS, "reception_session.edit"
    )

    @expose("/")
    def index(self) -> Any:
        return self.month_page(asked_month(request.args.get("month")), 200)

    def month_asked(self) -> Period:
        """The month a form stood on."""
        try:
            return asked_month(request.form.get("month"))
        except RuleBroken:
            return asked_month(None)

    def month_page(self, asked: Period, status: int, error: str = "") -> Any:
        actor, session = current_actor(), db.session()
        rows = receptions.between(session, asked.first, asked.last)
        may_edit = may(actor, "reception_session.edit")
        page = self.render(
            "roster.html",
            asked=asked,
            error=error,
            days=days_of(asked, rows, actor),
            weekdays=wording.weekday_heads(),
            notes=[*roster_checks.notes(session, rows, asked), *roster_table.lacking(rows)],
            shares=shares_of(asked, actor),
            rules=[rule_line(r) for r in reception_rules.active(session) if r.use is RuleUse.RECEPTION],
            notice=published.for_month(session, asked),
            count=len(rows),
            choices=choices_of(rows, actor) if may_edit else [],
            leaders=leader_choices(actor) if may_edit else [],
            undo=undo_offered() if may_edit else None,
            spans=spans_of(asked),
            may_edit=may_edit,
            may_read=may(actor, "reception_rule.list"),
            may_publish=may(actor, "notice.publish"),
            actions=actions_of(asked, actor),
        )
        return page, status

    @expose("/make", methods=("POST",))
    def make(self) -> Any:
        """Make or remake a month, half-year or year; a person's own changes stay."""
        try:
            asked = span(request.form.get("period", ""))
            made = rosters.generate(db.session(), current_actor(), asked)
        except RuleBroken as no:
            db.session.rollback()
            return self.month_page(self.month_asked(), 422, wording.said(no.message))
        db.session.commit()
        for kind, said in made_words(asked, made):
            flash(said, kind)
        return redirect(url_for("roster.index", month=request.form.get("month") or month_of(asked.first)))

    @expose("/table")
    def table(self) -> Any:
        """领导信访接待日安排表 of a month, half-year or year, to print."""
        actor = current_actor()
        asked = span(request.args.get("period", str(actor.today.year)))
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


def spans_of(asked: Period) -> list[Period]:
    """What may be made from here: the month, its half-year, its year."""
    return [asked, span(half_of(asked.first)), period(str(asked.first.year))]


def leader_choices(actor: Actor) -> list[m.Leader]:
    statement = active_leaders(gate.rows(actor, m.Leader)).order_by(m.Leader.turn, m.Leader.id)
    return list(db.session.scalars(statement))


def made_words(asked: Period, made: rosters.Made) -> list[tuple[str, str]]:
    """What making a roster did, kept and could not do: (kind of message, sentence)."""
    said = gettext(
        "%(period)s：新增 %(created)s 场，重排 %(updated)s 场，保留 %(kept)s 场，取消 %(dropped)s 场。",
        period=wording.period_label(asked), created=made.created, updated=made.updated,
        kept=made.kept.total(), dropped=made.dropped,
    )  # fmt: skip
    if made.kept:
        why = [gettext(KEPT_WORDS[key], count=count) for key, count in sorted(made.kept.items())]
        said += gettext("保留的：%(why)s。", why=wording.listed(why, "，"))
    found = [("success", said)]
    if made.passed:
        found.append(("info", gettext("按顺序跳过、随后补上：%(who)s。", who=wording.listed(passed_words(made), "；"))))
    if made.gone:
        found.append(("info", gettext("已经过去的 %(count)s 天没有补排。", count=made.gone)))
    if made.empty:
        found.append(("warning", gettext("这一期间没有接待日的规则：%(rules)s。", rules=wording.listed(made.empty))))
    if made.gaps:
        found.append(("warning", gettext("%(count)s 场没有领导能来，请人工安排。", count=made.gaps)))
    return found


def passed_words(made: rosters.Made) -> list[str]:
    """赵明 请假 2 次, most often first."""
    return [
        gettext("%(name)s %(why)s %(count)s 次", name=name, why=gettext(why), count=count)
        for (name, why), count in made.passed.most_common()
    ]


def actions_of(asked: Period, actor: Actor) -> list[dict[str, Any]]:
    """The buttons in the head: months before and after, the table, the notice."""
    found = [month_link(asked.previous, "‹ %s"), month_link(asked.following, "%s ›")]
    table = url_for("roster.table", period=str(asked.first.year))
    found.append({"label": gettext("打印安排表"), "url": table, "new_tab": True})
    for label, endpoint in (("打印工作安排（陪访）", "session_paper.index"), ("打印挂牌", "session_paper.plates")):
        found.append({"label": gettext(label), "url": url_for(endpoint, month=asked.key), "new_tab": True})
    if may(actor, "notice.publish"):
        label = gettext("公示%(period)s…", period=wording.period_label(asked))
        found.append({"label": label, "url": url_for("notice.create_view", period=asked.key), "primary": True})
    if may(actor, "reception_session.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        for kind, label in (("xlsx", gettext("导出全年安排表")), ("docx", gettext("导出全年安排表（Word）"))):
            url = url_for("session_paper.export", export_type=kind, period=str(asked.first.year))
            found.append({"label": label, "url": url, "ask_reason": ask})
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
