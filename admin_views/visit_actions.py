"""What may be done with a visit down: its steps recorded, matters carried, made, called off, problems noted (E1)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import visit_findings
from admin_views.base import Action, show
from admin_views.visit_page import State, is_open, is_own
from rules.access import Actor
from rules.moves import Need
from rules.visits import Step
from services import gate, visits
from services import visit_findings as findings

REPORT_LIMIT = 4000


def _contact(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    return noted(visits.note_step(session, actor, row, "contact", said["contacted_on"], said["contacted_whom"]))


def _post(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    return noted(visits.note_step(session, actor, row, "post", said["posted_on"], said["posted_where"]))


def noted(step: Step) -> str:
    """What is said of a step just recorded."""
    if step.days_late:
        return gettext(
            "已登记“%(step)s”，比要求的 %(day)s 晚 %(days)s 天。",
            step=gettext(step.label), day=show(step.due), days=step.days_late,
        )  # fmt: skip
    return gettext("已登记“%(step)s”。", step=gettext(step.label))


def _finish(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    visits.finish(session, actor, row, said)
    return gettext("已登记下访情况，计入下访天数。")


def _cancel(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    visits.cancel(session, actor, row, said["state_reason"])
    return gettext("已取消这次下访。")


def _carry(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    petition = gate.find(session, actor, m.Petition, said["petition_id"])
    visits.carry(session, actor, row, petition)
    return gettext("已带上 %(number)s。", number=petition.number)


def _leave(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    petition = gate.find(session, actor, m.Petition, said["petition_id"])
    visits.leave_behind(session, actor, row, petition)
    return gettext("%(number)s 不再随这次下访。", number=petition.number)


def _find(session: Any, actor: Actor, row: m.Visit, said: dict[str, Any]) -> str:
    findings.add(session, actor, row, said)
    return gettext("已登记这个问题，可以接着登记下一个。")


def may_find(row: m.Visit, actor: Actor) -> bool:
    """Has the visit begun, so that problems can be noted?"""
    return is_own(row, actor) and row.state is not State.CANCELLED and row.from_on <= actor.today


MATTER = (Need("petition_id", "信访事项", "petition"),)
ACTIONS = (
    Action(
        "contact", "登记联系", "visit.edit", _contact,
        (Need("contacted_on", "联系日期", "date"), Need("contacted_whom", "联系了谁", limit=100, help="单位、姓名、电话或方式。")),
        is_shown=lambda row, actor: is_open(row, actor) and row.contacted_on is None,
    ),
    Action(
        "post", "登记公示", "visit.edit", _post,
        (Need("posted_on", "公示日期", "date"), Need("posted_where", "公示地点", limit=100, help="如村务公开栏、便民服务中心。")),
        is_shown=lambda row, actor: is_open(row, actor) and row.posted_on is None,
    ),
    Action("carry", "带案", "visit.edit", _carry, MATTER, is_shown=is_open, help="带上要在下访中处理的信访事项。"),
    Action(
        "leave", "不再带案", "visit.edit", _leave, MATTER,
        is_shown=lambda row, actor: is_open(row, actor) and bool(row.petitions),
    ),
    Action(
        "find", "登记发现的问题", "visit_finding.edit", _find, visit_findings.NEEDS, is_shown=may_find,
        after=lambda row: url_for("visit.details_view", id=row.id) + "#entry",
    ),
    Action(
        "finish", "登记下访情况", "visit.edit", _finish,
        (
            Need("from_on", "开始日期", "date"), Need("to_on", "结束日期", "date"),
            Need("people_met", "走访人数", "int"), Need("report", "下访情况", "long", limit=REPORT_LIMIT),
        ),
        is_shown=lambda row, actor: is_own(row, actor) and row.state is not State.CANCELLED and row.from_on <= actor.today,
        kind="go", help="填实际下访的日期。登记后计入下访天数；写错了可以再登记一次。",
    ),
    Action(
        "cancel", "取消下访", "visit.edit", _cancel, (Need("state_reason", "取消理由", limit=200),),
        is_shown=is_open, kind="no",
    ),
)  # fmt: skip
ON_PAGE = ("carry", "leave", "find", "contact", "post")
"""Actions that stand on the page where they belong, not in its head."""
