"""What can be done on a proceeding: its result, decisions, the paper, a correction, calling it off (F4)."""

from typing import Any

from flask_babel import gettext

import models as m
from admin_views import proceeding_fields
from admin_views.base import Action
from admin_views.meeting_fields import DECIDE
from models import db
from rules.access import Actor
from rules.moves import Need
from rules.proceedings import ProceedingState
from services import decisions, proceeding_papers, proceedings


def writes(row: m.Proceeding, actor: Actor) -> bool:
    return proceedings.may_write(db.session(), actor, row.petition)


def is_planned(row: m.Proceeding, actor: Actor) -> bool:
    return row.state is ProceedingState.PLANNED and writes(row, actor)


def is_held(row: m.Proceeding, actor: Actor) -> bool:
    return row.state is ProceedingState.HELD and writes(row, actor)


def _result(row: m.Proceeding, said: dict[str, Any]) -> proceedings.Result:
    people = proceeding_fields.people_said(said, row)
    return proceedings.Result(
        said["held_on"], people, said["minutes"], said["conclusion"], said["outcome"], said["recorder"], said["dissent"] or ""
    )  # fmt: skip


def _hold(session: Any, actor: Actor, row: m.Proceeding, said: dict[str, Any]) -> str:
    proceedings.hold(session, actor, row, _result(row, said))
    return gettext("已登记结果，可以议定工作、制发文书。")


def _correct(session: Any, actor: Actor, row: m.Proceeding, said: dict[str, Any]) -> str:
    proceedings.correct(session, actor, row, _result(row, said))
    return gettext("已更正，文书须重新制发。")


def _decide(session: Any, actor: Actor, row: m.Proceeding, said: dict[str, Any]) -> str:
    proceedings.decide(session, actor, row, decisions.Said(**said))
    return gettext("已列入议定事项，到落实单位、落实人的工作台。")


def _issue(session: Any, actor: Actor, row: m.Proceeding, _said: dict[str, Any]) -> str:
    paper = proceeding_papers.issue(session, actor, row)
    return gettext("已制发%(title)s %(number)s。", title=gettext(paper.title), number=paper.number)


def _cancel(session: Any, actor: Actor, row: m.Proceeding, said: dict[str, Any]) -> None:
    proceedings.cancel(session, actor, row, said["state_reason"])


ACTIONS = (
    Action("hold", "登记结果", "proceeding.edit", _hold, proceeding_fields.result_needs, is_shown=is_planned, kind="go"),
    Action(
        "decide", "议定一项工作", "proceeding.edit", _decide, DECIDE, is_shown=is_held,
        help="单位、领导、个人选一个；会作为任务到其工作台，落实后登记。",
    ),
    Action(
        "issue", "制发文书入卷", "proceeding.edit", _issue, is_shown=is_held,
        confirm="按现在登记的内容制发文书，编号入卷，确定吗？",
    ),
    Action("correct", "更正", "proceeding.edit", _correct, proceeding_fields.result_needs, is_shown=is_held),
    Action(
        "cancel", "取消本次", "proceeding.edit", _cancel, (Need("state_reason", "取消理由", limit=200),), is_shown=is_planned,
        kind="no",
    ),
)  # fmt: skip
