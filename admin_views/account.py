"""Log-in, log-out, one's own password, the language; and the door in front of /admin (C5–C7)."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, session
from flask.signals import appcontext_pushed
from flask_babel import gettext
from flask_login import LoginManager, current_user

from admin_views import web_session
from admin_views.base import current_actor
from admin_views.wording import said
from models import User, db
from models.base import utcnow
from rules.words import RuleBroken
from services import accounts, audit

pages = Blueprint("account", __name__)
HOME = "/admin/"
LANGUAGES = ("zh", "en")
VISITOR_LIMIT = 64 * 1024
"""Bytes of a form that anybody may send; nobody fills the memory from outside."""
WITHOUT_NEW_PASSWORD = ("account.password", "account.logout", "account.language", "account.switch_language")
"""Endpoints open to somebody who must change his password first."""


def init_accounts(app: Flask) -> None:
    """Sessions, log-in, the guards in front of every request, and the keys for every database session."""
    app.config["WTF_CSRF_SSL_STRICT"] = False  # refuse_other_sites checks the origin, behind a proxy too
    app.session_interface = web_session.DeskSessions()
    login = LoginManager(app)
    login.session_protection = None
    login.user_loader(_logged_in)
    app.register_blueprint(pages)
    app.before_request_funcs.setdefault(None, [])[:0] = [refuse_other_sites, keep_door]
    appcontext_pushed.connect(_give_keys, app)
    if not sa.event.contains(db.session, "after_begin", _keys_on_begin):
        sa.event.listen(db.session, "after_begin", _keys_on_begin)


def _logged_in(user_id: str) -> web_session.Account | None:
    account = getattr(session, "account", None)
    return account if account is not None and str(account.id) == user_id else None


def _give_keys(app: Flask, **_extra: Any) -> None:
    if app.extensions.get("desk_keys"):
        db.session().info["keys"] = app.extensions["desk_keys"]


def _keys_on_begin(database_session: Any, _transaction: Any, _connection: Any) -> None:
    if current_app and current_app.extensions.get("desk_keys"):
        database_session.info["keys"] = current_app.extensions["desk_keys"]


def refuse_other_sites() -> None:
    """403 for a write that another site's page sent: by Sec-Fetch-Site, else by Origin (C7)."""
    if request.method in web_session.SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site and site not in ("same-origin", "none"):
        abort(403)
    public = urlsplit(current_app.config.get("DESK_PUBLIC_URL", "")).netloc
    if origin and urlsplit(origin).netloc not in {request.host, public} - {""}:
        abort(403)


def keep_door() -> Any:
    """Nobody passes to /admin without a session, nor with a password given to him by somebody else."""
    if request.path != "/admin" and not request.path.startswith(HOME):
        request.max_content_length = VISITOR_LIMIT
        return None
    account = session.account
    if account is None:
        return redirect("/login?" + urlencode({"next": _came_from()}))
    is_new = account.must_change_password and not account.is_demo
    if is_new and request.endpoint not in WITHOUT_NEW_PASSWORD:
        return redirect("/admin/password/")
    return None


def _came_from() -> str:
    if request.method in web_session.SAFE_METHODS:
        return request.full_path.rstrip("?")
    return local(urlsplit(request.referrer or "").path)


def local(target: str | None) -> str:
    """The target when it is a path of this site, else the workbench."""
    text = target or ""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if is_path else HOME


@pages.route("/login", methods=["GET", "POST"])
def login() -> Any:
    """The log-in page; a refusal is one sentence for every cause, and on record."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(local(request.args.get("next")))
        return render_template("login.html", error=None, username="")
    username, now = request.form.get("username", ""), utcnow()
    try:
        address = request.remote_addr or ""
        user = accounts.log_in(db.session(), username, request.form.get("password", ""), address, now)
    except RuleBroken as no:
        db.session.commit()
        return render_template("login.html", error=said(no.message), username=username), 422
    web_session.begin(user, now)
    db.session.commit()
    return redirect(local(request.args.get("next")))


@pages.post("/logout")
def logout() -> Any:
    """End the session, here and on the server."""
    if current_user.is_authenticated:
        audit.record(db.session(), current_actor(), "logout", table="user", row_id=current_user.id)
        web_session.end(utcnow())
        db.session.commit()
    return redirect("/login")


@pages.route("/admin/password/", methods=["GET", "POST"])
def password() -> Any:
    """One's own new password; every other session of the user ends."""
    is_first = current_user.must_change_password
    if request.method == "GET":
        return render_template("password.html", error=None, errors={}, first=is_first)
    try:
        _change_password()
    except RuleBroken as no:
        db.session.rollback()
        errors = {no.field: said(no.message)} if no.field else {}
        page = render_template(
            "password.html", error=None if errors else said(no.message), errors=errors, first=is_first
        )
        return page, 422
    flash(gettext("密码已更改，其他地方的登录已全部退出。"), "success")
    return redirect(HOME)


def _change_password() -> None:
    form, now = request.form, utcnow()
    if form.get("password") != form.get("again"):
        raise RuleBroken("两次输入的新密码不一致，请重新输入。", "again")
    user = db.session.get_one(User, current_user.id)
    accounts.change_password(
        db.session(), current_actor(), user, form.get("current", ""), form.get("password", ""), now
    )
    web_session.begin(user, now)
    db.session.commit()


@pages.get("/language/<code>")
def switch_language(code: str) -> Any:
    """The link in the header: this session's language; nothing of the office is written."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    return redirect(local(request.args.get("next") or "/"))


@pages.post("/language")
def language() -> Any:
    """The language kept with the account (field `language`), or with the visitor's session."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        raise RuleBroken("语言：请选择中文或英文。", "language")
    session["language"] = code
    if current_user.is_authenticated:
        current_actor()
        db.session.get_one(User, current_user.id).language = code
        db.session.commit()
    return redirect(local(request.form.get("next")))
