"""帮扶种类、帮扶资金 with their yearly budgets, and 资金台账: totals per fund and year against the budget (F6)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export
from admin_views.base import Action, DeskView, Page, current_actor, show
from admin_views.listing import Cell, Column, Tab
from admin_views.visit_plans import asked_year
from models import db
from rules.access import Actor, may
from rules.moves import Need
from services import aid, aid_lists, settings


class KindView(DeskView):
    """帮扶种类."""

    title, group = "帮扶种类", "包案"
    create_verb = edit_verb = "aid_kind.edit"
    create_label = "新增种类"
    columns = (
        Column("name", "帮扶种类", lambda r: r.name),
        Column("is_money", "资金类", lambda r: show(r.is_money)),
        Column("position", "排序", lambda r: str(r.position), kind="num"),
        Column("is_active", "启用", lambda r: show(r.is_active)),
    )
    tabs = (
        Tab("active", "在用", lambda s, _a: s.where(m.AidKind.is_active)),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    fieldsets = (("帮扶种类", ("name", "is_money", "position", "is_active")),)

    def default_order(self) -> list[Any]:
        return [m.AidKind.position, m.AidKind.id]

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method == "GET":
            form.is_active.data, form.position.data = True, 100
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return aid_lists.save_kind(db.session(), actor, row, values)


def _budget(session: Any, actor: Actor, row: m.Fund, said: dict[str, Any]) -> str:
    amount = aid.yuan(said["amount"], label=gettext("年度预算"))
    aid_lists.set_budget(session, actor, row, said["year"], amount)
    return gettext("已定 %(year)s 年预算 %(amount)s 元。", year=said["year"], amount=aid.shown(amount))


class FundView(DeskView):
    """帮扶资金."""

    title, group = "帮扶资金", "包案"
    create_verb = edit_verb = "fund.edit"
    create_label = "新增资金"
    columns = (
        Column("name", "资金名称", lambda r: r.name),
        Column("budgets", "年度预算（元）", lambda r: Cell(budget_words(r), kind="text")),
        Column("note", "备注", lambda r: r.note or ""),
        Column("is_active", "启用", lambda r: show(r.is_active)),
    )
    tabs = (
        Tab("active", "在用", lambda s, _a: s.where(m.Fund.is_active)),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    fieldsets = (("帮扶资金", ("name", "note", "is_active")),)
    actions = (
        Action(
            "budget", "定年度预算", "fund.edit", _budget,
            (Need("year", "年份", "int"), Need("amount", "年度预算", limit=20, help="元；已定过的照新的改。")), kind="go",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Fund.id]

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method == "GET":
            form.is_active.data = True
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return aid_lists.save_fund(db.session(), actor, row, values)

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "budget":
            form.year.data = current_actor().today.year

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        budgets = [
            {"label": gettext("%(year)s 年", year=one.year), "text": aid.shown(one.amount), "num": True}
            for one in reversed(row.budgets)
        ]
        if budgets:
            context["screen"]["facts"].append({"title": gettext("年度预算（元）"), "items": budgets})
        return context


def budget_words(row: m.Fund) -> str:
    """2026：50,000.00."""
    return "；".join(f"{one.year}：{aid.shown(one.amount)}" for one in row.budgets[-2:])


class TotalsPage(Page):
    """资金台账: a year's funds against their budgets, and what was given by kind."""

    verbs = {"index": "aid.totals", "table": "fund.export", "print_view": "aid.totals"}

    @expose("/")
    def index(self) -> Any:
        year, actor, session = asked_year(), current_actor(), db.session()
        found = aid.totals(session, actor, year)
        most = max((max(one.decided, one.budget or 0) for one in found), default=0)
        actions = [link(year - 1, f"‹ {year - 1}"), link(year + 1, f"{year + 1} ›")]
        actions.append({"label": gettext("打印"), "url": url_for("fund_totals.print_view", year=year), "new_tab": True})
        if may(actor, "fund.export"):
            ask = gettext("请写明导出理由，会记入审计。")
            for label, form in ((gettext("导出 Word"), "docx"), (gettext("导出 Excel"), "xlsx")):
                url = url_for("fund_totals.table", form=form, year=year)
                actions.append({"label": label, "url": url, "ask_reason": ask})
        return self.render(
            "aid/totals.html", year=year, found=found, most=most, shown=aid.shown, actions=actions,
            kinds=aid.by_kind(session, actor, year), list_url=lambda fund: list_url(fund, year), total=summed(found),
            may_list=may(actor, "aid.list"), may_fund=may(actor, "fund.edit"),
        )  # fmt: skip

    @expose("/print")
    def print_view(self) -> Any:
        year, actor = asked_year(), current_actor()
        sheet = aid_lists.sheet(db.session(), actor, year)
        totals = [sheet.totals.get(column.key, "") for column in sheet.columns]
        return self.render(
            "paper/aid_totals.html", sheet=sheet, lines=[*sheet.lines(), totals], preparer=actor.name, today=actor.today,
            office=settings.get(db.session(), "office_name", actor.today), back=url_for("fund_totals.index", year=year),
        )  # fmt: skip

    @expose("/table/<form>/")
    def table(self, form: str) -> Any:
        year, actor, session = asked_year(), current_actor(), db.session()
        export.check_form(form)
        title = gettext("%(year)s年帮扶救助资金情况表", year=year)
        return export.answer(
            "fund", title, lambda: aid_lists.sheet(session, actor, year), conditions=str(year), form=form
        )


def link(year: int, label: str) -> dict[str, Any]:
    return {"label": label, "url": url_for("fund_totals.index", year=year)}


def list_url(fund: m.Fund, year: int) -> str:
    """The aid behind a fund's number."""
    return url_for("aid.index_view", tab="all", fund=fund.id, decided=f"{year}-01-01..{year}-12-31")


def summed(found: list[aid.Total]) -> dict[str, int]:
    """All funds together, in 分."""
    return {
        "budget": sum(one.budget or 0 for one in found), "decided": sum(one.decided for one in found),
        "paid": sum(one.paid for one in found), "left": sum(one.left for one in found),
        "count": sum(one.count for one in found),
    }  # fmt: skip


def views() -> list[Any]:
    return [
        KindView(m.AidKind), FundView(m.Fund),
        TotalsPage(name="资金台账", endpoint="fund_totals", url="/admin/fund_totals"),
    ]  # fmt: skip
