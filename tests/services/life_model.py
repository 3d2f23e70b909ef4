"""A matter as the law knows it, without the product: its state, clocks and legs after each lawful move (B1–B12)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

from rules.words import Purpose
from tests.fixtures.office import USERS
from tests.law import TABLE, WHO, words

LIMITS = {
    "office_route": 15, "unit_accept": 15, "handle": 60, "review_request": 30, "review": 30, "recheck_request": 30,
    "recheck": 30,
}  # fmt: skip
"""Natural days."""
WORKING = {"object": 5, "simple_answer": 10}
WINDOWS = {"ask_review": "review_request", "ask_recheck": "recheck_request"}
UNITS = {
    "a": {"handler_a", "unit_head_a", "leader_in_charge", "leader_a"},
    "b": {"handler_b", "unit_head_b", "leader_in_charge", "leader_b"},
}
"""Who acts for which unit."""
BOUND = {"handler", "unit_head", "leader_in_charge"}


def next_working(day: date) -> date:
    """The day, or the next working one, by the published table and not by the office's."""
    while not chinese_calendar.is_workday(day):
        day += timedelta(1)
    return day


def after_working(day: date, count: int) -> date:
    """`count` working days after the day."""
    while count:
        day += timedelta(1)
        count -= chinese_calendar.is_workday(day)
    return day


@dataclass
class Clock:
    """A counted clock: when it began and what was added."""

    began: date
    extended: int = 0
    paused: int = 0

    def due(self, term: str) -> date:
        if term in WORKING:
            return after_working(self.began, WORKING[term])
        return self.began + timedelta(LIMITS[term] + self.extended + self.paused)

    def breach(self, term: str) -> date:
        return next_working(self.due(term))


