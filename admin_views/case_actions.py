"""What is done with a case by a button: closing begun, handed over, team, steps, the log."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import Action, current_actor
from models import db
from rules.access import Actor
from rules.cases import TeamRole
from rules.moves import Need
from services import (
    case_choices,
    case_team,
    case_work,
    cases,
    closing,
    closing_templates,
    handovers,
)


def _hand_over(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    follower = handovers.hand_over(session, actor, case, said["leader_id"], said["reason"])
    return gettext("已移交给%(leader)s，新的包案编号 %(number)s。", leader=follower.leader.name, number=follower.number)


def _open_closing(session: Any, actor: Actor, case: m.Case, _said: dict[str, Any]) -> str:
    file = closing.open_file(session, actor, case)
    return gettext("已开始结案审查，请逐项备齐“%(checklist)s”。", checklist=gettext(file.template))


def _ask_opening(case: m.Case) -> str:
    checklist = gettext(closing_templates.name_for(db.session(), case.petition))
    return gettext("开始结案审查？系统会建立“%(checklist)s”清单，并带入已有的文书和回访。", checklist=checklist)


def _join(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    told = case_team.Person(said["role"], said["user_id"], said["name"] or "", said["unit_id"], said["duty"] or "")
    row = case_team.join(session, actor, case, told)
    if row.user is None:
        return gettext("%(name)s已加入专班。", name=row.name)
    return gettext("%(name)s已加入专班，可以打开这件事项并记进展；退出专班后不再看到。", name=row.name)


def _step(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    case_work.add_step(session, actor, case, said["due_on"], said["text"])
    return gettext("已加入化解方案。")


def _progress(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    case_work.note_progress(session, actor, case, said["text"], said["noted_on"], said["next_on"])
    return gettext("已记入进展。")


def is_written(case: m.Case, actor: Actor) -> bool:
    return cases.may_write(actor, case)


def is_recorded(case: m.Case, actor: Actor) -> bool:
    return cases.may_record(actor, case)


def closing_url(case: m.Case) -> str:
    """The case's closing file, else the case itself."""
    file = closing.find(db.session(), case)
    return url_for("closing_file.details_view", id=file.id) if file else url_for("case.details_view", id=case.id)


def running_url(case: m.Case) -> str:
    """Where the matter's running case stands now."""
    running = cases.running(db.session(), case.petition) or case
    return url_for("case.details_view", id=running.id)


def narrow_leaders(field: Any, petition: m.Petition, but: int | None = None) -> None:
    """Offer and accept leaders in office whom the matter does not complain of."""
    barred = case_choices.accused_leaders(db.session(), current_actor(), petition) | {but or 0}
    field.narrow = lambda statement: statement.where(m.Leader.is_active, m.Leader.id.not_in(sorted(barred)))


ACTIONS = (
    Action(
        "open_closing",
        "结案审查",
        "case.edit",
        _open_closing,
        is_shown=lambda case, actor: is_written(case, actor) and closing.find(db.session(), case) is None,
        confirm=_ask_opening,
        kind="go",
        after=closing_url,
    ),
    Action(
        "hand_over",
        "移交",
        "case.hand_over",
        _hand_over,
        (
            Need("leader_id", "接手领导", "leader"),
            Need("reason", "移交理由", "long", limit=300, help="原包案就此结束；四包、未完成的步骤和结案卷随之移交。"),
        ),
        is_shown=lambda case, _actor: case.ended_on is None,
        after=running_url,
    ),
    Action(
        "join",
        "加入专班",
        "case.edit",
        _join,
        (
            Need("role", "分工", "choice", choices=TeamRole),
            Need(
                "user_id", "账号", "user", required=False, help="有账号的选账号，加入后可以打开这件事项；没有的填姓名。"
            ),
            Need("name", "姓名", required=False, limit=40),
            Need("unit_id", "单位", "unit", required=False),
            Need("duty", "负责的事", required=False, limit=200),
        ),
        is_shown=is_written,
    ),
    Action(
        "add_step",
        "增加步骤",
        "case.record",
        _step,
        (Need("due_on", "完成期限", "date"), Need("text", "步骤", "text", limit=300)),
        is_shown=is_recorded,
    ),
    Action(
        "note_progress",
        "记进展",
        "case.record",
        _progress,
        (
            Need("text", "进展", "long", limit=2000),
            Need("noted_on", "日期", "date"),
            Need("next_on", "下次时间", "date", required=False),
        ),
        is_shown=is_recorded,
    ),
)
