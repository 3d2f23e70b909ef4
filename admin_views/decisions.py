"""议定事项: what meetings and conferences decided, whose task it is, open, late, done (E3)."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, options
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged
from models import db
from rules.access import Actor, may
from rules.meetings import DecisionState
from rules.moves import Need
from services import decisions, gate

KINDS = {
    DecisionState.OPEN: "now",
    DecisionState.LATE: "late",
    DecisionState.DONE: "ok",
    DecisionState.DROPPED: "wait",
}


def state_tag(row: m.Decision) -> dict[str, str]:
    """Where it stands, as a word and its colour."""
    found = decisions.state_of(row, current_actor().today)
    return {"text": gettext(found.label), "kind": KINDS[found]}


def owner_text(row: m.Decision) -> str:
    """城建办; 赵明; 王敏（信访办）."""
    if row.user is not None:
        return (
            gettext("%(name)s（%(unit)s）", name=row.user.name, unit=row.user.unit.name)
            if row.user.unit
            else row.user.name
        )
    return str(row.owner.name)


def state_cell(row: m.Decision) -> Cell:
    tag = state_tag(row)
    return tagged(tag["text"], tag["kind"], show(row.done_on))


def source_cell(row: m.Decision) -> Cell:
    """The meeting's number, or the kind of proceeding; the day it was decided."""
    said = show(row.conference.kind) if row.conference is not None else show(row.meeting)
    return Cell(said, sub=show(row.decided_on), kind="code")


def leader_options(actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(gate.rows(actor, m.Leader).order_by(m.Leader.turn, m.Leader.id))
    return [(str(leader.id), leader.name) for leader in rows]


def _finish(session: Any, actor: Actor, row: m.Decision, said: dict[str, Any]) -> str:
    files = [(one.filename, one.stream) for one in said.get("evidence") or () if getattr(one, "filename", "")]
    folder = current_app.config["DESK_DATA"] / "attachments"
    decisions.finish(session, actor, row, said["done_on"], said["done_note"], files, folder)
    return gettext("已登记落实。")


def finish_needs(row: m.Decision) -> tuple[Need, ...]:
    """When and how; a file that shows it, where a matter can keep it."""
    said = Need("done_on", "落实日期", "date"), Need("done_note", "落实情况", "long", limit=500)
    return said if row.petition is None else (*said, Need("evidence", "落实凭据", "files", required=False))


def _drop(session: Any, actor: Actor, row: m.Decision, said: dict[str, Any]) -> None:
    decisions.drop(session, actor, row, said["dropped_reason"])


def _reopen(session: Any, actor: Actor, row: m.Decision, _said: dict[str, Any]) -> str:
    decisions.reopen(session, actor, row)
    return gettext("已退回，继续落实。")


def is_open(row: m.Decision) -> bool:
    return row.done_on is None and row.dropped_reason is None


class DecisionView(DeskView):
    """议定事项."""

    title, group = "议定事项", "接访"
    empty_words = "还没有议定事项。在信访例会的议题下或会商听证的页面上议定。"
    export_verb = "decision.export"
    columns = (
        Column("text", "议定事项", lambda d: Cell(d.text, kind="clip"), sort=m.Decision.id),
        Column("source", "来自", source_cell),
        Column("owner", "落实单位（人）", owner_text),
        Column("due_on", "落实期限", lambda d: Cell(show(d.due_on), kind="code"), sort=m.Decision.due_on),
        Column("state", "状态", state_cell),
        Column("done_note", "落实情况", lambda d: Cell(d.done_note or "", kind="clip")),
    )
    filters = (
        Filter("unit", "落实单位", equals(m.Decision.unit_id), options.unit_options),
        Filter("leader", "落实领导", equals(m.Decision.leader_id), leader_options),
        Filter("due", "落实期限", between(m.Decision.due_on), kind="dates"),
    )
    tabs = (
        Tab("open", "办理中", decisions.open_ones),
        Tab("mine", "该我落实的", decisions.mine),
        Tab("late", "已超期", decisions.late),
        Tab("done", "已落实", lambda s, _a: s.where(m.Decision.done_on.is_not(None)), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Decision.meeting), joinedload(m.Decision.conference), joinedload(m.Decision.unit), joinedload(m.Decision.leader),
        joinedload(m.Decision.user).joinedload(m.User.unit),
    )  # fmt: skip
    actions = (
        Action(
            "finish", "登记落实", "decision.finish", _finish,
            finish_needs,
            is_shown=lambda row, actor: is_open(row) and decisions.may_finish(actor, row), kind="go",
        ),
        Action(
            "reopen", "退回继续落实", "decision.make", _reopen, is_shown=lambda row, _actor: row.done_on is not None,
            confirm="没有真正落实，退回继续办，确定吗？",
        ),
        Action(
            "drop", "撤销", "decision.make", _drop, (Need("dropped_reason", "撤销理由", limit=200),),
            is_shown=lambda row, _actor: is_open(row), kind="no",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Decision.due_on, m.Decision.id]

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "finish":
            form.done_on.data = current_actor().today

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="decision", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"] |= {
            "tags": [state_tag(row)],
            "facts": [{"title": gettext("议定事项"), "items": facts_of(row, current_actor())}],
        }
        return context


def facts_of(row: m.Decision, actor: Actor) -> list[dict[str, Any]]:
    """What, whose, until when, from where, what came of it; links only to what the reader may open."""
    found: list[dict[str, Any]] = [
        {"label": gettext("议定事项"), "text": row.text, "wide": True},
        {"label": gettext("落实单位（人）"), "text": owner_text(row)},
        {"label": gettext("落实期限"), "text": show(row.due_on), "num": True},
        {"label": gettext("议定日期"), "text": show(row.decided_on), "num": True},
    ]
    for model, key, noun, name in (
        (m.Meeting, row.meeting_id, "meeting", gettext("会议")),
        (m.Proceeding, row.conference_id, "proceeding", gettext("会商听证")),
        (m.Petition, row.petition_id, "petition", gettext("信访事项")),
        (m.Dispute, row.dispute_id, "dispute", gettext("矛盾纠纷")),
    ):
        verb = "petition.view" if noun == "petition" else f"{noun}.list"
        seen = key is not None and may(actor, verb)
        one = db.session.scalars(gate.rows(actor, model).where(model.id == key)).first() if seen else None
        if one is not None:
            found.append({"label": name, "text": str(one), "url": url_for(f"{noun}.details_view", id=key)})
    if row.done_on is not None:
        found += [
            {"label": gettext("落实日期"), "text": show(row.done_on), "num": True},
            {"label": gettext("登记人"), "text": show(row.done_by)},
            {"label": gettext("落实情况"), "text": row.done_note or "", "wide": True},
        ]
    if row.evidence is not None and may(actor, "document.view"):
        url = url_for("attachment.download", row_id=row.evidence_id)
        found.append({"label": gettext("落实凭据"), "text": row.evidence.name, "url": url})
    if row.dropped_reason:
        found.append({"label": gettext("撤销理由"), "text": row.dropped_reason, "wide": True})
    return found
