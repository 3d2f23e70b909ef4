"""The rows of a closing template as its form shows and sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.closing_items import SOURCES, ByHand, Item, Proof, When, word
from rules.words import Role

FIELDS = ("key", "label", "help", "proof", "source", "by_hand", "when", "waivers", "reasons", "position", "drop")
MOST_ROWS = 60


@dataclass(frozen=True)
class Entered:
    """One row as it came: `said`: what the form shows again; `item`: the item it makes; `is_kept`: neither blank nor dropped."""

    said: dict[str, Any]
    item: Item
    is_kept: bool


def row_of(item: Item) -> dict[str, Any]:
    """An item as the form shows it."""
    return item.as_json() | {"reasons": "\n".join(item.reasons), "drop": False}


def blank_row() -> dict[str, Any]:
    """An empty row for a further item; the office head may waive it."""
    return row_of(Item("", "", by_hand=ByHand.NOTE))


def entered(form: Mapping[str, str]) -> list[Entered]:
    """The rows of a posted form in the order their positions ask for. Raises RuleBroken for a word that is no choice."""
    count = min(MOST_ROWS, sum(name.startswith("label-") for name in form))
    rows = [_row(form, place) for place in range(count)]
    taken = {one.item.key for one in rows if one.item.key}
    named = [_with_key(one, place, taken) for place, one in enumerate(rows)]
    return sorted(named, key=lambda one: one.said["position"])


def _row(form: Mapping[str, str], place: int) -> Entered:
    said: dict[str, Any] = {name: form.get(f"{name}-{place}", "").replace("\r", "").strip() for name in FIELDS}
    said["waivers"] = [role.value for role in Role if form.get(f"waiver-{place}-{role.value}")]
    said["drop"] = bool(said["drop"])
    said["position"] = int(said["position"]) if said["position"].isascii() and said["position"].isdigit() else place + 1
    row = place + 1
    item = Item(
        key=said["key"],
        label=said["label"],
        help=said["help"],
        proof=word(Proof, said["proof"], "证据种类", row),
        source=said["source"] if said["source"] in SOURCES else "",
        by_hand=word(ByHand, said["by_hand"], "手工认定", row),
        when=word(When, said["when"], "适用", row),
        waivers=frozenset(Role(role) for role in said["waivers"]),
        reasons=tuple(line.strip() for line in said["reasons"].splitlines() if line.strip()),
    )
    is_blank = not (said["label"] or said["help"] or said["key"])
    return Entered(said, item, not (is_blank or said["drop"]))


def _with_key(one: Entered, place: int, taken: set[str]) -> Entered:
    """A new item gets a key of its own, which later editions keep."""
    if one.item.key or not one.is_kept:
        return one
    number = place + 1
    while f"item{number}" in taken:
        number += 1
    taken.add(f"item{number}")
    item = Item(**{**vars(one.item), "key": f"item{number}"})
    return Entered(one.said, item, one.is_kept)
