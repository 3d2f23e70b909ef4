"""The screen of a list: tabs, chips, head, rows and pages as templates/admin/model/list.html shows them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from admin_views.list_rows import ListRows
from admin_views.listing import PAGE_SIZE, TAB_CAP, Cell, Column, Filter, Screen, Tab, count_text, link, page_number
from admin_views.wording import heading
from models import db
from services import gate


class Listing(ListRows):
    """One reading of a list with its screen."""

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


def as_cell(column: Column, row: Any) -> Cell:
    """What the column says of the row, as a Cell."""
    value = column.cell(row)
    return value if isinstance(value, Cell) else Cell(text=str(value) if value is not None else "", kind=column.kind)
