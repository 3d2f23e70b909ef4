"""A revision keeps every row and ends at the very tables the models describe (design §5; J3: nothing entered is lost)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

import models as m
from models import db
from models.engine import is_writing
from rules.words import Status
from tests.fixtures.databases import DIALECTS, blank, make_app

FIRST = "0001"
NOW, DAY = datetime(2026, 11, 20, 2, tzinfo=UTC), date(2026, 11, 20)
ROWS: dict[str, dict[str, Any]] = {
    "unit": {"id": 7, "name": "城建办", "kind": "department", "is_office": False, "is_active": True, "position": 1, "version": 1},
    "petition": {
        "id": 3, "number": "XF2026-000003", "title": "路灯不亮", "demand": "路灯三个月不亮", "purpose": "seek",
        "channel": "letter", "is_secret": False, "is_carried_over": False, "people_count": 1, "status": "routed",
        "unit_id": 7, "registered_on": DAY, "routed_on": DAY, "is_simple": False, "version": 4, "created_at": NOW,
    },
    "leg": {
        "id": 5, "petition_id": 3, "kind": "assign", "unit_id": 7, "is_lead": True, "sent_on": DAY, "version": 1,
        "created_at": NOW,
    },
    "document": {
        "id": 9, "number": "信交〔2026〕1号", "kind": "assign", "title": "交办函", "petition_id": 3, "issued_on": DAY,
        "issuer": "信访办", "addressee": "城建办", "content": {}, "created_at": NOW,
    },
    "move": {
        "id": 2, "petition_id": 3, "verb": "assign", "from_status": "registered", "to_status": "routed", "moved_on": DAY,
        "moved_at": NOW, "by_name": "王敏", "details": {}, "document_id": 9,
    },
}  # fmt: skip
"""Table → one row as an office at the first revision had it."""


@pytest.fixture(scope="module", params=DIALECTS)
def upgraded(request: pytest.FixtureRequest, place: Path) -> Iterator[Callable[[], sa.Connection]]:
    """An office of the first revision with ROWS, brought up to date; yields what opens a connection to it."""
    folder = place / f"migration-{request.param}"
    folder.mkdir(exist_ok=True)
    (folder / "migration.db").unlink(missing_ok=True)
    app = make_app(blank(request.param, "migration", folder), folder)
    writing = is_writing.set(True)
    with app.app_context():
        flask_migrate.upgrade(revision=FIRST)
        with db.engine.begin() as connection:
            tables = sa.MetaData()
            tables.reflect(connection, only=list(ROWS))
            for name, row in ROWS.items():
                connection.execute(tables.tables[name].insert().values(**row))
        flask_migrate.upgrade()
        yield db.engine.connect
    is_writing.reset(writing)


def test_every_row_is_there_afterwards(upgraded: Callable[[], sa.Connection]) -> None:
    with upgraded() as connection, Session(connection) as session:
        matter = session.scalars(sa.select(m.Petition)).one()
        assert (matter.number, matter.status, matter.version) == ("XF2026-000003", Status.ROUTED, 4)
        assert [(leg.unit.name, leg.sent_on) for leg in matter.legs] == [("城建办", DAY)]
        assert [move.document.number for move in matter.moves] == ["信交〔2026〕1号"]


def test_the_end_is_what_the_models_describe(upgraded: Callable[[], sa.Connection]) -> None:
    with upgraded() as connection:
        options = {"compare_type": True, "include_object": _by_metadata}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
        assert found == []
        assert _checks(connection) == {table.name: _named(table) for table in db.metadata.sorted_tables}


def _by_metadata(_thing: Any, name: str | None, _kind: str, reflected: bool, _compared: Any) -> bool:
    return not (
        reflected and name and name.startswith(("petition_pairs", "ix_petition_text_pairs", "pairs", "alembic"))
    )


def _checks(connection: sa.Connection) -> dict[str, set[str | None]]:
    inspector = sa.inspect(connection)
    return {
        table.name: {check["name"] for check in inspector.get_check_constraints(table.name)}
        for table in db.metadata.sorted_tables
    }


def _named(table: sa.Table) -> set[str]:
    found = {str(one.name) for one in table.constraints if isinstance(one, sa.CheckConstraint) and one.name}
    return {name if name.startswith("ck_") else f"ck_{table.name}_{name}" for name in found}
