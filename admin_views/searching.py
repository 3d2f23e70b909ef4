"""搜索: the one box on every page; the hits are the matters' own list, newest first."""

from typing import Any

from flask import current_app, request, url_for
from flask_admin import expose
from flask_babel import gettext

from admin_views import looked
from admin_views.base import Page, current_actor
from admin_views.listing import Filter, Listing, Tab
from admin_views.petitions import PetitionView
from models import db
from rules.access import Actor
from services import search


class Search(Page):
    """The one box: number, name, initials, phone, ID number, any words."""

    verbs = {"index": "search.view"}

    @expose("/")
    def index(self) -> Any:
        text = request.args.get("q", "").strip()[:100]
        actor = current_actor()
        looked.note_identity(text)
        return self.render("search.html", screen=found_list(actor, text), text=text)


def found_list(actor: Actor, text: str) -> Any:
    """The hits as a list screen: the matters' own columns, newest first."""
    view = next(v for v in current_app.extensions["admin"][0]._views if isinstance(v, PetitionView))
    return Listing(Hits(view, text), actor, {"q": text, "page": request.args.get("page", "")}).screen()


class Hits:
    """The matters' list narrowed to the hits of one text; everything else is the list's own."""

    tabs: tuple[Tab, ...] = ()
    filters: tuple[Filter, ...] = ()
    searchable = False

    def __init__(self, view: PetitionView, text: str) -> None:
        self._view, self._text = view, text

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def base_statement(self, actor: Actor) -> Any:
        return search.statement(db.session(), actor, self._text)

    def default_order(self) -> None:
        """The search's own: newest first."""

    def list_actions(self, _actor: Actor) -> list[dict[str, Any]]:
        return []

    def empty_state(self, _actor: Actor, _narrowed: bool) -> dict[str, Any]:
        said = (
            gettext("没有找到“%(text)s”。换一个词，或试试编号、电话。", text=self._text)
            if self._text
            else gettext("在上面的框里输入编号、姓名、电话或诉求中的词。")
        )
        return {
            "text": said,
            "action": {"label": gettext("看全部信访事项"), "url": url_for("petition.index_view", tab="all")},
        }


def views() -> list[Any]:
    return [Search(name="搜索", endpoint="search", url="/admin/search")]
