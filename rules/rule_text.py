"""The text of a reception rule, read and checked: RFC 5545 RRULE, RFC 7529 RSCALE=CHINESE, and WORKDAYS.

Only reading lives here: which days a rule gives is `recurrence`, how it is said in Chinese is `rule_words`.
A refused text raises RuleBroken (field `rule`) with a sentence saying what is wrong and what to write instead.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from rules.rule_checks import CHECKS, WORKDAYS, Rule, refuse

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MAX_LENGTH = 500


def parse(text: str) -> Rule:
    """A rule from its text, checked whole (D2). `RRULE:` may stand in front, DTSTART as a line or a part of its own.

    Raises RuleBroken (field `rule`) for a part that is unknown, doubled, out of range, or does not go with the others.
    """
    parts = _split(text)
    if "FREQ" in parts and WORKDAYS in parts:
        raise refuse("WORKDAYS（每个工作日）不能和 FREQ 同时写，请去掉一个。")
    if "FREQ" not in parts and WORKDAYS not in parts:
        raise refuse("没有写频率，请写明 FREQ=WEEKLY、FREQ=MONTHLY，或者 WORKDAYS（每个工作日）。")
    values: dict[str, object] = {}
    for name, value in parts.items():
        field, reader = PARTS[name]
        values[field] = reader(value, name)
    rule = Rule(**values)  # type: ignore[arg-type]
    for check in CHECKS:
        check(rule)
    return rule


def _split(text: str) -> dict[str, str]:
    """NAME → value. Full-width punctuation is forgiven; an unknown or doubled name is not."""
    plain = unicodedata.normalize("NFKC", text or "").strip().upper()
    if not plain:
        raise refuse("不能为空，请选择接访日的安排方式。")
    if len(plain) > MAX_LENGTH:
        raise refuse(f"超过 {MAX_LENGTH} 个字符，请改短。")
    plain = re.sub(r"(DTSTART)(;[A-Z]+=[A-Z0-9/_+-]+)?:", r";\1=", plain)
    parts: dict[str, str] = {}
    for piece in re.split(r"[;\s]+", plain):
        name, _, value = piece.removeprefix("RRULE:").partition("=")
        if not name:
            continue
        if name not in PARTS:
            raise refuse(f"“{name[:40]}”不是可用的部分，可用的有 {'、'.join(PARTS)}。")
        if name in parts:
            raise refuse(f"“{name}”写了两次，请只留一个。")
        if bool(value) == (name == WORKDAYS):
            raise refuse(f"“{piece[:40]}”不完整，请写成 名称=值 的形式（WORKDAYS 单独写）。")
        parts[name] = value
    return parts


def _number(value: str, name: str, low: int, high: int, *, signed: bool = False) -> int:
    """An integer in low…high (or its negative when signed)."""
    number = int(value) if re.fullmatch(r"[+-]?[0-9]{1,6}", value) else None
    if number is None or not low <= (abs(number) if signed else number) <= high:
        negative = f"（倒数写 -{low} 至 -{high}）" if signed else ""
        raise refuse(f"{name}={value} 不对，应是 {low} 至 {high} 的整数{negative}，请改正。")
    return number


def _numbers(high: int) -> Callable[[str, str], tuple[int, ...]]:
    def read(value: str, name: str) -> tuple[int, ...]:
        numbers = {_number(item, name, 1, high, signed=True) for item in value.split(",")}
        return tuple(sorted(numbers, key=lambda number: (number < 0, number)))

    return read


def _positive(high: int) -> Callable[[str, str], int]:
    return lambda value, name: _number(value, name, 1, high)


def _months(value: str, name: str) -> tuple[tuple[int, bool], ...]:
    """1,5L: the L is RFC 7529's leap month (闰月)."""
    return tuple(sorted({(_number(m.removesuffix("L"), name, 1, 12), m.endswith("L")) for m in value.split(",")}))


def _weekday(value: str, name: str) -> int:
    if value not in WEEKDAY_CODES:
        raise refuse(f"{name}={value} 不是星期几，请用 {'、'.join(WEEKDAY_CODES)}（周一至周日）。")
    return WEEKDAY_CODES.index(value)


def _weekdays(value: str, name: str) -> tuple[tuple[int, int], ...]:
    days = set()
    for item in value.split(","):
        nth, code = item[:-2], item[-2:]
        days.add((_number(nth, name, 1, 53, signed=True) if nth else 0, _weekday(code, name)))
    return tuple(sorted(days, key=lambda day: (day[0] < 0, day)))


def _day(value: str, name: str) -> date:
    """20260107 or 20260107T090000(Z), and 2026-01-07: the day counts, the hour has its own field."""
    match = re.fullmatch(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(T[0-9]{6}Z?)?", value)
    try:
        day = date(*(int(match[n]) for n in (1, 2, 3))) if match else None
    except ValueError:
        day = None
    if day is None or not 1901 <= day.year <= 2100:
        raise refuse(f"{name}={value} 不是 1901 至 2100 年间的日期，请写成 20260107 的样子。")
    return day


def _choice(*choices: str) -> Callable[[str, str], str]:
    def read(value: str, name: str) -> str:
        if value not in choices:
            raise refuse(f"{name}={value} 不支持，请改为 {'、'.join(choices)} 之一。")
        return value

    return read


PARTS: dict[str, tuple[str, Callable[[str, str], object]]] = {
    # name in the text → (field of Rule, reader)
    "FREQ": ("freq", _choice(*FREQUENCIES, WORKDAYS)),
    "INTERVAL": ("interval", _positive(999)),
    "BYDAY": ("byday", _weekdays),
    "BYMONTHDAY": ("bymonthday", _numbers(31)),
    "BYMONTH": ("bymonth", _months),
    "BYSETPOS": ("bysetpos", _numbers(366)),
    "WKST": ("wkst", _weekday),
    "COUNT": ("count", _positive(9999)),
    "UNTIL": ("until", _day),
    "RSCALE": ("lunar", lambda value, name: _choice("CHINESE", "GREGORIAN")(value, name) == "CHINESE"),
    "SKIP": ("skip", _choice("OMIT", "BACKWARD", "FORWARD")),
    "DTSTART": ("dtstart", _day),
    WORKDAYS: ("freq", lambda value, name: WORKDAYS),
}
"""Every part a rule may have. Hours have their own field; BYWEEKNO, BYYEARDAY and BYHOUR are refused by name."""
