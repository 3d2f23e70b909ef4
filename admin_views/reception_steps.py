"""The buttons on a visitor's record: opinion, result, and the one step to a matter, a letter, a case (D7, A8)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import reception_forms as forms
from admin_views.actions import Action
from rules.access import LEADERS, Actor
from rules.moves import Need
from rules.reception_outcomes import WAYS
from rules.words import OPEN_STATUSES, Status
from services import gate, reception_ledger, reception_steps
from services import reception_records as records


def is_writer(row: m.ReceptionRecord, actor: Actor) -> bool:
    """The office, or the leader who received."""
    return actor.role not in LEADERS or row.leader_id == actor.leader_id


def is_own_and_owed(row: m.ReceptionRecord, actor: Actor) -> bool:
    """A result the receiving leader has not read yet."""
    own = actor.role in LEADERS and row.leader_id == actor.leader_id
    return own and row.leader_told_on is None and reception_ledger.line(row).is_owed


def is_free(row: m.ReceptionRecord, _actor: Actor) -> bool:
    return not records.is_registered(row)


def may_hand_on(row: m.ReceptionRecord, _actor: Actor) -> bool:
    """Not registered yet, or registered and still with the office."""
    return row.petition is None or row.petition.status in (Status.REGISTERED, Status.VOIDED)


def may_be_case(row: m.ReceptionRecord, _actor: Actor) -> bool:
    return row.petition is None or row.petition.status in (*OPEN_STATUSES, Status.VOIDED)


def matter_url(row: m.ReceptionRecord) -> str:
    return url_for("petition.details_view", id=row.petition_id)


def _opinion(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> None:
    records.give_opinion(session, actor, row, said)


def _result(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> None:
    told = {name: said[name] for name in ("leader_told_on", "visitor_told_on")}
    records.note_result(session, actor, row, said["result"] or "", **told)


def _seen(session: Any, actor: Actor, row: m.ReceptionRecord, _said: dict[str, Any]) -> str:
    records.take_note(session, actor, row)
    return gettext("已记为本人阅知。")


def _register(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> str:
    contact = records.turn_into_matter(session, actor, row, respondents=forms.said_respondents(said))
    return gettext("已转为信访事项 %(number)s。", number=contact.petition.number)


def _join(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> str:
    petition = gate.find(session, actor, m.Petition, said["petition_id"])
    records.turn_into_matter(session, actor, row, petition)
    return gettext("已并入信访事项 %(number)s。", number=petition.number)


def _hand_on(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> str:
    petition = reception_steps.hand_on(session, actor, row, said, forms.said_respondents(said))
    return gettext("已登记 %(number)s 并交办%(unit)s。", number=petition.number, unit=str(petition.unit))


def _forward(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> str:
    petition = reception_steps.forward(session, actor, row, said, forms.said_respondents(said))
    return gettext("已登记 %(number)s 并转送%(unit)s。", number=petition.number, unit=str(petition.unit))


def _take_case(session: Any, actor: Actor, row: m.ReceptionRecord, said: dict[str, Any]) -> str:
    case = reception_steps.take_case(session, actor, row, said, forms.said_respondents(said))
    return gettext(
        "已登记 %(number)s，由%(leader)s包案（%(case)s）。",
        number=case.petition.number, leader=case.leader.name, case=case.number,
    )  # fmt: skip


REGISTER = "reception_record.register"
ACTIONS = (
    Action("opinion", "填写意见", "reception_record.edit", _opinion, forms.DECISION, is_shown=is_writer),
    Action(
        "result", "登记结果", "reception_record.edit", _result, forms.RESULT,
        is_shown=is_writer, help="结果要反馈给接访领导和来访人。",
    ),
    Action(
        "seen", "已阅结果", "reception_record.edit", _seen, is_shown=is_own_and_owed, kind="go",
        confirm="记为您今天已阅知办理结果，确定吗？",
    ),
    Action(
        "join", "并入已有事项", REGISTER, _join, (Need("petition_id", "信访事项", "petition"),),
        is_shown=is_free, help="同一人同一诉求以前登记过的，并入后为重复件。", after=matter_url,
    ),
    Action(
        "hand_on", "转并交办", REGISTER, _hand_on, forms.lead_needs, is_shown=may_hand_on, after=matter_url,
        confirm="按接访登记的内容登记信访事项，并按责任单位、期限和领导意见交办，确定吗？",
    ),
    Action(
        "forward", "转并转送", REGISTER, _forward, forms.unit_needs, is_shown=may_hand_on, after=matter_url,
        confirm="按接访登记的内容登记信访事项，并转送责任单位，确定吗？",
    ),
    Action(
        "case", "转并包案", REGISTER, _take_case, forms.lead_needs, is_shown=may_be_case, after=matter_url,
        confirm="按接访登记的内容登记信访事项，由接访领导包案，领导意见作为办案方向，确定吗？",
    ),
    Action(
        "register", "转为信访事项", REGISTER, _register, forms.respondent_needs, is_shown=is_free, after=matter_url,
        confirm="按接访登记的内容登记一件信访事项，确定吗？",
    ),
)  # fmt: skip
FOLLOWS = {"assign": "hand_on", "forward": "forward", "case": "case"}
"""What rules.reception_outcomes says follows → the button that does it."""


def next_verb(row: m.ReceptionRecord) -> str:
    """The button that comes next: the opinion, then what the decision asks for, then the matter itself."""
    if row.outcome is None:
        return "opinion"
    follows = FOLLOWS.get(WAYS[row.outcome].follows, "register")
    if not records.is_registered(row):
        return follows
    is_waiting = row.petition is not None and row.petition.status is Status.REGISTERED
    return follows if is_waiting and follows != "register" else ""
