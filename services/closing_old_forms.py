"""What signatures were given over before the sheet had its present form, so that they can still be verified (H2).

The first form had no lines; the second kept no names apart, and the leader's position was not among its lines.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import models as m
from rules import closing as rule
from rules.words import DocumentKind as D
from services.closing_lines import POST, Line

PAPERS: dict[str, frozenset[D]] = {
    "assign_letter": frozenset({D.ASSIGN, D.FORWARD}),
    "reply_and_visit": frozenset({D.REPLY, D.SERVICE, D.REFUSE}),
}
"""Item → kinds of papers that then stood behind it by themselves."""
PURPOSE = "closing:"


def lines_in(form: int, lines: Sequence[Line]) -> list[Line]:
    """Those lines of a sheet that a signature of this form was given over; none of the first."""
    if form == 1:
        return []
    return [line for line in lines if form > 2 or line.label != POST]


def second(lines: Sequence[Line]) -> str:
    """The fingerprint of the sheet's lines as the second form took it."""
    return rule.digest({"form": 2, "lines": [list(line) for line in lines_in(2, lines)]})


def first(file: m.ClosingFile, documents: Sequence[m.Document], attachments: Sequence[m.Attachment]) -> str:
    """The fingerprint of the file as the first form took it."""
    petition, case = file.petition, file.case
    return rule.digest({
        "case": case.number,
        "matter": [petition.id, petition.title],
        "leader": case.leader_id,
        "unit": case.unit_id,
        "template": [file.template, file.template_edition],
        "dates": {
            "assigned_on": plain(case.assigned_on),
            "accepted_on": plain(petition.accepted_on),
            "replied_on": plain(petition.replied_on),
            "served_at": plain(petition.served_at),
        },
        "report": file.report or "",
        "items": [_item(item, documents, attachments) for item in file.items],
        "paper": [file.paper.value, file.paper_reason or ""],
        "promises": [[promise.text, plain(promise.due_on)] for promise in file.promises],
        "visits": [_visit(visit) for visit in file.visits if visit.made_on is not None],
    })  # fmt: skip


def _item(
    item: m.ChecklistItem, documents: Sequence[m.Document], attachments: Sequence[m.Attachment]
) -> dict[str, Any]:
    kinds = PAPERS.get(item.key, frozenset())
    files = [a for a in attachments if a.purpose == PURPOSE + item.key or a.id == item.attachment_id]
    papers = [d for d in documents if d.kind in kinds or d.id == item.document_id]
    return {
        "key": item.key,
        "label": item.label,
        "note": item.note or "",
        "waived": [item.waived_reason, item.waived_by_id],
        "documents": [[d.id, d.number, d.title, rule.digest(d.content)] for d in papers],
        "attachments": [[a.id, a.name, a.sha256] for a in files if a.voided_reason is None],
    }


def _visit(visit: m.ReturnVisit) -> list[Any]:
    method, opinion = visit.method, visit.satisfaction
    said = [visit.visitor, visit.words, opinion.value if opinion else None, visit.help_given]
    return [plain(visit.made_on), method.value if method else None, *said]


def plain(value: date | datetime | None) -> str | None:
    """A day or instant as JSON keeps it; instants in UTC, so that a zone does not change the fingerprint."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if value else None
