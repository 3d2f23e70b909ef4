"""What a move writes on the matter besides its state, clocks, legs and paper: dates, people, rows of their own."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import LegKind, Status
from services import clocks, filing, inspection_finals, recusals

Said = Mapping[str, Any]


def _submit(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.proposed_to_id, petition.endorsed_on = said["leader_id"], None


def _endorse(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.endorsed_on = actor.today


def _route(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.routed_on = actor.today
    if said.get("feedback_on") and not petition.is_carried_over:
        clocks.start_named(
            session, petition, "feedback", said["feedback_on"], clocks.LETTER, actor.today, petition.unit_id
        )


def _back_to_office(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """The matter is the office's again; which unit had it stays in the legs and the history."""
    petition.status = Status.REGISTERED
    petition.unit_id = petition.handler_id = petition.routed_on = petition.accepted_on = None
    petition.closed_on = petition.archived_on = petition.filing = petition.replied_on = None
    clocks.stop(petition, ("feedback",), actor.today)
    session.flush()
    session.expire(petition, ["unit", "handler"])


def _set_date(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """The office names the day anew; the old one stays on the stopped clock (B3, B8)."""
    clocks.stop(petition, ("feedback",), actor.today)
    session.flush()
    clocks.start_named(session, petition, "feedback", said["feedback_on"], clocks.RESET, actor.today, petition.unit_id)
    for leg in petition.legs:
        if leg.ended_on is None and leg.is_lead:
            leg.feedback_on = said["feedback_on"]


def _take_back(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.proposed_to_id = None


def _answer(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.replied_on = petition.closed_on = actor.today


def _ask_filing(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    filing.propose(session, actor, petition, said["filing"], said["reason"])


def _refuse_filing(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    filing.refuse(session, actor, petition, said["reason"])


def _file_away(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    filing.approve(session, actor, petition, said["filing"], said["reason"])
    petition.filing = said["filing"]


def _accept(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.accepted_on = actor.today
    _set_handler(session, petition, said.get("handler_id") or petition.handler_id or actor.user_id)
    for leg in petition.legs:
        if leg.ended_on is None and leg.is_lead:
            leg.accepted_on = actor.today


def _simple(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.is_simple = True
    _accept(session, actor, petition, said)


def _ordinary(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.is_simple = False


def _set_handler(session: Session, petition: m.Petition, handler_id: int | None) -> None:
    petition.handler_id = handler_id
    session.expire(petition, ["handler"])
    for leg in petition.legs:
        if leg.ended_on is None and leg.is_lead:
            leg.handler_id = handler_id


def _step_aside(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """Who withdraws is kept with his reason; somebody else handles it from now on (Art 28(3))."""
    recusals.record(session, actor, petition, recusals.who(session, actor, petition, said), said)
    _set_handler(session, petition, said["handler_id"])
    session.expire(petition, ["handler", "recusals"])


def _hand_on(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """The unit's head withdraws: another unit receives the matter, and the law's clocks begin with its receipt (Art 23)."""
    last = max((leg for leg in petition.legs if leg.is_lead and leg.ended_on is not None), key=lambda leg: leg.id)
    named = said.get("user_id")
    user = session.get_one(m.User, named) if named else recusals.head(session, petition, last.unit_id)
    assert user is not None, "handling_checks asked for him"
    recusals.record(session, actor, petition, user, said)
    petition.accepted_on, petition.is_simple = None, False
    clocks.stop(petition, ("feedback",), actor.today)
    _route(session, actor, petition, said)


def _divert(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.procedure = said["procedure"]
    clocks.stop(petition, ("feedback",), actor.today)
    basis = f"{said['procedure'].label}：{said['basis']}"
    clocks.start_named(
        session, petition, "other_law", said["due_on"], basis, actor.today, petition.unit_id, said["body"]
    )


def _refer_up(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    facts = {name: said[name] for name in ("question", "asked_to", "told")}
    session.add(m.Referral(petition=petition, asked_on=actor.today, **facts))


def _answer_up(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    row = next(row for row in petition.referrals if row.answered_on is None)
    row.answer, row.answered_on = said["answer"], actor.today


def _extend(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    clock = next(c for c in clocks.running(petition) if c.term == "handle")
    clocks.extend(session, clock, int(said["days"]))
    row = m.Extension(
        petition_id=petition.id, days=int(said["days"]), reason=said["reason"],
        approved_by_id=actor.user_id, approved_on=actor.today,
    )  # fmt: skip
    session.add(row)


def _reply(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.replied_on, petition.opinion = actor.today, said["opinion"]
    petition.finding = said.get("finding") or None
    if said.get("rectify"):
        facts = {"text": said["rectify"], "responsible": said["rectify_by"], "due_on": said["rectify_on"]}
        session.add(m.Rectification(petition=petition, **facts))


def _withdraw_reply(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.replied_on = petition.opinion = petition.finding = None


def _simple_reply(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.replied_on, petition.served_at = actor.today, said["served_at"]


def _serve(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.served_at = said["served_at"]
    facts = {name: said[name] for name in ("method", "receiver", "served_at")}
    session.add(m.ServiceOfProcess(petition_id=petition.id, served_by_id=actor.user_id, **facts))


def _rectified(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    for row in petition.rectifications:
        if row.done_on is None:
            row.done_on, row.note = said["done_on"], said["text"]


def _ask_review(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.closed_on = None


def _reviewed(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.served_at = said["served_at"]


def _final(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    _reviewed(session, actor, petition, said)
    inspection_finals.enter(session, actor, petition)


def _hear(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    clock = next((clock for clock in clocks.running(petition) if clock.term == "recheck"), None)
    if clock is not None:
        clocks.pause(session, clock, (said["to_on"] - said["from_on"]).days + 1)


def _rate(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    for name in ("rated_on", "office_rating", "unit_rating", "rated_how"):
        setattr(petition, name, said[name])


def _report_up(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.reported_up_on = said["reported_on"]


def _close(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.closed_on = actor.today


def _archive(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.archived_on = actor.today


def _again(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    """Handling begins again at the same unit; what was replied and closed stays in the history only (H4)."""
    from services import closing, strike_offs

    petition.status = Status.HANDLING
    petition.closed_on = petition.archived_on = None
    petition.replied_on = petition.served_at = petition.opinion = petition.finding = None
    petition.is_simple = False
    petition.accepted_on = petition.accepted_on or actor.today
    if petition.unit_id is not None and not any(leg.is_lead and leg.ended_on is None for leg in petition.legs):
        days = dict.fromkeys(("sent_on", "accepted_on", "returned_on"), actor.today)
        again = {"handler_id": petition.handler_id, **days}
        session.add(m.Leg(petition=petition, kind=LegKind.ASSIGN, unit_id=petition.unit_id, is_lead=True, **again))
    session.flush()
    closing.follow_reopening(session, actor, petition, said.get("reason") or said["text"])
    strike_offs.follow_reopening(session, actor, petition, said.get("reason") or said["text"])


def _void(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    petition.voided_on, petition.void_reason = actor.today, said["reason"]


EFFECTS: dict[str, Callable[[Session, Actor, m.Petition, Said], None]] = {
    "submit": _submit,
    "endorse": _endorse,
    "assign": _route,
    "forward": _route,
    "set_date": _set_date,
    "take_back": _take_back,
    "answer": _answer,
    "ask_filing": _ask_filing,
    "refuse_filing": _refuse_filing,
    "file_away": _file_away,
    "take_out": _back_to_office,
    "recall": _back_to_office,
    "agree_return": _back_to_office,
    "accept": _accept,
    "simple": _simple,
    "ordinary": _ordinary,
    "divert": _divert,
    "step_aside": _step_aside,
    "hand_on": _hand_on,
    "refer_up": _refer_up,
    "answer_up": _answer_up,
    "extend": _extend,
    "reply": _reply,
    "withdraw_reply": _withdraw_reply,
    "simple_reply": _simple_reply,
    "serve": _serve,
    "rectified": _rectified,
    "ask_review": _ask_review,
    "uphold": _reviewed,
    "annul": _again,
    "ask_recheck": _ask_review,
    "hear": _hear,
    "recheck_uphold": _final,
    "recheck_annul": _again,
    "rate": _rate,
    "report_up": _report_up,
    "close": _close,
    "archive": _archive,
    "reopen": _again,
    "void": _void,
}
"""Verb → what it writes; a verb without a row here only moves."""
