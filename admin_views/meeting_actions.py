"""What is done with a meeting by a button: held, decided, corrected, called off."""

from typing import Any

from flask_babel import gettext

import models as m
from admin_views.base import Action
from admin_views.meeting_fields import CORRECT, DECIDE, HOLD
from rules.access import Actor
from rules.meetings import MeetingState
from rules.moves import Need
from services import decisions, meetings


def is_planned(row: m.Meeting, _actor: Actor) -> bool:
    return row.state is MeetingState.PLANNED


def _hold(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> str:
    meetings.hold(session, actor, row, said["held_on"], said["minutes"], said["recorder"], said["absent"] or "")
    return gettext("已登记召开，纪要可以打印。")


def _cancel(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> None:
    meetings.cancel(session, actor, row, said["state_reason"])


def _correct(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> str:
    meetings.correct(session, actor, row, said["minutes"], said["reason"])
    return gettext("已更正，原来的内容留在更正记录中。")


def _decide(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> str:
    decisions.decide(session, actor, decisions.Source(meeting=row), decisions.Said(**said))
    return gettext("已列入议定事项。")


ACTIONS = (
    Action("hold", "登记召开", "meeting.edit", _hold, HOLD, is_shown=is_planned, kind="go"),
    Action(
        "decide", "议定一项工作", "decision.make", _decide, DECIDE,
        is_shown=lambda row, _actor: row.state is not MeetingState.CANCELLED,
        help="不属于哪一项议题的工作；单位、领导、个人选一个。",
    ),
    Action(
        "correct", "更正纪要", "meeting.edit", _correct, CORRECT,
        is_shown=lambda row, _actor: row.state is MeetingState.HELD,
    ),
    Action(
        "cancel", "取消会议", "meeting.edit", _cancel, (Need("state_reason", "取消理由", limit=200),),
        is_shown=is_planned, kind="no",
    ),
)  # fmt: skip
