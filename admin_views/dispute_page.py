"""What the page of a dispute shows."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import show
from admin_views.dispute_actions import case_url, matter_url
from admin_views.dispute_list import due_cell
from rules.access import mask
from rules.reception_words import DisputeState


def facts_of(row: m.Dispute) -> list[dict[str, Any]]:
    """The dispute, what is being done, what came of it; the phone stays masked."""
    due = due_cell(row)
    dispute = [
        {"label": gettext("单位"), "text": show(row.unit)},
        {"label": gettext("发现日期"), "text": show(row.found_on), "num": True},
        {"label": gettext("发生地点"), "text": row.place},
        {"label": gettext("涉及人数"), "text": show(row.people_count), "num": True},
        {"label": gettext("当事人"), "text": row.party or ""},
        {"label": gettext("电话"), "text": mask("phone", row.phone), "num": True},
        {"label": gettext("起因"), "text": row.cause, "wide": True},
    ]
    work = [
        {"label": gettext("责任人"), "text": row.responsible or ""},
        {"label": gettext("化解期限"), "text": show(row.due_on), "num": True, "tag": due.tag},
        {"label": gettext("目前态势"), "text": row.situation or "", "wide": True},
        {"label": gettext("化解措施"), "text": row.measures or "", "wide": True},
        {"label": gettext("上报日期"), "text": show(row.reported_on), "num": True},
        {"label": gettext("报送单位"), "text": row.reported_to or ""},
    ]
    if row.state is DisputeState.SETTLED:
        work += [
            {"label": gettext("化解日期"), "text": show(row.settled_on), "num": True},
            {"label": gettext("化解结果"), "text": row.result or "", "wide": True},
        ]
    if row.petition_id is not None and (url := matter_url(row)) != url_for("dispute.details_view", id=row.id):
        work.append({"label": gettext("信访事项"), "text": str(row.petition), "url": url, "wide": True})
        if row.case is not None:
            work.append(
                {
                    "label": gettext("领导包案"),
                    "text": f"{row.case.number} {row.case.leader.name}",
                    "url": case_url(row),
                }
            )
    if row.round is not None:
        dispute.append({"label": gettext("排查"), "text": row.round.name})
    return [{"title": gettext("矛盾纠纷"), "items": dispute}, {"title": gettext("化解"), "items": work}]
