"""Closing an assigned case (结案): the checklist as data, what is still missing in words, the order of signatures.

Pure. The office may not close while `missing` says anything (H1–H4); the same words stand on the screen and in the refusal.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.words import DocumentKind as D
from rules.words import PaperKind, Role, RuleBroken, SignerRole, Status, Word


class Evidence(Word):
    """What can stand behind an item of the checklist."""

    DOCUMENT = "document", "文书"
    ATTACHMENT = "attachment", "附件"
    NOTE = "note", "说明"
    REPORT = "report", "查办报告"
    VISIT = "visit", "回访记录"


PAPERS_AND_NOTE = (Evidence.DOCUMENT, Evidence.ATTACHMENT, Evidence.NOTE)


@dataclass(frozen=True)
class Have:
    """One item of the template. `needs`: evidence it cannot do without; `papers`: sets of papers, any whole one will do."""

    key: str
    label: str
    help: str
    accepts: tuple[Evidence, ...] = PAPERS_AND_NOTE
    needs: tuple[Evidence, ...] = ()
    papers: tuple[tuple[D, ...], ...] = ()
    waivers: frozenset[Role] = frozenset({Role.OFFICE_HEAD})


TEMPLATE, EDITION = "六有", 1
SIX_HAVES: tuple[Have, ...] = (
    Have("basic", "基本案情材料", "案情、诉求、调查经过；附调查报告、谈话笔录等。"),
    Have(
        "assign_letter",
        "交办案件台帐及交办函",
        "交办函或转送函由系统自动取自流转记录；纸质原件可扫描后上传。",
        (Evidence.DOCUMENT, Evidence.ATTACHMENT),
        papers=((D.ASSIGN,), (D.FORWARD,)),
    ),
    Have("appointment", "确定包案领导和责任人的文件或纪要", "写明文件名称和文号，或上传会议纪要。"),
    Have(
        "leader_report",
        "包案领导签字的查办报告及相关材料",
        "查办报告写在本页，清单齐全后由包案领导签字。",
        (Evidence.DOCUMENT, Evidence.ATTACHMENT, Evidence.REPORT),
        needs=(Evidence.REPORT,),
    ),
    Have(
        "reply_and_visit",
        "答复信访人的书面材料和回访材料",
        "处理意见书、送达回证自动取自文书；另须有一次回访记录。",
        (Evidence.DOCUMENT, Evidence.ATTACHMENT, Evidence.VISIT),
        needs=(Evidence.VISIT,),
        papers=((D.REPLY, D.SERVICE), (D.REFUSE,)),
    ),
    Have("measures", "目前采取的稳控措施", "已给予的帮扶和后续安排。"),
)
"""The "six haves" (六有, H1), as shipped; a file keeps its own copy with the edition it was opened under."""
BY_KEY = {have.key: have for have in SIX_HAVES}

SIGNING_ORDER = (SignerRole.HANDLER, SignerRole.LEADER, SignerRole.UNIT_HEAD)
CLOSABLE = (Status.SERVED, Status.REFUSED)
"""A matter may be closed from these; the table of moves says the same."""


@dataclass(frozen=True)
class ItemFacts:
    """What stands behind one item now. papers: kinds of papers in the matter; files: its own documents and attachments."""

    key: str
    label: str
    note: str = ""
    files: int = 0
    papers: frozenset[D] = frozenset()
    is_waived: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything that decides whether a closing file may be signed and closed. signed: roles whose signature stands."""

    items: tuple[ItemFacts, ...]
    status: Status
    report: str = ""
    visits: int = 0
    paper: PaperKind = PaperKind.NONE
    paper_reason: str = ""
    promises: int = 0
    signed: frozenset[SignerRole] = field(default_factory=frozenset)


def item_missing(item: ItemFacts, facts: Facts) -> list[str]:
    """What one item still lacks, in words; empty when it is met or does not apply with a recorded reason."""
    if item.is_waived:
        return []
    have = BY_KEY[item.key]
    lacking = []
    if have.papers and not item.files:
        lacking += [kind.label for kind in _lacking_papers(have, item.papers)]
    if Evidence.REPORT in have.needs and not facts.report.strip():
        lacking.append(Evidence.REPORT.label)
    if Evidence.VISIT in have.needs and not facts.visits:
        lacking.append(Evidence.VISIT.label)
    if not have.papers and not have.needs and not item.files and not item.note.strip():
        lacking.append("材料或说明")
    return [f"{item.label}：还缺{'、'.join(lacking)}"] if lacking else []


def _lacking_papers(have: Have, papers: frozenset[D]) -> list[D]:
    """Papers lacking from the set that was begun; from the first when none was; none when any set is whole."""
    if any(papers.issuperset(group) for group in have.papers):
        return []
    begun = next((group for group in have.papers if papers.intersection(group)), have.papers[0])
    return [kind for kind in begun if kind not in papers]


def paper_missing(facts: Facts) -> list[str]:
    """The petitioner's paper is never demanded (H3, rules-of-the-office §3); only what is recorded about it may lack."""
    if facts.paper is PaperKind.NONE and not facts.paper_reason.strip():
        return ["信访人文书：没有签订的，请写明原因（不要求必须签订）"]
    if facts.paper is PaperKind.AGREEMENT and not facts.promises:
        return ["息访协议：请登记协议中的承诺事项和期限"]
    return []


def checklist_missing(facts: Facts) -> list[str]:
    """What lacks before anybody may sign."""
    return [words for item in facts.items for words in item_missing(item, facts)] + paper_missing(facts)


def missing(facts: Facts) -> list[str]:
    """Everything that stands between this file and closing, in words; empty when it may be closed."""
    said = checklist_missing(facts)
    if facts.status not in CLOSABLE:
        said.append(f"信访事项：现在是“{facts.status.label}”，答复送达（或不予受理）之后才能结案")
    return said + [f"{role.label}尚未签字" for role in SIGNING_ORDER if role not in facts.signed]


def next_signer(signed: Iterable[SignerRole]) -> SignerRole | None:
    """Whose turn it is: the first in order without a standing signature; None when all have signed."""
    there = set(signed)
    return next((role for role in SIGNING_ORDER if role not in there), None)


def check_turn(role: SignerRole, facts: Facts) -> None:
    """Raises RuleBroken unless the checklist is complete and it is this role's turn (H2)."""
    lacking = checklist_missing(facts)
    if lacking:
        raise RuleBroken(f"清单还没有齐全，不能签字：{'；'.join(lacking)}。")
    turn = next_signer(facts.signed)
    if turn is None or role in facts.signed:
        raise RuleBroken(f"{role.label}已经签过字，不需要再签。")
    if role is not turn:
        raise RuleBroken(f"还没有轮到{role.label}签字，请先由{turn.label}签字。")


def digest(content: Mapping[str, Any]) -> str:
    """The fingerprint of what is signed: sha256 (hex) of its canonical JSON, so that any changed letter shows."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
