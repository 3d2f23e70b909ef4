"""What a move may not do although the table allows it: the law's conditions on dates, papers and answers (B1–B7, §3)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.gathered import Gathered
from rules.handling_words import Finding
from rules.move_row import Need, Row
from rules.words import Purpose, RuleBroken, Satisfaction
from services import (
    clocks,
    filing,
)
from services.routing_checks import Said, assign, hand_on, own_handler, route, simple, step_aside, submit

MAX_EXTENSION = 30
"""Natural days an extension may add in all (Art 34)."""


def refuse(session: Session, actor: Actor, petition: m.Petition, row: Row, said: Said) -> None:
    """Raise all that is wrong with what a move was told: its fields, then the verb's own conditions (Gathered)."""
    gathered = Gathered(problems(row, actor, petition, said))
    if row.verb in CHECKS and not any(_is_missing(need, said) for need in row.needs):
        with gathered.going_on():
            CHECKS[row.verb](session, actor, petition, said)
    gathered.refuse()


def _is_missing(need: Need, said: Said) -> bool:
    value = said.get(need.name)
    return need.required and (value is None or (isinstance(value, str) and not value.strip()))


def problems(row: Row, actor: Actor, petition: m.Petition, said: Said) -> Iterator[RuleBroken]:
    """Everything the row asks for is there, and what has happened did not happen in the future or before the matter."""
    for need in row.needs:
        value = said.get(need.name)
        if _is_missing(need, said):
            yield RuleBroken(f"{need.label}：请填写。", need.name)
            continue
        if need.kind == "date" and not need.past and value and value > actor.today + FARTHEST:
            yield RuleBroken(f"{need.label}：在三年以后，请核对年份。", need.name)
        if need.past and value:
            day = value.date() if isinstance(value, datetime) else value
            first, what = earliest(petition, need.since)
            if day > actor.today:
                yield RuleBroken(f"{need.label}：不能晚于今天，请核对。", need.name)
            elif isinstance(value, datetime) and value > actor.now:
                yield RuleBroken(f"{need.label}：不能晚于现在，请核对。", need.name)
            elif day < first:
                yield RuleBroken(f"{need.label}：不能早于{what} {first}，请核对。", need.name)
    if isinstance(said.get("finding"), Finding):
        yield from _lacking(said)


FARTHEST = timedelta(days=3 * 366)
"""No letter names a day farther off: it is a slip of the year."""
SINCE = {"accepted_on": "受理日期", "replied_on": "答复日期", "registered_on": "登记日期"}
"""The dates of a matter that what a move tells of may not precede."""


def earliest(petition: m.Petition, since: str) -> tuple[date, str]:
    """The first day a move may tell of, and what happened then; a matter carried over may lack it."""
    found = getattr(petition, since)
    return (found, SINCE[since]) if found else (petition.registered_on, SINCE["registered_on"])


def extension_days(petition: m.Petition, days: int, today: date) -> m.Clock:
    """The clock an extension of `days` may be added to. Raises RuleBroken (field days) when the law does not allow it."""
    clock = next((c for c in clocks.running(petition) if c.term == "handle"), None)
    if clock is None:
        raise RuleBroken("延期：这件事项没有法定办理期限，不需要延期。", "days")
    left = MAX_EXTENSION - clock.extended_days
    if not 1 <= days <= left:
        raise RuleBroken(
            f"延长天数：可填 1 至 {left} 天（《信访工作条例》第三十四条，累计不超过 {MAX_EXTENSION} 天）。"
            if left
            else "延长天数：已延满 30 天，不能再延。",
            "days",
        )
    if today > clock.breach_on:
        raise RuleBroken("延期：办理期限已过，不能再延期，请尽快答复。", "days")
    return clock


def extension_asked(petition: m.Petition) -> m.Move | None:
    """The handler's request (申请延期) nobody has answered by an extension yet."""
    last = next((move for move in reversed(petition.moves) if move.verb in ("ask_extension", "extend")), None)
    return last if last is not None and last.verb == "ask_extension" else None


