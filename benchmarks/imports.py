"""Large tables of contacts taken over: what is done before the write lock and what under it, in this process and its reader."""

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from benchmarks.mail_merge import office
from benchmarks.sections import Section
from rules.access import Actor
from services import column_map, import_contacts, imports
from services.import_fields import KINDS
from services.import_rows import Options
from services.workbook_out import Column, TableSheet, write_table

SIZES = (2_000, 20_000)
GOAL = 2.0
"""Milliseconds of CPU under the write lock for each contact."""
STEPS = ("读取（另一进程）", "检查", "预备（不占写锁）", "写入（占写锁）")
DEMAND = "河东村二组的路灯坏了半年无人修，晚上老人孩子出行不便，请求尽快修复。"
MEGABYTE = 1024
"""Of what getrusage counts in."""


def measure() -> Section:
    """Take over a table of each size, in an office of its own; the table and what missed its goal."""
    with tempfile.TemporaryDirectory(prefix="petition-desk-bench-") as folder:
        found = [(rows, *_taken(_table(Path(folder), rows))) for rows in SIZES]
    return section(found)


def section(found: list[tuple[int, list[float], int]]) -> Section:
    """The table of a run: for each size its rows, CPU seconds of each step, and the most memory in MB so far."""
    heads = "".join(f" {rows:,} |" for rows, _, _ in found)
    lines = [
        f"| {step} |" + "".join(f" {took[place]:.1f} |" for _, took, _ in found) for place, step in enumerate(STEPS)
    ]
    each = [took[-1] * 1000 / rows for rows, took, _ in found]
    lines.append("| 写入每件，毫秒 |" + "".join(f" {one:.2f} |" for one in each))
    lines.append("| 内存最多，MB |" + "".join(f" {memory} |" for _, _, memory in found))
    text = (
        "## Imports\n\n"
        "CPU seconds of taking over a table of contacts, all rows or none, SQLite; more than 1,000 rows go to the worker. While\n"
        f"rows are written nobody else can save. Goal: at most {GOAL:.0f} ms of it a contact, "
        f"{'met' if max(each) <= GOAL else 'missed'}. `python -m benchmarks --only imports`\nmeasures and writes this part.\n\n"
        f"| step |{heads}\n|---|{'---:|' * len(found)}\n" + "\n".join(lines) + "\n"
    )
    return Section(text, [f"imports: {max(each):.2f} ms a contact under the lock"] if max(each) > GOAL else [])


def _taken(path: Path) -> tuple[list[float], int]:
    with office() as (session, actor):
        took = _steps(session, actor, path)
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE


def _steps(session: Session, actor: Actor, path: Path) -> list[float]:
    kind, before = KINDS["contacts"], _child()
    sheet = imports.opened(kind, path, path.name)
    took = [_child() - before]
    columns = column_map.guess(sheet.header, kind.fields)

    def timed(run: Callable[[], Any]) -> Any:
        began = time.process_time()
        found = run()
        took.append(time.process_time() - began)
        return found

    drafts, result = timed(lambda: imports.checked(session, actor, kind.key, sheet, columns, Options()))
    timed(lambda: import_contacts.prepare(session, actor, drafts))
    session.rollback()

    def write() -> None:
        imports.write(session, actor, kind.key, drafts, result)
        session.commit()

    timed(write)
    assert (result.created, result.errors) == (len(sheet.rows), [])
    return took


def _child() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _table(folder: Path, rows: int) -> Path:
    """A list of messages with a person and a phone each, as a portal hands it over."""
    path = folder / f"{rows}.xlsx"
    labels = ("留言编号", "留言用户", "联系电话", "留言时间", "留言详情")
    cells = (
        {
            "留言编号": f"P{n}",
            "留言用户": f"赵{n}",
            "联系电话": f"139{n:08d}",
            "留言时间": "2026-11-20",
            "留言详情": DEMAND * 3,
        }
        for n in range(rows)
    )
    with path.open("wb") as out:
        write_table(out, TableSheet([Column(label, label) for label in labels], cells))
    return path
