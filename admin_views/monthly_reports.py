"""情况统计表: a campaign's month previewed, frozen and sent, shown unchanged, printed and exported (G4)."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import campaign_page, export
from admin_views.base import DeskView, current_actor, done, show
from admin_views.campaign_ledger_list import campaign_options
from admin_views.listing import Cell, Column, Filter, equals
from models import db
from rules import figures
from rules.access import Actor, may
from services import gate, monthly_reports

CASES_SHOWN = 100
"""Cases of a preview shown on its page; the table as sent has all of them."""


class MonthlyReportView(DeskView):
    """情况统计表: what was sent, by campaign and month."""

    title, group = "情况统计表", "专项"
    verbs = {
        "preview": "monthly_report.list",
        "send": "monthly_report.send",
        "print_view": "monthly_report.list",
        "table": "monthly_report.export",
    }
    columns = (
        Column("month", "月份", lambda r: Cell(r.month, kind="code"), sort=m.MonthlyReport.month),
        Column("campaign", "专项活动", lambda r: str(r.campaign)),
        Column("edition", "版次", lambda r: str(r.edition), kind="num"),
        Column("found", "累计排查", lambda r: str(r.body["total"]["found"]), kind="num"),
        Column("resolved", "累计化解", lambda r: str(r.body["total"]["resolved_all"]), kind="num"),
        Column("rate", "化解率", lambda r: figures.written(r.body["total"]["rate"], figures.PERCENT), kind="num"),
        Column("sent_on", "上报日期", lambda r: Cell(show(r.sent_on), kind="code")),
        Column("preparer", "上报人", lambda r: r.body["preparer"]),
    )
    filters = (Filter("campaign", "专项活动", equals(m.MonthlyReport.campaign_id), campaign_options),)
    list_options = (joinedload(m.MonthlyReport.campaign),)

    def base_statement(self, actor: Actor) -> sa.Select[Any]:
        return monthly_reports.rows(db.session(), actor)

    def get_one(self, id: Any) -> Any:
        return monthly_reports.find(db.session(), current_actor(), id)

    def default_order(self) -> list[Any]:
        return [m.MonthlyReport.month.desc()]

    @expose("/details/")
    def details_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        return self._page(row.campaign, row.body, row)

    @expose("/<campaign_id>/<month>/")
    def preview(self, campaign_id: str, month: str) -> Any:
        campaign = gate.find(db.session(), current_actor(), m.Campaign, campaign_id)
        body = monthly_reports.preview(db.session(), current_actor(), campaign, month[:10], CASES_SHOWN)
        return self._page(campaign, body, None, newest(campaign, body["month"], current_actor()))

    @expose("/<campaign_id>/<month>/send", methods=("POST",))
    def send(self, campaign_id: str, month: str) -> Any:
        actor = current_actor()
        campaign = gate.find(db.session(), actor, m.Campaign, campaign_id)
        correction = request.form.get("reason", "").replace("\x00", "")
        report = monthly_reports.send(db.session(), actor, campaign, month[:10], correction)
        url = url_for("monthly_report.details_view", id=report.id)
        return done(gettext("已冻结并上报，以后的改动不再影响这张表。"), url)

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        return self.render(
            "campaign/report_paper.html", report=row, body=row.body, tables=sheets_of(row.body), wide=True
        )

    @expose("/<row_id>/export/<part>/<form>/")
    def table(self, row_id: str, part: str, form: str) -> Any:
        row = self.get_one(row_id)
        export.check_form(form)
        makers = {"table": monthly_reports.sheet, "cases": monthly_reports.cases_sheet}
        if part not in makers:
            raise gate.NotHere(gettext("没有这张表。"))
        said = f"{row.body['campaign']} {row.month} 第 {row.edition} 版"
        title = f"{row.body['title']}_{row.month}"
        return export.answer(
            f"monthly_report_{part}", title, lambda: makers[part](row.body), conditions=said, form=form
        )

    def _page(
        self,
        campaign: m.Campaign,
        body: dict[str, Any],
        report: m.MonthlyReport | None,
        sent: m.MonthlyReport | None = None,
    ) -> Any:
        actor = current_actor()
        return self.render(
            "campaign/report.html",
            title=gettext("%(month)s %(name)s", month=body["month"], name=gettext(monthly_reports.TITLE)),
            crumb=campaign_page.crumb(campaign),
            campaign=campaign,
            body=body,
            report=report,
            sent=sent,
            table=table_of(body),
            blank=0 if report or sent else sum(not case["progress"] for case in body["cases"]),
            may_fill=may(actor, "campaign_case.edit"),
            actions=_sent_actions(report, actor) if report else _preview_actions(campaign, body, actor, sent),
        )


def newest(campaign: m.Campaign, month: str, actor: Actor) -> m.MonthlyReport | None:
    """The month's table as it was last sent."""
    asked = monthly_reports.rows(db.session(), actor).where(
        m.MonthlyReport.campaign_id == campaign.id, m.MonthlyReport.month == month
    )
    found: m.MonthlyReport | None = db.session.scalars(asked.order_by(m.MonthlyReport.edition.desc())).first()
    return found


