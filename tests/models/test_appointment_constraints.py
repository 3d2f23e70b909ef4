"""What the database itself refuses of sign-ups: each constraint broken once, on both databases (design §5)."""

from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from models.base import Base
from rules.reception_words import AppointmentKind
from services import appointments
from tests.fixtures.appointments import caller, session_of
from tests.fixtures.office import TODAY, Office

pytestmark = pytest.mark.db(long="postgres")
CHANGES: dict[str, dict[str, Any]] = {
    "ck_appointment_people_count": {"people_count": 0},
    "ck_appointment_carried": {"carried_from_id": m.Appointment.id},
    "ck_appointment_invited": {"kind": sa.literal("invitation", sa.String())},
    "ck_appointment_cancelled": {"state": sa.literal("cancelled", sa.String())},
    "ck_appointment_received": {"state": sa.literal("received", sa.String())},
    "ck_appointment_appointmentkind": {"kind": sa.literal("nonsense", sa.String())},
    "ck_appointment_appointmentstate": {"state": sa.literal("nonsense", sa.String())},
    "ck_appointment_purpose": {"purpose": sa.literal("nonsense", sa.String())},
}
"""Constraint → what breaks it on a plain sign-up."""


def test_every_check_is_broken_here() -> None:
    table = Base.metadata.tables["appointment"]
    assert {str(one.name) for one in table.constraints if isinstance(one, sa.CheckConstraint)} == set(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_the_database_refuses(office: Office, name: str) -> None:
    row = caller(office, session_of(office))
    office.session.commit()
    update = sa.update(m.Appointment.__table__).where(m.Appointment.__table__.c.id == row.id)
    with pytest.raises(sa.exc.IntegrityError) as no:
        office.session.connection().execute(update.values(CHANGES[name]))
    assert name in str(no.value.orig)
    office.session.rollback()


def test_one_record_belongs_to_one_sign_up(office: Office) -> None:
    held = session_of(office, day=TODAY)
    first, second = (caller(office, held, AppointmentKind.WALK_IN, visitor=name) for name in ("甲一", "乙二"))
    record = appointments.receive(office.session, office.actor("clerk"), first)
    office.session.commit()
    table = m.Appointment.__table__
    with pytest.raises(sa.exc.IntegrityError):
        office.session.connection().execute(sa.update(table).where(table.c.id == second.id).values(record_id=record.id))
    office.session.rollback()
