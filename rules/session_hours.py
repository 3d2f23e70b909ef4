"""The hours of a reception session (接访时间), kept as HH:MM texts that sort like times."""

import re
import unicodedata
from datetime import time

from rules.words import RuleBroken

LABELS = {"starts": "开始时间", "ends": "结束时间"}


def check_hours(starts: str | None, ends: str | None) -> tuple[str, str]:
    """Both hours as HH:MM. Understands 9:00, 09：00 and 9:00:00; raises RuleBroken (fields starts, ends)."""
    first, last = clean(starts, "starts"), clean(ends, "ends")
    if last <= first:
        raise RuleBroken(f"结束时间：{last} 不晚于开始时间 {first}，请改正。", "ends")
    return first, last


def clean(text: str | None, field: str) -> str:
    """One hour as HH:MM; raises RuleBroken naming the field."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(:[0-9]{2})?", plain)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise RuleBroken(f"{LABELS[field]}：应为“09:00”的样子，请改正。", field)
    return f"{int(match[1]):02d}:{match[2]}"


def as_time(text: str) -> time:
    """The hour as a time."""
    return time.fromisoformat(text)


def hours_text(starts: str, ends: str) -> str:
    """9:00–11:30, as the notice writes it."""
    return f"{starts.removeprefix('0')}–{ends.removeprefix('0')}"
