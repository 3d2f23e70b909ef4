"""调换、代: asked for on a session's page, then agreed to and approved on a page of its own (D5)."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import wording
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.wording import listed, long_day
from models import db
from rules import swaps as rules
from rules.access import LEADERS, OFFICE, Actor, may
from rules.moves import Need
from rules.reception_words import SwapState
from rules.session_hours import hours_text
from rules.words import RuleBroken
from services import gate, published, roster_checks, swap_checks, swaps

STATE_KINDS = {
    SwapState.ASKED: "soon",
    SwapState.ACCEPTED: "soon",
    SwapState.APPROVED: "ok",
    SwapState.DECLINED: "wait",
    SwapState.WITHDRAWN: "wait",
}
REASON = Need("reason", "事由", "long", required=False, limit=300, help="不足提前天数时必须写明。")
AGREED = Need("agreed", "对方领导已同意", "bool", required=False, help="电话或当面说好的，由本办代为登记。")
APPROVED = Need("approved", "一并批准", "bool", required=False, help="场次立即换人；公示过的请接着重新公示。")
DECISION = Need("decision", "理由", "text", limit=200)


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


def _accept(session: Any, actor: Actor, swap: m.Swap, _said: dict[str, Any]) -> str:
    swaps.accept(session, actor, swap)
    return gettext("已同意，等信访办负责人批准。")


def _approve(session: Any, actor: Actor, swap: m.Swap, _said: dict[str, Any]) -> str:
    swaps.approve(session, actor, swap)
    return told(session, swap)


def _decline(session: Any, actor: Actor, swap: m.Swap, said: dict[str, Any]) -> None:
    swaps.decline(session, actor, swap, said["decision"])


def _withdraw(session: Any, actor: Actor, swap: m.Swap, said: dict[str, Any]) -> None:
    swaps.withdraw(session, actor, swap, said["decision"])


def can(verb: str) -> Callable[[Any, Actor], bool]:
    """Is the step this actor's, in the state the exchange is in?"""

    def is_shown(swap: m.Swap, actor: Actor) -> bool:
        one = rules.step(verb, swap.state)
        return one is not None and rules.may_take(actor, one, swap.from_leader_id, swap.to_leader_id)

    return is_shown


def who(swap: m.Swap) -> str:
    """Who with whom, or who for whom."""
    before = swap.from_leader.name if swap.from_leader else gettext("（缺领导）")
    if swap.other_session_id is None:
        return gettext("%(to)s 代 %(before)s", to=swap.to_leader.name, before=before)
    return f"{before} ⇄ {swap.to_leader.name}"


def days_of(swap: m.Swap) -> str:
    return listed(long_day(row.held_on, current_actor().today.year) for row in swap_checks.rows_of(swap))


