"""What the database itself refuses: each named constraint broken once, on both databases (design §5)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from models.base import Base
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
OURS = {"petition", "contact", "contact_petitioner", "respondent", "leg", "move", "clock", "extension", "service_of_process",
        "category", "petition_text", "unit", "leader", "leader_unit", "user", "user_session", "login_lock", "petitioner",
        "document", "attachment", "calendar_day", "calendar_year", "setting", "term", "list_item", "counter", "saved_filter"}  # fmt: skip

ROWS: dict[str, dict[str, Any]] = {
    "petition": {"number": "XF2026-9", "title": "事", "demand": "事", "channel": "letter", "registered_on": TODAY, "purpose": "seek",
                 "is_secret": False, "is_carried_over": False, "people_count": 1, "status": "registered", "is_simple": False},
    "contact": {"number": "LX2026-9", "petition_id": 1, "channel": "letter", "received_on": TODAY, "registered_on": TODAY,
                "demand": "事", "is_anonymous": False, "people_count": 1, "level_visited": "own", "purpose": "seek",
                "is_carried_over": False},
    "contact_petitioner": {"contact_id": 1, "petitioner_id": 1, "is_representative": False},
    "respondent": {"petition_id": 1, "kind": "outside", "name": "某"},
    "leg": {"petition_id": 1, "kind": "assign", "unit_id": 1, "is_lead": True, "sent_on": TODAY},
    "move": {"petition_id": 1, "verb": "assign", "to_status": "routed", "moved_on": TODAY, "moved_at": NOW, "by_name": "某", "details": {}},
    "clock": {"petition_id": 1, "term": "handle", "started_on": TODAY, "days": 60, "is_working_days": False, "extended_days": 0,
              "paused_days": 0, "due_on": TODAY, "breach_on": TODAY, "is_provisional": False, "source": "条例"},
    "extension": {"petition_id": 1, "days": 30, "reason": "因", "approved_on": TODAY},
    "service_of_process": {"petition_id": 1, "method": "direct", "receiver": "某", "served_at": NOW},
    "category": {"name": "一", "path": "一", "level": 1},
    "petition_text": {"petition_id": 1, "body": "事"},
    "unit": {"name": "新单位", "kind": "department", "is_office": False, "is_active": True, "position": 9},
    "leader": {"name": "新", "title": "镇长", "rank": "other", "turn": 9, "is_active": True},
    "leader_unit": {"leader_id": 1, "unit_id": 1},
    "user": {"username": "new", "name": "新", "role": "clerk", "password_hash": "x", "must_change_password": True, "is_active": True,
             "is_demo": False, "language": "zh", "preferences": {}},
    "user_session": {"key_hash": "k", "payload": {}, "started_at": NOW, "seen_at": NOW},
    "login_lock": {"username": "x", "address": "::1", "failures": 1, "last_at": NOW},
    "petitioner": {"name": "某", "initials": "m"},
    "document": {"number": "信交〔2026〕9号", "kind": "assign", "title": "交办函", "petition_id": 1, "issued_on": TODAY, "issuer": "某",
                 "addressee": "", "content": {}},
    "attachment": {"petition_id": 1, "name": "x.pdf", "stored_name": "x", "media_type": "a/b", "size": 1, "sha256": "x", "purpose": ""},
    "calendar_day": {"day": date(2031, 1, 1), "kind": "holiday", "note": ""},
    "calendar_year": {"year": 2031, "source": ""},
    "setting": {"key": "k", "value": 1, "valid_from": TODAY},
    "term": {"key": "k", "label": "限", "days": 5, "unit": "natural", "roll": True, "source": "条例", "valid_from": TODAY},
    "list_item": {"list_name": "l", "code": "c", "label": "签", "position": 0, "is_active": True},
    "counter": {"series": "ZZ", "year": 2026, "value": 0},
    "saved_filter": {"user_id": 1, "noun": "petition", "name": "我的", "query": ""},
}  # fmt: skip
"""A row each table takes, apart from the version and the day it was written."""

CHECKS: dict[str, dict[str, Any]] = {
    "ck_petition_closed_on": {"status": "closed"},
    "ck_petition_archived_on": {"closed_on": TODAY, "status": "archived"},
    "ck_petition_voided_on": {"status": "voided", "void_reason": "因"},
    "ck_petition_void_reason": {"status": "voided", "voided_on": TODAY},
    "ck_petition_people_count": {"people_count": 0},
    "ck_petition_due_pair": {"due_on": TODAY},
    "ck_petition_filing": {"filing": "answered"},
    "ck_petition_rating": {"rated_on": TODAY},
    "ck_petition_rated_how": {"rated_how": "phone"},
    "ck_contact_people_count": {"people_count": 0},
    "ck_contact_received_first": {"received_on": date(2026, 11, 22)},
    "ck_contact_external_pair": {"source": "网信"},
    "ck_respondent_target": {"kind": "unit"},
    "ck_leg_order": {"ended_on": date(2026, 11, 20)},
    "ck_leg_received": {"received_on": date(2026, 11, 20)},
    "ck_leg_answer": {"answer": "同意补发。"},
    "ck_clock_rolled": {"breach_on": date(2026, 11, 20)},
    "ck_extension_days": {"days": 0},
    "ck_category_level": {"level": 4},
    "ck_leader_term_order": {"in_office_from": TODAY, "in_office_to": date(2020, 1, 1)},
    "ck_attachment_size": {"size": 0},
    "ck_document_docx": {"sha256": "x"},
    "ck_term_unit": {"unit": "lunar"},
    "ck_term_days": {"days": 0},
}

RATED = {"rated_on": TODAY, "office_rating": "good", "unit_rating": "good"}
BESIDE = {
    "filing": {"status": "filed"},
    "office_rating": {"rated_on": TODAY},
    "unit_rating": {"rated_on": TODAY},
    "rated_how": RATED,
}
"""What a column's other checks ask for, so that its own enum is what is refused."""


