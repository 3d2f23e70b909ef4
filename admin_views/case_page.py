"""What the page of a case shows: its facts, duties, papers and what may stand as evidence."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import case_from
from admin_views.base import show
from admin_views.case_list import DUTY_KINDS, close_by_cell
from models import db
from rules.access import Actor
from services import (
    gate,
)


def facts_of(case: m.Case) -> list[dict[str, Any]]:
    """The labelled facts of the case."""
    url = url_for("petition.details_view", id=case.petition_id)
    late = close_by_cell(case)
    lines: list[dict[str, Any]] = [
        {"label": gettext("信访事项"), "text": case.petition.number, "url": url},
        {"label": gettext("事项状态"), "text": gettext(case.petition.status.label)},
        {"label": gettext("包案领导"), "text": str(case.leader)},
        {"label": gettext("责任单位"), "text": show(case.unit)},
        {"label": gettext("责任人"), "text": show(case.responsible)},
        {"label": gettext("级别"), "text": show(case.level), "tag": case_from.major_tag(case)},
        {"label": gettext("包案方式"), "text": show(case.basis)},
        {"label": gettext("来源"), "text": show(case.source)},
        *case_from.links(case),
        {"label": gettext("包案日期"), "text": show(case.assigned_on)},
        {"label": gettext("结案时限"), "text": show(case.close_by), "tag": late.tag},
        {"label": gettext("报结时限"), "text": show(case.report_by)},
        {"label": gettext("首次约见期限"), "text": show(case.first_meeting_by)},
        {"label": gettext("改派理由"), "text": case.reason or "", "wide": True},
        {"label": gettext("办案方向"), "text": case.direction or "", "wide": True},
        {"label": gettext("稳控措施"), "text": case.measures or "", "wide": True},
        {"label": gettext("化解方案"), "text": case.plan or "", "wide": True},
        {"label": gettext("结束"), "text": " ".join(filter(None, (show(case.ended_on), case.end_reason)))},
    ]
    return [line for line in lines if line["text"]]


def duty_of(duty: m.DutyItem) -> dict[str, Any]:
    tag = {"text": gettext(duty.state.label), "kind": DUTY_KINDS[duty.state]}
    return {"row": duty, "tag": tag, "evidence": [case_from.evidence(one) for one in duty.evidence]}


def papers_of(actor: Actor, petition: m.Petition) -> list[dict[str, str]]:
    """Papers and files of the matter as links, in order."""
    found = []
    for document in db.session.scalars(of_matter(actor, m.Document, petition)):
        label = f"{gettext(document.title)} {document.number or ''}"
        found.append({"label": label, "url": url_for("document.print_view", row_id=document.id)})
    for file in db.session.scalars(of_matter(actor, m.Attachment, petition)):
        if file.voided_reason is None:
            found.append({"label": file.name, "url": url_for("attachment.download", row_id=file.id)})
    return found


def evidence_choices(actor: Actor, petition: m.Petition) -> list[tuple[str, str]]:
    """Papers and files of the matter that may stand as evidence: (document-1, label)."""
    found = []
    for one in db.session.scalars(of_matter(actor, m.Document, petition)):
        found.append((f"document-{one.id}", f"{gettext(one.title)} {one.number or ''}".strip()))
    for file in db.session.scalars(of_matter(actor, m.Attachment, petition)):
        if file.voided_reason is None:
            found.append((f"attachment-{file.id}", file.name))
    return found


def of_matter(actor: Actor, model: Any, petition: m.Petition) -> Any:
    return gate.rows(actor, model).where(model.petition_id == petition.id).order_by(model.id)
