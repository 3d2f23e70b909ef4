"""下访发现的问题: what visits found, looked at again, turned into a dispute, a matter or a case once (E1)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, wording
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, tagged
from admin_views.need_forms import form_of
from models import db
from rules.access import LEADERS, Actor, mask, may
from rules.moves import Need
from rules.words import Purpose
from services import visit_findings as findings

NEEDS = (
    Need("text", "发现的问题", "long", limit=500),
    Need("person", "反映人", required=False, limit=60),
    Need("phone", "电话", required=False, limit=40),
    Need("place", "发生地点", required=False, limit=100, help="不填为下访地点。"),
    Need("opinion", "领导意见", required=False, limit=300),
    Need("purpose", "信访目的", "choice", required=False, choices=Purpose, help="检举控告按保密要求登记。"),
    Need("follow_up_on", "计划回访", "date", required=False, help="到时列入待回访。"),
    Need("is_secret", "要求保密", "bool", required=False),
)
"""What is noted of one problem."""
ENTRY = tuple(need.name for need in NEEDS)


def entry_form() -> Any:
    """The empty form for the next problem."""
    form = form_of(NEEDS)()
    set_defaults(form)
    return form


def set_defaults(form: Any) -> None:
    """Somebody who wants something settled; a short text."""
    form.purpose.data = Purpose.SEEK
    form.text.render_kw = {"rows": 2}


def is_writer(row: m.VisitFinding, actor: Actor) -> bool:
    """The office, or the leader who was there."""
    return actor.role not in LEADERS or row.visit.leader_id == actor.leader_id


def is_free(row: m.VisitFinding, _actor: Actor) -> bool:
    return not findings.is_turned(row)


def _follow_up(session: Any, actor: Actor, row: m.VisitFinding, said: dict[str, Any]) -> str:
    findings.follow_up(session, actor, row, said["followed_up_on"], said["result"], said["follow_up_on"])
    return gettext("回访已记录。")


def _dispute(session: Any, actor: Actor, row: m.VisitFinding, said: dict[str, Any]) -> str:
    dispute = findings.into_dispute(session, actor, row, said.get("unit_id"))
    return gettext("已转入矛盾纠纷台账 %(number)s。", number=dispute.number)


def _matter(session: Any, actor: Actor, row: m.VisitFinding, _said: dict[str, Any]) -> str:
    return gettext("已转为信访事项 %(number)s。", number=findings.into_matter(session, actor, row).number)


def _case(session: Any, actor: Actor, row: m.VisitFinding, _said: dict[str, Any]) -> str:
    case = findings.into_case(session, actor, row)
    return gettext(
        "已转为信访事项 %(number)s，由%(leader)s包案（%(case)s）。",
        number=case.petition.number, leader=case.leader.name, case=case.number,
    )  # fmt: skip


def unit_needs(row: Any) -> tuple[Need, ...]:
    """Whose ledger, asked only when the visit names no unit."""
    named = isinstance(row, m.VisitFinding) and row.visit.unit_id is not None
    return () if named else (Need("unit_id", "列入哪个单位的台账", "unit"),)


def turned_url(row: m.VisitFinding) -> str:
    """The matter or dispute a finding became; its own page for a role that may not open those."""
    actor = current_actor()
    if row.petition_id is not None and may(actor, "petition.view"):
        return url_for("petition.details_view", id=row.petition_id)
    if row.dispute_id is not None and may(actor, "dispute.list"):
        return url_for("dispute.details_view", id=row.dispute_id)
    return url_for("visit_finding.details_view", id=row.id)


ACTIONS = (
    Action(
        "follow_up", "登记回访", "visit_finding.edit", _follow_up,
        (
            Need("followed_up_on", "回访日期", "date"), Need("result", "回访情况", "long", limit=300),
            Need("follow_up_on", "下次回访", "date", required=False, help="还要再看的填写；不填为不再回访。"),
        ),
        is_shown=is_writer,
    ),
    Action(
        "dispute", "转入矛盾纠纷", "visit_finding.register", _dispute, unit_needs,
        is_shown=lambda row, actor: is_free(row, actor) and not row.is_guarded, after=turned_url,
        confirm="按登记的内容列入该单位的矛盾纠纷台账，确定吗？",
    ),
    Action(
        "case", "转为包案", "visit_finding.register", _case, is_shown=is_free, after=turned_url,
        confirm="登记一件信访事项，由下访领导包案，确定吗？",
    ),
    Action(
        "matter", "转为信访事项", "visit_finding.register", _matter, is_shown=is_free, kind="go", after=turned_url,
        confirm="按登记的内容登记一件信访事项，确定吗？",
    ),
)  # fmt: skip


def turned_cell(row: m.VisitFinding) -> Cell:
    """What it became, with its number."""
    became = row.petition or row.dispute
    return (
        Cell(became.number, sub=gettext(findings.turned_into(row)), kind="code", url=turned_url(row))
        if became
        else Cell()
    )


def due_cell(row: m.VisitFinding) -> Cell:
    """When somebody is to look again, late in words; or when somebody did."""
    owed = row.follow_up_on is not None and (row.followed_up_on is None or row.followed_up_on < row.follow_up_on)
    if not owed:
        return tagged(gettext("已回访"), "ok", show(row.followed_up_on)) if row.followed_up_on else Cell()
    today = current_actor().today
    if row.follow_up_on < today:
        return tagged(gettext("已超期"), "late", show(row.follow_up_on))
    return (
        tagged(gettext("今日到期"), "soon", show(row.follow_up_on))
        if row.follow_up_on == today
        else Cell(show(row.follow_up_on))
    )


def line(row: m.VisitFinding) -> dict[str, Any]:
    """A finding as a row of the visit's page."""
    due, turned = due_cell(row), turned_cell(row)
    cells = [
        {"text": row.text, "sub": row.place or ""},
        {"text": findings.shown_name(row)},
        {"text": row.opinion or "", "kind": "clip"},
        {"text": due.text, "tag": due.tag, "sub": due.sub},
        {"text": turned.text, "sub": turned.sub, "kind": "code"},
    ]
    return {"url": url_for("visit_finding.details_view", id=row.id), "cells": cells}


