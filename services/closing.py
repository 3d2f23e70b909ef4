"""The closing file (结案卷): opened, filled, closed, reopened (H1–H4). Signatures are services.signatures."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.aftercare import Occasion
from rules.words import CaseStatus, ClosingStatus, Role, RuleBroken
from services import (
    cases,
    closing_content,
    closing_templates,
    gate,
    handling,
    inspection_reviews,
    return_visits,
    signatures,
)

NOT_YET = "还不能结案：{}。"
HANDED_OVER = "包案已移交，须重新签字"
WITHDRAWN = "包案领导回避，须重新签字"


def find(session: Session, case: m.Case) -> m.ClosingFile | None:
    """The case's closing file, if it was opened."""
    statement = sa.select(m.ClosingFile).where(m.ClosingFile.case_id == case.id)
    return session.scalars(statement.execution_options(gated=True)).one_or_none()


def open_file(session: Session, actor: Actor, case: m.Case) -> m.ClosingFile:
    """Open the file with its campaign's or the office's template; visits already made are its material. Opening twice is once."""
    cases.check_writer(actor, case)
    there = find(session, case)
    if there is not None:
        return there
    edition = closing_templates.for_matter(session, actor, case.petition)
    file = m.ClosingFile(case=case, petition=case.petition, edition=edition)
    file.template, file.template_edition = edition.template.name, edition.edition
    session.add(file)
    closing_templates.fill(session, file, edition)
    return_visits.gather(session, file)
    return file


def check_working(actor: Actor, file: m.ClosingFile) -> None:
    """Raises RuleBroken for a closed file, Forbidden for anybody who may not write its case."""
    if file.status not in closing_content.WORKING:
        raise RuleBroken("已经结案，结案卷不能再修改；需要补充的，请先重新办理。")
    cases.check_writer(actor, file.case)


def write_report(session: Session, actor: Actor, file: m.ClosingFile, report: str) -> m.ClosingFile:
    """The investigation report (查办报告) that the three will sign; a changed one voids what was signed."""
    check_working(actor, file)
    file.report = report.strip() or None
    session.flush()
    signatures.void_changed(session, actor, file)
    return file


def close(session: Session, actor: Actor, file: m.ClosingFile, note: str = "") -> m.ClosingFile:
    """Close case and matter together. Raises RuleBroken with everything that is missing, in words (H1)."""
    gate.allow(actor, "closing_file.close")
    if file.status not in closing_content.WORKING:
        raise RuleBroken("已经结案，不需要再结。")
    reading = closing_content.read(session, file, actor.today)
    signatures.void_stale(session, actor, reading)
    if reading.missing:
        raise RuleBroken(NOT_YET.format("；".join(reading.missing)))
    inspection_reviews.check_before_closing(session, actor, reading)
    file.case.status, file.case.ended_on, file.case.end_reason = CaseStatus.CLOSED, actor.today, "结案"
    file.status, file.closed_on = ClosingStatus.CLOSED, actor.today
    session.flush()
    said = {"note": note.strip() or f"领导包案已结案（{file.case.number}），查办报告和签字见结案审查表。"}
    handling.move(session, actor, file.petition, "close", said)
    return_visits.drop_to_come(session, file.petition, Occasion.OPEN, "已办结，按办结后的回访安排")
    return_visits.schedule_after(session, actor, file.petition)
    return file


def reopen(session: Session, actor: Actor, file: m.ClosingFile, reason: str) -> m.ClosingFile:
    """Take a closed case up again: the signatures are void, the same leader carries on, the matter is handled anew (H4)."""
    gate.allow(actor, "closing_file.reopen")
    if file.status is not ClosingStatus.CLOSED:
        raise RuleBroken("还没有结案，不需要重新办理。")
    if not reason.strip():
        raise RuleBroken("理由：请填写。", "reason")
    handling.move(session, actor, file.petition, "reopen", {"reason": reason.strip()})
    return file


def follow_reopening(session: Session, actor: Actor, petition: m.Petition, reason: str) -> None:
    """The matter went back to handling, by whichever door: its last closing file and case follow."""
    file = closing_content.closed_file(session, petition)
    if file is None:
        return
    file.status, file.closed_on = ClosingStatus.REOPENED, None
    file.reopened_on, file.reopen_reason = actor.today, reason[:300]
    file.case.status, file.case.ended_on, file.case.end_reason = CaseStatus.RUNNING, None, None
    session.flush()
    signatures.void_all(session, actor, file, f"重新办理：{reason}")


def take_over(session: Session, actor: Actor, case: m.Case) -> None:
    """A file begun under an earlier leader goes to this case; what was signed under him is void."""
    file = closing_content.working_file(session, case.petition)
    if file is not None:
        file.case = case
        session.flush()
        signatures.void_all(session, actor, file, HANDED_OVER)


def follow_withdrawal(session: Session, actor: Actor, case: m.Case) -> None:
    """The case's leader withdrew (回避): what was signed under him is void."""
    file = find(session, case)
    if file is not None:
        signatures.void_all(session, actor, file, WITHDRAWN)


def waiting_for(session: Session, actor: Actor) -> list[m.ClosingFile]:
    """Files that wait for this actor's signature now, oldest first."""
    if not access.may(actor, "closing_file.sign"):
        return []
    statement = (
        gate.rows(actor, m.ClosingFile)
        .join(m.Case, m.ClosingFile.case_id == m.Case.id)
        .join(m.Petition, m.ClosingFile.petition_id == m.Petition.id)
        .where(m.ClosingFile.status.in_(closing_content.WORKING), _maybe_mine(actor))
        .options(*closing_content.LOADED)
        .order_by(m.ClosingFile.id)
    )
    readings = closing_content.read_all(session, list(session.scalars(statement).unique()), actor.today)
    return [r.file for r in readings if r.turn is not None and r.turn in signatures.own_roles(actor, r.file)]


def _maybe_mine(actor: Actor) -> sa.ColumnElement[bool]:
    """Narrows to files in which this person could be a signer at all; own_roles decides."""
    mine = sa.or_(m.Petition.handler_id == actor.user_id, m.Case.responsible_id == actor.user_id)
    if actor.leader_id is not None:
        mine = sa.or_(mine, m.Case.leader_id == actor.leader_id)
    if actor.role is Role.UNIT_HEAD:
        mine = sa.or_(mine, m.Case.unit_id == actor.unit_id, m.Petition.unit_id == actor.unit_id)
    return mine
