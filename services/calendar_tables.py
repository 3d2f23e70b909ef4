"""A year's rest days as they come in: the notice's text, a table (xlsx, csv), or JSON; and the table to fill in (D2).

Each reader answers with a Proposal; nothing is written here. Refusals name the line or row.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from rules.access import Actor
from rules.calendar_days import Exceptional, missing_holidays, weekday_name
from rules.holiday_notice import read_notice
from rules.words import DayKind, RuleBroken
from services import calendar_change, calendars
from services.calendar_change import Proposal
from services.workbook_cells import MAX_BYTES
from services.workbook_in import Cell, Row, as_date, as_text, read_rows

SOURCE = "国务院办公厅放假通知"
MOST_DAYS = 400
LONGEST_TEXT = 20_000
HEADS = {"day": ("日期", "date"), "kind": ("种类", "类别", "kind"), "note": ("说明", "备注", "节日", "note")}
"""Columns of a table → the words that may head them."""
SAYINGS = {"放假": DayKind.HOLIDAY, "休息": DayKind.SHIFTED_REST, "调休": DayKind.SHIFTED_REST, "上班": DayKind.MAKEUP}
"""Other words for a kind that people write."""


def from_notice(session: Session, text: str, year: int | None = None) -> Proposal:
    """The proposal of a pasted notice: its year whole, and the days it names in the year beside.

    Raises RuleBroken (text): too long, or not read whole.
    """
    if len(text) > LONGEST_TEXT:
        raise RuleBroken(f"放假通知：超过 {LONGEST_TEXT} 个字，请只粘贴通知正文。", "text")
    notice = read_notice(text, year)
    return _whole_years(session, dict(notice.days), {notice.year}, f"{SOURCE}（{notice.year} 年）")


def from_table(session: Session, stream: BinaryIO, name: str) -> Proposal:
    """The proposal of an uploaded table with 日期, 种类 and 说明. Raises RuleBroken naming the row."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(stream.read(MAX_BYTES + 1))
        file.flush()
        return from_sheet(session, Path(file.name), name)


def from_sheet(session: Session, path: Path, name: str) -> Proposal:
    """`from_table` for a file that is already on disk; `name` is the name it had with the sender.

    Raises RuleBroken naming the row: a day twice, a holiday missing.
    """
    sheet = read_rows(path, original_name=name)
    columns = _columns(sheet.header)
    days: dict[date, Exceptional] = {}
    for row in sheet.rows:
        day, said = _row(row, columns)
        if day in days:
            raise _no(f"{day} 写了两次，请只留一行。", row.number)
        days[day] = said
    year = _year_of(days)
    lacking = missing_holidays(year, days)
    if lacking:
        raise _no(f"没有 {year} 年的{'、'.join(lacking)}，请补上。")
    return _whole_years(session, days, {year}, f"导入表格（{year} 年）")


