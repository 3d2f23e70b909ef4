"""Promises of an agreement: owed by a unit, due, kept with evidence, broken, reopened with one click; disputes still open (H3, H4)."""

from io import BytesIO
from pathlib import Path

import pytest

import models as m
from rules.access import Actor
from rules.proceedings import MediationLevel, ProceedingKind, ProceedingState
from rules.words import ClosingStatus, PaperKind, Purpose, RuleBroken, Satisfaction, Status, VisitMethod
from services import closing, closing_content, closing_papers, gate, other_dues, promises, reopening, return_visits
from tests.fixtures import casework as made
from tests.fixtures.handled import actor
from tests.fixtures.office import Office


def agreed(office: Office, folder: Path, unit: str | None = None) -> m.Promise:
    """A closed file with an agreement and one promise, due in thirty days."""
    file, clerk = made.fill(office, made.closing_file(office), folder), office.actor("clerk")
    closing_papers.record_paper(office.session, clerk, file, PaperKind.AGREEMENT, "")
    unit_id = office.unit(unit).id if unit else None
    promise = promises.add(office.session, clerk, file, "补偿款 86,400 元", made.day(office, 30), unit_id)
    made.sign(office, file)
    closing.close(office.session, clerk, file)
    return promise


def later(office: Office, days: int, username: str = "clerk") -> Actor:
    return actor(office, username, made.day(office, days))


def owed(office: Office) -> list[tuple[object, ...]]:
    """Promises that fall due within two months, as the list of what falls due gets them."""
    rows = other_dues.rows(office.session, office.actor("clerk"), made.day(office, 60))
    return [(about, day, unit, more["title"]) for kind, about, day, unit, more in rows if kind == "promise"]


def test_a_promise_is_due_to_its_unit_until_it_is_kept_h3(office: Office, tmp_path: Path) -> None:
    promise = agreed(office, tmp_path)
    assert owed(office) == [(promise, made.day(office, 30), office.unit("a"), "补偿款 86,400 元")]
    promises.keep(office.session, later(office, 31), promise, made.day(office, 31), "银行回单")
    assert owed(office) == []


def test_another_unit_may_owe_it_and_its_evidence_is_kept_with_the_matter_h3(office: Office, tmp_path: Path) -> None:
    promise = agreed(office, tmp_path, "b")
    assert promise.owner == office.unit("b")
    scan = ("回单.pdf", BytesIO(b"%PDF-1.4 receipt"), tmp_path)
    promises.keep(office.session, office.actor("handler_b"), promise, office.today, "银行回单", scan)
    assert promise.attachment is not None
    assert (promise.attachment.name, promise.attachment.petition_id) == ("回单.pdf", promise.closing_file.petition_id)
    assert closing_content.read(office.session, promise.closing_file).stale == ()


def test_others_cannot_say_it_was_kept_h3(office: Office, tmp_path: Path) -> None:
    promise = agreed(office, tmp_path)
    with pytest.raises(gate.Forbidden):
        promises.keep(office.session, office.actor("handler_b"), promise, office.today, "银行回单")


def test_a_broken_promise_reopens_with_one_click_h4(office: Office, tmp_path: Path) -> None:
    promise = agreed(office, tmp_path)
    with pytest.raises(RuleBroken, match="2026-12-21 才到期"):
        reopening.reopen_for_promise(office.session, office.actor("clerk"), promise)
    file = reopening.reopen_for_promise(office.session, later(office, 31), promise)
    assert (file.status, file.petition.status) == (ClosingStatus.REOPENED, Status.HANDLING)
    assert file.reopen_reason == "承诺事项“补偿款 86,400 元”2026-12-21 到期没有兑现。"
    assert all(s.voided_at is not None for s in file.signatures)


