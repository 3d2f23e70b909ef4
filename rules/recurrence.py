"""Reception days (接访日) from a rule: which days it names, and where a rest day is moved to (D1, D2).

Rules are RFC 5545 RRULE text, RSCALE=CHINESE for lunar days and WORKDAYS. A moved day that meets another day of the
same rule, nominal or already moved, goes on to the next (or previous) free working day (`deferral`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil import rrule

from rules import deferral
from rules.calendar_days import Calendar
from rules.rule_checks import WORKDAYS, Rule
from rules.rule_form import READY_RULES, RULE_KINDS, from_form
from rules.rule_lunar import lunar_days
from rules.rule_text import parse
from rules.rule_words import in_words
from rules.words import OnHoliday, RuleBroken

__all__ = [
    "READY_RULES", "RULE_KINDS", "Occurrence", "from_form", "in_words", "nominal_days", "occurrences",
]  # fmt: skip

FIRST_YEAR, LAST_YEAR, LONGEST = 1902, 2099, 3700
Day = date
"""`date` by a name that Occurrence's own field does not hide."""


@dataclass(frozen=True)
class Occurrence:
    """One reception day; `moved_from` is the rule's own day when that was a rest day."""

    date: Day
    moved_from: Day | None
    provisional: bool

    def as_json(self) -> dict[str, object]:
        """The contract of `flask roster plan`, without the leader."""
        moved = self.moved_from.isoformat() if self.moved_from else None
        return {"date": self.date.isoformat(), "moved_from": moved, "provisional": self.provisional}


def occurrences(
    rule_text: str, on_holiday: str, start: date, end: date, calendar: Calendar, dtstart: date | None = None
) -> list[Occurrence]:
    """The reception days whose nominal day lies in [start, end], in order of date.

    `on_holiday` is a value of OnHoliday. INTERVAL and COUNT are anchored at DTSTART in the text, else `dtstart`, else
    `start`. Raises RuleBroken for a bad rule, policy or range (fields rule, on_holiday, start, end).
    """
    rule = parse(rule_text)
    _check_policy(on_holiday)
    _check_range(start, end, dtstart)
    first, last = deferral.days_around(start, end, on_holiday)
    anchor = rule.dtstart or dtstart or (start if rule.is_anchored else first)
    nominal = [day for day in _nominal_days(rule, anchor, last, calendar) if day >= first]
    placed = deferral.placed(nominal, on_holiday, calendar)
    wanted = [(day, nominal_day) for nominal_day, day in placed.items() if start <= nominal_day <= end]
    return [_occurrence(day, nominal_day, calendar) for day, nominal_day in sorted(wanted)]


def nominal_days(rule_text: str, since: date, last: date, calendar: Calendar) -> list[date]:
    """The rule's own days from its DTSTART (else `since`) to `last`, in order, whatever the calendar makes of them.

    Raises RuleBroken (field `rule`) for a text that is no rule.
    """
    rule = parse(rule_text)
    return _nominal_days(rule, rule.dtstart or since, last, calendar)


def _check_policy(on_holiday: str) -> None:
    policies = [policy.value for policy in OnHoliday]
    if on_holiday not in policies:
        raise RuleBroken(f"节假日安排：“{on_holiday}”不对，请改为 {'、'.join(policies)} 之一。", field="on_holiday")


def _check_range(start: date, end: date, dtstart: date | None) -> None:
    days = {"start": ("开始日期", start), "end": ("截止日期", end), "dtstart": ("规则起始日", dtstart)}
    for field, (label, day) in days.items():
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise RuleBroken(f"{label}：{day} 不在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间，请改正。", field=field)
    if end < start:
        raise RuleBroken(f"截止日期：{end} 早于开始日期 {start}，请改正。", field="end")
    if (end - start).days > LONGEST:
        raise RuleBroken("截止日期：一次最多排十年，请缩短起止日期。", field="end")


def _occurrence(day: date, nominal: date, calendar: Calendar) -> Occurrence:
    return Occurrence(day, nominal if day != nominal else None, calendar.is_provisional([nominal, day]))


def _nominal_days(rule: Rule, anchor: date, last: date, calendar: Calendar) -> list[date]:
    """The rule's own days from `anchor` to `last` in order, ended by its UNTIL or COUNT."""
    last = min(last, rule.until or last)
    if rule.freq == WORKDAYS:
        days = _workdays(rule, anchor, last, calendar)
    elif rule.lunar:
        days = iter(lunar_days(rule, anchor, last))
    else:
        days = _gregorian_days(rule, anchor, last)
    return list(islice(days, rule.count))


def _workdays(rule: Rule, anchor: date, last: date, calendar: Calendar) -> Iterator[date]:
    span = (anchor + timedelta(days=n) for n in range((last - anchor).days + 1))
    return islice((day for day in span if not calendar.is_rest(day)), 0, None, rule.interval)


def _gregorian_days(rule: Rule, anchor: date, last: date) -> Iterator[date]:
    days = rrule.rrule(
        getattr(rrule, rule.freq),
        dtstart=datetime.combine(anchor, time()),
        until=datetime.combine(last, time()),
        interval=rule.interval,
        wkst=rule.wkst,
        bysetpos=rule.bysetpos or None,
        bymonth=[month for month, _ in rule.bymonth] or None,
        bymonthday=rule.bymonthday or None,
        byweekday=[rrule.weekday(weekday, nth or None) for nth, weekday in rule.byday] or None,
    )
    return (moment.date() for moment in days)
