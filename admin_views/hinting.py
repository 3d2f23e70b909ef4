"""The hints on the registration screen: asked for while typing, or by a button where no script runs (A5)."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from admin_views import looked
from admin_views.base import current_actor, show
from admin_views.contact_names import names
from models import db, engine
from services import audit, duplicates
from services.duplicates import Hint, Typed

ENDPOINT = "contact.hints_view"
"""Posted, so that no name or number stands in an address, yet it only reads."""
LONGEST = 20000
"""Characters of a field that are read; the form refuses more."""


def typed(said: Mapping[str, str]) -> Typed:
    """What stands in the form so far, whatever it is worth."""
    rows = (tuple(_text(said, f"people-{n}-{name}")[:60] for name in ("name", "phone", "id_number")) for n in count())
    people = []
    for number, row in enumerate(rows):
        if number >= 50 or f"people-{number}-name" not in said:
            break
        people.append((row[0], row[1], row[2]))
    place, title, demand = (_text(said, name) for name in ("place", "title", "demand"))
    return Typed(tuple(people), place[:100], title[:100], demand)


def _text(said: Mapping[str, str], name: str) -> str:
    text = (said.get(name) or "")[:LONGEST].replace("\x00", "").strip()
    return text.encode("utf-8", "replace").decode("utf-8")


def found(said: Mapping[str, str]) -> list[dict[str, Any]]:
    """The hints for these fields as the screen shows them; one found by an identity goes into the trail (C3)."""
    hints = duplicates.hints(db.session(), current_actor(), typed(said))
    found = [shown(hint) for hint in hints]
    for hint in hints:
        if hint.by_identity:
            _note(hint.petition.id)
    return found


def _note(petition_id: int) -> None:
    """Into the trail; a request that holds the write lock writes by itself."""
    by: dict[str, Any] = {"table": "petition", "petition_id": petition_id, "details": {"by": "identity"}}
    if engine.is_writing.get():
        audit.record(db.session(), current_actor(), "search", **by)
        db.session.commit()
    else:
        looked.note("search", **by)


def shown(hint: Hint) -> dict[str, Any]:
    """One hint: the matter, its state, and why in words."""
    row = hint.petition
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "who": names(row.contacts[0], current_actor()) if row.contacts else "",
        "text": str(row),
        "date": show(row.registered_on),
        "state": gettext(row.status.label),
        "unit": show(row.unit) or gettext("信访办"),
        "why": why(hint),
        "url": url_for("petition.details_view", id=row.id),
    }


def why(hint: Hint) -> list[str]:
    """同一身份证号；同名且同一地点；诉求相似 83 %：“…”."""
    same = [gettext(word) for word in hint.same]
    if {duplicates.NAME, duplicates.PLACE} <= set(hint.same):
        rest = [gettext(word) for word in hint.same if word not in (duplicates.NAME, duplicates.PLACE)]
        same = [*rest, gettext("同名且同一地点")]
    if hint.like:
        same.append(gettext("诉求相似 %(percent)s %%：“%(words)s”", percent=hint.like.percent, words=hint.like.words))
    return same


def chosen() -> Any:
    """The posted form; a hint's own button (no script) says which matter it joins or is related to."""
    said = MultiDict(request.form)
    for button, name in (("join", "petition_id"), ("relate", "related_id")):
        if said.get(button):
            said.setlist(name, [said[button]])
    return CombinedMultiDict([request.files, said])
