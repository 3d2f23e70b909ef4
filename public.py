"""The only pages without a login: notice, calendar feed, open list of assigned cases, health."""

from typing import Any

from flask import Blueprint, jsonify

pages = Blueprint("pages", __name__)


@pages.get("/healthz")
def healthz() -> Any:
    """Alive."""
    return jsonify(status="ok")
