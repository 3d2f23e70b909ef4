"""单位办理台: one page for a handler or the head of a unit, with what waits for him and the one click that goes on (point 7)."""

from collections.abc import Iterator
from typing import Any

from flask import current_app, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import petition_page, wording
from admin_views.base import Page, current_actor, show
from admin_views.listing import count_text, page_number
from models import db
from rules import moves
from rules.access import Actor, may
from rules.words import Role, Status
from services import legs, matter_facts, tray, workbench

MAIN: dict[Status, tuple[str, ...]] = {
    Status.ROUTED: ("accept",),
    Status.HANDLING: ("simple_reply", "reply"),
    Status.REPLIED: ("serve",),
    **dict.fromkeys(tray.TO_FINISH[1:], ("close",)),
}
"""The move that goes on from each state: the first of these the actor may make now."""
BESIDE = ("answer_up", "extend", "ask_extension", "object", "refer_up", "step_aside", "rectified", "withdraw_reply")
"""Moves offered beside the main one, in this order."""


class Tray(Page):
    """单位办理台."""

    verbs = {"index": "tray.list"}

    @expose("/")
    def index(self) -> Any:
        actor, session = current_actor(), db.session()
        own = is_own(actor)
        numbers = tray.counts(session, actor, own=own)
        part = tray.part(request.args.get("tab", "")) or tray.first(numbers)
        number = page_number()
        found = tray.page(session, actor, part, number, own=own)
        return self.render(
            "tray.html",
            tabs=[tab(one, numbers[one.key], part, own=own) for one in tray.PARTS],
            owners=owners(part, own=own) if part.is_lead else [],
            rows=[row(one, actor, part) for one in found[: tray.PAGE]],
            empty=gettext(part.empty),
            pager=pager(part, number, own=own, more=len(found) > tray.PAGE),
            title=gettext(part.label),
        )


def is_own(actor: Actor) -> bool:
    """Only what is his own or nobody's yet? A handler's first view; the head of a unit sees the whole unit's."""
    asked = request.args.get("own")
    return asked == "1" if asked in ("0", "1") else actor.role is Role.HANDLER


def address(part: tray.Part, *, own: bool, **more: Any) -> str:
    return url_for("tray.index", tab=part.key, own=int(own), **more)


def tab(one: tray.Part, count: int, shown: tray.Part, *, own: bool) -> dict[str, Any]:
    return {
        "label": gettext(one.label),
        "url": address(one, own=own),
        "active": one is shown,
        "count": count_text(count, tray.CAP) if count else "",
    }


def owners(part: tray.Part, *, own: bool) -> list[dict[str, Any]]:
    """我承办的 · 全单位: two links, the one shown marked."""
    words = ((True, gettext("我承办的")), (False, gettext("全单位")))
    return [{"label": label, "url": address(part, own=is_his), "active": is_his == own} for is_his, label in words]


def pager(part: tray.Part, number: int, *, own: bool, more: bool) -> dict[str, Any]:
    return {
        "page": number + 1,
        "pages": "" if more or number else 1,
        "prev": address(part, own=own, page=number - 1) if number else None,
        "next": address(part, own=own, page=number + 1) if more else None,
    }


def row(one: tray.Waiting, actor: Actor, part: tray.Part) -> dict[str, Any]:
    """One line: the matter, its light and day, the next step, the one click, and the rarer ways under 更多."""
    matter = one.petition
    buttons = list(offered(one, actor, part))
    return {
        "url": url_for("petition.details_view", id=matter.id),
        "number": matter.number,
        "title": matter.title,
        "sender": sender(one),
        "step": gettext(step(one, actor, part)),
        "owner": show(matter.handler) or gettext("（未定承办人）"),
        "light": light(one, actor),
        "main": buttons[0] | {"primary": True} if buttons else None,
        "more": buttons[1:],
    }


def sender(one: tray.Waiting) -> str:
    """From when it lies here, and what the letter or the supervision asks."""
    if one.supervision is not None:
        return one.supervision.demand
    if one.leg is None:
        return ""
    return gettext("%(day)s 送来", day=show(one.leg.sent_on)) + (f" · {one.leg.measures}" if one.leg.measures else "")


def light(one: tray.Waiting, actor: Actor) -> dict[str, str] | None:
    """The word of the light, its colour and its last day: of a day of its own, else of the matter's clock."""
    soon = petition_page.soon_days()
    if one.due_on is None:
        found = workbench.light_of(one.petition, actor, soon)
        text = wording.light(one.petition, actor.today)
        return {"text": text, "kind": found["kind"], "day": wording.last_day(found["day"])} if found else None
    shown = m.Petition(due_on=one.due_on, breach_on=one.due_on)
    found = workbench.light_of(shown, actor, soon)
    assert found is not None
    return {"text": wording.light(shown, actor.today), "kind": found["kind"], "day": show(one.due_on)}


def step(one: tray.Waiting, actor: Actor, part: tray.Part) -> str:
    """What comes next, in words."""
    own = {"receive": "签收", "assist": "写协办意见", "urged": "答复督办", "visit": "记录回访"}
    if part.key in own:
        return own[part.key]
    return "等信访办审核异议" if one.petition.status is Status.OBJECTED else workbench.next_step(one.petition)


def offered(one: tray.Waiting, actor: Actor, part: tray.Part) -> Iterator[dict[str, Any]]:
    """What can be done now, the main thing first."""
    if one.leg is not None and legs.may_receive(actor, one.leg):
        fields = {"version": one.leg.version}
        yield {"label": gettext("签收"), "url": do("leg", one.leg.id, "receive"), "post": True, "fields": fields}
    if one.supervision is not None and (url := supervision_url(one.supervision)):
        yield {"label": gettext("答复督办…"), "url": url}
    if one.visit is not None and may(actor, "return_visit.record"):
        yield {"label": gettext("记录回访…"), "url": do("return_visit", one.visit.id, "record")}
    if one.leg is not None and legs.may_opine(actor, one.leg):
        yield {"label": gettext("写协办意见…"), "url": do("leg", one.leg.id, "opine")}
    yield from moves_of(one.petition, actor)
    if may(actor, "petition.attach"):
        yield {"label": gettext("上传附件…"), "url": do("petition", one.petition.id, "attach")}


def moves_of(petition: m.Petition, actor: Actor) -> Iterator[dict[str, Any]]:
    """The moves of a line: the one that goes on, then the rarer ones."""
    facts = matter_facts.of(petition, actor)
    now = {one.verb: one for one in moves.allowed(actor, petition.status, petition.unit_id, facts)}
    main = next((verb for verb in MAIN.get(petition.status, ()) if verb in now), None)
    for verb in ([main] if main else []) + [verb for verb in BESIDE if verb in now]:
        yield {"label": gettext(now[verb].label) + "…", "url": do("petition", petition.id, verb)}


def do(noun: str, row_id: int, verb: str) -> str:
    return url_for(f"{noun}.do_view", row_id=row_id, verb=verb)


def supervision_url(row: m.Supervision) -> str:
    """Where a supervision is answered."""
    if "supervision.do_view" not in current_app.view_functions:
        return ""
    return do("supervision", row.id, "answer")


def views() -> list[Any]:
    return [Tray(name="单位办理台", endpoint="tray", url="/admin/tray")]
