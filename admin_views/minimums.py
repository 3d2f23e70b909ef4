"""最低次数: how often leaders of a rank and level must receive, be on duty or go down; the sources' own as ready choices (D3, E1)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

import models as m
from admin_views.base import DeskView, show
from admin_views.listing import Cell, Column, Tab
from admin_views.people import state_cell
from models import db
from rules.access import Actor
from rules.minimums import READY, Least
from services import minimums


def who_words(rank: Any, level: Any) -> str:
    """党委政府 主要领导; 全部领导."""
    return " ".join(filter(None, [show(level) if level else "", show(rank) if rank else ""])) or gettext("全部领导")


def ready_words(least: Least) -> str:
    """党委政府 主要领导：每周 1 接访（场）."""
    return gettext(
        "%(who)s：%(every)s %(count)s · %(counted)s",
        who=who_words(least.rank, least.level), every=show(least.every), count=least.count, counted=show(least.counted),
    )  # fmt: skip


class MinimumView(DeskView):
    """最低次数."""

    title, group = "最低次数", "接访"
    create_verb = edit_verb = "minimum.edit"
    create_label = "新增最低次数"
    create_template = edit_template = "minimum.html"
    columns = (
        Column("who", "谁", lambda x: who_words(x.rank, x.level)),
        Column("counted", "计什么", lambda x: show(x.counted)),
        Column("count", "最低次数", lambda x: str(x.count), kind="num"),
        Column("every", "周期", lambda x: show(x.every)),
        Column("source", "依据", lambda x: Cell(x.source or "", kind="clip")),
        Column("state", "状态", state_cell),
    )
    tabs = (
        Tab("active", "启用", lambda s, _a: s.where(m.Minimum.is_active)),
        Tab("all", "全部", lambda s, _a: s),
    )
    fieldsets = (
        ("谁", ("level", "rank")),
        ("最低次数", ("counted", "count", "every", "source", "is_active")),
    )
    form_args = {
        "level": {"description": lazy_gettext("不选为不限级别；领导的级别在“领导”中填写。")},
        "rank": {"description": lazy_gettext("不选为不限职级。")},
    }

    def default_order(self) -> list[Any]:
        return [m.Minimum.id]

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        if request.method != "POST":
            ready = request.args.get("ready", "")
            chosen = READY[int(ready)] if ready in map(str, range(len(READY))) else None
            form.is_active.data = True
            for name in ("counted", "rank", "level", "count", "every", "source") if chosen else ():
                form[name].data = getattr(chosen, name)
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        ready = [
            {"label": ready_words(least), "source": least.source, "url": url_for("minimum.create_view", ready=n)}
            for n, least in enumerate(READY)
        ]
        return super().form_screen(row) | {"ready": ready if row is None else []}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return minimums.save(db.session(), actor, row, values)

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext("新增最低次数")
        return f"{who_words(row.rank, row.level)} {show(row.counted)} {show(row.every)} {row.count}"


def views() -> list[Any]:
    return [MinimumView(m.Minimum)]
