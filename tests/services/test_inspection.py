"""The inspector's check over one file and all (H5), before signing, and the office's first review (初审)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import jobs
import models as m
from rules.inspection_words import Fault, Weight
from rules.job_words import JobState
from rules.words import Purpose, RespondentKind, RuleBroken, Status
from services import closing, gate, inspection, inspection_runs
from tests.fixtures import casework as made
from tests.fixtures.office import TODAY, Office

REPORT = "一、基本情况\n补偿款少付。\n二、调查核实情况\n查账属实。\n三、处理意见落实情况\n已补发。\n四、包案领导责任落实情况\n见面两次。"


def checked(office: Office, username: str = "inspector") -> m.InspectionRun:
    """A check of all files, asked for and done by the worker."""
    run = inspection_runs.ask(office.session, office.actor(username))
    office.session.commit()
    jobs.inspect(office.session, lambda: (TODAY, office.now))
    return run


def faults(office: Office, petition: m.Petition) -> set[Fault]:
    return {one.fault for one in inspection.check_one(office.session, office.actor("inspector"), petition)}


def kept(office: Office, username: str = "inspector") -> list[m.FileFault]:
    return list(office.session.scalars(gate.rows(office.actor(username), m.FileFault).order_by(m.FileFault.id)))


@pytest.fixture
def file(office: Office, tmp_path: Path) -> m.ClosingFile:
    """A closing file that may be signed, its report in free words."""
    return made.fill(office, made.closing_file(office), tmp_path)


def test_a_filled_file_has_the_faults_inspectors_name_h5(office: Office, file: m.ClosingFile) -> None:
    """Report without its parts, the opinion not carried out, nothing under the leader's duties."""
    assert faults(office, file.petition) == {Fault.REPORT_PART, Fault.NOT_EXECUTED, Fault.LEADER_PART}
    closing.write_report(office.session, office.actor("clerk"), file, REPORT)
    for duty in file.case.duties:
        duty.done = "见面、协调。"
    office.session.add(
        m.Rectification(
            petition_id=file.petition_id, text="补发", responsible="郑伟", due_on=TODAY, done_on=TODAY, note="已补发"
        )
    )
    office.session.flush()
    assert faults(office, file.petition) == set()


@pytest.mark.db
def test_all_files_are_checked_in_batches_and_kept_once_h5(
    office: Office, file: m.ClosingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "BATCH", 2)
    others = [made.matter(office) for _ in range(4)]
    made.matter(office, steps="")
    done = [(run.done, run.total, run.faults, run.state) for run in (checked(office) for _ in range(2))]
    assert done == [(5, 5, len(kept(office)), JobState.DONE)] * 2
    mine = [row for row in kept(office) if row.petition_id == file.petition_id]
    assert {(row.case_id, row.closing_file_id, row.unit_id) for row in mine} == {
        (file.case_id, file.id, office.unit("a").id)
    }
    assert {row.code for row in kept(office) if row.petition_id == others[0].id} == set()


def test_a_mended_fault_leaves_the_list(office: Office, file: m.ClosingFile) -> None:
    checked(office)
    closing.write_report(office.session, office.actor("clerk"), file, REPORT)
    checked(office)
    assert Fault.REPORT_PART not in {row.code for row in kept(office)}
    file.petition.status, file.petition.closed_on, file.petition.archived_on = Status.ARCHIVED, TODAY, TODAY
    office.session.flush()
    checked(office)
    assert kept(office) == [], "what was put away is not checked"


def test_reading_many_files_costs_a_fixed_number_of_queries(office: Office) -> None:
    for _ in range(2):
        made.matter(office)
    counted: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    def cost() -> int:
        office.session.expire_all()
        counted.clear()
        checked(office)
        return len(counted)

    bind = office.session.get_bind()
    sa.event.listen(bind, "before_cursor_execute", count)
    try:
        few = cost()
        for _ in range(6):
            made.matter(office)
        assert cost() <= few + 2
    finally:
        sa.event.remove(bind, "before_cursor_execute", count)


@pytest.mark.parametrize(
    ("username", "may"), [("inspector", True), ("clerk", True), ("handler_a", False), ("leader_a", False)]
)
def test_who_checks_all(office: Office, username: str, may: bool) -> None:
    if may:
        assert checked(office, username).state is JobState.DONE
        return
    with pytest.raises(gate.Forbidden):
        inspection_runs.ask(office.session, office.actor(username))


def test_units_see_the_faults_of_their_own_files_only(office: Office, file: m.ClosingFile) -> None:
    checked(office)
    assert kept(office, "handler_a") == kept(office)
    assert kept(office, "handler_b") == []


def test_the_accused_handling_a_guarded_matter_stops_the_signing_art_30(office: Office, file: m.ClosingFile) -> None:
    """Found, hard, and unknown to the accused himself."""
    petition, leader = file.petition, office.leader("a")
    petition.purpose = Purpose.REPORT
    office.session.add(
        m.Respondent(petition=petition, kind=RespondentKind.LEADER, leader_id=leader.id, name=leader.name)
    )
    office.session.flush()
    with pytest.raises(RuleBroken, match="不得签字的问题"):
        inspection.check_before_signing(office.session, office.actor("system"), file)
    checked(office)
    assert Fault.ACCUSED in {row.code for row in kept(office)}
    assert kept(office, "leader_a") == []


def test_a_demand_on_the_unit_itself_is_only_a_hint_s3(office: Office, file: m.ClosingFile) -> None:
    unit = office.unit("a")
    office.session.add(m.Respondent(petition=file.petition, kind=RespondentKind.UNIT, unit_id=unit.id, name=unit.name))
    office.session.flush()
    found = inspection.check_one(office.session, office.actor("inspector"), file.petition)
    assert [(one.weight, one.text) for one in found if one.fault is Fault.RESPONDENT] == [(Weight.HINT, unit.name)]
    inspection.check_before_signing(office.session, office.actor("handler_a"), file)


@pytest.mark.parametrize(
    ("broken", "fault", "words"),
    [
        ({"served_at": None}, Fault.SERVICE_DATE, "送达没有日期"),
        ({"accepted_on": TODAY + timedelta(3)}, Fault.DATES, "日期先后不合理"),
        ({"served_at": datetime(2026, 11, 2, tzinfo=UTC)}, Fault.DATES, "送达（2026-11-02）早于"),
    ],
)  # fmt: skip
def test_a_hard_fault_stops_the_signature_h5(
    office: Office, file: m.ClosingFile, broken: dict[str, object], fault: Fault, words: str
) -> None:
    for name, value in broken.items():
        setattr(file.petition, name, value)
    office.session.flush()
    office.session.connection().exec_driver_sql("delete from service_of_process")
    assert fault in faults(office, file.petition)
    with pytest.raises(RuleBroken, match=words):
        inspection.check_before_signing(office.session, office.actor("handler_a"), file)
    with pytest.raises(RuleBroken, match=r"送达|不得签字"):
        made.sign(office, file)
    assert file.signatures == []
