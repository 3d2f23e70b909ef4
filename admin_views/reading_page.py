"""What a reading's own page says: the letter, the leader's instruction, the closing report, the result told back."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import contact_facts, contact_names
from admin_views.base import current_actor, show
from models import db
from rules.access import Actor, may
from rules.words import Satisfaction
from services import gate


def facts(row: m.Reading, actor: Actor) -> list[dict[str, Any]]:
    """The letter first, then what the leader said, then what came of it."""
    matter = {"label": gettext("信访事项"), "text": row.petition.number, "sub": row.petition.title}
    if may(actor, "petition.view"):
        matter["url"] = url_for("petition.details_view", id=row.petition_id)
    letter = [
        matter,
        {"label": gettext("来信人"), "text": contact_names.names(row.contact, actor)},
        {"label": gettext("信访方式"), "text": contact_facts.channel_label(row.contact.channel)},
        {"label": gettext("收信日期"), "text": show(row.contact.received_on), "num": True},
        {"label": gettext("呈阅事由"), "text": show(row.reason)},
        {"label": gettext("责任单位"), "text": show(row.petition.unit) or gettext("尚未交办")},
        {"label": gettext("诉求"), "text": row.contact.demand, "wide": True},
    ]
    if row.note:
        letter.append({"label": gettext("呈阅说明"), "text": row.note, "wide": True})
    found = [{"title": gettext("来信"), "items": letter}, {"title": gettext("批示"), "items": _instruction(row)}]
    if row.report_due_on:
        found.append({"title": gettext("结案报告"), "items": _report(row)})
    if row.fed_back_on:
        found.append({"title": gettext("结果反馈"), "items": _result(row)})
    return found


def _instruction(row: m.Reading) -> list[dict[str, Any]]:
    if row.withdrawn_reason:
        return [{"label": gettext("撤回理由"), "text": row.withdrawn_reason, "wide": True}]
    leader = {"label": gettext("阅批领导"), "text": str(row.leader)}
    if row.read_on is None:
        return [leader, {"label": gettext("阅批日期"), "text": gettext("还没有阅批")}]
    return [
        leader,
        {"label": gettext("阅批日期"), "text": show(row.read_on), "num": True},
        {"label": gettext("批示"), "text": row.instruction, "wide": True},
    ]


def _report(row: m.Reading) -> list[dict[str, Any]]:
    items = [
        {"label": gettext("结案报告期限"), "text": show(row.report_due_on), "num": True},
        {"label": gettext("审签日期"), "text": show(row.report_signed_on) or gettext("还没有审签"), "num": True},
    ]
    if row.late_reason:
        items += [
            {"label": gettext("申请延至"), "text": show(row.extension_to) or gettext("没有申请"), "num": True},
            {"label": gettext("逾期原因"), "text": row.late_reason, "wide": True},
            {"label": gettext("办理进展"), "text": row.progress, "wide": True},
        ]
    return items


def _result(row: m.Reading) -> list[dict[str, Any]]:
    return [
        {"label": gettext("来信人意见"), "text": show(row.writer_opinion)},
        {"label": gettext("反馈日期"), "text": show(row.fed_back_on), "num": True},
        {"label": gettext("办理结果"), "text": row.result, "wide": True},
    ]


def story(row: m.Reading) -> list[dict[str, Any]]:
    """Who did what when, newest first."""
    found = [{"title": gettext("呈送"), "when": show(row.put_on), "who": show(row.by)}]
    if row.read_on:
        found.append({"title": gettext("阅批"), "when": show(row.read_on), "who": show(row.read_by)})
    if row.report_signed_on:
        found.append({"title": gettext("审签结案报告"), "when": show(row.report_signed_on), "who": show(row.signed_by)})
    if row.fed_back_on:
        found.append({"title": gettext("反馈结果"), "when": show(row.fed_back_on), "who": ""})
    return found[::-1]


def last_word(row: m.Reading) -> Satisfaction | None:
    """What the writer said of the result on the latest return visit."""
    visits = gate.rows(current_actor(), m.ReturnVisit).where(
        m.ReturnVisit.petition_id == row.petition_id, m.ReturnVisit.satisfaction.is_not(None)
    )
    found = db.session.scalars(visits.order_by(m.ReturnVisit.made_on.desc()).limit(1)).first()
    return found.satisfaction if found else None
