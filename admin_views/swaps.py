"""调换: the list of what was asked, and its page where it is agreed to, approved, declined or withdrawn (D5)."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.swap_asking import told, who
from admin_views.wording import listed, long_day
from models import db
from rules import swaps as rules
from rules.access import Actor, may
from rules.moves import Need
from rules.reception_words import SwapState
from rules.session_hours import hours_text
from services import swap_checks, swaps

STATE_KINDS = {
    SwapState.ASKED: "soon",
    SwapState.ACCEPTED: "soon",
    SwapState.APPROVED: "ok",
    SwapState.DECLINED: "wait",
    SwapState.WITHDRAWN: "wait",
}
DECISION = Need("decision", "理由", "text", limit=200)


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
