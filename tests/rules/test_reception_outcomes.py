"""What a leader may decide, what each decision asks for, and where (D7)."""

from datetime import date
from typing import Any

import pytest

from rules import reception_outcomes
from rules.moves import MOVES
from rules.words import Outcome, RuleBroken, Status

FULL: dict[str, Any] = {
    "unit_id": 3, "due_on": date(2026, 12, 1), "signed_on": date(2026, 11, 18), "opinion": "请核实。", "policy": "不溯及既往。",
}  # fmt: skip
HELD, TODAY = date(2026, 11, 18), date(2026, 11, 21)

# outcome: needs, only within his division, the move that follows, nothing owed afterwards
TABLE = [
    (Outcome.SOLVED, (), True, "", True),
    (Outcome.CASE, ("unit_id",), True, "case", False),
    (Outcome.ASSIGN, ("unit_id", "opinion", "signed_on"), False, "assign", False),
    (Outcome.DEADLINE, ("unit_id", "due_on"), False, "assign", False),
    (Outcome.COORDINATE, (), False, "", False),
    (Outcome.EXPLAIN, (), False, "", True),
    (Outcome.NOT_NOW, ("policy",), False, "", True),
    (Outcome.FORWARD, ("unit_id",), False, "forward", False),
]


def test_the_table_holds_every_outcome() -> None:
    assert [row[0] for row in TABLE] == list(reception_outcomes.WAYS) == list(Outcome)


@pytest.mark.parametrize(("outcome", "needs", "only_within", "follows", "is_final"), TABLE)
def test_each_decision(
    outcome: Outcome, needs: tuple[str, ...], only_within: bool, follows: str, is_final: bool
) -> None:
    way = reception_outcomes.WAYS[outcome]
    assert (way.needs, way.only_within, way.follows, way.is_final) == (needs, only_within, follows, is_final)
    assert follows in ("", "case") or follows in MOVES[Status.REGISTERED]
    assert (outcome in reception_outcomes.FINAL) == is_final


@pytest.mark.parametrize(("outcome", "field"), [(outcome, field) for outcome, needs, *_ in TABLE for field in needs])
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_what_is_missing_is_named(outcome: Outcome, field: str, empty: Any) -> None:
    with pytest.raises(RuleBroken, match=f"^{reception_outcomes.LABELS[field]}：“{outcome.label}”") as no:
        reception_outcomes.check(outcome, FULL | {field: empty}, is_within=True)
    assert no.value.field == field
    assert reception_outcomes.missing(outcome, FULL | {field: empty}) == [field]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("is_within", [True, False, None])
def test_the_branch_by_division(outcome: Outcome, is_within: bool | None) -> None:
    """D7: 当场解决 and 列入包案 are for his own division; where that cannot be said, nobody is refused."""
    barred = is_within is False and outcome in (Outcome.SOLVED, Outcome.CASE)
    if not barred:
        reception_outcomes.check(outcome, FULL, is_within=is_within)
        return
    with pytest.raises(RuleBroken, match="不在接访领导的分管范围") as no:
        reception_outcomes.check(outcome, FULL, is_within=is_within)
    assert no.value.field == "outcome"


@pytest.mark.parametrize(
    ("field", "day", "is_right"),
    [
        ("due_on", date(2026, 11, 17), False),
        ("due_on", HELD, True),
        ("due_on", None, True),
        ("signed_on", date(2026, 11, 17), False),
        ("signed_on", HELD, True),
        ("signed_on", TODAY, True),
        ("signed_on", date(2026, 11, 22), False),
    ],
)
def test_days_that_cannot_be(field: str, day: date | None, is_right: bool) -> None:
    if is_right:
        reception_outcomes.check_dates({field: day}, HELD, TODAY)
        return
    with pytest.raises(RuleBroken) as no:
        reception_outcomes.check_dates({field: day}, HELD, TODAY)
    assert no.value.field == field
