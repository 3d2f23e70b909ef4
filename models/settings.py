"""What differs between offices: dated settings, terms, editable lists, counters, saved filters."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned, ref
from models.people import User
from rules.terms import MAX_DAYS


class Setting(Versioned, Model):
    """A setting of the office; the row valid on a day is the newest whose `valid_from` has come."""

    __tablename__ = "setting"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), index=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    valid_from: Mapped[date]
    __table_args__ = (sa.UniqueConstraint("key", "valid_from"),)


class TermRow(Versioned, Model):
    """A term (期限) as the office counts it, dated, with its source (rules-of-the-office §2)."""

    __tablename__ = "term"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(24), index=True)
    label: Mapped[str] = mapped_column(sa.String(60))
    days: Mapped[int]
    unit: Mapped[str] = mapped_column(sa.String(8))
    roll: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(sa.String(100))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    __table_args__ = (
        sa.CheckConstraint("unit in ('natural','working')", name="unit"),
        sa.CheckConstraint(f"days between 1 and {MAX_DAYS}", name="days"),
        sa.UniqueConstraint("key", "valid_from"),
    )


class ListItem(Versioned, Model):
    """One entry of an editable list of words, e.g. the channels (A1)."""

    __tablename__ = "list_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    list_name: Mapped[str] = mapped_column(sa.String(24))
    code: Mapped[str] = mapped_column(sa.String(24))
    label: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (sa.UniqueConstraint("list_name", "code"),)


class Counter(Model):
    """The last number given in a series and year; raised in the transaction that uses it (design §5)."""

    __tablename__ = "counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(sa.String(24))
    year: Mapped[int]
    value: Mapped[int] = mapped_column(default=0)
    __table_args__ = (sa.UniqueConstraint("series", "year"),)


class SavedFilter(Versioned, Model):
    """A filter saved under a name, shown as a tab of its list: its maker's own, or shared with the whole office."""

    __tablename__ = "saved_filter"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = ref("user.id")
    noun: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str] = mapped_column(sa.String(500))
    is_shared: Mapped[bool] = mapped_column(default=False, server_default="0")
    user: Mapped[User] = relationship()
    __table_args__ = (sa.UniqueConstraint("user_id", "noun", "name"),)

    def __str__(self) -> str:
        return self.name
