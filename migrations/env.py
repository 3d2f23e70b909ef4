"""Alembic's environment: the application's own engine and metadata; every revision runs on SQLite and PostgreSQL."""

from alembic import context
from flask import current_app

from models import db, engine

WRITTEN_BY_HAND = ("petition_pairs", "ix_petition_text_pairs", "pairs")


def ours(thing, name, kind, reflected, compared):
    """The search's pair index is written by hand (services.search.DDL); its tables are no part of the metadata."""
    return not (reflected and name and name.startswith(WRITTEN_BY_HAND))


def run() -> None:
    engine.is_writing.set(True)
    with db.engine.connect() as connection:
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
