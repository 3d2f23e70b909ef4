"""Meetings and what they decide: the words of them, and when a monthly meeting is late (E3)."""

from datetime import date, timedelta

from rules.words import Word


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
