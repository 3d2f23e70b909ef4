"""The audit trail (C13): in the same flush, without content, append-only, and no tampering goes unseen."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import RespondentKind, RuleBroken
from services import audit, keys, numbers
from services.audit_values import UNWATCHED, shown
from tests.fixtures.databases import session_on
from tests.fixtures.trail import DEMAND, TODAY, entries, petition

# --- what is written


@pytest.mark.db
def test_a_new_row_leaves_one_entry_in_its_own_flush(session: Session) -> None:
    row = petition(session)
    (entry,) = entries(session, "petition")
    assert (entry.action, entry.row_id, entry.petition_id, entry.result) == ("create", row.id, row.id, "ok")
    assert (entry.username, entry.user_id) == ("system", None)
    assert entry.details["number"] == [None, "XF2026-000001"]
    assert entry.details["status"] == [None, "registered"]
    assert entry.details["registered_on"] == [None, "2026-11-21"]


@pytest.mark.db
def test_a_change_shows_before_and_after_and_who(session: Session, office: Any) -> None:
    row = petition(session)
    session.info["actor"] = replace(office.actor("clerk"), address="10.1.2.3")
    row.people_count, row.unit = 7, office.unit("a")
    session.flush()
    entry = entries(session, "petition")[-1]
    assert (entry.action, entry.username, entry.address) == ("update", "clerk", "10.1.2.3")
    assert entry.details == {"people_count": [1, 7], "unit_id": [None, office.unit("a").id]}


@pytest.mark.db
def test_the_value_before_is_known_after_a_commit_too(session: Session) -> None:
    """A commit expires the rows; the old value is read before it is overwritten."""
    row = petition(session)
    session.commit()
    row.people_count = 9
    session.flush()
    assert entries(session, "petition")[-1].details == {"people_count": [1, 9]}


def test_nothing_changed_leaves_nothing(session: Session) -> None:
    row = petition(session)
    before = len(entries(session))
    row.title = "河东村道路"
    session.flush()
    assert len(entries(session)) == before


def test_a_rollback_takes_the_entry_along(session: Session) -> None:
    before = len(entries(session))
    petition(session)
    session.rollback()
    assert len(entries(session)) == before
    assert audit.verify(session)["ok"]


def test_a_savepoint_takes_its_entries_along(session: Session) -> None:
    petition(session)
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        petition(session)
    petition(session, "XF2026-000002")
    assert len(entries(session, "petition")) == 2
    assert audit.verify(session)["ok"]


def test_lists_of_units_are_followed(session: Session, office: Any) -> None:
    leader = office.leader("a")
    leader.units = [office.unit("b")]
    session.flush()
    assert entries(session, "leader")[-1].details == {"units": [[office.unit("a").id], [office.unit("b").id]]}


def test_a_child_row_names_its_matter(session: Session, office: Any) -> None:
    """Also when the row between them is not loaded; otherwise the accused could read about a matter in the trail (C2)."""
    row = petition(session)
    case = m.Case(number="BA2026-001", petition=row, leader=office.leader("a"), assigned_on=TODAY)
    session.add(case)
    session.flush()
    session.add(m.Progress(case_id=case.id, noted_on=TODAY, text="已上门"))
    session.add(m.DutyItem(case=case, position=1, name="包掌握情况"))
    session.flush()
    assert {entry.petition_id for table in ("case", "progress", "duty_item") for entry in entries(session, table)} == {
        row.id
    }


@pytest.mark.parametrize(
    ("canary", "make"),
    [
        ("王小兰", lambda s: s.add(m.Petitioner(name="王小兰"))),
        ("430422198001010012", lambda s: s.add(m.Petitioner(name="甲", id_number="430422198001010012"))),
        ("13800138000", lambda s: s.add(m.Petitioner(name="甲", phone="13800138000"))),
        ("河东村三组", lambda s: s.add(m.Petitioner(name="甲", address="河东村三组 12 号"))),
        (DEMAND, petition),
        ("河东村道路", petition),
        ("argon2", lambda s: s.add(m.User(username="x1", name="甲", role="clerk", password_hash="$argon2id$v=19$abc"))),
        (
            "城建办主任",
            lambda s: s.add(m.Respondent(petition=petition(s), kind=RespondentKind.OUTSIDE, name="城建办主任")),
        ),
    ],
)
def test_no_content_stands_in_the_trail(session: Session, canary: str, make: Callable[[Session], Any]) -> None:
    """auditor: "no content" (rules-of-the-office §4)."""
    before = len(entries(session))
    make(session)
    session.flush()
    written = json.dumps([entry.details for entry in entries(session)[before:]], ensure_ascii=False)
    assert written.count("#") >= 1
    assert canary not in written


def test_the_trail_does_not_say_who_is_complained_of(session: Session, office: Any) -> None:
    unit = office.unit("b")
    session.add(m.Respondent(petition=petition(session), kind=RespondentKind.UNIT, unit_id=unit.id, name=unit.name))
    session.flush()
    assert entries(session, "respondent")[-1].details["unit_id"][1].startswith("#")


def test_equal_values_have_equal_hashes_only_under_one_key(session: Session, tmp_path: Path) -> None:
    one, other = keys.of(session), keys.create(tmp_path / "other.json")
    assert shown(one, "petitioner", "phone", "1") == shown(one, "petitioner", "phone", "1")
    assert shown(one, "petitioner", "phone", "1") != shown(other, "petitioner", "phone", "1")
    assert shown(one, "petitioner", "phone", "1") != shown(one, "petitioner", "name", "1")


@pytest.mark.db
def test_what_is_no_change_is_recorded(session: Session, office: Any) -> None:
    audit.record(
        session, office.actor("clerk"), "reveal", table="petition", row_id=7, petition_id=7, details={"field": "phone"}
    )
    entry = entries(session)[-1]
    assert (entry.username, entry.action, entry.petition_id, entry.details) == (
        "clerk",
        "reveal",
        7,
        {"field": "phone"},
    )


def test_without_keys_nothing_is_written(session: Session) -> None:
    session.info.pop("keys")
    with pytest.raises(RuleBroken, match="flask init"):
        petition(session)


@pytest.mark.parametrize("table", sorted(m.db.metadata.tables))
def test_every_mapped_table_is_watched_or_named(table: str) -> None:
    """A new table is watched without anybody thinking of it."""
    mapped = {mapper.local_table.name for mapper in m.db.Model.registry.mappers}
    watched = {mapper.local_table.name for mapper in audit.watched_mappers()}
    assert table in watched | UNWATCHED or table not in mapped


# --- what is refused


def delete_row(session: Session, row: Any) -> None:
    session.delete(row)
    session.flush()


def test_nothing_registered_is_deleted(session: Session) -> None:
    row = petition(session)
    with pytest.raises(RuleBroken, match="不能删除"):
        delete_row(session, row)
    session.rollback()


def test_a_day_of_the_calendar_may_be_deleted_and_is_on_record(session: Session) -> None:
    row = m.CalendarDay(day=date(2031, 1, 1), kind="holiday", note="元旦")
    session.add(row)
    session.flush()
    delete_row(session, row)
    entry = entries(session, "calendar_day")[-1]
    assert (entry.action, entry.details["day"]) == ("delete", ["2031-01-01", None])


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (sa.update(m.Petition).values(title="x"), False),
        (sa.delete(m.Petition), False),
        (sa.insert(m.Unit).values(name="x"), False),
        (sa.update(m.Petition.__table__).values(title="x"), False),
        (sa.update(m.Petition).values(title="x").execution_options(audited=True), True),
        (sa.delete(m.LoginLock), True),
        (sa.delete(m.PetitionText), True),
    ],
)
def test_bulk_statements_go_past_nobody(session: Session, statement: Any, allowed: bool) -> None:
    if allowed:
        session.execute(statement)
        return
    with pytest.raises(RuleBroken, match="绕过审计"):
        session.execute(statement)


@pytest.mark.db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET username = 'nobody' WHERE id = 1",
        "DELETE FROM audit_entry WHERE id = 1",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET entries = 1",
    ],
)
def test_the_database_refuses_to_change_the_trail(session: Session, statement: str) -> None:
    petition(session)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.connection().execute(sa.text(statement))
    session.rollback()


def test_sqlite_refuses_to_replace_an_entry(session: Session) -> None:
    """INSERT OR REPLACE deletes without firing a delete trigger."""
    petition(session)
    copy = "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE id = 1"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.connection().execute(sa.text(copy))


@pytest.mark.parametrize("deed", [lambda s, e: setattr(e, "username", "x"), lambda s, e: s.delete(e)])
def test_the_orm_refuses_to_change_the_trail(session: Session, deed: Callable[[Session, Any], None]) -> None:
    petition(session)
    deed(session, entries(session)[0])
    with pytest.raises(RuleBroken, match="只能新增"):
        session.flush()
    session.rollback()


@pytest.mark.db
def test_two_writers_make_one_chain(session: Session, desk_url: str) -> None:
    for turn in range(3):
        with session_on(desk_url) as other:
            petition(other, f"XF2026-10000{turn}")
            other.commit()
        petition(session, f"XF2026-20000{turn}")
        session.commit()
    found = audit.verify(session)
    assert found["ok"], found
    assert found["rows"] == len(entries(session))


@pytest.mark.db
def test_many_writers_at_once_make_one_chain(session: Session, desk_url: str) -> None:
    """On PostgreSQL the head row makes them wait for each other, whichever row they lock afterwards."""

    def write(clerk: int) -> None:
        for turn in range(5):
            with session_on(desk_url) as other:
                numbers.take(other, "XF", 2026)
                petition(other, f"XF{clerk}-{turn}")
                numbers.take(other, "LX", 2026)
                other.commit()

    with ThreadPoolExecutor(4) as clerks:
        list(clerks.map(write, range(4)))
    found = audit.verify(session)
    assert found["ok"], found
    assert len(entries(session, "petition")) == 20
    assert session.scalars(sa.select(m.Counter.value).where(m.Counter.series.in_(("XF", "LX")))).all() == [20, 20]


def test_writing_stops_when_the_head_was_forged(session: Session) -> None:
    """Going on would seal the forgery."""
    petition(session)
    session.connection().execute(sa.text("DROP TRIGGER audit_head_forward"))
    session.connection().execute(sa.text("UPDATE audit_head SET entries = entries - 1"))
    with pytest.raises(RuleBroken, match="audit verify"):
        petition(session, "XF2026-000002")
    session.rollback()