def test_a_dissatisfied_visit_reopens_with_one_click_and_keeps_what_was_said_h4(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    content = made.visit(office, file.petition)
    with pytest.raises(RuleBroken, match="不满意的"):
        reopening.reopen_for_visit(office.session, office.actor("clerk"), content)
    visit = made.visit(office, file.petition, Satisfaction.BAD)
    with pytest.raises(gate.Forbidden):
        reopening.reopen_for_visit(office.session, office.actor("handler_a"), visit)
    reopening.reopen_for_visit(office.session, office.actor("clerk"), visit)
    assert file.reopen_reason == "2026-11-21 电话回访，信访人不满意：“款已到账”"
    assert all(s.voided_at is not None for s in file.signatures)


def test_a_reopened_file_asks_for_a_visit_since_h4(office: Office, tmp_path: Path) -> None:
    file, clerk = made.closed_file(office, tmp_path), later(office, 9)
    closing.reopen(office.session, clerk, file, "承诺没有兑现")
    lacks = [any("回访记录" in words for words in closing_content.read(office.session, file).missing)]
    told = return_visits.Said(clerk.today, VisitMethod.PHONE, "李娜", Satisfaction.GOOD)
    return_visits.record_new(office.session, clerk, file.petition, told)
    lacks += [any("回访记录" in words for words in closing_content.read(office.session, file).missing)]
    assert lacks == [True, False]


def test_a_file_with_a_broken_promise_is_not_closed_h3(office: Office, tmp_path: Path) -> None:
    file, clerk = made.fill(office, made.closing_file(office), tmp_path), office.actor("clerk")
    closing_papers.record_paper(office.session, clerk, file, PaperKind.AGREEMENT, "")
    promises.add(office.session, clerk, file, "补偿款", made.day(office, 1))
    with pytest.raises(RuleBroken, match="“补偿款”2026-11-22 到期，还没有兑现"):
        closing.close(office.session, later(office, 2), file)


def test_both_papers_stand_side_by_side_h3(office: Office, tmp_path: Path) -> None:
    file, clerk = made.closing_file(office), office.actor("clerk")
    closing_papers.record_paper(office.session, clerk, file, PaperKind.PLEDGE, "")
    closing_papers.record_paper(office.session, clerk, file, PaperKind.AGREEMENT, "", office.today)
    assert (file.paper, file.pledge_on, file.agreement_on) == (PaperKind.AGREEMENT, office.today, office.today)
    scan = [("协议.pdf", BytesIO(b"%PDF-1.4 agreement"))]
    closing_papers.add_scans(office.session, clerk, file, scan, tmp_path)
    lines = [(line.label, line.text) for line in closing_content.read(office.session, file).lines]
    assert {("息诉罢访保证书", "2026-11-21"), ("息访协议", "2026-11-21"), ("附件", "协议.pdf")} <= set(lines)
    closing_papers.record_paper(office.session, clerk, file, PaperKind.NONE, "登记错了")
    assert (file.pledge_on, file.agreement_on) == (None, None)


@pytest.mark.parametrize(
    ("days", "words"), {"tomorrow": (1, "不能晚于今天"), "long ago": (-9, "不能早于登记日期")}.values()
)
def test_a_paper_is_signed_on_a_possible_day_h3(office: Office, days: int, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        closing_papers.record_paper(
            office.session,
            office.actor("clerk"),
            made.closing_file(office),
            PaperKind.PLEDGE,
            "",
            made.day(office, days),
        )


# -- a dispute still open (争议未结)

# opinion on the last visit, day of closing; is it refused because the petitioner may still ask for a review?
WINDOWS = {
    "content: closes at once": (Satisfaction.GOOD, 0, False),
    "fair: closes at once": (Satisfaction.FAIR, 0, False),
    "dissatisfied within the window": (Satisfaction.BAD, 0, True),
    "no opinion within the window": (Satisfaction.NONE, 20, True),
    "dissatisfied after the window": (Satisfaction.BAD, 40, False),
}


@pytest.mark.parametrize(("opinion", "days", "refused"), WINDOWS.values(), ids=WINDOWS)
def test_a_review_window_keeps_a_file_open_unless_the_petitioner_is_content(
    office: Office, tmp_path: Path, opinion: Satisfaction, days: int, refused: bool
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path, but="visit")
    made.visit(office, file.petition, opinion)
    said = closing_content.read(office.session, file, made.day(office, days)).missing
    assert any(words.startswith("争议未结：申请复查的期限到") for words in said) is refused


def test_a_mediation_set_down_keeps_a_file_open_until_it_ends(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    said = {"kind": ProceedingKind.MEDIATION, "held_on": office.today, "level": MediationLevel.VILLAGE}
    row = m.Proceeding(petition_id=file.petition_id, case_id=file.case_id, **said)
    office.session.add(row)
    with pytest.raises(RuleBroken, match="争议未结：2026-11-21 的调解还没有结果"):
        closing.close(office.session, office.actor("clerk"), file)
    row.state, row.state_reason = ProceedingState.CANCELLED, "双方和解"
    assert not [words for words in closing_content.read(office.session, file, office.today).missing if "调解" in words]


def test_the_unit_that_owes_a_promise_sees_it_but_not_the_matter_h3_j1(office: Office, tmp_path: Path) -> None:
    promise = agreed(office, tmp_path, "b")
    owes = office.actor("handler_b")
    assert gate.find(office.session, owes, m.Promise, promise.id) is promise
    assert not promises.sees_matter(office.session, owes, promise)
    with pytest.raises(gate.NotHere):
        gate.find(office.session, owes, m.ClosingFile, promise.closing_file_id)


def test_what_a_guarded_matter_promises_stays_hidden_from_who_only_owes_it_j1(office: Office, tmp_path: Path) -> None:
    promise = agreed(office, tmp_path, "b")
    promise.closing_file.petition.purpose = Purpose.REPORT
    office.session.flush()
    with pytest.raises(gate.NotHere):
        gate.find(office.session, office.actor("handler_b"), m.Promise, promise.id)
