"""Large imports as long work (A4, C11): all rows or none, once, whoever stops, falls over or presses twice."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import jobs
import models as m
from rules.job_words import JobState
from rules.words import Role, RuleBroken
from services import bulk_registration, gate, import_jobs, imports, uploads
from services.import_fields import KINDS
from services.import_rows import Options
from services.uploads import Upload
from tests.fixtures.office import NOW, TODAY, Office
from tests.samples.books import book
from tests.samples.tables import number_of

ROWS = [[f"P{n}", f"赵{n}", "2026-11-20", f"第{n}户补偿面积少算，请求重新测量。"] for n in range(1, 8)]
HEADER = ["编号", "姓名", "日期", "内容"]
Sent = Callable[..., Upload]


def clock() -> Any:
    return TODAY, NOW


@pytest.fixture
def sent(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Upload rows of contacts as the clerk; three rows a chunk."""
    monkeypatch.setattr(bulk_registration, "CHUNK", 3)

    def send(rows: list[list[str]] = ROWS) -> Upload:
        path = tmp_path / "表.xlsx"
        path.write_bytes(book([HEADER, *rows]))
        with path.open("rb") as stream:
            upload = uploads.keep(tmp_path / "uploads", office.actor("clerk"), "contacts", path.name, stream)
        upload.header, upload.rows = HEADER, len(rows)
        uploads.save(tmp_path / "uploads", upload)
        return upload

    return send


def asked(office: Office, upload: Upload) -> m.Job:
    columns = imports.column_map.guess(upload.header, KINDS["contacts"].fields)
    said = {"columns": columns, "options": asdict(Options())}
    job = import_jobs.ask(office.session, office.actor("clerk"), upload, said)
    office.session.commit()
    return job


def counted(office: Office) -> tuple[int, int, int]:
    """Contacts, matters, and lines of the trail that say a table was taken over."""
    done = sa.select(sa.func.count()).select_from(m.AuditEntry).where(m.AuditEntry.action == "import")
    return number_of(office.session, m.Contact), number_of(office.session, m.Petition), office.session.scalar(done)


@pytest.mark.db
def test_the_worker_takes_a_table_over_once(office: Office, sent: Sent, tmp_path: Path) -> None:
    """Issue, item 4: asked twice it is one job; done it leaves its report, its line in the trail and no table."""
    upload = sent()
    job = asked(office, upload)
    assert asked(office, upload).id == job.id
    assert (job.state, counted(office)) == (JobState.QUEUED, (0, 0, 0))
    assert jobs.take_over(office.session, clock, tmp_path) == 1
    office.session.expire_all()
    assert (job.state, job.worker, counted(office)) == (JobState.DONE, None, (7, 7, 1))
    report = job.said["report"]
    assert (report["rows"], report["created"], report["skipped"], len(report["made"])) == (7, 7, 0, 7)
    assert not uploads.file_of(tmp_path / "uploads", upload).exists()
    assert jobs.take_over(office.session, clock, tmp_path) == 0
    assert counted(office) == (7, 7, 1)


