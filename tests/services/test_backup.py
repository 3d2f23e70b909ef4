"""C16, J3: a backup of the working office restores whole, on both databases, and a damaged one is found."""

import random
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from models import db, engine
from rules.words import RuleBroken
from services import audit_chain, backup
from services.audit_chain import Entry
from services.keys import Keys
from tests.fixtures.databases import DIALECTS, blank

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
KEYS = Keys(bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96)))
OTHER_KEYS = Keys(bytes(range(1, 33)), KEYS.trail, KEYS.lookup)
NASTY = ["制表\t符", "换\n行", r"反斜杠 \N \. \t", "", "引'号\"", "😀", "=1+1"]


@dataclass
class Place:
    """A database and a folder of attachments."""

    engine: sa.Engine
    attachments: Path

    def migrate(self, revision: str) -> None:
        """What the migrations do: the tables, and which revision they are."""
        db.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)"
            )
            connection.execute(sa.text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})

    def restore(self, file: Path, keys: Keys = KEYS) -> backup.Backup:
        return backup.restore(self.engine, self.attachments, file, migrate=self.migrate, keys=keys)

    def everything(self) -> dict[str, list[Any]]:
        with self.engine.connect() as connection:
            tables = db.metadata.sorted_tables
            return {table.name: sorted(map(repr, connection.execute(sa.select(table)))) for table in tables}


@pytest.fixture(params=DIALECTS)
def make_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """`make_place("target")` → an empty place on the database under test."""
    made = []

    def make(name: str) -> Place:
        folder = tmp_path / name
        folder.mkdir()
        url = blank(request.param, f"backup_{name}", folder)
        made.append(sa.create_engine(url, **engine.options(url)))
        engine.prepare(made[-1])
        return Place(made[-1], folder / "attachments")

    yield make
    for opened in made:
        opened.dispose()


@pytest.fixture
def source(make_place: Callable[[str], Place]) -> Place:
    """A small filled office: nasty texts, a matter with an attachment, an audit row, references both ways."""
    place = make_place("source")
    place.migrate("0001")
    place.attachments.mkdir()
    (place.attachments / "5f").mkdir()
    (place.attachments / "5f" / "5f00aa").write_bytes(b"%PDF the petitioner's paper")
    with Session(place.engine) as session:
        session.add_all(
            m.Setting(key=f"nasty-{i}", value={"v": text}, valid_from=NOW.date()) for i, text in enumerate(NASTY)
        )
        unit = m.Unit(name="城建办")
        leader = m.Leader(name="赵明", title="副镇长", division="\t", units=[unit])
        unit.head_leader = None
        matter = m.Petition(
            number="XF2026-000001", title="道路", demand="修\n路\\N", channel="letter", registered_on=NOW.date()
        )
        session.add_all([unit, leader, matter])
        session.flush()
        unit.head_leader = leader
        digest = sha256(b"%PDF the petitioner's paper").hexdigest()
        session.add(
            m.Attachment(
                petition_id=matter.id,
                name="材料.pdf",
                stored_name="5f00aa",
                media_type="application/pdf",
                size=27,
                sha256=digest,
            )
        )
        entries = [
            Entry(NOW, 1, "clerk", "", "register"),
            Entry(NOW, 1, "clerk", "", "reveal", details={"why": "核对"}),
        ]
        audit_chain.append(session.connection(), KEYS, entries)
        session.commit()
    return place


def make_backup(place: Place, target: Path) -> backup.Backup:
    return backup.backup(place.engine, place.attachments, target, now=NOW, keys=KEYS)


