"""Lists: columns, filter chips and tabs as declarations; one page of rows as a `screen` the template walks.

Filters come from the address, are remembered per user in the address itself, and only ever narrow the gate's criteria.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app, request
from flask_babel import gettext

from admin_views.wording import heading
from models import db
from models.base import UtcDateTime
from rules.access import MATTER_SCOPE, Actor, Scope
from rules.words import Word
from services import gate

PAGE_SIZE = 20
COUNT_CAP = 1000
SCOPED_CAP = 200
"""How far a list is counted: a unit's or leader's rows each cost a look at their legs, and nobody pages through 200 hits."""
TAB_CAP = 99
"""Tabs and badges say 99+, as everybody reads them; the workbench counts further."""
MAX_PAGE = 10_000


@dataclass(frozen=True)
class Cell:
    """One cell: text, a small second line, a coloured state word, and how it is set (code, num, text, clip)."""

    text: str = ""
    sub: str = ""
    tag: dict[str, str] | None = None
    kind: str = "text"
    url: str | None = None


def tagged(text: str, kind: str = "wait", sub: str = "") -> Cell:
    """A cell that is a state word in its colour (ok, soon, late, wait, now)."""
    return Cell(sub=sub, tag={"text": text, "kind": kind})


@dataclass(frozen=True)
class Column:
    """A column of a list and of its export. `sort`: an indexed column, else the head is not clickable.

    `load`: a loader option for what it shows beyond the list's own ones.
    """

    key: str
    label: str
    cell: Callable[[Any], Cell | str]
    sort: Any = None
    shown: bool = True
    kind: str = "text"
    export: Callable[[Any], Any] | None = None
    load: Any = None


@dataclass(frozen=True)
class Filter:
    """A chip. kind choice: `options(actor)` → [(value, label)]; dates, numbers: a from–to form; text: typed.

    `known(actor, value)`: may this value be asked for? One that is not (in an old or foreign link) is left out, and said so.
    """

    key: str
    label: str
    apply: Callable[[sa.Select[Any], Any], sa.Select[Any]]
    options: Callable[[Actor], Sequence[tuple[str, str]]] | None = None
    kind: str = "choice"
    known: Callable[[Actor, str], bool] = lambda _actor, _value: True


@dataclass(frozen=True)
class Tab:
    """A ready-made selection; `count` asks for its (capped) number beside the label."""

    key: str
    label: str
    apply: Callable[[sa.Select[Any], Actor], sa.Select[Any]]
    count: bool = True


@dataclass
class Screen:
    """What templates/admin/model/list.html shows."""

    title: str
    crumb: str = ""
    tabs: list[dict[str, Any]] = field(default_factory=list)
    chips: list[dict[str, Any]] = field(default_factory=list)
    count_text: str = ""
    actions: list[dict[str, Any]] = field(default_factory=list)
    head: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    columns_form: list[dict[str, Any]] | None = None
    notes: list[str] = field(default_factory=list)
    saving: dict[str, Any] | None = None
    noun: str = ""
    search: dict[str, Any] | None = None
    clear_url: str | None = None
    pager: dict[str, Any] = field(default_factory=dict)
    empty: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


def words(kind: type[Word]) -> Callable[[Actor], list[tuple[str, str]]]:
    """Options of a chip from an enum."""
    return lambda _actor: [(word.value, gettext(word.label)) for word in kind]


def equals(column: Any) -> Callable[[sa.Select[Any], Any], sa.Select[Any]]:
    """A filter on one text or enum column; a value outside the enum selects nothing."""

    def apply(statement: sa.Select[Any], value: Any) -> sa.Select[Any]:
        enum_class = getattr(column.type, "enum_class", None)
        if enum_class is not None and value not in {word.value for word in enum_class}:
            return statement.where(sa.false())
        if isinstance(column.type, sa.Integer):
            return (
                statement.where(column == number)
                if (number := gate.id_in(value)) is not None
                else statement.where(sa.false())
            )
        return statement.where(column == value)

    return apply


def between(column: Any) -> Callable[[sa.Select[Any], Any], sa.Select[Any]]:
    """A filter "from..to" on a date column; either side may be open, a side that is no date is ignored."""

    def apply(statement: sa.Select[Any], value: str) -> sa.Select[Any]:
        start, _, end = value.partition("..")
        if (first := to_date(start)) is not None:
            statement = statement.where(column >= _edge(column, first))
        if (last := to_date(end)) is not None:
            statement = statement.where(column <= _edge(column, last, is_end=True))
        return statement

    return apply


def within(column: Any) -> Callable[[sa.Select[Any], Any], sa.Select[Any]]:
    """A filter "from..to" on a column of whole numbers; either side may be open."""

    def apply(statement: sa.Select[Any], value: str) -> sa.Select[Any]:
        least, _, most = value.partition("..")
        if (first := gate.id_in(least)) is not None:
            statement = statement.where(column >= first)
        if (last := gate.id_in(most)) is not None:
            statement = statement.where(column <= last)
        return statement

    return apply


def is_period(_actor: Actor, value: str) -> bool:
    """Two ISO dates in order with ".." between; one may be missing."""
    start, _, end = value.partition("..")
    first, last = to_date(start), to_date(end)
    are_dates = bool(start or end) and (not start or first is not None) and (not end or last is not None)
    return are_dates and (first is None or last is None or first <= last)


def is_range(_actor: Actor, value: str) -> bool:
    """Two whole numbers in order with ".." between; one may be missing."""
    least, _, most = value.partition("..")
    first, last = gate.id_in(least), gate.id_in(most)
    are_numbers = bool(least or most) and (not least or first is not None) and (not most or last is not None)
    return are_numbers and (first is None or last is None or first <= last)


def _edge(column: Any, day: date, *, is_end: bool = False) -> date | datetime:
    """The day itself, or for a column of instants its first or last moment in the office's time zone."""
    if not isinstance(column.type, UtcDateTime):
        return day
    moment = time.max if is_end else time.min
    return datetime.combine(min(max(day, date(1900, 1, 1)), date(9000, 1, 1)), moment, current_app.config["DESK_TZ"])