@pytest.mark.parametrize("after", [3, 6, 7])
def test_a_worker_killed_while_writing_leaves_nothing_and_the_next_does_it_all(
    office: Office, sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """C11: all or nothing; the lease of a dead worker is free at once, and what he wrote was never committed."""
    job, advance = asked(office, sent()), uploads.advance

    def dies(folder: Path, upload: Upload, phase: str, done: int = 0) -> None:
        if done == after:
            raise SystemExit
        advance(folder, upload, phase, done)

    monkeypatch.setattr(uploads, "advance", dies)
    with pytest.raises(SystemExit):
        jobs.take_over(office.session, clock, tmp_path)
    office.session.expire_all()
    assert (job.state, counted(office)) == (JobState.RUNNING, (0, 0, 0))
    monkeypatch.setattr(uploads, "advance", advance)
    monkeypatch.setattr(import_jobs.job_queue, "is_dead", lambda _worker: True)
    assert jobs.take_over(office.session, clock, tmp_path) == 1
    assert counted(office) == (7, 7, 1)


@pytest.mark.parametrize("after", [0, 3, 7])
def test_cancelled_up_to_the_commit_no_row_stays(
    office: Office, sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The page's button is a file beside the table: it gets through while the database is being written."""
    upload, advance = sent(), uploads.advance
    job = asked(office, upload)

    def stops(folder: Path, upload: Upload, phase: str, done: int = 0) -> None:
        advance(folder, upload, phase, done)
        if (phase, done) == (import_jobs.WRITING, after):
            uploads.ask_stop(folder, upload)

    monkeypatch.setattr(uploads, "advance", stops)
    assert jobs.take_over(office.session, clock, tmp_path) == 0
    office.session.expire_all()
    assert (job.state, job.said["refused"], counted(office)) == (JobState.CANCELLED, import_jobs.STOPPED, (0, 0, 0))
    uploads.go_on(tmp_path / "uploads", upload)
    monkeypatch.setattr(uploads, "advance", advance)
    assert asked(office, upload).id != job.id
    assert jobs.take_over(office.session, clock, tmp_path) == 1
    assert counted(office) == (7, 7, 1)


def test_one_wrong_row_keeps_all_out(office: Office, sent: Sent, tmp_path: Path) -> None:
    """C11: the job says so and leads back to the preview, which lists every row."""
    job = asked(office, sent([*ROWS, ["P8", "钱八", "昨天", "路灯坏了。"]]))
    assert jobs.take_over(office.session, clock, tmp_path) == 0
    office.session.expire_all()
    assert job.said["refused"] == "表格中有 1 处错误，没有导入任何一行，请返回预览逐行查看。"
    assert (job.state, counted(office)) == (JobState.CANCELLED, (0, 0, 0))


def test_what_was_registered_between_checking_and_writing_is_never_doubled(
    office: Office, sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tables with the same numbers: the one that writes first has them, the other is refused whole."""
    first, second, finish = asked(office, sent(ROWS[:2])), asked(office, sent(ROWS)), import_jobs.finish

    def late(session: Any, actor: Any, work: import_jobs.Work, *rest: Any) -> bool:
        if work.job_id == first.id:
            columns = imports.column_map.guess(HEADER, KINDS["contacts"].fields)
            imports.run(session, actor, "contacts", work.sheet, columns)
        return finish(session, actor, work, *rest)

    monkeypatch.setattr(import_jobs, "finish", late)
    assert jobs.take_over(office.session, clock, tmp_path) == 1
    office.session.expire_all()
    assert "有人登记了相同的内容" in first.said["refused"]
    assert (second.state, counted(office)) == (JobState.DONE, (7, 7, 1))


def test_who_may_no_longer_import_imports_nothing(office: Office, sent: Sent, tmp_path: Path) -> None:
    """C1: the worker asks as the sender is now."""
    job = asked(office, sent())
    office.user("clerk").role = Role.STATISTICIAN
    office.session.commit()
    assert jobs.take_over(office.session, clock, tmp_path) == 0
    office.session.expire_all()
    assert (job.state, counted(office)) == (JobState.CANCELLED, (0, 0, 0))


def test_columns_that_cannot_be_used_are_refused_at_once(office: Office, sent: Sent) -> None:
    said = {"columns": {"日期": "received_on"}, "options": asdict(Options())}
    with pytest.raises(RuleBroken, match="必填字段“诉求”"):
        import_jobs.ask(office.session, office.actor("clerk"), sent(), said)


def test_another_person_does_not_see_the_job(office: Office, sent: Sent) -> None:
    job = asked(office, sent())
    with pytest.raises(gate.NotHere):
        gate.find(office.session, office.actor("clerk2"), m.Job, job.id)
