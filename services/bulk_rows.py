"""New rows by the thousand: inserted in few statements, with the entries in the trail that a flush of each would leave (C13).

For imports, where the unit of work's own bookkeeping would keep the write lock several times as long.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import MANYTOONE, Session
from sqlalchemy.orm.attributes import set_committed_value

from services import audit


def insert(session: Session, rows: Sequence[Any]) -> None:
    """Insert new objects of one class, in order, each with its `id` afterwards; they stay outside the session.

    What an object points to by a relationship must have been inserted before. Raises sqlalchemy.exc.IntegrityError as a flush does.
    """
    if not rows:
        return
    mapper = sa.inspect(type(rows[0]))
    table = mapper.local_table
    pointing = _pointing(mapper)
    columns = {prop.key: prop.columns[0] for prop in mapper.column_attrs if isinstance(prop.columns[0], sa.Column)}
    starts = {name: _start(column) for name, column in columns.items() if column.default is not None}
    for row in rows:
        _complete(row, pointing, starts)
    audit.lock_first(session)
    connection = session.connection()
    for row, key in zip(rows, _ids(connection, table, len(rows)), strict=True):
        set_committed_value(row, "id", key)
    values = [{column.name: row.__dict__.get(name) for name, column in columns.items()} for row in rows]
    connection.execute(sa.insert(table), values)
    audit.record_created(session, rows)


def _ids(connection: sa.Connection, table: Any, count: int) -> Sequence[int]:
    """The next ids of a table: behind the last one under SQLite's write lock, from the sequence elsewhere."""
    if connection.dialect.name == "sqlite":
        last = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)))
        return range(last + 1, last + count + 1)
    drawn = sa.text("select nextval(pg_get_serial_sequence(:name, 'id')) from generate_series(1, :count)")
    return connection.scalars(drawn, {"name": table.name, "count": count}).all()


def _pointing(mapper: Any) -> dict[str, str]:
    """Relationship → the column of this table that holds the other row's id."""
    return {
        relation.key: mapper.get_property_by_column(next(iter(relation.local_columns))).key
        for relation in mapper.relationships
        if relation.direction is MANYTOONE
    }


def _start(column: sa.Column[Any]) -> Callable[[], Any]:
    """What a column starts with when nothing was said."""
    default: Any = column.default
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)


def _complete(row: Any, pointing: dict[str, str], starts: dict[str, Callable[[], Any]]) -> None:
    said = row.__dict__
    for relation, name in pointing.items():
        if said.get(relation) is not None:
            set_committed_value(row, name, said[relation].id)
    for name, start in starts.items():
        if said.get(name) is None:
            set_committed_value(row, name, start())
