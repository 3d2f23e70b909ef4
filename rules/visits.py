"""A visit down (下访): the steps before it, its days counted, the days before a holiday, minimums of a year (E1). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar_days import Calendar
from rules.deadlines import light
from rules.reception_words import Every
from rules.words import DayKind

ONE_DAY = timedelta(days=1)
LONGEST = 366
"""Days one visit may last: a year's stay (长期下访)."""
DAYS_BEFORE_HOLIDAY = 5
"""Working days before a holiday on which concentrated visits are proposed."""
LONGEST_BREAK = timedelta(days=15)
PER_YEAR = {Every.WEEK: 52, Every.MONTH: 12, Every.QUARTER: 4, Every.YEAR: 1}
Span = tuple[date, date]
"""First and last day of a visit."""


@dataclass(frozen=True)
class Step:
    """A step before a visit. `due`: the last working day for it; `light`: a key of rules.deadlines.LIGHTS, or done."""

    key: str
    label: str
    due: date
    done_on: date | None
    light: str

    @property
    def days_late(self) -> int:
        """Natural days by which it was done too late; 0 when in time or not done."""
        return max(0, (self.done_on - self.due).days) if self.done_on else 0


@dataclass(frozen=True)
class Eve:
    """The working days before a holiday (节前): `holiday` its name, `first` the first day off."""

    holiday: str
    first: date
    days: tuple[date, ...]


def due_before(day: date, days: int, calendar: Calendar) -> date:
    """The last working day at least `days` natural days before `day` (E1: contact 10, notice 5 days before)."""
    return calendar.previous_working_day(day - timedelta(days=days))


def step(
    key: str, label: str, day: date, days: int, done_on: date | None, calendar: Calendar, today: date, soon: int
) -> Step:
    """One step of a visit that begins on `day`; nothing is late once it is done."""
    due = due_before(day, days, calendar)
    return Step(key, label, due, done_on, "done" if done_on else light(due, due, today, soon))


def furthest(days: int, until: date, calendar: Calendar) -> date:
    """The last day a visit may begin on whose step is due by `until`."""
    day = until + timedelta(days=days)
    while due_before(day + ONE_DAY, days, calendar) <= until:
        day += ONE_DAY
    return day


def days_in(spans: Iterable[Span], first: date, last: date, calendar: Calendar, *, only_working: bool) -> int:
    """Days of visit in [first, last]; a day of two visits is one day."""
    found: set[date] = set()
    for begins, ends in spans:
        day = max(begins, first)
        while day <= min(ends, last):
            found.add(day)
            day += ONE_DAY
    return sum(not (only_working and calendar.is_rest(day)) for day in found)


def eves(first: date, last: date, calendar: Calendar) -> list[Eve]:
    """The holidays whose last working day before lies in [first, last], with those days, in order (节前集中下访)."""
    found: dict[date, Eve] = {}
    day = first
    while day <= last + LONGEST_BREAK:
        info = calendar.info(day)
        if info.kind is DayKind.HOLIDAY:
            begins = _break_begins(day, calendar)
            found.setdefault(begins, Eve(info.label, begins, _before(begins, calendar)))
        day += ONE_DAY
    return [eve for eve in found.values() if first <= eve.days[-1] <= last]


def _break_begins(day: date, calendar: Calendar) -> date:
    """The first day off of the break a holiday stands in."""
    while calendar.is_rest(day - ONE_DAY):
        day -= ONE_DAY
    return day


def _before(day: date, calendar: Calendar) -> tuple[date, ...]:
    found: list[date] = []
    while len(found) < DAYS_BEFORE_HOLIDAY:
        day = calendar.previous_working_day(day - ONE_DAY)
        found.append(day)
    return tuple(reversed(found))


def required(minimums: Iterable[tuple[int, Every]]) -> int:
    """What a year asks for when several minimums hold for one leader: the highest."""
    return max((count * PER_YEAR[every] for count, every in minimums), default=0)
