"""The inspector's check over all files (H5): CPU a file and the most memory, at a thousand files and at five thousand."""

import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

import jobs
import models as m
from benchmarks.campaigns import office
from benchmarks.sections import Section
from models import db
from rules.access import Actor
from services import gate_actors, inspection, inspection_runs

FEW, MANY = 1_000, 5_000
MEMORY_GOAL = 10
"""Megabytes the larger run may need beyond the smaller one: files are read batch by batch."""
BLOCK = 1_000
"""Rows inserted at once."""
FIRST = 1_000_001
"""Ids of the files made here begin here."""


@dataclass(frozen=True)
class Run:
    """One run: files, faults, CPU seconds; the most memory a second, traced run took, in MB."""

    files: int
    faults: int
    seconds: float
    memory: float


def measure() -> Section:
    """Check FEW files, then MANY."""
    with office() as (app, system), app.app_context():
        session, runs = db.session(), []
        user = session.scalars(sa.select(m.User)).one()
        actor = gate_actors.actor_of(session, user, system.today, system.now)
        for first, count in ((0, FEW), (FEW, MANY - FEW)):
            _fill(first, count)
            runs.append(_run(actor))
    return section(runs)


def section(runs: list[Run]) -> Section:
    """The table of a run; missed when memory grows with the office."""
    few, many = runs
    grown = many.memory - few.memory
    lines = "".join(
        f"| {one.files:,} | {one.faults:,} | {one.seconds:,.1f} | {one.seconds / one.files * 1000:.2f} | {one.memory:,.1f} |\n"
        for one in runs
    )
    text = (
        "## The inspector's check\n\n"
        "CPU in this process, SQLite, in an office of 100,000 matters; every file has a leader's case, a closing file with\n"
        f"report and checklist, and four duties; {inspection.BATCH} files are read at a time. Memory is the most that a second, traced\n"
        f"run took; from the smaller office to the larger it may grow by {MEMORY_GOAL} MB, it grew by {grown:,.1f}.\n"
        "`python -m benchmarks --only inspection` measures and writes this part.\n\n"
        "| files | faults | CPU s | ms a file | memory MB |\n|---:|---:|---:|---:|---:|\n" + lines
    )
    return Section(text, [f"inspection: memory grew by {grown:.0f} MB"] if grown > MEMORY_GOAL else [])


def _run(actor: Actor) -> Run:
    began = time.process_time()
    run = _checked(actor)
    took = time.process_time() - began
    tracemalloc.start()
    _checked(actor)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Run(run.done, run.faults, took, most / 2**20)


def _checked(actor: Actor) -> m.InspectionRun:
    """A check asked for and done as the worker does it."""
    session = db.session()
    run = inspection_runs.ask(session, actor)
    session.commit()
    jobs.inspect(session, lambda: (actor.today, actor.now))
    return run


def _fill(first: int, count: int) -> None:
    """Matters served, each with its case and closing file."""
    leader = db.session.scalars(sa.select(m.Leader)).first()
    if leader is None:
        leader = m.Leader(name="赵明", title="副镇长")
        db.session.add(leader)
        db.session.flush()
    leader_id = leader.id
    unit_id = db.session.scalars(sa.select(m.Unit.id).where(sa.not_(m.Unit.is_office))).first()
    db.session.commit()
    with db.engine.begin() as connection:
        for start in range(first, first + count, BLOCK):
            ids = range(FIRST + start, FIRST + min(start + BLOCK, first + count))
            for table, rows in _rows(ids, leader_id, unit_id):
                connection.execute(sa.insert(table), rows)


def _rows(ids: range, leader_id: int, unit_id: int | None) -> Iterator[tuple[sa.Table, list[dict[str, object]]]]:
    begun = date(2026, 3, 1)
    yield m.Petition.__table__, [
        {
            "id": n, "number": f"XF{n:09d}", "title": f"第{n}件", "demand": "诉求", "channel": "visit", "status": "served",
            "unit_id": unit_id, "registered_on": begun, "routed_on": begun + timedelta(3), "accepted_on": begun + timedelta(9),
            "replied_on": begun + timedelta(50), "opinion": "support",
        }
        for n in ids
    ]  # fmt: skip
    case = {"leader_id": leader_id, "unit_id": unit_id, "assigned_on": begun + timedelta(10)}
    yield m.Case.__table__, [{"id": n, "number": f"BA{n}", "petition_id": n} | case for n in ids]
    duties = range(1, 5)
    yield m.DutyItem.__table__, [{"case_id": n, "position": p, "name": f"第{p}包"} for n in ids for p in duties]
    report = "一、基本情况\n补偿款少付。\n二、调查核实情况\n查账属实。"
    yield m.ClosingFile.__table__, [{"id": n, "case_id": n, "petition_id": n, "report": report} for n in ids]
    keys = ("basic", "assign_letter", "appointment", "leader_report", "reply_and_visit", "measures")
    items = [(place, key) for place, key in enumerate(keys, start=1)]
    yield (
        m.ChecklistItem.__table__,
        [
            {"closing_file_id": n, "position": place, "key": key, "label": key, "note": "见纪要"}
            for n in ids
            for place, key in items
        ],
    )
