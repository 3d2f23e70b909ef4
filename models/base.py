"""The database handle, the naming of constraints, and the few column kinds every table shares."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from rules.words import Word

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def utcnow() -> datetime:
    """The real clock, aware UTC. Business dates come from the actor instead (DESK_TODAY)."""
    return datetime.now(UTC)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps no zone, so it is put back on the way out."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """With a zone on PostgreSQL, plain on SQLite."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """As it is stored. Raises ValueError for an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: instants carry a zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """As it is read: always aware UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What every table has: names for its constraints, and a column type for each Python type."""

    metadata = sa.MetaData(naming_convention=NAMES)
    registry = registry(
        metadata=metadata,
        type_annotation_map={datetime: UtcDateTime(), date: sa.Date(), dict[str, Any]: sa.JSON(), list[Any]: sa.JSON()},
    )


db = SQLAlchemy(model_class=Base)
Model: Any = db.Model


def word(kind: type[Word], **options: Any) -> Any:
    """A column of one enum of rules.words, stored by value and checked by the database (ck_<table>_<enum>)."""
    name = options.pop("constraint", kind.__name__.lower())
    values = sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=24,
        values_callable=lambda k: [m.value for m in k],
    )
    return mapped_column(values, **options)


def ref(target: str, **options: Any) -> Any:
    """A foreign key, indexed, never cascading: nothing registered is deleted (J3)."""
    return mapped_column(sa.ForeignKey(target), index=options.pop("index", True), **options)


class Versioned:
    """Mixin: `version` counts saves; a form carries the one it showed and a stale save is refused (C14)."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return (
            {"version_id_col": cls.__table__.c.version}
            if hasattr(cls, "__table__")
            else {"version_id_col": cls.version}
        )


class Stamped:
    """Mixin: when the row was written, on the real clock."""

    created_at: Mapped[datetime] = mapped_column(default=utcnow)
