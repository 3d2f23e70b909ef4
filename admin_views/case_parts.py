"""Rows of a case: one of the four duties, a step of the plan. Each has only its verbs; afterwards the case's page shows."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

import models as m
from admin_views.base import Action, DeskView, current_actor
from admin_views.wording import heading
from rules.access import Actor
from rules.moves import Need
from rules.words import DutyState, RuleBroken
from services import case_team, case_work, gate


class CasePart(DeskView):
    """A row of a case: no list and no page of its own, only its verbs; afterwards the case's page shows."""

    verbs = {"do_view": "case.record"}

    def row_url(self, row: Any) -> str:
        return url_for("case.details_view", id=row.case_id)

    def crumb(self, row: Any | None = None) -> Any:
        link = Markup('<a href="{}">{}</a>')
        trail = link.format(url_for("case.index_view"), heading("领导包案"))
        return trail if row is None else trail + " / " + link.format(self.row_url(row), row.case.number)


def _record_duty(session: Any, actor: Actor, duty: m.DutyItem, said: dict[str, Any]) -> str:
    case_work.record_duty(session, actor, duty, said["state"], said["done"])
    return gettext("已记录“%(duty)s”。", duty=duty.name)


def _show_evidence(session: Any, actor: Actor, duty: m.DutyItem, said: dict[str, Any]) -> str:
    paper = _paper(session, actor, said["paper"] or "")
    case_work.show_evidence(session, actor, duty, said["happened_on"], said["text"], paper)
    return gettext("已加入佐证。")


def _paper(session: Any, actor: Actor, chosen: str) -> Any:
    """The document or attachment the choice names ("document-12"), through the gate."""
    kind, _, text = chosen.partition("-")
    if not chosen:
        return None
    if kind not in PAPERS:
        raise RuleBroken(gettext("佐证材料：没有这个选项，请重新选择。"), "paper")
    return gate.find(session, actor, PAPERS[kind], text)


PAPERS = {"document": m.Document, "attachment": m.Attachment}


class DutyItemView(CasePart):
    """四包: what the office did under each."""

    title = "四包"
    actions = (
        Action(
            "record",
            "填写四包",
            "case.record",
            _record_duty,
            (
                Need("state", "状态", "choice", choices=DutyState),
                Need(
                    "done", "做了什么", "long", required=False, limit=2000, help="写本办或单位做的工作，不评价信访人。"
                ),
            ),
        ),
        Action(
            "evidence",
            "加佐证",
            "case.record",
            _show_evidence,
            (
                Need("text", "佐证", limit=300, help="如：入户走访记录、调解协议、发放凭证。"),
                Need("happened_on", "日期", "date"),
                Need("paper", "文书或附件", required=False, limit=40),
            ),
        ),
    )

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "record":
            form.state.data, form.done.data = row.state, row.done
        else:
            form.happened_on.data = current_actor().today


def _finish_step(session: Any, actor: Actor, step: m.PlanStep, said: dict[str, Any]) -> str:
    case_work.finish_step(session, actor, step, said["done_on"])
    return gettext("已记为完成。")


class PlanStepView(CasePart):
    """化解方案: its steps."""

    title = "化解方案"
    actions = (
        Action(
            "finish", "记为完成", "case.record", _finish_step, (Need("done_on", "完成日期", "date", required=False),)
        ),
    )

    def prefill(self, _row: Any, _action: Action, form: Any) -> None:
        form.done_on.data = current_actor().today


def _leave(session: Any, actor: Actor, row: m.CaseMember, said: dict[str, Any]) -> str:
    case_team.leave(session, actor, row, said["left_on"])
    return gettext("%(name)s已退出专班。", name=row.name)


class CaseMemberView(CasePart):
    """专班."""

    title = "专班"
    verbs = {"do_view": "case.edit"}
    actions = (
        Action(
            "leave", "退出专班", "case.edit", _leave, (Need("left_on", "退出日期", "date", required=False),),
            is_shown=lambda row, _actor: row.left_on is None,
        ),
    )  # fmt: skip

    def prefill(self, _row: Any, _action: Action, form: Any) -> None:
        form.left_on.data = current_actor().today


def views() -> list[Any]:
    return [DutyItemView(m.DutyItem), PlanStepView(m.PlanStep), CaseMemberView(m.CaseMember)]
