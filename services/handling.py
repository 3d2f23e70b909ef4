"""Moving a matter (办理): every move goes through rules.moves, writes history, papers, legs and clocks in one flush (B1–B5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules import moves
from rules.access import Actor
from rules.moves import Row
from rules.words import DocumentKind, LegKind, RuleBroken, Status
from services import clocks, documents, gate, petitions

MAX_EXTENSION = 30
"""Natural days an extension may add in all (Art 34)."""


def move(session: Session, actor: Actor, petition: m.Petition, verb: str, said: Mapping[str, Any]) -> m.Move:
    """Make one move of the table. `said`: values of the row's needs. Raises RuleBroken when the table or the law says no."""
    row = row_for(actor, petition, verb)
    _check_needs(row, said)
    CHECKS.get(verb, _nothing)(session, actor, petition, said)
    before = petition.status
    if row.ends_leg:
        _end_legs(petition, actor.today, row.label)
    if row.leg:
        _open_legs(session, actor, petition, row, said)
    EFFECTS.get(verb, _nothing)(session, actor, petition, said)
    petition.status = row.to or petition.status
    clocks.stop(petition, row.stops, actor.today)
    if row.starts:
        clocks.start(session, petition, row.starts, _started_on(actor, said), petition.unit_id)
    paper = _paper(session, actor, petition, row, said)
    return _record(session, actor, petition, row, before, said, paper)


def row_for(actor: Actor, petition: m.Petition, verb: str) -> Row:
    """The table's row for this verb now; raises RuleBroken saying why not."""
    row = moves.MOVES[petition.status].get(verb)
    if row is None:
        label = moves.VERBS.get(verb, verb)
        raise RuleBroken(f"“{petition.status.label}”的事项不能{label}，请刷新后看现在可以做什么。")
    if not moves.is_allowed(actor, row, petition.unit_id):
        raise gate.Forbidden(f"您的角色不能对这件事项{row.label}。")
    return row


def _check_needs(row: Row, said: Mapping[str, Any]) -> None:
    for need in row.needs:
        value = said.get(need.name)
        if need.required and (value is None or (isinstance(value, str) and not value.strip())):
            raise RuleBroken(f"{need.label}：请填写。", need.name)


