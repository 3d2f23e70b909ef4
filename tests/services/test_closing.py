"""The closing file: filled, signed, closed, reopened (H1–H4)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm.attributes import set_committed_value

import models as m
from models.base import utcnow
from rules.words import CaseStatus, ClosingStatus, PaperKind, RuleBroken, Satisfaction, SignerRole, Status
from services import (
    attachments,
    cases,
    checklist,
    closing,
    closing_content,
    closing_papers,
    gate,
    handling,
    handovers,
    promises,
    return_visits,
    signature_check,
    signatures,
)
from services.checklist import Evidence
from services.signatures import WrongPassword
from tests.fixtures import casework as made
from tests.fixtures.office import PASSWORD, Office

HANDLER, LEADER, HEAD = SignerRole.HANDLER, SignerRole.LEADER, SignerRole.UNIT_HEAD
PDF = b"%PDF-1.4 minutes of the meeting"


def missing(office: Office, file: m.ClosingFile) -> list[str]:
    return closing_content.read(office.session, file).missing


def standing(office: Office, file: m.ClosingFile) -> set[SignerRole]:
    return set(closing_content.read(office.session, file).standing)


def test_the_file_opens_with_the_six_haves_once_h1(office: Office) -> None:
    file = made.closing_file(office)
    assert [(i.position, i.key) for i in file.items] == list(
        enumerate(("basic", "assign_letter", "appointment", "leader_report", "reply_and_visit", "measures"), start=1)
    )
    assert (file.template, file.template_edition, file.status) == ("六有", 1, ClosingStatus.OPEN)
    assert closing.open_file(office.session, office.actor("handler_a"), file.case) is file


def test_what_is_in_the_matter_already_meets_its_item_h1(office: Office) -> None:
    file = made.closing_file(office)
    assert not [words for words in missing(office, file) if "交办函" in words]
    assert "答复信访人的书面材料和回访材料：还缺回访记录" in missing(office, file)
    made.visit(office, file.petition)
    assert not [words for words in missing(office, file) if "回访" in words]


# left out, the words that then stand in the list
LEFT_OUT = {
    "basic": "基本案情材料：还缺材料或说明",
    "appointment": "确定包案领导和责任人的文件或纪要：还缺材料或说明",
    "leader_report": "包案领导签字的查办报告及相关材料：还缺查办报告",
    "visit": "答复信访人的书面材料和回访材料：还缺回访记录",
    "measures": "目前采取的稳控措施：还缺材料或说明",
    "paper": "信访人文书：没有签订的，请写明原因（不要求必须签订）",
}


@pytest.mark.parametrize(("left_out", "words"), LEFT_OUT.items())
def test_nobody_signs_and_nothing_closes_while_one_thing_lacks_h1_h2(
    office: Office, tmp_path: Path, left_out: str, words: str
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path, but=left_out)
    with pytest.raises(RuleBroken, match="清单还没有齐全，不能签字") as no:
        made.sign(office, file, HANDLER)
    assert words in no.value.message
    with pytest.raises(RuleBroken) as refused:
        closing.close(office.session, office.actor("clerk"), file)
    assert refused.value.message.startswith(f"还不能结案：{words}；")
    assert refused.value.message.endswith("；承办人尚未签字；包案领导尚未签字；单位负责人（一把手）尚未签字。")
    assert (file.case.status, file.petition.status) == (CaseStatus.RUNNING, Status.SERVED)


def test_a_complete_file_closes_case_and_matter_and_plans_the_next_visit_h1_h4(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    assert (file.status, file.closed_on) == (ClosingStatus.CLOSED, office.today)
    assert (file.case.status, file.case.ended_on) == (CaseStatus.CLOSED, office.today)
    assert (file.petition.status, file.petition.closed_on) == (Status.CLOSED, office.today)
    visits = return_visits.of(office.session, file.petition)
    planned = [v.planned_on for v in visits if v.made_on is None and v.dropped_reason is None]
    assert planned == [made.day(office, 30), made.day(office, 90)]
    assert all(
        checked.is_good
        for checked in signature_check.examine(office.session, closing_content.read(office.session, file))
    )


def test_a_matter_with_a_running_case_closes_only_through_its_file_h1(office: Office) -> None:
    case = made.case(office)
    with pytest.raises(RuleBroken, match="请先在结案审查中完成结案"):
        handling.move(office.session, office.actor("clerk"), case.petition, "close", {"note": "已落实"})


def test_a_refused_matter_closes_with_its_notice_h1(office: Office, tmp_path: Path) -> None:
    petition = made.matter(office, steps="assign refuse")
    file = closing.open_file(office.session, office.actor("clerk"), made.case(office, petition))
    made.fill(office, file, tmp_path)
    made.sign(office, file)
    assert closing.close(office.session, office.actor("clerk"), file).status is ClosingStatus.CLOSED


def test_a_matter_not_yet_served_is_named_h1(office: Office, tmp_path: Path) -> None:
    case = made.case(office, made.matter(office, steps="assign accept reply"))
    file = closing.open_file(office.session, office.actor("clerk"), case)
    assert "信访事项：现在是“已答复”，答复送达（或不予受理）之后才能结案" in missing(office, file)


@pytest.mark.parametrize("username", ["handler_a", "leader_a", "unit_head_a", "inspector"])
def test_only_the_office_closes_and_reopens(office: Office, tmp_path: Path, username: str) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file)
    with pytest.raises(gate.Forbidden):
        closing.close(office.session, office.actor(username), file)
    closing.close(office.session, office.actor("clerk"), file)
    with pytest.raises(gate.Forbidden):
        closing.reopen(office.session, office.actor(username), file, "不满意")


# -- the checklist


def test_a_file_of_the_matter_stands_behind_an_item_h1(office: Office, tmp_path: Path) -> None:
    file = made.closing_file(office)
    item = made.item(file, "appointment")
    said = Evidence(uploads=[("联席会议纪要〔2026〕7号.pdf", BytesIO(PDF)), ("通知.pdf", BytesIO(PDF))])
    checklist.meet(office.session, office.actor("clerk"), item, said, tmp_path)
    material = closing_content.read(office.session, file).materials[2]
    assert [a.name for a in material.attachments] == ["联席会议纪要〔2026〕7号.pdf", "通知.pdf"]
    assert "确定包案领导和责任人的文件或纪要：还缺材料或说明" not in missing(office, file)
    material.attachments[0].voided_reason = material.attachments[1].voided_reason = "传错"
    assert "确定包案领导和责任人的文件或纪要：还缺材料或说明" in missing(office, file)


@pytest.mark.parametrize("column", ["document_id", "attachment_id"])
def test_a_paper_of_another_matter_does_not_c1(office: Office, tmp_path: Path, column: str) -> None:
    file, other = made.closing_file(office), made.matter(office)
    actor = office.actor("clerk")
    paper = office.session.query(m.Document).filter_by(petition_id=other.id).first()
    attached = attachments.add(office.session, actor, other, "别的.pdf", BytesIO(PDF), tmp_path)
    row_id = paper.id if column == "document_id" else attached.id
    with pytest.raises(RuleBroken, match="不是这件事项的") as no:
        checklist.meet(office.session, actor, made.item(file, "basic"), Evidence(**{column: row_id}), tmp_path)
    assert no.value.field == column


def test_the_office_head_records_why_an_item_does_not_apply_h1(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path, but="measures")
    item = made.item(file, "measures")
    with pytest.raises(gate.Forbidden):
        checklist.waive(office.session, office.actor("clerk"), item, "无后续安排")
    with pytest.raises(RuleBroken, match="请写明这一项为什么不适用"):
        checklist.waive(office.session, office.actor("office_head"), item, " ")
    checklist.waive(office.session, office.actor("office_head"), item, "补偿款已全部到账，无后续安排")
    assert item.waived_by == office.user("office_head")
    assert len(made.sign(office, file)) == 3


def test_an_item_met_later_applies_again_h1(office: Office, tmp_path: Path) -> None:
    file = made.closing_file(office)
    item = made.item(file, "measures")
    checklist.waive(office.session, office.actor("office_head"), item, "无后续安排")
    checklist.meet(office.session, office.actor("clerk"), item, Evidence(note="临时救助 3000 元"), tmp_path)
    assert (item.waived_reason, item.waived_by_id) == (None, None)


def test_saying_nothing_where_nothing_was_is_refused_emptying_is_not_h1(office: Office, tmp_path: Path) -> None:
    item, clerk = made.item(made.closing_file(office), "measures"), office.actor("clerk")
    with pytest.raises(RuleBroken, match="还没有填写"):
        checklist.meet(office.session, clerk, item, Evidence(note=" "), tmp_path)
    checklist.meet(office.session, clerk, item, Evidence(note="临时救助 3000 元"), tmp_path)
    assert checklist.meet(office.session, clerk, item, Evidence(), tmp_path).note is None


@pytest.mark.parametrize("username", ["handler_b", "leader_b", "inspector"])
def test_those_not_concerned_write_nothing_c4(office: Office, tmp_path: Path, username: str) -> None:
    file = made.closing_file(office)
    with pytest.raises(gate.Forbidden):
        closing.write_report(office.session, office.actor(username), file, "改写")
    with pytest.raises(gate.Forbidden):
        checklist.meet(office.session, office.actor(username), file.items[0], Evidence(note="改写"), tmp_path)


# -- the petitioner's paper


def test_without_a_paper_the_reason_is_asked_for_h3(office: Office) -> None:
    with pytest.raises(RuleBroken, match="不要求必须签订") as no:
        closing_papers.record_paper(
            office.session, office.actor("clerk"), made.closing_file(office), PaperKind.NONE, " "
        )
    assert no.value.field == "paper_reason"


def test_only_the_agreement_carries_promises_tracked_until_kept_h3(office: Office, tmp_path: Path) -> None:
    file, clerk = made.closing_file(office), office.actor("clerk")
    with pytest.raises(RuleBroken, match="只有息访协议才有承诺事项"):
        promises.add(office.session, clerk, file, "补偿款", made.day(office, 30))
    closing_papers.record_paper(office.session, clerk, file, PaperKind.AGREEMENT, "")
    assert "息访协议：请登记协议中的承诺事项和期限" in missing(office, file)
    promise = promises.add(office.session, clerk, file, " 补偿款 86,400 元 ", made.day(office, 30))
    with pytest.raises(RuleBroken, match="不能改为别的文书"):
        closing_papers.record_paper(office.session, clerk, file, PaperKind.PLEDGE, "")
    assert not promises.is_broken(promise, made.day(office, 30))
    assert promises.is_broken(promise, made.day(office, 31))
    promises.keep(office.session, clerk, promise, office.today, "银行回单")
    assert not promises.is_broken(promise, made.day(office, 31))


def test_a_promise_is_kept_after_closing_without_touching_the_signatures_h3(office: Office, tmp_path: Path) -> None:
    file, clerk = made.fill(office, made.closing_file(office), tmp_path), office.actor("clerk")
    closing_papers.record_paper(office.session, clerk, file, PaperKind.AGREEMENT, "")
    promise = promises.add(office.session, clerk, file, "补登", made.day(office, 30))
    made.sign(office, file)
    closing.close(office.session, clerk, file)
    promises.keep(office.session, office.actor("handler_a"), promise, office.today, "补登单")
    assert all(
        checked.is_good
        for checked in signature_check.examine(office.session, closing_content.read(office.session, file))
    )


# what is wrong, (kept on in days, evidence), the field it names
NOT_KEPT = {"tomorrow": (1, "回单", "kept_on"), "nothing shows it": (0, " ", "evidence")}


@pytest.mark.parametrize(("days", "evidence", "field"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_a_kept_promise_says_when_and_what_shows_it_h3(office: Office, days: int, evidence: str, field: str) -> None:
    file, clerk = made.closing_file(office), office.actor("clerk")
    closing_papers.record_paper(office.session, clerk, file, PaperKind.AGREEMENT, "")
    promise = promises.add(office.session, clerk, file, "补登", made.day(office, 30))
    with pytest.raises(RuleBroken) as no:
        promises.keep(office.session, clerk, promise, made.day(office, days), evidence)
    assert no.value.field == field


# -- signatures


def test_three_sign_in_order_each_over_the_same_text_h2(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    signed = made.sign(office, file)
    assert [(s.role, s.name, s.signed_on) for s in signed] == [
        (HANDLER, "郑伟", office.today),
        (LEADER, "赵明", office.today),
        (HEAD, "褚军", office.today),
    ]
    assert len({s.digest for s in signed}) == 1
    assert ["查办报告", "查办报告", made.REPORT, ""] in signed[0].signed_text["lines"]


# who tries first, the refusal
OUT_OF_TURN = {
    "leader_a": (RuleBroken, "还没有轮到包案领导签字，请先由承办人签字"),
    "unit_head_a": (RuleBroken, "还没有轮到单位负责人"),
    "leader_b": (gate.Forbidden, "本人可以签字"),
    "handler_b": (gate.Forbidden, "本人可以签字"),
    "unit_head_b": (gate.Forbidden, "本人可以签字"),
    "office_head": (gate.Forbidden, "您的角色不能"),
    "clerk": (gate.Forbidden, "您的角色不能"),
}


@pytest.mark.parametrize(("username", "refusal"), OUT_OF_TURN.items())
def test_nobody_signs_out_of_turn_or_for_another_h2(
    office: Office, tmp_path: Path, username: str, refusal: tuple[type[RuleBroken], str]
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    with pytest.raises(refusal[0], match=refusal[1]):
        signatures.sign(office.session, office.actor(username), file, PASSWORD, utcnow())
    assert file.signatures == []


def test_nobody_signs_twice_h2(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file, HANDLER)
    with pytest.raises(RuleBroken, match="承办人已经签过字"):
        made.sign(office, file, HANDLER)


def test_a_wrong_password_signs_nothing_and_is_counted_until_it_locks_h2_c5(office: Office, tmp_path: Path) -> None:
    file, actor = made.fill(office, made.closing_file(office), tmp_path), office.actor("handler_a")
    for _ in range(10):
        with pytest.raises(WrongPassword, match="不正确，没有签字"):
            signatures.sign(office.session, actor, file, "错的口令", utcnow())
    assert office.session.query(m.LoginLock).filter_by(username="handler_a").one().failures == 10
    with pytest.raises(WrongPassword, match="15 分钟后再签"):
        signatures.sign(office.session, actor, file, PASSWORD, utcnow())
    assert file.signatures == []


def test_a_right_password_forgets_the_wrong_ones_c5(office: Office, tmp_path: Path) -> None:
    file, actor = made.fill(office, made.closing_file(office), tmp_path), office.actor("handler_a")
    with pytest.raises(WrongPassword):
        signatures.sign(office.session, actor, file, "错的口令", utcnow())
    signatures.sign(office.session, actor, file, PASSWORD, utcnow())
    assert office.session.query(m.LoginLock).count() == 0


def _attach(office: Office, file: m.ClosingFile, folder: Path) -> None:
    said = Evidence(note="见会议纪要〔2026〕7号", uploads=[("补充.pdf", BytesIO(PDF))])
    checklist.meet(office.session, office.actor("clerk"), made.item(file, "basic"), said, folder)


CHANGES: dict[str, Callable[[Office, m.ClosingFile, Path], Any]] = {
    "the report": lambda o, f, p: closing.write_report(o.session, o.actor("handler_a"), f, made.REPORT + "。"),
    "a note": lambda o, f, p: checklist.meet(o.session, o.actor("clerk"), f.items[0], Evidence(note="另有"), p),
    "a file": _attach,
    "a waiver": lambda o, f, p: checklist.waive(o.session, o.actor("office_head"), f.items[5], "不适用"),
    "the petitioner's paper": lambda o, f, p: closing_papers.record_paper(
        o.session, o.actor("clerk"), f, PaperKind.PLEDGE, ""
    ),
    "a return visit": lambda o, f, p: made.visit(o, f.petition, Satisfaction.BAD),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_changed_after_signing_voids_the_signatures_h2(
    office: Office, tmp_path: Path, change: Callable[[Office, m.ClosingFile, Path], Any]
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file, HANDLER, LEADER)
    change(office, file, tmp_path)
    assert [s.voided_at for s in file.signatures] == [office.now] * 2
    assert all((s.void_reason or "").startswith(f"{signatures.CHANGED}：“") for s in file.signatures)
    assert all(s.changes for s in file.signatures)
    assert standing(office, file) == set()
    assert closing_content.read(office.session, file).turn is HANDLER


def test_the_same_text_saved_again_keeps_the_signatures_h2(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file)
    closing.write_report(office.session, office.actor("handler_a"), file, f" {made.REPORT}\n")
    assert standing(office, file) == set(SignerRole)


def test_a_change_past_the_office_is_seen_at_the_next_reading_and_voided_at_the_next_write_h2(
    office: Office, tmp_path: Path
) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file, HANDLER)
    file.report = "悄悄改过的报告"
    assert standing(office, file) == set()
    assert [
        (c.is_intact, c.fits, c.is_good)
        for c in signature_check.examine(office.session, closing_content.read(office.session, file))
    ] == [(True, False, False)]
    made.sign(office, file, HANDLER)
    reason = f"{signatures.CHANGED}：“查办报告”原为“{made.REPORT}”，现为“悄悄改过的报告”"
    assert [s.void_reason for s in file.signatures] == [reason, None]


def test_a_signed_text_altered_in_the_database_is_found_h2(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    signature = made.sign(office, file, HANDLER)[0]
    set_committed_value(signature, "signed_text", signature.signed_text | {"report": "别的报告"})
    (checked,) = signature_check.examine(office.session, closing_content.read(office.session, file))
    assert (checked.is_intact, checked.is_good) == (False, False)


def test_the_fingerprint_outlives_a_fresh_reading_from_the_database_h2(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    before = closing_content.read(office.session, file).digest
    office.session.expire_all()
    assert closing_content.read(office.session, file).digest == before


def test_a_visit_after_closing_leaves_the_signatures_alone_h4(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    visit = made.visit(office, file.petition, Satisfaction.BAD)
    assert visit.closing_file is None
    assert all(
        checked.is_good
        for checked in signature_check.examine(office.session, closing_content.read(office.session, file))
    )


def test_nothing_in_a_closed_file_changes(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    with pytest.raises(RuleBroken, match="已经结案，结案卷不能再修改"):
        closing.write_report(office.session, office.actor("clerk"), file, "改写")
    with pytest.raises(RuleBroken, match="已经结案，不能再签字"):
        made.sign(office, file, HANDLER)
    with pytest.raises(RuleBroken, match="已经结案，不需要再结"):
        closing.close(office.session, office.actor("clerk"), file)


# -- reopening


def test_reopening_voids_the_signatures_and_takes_case_and_matter_up_again_h4(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    closing.reopen(office.session, office.actor("clerk"), file, "回访不满意")
    assert (file.status, file.closed_on, file.reopen_reason) == (ClosingStatus.REOPENED, None, "回访不满意")
    assert (file.case.status, file.case.ended_on) == (CaseStatus.RUNNING, None)
    assert cases.running(office.session, file.petition) is file.case
    petition = file.petition
    assert (petition.status, petition.closed_on, petition.served_at) == (Status.HANDLING, None, None)
    assert {s.void_reason for s in file.signatures} == {"重新办理：回访不满意"}
    assert [leg.unit_id for leg in petition.legs if leg.ended_on is None] == [office.unit("a").id]


def test_a_reopened_case_is_replied_signed_and_closed_again_h4(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    closing.reopen(office.session, office.actor("clerk"), file, "回访不满意")
    assert any("现在是“办理中”" in words for words in missing(office, file))
    made.move(office, file.petition, "reply")
    made.move(office, file.petition, "serve")
    made.sign(office, file)
    closing.close(office.session, office.actor("clerk"), file)
    assert (file.status, file.case.status, file.petition.status) == (
        ClosingStatus.CLOSED,
        CaseStatus.CLOSED,
        Status.CLOSED,
    )


def test_reopening_the_matter_itself_does_the_same_h4(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    handling.move(office.session, office.actor("clerk"), file.petition, "archive", {"shelf": "A-3"})
    handling.move(office.session, office.actor("clerk"), file.petition, "reopen", {"reason": "承诺没有兑现"})
    assert (file.status, file.petition.archived_on) == (ClosingStatus.REOPENED, None)
    assert standing(office, file) == set()


def test_a_matter_without_a_case_is_reopened_too(office: Office) -> None:
    petition = made.matter(office, steps="assign accept reply serve close")
    handling.move(office.session, office.actor("clerk"), petition, "reopen", {"reason": "承诺没有兑现"})
    assert petition.status is Status.HANDLING


@pytest.mark.parametrize("reason", ["", " "])
def test_reopening_needs_a_reason(office: Office, tmp_path: Path, reason: str) -> None:
    with pytest.raises(RuleBroken, match="理由：请填写"):
        closing.reopen(office.session, office.actor("clerk"), made.closed_file(office, tmp_path), reason)


def test_only_a_closed_file_is_reopened(office: Office) -> None:
    with pytest.raises(RuleBroken, match="还没有结案"):
        closing.reopen(office.session, office.actor("clerk"), made.closing_file(office), "不满意")


# -- handing over and waiting


def test_the_file_goes_with_the_case_and_the_next_leader_signs_anew_f1_h2(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file, HANDLER, LEADER)
    follower = handovers.hand_over(
        office.session, office.actor("office_head"), file.case, office.leader("b").id, "分工调整"
    )
    assert file.case is follower
    assert {s.void_reason for s in file.signatures} == {closing.HANDED_OVER}
    made.sign(office, file, HANDLER)
    with pytest.raises(gate.Forbidden):
        made.sign(office, file, LEADER)
    signatures.sign(office.session, office.actor("leader_b"), file, PASSWORD, utcnow())
    assert standing(office, file) == {HANDLER, LEADER}


def test_a_file_waits_for_one_person_at_a_time_h2(office: Office, tmp_path: Path) -> None:
    def waiting() -> list[str]:
        return [u for u in made.SIGNERS.values() if closing.waiting_for(office.session, office.actor(u))]

    file = made.closing_file(office)
    assert waiting() == []
    made.fill(office, file, tmp_path)
    for role, username in made.SIGNERS.items():
        assert waiting() == [username]
        made.sign(office, file, role)
    assert waiting() == []


def test_who_is_awaited_is_named_h2(office: Office) -> None:
    file = made.closing_file(office)
    assert [signatures.names_for(office.session, file, role) for role in SignerRole] == [
        "郑伟 · 城建办",
        "赵明 · 青石镇人民政府",
        "褚军 · 城建办",
    ]
