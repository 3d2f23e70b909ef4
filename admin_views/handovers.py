"""包案移交: what was handed over with its list of open things, and everything a leader who leaves carries in one go (F1)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked
from admin_views.base import DeskView, current_actor, done, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals
from admin_views.wording import said
from models import db
from rules.access import Actor, may
from rules.words import RuleBroken, Stale
from services import case_choices, documents, gate, handovers, settings
from services.handovers import Next


def leader_options(_actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(sa.select(m.Leader).order_by(m.Leader.turn, m.Leader.id))
    return [(str(leader.id), leader.name) for leader in rows]


class HandOverView(DeskView):
    """移交记录."""

    title, group = "包案移交", "包案"
    empty_words = "还没有移交过包案。领导调离或分工调整时，点“整批移交”，或在那一件的页面上移交。"
    export_verb = "hand_over.export"
    verbs = {"print_view": "hand_over.list", "leave": "case.hand_over"}
    columns = (
        Column("case", "包案编号", lambda h: Cell(h.case.number, sub=h.case.petition.number, kind="code")),
        Column("title", "概况", lambda h: Cell(h.case.petition.title, kind="clip")),
        Column("from_leader", "移交领导", lambda h: Cell(h.from_leader.name, sub=h.from_leader.title)),
        Column("to_leader", "接手领导", lambda h: Cell(h.to_leader.name, sub=h.to_leader.title)),
        Column("handed_on", "移交日期", lambda h: Cell(show(h.handed_on), kind="code"), sort=m.HandOver.handed_on),
        Column("next", "新包案编号", lambda h: Cell(h.next.number, kind="code")),
        Column("reason", "移交理由", lambda h: Cell(h.reason, kind="clip")),
    )
    filters = (
        Filter("from_leader", "移交领导", equals(m.HandOver.from_leader_id), leader_options),
        Filter("to_leader", "接手领导", equals(m.HandOver.to_leader_id), leader_options),
        Filter("handed", "移交日期", between(m.HandOver.handed_on), kind="dates"),
    )
    tabs = (Tab("all", "全部", lambda s, _a: s),)
    list_options = (
        joinedload(m.HandOver.case).joinedload(m.Case.petition), joinedload(m.HandOver.next),
        joinedload(m.HandOver.from_leader), joinedload(m.HandOver.to_leader),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.HandOver.id.desc()]

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "case.hand_over"):
            found.append({"label": gettext("整批移交"), "url": url_for("hand_over.leave"), "primary": True})
        return found

    def page_title(self, row: Any | None) -> str:
        return gettext("%(number)s 移交清单", number=row.case.number) if row is not None else ""

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="hand_over", petition_id=row.case.petition_id)
        context = super().details(row)
        urls = {"print": url_for("hand_over.print_view", row_id=row.id)}
        context["screen"] |= {
            "facts": facts_of(row),
            "actions": [
                {"label": gettext("打印移交清单"), "url": urls["print"], "new_tab": True},
                *_batch_action(row),
            ],
        }
        return context

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """移交清单, A4; with ?batch=1 everything handed over in the same go."""
        row, actor = self.get_one(row_id), current_actor()
        rows = list(db.session.scalars(handovers.of_batch(actor, row.batch))) if request.args.get("batch") else [row]
        looked.note("print", table="hand_over", petition_id=row.case.petition_id)
        office = settings.get(db.session(), "office_name", actor.today)
        return self.render(
            "paper/hand_over.html", rows=rows, row=row, office=office, back=self.row_url(row),
            day=documents.written(row.handed_on),
        )  # fmt: skip

    # -- a leader leaves

    @expose("/leave", methods=("GET", "POST"))
    def leave(self) -> Any:
        """His running cases, each with the proposed next leader, changeable; one reason; all or nothing."""
        actor, leader = current_actor(), asked_leader()
        if request.method == "POST" and leader is not None:
            try:
                made = handovers.hand_over_all(db.session(), actor, leader, posted_following(), _text("reason"))
                url = url_for("hand_over.details_view", id=made[0].id)
                return done(gettext("已移交 %(count)s 件。", count=len(made)), url)
            except RuleBroken as no:
                if isinstance(no, gate.Forbidden | gate.NotHere):
                    raise
                db.session.rollback()
                return self._leave_page(asked_leader(), no), 409 if isinstance(no, Stale) else 422
        return self._leave_page(leader)

    def _leave_page(self, leader: m.Leader | None, no: RuleBroken | None = None) -> Any:
        actor, session = current_actor(), db.session()
        found = handovers.proposed(session, actor, leader) if leader is not None else []
        return self.render(
            "case/leave.html", leader=leader, rows=[_row(case, to, actor) for case, to in found],
            leaders=leaving_options(actor), error=said(no.message) if no else "", field=(no.field or "") if no else "",
            reason=_text("reason") if request.method == "POST" else "", crumb=self.crumb(),
            back=url_for("hand_over.index_view"),
        )  # fmt: skip


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:300]


def asked_leader() -> m.Leader | None:
    """The leader who leaves, from the address or the form; NotHere for one that is none."""
    text = request.values.get("leader", "")
    return gate.find(db.session(), current_actor(), m.Leader, text) if text else None


def posted_following() -> dict[int, Next]:
    """case id → who takes it and the version shown, as the form says."""
    found = {}
    for name, value in request.form.items():
        kind, _, text = name.partition("-")
        case_id = gate.id_in(text)
        if kind == "version" and case_id is not None:
            chosen = gate.id_in(request.form.get(f"leader-{case_id}", ""))
            found[case_id] = Next(chosen, gate.id_in(value) or 0)
    return found


def leaving_options(actor: Actor) -> list[dict[str, Any]]:
    """Leaders who carry something the actor may know of, and how many."""
    found = []
    for leader in db.session.scalars(gate.rows(actor, m.Leader).order_by(m.Leader.turn, m.Leader.id)):
        count = gate.count(db.session(), handovers.running_of(actor, leader))
        if count:
            found.append({"id": leader.id, "text": str(leader), "count": count})
    return found


def _row(case: m.Case, to: m.Leader | None, actor: Actor) -> dict[str, Any]:
    chosen = (
        gate.id_in(request.form.get(f"leader-{case.id}", "")) if request.method == "POST" else (to.id if to else None)
    )
    barred = case_choices.accused_leaders(db.session(), actor, case.petition) | {case.leader_id}
    choices = [x for x in case_choices.leaders(db.session()) if x.id not in barred]
    version = request.form.get(f"version-{case.id}", case.version) if request.method == "POST" else case.version
    return {
        "case": case, "url": url_for("case.details_view", id=case.id), "version": version,
        "choices": [(leader.id, str(leader), leader.id == chosen) for leader in choices],
    }  # fmt: skip


def _batch_action(row: m.HandOver) -> list[dict[str, Any]]:
    count = gate.count(db.session(), handovers.of_batch(current_actor(), row.batch))
    if count < 2:
        return []
    url = url_for("hand_over.print_view", row_id=row.id, batch=1)
    return [{"label": gettext("打印整批 %(count)s 件", count=count), "url": url, "new_tab": True}]


def facts_of(row: m.HandOver) -> list[dict[str, Any]]:
    """Who, to whom, when, why; then what was open, as kept."""
    head = [
        {"label": gettext("原包案"), "text": row.case.number, "url": url_for("case.details_view", id=row.case_id)},
        {"label": gettext("新包案"), "text": row.next.number, "url": url_for("case.details_view", id=row.next_id)},
        {"label": gettext("移交领导"), "text": str(row.from_leader)},
        {"label": gettext("接手领导"), "text": str(row.to_leader)},
        {"label": gettext("移交日期"), "text": show(row.handed_on), "num": True},
        {"label": gettext("经手人"), "text": show(row.by)},
        {"label": gettext("移交理由"), "text": row.reason, "wide": True},
    ]
    open_items = [
        {"label": gettext(section["title"]), "text": "\n".join(section["lines"]), "wide": True}
        for section in sections(row)
    ]
    return [{"title": gettext("移交"), "items": head}, {"title": gettext("移交时未办结的事"), "items": open_items}]


def sections(row: m.HandOver) -> list[Mapping[str, Any]]:
    """What was open on the day, as kept."""
    return list(row.body.get("sections", ()))


def story(case: m.Case, actor: Actor) -> list[dict[str, str]]:
    """For the case's page: the handing over it began with and the one it ended with."""
    found = []
    before, after = handovers.began_by(db.session(), case), handovers.ended_by(db.session(), case)
    if before is not None:
        found.append((gettext("由%(leader)s移交", leader=before.from_leader.name), before.case, before))
    if after is not None:
        found.append((gettext("移交给%(leader)s", leader=after.to_leader.name), after.next, after))
    may_list = may(actor, "hand_over.list")
    return [
        {
            "label": label, "text": f"{other.number} {show(one.handed_on)}", "url": url_for("case.details_view", id=other.id),
            "list": url_for("hand_over.details_view", id=one.id) if may_list else "", "reason": one.reason,
        }
        for label, other, one in found
    ]  # fmt: skip


def views() -> list[Any]:
    return [HandOverView(m.HandOver)]