@dataclass
class Life:
    """One matter. `carried`: carried over, no clocks; `from_above`: its result is owed upward."""

    day: date
    purpose: Purpose
    carried: bool
    from_above: bool
    state: str = "registered"
    clocks: dict[str, Clock] = field(default_factory=dict)
    gone: list[tuple[str, Clock]] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=lambda: {"unrouted", "unfiled"})
    is_led: bool = False
    has_unit: bool = False
    unit: str = "a"
    withdrawn: set[str] = field(default_factory=set)
    moves: int = 1
    accepted: date | None = None
    routed: date | None = None

    def __post_init__(self) -> None:
        self.facts |= {"from_above"} if self.from_above else set()
        self._start("office_route")

    def may(self, verb: str, who: str, days: int) -> bool:
        """Does the law allow this person this move now? `days`: what an extension asks for."""
        row = next((row for row in TABLE if row[0] == verb and row[1].startswith(f"{self.state}→")), None)
        if row is None or who in self.withdrawn or not self._is_theirs(row, who):
            return False
        return words(row[7]) <= self._facts(who) and self._condition(verb, days)

    def _is_theirs(self, row: list[str], who: str) -> bool:
        role = USERS[who][1]
        if role not in set().union(*(WHO[letter] for letter in row[2])):
            return False
        is_bound = role.value in BOUND and row[0] != "endorse"
        return not is_bound or (self.has_unit and who in UNITS[self.unit])

    def _facts(self, who: str) -> set[str]:
        held = {
            "endorser": who == "leader_in_charge",
            "timed": "handle" in self.clocks,
            "objectable": self.carried
            or ("object" in self.clocks and self.day <= self.clocks["object"].breach("object")),
        }
        return self.facts | {fact for fact, holds in held.items() if holds}

    def _condition(self, verb: str, days: int) -> bool:
        if verb in ("extend", "ask_extension"):
            clock = self.clocks.get("handle")
            return clock is not None and 1 <= days <= 30 - clock.extended and self.day <= clock.breach("handle")
        if verb == "simple":
            in_time = self.carried or (self.routed is not None and self.day <= after_working(self.routed, 3))
            return in_time and not self.from_above and self.purpose is not Purpose.REPORT
        if verb in ("assign", "forward"):
            return "unit_head_a" not in self.withdrawn
        if verb == "hand_on":
            return self.unit == "a"
        if verb == "step_aside":
            return f"handler_{self.unit}" not in self.withdrawn
        if verb == "answer":
            return self.purpose is not Purpose.REPORT
        if verb in WINDOWS and not self.carried:
            window = self.clocks.get(WINDOWS[verb])
            return window is not None and self.day <= window.breach(WINDOWS[verb])
        return True

    def make(self, verb: str, days: int, *, rectifies: bool) -> None:
        """The move was made: everything the law says follows."""
        row = next(row for row in TABLE if row[0] == verb and row[1].startswith(f"{self.state}→"))
        target = row[1].partition("→")[2]
        self.moves += 1
        self._legs(verb)
        self._own(verb, days, rectifies)
        self.state = self.state if target == "-" else target
        self._clocks(row)

    def _legs(self, verb: str) -> None:
        if verb == "step_aside":
            self.withdrawn.add(f"handler_{self.unit}")
        if verb == "hand_on":
            self.unit, self.routed, self.accepted = "b", self.day, None
            self.withdrawn.add("unit_head_a")
            self.facts -= {"simple"}
        if verb in ("assign", "forward"):
            self.is_led = self.has_unit = True
            self.unit = "a"
            self.facts = self.facts - {"unrouted"} | {"routed"}
            self.routed = self.day
        if verb in ("reopen", "annul", "recheck_annul"):
            self.is_led, self.accepted = True, self.accepted or self.day
            self.facts -= {"simple"}
        if verb in ("recall", "agree_return", "void", "close", "guide"):
            self.is_led = False
        if verb in ("recall", "agree_return", "take_out"):
            self.has_unit, self.accepted = False, None
            self.facts = self.facts - {"routed"} | {"unrouted"}

    def _own(self, verb: str, days: int, rectifies: bool) -> None:
        gained = {"simple": "simple", "refer_up": "asked_up"}.get(verb)
        lost = {"ordinary": "simple", "answer_up": "asked_up", "report_up": "from_above", "rectified": "rectifying"}
        self.facts = self.facts - {lost.get(verb, "")} | ({gained} if gained else set())
        if verb in ("ask_filing", "refuse_filing", "file_away"):
            self.facts -= {"unfiled", "filing_asked"}
            self.facts.add("filing_asked" if verb == "ask_filing" else "unfiled")
        if verb == "reply" and rectifies:
            self.facts.add("rectifying")
        if verb in ("accept", "simple"):
            self.accepted = self.day
        if verb == "extend":
            self.clocks["handle"].extended += days
        if verb == "hear" and "recheck" in self.clocks:
            self.clocks["recheck"].paused += 1
        if verb == "hand_on":
            self.named.discard("feedback")
        if not self.carried:
            self.named |= {"assign": {"feedback"}, "hand_on": {"feedback"}}.get(verb, set())
        if verb in ("recall", "agree_return", "divert", "take_out"):
            self.named.discard("feedback")
        self.named |= {"divert": {"other_law"}, "set_date": {"feedback"}}.get(verb, set())

    def _clocks(self, row: list[str]) -> None:
        for term in words(row[5]):
            if term in self.clocks:
                self.gone.append((term, self.clocks.pop(term)))
            self.named.discard(term)
        for term in words(row[4]):
            self._start(term, self.accepted if row[0] == "ordinary" else None)
        again = [one for one in self.gone if one[0] in words(row[6])]
        if again:
            self.clocks[again[-1][0]] = Clock(again[-1][1].began, again[-1][1].extended)

    def _start(self, term: str, on: date | None = None) -> None:
        if not self.carried and (term != "handle" or self.purpose in (Purpose.SEEK, Purpose.APPEAL)):
            self.clocks[term] = Clock(on or self.day)
