"""The rule of the accused before there is a matter: whom a visitor named when he signed up, as a matter would hold it (§3)."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import RespondentKind
from services.petitions import Accused, respondent


def named(session: Session, row: m.ReceptionRecord) -> list[Accused]:
    """The respondents of the sign-up (预约) this record came from; none for a record without one."""
    if row.id is None:
        return []
    came = m.Appointment.record_id == row.id
    booking = session.scalars(sa.select(m.Appointment).where(came).execution_options(gated=True)).first()
    if booking is None:
        return []
    found = []
    if booking.respondent_unit is not None:
        found.append(Accused(RespondentKind.UNIT, booking.respondent_unit_id, booking.respondent_unit.name))
    if booking.respondent_leader is not None:
        found.append(Accused(RespondentKind.LEADER, booking.respondent_leader_id, booking.respondent_leader.name))
    return found


def as_matter(row: m.ReceptionRecord, accused: Sequence[Accused]) -> m.Petition:
    """A matter that is in no session, for asking the rule of the accused what it would say of this record."""
    matter = m.Petition(purpose=row.purpose, is_secret=row.is_secret)
    for one in accused:
        respondent(matter, one)
    return matter