def _nothing(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    """A verb without a check or effect of its own."""


def _check_route(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    asked = [said["unit_id"], *(said.get("assisting_ids") or ())]
    for unit_id in asked:
        if petitions.unit_is_accused(session, petition, unit_id):
            raise RuleBroken("责任单位：该单位或其负责人是被反映人，不能交给它，请选别的单位。", "unit_id")
    if len(set(asked)) < len(asked):
        raise RuleBroken("协办单位：不能与责任单位相同，请去掉。", "assisting_ids")
    feedback_on = said.get("feedback_on")
    if feedback_on and feedback_on < actor.today:
        raise RuleBroken("反馈期限：不能早于今天，请改为以后的日期。", "feedback_on")
    _check_handler(session, actor, petition, said.get("handler_id"), said["unit_id"])


def _check_handler(
    session: Session, actor: Actor, petition: m.Petition, handler_id: int | None, unit_id: int | None
) -> None:
    handler = session.get(m.User, handler_id) if handler_id else None
    if handler is None:
        return
    if handler.unit_id != unit_id:
        raise RuleBroken("承办人：不是责任单位的人员，请重新选择或留空。", "handler_id")
    if gate.is_accused(session, petition, gate.actor_of(session, handler, actor.today, actor.now)):
        raise RuleBroken("承办人：此人是被反映人，不能承办，请重新选择。", "handler_id")


def _check_accept(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    _check_handler(session, actor, petition, said.get("handler_id"), petition.unit_id)


def _check_extend(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    clock = next((c for c in clocks.running(petition) if c.term == "handle"), None)
    if clock is None:
        raise RuleBroken("延期：这件事项没有法定办理期限，不需要延期。", "days")
    left = MAX_EXTENSION - clock.extended_days
    if not 1 <= int(said["days"]) <= left:
        raise RuleBroken(
            f"延长天数：可填 1 至 {left} 天（《信访工作条例》第三十四条，累计不超过 {MAX_EXTENSION} 天）。"
            if left
            else "延长天数：已延满 30 天，不能再延。",
            "days",
        )
    if actor.today > clock.breach_on:
        raise RuleBroken("延期：办理期限已过，不能再延期，请尽快答复。", "days")


def _check_serve(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    served_on = said["served_at"].date()
    if served_on > actor.today:
        raise RuleBroken("签收时间：不能晚于今天，请核对。", "served_at")
    if petition.replied_on and served_on < petition.replied_on:
        raise RuleBroken("签收时间：不能早于答复日期，请核对。", "served_at")


def _check_close(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    from services import cases

    if cases.running(session, petition) is not None:
        raise RuleBroken("办结：有领导包案，请先在结案审查中完成结案。")


CHECKS = {
    "assign": _check_route,
    "forward": _check_route,
    "accept": _check_accept,
    "extend": _check_extend,
    "serve": _check_serve,
    "close": _check_close,
}


def _open_legs(session: Session, actor: Actor, petition: m.Petition, row: Row, said: Mapping[str, Any]) -> None:
    _end_legs(petition, actor.today, row.label)
    for unit_id, is_lead in [(said["unit_id"], True), *((u, False) for u in said.get("assisting_ids") or ())]:
        leg = m.Leg(
            petition=petition,
            kind=row.leg,
            unit_id=unit_id,
            is_lead=is_lead,
            handler_id=said.get("handler_id") if is_lead else None,
            sent_on=actor.today,
            feedback_on=said.get("feedback_on"),
            measures=said.get("measures"),
        )
        session.add(leg)
    petition.unit_id, petition.handler_id = said["unit_id"], said.get("handler_id")
    session.flush()
    session.expire(petition, ["unit"])


def _end_legs(petition: m.Petition, on: date, reason: str) -> None:
    for leg in petition.legs:
        if leg.ended_on is None:
            leg.ended_on, leg.end_reason = on, reason


def _effect_route(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.routed_on = actor.today


def _effect_accept(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.accepted_on = actor.today
    petition.handler_id = said.get("handler_id") or petition.handler_id or actor.user_id
    for leg in petition.legs:
        if leg.ended_on is None and leg.is_lead:
            leg.accepted_on, leg.handler_id = actor.today, petition.handler_id


def _effect_extend(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    clock = next(c for c in clocks.running(petition) if c.term == "handle")
    clocks.extend(session, clock, int(said["days"]))
    row = m.Extension(
        petition_id=petition.id,
        days=int(said["days"]),
        reason=said["reason"],
        approved_by_id=actor.user_id,
        approved_on=actor.today,
    )
    session.add(row)


def _effect_reply(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.replied_on, petition.opinion = actor.today, said["opinion"]


def _effect_serve(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.served_at = said["served_at"]
    row = m.ServiceOfProcess(
        petition_id=petition.id,
        method=said["method"],
        receiver=said["receiver"],
        served_at=said["served_at"],
        served_by_id=actor.user_id,
    )
    session.add(row)


def _effect_close(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.closed_on = actor.today


def _effect_archive(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.archived_on = actor.today


def _effect_reopen(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    """Handling begins again at the same unit; what was replied and closed stays in the history only (H4)."""
    from services import closing

    petition.closed_on = petition.archived_on = None
    petition.replied_on = petition.served_at = petition.opinion = None
    petition.accepted_on = petition.accepted_on or actor.today
    if petition.unit_id is not None:
        again = {"handler_id": petition.handler_id, "sent_on": actor.today, "accepted_on": actor.today}
        session.add(m.Leg(petition=petition, kind=LegKind.ASSIGN, unit_id=petition.unit_id, is_lead=True, **again))
    petition.status = Status.HANDLING
    session.flush()
    closing.follow_reopening(session, actor, petition, said["reason"])


def _effect_void(session: Session, actor: Actor, petition: m.Petition, said: Mapping[str, Any]) -> None:
    petition.voided_on, petition.void_reason = actor.today, said["reason"]


EFFECTS = {
    "assign": _effect_route,
    "forward": _effect_route,
    "accept": _effect_accept,
    "extend": _effect_extend,
    "reply": _effect_reply,
    "serve": _effect_serve,
    "close": _effect_close,
    "archive": _effect_archive,
    "reopen": _effect_reopen,
    "void": _effect_void,
}


def _started_on(actor: Actor, said: Mapping[str, Any]) -> date:
    """A term counts from the day the paper was received when the move says it (Art 35), else from today."""
    served_at = said.get("served_at")
    return served_at.date() if served_at else actor.today


def _paper(
    session: Session, actor: Actor, petition: m.Petition, row: Row, said: Mapping[str, Any]
) -> m.Document | None:
    if row.paper is None:
        return None
    to_unit = row.paper in (DocumentKind.FORWARD, DocumentKind.ASSIGN) and petition.unit
    addressee = petition.unit.name if to_unit and petition.unit else documents.petitioner_names(petition)
    return documents.issue(session, actor, petition, row.paper, said, addressee)


def _record(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    row: Row,
    before: Status,
    said: Mapping[str, Any],
    paper: m.Document | None,
) -> m.Move:
    details = {
        need.name: documents.written(said.get(need.name))
        for need in row.needs
        if said.get(need.name) not in (None, "", [])
    }
    moved = m.Move(
        petition=petition,
        verb=row.verb,
        from_status=before,
        to_status=petition.status,
        moved_on=actor.today,
        moved_at=actor.now,
        by_id=actor.user_id,
        by_name=actor.name,
        unit_name=petition.unit.name if petition.unit else None,
        note=said.get("reason") or said.get("note") or said.get("measures"),
        details=details,
        document=paper,
    )
    session.add(moved)
    session.flush()
    return moved
