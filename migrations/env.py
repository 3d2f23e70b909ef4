"""Alembic's environment: the application's own engine and metadata; every revision runs on SQLite and PostgreSQL."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

from models import db, engine

WRITTEN_BY_HAND = ("petition_pairs", "ix_petition_text_pairs", "pairs")


def ours(thing, name, kind, reflected, compared):
    """The search's pair index is written by hand (services.search.DDL); its tables are no part of the metadata."""
    return not (reflected and name and name.startswith(WRITTEN_BY_HAND))


@contextmanager
def unreferenced(connection):
    """SQLite changes a table by copying it: references are checked once after all revisions, not while a table is away."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
    if broken:
        raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")


def run() -> None:
    engine.is_writing.set(True)
    with db.engine.connect() as connection, unreferenced(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            include_object=ours,
            **current_app.extensions["migrate"].configure_args.get("extra", {}),
        )
        with context.begin_transaction():
            context.run_migrations()


run()
