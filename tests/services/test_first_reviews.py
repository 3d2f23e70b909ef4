"""The office's first review (初审) of a closing file: passed, passed over faults with a reason, or returned (H5)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import models as m
from rules.inspection_words import FirstResult
from rules.owed import KINDS
from rules.words import RuleBroken
from services import closing, closing_content, gate, inspection_reviews, settings
from services.due_sources import items as due_items
from tests.fixtures import casework as made
from tests.fixtures.office import TODAY, Office
from tests.services.test_inspection import REPORT


@pytest.fixture
def file(office: Office, tmp_path: Path) -> m.ClosingFile:
    """A closing file that may be signed, its report in free words."""
    return made.fill(office, made.closing_file(office), tmp_path)


WHY = "报告内容齐全，按会议意见通过。"


def passed(office: Office, file: m.ClosingFile, by: str = "clerk", note: str = WHY) -> m.FirstReview:
    return inspection_reviews.passes(office.session, office.actor(by), file, note)


def returned(office: Office, file: m.ClosingFile, by: str = "clerk", days: int = 7) -> m.FirstReview:
    return inspection_reviews.returns(
        office.session, office.actor(by), file, "报告缺处理意见落实情况。", TODAY + timedelta(days)
    )


def test_a_returned_file_is_the_units_task_until_mended_h5(office: Office, file: m.ClosingFile) -> None:
    row = returned(office, file)
    assert (row.result, row.by, row.reviewed_on, row.reason) == (
        FirstResult.RETURNED, office.user("clerk"), TODAY, "报告缺处理意见落实情况。",
    )  # fmt: skip
    handler = office.actor("handler_a")
    owed = [one for one in due_items(office.session, handler, TODAY + timedelta(7)) if one.kind is KINDS["file_mend"]]
    assert [(one.about, one.due, one.unit) for one in owed] == [(row, TODAY + timedelta(7), office.unit("a"))]
    assert inspection_reviews.counts(office.session, handler) == {"mend": 1}
    with pytest.raises(RuleBroken, match="不用再退"):
        returned(office, file)
    with pytest.raises(gate.Forbidden):
        inspection_reviews.mend(office.session, office.actor("handler_b"), row, "已补。")
    with pytest.raises(RuleBroken, match="补正情况：请"):
        inspection_reviews.mend(office.session, handler, row, " ")
    inspection_reviews.mend(office.session, handler, row, "已补写落实情况。")
    assert inspection_reviews.counts(office.session, handler) == {"mend": 0}
    assert inspection_reviews.counts(office.session, office.actor("clerk")) == {"again": 1}
    passed(office, file)
    assert inspection_reviews.counts(office.session, office.actor("clerk")) == {"again": 0}


def test_a_returned_file_is_not_closed_before_it_is_passed_h5(office: Office, file: m.ClosingFile) -> None:
    row = returned(office, file)
    made.sign(office, file)
    with pytest.raises(RuleBroken, match="初审被退回"):
        closing.close(office.session, office.actor("clerk"), file)
    inspection_reviews.mend(office.session, office.actor("handler_a"), row, "已补写。")
    with pytest.raises(RuleBroken, match="初审被退回"):
        closing.close(office.session, office.actor("clerk"), file)
    passed(office, file)
    closing.close(office.session, office.actor("clerk"), file)


def test_an_office_may_ask_for_the_first_review_of_every_file_h5(office: Office, file: m.ClosingFile) -> None:
    settings.put(office.session, office.actor("office_head"), "first_review", inspection_reviews.STRICT)
    made.sign(office, file)
    with pytest.raises(RuleBroken, match="须先由信访办初审通过"):
        closing.close(office.session, office.actor("clerk"), file)
    row = passed(office, file)
    assert inspection_reviews.stands(row, closing_content.read(office.session, file))
    closing.close(office.session, office.actor("clerk"), file)


def test_what_was_passed_no_longer_stands_when_the_file_changed(office: Office, file: m.ClosingFile) -> None:
    row = passed(office, file)
    closing.write_report(office.session, office.actor("handler_a"), file, REPORT)
    assert not inspection_reviews.stands(row, closing_content.read(office.session, file))


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("basic", "基本案情材料：还缺材料或说明"), ("leader_report", "还缺查办报告"), ("visit", "还缺回访记录"),
        ("paper", "没有签订的，请写明原因"),
    ],
)  # fmt: skip
def test_a_file_whose_checklist_lacks_something_is_not_passed_h1_h5(
    office: Office, tmp_path: Path, lacking: str, words: str
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path, but=lacking)
    with pytest.raises(RuleBroken, match="结案清单还没有齐全，不能通过") as no:
        passed(office, file)
    assert words in no.value.message
    assert inspection_reviews.of(office.session, file) == []
    returned(office, file)


def test_faults_to_mend_are_passed_over_with_a_reason_only_and_kept_in_words_h5(
    office: Office, file: m.ClosingFile
) -> None:
    with pytest.raises(RuleBroken, match="通过的请写明理由：查办报告缺少部分：") as no:
        passed(office, file, note=" ")
    assert no.value.field == "note"
    row = passed(office, file)
    over = (row.passed_over or "").splitlines()
    assert (row.reason, {line.partition("：")[0] for line in over}) == (
        WHY, {"查办报告缺少部分", "处理意见没有落实", "包案领导责任没有记录"},
    )  # fmt: skip


def test_a_file_without_faults_needs_no_reason_to_pass_h5(office: Office, file: m.ClosingFile) -> None:
    closing.write_report(office.session, office.actor("clerk"), file, REPORT)
    for duty in file.case.duties:
        duty.done = "见面、协调。"
    said = {"text": "补发", "responsible": "郑伟", "due_on": TODAY, "done_on": TODAY, "note": "已补发"}
    office.session.add(m.Rectification(petition_id=file.petition_id, **said))
    office.session.flush()
    row = passed(office, file, note="")
    assert (row.reason, row.passed_over) == (None, None)


@pytest.mark.parametrize(
    ("reason", "days", "field"), [(" ", 7, "reason"), ("缺报告", -1, "mend_by")]
)  # fmt: skip
def test_a_return_says_what_and_until_when(
    office: Office, file: m.ClosingFile, reason: str, days: int, field: str
) -> None:
    with pytest.raises(RuleBroken) as no:
        inspection_reviews.returns(office.session, office.actor("clerk"), file, reason, TODAY + timedelta(days))
    assert no.value.field == field


def test_nobody_reviews_what_he_handled_nor_a_hard_fault_away(office: Office, file: m.ClosingFile) -> None:
    file.petition.accepted_on = date(2027, 1, 1)
    with pytest.raises(RuleBroken, match="不得签字"):
        passed(office, file)
    handler = replace(office.actor("clerk"), user_id=office.user("handler_a").id)
    with pytest.raises(gate.Forbidden, match="自己办的"):
        inspection_reviews.returns(office.session, handler, file, "缺", TODAY)
    with pytest.raises(gate.Forbidden):
        passed(office, file, "handler_a")