def test_a_backup_restores_every_row_and_file(
    source: Place, make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    made = make_backup(source, tmp_path / "office.tar")
    assert made.rows["setting"] == len(NASTY)
    assert (made.rows["audit_entry"], made.attachments, made.broken) == (2, 1, [])

    target = make_place("target")
    restored = target.restore(tmp_path / "office.tar")
    assert restored.audit_ok is True
    assert restored.audit_head == made.audit_head != ""
    assert target.everything() == source.everything()
    assert (target.attachments / "5f" / "5f00aa").read_bytes() == b"%PDF the petitioner's paper"


def test_numbers_go_on_after_a_restore(source: Place, make_place: Callable[[str], Place], tmp_path: Path) -> None:
    make_backup(source, tmp_path / "office.tar")
    target = make_place("target")
    target.restore(tmp_path / "office.tar")
    with Session(target.engine) as session:
        session.add(m.Setting(key="after", value=1, valid_from=NOW.date()))
        session.commit()
        assert session.scalar(sa.select(sa.func.max(m.Setting.id))) == len(NASTY) + 1


@pytest.mark.parametrize("time", [1, *(pytest.param(time, marks=pytest.mark.trust) for time in range(2, 21))])
def test_a_backup_under_write_load_is_of_one_moment(
    source: Place, make_place: Callable[[str], Place], tmp_path: Path, time: int
) -> None:
    """Each writer commits rows in pairs; no acknowledged pair older than the start is missing, none is torn."""
    stop, acked = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            with Session(source.engine) as session:
                day = date(2026, 1, 1)
                session.add_all(
                    m.Setting(key=f"load-{acked[0]}", value=1, valid_from=day.replace(day=d)) for d in (1, 2)
                )
                session.commit()
            acked[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while acked[0] < 20:
            pass
        before = acked[0]
        make_backup(source, tmp_path / "office.tar")
        assert acked[0] > before, "nothing was written while the backup ran"
    finally:
        stop.set()
        writer.join()
    target = make_place("target")
    target.restore(tmp_path / "office.tar")
    with Session(target.engine) as session:
        pairs = session.execute(
            sa.select(m.Setting.key, sa.func.count()).where(m.Setting.key.like("load-%")).group_by(m.Setting.key)
        )
        counts = dict(pairs.all())
    assert set(counts.values()) == {2}
    assert {f"load-{number}" for number in range(before)} <= set(counts)


def test_any_flipped_byte_is_found(source: Place, tmp_path: Path) -> None:
    make_backup(source, tmp_path / "office.tar")
    whole, draw = (tmp_path / "office.tar").read_bytes(), random.Random(16)
    bad = tmp_path / "bad.tar"
    for position in [0, 200, len(whole) - 1, *(draw.randrange(len(whole)) for _ in range(97))]:
        bad.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(RuleBroken, match="损坏"):
            backup.verify(bad)


@pytest.mark.parametrize("length", [0, 10, 1000, -1], ids=["empty", "short", "cut", "without its last byte"])
def test_a_cut_file_is_found(source: Place, tmp_path: Path, length: int) -> None:
    make_backup(source, tmp_path / "office.tar")
    (tmp_path / "cut.tar").write_bytes((tmp_path / "office.tar").read_bytes()[:length])
    with pytest.raises(RuleBroken, match="损坏"):
        backup.verify(tmp_path / "cut.tar")


def test_restore_refuses_what_is_not_empty(source: Place, make_place: Callable[[str], Place], tmp_path: Path) -> None:
    make_backup(source, tmp_path / "office.tar")
    before = source.everything()
    with pytest.raises(RuleBroken, match="数据库不是空的"):
        source.restore(tmp_path / "office.tar")
    assert source.everything() == before

    target = make_place("target")
    target.attachments.mkdir()
    (target.attachments / "old").touch()
    with pytest.raises(RuleBroken, match="附件目录不是空的"):
        target.restore(tmp_path / "office.tar")
    assert (target.attachments / "old").exists()


def test_restore_refuses_another_key_and_a_missing_file(
    source: Place, make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    make_backup(source, tmp_path / "office.tar")
    target = make_place("target")
    with pytest.raises(RuleBroken, match="密钥"):
        target.restore(tmp_path / "office.tar", keys=OTHER_KEYS)
    with pytest.raises(RuleBroken, match="找不到"):
        target.restore(tmp_path / "absent.tar")
    assert not sa.inspect(target.engine).has_table("petition")


def test_a_backup_never_overwrites_and_never_holds_the_key(source: Place, tmp_path: Path) -> None:
    make_backup(source, tmp_path / "office.tar")
    with pytest.raises(RuleBroken, match="已存在"):
        make_backup(source, tmp_path / "office.tar")
    written = (tmp_path / "office.tar").read_bytes()
    assert not any(key in written or key.hex().encode() in written for key in (KEYS.audit, KEYS.trail, KEYS.lookup))
    assert (tmp_path / "office.tar").stat().st_mode & 0o077 == 0
    assert tarfile.is_tarfile(tmp_path / "office.tar")


def test_a_missing_and_a_changed_attachment_are_reported(source: Place, tmp_path: Path) -> None:
    stored = source.attachments / "5f" / "5f00aa"
    stored.write_bytes(b"changed")
    assert make_backup(source, tmp_path / "changed.tar").broken == ["5f00aa"]
    stored.unlink()
    assert make_backup(source, tmp_path / "missing.tar").broken == ["5f00aa"]


def test_a_trail_changed_before_the_backup_is_told(
    source: Place, make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    """The control: the letters come back, and the office hears that somebody was at its trail."""
    with source.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            guards = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            for guard in guards:
                connection.exec_driver_sql(f'DROP TRIGGER "{guard}"')
        else:
            connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        connection.exec_driver_sql("UPDATE audit_entry SET username = 'somebody' WHERE id = 1")
    make_backup(source, tmp_path / "office.tar")
    assert make_place("target").restore(tmp_path / "office.tar").audit_ok is False
