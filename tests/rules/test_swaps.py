"""Who may take which step of an exchange (D5): the whole cross of states, verbs and people."""

import pytest

from rules.access import Actor
from rules.reception_words import SwapState
from rules.swaps import LABELS, STEPS, may_take, step
from rules.words import Role

FROM, TO = 1, 2
PEOPLE = {
    "clerk": Actor(1, "clerk", "", Role.CLERK),
    "office head": Actor(2, "head", "", Role.OFFICE_HEAD),
    "who cannot come": Actor(3, "from", "", Role.LEADER, leader_id=FROM),
    "who is asked": Actor(4, "to", "", Role.LEADER_IN_CHARGE, leader_id=TO),
    "another leader": Actor(5, "other", "", Role.LEADER, leader_id=3),
    "leader's account without leader": Actor(6, "odd", "", Role.LEADER),
    "inspector": Actor(7, "inspector", "", Role.INSPECTOR),
}
ALLOWED = {
    # state, verb: who
    ("asked", "accept"): {"clerk", "office head", "who is asked"},
    ("asked", "decline"): {"clerk", "office head", "who is asked"},
    ("asked", "withdraw"): {"clerk", "office head", "who cannot come"},
    ("accepted", "approve"): {"office head"},
    ("accepted", "decline"): {"office head"},
    ("accepted", "withdraw"): {"clerk", "office head", "who cannot come"},
}
CROSS = [(state.value, verb) for state in SwapState for verb in LABELS]


@pytest.mark.parametrize(("state", "verb"), CROSS)
def test_who_may_take_which_step(state: str, verb: str) -> None:
    """D5, rules-of-the-office §4: the leaders swap, the office head approves."""
    row = step(verb, SwapState(state))
    allowed = {name for name, actor in PEOPLE.items() if row and may_take(actor, row, FROM, TO)}
    assert allowed == ALLOWED.get((state, verb), set())


def test_a_session_nobody_had_is_given_away_by_the_office_only() -> None:
    """A stand-in for a day without a leader: there is nobody on that side."""
    row = step("withdraw", SwapState.ASKED)
    assert row is not None
    assert {name for name, actor in PEOPLE.items() if may_take(actor, row, None, TO)} == {"clerk", "office head"}


def test_every_step_ends_somewhere_new() -> None:
    assert all(one.to != one.at for one in STEPS)
