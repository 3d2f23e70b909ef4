"""调换、代 on a session's page: the form that asks, and as far as the office goes in it at once (D5)."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import Action, current_actor
from rules.access import LEADERS, OFFICE, Actor, may
from rules.moves import Need
from rules.reception_words import SwapState
from rules.words import RuleBroken
from services import gate, published, roster_checks, swap_checks, swaps

REASON = Need("reason", "事由", "long", required=False, limit=300, help="不足提前天数时必须写明。")
AGREED = Need("agreed", "对方领导已同意", "bool", required=False, help="电话或当面说好的，由本办代为登记。")
APPROVED = Need("approved", "一并批准", "bool", required=False, help="场次立即换人；公示过的请接着重新公示。")


def asking(first: Need) -> Callable[[Any], Sequence[Need]]:
    """What the form on a session's page asks: the office may say in one go that the other leader has agreed."""

    def needs(_session: Any) -> Sequence[Need]:
        actor = current_actor()
        by_office = (AGREED,) if actor.role in OFFICE else ()
        return (first, REASON, *by_office, *((APPROVED,) if may(actor, "swap.approve") else ()))

    return needs


def is_open(row: m.ReceptionSession, actor: Actor) -> bool:
    """May this actor still arrange who sits here?"""
    own = actor.role not in LEADERS or row.leader_id == actor.leader_id
    return own and not row.is_cancelled and row.held_on >= actor.today


def _ask(session: Any, actor: Actor, row: m.ReceptionSession, said: dict[str, Any]) -> str:
    other = gate.find(session, actor, m.ReceptionSession, said["other_session_id"])
    _check_order(said)
    return _further(session, actor, swaps.ask(session, actor, row, other, said["reason"] or ""), said)


def _ask_stand_in(session: Any, actor: Actor, row: m.ReceptionSession, said: dict[str, Any]) -> str:
    leader = gate.find(session, actor, m.Leader, said["to_leader_id"])
    _check_order(said)
    return _further(session, actor, swaps.ask_stand_in(session, actor, row, leader, said["reason"] or ""), said)


def _check_order(said: dict[str, Any]) -> None:
    if said.get("approved") and not said.get("agreed"):
        raise RuleBroken("一并批准：对方领导同意后才能批准，请先勾选“对方领导已同意”。", "approved")


def _further(session: Any, actor: Actor, swap: m.Swap, said: dict[str, Any]) -> str:
    """As far as the form says at once, and what to say."""
    if said.get("agreed"):
        swaps.accept(session, actor, swap)
    if said.get("approved"):
        swaps.approve(session, actor, swap)
        return told(session, swap)
    if swap.state is SwapState.ACCEPTED:
        return gettext("已登记对方同意，等信访办负责人批准。")
    return gettext("已提出，等%(name)s同意。", name=swap.to_leader.name)


def told(session: Any, swap: m.Swap) -> str:
    """What to say after approval: who with whom, what clashes now, and that the notice is behind."""
    rows = swap_checks.rows_of(swap)
    said = [gettext("已调换：%(swap)s。", swap=who(swap))]
    said += [wording.said(text) for row in rows for text in roster_checks.check_day(session, row)]
    if any(published.is_public(session, row) for row in rows):
        said.append(gettext("公示还是旧的，请重新公示。"))
    return "".join(said)


def who(swap: m.Swap) -> str:
    """Who with whom, or who for whom."""
    before = swap.from_leader.name if swap.from_leader else gettext("（缺领导）")
    if swap.other_session_id is None:
        return gettext("%(to)s 代 %(before)s", to=swap.to_leader.name, before=before)
    return f"{before} ⇄ {swap.to_leader.name}"


SESSION_ACTIONS = (
    Action(
        "swap", "调换", "swap.make", _ask,
        asking(Need("other_session_id", "与哪一场调换", "reception_session", help="输入领导姓名或日期查找。")),
        is_shown=lambda row, actor: is_open(row, actor) and row.leader_id is not None,
        help="两位领导互换场次，日期、时间、地点不变。对方同意、信访办负责人批准后才换人；原定和实际的领导都会保留。",
    ),
    Action(
        "stand_in", "请人代", "swap.make", _ask_stand_in, asking(Need("to_leader_id", "代接访领导", "leader")),
        is_shown=is_open, help="只换这一场的领导。对方同意、信访办负责人批准后才换人；原定和实际的领导都会保留。",
    ),
)  # fmt: skip
"""The buttons of a session's page."""
