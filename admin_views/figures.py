"""统计报表: tiles, tables, one page a figure with its formula, and the list behind every number (I1–I3, look 6)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup

from admin_views import export, figure_cells
from admin_views import figure_parts as parts
from admin_views.base import Page, current_actor
from admin_views.list_screen import as_cell
from admin_views.listing import COUNT_CAP, PAGE_SIZE, Screen, count_text, link, page_number
from admin_views.wording import heading
from models import db
from rules import figures as definitions
from rules.access import Actor, may
from rules.figures import Figure, Side
from rules.periods import Period
from rules.words import RuleBroken
from services import figure_sheets, figure_tables, figures, gate
from services.figure_tables import Line
from services.workbook_table import TableSheet


class Figures(Page):
    """/admin/figures/: the statistics page; /<name>/: one figure; /<name>/list/: its rows; /export/xlsx/: a table."""

    verbs = {
        "index": "figures.view",
        "figure": "figures.view",
        "rows": "figures.view",
        "export": "figures.export",
    }

    @expose("/")
    def index(self) -> Any:
        actor = current_actor()
        period, by = parts.asked_period(actor.today), request.args.get("by", "unit")
        found = figures.compute(db.session(), actor, None, period.start, period.end)
        table = figure_tables.contacts(db.session(), actor, by, period)
        return self.render(
            "figures/index.html",
            title=gettext("%(period)s信访情况", period=parts.title(period)),
            actions=_index_actions(actor, period, by),
            picker=parts.picker(period, actor.today, "figures.index", by=by),
            tiles=[_tile(entry, period) for entry in found if entry["name"] in definitions.TILES],
            more=[_tile(entry, period) for entry in found if entry["name"] not in definitions.TILES],
            tabs=figure_cells.tabs(period, by),
            caption=gettext("按%(head)s", head=gettext(table.head)),
            head=figure_cells.head(table),
            lines=[figure_cells.line(table, line, period) for line in table.lines],
            total=figure_cells.line(table, table.total, period)["cells"],
            changes=_changes(table.total),
        )

    @expose("/<key>/")
    def figure(self, key: str) -> Any:
        actor = current_actor()
        figure, period = _figure(key), parts.asked_period(actor.today)
        name = figure.name
        (entry,) = figures.compute(db.session(), actor, name, period.start, period.end)
        classes = figures.classes(db.session(), actor, name, period.start, period.end)
        return self.render(
            "figures/figure.html",
            title=heading(figure.label),
            crumb=_crumb(period),
            figure=figure,
            tile=_tile(entry, period),
            actions=parts.neighbours(period, "figures.figure", key=name),
            picker=parts.picker(period, actor.today, "figures.figure", key=name),
            period=parts.title(period),
            sides=_sides(figure, entry, period),
            classes=[_class(figure, one, period) for one in classes if one["label"] != figure.numerator.label],
            leaders=figure_cells.leaders(actor, period) if figure.rows == "readings" else [],
        )

    @expose("/<key>/list/")
    def rows(self, key: str) -> Any:
        actor = current_actor()
        figure, period, part = _figure(key), parts.asked_period(actor.today), parts.asked_part()
        side = definitions.side(figure, request.args.get("side", "numerator"))
        statement = figures.behind(db.session(), actor, figure.name, side.key, period.start, period.end, part.narrow)
        statement = statement.options(*parts.load(figure.rows))
        screen = _list_screen(actor, figure, side, period, part, statement)
        return self.render("admin/model/list.html", screen=screen, view=self)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        export.check_form(export_type)
        actor = current_actor()
        period, name = parts.asked_period(actor.today), request.args.get("table", "")
        if name not in figure_sheets.NAMES:
            raise gate.NotHere(gettext("没有这张统计表。"))
        title = f"{period.title}{figure_sheets.NAMES[name]}"

        def make() -> TableSheet:
            return figure_sheets.sheet(db.session(), actor, name, period)

        return export.answer(name, title, make, conditions=period.title, form=export_type)


def _figure(name: str) -> Figure:
    try:
        return definitions.named(name)
    except RuleBroken:
        raise gate.NotHere(gettext("没有这个统计指标。")) from None


def _crumb(period: Period) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for("figures.index", **parts.days(period)), gettext("统计报表"))


def _index_actions(actor: Actor, period: Period, by: str) -> list[dict[str, Any]]:
    found = parts.neighbours(period, "figures.index", by=by)
    if may(actor, "figures.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        for label, name, primary in (
            (gettext("导出指标"), "figures", False),
            (gettext("导出 Excel"), f"contacts_by_{by}", True),
        ):
            url = url_for("figures.export", export_type="xlsx", table=name, **parts.days(period))
            found.append({"label": label, "url": url, "ask_reason": ask, "primary": primary})
    return found


def _tile(entry: dict[str, Any], period: Period) -> dict[str, Any]:
    """A figure as its tile: value, where it leads, its two lists, how it is made."""
    figure = definitions.BY_NAME[entry["name"]]
    page = url_for("figures.figure", key=figure.name, **parts.days(period))
    missed = figure.target is not None and entry["value"] is not None and entry["value"] < figure.target
    return {
        "label": heading(figure.label),
        "value": definitions.written(entry["value"], figure.unit),
        "unit": "" if figure.unit == definitions.PERCENT else gettext(figure.unit),
        "url": page if figure.denominator else parts.list_url(figure.name, "numerator", period),
        "sides": _sides(figure, entry, period) if figure.denominator else [],
        "target": gettext("目标 %(target)s%%", target=figure.target) if figure.target else "",
        "kind": "soon" if missed else "",
        "formula": gettext(figure.formula),
        "period_key": gettext(figure.period_key),
    }


def _sides(figure: Figure, entry: dict[str, Any], period: Period) -> list[dict[str, Any]]:
    pairs = [(figure.numerator, entry["numerator"]), (figure.denominator, entry["denominator"])]
    return [
        {
            "label": gettext(side.label),
            "role": gettext("分子") if side is figure.numerator else gettext("分母"),
            "value": value,
            "url": parts.list_url(figure.name, side.key, period),
        }
        for side, value in pairs
        if side is not None
    ]


def _class(figure: Figure, one: dict[str, Any], period: Period) -> dict[str, Any]:
    return {
        "label": gettext(one["label"]),
        "value": one["value"],
        "url": parts.list_url(figure.name, one["key"], period),
    }


def _changes(line: Line) -> dict[str, str]:
    """同比 and 环比 of the total, under its tile."""
    return {
        "last_year": definitions.written_change(line.on_last_year),
        "before": definitions.written_change(line.on_before),
    }


def _list_screen(actor: Actor, figure: Figure, side: Side, period: Period, part: parts.Asked, statement: Any) -> Screen:
    count, page = gate.count(db.session(), statement, COUNT_CAP), page_number()
    found = list(db.session.scalars(statement.limit(PAGE_SIZE).offset(page * PAGE_SIZE)))
    columns = parts.columns_for(figure.rows, actor)
    args = {"side": side.key, **parts.days(period), **part.args}
    more = count > page * PAGE_SIZE + len(found) and bool(found)
    said = " · ".join([parts.title(period), *parts.part_words(part), gettext(side.label)])
    back = url_for("figures.figure", key=figure.name, **parts.days(period))
    trail = Markup('{} / <a href="{}">{}</a>').format(_crumb(period), back, heading(figure.label))
    return Screen(
        title=said,
        crumb=trail,
        count_text=gettext("%(count)s 条", count=count_text(count)),
        head=[{"label": gettext(column.label), "kind": column.kind} for column in columns],
        rows=[
            {"url": parts.row_url(row, actor), "cells": [as_cell(column, row) for column in columns]} for row in found
        ],
        empty={"text": gettext("这个数字后面没有记录。"), "action": {"label": gettext("返回统计报表"), "url": back}},
        pager={
            "page": page + 1,
            "pages": "" if count > COUNT_CAP else max(1, -(-count // PAGE_SIZE)),
            "prev": link(args, page=str(page - 1)) if page else None,
            "next": link(args, page=str(page + 1)) if more else None,
        },
        query=args,
    )


def views() -> list[Any]:
    return [Figures(name="统计报表", endpoint="figures", url="/admin/figures")]
