"""What a matter's own page says: facts, deadline with its derivation, what can be done now, papers, history."""

from typing import Any

from flask import g, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import (
    aid,
    contact_facts,
    contact_names,
    demands,
    digest,
    files,
    leg_lines,
    linked,
    matter_story,
    proceeding_page,
    reading_put,
    supervision_page,
    wording,
)
from admin_views.base import current_actor, show
from admin_views.wording import listed
from models import db
from rules import moves
from rules.access import Actor, may
from rules.handling_words import Fact
from rules.words import Status
from services import disputes, dues, gate, settings

STATUS_KINDS: dict[Status, str] = {
    Status.REGISTERED: "soon",
    Status.PROPOSED: "soon",
    Status.ROUTED: "wait",
    Status.OBJECTED: "soon",
    Status.HANDLING: "now",
    Status.REPLIED: "now",
    Status.SERVED: "ok",
    Status.REVIEWING: "now",
    Status.REVIEWED: "ok",
    Status.RECHECKING: "now",
    Status.FINAL: "ok",
    Status.REFUSED: "wait",
    Status.GUIDED: "wait",
    Status.DIVERTED: "wait",
    Status.FILED: "wait",
    Status.CLOSED: "ok",
    Status.ARCHIVED: "wait",
    Status.VOIDED: "wait",
}
"""The colour of each state's word."""


def soon_days() -> int:
    """The office's “soon”, read once a request: every row of a list asks for it."""
    if "soon_days" not in g:
        g.soon_days = int(settings.get(db.session(), "soon_days", current_actor().today))
    found: int = g.soon_days
    return found


def petitioner(petition: m.Petition) -> str:
    """Who came first, as this actor sees it."""
    return contact_names.names(petition.contacts[0], current_actor()) if petition.contacts else ""


def parts(row: Any, actor: Actor, buttons: list[dict[str, Any]]) -> dict[str, Any]:
    """What the matter's page shows beside its facts."""
    verbs = {item.verb for item in moves.ROWS}
    cases = _of_matter(m.Case, row, actor, m.Case.id.desc())
    on_case = {Fact.ON_CASE} if any(case.ended_on is None for case in cases) else set()
    cards = _cards(row, actor)
    filed = cards["linked"]["proposal"] or {"urls": []}
    return {
        "petition": row,
        "side_first": True,
        "tags": tags(row),
        "facts": facts(row, actor, is_filing_told=bool(cards["linked"]["proposal"])),
        "doing": [a for a in buttons if a["url"].rpartition("/")[2] in verbs and a["url"] not in filed["urls"]],
        "later": [wording.said(text) for text in moves.not_yet(actor, row.status, on_case)],
        **_dates(row, actor),
        **matter_story.parts(row, actor, request.args.get("story", "")),
        "owed": owed(row),
        "cases": cases,
        **cards,
        "may": lambda verb: may(actor, verb),
        "show": show,
        "people": [contact_facts.person_facts(link.petitioner, row.contacts[0], actor) for link in came_first(row)],
        "channel_label": contact_facts.channel_label,
    }


def _dates(row: Any, actor: Actor) -> dict[str, Any]:
    items = dues.of_matter(db.session(), row, actor)
    return {"next_date": digest.next_date(items, actor), "dates": digest.dates_of(items, actor)}


def _cards(row: Any, actor: Actor) -> dict[str, Any]:
    """Where the matter is, its papers and files, and what else goes on about it."""
    who = (joinedload(m.Attachment.uploaded_by), joinedload(m.Attachment.voided_by))
    return {
        "legs": [leg_lines.line(leg, soon_days()) for leg in row.legs],
        "leg_head": leg_lines.head(),
        "withdrawals": leg_lines.withdrawals(row),
        "documents": _of_matter(m.Document, row, actor, m.Document.id),
        "files": [files.line(file) for file in _of_matter(m.Attachment, row, actor, m.Attachment.id, *who)],
        "visits": _of_matter(m.ReturnVisit, row, actor, m.ReturnVisit.planned_on),
        "readings": reading_put.card(row, actor),
        "supervisions": supervision_page.card(row, actor),
        "aids": aid.card(row, actor),
        "demand": demands.card(row, actor),
        "proceedings": proceeding_page.card(row, actor),
        "linked": linked.card(row, actor),
    }


def _of_matter(model: Any, row: Any, actor: Actor, order: Any, *options: Any) -> list[Any]:
    """The rows of one table that belong to the matter and this actor may know of."""
    statement = gate.rows(actor, model).where(model.petition_id == row.id).options(*options)
    return list(db.session.scalars(statement.order_by(order)))


