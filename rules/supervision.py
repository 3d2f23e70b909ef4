"""Supervision (督办): how it is done, where one stands, when its answer is late; how a rating was taken (B10, Art 40)."""

from dataclasses import dataclass
from datetime import date, timedelta

from rules.words import RuleBroken, Word


class SupervisionKind(Word):
    """How the office or the inspector presses (B10): by paper, by voice, or by going there."""

    LETTER = "letter", "发函督办"
    PHONE = "phone", "电话督办"
    MESSAGE = "message", "信息督办"
    SPECIAL = "special", "专项督查"
    CARRYING = "carrying", "带案督查"
    JOINT = "joint", "联合督查"


class SupervisionState(Word):
    """Where one stands; derived, no column says it."""

    WAITING = "waiting", "待回复"
    LATE = "late", "逾期未复"
    ANSWERED = "answered", "待审核"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"


class RatedHow(Word):
    """By what act of the petitioner's own a rating reached the office (满意度评价)."""

    COUNTER = "counter", "当面评价"
    PHONE = "phone", "电话评价"
    PAPER = "paper", "书面评价"
    ONLINE = "online", "网上评价"


@dataclass(frozen=True)
class Dates:
    """The days of one supervision; `reply_due_on`: of the round that runs."""

    reply_due_on: date
    answered_on: date | None = None
    closed_on: date | None = None
    is_withdrawn: bool = False


def state(dates: Dates, today: date) -> SupervisionState:
    """Where it stands at the end of `today`: the day named in the letter is the last day on time, a rest day or not."""
    if dates.is_withdrawn:
        return SupervisionState.WITHDRAWN
    if dates.closed_on is not None:
        return SupervisionState.CLOSED
    if dates.answered_on is not None:
        return SupervisionState.ANSWERED
    return SupervisionState.LATE if dates.reply_due_on < today else SupervisionState.WAITING


def check_due(reply_due_on: date, today: date) -> None:
    """Raises RuleBroken for a reply date that is past, today or more than a year away."""
    if reply_due_on <= today:
        raise RuleBroken(f"回复期限：{reply_due_on} 不晚于今天，请改为以后的日期。", "reply_due_on")
    if reply_due_on > today + timedelta(days=366):
        raise RuleBroken(f"回复期限：{reply_due_on} 在一年以后，请核对年份。", "reply_due_on")