@pytest.fixture
def office_with_rows(office: Office) -> Office:
    registered(office, TODAY)
    office.session.commit()
    return office


def put(office: Office, table: str, **changes: Any) -> None:
    columns = Base.metadata.tables[table]
    row = ROWS[table] | changes
    row |= {name: value for name, value in {"version": 1, "created_at": NOW}.items() if name in columns.c}
    office.session.connection().execute(sa.insert(columns).values(row))


def named(kind: type) -> list[tuple[str, Any]]:
    return [
        (t.name, c) for t in Base.metadata.sorted_tables if t.name in OURS for c in t.constraints if isinstance(c, kind)
    ]


def enums() -> list[tuple[str, str, str]]:
    """(table, constraint, column) of every enum check."""
    return [
        (table.name, str(constraint.name), column.name)
        for table in Base.metadata.sorted_tables if table.name in OURS
        for column in table.c if isinstance(column.type, sa.Enum)
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint) and constraint.name == f"ck_{table.name}_{column.type.name}"
    ]  # fmt: skip


def test_every_check_of_these_tables_is_broken_here() -> None:
    checks = {str(constraint.name) for _table, constraint in named(sa.CheckConstraint)}
    assert checks == set(CHECKS) | {name for _table, name, _column in enums()}


def refused(office: Office, table: str, constraint: str, **changes: Any) -> None:
    with pytest.raises(sa.exc.IntegrityError) as no:
        put(office, table, **changes)
    text = str(no.value.orig)
    assert constraint in text or ("UNIQUE" in text and f"{table}." in text), text
    office.session.rollback()


@pytest.mark.db
def test_each_check_and_enum_is_refused_by_the_database(office_with_rows: Office) -> None:
    tables = {str(constraint.name): table for table, constraint in named(sa.CheckConstraint)}
    for constraint, changes in CHECKS.items():
        refused(office_with_rows, tables[constraint], constraint, **changes)
    for table, constraint, column in enums():
        refused(office_with_rows, table, constraint, **BESIDE.get(column, {}), **{column: "nonsense"})


def uniques() -> list[tuple[str, str, list[Any]]]:
    """(table, constraint, columns) of every unique constraint and unique index."""
    found = [(table, constraint, list(constraint.columns)) for table, constraint in named(sa.UniqueConstraint)]
    found += [
        (t.name, i, list(i.columns))
        for t in Base.metadata.sorted_tables
        if t.name in OURS
        for i in t.indexes
        if i.unique
    ]
    return [(table, str(constraint.name), columns) for table, constraint, columns in found]


@pytest.mark.db
def test_each_unique_row_is_taken_once(office_with_rows: Office) -> None:
    """The same row twice, every other unique text of it changed: the one constraint refuses the second."""
    names = set()
    for table, constraint, columns in uniques():
        given = {"source": "网信", "external_number": "1", "form_key": "k"} if table == "contact" else {}
        own = {column.name for column in columns}
        texts = {c.name for other in uniques() if other[0] == table for c in other[2] if isinstance(c.type, sa.String)}
        if table != "contact_petitioner":
            put(office_with_rows, table, **given)
        refused(office_with_rows, table, constraint, **given | {name: f"other {name}" for name in texts - own})
        names.add(constraint)
    assert {"uq_leg_lead", "uq_clock_running", "uq_petition_number", "uq_user_username"} <= names


@pytest.mark.db
def test_a_row_that_points_nowhere_is_refused(office_with_rows: Office) -> None:
    """Every foreign key: also on SQLite, which must be told to look."""
    for table in Base.metadata.sorted_tables:
        for column in table.c if table.name in OURS else ():
            if column.foreign_keys:
                with pytest.raises(sa.exc.IntegrityError):
                    put(office_with_rows, table.name, **{column.name: 424242})
                office_with_rows.session.rollback()
