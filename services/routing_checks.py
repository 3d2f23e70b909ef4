"""To whom a matter may not go: units, handlers and leaders the law or the matter itself keeps from it (B1–B4, §3).

`said` is what the form of a move says, by the names of its needs (rules.moves). Each check raises RuleBroken naming the field.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import UNIT_STAFF, Actor
from rules.gathered import Gathered
from rules.words import Purpose, Role, RuleBroken
from services import (
    calendars,
    case_choices,
    excluded,
    feedback_dates,
    gate,
    gate_actors,
    recusals,
    settings,
)

Said = Mapping[str, Any]


def route(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """Units that may have it, a feedback date that holds, a handler of the unit: every fault at once (§3, B3)."""
    gathered = Gathered()
    for check in (_units, _feedback):
        with gathered.going_on():
            check(session, actor, petition, said)
    with gathered.going_on():
        handler(session, actor, petition, said.get("handler_id"), said["unit_id"])
    gathered.refuse()


def _units(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    asked = [said["unit_id"], *(said.get("assisting_ids") or ())]
    if excluded.units(session, petition) & set(asked):
        raise RuleBroken("责任单位：该单位或其负责人是被反映人，不能交给它，请选别的单位。", "unit_id")
    if recusals.barred_units(session, petition) & set(asked):
        raise RuleBroken("责任单位：该单位负责人已经回避这件事项，不能再交给它，请选别的单位。", "unit_id")
    if len(set(asked)) < len(asked):
        raise RuleBroken("协办单位：不能与责任单位相同，请去掉。", "assisting_ids")


def _feedback(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    feedback_on = said.get("feedback_on")
    if feedback_on and feedback_on < actor.today:
        raise RuleBroken("反馈期限：不能早于今天，请改为以后的日期。", "feedback_on")
    if feedback_on:
        feedback_dates.check(session, petition, actor.today, feedback_on, said.get("late_reason"))


def assign(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """As `route`, after a leader's endorsement where the office asks for one (setting endorse_first, B2)."""
    if petition.endorsed_on is None and settings.get(session, "endorse_first", actor.today) == "是":
        raise RuleBroken("交办：本办设置为先呈领导签批，请先“呈阅”。")
    route(session, actor, petition, said)


def handler(session: Session, actor: Actor, petition: m.Petition, handler_id: int | None, unit_id: int | None) -> None:
    """A handler belongs to the responsible unit and is not complained of. Raises RuleBroken (field handler_id)."""
    chosen = session.get(m.User, handler_id) if handler_id else None
    if chosen is None:
        return
    if chosen.unit_id != unit_id:
        raise RuleBroken("承办人：不是责任单位的人员，请重新选择或留空。", "handler_id")
    if chosen.role not in UNIT_STAFF or not chosen.is_active:
        raise RuleBroken("承办人：此人的账号不能承办，请选单位的承办人或负责人。", "handler_id")
    if chosen.id in recusals.withdrawn(petition):
        raise RuleBroken("承办人：此人已经回避这件事项，不能再承办，请重新选择。", "handler_id")
    if gate.is_accused(session, petition, gate_actors.actor_of(session, chosen, actor.today, actor.now)):
        raise RuleBroken("承办人：此人是被反映人，不能承办，请重新选择。", "handler_id")


def own_handler(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """The handler is one of the unit that has the matter already."""
    handler(session, actor, petition, said.get("handler_id"), petition.unit_id)


def submit(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """The leader who is to endorse is in office and not complained of (B2, §3)."""
    leader = session.get_one(m.Leader, said["leader_id"])
    if not leader.is_active:
        raise RuleBroken("签批领导：已不在任，请重新选择。", "leader_id")
    if leader.id in case_choices.accused_leaders(session, actor, petition):
        raise RuleBroken("签批领导：此人是被反映人或主管被反映单位，请重新选择。", "leader_id")


def simple(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """Plain first-time matters only: not from above, not joint, not several units; decided within 3 working days (简易办理办法)."""
    running = [leg for leg in petition.legs if leg.ended_on is None]
    no = {
        "上级交办的事项": petition.level_from is not None,
        "重复信访的事项": len(petition.contacts) > 1,
        "联名、集体信访的事项": petition.people_count >= int(settings.get(session, "group_threshold", actor.today)),
        "涉及几个单位的事项": len(running) > 1,
        "检举控告": petition.purpose == Purpose.REPORT,
    }
    for what, holds in no.items():
        if holds:
            raise RuleBroken(f"简易办理：{what}不适用，请按普通程序受理。")
    lead = next(leg for leg in running if leg.is_lead)
    term = calendars.term(session, "simple_decide", lead.sent_on)
    last = calendars.load(session).add_working_days(lead.sent_on, term.days)
    if not petition.is_carried_over and actor.today > last:
        raise RuleBroken(f"简易办理：应在收到后 {term.days} 个工作日内（{last} 前）决定，已过时，请按普通程序受理。")
    own_handler(session, actor, petition, said)


def step_aside(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """Within the unit: not its head, and another than he who withdraws takes over (§3)."""
    user = recusals.who(session, actor, petition, said)
    if user.role is Role.UNIT_HEAD:
        raise RuleBroken("回避人：单位负责人要回避的，须改交其他单位，请信访办用“回避改交”。", "user_id")
    if said["handler_id"] == user.id:
        raise RuleBroken("改由：就是回避的人，请另选一人。", "handler_id")
    own_handler(session, actor, petition, said)


def hand_on(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """To another unit, because the head of this one or the named person withdraws (§3)."""
    if not said.get("user_id") and recusals.head(session, petition, petition.unit_id) is None:
        raise RuleBroken("回避人：责任单位没有登记负责人，请选择是谁回避。", "user_id")
    if said.get("user_id"):
        recusals.who(session, actor, petition, said)
    if said["unit_id"] == petition.unit_id:
        raise RuleBroken("改交单位：就是现在的责任单位，请另选一个。", "unit_id")
    route(session, actor, petition, said)