def to_date(text: str) -> date | None:
    """ISO date or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def page_number() -> int:
    """The page asked for, clamped: PostgreSQL answers 500 to what SQLite shrugs off."""
    return min(gate.id_in(request.args.get("page", "")) or 0, MAX_PAGE)


def link(args: dict[str, str], **change: str | None) -> str:
    """This list's address with some of its conditions changed; None drops one."""
    kept = {k: v for k, v in {**args, **change}.items() if v not in (None, "")}
    return f"?{urlencode(kept)}" if kept else "?"


def count_text(count: int, cap: int = COUNT_CAP) -> str:
    """「37 件」, or 「1000+ 件」 beyond the cap."""
    return f"{cap}+" if count > cap else str(count)


class Listing:
    """One reading of a list: statement with tab, filters, search and order; then its screen."""

    def __init__(self, view: Any, actor: Actor, args: dict[str, str]) -> None:
        self.view, self.actor = view, actor
        self.args, self.notes = known(view, actor, tidy(view, args))
        self.cap = SCOPED_CAP if actor.role and MATTER_SCOPE[actor.role] is not Scope.ALL else COUNT_CAP
        self.tabs: tuple[Tab, ...] = view.tabs
        self.tab = next(
            (t for t in self.tabs if t.key == self.args.get("tab")), view.first_tab(actor) if self.tabs else None
        )

    def statement(self, tab: Tab | None = None) -> sa.Select[Any]:
        """The gate's rows narrowed by tab and filters, without order."""
        statement = self.narrowed(self.view.base_statement(self.actor), tab)
        if self.args.get("q") and self.view.searchable:
            statement = self.view.search(statement, self.args["q"])
        return statement

    def narrowed(self, statement: sa.Select[Any], tab: Tab | None = None) -> sa.Select[Any]:
        """The statement within the tab and the chips."""
        tab = tab or self.tab
        if tab:
            statement = tab.apply(statement, self.actor)
        for chip in self.view.filters:
            if self.args.get(chip.key):
                statement = chip.apply(statement, self.args[chip.key])
        return statement

    def ordered(self) -> sa.Select[Any]:
        """The statement in the order asked for, the primary key as tie-break; a view without order keeps its statement's."""
        key, _, direction = self.args.get("sort", "").partition("-")
        column = next((c for c in self.view.columns if c.key == key and c.sort is not None), None)
        order = self.view.default_order()
        if column is not None:
            order = [column.sort.desc() if direction == "desc" else column.sort]
        if order is None:
            return self.statement()
        return self.statement().order_by(*order, self.view.model.id.desc())

    def page(self) -> list[Any]:
        """The rows of the page asked for; sorting and skipping is done on ids alone (trap 12)."""
        offset = page_number() * PAGE_SIZE
        if offset + PAGE_SIZE <= self.cap:
            keys = self.first_ids[offset : offset + PAGE_SIZE]
        else:
            keys = self._keys(PAGE_SIZE, offset)
        rows = db.session.scalars(self.load(gate_select(self.view.model).where(self.view.model.id.in_(keys))))
        found = {row.id: row for row in rows}
        return [found[key] for key in keys if key in found]

    @cached_property
    def first_ids(self) -> list[int]:
        """The list's ids in order, one further than it is counted: its length is the count, its parts are the pages."""
        return self._keys(self.cap + 1)

    def _keys(self, limit: int, offset: int = 0) -> list[int]:
        """Some of the ids; a search that is not sorted otherwise gives them by itself, newest first (trap 21)."""
        if not self.args.get("sort"):
            found = self.view.found_ids(self.actor, self.args.get("q", ""), self._narrow(), offset + limit)
            if found is not None:
                return list(found[offset:])
        return list(db.session.scalars(self._ids().limit(limit).offset(offset)))

    def _narrow(self) -> Callable[[sa.Select[Any]], sa.Select[Any]] | None:
        """The list's own conditions for a search, None where it has none."""
        whole = self.tab is None or self.tab.key == "all"
        return None if whole and not any(self.args.get(chip.key) for chip in self.view.filters) else self.narrowed

    def _ids(self) -> sa.Select[Any]:
        return self.ordered().with_only_columns(self.view.model.id)

    def load(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """With the relationships the columns show, so that a page costs a fixed number of queries."""
        shown = [column.load for column in self.columns() if column.load is not None]
        return statement.options(*self.view.list_options, *shown)

    def columns(self) -> list[Column]:
        """The columns chosen (`cols=a,b`), remembered by the view; else those shown by default."""
        chosen = [key for key in self.view.chosen_columns(self.args) if any(c.key == key for c in self.view.columns)]
        if chosen:
            return [c for c in self.view.columns if c.key in chosen]
        return [c for c in self.view.columns if c.shown]

    def screen(self) -> Screen:
        """Everything the template needs."""
        rows, columns = self.page(), self.columns()
        count = len(self.first_ids)
        return Screen(
            title=heading(self.view.title),
            crumb=heading(self.view.group),
            tabs=[self._tab(tab) for tab in self.tabs],
            chips=[self._chip(chip) for chip in self.view.filters],
            count_text=gettext("%(count)s 条", count=count_text(count, self.cap)),
            actions=self.view.list_actions(self.actor),
            head=[self._head(column) for column in columns],
            rows=[
                {"url": self.view.row_url(row), "cells": [as_cell(c, row) for c in columns]} | self.view.beside(row)
                for row in rows
            ],
            columns_form=[
                {"key": c.key, "label": gettext(c.label), "checked": c in columns} for c in self.view.columns
            ],
            pager=self._pager(count, len(rows)),
            empty=self._empty() if not rows else {},
            query=self.args,
            search=self._search(),
            notes=self.notes,
            noun=self.view.noun,
            clear_url=link({key: self.args.get(key, "") for key in self.view.lasting}) if self._conditions() else None,
        )

    def _empty(self) -> dict[str, Any]:
        """An empty list says whether its conditions, its tab or the office is empty."""
        is_narrowed = bool(self._conditions())
        whole = next((tab for tab in self.tabs if tab.key == "all"), None)
        if is_narrowed or whole in (None, self.tab):
            return dict(self.view.empty_state(self.actor, is_narrowed))
        bare = Listing(self.view, self.actor, {"tab": whole.key}) if whole else self
        if not gate.count(db.session, bare.statement(), 1):
            return dict(self.view.empty_state(self.actor, False))
        return {
            "text": gettext("“%(tab)s”里现在没有记录。", tab=gettext(self.tab.label) if self.tab else ""),
            "action": {"label": gettext("看全部"), "url": link({}, tab="all")},
        }

    def _conditions(self) -> Iterable[str]:
        return [chip.key for chip in self.view.filters if self.args.get(chip.key)] + (
            [self.args["q"]] if self.args.get("q") and "q" not in self.view.lasting else []
        )

    def _search(self) -> dict[str, str] | None:
        if not self.view.searchable:
            return None
        return {
            "name": "q",
            "value": self.args.get("q", ""),
            "placeholder": gettext(self.view.search_hint) if self.view.search_hint else "",
        }

    def _tab(self, tab: Tab) -> dict[str, Any]:
        count = count_text(self._tab_count(tab), TAB_CAP) if tab.count else ""
        return {"label": gettext(tab.label), "url": link({}, tab=tab.key), "active": tab is self.tab, "count": count}

    def _tab_count(self, tab: Tab) -> int:
        if tab is self.tab and not self._conditions():
            return len(self.first_ids)
        bare = Listing(self.view, self.actor, {"tab": tab.key})
        return gate.count(db.session, bare.statement(tab), TAB_CAP)

    def _chip(self, chip: Filter) -> dict[str, Any]:
        value = self.args.get(chip.key, "")
        options = list(chip.options(self.actor)) if chip.options else []
        shown = next((text for key, text in options if key == value), value.replace("..", gettext(" 至 ")).strip())
        bare = {k: v for k, v in self.args.items() if k not in ("page", chip.key)}
        shown_chip: dict[str, Any] = {
            "label": gettext("%(label)s：%(value)s", label=gettext(chip.label), value=shown)
            if value
            else gettext(chip.label),
            "active": bool(value),
            "remove_url": link(bare),
        }
        if chip.options:
            links = [{"label": t, "url": link(bare, **{chip.key: key}), "active": key == value} for key, t in options]
            return shown_chip | {"options": links}
        start, _, end = value.partition("..")
        typed = [{"name": chip.key, "label": gettext(chip.label), "type": "text", "value": value}]
        kind = {"dates": "date", "numbers": "number"}.get(chip.kind)
        sides = [
            {"name": f"{chip.key}_from", "label": gettext("从"), "type": kind, "value": start},
            {"name": f"{chip.key}_to", "label": gettext("到"), "type": kind, "value": end},
        ]
        return shown_chip | {"form": {"hidden": list(bare.items()), "fields": sides if kind else typed}}

    def _head(self, column: Column) -> dict[str, Any]:
        key, _, direction = self.args.get("sort", "").partition("-")
        is_sorted = key == column.key
        target = f"{column.key}-desc" if is_sorted and direction != "desc" else column.key
        url = link(self.args, sort=target, page=None) if column.sort is not None else None
        return {
            "label": gettext(column.label),
            "url": url,
            "sorted": (direction or "asc") if is_sorted else "",
            "kind": column.kind,
        }

    def _pager(self, count: int, shown: int) -> dict[str, Any]:
        page = page_number()
        more = count > (page * PAGE_SIZE + shown) and shown > 0
        return {
            "page": page + 1,
            "pages": "" if count > self.cap else max(1, -(-count // PAGE_SIZE)),
            "prev": link(self.args, page=str(page - 1)) if page else None,
            "next": link(self.args, page=str(page + 1)) if more else None,
        }


def tidy(view: Any, args: dict[str, str]) -> dict[str, str]:
    """Conditions without NUL or endless text; the two inputs of a date chip become one "from..to"."""
    found = {k: v[:200].replace("\x00", "") for k, v in args.items()}
    for chip in view.filters:
        start, end = found.pop(f"{chip.key}_from", ""), found.pop(f"{chip.key}_to", "")
        if start or end:
            found[chip.key] = f"{start}..{end}"
    return {k: v for k, v in found.items() if v}


def known(view: Any, actor: Actor, args: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The conditions without those nobody knows or this reader may not use, and a sentence for each left out."""
    strange = [chip for chip in view.filters if args.get(chip.key) and not chip.known(actor, args[chip.key])]
    notes = [
        gettext(
            "条件“%(label)s：%(value)s”无效或已不存在，没有采用；其余条件照常。",
            label=gettext(chip.label),
            value=args[chip.key][:40],
        )
        for chip in strange
    ]
    return {key: value for key, value in args.items() if key not in {chip.key for chip in strange}}, notes


def gate_select(model: type[Any]) -> sa.Select[Any]:
    """Rows by ids that already came through the gate in the same request."""
    return sa.select(model).execution_options(gated=True)


def as_cell(column: Column, row: Any) -> Cell:
    """What the column says of the row, as a Cell."""
    value = column.cell(row)
    return value if isinstance(value, Cell) else Cell(text=str(value) if value is not None else "", kind=column.kind)
