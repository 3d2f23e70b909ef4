"""三级终结: matters after their re-review, the agreed wording, the report upward; the printed list (H6)."""

from typing import Any

from flask import url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, options
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, tagged
from models import db
from rules.access import Actor, may
from rules.moves import Need
from rules.words import Status
from services import export_inspection, gate, inspection_finals, settings

ENDED = (Status.CLOSED, Status.ARCHIVED)


def of_unit(statement: Any, value: str) -> Any:
    return statement.where(m.FinalMatter.petition.has(m.Petition.unit_id == (gate.id_in(value) or 0)))


def state_cell(row: m.FinalMatter) -> Cell:
    """未定口径, 待上报, 已上报."""
    if row.reported_on is not None:
        return tagged(gettext("已上报"), "ok", show(row.reported_on))
    return tagged(gettext("待上报"), "soon") if row.wording else tagged(gettext("未定口径"), "wait")


def later_words(count: int) -> str:
    return gettext("%(count)s 件，已登记，不再受理", count=count) if count else gettext("没有")


def _agree(session: Any, actor: Actor, row: m.FinalMatter, told: dict[str, Any]) -> str:
    inspection_finals.agree(session, actor, row, told["wording"], told["remains"])
    return gettext("统一答复口径已确定。")


def _report(session: Any, actor: Actor, row: m.FinalMatter, told: dict[str, Any]) -> str:
    inspection_finals.report(session, actor, row, told["reported_to"], told["reported_on"], told["report_number"])
    return gettext("已登记上报。")


class FinalMatterView(DeskView):
    """三级终结."""

    title, group = "三级终结", "包案"
    empty_words = "还没有三级终结的事项。复核终结的事项自动列入。"
    export_verb = "final_matter.export"
    verbs = {"print_view": "final_matter.list"}
    columns = (
        Column("petition", "信访事项", lambda r: Cell(r.petition.number, kind="code"), sort=m.FinalMatter.id),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("unit", "责任单位", lambda r: show(r.petition.unit)),
        Column("final_on", "终结日期", lambda r: Cell(show(r.final_on), kind="code"), sort=m.FinalMatter.final_on),
        Column("state", "建档上报", state_cell),
        Column("report", "文号", lambda r: Cell(r.report_number or "", sub=r.reported_to or "", kind="code")),
        Column("status", "办理状态", lambda r: show(r.petition.status), shown=False),
        Column("wording", "统一答复口径", lambda r: Cell(r.wording or "", kind="clip"), shown=False),
    )  # fmt: skip
    filters = (
        Filter("unit", "责任单位", of_unit, options.unit_options),
        Filter("final", "终结日期", between(m.FinalMatter.final_on), kind="dates"),
    )
    tabs = (
        Tab("all", "全部", lambda s, _a: s),
        Tab("wording", "未定口径", lambda s, _a: s.where(m.FinalMatter.wording.is_(None))),
        Tab("report", "待上报", lambda s, _a: s.where(m.FinalMatter.wording.is_not(None), m.FinalMatter.reported_on.is_(None))),
        Tab("close", "尚未办结", lambda s, _a: s.where(m.FinalMatter.petition.has(m.Petition.status == Status.FINAL))),
    )  # fmt: skip
    list_options = (joinedload(m.FinalMatter.petition).joinedload(m.Petition.unit),)
    actions = (
        Action(
            "agree", "定答复口径", "final_matter.word", _agree,
            (
                Need("wording", "统一答复口径", "long", limit=1000, help="今后各单位都照此答复。"),
                Need("remains", "今后还办什么", "long", limit=500, help="照常登记，不再受理；仍可以做的疏导、帮扶等。"),
            ),
        ),
        Action(
            "report", "登记上报", "final_matter.report", _report,
            (
                Need("reported_to", "报送单位", limit=100, help="逐级上报的上一级机关。"),
                Need("reported_on", "上报日期", "date"),
                Need("report_number", "文号", limit=60),
            ),
            is_shown=lambda row, _actor: row.wording is not None,
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.FinalMatter.final_on.desc(), m.FinalMatter.id.desc()]

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        url = url_for("final_matter.print_view")
        return [{"label": gettext("打印登记表"), "url": url, "new_tab": True}, *super().list_actions(actor)]

    def page_title(self, row: Any | None) -> str:
        return gettext("三级终结：%(title)s", title=row.petition.title) if row is not None else ""

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "agree":
            form.wording.data = row.wording or inspection_finals.WORDING
            form.remains.data = row.remains or inspection_finals.REMAINS
        if action.verb == "report":
            form.reported_on.data = row.reported_on or current_actor().today
            form.reported_to.data, form.report_number.data = row.reported_to, row.report_number

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="final_matter", petition_id=row.petition_id)
        context = super().details(row)
        later = inspection_finals.later_contacts(db.session(), [row]).get(row.petition_id, 0)
        facts: list[dict[str, Any]] = [
            {"label": gettext("信访事项"), "text": str(row.petition), "url": url_for("petition.details_view", id=row.petition_id)},
            {"label": gettext("责任单位"), "text": show(row.petition.unit)},
            {"label": gettext("办理状态"), "text": show(row.petition.status)},
            {"label": gettext("终结日期"), "text": show(row.final_on), "num": True},
            {"label": gettext("终结后来信来访"), "text": later_words(later)},
            {"label": gettext("统一答复口径"), "text": row.wording or gettext("未定"), "wide": True},
            {"label": gettext("今后还办什么"), "text": row.remains or "", "wide": True},
            {"label": gettext("确定日期"), "text": show(row.worded_on), "num": True},
            {"label": gettext("确定人"), "text": show(row.worded_by)},
            {"label": gettext("报送单位"), "text": row.reported_to or ""},
            {"label": gettext("上报日期"), "text": show(row.reported_on), "num": True},
            {"label": gettext("文号"), "text": row.report_number or ""},
        ]  # fmt: skip
        cell = state_cell(row)
        context["screen"] |= {
            "tags": [cell.tag] if cell.tag else [],
            "facts": [{"title": gettext("三级终结"), "items": [one for one in facts if one["text"]]}],
        }
        if row.petition.status is Status.FINAL and may(current_actor(), "closing_file.close"):
            url = url_for("petition.do_view", row_id=row.petition_id, verb="close")
            context["screen"]["actions"].append({"label": gettext("办结…"), "url": url})
        return context

    @expose("/print")
    def print_view(self) -> Any:
        """三级终结信访事项登记表: all the reader may see, A4 landscape."""
        actor = current_actor()
        looked.note("print", table="final_matter")
        statement = gate.rows(actor, m.FinalMatter).options(*self.list_options)
        rows = list(db.session.scalars(statement.order_by(m.FinalMatter.final_on, m.FinalMatter.id)))
        sheet = export_inspection.finals_sheet(db.session(), actor, rows)
        return self.render(
            "paper/inspection_table.html", sheet=sheet, lines=list(sheet.lines()), preparer=actor.name, today=actor.today,
            office=settings.get(db.session(), "office_name", actor.today), back=url_for("final_matter.index_view"),
        )  # fmt: skip


def views() -> list[Any]:
    return [FinalMatterView(m.FinalMatter)]
