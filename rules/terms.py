"""The limits of the law and the office as dated rows (rules-of-the-office §2), copied into editable rows by `flask init`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from rules.words import RuleBroken

NATURAL, WORKING = "natural", "working"
MAX_DAYS = 3650
"""Days a limit or a setting in days may have at most."""
UNITS = {NATURAL: "自然日", WORKING: "工作日"}
"""Units of a limit with the word a person reads."""


class TermRow(Protocol):
    """What a row of terms must offer, whether shipped here or read from the office's table.

    Valid from `valid_from` to `valid_to`, both included; None is open.
    """

    @property
    def key(self) -> str:
        """Which limit it is, such as `handle`."""

    @property
    def valid_from(self) -> date | None:
        """The first day it holds."""

    @property
    def valid_to(self) -> date | None:
        """The last day it holds."""


Row = TypeVar("Row", bound=TermRow)


@dataclass(frozen=True)
class Term:
    """One limit: `days` natural or working days, moved off a rest day when `roll`; `source` is its legal basis."""

    key: str
    label: str
    days: int
    unit: str
    roll: bool
    source: str
    valid_from: date | None
    valid_to: date | None = None


IN_FORCE = date(2022, 5, 1)
"""《信访工作条例》 in force from this day."""
SIMPLE = "《信访事项简易办理办法（试行）》"
OFFICE_TARGET = "本单位来信来访工作制度（工作目标，非法定期限）"


def _art(number: str) -> str:
    return f"《信访工作条例》第{number}条"


TERMS: tuple[Term, ...] = (
    Term("office_route", "转送、交办", 15, NATURAL, True, _art("二十二"), IN_FORCE),
    Term("unit_accept", "受理告知", 15, NATURAL, True, _art("二十三"), IN_FORCE),
    Term("object", "异议退回", 5, WORKING, True, _art("二十三"), IN_FORCE),
    Term("handle", "办理答复", 60, NATURAL, True, _art("三十四"), IN_FORCE),
    Term("extend", "延长办理", 30, NATURAL, True, _art("三十四"), IN_FORCE),
    Term("review_request", "申请复查", 30, NATURAL, True, _art("三十五"), IN_FORCE),
    Term("review", "复查", 30, NATURAL, True, _art("三十五"), IN_FORCE),
    Term("recheck_request", "申请复核", 30, NATURAL, True, _art("三十六"), IN_FORCE),
    Term("recheck", "复核", 30, NATURAL, True, _art("三十六"), IN_FORCE),
    Term("simple_decide", "简易办理决定", 3, WORKING, True, SIMPLE, IN_FORCE),
    Term("simple_answer", "简易办理答复", 10, WORKING, True, SIMPLE, IN_FORCE),
    Term("first_reply", "首次回复", 3, WORKING, True, OFFICE_TARGET, IN_FORCE),
    Term("other_handle", "无法定期限的办理", 60, NATURAL, True, OFFICE_TARGET, IN_FORCE),
    Term("referral", "请示批复", 15, NATURAL, True, OFFICE_TARGET, IN_FORCE),
    Term("serve", "送达", 5, WORKING, True, OFFICE_TARGET, IN_FORCE),
    Term("close", "办结", 15, NATURAL, True, OFFICE_TARGET, IN_FORCE),
)
"""Shipped defaults; S1§10 is the source of `first_reply`. The last four date the steps for which no law sets a day (B8)."""


def term_on(rows: Iterable[Row], key: str, day: date) -> Row:
    """The row of `key` that is valid on `day`; of several, the one that began last. Raises RuleBroken when none is."""
    valid = [row for row in rows if row.key == key and _is_valid(row, day)]
    if not valid:
        label = next((term.label for term in TERMS if term.key == key), key)
        raise RuleBroken(f"期限：“{label}”在 {day} 没有有效的规定，请在“期限”中补一行。", field="term")
    return max(valid, key=lambda row: row.valid_from or date.min)


def _is_valid(row: TermRow, day: date) -> bool:
    return (row.valid_from or date.min) <= day <= (row.valid_to or date.max)


NAMED = {"feedback": "反馈结果", "sender": "上报结果", "other_law": "其他法定程序"}
"""Terms whose last day a letter or another law names: it is entered, not counted."""
