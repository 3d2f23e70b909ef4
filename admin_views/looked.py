"""Who looked (J2): a GET leaves its line in the trail in a short transaction of its own, once a minute a user and matter."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, g
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin_views.base import current_actor
from models import AuditEntry, db, engine
from models.base import utcnow
from services import audit, search

QUIET = timedelta(minutes=1)


def note(
    action: str, *, table: str = "", petition_id: int | None = None, details: dict[str, Any] | None = None
) -> None:
    """Write one line (view, search, print, download) unless the same user did the same to the same matter just now."""
    actor = current_actor()
    if petition_id is not None and _just_now(actor.user_id, action, petition_id):
        return
    token = engine.is_writing.set(True)
    try:
        with Session(db.engine, info={"keys": current_app.extensions["desk_keys"]}) as session, session.begin():
            audit.record(session, actor, action, table=table, petition_id=petition_id, details=details)
    finally:
        engine.is_writing.reset(token)


def _just_now(user_id: int | None, action: str, petition_id: int) -> bool:
    entry = AuditEntry
    statement = sa.select(sa.literal(1)).where(
        entry.petition_id == petition_id, entry.user_id == user_id, entry.action == action, entry.at > utcnow() - QUIET
    )
    return db.session.scalar(statement.limit(1)) is not None


def note_identity(text: str) -> None:
    """A search by phone or ID number goes into the trail, once a request (C3)."""
    if search.is_identity(text) and "identity_noted" not in g:
        g.identity_noted = True
        note("search", details={"by": "identity"})


def short_note(text: str) -> list[str]:
    """What a search by a single character leaves out, in words."""
    if not text or not search.is_short(db.session(), text):
        return []
    return [
        gettext(
            "只输入一个字时，姓名全部查找，内容只查最近登记的 %(count)s 件；要查全部内容，请输入两个字以上。",
            count=f"{search.NEAR:,}",
        )
    ]
