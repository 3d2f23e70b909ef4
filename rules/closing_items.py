"""What an item of a closing template may be (结案清单): its proof, what of the file meets it, when it applies, who waives it (H1).

Pure. An edition of a template is a list of these items as JSON; the shipped ones stand in rules.closing_templates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rules.words import Role, RuleBroken, Word


class Proof(Word):
    """Kind of evidence an item asks for."""

    DOCUMENT = "document", "材料"
    DATE = "date", "日期"
    PERSON = "person", "人员"
    NUMBER = "number", "数字"
    SIGNATURE = "signature", "签字"


class ByHand(Word):
    """What may be put behind an item by hand, where nothing in the file meets it."""

    NO = "no", "只认卷内已有的"
    PAPER = "paper", "可以另附材料或填写"
    NOTE = "note", "可以另附材料，或只写说明"


class When(Word):
    """When an item applies."""

    ALWAYS = "always", "每件都要"
    REPLIED = "replied", "作了处理答复的"
    REFUSED = "refused", "不予受理的"
    AGREEMENT = "agreement", "签了息访协议的"
    AID = "aid", "有帮扶救助的"
    FROM_ABOVE = "from_above", "上级交办的"
    GROUP = "group", "集体访的"
    REVIEWED = "reviewed", "经过复查复核的"


class Piece(Word):
    """Something that stands in a file already and can meet an item."""

    ASSIGN = "assign", "交办函"
    FORWARD = "forward", "转送函"
    REPLY = "reply", "处理意见书"
    SERVICE = "service", "送达回证"
    REFUSE = "refuse", "不予受理告知书"
    REPORT = "report", "查办报告"
    VISIT = "visit", "回访记录"
    INVESTIGATION = "investigation", "调查报告"
    VERIFICATION = "verification", "核查报告"
    MINUTES = "minutes", "会议纪要"
    AID = "aid", "帮扶记录"
    LEADER = "leader", "包案领导"
    RESPONSIBLE = "responsible", "责任人"
    DUTIES = "duties", "四包完成情况"
    ASSIGNED_ON = "assigned_on", "包案日期"
    REPLIED_ON = "replied_on", "答复日期"
    SERVED_ON = "served_on", "送达日期"
    PROMISES = "promises", "承诺事项兑现情况"


@dataclass(frozen=True)
class Source:
    """What of the file meets an item: `groups`: any whole one will do; `always`: needed even when material is put by hand."""

    key: str
    label: str
    proof: Proof
    groups: tuple[tuple[Piece, ...], ...] = ()
    always: tuple[Piece, ...] = ()


P, D = Piece, Proof.DOCUMENT
SOURCES: dict[str, Source] = {
    one.key: one
    for one in (
        Source("assign", "交办函或转送函", D, ((P.ASSIGN,), (P.FORWARD,))),
        Source("reply", "处理意见书和送达回证，或不予受理告知书", D, ((P.REPLY, P.SERVICE), (P.REFUSE,))),
        Source("reply_and_visit", "处理意见书、送达回证和回访记录", D, ((P.REPLY, P.SERVICE), (P.REFUSE,)), (P.VISIT,)),
        Source("service", "注明送达时间的送达回证", D, ((P.SERVICE,), (P.REFUSE,))),
        Source("visit", "回访记录", D, always=(P.VISIT,)),
        Source("findings", "调查报告或核查报告", D, ((P.INVESTIGATION,), (P.VERIFICATION,))),
        Source("minutes", "议过本事项的会议纪要", D, ((P.MINUTES,),)),
        Source("aid", "帮扶救助记录", D, ((P.AID,),)),
        Source("report", "包案领导签字的查办报告", Proof.SIGNATURE, always=(P.REPORT,)),
        Source("leader", "包案领导", Proof.PERSON, ((P.LEADER,),)),
        Source("responsible", "责任人", Proof.PERSON, ((P.RESPONSIBLE,),)),
        Source("assigned_on", "包案日期", Proof.DATE, ((P.ASSIGNED_ON,),)),
        Source("replied_on", "答复日期", Proof.DATE, ((P.REPLIED_ON,),)),
        Source("served_on", "送达日期", Proof.DATE, ((P.SERVED_ON,),)),
        Source("duties", "四包全部完成", Proof.NUMBER, ((P.DUTIES,),)),
        Source("promises", "协议的承诺事项逐项登记", Proof.NUMBER, ((P.PROMISES,),)),
    )
}
"""Key → what of the file can meet an item of that proof."""

WAIVERS = (Role.OFFICE_HEAD, Role.LEADER_IN_CHARGE, Role.LEADER)
"""Who may be allowed to find an item not applicable."""
MOST_ITEMS, LONGEST = 30, {"label": 120, "help": 300, "reason": 100}


@dataclass(frozen=True)
class Item:
    """One item of a template. `source`: key of SOURCES or ""; `reasons`: those a waiver may give, any when there are none."""

    key: str
    label: str
    help: str = ""
    proof: Proof = Proof.DOCUMENT
    source: str = ""
    by_hand: ByHand = ByHand.NOTE
    when: When = When.ALWAYS
    waivers: frozenset[Role] = frozenset({Role.OFFICE_HEAD})
    reasons: tuple[str, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece that could stand behind it, in order, each once."""
        source = SOURCES.get(self.source)
        if source is None:
            return ()
        return tuple(dict.fromkeys(piece for group in (*source.groups, source.always) for piece in group))

    def as_json(self) -> dict[str, Any]:
        """As an edition keeps it."""
        kept = asdict(self) | {"waivers": sorted(role.value for role in self.waivers), "reasons": list(self.reasons)}
        return {name: value.value if isinstance(value, Word) else value for name, value in kept.items()}


