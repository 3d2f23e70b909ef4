"""The statistics page's table: its tabs, head and lines as cells, every count a link to exactly its rows (I1)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views import figure_parts as parts
from models import db
from rules import figures as definitions
from rules.access import Actor
from rules.periods import Period
from services import figure_tables, reading_lists
from services.figure_tables import Line, Table

USUAL = ("letter", "visit", "online", "call", "first", "repeated")
"""Columns that stand even when they are empty."""


def tabs(period: Period, by: str) -> list[dict[str, Any]]:
    """What the rows may be, the present one marked."""
    return [
        {
            "label": gettext("按%(head)s", head=gettext(head)),
            "url": url_for("figures.index", by=key, **parts.days(period)),
            "active": key == by,
        }
        for key, head in figure_tables.BY.items()
    ]


def _columns(table: Table) -> list[tuple[str, str]]:
    """The columns worth the width of a screen: the usual channels and every other that counts something."""
    return [(key, label) for key, label in table.columns if key in USUAL or table.total.counts.get(key)]


def head(table: Table) -> list[dict[str, Any]]:
    """The table's head for parts.table."""
    counts = [label for _key, label in _columns(table)]
    labels = [*counts, "合计", "同比", "环比", "按期答复率"]
    return [{"label": gettext(table.head)}, *({"label": gettext(label), "kind": "num"} for label in labels)]


def line(table: Table, row: Line, period: Period) -> dict[str, Any]:
    """A row of the table as cells, every count a link to exactly its rows."""
    place, part = _place(table.by, row, period)
    cells: list[dict[str, Any]] = [{"text": gettext(row.label), "kind": "text"}]
    for key, _label in _columns(table):
        name, more = (key, {}) if table.by == "channel" else ("total", {"channel": key})
        cells.append(_number(row.counts.get(key, 0), parts.list_url(name, "numerator", place, **part, **more)))
    cells.append(_number(row.total, parts.list_url("total", "numerator", place, **part)))
    for value in (row.on_last_year, row.on_before):
        cells.append({"text": definitions.written_change(value), "kind": "num"})
    replies = parts.list_url("timely_reply", "denominator", place, **part)
    rate = definitions.written(row.reply_rate, definitions.PERCENT)
    cells.append({"text": rate, "kind": "num", "url": replies if row.owed else None})
    return {"cells": cells}


def leaders(actor: Actor, period: Period) -> list[dict[str, Any]]:
    """阅批率 of every leader against his minimum, both counts links to exactly their letters (C2)."""
    found = []
    for one in reading_lists.by_leader(db.session(), actor, period.start, period.end):
        urls = {
            side: parts.list_url("reading_rate", side, period, leader=one.leader.id)
            for side in ("numerator", "denominator")
        }
        rate: dict[str, Any] = {"text": definitions.written(one.rate, definitions.PERCENT), "kind": "num"}
        short = {"tag": {"text": gettext("低于最低比例"), "kind": "late"}} if one.is_short else {}
        ok = {"tag": {"text": gettext("达到"), "kind": "ok"}}
        cells = [
            {"text": one.leader.name, "sub": one.leader.title},
            _number(one.put, urls["denominator"]),
            _number(one.read, urls["numerator"]),
            rate,
            {"text": f"{one.least}%", "kind": "num"},
            {"text": "", **(short or ok)},
        ]
        found.append({"cells": cells})
    return found


def _place(by: str, line: Line, period: Period) -> tuple[Period, dict[str, Any]]:
    """The period and part of the matters that a row stands for; the totals row stands for all of them."""
    if line.key is None:
        return period, {}
    if by == "month":
        return parts.month_of(line.key, period), {}
    return period, {by: line.key}


def _number(count: int, url: str) -> dict[str, Any]:
    return {"text": str(count), "kind": "num", "url": url}
