"""The audit trail: every change of a watched table leaves an entry in the same flush, and so in the same transaction (C13).

Who and from where come from `session.info["actor"]` (rules.access.Actor; none = "system"), the keys from
`session.info["keys"]`. `record` writes what is no change: logins, refusals, reveals, exports, searches by ID number.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session

from models.base import Model, utcnow
from rules.access import Actor
from rules.words import RuleBroken
from services import audit_chain, keys
from services.audit_chain import Entry
from services.audit_values import DELETABLE, PARENTS, SILENT, UNWATCHED, shown

_watched_factories: WeakSet[Any] = WeakSet()
# Not event.contains: SQLAlchemy remembers targets by id(), and the id of a collected factory may be given again.


def init(sessions: Any) -> None:
    """Watch every session made by `sessions` (a scoped_session, sessionmaker or Session class). Doing it twice is once."""
    factory = getattr(sessions, "session_factory", sessions)
    if factory in _watched_factories:
        return
    _watched_factories.add(factory)
    listeners: dict[str, Callable[..., Any]] = {
        "before_flush": _before_flush,
        "after_flush": _after_flush,
        "do_orm_execute": _refuse_bulk,
    }
    for name, listener in listeners.items():
        sa.event.listen(factory, name, listener)
    _keep_old_values()


@cache
def _keep_old_values() -> None:
    for mapper in watched_mappers():
        for attribute in (getattr(mapper.class_, name) for name in _columns(mapper)):
            sa.event.listen(attribute, "set", _read_old_value, active_history=True)


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    *,
    table: str = "",
    row_id: int | None = None,
    petition_id: int | None = None,
    details: dict[str, Any] | None = None,
    result: str = "ok",
) -> None:
    """Write one entry now. `actor` None: the session's. `details`: JSON without content or protected values."""
    entry = _entry(session, actor, action, table, row_id, petition_id, details or {}, result)
    audit_chain.append(session.connection(), keys.of(session), [entry])


def record_created(session: Session, rows: Sequence[Any]) -> None:
    """The entries of rows that were inserted past the flush (services.bulk_rows)."""
    if _is_watched(rows[0]):
        audit_chain.append(session.connection(), keys.of(session), _created(session, rows))


def verify(session: Session) -> dict[str, Any]:
    """{"ok", "rows", "head", "first_bad"} of the whole trail; see audit_chain.verify."""
    return audit_chain.verify(session.connection(), keys.of(session))


def _entry(
    session: Session, actor: Actor | None, action: str, table: str, row: int | None, petition: int | None,
    details: dict[str, Any], result: str = "ok",
) -> Entry:  # fmt: skip
    who = actor or session.info.get("actor")
    user_id, username, address = (who.user_id, who.username, who.address) if who else (None, "system", "")
    return Entry(utcnow(), user_id, username[:60], address[:45], action, table, row, petition, details, result)


def watched_mappers() -> list[Any]:
    """The mapped classes whose changes make entries."""
    sa.orm.configure_mappers()
    return [mapper for mapper in Model.registry.mappers if mapper.local_table.name not in UNWATCHED]


def _columns(mapper: Any) -> list[str]:
    return [prop.key for prop in mapper.column_attrs if isinstance(prop.columns[0], sa.Column)]


def _read_old_value(_row: Any, _value: Any, _old: Any, _initiator: Any) -> None:
    """Listened to only for its `active_history`: the value before is read even from an expired row."""


def _is_watched(row: Any) -> bool:
    return row.__table__.name not in UNWATCHED


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.deleted:
        _check_delete(row.__table__.name)
    if any(row.__table__.name in ("audit_entry", "audit_head") for row in session.dirty):
        raise RuleBroken("审计记录只能新增，不能改动或删除。")
    if any(map(_is_watched, [*session.new, *session.dirty, *session.deleted])):
        lock_first(session)


