"""What the database itself refuses of duty days and people on call (D9), on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.reception_words import RuleUse
from tests.fixtures import reception

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
DUTY: dict[str, Any] = {
    "held_on": date(2026, 12, 1), "starts": "08:00", "ends": "16:00", "is_provisional": False, "is_by_hand": False,
    "version": 1, "created_at": NOW,
}  # fmt: skip
PERSON: dict[str, Any] = {"name": "金桂芳", "phone": "0731-1", "position": 1, "is_active": True, "version": 1}


def put(office: Any, model: type[Any], row: dict[str, Any]) -> None:
    office.session.connection().execute(sa.insert(model.__table__).values(row))


@pytest.mark.db
@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (m.DutyDay, {"ends": "08:00"}, "ck_duty_day_hours"),
        (m.DutyDay, {"leader_id": 424242}, "leader"),
        (m.DutyDay, {"turn_leader_id": 424242}, "leader"),
        (m.DutyDay, {"rule_id": 424242}, "rule"),
        (m.OnCall, {"unit_id": 424242}, "unit"),
        (m.OnCall, {"phone": None}, "phone"),
    ],
)
def test_a_row_that_cannot_be_is_refused(office: Any, model: type[Any], changes: Any, constraint: str) -> None:
    with pytest.raises(sa.exc.IntegrityError) as no:
        put(office, model, (DUTY if model is m.DutyDay else PERSON) | changes)
    text = str(no.value.orig)
    assert constraint in text or "FOREIGN KEY" in text


@pytest.mark.db
def test_a_rule_gives_a_day_once(office: Any) -> None:
    rule = reception.rule(office, use=RuleUse.DUTY, rrule="WORKDAYS")
    office.session.commit()
    put(office, m.DutyDay, DUTY | {"rule_id": rule.id})
    with pytest.raises(sa.exc.IntegrityError) as no:
        put(office, m.DutyDay, DUTY | {"rule_id": rule.id})
    assert "duty_day" in str(no.value.orig)
