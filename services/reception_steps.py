"""What follows from a leader's decision in one step: registered and handed on, transferred, or made his case (D7).

Everything is carried over from the record, all or nothing; afterwards the matter's own moves apply, the corrective ones too
(作废, 移交), and a record whose matter was voided may be handed on again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.cases import CaseSource
from rules.roster_period import day_text
from rules.words import Outcome, RuleBroken, Status
from services import cases, handling, reception_records
from services.documents import written
from services.registration import Accused

CASE_REASON = "领导接访时列入本人包案（首访负责）。"
"""Why a case is the receiving leader's when the division of work names another."""


def hand_on(
    session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any], respondents: Sequence[Accused] = ()
) -> m.Petition:
    """转并交办: the matter, registered now or before, goes to the responsible unit with its term and the instruction.

    `said`: unit_id, assisting_ids, feedback_on, late_reason, measures; what is left out is taken from the record. Raises RuleBroken naming
    the field, as the move 交办 does.
    """
    with session.begin_nested():
        petition = _registered(session, actor, row, respondents)
        _remember(session, row, said)
        values = {
            "unit_id": row.unit_id,
            "assisting_ids": [unit.id for unit in row.assisting],
            "feedback_on": said.get("feedback_on") or row.due_on,
            "late_reason": said.get("late_reason"),
            "measures": said.get("measures") or instruction(row),
        }
        handling.move(session, actor, petition, "assign", values)
    return petition


def forward(
    session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any], respondents: Sequence[Accused] = ()
) -> m.Petition:
    """转并转送: the matter goes to the unit that is competent. `said`: unit_id, phoned, measures."""
    with session.begin_nested():
        petition = _registered(session, actor, row, respondents)
        _remember(session, row, said)
        values = {"unit_id": row.unit_id, "phoned": said.get("phoned"), "measures": said.get("measures") or row.opinion}
        handling.move(session, actor, petition, "forward", values)
    return petition


def take_case(
    session: Session, actor: Actor, row: m.ReceptionRecord, said: Mapping[str, Any], respondents: Sequence[Accused] = ()
) -> m.Case:
    """转并包案: the receiving leader's own case, the lead and assisting units told by 交办函, his opinion its direction.

    `said`: unit_id, assisting_ids, feedback_on, measures, as for `hand_on`; a matter that is already with a unit stays there.
    """
    with session.begin_nested():
        petition = _registered(session, actor, row, respondents)
        if petition.status == Status.REGISTERED:
            hand_on(session, actor, row, said)
        _remember(session, row, said)
        assignment = cases.Assignment(row.leader_id, unit_id=row.unit_id, direction=row.opinion)
        assignment.close_by = row.due_on if row.due_on and row.due_on >= actor.today else None
        assignment.reason, assignment.source, assignment.record_id = CASE_REASON, CaseSource.RECORD, row.id
        return cases.assign(session, actor, petition, assignment)


def instruction(row: m.ReceptionRecord) -> str:
    """The leader's instruction as the letter quotes it: 赵明（副镇长）11月18日接访批示：请一周内核实。 Empty without one."""
    if not (row.opinion or "").strip():
        return ""
    if row.outcome == Outcome.ASSIGN and row.signed_on:
        return f"{row.leader}{written(row.signed_on)}签批：{row.opinion}"
    return f"{row.leader}{day_text(row.session.held_on)}接访意见：{row.opinion}"


def _registered(session: Session, actor: Actor, row: m.ReceptionRecord, respondents: Sequence[Accused]) -> m.Petition:
    if not reception_records.is_registered(row):
        reception_records.turn_into_matter(session, actor, row, respondents=respondents)
    if row.petition is None:
        raise RuleBroken("这条接访登记没有转成信访事项，请刷新后重试。")
    return row.petition


def _remember(session: Session, row: m.ReceptionRecord, said: Mapping[str, Any]) -> None:
    """What was decided only now stands on the record too, so that the ledger says to whom it went."""
    row.unit_id = said.get("unit_id") or row.unit_id
    row.due_on = said.get("feedback_on") or row.due_on
    if said.get("assisting_ids"):
        row.assisting = reception_records.units(session, said["assisting_ids"])
    session.flush()
    session.expire(row, ["unit"])
