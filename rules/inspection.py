"""What an inspector finds in a file (案卷检查, H5), as a table: how heavy, on what ground, where and how it is mended.

Pure: facts of one file in, faults out. The same table stands on the screen, in the export and before signing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.inspection_report import REPORT_PARTS, report_parts
from rules.inspection_words import Fault, Weight
from rules.words import Opinion, PaperKind, SignerRole, Status

S = Status


@dataclass(frozen=True)
class FaultRule:
    """One row of the table. `basis`: the ground in words; `source`: article or requirement; `place`: where it is mended."""

    fault: Fault
    weight: Weight
    basis: str
    source: str
    mend: str
    place: str
    at_signing: bool = True


H, F, HINT = Weight.HARD, Weight.FAULT, Weight.HINT
FAULTS: dict[Fault, FaultRule] = {
    rule.fault: rule
    for rule in (
        FaultRule(Fault.ACCUSED, H, "《条例》第三十条、第四十六条", "Art 30(3), 46(5)",
                  "请改交其他单位或人员承办，已办的部分重新核查。", "petition"),
        FaultRule(Fault.DATES, H, "案卷初审要求", "H5, S2d", "请核对并改正日期，改不了的请说明原因后重新办理。", "petition"),
        FaultRule(Fault.SERVICE_DATE, H, "《条例》第三十五条", "Art 35, H5, S2d", "请补登送达回证，写明收到的日期和时间。", "petition"),
        FaultRule(Fault.RECUSED, F, "《条例》第二十八条", "Art 28(3)", "请换由没有回避情形的人承办。", "petition"),
        FaultRule(Fault.PARTIAL, F, "《条例》第二十八条", "Art 28(3)", "请换由他人承办或包案，或者在卷内说明不必回避的理由。", "petition"),
        FaultRule(Fault.RESPONDENT, HINT, "《条例》第二十八条", "Art 28(3)", "请核对该单位是否应当办理，需要回避的请改交。", "petition"),
        FaultRule(Fault.FUTURE, F, "案卷初审要求", "H5, S2d", "请核对并改正日期。", "petition"),
        FaultRule(Fault.NO_REPLY, F, "《条例》第三十二条", "Art 32", "请制作处理意见书并送达。", "petition"),
        FaultRule(Fault.NO_REPORT, F, "办理情况报告模板", "H5, S2d", "请写查办报告。", "report"),
        FaultRule(Fault.REPORT_PART, F, "办理情况报告模板", "H5, S2d", "请按模板补写这一部分。", "report"),
        FaultRule(Fault.NOT_EXECUTED, F, "处理意见落实要求", "H5, S2d", "请登记整改、帮扶或承诺的落实，或上传落实凭证。", "execution"),
        FaultRule(Fault.AGREEMENT, F, "协议条款落实要求", "H5, S2d", "请登记承诺事项的兑现和凭证。", "promises"),
        FaultRule(Fault.LEADER_PART, F, "领导包案责任制", "H5, S2d", "请在“四包”中登记包案领导做了什么。", "duties"),
        FaultRule(Fault.SIGNATURE, F, "三人签字要求", "H2, S2c",
                  "请按承办人、包案领导、一把手的顺序补签。", "signatures", at_signing=False),
        FaultRule(Fault.CHANGED, F, "三人签字要求", "H2", "内容改动后原签字无效，请重新签字。", "signatures", at_signing=False),
        FaultRule(Fault.VISIT, F, "回访制度", "H4, S2c", "请回访一次并登记。", "visit"),
        FaultRule(Fault.ITEMS, F, "结案清单", "H1, S2b", "请重新办理后补齐。", "checklist", at_signing=False),
        FaultRule(Fault.MEANS, F, "诉求分类办理要求", "F4, F5, S2a", "请补登材料。", "case"),
    )
}  # fmt: skip
"""Every fault with its row, in the order of the list."""


@dataclass(frozen=True)
class Promised:
    """A promise of the agreement: what, until when, kept or not."""

    text: str
    due_on: date
    is_kept: bool


@dataclass(frozen=True)
class FileFacts:
    """What is known of one file. `report`: None where no closing file was opened; `executed`: signs that the opinion was
    carried out; `open_rectify`: what is not put right yet; `accused`…: names. `days`: key of DAYS → the day.
    """

    status: Status
    has_case: bool = False
    is_file_closed: bool = False
    is_simple: bool = False
    report: str | None = None
    opinion: Opinion | None = None
    has_answer: bool = True
    is_answered: bool = False
    executed: int = 0
    open_rectify: tuple[str, ...] = ()
    paper: PaperKind = PaperKind.NONE
    promises: tuple[Promised, ...] = ()
    empty_duties: tuple[str, ...] = ()
    signed: frozenset[SignerRole] = field(default_factory=frozenset)
    changed: tuple[SignerRole, ...] = ()
    has_service_date: bool = True
    visits: int = 0
    days: Mapping[str, date] = field(default_factory=dict)
    accused: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    respondents: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    lacking_items: tuple[str, ...] = ()
    lacking_means: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One fault with its sentence."""

    fault: Fault
    text: str

    @property
    def rule(self) -> FaultRule:
        """Its row of the table."""
        return FAULTS[self.fault]

    @property
    def weight(self) -> Weight:
        """How heavy it is, as its row says."""
        return self.rule.weight


