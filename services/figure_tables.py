"""The office's tables of contacts (I1, I2): rows by unit, channel, category or month; columns by channel, total, change.

A table is values only: {"by", "head", "columns", "rows", "total"}. The screen adds links, the workbook formats.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import figures
from rules.access import Actor
from rules.periods import Period, months
from rules.words import CHANNELS, RuleBroken
from services import gate, settings
from services.figure_rows import RowSet, row_set

BY: dict[str, str] = {"unit": "责任单位", "channel": "信访方式", "category": "内容分类", "month": "月份"}
"""What the rows of a table may be, with the head of its first column."""

NO_UNIT, NO_CATEGORY = "尚未交办", "未分类"
Key = Any


@dataclass
class Line:
    """One row: its key (unit id, channel, category id, first day of the month; 0: none), name, counts and rates."""

    key: Key
    label: str
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    last_year: int = 0
    before: int = 0
    on_time: int = 0
    owed: int = 0

    @property
    def on_last_year(self) -> float | None:
        """同比 in per cent."""
        return figures.change(self.total, self.last_year)

    @property
    def on_before(self) -> float | None:
        """环比 in per cent."""
        return figures.change(self.total, self.before)

    @property
    def reply_rate(self) -> float | None:
        """按期答复率 in per cent."""
        return figures.share(self.on_time, self.owed)


@dataclass
class Table:
    """A finished table; `columns`: (key, label) of the counts."""

    by: str
    head: str
    columns: list[tuple[str, str]]
    lines: list[Line]
    total: Line


def contacts(session: Session, actor: Actor, by: str, period: Period) -> Table:
    """Contacts registered in the period by `by` (a key of BY). Raises RuleBroken for another `by`."""
    gate.allow(actor, "figures.view")
    if by not in BY:
        raise RuleBroken(f"统计表：行只能是{'、'.join(BY.values())}，请重新选择。", "by")
    lines: dict[Key, Line] = {}
    columns = _columns(session, by)
    _count(session, actor, by, period, lines)
    for name, other in (("last_year", period.last_year), ("before", period.before)):
        if by != "month":
            _compare(session, actor, by, other, lines, name)
    if by == "month":
        _compare_months(session, actor, period, lines)
    _replies(session, actor, by, period, lines)
    ordered = _labelled(session, by, lines, period)
    return Table(by, BY[by], columns, ordered, _total(session, actor, by, period, ordered))


def _columns(session: Session, by: str) -> list[tuple[str, str]]:
    if by == "channel":
        return [("first", "初次"), ("repeated", "重复")]
    return list((CHANNELS | settings.channels(session)).items())


def _dimension(rows: RowSet, by: str) -> list[Any]:
    if by == "month":
        return [sa.extract("year", rows.day), sa.extract("month", rows.day)]
    return [{"unit": m.Petition.unit_id, "channel": rows.channel, "category": m.Petition.category_id}[by]]


def _grouped(session: Session, rows: RowSet, by: str, *columns: Any) -> list[tuple[Key, tuple[Any, ...]]]:
    """(key, values) of the rows grouped by the table's dimension and, for every column before the last, by that."""
    keys = _dimension(rows, by)
    found = session.execute(rows.select(*keys, *columns).group_by(*keys, *columns[:-1])).all()
    top = _top_categories(session) if by == "category" else {}
    return [(_key(by, list(values[: len(keys)]), top), tuple(values[len(keys) :])) for values in found]


def _key(by: str, values: list[Any], top: dict[int, int]) -> Key:
    if by == "month":
        return int(values[0]), int(values[1])
    if by == "category":
        return top.get(values[0], 0)
    return values[0] or 0


def _top_categories(session: Session) -> dict[int, int]:
    """Category id → id of its first level."""
    found = session.execute(sa.select(m.Category.id, m.Category.path, m.Category.level)).all()
    first = {path: row_id for row_id, path, level in found if level == 1}
    return {row_id: first.get(path.split("/")[0], row_id) for row_id, path, _level in found}


def _line(lines: dict[Key, Line], key: Key) -> Line:
    return lines.setdefault(key, Line(key, ""))


