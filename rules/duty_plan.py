"""Who is on duty when (值班): leaders and staff in turn over the days of a duty rule (D9). Pure, and measured as such."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from rules.rota import Line, Turn

Leader = TypeVar("Leader")
Day = date
"""`date` by a name that the classes' own field does not hide."""


@dataclass(frozen=True)
class Slot(Generic[Leader]):
    """One day of the rule. A day that `stays` as it is uses up the turns it was made with: `leader`, `staff`."""

    date: Day
    stays: bool = False
    leader: Leader | None = None
    staff: str | None = None


@dataclass(frozen=True)
class Duty(Generic[Leader]):
    """Who has the day (leader None: nobody can), and whom it passed over, with the reason."""

    date: Day
    turn: Turn[Leader]
    staff: str | None


@dataclass(frozen=True)
class Crew(Generic[Leader]):
    """Who takes turns, in order, and whose turns there were before, oldest first."""

    leaders: Sequence[Leader]
    staff: Sequence[str] = ()
    past_leaders: Sequence[Leader] = ()
    past_staff: Sequence[str] = ()


def plan(
    slots: Iterable[Slot[Leader]], crew: Crew[Leader], why_not: Callable[[Leader, Day], str]
) -> Iterator[Duty[Leader]]:
    """The days that do not stay, with their leader and staff. `why_not`: why a leader cannot on a day, "" when he can.

    Who is away keeps his place in the line and comes next; a name that stands twice on the staff list counts once.
    """
    leaders = Line(crew.leaders, crew.past_leaders)
    staff = Line(list(dict.fromkeys(crew.staff)), crew.past_staff)
    for slot in slots:
        if not slot.stays:
            turn = leaders.next(lambda leader, day=slot.date: why_not(leader, day))  # type: ignore[misc]
            yield Duty(slot.date, turn, staff.next(lambda _name: "").leader)
            continue
        if slot.leader is not None:
            leaders.had(slot.leader)
        if slot.staff is not None:
            staff.had(slot.staff)
