"""Several disputes typed into one table, one line each: read, checked, named by line when wrong (E2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rules.reception_words import Urgency
from rules.words import RuleBroken
from services.screening import MOST_LINES

SPARE = 10
"""Blank lines a table may have beyond the most it takes."""
LONGEST = {"place": 100, "cause": 500, "party": 60, "responsible": 60, "measures": 500}
"""Text columns of a line and how many characters each takes."""
FIELDS = (
    ("found_on", "发现日期"), ("place", "发生地点"), ("cause", "起因"), ("people_count", "涉及人数"), ("urgency", "轻重"),
    ("party", "当事人"), ("responsible", "责任人"), ("measures", "化解措施"), ("due_on", "化解期限"),
)  # fmt: skip
"""The columns of the table, in the order they are typed."""


def typed(columns: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """The lines somebody wrote in, in order, from the columns of a table; a blank line is left out."""
    names = [name for name, _label in FIELDS]
    count = min(max((len(columns[name]) for name in names), default=0), MOST_LINES + SPARE)
    lines = [
        {name: (columns[name][place] if place < len(columns[name]) else "").strip() for name in names}
        for place in range(count)
    ]
    return [line for line in lines if any(line[name] for name in ("place", "cause", "party", "measures"))]


def parsed(line: dict[str, str], place: int) -> dict[str, Any]:
    """One line's values. Raises RuleBroken with the line's number and field."""
    values: dict[str, Any] = {}
    for name, most in LONGEST.items():
        if len(line[name]) > most or "\x00" in line[name]:
            raise RuleBroken(f"{dict(FIELDS)[name]}：最多 {most} 个字，请删短。", name, place)
        values[name] = line[name]
    for name in ("found_on", "due_on"):
        values[name] = _day(line[name], name, place)
    if not (line["people_count"].isascii() and line["people_count"].isdigit() and len(line["people_count"]) < 7):
        raise RuleBroken("涉及人数：请填整数。", "people_count", place)
    values["people_count"] = int(line["people_count"])
    if line["urgency"] not in {one.value for one in Urgency}:
        raise RuleBroken("轻重：没有这个选项，请重新选择。", "urgency", place)
    return values | {"urgency": Urgency(line["urgency"])}


def _day(text: str, name: str, place: int) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleBroken(f"{dict(FIELDS)[name]}：日期应为“2026-11-21”的样子。", name, place) from None
