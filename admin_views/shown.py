"""Values as a person reads them."""

from typing import Any

from flask import current_app
from flask_babel import gettext

from admin_views.wording import listed
from rules.words import Word


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
        return listed(show(item) for item in value)
    return str(value)
