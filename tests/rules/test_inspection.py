"""The table of faults (H5): every fault found once in a file that has it, none in a whole one; the score sheet (H7)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules import inspection as rule
from rules import inspection_report, inspection_sheet
from rules.inspection import FAULTS, FileFacts, Promised
from rules.inspection_words import Fault, ReviewResult, Weight
from rules.words import Opinion, PaperKind, SignerRole, Status

TODAY = date(2026, 11, 21)
REPORT = (
    "一、基本情况\n信访人反映补偿款少付。\n二、调查核实情况\n查账、走访，少付 3 亩。\n"
    "三、处理意见落实情况\n已补发，回单存卷。\n四、包案领导责任落实情况：见面两次，协调资金。"
)
AGREED = REPORT.replace("四、包案", "四、息访协议条款落实情况\n已全部兑现。\n五、包案")
DAYS = {
    "registered": date(2026, 9, 1), "routed": date(2026, 9, 3), "accepted": date(2026, 9, 5), "assigned": date(2026, 9, 6),
    "replied": date(2026, 10, 10), "served": date(2026, 10, 12), "visited": date(2026, 10, 20),
}  # fmt: skip
WHOLE = FileFacts(
    Status.SERVED, has_case=True, report=REPORT, opinion=Opinion.SUPPORT, is_answered=True, executed=1, visits=1, days=DAYS,
)  # fmt: skip
BROKEN = (Promised("修路", date(2026, 11, 20), False),)
CLOSED = replace(WHOLE, status=Status.CLOSED, is_file_closed=True, signed=frozenset(SignerRole))


def codes(facts: FileFacts) -> list[Fault]:
    return [one.fault for one in rule.find(facts, TODAY)]


@pytest.mark.parametrize(
    "facts",
    [
        WHOLE,
        CLOSED,
        replace(WHOLE, paper=PaperKind.AGREEMENT, report=AGREED, promises=(Promised("补发", TODAY, False),)),
    ],
)
def test_a_whole_file_has_no_fault_h5(facts: FileFacts) -> None:
    assert rule.find(facts, TODAY) == []


# what is wrong, the fault, a word of its sentence
WRONG: tuple[tuple[FileFacts, Fault, str], ...] = (
    (replace(WHOLE, accused=("自然资源所",)), Fault.ACCUSED, "自然资源所"),
    (replace(WHOLE, partial=("吴敏",)), Fault.PARTIAL, "吴敏"),
    (replace(WHOLE, respondents=("城建办",)), Fault.RESPONDENT, "城建办"),
    (replace(WHOLE, recused=("吴敏",)), Fault.RECUSED, "吴敏"),
    (replace(WHOLE, days=DAYS | {"served": date(2026, 10, 9)}), Fault.DATES, "送达（2026-10-09）早于答复（2026-10-10）"),
    (replace(WHOLE, days=DAYS | {"visited": date(2026, 11, 22)}), Fault.FUTURE, "首次回访"),
    (replace(WHOLE, has_service_date=False), Fault.SERVICE_DATE, "没有送达日期"),
    (replace(WHOLE, has_answer=False), Fault.NO_REPLY, "没有答复文书"),
    (replace(WHOLE, report=" "), Fault.NO_REPORT, "查办报告"),
    (replace(WHOLE, report=REPORT.replace("处理意见落实情况", "其他")), Fault.REPORT_PART, "处理意见落实情况"),
    (replace(WHOLE, report=REPORT.replace("已补发，回单存卷。\n", "")), Fault.REPORT_PART, "没有内容"),
    (replace(WHOLE, paper=PaperKind.AGREEMENT, promises=(Promised("补发", TODAY, True),)), Fault.REPORT_PART, "息访协议"),
    (replace(WHOLE, executed=0), Fault.NOT_EXECUTED, "支持"),
    (replace(WHOLE, open_rectify=("补测面积",)), Fault.NOT_EXECUTED, "补测面积"),
    (replace(WHOLE, paper=PaperKind.AGREEMENT, report=AGREED), Fault.AGREEMENT, "承诺事项"),
    (replace(WHOLE, paper=PaperKind.AGREEMENT, report=AGREED, promises=BROKEN), Fault.AGREEMENT, "修路"),
    (replace(WHOLE, empty_duties=("包息诉息访",)), Fault.LEADER_PART, "包息诉息访"),
    (replace(CLOSED, signed=frozenset({SignerRole.HANDLER, SignerRole.UNIT_HEAD})), Fault.SIGNATURE, "包案领导"),
    (replace(WHOLE, changed=(SignerRole.LEADER,)), Fault.CHANGED, "包案领导"),
    (replace(WHOLE, visits=0), Fault.VISIT, "回访"),
    (replace(CLOSED, lacking_items=("基本案情材料：还缺材料",)), Fault.ITEMS, "基本案情"),
    (replace(WHOLE, lacking_means=("听证笔录",)), Fault.MEANS, "听证笔录"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "fault", "word"), WRONG, ids=[f"{place} {row[1].value}" for place, row in enumerate(WRONG)]
)
def test_each_fault_is_found_alone_h5(facts: FileFacts, fault: Fault, word: str) -> None:
    (found,) = rule.find(facts, TODAY)
    assert (found.fault, word in found.text) == (fault, True)


def test_every_fault_of_the_table_is_shown_once() -> None:
    assert {row[1] for row in WRONG} == set(Fault) == set(FAULTS)


def test_only_hard_faults_stop_a_signature() -> None:
    """What only a signed or closed file can have is not asked of who signs."""
    facts = replace(CLOSED, signed=frozenset(), has_service_date=False, visits=0)
    found = rule.at_signing(rule.find(facts, TODAY))
    assert [one.fault for one in found] == [Fault.SERVICE_DATE, Fault.VISIT]
    assert [one.fault for one in rule.blocks(found)] == [Fault.SERVICE_DATE]
    assert {fault for fault, row in FAULTS.items() if row.weight is Weight.HARD} == {
        Fault.ACCUSED, Fault.DATES, Fault.SERVICE_DATE,
    }  # fmt: skip


def test_a_file_not_yet_answered_owes_no_report() -> None:
    facts = replace(WHOLE, status=Status.HANDLING, report="", visits=0, executed=0, is_answered=False)
    assert codes(facts) == []


@pytest.mark.parametrize("paper", list(PaperKind))
def test_the_empty_form_has_every_heading_and_nothing_under_it(paper: PaperKind) -> None:
    found = inspection_report.report_parts(inspection_report.report_form(paper))
    assert found == {
        part.key: False
        for part in inspection_report.REPORT_PARTS
        if not part.only_agreement or paper is PaperKind.AGREEMENT
    }


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("（二）调查情况", "checked"), ("2.处理意见落实情况：已补发", "executed"), ("息访协议条款落实情况", "agreed"),
        ("经包案领导牵头查办，已经补发。", None), ("包案领导责任落实情况", "leader"),
    ],
)  # fmt: skip
def test_a_heading_is_told_from_a_sentence(line: str, key: str | None) -> None:
    assert list(inspection_report.report_parts(line)) == ([key] if key else [])


def test_the_sheet_has_a_hundred_points_and_speaks_of_every_fault_h7() -> None:
    assert sum(one.points for one in inspection_sheet.SHEET) == 100
    told = {fault for one in inspection_sheet.SHEET for fault in one.faults}
    assert told == set(Fault) - {Fault.RESPONDENT}


@pytest.mark.parametrize(
    ("changed", "total", "result"),
    [
        ({}, 100, ReviewResult.PASSED), ({"facts": 0}, 80, ReviewResult.PASSED), ({"facts": 0, "file": 9}, 79, ReviewResult.FAILED),
        ({"duty": 0}, 85, ReviewResult.FAILED), ({"reply": 0}, 80, ReviewResult.FAILED),
    ],
)  # fmt: skip
def test_judging_h7(changed: dict[str, int], total: int, result: ReviewResult) -> None:
    sheet: list[dict[str, Any]] = inspection_sheet.as_rows()
    points = {row["key"]: row["points"] for row in sheet} | changed
    assert inspection_sheet.judged(sheet, points, 80) == (total, result)
