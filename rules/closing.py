"""Closing an assigned case (结案): what is still missing in words, the order of signatures, the fingerprint.

Pure. The office may not close while `missing` says anything (H1–H4); the same words stand on the screen and in the refusal.
What an item may ask stands in rules.closing_items, the shipped templates in rules.closing_templates.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rules.closing_items import SOURCES, ByHand, Item, Piece, Proof, When
from rules.moves_end import CLOSABLE
from rules.words import PaperKind, RuleBroken, SignerRole, Status

SIGNING_ORDER = (SignerRole.HANDLER, SignerRole.LEADER, SignerRole.UNIT_HEAD)
HANDS = {
    Proof.DOCUMENT: "材料",
    Proof.DATE: "日期",
    Proof.PERSON: "姓名",
    Proof.NUMBER: "数字",
    Proof.SIGNATURE: "签字页",
}
"""What lacks where nothing was put behind an item by hand."""
UNDATED = "送达回证的送达时间"


@dataclass(frozen=True)
class ItemFacts:
    """What was put behind one item by hand. files: papers and attachments; has_value: its date, person or number is there."""

    item: Item
    note: str = ""
    files: int = 0
    has_value: bool = False
    is_waived: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything that decides whether a closing file may be signed and closed.

    pieces: what stands in the file; is_undated: a proof of service without its time; holds: which conditions hold;
    disputes, broken: what is still open and which promises are past due, in words; signed: roles whose signature stands.
    """

    items: tuple[ItemFacts, ...]
    status: Status
    pieces: frozenset[Piece] = frozenset()
    is_undated: bool = False
    holds: frozenset[When] = frozenset()
    paper: PaperKind = PaperKind.NONE
    paper_reason: str = ""
    promises: int = 0
    disputes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    signed: frozenset[SignerRole] = field(default_factory=frozenset)


def applies(item: Item, facts: Facts) -> bool:
    """Does the item's condition hold for this file?"""
    return item.when is When.ALWAYS or item.when in facts.holds


def item_missing(one: ItemFacts, facts: Facts) -> list[str]:
    """What one item still lacks, in words; empty when it is met, does not apply, or was waived with a recorded reason."""
    item = one.item
    if one.is_waived or not applies(item, facts):
        return []
    source = SOURCES.get(item.source)
    lacking = []
    if not _is_met_by_hand(one):
        found = source is not None and any(facts.pieces.issuperset(group) for group in source.groups)
        if not found and item.by_hand is ByHand.NOTE:
            lacking.append("材料或说明" if item.proof is Proof.DOCUMENT else HANDS[item.proof])
        elif not found and source is None:
            lacking.append(HANDS[item.proof])
        elif not found and source is not None:
            lacking += [_said(piece, facts) for piece in lacking_pieces(source.groups, facts.pieces)]
    if source is not None:
        lacking += [_said(piece, facts) for piece in source.always if piece not in facts.pieces]
    return [f"{item.label}：还缺{'、'.join(lacking)}"] if lacking else []


def _is_met_by_hand(one: ItemFacts) -> bool:
    by_hand, proof = one.item.by_hand, one.item.proof
    if by_hand is ByHand.NO:
        return False
    if proof in (Proof.DATE, Proof.PERSON, Proof.NUMBER):
        return one.has_value
    return one.files > 0 or (by_hand is ByHand.NOTE and bool(one.note.strip()))


def lacking_pieces(groups: tuple[tuple[Piece, ...], ...], there: frozenset[Piece]) -> list[Piece]:
    """Pieces lacking from the group that was begun; from the first when none was; none when any group is whole."""
    if not groups or any(there.issuperset(group) for group in groups):
        return []
    begun = next((group for group in groups if there.intersection(group)), groups[0])
    return [piece for piece in begun if piece not in there]


def _said(piece: Piece, facts: Facts) -> str:
    return UNDATED if piece is Piece.SERVICE and facts.is_undated else piece.label


def paper_missing(facts: Facts) -> list[str]:
    """The petitioner's paper is never demanded (H3, rules-of-the-office §3); only what is recorded about it may lack."""
    if facts.paper is PaperKind.NONE and not facts.paper_reason.strip():
        return ["信访人文书：没有签订的，请写明原因（不要求必须签订）"]
    if facts.paper is PaperKind.AGREEMENT and not facts.promises:
        return ["息访协议：请登记协议中的承诺事项和期限"]
    return []


def checklist_missing(facts: Facts) -> list[str]:
    """What lacks before anybody may sign: items, the petitioner's paper, disputes still open, promises past due."""
    items = [words for one in facts.items for words in item_missing(one, facts)]
    return items + paper_missing(facts) + list(facts.disputes) + list(facts.broken)


def mediation_runs(held_on: date) -> str:
    """A mediation is set down and has come to nothing yet."""
    return f"争议未结：{held_on} 的调解还没有结果，请先登记调解结果"


def window_runs(what: str, until: date) -> str:
    """The petitioner may still ask for a review and has not said that he is content."""
    return f"争议未结：{what}的期限到 {until}，信访人还没有表示满意；请等期限届满，或者回访取得本人意见"


def promise_broken(text: str, due_on: date) -> str:
    """A promise past its day."""
    return f"承诺事项：“{text[:30]}”{due_on} 到期，还没有兑现"


def is_complete(facts: Facts) -> bool:
    """Nothing but signatures stands between this file and closing."""
    return not missing(replace(facts, signed=frozenset(SIGNING_ORDER)))


def missing(facts: Facts) -> list[str]:
    """Everything that stands between this file and closing, in words; empty when it may be closed."""
    said = checklist_missing(facts)
    if facts.status in (Status.REVIEWING, Status.RECHECKING):
        said.append(f"争议未结：信访事项{facts.status.label}，作出意见并送达之后才能结案")
    elif facts.status not in CLOSABLE:
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
