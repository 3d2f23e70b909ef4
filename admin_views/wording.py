"""What the rules say in Chinese, said in the reader's language: refusals, derivations, dates, reception rules.

rules and services speak Chinese (it is what the papers print); their sentences stand in the catalog as patterns whose
holes are called a, b, c … `said` finds the pattern of a finished sentence and puts it together again in English.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import format_date, get_locale, get_translations, gettext, ngettext

from models import Petition
from rules import deadlines
from rules.calendar_days import WEEKDAYS, weekday_name
from rules.lunar import lunar_label as calendar_label
from rules.lunar import lunar_text, months_between
from rules.roster_period import Period, day_text

HEADING = "heading"
"""Context in the catalog of labels said by `heading`."""
DONE = "done"
"""Context in the catalog of moves said by `done`."""
HOLE = re.compile(r"%\(([a-h])\)s")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
STOPS = re.compile(r"(；|、|，|（|）)")
DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?: (星期.))?")
MONTH = re.compile(r"(\d{4})年(\d{1,2})月(?!\d)")
ENGLISH_STOPS = {"；": "; ", "、": ", ", "，": ", ", "（": " (", "）": ")"}


def is_english() -> bool:
    """Does this reader read English?"""
    found = get_locale()
    return found is not None and found.language == "en"


def heading(label: str) -> str:
    """A label as it heads a list or a line of the menu: there English wants the plural, which Chinese has not."""
    found = getattr(get_translations(), "_catalog", {}).get(f"{HEADING}\x04{label}") if label else None
    return str(found or gettext(label))


def done(label: str) -> str:
    """A move that was made: the button says Serve, the history Served; Chinese says both alike."""
    found = getattr(get_translations(), "_catalog", {}).get(f"{DONE}\x04{label}") if label else None
    return str(found or gettext(label))


def said(sentence: Any) -> str:
    """A finished sentence of the rules in the reader's language; what has no translation stays as it is."""
    text = str(sentence)
    if not text or not is_english():
        return text
    return _whole(text) or _filled(text) or _pieces(text)


def _whole(text: str) -> str | None:
    found = getattr(get_translations(), "_catalog", {}).get(text)
    return str(found) if found else None


def _filled(text: str) -> str | None:
    """Found by its pattern, every hole said in turn."""
    for pattern, msgid in _patterns(str(get_locale())):
        match = pattern.fullmatch(text)
        if match:
            return gettext(msgid, **{hole: said(part) for hole, part in match.groupdict().items()})
    return None


def _pieces(text: str) -> str:
    """No sentence of its own: a list of several, words with dates, or somebody's own words, which stay as they are."""
    head, colon, rest = text.partition("：")
    if colon:
        found = f"{said(head)}: {said(rest)}"
    elif STOPS.search(text):
        found = "".join(ENGLISH_STOPS.get(piece) or said(piece) for piece in STOPS.split(text) if piece)
    else:
        found = " ".join(_whole(word) or _filled(word) or word for word in _english_dates(text).split(" "))
    return text if CHINESE.findall(found) == CHINESE.findall(text) else found


def _english_dates(text: str) -> str:
    return MONTH.sub(_english_month, DAY.sub(_english_day, text))


def _english_month(found: re.Match[str]) -> str:
    return str(format_date(date(int(found[1]), int(found[2]), 1), "MMMM y")) if 1 <= int(found[2]) <= 12 else found[0]


def _english_day(found: re.Match[str]) -> str:
    day = date(int(found[1] or 2000), int(found[2]), int(found[3]))
    weekday_said = f"{gettext(found[4])[:3]} " if found[4] else ""
    return weekday_said + str(format_date(day, "d MMM y" if found[1] else "d MMM"))


