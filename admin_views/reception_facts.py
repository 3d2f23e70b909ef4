"""A visitor's record as its page shows it: who came, what was decided, what has come of it (D7)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import case_from
from admin_views.base import current_actor, show
from admin_views.wording import long_day
from rules.access import mask
from rules.reception_words import RecordState
from rules.words import Outcome, Status
from services import reception_records as records
from services.reception_ledger import Line, line

OUTCOME_COLOURS = {Outcome.SOLVED: "ok", Outcome.CASE: "now", Outcome.NOT_NOW: "late"}
STATE_COLOURS = {
    RecordState.WAITING: "soon", RecordState.TO_TURN: "soon", RecordState.ANSWERED: "ok", RecordState.DONE: "ok",
    Status.CLOSED: "ok", Status.ARCHIVED: "ok", Status.REFUSED: "late", Status.REGISTERED: "soon",
}  # fmt: skip


def state_tag(found: Line) -> tuple[str, str]:
    """The line's state as a word and its colour."""
    return show(found.state), STATE_COLOURS.get(found.state, "now")


def fed_back(found: Line) -> str:
    """领导 11-20 · 来访人未反馈."""
    leader = show(found.leader_told_on) or gettext("未反馈")
    visitor = show(found.visitor_told_on) or gettext("未反馈")
    return gettext("领导：%(leader)s；来访人：%(visitor)s", leader=leader, visitor=visitor)


def facts_of(row: m.ReceptionRecord) -> list[dict[str, Any]]:
    """The record's facts in three cards; the phone stays masked."""
    return [
        {"title": gettext("来访情况"), "items": _came(row)},
        {"title": gettext("接访处理"), "items": _decided(row)},
        {"title": gettext("办理结果"), "items": _result(row, line(row))},
    ]


def _came(row: m.ReceptionRecord) -> list[dict[str, Any]]:
    return [
        {"label": gettext("来访人"), "text": records.shown_name(row)},
        {"label": gettext("电话"), "text": mask("phone", row.phone), "num": True},
        {"label": gettext("人数"), "text": str(row.people_count), "num": True},
        {"label": gettext("问题属地"), "text": row.place or ""},
        {"label": gettext("信访目的"), "text": show(row.purpose)},
        {"label": gettext("要求保密"), "text": show(row.is_secret)},
        {"label": gettext("诉求"), "text": row.demand, "wide": True},
        {"label": gettext("产生原因"), "text": row.cause or "", "wide": True},
    ]


def _decided(row: m.ReceptionRecord) -> list[dict[str, Any]]:
    session_url = url_for("reception_session.details_view", id=row.session_id)
    day = long_day(row.session.held_on, current_actor().today.year)
    found = [
        {"label": gettext("接访领导"), "text": show(row.leader)},
        {"label": gettext("接访场次"), "text": day, "url": session_url},
        {"label": gettext("处理方式"), "text": show(row.outcome)},
        {"label": gettext("责任单位"), "text": show(row.unit)},
        {"label": gettext("领导意见"), "text": row.opinion or "", "wide": True},
    ]
    more = {
        "协办单位": show(row.assisting), "办理期限": show(row.due_on), "签批日期": show(row.signed_on), "政策说明": row.policy,
    }  # fmt: skip
    return found[:4] + [{"label": gettext(key), "text": text} for key, text in more.items() if text] + found[4:]


def _result(row: m.ReceptionRecord, found: Line) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [{"label": gettext("办理状态"), "text": show(found.state)}]
    if row.petition is not None:
        url = url_for("petition.details_view", id=row.petition_id)
        items.append({"label": gettext("信访事项"), "text": str(row.petition), "url": url})
        items += case_from.case_fact(row.petition_id)
        items.append({"label": gettext("答复日期"), "text": show(found.answered_on)})
        items.append({"label": gettext("办结日期"), "text": show(found.closed_on)})
    items.append({"label": gettext("办理结果"), "text": found.result, "wide": True})
    items.append({"label": gettext("反馈接访领导"), "text": show(found.leader_told_on) or gettext("未反馈")})
    items.append({"label": gettext("反馈来访人"), "text": show(found.visitor_told_on) or gettext("未反馈")})
    return items
