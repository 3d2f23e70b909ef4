"""Registering many contacts at once (批量登记): what services.petitions does for one, in few statements for thousands (A4).

Only new matters without respondents; a contact that joins a matter goes through petitions.register.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from services import bulk_rows, clocks, numbers, people, petitions, registration, search
from services.registration import Person, Registration

CHUNK = 500
"""Rows flushed together: one insert a table, one stretch of the audit chain, bounded memory."""


@dataclass
class Opening:
    """A matter about to be opened: its rows without numbers, and rows for its people, used where the office knows none."""

    said: Registration
    contact: m.Contact
    clock: m.Clock | None
    people: list[m.Petitioner]


def register_many(session: Session, actor: Actor, said: Sequence[Registration]) -> list[tuple[str, int]]:
    """Open a matter for each registration, in order. Returns (contact number, petition id) of each.

    The registrations passed petitions.check_words and name neither respondents nor representatives. A clock starts for each
    that is not carried over; RuleBroken when the office has no term row for its day.
    """
    return write(session, actor, [prepared(session, actor, one) for one in said])


def prepared(session: Session, actor: Actor, said: Registration) -> Opening:
    """What can be made before anybody has to wait: reads the calendar and the terms, writes nothing."""
    matter = petitions.new_matter(actor, said, "")
    clock = clocks.made(session, matter, "office_route", matter.registered_on, actor.unit_id)
    clocks.mirror(matter)
    contact = petitions.new_contact(actor, said, matter, "")
    return Opening(said, contact, clock, [people.new(person.name.strip()) for person in said.people])


def write(
    session: Session, actor: Actor, openings: Sequence[Opening], tick: Callable[[int], None] = lambda _done: None
) -> list[tuple[str, int]]:
    """Enter what was prepared, as register_many; `tick`: told after each chunk how many are written."""
    done: list[tuple[str, int]] = []
    for start in range(0, len(openings), CHUNK):
        done += _write_chunk(session, actor, openings[start : start + CHUNK])
        tick(len(done))
    return done


def _write_chunk(session: Session, actor: Actor, openings: Sequence[Opening]) -> list[tuple[str, int]]:
    said, contacts = [one.said for one in openings], [one.contact for one in openings]
    matters = [contact.petition for contact in contacts]
    matter_numbers = _numbers(session, actor, said, numbers.MATTER, numbers.MATTER_GUARDED)
    contact_numbers = _numbers(session, actor, said, numbers.CONTACT, numbers.CONTACT_GUARDED)
    for contact, matter_number, number in zip(contacts, matter_numbers, contact_numbers, strict=True):
        contact.petition.number, contact.number = matter_number, number
    links = _links(session, openings)
    for rows in (matters, contacts, links, [one.clock for one in openings if one.clock is not None]):
        bulk_rows.insert(session, rows)
    bulk_rows.insert(session, [petitions.arrival(actor, one.petition, one, "register") for one in contacts])
    search.index_new(session, matters)
    return [(contact.number, contact.petition_id) for contact in contacts]


def _links(session: Session, openings: Sequence[Opening]) -> list[m.ContactPetitioner]:
    """Who came with each contact; people the office did not know are entered."""
    known = _Known(session, [person for one in openings for person in one.said.people])
    links = [
        m.ContactPetitioner(
            contact=one.contact,
            petitioner=known.row(person, row, registration.is_guarded(one.said)),
            is_representative=person.is_representative,
        )
        for one in openings
        for person, row in zip(one.said.people, one.people, strict=True)
    ]
    session.flush()
    bulk_rows.insert(session, known.new)
    return links


def _numbers(session: Session, actor: Actor, said: Sequence[Registration], open_: str, guarded: str) -> Iterator[str]:
    """A number of the right series and year for each registration, each series taken in one piece."""
    wanted = [
        (guarded if registration.is_guarded(one) else open_, (one.registered_on or actor.today).year) for one in said
    ]
    taken = {key: iter(numbers.many(session, *key, count)) for key, count in sorted(Counter(wanted).items())}
    return (next(taken[key]) for key in wanted)


class _Known:
    """The petitioners of a chunk: those the office knows, asked for in one query, and those met on the way.

    As people.find: the same name with the same ID number or phone, the earliest first.
    """

    def __init__(self, session: Session, persons: Iterable[Person]) -> None:
        self._session = session
        self._order: list[m.Petitioner] = []
        self._places: dict[tuple[str, str], int] = {}
        self.new: list[m.Petitioner] = []
        wanted = {key for person in persons for key in self._keys(person)}
        found = sa.or_(m.Petitioner.phone_key.in_(wanted), m.Petitioner.id_number_key.in_(wanted))
        open_ones = sa.select(m.Petitioner).where(found, people.of_open_matters()).order_by(m.Petitioner.id)
        for row in session.scalars(open_ones.execution_options(gated=True)) if wanted else ():
            self._remember(row)

    def row(self, person: Person, fresh: m.Petitioner, guarded: bool) -> m.Petitioner:
        """The person's row, found or else the fresh one; a guarded matter's people are its own."""
        places = [] if guarded else [self._places[key] for key in self._named(person) if key in self._places]
        row = self._order[min(places)] if places else fresh
        if not places:
            self.new.append(row)
        people.fill(self._session, row, person)
        if not guarded:
            self._remember(row)
        return row

    def _named(self, person: Person) -> list[tuple[str, str]]:
        return [(person.name.strip(), key) for key in self._keys(person)]

    def _keys(self, person: Person) -> list[str]:
        keys = (people.key_of(self._session, value) for value in (person.id_number, person.phone))
        return list(filter(None, keys))

    def _remember(self, row: m.Petitioner) -> None:
        self._order.append(row)
        for key in filter(None, (row.id_number_key, row.phone_key)):
            self._places.setdefault((row.name, key), len(self._order) - 1)


def known_numbers(session: Session, source: str, wanted: Sequence[str]) -> dict[str, date]:
    """Which of these numbers (原编号) of a source are registered already, with the day received.

    Asked past the actor's scope: the pair is unique in the whole office and the key against doubles.
    """
    found: dict[str, date] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        statement = sa.select(m.Contact.external_number, m.Contact.received_on).where(
            m.Contact.source == source, m.Contact.external_number.in_(chunk)
        )
        found |= {str(number): day for number, day in session.execute(statement.execution_options(gated=True))}
    return found