def _extend(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    extension_days(petition, int(said["days"]), actor.today)


def _set_date(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    if said["feedback_on"] < actor.today:
        raise RuleBroken("反馈期限：不能早于今天，请改为以后的日期。", "feedback_on")
    if said["feedback_on"] > actor.today + timedelta(days=366):
        raise RuleBroken("反馈期限：在一年以后，请核对年份。", "feedback_on")


def _divert(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    if said["due_on"] < actor.today:
        raise RuleBroken("该程序的期限：不能早于今天，请核对。", "due_on")


PUT_RIGHT = (("rectify", "整改内容"), ("rectify_by", "整改责任人"), ("rectify_on", "整改期限"))
FOLLOWS: dict[Finding, tuple[tuple[str, str], ...]] = {
    Finding.TRUE: PUT_RIGHT,
    Finding.PARTLY: PUT_RIGHT,
    Finding.FALSE: (("shown", "向信访人出示的证据"),),
}
"""What each finding asks for besides the reply (B7)."""


def _lacking(said: Said) -> Iterator[RuleBroken]:
    """属实 asks for what is put right, by whom and when; 不属实 for the evidence shown (B7)."""
    finding: Finding = said["finding"]
    for name, label in FOLLOWS[finding]:
        if not said.get(name):
            yield RuleBroken(f"{label}：查核结论为“{finding.label}”的要填写。", name)


def _reply(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    put_right_on = said.get("rectify_on")
    if said.get("finding") in (Finding.TRUE, Finding.PARTLY) and put_right_on and put_right_on < actor.today:
        raise RuleBroken("整改期限：不能早于今天，请核对。", "rectify_on")


def _serve(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    if petition.replied_on and said["served_at"].date() < petition.replied_on:
        raise RuleBroken("签收时间：不能早于答复日期，请核对。", "served_at")


def _told(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    if petition.accepted_on and said["served_at"].date() < petition.accepted_on:
        raise RuleBroken("告知时间：不能早于受理日期，请核对。", "served_at")


def _window(term: str, what: str, until: str) -> Callable[..., None]:
    """The petitioner asked within his window: not before the paper reached him, not after its last day (Art 35, 36)."""

    def check(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
        if petition.is_carried_over:
            return
        window = next((clock for clock in clocks.running(petition) if clock.term == term), None)
        if window is None:
            raise RuleBroken(f"{what}：没有可以申请的{until}，请核对送达情况。", "asked_on")
        if said["asked_on"] < window.started_on:
            raise RuleBroken(f"申请日期：不能早于送达日期 {window.started_on}，请核对。", "asked_on")
        if said["asked_on"] > window.breach_on:
            raise RuleBroken(
                f"申请日期：申请期限到 {window.breach_on} 为止，已经逾期；再来信来访请登记后按“不再受理”答复。",
                "asked_on",
            )

    return check


def _decided(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    asked = [clock.started_on for clock in clocks.running(petition) if clock.term in ("review", "recheck")]
    if asked and said["served_at"].date() < max(asked):
        raise RuleBroken("送达时间：不能早于申请日期，请核对。", "served_at")


def _hear(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    if said["to_on"] < said["from_on"]:
        raise RuleBroken("听证结束：不能早于听证开始，请核对。", "to_on")
    clock = next((clock for clock in clocks.running(petition) if clock.term == "recheck"), None)
    if clock is not None and said["from_on"] < clock.started_on:
        raise RuleBroken("听证开始：不能早于申请复核的日期，请核对。", "from_on")


def _close(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    from services import cases

    if cases.running(session, petition) is not None:
        raise RuleBroken("办结：有领导包案，请先在结案审查中完成结案。")


def _answer(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    if petition.purpose == Purpose.REPORT:
        raise RuleBroken("当场答复：检举控告不能当场答复，请转送有权机关。")
    _close(session, actor, petition, said)


def _file_away(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    filing.check(session, actor, petition)


def _rate(session: Session, actor: Actor, petition: m.Petition, said: Said) -> None:
    since = petition.served_at.date() if petition.served_at else petition.closed_on
    if since and said["rated_on"] < since:
        raise RuleBroken(f"评价日期：不能早于送达日期 {since}，请核对。", "rated_on")
    if said["office_rating"] == said["unit_rating"] == Satisfaction.NONE:
        raise RuleBroken("评价：对信访部门和责任单位都没有表态，不算评价，请不要登记。", "office_rating")


CHECKS: dict[str, Callable[[Session, Actor, m.Petition, Said], None]] = {
    "submit": submit,
    "assign": assign,
    "forward": route,
    "answer": _answer,
    "file_away": _file_away,
    "accept": own_handler,
    "simple": simple,
    "set_date": _set_date,
    "divert": _divert,
    "step_aside": step_aside,
    "hand_on": hand_on,
    "ask_extension": _extend,
    "extend": _extend,
    "simple_reply": _told,
    "reply": _reply,
    "serve": _serve,
    "ask_review": _window("review_request", "申请复查", "处理意见"),
    "uphold": _decided,
    "ask_recheck": _window("recheck_request", "申请复核", "复查意见"),
    "hear": _hear,
    "recheck_uphold": _decided,
    "close": _close,
    "rate": _rate,
}
"""Verb → its conditions; a verb without a row here has none but the table's."""
