"""Lists: columns, filter chips and tabs as declarations; one page of rows as a `screen` the template walks.

Filters come from the address, are remembered per user in the address itself, and only ever narrow the gate's criteria.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import current_app, request
from flask_babel import gettext

from models.base import UtcDateTime
from rules.access import Actor
from rules.words import Word
from services import gate

PAGE_SIZE = 20
COUNT_CAP = 1000
SCOPED_CAP = 200
"""How far a list is counted: a unit's or leader's rows each cost a look at their legs, and nobody pages through 200 hits."""
TAB_CAP = 99
"""Tabs and badges say 99+, as everybody reads them; the workbench counts further."""
MAX_PAGE = 10_000


@dataclass(frozen=True)
class Cell:
    """One cell: text, a small second line, a coloured state word, and how it is set (code, num, text, clip)."""

    text: str = ""
    sub: str = ""
    tag: dict[str, str] | None = None
    kind: str = "text"
    url: str | None = None


def tagged(text: str, kind: str = "wait", sub: str = "") -> Cell:
    """A cell that is a state word in its colour (ok, soon, late, wait, now)."""
    return Cell(sub=sub, tag={"text": text, "kind": kind})


@dataclass(frozen=True)
class Column:
    """A column of a list and of its export. `sort`: an indexed column, else the head is not clickable.

    `load`: a loader option for what it shows beyond the list's own ones.
    """

    key: str
    label: str
    cell: Callable[[Any], Cell | str]
    sort: Any = None
    shown: bool = True
    kind: str = "text"
    export: Callable[[Any], Any] | None = None
    load: Any = None


@dataclass(frozen=True)
class Filter:
    """A chip. kind choice: `options(actor)` → [(value, label)]; dates, numbers: a from–to form; text: typed.

    `known(actor, value)`: may this value be asked for? One that is not (in an old or foreign link) is left out, and said so.
    """

    key: str
    label: str
    apply: Callable[[sa.Select[Any], Any], sa.Select[Any]]
    options: Callable[[Actor], Sequence[tuple[str, str]]] | None = None
    kind: str = "choice"
    known: Callable[[Actor, str], bool] = lambda _actor, _value: True


@dataclass(frozen=True)
class Tab:
    """A ready-made selection; `count` asks for its (capped) number beside the label."""

    key: str
    label: str
    apply: Callable[[sa.Select[Any], Actor], sa.Select[Any]]
    count: bool = True


@dataclass
class Screen:
    """What templates/admin/model/list.html shows."""

    title: str
    crumb: str = ""
    tabs: list[dict[str, Any]] = field(default_factory=list)
    chips: list[dict[str, Any]] = field(default_factory=list)
    count_text: str = ""
    actions: list[dict[str, Any]] = field(default_factory=list)
    head: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    columns_form: list[dict[str, Any]] | None = None
    notes: list[str] = field(default_factory=list)
    saving: dict[str, Any] | None = None
    noun: str = ""
    search: dict[str, Any] | None = None
    clear_url: str | None = None
    pager: dict[str, Any] = field(default_factory=dict)
    empty: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


def words(kind: type[Word]) -> Callable[[Actor], list[tuple[str, str]]]:
    """Options of a chip from an enum."""
    return lambda _actor: [(word.value, gettext(word.label)) for word in kind]


def equals(column: Any) -> Callable[[sa.Select[Any], Any], sa.Select[Any]]:
    """A filter on one text or enum column; a value outside the enum selects nothing."""

    def apply(statement: sa.Select[Any], value: Any) -> sa.Select[Any]:
        enum_class = getattr(column.type, "enum_class", None)
        if enum_class is not None and value not in {word.value for word in enum_class}:
            return statement.where(sa.false())
        if isinstance(column.type, sa.Integer):
            return (
                statement.where(column == number)
                if (number := gate.id_in(value)) is not None
                else statement.where(sa.false())
            )
        return statement.where(column == value)

    return apply


def between(column: Any) -> Callable[[sa.Select[Any], Any], sa.Select[Any]]:
    """A filter "from..to" on a date column; either side may be open, a side that is no date is ignored."""

    def apply(statement: sa.Select[Any], value: str) -> sa.Select[Any]:
        start, _, end = value.partition("..")
        if (first := to_date(start)) is not None:
            statement = statement.where(column >= _edge(column, first))
        if (last := to_date(end)) is not None:
            statement = statement.where(column <= _edge(column, last, is_end=True))
        return statement

    return apply


def within(column: Any) -> Callable[[sa.Select[Any], Any], sa.Select[Any]]:
    """A filter "from..to" on a column of whole numbers; either side may be open."""

    def apply(statement: sa.Select[Any], value: str) -> sa.Select[Any]:
        least, _, most = value.partition("..")
        if (first := gate.id_in(least)) is not None:
            statement = statement.where(column >= first)
        if (last := gate.id_in(most)) is not None:
            statement = statement.where(column <= last)
        return statement

    return apply


def is_period(_actor: Actor, value: str) -> bool:
    """Two ISO dates in order with ".." between; one may be missing."""
    start, _, end = value.partition("..")
    first, last = to_date(start), to_date(end)
    are_dates = bool(start or end) and (not start or first is not None) and (not end or last is not None)
    return are_dates and (first is None or last is None or first <= last)


def is_range(_actor: Actor, value: str) -> bool:
    """Two whole numbers in order with ".." between; one may be missing."""
    least, _, most = value.partition("..")
    first, last = gate.id_in(least), gate.id_in(most)
    are_numbers = bool(least or most) and (not least or first is not None) and (not most or last is not None)
    return are_numbers and (first is None or last is None or first <= last)


def _edge(column: Any, day: date, *, is_end: bool = False) -> date | datetime:
    """The day itself, or for a column of instants its first or last moment in the office's time zone."""
    if not isinstance(column.type, UtcDateTime):
        return day
    moment = time.max if is_end else time.min
    return datetime.combine(min(max(day, date(1900, 1, 1)), date(9000, 1, 1)), moment, current_app.config["DESK_TZ"])


def to_date(text: str) -> date | None:
    """ISO date or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def page_number() -> int:
    """The page asked for, clamped: PostgreSQL answers 500 to what SQLite shrugs off."""
    return min(gate.id_in(request.args.get("page", "")) or 0, MAX_PAGE)


def link(args: dict[str, str], **change: str | None) -> str:
    """This list's address with some of its conditions changed; None drops one."""
    kept = {k: v for k, v in {**args, **change}.items() if v not in (None, "")}
    return f"?{urlencode(kept)}" if kept else "?"


def count_text(count: int, cap: int = COUNT_CAP) -> str:
    """「37 件」, or 「1000+ 件」 beyond the cap."""
    return f"{cap}+" if count > cap else str(count)
