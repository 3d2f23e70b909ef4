"""Petitioners: kept once per identity, found by keyed hashes; masked for everybody until revealed with a reason (C3)."""

from typing import Any

import sqlalchemy as sa
from pypinyin import Style, pinyin
from sqlalchemy.orm import Session

import models as m
from services import keys

SURNAMES = {
    "单": "s",
    "曾": "z",
    "仇": "q",
    "解": "x",
    "查": "z",
    "区": "o",
    "朴": "p",
    "盖": "g",
    "翟": "z",
    "尉": "y",
    "种": "c",
}
"""Surnames whose pinyin differs from the word's (design §7)."""


def initials(name: str) -> str:
    """Pinyin initials of a name, lower case: 单小红 → sxh."""
    letters = [piece[0][:1] for piece in pinyin(name, style=Style.NORMAL, errors=_letters)]
    if name[:1] in SURNAMES and letters:
        letters[0] = SURNAMES[name[0]]
    return "".join(letters).lower()[:60]


def _letters(text: str) -> Any:
    """Characters without a pinyin, each by itself."""
    return list(text)


def link(session: Session, person: Any) -> m.ContactPetitioner:
    """A petitioner for a contact: the one with the same name and ID number or phone, else a new row.

    `person`: services.petitions.Person. The same name alone never joins two people.
    """
    row = find(session, person) or m.Petitioner(name=person.name.strip(), initials=initials(person.name.strip()))
    if row.id is None:
        session.add(row)
    fill(session, row, person)
    session.flush()
    return m.ContactPetitioner(petitioner=row, is_representative=person.is_representative)


def fill(session: Session, row: m.Petitioner, person: Any) -> None:
    """What a person says anew of himself goes onto his row, with its keys."""
    for name in ("phone", "id_number", "address"):
        value = (getattr(person, name) or "").strip()
        if value and value != getattr(row, name):
            setattr(row, name, value)
    row.phone_key, row.id_number_key = key_of(session, row.phone), key_of(session, row.id_number)


def find(session: Session, person: Any) -> m.Petitioner | None:
    """An earlier row of the same person: same name and the same ID number, or the same phone."""
    checks = [
        column == key
        for column, key in (
            (m.Petitioner.id_number_key, key_of(session, person.id_number)),
            (m.Petitioner.phone_key, key_of(session, person.phone)),
        )
        if key
    ]
    if not checks:
        return None
    statement = sa.select(m.Petitioner).where(m.Petitioner.name == person.name.strip(), sa.or_(*checks))
    return session.scalars(statement.order_by(m.Petitioner.id).execution_options(gated=True).limit(1)).first()


def key_of(session: Session, value: str | None) -> str | None:
    """Keyed hash of an ID number or phone, or None for nothing."""
    return keys.lookup_hash(keys.of(session), value)
