"""The score sheet of case reviews (案件评查评分表, H7) as data: item, points, what is looked at, the faults that speak of it."""

from dataclasses import dataclass
from typing import Any

from rules.inspection_words import Fault, ReviewResult


@dataclass(frozen=True)
class ScoreItem:
    """One line of the sheet. `veto`: nought points here fails the file whatever the sum."""

    key: str
    label: str
    points: int
    help: str
    faults: tuple[Fault, ...] = ()
    veto: bool = False


F = Fault
SHEET: tuple[ScoreItem, ...] = (
    ScoreItem("register", "登记受理", 10, "登记完整，按期转送交办，书面告知受理。", (F.DATES, F.FUTURE)),
    ScoreItem("duty", "责任落实", 15, "责任单位和承办人适当，应回避的回避，包案领导责任落实。",
              (F.ACCUSED, F.PARTIAL, F.RECUSED, F.LEADER_PART), veto=True),
    ScoreItem("facts", "调查核实", 20, "查清事实，材料齐全，办理方式要求的材料在卷。", (F.MEANS, F.NO_REPORT)),
    ScoreItem("reply", "处理答复", 20, "处理意见有请求、事实和理由、意见和法律依据，按期答复。", (F.NO_REPLY,), veto=True),
    ScoreItem("service", "送达", 10, "送达回证写明收到的日期和时间。", (F.SERVICE_DATE,)),
    ScoreItem("execution", "意见和协议落实", 15, "处理意见、协议条款已经落实，有凭证。", (F.NOT_EXECUTED, F.AGREEMENT)),
    ScoreItem("file", "案卷规范", 10, "结案清单齐全，报告按模板行文，三人签字，结案前后有回访。",
              (F.REPORT_PART, F.SIGNATURE, F.CHANGED, F.VISIT, F.ITEMS)),
)  # fmt: skip
"""A hundred points in all, as shipped; a round keeps its own copy."""


def as_rows() -> list[dict[str, Any]]:
    """The sheet as a round keeps it."""
    return [
        {"key": one.key, "label": one.label, "points": one.points, "help": one.help, "veto": one.veto} for one in SHEET
    ]


def judged(sheet: list[dict[str, Any]], points: dict[str, int], pass_mark: int) -> tuple[int, ReviewResult]:
    """(Sum, result): failed below the mark, or with nought points on an item that may not be missing."""
    total = sum(points[row["key"]] for row in sheet)
    vetoed = any(row["veto"] and points[row["key"]] == 0 for row in sheet)
    return total, ReviewResult.FAILED if vetoed or total < pass_mark else ReviewResult.PASSED
