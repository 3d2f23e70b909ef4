"""包案建议: a unit proposes that a leader carry a matter; the leader in charge or the head answers (F8)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import case_from, looked, options
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged
from models import db
from rules.access import Actor
from rules.moves import Need
from services import case_choices, case_proposals, gate


def state_cell(row: m.CaseProposal) -> Cell:
    """Waiting, agreed, not agreed."""
    if row.approved is None:
        return tagged(gettext("待批"), "soon")
    return tagged(gettext("同意"), "ok") if row.approved else tagged(gettext("不同意"), "late")


def _approve(session: Any, actor: Actor, row: m.CaseProposal, said: dict[str, Any]) -> str:
    case = case_proposals.approve(
        session,
        actor,
        row,
        said["leader_id"],
        said["words"] or "",
        close_by=said["close_by"],
        is_major=bool(said["is_major"]),
    )
    return gettext("已由%(leader)s包案，编号 %(number)s。", leader=case.leader.name, number=case.number)


def _refuse(session: Any, actor: Actor, row: m.CaseProposal, said: dict[str, Any]) -> str:
    case_proposals.refuse(session, actor, row, said["words"])
    return gettext("已答复：不列入包案。")


def is_waiting(row: m.CaseProposal, _actor: Actor) -> bool:
    return row.answered_on is None


def case_url(row: m.CaseProposal) -> str:
    return url_for("case.details_view", id=row.case_id)


class CaseProposalView(DeskView):
    """包案建议."""

    title, group = "包案建议", "包案"
    create_verb, create_label = "case_proposal.ask", "建议包案"
    columns = (
        Column("petition", "信访事项", lambda p: Cell(p.petition.number, sub=show(p.asked_on), kind="code"), sort=m.CaseProposal.id),
        Column("title", "概况", lambda p: Cell(p.petition.title, kind="clip")),
        Column("unit", "提出单位", lambda p: Cell(show(p.unit), sub=show(p.asked_by))),
        Column("leader", "建议包案领导", lambda p: show(p.leader)),
        Column("reason", "建议理由", lambda p: Cell(p.reason, kind="clip")),
        Column("state", "状态", state_cell),
        Column("answer", "答复", lambda p: Cell(p.answer or "", sub=show(p.answered_on), kind="clip")),
    )  # fmt: skip
    filters = (Filter("unit", "提出单位", equals(m.CaseProposal.unit_id), options.unit_options),)
    tabs = (
        Tab("waiting", "待批", lambda s, _a: s.where(m.CaseProposal.answered_on.is_(None))),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.CaseProposal.petition), joinedload(m.CaseProposal.unit), joinedload(m.CaseProposal.leader),
        joinedload(m.CaseProposal.asked_by), joinedload(m.CaseProposal.answered_by),
    )  # fmt: skip
    fieldsets = (("包案建议", ("petition_id", "leader_id", "reason")),)
    actions = (
        Action(
            "approve", "同意并列入包案", "case_proposal.answer", _approve,
            (
                Need("leader_id", "包案领导", "leader"), Need("close_by", "结案时限", "date", required=False),
                Need("is_major", "重大复杂", "bool", required=False, help="重大复杂的由主要领导包案。"),
                Need("words", "批准意见", "long", required=False, limit=300, help="不按分工由他人包案的，写明理由。"),
            ),
            is_shown=is_waiting, kind="go", after=case_url,
        ),
        Action(
            "refuse", "不同意", "case_proposal.answer", _refuse, (Need("words", "理由", "long", limit=300),),
            is_shown=is_waiting,
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.CaseProposal.id.desc()]

    def page_title(self, row: Any | None) -> str:
        return row.petition.title if row is not None else gettext(self.create_label)

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        form.reason.render_kw = {"rows": 3}
        asked = form.petition_id.data or request.args.get("petition_id")
        if asked and asked != -1:
            petition = gate.find(db.session(), current_actor(), m.Petition, asked)
            self.narrow(form, petition)
            if request.method == "GET":
                proposed = case_choices.propose_leader(db.session(), current_actor(), petition)
                form.petition_id.data, form.leader_id.data = petition.id, proposed.id if proposed else None
                form.petition_id.post_process()
        return form

    def narrow(self, form: Any, petition: m.Petition) -> None:
        """Nobody the matter complains of is offered."""
        actor = current_actor()
        barred = sorted(case_choices.accused_leaders(db.session(), actor, petition))
        form.leader_id.narrow = lambda statement: statement.where(m.Leader.is_active, m.Leader.id.not_in(barred))
        proposed = case_choices.propose_leader(db.session(), actor, petition)
        form.leader_id.description = case_from.leader_hint(petition, proposed)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "approve":
            self.narrow(form, row.petition)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "approve":
            proposed = case_choices.propose_leader(db.session(), current_actor(), row.petition)
            form.leader_id.data = row.leader_id or (proposed.id if proposed else None)

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        petition = gate.find(db.session(), actor, m.Petition, values["petition_id"])
        return case_proposals.propose(db.session(), actor, petition, values["reason"] or "", values["leader_id"])

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="case_proposal", petition_id=row.petition_id)
        context = super().details(row)
        cell = state_cell(row)
        context["screen"] |= {"facts": facts_of(row), "tags": [cell.tag] if cell.tag else []}
        return context


def facts_of(row: m.CaseProposal) -> list[dict[str, Any]]:
    """What was proposed by whom, and the answer."""
    url = url_for("petition.details_view", id=row.petition_id)
    asked = [
        {"label": gettext("信访事项"), "text": row.petition.number, "url": url},
        {"label": gettext("提出单位"), "text": show(row.unit)},
        {"label": gettext("提出人"), "text": show(row.asked_by)},
        {"label": gettext("提出日期"), "text": show(row.asked_on), "num": True},
        {"label": gettext("建议包案领导"), "text": show(row.leader) or gettext("按分工")},
        {"label": gettext("建议理由"), "text": row.reason, "wide": True},
    ]
    answer = [
        {"label": gettext("批准人"), "text": show(row.answered_by)},
        {"label": gettext("答复日期"), "text": show(row.answered_on), "num": True},
        {"label": gettext("答复"), "text": row.answer or "", "wide": True},
        *case_from.case_fact(row.petition_id if row.case_id else None),
    ]
    return [{"title": gettext("包案建议"), "items": asked}, {"title": gettext("答复"), "items": answer}]


def views() -> list[Any]:
    return [CaseProposalView(m.CaseProposal)]
