"""Due dates with their derivation, and the light a date shows (rules-of-the-office §2 "Counting days").

`due` is the unrolled last day; `breach` the last day that is still on time, moved off rest days when the term rolls.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules.calendar_days import Calendar, weekday_name
from rules.terms import MAX_DAYS, NATURAL, UNITS
from rules.words import RuleBroken

FIRST_DAY_NOT_COUNTED = "《民法典》第二百零一条"
ROLLS_OFF_REST = "《民法典》第二百零三条"
OFFICE_CALENDAR = "工作日历"

LIGHTS = {
    "normal": "正常",
    "soon": "即将到期",
    "today": "今日到期",
    "rolling": "顺延中",
    "late": "已超期",
}
"""The lights in words, in order of urgency."""


@dataclass(frozen=True)
class Step:
    """One line of a derivation: what happens (起算, 休息日 …), on which day, in words, by which source."""

    step: str
    date: date
    rule: str
    source: str

    def as_json(self) -> dict[str, str]:
        """One entry of `why` in the contract of `flask due`."""
        return {"step": self.step, "date": self.date.isoformat(), "rule": self.rule, "source": self.source}


@dataclass(frozen=True)
class Due:
    """A deadline: unrolled `due`, last day on time `breach`, whether it reaches into an unpublished year, and why."""

    due: date
    breach: date
    provisional: bool
    why: list[Step]

    @property
    def sentence(self) -> str:
        """The derivation as a person reads it under the date."""
        return "；".join(step.rule for step in self.why) + "。"

    @property
    def basis(self) -> str:
        """The sources used, each once, in order (依据)."""
        return "、".join(dict.fromkeys(step.source for step in self.why if step.source))

    def as_json(self) -> dict[str, object]:
        """The contract of `flask due`."""
        return {
            "due": self.due.isoformat(),
            "breach": self.breach.isoformat(),
            "provisional": self.provisional,
            "why": [step.as_json() for step in self.why],
        }


def compute(
    start: date,
    days: int,
    unit: str,
    calendar: Calendar,
    *,
    roll: bool = True,
    extended: int = 0,
    paused: int = 0,
    source: str = "",
    start_word: str = "起算日",
) -> Due:
    """The deadline `days` natural or working days after `start` (not counted itself), with its derivation.

    An extension of `extended` days (same unit) counts from the unrolled due; `paused` natural days of a hearing are not
    counted (Art 36). `source` is the term's legal basis and
    `start_word` what happened on `start` (单位收到). Raises RuleBroken for a wrong unit or number of days (1–3650), or
    dates outside 1901–2100.
    """
    _check(start, days, unit, extended)
    why = [
        Step("起算", start, f"{start_word} {start}", source),
        Step("次日起算", start + timedelta(days=1), f"次日起算 {days} 个{UNITS[unit]}", FIRST_DAY_NOT_COUNTED),
    ]
    due = _count(start, days, unit, calendar, why)
    why.append(Step("届满", due, f"末日 {_named(due)}", source))
    if extended:
        base, due = due, _count(due, extended, unit, calendar, why)
        rule = f"自未顺延的末日 {base} 起延长 {extended} 个{UNITS[unit]}，至 {_named(due)}"
        why.append(Step("延期", due, rule, source))
    if paused:
        due += timedelta(days=paused)
        why.append(Step("听证", due, f"听证 {paused} 天不计入，至 {_named(due)}", source))
    breach = calendar.next_working_day(due) if roll else due
    why += _rolled(due, breach, calendar)
    provisional = calendar.is_provisional([start + timedelta(days=1), due, breach])
    if provisional:
        rule = f"{breach.year} 年放假安排尚未公布，以上日期为推定"
        why.append(Step("推定", breach, rule, OFFICE_CALENDAR))
    return Due(due, breach, provisional, why)


def named(day: date, source: str) -> Due:
    """A last day that a letter or another law names: neither counted nor moved off a rest day."""
    return Due(day, day, False, [Step("指定", day, f"指定日期 {_named(day)}，过此为超期", source)])


def light(due: date, breach: date, today: date, soon_days: int = 7) -> str:
    """The key of LIGHTS for a deadline: late after breach, rolling between due and breach, soon within `soon_days`."""
    if today > breach:
        return "late"
    if today > due:
        return "rolling"
    if today == due:
        return "today"
    return "soon" if (due - today).days <= soon_days else "normal"


def days_text(due: date, breach: date, today: date) -> str:
    """超期 12 天 · 顺延至 11-23 · 今日到期 · 还有 4 天 (natural days; late counts from breach, left counts to due)."""
    if today > breach:
        return f"超期 {(today - breach).days} 天"
    if today > due:
        return f"顺延至 {breach:%m-%d}"
    if today == due:
        return "今日到期"
    return f"还有 {(due - today).days} 天"


def _check(start: date, days: int, unit: str, extended: int) -> None:
    if unit not in UNITS:
        raise RuleBroken(f"计算单位：“{unit}”不对，请改为 natural（自然日）或 working（工作日）。", field="unit")
    if not 1 <= days <= MAX_DAYS:
        raise RuleBroken(f"期限天数：{days} 不在 1 至 {MAX_DAYS} 之间，请重新填写。", field="days")
    if not 0 <= extended <= MAX_DAYS:
        raise RuleBroken(f"延长天数：{extended} 不在 0 至 {MAX_DAYS} 之间，请重新填写。", field="extended")
    if not 1901 <= start.year <= 2060:
        raise RuleBroken(f"起算日：{start} 不在 1901 至 2060 年之间，请重新填写。", field="start")


def _count(start: date, days: int, unit: str, calendar: Calendar, why: list[Step]) -> date:
    """The last of `days` days after `start`; for working days each rest day passed over is added to `why`."""
    if unit == NATURAL:
        return start + timedelta(days=days)
    due = calendar.add_working_days(start, days)
    for day in _rest_days(start + timedelta(days=1), due, calendar):
        why.append(Step("休息日", day, f"{_named(day)}为{calendar.info(day).label}，不计入", OFFICE_CALENDAR))
    return due


def _rolled(due: date, breach: date, calendar: Calendar) -> Iterator[Step]:
    """The rest days from `due` to `breach`, each a step, and the last day on time."""
    for day in _rest_days(due, breach, calendar):
        yield Step("休息日", day, f"{_named(day)}为{calendar.info(day).label}，顺延", ROLLS_OFF_REST)
    verb = "顺延到" if breach > due else "截止"
    yield Step("截止", breach, f"{verb} {_named(breach)}，过此为超期", ROLLS_OFF_REST if breach > due else "")


def _rest_days(first: date, last: date, calendar: Calendar) -> list[date]:
    """Rest days in [first, last), in order."""
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return [day for day in days if calendar.is_rest(day)]


def _named(day: date) -> str:
    return f"{day}（{weekday_name(day)}）"
