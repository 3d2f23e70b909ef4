"""No tampering with the audit trail goes unseen: twelve kinds and more, by somebody who holds the file and not the key (C13)."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

import models as m
from rules.words import LegKind
from services import audit, audit_chain, keys
from tests.fixtures.databases import open_engine
from tests.fixtures.trail import TODAY, entries, petition

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
