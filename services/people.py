"""Petitioners: kept once per identity, found by keyed hashes; masked for everybody until revealed with a reason (C3)."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from services import keys

GATED = {"gated": True}
SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "翟": "zhai",
    "尉": "yu",
    "种": "chong",
}
"""Surnames whose pinyin differs from the word's (design §7)."""


def initials(name: str) -> str:
    """Pinyin initials of a name, lower case: 单小红 → sxh."""
    return "".join(syllable[:1] for syllable in _syllables(name))[:60]


def full_pinyin(name: str) -> str:
    """The whole pinyin of a name without tones and blanks, lower case: 单小红 → shanxiaohong."""
    return "".join(_syllables(name))[:200]


def new(name: str) -> m.Petitioner:
    """A petitioner of that name, to be found by its initials and its pinyin."""
    return m.Petitioner(name=name, initials=initials(name), pinyin=full_pinyin(name))


def spell(session: Session) -> int:
    """Pinyin for the petitioners registered before it was kept; how many."""
    rows = (
        sa.select(m.Petitioner).where(m.Petitioner.pinyin == "", m.Petitioner.name != "").execution_options(gated=True)
    )
    found = 0
    for row in session.scalars(rows).all():
        row.pinyin = full_pinyin(row.name)
        found += bool(row.pinyin)
    session.flush()
    return found


@lru_cache(maxsize=4096)  # asked twice for each name
def _syllables(name: str) -> list[str]:
    from pypinyin import Style, pinyin  # half a second of dictionaries, which most commands never ask for

    found = [piece[0].lower() for piece in pinyin(name, style=Style.NORMAL, errors=_letters) if piece[0].strip()]
    if name[:1] in SURNAMES and found:
        found[0] = SURNAMES[name[0]]
    return found


def _letters(text: str) -> Any:
    """Characters without a pinyin, each by itself."""
    return list(text)


def link(session: Session, person: Any, petition: m.Petition) -> m.ContactPetitioner:
    """A petitioner for a contact of `petition`: the one with the same name and ID number or phone, else a new row.

    `person`: services.registration.Person. The same name alone never joins two people. A guarded matter shares its people
    with no other: what somebody said of himself there must not be found through his open matters (§3).
    """
    row = find(session, person, petition) or new(person.name.strip())
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


def set_apart(session: Session, petition: m.Petition) -> None:
    """When a matter becomes guarded: rows of its own for people who are also known from other matters (§3)."""
    theirs = m.Contact.petition_id != petition.id
    links = [link for contact in petition.contacts for link in contact.people]
    ids = {link.petitioner_id for link in links}
    elsewhere = sa.select(m.ContactPetitioner.petitioner_id).join(m.Contact).where(theirs)
    shared = elsewhere.where(m.ContactPetitioner.petitioner_id.in_(ids)).execution_options(gated=True)
    for known in session.scalars(sa.select(m.Petitioner).where(m.Petitioner.id.in_(shared)), execution_options=GATED):
        own = new(known.name)
        fill(session, own, known)
        session.add(own)
        for link in links:
            if link.petitioner_id == known.id:
                link.petitioner = own
    session.flush()


def of_open_matters() -> sa.ColumnElement[bool]:
    """Petitioners who belong to no guarded matter, as SQL over Petitioner."""
    link = m.ContactPetitioner
    guarded = sa.exists().where(
        link.petitioner_id == m.Petitioner.id,
        link.contact_id == m.Contact.id,
        m.Contact.petition_id == m.Petition.id,
        m.Petition.is_guarded,
    )
    return sa.not_(guarded)


def _of(petition: m.Petition) -> sa.ColumnElement[bool]:
    """Petitioners of this matter, as SQL over Petitioner."""
    link = m.ContactPetitioner
    return sa.exists().where(
        link.petitioner_id == m.Petitioner.id, link.contact_id == m.Contact.id, m.Contact.petition_id == petition.id
    )


def find(session: Session, person: Any, petition: m.Petition) -> m.Petitioner | None:
    """An earlier row of the same person: same name and the same ID number, or the same phone; guarded ones by themselves."""
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
    world = _of(petition) if petition.is_guarded else of_open_matters()
    statement = sa.select(m.Petitioner).where(m.Petitioner.name == person.name.strip(), sa.or_(*checks), world)
    return session.scalars(statement.order_by(m.Petitioner.id).execution_options(gated=True).limit(1)).first()


def key_of(session: Session, value: str | None) -> str | None:
    """Keyed hash of an ID number or phone, or None for nothing."""
    return keys.lookup_hash(keys.of(session), value)
