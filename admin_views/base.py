"""What every screen shares: the actor, the gate in front of each handler, saving with versions, actions, export.

A view is a declaration (columns, filters, tabs, form_columns, actions, verbs); a handler that is not named in `verbs`
is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, flash, g, has_request_context, redirect, request, url_for
from flask import session as web_session
from flask_admin import BaseView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from wtforms import IntegerField, PasswordField, validators
from wtforms.widgets import HiddenInput

from admin_views import fields, wording
from admin_views.labels import label
from admin_views.listing import Column, Filter, Listing, Tab
from models import User, db
from rules.access import Actor, may
from rules.moves import Need
from rules.words import Role, RuleBroken, Stale, Word
from services import gate


def current_actor() -> Actor:
    """The actor of this request; raises Forbidden when nobody is logged in (account redirects before that)."""
    if "actor" not in g:
        if not current_user.is_authenticated:
            raise gate.Forbidden("请先登录。")
        user = db.session.get(User, int(current_user.get_id()))
        if user is None:
            raise gate.Forbidden("请先登录。")
        today, now = current_app.extensions["desk_clock"]()
        g.actor = gate.actor_of(db.session(), user, today, now, request.remote_addr or "")
        db.session().info["actor"] = g.actor
    return g.actor


def locale() -> str:
    """The reader's language: the one chosen in this session, else his account's, else Chinese."""
    if not has_request_context():
        return "zh"
    user_language = getattr(current_user, "language", None) if current_user else None
    return web_session.get("language") or user_language or "zh"


@dataclass(frozen=True)
class Action:
    """A button on a row's page, posted to `<id>/do/<verb>`.

    `run(session, actor, row, values)` returns the sentence to show, None for the usual one, or a page to answer with.

    permission: verb of rules.access, or the roles themselves (a move's `who`); needs: what its form asks; is_shown: whether it makes sense now for this row.
    """

    verb: str
    label: str
    permission: str | frozenset[Role]
    run: Callable[..., Any]
    needs: Sequence[Need] | Callable[[Any], Sequence[Need]] = ()
    confirm: str = ""
    is_shown: Callable[[Any, Actor], bool] = lambda _row, _actor: True
    kind: str = ""
    help: str = ""
    after: Callable[[Any], str] | None = None

    def permits(self, actor: Actor) -> bool:
        """May this role use the action at all?"""
        if isinstance(self.permission, str):
            return may(actor, self.permission)
        return actor.is_system or actor.role in self.permission

    def needs_for(self, row: Any) -> Sequence[Need]:
        """What the form asks, which may depend on the row."""
        return self.needs(row) if callable(self.needs) else self.needs


class Gated:
    """Mixin: one gate in front of every handler. `verbs` maps handler names to verbs of rules.access."""

    verbs: dict[str, str] = {}

    def is_accessible(self) -> bool:
        return True

    def is_visible(self) -> bool:
        return False

    def _handle_view(self, name: str, **_kwargs: Any) -> None:
        verb = self.verbs.get(name)
        actor = current_actor()
        if verb is None or not may(actor, verb):
            raise gate.Forbidden("您的角色不能打开这个页面。")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(self, *args, **kwargs)


class Page(Gated, BaseView):
    """A custom page where generation ends. Subclasses declare `verbs` and expose handlers."""


def posted() -> Any:
    """Form fields and files of the request together."""
    return CombinedMultiDict([request.files, request.form])


def check_version(row: Any, shown: Any) -> None:
    """Refuse a save from a form older than the row (C14). Raises Stale; a missing or odd version is stale too."""
    if str(row.version) != str(shown or ""):
        raise Stale("这条记录刚被别人改过，您的修改没有保存。请核对两个版本后再提交。", "version")


def done(message: str, url: str) -> Any:
    """Commit, say so, and go on."""
    db.session.commit()
    flash(message, "success")
    return redirect(url)


class DeskView(Gated, ModelView):
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
    fieldsets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fact_groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    actions: tuple[Action, ...] = ()
    create_verb: str | None = None
    create_label = "新增"
    edit_verb: str | None = None
    export_verb: str | None = None
    details_template = "admin/model/details.html"
    form_base_class = BaseForm
    model_form_converter = fields.DeskConverter
    named_filter_urls = False

    def __init__(self, model: type[Any], **options: Any) -> None:
        self.noun = self.noun or model.__tablename__
        noun = self.noun
        self.verbs = {
            "index_view": f"{noun}.list",
            "details_view": f"{noun}.view" if f"{noun}.view" in _permissions() else f"{noun}.list",
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
        return [key for key in args.get("cols", "").split(",") if key]

    def row_url(self, row: Any) -> str:
        return url_for(f"{self.noun}.details_view", id=row.id)

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

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        """What an empty list says and offers next."""
        if narrowed:
            return {
                "text": gettext("没有符合条件的记录。"),
                "action": {"label": gettext("清除条件"), "url": url_for(f"{self.noun}.index_view")},
            }
        if self.create_verb and may(actor, self.create_verb):
            return {
                "text": gettext("还没有记录。"),
                "action": {"label": gettext(self.create_label), "url": url_for(f"{self.noun}.create_view")},
            }
        return {"text": gettext("还没有记录。"), "action": None}

    def page_title(self, row: Any | None) -> str:
        """Head of the form and details pages."""
        return str(row) if row is not None else gettext(self.create_label)

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        """Write the form's values; subclasses call their service's verb instead."""
        for name, value in values.items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()
        return row

    # -- handlers

    @expose("/")
    def index_view(self) -> Any:
        actor = current_actor()
        args = {key: ",".join(values) for key, values in request.args.lists()}
        screen = Listing(self, actor, args).screen()
        return self.render("admin/model/list.html", screen=screen, view=self)

    @expose("/details/")
    def details_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        return self.render(self.details_template, **self.details(row))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        form = self.create_form()
        if request.method == "POST":
            answer = self._save(form, self.model(), gettext("已保存。"))
            if answer is not None:
                return answer
        return self._form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        form = self.edit_form(obj=row)
        if request.method == "POST":
            answer = self._save(form, row, gettext("已保存。"), is_edit=True)
            if answer is not None:
                return answer
        return self._form_page(form, row)

    def _save(self, form: Any, row: Any, message: str, *, is_edit: bool = False) -> Any:
        """Validate and save; None when the form must be shown again (its errors say why)."""
        if not form.validate():
            return None
        if is_edit:
            try:
                check_version(row, form.version.data)
            except Stale as stale:
                return self._conflict(form, row, stale)
        values = {
            f.name: f.data for f in form if f.name not in ("version", "csrf_token") and f.name in request_fields(form)
        }
        try:
            saved = self.save(current_actor(), row, values)
            db.session.commit()
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            attach(form, no)
            return None
        except sa.exc.IntegrityError:
            db.session.rollback()
            attach(form, RuleBroken(gettext("已有相同的记录，请核对名称或编号。")))
            return None
        flash(message, "success")
        return redirect(self.row_url(saved))

    def _form_page(self, form: Any, row: Any | None) -> Any:
        status = 422 if form.errors else 200
        if row is not None and not form.version.data:
            form.version.data = row.version
        template = self.edit_template if row is not None else self.create_template
        screen = self.form_screen(row)
        return self.render(
            template, form=form, screen=screen, return_url=screen["back_url"], row=row, view=self
        ), status

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        """Head and fieldsets of the form page."""
        back = self.row_url(row) if row is not None else url_for(f"{self.noun}.index_view")
        return {
            "title": self.page_title(row),
            "crumb": self.crumb(),
            "fieldsets": [{"title": gettext(title), "fields": list(names)} for title, names in self.fieldsets],
            "back_url": back,
        }

    def crumb(self, row: Any | None = None) -> Any:
        """The way back, above the heading: list, then the row."""
        trail = Markup('<a href="{}">{}</a>').format(url_for(f"{self.noun}.index_view"), gettext(self.title))
        return trail if row is None else trail + Markup(' / <a href="{}">{}</a>').format(self.row_url(row), str(row))

    def _conflict(self, form: Any, row: Any, stale: Stale) -> Any:
        """409 with both versions: what stands now beside what was sent; the sent values can be saved over it knowingly."""
        rows = []
        for item in form:
            if item.name not in ("version", "csrf_token") and not isinstance(item, PasswordField):
                now, sent = show(self.standing(row, item.name)), show(fields.said(item))
                rows += [{"label": item.label.text, "mine": sent, "theirs": now}] if now != sent else []
        form.version.data, form.version.raw_data = row.version, None
        screen = self.form_screen(row) | {"conflict": {"rows": rows, "said": wording.said(stale.message)}}
        page = self.render(
            self.edit_template, form=form, screen=screen, return_url=screen["back_url"], row=row, view=self
        )
        return page, 409

    def standing(self, row: Any, name: str) -> Any:
        """What stands in a column now; for `<x>_id` the row it points to."""
        return getattr(row, name.removesuffix("_id") if hasattr(row, name.removesuffix("_id")) else name, None)

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

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """The buttons allowed now on a row: edit first, then the declared actions."""
        actor, found = current_actor(), []
        for action in self.actions:
            if action.permits(actor) and action.is_shown(row, actor):
                found.append(self.action_button(row, action))
        if self.edit_verb and may(actor, self.edit_verb) and self.is_editable_now(row, actor):
            found.append({"label": gettext("修改"), "url": url_for(f"{self.noun}.edit_view", id=row.id)})
        return found

    def is_editable_now(self, _row: Any, _actor: Actor) -> bool:
        return True

    def action_button(self, row: Any, action: Action) -> dict[str, Any]:
        """A link to the action's form, or a confirmed post when it asks nothing."""
        button: dict[str, Any] = {
            "label": gettext(action.label) + ("…" if action.needs_for(row) else ""),
            "url": url_for(f"{self.noun}.do_view", row_id=row.id, verb=action.verb),
            "primary": action.kind == "go",
            "danger": action.kind == "no",
        }
        if not action.needs_for(row):
            confirm = gettext(action.confirm) or gettext("确定“%(label)s”？", label=gettext(action.label))
            button |= {"post": True, "fields": {"version": getattr(row, "version", "")}, "confirm": confirm}
        return button

    def find_action(self, row: Any, verb: str, actor: Actor) -> Action:
        """The declared action; Forbidden when the role may not, NotHere when there is none, RuleBroken when not now."""
        action = next((a for a in self.actions if a.verb == verb), None)
        if action is None:
            raise gate.NotHere(gettext("没有这项操作。"))
        if not action.permits(actor):
            raise gate.Forbidden(gettext("您的角色不能进行这项操作。"))
        if not action.is_shown(row, actor):
            raise RuleBroken(
                gettext("现在不能“%(label)s”：这条记录的状态或责任单位不允许。", label=gettext(action.label))
            )
        return action

    @expose("/<row_id>/do/<verb>", methods=("GET", "POST"))
    def do_view(self, row_id: str, verb: str) -> Any:
        actor = current_actor()
        row = self.get_one(row_id)
        action = self.find_action(row, verb, actor)
        form = fields.form_of(action.needs_for(row))(posted() if request.method == "POST" else None)
        self.shape(row, action, form)
        if request.method == "GET":
            self.prefill(row, action, form)
            return self._action_page(row, action, form, 200)
        return self._run_action(actor, row, action, form)

    def shape(self, _row: Any, _action: Action, _form: Any) -> None:
        """Narrow what an action's form offers and accepts for this row."""

    def prefill(self, _row: Any, _action: Action, _form: Any) -> None:
        """Defaults of an action's form."""

    def _run_action(self, actor: Actor, row: Any, action: Action, form: Any) -> Any:
        values = {}
        try:
            if not form.validate():
                raise fields.first_error(form)
            if hasattr(row, "version"):
                check_version(row, form.version.data)
            values = {need.name: form[need.name].data for need in action.needs_for(row)}
            said = action.run(db.session(), actor, row, values)
            if isinstance(said, Response):
                db.session.commit()
                return said
            url = action.after(row) if action.after else self.row_url(row)
            return done(str(said or gettext("已完成：%(label)s。", label=gettext(action.label))), url)
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            attach(form, no)
            row = self.get_one(row.id if not isinstance(row, str) else row)
            return self._action_page(row, action, form, 409 if isinstance(no, Stale) else 422)

    def _action_page(self, row: Any, action: Action, form: Any, status: int) -> Any:
        form.version.data = getattr(row, "version", None)
        form.version.raw_data = None
        screen = {
            "title": gettext(action.label),
            "crumb": self.crumb(row),
            "fieldsets": [{"title": gettext(action.label), "fields": [need.name for need in action.needs_for(row)]}],
            "intro": gettext(action.help or action.confirm) if action.help or action.confirm else "",
            "submit": gettext(action.label),
        }
        page = self.render(
            "admin/model/form.html", form=form, screen=screen, return_url=self.row_url(row), row=row, view=self
        )
        return page, status

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


def _permissions() -> dict[str, Any]:
    from rules.access import PERMISSIONS

    return PERMISSIONS


def request_fields(form: Any) -> set[str]:
    """Fields the form class declares: the allow-list of what may be written (C4)."""
    return {item.name for item in form}


def attach(form: Any, no: RuleBroken) -> None:
    """Put the refusal at its field, or on top of the form when it names none."""
    if no.field and no.field in form:
        label = form[no.field].label.text
        sentence = wording.said(no.message).removeprefix(f"{label}：").removeprefix(f"{label}: ")
        if sentence not in form[no.field].errors:
            form[no.field].errors = [*form[no.field].errors, sentence]
    else:
        form.form_errors = [*form.form_errors, wording.said(no.message)]


def show(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, Word):
        return gettext(value.label)
    if hasattr(value, "astimezone") and hasattr(value, "hour"):
        return value.astimezone(current_app.config["DESK_TZ"]).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return "、".join(show(item) for item in value)
    return str(value)
