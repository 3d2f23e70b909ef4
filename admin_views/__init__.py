"""The screens and their registration; the menu is `menu`.

Lives here: declarations over Flask-Admin, custom pages where generation ends. Does not live here: rules, queries past
services.gate, date arithmetic.
"""

from typing import Any

from flask import Flask, current_app, request
from flask_admin import Admin
from flask_babel import gettext
from flask_login import current_user

from admin_views import wording
from admin_views.base import current_actor, locale
from admin_views.menu import family, menu
from admin_views.shown import show
from models import db
from rules.access import may
from rules.session_hours import hours_text
from services import settings
from services.workbook_cells import MAX_BYTES, MAX_COLUMNS, MAX_ROWS


def init_admin(app: Flask) -> None:
    """Register every screen and the values each page's frame needs."""
    from admin_views import registry

    admin = Admin(app, name="信访工作台", url="/admin", index_view=registry.home_view())
    for view in registry.views():
        admin.add_view(view)
    app.context_processor(frame)
    app.jinja_env.globals |= {
        "show": show,
        "worded": wording.said,
        "change_words": wording.change_words,
        "weekday_word": wording.weekday,
        "listed": wording.listed,
        "heading": wording.heading,
        "period_label": wording.period_label,
        "long_date": wording.long_date,
        "hours_text": hours_text,
        "table_limits": {"bytes": MAX_BYTES, "mb": MAX_BYTES // 2**20, "rows": MAX_ROWS, "columns": MAX_COLUMNS},
    }


def frame() -> dict[str, Any]:
    """Context of the shell: office, menu, reader, business date."""
    today, _now = current_app.extensions["desk_clock"]()
    context: dict[str, Any] = {
        "office_name": settings.get(db.session(), "office_name", today) or gettext("信访工作台"),
        "today": today,
        "locale": locale(),
        "me": None,
        "menu": [],
        "may_search": False,
        "is_demo": bool(current_app.config["DESK_TODAY"]),
        "is_plain_http": current_app.config["DESK_ENV"] == "production" and current_app.config["DESK_INSECURE_HTTP"],
    }
    if current_user and current_user.is_authenticated and request.path.startswith("/admin"):
        actor = current_actor()
        role = gettext(actor.role.label) if actor.role else ""
        context |= {"me": {"name": actor.name, "role_label": role, "username": actor.username}, "menu": menu(actor)}
        context["family"] = family(actor)
        context["may_search"] = may(actor, "search.view")
    return context
