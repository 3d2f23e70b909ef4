"""What the database itself refuses of visits down, findings and disputes: each constraint broken once (design §5)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from models.base import Base
from tests.fixtures import visits_down as made
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

pytestmark = pytest.mark.db(long="postgres")
OURS = ("visit", "visit_finding", "dispute")
CHANGES: dict[str, tuple[Callable[[Office], Any], dict[str, Any]]] = {
    "ck_visit_order": (lambda o: made.visit(o, 3), {"to_on": TODAY}),
    "ck_visit_people_met": (made.made, {"people_met": -1}),
    "ck_visit_contacted_pair": (lambda o: made.visit(o, 3), {"contacted_on": TODAY}),
    "ck_visit_posted_pair": (lambda o: made.visit(o, 3), {"posted_where": "公开栏"}),
    "ck_visit_done": (made.made, {"report": None}),
    "ck_visit_cancelled": (lambda o: made.visit(o, 3), {"state": "cancelled"}),
    "ck_visit_finding_one_way": (made.finding, {"petition_id": 1, "dispute_id": 1}),
    "ck_visit_finding_followed_pair": (made.finding, {"followed_up_on": TODAY}),
    "ck_dispute_people_count": (made.dispute, {"people_count": 0}),
    "ck_dispute_case": (made.dispute, {"case_id": 1}),
    "ck_dispute_turned": (made.dispute, {"state": "turned"}),
    "ck_dispute_settled": (made.dispute, {"state": "settled", "result": "和解"}),
    "ck_dispute_result": (made.dispute, {"state": "settled", "settled_on": TODAY}),
    "ck_dispute_reported_pair": (made.dispute, {"reported_on": TODAY}),
    "ck_visit_leadervisitkind": (lambda o: made.visit(o, 3), {"kind": "nonsense"}),
    "ck_visit_leadervisitmode": (lambda o: made.visit(o, 3), {"mode": "nonsense"}),
    "ck_visit_leadervisitstate": (lambda o: made.visit(o, 3), {"state": "nonsense"}),
    "ck_visit_finding_purpose": (made.finding, {"purpose": "nonsense"}),
    "ck_dispute_urgency": (made.dispute, {"urgency": "nonsense"}),
    "ck_dispute_disputestate": (made.dispute, {"state": "nonsense"}),
}
"""Constraint → the row it guards, and what breaks it."""


def test_every_check_is_broken_here() -> None:
    checks = {
        str(constraint.name)
        for name in OURS
        for constraint in Base.metadata.tables[name].constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert checks == set(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_the_database_refuses(office: Office, name: str) -> None:
    make, changes = CHANGES[name]
    registered(office, TODAY)
    if name == "ck_visit_finding_one_way":
        made.dispute(office)
    row = make(office)
    office.session.commit()
    update = sa.update(row.__table__).where(row.__table__.c.id == row.id)
    columns = {key: sa.literal(value, sa.String()) if value in ("nonsense", "cancelled", "turned", "settled") else value
               for key, value in changes.items()}  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError) as no:
        office.session.connection().execute(update.values(columns))
    assert name in str(no.value.orig)
    office.session.rollback()


def twice_from_one_day(office: Office) -> None:
    for _ in range(2):
        made.visit(office, 3).plan_key = "rule-1-20261207"


def two_findings_of_one_dispute(office: Office) -> None:
    dispute = made.dispute(office)
    for _ in range(2):
        made.finding(office).dispute = dispute


def one_number_twice(office: Office) -> None:
    made.dispute(office).number = made.dispute(office).number


@pytest.mark.parametrize("broken", [twice_from_one_day, two_findings_of_one_dispute, one_number_twice])
def test_what_is_unique(office: Office, broken: Callable[[Office], None]) -> None:
    def write() -> None:
        broken(office)
        office.session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        write()
    office.session.rollback()


def test_a_matter_is_on_a_visit_once(office: Office) -> None:
    row, petition = made.visit(office, 3), registered(office, TODAY)
    table, values = m.Visit.petitions.property.secondary, {"visit_id": row.id, "petition_id": petition.id}
    office.session.connection().execute(sa.insert(table).values(values))
    with pytest.raises(sa.exc.IntegrityError):
        office.session.connection().execute(sa.insert(table).values(values))
    office.session.rollback()
