"""Mail merge as a job (issue 4 point 6 and Must-show): one letter a matter, progress, cancel, restart, no number twice."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import docx
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import jobs
import models as m
from models.base import utcnow
from rules.access import Actor
from rules.handling_words import Procedure
from rules.job_words import JobState, LineState
from rules.move_row import Need
from rules.words import Purpose, RespondentKind, RuleBroken, Status
from services import audit, gate, job_queue, letter_bundle, mail_merge, paper_templates
from services.registration import Accused
from tests.fixtures.databases import fresh_sqlite, session_on, shared, sqlite_rows
from tests.fixtures.handled import move, registered
from tests.fixtures.office import NOW, TODAY, Office
from tests.services.paper_files import packed, words_of

ROOT = Path(__file__).parents[2]


def clock() -> tuple[date, datetime]:
    return TODAY, NOW


def made(office: Office, count: int, letter: str = "forward", by: str = "clerk", **said: object) -> m.Job:
    """A committed job over so many new matters."""
    ids = [registered(office, TODAY).id for _ in range(count)]
    return job_of(office, ids, letter, by, **said)


def job_of(office: Office, ids: list[int], letter: str = "forward", by: str = "clerk", **said: object) -> m.Job:
    told = {"unit_id": office.unit("a").id} if letter in ("forward", "assign") else {}
    job = mail_merge.make(office.session, office.actor(by), mail_merge.letter_of(letter), told | said, ids)
    office.session.commit()
    return job


def counted(office: Office, job: m.Job) -> dict[str, int]:
    return {state.value: n for state, n in job_queue.counts(office.session, [job.id]).get(job.id, {}).items()}


def papers(office: Office, job: m.Job) -> list[m.Document]:
    return mail_merge.issued(office.session, office.actor("clerk"), job)


@pytest.mark.db
def test_each_matter_gets_its_letter_and_the_rest_says_why(office: Office) -> None:
    """A refused one takes no number: those issued follow each other without a gap."""
    ids = [registered(office, TODAY).id for _ in range(12)]
    move(office, office.session.get_one(m.Petition, ids[4]), "assign", TODAY)
    job = job_of(office, ids, measures="请及时受理。")
    assert jobs.merge(office.session, clock) == {"jobs": 1, "letters": 12}
    office.session.expire_all()
    assert (job.state, counted(office, job)) == (JobState.DONE, {"done": 11, "failed": 1})
    failed = next(line for line in job.lines if line.state is LineState.FAILED)
    assert (failed.petition_id, failed.message) == (ids[4], "“待受理”的事项不能转送，请刷新后看现在可以做什么。")
    issued = papers(office, job)
    assert [paper.number for paper in issued] == [f"信转〔2026〕{n}号" for n in range(1, 12)]
    assert [paper.petition_id for paper in issued] == ids[:4] + ids[5:]
    assert all(paper.petition.status is Status.ROUTED for paper in issued)
    assert "请及时受理。" in words_of(issued[0].docx or b"")
    moved = office.session.scalars(sa.select(m.Move).where(m.Move.verb == "forward")).all()
    assert {one.by_name for one in moved} == {"王敏"}, "it is the clerk's own move"
    assert jobs.merge(office.session, clock) == {"jobs": 0, "letters": 0}, "a second pass does nothing again"


def test_the_registration_forms_of_many(office: Office) -> None:
    job = made(office, 3, mail_merge.FORM)
    jobs.merge(office.session, clock)
    first = papers(office, job)[0]
    assert (first.title, first.number) == ("来访登记表", "信访登〔2026〕1号")
    assert counted(office, job_of(office, [line.petition_id for line in job.lines], mail_merge.FORM)) == {"waiting": 3}
    jobs.merge(office.session, clock)
    assert len(papers(office, job)) == 3


def test_a_queued_job_is_cancelled_at_once_and_tried_again(office: Office) -> None:
    job = made(office, 3)
    job_queue.cancel(office.session, office.actor("clerk"), job, utcnow())
    office.session.commit()
    assert (job.state, counted(office, job)) == (JobState.CANCELLED, {"cancelled": 3})
    assert jobs.merge(office.session, clock)["letters"] == 0
    with pytest.raises(RuleBroken, match="已经结束"):
        job_queue.cancel(office.session, office.actor("clerk"), job, utcnow())
    assert job_queue.again(office.session, office.actor("clerk"), job) == 3
    with pytest.raises(RuleBroken, match="还在进行"):
        job_queue.again(office.session, office.actor("clerk"), job)
    office.session.commit()
    jobs.merge(office.session, clock)
    office.session.expire_all()
    assert (job.state, counted(office, job)) == (JobState.DONE, {"done": 3})
    with pytest.raises(RuleBroken, match="没有需要再试的"):
        job_queue.again(office.session, office.actor("clerk"), job)


def test_a_running_job_stops_after_the_lines_in_hand(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was issued stays issued; the rest takes no number."""
    job = made(office, 25)
    done = mail_merge.do_line

    def line_then_cancel(session: Session, actor: Actor, line: m.JobLine, *rest: object) -> None:
        done(session, actor, line, *rest)  # type: ignore[arg-type]
        if line.position == 3:
            line.job.is_cancel_asked = True

    monkeypatch.setattr(mail_merge, "do_line", line_then_cancel)
    jobs.merge(office.session, clock)
    office.session.expire_all()
    assert (job.state, counted(office, job)) == (JobState.CANCELLED, {"done": 10, "cancelled": 15})
    assert [paper.number for paper in papers(office, job)] == [f"信转〔2026〕{n}号" for n in range(1, 11)]


