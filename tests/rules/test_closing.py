"""What a closing file needs (H1–H4): the checklist, the order of signatures, the fingerprint."""

from dataclasses import replace

import pytest

from rules import closing
from rules.closing import Facts, ItemFacts
from rules.closing_items import Piece
from rules.closing_templates import SIX_HAVES
from rules.words import PaperKind, Role, RuleBroken, SignerRole, Status

P = Piece
HANDLER, LEADER, HEAD = closing.SIGNING_ORDER
ALL = frozenset({P.ASSIGN, P.REPLY, P.SERVICE, P.REPORT, P.VISIT})
BY_KEY = {have.key: have for have in SIX_HAVES}


def item(key: str, **facts: object) -> ItemFacts:
    return ItemFacts(BY_KEY[key], **{"note": "有"} | facts)  # type: ignore[arg-type]


def facts(*changed: ItemFacts, but: tuple[Piece, ...] = (), more: tuple[Piece, ...] = (), **values: object) -> Facts:
    """A complete file, signed by all three, with these items, pieces and values changed."""
    items = {have.key: item(have.key) for have in SIX_HAVES} | {one.item.key: one for one in changed}
    pieces = (ALL - set(but)) | set(more)
    whole = Facts(tuple(items.values()), Status.SERVED, pieces, paper=PaperKind.PLEDGE, signed=frozenset(SignerRole))
    return replace(whole, **values)  # type: ignore[arg-type]


def test_six_haves_are_the_six_of_the_source_in_order_h1() -> None:
    assert [have.label for have in SIX_HAVES] == [
        "基本案情材料",
        "交办案件台帐及交办函",
        "确定包案领导和责任人的文件或纪要",
        "包案领导签字的查办报告及相关材料",
        "答复信访人的书面材料和回访材料",
        "目前采取的稳控措施",
    ]


def test_only_the_office_head_waives_h1() -> None:
    assert {role for have in SIX_HAVES for role in have.waivers} == {Role.OFFICE_HEAD}


def test_a_complete_file_lacks_nothing_h1() -> None:
    assert closing.missing(facts()) == []


# what is there: items changed, pieces left out; what it still lacks
LACKING: dict[str, tuple[tuple[ItemFacts, ...], tuple[Piece, ...], str]] = {
    "basic: nothing": ((item("basic", note=""),), (), "基本案情材料：还缺材料或说明"),
    "basic: blanks are nothing": ((item("basic", note="  "),), (), "基本案情材料：还缺材料或说明"),
    "assign letter: none": ((), (P.ASSIGN,), "交办案件台帐及交办函：还缺交办函"),
    "reply: not served": ((), (P.SERVICE,), "答复信访人的书面材料和回访材料：还缺送达回证"),
    "reply: nothing": ((), (P.REPLY, P.SERVICE), "答复信访人的书面材料和回访材料：还缺处理意见书、送达回证"),
    "report": ((), (P.REPORT,), "包案领导签字的查办报告及相关材料：还缺查办报告"),
    "report: a scan is none": ((item("leader_report", files=1),), (P.REPORT,), "包案领导签字的查办报告及相关材料：还缺查办报告"),
    "no return visit (H4)": ((), (P.VISIT,), "答复信访人的书面材料和回访材料：还缺回访记录"),
    "on paper, but no return visit": ((item("reply_and_visit", files=1),), (P.VISIT,), "答复信访人的书面材料和回访材料：还缺回访记录"),
    "measures: nothing": ((item("measures", note=""),), (), "目前采取的稳控措施：还缺材料或说明"),
}  # fmt: skip


@pytest.mark.parametrize(("there", "but", "words"), LACKING.values(), ids=LACKING)
def test_an_unmet_item_is_named_with_what_it_lacks_h1(
    there: tuple[ItemFacts, ...], but: tuple[Piece, ...], words: str
) -> None:
    assert closing.missing(facts(*there, but=but)) == [words]


def test_a_proof_of_service_without_its_time_is_named_h5() -> None:
    words = "答复信访人的书面材料和回访材料：还缺送达回证的送达时间"
    assert closing.missing(facts(but=(P.SERVICE,), is_undated=True)) == [words]


# what is put behind the item; pieces left out, pieces that are there besides
MET: dict[str, tuple[ItemFacts, tuple[Piece, ...], tuple[Piece, ...]]] = {
    "basic: a file without a note": (item("basic", note="", files=1), (), ()),
    "basic: the report of an investigation": (item("basic", note=""), (), (P.INVESTIGATION,)),
    "basic: waived": (item("basic", note="", is_waived=True), (), ()),
    "assign letter: forwarded instead": (item("assign_letter"), (P.ASSIGN,), (P.FORWARD,)),
    "assign letter: scanned": (item("assign_letter", files=1), (P.ASSIGN,), ()),
    "appointment: in the minutes": (item("appointment", note=""), (), (P.MINUTES,)),
    "reply: refused instead": (item("reply_and_visit"), (P.REPLY, P.SERVICE), (P.REFUSE,)),
    "reply: on paper only": (item("reply_and_visit", files=1), (P.REPLY, P.SERVICE), ()),
    "measures: aid was given": (item("measures", note=""), (), (P.AID,)),
    "measures: waived": (item("measures", note="", is_waived=True), (), ()),
}  # fmt: skip


