"""What a campaign does besides its page: base list frozen, rows carried over, leaders' lists, milestone reports (G1, G3, G5)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export
from admin_views.campaign_page import crumb
from admin_views.gated import current_actor, done
from admin_views.monthly_reports import table_of
from admin_views.wording import said
from models import db
from rules import campaigns as rules
from rules import figures
from rules.access import Actor, may
from rules.words import RuleBroken
from services import campaign_base, gate, milestone_reports, monthly_reports, strike_offs

CASES_SHOWN = 100
"""Cases of a report shown on its page; the frozen one has all of them."""


class StepPages:
    """Mixin of the campaigns' view."""

    verbs = {
        "base": "campaign.view",
        "freeze": "campaign.edit",
        "carry": "campaign.edit",
        "leaders": "campaign.view",
        "milestone": "milestone_report.view",
        "milestone_draft": "milestone_report.edit",
        "milestone_send": "milestone_report.send",
        "milestone_table": "monthly_report.export",
    }
    get_one: Any
    render: Any
    row_url: Any

    @expose("/<row_id>/base/")
    def base(self, row_id: str) -> Any:
        return self._base_page(self.get_one(row_id), "")

    def _base_page(self, row: m.Campaign, error: str) -> Any:
        actor = current_actor()
        later = [("", gettext("（未选）"))]
        if may(actor, "campaign.edit"):
            asked = gate.rows(actor, m.Campaign).where(m.Campaign.id != row.id, m.Campaign.starts_on >= row.starts_on)
            later += [
                (str(one.id), one.name) for one in db.session.scalars(asked.order_by(m.Campaign.starts_on).limit(50))
            ]
        return self.render(
            "campaign/base.html",
            title=gettext("基数和变动"),
            crumb=crumb(row),
            campaign=row,
            moved=campaign_base.movement(db.session(), actor, row),
            later=later,
            may_edit=may(actor, "campaign.edit"),
            is_masked=not may(actor, "campaign_case.view"),
            error=error,
        )

    @expose("/<row_id>/freeze", methods=("POST",))
    def freeze(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        count = campaign_base.freeze(db.session(), current_actor(), row)
        return done(gettext("基数已冻结：%(count)s 件。", count=count), url_for("campaign.base", row_id=row.id))

    @expose("/<row_id>/carry", methods=("POST",))
    def carry(self, row_id: str) -> Any:
        row, actor = self.get_one(row_id), current_actor()
        try:
            if not request.form.get("to"):
                raise RuleBroken("结转到：请选择专项活动。", "to")
            other = gate.find(db.session(), actor, m.Campaign, request.form["to"])
            made = campaign_base.carry_over(db.session(), actor, row, other)
        except RuleBroken as no:
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            db.session.rollback()
            return self._base_page(self.get_one(row_id), said(no.message)), 422
        url = url_for("campaign_case.index_view", campaign=other.id)
        return done(gettext("已结转 %(count)s 件。", count=len(made)), url)

    @expose("/<row_id>/leaders/")
    def leaders(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        lines = strike_offs.by_leader(db.session(), current_actor(), row)
        return self.render(
            "campaign/leaders.html", title=gettext("包案领导销号情况"), crumb=crumb(row), campaign=row,
            lines=[_leader(row, one) for one in lines],
        )  # fmt: skip

    @expose("/<row_id>/milestone/<milestone_id>/")
    def milestone(self, row_id: str, milestone_id: str) -> Any:
        row = self.get_one(row_id)
        return self._milestone_page(row, milestone_reports.find(row, milestone_id), "", "")

    @expose("/<row_id>/milestone/<milestone_id>/draft", methods=("POST",))
    def milestone_draft(self, row_id: str, milestone_id: str) -> Any:
        row = self.get_one(row_id)
        one = milestone_reports.find(row, milestone_id)
        try:
            milestone_reports.draft(db.session(), current_actor(), one, _texts(one))
        except RuleBroken as no:
            return self._refused(row_id, milestone_id, no)
        return done(gettext("已保存草稿。"), url_for("campaign.milestone", row_id=row.id, milestone_id=one.id))

    @expose("/<row_id>/milestone/<milestone_id>/sent", methods=("POST",))
    def milestone_send(self, row_id: str, milestone_id: str) -> Any:
        row = self.get_one(row_id)
        one = milestone_reports.find(row, milestone_id)
        try:
            milestone_reports.send(db.session(), current_actor(), one, _texts(one))
        except RuleBroken as no:
            return self._refused(row_id, milestone_id, no)
        message = gettext("已记录：%(name)s于今日报送。", name=one.name)
        return done(message, url_for("campaign.milestone", row_id=row.id, milestone_id=one.id))

    @expose("/<row_id>/milestone/<milestone_id>/export/<part>/<form>/")
    def milestone_table(self, row_id: str, milestone_id: str, part: str, form: str) -> Any:
        row = self.get_one(row_id)
        report = milestone_reports.shown(db.session(), current_actor(), milestone_reports.find(row, milestone_id))
        makers = {"table": monthly_reports.sheet, "cases": monthly_reports.cases_sheet}
        if report is None or part not in makers:
            raise gate.NotHere(gettext("没有这张表。"))
        export.check_form(form)
        title = f"{report.body['title']}_{report.sent_on}"
        return export.answer(
            f"milestone_report_{part}", title, lambda: makers[part](report.body), report.body["title"], form
        )

    def _refused(self, row_id: str, milestone_id: str, no: RuleBroken) -> Any:
        if isinstance(no, gate.Forbidden | gate.NotHere):
            raise no
        db.session.rollback()
        row = self.get_one(row_id)
        one = milestone_reports.find(row, milestone_id)
        return self._milestone_page(row, one, said(no.message), no.field or "", _texts(one)), 422

    def _milestone_page(
        self, row: m.Campaign, one: m.Milestone, error: str, field: str, entered: dict[str, str] | None = None
    ) -> Any:
        actor = current_actor()
        report = milestone_reports.shown(db.session(), actor, one)
        body = report.body if report else milestone_reports.body(db.session(), actor, one, CASES_SHOWN)
        texts = report.texts if report else entered or one.texts or {}
        names = list(report.texts) if report else milestone_reports.parts(one)
        return self.render(
            "campaign/milestone.html",
            title=one.name,
            crumb=crumb(row),
            campaign=row,
            one=one,
            report=report,
            body=body,
            table=table_of(body),
            parts_said=[{"name": name, "text": texts.get(name, ""), "bad": name == field} for name in names],
            error=error,
            may_edit=report is None and may(actor, "milestone_report.edit"),
            may_send=report is None and may(actor, "milestone_report.send"),
            exports=_exports(row, one, actor) if report else [],
            is_late=report is None and one.due_on < actor.today,
            shown=CASES_SHOWN,
        )


def _texts(one: m.Milestone) -> dict[str, str]:
    """What was typed for each required part: fields part0, part1, …"""
    names = milestone_reports.parts(one)
    return {name: request.form.get(f"part{place}", "").replace("\r\n", "\n") for place, name in enumerate(names)}


def _exports(row: m.Campaign, one: m.Milestone, actor: Actor) -> list[dict[str, Any]]:
    if not may(actor, "monthly_report.export"):
        return []
    ask = gettext("请写明导出理由，会记入审计。")
    wanted = (
        (gettext("情况统计表 Excel"), "table", "xlsx"),
        (gettext("情况统计表 Word"), "table", "docx"),
        (gettext("排查登记表 Excel"), "cases", "xlsx"),
        (gettext("排查登记表 Word"), "cases", "docx"),
    )
    return [
        {
            "label": label,
            "url": url_for("campaign.milestone_table", row_id=row.id, milestone_id=one.id, part=part, form=form),
            "ask_reason": ask,
        }
        for label, part, form in wanted
    ]


def _leader(row: m.Campaign, one: strike_offs.LeaderLine) -> dict[str, Any]:
    light = {"text": gettext(rules.LIGHTS[one.light]), "kind": one.light}
    numbers = [one.total, one.resolved, one.closed, one.due, one.behind]
    cells: list[dict[str, Any]] = [{"text": one.leader.name, "sub": one.leader.title}]
    cells += [{"text": str(number), "kind": "num"} for number in numbers]
    rate = figures.written(one.rate, figures.PERCENT)
    target = "" if one.target is None else f"{one.closed} / {one.target}"
    cells += [{"text": rate, "kind": "num"}, {"text": target, "kind": "num"}, {"text": "", "tag": light}]
    return {"url": url_for("campaign_case.index_view", campaign=row.id, leader=one.leader.id), "cells": cells}
