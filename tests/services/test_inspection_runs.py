"""A check of all files as a job: asked for, by night, cancelled half way, gone on with after a death, one at a time (H5)."""

from datetime import timedelta
from typing import Any

import pytest

import jobs
import models as m
from models.base import utcnow
from rules.job_words import JobState
from rules.words import RuleBroken, Status
from services import gate, inspection, inspection_runs, job_queue
from tests.fixtures import casework as made
from tests.fixtures.office import NOW, TODAY, Office


@pytest.fixture
def five(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[m.Petition]:
    """Five files served without a proof of service, checked two at a time."""
    monkeypatch.setattr(inspection, "BATCH", 2)
    found = [made.matter(office) for _ in range(5)]
    for petition in found:
        petition.accepted_on = TODAY + timedelta(30)
    office.session.commit()
    return found


def clock() -> Any:
    return TODAY, NOW


def asked(office: Office, username: str = "inspector") -> m.InspectionRun:
    run = inspection_runs.ask(office.session, office.actor(username))
    office.session.commit()
    return run


def found_in(office: Office) -> set[int]:
    return set(
        office.session.scalars(
            gate.rows(office.actor("inspector"), m.FileFault).with_only_columns(m.FileFault.petition_id)
        )
    )


@pytest.mark.db
def test_a_check_is_queued_and_done_by_the_worker_once(office: Office, five: list[m.Petition]) -> None:
    run = asked(office)
    assert (run.total, run.done, run.state, found_in(office)) == (5, 0, JobState.QUEUED, set())
    with pytest.raises(RuleBroken, match="正在进行"):
        asked(office)
    assert jobs.inspect(office.session, clock) == {"runs": 1, "files": 5}
    assert (run.state, run.done, run.worker, found_in(office)) == (JobState.DONE, 5, None, {one.id for one in five})
    assert run.faults == len(list(office.session.scalars(gate.rows(office.actor("inspector"), m.FileFault))))
    assert jobs.inspect(office.session, clock) == {"runs": 0, "files": 0}


def test_a_cancelled_check_keeps_what_it_found_and_leaves_the_rest(
    office: Office, five: list[m.Petition], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while the first batch is in hand; the faults of the last file stay as the check before left them."""
    asked(office)
    jobs.inspect(office.session, clock)
    before = office.session.query(m.FileFault.id).filter_by(petition_id=five[4].id).all()
    run, put = asked(office), inspection_runs.put

    def put_then_cancel(*said: Any) -> bool:
        kept = put(*said)
        inspection_runs.cancel(office.session, office.actor("inspector"), utcnow())
        return kept

    monkeypatch.setattr(inspection_runs, "put", put_then_cancel)
    assert jobs.inspect(office.session, clock)["files"] == 2
    assert (run.state, run.done, run.total) == (JobState.CANCELLED, 2, 5)
    assert office.session.query(m.FileFault.id).filter_by(petition_id=five[4].id).all() == before
    assert inspection_runs.last(office.session, office.actor("inspector")) is run
    with pytest.raises(RuleBroken, match="已经结束"):
        inspection_runs.cancel(office.session, office.actor("inspector"), utcnow())


@pytest.mark.db
def test_another_worker_goes_on_where_a_dead_one_stopped_and_never_beside_a_living(
    office: Office, five: list[m.Petition]
) -> None:
    run, session, now = asked(office), office.session, utcnow()
    actor = office.actor("inspector")
    assert inspection_runs.claim(session, "elsewhere:1", now) is run
    batch = inspection_runs.look(session, actor, run)
    assert batch is not None
    assert inspection_runs.put(session, run.id, "elsewhere:1", batch, now)
    asked(office, "clerk")
    assert inspection_runs.claim(session, "other:2", now + timedelta(seconds=59)) is None
    assert inspection_runs.claim(session, "other:2", now + job_queue.LEASE + timedelta(seconds=1)) is run
    assert not inspection_runs.put(session, run.id, "elsewhere:1", batch, now), "the first one has lost it"
    run.heartbeat_at = now - timedelta(hours=1)
    session.commit()
    assert jobs.inspect(session, clock) == {"runs": 2, "files": 3 + 5}
    assert (run.done, run.state) == (5, JobState.DONE)


def test_the_night_checks_every_file_once(office: Office, five: list[m.Petition]) -> None:
    """H5: by whichever pass comes first; the inspector's list has its day; nobody else's check is shown to him."""
    assert jobs.inspect_at_night(office.session, TODAY, NOW)
    assert not jobs.inspect_at_night(office.session, TODAY, NOW)
    asked(office, "clerk")
    jobs.inspect(office.session, clock)
    assert found_in(office) == {one.id for one in five}
    shown = inspection_runs.last(office.session, office.actor("inspector"))
    assert shown is not None
    assert (shown.key, shown.by_id, shown.asked_on) == (f"night {TODAY}", None, TODAY)
    assert jobs.inspect_at_night(office.session, TODAY + timedelta(1), NOW)


def test_what_is_no_longer_checked_leaves_the_list(office: Office, five: list[m.Petition]) -> None:
    asked(office)
    jobs.inspect(office.session, clock)
    five[0].status, five[0].closed_on, five[0].archived_on = Status.ARCHIVED, TODAY, TODAY
    asked(office)
    jobs.inspect(office.session, clock)
    assert found_in(office) == {one.id for one in five[1:]}


def test_an_account_disabled_meanwhile_checks_nothing(office: Office, five: list[m.Petition]) -> None:
    run = asked(office, "clerk")
    office.user("clerk").is_active = False
    office.session.commit()
    assert jobs.inspect(office.session, clock) == {"runs": 1, "files": 0}
    assert (run.state, run.done, found_in(office)) == (JobState.CANCELLED, 0, set())
