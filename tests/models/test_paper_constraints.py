"""What the database itself refuses of templates, relief texts and jobs (design §5), on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from models.base import Base
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
ROWS: dict[str, dict[str, Any]] = {
    "paper_template": {"kind": "guide", "edition": 1, "valid_from": TODAY, "name": "x.docx", "docx": b"x", "sha256": "x", "size": 1,
                       "created_at": NOW},
    "relief_text": {"branch": "reply", "text": "文字", "source": "条例", "valid_from": date(2026, 1, 1), "version": 1},
    "job": {"letter": "forward", "said": {}, "state": "queued", "total": 1, "by_id": 1, "attempts": 0, "is_cancel_asked": False,
            "created_at": NOW},
    "job_line": {"job_id": 1, "position": 2, "petition_id": 2, "state": "waiting"},
}  # fmt: skip
BROKEN: dict[str, dict[str, Any]] = {
    "ck_paper_template_bytes": {"sha256": None},
    "ck_paper_template_edition": {"edition": 0},
    "ck_paper_template_documentkind": {"kind": "nonsense"},
    "uq_paper_template_kind_edition": {},
    "ck_relief_text_order": {"valid_to": date(2026, 1, 1) - timedelta(days=1)},
    "ck_relief_text_branch": {"branch": "nonsense"},
    "uq_relief_text_branch_valid_from": {"valid_from": date(2022, 5, 1)},
    "ck_job_total": {"total": 0},
    "ck_job_ended": {"state": "done"},
    "ck_job_jobstate": {"state": "nonsense"},
    "ck_job_line_done": {"document_id": 1},
    "ck_job_line_failed": {"message": "因"},
    "ck_job_line_linestate": {"state": "nonsense"},
    "uq_job_line_job_id_position": {"position": 1},
    "uq_job_line_job_id_petition_id": {"petition_id": 1},
}
"""Constraint → what breaks it."""


def table_of(constraint: str) -> str:
    return max((name for name in ROWS if constraint[3:].startswith(name)), key=len)


def test_every_constraint_of_these_tables_is_broken_here() -> None:
    kinds = (sa.CheckConstraint, sa.UniqueConstraint)
    named = {str(c.name) for name in ROWS for c in Base.metadata.tables[name].constraints if isinstance(c, kinds)}
    assert named == set(BROKEN)


def put(office: Office, table: str, **changes: Any) -> None:
    row = {name: value for name, value in (ROWS[table] | changes).items() if value is not None}
    office.session.connection().execute(sa.insert(Base.metadata.tables[table]).values(row))


@pytest.mark.db
def test_the_database_refuses_each(office: Office) -> None:
    for _ in range(2):
        registered(office, TODAY)
    put(office, "job")
    put(office, "paper_template")
    office.session.connection().execute(
        sa.insert(m.JobLine.__table__).values(job_id=1, position=1, petition_id=1, state="waiting")
    )
    office.session.commit()
    for constraint, changes in BROKEN.items():
        table = table_of(constraint)
        with pytest.raises(sa.exc.IntegrityError) as no:
            put(
                office,
                table,
                **({"edition": 2} if not constraint.startswith("uq_paper") and table == "paper_template" else {})
                | changes,
            )
        text = str(no.value.orig)
        assert constraint in text or ("UNIQUE" in text and f"{table}." in text), (constraint, text)
        office.session.rollback()
    put(office, "job_line")
    put(office, "relief_text")
