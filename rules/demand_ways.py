"""The appraisal of a demand (诉求评判) decides the way, and the way its papers (F5). Data: screens, checks and the inspector read it."""

from dataclasses import dataclass

from rules.proceedings import Outcome, ProceedingKind
from rules.words import DocumentKind as D
from rules.words import Word


class DemandKind(Word):
    """What the demand is found to be."""

    REASONABLE = "reasonable", "诉求合理"
    TOO_HIGH = "too_high", "诉求合理但要求过高"
    UNREASONABLE = "unreasonable", "诉求不合理"
    HARDSHIP = "hardship", "生活困难"
    MIXED = "mixed", "合理与不合理交织"
    NOT_YET = "not_yet", "条件暂不具备或暂无政策"
    MISREAD = "misread", "理解有偏差"
    UNMEDIATED = "unmediated", "调解不成"


class Required(Word):
    """The papers a way may require."""

    FOUND = "found", "核查报告"
    REPLY = "reply", "处理意见书"
    SERVED = "served", "送达回证"
    TALK = "talk", "解释疏导的谈话笔录"
    AID = "aid", "帮扶救助的决定"
    HEARING = "hearing", "听证笔录"
    TOLD = "told", "说明情况的谈话笔录或意见书"
    EXPLAINED = "explained", "判后答疑、法律援助、律师接访的登记"
    FAILED = "failed", "未达成协议的调解记录"
    LAW = "law", "引导告知单或导入程序告知书"


@dataclass(frozen=True)
class Paper:
    """One required paper; there when any of what it names is there.

    `documents`: papers issued; `proceedings`: held ones (with `outcome`, when it must have come to that); `aids`: kinds of
    aid given, by name ("*": any). A scanned file uploaded for it counts as well.
    """

    key: Required
    documents: tuple[D, ...] = ()
    proceedings: tuple[ProceedingKind, ...] = ()
    outcome: Outcome | None = None
    aids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """The way a demand is led, in words, and the papers it must leave in the file."""

    text: str
    papers: tuple[Paper, ...]
    needs_date: bool = False


K = ProceedingKind
FOUND = Paper(Required.FOUND, (D.INVESTIGATION, D.VERIFICATION), (K.VERIFICATION,))
REPLY = Paper(Required.REPLY, (D.REPLY,))
SERVED = Paper(Required.SERVED, (D.SERVICE,))
TALK = Paper(Required.TALK, (D.INTERVIEW,))
WAYS: dict[DemandKind, Way] = {
    DemandKind.REASONABLE: Way("解决到位", (FOUND, REPLY, SERVED)),
    DemandKind.TOO_HIGH: Way("解决合理部分，并做好疏导", (FOUND, REPLY, SERVED, TALK)),
    DemandKind.UNREASONABLE: Way("做好解释", (FOUND, REPLY, SERVED, TALK)),
    DemandKind.HARDSHIP: Way("帮扶救助", (Paper(Required.AID, aids=("*",)), REPLY, SERVED)),
    DemandKind.MIXED: Way(
        "听证甄别，合理的解决、不合理的解释", (Paper(Required.HEARING, (D.HEARING,), (K.HEARING,)), REPLY, SERVED)
    ),
    DemandKind.NOT_YET: Way("说明情况，定期再议", (Paper(Required.TOLD, (D.INTERVIEW, D.REPLY)),), True),
    DemandKind.MISREAD: Way(
        "判后答疑、法律援助",
        (Paper(Required.EXPLAINED, aids=("判后答疑", "法律援助", "律师接访")),),
    ),
    DemandKind.UNMEDIATED: Way(
        "引导走法律途径",
        (
            Paper(Required.FAILED, proceedings=(K.MEDIATION,), outcome=Outcome.FAILED),
            Paper(Required.LAW, (D.GUIDE, D.DIVERT)),
        ),
    ),
}  # fmt: skip
"""Kind of demand → its way and papers."""
PURPOSE = "demand:"
"""Attachments whose purpose is this and a paper's key were uploaded for that paper."""


@dataclass(frozen=True)
class Facts:
    """What is in the file now: papers issued, held proceedings with their outcome, kinds of aid, purposes of files."""

    documents: frozenset[D]
    proceedings: frozenset[tuple[ProceedingKind, Outcome | None]]
    aids: frozenset[str]
    purposes: frozenset[str]


def is_there(paper: Paper, facts: Facts) -> bool:
    """Is this required paper in the file?"""
    held = any(
        kind in paper.proceedings and (paper.outcome is None or outcome is paper.outcome)
        for kind, outcome in facts.proceedings
    )
    given = bool(facts.aids) if "*" in paper.aids else bool(facts.aids.intersection(paper.aids))
    return (
        bool(facts.documents.intersection(paper.documents))
        or held
        or given
        or PURPOSE + paper.key.value in facts.purposes
    )


def missing(kind: DemandKind, facts: Facts) -> list[str]:
    """Labels of the required papers that are not there, in the table's order."""
    return [paper.key.label for paper in WAYS[kind].papers if not is_there(paper, facts)]
