"""Large tables taken over as long work (大表导入): all rows or none, once, whoever stops or falls over meanwhile (A4, C11).

The job's row is queue and lease, as a mail merge's. It ends in the transaction that writes the rows: killed before, another
worker begins anew; killed after, there is nothing left to do. What can be made without the write lock is made before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.job_words import ENDED, JobState
from rules.words import RuleBroken
from services import column_map, gate, import_contacts, imports, job_queue, list_import, list_takeover, uploads
from services.import_fields import KINDS
from services.import_rows import ImportResult, Options
from services.uploads import Upload
from services.workbook_in import Sheet

AT_ONCE = 1_000
"""Rows taken over while the sender waits; others wait no longer than a second or two for them."""
ROWS_A_SECOND = 500
"""Rows written in a second of the write lock, on a plain machine (docs/bench.md, Imports)."""
MOST_ATTEMPTS = 3
LISTS = "campaign-list"
READING, CHECKING, WRITING = "读取表格", "检查每一行", "写入"
STOPPED = "已取消，没有导入任何一行。"
BROKEN_OFF = "导入中断了几次，没有导入任何一行；请拆成几个文件再试，或联系系统管理员。"
SHOWN = 200
"""Warnings kept in a report."""


@dataclass
class Work:
    """A table read and checked, about to be written. `drafts` None: it is compared again under the lock."""

    job_id: int
    upload: Upload
    sheet: Sheet
    drafts: list[Any] | None
    result: ImportResult


def is_large(upload: Upload) -> bool:
    """Does this table go to the worker?"""
    return upload.rows > AT_ONCE


def seconds(rows: int) -> int:
    """About how long others wait for the write lock while so many rows are written."""
    return max(1, round(rows / ROWS_A_SECOND))


def ask(session: Session, actor: Actor, upload: Upload, said: Mapping[str, Any]) -> m.Job:
    """Queue the table; asked again, it is the same job unless that was cancelled or refused.

    `said`: "columns" {header: field key}, "options" (of services.import_rows.Options) or "campaign" and "registers".
    Raises RuleBroken when the columns cannot be used.
    """
    column_map.check(said["columns"], upload.header, _fields(session, actor, upload, said))
    job = of(session, actor, upload)
    if job is None or job.state is JobState.CANCELLED:
        job = m.Job(
            letter=job_queue.IMPORT, said={"token": upload.token, **said}, total=upload.rows, by_id=actor.user_id,
            made_on=actor.today,
        )  # fmt: skip
        session.add(job)
        session.flush()
    return job


def of(session: Session, actor: Actor, upload: Upload) -> m.Job | None:
    """The latest job of this upload."""
    return next((job for job in own(session, actor) if job.said["token"] == upload.token), None)


def own(session: Session, actor: Actor) -> list[m.Job]:
    """The actor's latest imports, newest first."""
    asked = gate.rows(actor, m.Job).where(m.Job.letter == job_queue.IMPORT).order_by(m.Job.id.desc())
    return list(session.scalars(asked.limit(50)))


def _fields(session: Session, actor: Actor, upload: Upload, said: Mapping[str, Any]) -> Any:
    if upload.kind != LISTS:
        return imports.kind_of(actor, upload.kind).fields
    return list_import.kind_of(_campaign(session, actor, said)).fields


def _campaign(session: Session, actor: Actor, said: Mapping[str, Any]) -> m.Campaign:
    gate.allow(actor, "campaign_case.add")
    found: m.Campaign = gate.find(session, actor, m.Campaign, said["campaign"])
    return found


def prepare(session: Session, actor: Actor, job: m.Job, folder: Path) -> Work:
    """Read the table, check every row and make what can be made; writes nothing, nobody waits.

    Raises RuleBroken with what is wrong, NotHere when the table is gone.
    """
    upload = uploads.load(folder, job.said["token"])
    _check_stop(folder, upload)
    if job.attempts > MOST_ATTEMPTS:
        raise RuleBroken(BROKEN_OFF)
    said, path = job.said, uploads.file_of(folder, upload)
    kind = KINDS.get(upload.kind) or list_import.kind_of(_campaign(session, actor, said))
    job_id = job.id
    session.rollback()
    if not path.is_file():
        raise gate.NotHere(uploads.GONE)
    uploads.advance(folder, upload, READING)
    sheet = imports.opened(kind, path, upload.name)
    uploads.advance(folder, upload, CHECKING)
    if upload.kind == LISTS:
        found = list_takeover.preview(session, actor, _campaign(session, actor, said), sheet, said["columns"])
        drafts, result = None, found.result
    else:
        options = Options(**said["options"])
        drafts, result = imports.checked(session, actor, upload.kind, sheet, said["columns"], options)
    if result.errors:
        raise RuleBroken(f"表格中有 {result.error_count} 处错误，没有导入任何一行，请返回预览逐行查看。")
    if upload.kind == "contacts":
        import_contacts.prepare(session, actor, drafts or [])
    elif upload.kind in ("leaders", "campaign-cases"):
        drafts = None  # they hold rows of this reading
    _check_stop(folder, upload)
    return Work(job_id, upload, sheet, drafts, result)


def finish(session: Session, actor: Actor, work: Work, worker: str, folder: Path, now: datetime) -> bool:
    """Write everything and end the job, in the caller's one transaction. False when the job is another's by now.

    Raises RuleBroken when it was stopped, or somebody registered the same meanwhile; the caller then rolls back.
    """
    job = job_queue.hold(session, work.job_id, worker, now)
    if job is None:
        return False
    uploads.advance(folder, work.upload, WRITING)
    result = _written(session, actor, work, job.said, _tick(folder, work.upload))
    job.said = job.said | {"report": report_of(result)}
    job.state, job.ended_at, job.worker = JobState.DONE, now, None
    session.flush()
    _check_stop(folder, work.upload)
    return True


def _written(
    session: Session, actor: Actor, work: Work, said: dict[str, Any], tick: Callable[[int], None]
) -> ImportResult:
    columns = said["columns"]
    if work.upload.kind == LISTS:
        campaign, registers = _campaign(session, actor, said), bool(said["registers"])
        return list_takeover.run(session, actor, campaign, work.sheet, columns, registers=registers, tick=tick).result
    if work.drafts is None:
        return imports.run(session, actor, work.upload.kind, work.sheet, columns, options=Options(**said["options"]))
    work.result.tick = tick
    imports.write(session, actor, work.upload.kind, work.drafts, work.result)
    return work.result


def _tick(folder: Path, upload: Upload) -> Callable[[int], None]:
    def tick(written: int) -> None:
        _check_stop(folder, upload)
        uploads.advance(folder, upload, WRITING, written)

    return tick


def _check_stop(folder: Path, upload: Upload) -> None:
    if uploads.is_stopped(folder, upload):
        raise RuleBroken(STOPPED)


def give_up(session: Session, job_id: int, why: str, now: datetime) -> None:
    """The table is not taken over; the job says why."""
    job = session.get_one(m.Job, job_id, populate_existing=True)
    if job.state not in ENDED:
        job.said = job.said | {"refused": why}
        job.state, job.ended_at, job.worker = JobState.CANCELLED, now, None
        session.flush()


def report_of(result: ImportResult) -> dict[str, Any]:
    """What the report page shows: counts, warnings, `made` [(text, petition id)]."""
    counts = {name: getattr(result, name) for name in ("rows", "created", "joined", "skipped", "warning_count")}
    return counts | {"warnings": result.warnings[:SHOWN], "made": [list(one) for one in result.made]}
