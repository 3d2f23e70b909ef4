"""Why a matter was found: the number, the person or the place in its text, with the words that fit marked (C1, C3).

Only what the reader sees of the matter anyway: a name that is masked is never named as the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor, mask_name
from rules.words import Role
from services import people, search, search_numbers

BEFORE, AFTER = 18, 70
"""Characters shown before the first word found and behind it."""
Parts = tuple[tuple[str, bool], ...]
"""Pieces of a text; True: this piece is what was looked for."""


@dataclass(frozen=True)
class Reason:
    """`label`: where it was found; `parts`: the passage."""

    label: str
    parts: Parts = ()


def reasons(session: Session, actor: Actor, petition: m.Petition, text: str) -> list[Reason]:
    """Every reason why the text finds this matter."""
    wanted = search.normal(text)[: search.LONGEST]
    serials = list(_serials(session, petition, wanted))
    if search_numbers.NUMBER.match(wanted):
        return list(_numbers(petition, wanted)) or serials
    if search.is_identity(text):
        return list(_identities(session, petition, text))
    return [*serials, *_names(actor, petition, wanted), *_passages(petition, wanted.split()[: search.MAX_WORDS])]


def _own_numbers(petition: m.Petition) -> list[tuple[str, str]]:
    return [("编号", petition.number), *(("登记编号", c.number) for c in petition.contacts)]


def _serials(session: Session, petition: m.Petition, wanted: str) -> Iterator[Reason]:
    meant = search_numbers.spelled(session, wanted)
    for label, number in _own_numbers(petition):
        if number in meant:
            series, dash, serial = number.partition("-")
            yield Reason(label, ((series + dash, False), (serial, True)))


def _numbers(petition: m.Petition, wanted: str) -> Iterator[Reason]:
    for label, number in _own_numbers(petition):
        if number.lower().startswith(wanted):
            yield Reason(label, ((number[: len(wanted)], True), (number[len(wanted) :], False)))


def _identities(session: Session, petition: m.Petition, text: str) -> Iterator[Reason]:
    """The number itself is not repeated."""
    key = people.key_of(session, text)
    for person in _people(petition):
        name = mask_name(person.name, guarded=petition.is_guarded)
        if key and key == person.phone_key:
            yield Reason("电话相符", ((name, False),))
        if key and key == person.id_number_key:
            yield Reason("证件号码相符", ((name, False),))


def _names(actor: Actor, petition: m.Petition, wanted: str) -> Iterator[Reason]:
    if petition.is_guarded or actor.role is Role.STATISTICIAN:
        return
    letters = wanted.replace(" ", "").replace("'", "")
    for person in _people(petition):
        if person.name.lower().startswith(wanted):
            yield Reason("信访人", ((person.name[: len(wanted)], True), (person.name[len(wanted) :], False)))
        elif letters == person.initials or (len(letters) >= 4 and person.pinyin.startswith(letters)):
            yield Reason("信访人拼音", ((person.name, True), (f" {person.pinyin}", False)))


def _people(petition: m.Petition) -> list[m.Petitioner]:
    return list({link.petitioner.id: link.petitioner for c in petition.contacts for link in c.people}.values())


def _passages(petition: m.Petition, words: list[str]) -> Iterator[Reason]:
    """The first passage of each part of the text that has one of the words."""
    told = [(f"来件 {c.number}", c.demand) for c in petition.contacts if c.demand != petition.demand]
    places = [("诉求", petition.demand), *told, ("属地", petition.place), ("内容分类", petition.category_text)]
    for label, text in places:
        parts = passage(text, words) if text else ()
        if any(found for _, found in parts):
            yield Reason(label, parts)


def passage(text: str, words: list[str]) -> Parts:
    """The text around the first word found, marked; all of it where it is short."""
    parts = marked(text, words)
    place = 0
    for piece, found in parts:
        if found:
            break
        place += len(piece)
    start = max(0, place - BEFORE) if len(text) > BEFORE + AFTER else 0
    cut = text[start : start + BEFORE + AFTER]
    ends = ("…" if start else "", "…" if start + len(cut) < len(text) else "")
    inner = marked(cut, words)
    return tuple(part for part in ((ends[0], False), *inner, (ends[1], False)) if part[0])


def marked(text: str, words: list[str]) -> Parts:
    """The text in pieces, those that spell one of the (normalised) words marked; full-width and capitals count as the same."""
    plain, origin = [], []
    for place, char in enumerate(text):
        for one in search.normal(char) or " ":
            plain.append(one)
            origin.append(place)
    body, hits = "".join(plain), [False] * len(text)
    for word in words:
        at = body.find(word) if word else -1
        while at >= 0:
            for place in origin[at : at + len(word)]:
                hits[place] = True
            at = body.find(word, at + len(word))
    return tuple(_runs(text, hits))


def _runs(text: str, hits: list[bool]) -> Iterator[tuple[str, bool]]:
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hits[place] != hits[start]:
            yield text[start:place], hits[start]
            start = place
