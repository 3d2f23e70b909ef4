"""One generated matter as rows of the tables: how it stands, when it got there, with clocks, legs, moves and contacts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from benchmarks.vocabulary import PLACES, Vocabulary
from rules.words import LegKind, Opinion, Purpose, Satisfaction, Status, VisitMethod
from services import people

YEARS = 10
"""Years the matters are spread over, the same for every size."""
OPEN_DAYS = 100
"""Matters registered in the last so many days are open, a few older ones too (1 in 300)."""
CHANNELS = ("visit", "visit", "letter", "online", "online", "call", "mailbox", "from_above", "leader_reception")
PURPOSES = (Purpose.SEEK,) * 14 + (Purpose.APPEAL,) * 3 + (Purpose.ADVICE, Purpose.INQUIRY, Purpose.OTHER)
OPEN = (
    (Status.REGISTERED, 3), (Status.ROUTED, 4), (Status.HANDLING, 14), (Status.REPLIED, 3), (Status.SERVED, 4),
)  # fmt: skip
STEPS = ("route", "accept", "reply", "serve", "close")
GAPS = (5, 6, 35, 3, 8)
"""Average days from one step to the next."""
DONE: dict[Status, int] = {
    Status.REGISTERED: 0, Status.VOIDED: 0, Status.ROUTED: 1, Status.HANDLING: 2, Status.REPLIED: 3, Status.SERVED: 4,
    Status.CLOSED: 5, Status.ARCHIVED: 5,
}  # fmt: skip
TERMS = (("office_route", 15, 0, 1), ("unit_accept", 15, 1, 2), ("handle", 60, 2, 3))
"""Term, days, step that starts it, step that stops it (0: registration)."""


@dataclass
class World:
    """What all matters share: ids of units with their handlers, categories, the clerk; today; dice and words."""

    units: list[tuple[int, int]]
    categories: list[int]
    clerk: int
    today: date
    rng: Random
    words: Vocabulary


def rows_of(world: World, number: int, count: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of matter `number` of `count` by table name; its id is its number. The newest is not yet routed."""
    rng = world.rng
    registered = world.today - timedelta(days=int((count - number) / count * YEARS * 365))
    status = _status(world, registered) if number < count else Status.REGISTERED
    days = _days(world, registered, DONE[status])
    unit, handler = rng.choice(world.units) if len(days) > 1 else (None, None)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    _clocks(rows, number, days, unit, status)
    _petition(world, rows, number, days, status, unit, handler)
    _contacts(world, rows, number, days)
    _ways(rows, number, days, unit, handler)
    if status is Status.ARCHIVED and rng.random() < 0.1:
        rows["return_visit"].append(_visit(number, days[-1] + timedelta(days=20)))
    return rows


def _status(world: World, registered: date) -> Status:
    rng, age = world.rng, (world.today - registered).days
    if age <= OPEN_DAYS or rng.random() < 1 / 300:
        return rng.choices([status for status, _ in OPEN], [share for _, share in OPEN])[0]
    if rng.random() < 0.02:
        return Status.VOIDED
    return Status.CLOSED if age < 300 else Status.ARCHIVED


def _days(world: World, registered: date, steps: int) -> list[date]:
    days = [registered]
    for gap in GAPS[:steps]:
        later = days[-1] + timedelta(days=world.rng.randint(1, 2 * gap))
        days.append(min(later, world.today))
    return days


def _clocks(rows: dict[str, list[Any]], number: int, days: list[date], unit: int | None, status: Status) -> None:
    for term, length, start, stop in TERMS:
        if len(days) <= start:
            break
        due = days[start] + timedelta(days=length)
        stopped = days[stop] if len(days) > stop else days[0] if status is Status.VOIDED else None
        rows["clock"].append(
            {
                "petition_id": number, "term": term, "unit_id": unit, "started_on": days[start], "days": length,
                "due_on": due, "breach_on": due, "source": "《信访工作条例》", "stopped_on": stopped,
            }
        )  # fmt: skip


