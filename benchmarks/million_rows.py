"""One matter of the million as plain tuples: who brought it, whom it complains of, what it says, and its pairs for the index."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from benchmarks.history import CHANNELS, PURPOSES, YEARS
from benchmarks.vocabulary import PLACES, Vocabulary
from rules.words import Level, Purpose, Status
from services import keys, people, search
from services.demo import names

CONTACTS_EACH = 2
"""Numbers kept for the contacts of one matter; one in five comes a second time."""
OPEN_DAYS = 100
WRITTEN = "2026-11-21 02:00:00.000000"
STAMP = ("version", "created_at")
COLUMNS: dict[str, tuple[str, ...]] = {
    "petitioner": (
        "id", "name", "initials", "pinyin", "id_number", "id_number_key", "phone", "phone_key", "address", *STAMP
    ),
    "petition": (
        "id", "number", "title", "demand", "purpose", "category_id", "place", "channel", "is_secret", "is_carried_over",
        "people_count", "status", "unit_id", "handler_id", "registered_by_id", "registered_on", "routed_on", "closed_on",
        "archived_on", "voided_on", "void_reason", "is_simple", "due_term", "due_on", "breach_on", *STAMP,
    ),
    "contact": (
        "id", "number", "petition_id", "channel", "received_on", "registered_on", "is_anonymous", "people_count",
        "level_visited", "purpose", "place", "demand", "is_carried_over", "receptionist_id", *STAMP,
    ),
    "contact_petitioner": ("contact_id", "petitioner_id", "is_representative"),
    "leg": ("petition_id", "kind", "unit_id", "handler_id", "is_lead", "sent_on", "ended_on", *STAMP),
    "respondent": ("petition_id", "kind", "unit_id", "leader_id", "name", "created_at"),
    "petition_text": ("petition_id", "body"),
}  # fmt: skip
"""What is filled, in the order the foreign keys ask for; every other column has a default or is empty."""


@dataclass
class World:
    """What all matters share: ids of the office's rows, the dice, the words, the keys; `people`: petitioners so far."""

    size: int
    units: list[tuple[int, int]]
    leaders: list[tuple[int, str]]
    categories: list[int]
    clerk: int
    today: date
    rng: Random
    words: Vocabulary
    keys: keys.Keys
    people: int = 0
    days: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.days = [(self.today - timedelta(days=n)).isoformat() for n in range(YEARS * 365 + 1)]


@dataclass
class Matter:
    """What the rows of one matter agree on. `age`: days since it was registered."""

    id: int
    age: int
    day: str
    name: str
    place: str
    demand: str
    channel: str
    purpose: str
    status: str


