"""The demonstration town while it is being loaded: its people by key, its calendar, and whoever acts on which day."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from services import calendars, gate_actors

OPENS = time(0, 40)
"""08:40 in the town, in UTC."""
BETWEEN = timedelta(minutes=9)
"""From one act of a day to the next."""
LONGEST_DAY = timedelta(hours=8)
Life = Iterator[date]
"""Something that goes on over time: it yields the day of its next act and acts when it is resumed."""


@dataclass
class Town:
    """Everything the parts of the load share. `system`: the command's own actor; `rng`: the seeded dice."""

    session: Session
    system: Actor
    rng: Random
    folder: Path
    units: dict[str, m.Unit] = field(default_factory=dict)
    leaders: dict[str, m.Leader] = field(default_factory=dict)
    users: dict[str, m.User] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _acts: dict[date, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The business day on which the office is loaded; nothing happens after it."""
        return self.system.today

    def acting(self, username: str, day: date) -> Actor:
        """That person on that day, a little later than the act before; the audit trail names him."""
        if username not in self._actors:
            user = self.users[username]
            self._actors[username] = gate_actors.actor_of(self.session, user, self.today, self.system.now, "demo")
        actor = dataclasses.replace(self._actors[username], today=day, now=self._instant(day))
        self.session.info["actor"] = actor
        return actor

    def _instant(self, day: date) -> datetime:
        acts = self._acts[day] = self._acts.get(day, 0) + 1
        instant = datetime.combine(day, OPENS, UTC) + min(acts * BETWEEN, LONGEST_DAY)
        return min(instant, self.system.now)

    def ago(self, days: int) -> date:
        """So many natural days before today."""
        return self.today - timedelta(days=days)

    def workday(self, day: date) -> date:
        """That day or the first working day after it, but never after today."""
        return min(self.workday_after(day), max(day, self.today))

    def workday_after(self, day: date) -> date:
        """That day or the first working day after it, be it to come."""
        return calendars.load(self.session).next_working_day(day)

    def workday_before(self, day: date) -> date:
        """That day or the last working day before it."""
        return calendars.load(self.session).previous_working_day(day)


def run(lives: Iterable[Life], until: date) -> None:
    """Let all lives go on side by side in the order of days, so that numbers, papers and history are in order too."""
    waiting = [(next(life), order, life) for order, life in enumerate(lives)]
    heapify(waiting)
    while waiting and waiting[0][0] <= until:
        _day, order, life = heappop(waiting)
        following = next(life, None)
        if following is not None:
            heappush(waiting, (following, order, life))
