"""Promises of an agreement (承诺事项): registered with unit and date, due, kept with evidence, broken when past (H3, H4)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import UNIT_STAFF, Actor
from rules.words import PaperKind, RuleBroken
from services import attachments, cases, closing, closing_content, excluded, gate, signatures

LOADED = (
    joinedload(m.Promise.unit),
    joinedload(m.Promise.attachment),
    joinedload(m.Promise.closing_file).joinedload(m.ClosingFile.petition).joinedload(m.Petition.unit),
    joinedload(m.Promise.closing_file).joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
    joinedload(m.Promise.closing_file).joinedload(m.ClosingFile.case).joinedload(m.Case.leader),
)


def add(
    session: Session, actor: Actor, file: m.ClosingFile, text: str, due_on: date, unit_id: int | None = None
) -> m.Promise:
    """A promise of the agreement with its date. `unit_id`: who owes it, the case's responsible unit unless named."""
    closing.check_working(actor, file)
    if file.paper is not PaperKind.AGREEMENT:
        raise RuleBroken("承诺事项：只有息访协议才有承诺事项，请先登记息访协议。", "text")
    if not text.strip():
        raise RuleBroken("承诺事项：请填写。", "text")
    if due_on < file.petition.registered_on:
        raise RuleBroken(f"兑现期限：不能早于登记日期 {file.petition.registered_on}，请核对。", "due_on")
    if unit_id is not None:
        _check_unit(session, file, unit_id)
    promise = m.Promise(closing_file=file, text=text.strip(), due_on=due_on, unit_id=unit_id)
    session.add(promise)
    session.flush()
    signatures.void_changed(session, actor, file)
    return promise


def _check_unit(session: Session, file: m.ClosingFile, unit_id: int) -> None:
    unit = session.get(m.Unit, unit_id)
    if unit is None or not unit.is_active:
        raise RuleBroken("兑现单位：没有这个单位，请重新选择。", "unit_id")
    if unit_id in excluded.units(session, file.petition):
        raise RuleBroken("兑现单位：该单位应当回避，请选别的单位。", "unit_id")


def may_keep(actor: Actor, promise: m.Promise) -> bool:
    """The case's own people, the office, and the staff of the unit that owes it."""
    if cases.is_concerned(actor, promise.closing_file.case):
        return True
    return actor.role in UNIT_STAFF and promise.unit_id is not None and promise.unit_id in actor.unit_ids


def sees_matter(session: Session, actor: Actor, promise: m.Promise) -> bool:
    """May the actor open the matter too? A unit that only owes the promise may not."""
    return (
        gate.count(session, gate.rows(actor, m.ClosingFile).where(m.ClosingFile.id == promise.closing_file_id), 1) > 0
    )


def keep(
    session: Session,
    actor: Actor,
    promise: m.Promise,
    kept_on: date,
    evidence: str,
    scan: tuple[str, BinaryIO, Path] | None = None,
) -> m.Promise:
    """The promise was kept: when, and what shows it. Tracked after closing too, so the file may be closed already.

    `scan`: name, stream and folder of the evidence as a file; it is kept with the matter.
    """
    if not may_keep(actor, promise):
        raise gate.Forbidden("只有包案领导、责任单位和信访办可以登记承诺事项的兑现。")
    if promise.kept_on is not None:
        raise RuleBroken("这项承诺已经记为兑现，不需要再记。")
    if kept_on > actor.today:
        raise RuleBroken("兑现日期：不能晚于今天，请核对。", "kept_on")
    if kept_on < promise.closing_file.petition.registered_on:
        raise RuleBroken("兑现日期：不能早于登记日期，请核对。", "kept_on")
    if not evidence.strip():
        raise RuleBroken("凭证：请写明凭什么认定已经兑现。", "evidence")
    if scan is not None:
        name, stream, folder = scan
        petition = promise.closing_file.petition
        promise.attachment = attachments.add(session, actor, petition, name, stream, folder, "promise")
    promise.kept_on, promise.evidence, promise.kept_by_id = kept_on, evidence.strip(), actor.user_id
    session.flush()
    return promise


def is_broken(promise: m.Promise, today: date) -> bool:
    """A promise whose day has passed and nobody has shown to be kept: a reason to reopen (H4)."""
    return promise.kept_on is None and promise.due_on < today


def offers_reopening(promise: m.Promise, today: date) -> bool:
    """True when a broken promise belongs to a closed file."""
    return is_broken(promise, today) and promise.closing_file.status not in closing_content.WORKING


def is_open(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Narrow a statement to promises still to be kept; those of a case handed over go with its file."""
    return statement.where(m.Promise.kept_on.is_(None))


def is_late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Narrow a statement to broken promises."""
    return is_open(statement, actor).where(m.Promise.due_on < actor.today)


def due(session: Session, actor: Actor, until: date) -> Iterator[m.Promise]:
    """Open promises due on or before `until` that the actor may see, the earliest first."""
    rows = is_open(gate.rows(actor, m.Promise), actor).where(m.Promise.due_on <= until)
    yield from session.scalars(rows.options(*LOADED).order_by(m.Promise.due_on, m.Promise.id))