def _count(session: Session, actor: Actor, by: str, period: Period, lines: dict[Key, Line]) -> None:
    rows = row_set(session, actor, "contacts", period.start, period.end)
    if by == "channel":
        split = sa.case((rows.conditions["first"], "first"), else_="repeated")
        # Grouping by the word itself would ask the database to run the look-back twice; a subquery names it once.
        inner = rows.select(rows.channel.label("channel"), split.label("part")).subquery()
        statement = sa.select(inner.c.channel, inner.c.part, sa.func.count()).group_by(inner.c.channel, inner.c.part)
        found = [(row[0], tuple(row[1:])) for row in session.execute(statement.execution_options(gated=True))]
    else:
        found = _grouped(session, rows, by, rows.channel, sa.func.count())
    for key, (part, count) in found:
        line = _line(lines, key)
        line.counts[part] = line.counts.get(part, 0) + count
        line.total += count


def _compare(session: Session, actor: Actor, by: str, other: Period, lines: dict[Key, Line], name: str) -> None:
    rows = row_set(session, actor, "contacts", other.start, other.end)
    for key, (count,) in _grouped(session, rows, by, sa.func.count()):
        line = _line(lines, key)
        setattr(line, name, getattr(line, name) + count)


def _compare_months(session: Session, actor: Actor, period: Period, lines: dict[Key, Line]) -> None:
    """A month's row compares with the month before it and the same month last year."""
    first, last = period.last_year.start.replace(day=1), period.end
    rows = row_set(session, actor, "contacts", first, last)
    counts = {key: count for key, (count,) in _grouped(session, rows, "month", sa.func.count())}
    for month in months(period):
        if month.start > actor.today:  # a month to come is not down on anything
            continue
        year, number = month.start.year, month.start.month
        line = _line(lines, (year, number))
        line.last_year = counts.get((year - 1, number), 0)
        line.before = counts.get((year, number - 1) if number > 1 else (year - 1, 12), 0)


def _replies(session: Session, actor: Actor, by: str, period: Period, lines: dict[Key, Line]) -> None:
    rows = row_set(session, actor, "handle", period.start, period.end)
    on_time = sa.func.sum(sa.case((rows.conditions["on_time"], 1), else_=0))
    keys = _dimension(rows, by)
    top = _top_categories(session) if by == "category" else {}
    statement = rows.select(*keys, on_time, sa.func.count()).group_by(*keys)
    for values in session.execute(statement):
        line = _line(lines, _key(by, list(values[: len(keys)]), top))
        line.on_time += values[-2]
        line.owed += values[-1]


def _labelled(session: Session, by: str, lines: dict[Key, Line], period: Period) -> list[Line]:
    """The lines with their names, in the office's own order; units and categories without any row stay out."""
    names = NAMES[by](session, period)
    for key, line in lines.items():
        line.label = names.get(key) or str(key)
    order = {key: place for place, key in enumerate(names)}
    return sorted(lines.values(), key=lambda line: (order.get(line.key, len(order)), str(line.key)))


def _unit_names(session: Session, _period: Period) -> dict[Key, str]:
    found = session.execute(sa.select(m.Unit.id, m.Unit.name).order_by(m.Unit.position, m.Unit.id))
    return {row[0]: row[1] for row in found} | {0: NO_UNIT}


def _channel_names(session: Session, _period: Period) -> dict[Key, str]:
    return {**CHANNELS, **settings.channels(session)}


def _category_names(session: Session, _period: Period) -> dict[Key, str]:
    found = session.execute(
        sa.select(m.Category.id, m.Category.name).where(m.Category.level == 1).order_by(m.Category.id)
    )
    return {row[0]: row[1] for row in found} | {0: NO_CATEGORY}


def _month_names(_session: Session, period: Period) -> dict[Key, str]:
    return {(p.start.year, p.start.month): f"{p.start.year}年{p.start.month}月" for p in months(period)}


NAMES: dict[str, Callable[[Session, Period], dict[Key, str]]] = {
    "unit": _unit_names,
    "channel": _channel_names,
    "category": _category_names,
    "month": _month_names,
}


def _total(session: Session, actor: Actor, by: str, period: Period, lines: list[Line]) -> Line:
    total = Line(None, "合计")
    for line in lines:
        total.total += line.total
        total.on_time += line.on_time
        total.owed += line.owed
        for part, count in line.counts.items():
            total.counts[part] = total.counts.get(part, 0) + count
    if by == "month":  # a month's own neighbours are not the period's
        for name, other in (("last_year", period.last_year), ("before", period.before)):
            rows = row_set(session, actor, "contacts", other.start, other.end)
            setattr(total, name, session.execute(rows.select(sa.func.count())).scalar_one())
    else:
        total.last_year, total.before = sum(line.last_year for line in lines), sum(line.before for line in lines)
    return total
