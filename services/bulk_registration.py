"""Registering many contacts at once (批量登记): what services.petitions does for one, in few statements for thousands (A4).

Only new matters without respondents; a contact that joins a matter goes through petitions.register.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from services import bulk_rows, clocks, numbers, people, petitions, registration, search
from services.registration import Person, Registration

CHUNK = 500
"""Rows flushed together: one insert a table, one stretch of the audit chain, bounded memory."""


def register_many(session: Session, actor: Actor, said: Sequence[Registration]) -> list[tuple[str, int]]:
    """Open a matter for each registration, in order. Returns (contact number, petition id) of each.

    The registrations passed petitions.check_words and name neither respondents nor representatives. A clock starts for each
    that is not carried over; RuleBroken when the office has no term row for its day.
    """
    done: list[tuple[str, int]] = []
    for start in range(0, len(said), CHUNK):
        done += _register_chunk(session, actor, said[start : start + CHUNK])
    return done


def _register_chunk(session: Session, actor: Actor, said: Sequence[Registration]) -> list[tuple[str, int]]:
    matter_numbers = _numbers(session, actor, said, numbers.MATTER, numbers.MATTER_GUARDED)
    contact_numbers = _numbers(session, actor, said, numbers.CONTACT, numbers.CONTACT_GUARDED)
    matters = [petitions.new_matter(actor, one, number) for one, number in zip(said, matter_numbers, strict=True)]
    running = [clocks.made(session, one, "office_route", one.registered_on, actor.unit_id) for one in matters]
    for matter in matters:
        clocks.mirror(matter)
    contacts = [petitions.new_contact(actor, *one) for one in zip(said, matters, contact_numbers, strict=True)]
    links = _links(session, said, contacts)
    for rows in (matters, contacts, links, list(filter(None, running))):
        bulk_rows.insert(session, rows)
    bulk_rows.insert(session, [petitions.arrival(actor, one.petition, one, "register") for one in contacts])
    search.index_new(session, matters)
    return [(contact.number, contact.petition_id) for contact in contacts]


def _links(session: Session, said: Sequence[Registration], contacts: Sequence[m.Contact]) -> list[m.ContactPetitioner]:
    """Who came with each contact; people the office did not know are entered."""
    known = _Known(session, [person for one in said for person in one.people])
    links = [
        m.ContactPetitioner(
            contact=contact, petitioner=known.row(person, registration.is_guarded(one)), is_representative=person.is_representative
        )
        for one, contact in zip(said, contacts, strict=True)
        for person in one.people
    ]  # fmt: skip
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

    def row(self, person: Person, guarded: bool) -> m.Petitioner:
        """The person's row, found or new; a guarded matter's people are its own."""
        name = person.name.strip()
        places = [] if guarded else [self._places[key] for key in self._named(person) if key in self._places]
        row = self._order[min(places)] if places else people.new(name)
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
