"""The next days of a rule, in words, while it is being written (D1, D2)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from rules.calendar_days import Calendar, weekday_name
from rules.recurrence import Occurrence, in_words, occurrences
from rules.roster_period import day_text
from rules.rule_remarks import remarks
from rules.words import DayKind, OnHoliday, RuleBroken
from services import calendars

SPANS = (70, 430, 3600)
"""Days looked ahead, longer when too few are found."""
MOST_DROPPED = 12
"""Dropped days shown between the ten."""


@dataclass(frozen=True)
class RuleDay:
    """One day of the rule: `held` is None when a holiday drops it; `rest`: why its own day is none (元旦, 周六)."""

    nominal: date
    held: date | None
    rest: str
    is_makeup: bool
    provisional: bool

    @property
    def is_moved(self) -> bool:
        """Is it held on another day than its own?"""
        return self.held is not None and self.held != self.nominal

    def text(self, year: int) -> str:
        """1月1日 元旦 → 1月4日 周日上班; the year in front when it is not the `year` the reader has in mind."""
        own = day_text(self.nominal, year)
        if self.held is None:
            return f"{own} {self.rest} → 不安排"
        worked = short_weekday(self.held) + ("上班" if self.is_makeup else "")
        if self.is_moved:
            return f"{own} {self.rest} → {day_text(self.held, self.nominal.year)} {worked}"
        return f"{own} {worked}" + (f"（{self.rest}）" if self.rest else "")


@dataclass(frozen=True)
class Preview:
    """A rule in words, what it does beside them, and its next days."""

    words: str
    days: list[RuleDay]
    remarks: list[str] = field(default_factory=list)


def preview(
    session: Session, text: str, on_holiday: OnHoliday, today: date, *,
    since: date | None = None, until: date | None = None, count: int = 10,
) -> Preview:  # fmt: skip
    """The rule's next `count` days from today, with the dropped ones between them.

    `since`, `until`: when the rule is valid. Raises RuleBroken when it is no rule, or has no day left.
    """
    calendar, found = calendars.load(session), list[Occurrence]()
    first, last = max(today, since or today), today
    for span in SPANS:
        last = min(first + timedelta(days=span), until or date.max)
        if last < first:
            break
        found = occurrences(text, on_holiday.value, first, last, calendar, dtstart=since)
        if len(found) >= count or last == until:
            break
    said = remarks(text)
    if not found:
        raise RuleBroken(
            f"接访规则：{in_words(text)}，{on_holiday.label}，在有效期内没有一天，请核对规则和有效期。", "rrule"
        )
    shown = found[:count]
    stop = max(one.moved_from or one.date for one in shown) if len(found) > count else last
    kept = occurrences(text, OnHoliday.KEEP.value, first, stop, calendar, dtstart=since)
    days = _with_dropped(shown, [one.date for one in kept], calendar)
    return Preview(f"{in_words(text)}，{on_holiday.label}", days, said)


def short_weekday(day: date) -> str:
    """周六."""
    return "周" + weekday_name(day)[-1]


def _with_dropped(shown: list[Occurrence], nominal: list[date], calendar: Calendar) -> list[RuleDay]:
    held = [_held(one, calendar) for one in shown]
    known = {day.nominal for day in held}
    dropped = [_dropped(day, calendar) for day in nominal if day not in known and calendar.is_rest(day)]
    return sorted([*held, *dropped[:MOST_DROPPED]], key=lambda day: (day.held or day.nominal, day.nominal))


def _held(one: Occurrence, calendar: Calendar) -> RuleDay:
    nominal, info = one.moved_from or one.date, calendar.info(one.date)
    return RuleDay(nominal, one.date, _rest(nominal, calendar), info.kind == DayKind.MAKEUP, one.provisional)


def _dropped(day: date, calendar: Calendar) -> RuleDay:
    return RuleDay(day, None, _rest(day, calendar), is_makeup=False, provisional=calendar.is_provisional([day]))


def _rest(day: date, calendar: Calendar) -> str:
    """元旦, 春节调休, 周六; empty on a working day."""
    info = calendar.info(day)
    return (info.note or short_weekday(day)) if info.is_rest else ""
