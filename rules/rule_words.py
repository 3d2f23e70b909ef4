"""A reception rule said in Chinese, as it stands on the notice and the rules page: 每月1日、16日; 隔周周三; 农历初一、十五."""

from collections.abc import Iterable

from rules.calendar_days import WEEKDAYS
from rules.lunar import DAYS, MONTHS
from rules.rule_checks import WORKDAYS, Rule
from rules.rule_text import parse

NUMBERS = "零一二三四五六七八九十"
LUNAR_THREES = ((3, 6, 9), tuple(ten + unit for ten in (0, 10, 20) for unit in (3, 6, 9)))
"""逢三、六、九 means these days of each lunar month (rules-of-the-office §6)."""


def in_words(text: str) -> str:
    """The rule in Chinese. Raises RuleBroken when the text is no rule."""
    rule = parse(text)
    return _days(rule) + _ends(rule)


def _days(rule: Rule) -> str:
    if rule.freq == WORKDAYS:
        return "每个工作日" if rule.interval == 1 else f"每{rule.interval}个工作日"
    if rule.lunar:
        return _lunar(rule)
    return SAYINGS[rule.freq](rule)


def _daily(rule: Rule) -> str:
    every = _every(rule, "每天", "隔天", "天")
    picked = _monthdays(rule.bymonthday) + _weekdays(rule)
    return f"{every}（{_in_months(rule)}{picked}）" if picked or rule.bymonth else every


def _weekly(rule: Rule) -> str:
    every = _every(rule, "每周", "隔周", "周")
    days = _weekdays(rule)
    if rule.interval == 1 and not rule.bymonth and days:
        every = "每"
    return f"{_in_months(rule)}{every}{days}{_places(rule)}"


def _monthly(rule: Rule) -> str:
    every = _every(rule, "每月", "隔月", "个月")
    return (_in_months(rule) if rule.bymonth and rule.interval == 1 else every + _in_months(rule)) + _of_month(rule)


def _yearly(rule: Rule) -> str:
    every = _every(rule, "每年", "隔年", "年")
    inside = _of_month(rule)
    return f"{every}{_in_months(rule)}{inside}"


def _lunar(rule: Rule) -> str:
    every = "" if rule.interval == 1 else f"每{rule.interval}个{'月' if rule.freq == 'MONTHLY' else '年'}"
    months = "、".join(("闰" if leap else "") + MONTHS[month - 1] + "月" for month, leap in rule.bymonth)
    return f"农历{every}{months}{_lunar_days(rule.bymonthday)}"


def _lunar_days(days: tuple[int, ...]) -> str:
    units, threes = LUNAR_THREES
    if set(days) == set(threes):
        return "逢" + "、".join(NUMBERS[unit] for unit in units)
    return "、".join(DAYS[day - 1] if day > 0 else _last(day, "天") for day in days)


def _of_month(rule: Rule) -> str:
    """The days inside a month: nth weekdays, nth week, or numbered days."""
    week = _week_of_month(rule.bymonthday)
    if week and rule.byday and not rule.bysetpos:
        return f"第{NUMBERS[week]}周{_weekdays(rule)}"
    if rule.bysetpos and len(rule.byday) == 1 and not rule.bymonthday:
        return _nth_weekdays((nth, rule.byday[0][1]) for nth in rule.bysetpos)
    if any(nth for nth, _ in rule.byday):
        return _nth_weekdays(rule.byday) + _places(rule)
    both = "的" if rule.bymonthday and rule.byday else ""
    return f"{_monthdays(rule.bymonthday)}{both}{_weekdays(rule)}{_places(rule)}"


def _week_of_month(days: tuple[int, ...]) -> int:
    """1–4 when the days are the month's nth seven days (第几周), else 0."""
    return next((week for week in range(1, 5) if days == tuple(range(7 * week - 6, 7 * week + 1))), 0)


def _nth_weekdays(days: Iterable[tuple[int, int]]) -> str:
    """第一个、第三个周四; 第一个周一、最后一个周五; 每个周二."""
    pairs = list(days)
    said = [(_nth(nth) if nth else "每个", f"周{WEEKDAYS[weekday]}") for nth, weekday in pairs]
    if len({weekday for _, weekday in said}) == 1:
        return "、".join(nth for nth, _ in said) + said[0][1]
    return "、".join(nth + weekday for nth, weekday in said)


def _nth(nth: int) -> str:
    return f"第{_numeral(nth)}个" if nth > 0 else _last(nth, "个")


def _last(nth: int, unit: str) -> str:
    return f"最后一{unit}" if nth == -1 else f"倒数第{_numeral(-nth)}{unit}"


def _numeral(number: int) -> str:
    return NUMBERS[number] if number <= 10 else str(number)


def _monthdays(days: tuple[int, ...]) -> str:
    return "、".join(f"{day}日" if day > 0 else _last(day, "天") for day in days)


def _weekdays(rule: Rule) -> str:
    return "、".join(f"周{WEEKDAYS[weekday]}" for _, weekday in rule.byday)


def _places(rule: Rule) -> str:
    return f"中的{'、'.join(_nth(nth) for nth in rule.bysetpos)}" if rule.bysetpos else ""


def _in_months(rule: Rule) -> str:
    return "、".join(f"{month}月" for month, _ in rule.bymonth)


def _every(rule: Rule, one: str, two: str, unit: str) -> str:
    return {1: one, 2: two}.get(rule.interval, f"每{rule.interval}{unit}")


def _ends(rule: Rule) -> str:
    since = f"，自{rule.dtstart}起" if rule.dtstart else ""
    until = f"，至{rule.until}止" if rule.until else ""
    return since + until + (f"，共{rule.count}次" if rule.count else "")


SAYINGS = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}
