"""Was it here before (A5): while a contact is typed, the matters of the same person, the same place, a similar demand.

Each hint says in words why. Only matters the actor may see, and those he must not know of never push another one out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules.access import Actor
from rules.words import Status
from services import gate, gate_accused, people, similar

MOST_HINTS = 8
MOST_PEOPLE = 5
"""Petitioners of a contact whose matters are looked up."""
NEWEST = 300
"""Rows of one name, pinyin, phone or ID number that are looked at, the newest."""
FEW_NAMESAKES = 5
"""Up to so many matters of the same name are shown although nothing else agrees."""
LIKE = 60
"""Percent from which two demands are called similar."""
LIKE_OF_SAME = 40
"""The same for somebody of the same name or a matter of the same place."""

ID_NUMBER, PHONE, NAME, PINYIN, PLACE = "同一身份证号", "同一电话", "同名", "姓名同音", "同一地点"
POINTS = {ID_NUMBER: 200, PHONE: 150, NAME: 40, PINYIN: 20, PLACE: 30}


@dataclass(frozen=True)
class Typed:
    """What stands in the registration form so far; `people`: (name, phone, ID number) of each row."""

    people: tuple[tuple[str, str, str], ...] = ()
    place: str = ""
    title: str = ""
    demand: str = ""

    @property
    def text(self) -> str:
        """Title and demand, as they are compared."""
        return f"{self.title} {self.demand}".strip()


@dataclass
class Hint:
    """A matter that may be the same, and what speaks for it, strongest first."""

    petition: m.Petition
    same: list[str] = field(default_factory=list)
    like: similar.Likeness | None = None

    @property
    def by_identity(self) -> bool:
        """Found by an ID number or a phone, which is logged (C3)."""
        return ID_NUMBER in self.same or PHONE in self.same


def hints(session: Session, actor: Actor, typed: Typed, apart: int | None = None) -> list[Hint]:
    """At most 8 matters the actor may see that may be this one, the likeliest first; `apart`: an id left out."""
    same = _same_people(session, actor, typed)
    likes = similar.like(session, actor, typed.text, LIKE_OF_SAME)
    seen = _seen(session, actor, (set(same) | set(likes)) - {apart})
    for key, place in seen.items():
        if _is_place(typed.place, place):
            same.setdefault(key, set()).add(PLACE)
    points = {key: _points(same.get(key, set()), likes.get(key)) for key in seen}
    few = sum(same.get(key) == {NAME} for key in seen) <= FEW_NAMESAKES
    wanted = [key for key, value in points.items() if value > POINTS[NAME] or (few and value == POINTS[NAME])]
    best = sorted(wanted, key=lambda key: (-points[key], -key))[:MOST_HINTS]
    return [_hint(row, same.get(row.id, set()), likes.get(row.id)) for row in _rows(session, actor, best)]


def _points(same: Iterable[str], like: similar.Likeness | None) -> int:
    """How likely; 0 when what agrees says nothing by itself: a place, a sound, a demand somewhat alike."""
    found = set(same)
    percent = like.percent if like and like.percent >= (LIKE_OF_SAME if found else LIKE) else 0
    is_enough = bool(percent) or len(found) > 1 or bool(found - {PLACE, PINYIN})
    return sum(POINTS[one] for one in found) + percent if is_enough else 0


def _hint(row: m.Petition, same: set[str], like: similar.Likeness | None) -> Hint:
    shown = like if like and like.percent >= (LIKE_OF_SAME if same else LIKE) else None
    return Hint(row, sorted(same, key=lambda one: -POINTS[one]), shown)


def _seen(session: Session, actor: Actor, ids: set[int]) -> dict[int, str]:
    """Of these the matters the actor may see, with their place; a voided or merged one is none."""
    columns = sa.select(m.Petition.id, m.Petition.place).where(
        m.Petition.id.in_(ids), m.Petition.status != Status.VOIDED, gate.criteria(actor, m.Petition)
    )
    return {key: place or "" for key, place in session.execute(columns, execution_options={"gated": True})}


def _rows(session: Session, actor: Actor, ids: list[int]) -> list[m.Petition]:
    people = selectinload(m.Petition.contacts).selectinload(m.Contact.people).joinedload(m.ContactPetitioner.petitioner)
    statement = gate.rows(actor, m.Petition).where(m.Petition.id.in_(ids)).options(joinedload(m.Petition.unit), people)
    found = {row.id: row for row in session.scalars(statement)}
    return [found[key] for key in ids if key in found]


def _is_place(typed: str, place: str) -> bool:
    """The same place, or one within the other: 河东村 and 河东村 3 组."""
    one, other = "".join(typed.split()), "".join(place.split())
    return len(one) >= 2 and len(other) >= 2 and (one.startswith(other) or other.startswith(one))


def _same_people(session: Session, actor: Actor, typed: Typed) -> dict[int, set[str]]:
    """Matter → in what its petitioners agree with those typed."""
    found: dict[int, set[str]] = {}
    named = [person for person in typed.people if any(part.strip() for part in person)][:MOST_PEOPLE]
    for name, phone, id_number in named:
        for why, condition in _conditions(session, name.strip(), phone, id_number):
            is_named = why in (NAME, PINYIN)
            for key in session.scalars(_came(actor, condition, is_named), execution_options={"gated": True}):
                found.setdefault(key, set()).add(why)
    return found


def _conditions(session: Session, name: str, phone: str, id_number: str) -> list[tuple[str, sa.ColumnElement[bool]]]:
    p = m.Petitioner
    sound = people.full_pinyin(name)
    asked: list[tuple[str, Any, sa.ColumnElement[bool]]] = [
        (ID_NUMBER, people.key_of(session, id_number), p.id_number_key == people.key_of(session, id_number)),
        (PHONE, people.key_of(session, phone), p.phone_key == people.key_of(session, phone)),
        (NAME, len(name) > 1, p.name == name),
        (PINYIN, len(name) > 1 and not name.isascii(), sa.and_(p.pinyin == sound, p.name != name)),
    ]
    return [(why, condition) for why, given, condition in asked if given]


def _came(actor: Actor, condition: sa.ColumnElement[bool], is_named: bool) -> sa.Select[Any]:
    """The newest matters somebody like that came about. A name never finds a guarded matter, whose petitioner is masked."""
    link = m.ContactPetitioner
    statement = (
        sa.select(m.Contact.petition_id)
        .select_from(m.Petitioner)
        .join(link, link.petitioner_id == m.Petitioner.id)
        .join(m.Contact, m.Contact.id == link.contact_id)
        .join(m.Petition, m.Petition.id == m.Contact.petition_id)
        .where(condition)
    )
    if not actor.is_system:
        statement = statement.where(gate_accused.not_accused(actor))
    if is_named:
        statement = statement.where(sa.not_(m.Petition.is_guarded))
    return statement.order_by(m.Petitioner.id.desc()).limit(NEWEST)
