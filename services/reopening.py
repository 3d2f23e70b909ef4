"""A closed case taken up again with one click, after a dissatisfied return visit or a broken promise; the reason is kept (H4)."""

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import closing, gate, handling, promises, return_visits


def reopen_for_visit(session: Session, actor: Actor, visit: m.ReturnVisit) -> m.Petition:
    """One click after a dissatisfied visit: the reason is what the petitioner said (H4).

    Raises RuleBroken for a visit that was not dissatisfied.
    """
    gate.allow(actor, "closing_file.reopen")
    if not return_visits.offers_reopening(visit):
        raise RuleBroken("只有办结后回访不满意的，才从回访重新办理。")
    said = f"：“{visit.words}”" if visit.words else "。"
    how = visit.method.label if visit.method is not None else ""
    reason = f"{visit.made_on} {how}回访，信访人不满意{said}"
    handling.move(session, actor, visit.petition, "reopen", {"reason": reason[:300]})
    return visit.petition


def reopen_for_promise(session: Session, actor: Actor, promise: m.Promise) -> m.ClosingFile:
    """One click after a promise was broken: the reason is the promise (H4).

    Raises RuleBroken when it was kept or is not due.
    """
    gate.allow(actor, "closing_file.reopen")
    if promise.kept_on is not None:
        raise RuleBroken(f"承诺事项已于 {promise.kept_on} 兑现，不需要重新办理。")
    if not promises.is_broken(promise, actor.today):
        raise RuleBroken(f"承诺事项 {promise.due_on} 才到期，现在不需要重新办理。")
    reason = f"承诺事项“{promise.text}”{promise.due_on} 到期没有兑现。"
    return closing.reopen(session, actor, promise.closing_file, reason[:300])
