"""The form of the report on how a case was handled (办理情况报告, S2d): its required parts, which of them stand in a text."""

import re
from dataclasses import dataclass

from rules.words import PaperKind


@dataclass(frozen=True)
class Part:
    """A part the report must have: a heading with one of these words, and something under it."""

    key: str
    label: str
    words: tuple[str, ...]
    help: str
    only_agreement: bool = False


REPORT_PARTS: tuple[Part, ...] = (
    Part("basic", "基本情况", ("基本情况", "基本案情", "案情"), "信访人反映的问题和诉求。"),
    Part("checked", "调查核实情况", ("调查核实", "核实情况", "调查情况", "查明"), "查了什么，查明的事实和依据。"),
    Part("executed", "处理意见落实情况", ("处理意见落实", "意见落实", "意见执行"), "意见逐条落实到什么程度，凭证在哪里。"),
    Part("agreed", "息访协议条款落实情况", ("协议",), "协议条款逐条落实情况。", only_agreement=True),
    Part("leader", "包案领导责任落实情况", ("包案领导",), "包案领导做了哪些工作。"),
)  # fmt: skip
"""The required form of the report (办理情况报告, S2d)."""
NUMERALS = "一二三四五六七八九十"
_HEADING = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]+[）)、.．]\s*)?(.*)$")


def report_form(paper: PaperKind) -> str:
    """An empty report with its headings, for the form."""
    parts = [part for part in REPORT_PARTS if not part.only_agreement or paper is PaperKind.AGREEMENT]
    return "\n\n".join(f"{NUMERALS[place]}、{part.label}\n" for place, part in enumerate(parts))


def _heading_of(line: str) -> Part | None:
    """The part a line begins: its heading within the first words, 一、处理意见落实情况 or 处理意见落实情况：…"""
    found = _HEADING.match(line)
    head = re.split(r"[：:]", found.group(1), maxsplit=1)[0].strip() if found else ""
    if not head or len(head) > 20 or "。" in head or "，" in head:
        return None
    return next((part for part in REPORT_PARTS if any(word in head for word in part.words)), None)


def report_parts(report: str) -> dict[str, bool]:
    """Key of each part whose heading stands in the report → is anything written under it (or behind its colon)?"""
    found: dict[str, bool] = {}
    current = ""
    for line in report.splitlines():
        part = _heading_of(line)
        if part is not None:
            current = part.key
            rest = re.split(r"[：:]", line, maxsplit=1)
            found[current] = found.get(current, False) or (len(rest) > 1 and bool(rest[1].strip()))
        elif current and line.strip():
            found[current] = True
    return found
