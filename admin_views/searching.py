"""搜索: the one box on every page; what was found, newest first, why, and narrowed by the matters' own conditions."""

from typing import Any

import sqlalchemy as sa
from flask import current_app, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import contact_facts, looked, petition_page, saved_filters
from admin_views.base import Page, current_actor, show
from admin_views.list_rows import tidy
from admin_views.list_screen import Listing
from admin_views.listing import Column, Screen, Tab
from admin_views.petitions import PetitionView, light_cell
from models import db
from rules.access import Actor
from services import gate, gate_scope, search, search_reasons
from services.search_newest import newest


class Search(Page):
    """The one box: number, name, pinyin, phone, ID number, any words."""

    verbs = {"index": "search.view"}

    @expose("/")
    def index(self) -> Any:
        text = request.args.get("q", "").strip()[: search.LONGEST]
        looked.note_identity(text)
        return self.render("search.html", screen=found_list(current_actor(), text), text=text)


def found_list(actor: Actor, text: str) -> Screen:
    """The hits as a list screen."""
    view = next(v for v in current_app.extensions["admin"][0]._views if isinstance(v, PetitionView))
    args = {key: ",".join(values) for key, values in request.args.lists()} | {"q": text}
    screen = Listing(Hits(view, text), actor, args).screen()
    screen.notes += looked.short_note(text)
    screen.saving = saved_filters.offer(actor, view.noun, {**screen.query, "tab": "all"})
    return screen


class Hits:
    """The matters' list narrowed to the hits of one text; everything else is the list's own."""

    tabs: tuple[Tab, ...] = ()
    columns: tuple[Column, ...] = ()
    searchable = False
    lasting = ("q",)
    title = "搜索"

    def __init__(self, view: PetitionView, text: str) -> None:
        self._view, self._text = view, text

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def base_statement(self, actor: Actor) -> Any:
        """Without a text: what the conditions say, and nothing without conditions."""
        asked = tidy(self._view, request.args.to_dict())
        is_narrowed = any(asked.get(chip.key) for chip in self._view.filters)
        return gate.rows(actor, m.Petition).where(sa.true() if is_narrowed else sa.false())

    def found_ids(self, actor: Actor, _text: str, narrow: Any, limit: int) -> list[int] | None:
        return newest(db.session(), actor, self._text, limit, narrow) if self._text else None

    def default_order(self) -> list[Any]:
        """Newest first."""
        return []

    def beside(self, row: m.Petition) -> dict[str, Any]:
        """What a hit shows: the matter in three lines, with the reasons."""
        words = search.normal(self._text).split()[: search.MAX_WORDS]
        why = search_reasons.reasons(db.session(), current_actor(), row, self._text) if self._text else []
        kind = petition_page.STATUS_KINDS[row.status]
        return {
            "number": row.number,
            "title": search_reasons.marked(row.title, words),
            "why": [{"label": _label(reason.label), "parts": reason.parts} for reason in why],
            "tags": [{"text": gettext(row.status.label), "kind": kind}, light_cell(row).tag],
            "facts": [
                petition_page.petitioner(row),
                contact_facts.channel_label(row.channel),
                show(row.unit),
                gettext("%(day)s 登记", day=show(row.registered_on)),
                gettext("重复 %(count)s 次", count=len(row.contacts) - 1) if len(row.contacts) > 1 else "",
            ],
        }

    def list_actions(self, _actor: Actor) -> list[dict[str, Any]]:
        return []

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        if self._text and narrowed:
            said = gettext("加上这些条件，没有找到“%(text)s”。去掉几个条件再试。", text=self._text)
        elif self._text and gate_scope.sees_all(actor):
            said = gettext("没有找到“%(text)s”。换一个词，或试试编号、电话。", text=self._text)
        elif self._text:
            said = gettext("没有找到“%(text)s”。这里只查您能看到的事项；换一个词，或试试编号、电话。", text=self._text)
        else:
            said = gettext("在上面的框里输入编号、姓名、拼音、电话或诉求中的词。")
        return {
            "text": said,
            "action": {"label": gettext("看全部信访事项"), "url": url_for("petition.index_view", tab="all")},
        }


def _label(label: str) -> str:
    """来件 LX… carries its number behind it."""
    word, _, number = label.partition(" ")
    return f"{gettext(word)} {number}".strip()


def views() -> list[Any]:
    return [Search(name="搜索", endpoint="search", url="/admin/search")]
