"""Leaders in turn, their minimums, swaps, and who sits in two places at once (D3, D5)."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import combinations
from typing import Generic, TypeVar

from rules.words import RuleBroken


@dataclass(frozen=True)
class Sitting:
    """One session as swaps and conflicts need it: day, leader (shown by str), hours (None is the whole day), place."""

    date: date
    leader: Hashable
    starts: time | None = None
    ends: time | None = None
    place: str = ""


Leader = TypeVar("Leader", bound=Hashable)


@dataclass(frozen=True)
class Turn(Generic[Leader]):
    """Who takes a day (None: nobody can), and who was passed over for it with the reason."""

    leader: Leader | None
    passed: tuple[tuple[Leader, str], ...] = ()


class Line(Generic[Leader]):
    """Leaders waiting for their turn, the next one first. Who is passed over keeps his place and so comes next (D3).

    `leaders` in the order of the roster; `past`: whose turns there were before, oldest first. Who had his turn longest
    ago is next; somebody new stands at his place in the order. When nobody is away this is plain round the list.
    """

    def __init__(self, leaders: Sequence[Leader], past: Sequence[Leader] = ()) -> None:
        last_turn = {leader: place for place, leader in enumerate(past) if leader in set(leaders)}
        self._waiting = sorted(last_turn, key=lambda leader: last_turn[leader]) or list(leaders)
        start = leaders.index(self._waiting[-1]) + 1 if last_turn else 0
        ring = [*leaders[start:], *leaders[:start]]
        for place, leader in enumerate(ring):
            if leader not in self._waiting:
                follower = next(one for one in [*ring[place:], *ring] if one in last_turn)
                self._waiting.insert(self._waiting.index(follower), leader)

    def next(self, why_not: Callable[[Leader], str]) -> Turn[Leader]:
        """Give the turn to the first who can come; `why_not` says why one cannot, "" when he can."""
        passed: list[tuple[Leader, str]] = []
        for leader in self._waiting:
            why = why_not(leader)
            if not why:
                self.had(leader)
                return Turn(leader, tuple(passed))
            passed.append((leader, why))
        return Turn(None, tuple(passed))

    def had(self, leader: Leader) -> None:
        """A turn already given: it goes to the end of the line."""
        if leader in self._waiting:
            self._waiting.remove(leader)
            self._waiting.append(leader)


def shortfalls(counted: Mapping[Leader, int], minimums: Mapping[Leader, int]) -> dict[Leader, int]:
    """How many sessions each leader is short of the minimum; leaders who reach it are absent, those without any count."""
    short = {leader: least - counted.get(leader, 0) for leader, least in minimums.items()}
    return {leader: missing for leader, missing in short.items() if missing > 0}


def check_swap(a: Sitting, b: Sitting, today: date, min_days_ahead: int, reason: str) -> None:
    """May the leaders of two sessions change places (调换)? D5: told at least `min_days_ahead` natural days before.

    Raises RuleBroken: a swap with oneself, a session in the past, or too late without a reason.
    """
    if a.leader == b.leader:
        raise RuleBroken(f"调换：{a.leader} 不能和自己调换，请选择另一位领导的接访日。", field="other")
    first = min(a.date, b.date)
    if first < today:
        raise RuleBroken(f"调换：{first} 的接访已经过去，请选择今天以后的接访日。", field="date")
    if (first - today).days < min_days_ahead and not reason.strip():
        raise RuleBroken(f"事由：{first} 距今不足 {min_days_ahead} 天，须写明临时调换的事由。", field="reason")


def conflicts(sittings: Iterable[Sitting]) -> list[str]:
    """A sentence for each pair of sessions of one leader that overlap in time."""
    days: dict[tuple[date, Hashable], list[Sitting]] = {}
    for sitting in sorted(sittings, key=lambda sitting: (sitting.date, sitting.starts or time.min)):
        days.setdefault((sitting.date, sitting.leader), []).append(sitting)
    return [
        f"{day} {leader} 同时有两场接访：{_hours(a)} 与 {_hours(b)}，请调换其中一场。"
        for (day, leader), held in days.items()
        for a, b in combinations(held, 2)
        if _overlap(a, b)
    ]


def _overlap(a: Sitting, b: Sitting) -> bool:
    begins = max(a.starts or time.min, b.starts or time.min)
    return begins < min(a.ends or time.max, b.ends or time.max)


def _hours(sitting: Sitting) -> str:
    hours = f"{sitting.starts or time.min:%H:%M}–{sitting.ends:%H:%M}" if sitting.ends else "全天"
    if sitting.starts and not sitting.ends:
        hours = f"{sitting.starts:%H:%M} 起"
    return f"{hours} {sitting.place}".rstrip()
