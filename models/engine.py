"""How the database is opened: durable SQLite, and a write lock taken only by requests that write (C15, design §5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

is_writing: ContextVar[bool] = ContextVar("is_writing", default=True)
"""False during GET and HEAD: then SQLite begins plainly and takes no write lock."""

BUSY = "busy_timeout=10000"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    BUSY,
    "secure_delete=ON",
    "cache_size=-32000",
)


def options(url: str) -> dict[str, Any]:
    """Engine options for a URL; statement parameters never reach an error message or a log (C17)."""
    # The screens together ask some 1,500 different statements; the default keeps 500 compiled.
    common: dict[str, Any] = {"hide_parameters": True, "query_cache_size": 2000}
    if url.startswith("sqlite"):
        return common | {"connect_args": {"isolation_level": None, "timeout": 10, "check_same_thread": False}}
    # A plan made for any word reads the whole table for a rare one: every statement is planned for what it asks.
    custom = {"options": "-c plan_cache_mode=force_custom_plan -c jit=off"}
    return common | {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 15, "connect_args": custom}


def prepare(engine: Engine) -> None:
    """Attach the pragmas and the begin hook to a SQLite engine; PostgreSQL needs neither."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing.get() else "BEGIN")


def is_busy(error: sa.exc.OperationalError) -> bool:
    """Did SQLite give up waiting for somebody who writes for long?"""
    return "database is locked" in str(error.orig)


def write(engine: Engine, statement: sa.Executable, *, waits: bool = True) -> None:
    """One statement in a transaction of its own; without `waits` it is left out when somebody else is writing."""
    token = is_writing.set(True)
    try:
        with engine.connect() as connection, _patience(connection, waits), connection.begin():
            connection.execute(statement)
    except sa.exc.OperationalError as error:
        if waits or not is_busy(error):
            raise
    finally:
        is_writing.reset(token)


@contextmanager
def _patience(connection: sa.Connection, waits: bool) -> Iterator[None]:
    if waits or connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA {BUSY}")
