"""The form of a reception rule: kinds to choose from, the fields each asks for, and the rule text they make (D1).

The screen shows these tables; what offices really use is shipped as ready choices (rules-of-the-office §6).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rules.rule_checks import WORKDAYS
from rules.rule_text import WEEKDAY_CODES, parse
from rules.words import OnHoliday, RuleBroken


@dataclass(frozen=True)
class Filled:
    """What a person filled in: weekdays MO…SU, days 1…31 (or -1 for the last), nth 1…5 or -1, weeks between."""

    weekdays: Sequence[str] = ()
    monthdays: Sequence[int] = ()
    nth: Sequence[int] = ()
    interval: int = 1
    lunar_days: Sequence[int] = ()


@dataclass(frozen=True)
class RuleKind:
    """One way to say which days: its label, the form fields it needs and how they become a rule text."""

    key: str
    label: str
    parts: tuple[str, ...]
    build: Callable[[Filled], str]


@dataclass(frozen=True)
class ReadyRule:
    """A rule that offices really use, offered as a ready choice."""

    name: str
    text: str
    on_holiday: OnHoliday


FIELD_LABELS = {
    "weekdays": "星期几",
    "monthdays": "几日",
    "nth": "第几个",
    "interval": "间隔周数",
    "lunar_days": "农历日子",
}
"""The form's fields in words."""


def from_form(
    kind: str,
    weekdays: Sequence[str] = (),
    monthdays: Sequence[int] = (),
    nth: Sequence[int] = (),
    interval: int = 1,
    lunar_days: Sequence[int] = (),
) -> str:
    """The rule text for a filled form (see Filled for the values). Raises RuleBroken naming the missing or wrong field."""
    filled = Filled(weekdays, monthdays, nth, interval, lunar_days)
    chosen = next((row for row in RULE_KINDS if row.key == kind), None)
    if chosen is None:
        raise RuleBroken("安排方式：请从列表中选择一种。", field="kind")
    for part in chosen.parts:
        if part != "interval" and not getattr(filled, part):
            raise RuleBroken(f"{FIELD_LABELS[part]}：没有填写，请至少选择一项。", field=part)
    if not 1 <= interval <= 52:
        raise RuleBroken(f"间隔周数：{interval} 不在 1 至 52 之间，请改正。", field="interval")
    text = chosen.build(filled)
    try:
        parse(text)
    except RuleBroken as no:
        raise RuleBroken(no.message, field=chosen.parts[0]) from no
    return text


def _weekly(filled: Filled) -> str:
    every = f"INTERVAL={filled.interval};" if filled.interval > 1 else ""
    return f"FREQ=WEEKLY;{every}BYDAY={_week(filled.weekdays)}"


def _monthday(filled: Filled) -> str:
    return f"FREQ=MONTHLY;BYMONTHDAY={_days(filled.monthdays)}"


def _nth_weekday(filled: Filled) -> str:
    days = ",".join(f"{nth}{day}" for nth in _in_order(filled.nth) for day in _week(filled.weekdays).split(","))
    return f"FREQ=MONTHLY;BYDAY={days}"


def _week_of_month(filled: Filled) -> str:
    """第一周 is the month's days 1–7, so it always holds one of each weekday."""
    if not set(filled.nth) <= {1, 2, 3, 4}:
        raise RuleBroken("第几个：每月只有第一至第四周，请改正。", field="nth")
    days = [day for week in filled.nth for day in range(7 * week - 6, 7 * week + 1)]
    return f"FREQ=MONTHLY;BYMONTHDAY={_days(days)};BYDAY={_week(filled.weekdays)}"


def _lunar(filled: Filled) -> str:
    return f"RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY={_days(filled.lunar_days)}"


def _week(weekdays: Iterable[str]) -> str:
    """MO before TU; an unknown code goes last, for the reader to refuse."""
    order = {code: place for place, code in enumerate(WEEKDAY_CODES)}
    return ",".join(sorted(set(weekdays), key=lambda code: (order.get(code, 7), code)))


def _in_order(numbers: Iterable[int]) -> list[int]:
    return sorted(set(numbers), key=lambda number: (number < 0, number))


def _days(numbers: Iterable[int]) -> str:
    return ",".join(str(number) for number in _in_order(numbers))


RULE_KINDS: tuple[RuleKind, ...] = (
    RuleKind("weekly", "每周或隔几周的星期几", ("weekdays", "interval"), _weekly),
    RuleKind("monthday", "每月几日", ("monthdays",), _monthday),
    RuleKind("nth_weekday", "每月第几个星期几", ("nth", "weekdays"), _nth_weekday),
    RuleKind("week_of_month", "每月第几周的星期几", ("nth", "weekdays"), _week_of_month),
    RuleKind("lunar", "农历几日", ("lunar_days",), _lunar),
    RuleKind("workdays", "每个工作日", (), lambda filled: WORKDAYS),
)
"""The kinds of rule on the form, in order."""

READY_RULES: tuple[ReadyRule, ...] = (
    ReadyRule("每月1日、16日，节假日顺延", "FREQ=MONTHLY;BYMONTHDAY=1,16", OnHoliday.NEXT),
    ReadyRule("每月16日，节假日顺延", "FREQ=MONTHLY;BYMONTHDAY=16", OnHoliday.NEXT),
    ReadyRule("每月15日，节假日顺延", "FREQ=MONTHLY;BYMONTHDAY=15", OnHoliday.NEXT),
    ReadyRule("每月8日、25日，节假日顺延", "FREQ=MONTHLY;BYMONTHDAY=8,25", OnHoliday.NEXT),
    ReadyRule("每周二、周四，节假日除外", "FREQ=WEEKLY;BYDAY=TU,TH", OnHoliday.SKIP),
    ReadyRule("每周三，节假日除外", "FREQ=WEEKLY;BYDAY=WE", OnHoliday.SKIP),
    ReadyRule("每周四，节假日顺延", "FREQ=WEEKLY;BYDAY=TH", OnHoliday.NEXT),
    ReadyRule("每周四，提前到节前工作日", "FREQ=WEEKLY;BYDAY=TH", OnHoliday.PREVIOUS),
    ReadyRule("隔周周三，节假日顺延", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", OnHoliday.NEXT),
    ReadyRule("每月最后一个周三，节假日除外", "FREQ=MONTHLY;BYDAY=-1WE", OnHoliday.SKIP),
    ReadyRule("每月第三个周四，节假日顺延", "FREQ=MONTHLY;BYDAY=3TH", OnHoliday.NEXT),
    ReadyRule("每月第一个周一，节假日顺延", "FREQ=MONTHLY;BYDAY=1MO", OnHoliday.NEXT),
    ReadyRule("每月第一周周一，节假日顺延", "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO", OnHoliday.NEXT),
    ReadyRule(
        "农历逢三、六、九，节假日除外",
        "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=3,6,9,13,16,19,23,26,29",
        OnHoliday.SKIP,
    ),
    ReadyRule("农历初一、十五，节假日顺延", "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15", OnHoliday.NEXT),
    ReadyRule("每个工作日", WORKDAYS, OnHoliday.SKIP),
)
"""Ready choices on the form; the first is S3's. A test reads each name back from its text."""
