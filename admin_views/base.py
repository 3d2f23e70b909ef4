"""What every generated screen shares: a view is a declaration (columns, filters, tabs, form_columns, actions, verbs).

A handler that is not named in `verbs` is refused. Here: the list, the details and what is declared; saving, actions and
the gate itself live beside.
"""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext
from wtforms import IntegerField, validators
from wtforms.widgets import HiddenInput

from admin_views import scaffolding
from admin_views.actions import Action, ActionPages
from admin_views.gated import Gated, Page, current_actor, done, locale, posted
from admin_views.labels import label
from admin_views.list_screen import Listing
from admin_views.listing import Column, Filter, Screen, Tab
from admin_views.saving import SavingPages, check_version
from admin_views.shown import show
from models import db
from rules.access import PERMISSIONS, Actor, may
from services import gate, list_choices

__all__ = [
    "Action", "DeskView", "Gated", "Page", "check_version", "current_actor", "done", "locale", "posted", "show",
]  # fmt: skip


class DeskView(Gated, SavingPages, ActionPages, ModelView):
    """A generated management screen for one model; see the class attributes for what may be declared."""

    noun = ""
    title = ""
    group = ""
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    tabs: tuple[Tab, ...] = ()
    list_options: tuple[Any, ...] = ()
    searchable = False
    search_hint = ""
    lasting: tuple[str, ...] = ("tab",)
    """What stays in the address when the conditions are cleared."""
    fieldsets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fact_groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    actions: tuple[Action, ...] = ()
    create_verb: str | None = None
    empty_words = "还没有记录。"
    create_label = "新增"
    edit_verb: str | None = None
    export_verb: str | None = None
    details_template = "admin/model/details.html"
    form_base_class = BaseForm
    model_form_converter = scaffolding.DeskConverter
    named_filter_urls = False

    def __init__(self, model: type[Any], **options: Any) -> None:
        self.noun = self.noun or model.__tablename__
        noun = self.noun
        self.verbs = {
            "index_view": f"{noun}.list",
            "details_view": f"{noun}.view" if f"{noun}.view" in PERMISSIONS else f"{noun}.list",
            "do_view": f"{noun}.list",
            "create_view": self.create_verb or "",
            "edit_view": self.edit_verb or "",
            "export": self.export_verb or "",
            **type(self).verbs,
        }
        self.column_list = [column.name for column in model.__table__.columns]
        self.form_columns = [name for _title, names in self.fieldsets for name in names] or ["id"]
        self.form_excluded_columns = None
        super().__init__(model, db, name=self.title, endpoint=noun, url=f"/admin/{noun}", **options)

    # -- what Flask-Admin would read past the gate (traps 1, 2, 10)

    @property
    def can_create(self) -> bool:
        return self.create_verb is not None

    @property
    def can_edit(self) -> bool:
        return self.edit_verb is not None

    can_delete = False
    can_view_details = True
    can_export = False

    def get_query(self) -> Any:
        raise NotImplementedError("lists read base_statement")

    get_count_query = get_query

    def get_one(self, id: Any) -> Any:
        return gate.find(db.session(), current_actor(), self.model, id)

    def scaffold_list_columns(self) -> list[str]:
        return [column.name for column in self.model.__table__.columns]

    def scaffold_sortable_columns(self) -> dict[str, Any]:
        return {}

    def scaffold_form(self) -> type[BaseForm]:
        form = super().scaffold_form()
        form.version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])
        return form

    # -- declared by subclasses

    def base_statement(self, actor: Actor) -> sa.Select[Any]:
        return gate.rows(actor, self.model)

    def default_order(self) -> list[Any]:
        return []

    def search(self, statement: sa.Select[Any], _text: str) -> sa.Select[Any]:
        return statement

    def chosen_columns(self, args: dict[str, str]) -> list[str]:
        """Columns of this list: from the address, else those the user chose last time."""
        asked = [key for key in args.get("cols", "").split(",") if key]
        return asked or list_choices.columns(db.session(), current_actor(), self.noun)

    def found_ids(self, _actor: Actor, _text: str, _narrow: Any, _limit: int) -> list[int] | None:
        """The ids of a search by its own order; None: the list's statement and order decide."""
        return None

    def row_url(self, row: Any) -> str:
        """The row's own page; nothing for a role that sees the list and may not open a single one."""
        if not may(current_actor(), self.verbs["details_view"]):
            return ""
        return url_for(f"{self.noun}.details_view", id=row.id)

    def beside(self, _row: Any) -> dict[str, Any]:
        """What a row of the list says beside its cells."""
        return {}

    def dress(self, screen: Screen, actor: Actor) -> None:
        """Put onto the list's screen what only this list has."""

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        """Buttons above the list."""
        found = []
        if self.export_verb and may(actor, self.export_verb):
            kept = {k: v for k, v in request.args.items() if k not in ("page", "reason")}
            url = url_for(f"{self.noun}.export", export_type="xlsx", **kept)
            found.append(
                {"label": gettext("导出 Excel"), "url": url, "ask_reason": gettext("请写明导出理由，会记入审计。")}
            )
        if self.create_verb and may(actor, self.create_verb):
            found.append(
                {"label": gettext(self.create_label), "url": url_for(f"{self.noun}.create_view"), "primary": True}
            )
        return found

    def first_tab(self, _actor: Actor) -> Tab | None:
        """The tab a list opens with."""
        return self.tabs[0] if self.tabs else None

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        """What an empty list says and offers next."""
        if narrowed:
            return {
                "text": gettext("没有符合条件的记录。"),
                "action": {"label": gettext("清除条件"), "url": url_for(f"{self.noun}.index_view")},
            }
        if self.create_verb and may(actor, self.create_verb):
            return {
                "text": gettext(self.empty_words),
                "action": {"label": gettext(self.create_label), "url": url_for(f"{self.noun}.create_view")},
            }
        return {"text": gettext(self.empty_words), "action": None}

    def page_title(self, row: Any | None) -> str:
        """Head of the form and details pages."""
        return str(row) if row is not None else gettext(self.create_label)

    # -- handlers

    @expose("/")
    def index_view(self) -> Any:
        actor = current_actor()
        args = {key: ",".join(values) for key, values in request.args.lists()}
        screen = Listing(self, actor, args).screen()
        self.dress(screen, actor)
        return self.render("admin/model/list.html", screen=screen, view=self)

    @expose("/details/")
    def details_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        return self.render(self.details_template, **self.details(row))

    # -- details and actions

    def details(self, row: Any) -> dict[str, Any]:
        """Context of the details page; subclasses add to it."""
        groups = self.fact_groups or self.fieldsets
        facts = [{"title": gettext(t), "items": [self.fact(row, name) for name in names]} for t, names in groups]
        return {
            "row": row,
            "view": self,
            "screen": {
                "title": self.page_title(row),
                "crumb": self.crumb(),
                "facts": facts,
                "actions": self.row_actions(row),
            },
        }

    def fact(self, row: Any, name: str) -> dict[str, Any]:
        """One labelled fact; `<x>_id` shows the row it points to."""
        value = getattr(row, name.removesuffix("_id"), None) if name.endswith("_id") else getattr(row, name)
        text = show(value)
        return {"label": label(name, self.noun), "text": text, "wide": len(text) > 40}

    # -- export

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        from admin_views.export import export_list

        return export_list(self, export_type)

    # Flask-Admin's own ways past the above are closed.
    def delete_view(self) -> Any:
        raise gate.Forbidden("登记的内容不能删除。")

    def action_view(self) -> Any:
        raise gate.Forbidden("没有这项操作。")

    def ajax_lookup(self) -> Any:
        raise gate.Forbidden("没有这项操作。")

    def ajax_update(self) -> Any:
        raise gate.Forbidden("没有这项操作。")
