"""What the database refuses of checks and circulations, each named constraint broken once, on both databases (design §5)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.owed import Lack
from tests.fixtures.handled import at, registered
from tests.fixtures.office import TODAY, Office

pytestmark = pytest.mark.db
RUN: dict[str, Any] = {"key": "night 2026-11-21", "ran_on": TODAY, "ran_at": at(TODAY), "by_name": "系统"}
CIRCULATION: dict[str, Any] = {
    "number": "信通〔2026〕1号", "as_of": TODAY, "issued_on": TODAY, "issued_at": at(TODAY), "body": {"rows": []},
}  # fmt: skip


def add(office: Office, rows: list[dict[str, Any]], model: Any) -> None:
    """Write the rows as they are."""
    for row in rows:
        office.session.add(model(**row))
        office.session.flush()


@pytest.mark.parametrize(
    ("model", "rows", "name"),
    [
        (m.CheckRun, [RUN, RUN], "key"),
        (m.Circulation, [CIRCULATION, CIRCULATION], "number"),
        (m.Circulation, [CIRCULATION | {"from_on": date(2026, 11, 22)}], "ck_circulation_period"),
    ],
)
def test_the_database_refuses(office: Office, model: Any, rows: list[dict[str, Any]], name: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=name):
        add(office, rows, model)


def test_a_finding_stands_once_in_a_run(office: Office) -> None:
    petition = registered(office, TODAY)
    add(office, [RUN], m.CheckRun)
    run_id = office.session.scalars(sa.select(m.CheckRun.id)).one()
    row = {"run_id": run_id, "petition_id": petition.id, "lack": Lack.UNIT, "text": "没有责任单位。"}
    with pytest.raises(sa.exc.IntegrityError, match="check_finding"):
        add(office, [row, row], m.CheckFinding)