def _preview_actions(
    campaign: m.Campaign, body: dict[str, Any], actor: Actor, sent: m.MonthlyReport | None
) -> list[dict[str, Any]]:
    """Sending it; once it was sent, only the way to what was sent, where a correction starts."""
    if sent:
        url = url_for("monthly_report.details_view", id=sent.id)
        return [{"label": gettext("看已上报的表"), "url": url, "primary": True}]
    if not may(actor, "monthly_report.send"):
        return []
    return [
        {
            "label": gettext("冻结并上报"),
            "url": url_for("monthly_report.send", campaign_id=campaign.id, month=body["month"]),
            "post": True,
            "primary": True,
            "confirm": gettext("冻结后这张表按现在的数字保存，不再变动。确定上报？"),
        }
    ]


def _sent_actions(report: m.MonthlyReport, actor: Actor) -> list[dict[str, Any]]:
    found = [{"label": gettext("打印"), "url": url_for("monthly_report.print_view", row_id=report.id), "new_tab": True}]
    if may(actor, "monthly_report.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        wanted = (
            (gettext("导出 Word"), "table", "docx"),
            (gettext("导出 Excel"), "table", "xlsx"),
            (gettext("导出逐案情况"), "cases", "xlsx"),
            (gettext("导出逐案情况 Word"), "cases", "docx"),
        )
        for label, part, form in wanted:
            url = url_for("monthly_report.table", row_id=report.id, part=part, form=form)
            found.append({"label": label, "url": url, "ask_reason": ask, "primary": (part, form) == ("table", "xlsx")})
    if may(actor, "monthly_report.send"):
        again = url_for("monthly_report.send", campaign_id=report.campaign_id, month=report.month)
        ask = gettext("这个月已上报。确有错误的，写明更正理由后另报一版，原表保留。")
        found.append({"label": gettext("更正后另报"), "url": again, "post": True, "ask_reason": ask})
    return found


PRINTED = 10
"""Categories beside each other on a sheet of A4 landscape, with numbers of four figures; more make a second table."""


HEADS = {"unit": "责任单位", "found": "排查", "resolved": "化解", "total": "合计", "rate": "化解率"}
Say = Callable[[str], str]


def table_of(
    body: dict[str, Any], schemes: list[str] | None = None, *, has_totals: bool = True, say: Say = gettext
) -> dict[str, Any]:
    """The frozen body as head and lines: two columns a category (all of them, or `schemes`), then the totals.

    `say`: puts the table's own words into the reader's language.
    """
    shown = body["schemes"] if schemes is None else schemes
    heads = {key: say(word) for key, word in HEADS.items()}
    counts = {name: say(label) for name, label in monthly_reports.COUNT_LABELS.items()} if has_totals else {}

    def line(row: dict[str, Any]) -> dict[str, Any]:
        words = heads["found"], heads["resolved"]
        pairs = [(f"{name} {word}", n) for name in shown for word, n in zip(words, row["schemes"][name], strict=True)]
        numbers = pairs + [(label, row[name]) for name, label in counts.items()]
        return {"label": say(row["unit"]), "numbers": numbers, "rate": figures.written(row["rate"], figures.PERCENT)}

    lines = [line(row) for row in body["rows"]]
    return {
        "heads": heads,
        "schemes": shown,
        "labels": list(counts.values()),
        "lines": lines,
        "total": line(body["total"]),
    }


def sheets_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The same as tables that fit on paper beside their units, as even as may be; the totals stand in the last.

    A paper that goes upward is Chinese, whoever prints it.
    """
    schemes = body["schemes"]
    count = -(-len(schemes) // PRINTED) or 1
    most = -(-len(schemes) // count) or 1
    parts = [schemes[first : first + most] for first in range(0, len(schemes), most)] or [[]]
    return [table_of(body, part, has_totals=part is parts[-1], say=str) for part in parts]


def views() -> list[Any]:
    return [MonthlyReportView(m.MonthlyReport)]