def from_json(session: Session, text: str) -> Proposal:
    """The proposal of a JSON table {date: {"kind", "note"}} of whole years (`flask calendar import`).

    Raises RuleBroken (file) for another shape.
    """
    try:
        days = {date.fromisoformat(day): _said(value) for day, value in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuleBroken(
            '日历文件：应为 {"2027-01-01": {"kind": "holiday", "note": "元旦"}} 的样子，请核对。', "file"
        ) from error
    for day in days:
        _check_year(day.year)
    plain = (DayKind.WORKDAY, DayKind.WEEKEND)
    wanted = {day: said for day, said in days.items() if said.kind not in plain or said.note}
    return _whole_years(session, wanted, {day.year for day in days}, "导入")


def from_one_day(day: date, kind: DayKind, note: str) -> Proposal:
    """One day set by hand; a plain weekday or weekend needs no row."""
    _check_year(day.year)
    natural = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY
    return Proposal({day: None if kind == natural and not note else Exceptional(kind, note[:60])})


def from_year(session: Session, year: int, source: str) -> Proposal:
    """A year confirmed as it stands; holidays fixed by law that nobody entered are entered."""
    _check_year(year)
    calendar, have = calendars.load(session), calendars.rows(session)
    lawful = [day for day in calendars.lawful_days(year) if day not in have]
    days = {day: Exceptional(DayKind.HOLIDAY, calendar.info(day).note) for day in lawful}
    return Proposal(days, frozenset({year}), source)


def import_file(session: Session, actor: Actor, path: Path) -> dict[str, Any]:
    """`flask calendar import FILE`: JSON, the notice's text, xlsx or csv; written at once, what moved is listed.

    Raises RuleBroken (file).
    """
    if path.suffix.lower() in (".xlsx", ".csv"):
        proposal = from_sheet(session, path, path.name)
    else:
        try:
            text = path.read_text("utf-8-sig")
        except (UnicodeDecodeError, OSError) as error:
            raise RuleBroken("日历文件：不是 UTF-8 文本，请另存后再导入。", "file") from error
        proposal = from_json(session, text) if text.lstrip()[:1] in ("{", "[") else _text_file(session, text)
    return calendar_change.as_json(calendar_change.apply(session, actor, proposal))


def _text_file(session: Session, text: str) -> Proposal:
    if "放假" not in text:
        raise RuleBroken(
            '日历文件：应为通知全文，或 {"2027-01-01": {"kind": "holiday", "note": "元旦"}} 的样子，请核对。', "file"
        )
    return from_notice(session, text)


def packed(proposal: Proposal) -> str:
    """A proposal as the confirming form carries it."""
    days = {
        day.isoformat(): None if said is None else {"kind": said.kind.value, "note": said.note}
        for day, said in proposal.days.items()
    }
    return json.dumps(
        {"days": days, "publish": sorted(proposal.publish), "source": proposal.source}, ensure_ascii=False
    )


def unpacked(text: str) -> Proposal:
    """The proposal in a posted form. Raises RuleBroken (field `proposal`) for anything `packed` does not make."""
    try:
        said = json.loads(text)
        days = {date.fromisoformat(day): None if one is None else _said(one) for day, one in said["days"].items()}
        publish, source = frozenset(int(year) for year in said["publish"]), str(said["source"])[:100]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuleBroken("放假安排：内容不完整，请重新粘贴或上传。", "proposal") from error
    if len(days) > MOST_DAYS or len(publish) > 3 or "\x00" in source:
        raise RuleBroken("放假安排：内容不完整，请重新粘贴或上传。", "proposal")
    for year in {day.year for day in days} | publish:
        _check_year(year)
    return Proposal(days, publish, source)


def table_rows(session: Session, year: int) -> list[list[str]]:
    """The year's exceptional days as the table to change and import again: 日期, 星期, 种类, 说明."""
    found = sorted((day, row) for day, row in calendars.rows(session).items() if day.year == year)
    lawful = {day: calendars.load(session).info(day) for day in calendars.lawful_days(year)}
    days = {day: (info.kind.value, info.note) for day, info in lawful.items()} | dict(found)
    return [
        [day.isoformat(), weekday_name(day), DayKind(kind).label, note] for day, (kind, note) in sorted(days.items())
    ]


def _whole_years(session: Session, days: Mapping[date, Exceptional], years: set[int], source: str) -> Proposal:
    """Days of these years that the table does not name become ordinary; December days of the next year's 元旦 stay."""
    old: dict[date, Exceptional | None] = {
        day: None
        for day, (_kind, note) in calendars.rows(session).items()
        if day.year in years and not (day.month == 12 and note.startswith("元旦"))
    }
    return Proposal(dict(sorted((old | dict(days)).items())), frozenset(years), source)


def _said(value: Mapping[str, Any]) -> Exceptional:
    note = str(value.get("note", ""))[:60]
    if "\x00" in note:
        raise ValueError(note)
    return Exceptional(DayKind(value["kind"]), note)


def _columns(header: list[str]) -> dict[str, int]:
    places = {key: next((n for n, head in enumerate(header) if head in words), -1) for key, words in HEADS.items()}
    for key in ("day", "kind"):
        if places[key] < 0:
            raise _no(f"没有“{HEADS[key][0]}”这一列，请在第一行写上列名：日期、种类、说明。")
    return places


def _row(row: Row, columns: Mapping[str, int]) -> tuple[date, Exceptional]:
    def cell(key: str) -> Cell:
        return row.cells[columns[key]] if columns[key] >= 0 else None

    try:
        day = as_date(cell("day"))
    except ValueError as error:
        raise _no(str(error), row.number) from error
    word = as_text(cell("kind"))
    labels = {kind.label: kind for kind in DayKind} | {kind.value: kind for kind in DayKind} | SAYINGS
    if word not in labels:
        raise _no(f"种类“{word[:20]}”不对，请改为 {'、'.join(kind.label for kind in DayKind)} 之一。", row.number)
    if labels[word] == DayKind.MAKEUP and day.weekday() < 5:
        raise _no(f"{day}（{weekday_name(day)}）本来就是工作日，不需要写上班，请核对日期。", row.number)
    return day, Exceptional(labels[word], as_text(cell("note"))[:60])


def _year_of(days: Mapping[date, Exceptional]) -> int:
    """The year most days lie in. A table is of one year, with a few days of the December before."""
    years = [day.year for day in days]
    if not years:
        raise _no("没有内容，请填写后再上传。")
    year = max(set(years), key=years.count)
    strange = [day for day in days if day.year != year and not (day.year == year - 1 and day.month == 12)]
    if strange:
        raise _no(f"{strange[0]} 不在 {year} 年，一张表只写一年，请分开导入。")
    _check_year(year)
    return year


def _check_year(year: int) -> None:
    if not 2000 <= year <= 2099:
        raise RuleBroken(f"年份：{year} 不在 2000 至 2099 年之间，请核对。", "year")


def _no(what: str, row: int | None = None) -> RuleBroken:
    if row:
        return RuleBroken(f"放假表格：第 {row} 行：{what}", "file", row)
    return RuleBroken(f"放假表格：{what}", "file")
