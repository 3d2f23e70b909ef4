"""我的筛选: filters saved under a name, shown as tabs of their list; and the columns a reader keeps of a list."""

from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app, request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views.base import Action, DeskView, Page, current_actor, done
from admin_views.list_rows import tidy
from admin_views.listing import Cell, Column, link
from models import db
from rules.access import OFFICE, Actor, may
from rules.moves import Need
from services import gate, list_choices

NAMES = {"petition": "信访事项"}
"""Lists whose filters are saved: the endpoint's noun and what the list is called."""


def url_of(row: m.SavedFilter) -> str:
    """The list with these conditions."""
    return url_for(f"{row.noun}.index_view", **list_choices.read(row.query))


def tabs(actor: Actor, noun: str, args: dict[str, str]) -> list[dict[str, Any]]:
    """The saved filters as tabs of their list; a colleague's says whose it is."""
    if noun not in NAMES or not may(actor, "saved_filter.list"):
        return []
    rows = db.session.scalars(list_choices.offered(actor).where(m.SavedFilter.noun == noun)).all()
    here = {key: value for key, value in args.items() if key not in list_choices.PASSING}
    return [
        {
            "label": label_of(row, actor),
            "url": url_of(row),
            "active": list_choices.read(row.query) == here,
            "saved": True,
        }
        for row in rows
    ]


def offer(actor: Actor, noun: str, args: dict[str, str]) -> dict[str, Any] | None:
    """The small form that keeps a list's conditions, where there are some; always the way to those kept."""
    if not may(actor, "saved_filter.make"):
        return None
    conditions = {key: value for key, value in args.items() if key not in list_choices.PASSING}
    is_some = bool(set(conditions) - {"tab", "sort"})
    return {
        "noun": noun,
        "query": urlencode(conditions) if is_some else "",
        "may_share": actor.role in OFFICE,
        "help": gettext(SHARE_HELP),
        "limit": list_choices.NAME,
    }


def label_of(row: m.SavedFilter, actor: Actor) -> str:
    """Its name, and the maker's where that is somebody else."""
    return row.name if row.user_id == actor.user_id else f"{row.name}（{row.user.name}）"


def _rename(session: Any, actor: Actor, row: m.SavedFilter, said: dict[str, Any]) -> None:
    list_choices.rename(session, actor, row, said["name"], is_shared=bool(said.get("is_shared")))


def _remove(session: Any, actor: Actor, row: m.SavedFilter, _said: dict[str, Any]) -> str:
    name = row.name
    list_choices.remove(session, actor, row)
    return gettext("已删除筛选“%(name)s”。", name=name)


def _is_own(row: m.SavedFilter, actor: Actor) -> bool:
    return row.user_id == actor.user_id


SHARE_HELP = "共享后全办都能在列表上方看到它的名称，请不要写人名；各人打开只看到自己有权看的事项。"


