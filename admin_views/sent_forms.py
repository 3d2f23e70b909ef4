"""One form, one record: a form that creates carries a one-time key; sent again, it leads to what it made already (A1)."""

import re
import secrets

from flask import request
from flask import session as web_session

SENT = "sent_forms"
REMEMBERED = 50
"""Forms of a session that are remembered."""
KEY = re.compile(r"[\w-]{16,40}", re.ASCII)


def key() -> str:
    """The key of the form this request brought, else a new one for the form it shows."""
    given = request.form.get("form_key", "")
    return given if KEY.fullmatch(given) else secrets.token_urlsafe(16)


def spend(url: str) -> None:
    """The form of this request made what stands at `url`."""
    web_session[SENT] = [*web_session.get(SENT, ()), [key(), url]][-REMEMBERED:]


def made() -> str:
    """Where stands what the form of this request made earlier in this session; empty when it made nothing yet."""
    found: str = dict(web_session.get(SENT, ())).get(key(), "")
    return found
