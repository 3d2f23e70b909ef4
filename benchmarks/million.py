"""An office with a million matters for the search and the hints: SQLite in bulk, and the same rows in PostgreSQL.

`office(folder)` is kept in the bench folder for the next run (`facts.json` says how it grew); `server(folder)` keeps a
PostgreSQL of its own beside it. Matter n has id n and is the newer the larger n is.
"""

import fcntl
import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

import models as m
from benchmarks import generator
from benchmarks.million_rows import COLUMNS, CONTACTS_EACH, World, rows_of
from benchmarks.vocabulary import Vocabulary
from models import db
from rules.access import system
from services.demo import people, plans
from services.demo.town import Town

SIZE = 1_000_000
CHUNK = 5_000
SOURCES = ("million_rows.py", "vocabulary.py")
LOADING = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000", "temp_store=MEMORY")


@dataclass
class Million:
    """The application over the office, where it lies, and what was noted while it was made."""

    app: Flask
    place: Path
    facts: dict[str, Any]


def office(folder: Path, size: int = SIZE) -> Million:
    """The office of `size` matters in SQLite; made only when it is not there yet, or its tables have changed."""
    place = folder / f"million-{size}-{edition()}"
    made = place / "facts.json"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"million-{size}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in folder.glob(f"million-{size}-*"):
                shutil.rmtree(old)
            place.mkdir()
            _fill(generator.opened(place), size, place)
    app = generator.opened(place)
    with app.app_context():
        catch_up(db.engine)
    return Million(app, place, json.loads(made.read_text(encoding="utf-8")))


def edition() -> str:
    """Changes with what fills the office; tables and columns that came later are added to a kept one."""
    sources = [(Path(__file__).parent / name).read_bytes() for name in SOURCES]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]


def catch_up(engine: sa.Engine) -> None:
    """Columns and tables that the models have and a kept office has not (a new column is empty or has its default)."""
    with engine.begin() as connection:
        known = sa.inspect(connection)
        kept = set(known.get_table_names())
        for table in (table for table in db.metadata.sorted_tables if table.name in kept):
            have = {column["name"] for column in known.get_columns(table.name)}
            for column in table.columns:
                if column.name not in have:
                    connection.execute(sa.text(_added(connection, column)))
    for table in db.metadata.sorted_tables:
        table.create(engine, checkfirst=True)


def _added(connection: sa.Connection, column: sa.Column[Any]) -> str:
    dialect, quote = connection.dialect, connection.dialect.identifier_preparer
    default = dialect.ddl_compiler(dialect, None).get_column_default_string(column)  # type: ignore[arg-type]
    kind = column.type.compile(dialect) + (f" default {default}" if default else "")
    return f"alter table {quote.format_table(column.table)} add column {quote.format_column(column)} {kind}"


def world(app: Flask, size: int) -> World:
    """The settled office's units, leaders, categories and clerk as the rows need them; the same dice every time."""
    with app.app_context():
        session = db.session()
        today, _ = app.extensions["desk_clock"]()
        said = {"gated": True}
        users = session.execute(sa.select(m.User.unit_id, m.User.id).where(m.User.role == "handler")).all()
        found = World(
            size=size,
            units=[(unit, user) for unit, user in users if unit],
            leaders=[
                tuple(row) for row in session.execute(sa.select(m.Leader.id, m.Leader.name), execution_options=said)
            ],
            categories=list(session.scalars(sa.select(m.Category.id).where(m.Category.level == 3))),
            clerk=session.scalars(sa.select(m.User.id).where(m.User.username == "clerk")).one(),
            today=today,
            rng=Random(size),
            words=Vocabulary(),
            keys=app.extensions["desk_keys"],
        )
        db.session.remove()
    return found


def chunks(made: World) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The rows of all matters by table, some thousand matters at a time."""
    for start in range(1, made.size + 1, CHUNK):
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in (*COLUMNS, "pairs")}
        for number in range(start, min(start + CHUNK, made.size + 1)):
            rows_of(made, number, rows)
        yield rows


def _fill(app: Flask, size: int, place: Path) -> None:
    began = time.process_time()
    passwords = _settle(app, size, place)
    made = world(app, size)
    with app.app_context():
        db.engine.dispose()
    with closing(sqlite3.connect(place / "desk.db", isolation_level=None)) as connection:
        for pragma in LOADING:
            connection.execute(f"pragma {pragma}")
        facts = _load(connection, made)
    facts |= {"size": size, "cpu_seconds": time.process_time() - began, "source": made.words.source}
    (place / "facts.json").write_text(json.dumps(facts | {"passwords": passwords}), encoding="utf-8")
    print(f"{size:,} matters made in {facts['cpu_seconds']:.0f} s of CPU", flush=True)


def _settle(app: Flask, size: int, place: Path) -> dict[str, str]:
    """`flask init` and the town's units, people and categories."""
    done = app.test_cli_runner(catch_exceptions=False).invoke(args=["init"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        session = db.session()
        session.info["keys"] = app.extensions["desk_keys"]
        town = Town(session, system(*app.extensions["desk_clock"]()), Random(size), place / "attachments")
        people.settle(town, plans.OLDEST * 6)
        session.commit()
        db.session.remove()
    return town.passwords


def _load(connection: sqlite3.Connection, made: World) -> dict[str, Any]:
    """All rows and their pairs in one transaction, then the ordinary indexes; bytes of the text and of the pair index."""
    connection.execute("begin")
    asked = "select tbl_name, name, sql from sqlite_master where type = 'index' and sql is not null"
    indexes = [row for row in connection.execute(asked).fetchall() if row[0] in COLUMNS]
    for _, name, _ in indexes:
        connection.execute(f"drop index {name}")
    _set(connection, automerge=0, hashsize=256 << 20)
    for rows in chunks(made):
        for name, columns in COLUMNS.items():
            marks = ",".join("?" * len(columns))
            connection.executemany(f"insert into {name} ({','.join(columns)}) values ({marks})", rows[name])  # noqa: S608
        connection.executemany("insert into petition_pairs(rowid, pairs) values (?, ?)", rows["pairs"])
    connection.execute("insert into petition_pairs(petition_pairs) values ('optimize')")
    _set(connection, automerge=4, hashsize=1 << 20)
    for *_, statement in indexes:
        connection.execute(statement)
    _count(connection, made)
    connection.execute("commit")
    connection.execute("analyze")
    connection.execute("pragma journal_mode=WAL")
    return _bytes(connection)


def _set(connection: sqlite3.Connection, **values: int) -> None:
    """Settings of FTS5; they stay in the file until set again."""
    for name, value in values.items():
        connection.execute("insert into petition_pairs(petition_pairs, rank) values (?, ?)", (name, value))


def _bytes(connection: sqlite3.Connection) -> dict[str, Any]:
    """How large the file, the texts and the pair index are."""
    asked = {
        "file_bytes": "select page_count * page_size from pragma_page_count, pragma_page_size",
        "text_bytes": "select sum(length(cast(body as blob))) from petition_text",
        "index_bytes": "select sum(length(block)) + (select count(*) * 10 from petition_pairs_docsize) from petition_pairs_data",
    }
    return {name: connection.execute(query).fetchone()[0] for name, query in asked.items()}


def _count(connection: sqlite3.Connection, made: World) -> None:
    """The numbers go on where the generated ones end."""
    for series, (year, value) in {
        "XF": (made.today.year, made.size),
        "LX": (made.today.year, made.size * CONTACTS_EACH),
    }.items():
        connection.execute("insert into counter (series, year, value) values (?, ?, ?)", (series, year, value))
