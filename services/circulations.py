"""Lists of late matters per unit for circulation (逾期通报): drafted for a day, frozen when issued, read by the units named (B10).

Guarded matters never go into one. A reader sees every unit's counts and the rows of his own units only.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access, moves, owed
from rules.access import Actor, Scope
from rules.words import RuleBroken
from services import gate, gate_accused, numbers, settings
from services.workbook_table import Column, TableSheet

TITLE = "信访事项逾期情况通报"
OPEN, DONE = "逾期未办", "逾期办结"
LONGEST = timedelta(days=366)
"""A circulation covers at most a year."""
Row = dict[str, Any]


def draft(
    session: Session, actor: Actor, as_of: date, kinds: Collection[str], from_on: date | None = None
) -> dict[str, Any]:
    """What would be issued today: {"from", "as_of", "kinds", "reporting_unit", "rows"}.

    A row is late at the end of `as_of` and not done, or, with `from_on`, was done late since then. Raises RuleBroken
    (field from_on, as_of, kinds).
    """
    gate.allow(actor, "circulation.draft")
    _check(actor, as_of, kinds, from_on)
    chosen = [key for key in owed.CIRCULATED if key in kinds]
    found = [row for key in chosen for row in SOURCES[key](session, actor, key, as_of, from_on)]
    place = {unit.id: number for number, unit in enumerate(_units(session))}
    found.sort(key=lambda row: (place[row["unit_id"]], row["done_on"], row["breach_on"], row["number"]))
    return {
        "from": from_on.isoformat() if from_on else "",
        "as_of": as_of.isoformat(),
        "kinds": chosen,
        "reporting_unit": str(settings.get(session, "office_name", actor.today) or "信访办"),
        "rows": found,
    }


def issue(
    session: Session, actor: Actor, as_of: date, kinds: Collection[str], from_on: date | None = None
) -> m.Circulation:
    """Number and freeze it. Raises RuleBroken when nobody is late: then there is nothing to put round."""
    gate.allow(actor, "circulation.issue")
    body = draft(session, actor, as_of, kinds, from_on)
    if not body["rows"]:
        raise RuleBroken("通报：这个范围内没有逾期的事项，不需要通报。")
    prefix = settings.get(session, "document_prefix", actor.today)
    row = m.Circulation(
        number=numbers.circulation(session, actor.today.year, prefix),
        from_on=from_on, as_of=as_of, issued_on=actor.today, issued_at=actor.now, issued_by_id=actor.user_id,
        body=body | {"issued_by": actor.name},
    )  # fmt: skip
    named = {line["unit_id"] for line in body["rows"]}
    row.units = [unit for unit in _units(session) if unit.id in named]
    session.add(row)
    session.flush()
    return row


def _units(session: Session) -> list[m.Unit]:
    return list(session.scalars(sa.select(m.Unit).order_by(m.Unit.position, m.Unit.id)))


def _check(actor: Actor, as_of: date, kinds: Collection[str], from_on: date | None) -> None:
    if as_of > actor.today:
        raise RuleBroken("截至日期：不能晚于今天，请核对。", "as_of")
    if from_on is not None and from_on > as_of:
        raise RuleBroken("起始日期：不能晚于截至日期，请核对。", "from_on")
    if from_on is not None and as_of - from_on > LONGEST:
        raise RuleBroken("起始日期：一次最多通报一年，请缩短期间。", "from_on")
    if not kinds or not set(kinds) <= set(owed.CIRCULATED):
        raise RuleBroken("期限种类：请至少选一种。", "kinds")


# -- where the rows come from: always the actor's own view, never a guarded matter


def _late(breach: Any, done: Any, as_of: date, from_on: date | None) -> sa.ColumnElement[bool]:
    """Late and not done at the end of `as_of`, or done late since `from_on`."""
    waiting = sa.and_(breach < as_of, sa.or_(done.is_(None), done > as_of))
    if from_on is None:
        return waiting
    return sa.or_(waiting, sa.and_(done > breach, done.between(from_on, as_of)))


def _clocks(session: Session, actor: Actor, key: str, as_of: date, from_on: date | None) -> Iterator[Row]:
    clock = m.Clock
    plain, counts = sa.not_(m.Petition.is_guarded), sa.or_(clock.stopped_on.is_(None), _measured(key))
    late = _late(clock.breach_on, clock.stopped_on, as_of, from_on)
    statement = gate.rows(actor, clock).join(clock.petition).where(clock.term == key, plain, counts, late)
    matter = joinedload(clock.petition).options(joinedload(m.Petition.unit), joinedload(m.Petition.handler))
    for one in session.scalars(statement.options(matter, joinedload(clock.unit)).order_by(clock.id)):
        unit = one.unit or one.petition.unit
        if unit is not None:
            yield _row(key, one.petition, unit, (one.due_on, one.breach_on, one.stopped_on), as_of)


def _measured(term: str) -> sa.ColumnElement[bool]:
    """The clock's stop was the step it waited for; one taken back (收回, 改定) measured nobody."""
    verbs = [row.verb for row in moves.ROWS if term in row.stops and not row.takes_back]
    move = m.Move
    return sa.exists().where(
        move.petition_id == m.Clock.petition_id, move.verb.in_(verbs), move.moved_on == m.Clock.stopped_on
    )


def _rectifications(session: Session, actor: Actor, key: str, as_of: date, from_on: date | None) -> Iterator[Row]:
    row = m.Rectification
    late, plain = _late(row.due_on, row.done_on, as_of, from_on), sa.not_(m.Petition.is_guarded)
    statement = gate.rows(actor, row).join(row.petition).where(late, plain).options(joinedload(row.petition))
    for one in session.scalars(statement.order_by(row.id)):
        if one.petition.unit is not None:
            yield _row(key, one.petition, one.petition.unit, (one.due_on, one.due_on, one.done_on), as_of)


