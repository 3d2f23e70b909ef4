"""After the answer (办后): the days of return visits, and until when a matter can be rated (H4, rules-of-the-office §5)."""

import re
from datetime import date, timedelta

from rules.terms import MAX_DAYS
from rules.words import RuleBroken, Word

MOST = 6
"""Return visits of one schedule."""
NEAR = 7
"""Days within which a planned visit serves for one the schedule would plan."""


class Occasion(Word):
    """Why a return visit is planned."""

    HAND = "hand", "另行计划"
    OPEN = "open", "包案期间"
    AFTER = "after", "办结后"


def parse_days(text: object) -> tuple[int, ...]:
    """ "30、90" → (30, 90). Raises RuleBroken: no number, beyond ten years, too many, or not rising."""
    parts = [part for part in re.split(r"[、,，;；\s]+", str(text).strip()) if part]
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise RuleBroken("请填一个或几个天数，如“30、90”。")
    days = tuple(int(part) for part in parts)
    if len(days) > MOST or not all(0 < day <= MAX_DAYS for day in days):
        raise RuleBroken(f"最多 {MOST} 次，每个天数在 1 到 {MAX_DAYS} 之间。")
    if list(days) != sorted(set(days)):
        raise RuleBroken("天数应从小到大，不重复。")
    return days


def schedule(start: date, days: tuple[int, ...], planned: list[date]) -> list[date]:
    """The days still to be planned, counted from `start`: one already planned nearby serves for it."""
    wanted = [start + timedelta(days=day) for day in days]
    return [day for day in wanted if not any(abs((day - other).days) <= NEAR for other in planned)]


def rate_by(since: date, days: int) -> date:
    """The last day on which a rating is expected; later ones are taken all the same."""
    return since + timedelta(days=days)
