"""Proceedings on a matter (核查、会商、听证、调解、评议): one table of kinds, what each asks and what it may come to (F3, F4).

Pure. The screens, the checks, the papers and the list read this table; a kind is a row of it, not a form of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.words import DocumentKind, RuleBroken, Word


class ProceedingKind(Word):
    """The proceedings a matter may have (F3, F4)."""

    VERIFICATION = "verification", "调查核实"
    CONFERENCE = "conference", "会商"
    HEARING = "hearing", "听证"
    MEDIATION = "mediation", "调解"
    APPRAISAL = "appraisal", "公开评议"


class ProceedingState(Word):
    """Where a proceeding stands."""

    PLANNED = "planned", "待进行"
    HELD = "held", "已完成"
    CANCELLED = "cancelled", "已取消"


class PersonRole(Word):
    """As what somebody takes part. A party has no voice in the majority."""

    CHAIR = "chair", "主持人"
    MEMBER = "member", "参加人"
    PARTY = "party", "当事人"


class AskedBy(Word):
    """Who asked for it."""

    PETITIONER = "petitioner", "信访人申请"
    OFFICE = "office", "信访办提出"
    UNIT = "unit", "责任单位提出"
    LEADER = "leader", "包案领导提出"
    ABOVE = "above", "上级要求"


class MediationLevel(Word):
    """From below upward (逐级): village or unit, township, competent department, county, above."""

    VILLAGE = "village", "村、居、单位"
    TOWNSHIP = "township", "乡镇（街道）"
    DEPARTMENT = "department", "主管部门"
    COUNTY = "county", "县（市、区）"
    ABOVE = "above", "市以上"


class Outcome(Word):
    """What it came to; which of them a kind may have stands in KINDS."""

    TRUE = "true", "属实"
    PARTLY_TRUE = "partly_true", "部分属实"
    FALSE = "false", "不属实"
    AGREED = "agreed", "意见一致"
    DIVIDED = "divided", "意见有分歧"
    SUPPORTED = "supported", "支持诉求"
    PARTLY = "partly", "部分支持"
    NOT_SUPPORTED = "not_supported", "不支持诉求"
    SETTLED = "settled", "达成协议"
    FAILED = "failed", "未达成协议"
    ACCEPTED = "accepted", "认可处理意见"
    NOT_ACCEPTED = "not_accepted", "不认可处理意见"


K, OUT = ProceedingKind, Outcome


@dataclass(frozen=True)
class Kind:
    """One kind. The words of its form and paper; `asks`: what its plan asks beside day, place and people (those in `needs`
    cannot be left out); `least`: people of its own at least, parties not counted; `setting`: the office's own number.
    """

    word: ProceedingKind
    chair: str
    member: str
    minutes: str
    conclusion: str
    outcomes: tuple[Outcome, ...]
    paper: DocumentKind
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    has_parties: bool = False
    by_majority: bool = False
    is_odd: bool = False
    least: int = 1
    setting: str = ""
    help: str = ""


KINDS: dict[ProceedingKind, Kind] = {
    kind.word: kind
    for kind in (
        Kind(
            K.VERIFICATION, "核查负责人", "核查人员", "核查经过和查明的事实", "核查结论（多数意见）",
            (OUT.TRUE, OUT.PARTLY_TRUE, OUT.FALSE), DocumentKind.VERIFICATION, by_majority=True, least=2,
            setting="verification_people", help="调阅案卷、取证、听取当事人意见；须经参加核查人员多数同意，不同意见记名在案。",
        ),
        Kind(
            K.CONFERENCE, "会商主持", "会商人员", "会商记录", "会商意见", (OUT.AGREED, OUT.DIVIDED),
            DocumentKind.CONFERENCE, least=2, help="有关单位负责人、专业人士和经办人参加，查找症结、研究化解办法。",
        ),
        Kind(
            K.HEARING, "听证主持人", "听证员", "听证笔录", "听证意见", (OUT.SUPPORTED, OUT.PARTLY, OUT.NOT_SUPPORTED),
            DocumentKind.HEARING, ("asked_by", "asked_on", "announced_on"), ("asked_by", "asked_on", "announced_on"),
            has_parties=True, by_majority=True, is_odd=True, least=3, setting="hearing_people",
            help="合理与不合理诉求交织的，公开听证、甄别认定；复核期间的听证时间不计入复核期限。",
        ),
        Kind(
            K.MEDIATION, "调解员", "参加调解人员", "调解经过", "调解结果（协议内容）", (OUT.SETTLED, OUT.FAILED),
            DocumentKind.MEDIATION_RECORD, ("level",), ("level",), has_parties=True,
            help="自村、居、单位起，经乡镇（街道）、主管部门，自下而上逐级调解。",
        ),
        Kind(
            K.APPRAISAL, "评议主持", "评议员", "评议经过", "评议意见", (OUT.ACCEPTED, OUT.PARTLY, OUT.NOT_ACCEPTED),
            DocumentKind.APPRAISAL_RECORD, ("asked_on", "request_id"), ("asked_on", "request_id"), has_parties=True, least=3,
            help="只在信访人书面申请时进行：登记申请日期，选已经上传的书面申请，或在本页上传。",
        ),
    )
}  # fmt: skip
"""Kind → what it asks and may come to; in the order of the work."""

REFUSED_WITHOUT = {
    "asked_by": "提出方：听证须写明由谁提出。",
    "asked_on": "申请日期：请填写。",
    "announced_on": "公告日期：听证须先公告，请填写公告的日期。",
    "level": "调解层级：请选择在哪一级调解。",
    "request_id": "书面申请：公开评议只在信访人书面申请时进行，请选择已上传的书面申请。",
}
"""What is said when a kind lacks what it cannot do without."""


def has_majority(voices: int, dissenting: int) -> bool:
    """Did more than half agree?"""
    return 2 * (voices - dissenting) > voices


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, trimmed."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def people_in(text: str, field: str, label: str) -> list[tuple[str, str]]:
    """“周强，县国土局高级工程师” a line → (name, what he is). Raises RuleBroken naming the line without a name."""
    found = []
    for place, line in enumerate(lines_of(text), start=1):
        name, _comma, title = line.replace(",", "，").partition("，")
        if not name.strip() or len(name.strip()) > 60 or len(title.strip()) > 100:
            raise RuleBroken(f"{label}：第 {place} 行应为“姓名，单位职务”，姓名在前，请改正。", field)
        found.append((name.strip(), title.strip()))
    return found


def dissent_in(text: str, names: Iterable[str]) -> dict[str, str]:
    """“周强：不同意按 5.1 亩认定” a line → {name: opinion}. Raises RuleBroken for a line without a name of those who took part."""
    known, found = set(names), {}
    for place, line in enumerate(lines_of(text), start=1):
        name, colon, said = line.replace(":", "：").partition("：")
        if not colon or not name.strip() or not said.strip():
            raise RuleBroken(f"不同意见：第 {place} 行应为“姓名：意见”，不同意见须记名，请改正。", "dissent")
        if name.strip() not in known:
            raise RuleBroken(f"不同意见：第 {place} 行的“{name.strip()}”不在参加人员中，请核对姓名。", "dissent")
        found[name.strip()] = said.strip()
    return found