def _supervisions(session: Session, actor: Actor, key: str, as_of: date, from_on: date | None) -> Iterator[Row]:
    row = m.Supervision
    late = _late(row.reply_due_on, row.answered_on, as_of, from_on)
    plain = sa.or_(row.petition_id.is_(None), row.petition.has(sa.not_(m.Petition.is_guarded)))
    statement = gate.rows(actor, row).where(late, plain, row.withdrawn_reason.is_(None), row.unit_id.is_not(None))
    for one in session.scalars(statement.options(joinedload(row.petition), joinedload(row.unit)).order_by(row.id)):
        if one.unit is not None:
            days = (one.reply_due_on, one.reply_due_on, one.answered_on)
            yield _row(key, one.petition, one.unit, days, as_of) | {"number": one.number}


SOURCES = dict.fromkeys(owed.CIRCULATED, _clocks) | {"rectify": _rectifications, "supervise": _supervisions}


def _row(key: str, petition: m.Petition | None, unit: m.Unit, days: tuple[date, date, date | None], as_of: date) -> Row:
    """One frozen row: numbers, dates (due, breach, done) and names of office people only."""
    due, breach, ended = days
    done = ended if ended is not None and ended <= as_of else None
    return {
        "petition_id": petition.id if petition is not None else None,
        "number": petition.number if petition is not None else "",
        "unit_id": unit.id,
        "unit": unit.name,
        "handler": petition.handler.name if petition is not None and petition.handler else "",
        "kind": key,
        "due_on": due.isoformat(),
        "breach_on": breach.isoformat(),
        "done_on": done.isoformat() if done else "",
        "days": ((done or as_of) - breach).days,
    }


# -- reading


def seen(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """A body as this actor may read it: without what he must not know of now (§3), rows of his own units only, counted anew.

    Adds "units": [{"unit_id", "unit", "open", "done", "longest", "rows"}] in the order they were issued, and "total".
    """
    hidden = _hidden(session, actor, {row["petition_id"] for row in body["rows"]})
    kept = [row for row in body["rows"] if row["petition_id"] not in hidden]
    grouped: dict[int, list[Row]] = {}
    for row in kept:
        grouped.setdefault(row["unit_id"], []).append(row)
    units = [
        {"unit_id": key, "unit": lines[0]["unit"], "rows": lines if sees_rows(actor, key) else []} | _counts(lines)
        for key, lines in grouped.items()
    ]
    return body | {"rows": kept, "units": units, "total": _counts(kept)}


def sees_rows(actor: Actor, unit_id: int) -> bool:
    """The office and the inspector see every unit's rows, the others those of their own units."""
    if actor.role is None or access.MATTER_SCOPE[actor.role] is Scope.ALL:
        return True
    return unit_id in actor.unit_ids


def _hidden(session: Session, actor: Actor, ids: Collection[int | None]) -> set[int]:
    if actor.is_system:
        return set()
    known = [key for key in ids if key]
    hidden = sa.select(m.Petition.id).where(m.Petition.id.in_(known), sa.not_(gate_accused.not_accused(actor)))
    return set(session.scalars(hidden.execution_options(gated=True)))


def _counts(lines: list[Row]) -> dict[str, int]:
    waiting = sum(not line["done_on"] for line in lines)
    longest = max((line["days"] for line in lines), default=0)
    return {"open": waiting, "done": len(lines) - waiting, "longest": longest}


def period_text(body: dict[str, Any]) -> str:
    """截至 2026-11-20; 2026-10-01 至 2026-11-20."""
    return f"{body['from']} 至 {body['as_of']}" if body["from"] else f"截至 {body['as_of']}"


def paper_date(day: date) -> str:
    """2026年11月20日, as it stands under the seal."""
    return f"{day.year}年{day.month}月{day.day}日"


COLUMNS = [
    Column("unit", "责任单位"),
    Column("number", "编号"),
    Column("kind", "期限种类"),
    Column("due_on", "期限", kind="date"),
    Column("breach_on", "截止日", kind="date"),
    Column("done_on", "办结日", kind="date"),
    Column("days", "超期天数", kind="int"),
    Column("handler", "承办人"),
    Column("state", "情况"),
]


def sheet(number: str, shown: dict[str, Any]) -> TableSheet:
    """The table as a sheet; `shown`: a body as `seen` returns it. A unit whose rows are another's business keeps one line."""
    lines = [line for unit in shown["units"] for line in _lines(unit)]
    total = shown["total"]
    return TableSheet(
        COLUMNS,
        lines,
        title=f"{TITLE}（{number}）",
        period=period_text(shown),
        remark=f"{OPEN} {total['open']} 件，{DONE} {total['done']} 件，最长超期 {total['longest']} 天。",
    )


def _lines(unit: dict[str, Any]) -> list[Row]:
    counted = f"{OPEN} {unit['open']} 件，{DONE} {unit['done']} 件"
    return [_cells(row) for row in unit["rows"]] or [
        {"unit": unit["unit"], "state": counted, "days": unit["longest"]},
    ]


def _cells(row: Row) -> Row:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("due_on", "breach_on", "done_on")}
    said = {"kind": owed.KINDS[row["kind"]].label, "state": DONE if row["done_on"] else OPEN}
    return {name: row[name] for name in ("unit", "number", "days", "handler")} | days | said
