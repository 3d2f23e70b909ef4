"""The rule of the accused before there is a matter: whom a visitor named when he signed up, as a matter would hold it (§3)."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.appointments import names_in
from rules.words import RespondentKind
from services.petitions import respondent
from services.registration import Accused, Person


def named(session: Session, row: m.ReceptionRecord) -> list[Accused]:
    """The respondents of the sign-up (预约) this record came from; none for a record without one."""
    booking = booking_of(session, row)
    if booking is None:
        return []
    found = []
    if booking.respondent_unit is not None:
        found.append(Accused(RespondentKind.UNIT, booking.respondent_unit_id, booking.respondent_unit.name))
    if booking.respondent_leader is not None:
        found.append(Accused(RespondentKind.LEADER, booking.respondent_leader_id, booking.respondent_leader.name))
    return found


def representatives(session: Session, row: m.ReceptionRecord) -> list[Person]:
    """The representatives (代表) named when they signed up, the visitor himself left out (A2)."""
    booking = booking_of(session, row)
    names = names_in(booking.representatives) if booking is not None else []
    return [Person(name, is_representative=True) for name in names if name != row.visitor]


def booking_of(session: Session, row: m.ReceptionRecord) -> m.Appointment | None:
    """The sign-up this record came from, whoever may know of it."""
    if row.id is None:
        return None
    came = m.Appointment.record_id == row.id
    return session.scalars(sa.select(m.Appointment).where(came).execution_options(gated=True)).first()


def as_matter(row: m.ReceptionRecord, accused: Sequence[Accused]) -> m.Petition:
    """A matter that is in no session, for asking the rule of the accused what it would say of this record."""
    matter = m.Petition(purpose=row.purpose, is_secret=row.is_secret)
    for one in accused:
        respondent(matter, one)
    return matter
