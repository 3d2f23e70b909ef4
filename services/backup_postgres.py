"""A PostgreSQL database copied while people work, and laid down again, by COPY through the driver: no client tools.

Every table is read inside one REPEATABLE READ transaction. The schema is not in the copy: it comes from the
migrations, which are part of the product.
"""

from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from rules.words import RuleBroken
from services.backup_archive import CHUNK

VERSION_TABLE = "alembic_version"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(:table))"
    " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value > 0"
FOREIGN_KEYS = (
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


def _driver(connection: sa.Connection) -> "psycopg.Connection[Any]":
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    pattern = sql.SQL("COPY {} ({}) FROM STDIN") if direction == "in" else sql.SQL("COPY {} ({}) TO STDOUT")
    return pattern.format(sql.Identifier(table), names)


def copy_out(engine: sa.Engine, folder: Path) -> dict[str, Any]:
    """Write one file a table into `folder`/tables.

    Returns {"revision", "rows", "columns", "sequences", "audit_head", "files": {stored name: sha256}}.
    """
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    (folder / "tables").mkdir()
    rows, columns = {}, {}
    with snapshot.connect() as connection:
        for table in connection.scalars(sa.text(TABLES)).all():
            columns[table] = list(connection.scalars(sa.text(COLUMNS), {"table": table}))
            rows[table] = _dump(connection, table, columns[table], folder / "tables" / table)
        head = connection.scalar(sa.text("SELECT hash FROM audit_entry ORDER BY id DESC LIMIT 1"))
        files = connection.execute(sa.text("SELECT stored_name, sha256 FROM attachment"))
        return {
            "revision": connection.scalar(sa.text("SELECT version_num FROM alembic_version")),
            "rows": rows,
            "columns": columns,
            "sequences": {row.sequencename: row.last_value for row in connection.execute(sa.text(SEQUENCES))},
            "audit_head": head or "",
            "files": {row.stored_name: row.sha256 for row in files},
        }


def _dump(connection: sa.Connection, table: str, columns: list[str], file: Path) -> int:
    with _driver(connection).cursor() as cursor, file.open("wb") as out:
        with cursor.copy(_copy(table, columns, "out")) as copy:
            for chunk in copy:
                out.write(chunk)
        return cursor.rowcount


def copy_in(engine: sa.Engine, folder: Path, facts: dict[str, Any]) -> None:
    """Load every table in one transaction into the schema that the migrations made.

    Foreign keys are put back, and so checked, at the end. Raises RuleBroken when the schema is of another revision or a
    table does not arrive whole; nothing is loaded then.
    """
    with engine.begin() as connection:
        if connection.scalar(sa.text("SELECT version_num FROM alembic_version")) != facts["revision"]:
            raise RuleBroken("目标数据库的结构版本与备份不同；请换一个全新的空数据库。", "file")
        keys = connection.execute(sa.text(FOREIGN_KEYS)).all()
        for table, name, _ in keys:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table in facts["rows"]:
            if table != VERSION_TABLE:
                _load(connection, table, folder / "tables" / table, facts)
        for table, name, definition in keys:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for name, value in facts["sequences"].items():
            connection.execute(
                sa.text("SELECT setval(quote_ident(:name)::regclass, :value)"), {"name": name, "value": value}
            )


def _load(connection: sa.Connection, table: str, file: Path, facts: dict[str, Any]) -> None:
    quoted = sql.Identifier(table)
    with _driver(connection).cursor() as cursor:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(quoted))
        with cursor.copy(_copy(table, facts["columns"][table], "in")) as copy, file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                copy.write(chunk)
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(quoted))
        found = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(quoted)).fetchone()
    if found != (facts["rows"][table],):
        raise RuleBroken(f"表 {table} 恢复的行数与清单不一致，没有恢复；请换用另一份备份。", "file")
