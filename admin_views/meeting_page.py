"""What the page of a meeting shows: its facts, items, decisions and papers."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import current_actor, show
from admin_views.decisions import owner_text, state_tag
from admin_views.listing import Cell, tagged
from models import db
from rules import meetings as rules
from rules.access import Actor, may
from rules.meetings import MeetingState
from services import agenda, gate, meetings

KINDS = {MeetingState.PLANNED: "now", MeetingState.HELD: "ok", MeetingState.CANCELLED: "wait"}


def state_cell(row: m.Meeting) -> Cell:
    """待召开, 已召开, 已取消; late in words."""
    late = meetings.is_late(db.session(), row, current_actor().today)
    return tagged(show(row.state), KINDS[row.state], gettext("逾期") if late else "")


def missing_words(one: meetings.Missing) -> str:
    """11月信访例会应于 11-30 前召开，还没有召开。"""
    return gettext(
        "%(month)s %(kind)s应于 %(day)s 前召开，还没有登记召开。",
        month=wording.month_year(one.month), kind=show(one.kind), day=show(one.due_on),
    )  # fmt: skip


def tags_of(row: m.Meeting) -> list[dict[str, str]]:
    found = [{"text": show(row.state), "kind": KINDS[row.state]}]
    if meetings.is_late(db.session(), row, current_actor().today):
        found.append({"text": gettext("逾期"), "kind": "late"})
    return found


def facts_of(row: m.Meeting) -> list[dict[str, Any]]:
    """When, where, who."""
    lines = [
        (gettext("编号"), row.number),
        (gettext("会议种类"), show(row.kind)),
        (gettext("召开日期"), " ".join(filter(None, (show(row.held_on), row.starts)))),
        (gettext("会议地点"), row.place or ""),
        (gettext("会议主持"), str(row.chair or "")),
        (gettext("记录人"), row.recorder or ""),
        (gettext("参会领导"), wording.listed(leader.name for leader in row.leaders)),
        (gettext("参会单位"), wording.listed(unit.name for unit in row.units)),
        (gettext("列席人员"), row.guests or ""),
        (gettext("缺席人员"), row.absent or ""),
        (gettext("取消理由"), row.state_reason or ""),
    ]
    return [{"label": label, "text": text} for label, text in lines if text]


def item_of(session: Any, actor: Actor, item: m.AgendaItem) -> dict[str, Any]:
    """One item as the page shows it."""
    number, title = agenda.title_of(item)
    may_assign = (
        may(actor, "case.assign")
        and item.case is None
        and (item.petition is not None or item.dispute is not None)
        and item.meeting.state is not MeetingState.CANCELLED
    )
    return {
        "opinion": rules.current(item.opinion), "corrections": rules.corrections(item.opinion),
        "is_settled": agenda.is_settled(item),
        "row": item, "number": number, "title": title, "url": item_url(session, actor, item),
        "why": wording.said(item.why or ""), "guarded": agenda.is_guarded(item), "may_assign": may_assign,
        "case": item.case, "decisions": [decision_of(one) for one in decisions_of(actor, item)],
    }  # fmt: skip


def item_url(session: Any, actor: Actor, item: m.AgendaItem) -> str:
    """Where the reader may look it up; empty when he only hears of it here."""
    for model, key, noun in (
        (m.Case, item.case_id, "case"), (m.Dispute, item.dispute_id, "dispute"),
        (m.Supervision, item.supervision_id, "supervision"), (m.Petition, item.petition_id, "petition"),
    ):  # fmt: skip
        verb = f"{noun}.view" if noun in ("case", "petition") else f"{noun}.list"
        opens = key is not None and may(actor, verb)
        if opens and session.scalars(gate.rows(actor, model).where(model.id == key)).first() is not None:
            return url_for(f"{noun}.details_view", id=key)
    return ""


def decisions_of(actor: Actor, item: m.AgendaItem) -> list[m.Decision]:
    statement = gate.rows(actor, m.Decision).where(m.Decision.item_id == item.id).order_by(m.Decision.id)
    return list(db.session.scalars(statement))


def loose_of(actor: Actor, row: m.Meeting, *, own: bool) -> list[m.Decision]:
    """Decisions on no item."""
    d = m.Decision
    statement = gate.rows(actor, d).where(d.meeting_id == row.id, d.item_id.is_(None)).order_by(d.id)
    return [one for one in db.session.scalars(statement) if own or one.petition is None or not one.petition.is_guarded]


def decision_of(row: m.Decision) -> dict[str, Any]:
    """One decision as a line."""
    return {
        "text": row.text, "owner": owner_text(row), "due": show(row.due_on), "tag": state_tag(row),
        "url": url_for("decision.details_view", id=row.id),
    }  # fmt: skip


def papers_of(row: m.Meeting, actor: Actor, *, has_guarded: bool) -> list[dict[str, Any]]:
    """Agenda and minutes to print; as Word and Excel with a reason; the reader's own copy when items are held back."""
    found: list[dict[str, Any]] = []
    labels = {
        "agenda": (gettext("打印议程"), gettext("议程导出 Word"), gettext("议程导出 Excel")),
        "minutes": (gettext("打印纪要"), gettext("纪要导出 Word"), gettext("纪要导出 Excel")),
    }
    for paper, (label, *exports) in labels.items():
        if paper == "minutes" and row.state is not MeetingState.HELD:
            continue
        url = url_for("meeting.print_view", row_id=row.id, paper=paper)
        found.append({"label": label, "url": url, "new_tab": True})
        if has_guarded:
            said = gettext("%(label)s（本人留存，含保密议题）", label=label)
            found.append({"label": said, "url": f"{url}?copy=own", "new_tab": True})
        if may(actor, "meeting.export"):
            ask = gettext("请写明导出理由，会记入审计。")
            for form, name in zip(("docx", "xlsx"), exports, strict=True):
                to = url_for("meeting.table", row_id=row.id, paper=paper, form=form)
                found.append({"label": name, "url": to, "ask_reason": ask})
    return found
