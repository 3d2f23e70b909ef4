"""What every answer carries (headers), what a refusal or an error looks like, and what never reaches a log (C8, C9, C17)."""

import logging
import re
import secrets
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, make_response, render_template, request, session
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from admin_views.web_session import is_https
from admin_views.wording import said
from models import db, engine
from rules.access import Actor
from rules.words import RuleBroken, Stale
from services import audit, gate

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PRIVATE = ("/admin", "/login", "/logout", "/language")
SENTENCES = {
    400: "请求不完整，或者页面已经过期。",
    403: "您没有这项权限。",
    404: "没有找到您要的内容。",
    405: "这个地址不能这样打开。",
    409: "别人刚刚保存过，您的修改没有保存。",
    413: "提交的内容太大，没有接收。",
    422: "没有办成。",
    429: "操作太频繁，请稍后再试。",
    500: "系统出了错，数据没有改动。",
    503: "有人正在写入一大批数据，这次没有保存。",
}
LOGGERS = ("werkzeug", "gunicorn.error", "gunicorn.access", "waitress", "waitress.queue")
SECRETS = (
    (re.compile(r"\?[\w%.~+-]+=[^\s\"']*"), "?…"),
    (re.compile(r"DETAIL:[^\r\n]*"), "DETAIL: …"),
    (re.compile(r"\d{11,}[Xx]?"), "***"),
)


def init_hardening(app: Flask) -> None:
    """Headers on every answer, one look for every error, redaction on every log."""
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(RuleBroken, _office_says_no)
    app.register_error_handler(IntegrityError, _already_there)
    app.register_error_handler(StaleDataError, _already_there)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(InternalServerError, _broken)
    for logger in (app.logger, *map(logging.getLogger, LOGGERS)):
        if not any(isinstance(known, Redaction) for known in logger.filters):
            logger.addFilter(Redaction())


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_https(current_app):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.path.startswith(PRIVATE):
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    response = error_page(error.code)
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    if isinstance(error, CSRFError):
        current_app.logger.warning("refused a form without a valid token: %s", request.path)
    return response


def _office_says_no(no: RuleBroken) -> Any:
    db.session.rollback()
    if isinstance(no, gate.NotHere):
        return error_page(404)
    code = 403 if isinstance(no, gate.Forbidden) else 409 if isinstance(no, Stale) else 422
    return error_page(code, said(no.message), g.get("row_page", ""))


def _already_there(_error: IntegrityError | StaleDataError) -> Any:
    db.session.rollback()
    return error_page(409, gettext("已有相同的记录，或者别人刚刚改过，没有保存。"))


def _busy(error: OperationalError) -> Any:
    """Somebody writes for longer than one waits; anything else of the database's is an error."""
    if not engine.is_busy(error):
        current_app.logger.exception("the database failed")
        return error_page(500)
    engine.is_writing.set(False)  # the page itself only reads
    response = error_page(503)
    response.headers["Retry-After"] = "30"
    return response


def _broken(_error: InternalServerError) -> Any:
    return error_page(500)


def error_page(code: int, sentence: str | None = None, back: str = "") -> Response:
    """The page of a refusal or an error; the same for every 404. Falls back to plain HTML when the page itself breaks.

    `back`: the page of the row that was asked for, which the reader may see; it shows what can be done now.
    """
    known = code if code in SENTENCES else 400 if code < 500 else 500
    incident = _incident() if known == 500 else None
    try:
        db.session.rollback()
        if code == 403:
            _record_refusal()
        said = sentence or gettext(SENTENCES[known])
        todo = gettext("请返回看最新情况。") if back and known == 422 else ""
        page = render_template("error.html", code=known, sentence=said, incident=incident, back=back, todo=todo)
    except Exception:
        current_app.logger.exception("the error page itself broke")
        page = _last_resort(SENTENCES[known], incident)
    return make_response(page, code)


def _last_resort(sentence: str, incident: str | None) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>信访工作台</title>'
        f"<main><h1>{escape(sentence)}</h1><p>{escape(incident or '')}</p></main></html>"
    )


def _incident() -> str:
    if "incident" not in g:
        g.incident = secrets.token_hex(4).upper()
    found: str = g.incident
    return found


def _record_refusal() -> None:
    account = getattr(session, "account", None)
    if account is None:
        return
    who = Actor(account.id, account.username, account.name, account.role, address=request.remote_addr or "")
    details = {"method": request.method, "endpoint": request.endpoint or ""}
    writing = engine.is_writing.set(True)
    try:
        audit.record(db.session(), who, "refused", details=details, result="refused")
        db.session.commit()
    finally:
        engine.is_writing.reset(writing)


class Redaction(logging.Filter):
    """One line a record, without query strings, long numbers and the database's DETAIL; errors carry the incident's id."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if record.exc_info:
            text = f"[{_incident()}] {text}" if has_request_context() else text
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        record.msg, record.args, record.exc_info, record.exc_text = redacted(text), (), None, None
        return True


def redacted(text: str) -> str:
    """The text as it may stand in a log."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text.replace("\r", "").replace("\n", " ⏎ ")