class SwapView(DeskView):
    """调换: what was asked, by whom, how far it has come."""

    title, group = "调换", "接访"
    details_template = "swap.html"
    columns = (
        Column("who", "调换", who),
        Column("asked_on", "提出日期", lambda s: Cell(show(s.asked_on), kind="code"), sort=m.Swap.asked_on),
        Column("days", "接访日期", days_of),
        Column("reason", "事由", lambda s: Cell(s.reason, kind="clip")),
        Column("state", "状态", lambda s: tagged(gettext(s.state.label), STATE_KINDS[s.state])),
        Column("decided_on", "办结日期", lambda s: Cell(show(s.decided_on), kind="code"), sort=m.Swap.decided_on),
    )
    filters = (
        Filter("state", "状态", equals(m.Swap.state), words(SwapState)),
        Filter("asked", "提出日期", between(m.Swap.asked_on), kind="dates"),
    )
    tabs = (
        Tab("waiting", "等我办", swaps.is_waiting),
        Tab("open", "没办完", lambda s, _a: s.where(m.Swap.state.in_(rules.OPEN))),
        Tab("approved", "已调换", lambda s, _a: s.where(m.Swap.state == SwapState.APPROVED), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Swap.session),
        joinedload(m.Swap.other_session),
        joinedload(m.Swap.from_leader),
        joinedload(m.Swap.to_leader),
    )
    actions = (
        Action(
            "accept", "同意调换", "swap.make", _accept, is_shown=can("accept"), kind="go",
            confirm="同意这次调换？对方电话或当面说好的，由本办代为登记。",
        ),
        Action(
            "approve", "批准调换", "swap.approve", _approve, is_shown=can("approve"), kind="go",
            confirm="批准后场次立即换人；公示过的请接着重新公示。",
        ),
        Action(
            "decline", "不同意", "swap.make", _decline, (DECISION,), is_shown=can("decline"),
            help="场次不变，理由会告诉提出的人。",
        ),
        Action(
            "withdraw", "撤回", "swap.make", _withdraw, (DECISION,), is_shown=can("withdraw"), help="场次不变。",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Swap.asked_on.desc(), m.Swap.id.desc()]

    def first_tab(self, actor: Actor) -> Tab | None:
        """What waits for the reader, when anything does."""
        return self.tabs[0] if swaps.waiting(db.session(), actor) else self.tabs[-1]

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        action = {"label": gettext("去接访日程"), "url": url_for("roster.index")}
        if narrowed:
            return super().empty_state(actor, narrowed)
        return {"text": gettext("没有调换。调换在场次的页面上提出。"), "action": action}

    def page_title(self, row: Any | None) -> str:
        return gettext("调换：%(who)s", who=who(row)) if row is not None else ""

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        items = [_session_fact(one) for one in swap_checks.rows_of(row)]
        if row.other_session_id is None:
            items.append({"label": gettext("代接访领导"), "text": str(row.to_leader)})
        items.append({"label": gettext("事由"), "text": row.reason, "wide": True})
        buttons = context["screen"]["actions"]
        context["screen"] |= {
            "tags": [{"text": gettext(row.state.label), "kind": STATE_KINDS[row.state]}],
            "facts": [{"title": gettext("调换"), "items": items}],
            "actions": [],
        }
        return context | {"doing": buttons, "story": story(row), "waits": waits_for(row)}


def _session_fact(row: m.ReceptionSession) -> dict[str, Any]:
    """A session as it stands now, with a link to its page."""
    day = long_day(row.held_on, current_actor().today.year)
    now = gettext("现为 %(name)s", name=row.leader.name if row.leader else gettext("（缺领导）"))
    return {
        "label": gettext("接访场次"),
        "text": f"{day} {hours_text(row.starts, row.ends)}",
        "url": url_for("reception_session.details_view", id=row.id),
        "sub": listed([now, gettext("原：%(name)s", name=row.original_leader.name)] if row.original_leader else [now]),
        "wide": True,
    }


def waits_for(swap: m.Swap) -> str:
    """Whose turn it is, in a sentence; nothing when it is over."""
    if swap.state is SwapState.ASKED:
        return gettext("等%(name)s同意。", name=swap.to_leader.name)
    return gettext("等信访办负责人批准。") if swap.state is SwapState.ACCEPTED else ""


def story(swap: m.Swap) -> list[dict[str, Any]]:
    """Who did what when, newest first."""
    found = [{"title": gettext("提出"), "when": show(swap.asked_on), "who": show(swap.by)}]
    if swap.accepted_on:
        found.append({"title": gettext("对方同意"), "when": show(swap.accepted_on), "who": show(swap.accepted_by)})
    if swap.decided_on:
        step = {"title": gettext(swap.state.label), "when": show(swap.decided_on), "who": show(swap.decided_by)}
        found.append(step | {"sub": swap.decision or ""})
    return found[::-1]


def cards(found: list[m.Swap]) -> list[dict[str, Any]]:
    """A session's exchanges as its page lists them."""
    return [
        {
            "title": who(swap),
            "when": show(swap.decided_on or swap.asked_on),
            "sub": swap.reason,
            "tag": {"text": gettext(swap.state.label), "kind": STATE_KINDS[swap.state]},
            "links": [{"label": gettext("看调换"), "url": url_for("swap.details_view", id=swap.id)}]
            if may(current_actor(), "swap.list")
            else [],
        }
        for swap in found
    ]


def views() -> list[Any]:
    return [SwapView(m.Swap)]