def test_one_worker_at_a_time_and_the_next_when_it_is_gone(office: Office) -> None:
    job, now = made(office, 3), utcnow()
    assert job_queue.claim(office.session, "elsewhere:1", now) is job
    assert job_queue.claim(office.session, "other:2", now + timedelta(seconds=59)) is None
    assert job_queue.claim(office.session, "other:2", now + timedelta(seconds=61)) is job
    assert job_queue.hold(office.session, job.id, "elsewhere:1", now) is None, "the first one has lost it"
    assert job_queue.hold(office.session, job.id, "other:2", now) is job
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    job.worker = job_queue.worker_name().replace(str(os.getpid()), str(gone.pid))
    assert job_queue.claim(office.session, "other:2", utcnow()) is job, (
        "a dead process of this machine needs no waiting"
    )
    assert job.attempts == 3


def test_a_fault_of_ours_stops_one_letter_not_the_job(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    job = made(office, 3)
    issue = mail_merge._issue
    bad = job.lines[1].petition_id

    def broken(session: Session, actor: Actor, petition_id: int, *rest: object) -> m.Document:
        found = issue(session, actor, petition_id, *rest)  # type: ignore[arg-type]
        if petition_id == bad:
            raise ZeroDivisionError
        return found

    monkeypatch.setattr(mail_merge, "_issue", broken)
    jobs.merge(office.session, clock)
    office.session.expire_all()
    assert [line.state.value for line in job.lines] == ["done", "failed", "done"]
    assert job.lines[1].message == "出现意外错误，请联系系统管理员查看日志。"
    assert [paper.number for paper in papers(office, job)] == ["信转〔2026〕1号", "信转〔2026〕2号"], "no gap"
    assert office.session.get_one(m.Petition, bad).status is Status.REGISTERED, "nothing of it is left"


def test_an_account_disabled_meanwhile_issues_nothing_more(office: Office) -> None:
    job = made(office, 2)
    office.user("clerk").is_active = False
    office.session.commit()
    jobs.merge(office.session, clock)
    office.session.expire_all()
    assert (job.state, counted(office, job)) == (JobState.CANCELLED, {"cancelled": 2})


def test_a_job_is_its_makers_alone_and_holds_what_he_may_see(office: Office) -> None:
    """rules-of-the-office §3: a clerk complained of gets no letter of that matter, and nobody else's job shows it."""
    office.session.flush()
    accused = Accused(RespondentKind.USER, office.user("clerk2").id, "李娜")
    secret = registered(office, TODAY, purpose=Purpose.REPORT, respondents=[accused])
    plain = registered(office, TODAY)
    job = job_of(office, [secret.id, plain.id], by="clerk2")
    assert [line.petition_id for line in job.lines] == [plain.id]
    with pytest.raises(gate.NotHere):
        gate.find(office.session, office.actor("clerk"), m.Job, job.id)
    with pytest.raises(RuleBroken, match="至少选一件"):
        mail_merge.make(office.session, office.actor("clerk2"), mail_merge.letter_of("forward"), {}, [secret.id])


@pytest.mark.parametrize("username", ["handler_a", "leader_a", "inspector", "sysadmin", "statistician"])
def test_only_the_office_merges(office: Office, username: str) -> None:
    with pytest.raises(gate.Forbidden):
        mail_merge.make(office.session, office.actor(username), mail_merge.letter_of("forward"), {}, [1])


def test_at_most_two_thousand(office: Office) -> None:
    with pytest.raises(RuleBroken, match="一次最多 2000 件，现在选了 2001 件") as no:
        mail_merge.make(office.session, office.actor("clerk"), mail_merge.letter_of("forward"), {}, range(1, 2002))
    assert no.value.field == "ids"


def test_what_a_letter_is_told_survives_the_queue() -> None:
    needs = (
        Need("on", "日", "date"),
        Need("at", "时", "datetime"),
        Need("how", "程序", "choice", choices=Procedure),
        Need("n", "数", "int"),
    )
    letter = mail_merge.Letter("x", "x", "x", needs, None)
    said = {"on": TODAY, "at": NOW, "how": Procedure.LITIGATION, "n": 3}
    kept = mail_merge.packed(letter, said | {"none": None})
    assert mail_merge.unpacked(letter, kept) == said


def test_the_letters_come_as_one_docx_and_as_a_zip_in_the_order_of_numbers(office: Office) -> None:
    job = made(office, 4)
    jobs.merge(office.session, clock)
    issued = papers(office, job)
    with zipfile.ZipFile(io.BytesIO(letter_bundle.as_zip(issued))) as file:
        names = file.namelist()
        assert [file.read(name) for name in names] == [paper.docx for paper in issued]
    assert names == [f"000{n} 信转〔2026〕{n}号 转送函.docx" for n in range(1, 5)]
    joined = letter_bundle.as_docx(issued)
    document = docx.Document(io.BytesIO(joined))
    text = words_of(joined)
    places = [text.index(f"信转〔2026〕{n}号") for n in range(1, 5)]
    assert places == sorted(places)
    assert len(document.sections) == 4, "each on pages of its own"
    assert {section.page_width.mm.__round__() for section in document.sections if section.page_width} == {210}
    assert joined.count(b"PK\x01\x02") == len(zipfile.ZipFile(io.BytesIO(issued[0].docx or b"")).namelist())


def test_letters_of_two_templates_are_not_joined(office: Office) -> None:
    first = made(office, 1)
    jobs.merge(office.session, clock)
    parts = {"word/styles.xml": b'<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'}
    data = packed(mail_merge.LETTERS["forward"].row.paper, body="{{信访人}}", more=parts)  # type: ignore[union-attr,arg-type]
    paper_templates.upload(
        office.session, office.actor("office_head"), papers(office, first)[0].kind, "x.docx", data, TODAY
    )
    second = made(office, 1)
    jobs.merge(office.session, clock)
    with pytest.raises(RuleBroken, match="不能合成一个文件"):
        letter_bundle.as_docx(papers(office, first) + papers(office, second))


@pytest.fixture
def apart(tmp_path: Path) -> Callable[[], "subprocess.Popen[bytes]"]:
    """`flask jobs run` in a process of its own on a database of its own in `tmp_path`."""
    fresh_sqlite("office", tmp_path / "desk.db")
    env = os.environ | {
        "DESK_DATA": str(tmp_path), "DESK_KEY_FILE": str(shared() / "keys.json"), "DESK_TODAY": TODAY.isoformat(),
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run"]

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    return start


def test_a_worker_killed_in_the_middle_loses_nothing(
    tmp_path: Path, apart: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    """kill -9 in the middle, then to the end: every letter once, numbers 1 to 60 in the order chosen, no gap, the trail whole."""
    file = tmp_path / "desk.db"
    with session_on(f"sqlite:///{file}") as session:
        job_id = made(Office(session), 60).id
        session.commit()
    child = apart()
    while child.poll() is None and not done_in(file):
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert 0 < done_in(file) < 60
    last = apart()
    _out, err = last.communicate(timeout=120)
    assert last.returncode == 0, err.decode()
    with session_on(f"sqlite:///{file}") as session:
        office = Office(session)
        job = session.get_one(m.Job, job_id)
        assert (job.state, counted(office, job)) == (JobState.DONE, {"done": 60})
        issued = papers(office, job)
        assert [paper.number for paper in issued] == [f"信转〔2026〕{n}号" for n in range(1, 61)]
        assert [paper.petition_id for paper in issued] == [line.petition_id for line in job.lines]
        assert session.scalars(sa.select(m.Counter.value).where(m.Counter.series == "doc-转")).one() == 60
        assert session.scalar(sa.select(sa.func.count()).select_from(m.Move).where(m.Move.verb == "forward")) == 60
        assert audit.verify(session)["ok"]


def done_in(file: Path) -> int:
    """Letters issued so far, as committed."""
    return int(sqlite_rows(file, "select count(*) from job_line where state = 'done'")[0][0])
