"""What the page of one proceeding says, and its card on the pages of its matter and case (F4)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import current_actor, show
from admin_views.decisions import owner_text, state_tag
from models import db
from rules.access import Actor, may
from rules.proceedings import KINDS, PersonRole, ProceedingState
from services import proceeding_lists, proceeding_people, proceedings

STATE_KINDS = {ProceedingState.PLANNED: "now", ProceedingState.HELD: "ok", ProceedingState.CANCELLED: "wait"}


def state_tag_of(row: m.Proceeding) -> dict[str, str]:
    """待进行, 已完成, 已取消; in words when its day has passed and nothing was recorded."""
    if row.state is ProceedingState.PLANNED and row.held_on < current_actor().today:
        return {"text": gettext("待登记结果"), "kind": "late"}
    return {"text": show(row.state), "kind": STATE_KINDS[row.state]}


def found_in(row: m.Proceeding) -> list[dict[str, str]]:
    """What was recorded, under the words of its kind."""
    kind = KINDS[row.kind]
    lines = (
        (gettext(kind.minutes), row.minutes or ""),
        (gettext(kind.conclusion), row.conclusion or ""),
        (gettext("不同意见"), proceeding_people.dissent(row)),
    )
    return [{"title": title, "text": text} for title, text in lines if text]


def facts_of(row: m.Proceeding) -> list[dict[str, Any]]:
    """On which matter, when, where, who, at whose request."""
    kind = KINDS[row.kind]
    people = {role: proceeding_people.listed(row, role) for role in PersonRole}
    lines: list[dict[str, Any]] = [
        {"label": gettext("信访事项"), "text": row.petition.number, "url": url_for("petition.details_view", id=row.petition_id)},
        {"label": gettext("日期"), "text": " ".join(filter(None, (show(row.held_on), row.starts))), "num": True},
        {"label": gettext("地点"), "text": row.place or ""},
        {"label": gettext("调解层级"), "text": show(row.level)},
        {"label": gettext("提出方"), "text": show(row.asked_by)},
        {"label": gettext("申请日期"), "text": show(row.asked_on), "num": True},
        {"label": gettext("公告日期"), "text": show(row.announced_on), "num": True},
        {"label": gettext(kind.chair), "text": people[PersonRole.CHAIR]},
        {"label": gettext(kind.member), "text": people[PersonRole.MEMBER]},
        {"label": gettext("当事人"), "text": people[PersonRole.PARTY]},
        {"label": gettext("结论"), "text": show(row.outcome)},
        {"label": gettext("记录人"), "text": row.recorder or ""},
        {"label": gettext("取消理由"), "text": row.state_reason or ""},
    ]  # fmt: skip
    if row.case is not None:
        url = url_for("case.details_view", id=row.case_id)
        lines.insert(1, {"label": gettext("领导包案"), "text": row.case.number, "url": url})
    if row.request is not None:
        url = url_for("attachment.download", row_id=row.request_id)
        lines.append({"label": gettext("书面申请"), "text": row.request.name, "url": url})
    return [line for line in lines if line["text"]]


def decision_line(row: m.Decision) -> dict[str, Any]:
    """One decision as a line."""
    return {
        "text": row.text, "owner": owner_text(row), "due": show(row.due_on), "tag": state_tag(row),
        "url": url_for("decision.details_view", id=row.id), "done": row.done_note or "",
    }  # fmt: skip


def papers_of(row: m.Proceeding) -> list[dict[str, Any]]:
    """Its paper as issued last, to print and as Word."""
    if row.document is None:
        return []
    return [
        {"label": gettext("打印%(title)s", title=gettext(row.document.title)), "new_tab": True,
         "url": url_for("document.print_view", row_id=row.document_id)},
        {"label": gettext("下载 Word"), "url": url_for("document.download", row_id=row.document_id)},
    ]  # fmt: skip


def clock_of(row: m.Proceeding, actor: Actor) -> dict[str, str]:
    """The re-review's days this hearing took (Art 36): recorded, or where to record them."""
    move = proceeding_lists.counted_out(row)
    matter = url_for("petition.details_view", id=row.petition_id)
    if move is not None:
        days = {key: str(move.details.get(f"{key}_on", "")) for key in ("from", "to")}
        said = gettext("%(first)s至%(last)s的听证时间不计入复核期限。", first=days["from"], last=days["to"])
        return {"text": said, "url": f"{matter}#dates", "label": gettext("看期限")}
    if proceeding_lists.waits_for_clock(row):
        said = gettext("正在复核：听证所需时间不计入复核期限，还没有登记。")
        url = url_for("petition.do_view", row_id=row.petition_id, verb="hear")
        return (
            {"text": said, "url": url, "label": gettext("登记复核听证…")}
            if may(actor, "petition.edit")
            else {"text": said}
        )
    return {}


def card(petition: m.Petition, actor: Actor) -> dict[str, Any]:
    """The proceedings of a matter for its page and its case's, and where to record one of each kind."""
    if not may(actor, "proceeding.list"):
        return {"lines": [], "kinds": []}
    session = db.session()
    lines = [
        {
            "url": url_for("proceeding.details_view", id=row.id), "kind": show(row.kind), "tag": state_tag_of(row),
            "day": show(row.held_on), "who": proceeding_people.listed(row, PersonRole.CHAIR),
            "outcome": show(row.outcome), "level": show(row.level),
        }
        for row in proceeding_lists.of_matter(session, actor, petition)
    ]  # fmt: skip
    writes = proceedings.may_write(session, actor, petition)
    kinds = [
        {"label": gettext(kind.word.label), "url": url_for("proceeding.create_view", kind=kind.word.value, petition_id=petition.id)}
        for kind in KINDS.values()
    ]  # fmt: skip
    return {"lines": lines, "kinds": kinds if writes else []}
