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
from services import clocks, numbers, people, petitions, registration, search
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
    known = _Known(session, [person for one in said for person in one.people])
    links = [[known.link(person, registration.is_guarded(one)) for person in one.people] for one in said]
    contacts = []
    for one, matter_number, contact_number, came in zip(said, matter_numbers, contact_numbers, links, strict=True):
        matter = petitions.new_matter(actor, one, matter_number)
        contact = petitions.new_contact(actor, one, matter, contact_number)
        contact.people.extend(came)
        contacts.append(contact)
    session.add_all(contacts)
    session.flush()
    session.add_all(petitions.arrival(actor, contact.petition, contact, "register") for contact in contacts)
    session.flush()
    search.index_new(session, [contact.petition for contact in contacts])
    for contact in contacts:
        clocks.start(session, contact.petition, "office_route", contact.registered_on, actor.unit_id)
    session.flush()
    return [(contact.number, contact.petition_id) for contact in contacts]


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
        wanted = {key for person in persons for key in self._keys(person)}
        found = sa.or_(m.Petitioner.phone_key.in_(wanted), m.Petitioner.id_number_key.in_(wanted))
        open_ones = sa.select(m.Petitioner).where(found, people.of_open_matters()).order_by(m.Petitioner.id)
        for row in session.scalars(open_ones.execution_options(gated=True)) if wanted else ():
            self._remember(row)

    def link(self, person: Person, guarded: bool) -> m.ContactPetitioner:
        """The link to the person's row, found or new; a guarded matter's people are its own."""
        name = person.name.strip()
        if guarded:
            row = people.new(name)
            people.fill(self._session, row, person)
            return m.ContactPetitioner(petitioner=row, is_representative=person.is_representative)
        places = [self._places[name, key] for key in self._keys(person) if (name, key) in self._places]
        row = self._order[min(places)] if places else people.new(name)
        people.fill(self._session, row, person)
        self._remember(row)
        return m.ContactPetitioner(petitioner=row, is_representative=person.is_representative)

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
