"""What a new edition of a notice (公示) says of the one before: added, moved, exchanged 原 → 现, called off, place and hours (D5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.roster_period import day_text, long_day

KINDS = {
    "added": "新增",
    "left": "移出",
    "moved": "改期",
    "swapped": "已调换",
    "cancelled": "已取消",
    "restored": "恢复",
    "changed": "变更",
}
"""Kind of a change → the word it is shown with."""
TONES = {"cancelled": "late", "left": "late", "swapped": "soon", "moved": "soon"}
"""Kind → colour, where it is not the usual one."""
SESSION_WORDS = {
    "hours": "时间", "place": "地点", "form": "形式", "phone": "电话", "title": "职务", "division": "分管工作",
    "companion": "陪访部门",
}  # fmt: skip
HEAD_WORDS = {"place": "接访地点", "phone": "预约电话", "remark": "备注"}

Line = Mapping[str, Any]
Change = dict[str, Any]


def compare(before: Mapping[str, Line], after: Mapping[str, Line], moved_to: Mapping[str, date]) -> list[Change]:
    """The changes between two editions' lines by uid, in order of day.

    `moved_to`: where sessions that stand in `before` only are held now; those not named there are no longer held.
    Each change: kind, what (day and leader), parts (sentences of the difference), month it belongs to, date to sort by.
    """
    added = [_change("added", line) for uid, line in after.items() if uid not in before]
    left = [_left(line, moved_to.get(uid)) for uid, line in before.items() if uid not in after]
    changed = [_difference(before[uid], line) for uid, line in after.items() if uid in before]
    found = [*added, *left, *filter(None, changed)]
    return sorted(found, key=lambda one: (one["date"], list(KINDS).index(one["kind"])))


def of_head(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs in the words around the table: place, phone, remark."""
    parts = [_turned(word, before[key], after[key]) for key, word in HEAD_WORDS.items() if before[key] != after[key]]
    return [{"kind": "changed", "what": "", "parts": parts, "month": "", "date": ""}] if parts else []


def in_month(changes: list[Change], month: str) -> list[Change]:
    """Those a reader of the month's page is told."""
    return [one for one in changes if one["month"] in ("", month)]


def _left(line: Line, held: date | None) -> Change:
    if held is None:
        return _change("left", line)
    return _change("moved", line, _moved(line, day_text(held, int(line["date"][:4]))))


def _difference(old: Line, new: Line) -> Change | None:
    if new["cancelled"]:
        return None if old["cancelled"] else _change("cancelled", new, new["cancelled"])
    parts = [_moved(old, new["day"])] if old["date"] != new["date"] else []
    is_swapped = old["leader"] != new["leader"]
    if is_swapped:
        parts.append(f"原{old['leader'] or '（缺领导）'} → 现{new['leader'] or '（缺领导）'}")
    personal = ("phone", "title", "division") if is_swapped else ()
    words = {key: word for key, word in SESSION_WORDS.items() if key not in personal}
    parts += [_turned(word, old[key], new[key]) for key, word in words.items() if old[key] != new[key]]
    kind = "restored" if old["cancelled"] else "moved" if old["date"] != new["date"] else "swapped"
    if old["cancelled"] or parts:
        return _change(kind if kind != "swapped" or is_swapped else "changed", old, *parts)
    return None


def _turned(word: str, old: str, new: str) -> str:
    if not old:
        return f"{word}定为“{new}”"
    return f"{word}由“{old}”改为“{new}”" if new else f"{word}不再是“{old}”"


def _moved(old: Line, day: str) -> str:
    return f"原{old['day']} → 现{day}"


def _change(kind: str, line: Line, *parts: str) -> Change:
    who = "" if kind == "swapped" else line["leader"] or "（缺领导）"
    what = " ".join(filter(None, (long_day(date.fromisoformat(line["date"])), who)))
    return {"kind": kind, "what": what, "parts": list(parts), "month": line["date"][:7], "date": line["date"]}
