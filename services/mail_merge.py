"""Mail merge (成批出文书): the office's own letters, one a matter, through the same moves as by hand; the rest says why not (B-papers)."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

import models as m
from rules import moves
from rules.access import OFFICE, Actor
from rules.job_words import LineState
from rules.move_row import Need, Row
from rules.words import RuleBroken
from services import audit, documents, filing, gate, handling

log = logging.getLogger("desk.jobs")
MOST = 2_000
"""Matters of one mail merge."""
HAS_FORM = "已经有登记表，请在事项的“文书和附件”里打开。"
FORM, FORM_LABEL, FORM_HELP = "form", "来访、来信登记表", "制发登记表"
MERGED = ("forward", "assign", "agree_return", "guide", "no_more", "close", "archive")
"""Moves of the office whose paper says the same to many: the rest is about one matter alone."""


@dataclass(frozen=True)
class Letter:
    """One kind of letter: the move that issues it, or None for the registration form; what it is told."""

    key: str
    label: str
    help: str
    needs: tuple[Need, ...]
    row: Row | None


def _of_row(row: Row) -> Letter:
    assert row.paper is not None
    return Letter(row.verb, row.paper.label, row.label, row.needs, row)


LETTERS: dict[str, Letter] = {
    row.verb: _of_row(row) for verb in MERGED for row in moves.ROWS if row.verb == verb and row.who & OFFICE
} | {FORM: Letter(FORM, FORM_LABEL, FORM_HELP, (), None)}
"""What may be issued in numbers, by key."""


def letter_of(key: str) -> Letter:
    """The letter; NotHere when there is none of that key."""
    if key not in LETTERS:
        raise gate.NotHere("没有这种文书。")
    return LETTERS[key]


def reasons(session: Session, actor: Actor, letter: Letter, matters: Iterable[m.Petition]) -> dict[int, str]:
    """Matter's id → why it cannot get the letter now, '' when it can: asked before, for the list to choose from."""
    if letter.row is None:
        had = documents.registration_forms(session, actor)
        return {petition.id: HAS_FORM if petition.id in had else "" for petition in matters}
    waiting = set(session.scalars(filing.waiting(actor).order_by(None).with_only_columns(m.Filing.petition_id)))
    return {petition.id: _why_not(actor, letter, petition, waiting) for petition in matters}


def _why_not(actor: Actor, letter: Letter, petition: m.Petition, waiting: Collection[int]) -> str:
    """A guarded matter, and one somebody asked to file, is decided on by itself: a list is no place for either."""
    if petition.is_guarded:
        return "检举控告和要求保密的事项不成批办理，请在事项页上逐件办理。"
    if petition.id in waiting:
        return "有人拟存信，正等待批准，请先在事项页上批准或不同意。"
    try:
        handling.row_for(actor, petition, letter.key)
    except RuleBroken as no:
        return no.message
    return ""


def make(session: Session, actor: Actor, letter: Letter, said: Mapping[str, Any], petition_ids: Iterable[int]) -> m.Job:
    """Queue a mail merge over matters the actor may see, numbered in this order. Raises RuleBroken for none or too many."""
    gate.allow(actor, "job.make")
    asked = list(dict.fromkeys(petition_ids))
    if len(asked) > MOST:
        raise RuleBroken(f"成批出文书：一次最多 {MOST} 件，现在选了 {len(asked)} 件，请缩小范围。", "ids")
    seen = set(
        session.scalars(gate.rows(actor, m.Petition).where(m.Petition.id.in_(asked)).with_only_columns(m.Petition.id))
    )
    chosen = [petition_id for petition_id in asked if petition_id in seen]
    if not chosen:
        raise RuleBroken("成批出文书：请至少选一件事项。", "ids")
    job = m.Job(
        letter=letter.key, said=packed(letter, said), total=len(chosen), by_id=actor.user_id, made_on=actor.today
    )
    job.lines = [m.JobLine(position=n, petition_id=petition_id) for n, petition_id in enumerate(chosen, start=1)]
    session.add(job)
    session.flush()
    audit.record(
        session, actor, "mail_merge", table="job", row_id=job.id, details={"letter": letter.key, "total": len(chosen)}
    )
    return job


def packed(letter: Letter, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the letter is told, as JSON."""
    found = {}
    for need in letter.needs:
        value = said.get(need.name)
        if value not in (None, "", []):
            found[need.name] = value.isoformat() if isinstance(value, date) else value
    return found


def unpacked(letter: Letter, said: Mapping[str, Any]) -> dict[str, Any]:
    """The same again as the move wants it."""
    found = dict(said)
    for need in letter.needs:
        value = found.get(need.name)
        if value is None:
            continue
        if need.kind == "date":
            found[need.name] = date.fromisoformat(value)
        elif need.kind == "datetime":
            found[need.name] = datetime.fromisoformat(value)
        elif need.kind == "choice" and need.choices is not None:
            found[need.name] = need.choices(value)
    return found


def do_line(session: Session, actor: Actor, line: m.JobLine, letter: Letter, said: Mapping[str, Any]) -> None:
    """Issue one letter, or write down why not; a refused one takes no number. Only a lost database raises."""
    line_id = line.id
    try:
        with session.begin_nested():
            document = _issue(session, actor, line.petition_id, letter, said)
            line.document_id, line.state = document.id, LineState.DONE
        return
    except RuleBroken as no:
        message = no.message
    except StaleDataError:
        message = "这件事项刚被别人改动，请再试。"
    except sa.exc.OperationalError:
        raise
    except Exception:
        log.exception("mail merge: line %s", line_id)
        message = "出现意外错误，请联系系统管理员查看日志。"
    line.state, line.message = LineState.FAILED, message[:300]
    session.flush()


def _issue(session: Session, actor: Actor, petition_id: int, letter: Letter, said: Mapping[str, Any]) -> m.Document:
    petition = gate.find(session, actor, m.Petition, petition_id)
    if letter.row is None:
        return documents.issue_form(session, actor, petition)
    if why := reasons(session, actor, letter, [petition])[petition.id]:
        raise RuleBroken(why)
    moved = handling.move(session, actor, petition, letter.key, said)
    session.flush()
    paper: m.Document | None = moved.document
    assert paper is not None
    return paper


def issued(session: Session, actor: Actor, job: m.Job) -> list[m.Document]:
    """The letters of a job that this actor may see, in the order of their numbers."""
    line = m.JobLine
    ids = sa.select(line.document_id).where(line.job_id == job.id, line.document_id.is_not(None))
    found = gate.rows(actor, m.Document).where(m.Document.id.in_(ids)).order_by(m.Document.id)
    return list(session.scalars(found.options(sa.orm.undefer(m.Document.docx))))