class SavedFilterView(DeskView):
    """我的筛选."""

    title, group = "我的筛选", "办理"
    columns = (
        Column("name", "名称", lambda row: Cell(label_of(row, current_actor()))),
        Column("list", "列表", lambda row: gettext(NAMES.get(row.noun, row.noun))),
        Column("conditions", "条件", lambda row: Cell(conditions(row), kind="clip")),
        Column("is_shared", "共享", lambda row: gettext("全办可见") if row.is_shared else gettext("仅自己")),
    )
    fact_groups = (("筛选", ("name", "is_shared")),)
    actions = (
        Action(
            "rename", "改名", "saved_filter.make", _rename,
            (
                Need("name", "名称", limit=list_choices.NAME),
                Need("is_shared", "共享给全办", "bool", required=False, help=SHARE_HELP),
            ),
            is_shown=_is_own,
        ),
        Action(
            "remove", "删除", "saved_filter.make", _remove,
            confirm="确定删除这个筛选？信访事项不受影响。",
            is_shown=_is_own, kind="no", after=lambda _row: url_for("saved_filter.index_view"),
        ),
    )  # fmt: skip
    verbs = {"save_view": "saved_filter.make"}

    def base_statement(self, actor: Actor) -> sa.Select[Any]:
        return list_choices.offered(actor).order_by(None).options(joinedload(m.SavedFilter.user))

    def get_one(self, id: Any) -> Any:
        return list_choices.find(db.session(), current_actor(), id)

    def prefill(self, row: Any, _action: Action, form: Any) -> None:
        if "name" in form:
            form["name"].data, form.is_shared.data = row.name, row.is_shared

    def shape(self, _row: Any, _action: Action, form: Any) -> None:
        if "is_shared" in form and current_actor().role not in OFFICE:
            del form.is_shared

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        facts = context["screen"]["facts"][0]["items"]
        facts.append({"label": gettext("条件"), "text": conditions(row), "wide": True})
        context["screen"]["actions"].append({"label": gettext("打开列表"), "url": url_of(row), "primary": True})
        return context

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        return {
            "text": gettext("还没有保存的筛选。在信访事项列表里选好条件，点“存为筛选”。"),
            "action": {"label": gettext("信访事项"), "url": url_for("petition.index_view")},
        }

    @expose("/save", methods=("POST",))
    def save_view(self) -> Any:
        """Keep the conditions of a list under a name."""
        noun = request.form.get("noun", "")
        if noun not in NAMES:
            raise gate.NotHere(gettext("这个列表不能保存筛选。"))
        view = view_of(noun)
        said = tidy(view, list_choices.read(request.form.get("query", "")[:2000]))
        row = list_choices.save(
            db.session(),
            current_actor(),
            noun,
            request.form.get("name", ""),
            {key: value for key, value in said.items() if key in condition_keys(view)},
            is_shared="is_shared" in request.form,
        )
        return done(gettext("已保存筛选“%(name)s”，在列表上方点开。", name=row.name), url_of(row))


def condition_keys(view: Any) -> set[str]:
    """What a saved filter of this list may hold."""
    return {"q", "tab", "sort", *(chip.key for chip in view.filters)}


def view_of(noun: str) -> Any:
    """The list's own view. Raises NotHere where there is none."""
    found = next((v for v in current_app.extensions["admin"][0]._views if v.endpoint == noun), None)
    if not isinstance(found, DeskView):
        raise gate.NotHere(gettext("没有这个列表。"))
    return found


def conditions(row: m.SavedFilter) -> str:
    """The conditions in words, as the list's own chips say them."""
    args, view, actor = list_choices.read(row.query), view_of(row.noun), current_actor()
    said = [gettext(tab.label) for tab in view.tabs if tab.key == args.get("tab")]
    for chip in view.filters:
        if value := args.get(chip.key):
            options = dict(chip.options(actor)) if chip.options else {}
            said.append(f"{gettext(chip.label)}：{options.get(value) or value.replace('..', gettext(' 至 '))}")
    if args.get("q"):
        said.append(gettext("查找“%(text)s”", text=args["q"]))
    return "；".join(said)


class ListColumnsPage(Page):
    """Which columns of a list are shown, kept for the reader."""

    verbs = {"index": "list_columns.choose"}

    @expose("/", methods=("POST",))
    def index(self) -> Any:
        """Keep the choice and go back to the list as it was."""
        actor, view = current_actor(), view_of(request.form.get("noun", ""))
        if not may(actor, view.verbs["index_view"]):
            raise gate.Forbidden(gettext("您的角色不能打开这个页面。"))
        known = {column.key for column in view.columns}
        chosen = [key for key in request.form.getlist("cols") if key in known]
        list_choices.choose_columns(db.session(), actor, view.noun, chosen)
        kept = tidy(view, list_choices.read(request.form.get("query", "")[:2000]))
        kept.pop("cols", None)
        said = gettext("已记住这个列表显示哪些列。") if chosen else gettext("已恢复这个列表的默认列。")
        return done(said, url_for(f"{view.endpoint}.index_view") + link(kept))


def views() -> list[Any]:
    return [
        SavedFilterView(m.SavedFilter),
        ListColumnsPage(name="列", endpoint="list_columns", url="/admin/list_columns"),
    ]
