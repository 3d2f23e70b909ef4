"""The audit trail (C13): in the same flush, without content, append-only, and no tampering goes unseen."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

import models as m
from rules.words import LegKind, RespondentKind, RuleBroken
from services import audit, audit_chain, keys, numbers
from services.audit_values import UNWATCHED, shown
from tests.fixtures.databases import open_engine, session_on

TODAY = date(2026, 11, 21)
DEMAND = "反映河东村道路三年未修，雨天孩子上学困难"


def entries(session: Session, table: str = "") -> list[m.AuditEntry]:
    statement = sa.select(m.AuditEntry).order_by(m.AuditEntry.id)
    return list(session.scalars(statement.where(m.AuditEntry.table_name == table) if table else statement))


def petition(session: Session, number: str = "XF2026-000001") -> m.Petition:
    row = m.Petition(number=number, title="河东村道路", demand=DEMAND, channel="letter", registered_on=TODAY)
    session.add(row)
    session.flush()
    return row


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


# --- 12 kinds of tampering and more, by somebody who holds the database file and not the key

FORGED = (
    "INSERT INTO audit_entry (id, at, username, address, action, table_name, details, result, prev_hash, hash)"
    " SELECT {id}, at, 'clerk', '', 'login', '', '{{}}', 'ok', {prev}, '" + "f" * 64 + "' FROM audit_entry WHERE id = 8"
)
SHIFT = "UPDATE audit_entry SET id = id + 1000 WHERE id >= 5; UPDATE audit_entry SET id = id - {by} WHERE id > 1000"

TAMPERINGS = {
    "another person": ("UPDATE audit_entry SET username = 'clerk2' WHERE id = 5", 5),
    "another user id": ("UPDATE audit_entry SET user_id = 99 WHERE id = 5", 5),
    "another time": ("UPDATE audit_entry SET at = '2026-01-01 00:00:00.000000' WHERE id = 5", 5),
    "another address": ("UPDATE audit_entry SET address = '10.9.9.9' WHERE id = 5", 5),
    "another deed": ("UPDATE audit_entry SET action = 'login' WHERE id = 5", 5),
    "another row": ("UPDATE audit_entry SET row_id = 1, petition_id = NULL WHERE id = 5", 5),
    "another result": ("UPDATE audit_entry SET result = 'refused' WHERE id = 5", 5),
    "another before and after": ("UPDATE audit_entry SET details = '{\"people_count\": [1, 2]}' WHERE id = 5", 5),
    "another link": ("UPDATE audit_entry SET prev_hash = hash WHERE id = 5", 5),
    "first deleted": ("DELETE FROM audit_entry WHERE id = 1", 1),
    "middle deleted": ("DELETE FROM audit_entry WHERE id = 5", 5),
    "middle deleted, numbers closed up": ("DELETE FROM audit_entry WHERE id = 5;" + SHIFT.format(by=1001), 5),
    "tail cut off": ("DELETE FROM audit_entry WHERE id >= 7", 7),
    "tail cut off, head set back": (
        "DELETE FROM audit_entry WHERE id >= 7; UPDATE audit_head SET entries = 6,"
        " hash = (SELECT hash FROM audit_entry WHERE id = 6)",
        6,
    ),
    "everything deleted": ("DELETE FROM audit_entry", 1),
    "head deleted": ("DELETE FROM audit_head", 1),
    "two exchanged": (
        "UPDATE audit_entry SET id = 1000 WHERE id = 5; UPDATE audit_entry SET id = 5 WHERE id = 6;"
        " UPDATE audit_entry SET id = 6 WHERE id = 1000",
        5,
    ),
    "one put behind the end": (FORGED.format(id=9, prev="hash"), 9),
    "one put behind the end, head moved": (
        FORGED.format(id=9, prev="hash") + ";UPDATE audit_head SET entries = 9, hash = '" + "f" * 64 + "'",
        9,
    ),
    "one put between": (
        SHIFT.format(by=999) + ";" + FORGED.replace("id = 8", "id = 9").format(id=5, prev="prev_hash"),
        5,
    ),
    "one put before": (FORGED.format(id=0, prev="''"), 1),
}


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file whose trail is exactly eight entries long."""
    file = tmp_path_factory.mktemp("trail") / "eight.db"
    keys.create(file.with_name("keys.json"))
    opened = open_engine(f"sqlite:///{file}")
    m.db.metadata.create_all(opened)
    with trail(file) as session:
        for number in range(8):
            petition(session, f"XF2026-00000{number}")
        session.commit()
    opened.dispose()
    return file


@contextmanager
def trail(file: Path) -> Iterator[Session]:
    """A session on the file with the keys beside the trail."""
    opened = open_engine(f"sqlite:///{file}")
    sessions = sessionmaker(opened, info={"keys": keys.load(file.with_name("keys.json"))})
    audit.init(sessions)
    with sessions() as session:
        yield session
    opened.dispose()


def tamper(file: Path, script: str) -> None:
    """What somebody with the database file can do: triggers away, then anything."""
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'"
    with closing(sqlite3.connect(file)) as connection:
        for (trigger,) in connection.execute(found).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.executescript(script)
        connection.commit()


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_every_kind_of_tampering_is_found(eight: Path, tmp_path: Path, kind: str) -> None:
    for name in ("eight.db", "keys.json"):
        shutil.copy2(eight.with_name(name), tmp_path / name)
    script, first_bad = TAMPERINGS[kind]
    tamper(tmp_path / "eight.db", script)
    with trail(tmp_path / "eight.db") as session:
        found = audit.verify(session)
    assert (found["ok"], found["first_bad"]) == (False, first_bad)


def test_the_trail_before_tampering_is_whole(eight: Path, tmp_path: Path) -> None:
    """The control: copying and dropping the triggers alone is no tampering with entries."""
    for name in ("eight.db", "keys.json"):
        shutil.copy2(eight.with_name(name), tmp_path / name)
    tamper(tmp_path / "eight.db", "SELECT 1")
    with trail(tmp_path / "eight.db") as session:
        assert audit.verify(session) | {"head": ""} == {"ok": True, "rows": 8, "head": "", "first_bad": None}


def test_a_chain_made_with_another_key_is_not_ours(session: Session, tmp_path: Path) -> None:
    petition(session)
    other = keys.create(tmp_path / "other.json")
    assert audit_chain.verify(session.connection(), other) | {"head": ""} == {
        "ok": False,
        "rows": 0,
        "head": "",
        "first_bad": 1,
    }


@pytest.mark.db
def test_an_untouched_trail_verifies(session: Session) -> None:
    rows = [petition(session, f"XF2026-0000{number:02}") for number in range(20)]
    session.add(m.Leg(petition=rows[0], kind=LegKind.ASSIGN, unit=m.Unit(name="水利站"), sent_on=TODAY))
    session.commit()
    found = audit.verify(session)
    assert (found["ok"], found["first_bad"]) == (True, None)
    assert found["rows"] == len(entries(session))
    assert found["head"] == entries(session)[-1].hash