@lru_cache(maxsize=4)
def _patterns(_language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every sentence with holes in the catalog, those with most of their own words first."""
    catalog = getattr(get_translations(), "_catalog", {})
    found = sorted((key for key in catalog if isinstance(key, str) and HOLE.search(key)), key=_own_words, reverse=True)
    return tuple((_compiled(msgid), msgid) for msgid in found)


def _own_words(msgid: str) -> int:
    return len(HOLE.sub("", msgid))


def _compiled(msgid: str) -> re.Pattern[str]:
    parts = HOLE.split(msgid)
    return re.compile(
        "".join(f"(?P<{part}>.*?)" if n % 2 else re.escape(part.replace("%%", "%")) for n, part in enumerate(parts)),
        re.DOTALL,
    )


def listed(words: Iterable[str], stop: str = "、") -> str:
    """甲、乙; in English A, B."""
    return (ENGLISH_STOPS[stop] if is_english() else stop).join(map(str, words))


def light(petition: Petition, today: date) -> str:
    """超期 12 天 · 顺延至 11-23 · 今日到期 · 还有 4 天, as rules.deadlines.days_text counts them; empty without a clock."""
    due, breach = petition.due_on, petition.breach_on
    return "" if due is None or breach is None else days(due, breach, today)


def days(due: date, breach: date, today: date) -> str:
    """rules.deadlines.days_text in the reader's language."""
    if not is_english():
        return deadlines.days_text(due, breach, today)
    if today > breach:
        return ngettext("超期 %(num)s 天", "超期 %(num)s 天", (today - breach).days)
    if today > due:
        return gettext("顺延至 %(day)s", day=f"{breach:%m-%d}")
    if today == due:
        return gettext("今日到期")
    return ngettext("还有 %(num)s 天", "还有 %(num)s 天", (due - today).days)


def last_day(shown: str) -> str:
    """11-14 → 顺延 11-16 as services.workbench writes it; English needs no word between the two days."""
    return re.sub("[^-0-9 →]+ ", "", shown) if is_english() else shown


def weekday(day: date) -> str:
    """星期六, Saturday."""
    return gettext(weekday_name(day))


def short_weekday(day: date) -> str:
    """周六, Sat."""
    return gettext("周" + weekday_name(day)[-1])


def weekday_heads() -> list[str]:
    """The heads of a month's columns: 一 … 日, Mon … Sun."""
    return [short_weekday(date(2026, 6, day)) if is_english() else WEEKDAYS[day - 1] for day in range(1, 8)]


def month_day(day: date) -> str:
    """11月21日, 21 Nov."""
    return str(format_date(day, "d MMM")) if is_english() else day_text(day)


def period_label(asked: Period) -> str:
    """2026年12月, December 2026; 2026年下半年, second half of 2026; 2026年, 2026."""
    if not is_english():
        return asked.label
    if asked.is_half:
        return f"{'first' if asked.key[-1] == '1' else 'second'} half of {asked.first.year}"
    return str(format_date(asked.first, "MMMM y" if asked.is_month else "y"))


def lunar(day: date) -> str:
    """农历十月廿三, lunar month 10, day 13; empty outside the known years."""
    if not is_english():
        return lunar_text(day)
    number = _lunar_number(day)
    return f"lunar month {number}" if number else ""


def lunar_label(day: date) -> str:
    """冬月, 廿三 or a solar term; in English only the lunar month and day, L10/13."""
    if not is_english():
        return calendar_label(day)
    number = _lunar_number(day)
    return f"L{number.replace(', day ', '/')}" if number else ""


def _lunar_number(day: date) -> str:
    if not calendar_label(day):
        return ""
    month = next(months_between(day, day))
    return f"{'leap ' if month.leap else ''}{month.month}, day {(day - month.first).days + 1}"


def month_year(day: date) -> str:
    """2026年11月, November 2026."""
    return str(format_date(day, "MMMM y")) if is_english() else f"{day.year}年{day.month}月"


def long_date(day: date) -> str:
    """2026年11月21日, 21 November 2026."""
    return str(format_date(day, "d MMMM y")) if is_english() else f"{day.year}年{day_text(day)}"


def short_month(day: date) -> str:
    """11月, Nov."""
    return str(format_date(day, "MMM")) if is_english() else f"{day.month}月"


def long_day(day: date, year: int | None = None) -> str:
    """1月4日 星期一, Mon 4 Jan; with its year when it is not the one the reader has in mind."""
    if not is_english():
        return f"{day_text(day, year)} {weekday_name(day)}"
    return str(format_date(day, "EEE d MMM" if year in (None, day.year) else "EEE d MMM y"))


def change_words(change: Mapping[str, Any]) -> str:
    """A change of a notice without its kind (services.notice_changes): 12月1日 星期二：原陈立国 → 现林海."""
    colon = ": " if is_english() else "："
    return colon.join(filter(None, (said(change["what"]), listed(map(said, change["parts"]), "，"))))