def rows_of(world: World, number: int, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Put the rows of matter `number` to the others; "pairs" holds (id, tokens) for the index."""
    rng = world.rng
    age = int((world.size - number) / world.size * YEARS * 365)
    name, place = _name(world), rng.choice(PLACES)
    own = f"{name}家住{place}{rng.randint(1, 12)}组{rng.randint(1, 400)}号，{rng.randint(1, 28)}日来电{rng.randint(1000, 9999)}元"
    sentences = rng.choices(world.words.sentences, k=rng.randint(3, 5))
    purpose = Purpose.REPORT if rng.random() < 0.03 else rng.choice(PURPOSES)
    matter = Matter(
        number, age, world.days[age], name, place, f"{own}。{'。'.join(sentences)}。", rng.choice(CHANNELS), purpose.value,
        _status(rng, age),
    )  # fmt: skip
    title = f"{place}{rng.choice(world.words.titles)}"
    unit, handler = rng.choice(world.units)
    again = rng.choice(world.words.sentences) if rng.random() < 0.2 else ""
    _petition(world, rows, matter, title, unit, handler)
    _contacts(world, rows, matter, again)
    _respondent(world, rows, matter)
    if matter.status not in ("registered", "voided"):
        ended = matter.day if matter.status in ("closed", "archived") else None
        rows["leg"].append((number, "assign", unit, handler, True, matter.day, ended, 1, WRITTEN))
    body = search.normal(f"{title} {matter.demand} {place} {again}")
    rows["petition_text"].append((number, body))
    rows["pairs"].append(
        (number, " ".join((_tokens(title), search.tokens(own), *map(_tokens, (*sentences, place, again)))))
    )


@cache
def _tokens(piece: str) -> str:
    """The pairs of a piece that many matters share; pieces end at a blank or a full stop, which no pair crosses."""
    return search.tokens(search.normal(piece))


@cache
def _spelled(name: str) -> tuple[str, str]:
    return people.initials(name), people.full_pinyin(name)


def _name(world: World) -> str:
    """Two or three characters; every other given name is put together, so that many are rare."""
    name = names.name(world.rng)
    return name + world.rng.choice(names.GIVEN)[0] if len(name) == 2 and world.rng.random() < 0.9 else name


def _status(rng: Random, age: int) -> str:
    if age <= OPEN_DAYS or rng.random() < 1 / 300:
        return rng.choice((Status.REGISTERED, Status.ROUTED, Status.HANDLING, Status.HANDLING, Status.SERVED)).value
    if rng.random() < 0.02:
        return Status.VOIDED.value
    return (Status.CLOSED if age < 300 else Status.ARCHIVED).value


def _petition(
    world: World, rows: dict[str, list[tuple[Any, ...]]], matter: Matter, title: str, unit: int, handler: int
) -> None:
    rng, day, status = world.rng, matter.day, matter.status
    is_ended, is_routed = status in ("closed", "archived"), status not in ("registered", "voided")
    due = None if is_ended or status == "voided" else (world.today + timedelta(days=60 - matter.age % 75)).isoformat()
    rows["petition"].append(
        (
            matter.id, f"XF{day[:4]}-{matter.id:07d}", title, matter.demand, matter.purpose, rng.choice(world.categories),
            matter.place, matter.channel, rng.random() < 0.01, False, 1 if rng.random() < 0.9 else rng.randint(2, 60), status,
            unit if is_routed else None, handler if is_routed else None, world.clerk, day, day if is_routed else None,
            day if is_ended else None, day if status == "archived" else None, day if status == "voided" else None,
            "重复登记" if status == "voided" else None, False, "handle" if due else None, due, due, 1, WRITTEN,
        )
    )  # fmt: skip


def _contacts(world: World, rows: dict[str, list[tuple[Any, ...]]], matter: Matter, again: str) -> None:
    """The first contact and its petitioner, one in four a known one; a second contact says more."""
    rng = world.rng
    person = rng.randint(1, world.people) if world.people and rng.random() < 0.25 else _petitioner(world, rows, matter)
    for place, said in enumerate((matter.demand, again)[: 2 if again else 1]):
        contact = matter.id * CONTACTS_EACH - 1 + place
        level = Level.OWN.value if rng.random() < 0.9 else rng.choice(list(Level)).value
        rows["contact"].append(
            (
                contact, f"LX{matter.day[:4]}-{contact:07d}", matter.id, matter.channel, matter.day, matter.day, False, 1,
                level, matter.purpose, matter.place, said, False, world.clerk, 1, WRITTEN,
            )
        )  # fmt: skip
        rows["contact_petitioner"].append((contact, person, False))


def _petitioner(world: World, rows: dict[str, list[tuple[Any, ...]]], matter: Matter) -> int:
    """Most leave a telephone number (100 …, which nobody has), half an ID number (with a wrong check digit)."""
    rng = world.rng
    world.people += 1
    phone = f"100{world.people:08d}" if rng.random() < 0.9 else None
    number = names.id_number(rng) if rng.random() < 0.5 else None
    hashed = (number, keys.lookup_hash(world.keys, number), phone, keys.lookup_hash(world.keys, phone))
    spelled = _spelled(matter.name)
    address = f"青石镇{matter.place}{rng.randint(1, 12)}组"
    rows["petitioner"].append((world.people, matter.name, *spelled, *hashed, address, 1, WRITTEN))
    return world.people


def _respondent(world: World, rows: dict[str, list[tuple[Any, ...]]], matter: Matter) -> None:
    """Every report and some others complain of a unit, a leader or somebody outside."""
    rng = world.rng
    if matter.purpose != Purpose.REPORT.value and rng.random() > 0.05:
        return
    kind = rng.choice(("unit", "leader", "outside"))
    leader, name = rng.choice(world.leaders)
    unit = rng.choice(world.units)[0] if kind == "unit" else None
    said = name if kind == "leader" else "某单位" if unit else names.name(rng)
    rows["respondent"].append((matter.id, kind, unit, leader if kind == "leader" else None, said, WRITTEN))