def _petition(
    world: World, rows: dict[str, list[Any]], number: int, days: list[date], status: Status, unit: int | None,
    handler: int | None,
) -> None:  # fmt: skip
    rng = world.rng
    running = [clock for clock in rows["clock"] if clock["stopped_on"] is None]
    after = dict(zip(STEPS, [*days[1:], *[None] * 5], strict=False))
    rows["petition"].append(
        {
            "id": number, "number": f"XF{days[0].year}-{number:06d}", "title": world.words.title(rng),
            "demand": world.words.demand(rng), "purpose": rng.choice(PURPOSES), "place": rng.choice(PLACES),
            "category_id": rng.choice(world.categories), "channel": rng.choice(CHANNELS), "people_count": 1,
            "status": status, "unit_id": unit, "handler_id": handler, "registered_by_id": world.clerk,
            "registered_on": days[0], "routed_on": after["route"], "accepted_on": after["accept"],
            "replied_on": after["reply"], "served_at": instant(after["serve"]), "closed_on": after["close"],
            "archived_on": days[-1] if status is Status.ARCHIVED else None,
            "voided_on": days[0] if status is Status.VOIDED else None,
            "void_reason": "重复登记" if status is Status.VOIDED else None,
            "opinion": Opinion.SUPPORT if after["reply"] else None,
            "due_term": running[0]["term"] if running else None,
            "due_on": running[0]["due_on"] if running else None,
            "breach_on": running[0]["breach_on"] if running else None,
        }
    )  # fmt: skip


def _contacts(world: World, rows: dict[str, list[Any]], number: int, days: list[date]) -> None:
    """The first contact with its petitioner; one matter in five is brought up again."""
    rng, petition = world.rng, rows["petition"][0]
    name = world.words.name(rng)
    rows["petitioner"].append(
        {"id": number, "name": name, "initials": people.initials(name), "address": f"青石镇{petition['place']}"}
    )
    for again in range(2 if rng.random() < 0.2 else 1):
        day = days[-1] if again else days[0]
        contact = number * 2 - 1 + again
        rows["contact"].append(
            {
                "id": contact, "number": f"LX{day.year}-{contact:07d}", "petition_id": number,
                "channel": petition["channel"], "received_on": day, "registered_on": day, "purpose": petition["purpose"],
                "place": petition["place"], "demand": petition["demand"], "receptionist_id": world.clerk,
            }
        )  # fmt: skip
        rows["contact_petitioner"].append({"contact_id": contact, "petitioner_id": number})


def _ways(rows: dict[str, list[Any]], number: int, days: list[date], unit: int | None, handler: int | None) -> None:
    """Legs and moves."""
    states = (Status.REGISTERED, Status.ROUTED, Status.HANDLING, Status.REPLIED, Status.SERVED, Status.CLOSED)
    verbs = ("register", "assign", "accept", "reply", "serve", "close")
    for place, day in enumerate(days):
        rows["move"].append(
            {
                "petition_id": number, "verb": verbs[place], "from_status": states[place - 1] if place else None,
                "to_status": states[place], "moved_on": day, "moved_at": instant(day), "by_name": "承办人",
                "by_id": handler,
            }
        )  # fmt: skip
    if unit:
        ended = days[5] if len(days) > 5 else None
        rows["leg"].append(
            {
                "petition_id": number, "kind": LegKind.ASSIGN, "unit_id": unit, "handler_id": handler, "is_lead": True,
                "sent_on": days[1], "accepted_on": days[2] if len(days) > 2 else None, "ended_on": ended,
                "end_reason": "办结" if ended else None,
            }
        )  # fmt: skip


def _visit(number: int, day: date) -> dict[str, Any]:
    return {
        "petition_id": number, "planned_on": day, "made_on": day, "method": VisitMethod.PHONE, "visitor": "登记员",
        "satisfaction": Satisfaction.GOOD,
    }  # fmt: skip


def instant(day: date | None) -> datetime | None:
    """Ten in the morning in the town."""
    return datetime.combine(day, time(2), UTC) if day else None
