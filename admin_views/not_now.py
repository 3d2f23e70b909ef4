"""Why a button is not for now: somebody else's to press, or not in the state the record is in — one of the two, by name."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext

from admin_views.wording import listed
from models import Leader, Unit
from rules import access, moves
from rules.access import Actor
from rules.move_row import Row
from rules.words import Role, Status, Word

STATES = ("state", "status")
"""What the attribute is called that says where a record stands."""
ABOVE = ("case", "closing_file", "petition", "meeting", "round")
"""Where the unit of a record that has none of its own is found, the nearest first."""
MOST = 4
"""So many states are named; of more the first."""


def why(action: Any, row: Any, actor: Actor) -> str:
    """The sentence for an action that is not shown on this row to this actor."""
    label = gettext(action.label)
    if any(action.is_shown(row, another) for another in _others(row, actor)):
        return _not_his(row, label)
    state = _state(row)
    if state is None:
        return gettext("这条记录已经有了变化，现在不能“%(label)s”；请刷新后看现在可以做什么。", label=label)
    return gettext(
        "这条记录现在是“%(state)s”，不能“%(label)s”；请刷新后看现在可以做什么。",
        state=gettext(state.label),
        label=label,
    )


def made_from(row: Row) -> str:
    """From which states a move of the table is made."""
    froms = [gettext(state.label) for state in row.froms]
    label = gettext(row.label)
    if len(froms) > MOST:
        return gettext("“%(label)s”在%(froms)s等状态时办理。", label=label, froms=listed(froms[:MOST]))
    return gettext("“%(label)s”在%(froms)s时办理。", label=label, froms=listed(froms))


def not_from_here(row: Row, petition: Any) -> str:
    """The matter's state, and from which the move is made."""
    now = gettext("这件事项现在是“%(state)s”。", state=gettext(petition.status.label))
    return now + made_from(row)


def no_more_edits(petition: Any) -> str:
    """What was registered is corrected only until the matter leaves the office's desk."""
    return gettext(
        "这件事项现在是“%(state)s”，登记内容只在“%(registered)s”时能改；需要更正的，请在办理中写明。",
        state=gettext(petition.status.label),
        registered=gettext(Status.REGISTERED.label),
    )


def not_his_move(row: Row, petition: Any, actor: Actor) -> str:
    """A move that the state allows and the actor may not make here: whose it is; empty where that is not the reason."""
    if actor.role not in row.who or moves.is_allowed(actor, row, petition.unit_id):
        return ""
    return _not_his(petition, gettext(row.label))


def _not_his(row: Any, label: str) -> str:
    who = _owner(row)
    if not who:
        return gettext("“%(label)s”不由您办理；需要办理的，请告诉信访办。", label=label)
    return gettext("“%(label)s”由%(who)s办理；需要办理的，请告诉%(who)s。", label=label, who=who)


def _others(row: Any, actor: Actor) -> list[Actor]:
    """Who could press it if anybody could: the system, the office, and the actor were the record his unit's or leader's."""
    unit, leader = _unit(row), getattr(row, "leader", None)
    his = replace(
        actor,
        unit_ids=actor.unit_ids | ({unit.id} if unit is not None else set()),
        leader_id=leader.id if isinstance(leader, Leader) else actor.leader_id,
    )
    return [access.system(actor.today, actor.now), replace(actor, role=Role.OFFICE_HEAD), his]


def _state(row: Any) -> Word | None:
    return next((found for name in STATES if isinstance(found := getattr(row, name, None), Word)), None)


def _unit(row: Any) -> Unit | None:
    own = getattr(row, "unit", None)
    if isinstance(own, Unit):
        return own
    above = next((found for name in ABOVE if (found := getattr(row, name, None)) is not None), None)
    return _unit(above) if above is not None else None


def _owner(row: Any) -> str:
    unit, leader = _unit(row), getattr(row, "leader", None)
    return unit.name if unit is not None else leader.name if isinstance(leader, Leader) else ""
