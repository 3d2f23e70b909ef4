"""A matter by its number: from the beginning (XF2026-0000), or by the serial that people say (62号, 0062, 2026-62) (A9, design §7).

Who writes XF2026-62 means XF2026-000062 and may also be on his way to XF2026-620000: both are found.
"""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from services import numbers

NUMBER = re.compile(r"^[a-z]{2}\d{4}-?\d{0,9}$")
"""The beginning of a whole number, in the normalised text."""
SERIAL = re.compile(r"^第? ?(?:([a-z]{2})?((?:19|20)\d\d)-)?(\d{1,6}) ?号?$")
"""A serial, with or without its year and series, in the normalised text."""
SERIES = (numbers.MATTER, numbers.MATTER_GUARDED, numbers.CONTACT, numbers.CONTACT_GUARDED)
"""Of two numbers with the same serial the matter's own comes before that of a contact."""
LAST = "\U0010ffff"
"""Sorts behind every character."""


def begins(session: Session, column: Any, text: str) -> sa.ColumnElement[bool]:
    """The column begins with the text. SQLite's LIKE walks the whole table, a range its index; other collations need LIKE."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.and_(column >= text, column < text + LAST)
    found: sa.ColumnElement[bool] = column.startswith(text, autoescape=True)
    return found


def beginning(session: Session, wanted: str) -> sa.ColumnElement[bool]:
    """Matters whose number, or that of one of their contacts, begins so."""
    contacts = sa.select(m.Contact.petition_id).where(begins(session, m.Contact.number, wanted.upper()))
    return sa.or_(begins(session, m.Petition.number, wanted.upper()), m.Petition.id.in_(contacts))


def spelled(session: Session, wanted: str) -> list[str]:
    """The whole numbers a serial may mean, in every series and year the office has numbered: the newest year first."""
    match = SERIAL.match(wanted)
    if match is None or not int(match[3]):
        return []
    asked = sa.select(m.Counter.series, m.Counter.year).where(m.Counter.series.in_(SERIES))
    if match[1]:
        asked = asked.where(m.Counter.series == match[1].upper())
    if match[2]:
        asked = asked.where(m.Counter.year == int(match[2]))
    known = sorted(session.execute(asked), key=lambda row: (-row.year, SERIES.index(row.series)))
    return [f"{row.series}{row.year}-{int(match[3]):06d}" for row in known]


def meant(session: Session, wanted: str) -> list[int]:
    """Ids of the matters a serial means, in the order of `spelled`; not yet through the gate."""
    places = {number: place for place, number in enumerate(spelled(session, wanted))}
    if not places:
        return []
    found: dict[int, int] = {}
    for own, column in ((m.Petition.id, m.Petition.number), (m.Contact.petition_id, m.Contact.number)):
        rows = session.execute(sa.select(own, column).where(column.in_(places)), execution_options={"gated": True})
        for key, number in rows:
            found[key] = min(places[number], found.get(key, len(places)))
    return sorted(found, key=lambda key: found[key])
