"""The matter's life as one table: from which state, by which verb, to which state, by whom, with what, on which clock.

The screens' buttons, the server's refusal, the diagram in the README and the cross-product test all read MOVES.
Adding a branch of the law is adding rows.
"""

from collections.abc import Collection

from rules import moves_end, moves_office, moves_review, moves_unit
from rules.access import UNIT_STAFF, Actor
from rules.handling_words import Fact
from rules.move_row import Need, Row
from rules.words import Purpose, Role, Status

__all__ = ["MOVES", "ROWS", "VERBS", "Need", "Row", "ahead", "allowed", "is_allowed", "not_yet", "runs_for"]

ROWS: tuple[Row, ...] = (*moves_office.ROWS, *moves_unit.ROWS, *moves_review.ROWS, *moves_end.ROWS)
"""Every move there is, in the order of its buttons."""

MOVES: dict[Status, dict[str, Row]] = {state: {row.verb: row for row in ROWS if state in row.froms} for state in Status}
"""{state: {verb: row}}: the whole state machine."""

VERBS: dict[str, str] = (
    {"register": "登记", "join": "重复来信来访", "withdraw": "回避收回", "opine": "协办意见"}
    | {
        "split_off": "拆出登记件",
        "merge": "并案",
        "merged_in": "并入一件",
        "unmerge": "撤销并案",
    }
    | {row.verb: row.label for row in ROWS}
)
"""Every verb that a move in the history may carry, with its label."""

CLOCK_PURPOSES: dict[str, frozenset[Purpose]] = {"handle": frozenset({Purpose.SEEK, Purpose.APPEAL})}
"""60 (+30) days run only for 申诉求决; other terms run for every purpose (rules-of-the-office §2, Which clock)."""

UNIT_MOVES = UNIT_STAFF | {Role.LEADER_IN_CHARGE}
"""Roles that act only on matters of the units they handle or answer for."""


def runs_for(term: str, purpose: Purpose) -> bool:
    """Does this term's clock run for a matter of this purpose?"""
    return purpose in CLOCK_PURPOSES.get(term, frozenset(Purpose))


def allowed(actor: Actor, status: Status, unit_id: int | None, facts: Collection[Fact] | None = None) -> list[Row]:
    """The moves this actor may make now on a matter in `status` whose responsible unit is `unit_id`, in table order.

    `facts`: what holds of the matter (services.matter_facts); None leaves the facts unasked.
    """
    return [row for row in MOVES[status].values() if is_allowed(actor, row, unit_id, facts)]


def is_allowed(actor: Actor, row: Row, unit_id: int | None, facts: Collection[Fact] | None = None) -> bool:
    """Role, for unit roles the matter's responsible unit (rules-of-the-office §4), and the fact the row depends on."""
    if facts is not None and row.only and row.only not in facts:
        return False
    if actor.is_system:
        return True
    if actor.role not in row.who:
        return False
    return row.only is Fact.ENDORSER or actor.role not in UNIT_MOVES or unit_id in actor.unit_ids


def not_yet(actor: Actor, status: Status, facts: Collection[Fact] = ()) -> list[str]:
    """Sentences saying which of the actor's own verbs come later, shown under the buttons; table order.

    `facts`: what holds of the matter, for the sentences that speak of it.
    """
    states = ahead(status)
    own = [row for row in ROWS if actor.role in row.who and row.help and row.help_only in (None, *facts)]
    later = [row for row in own if status not in row.froms and states & set(row.froms)]
    return [f"{row.label}：{row.help}" for row in later]


ASIDE = frozenset(
    {
        "reopen", "take_out", "recall", "agree_return", "withdraw_reply",
        "ask_review", "ask_recheck", "annul", "recheck_annul",
    }
)  # fmt: skip
"""Ways back and the petitioner's own ways; the way forward does without them."""


def ahead(status: Status) -> set[Status]:
    """The states still to come on the way to the end; beginning again (重新办理) is no way forward."""
    found: set[Status] = set()
    queue = [status]
    while queue:
        targets = {row.to for verb, row in MOVES[queue.pop()].items() if row.to and verb not in ASIDE} - found
        found |= targets
        queue.extend(targets)
    return found