def _check_delete(table: str) -> None:
    if table in ("audit_entry", "audit_head"):
        raise RuleBroken("审计记录只能新增，不能改动或删除。")
    if table not in UNWATCHED | DELETABLE:
        raise RuleBroken("已登记的内容不能删除；请改为作废或停用，并写明原因。")


def lock_first(session: Session) -> None:
    """On PostgreSQL every writer takes the head before any row lock, so that two of them cannot wait for each other."""
    if session.get_bind().dialect.name == "postgresql":
        audit_chain.lock(session.connection())


def _after_flush(session: Session, _context: Any) -> None:
    entries = [*_created(session, filter(_is_watched, session.new)), *_changed(session), *_deleted(session)]
    if entries:
        audit_chain.append(session.connection(), keys.of(session), entries)


def _created(session: Session, rows: Iterable[Any]) -> Iterator[Entry]:
    for row in rows:
        details = {name: [None, value] for name, value in _values(session, row).items()}
        yield _row_entry(session, "create", row, details | _links(row))


def _changed(session: Session) -> Iterator[Entry]:
    for row in filter(_is_watched, session.dirty):
        details = dict(_differences(session, row)) | _links(row)
        if details:
            yield _row_entry(session, "update", row, details)


def _deleted(session: Session) -> Iterator[Entry]:
    for row in filter(_is_watched, session.deleted):
        yield _row_entry(session, "delete", row, {name: [value, None] for name, value in _values(session, row).items()})


def _values(session: Session, row: Any) -> dict[str, Any]:
    found = {name: row.__dict__.get(name) for name in _columns(row.__mapper__) if name not in SILENT}
    return {name: _shown(session, row, name, value) for name, value in found.items() if value is not None}


def _differences(session: Session, row: Any) -> Iterator[tuple[str, list[Any]]]:
    state = sa.inspect(row)
    for name in _columns(row.__mapper__):
        history = state.attrs[name].history
        if name not in SILENT and history.has_changes():
            before, after = (values[0] if values else None for values in (history.deleted, history.added))
            yield name, [_shown(session, row, name, before), _shown(session, row, name, after)]


def _links(row: Any) -> dict[str, list[list[int]]]:
    """Changes of the row's many-to-many lists: {name: [ids taken away, ids added]}."""
    names = [relation.key for relation in row.__mapper__.relationships if relation.secondary is not None]
    histories = {name: sa.inspect(row).attrs[name].history for name in names}
    return {
        name: [sorted(other.id for other in history.deleted), sorted(other.id for other in history.added)]
        for name, history in histories.items()
        if history.has_changes()
    }


def _shown(session: Session, row: Any, name: str, value: Any) -> Any:
    return shown(keys.of(session), row.__table__.name, name, value)


def _row_entry(session: Session, action: str, row: Any, details: dict[str, Any]) -> Entry:
    identity = row.__mapper__.primary_key_from_instance(row)[0]
    return _entry(session, None, action, row.__table__.name, identity, _petition_of(session, row), details)


def _petition_of(session: Session, row: Any) -> int | None:
    table = row.__table__.name
    if table == "petition" or table not in PARENTS:
        found: int | None = row.id if table == "petition" else getattr(row, "petition_id", None)
        return found
    name = PARENTS[table]
    if parent := row.__dict__.get(name):
        return int(parent.petition_id)
    owner = row.__mapper__.relationships[name].mapper.local_table
    statement = sa.select(owner.c.petition_id).where(owner.c.id == getattr(row, f"{name}_id"))
    return session.connection().execute(statement).scalar()


def _refuse_bulk(state: ORMExecuteState) -> None:
    """Statements that go past the flush may not touch watched tables, unless the caller says `audited=True` and records."""
    statement: Any = state.statement
    if state.is_insert or state.is_update or state.is_delete:
        table = statement.table.name
        if table not in UNWATCHED and not state.execution_options.get("audited"):
            raise RuleBroken(f"不能绕过审计成批改动 {table}；请逐条办理。")
        lock_first(state.session)
    elif state.is_select and statement._for_update_arg is not None:
        lock_first(state.session)
