"""Meetings and what they decide: the words of them, and when a monthly meeting is late (E3)."""

from datetime import date, timedelta

from rules.words import RuleBroken, Word


class MeetingKind(Word):
    """Kinds of meeting the office holds by rule (E3)."""

    MONTHLY = "monthly", "信访例会"
    JOINT = "joint", "联席会议"


class MeetingState(Word):
    """Where a meeting stands (E3)."""

    PLANNED = "planned", "待召开"
    HELD = "held", "已召开"
    CANCELLED = "cancelled", "已取消"


class DecisionState(Word):
    """Where a decision stands; told from its dates, kept nowhere."""

    OPEN = "open", "办理中"
    LATE = "late", "已超期"
    DONE = "done", "已落实"
    DROPPED = "dropped", "已撤销"


def decision_state(due_on: date, done_on: date | None, dropped: bool, today: date) -> DecisionState:
    """Late when today is past `due_on` and it is neither done nor dropped."""
    if dropped:
        return DecisionState.DROPPED
    if done_on is not None:
        return DecisionState.DONE
    return DecisionState.LATE if today > due_on else DecisionState.OPEN


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    first_of_next = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return first_of_next - timedelta(days=1)


def last_day(month: date, by_day: int) -> date:
    """The day of `month` by which its meeting is held: `by_day`, or the month's end when it is shorter or 0."""
    end = month_end(month)
    return end if by_day < 1 else end.replace(day=min(by_day, end.day))


MARK = "〔更正记录〕"
"""Begins what stood before: corrections are part of the minutes, so that no copy of them can lose one (decision 83)."""


def current(text: str | None) -> str:
    """What minutes or a note say now, without their corrections."""
    return (text or "").partition(f"\n\n{MARK}\n")[0]


def corrections(text: str | None) -> str:
    """What was corrected in them: when, by whom, why and what stood there before, the latest first; nothing if nothing was."""
    return (text or "").partition(f"\n\n{MARK}\n")[2]


def corrected(text: str, said: str, on: date, by: str, reason: str, beside: str = "") -> str:
    """`text` saying `said` from now on, with what it said before kept under it; `beside`: what stood with it and changes too.

    Raises RuleBroken without a reason or a change.
    """
    if not reason.strip():
        raise RuleBroken("更正理由：会议已召开，改纪要须写明理由。", "reason")
    if MARK in said:
        raise RuleBroken(f"纪要中不要写“{MARK}”，更正记录由系统保留。")
    before = current(text)
    if said == before and not beside:
        raise RuleBroken("内容没有改动，不必更正。")
    entry = f"{on} {by}更正，理由：{reason.strip()}\n更正前：\n{beside}{before}"
    return f"{said}\n\n{MARK}\n" + "\n\n".join(filter(None, (entry, corrections(text))))
