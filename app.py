"""create_app(): settings, extensions, screens, public pages, commands, error pages. Wiring only."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, current_app, request
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.datastructures import MultiDict

import cli
import config
import public
from admin_views import account, hardening, hinting, import_jobs, init_admin
from admin_views.base import locale
from admin_views.languages import Languages
from models import db, engine
from models.base import utcnow
from services import audit, keys, office_zone

READ_ONLY = (hinting.ENDPOINT, import_jobs.CANCEL)
"""Posted, and yet they write nothing in the database."""


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application, ready to serve. `overrides`: configuration for tests; raises config.BadSettings."""
    app = Flask(__name__)
    app.config.from_mapping(config.read(overrides))
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine.options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        engine.prepare(db.engine)
    Migrate(app, db, directory=str(config.ROOT / "migrations"), compare_type=True)
    CSRFProtect(app)
    Languages(app, locale_selector=locale)
    app.extensions["desk_clock"] = clock
    office_zone.tell(app.config["DESK_TZ"])
    app.before_request(_mark_writes)
    app.teardown_request(_close_uploads)
    audit.init(db.session)
    _load_keys(app)
    hardening.init_hardening(app)
    account.init_accounts(app)
    app.register_blueprint(public.pages)
    init_admin(app)
    cli.init_commands(app)
    return app


def clock() -> tuple[date, datetime]:
    """(business date, business instant in UTC): the real clock, shifted onto DESK_TODAY when it is set."""
    now = utcnow()
    zone, fixed = current_app.config["DESK_TZ"], current_app.config["DESK_TODAY"]
    today = now.astimezone(zone).date()
    if fixed is None:
        return today, now
    return fixed, now + timedelta(days=(fixed - today).days)


def _mark_writes() -> None:
    is_reading = request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint in READ_ONLY
    engine.is_writing.set(not is_reading)


def _close_uploads(_error: BaseException | None) -> None:
    """Uploads that were spooled to disk are gone when the request is over, not when memory is next tidied."""
    for _name, file in request.__dict__.get("files", MultiDict()).items(multi=True):
        file.close()


def _load_keys(app: Flask) -> None:
    """Read the key file; before `flask init` there is none yet. admin_views.account hands the keys to every session."""
    path = app.config["DESK_KEY_FILE"]
    app.extensions["desk_keys"] = keys.load(path) if path.exists() else None
