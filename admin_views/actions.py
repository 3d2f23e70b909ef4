"""Actions on a row: one declaration each, GET shows the form, POST does it; stale is 409, refused is 422."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request, url_for
from flask_admin import expose
from flask_babel import gettext

from admin_views import fields, guarded_choices, need_forms, not_now, too_late
from admin_views.gated import current_actor, done, posted
from admin_views.saving import attach, check_version
from models import db
from rules.access import Actor, may
from rules.moves import Need
from rules.words import Role, RuleBroken, Stale
from services import gate


@dataclass(frozen=True)
class Action:
    """A button on a row's page, posted to `<id>/do/<verb>`.

    `run(session, actor, row, values)` returns the sentence to show, None for the usual one, or a page to answer with.

    permission: verb of rules.access, or the roles themselves (a move's `who`); needs: what its form asks;
    is_shown: whether it makes sense now for this row; problems: what the rules refuse besides the fields' own errors;
    confirm: what is asked before it is done, or how that reads for a row;
    not_now: why it makes no sense any more, in a sentence of its own.
    """

    verb: str
    label: str
    permission: str | frozenset[Role]
    run: Callable[..., Any]
    needs: Sequence[Need] | Callable[[Any], Sequence[Need]] = ()
    confirm: str | Callable[[Any], str] = ""
    is_shown: Callable[[Any, Actor], bool] = lambda _row, _actor: True
    kind: str = ""
    help: str = ""
    after: Callable[[Any], str] | None = None
    not_now: Callable[[Any], str] = lambda _row: ""
    problems: Callable[[Actor, Any, dict[str, Any]], Iterable[RuleBroken]] = lambda _actor, _row, _said: ()

    def permits(self, actor: Actor) -> bool:
        """May this role use the action at all?"""
        if isinstance(self.permission, str):
            return may(actor, self.permission)
        return actor.is_system or actor.role in self.permission

    def needs_for(self, row: Any) -> Sequence[Need]:
        """What the form asks, which may depend on the row."""
        return self.needs(row) if callable(self.needs) else self.needs

    def confirm_for(self, row: Any) -> str:
        """What is asked before it is done, in the reader's language; empty when nothing of its own is."""
        if callable(self.confirm):
            return self.confirm(row)
        return gettext(self.confirm) if self.confirm else ""


class ActionPages:
    """Mixin of DeskView: the buttons of a row and the pages behind them."""

    noun: str
    actions: tuple[Action, ...]
    edit_verb: str | None
    action_template = "admin/model/form.html"
    get_one: Any
    render: Any
    row_url: Any
    crumb: Any

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
            confirm = action.confirm_for(row) or gettext("确定“%(label)s”？", label=gettext(action.label))
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
            raise RuleBroken(action.not_now(row) or not_now.why(action, row, actor))
        return action

    @expose("/<row_id>/do/<verb>", methods=("GET", "POST"))
    def do_view(self, row_id: str, verb: str) -> Any:
        actor = current_actor()
        try:
            row = self.get_one(row_id)
        except gate.NotHere as no:
            return too_late.out_of_sight(self, actor, verb, no)
        g.row_page = "" if isinstance(row, str) else self.row_url(row)
        try:
            action = self.find_action(row, verb, actor)
        except RuleBroken as no:
            return too_late.gone_on(self, row, verb, no)
        form = need_forms.form_of(action.needs_for(row))(posted() if request.method == "POST" else None)
        self.shape(row, action, form)
        guarded_choices.narrow(row, form)
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
                self._more_errors(actor, row, action, form)
                raise fields.first_error(form)
            if hasattr(row, "version"):
                check_version(row, form.version.data)
            values = {need.name: form[need.name].data for need in action.needs_for(row)}
            said = action.run(db.session(), actor, row, values)
            if isinstance(said, Response):
                db.session.commit()
                return said
            url = action.after(row) if action.after else self._page_left(row)
            return done(str(said or gettext("已完成：%(label)s。", label=gettext(action.label))), url)
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            attach(form, no)
            row = self.get_one(row.id if not isinstance(row, str) else row)
            return self._action_page(row, action, form, 409 if isinstance(no, Stale) else 422)

    @staticmethod
    def _more_errors(actor: Actor, row: Any, action: Action, form: Any) -> None:
        """Say everything at once: what the rules refuse of the fields that are right by themselves."""
        values = {need.name: None if form[need.name].errors else form[need.name].data for need in action.needs_for(row)}
        for no in action.problems(actor, row, values):
            if no.field in form and not form[no.field].errors:
                attach(form, no)

    def _page_left(self, row: Any) -> str:
        """Where to go on: the row's page, or its list when the action took it out of the actor's sight (回避)."""
        is_left = isinstance(row, str) or self.sees(row)
        return self.row_url(row) if is_left else url_for(f"{self.noun}.index_view")

    def sees(self, row: Any) -> bool:
        """May the actor still open the row?"""
        db.session.flush()
        found = gate.rows(current_actor(), type(row)).where(type(row).id == row.id)
        return gate.count(db.session(), found, 1) > 0

    def action_title(self, _row: Any, action: Action) -> str:
        """What stands over an action's form."""
        return gettext(action.label)

    def _action_page(self, row: Any, action: Action, form: Any, status: int) -> Any:
        form.version.data = getattr(row, "version", None)
        form.version.raw_data = None
        screen = {
            "title": self.action_title(row, action),
            "crumb": self.crumb(row),
            "fieldsets": [{"title": "", "fields": [need.name for need in action.needs_for(row)]}],
            "intro": gettext(action.help) if action.help else action.confirm_for(row),
            "submit": gettext(action.label),
        }
        page = self.render(
            self.action_template, form=form, screen=screen, return_url=self.row_url(row), row=row, view=self
        )
        return page, status
