"""One reading of a list: its statement narrowed by tab, chips and search, and its rows page by page."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from admin_views.listing import (
    COUNT_CAP,
    PAGE_SIZE,
    SCOPED_CAP,
    Column,
    Tab,
    page_number,
)
from models import db
from rules.access import MATTER_SCOPE, Actor, Scope


class ListRows:
    """One reading of a list: its statement with tab, filters, search and order, and the rows of the page asked for."""

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