def from_json(kept: Mapping[str, Any]) -> Item:
    """An item as an edition keeps it."""
    words = {"proof": Proof(kept["proof"]), "by_hand": ByHand(kept["by_hand"]), "when": When(kept["when"])}
    lists = {"waivers": frozenset(Role(role) for role in kept["waivers"]), "reasons": tuple(kept["reasons"])}
    return Item(**{**kept, **words, **lists})


def word(kind: type[Word], value: str, label: str, row: int) -> Any:
    """A choice of a row as it was posted. Raises RuleBroken when there is no such choice."""
    try:
        return kind(value)
    except ValueError:
        raise RuleBroken(f"第 {row} 项 {label}：没有这个选项，请重新选择。", None, row) from None


def check(items: Iterable[Item]) -> list[Item]:
    """The items of a new edition, or RuleBroken naming field and row (counted from 1)."""
    found = list(items)
    if not found:
        raise RuleBroken("清单项目：至少要有一项。", "label")
    if len(found) > MOST_ITEMS:
        raise RuleBroken(f"清单项目：最多 {MOST_ITEMS} 项，请合并。", "label")
    seen: dict[str, int] = {}
    for row, item in enumerate(found, start=1):
        _check_item(item, row)
        if item.label in seen:
            raise RuleBroken(f"第 {row} 项 名称：和第 {seen[item.label]} 项相同，请改名或删去一项。", "label", row)
        seen[item.label] = row
    return found


def _check_item(item: Item, row: int) -> None:
    if not item.label.strip():
        raise RuleBroken(f"第 {row} 项 名称：请填写，或者勾选“删去”。", "label", row)
    if len(item.label) > LONGEST["label"]:
        raise RuleBroken(f"第 {row} 项 名称：最多 {LONGEST['label']} 个字，请删短。", "label", row)
    if len(item.help) > LONGEST["help"]:
        raise RuleBroken(f"第 {row} 项 填写说明：最多 {LONGEST['help']} 个字，请删短。", "help", row)
    if any(len(reason) > LONGEST["reason"] for reason in item.reasons):
        raise RuleBroken(f"第 {row} 项 可用的理由：每条最多 {LONGEST['reason']} 个字，请删短。", "reasons", row)
    source = SOURCES.get(item.source)
    if source is not None and source.proof is not item.proof:
        raise RuleBroken(
            f"第 {row} 项 由卷内认定：“{source.label}”是{source.proof.label}，和这一项的证据种类不符，请改一个。",
            "source",
            row,
        )
    if source is None and item.by_hand is ByHand.NO:
        raise RuleBroken(f"第 {row} 项 手工认定：没有选由卷内什么认定的，不能“{ByHand.NO.label}”。", "by_hand", row)
