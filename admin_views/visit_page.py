"""What a visit down says of itself: cells of the list, facts and steps of its page (E1)."""

from typing import Any

from flask import g, url_for
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import current_actor, show
from admin_views.listing import Cell, tagged
from models import db
from rules.access import LEADERS, Actor, may
from rules.reception_words import LeaderVisitState
from rules.visits import Step
from services import visits

State = LeaderVisitState
STATE_KINDS = {State.PLANNED: "now", State.DONE: "ok", State.CANCELLED: "wait"}
LIGHT_WORDS = {
    "done": ("已完成", "ok"), "normal": ("正常", "ok"), "soon": ("即将到期", "soon"), "today": ("今日到期", "soon"),
    "late": ("已超期", "late"),
}  # fmt: skip
"""A step's light → its word and colour."""


def is_own(row: m.Visit, actor: Actor) -> bool:
    """The office's, or the leader's own."""
    return actor.role not in LEADERS or row.leader_id == actor.leader_id


def is_open(row: m.Visit, actor: Actor) -> bool:
    """Is the plan still to be changed, by this actor?"""
    return is_own(row, actor) and row.state is State.PLANNED


def days_text(row: m.Visit) -> str:
    """11月20日 星期五, or 11月20日 星期五 至 11月24日 星期二."""
    year = current_actor().today.year
    first = wording.long_day(row.from_on, year)
    last = wording.long_day(row.to_on, year)
    return first if row.to_on == row.from_on else gettext("%(first)s 至 %(last)s", first=first, last=last)


def span_cell(row: m.Visit) -> Cell:
    count = (row.to_on - row.from_on).days + 1
    last = gettext("至 %(day)s，共 %(count)s 天", day=show(row.to_on), count=count) if count > 1 else ""
    return Cell(show(row.from_on), sub=last, kind="code")


def area_cell(row: m.Visit) -> Cell:
    unit = show(row.unit)
    return Cell(row.area, sub=unit if unit != row.area else "")


def known_steps(row: m.Visit) -> list[Step]:
    """The visit's steps; the office's settings are read once a request."""
    if "visit_step_days" not in g:
        g.visit_step_days = visits.step_days(db.session(), current_actor())
    return visits.steps(db.session(), current_actor(), row, g.visit_step_days)


def purpose_text(row: m.Visit) -> str:
    """What a person wrote, as it is; what the plan proposed, in the reader's language."""
    return row.purpose if row.plan_key is None or row.is_by_hand else wording.said(row.purpose)


def state_cell(row: m.Visit) -> Cell:
    """Made or called off; of one to come the step that is next, with its light and last day."""
    if row.state is not State.PLANNED:
        return tagged(show(row.state), STATE_KINDS[row.state])
    for step in known_steps(row):
        if step.light != "done":
            word, kind = LIGHT_WORDS[step.light]
            said = gettext("%(step)s：%(light)s", step=gettext(step.label), light=gettext(word))
            return tagged(said, kind, show(step.due))
    return tagged(gettext("准备就绪"), "ok")


def facts_of(row: m.Visit) -> list[dict[str, Any]]:
    """The plan, and what came of it."""
    items = [
        {"label": gettext("下访领导"), "text": show(row.leader)},
        {"label": gettext("下访日期"), "text": days_text(row), "num": True},
        {"label": gettext("下访地点"), "text": row.area, "sub": show(row.unit) if show(row.unit) != row.area else ""},
        {"label": gettext("下访形式"), "text": wording.listed([show(row.kind), show(row.mode)])},
        {"label": gettext("随行人员"), "text": row.crew or ""},
        {"label": gettext("随行部门"), "text": wording.listed(unit.name for unit in row.companions)},
        {"label": gettext("下访目的"), "text": purpose_text(row), "wide": True},
        {"label": gettext("任务分工"), "text": row.tasks or "", "wide": True},
    ]
    if row.state is State.DONE:
        items += [
            {"label": gettext("走访人数"), "text": show(row.people_met), "num": True},
            {"label": gettext("下访情况"), "text": row.report or "", "wide": True},
        ]
    if row.state is State.CANCELLED:
        items.append({"label": gettext("取消理由"), "text": wording.said(row.state_reason), "wide": True})
    return items


def step_line(row: m.Visit, step: Step, actor: Actor) -> dict[str, Any]:
    """One step before the visit: done when and with whom, or by when; the way to record it."""
    text = row.contacted_whom if step.key == "contact" else row.posted_where
    word, kind = LIGHT_WORDS[step.light]
    label = gettext("登记联系") if step.key == "contact" else gettext("登记公示")
    can = may(actor, "visit.edit") and is_open(row, actor) and step.done_on is None
    late = gettext("晚 %(days)s 天", days=step.days_late) if step.days_late else ""
    return {
        "state": "y" if step.done_on else "n" if row.state is State.PLANNED else "w",
        "title": gettext(step.label),
        "due": gettext("最迟 %(day)s", day=wording.long_day(step.due, actor.today.year)),
        "done": f"{show(step.done_on)} {text}" if step.done_on else "",
        "tag": {"text": late or gettext(word), "kind": "soon" if late else kind},
        "link": {"label": label, "url": url_for("visit.do_view", row_id=row.id, verb=step.key)} if can else None,
    }