@pytest.mark.parametrize(("there", "but", "more"), MET.values(), ids=MET)
def test_an_item_is_met_by_any_of_these_h1(there: ItemFacts, but: tuple[Piece, ...], more: tuple[Piece, ...]) -> None:
    assert closing.missing(facts(there, but=but, more=more)) == []


VALUES = {
    "no paper and no reason (H3)": ({"paper": PaperKind.NONE}, "信访人文书：没有签订的，请写明原因（不要求必须签订）"),
    "an agreement without promises (H3)": ({"paper": PaperKind.AGREEMENT}, "息访协议：请登记协议中的承诺事项和期限"),
    "not served yet": (
        {"status": Status.HANDLING},
        "信访事项：现在是“办理中”，答复送达（或不予受理）之后才能结案",
    ),
    "in review": ({"status": Status.REVIEWING}, "争议未结：信访事项复查中，作出意见并送达之后才能结案"),
    "still in dispute": ({"disputes": ("争议未结：调解",)}, "争议未结：调解"),
    "a promise past due": ({"broken": ("承诺事项：到期",)}, "承诺事项：到期"),
    "the head has not signed (H2)": (
        {"signed": frozenset({HANDLER, LEADER})},
        "单位负责人（一把手）尚未签字",
    ),
}


@pytest.mark.parametrize(("values", "words"), VALUES.values(), ids=VALUES)
def test_everything_else_that_is_missing_is_said(values: dict[str, object], words: str) -> None:
    assert closing.missing(facts(**values)) == [words]


@pytest.mark.parametrize("status", closing.CLOSABLE)
def test_a_case_closes_from_wherever_its_matter_closes(status: Status) -> None:
    assert closing.missing(facts(status=status)) == []


@pytest.mark.parametrize("paper", [PaperKind.PLEDGE, PaperKind.NONE])
def test_closing_never_demands_a_paper_of_the_petitioner_h3(paper: PaperKind) -> None:
    assert closing.missing(facts(paper=paper, paper_reason="诉求已解决")) == []


@pytest.mark.parametrize("key", [have.key for have in SIX_HAVES])
def test_every_item_may_be_not_applicable_with_a_reason_h1(key: str) -> None:
    bare = item(key, note="", is_waived=True)
    assert not any(BY_KEY[key].label in words for words in closing.missing(facts(bare, pieces=frozenset())))


# signed already               asks to sign   refusal (None: he may)
TURNS = [
    (frozenset(), HANDLER, None),
    (frozenset(), LEADER, "还没有轮到包案领导签字，请先由承办人签字。"),
    (frozenset(), HEAD, "还没有轮到单位负责人（一把手）签字，请先由承办人签字。"),
    (frozenset({HANDLER}), HANDLER, "承办人已经签过字，不需要再签。"),
    (frozenset({HANDLER}), LEADER, None),
    (frozenset({HANDLER}), HEAD, "还没有轮到单位负责人（一把手）签字，请先由包案领导签字。"),
    (frozenset({HANDLER, LEADER}), HEAD, None),
    (frozenset(SignerRole), HEAD, "单位负责人（一把手）已经签过字，不需要再签。"),
]


@pytest.mark.parametrize(("signed", "role", "refusal"), TURNS)
def test_signatures_come_in_order_h2(signed: frozenset[SignerRole], role: SignerRole, refusal: str | None) -> None:
    state = facts(signed=signed)
    if refusal is None:
        closing.check_turn(role, state)
        return
    with pytest.raises(RuleBroken) as no:
        closing.check_turn(role, state)
    assert no.value.message == refusal


def test_nobody_signs_an_incomplete_checklist_h2() -> None:
    with pytest.raises(RuleBroken, match="清单还没有齐全，不能签字：目前采取的稳控措施"):
        closing.check_turn(HANDLER, facts(item("measures", note=""), signed=frozenset()))


def test_the_fingerprint_does_not_depend_on_the_order_of_keys_h2() -> None:
    assert closing.digest({"a": 1, "b": ["款"]}) == closing.digest({"b": ["款"], "a": 1})


@pytest.mark.parametrize("other", [{"a": "1"}, {"a": 1, "b": None}, {"a": [1]}, {"b": 1}, {}])
def test_any_other_content_has_another_fingerprint_h2(other: dict[str, object]) -> None:
    assert closing.digest(other) != closing.digest({"a": 1})