def came_first(row: Any) -> list[Any]:
    """The people of the first contact."""
    return row.contacts[0].people if row.contacts else []


def tags(row: Any) -> list[dict[str, str]]:
    found = [
        {"text": gettext(row.status.label), "kind": STATUS_KINDS[row.status]},
        {"text": show(row.purpose), "kind": "wait"},
    ]
    found.append({"text": gettext("重复") if len(row.contacts) > 1 else gettext("初次"), "kind": "wait"})
    if row.is_secret:
        found.append({"text": gettext("保密"), "kind": "late"})
    if row.is_carried_over:
        found.append({"text": gettext("历史结转"), "kind": "wait"})
    return found


def facts(row: Any, actor: Actor, *, is_filing_told: bool = False) -> list[dict[str, Any]]:
    """The labelled facts of the matter; why it was filed only where no card beside tells it."""
    people = [contact_facts.person_facts(link.petitioner, row.contacts[0], actor) for link in came_first(row)]
    lines = [
        (gettext("信访人"), petitioner(row)),
        (gettext("电话"), listed(p["phone"] for p in people if p["phone"])),
        (
            gettext("信访方式"),
            gettext(
                "%(channel)s · %(count)s 人", channel=contact_facts.channel_label(row.channel), count=row.people_count
            ),
        ),
        (gettext("登记日期"), show(row.registered_on)),
        (gettext("问题属地"), row.place or ""),
        (gettext("内容分类"), show(row.category) or row.category_text or ""),
        (gettext("上级交办"), listed(filter(None, (show(row.level_from), row.sender, row.source_number)))),
        (gettext("上级要求期限"), show(row.sender_due_on)),
        (gettext("结果上报"), show(row.reported_up_on) or (gettext("待上报") if row.level_from else "")),
        (gettext("签批"), endorsement(row)),
        (gettext("办理程序"), gettext("简易办理") if row.is_simple else show(row.procedure)),
        (gettext("处理意见"), show(row.opinion)),
        (gettext("查核结论"), show(row.finding)),
        (gettext("存信原因"), "" if is_filing_told else show(row.filing)),
        (gettext("满意度评价"), rating(row)),
        (gettext("办结日期"), show(row.closed_on)),
    ]
    items: list[dict[str, Any]] = [{"label": label, "text": text} for label, text in lines if text]
    items += came_from(row, actor)
    accused = listed(r.name for r in row.respondents)
    if accused:
        items.append({"label": gettext("被反映人"), "text": accused, "wide": True})
    return [*items, {"label": gettext("诉求"), "text": row.demand, "wide": True}]


def came_from(row: Any, actor: Actor) -> list[dict[str, Any]]:
    """The dispute a matter was registered from, as a link for those who may open it (E2)."""
    found = disputes.of_matter(db.session(), actor, row) if may(actor, "dispute.list") else None
    if found is None:
        return []
    return [{"label": gettext("矛盾纠纷"), "text": found.number, "url": url_for("dispute.details_view", id=found.id)}]


def endorsement(row: Any) -> str:
    """Before whom the matter was put, and when he decided (B2)."""
    if row.proposed_to is None:
        return ""
    return f"{row.proposed_to.name} {show(row.endorsed_on) or gettext('待签批')}"


def rating(row: Any) -> str:
    """What the petitioner says of the office and of the unit (§2)."""
    if row.rated_on is None:
        return gettext("%(day)s 前待评价", day=show(row.rate_by)) if row.rate_by else ""
    said = gettext(
        "对信访部门%(office)s，对责任单位%(unit)s", office=show(row.office_rating), unit=show(row.unit_rating)
    )
    return f"{said} · {show(row.rated_on)} {show(row.rated_how)}".strip()


def owed(row: Any) -> list[dict[str, str]]:
    """Questions put upward and faults to be put right: what, until when, and whether it is done (B7, B12)."""
    asked = [
        {
            "title": gettext("向上请示：%(body)s", body=one.asked_to),
            "text": one.question,
            "sub": one.answer or "",
            "word": gettext("已批复") if one.answered_on else gettext("等待批复"),
            "kind": "ok" if one.answered_on else "soon",
            "day": show(one.answered_on or one.asked_on),
        }
        for one in row.referrals
    ]
    mended = [
        {
            "title": gettext("整改：%(who)s", who=one.responsible),
            "text": one.text,
            "sub": one.note or "",
            "word": gettext("已整改") if one.done_on else gettext("待整改"),
            "kind": "ok" if one.done_on else "soon" if one.due_on >= current_actor().today else "late",
            "day": show(one.done_on or one.due_on),
        }
        for one in row.rectifications
    ]
    return asked + mended
