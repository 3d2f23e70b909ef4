"""Statistical periods (统计期间): a month, a quarter, a year or any two days; the one before, the one after, last year's."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from rules.words import RuleBroken

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_QUARTERS = ("一", "二", "三", "四")
FIRST_YEAR, LAST_YEAR = 1950, 2100


@dataclass(frozen=True)
class Period:
    """Both days are included."""

    kind: str
    start: date
    end: date

    @property
    def title(self) -> str:
        """2026年10月 · 2026年第三季度 · 2026年 · 2026年10月1日至2026年10月15日."""
        if self.kind == "month":
            return f"{self.start.year}年{self.start.month}月"
        if self.kind == "quarter":
            return f"{self.start.year}年第{_QUARTERS[(self.start.month - 1) // 3]}季度"
        return f"{self.start.year}年" if self.kind == "year" else f"{_day(self.start)}至{_day(self.end)}"

    @property
    def before(self) -> "Period":
        """The period just before, of the same kind or length (环比)."""
        if self.kind == "custom":
            length = self.end - self.start
            return Period("custom", self.start - length - timedelta(days=1), self.start - timedelta(days=1))
        return around(self.kind, self.start - timedelta(days=1))

    @property
    def after(self) -> "Period":
        """The period that follows."""
        if self.kind == "custom":
            return Period(
                "custom", self.end + timedelta(days=1), self.end + (self.end - self.start) + timedelta(days=1)
            )
        return around(self.kind, self.end + timedelta(days=1))

    @property
    def last_year(self) -> "Period":
        """The same period a year earlier (同比); a whole month, quarter or year stays whole."""
        if self.kind == "custom":
            return Period("custom", _year_back(self.start), _year_back(self.end))
        return around(self.kind, _year_back(self.start))


def around(kind: str, day: date) -> Period:
    """The month, quarter or year that holds the day. Raises RuleBroken for another kind."""
    if kind not in _MONTHS:
        raise RuleBroken("统计期间：请选择月、季度、年或自定起止日期。", "period")
    length = _MONTHS[kind]
    first = (day.month - 1) // length * length + 1
    last = first + length - 1
    return Period(kind, date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1]))


def between(start: date, end: date) -> Period:
    """The period of two days; two that bound a month, quarter or year are called so.

    Raises RuleBroken when they are in the wrong order or out of the calendar's range.
    """
    if end < start:
        raise RuleBroken("统计期间：截止日期不能早于开始日期，请核对。", "to")
    if start.year < FIRST_YEAR or end.year > LAST_YEAR:
        raise RuleBroken(f"统计期间：年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，请核对。", "from")
    whole = (around(kind, start) for kind in _MONTHS)
    return next((p for p in whole if (p.start, p.end) == (start, end)), Period("custom", start, end))


def months(period: Period) -> list[Period]:
    """The calendar months the period touches, the first and the last cut to it."""
    found, day = [], period.start
    while day <= period.end:
        month = around("month", day)
        found.append(Period("month", max(month.start, period.start), min(month.end, period.end)))
        day = month.end + timedelta(days=1)
    return found


def _year_back(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
