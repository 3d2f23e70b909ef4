"""What a leader may decide at a session, what each decision asks for, and which move follows (D7), as one table.

Within his division: answered on the spot (当场解决) or 列入包案; outside it: written 签批 and 交办; else the other five.
Screens, the server's refusal, the report and the tests read WAYS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.words import Outcome, RuleBroken

LABELS = {
    "unit_id": "责任单位",
    "assisting_ids": "协办单位",
    "due_on": "办理期限",
    "signed_on": "签批日期",
    "opinion": "领导意见",
    "policy": "政策说明",
}
"""Field of a record → its name in sentences."""
WHY = {
    "unit_id": "要写明交给哪个单位",
    "due_on": "要写明办到哪一天",
    "signed_on": "要写明书面签批的日期",
    "opinion": "要写明签批的意见",
    "policy": "要写明依据什么政策暂时不能解决",
}
"""Why a field is asked for."""


@dataclass(frozen=True)
class Way:
    """One decision. `needs`: fields it cannot do without; `asks`: fields it may have besides.

    `only_within`: for matters of the leader's own division; `follows`: the step that carries it out (services.reception_steps);
    `is_final`: said to the visitor's face, nothing is owed to him afterwards.
    """

    outcome: Outcome
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    only_within: bool = False
    follows: str = ""
    is_final: bool = False


WAYS: dict[Outcome, Way] = {
    way.outcome: way
    for way in (
        Way(Outcome.SOLVED, only_within=True, is_final=True),
        Way(Outcome.CASE, ("unit_id",), ("assisting_ids", "due_on"), only_within=True, follows="case"),
        Way(Outcome.ASSIGN, ("unit_id", "opinion", "signed_on"), ("assisting_ids", "due_on"), follows="assign"),
        Way(Outcome.DEADLINE, ("unit_id", "due_on"), ("assisting_ids",), follows="assign"),
        Way(Outcome.COORDINATE, (), ("unit_id", "assisting_ids", "due_on")),
        Way(Outcome.EXPLAIN, (), ("policy",), is_final=True),
        Way(Outcome.NOT_NOW, ("policy",), is_final=True),
        Way(Outcome.FORWARD, ("unit_id",), follows="forward"),
    )
}
"""Outcome → what it asks for and what follows."""
FINAL = tuple(way.outcome for way in WAYS.values() if way.is_final)
"""Decisions after which nothing is owed, unless a matter was registered."""


def missing(outcome: Outcome, values: Mapping[str, Any]) -> list[str]:
    """The fields this decision still needs, in the table's order. `values`: the record's fields by name."""
    return [name for name in WAYS[outcome].needs if _is_empty(values.get(name))]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def check(outcome: Outcome, values: Mapping[str, Any], *, is_within: bool | None) -> None:
    """Is the decision complete, and the leader's to make?

    `is_within`: does the responsible unit belong to his division; None when that cannot be said (no unit yet, or a leader
    without units of his own). Raises RuleBroken naming the first field that is missing, or `outcome`.
    """
    for name in missing(outcome, values):
        raise RuleBroken(f"{LABELS[name]}：“{outcome.label}”{WHY[name]}，请填写。", name)
    if WAYS[outcome].only_within and is_within is False:
        raise RuleBroken(
            f"处理方式：责任单位不在接访领导的分管范围，不能“{outcome.label}”，请改为“签批交办”或其他方式。", "outcome"
        )


def check_dates(values: Mapping[str, Any], held_on: date, today: date) -> None:
    """The term lies on or after the session's day, the instruction between that day and today. Raises RuleBroken."""
    due_on, signed_on = values.get("due_on"), values.get("signed_on")
    if due_on is not None and due_on < held_on:
        raise RuleBroken("办理期限：不能早于接访日期，请核对。", "due_on")
    if signed_on is not None and not held_on <= signed_on <= today:
        raise RuleBroken("签批日期：应在接访日期之后、今天之前（含当天），请核对。", "signed_on")
