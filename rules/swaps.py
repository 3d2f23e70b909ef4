"""The life of an exchange (调换) as one table: asked, accepted by the other leader, approved by the office head (D5).

The screens' buttons, the refusals and the tests all read STEPS.
"""

from dataclasses import dataclass

from rules.access import LEADERS, OFFICE, Actor
from rules.reception_words import SwapState
from rules.words import Role

OPEN = (SwapState.ASKED, SwapState.ACCEPTED)
"""States in which an exchange still waits for somebody."""


@dataclass(frozen=True)
class Step:
    """One row: `verb` leads `at` → `to`; `office`: roles of the office that may; `side`: the leader who may, too.

    side: "to" is the leader asked, "from" the one who cannot come.
    """

    verb: str
    label: str
    at: SwapState
    to: SwapState
    office: frozenset[Role]
    side: str = ""


HEAD = frozenset({Role.OFFICE_HEAD})
STEPS: tuple[Step, ...] = (
    Step("accept", "同意调换", SwapState.ASKED, SwapState.ACCEPTED, OFFICE, "to"),
    Step("approve", "批准调换", SwapState.ACCEPTED, SwapState.APPROVED, HEAD),
    Step("decline", "不同意", SwapState.ASKED, SwapState.DECLINED, OFFICE, "to"),
    Step("decline", "不同意", SwapState.ACCEPTED, SwapState.DECLINED, HEAD),
    Step("withdraw", "撤回", SwapState.ASKED, SwapState.WITHDRAWN, OFFICE, "from"),
    Step("withdraw", "撤回", SwapState.ACCEPTED, SwapState.WITHDRAWN, OFFICE, "from"),
)
LABELS = {step.verb: step.label for step in STEPS}


def step(verb: str, state: SwapState) -> Step | None:
    """The row for a verb in a state, or None when it makes no sense there."""
    return next((one for one in STEPS if one.verb == verb and one.at == state), None)


def may_take(actor: Actor, one: Step, from_leader_id: int | None, to_leader_id: int) -> bool:
    """May this actor take the step on an exchange between these two leaders?"""
    if actor.is_system or actor.role in one.office:
        return True
    theirs = {"to": to_leader_id, "from": from_leader_id}.get(one.side)
    return actor.role in LEADERS and theirs is not None and actor.leader_id == theirs
