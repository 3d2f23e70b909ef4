"""What the pair index costs when matters are written: the same rows without and with it, taken back afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from benchmarks.million import Million, world
from benchmarks.million_rows import COLUMNS, rows_of
from services import search

BATCH = 500
SEARCHED = ("petition_text",)


@dataclass
class Cost:
    """Microseconds of CPU for one matter."""

    without: float
    with_index: float


def insert_cost(made: Million, session: Session, cpu: Callable[[], float]) -> Cost:
    """Write some new matters with all that belongs to them, then their searchable text with its pairs, each committed."""
    rows = _rows(made, session)
    bodies = dict(rows["petition_text"])
    try:
        began = cpu()
        for name in COLUMNS:
            if name not in SEARCHED:
                _insert(session, name, rows[name])
        session.commit()
        middle = cpu()
        _insert(session, "petition_text", rows["petition_text"])
        search.write_pairs(session, bodies)
        session.commit()
        ended = cpu()
    finally:
        session.rollback()
        _take_back(session, bodies, rows)
    return Cost((middle - began) / BATCH * 1e6, (ended - began) / BATCH * 1e6)


def _rows(made: Million, session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Rows behind the last ones; today's."""
    size = made.facts["size"]
    session.commit()  # the office is asked by another session, which must not wait for this one
    source = world(made.app, size)
    source.people = session.execute(
        sa.select(sa.func.max(m.Petitioner.id)), execution_options={"gated": True}
    ).scalar_one()
    source.size = size + BATCH
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in (*COLUMNS, "pairs")}
    for number in range(size + 1, size + BATCH + 1):
        rows_of(source, number, rows)
    return rows


def _insert(session: Session, name: str, rows: list[tuple[Any, ...]]) -> None:
    columns, marks = ",".join(COLUMNS[name]), ",".join(f":{column}" for column in COLUMNS[name])
    if rows:
        said = [dict(zip(COLUMNS[name], row, strict=True)) for row in rows]
        session.execute(sa.text(f"insert into {name} ({columns}) values ({marks})"), said)  # noqa: S608


def _take_back(session: Session, bodies: dict[int, str], rows: dict[str, list[tuple[Any, ...]]]) -> None:
    first = min(bodies)
    if session.get_bind().dialect.name == "sqlite":
        delete = "insert into petition_pairs(petition_pairs, rowid, pairs) values ('delete', :id, :text)"
        session.execute(sa.text(delete), [{"id": key, "text": search.tokens(body)} for key, body in bodies.items()])
    persons = [row[0] for row in rows["petitioner"]]
    lowest = {"contact": rows["contact"][0][0], "petition": first} | ({"petitioner": persons[0]} if persons else {})
    tables = m.Petition.metadata.tables
    for name, column, least in (
        *((name, "petition_id", first) for name in ("petition_text", "respondent", "leg")),
        ("contact_petitioner", "contact_id", lowest["contact"]),
        *((name, "id", least) for name, least in lowest.items()),
    ):
        session.connection().execute(sa.delete(tables[name]).where(tables[name].c[column] >= least))
    session.commit()
