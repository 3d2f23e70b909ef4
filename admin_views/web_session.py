"""Sessions that live on the server (C6): the cookie holds a random id, the row its hash; visitors get a signed cookie.

A session ends at log-out, password change, disabling, change of role, after 30 minutes of rest and after 10 hours; for
those who keep the system or read the trail after 15 minutes and 4 hours. Times are the real clock's.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import UserMixin, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import CallbackDict

from models import User, UserSession, db, engine
from models.base import utcnow
from rules.words import Role

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=10)
STRICT_ROLES = frozenset({Role.SYSADMIN, Role.AUDITOR})
STRICT_IDLE, STRICT_ABSOLUTE = timedelta(minutes=15), timedelta(hours=4)
TOUCHED_EVERY = timedelta(minutes=1)
VISITOR_KEYS = ("csrf_token", "language", "_flashes")
VISITOR_AGE = 7 * 24 * 3600
ACCOUNT = ("id", "username", "name", "role", "language", "must_change_password", "is_demo")


@dataclass(frozen=True)
class Account(UserMixin):
    """Who is logged in, as flask-login's current_user; the row itself is models.User."""

    id: int
    username: str
    name: str
    role: Role
    language: str
    must_change_password: bool
    is_demo: bool

    __hash__ = object.__hash__


class DeskSession(CallbackDict[str, Any], SessionMixin):
    """The session of a request; `account` and `key_hash` only when somebody is logged in."""

    def __init__(self, initial: dict[str, Any], account: Account | None = None, key_hash: str | None = None) -> None:
        super().__init__(initial, DeskSession._changed)
        self.account, self.key_hash = account, key_hash
        self.token: str | None = None
        self.modified = self.accessed = False

    def _changed(self) -> None:
        self.modified = self.accessed = True


class DeskSessions(SessionInterface):
    """Loads and saves DeskSession in short transactions of its own."""

    def open_session(self, app: Flask, request: Request) -> DeskSession:
        """The session of the cookie when it still runs, else a visitor's."""
        engine.is_writing.set(False)
        token = request.cookies.get(self.get_cookie_name(app))
        is_page = not request.path.startswith(f"{app.static_url_path}/")
        found = _running(_hash(token)) if token and is_page else None
        engine.is_writing.set(request.method not in SAFE_METHODS)
        return found or DeskSession(self._visitor(app, request))

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write what changed; set, renew or drop the cookies."""
        if session is None:
            return
        if session.accessed or session.modified:
            response.vary.add("Cookie")
        if session.account is None:
            self._save_visitor(app, session, response)
            return
        if session.modified:
            _write_payload(session)
        if session.token:
            response.delete_cookie(self._visitor_name(app), **self._flags(app))
            response.set_cookie(self.get_cookie_name(app), session.token, **self._flags(app))

    def get_cookie_name(self, app: Flask) -> str:
        """__Host-desk under https, desk on plain http (a browser refuses the former there)."""
        return "__Host-desk" if is_https(app) else "desk"

    def _visitor_name(self, app: Flask) -> str:
        return f"{self.get_cookie_name(app)}-visitor"

    def _flags(self, app: Flask) -> dict[str, Any]:
        return {"path": "/", "httponly": True, "samesite": "Lax", "secure": is_https(app)}

    def _visitor(self, app: Flask, request: Request) -> dict[str, Any]:
        text = request.cookies.get(self._visitor_name(app), "")
        try:
            stored = _signer(app).loads(text, max_age=VISITOR_AGE) if text else {}
        except BadSignature:
            return {}
        return {key: stored[key] for key in VISITOR_KEYS if key in stored}

    def _save_visitor(self, app: Flask, session: DeskSession, response: Response) -> None:
        if session.key_hash:
            response.delete_cookie(self.get_cookie_name(app), **self._flags(app))
        if session.modified:
            kept = {key: value for key, value in _plain(session).items() if key in VISITOR_KEYS}
            response.set_cookie(self._visitor_name(app), _signer(app).dumps(kept), **self._flags(app))


def is_https(app: Flask) -> bool:
    """Is the desk reached over https, by its settings?"""
    return app.config.get("DESK_PUBLIC_URL", "").startswith("https://") or app.config["PREFERRED_URL_SCHEME"] == "https"


def begin(user: User, now: datetime) -> None:
    """Log the user in under a new id; the id he came with ends. The caller commits."""
    language = session.get("language")
    _end_row(session.key_hash, now)
    db.session.execute(sa.delete(UserSession).where(UserSession.started_at < now - timedelta(days=1)))
    session.clear()
    token = secrets.token_urlsafe(32)
    session.token, session.key_hash = token, _hash(token)
    session.account = Account(**{name: getattr(user, name) for name in ACCOUNT})
    db.session.add(UserSession(key_hash=session.key_hash, user_id=user.id, payload={}, started_at=now, seen_at=now))
    db.session.flush()
    login_user(session.account)
    g.pop("csrf_token", None)
    generate_csrf()
    if language:
        session["language"] = language


def end(now: datetime) -> None:
    """Log out: the row ends, the cookie goes. The caller commits."""
    language = session.get("language")
    _end_row(session.key_hash, now)
    logout_user()
    session.clear()
    session.account = None
    if language:
        session["language"] = language


def _end_row(key_hash: str | None, now: datetime) -> None:
    if key_hash:
        ended = sa.update(UserSession).where(UserSession.key_hash == key_hash, UserSession.ended_at.is_(None))
        db.session.execute(ended.values(ended_at=now))


def _running(key_hash: str) -> DeskSession | None:
    row, now = _read(key_hash), utcnow()
    if row is None:
        return None
    is_strict = row.role in STRICT_ROLES
    idle, absolute = (STRICT_IDLE, STRICT_ABSOLUTE) if is_strict else (IDLE, ABSOLUTE)
    if now - row.seen_at >= idle or now - row.started_at >= absolute:
        return None
    if now - row.seen_at >= TOUCHED_EVERY:
        _write(key_hash, waits=False, seen_at=now)  # while somebody writes for long, the next page says it
    return DeskSession(dict(row.payload), Account(*row[: len(ACCOUNT)]), key_hash)


def _read(key_hash: str) -> Any:
    columns = [getattr(User, name) for name in ACCOUNT]
    statement = sa.select(*columns, UserSession.payload, UserSession.started_at, UserSession.seen_at)
    runs = (UserSession.key_hash == key_hash, UserSession.ended_at.is_(None), User.is_active)
    with db.engine.connect() as connection:
        return connection.execute(statement.join(User, User.id == UserSession.user_id).where(*runs)).one_or_none()


def _write_payload(session: DeskSession) -> None:
    # The request's own transaction is over by now; what it left open would make this short one wait for its lock.
    db.session.rollback()
    # A page that is only looked at waits for nobody: what it has shown is shown once more.
    _write(session.key_hash or "", waits=request.method not in SAFE_METHODS, payload=_plain(session))


def _write(key_hash: str, *, waits: bool, **values: Any) -> None:
    row = sa.update(UserSession.__table__).where(UserSession.__table__.c.key_hash == key_hash)
    engine.write(db.engine, row.values(**values), waits=waits)


def _plain(session: DeskSession) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(session), default=str))
    return plain


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _signer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app.secret_key or "", salt="desk-visitor")
