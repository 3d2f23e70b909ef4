"""The State Council's yearly notice (国务院办公厅关于某年部分节假日安排的通知) read from its pasted text (D2).

"一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。" Every weekday and every 共N天 the notice states is
checked, so that a wrong year or a torn line is noticed. Each refusal names the line.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from rules.calendar_days import WEEKDAYS, Exceptional, exceptional_day, missing_holidays, weekday_name
from rules.words import RuleBroken

TITLE = re.compile(r"(20\d\d)年(?:部分)?节假日")
YEAR = re.compile(r"(20\d\d)年")
SECTION = re.compile(r"(?:(?<=[\s。;])|^)[(]?[一二三四五六七八九十]{1,2}(?:、|[)]|\.)\s*([^:。,;\n]{2,16}?)\s*:")
DAY = r"(?:(?P<y{n}>20\d\d)年)?(?:(?P<m{n}>\d{{1,2}})月)?(?P<d{n}>\d{{1,2}})日(?:\s*[(](?P<w{n}>[^)]*)[)])?"
RANGE = re.compile(DAY.format(n=1) + r"(?:\s*(?:至|到|—+|-|~)\s*" + DAY.format(n=2) + r")?")
VERB = re.compile(r"放假|上班|休息")
TOTAL = re.compile(r"(?:共|放假)\s*(\d{1,2})\s*天")
WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
LONGEST = 20
"""Days off in one run that no notice exceeds; more is a slip of the pen."""


@dataclass
class Section:
    """One numbered item of the notice: its festival, its line, days off and days worked."""

    festival: str
    row: int
    body: str
    off: list[date] = field(default_factory=list)
    worked: list[date] = field(default_factory=list)


@dataclass(frozen=True)
class Notice:
    """What a notice says: its year, and every day it makes exceptional (a few may lie in the year beside)."""

    year: int
    days: dict[date, Exceptional]


def read_notice(text: str, year: int | None = None) -> Notice:
    """The days of a pasted notice. `year` counts only where the text does not say it itself.

    Raises RuleBroken (field `text`, with the line as row) naming what cannot be read or contradicts itself.
    """
    plain = unicodedata.normalize("NFKC", text.replace("\r\n", "\n"))
    sections = list(_sections(plain))
    if not sections:
        raise _no("没有找到“一、元旦：1月1日（周四）至3日（周六）放假……”这样的内容，请粘贴通知全文。")
    found = _year(plain) or year
    if found is None:
        raise _no("没有写明是哪一年，请连标题一起粘贴，或先选择年份。")
    days: dict[date, Exceptional] = {}
    for section in sections:
        _read(section, found)
        _merge(days, section)
    lacking = missing_holidays(found, days)
    if lacking:
        raise _no(f"没有读到 {found} 年的{'、'.join(lacking)}，请核对年份，并粘贴通知全文。")
    return Notice(found, dict(sorted(days.items())))


def _no(what: str, row: int | None = None) -> RuleBroken:
    if row:
        return RuleBroken(f"放假通知：第 {row} 行：{what}", "text", row)
    return RuleBroken(f"放假通知：{what}", "text")


def _year(plain: str) -> int | None:
    """The year of the title, else the first one named."""
    match = TITLE.search(plain) or YEAR.search(plain)
    return int(match[1]) if match else None


def _sections(plain: str) -> Iterator[Section]:
    heads = list(SECTION.finditer(plain))
    ends = [*(head.start() for head in heads), len(plain)][1:]
    for head, end in zip(heads, ends, strict=True):
        row = plain.count("\n", 0, head.start(1)) + 1
        yield Section(head[1].replace("和", "、"), row, re.sub(r"\s+", "", plain[head.end() : end]))


def _read(section: Section, year: int) -> None:
    """Fill the section's days from its sentences: each run of dates belongs to the verb that follows it."""
    for sentence in re.split("[。;]", section.body):
        if "放假" in sentence or "上班" in sentence:
            _read_sentence(section, sentence, year)
    if not section.off:
        raise _no(f"“{section.festival}”没有读到放假日期，请写成“1月1日（周四）至3日（周六）放假”的样子。", section.row)


def _read_sentence(section: Section, sentence: str, year: int) -> None:
    verbs, month, rests = list(VERB.finditer(sentence)), None, list[date]()
    for match in RANGE.finditer(sentence):
        verb = next((one[0] for one in verbs if one.start() >= match.end()), "")
        days, month = _days(section, match, year, month)
        if verb == "放假":
            rests += days
        elif verb == "上班":
            section.worked += days
    total = TOTAL.search(sentence)
    if rests and total and int(total[1]) != len(rests):
        raise _no(f"“{section.festival}”写共 {total[1]} 天，读到的是 {len(rests)} 天，请核对起止日期。", section.row)
    section.off += rests


def _days(section: Section, match: re.Match[str], year: int, month: int | None) -> tuple[list[date], int]:
    """Every day of a date or of a run, and the month the next date goes on from."""
    first = _day(section, match, "1", year, month)
    last = _day(section, match, "2", first.year, first.month) if match["d2"] else first
    if not 0 <= (last - first).days < LONGEST:
        raise _no(f"{first} 至 {last} 不是一段假期，请核对起止日期。", section.row)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)], last.month


def _day(section: Section, match: re.Match[str], n: str, year: int, month: int | None) -> date:
    """One date, with the weekday it states checked. 元旦 may begin in December of the year before."""
    number = int(match["m" + n] or month or 0)
    said_year = int(match["y" + n] or year)
    if n == "1" and not match["y1"] and section.festival.startswith("元旦") and number == 12:
        said_year -= 1
    try:
        day = date(said_year, number, int(match["d" + n]))
    except ValueError:
        raise _no(f"“{section.festival}”中的“{match[0][:30]}”不是日期，请改正。", section.row) from None
    weekday = WEEKDAY.search(match["w" + n] or "")
    if weekday and WEEKDAYS.index(weekday[1].replace("天", "日")) != day.weekday():
        stated = "星期" + weekday[1]
        raise _no(f"{day} 是{weekday_name(day)}，不是{stated}，请核对年份和日期。", section.row)
    return day


def _merge(days: dict[date, Exceptional], section: Section) -> None:
    for day in section.worked:
        if day.weekday() < 5:
            raise _no(f"{day}（{weekday_name(day)}）本来就是工作日，不需要写上班，请核对日期。", section.row)
    for day, works in [*((day, False) for day in section.off), *((day, True) for day in section.worked)]:
        if day in days and works != days[day].works:
            raise _no(f"{day} 既写放假又写上班，请核对。", section.row)
        days[day] = exceptional_day(day, section.festival, works=works)
