"""What a case is opened from (a matter, a reception record, a dispute, a row of a ledger) on its form, and its links and team."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext

import models as m
from admin_views.gated import current_actor
from admin_views.shown import show
from admin_views.wording import listed
from models import db
from rules.access import may
from services import case_choices, case_sources, gate

SOURCES = {"record_id": m.ReceptionRecord, "campaign_case_id": m.CampaignCase}
"""What the form's address may name beside the matter → its table."""


def asked_source() -> Any:
    """The record or ledger row the address names; NotHere for one the actor may not see."""
    for name, model in SOURCES.items():
        if request.args.get(name):
            return gate.find(db.session(), current_actor(), model, request.args[name])
    return None


def matter_id(source: Any) -> int | None:
    """The matter behind what the address names."""
    return source.petition_id if source is not None else None


def source_for(petition: m.Petition) -> Any:
    """What the case is opened from: the source of the address where it belongs to this matter, else the matter."""
    source = asked_source()
    return source if source is not None and source.petition_id == petition.id else petition


def fill(form: Any, source: Any) -> None:
    """What the source says already stands in the form."""
    known = case_sources.defaults(source)
    today = current_actor().today
    for name, value in known.items():
        if value is None or (name == "close_by" and value < today):
            continue
        if name != "leader_id" or form.leader_id.data is None:
            form[name].data = value


def leader_hint(petition: m.Petition, proposed: m.Leader | None) -> str:
    """Whom the division of work names, and a warning where an open demand complains of a leader by name."""
    found = []
    if proposed is not None:
        found.append(gettext("按分工建议：%(leader)s；改由他人包案须写明理由。", leader=str(proposed)))
    named = case_choices.named_leaders(db.session(), petition)
    if named:
        names = listed(leader.name for leader in named)
        found.append(gettext("注意：信访人反映了%(names)s，请考虑由他人包案。", names=names))
    return " ".join(found)


def links(case: m.Case) -> list[dict[str, Any]]:
    """The record, dispute and ledger rows behind the case, as facts with their addresses."""
    actor = current_actor()
    return [
        {
            "label": gettext(one.source.label),
            "text": one.text,
            "url": url_for(f"{one.noun}.details_view", id=one.row_id),
        }
        for one in case_sources.links(db.session(), actor, case)
        if may(actor, f"{one.noun}.list")
    ]


def case_fact(petition_id: int | None) -> list[dict[str, Any]]:
    """The case of a matter as a fact, for the page of what it came from; empty without one in sight."""
    case = case_sources.case_of(db.session(), current_actor(), petition_id)
    if case is None or not may(current_actor(), "case.view"):
        return []
    text = f"{case.number} {case.leader.name} {gettext(case.status.label)}"
    return [{"label": gettext("领导包案"), "text": text, "url": url_for("case.details_view", id=case.id)}]


def row_actions(row: m.CampaignCase) -> list[dict[str, Any]]:
    """On a ledger row: its case, or the way to give it to a leader."""
    found = case_fact(row.petition_id)
    if found:
        return [{"label": gettext("看包案"), "url": found[0]["url"]}]
    is_free = row.removed_on is None and row.struck_off_on is None and row.petition.closed_on is None
    if not (is_free and may(current_actor(), "case.assign")):
        return []
    return [{"label": gettext("列入领导包案…"), "url": url_for("case.create_view", campaign_case_id=row.id)}]


def major_tag(case: m.Case) -> dict[str, str] | None:
    """重大复杂."""
    return {"text": gettext("重大复杂"), "kind": "late"} if case.is_major else None


def team(case: m.Case) -> list[dict[str, Any]]:
    """The team: who stands in it first, then who left."""
    rows = sorted(case.members, key=lambda one: (one.left_on is not None, list(type(one.role)).index(one.role), one.id))
    return [
        {
            "row": one,
            "role": gettext(one.role.label),
            "sub": " · ".join(filter(None, (show(one.unit), one.duty or ""))),
            "left": show(one.left_on),
            "leave": url_for("case_member.do_view", row_id=one.id, verb="leave"),
        }
        for one in rows
    ]


def evidence(one: m.DutyEvidence) -> dict[str, str]:
    """What shows a duty done: its day, its words, the paper behind it."""
    url = ""
    if one.document_id is not None:
        url = url_for("document.print_view", row_id=one.document_id)
    elif one.attachment_id is not None:
        url = url_for("attachment.download", row_id=one.attachment_id)
    return {"day": show(one.happened_on), "text": one.text, "url": url}
