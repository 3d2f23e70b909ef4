"""The closing templates as shipped (六有, 三签, 案卷初审): first fillings the office edits on screen (H1, H2, H5)."""

from dataclasses import dataclass

from rules.closing_items import ByHand, Item, Proof, When


@dataclass(frozen=True)
class Shipped:
    """A template as shipped. `source`: the document its items stand in."""

    key: str
    name: str
    source: str
    items: tuple[Item, ...]


SIX_HAVES: tuple[Item, ...] = (
    Item("basic", "基本案情材料", "案情、诉求、调查经过；附调查报告、谈话笔录等。", source="findings"),
    Item(
        "assign_letter", "交办案件台帐及交办函", "交办函或转送函由系统自动取自流转记录；纸质原件可扫描后上传。",
        source="assign", by_hand=ByHand.PAPER,
    ),
    Item("appointment", "确定包案领导和责任人的文件或纪要", "写明文件名称和文号，或上传会议纪要。", source="minutes"),
    Item(
        "leader_report", "包案领导签字的查办报告及相关材料", "查办报告写在本页，清单齐全后由包案领导签字。",
        proof=Proof.SIGNATURE, source="report", by_hand=ByHand.NO,
    ),
    Item(
        "reply_and_visit", "答复信访人的书面材料和回访材料", "处理意见书、送达回证自动取自文书；另须有一次回访记录。",
        source="reply_and_visit", by_hand=ByHand.PAPER,
    ),
    Item("measures", "目前采取的稳控措施", "已给予的帮扶和后续安排。", source="aid"),
)  # fmt: skip
"""六有 (S2b)."""

THREE_SIGNATURES: tuple[Item, ...] = (
    Item("visit", "回访记录", "结案前至少一次。", source="visit", by_hand=ByHand.NO),
    Item("report", "查办报告", "写在本页，由包案领导签字。", proof=Proof.SIGNATURE, source="report", by_hand=ByHand.NO),
    Item("reply", "答复和送达", "处理意见书、送达回证自动取自文书。", source="reply", by_hand=ByHand.PAPER),
    Item("leader", "包案领导", "取自包案登记。", proof=Proof.PERSON, source="leader", by_hand=ByHand.NO),
    Item("responsible", "责任人", "取自包案登记，没有的在这里填写。", proof=Proof.PERSON, source="responsible", by_hand=ByHand.PAPER),
)  # fmt: skip
"""S2c: 回访记录 and three signatures; the pledge it also names is never asked for (rules-of-the-office §3)."""

INSPECTED: tuple[Item, ...] = (
    Item(
        "report",
        "办理情况报告按模板行文",
        "写明处理意见落实、协议条款落实和包案领导所做工作。",
        proof=Proof.SIGNATURE,
        source="report",
        by_hand=ByHand.NO,
    ),
    Item(
        "executed",
        "处理意见落实情况",
        "写明怎样落实，附凭证。",
        when=When.REPLIED,
        reasons=("不予支持，没有需要落实的事项", "只作解释说明，没有需要落实的事项"),
    ),
    Item(
        "terms",
        "息访协议条款落实情况",
        "承诺事项逐项登记期限和责任单位。",
        proof=Proof.NUMBER,
        source="promises",
        by_hand=ByHand.NO,
        when=When.AGREEMENT,
    ),
    Item("duties", "包案领导责任落实", "四包逐项完成。", proof=Proof.NUMBER, source="duties", by_hand=ByHand.NO),
    Item("service", "送达回证标明送达时间", "取自送达登记。", source="service", by_hand=ByHand.PAPER),
    Item("visit", "回访记录", "结案前至少一次。", source="visit", by_hand=ByHand.NO),
)
"""S2d: the faults the inspectors found, turned round."""

SHIPPED: tuple[Shipped, ...] = (
    Shipped("six_haves", "六有", "S2b 信访积案化解活动方案", SIX_HAVES),
    Shipped("three_signatures", "回访和三级签字", "S2c 乡镇信访积案化解工作方案", THREE_SIGNATURES),
    Shipped("inspected", "案卷初审要点", "S2d 信访积案化解攻坚工作要点", INSPECTED),
)
"""The first is the office's until another is chosen."""
