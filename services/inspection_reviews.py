"""The office's first review (初审, H5): a closing file passed, or returned to its handler with what is to be mended by when."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules import closing as closing_rule
from rules.access import Actor
from rules.inspection_words import FirstResult, Weight
from rules.words import RuleBroken
from services import cases, closing_content, gate, inspection, settings, signatures
from services.closing_content import Reading

INCOMPLETE = "初审：结案清单还没有齐全，不能通过：{}。请补齐后再审，或者退回补正。"
WHY_PASSED = "初审意见：案卷检查还有应补正的问题，通过的请写明理由：{}。"
STRICT = "通过后才能结案"
"""The setting that closes no file which was not passed."""


def last(session: Session, file: m.ClosingFile) -> m.FirstReview | None:
    """The file's newest review."""
    found = sa.select(m.FirstReview).where(m.FirstReview.closing_file_id == file.id).order_by(m.FirstReview.id.desc())
    return session.scalars(found.limit(1).execution_options(gated=True)).first()


def of(session: Session, file: m.ClosingFile) -> list[m.FirstReview]:
    """All reviews of a file, the newest first."""
    found = sa.select(m.FirstReview).where(m.FirstReview.closing_file_id == file.id).order_by(m.FirstReview.id.desc())
    options = joinedload(m.FirstReview.by), joinedload(m.FirstReview.mended_by)
    return list(session.scalars(found.options(*options).execution_options(gated=True)))


def passes(session: Session, actor: Actor, file: m.ClosingFile, note: str = "") -> m.FirstReview:
    """The file was looked through and may go on; faults to be mended are passed over with a reason, and kept in words.

    Raises RuleBroken while the checklist lacks something or a fault stops the signing, and for faults without a reason.
    """
    reading = _check(session, actor, file)
    if stands(last(session, file), reading):
        raise RuleBroken("初审：案卷现在的内容已经通过，不用再审。")
    lacking = closing_rule.checklist_missing(reading.facts)
    if lacking:
        raise RuleBroken(INCOMPLETE.format("；".join(lacking)))
    inspection.check_before_signing(session, actor, file)
    over = standing_faults(session, actor, file)
    if over and not note.strip():
        raise RuleBroken(WHY_PASSED.format("；".join(over)), "note")
    row = m.FirstReview(
        closing_file=file, petition=file.petition, result=FirstResult.PASSED, reason=note.strip() or None,
        passed_over="\n".join(over) or None, digest=reading.digest, reviewed_on=actor.today, by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def standing_faults(session: Session, actor: Actor, file: m.ClosingFile) -> list[str]:
    """What is to be mended in the file now, in words; hints are none."""
    found = inspection.before_signing(session, actor, file)
    return [f"{one.fault.label}：{one.text}" for one in found if one.weight is Weight.FAULT]


def returns(session: Session, actor: Actor, file: m.ClosingFile, reason: str, mend_by: date) -> m.FirstReview:
    """Send the file back to its handler with the faults and a day. Raises RuleBroken naming the field."""
    reading = _check(session, actor, file)
    if not reason.strip():
        raise RuleBroken("退回理由：请写明哪里不符合、怎样补正。", "reason")
    if mend_by < actor.today:
        raise RuleBroken("补正期限：不能早于今天，请改为以后的日期。", "mend_by")
    open_one = last(session, file)
    if open_one is not None and is_open(open_one):
        raise RuleBroken("已经退回，正等承办人补正，不用再退。")
    row = m.FirstReview(
        closing_file=file, petition=file.petition, result=FirstResult.RETURNED, reason=reason.strip(),
        digest=reading.digest, reviewed_on=actor.today, by_id=actor.user_id, mend_by=mend_by,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _check(session: Session, actor: Actor, file: m.ClosingFile) -> Reading:
    gate.allow(actor, "first_review.make")
    if file.status not in closing_content.WORKING:
        raise RuleBroken("已经结案，不能再初审；发现问题的请评查或重新办理。")
    if actor.user_id is not None and actor.user_id in handlers(file):
        raise gate.Forbidden("承办人不能初审自己办的案卷。")
    return closing_content.read(session, file, actor.today)


def handlers(file: m.ClosingFile) -> frozenset[int]:
    """Accounts that handled the case: they do not judge it."""
    own = {file.petition.handler_id, file.case.responsible_id, signatures.handler_id(file)}
    return frozenset(one for one in own if one is not None)


def is_open(row: m.FirstReview) -> bool:
    """Returned and not mended yet."""
    return row.result is FirstResult.RETURNED and row.mended_on is None


def may_mend(actor: Actor, row: m.FirstReview) -> bool:
    """The office, and the unit that has the case."""
    return access.may(actor, "first_review.mend") and cases.is_concerned(actor, row.closing_file.case)


def mend(session: Session, actor: Actor, row: m.FirstReview, note: str) -> m.FirstReview:
    """The handler says what was mended; the office looks again. Raises RuleBroken, Forbidden for other units."""
    gate.allow(actor, "first_review.mend")
    if not may_mend(actor, row):
        raise gate.Forbidden("只有责任单位和信访办可以登记这件案卷的补正。")
    if not is_open(row):
        raise RuleBroken("这次初审没有等待补正的问题，请刷新后再看。")
    if not note.strip():
        raise RuleBroken("补正情况：请逐条写明怎样补正。", "mend_note")
    row.mended_on, row.mend_note, row.mended_by_id = actor.today, note.strip(), actor.user_id
    session.flush()
    return row


def stands(row: m.FirstReview | None, reading: Reading) -> bool:
    """Was exactly this content passed?"""
    return row is not None and row.result is FirstResult.PASSED and row.digest in reading.digests.values()


def check_before_closing(session: Session, actor: Actor, reading: Reading) -> None:
    """Raises RuleBroken for a returned file that was not passed since, or, as the office has set it, one never passed."""
    row = last(session, reading.file)
    if row is not None and row.result is FirstResult.RETURNED:
        raise RuleBroken("还不能结案：案卷初审被退回，补正后须由信访办初审通过。")
    if settings.get(session, "first_review", actor.today) == STRICT and not stands(row, reading):
        raise RuleBroken("还不能结案：案卷须先由信访办初审通过；通过后内容有改动的，请重新初审。")


def to_mend(actor: Actor) -> sa.Select[Any]:
    """Returned files that wait for mending, in what the actor may see."""
    f = m.FirstReview
    return gate.rows(actor, f).where(f.result == FirstResult.RETURNED, f.mended_on.is_(None))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """For the workbench: {"mend": returned and waiting for the unit, "again": mended and waiting for the office}."""
    found = {}
    if access.may(actor, "first_review.mend") and actor.role in access.UNIT_STAFF:
        found["mend"] = gate.count(session, to_mend(actor))
    if access.may(actor, "first_review.make"):
        found["again"] = gate.count(session, again(actor))
    return found


def again(actor: Actor) -> sa.Select[Any]:
    """Mended files the office has not looked at again."""
    f, newer = m.FirstReview, sa.orm.aliased(m.FirstReview)
    later = sa.exists().where(newer.closing_file_id == f.closing_file_id, newer.id > f.id)
    return gate.rows(actor, f).where(f.result == FirstResult.RETURNED, f.mended_on.is_not(None), ~later)
