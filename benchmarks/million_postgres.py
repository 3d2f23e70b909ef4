"""The million in PostgreSQL: the rows of the SQLite office copied into a server of the benchmark's own, kept between runs."""

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from benchmarks.generator import TODAY
from benchmarks.million import Million, catch_up
from models import db
from services import search
from tests.fixtures import postgres_server

RUN = re.compile(r"\w+")
MEMORY = "-c shared_buffers=1GB"
SETTINGS = (
    "maintenance_work_mem = '512MB'",
    "max_parallel_maintenance_workers = 0",
    "session_replication_role = replica",
)


@contextmanager
def copied(made: Million) -> Iterator[Flask]:
    """The application over the same office in PostgreSQL, while its server runs; raises RuntimeError where there is none."""
    if postgres_server.program_folder() is None:
        raise RuntimeError("no PostgreSQL here: neither the pgserver wheel nor a system one")
    folder = made.place / "postgres"
    is_new = not (folder / "filled").exists()
    if is_new:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        made.place.chmod(0o755)
    postgres_server.start_in(folder, MEMORY)
    url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    app = _app(url, made.place)
    try:
        if is_new:
            _fill(app, url, made.place / "desk.db")
            (folder / "filled").touch()
        with app.app_context():
            catch_up(db.engine)
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        postgres_server.stop_in(folder)


def _app(url: str, place: Path) -> Flask:
    from app import create_app

    return create_app(
        {
            "DESK_DATA": place,
            "DESK_KEY_FILE": place / "keys.json",
            "DESK_TODAY": TODAY,
            "SECRET_KEY": "only for measuring, on this machine alone",
            "SQLALCHEMY_DATABASE_URI": url,
        }
    )


def _fill(app: Flask, url: str, file: Path) -> None:
    began = time.perf_counter()
    done = app.test_cli_runner(catch_exceptions=False).invoke(args=["init"])
    assert done.exit_code == 0, done.output
    with (
        closing(sqlite3.connect(file)) as source,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as target,
    ):
        for setting in SETTINGS:
            target.execute(f"set {setting}".encode())
        asked = "select indexname, indexdef from pg_indexes where schemaname = 'public' and indexname like 'ix\\_%'"
        indexes = target.execute(asked).fetchall()
        for name, _ in indexes:
            target.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
        for table in db.metadata.sorted_tables:
            _copy(source, target, table)
        for _, definition in indexes:
            target.execute(definition.encode())
        target.execute("vacuum analyze")
    print(f"copied into PostgreSQL in {time.perf_counter() - began:.0f} s", flush=True)


def _copy(source: sqlite3.Connection, target: psycopg.Connection, table: sa.Table) -> None:
    """All rows of a table as text, which both databases spell alike; the next id goes on behind them."""
    names = [column.name for column in table.columns]
    quoted = ",".join(f'"{name}"' for name in names)
    rows: Iterator[Any] = source.execute(f'select {quoted} from "{table.name}"')  # noqa: S608
    into = [sql.Identifier(name) for name in names]
    if table.name == "petition_text":
        rows, into = ((*row, _pairs(row[1])) for row in rows), [*into, sql.Identifier("pairs")]
    target.execute(sql.SQL("delete from {}").format(sql.Identifier(table.name)))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table.name), sql.SQL(",").join(into))
    with target.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    if "id" in names:
        last = sql.SQL(
            "select setval(pg_get_serial_sequence({name}, 'id'), coalesce(max(id), 0) + 1, false) from {table}"
        )
        target.execute(last.format(name=sql.Literal(f'"{table.name}"'), table=sql.Identifier(table.name)))


def _pairs(body: str) -> str:
    return " ".join(_run(run) for run in RUN.findall(body)) or "-"


@cache
def _run(run: str) -> str:
    return search.tokens(run)
