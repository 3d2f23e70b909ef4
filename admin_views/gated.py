"""Who acts in this request, and the one gate in front of every handler (C1)."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, has_request_context, redirect, request
from flask import session as web_session
from flask_admin import BaseView
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict

from models import User, db
from rules.access import Actor, may
from services import gate, gate_actors


def current_actor() -> Actor:
    """The actor of this request; raises Forbidden when nobody is logged in (account redirects before that)."""
    if "actor" not in g:
        if not current_user.is_authenticated:
            raise gate.Forbidden("请先登录。")
        user = db.session.get(User, int(current_user.get_id()))
        if user is None:
            raise gate.Forbidden("请先登录。")
        today, now = current_app.extensions["desk_clock"]()
        g.actor = gate_actors.actor_of(db.session(), user, today, now, request.remote_addr or "")
        db.session().info["actor"] = g.actor
    return g.actor


def locale() -> str:
    """The reader's language: the one chosen in this session, else his account's, else Chinese."""
    if not has_request_context():
        return "zh"
    user_language = getattr(current_user, "language", None) if current_user else None
    return web_session.get("language") or user_language or "zh"


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


def done(message: str, url: str) -> Any:
    """Commit, say so, and go on."""
    db.session.commit()
    flash(message, "success")
    return redirect(url)
