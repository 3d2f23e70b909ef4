"""接访月报: what was reported, what is owed, a month's preview, frozen and sent, printed, as xlsx and docx (D8)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export, wording
from admin_views.base import DeskView, current_actor, done, show
from admin_views.list_screen import Listing
from admin_views.listing import Cell, Column
from models import db
from rules.access import Actor, may
from services import reception_report_table, reception_reports
from services.reception_report_body import lacking, preview


class ReceptionReportView(DeskView):
    """接访月报: the frozen reports, and the months that are owed."""

    title, group = "接访月报", "接访"
    verbs = {
        "month_view": "reception_report.list",
        "send": "reception_report.send",
        "print_view": "reception_report.list",
        "table": "reception_report.export",
    }
    columns = (
        Column("month", "月份", lambda r: Cell(r.month, kind="code"), sort=m.ReceptionReport.month),
        Column("sessions", "接访场次", lambda r: str(r.body["figures"]["sessions"]), kind="num"),
        Column("visits", "接待批次", lambda r: str(r.body["figures"]["visits"]), kind="num"),
        Column("people", "接待人次", lambda r: str(r.body["figures"]["people"]), kind="num"),
        Column("registered", "转信访事项", lambda r: str(r.body["figures"]["registered"]), kind="num"),
        Column("sent_to", "报送单位", lambda r: r.sent_to),
        Column("sent_on", "上报日期", lambda r: Cell(show(r.sent_on), kind="code")),
        Column("preparer", "上报人", lambda r: r.body["preparer"]),
    )

    def base_statement(self, actor: Actor) -> sa.Select[Any]:
        return reception_reports.rows(db.session(), actor)

    def get_one(self, id: Any) -> Any:
        return reception_reports.find(db.session(), current_actor(), id)

    def default_order(self) -> list[Any]:
        return [m.ReceptionReport.month.desc()]

    @expose("/")
    def index_view(self) -> Any:
        actor = current_actor()
        args = {key: ",".join(values) for key, values in request.args.lists()}
        screen = Listing(self, actor, args).screen()
        owed = reception_reports.due(db.session(), actor)
        return self.render("reception_reports.html", screen=screen, view=self, owed=owed)

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        return {"text": gettext("还没有上报过月报。有接访的月份会列在上面，点开即可预览、上报。"), "action": None}

    @expose("/details/")
    def details_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        return self._page(row.body, row)

    @expose("/month/<month>/")
    def month_view(self, month: str) -> Any:
        """A month as it would be sent today; a month that was sent shows what was."""
        actor, session = current_actor(), db.session()
        sent = session.scalars(
            reception_reports.rows(session, actor).where(m.ReceptionReport.month == month[:7])
        ).first()
        if sent is not None:
            return self._page(sent.body, sent)
        return self._page(preview(session, actor, month[:10]), None)

    @expose("/month/<month>/send", methods=("POST",))
    def send(self, month: str) -> Any:
        report = reception_reports.send(db.session(), current_actor(), month[:10])
        url = url_for("reception_report.details_view", id=report.id)
        return done(gettext("已冻结并上报，以后的改动不再影响这张表。"), url)

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        return self.render("paper/reception_report.html", report=row, **shown(row.body), wide=True)

    @expose("/<row_id>/table/<form>/")
    def table(self, row_id: str, form: str) -> Any:
        row = self.get_one(row_id)
        export.check_form(form)
        title = row.body["title"]
        return export.answer(
            "reception_report", title, lambda: reception_report_table.sheet(row.body), conditions=row.month, form=form
        )

    def _page(self, body: dict[str, Any], report: m.ReceptionReport | None) -> Any:
        actor = current_actor()
        lacks = [] if report else lacking(db.session(), actor, body["month"])
        links = [
            one
            | {
                "text": wording.said(one["text"]),
                "url": url_for("reception_session.details_view", id=one["session_id"]),
            }
            for one in lacks
        ]
        actions = _sent_actions(report, actor) if report else _preview_actions(body, actor)
        return self.render(
            "reception_report.html", report=report, lacking=links, actions=actions, view=self, **shown(body)
        )


def shown(body: dict[str, Any]) -> dict[str, Any]:
    """The body as tiles, the table's head and a sentence."""
    figures, columns = reception_report_table.FIGURES, reception_report_table.COLUMNS
    return {
        "body": body,
        "tiles": [{"label": gettext(label), "value": body["figures"][key]} for key, label in figures.items()],
        "head": [{"label": gettext(c.label), "kind": "num" if c.kind == "int" else "text"} for c in columns],
        "summary": reception_report_table.summary(body),
        "day_text": lambda iso: wording.month_day(date.fromisoformat(iso)),
    }


def _preview_actions(body: dict[str, Any], actor: Actor) -> list[dict[str, Any]]:
    if not may(actor, "reception_report.send"):
        return []
    return [
        {
            "label": gettext("冻结并上报"),
            "url": url_for("reception_report.send", month=body["month"]),
            "post": True,
            "primary": True,
            "confirm": gettext("冻结后这张表按现在的内容保存，不再变动，一个月只报一次。确定上报？"),
        }
    ]


def _sent_actions(report: m.ReceptionReport, actor: Actor) -> list[dict[str, Any]]:
    paper = url_for("reception_report.print_view", row_id=report.id)
    found = [{"label": gettext("打印"), "url": paper, "new_tab": True}]
    if may(actor, "reception_report.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        for label, form in ((gettext("导出 Word"), "docx"), (gettext("导出 Excel"), "xlsx")):
            url = url_for("reception_report.table", row_id=report.id, form=form)
            found.append({"label": label, "url": url, "ask_reason": ask, "primary": form == "xlsx"})
    return found


def views() -> list[Any]:
    return [ReceptionReportView(m.ReceptionReport)]