DAYS: dict[str, str] = {
    "registered": "登记", "routed": "转送交办", "accepted": "受理", "replied": "答复", "served": "送达", "closed": "办结",
    "assigned": "包案", "signed_handler": "承办人签字", "signed_leader": "包案领导签字", "signed_unit_head": "单位负责人签字",
    "visited": "首次回访",
}  # fmt: skip
ORDER: tuple[tuple[str, str], ...] = (
    ("registered", "routed"), ("routed", "accepted"), ("registered", "accepted"), ("accepted", "replied"),
    ("registered", "replied"), ("replied", "served"), ("registered", "served"), ("replied", "closed"), ("served", "closed"),
    ("registered", "assigned"), ("assigned", "signed_handler"), ("signed_handler", "signed_leader"),
    ("signed_leader", "signed_unit_head"), ("signed_unit_head", "closed"), ("registered", "visited"),
)  # fmt: skip
"""Pairs of days of which the first may not be after the second."""

SERVED = (S.SERVED, S.REVIEWING, S.REVIEWED, S.RECHECKING, S.FINAL)
ENDED = (S.CLOSED, S.ARCHIVED)
ANSWERED = (*SERVED, *ENDED)


def _people(facts: FileFacts) -> Iterator[Found]:
    for fault, names in (
        (Fault.ACCUSED, facts.accused), (Fault.PARTIAL, facts.partial), (Fault.RESPONDENT, facts.respondents),
        (Fault.RECUSED, facts.recused),
    ):  # fmt: skip
        if names:
            yield Found(fault, "、".join(names))


def _days(facts: FileFacts, today: date) -> Iterator[Found]:
    for first, second in ORDER:
        before, after = facts.days.get(first), facts.days.get(second)
        if before is not None and after is not None and before > after:
            yield Found(Fault.DATES, f"{DAYS[second]}（{after}）早于{DAYS[first]}（{before}）。")
    for key, day in facts.days.items():
        if day > today:
            yield Found(Fault.FUTURE, f"{DAYS[key]}：{day}。")


def _answer(facts: FileFacts) -> Iterator[Found]:
    if facts.status in ANSWERED and facts.is_answered and not facts.has_service_date:
        yield Found(Fault.SERVICE_DATE, "已答复，没有送达日期。")
    if facts.status in ANSWERED and not facts.has_answer:
        yield Found(Fault.NO_REPLY, f"“{facts.status.label}”，卷内没有答复文书。")


def _report(facts: FileFacts) -> Iterator[Found]:
    if facts.report is None or facts.status not in (*ANSWERED, S.REFUSED):
        return
    if not facts.report.strip():
        yield Found(Fault.NO_REPORT, "结案卷内没有查办报告。")
        return
    there = report_parts(facts.report)
    for part in REPORT_PARTS:
        if part.only_agreement and facts.paper is not PaperKind.AGREEMENT:
            continue
        if part.key not in there:
            yield Found(Fault.REPORT_PART, f"缺少“{part.label}”。")
        elif not there[part.key]:
            yield Found(Fault.REPORT_PART, f"“{part.label}”只有标题，没有内容。")


def _execution(facts: FileFacts, today: date) -> Iterator[Found]:
    for text in facts.open_rectify:
        yield Found(Fault.NOT_EXECUTED, f"整改没有完成：{text}")
    supported = facts.opinion in (Opinion.SUPPORT, Opinion.PARTLY)
    is_due = facts.status in ENDED or facts.report is not None
    if supported and is_due and facts.status in ANSWERED and not facts.executed and not facts.open_rectify:
        yield Found(
            Fault.NOT_EXECUTED, f"处理意见为“{facts.opinion.label if facts.opinion else ''}”，卷内没有落实的凭证。"
        )
    if facts.paper is PaperKind.AGREEMENT and not facts.promises:
        yield Found(Fault.AGREEMENT, "签了息访协议，没有登记承诺事项。")
    for promise in facts.promises:
        if not promise.is_kept and promise.due_on < today:
            yield Found(Fault.AGREEMENT, f"到期（{promise.due_on}）没有兑现：{promise.text}")


def _case(facts: FileFacts) -> Iterator[Found]:
    if not facts.has_case or facts.report is None:
        return
    if facts.empty_duties:
        yield Found(Fault.LEADER_PART, f"没有登记：{'、'.join(facts.empty_duties)}")
    if not facts.visits and facts.status in (*ANSWERED, S.REFUSED):
        yield Found(Fault.VISIT, "结案前没有回访记录。")
    if facts.lacking_means:
        yield Found(Fault.MEANS, "；".join(facts.lacking_means))
    if facts.is_file_closed:
        unsigned = [role.label for role in SignerRole if role not in facts.signed]
        if unsigned:
            yield Found(Fault.SIGNATURE, f"已结案，没有有效签字：{'、'.join(unsigned)}")
        for text in facts.lacking_items:
            yield Found(Fault.ITEMS, text)
    for role in facts.changed:
        yield Found(Fault.CHANGED, f"{role.label}签字后内容有改动。")


CHECKS: tuple[Callable[[FileFacts, date], Iterable[Found]], ...] = (
    lambda facts, _today: _people(facts), _days, lambda facts, _today: _answer(facts),
    lambda facts, _today: _report(facts), _execution, lambda facts, _today: _case(facts),
)  # fmt: skip


def find(facts: FileFacts, today: date) -> list[Found]:
    """Everything wrong with a file, in the order of the table; each sentence once."""
    order = {fault: place for place, fault in enumerate(FAULTS)}
    found = {(one.fault, one.text[:300]): None for check in CHECKS for one in check(facts, today)}
    return [Found(*one) for one in sorted(found, key=lambda one: order[one[0]])]


def at_signing(found: Iterable[Found]) -> list[Found]:
    """What is shown to who signs: without what only a signed or closed file can have."""
    return [one for one in found if one.rule.at_signing]


def blocks(found: Iterable[Found]) -> list[Found]:
    """What stops the signing."""
    return [one for one in found if one.weight is Weight.HARD]
