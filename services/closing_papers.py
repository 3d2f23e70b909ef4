"""The petitioner's side (H3): a pledge, an agreement with promises, or none and why. Nobody is made to sign."""

from datetime import date

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import PaperKind, RuleBroken
from services import cases, closing, gate, signatures


def record_paper(session: Session, actor: Actor, file: m.ClosingFile, paper: PaperKind, reason: str) -> m.ClosingFile:
    """Record which of the two papers was signed, or that none was and why. None of them is ever demanded."""
    closing.check_working(actor, file)
    if paper is PaperKind.NONE and not reason.strip():
        raise RuleBroken("说明：没有签订的，请写明原因；不要求必须签订。", "paper_reason")
    if paper is not PaperKind.AGREEMENT and file.promises:
        raise RuleBroken("信访人文书：已登记承诺事项，只有息访协议才有承诺事项，不能改为别的文书。", "paper")
    file.paper, file.paper_reason = paper, reason.strip() or None
    session.flush()
    signatures.void_changed(session, actor, file)
    return file


def add_promise(session: Session, actor: Actor, file: m.ClosingFile, text: str, due_on: date) -> m.Promise:
    """A promise of the agreement (承诺事项) with its date."""
    closing.check_working(actor, file)
    if file.paper is not PaperKind.AGREEMENT:
        raise RuleBroken("承诺事项：只有息访协议才有承诺事项，请先登记息访协议。", "text")
    if not text.strip():
        raise RuleBroken("承诺事项：请填写。", "text")
    promise = m.Promise(closing_file=file, text=text.strip(), due_on=due_on)
    session.add(promise)
    session.flush()
    signatures.void_changed(session, actor, file)
    return promise


def keep_promise(session: Session, actor: Actor, promise: m.Promise, kept_on: date, evidence: str) -> m.Promise:
    """The promise was kept: when, and what shows it. Tracked after closing too, so the file may be closed already."""
    if not cases.is_concerned(actor, promise.closing_file.case):
        raise gate.Forbidden("只有包案领导、责任单位和信访办可以登记承诺事项的兑现。")
    if promise.kept_on is not None:
        raise RuleBroken("这项承诺已经记为兑现，不需要再记。")
    if kept_on > actor.today:
        raise RuleBroken("兑现日期：不能晚于今天，请核对。", "kept_on")
    if not evidence.strip():
        raise RuleBroken("凭证：请写明凭什么认定已经兑现。", "evidence")
    promise.kept_on, promise.evidence = kept_on, evidence.strip()
    session.flush()
    return promise


def is_broken(promise: m.Promise, today: date) -> bool:
    """A promise whose day has passed and nobody has shown to be kept: a reason to reopen (H4)."""
    return promise.kept_on is None and promise.due_on < today
