"""A reception rule in English, beside rules.rule_words which says it in Chinese: the 1st and 16th of each month."""

from datetime import date

from flask_babel import gettext

from admin_views.wording import is_english, said, short_weekday
from rules.recurrence import in_words
from rules.rule_checks import WORKDAYS, Rule
from rules.rule_text import parse
from services.rule_preview import RuleDay

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", WORKDAYS: "working day"}


def rule_words(text: str) -> str:
    """The rule in the reader's language. Raises RuleBroken when the text is no rule."""
    return in_english(parse(text)) if is_english() else in_words(text)


def day_in_english(day: RuleDay, year: int) -> str:
    """1 Jan New Year → Mon 4 Jan (make-up working day)."""
    own = _day(day.nominal, year)
    if day.held is None:
        return f"{own} {_rest(day)} → {gettext('不安排')}"
    made_up = f" ({gettext('调休上班')})" if day.is_makeup else ""
    if day.is_moved:
        return f"{own} {_rest(day)} → {short_weekday(day.held)} {_day(day.held, day.nominal.year)}{made_up}"
    return f"{short_weekday(day.nominal)} {own}{made_up}" + (f" ({_rest(day)})" if day.rest else "")


def _day(day: date, year: int) -> str:
    return f"{day.day} {MONTHS[day.month]}" + ("" if day.year == year else f" {day.year}")


def _rest(day: RuleDay) -> str:
    """The holiday's name; a plain weekend day by its name."""
    return short_weekday(day.nominal) if day.rest.startswith("周") else said(day.rest)


def in_english(rule: Rule) -> str:
    """Which days, how often, from when to when."""
    days, every = _days(rule), _every(rule)
    said = f"{days}, {every}" if days else every
    return said[0].upper() + said[1:] + _ends(rule)


def _days(rule: Rule) -> str:
    """The days picked inside the period; empty when every one of them is meant."""
    monthdays = [f"the {_ordinal(day)}" for day in rule.bymonthday]
    weekdays = [f"{_which(nth)}{WEEKDAYS[day]}" for nth, day in rule.byday]
    both = " that are " if monthdays and weekdays else ""
    picked = _listed(monthdays) + both + _listed(weekdays)
    places = f" ({_listed([_ordinal(nth) for nth in rule.bysetpos])} of these)" if rule.bysetpos else ""
    months = [
        ("leap " if leap else "") + (_ordinal(number) if rule.lunar else MONTHS[number])
        for number, leap in rule.bymonth
    ]
    inside = f" in {'lunar month ' if rule.lunar else ''}{_listed(months)}" if months else ""
    return picked + places + inside


def _which(nth: int) -> str:
    return f"the {_ordinal(nth)} " if nth else ""


def _every(rule: Rule) -> str:
    unit = ("lunar " if rule.lunar else "") + UNITS[rule.freq]
    if rule.interval == 1:
        return f"every {unit}"
    return f"every second {unit}" if rule.interval == 2 else f"every {rule.interval} {unit}s"


def _ends(rule: Rule) -> str:
    since = f", from {rule.dtstart}" if rule.dtstart else ""
    until = f", until {rule.until}" if rule.until else ""
    return since + until + (f", {rule.count} times" if rule.count else "")


def _ordinal(number: int) -> str:
    """1st, 2nd, 11th, 23rd; last, 2nd last."""
    if number < 0:
        return "last" if number == -1 else f"{_ordinal(-number)} last"
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