class FindingView(DeskView):
    """下访发现的问题."""

    title, group = "下访发现的问题", "接访"
    edit_verb, export_verb = "visit_finding.edit", "visit_finding.export"
    searchable, search_hint = True, "问题中的词"
    columns = (
        Column("from_on", "下访日期", lambda f: Cell(show(f.visit.from_on), kind="code"), sort=m.VisitFinding.id),
        Column("leader", "下访领导", lambda f: Cell(f.visit.leader.name, sub=f.visit.area)),
        Column("text", "发现的问题", lambda f: Cell(f.text, kind="clip")),
        Column("person", "反映人", findings.shown_name),
        Column("opinion", "领导意见", lambda f: Cell(f.opinion or "", kind="clip"), shown=False),
        Column("follow_up_on", "回访", due_cell),
        Column("result", "回访情况", lambda f: Cell(f.result or "", kind="clip"), shown=False),
        Column("turned", "转为", turned_cell),
    )
    filters = (Filter("follow_up", "回访日期", between(m.VisitFinding.follow_up_on), kind="dates"),)
    tabs = (
        Tab("all", "全部", lambda s, _a: s),
        Tab("due", "待回访", findings.due),
        Tab("waiting", "计划回访", lambda s, _a: findings.waiting(s)),
        Tab(
            "free",
            "未转办",
            lambda s, _a: s.where(m.VisitFinding.petition_id.is_(None), m.VisitFinding.dispute_id.is_(None)),
        ),
    )
    list_options = (
        joinedload(m.VisitFinding.visit).joinedload(m.Visit.leader),
        joinedload(m.VisitFinding.petition),
        joinedload(m.VisitFinding.dispute),
    )
    fieldsets = (
        ("发现的问题", ("text", "person", "phone", "place", "purpose", "is_secret")),
        ("处理", ("opinion", "follow_up_on")),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.VisitFinding.id.desc()]

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(m.VisitFinding.text.contains(text, autoescape=True))

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        if narrowed:
            return super().empty_state(actor, narrowed)
        visits = {"label": gettext("去看下访"), "url": url_for("visit.index_view")}
        return {"text": gettext("还没有记录；在下访的页面上逐个登记。"), "action": visits}

    def page_title(self, row: Any | None) -> str:
        return gettext("发现的问题：%(text)s", text=str(row)) if row is not None else ""

    def edit_form(self, obj: Any = None) -> Any:
        """The phone is not shown again: a new one replaces it, an empty field leaves it (C3)."""
        form = super().edit_form(obj)
        if request.method == "GET":
            form.phone.data = ""
        if obj.phone:
            form.phone.description = gettext("已登记 %(phone)s；不改请留空。", phone=mask("phone", obj.phone))
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return findings.change(db.session(), actor, row, values)

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return is_writer(row, actor)

    def prefill(self, _row: Any, _action: Action, form: Any) -> None:
        if "followed_up_on" in form:
            form.followed_up_on.data = current_actor().today

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="visit_finding", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"] |= {"facts": facts_of(row)}
        return context


def facts_of(row: m.VisitFinding) -> list[dict[str, Any]]:
    """What was found, and what became of it; the phone stays masked."""
    visit = row.visit
    year = current_actor().today.year
    found = [
        {"label": gettext("发现的问题"), "text": row.text, "wide": True},
        {"label": gettext("发生地点"), "text": row.place or visit.area},
        {"label": gettext("反映人"), "text": findings.shown_name(row)},
        {"label": gettext("电话"), "text": mask("phone", row.phone), "num": True},
        {"label": gettext("信访目的"), "text": show(row.purpose)},
        {"label": gettext("要求保密"), "text": show(row.is_secret)},
        {
            "label": gettext("下访"),
            "text": f"{visit.leader.name} {wording.long_day(visit.from_on, year)}",
            "url": url_for("visit.details_view", id=visit.id),
        },
    ]
    became = turned_cell(row)
    done = [
        {"label": gettext("领导意见"), "text": row.opinion or "", "wide": True},
        {"label": gettext("计划回访"), "text": show(row.follow_up_on), "num": True},
        {"label": gettext("回访日期"), "text": show(row.followed_up_on), "num": True},
        {"label": gettext("回访情况"), "text": row.result or "", "wide": True},
        {"label": gettext("转为"), "text": f"{became.sub} {became.text}".strip(), "url": became.url},
    ]
    return [{"title": gettext("发现的问题"), "items": found}, {"title": gettext("处理"), "items": done}]


def views() -> list[Any]:
    return [FindingView(m.VisitFinding)]
