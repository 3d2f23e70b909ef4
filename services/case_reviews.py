"""Case reviews (案件评查, H7): closed files drawn by a recorded seed or picked, scored by somebody who did not handle them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access, inspection_sheet
from rules.access import Actor
from rules.inspection_words import DrawMethod, ReviewResult
from rules.words import CaseStatus, RuleBroken, Status
from services import excluded, gate, gate_actors, settings

MOST = 200
"""Files of one round at most."""
CLOSED = (Status.CLOSED, Status.ARCHIVED)
SEEDS = 1_000_000
"""Seeds made here are below this: a person can type them again."""


@dataclass(frozen=True)
class Draw:
    """What a round is drawn from: files closed from–to at a unit (with those below it); how many; the seed, if one is named."""

    name: str
    method: DrawMethod
    from_on: date | None = None
    to_on: date | None = None
    unit_id: int | None = None
    wanted: int = 0
    seed: int | None = None


def begin(session: Session, actor: Actor, said: Draw) -> m.CaseReviewRound:
    """Begin a round; a random one is drawn at once. Raises RuleBroken naming the field."""
    gate.allow(actor, "case_review_round.draw")
    _check(session, said)
    row = m.CaseReviewRound(
        name=said.name.strip(), method=said.method, from_on=said.from_on, to_on=said.to_on, unit_id=said.unit_id,
        wanted=said.wanted if said.method is DrawMethod.RANDOM else 0, drawn_on=actor.today, by_id=actor.user_id,
        pass_mark=int(settings.get(session, "case_review_pass", actor.today)), sheet=inspection_sheet.as_rows(),
    )  # fmt: skip
    if said.method is DrawMethod.RANDOM:
        _draw(session, actor, row, said)
    session.add(row)
    session.flush()
    return row


def _check(session: Session, said: Draw) -> None:
    name = said.name.strip()
    if not name:
        raise RuleBroken("评查名称：请填写。", "name")
    if session.scalar(sa.select(m.CaseReviewRound.id).where(m.CaseReviewRound.name == name)) is not None:
        raise RuleBroken(f"评查名称：已经有“{name}”，请换一个。", "name")
    if said.from_on and said.to_on and said.from_on > said.to_on:
        raise RuleBroken("办结日期：开始日期晚于结束日期，请改正。", "to_on")
    if said.method is DrawMethod.RANDOM and not 1 <= said.wanted <= MOST:
        raise RuleBroken(f"抽取件数：应为 1 至 {MOST} 之间的整数，请改正。", "wanted")


def pool_of(session: Session, actor: Actor, row: m.CaseReviewRound) -> list[int]:
    """The matters a round is drawn from, by id: closed, not guarded (those are only picked), with a unit."""
    p = m.Petition
    found = gate.rows(actor, p).where(p.status.in_(CLOSED), sa.not_(p.is_guarded), p.unit_id.is_not(None))
    if row.from_on:
        found = found.where(p.closed_on >= row.from_on)
    if row.to_on:
        found = found.where(p.closed_on <= row.to_on)
    if row.unit_id:
        units = session.scalars(sa.select(m.Unit)).all()
        found = found.where(p.unit_id.in_(gate_actors.subtree(units, {row.unit_id})))
    return list(session.scalars(found.with_only_columns(p.id).order_by(p.id)))


def drawn(pool: Sequence[int], wanted: int, seed: int) -> list[int]:
    """The draw itself: the same pool and seed give the same files."""
    return sorted(Random(seed).sample(list(pool), min(wanted, len(pool))))  # noqa: S311 - a sample to be drawn again, no secret


def _draw(session: Session, actor: Actor, row: m.CaseReviewRound, said: Draw) -> None:
    pool = pool_of(session, actor, row)
    if not pool:
        raise RuleBroken("办结日期：这个范围内没有已办结的案卷，请放宽范围。", "from_on")
    moment = f"{row.name} {actor.now.isoformat()}"
    made = int.from_bytes(hashlib.sha256(moment.encode()).digest()[:4], "big") % SEEDS
    row.seed = said.seed if said.seed is not None else made
    row.pool = len(pool)
    row.pool_digest = hashlib.sha256(",".join(map(str, pool)).encode()).hexdigest()
    session.add(row)
    for petition_id in drawn(pool, said.wanted, row.seed):
        session.add(m.CaseReview(round=row, petition_id=petition_id, case_id=_case_id(session, petition_id)))


def _case_id(session: Session, petition_id: int) -> int | None:
    c = m.Case
    found = sa.select(c.id).where(c.petition_id == petition_id, c.status != CaseStatus.HANDED_OVER)
    return session.scalars(found.order_by(c.id.desc()).limit(1).execution_options(gated=True)).first()


def pick(session: Session, actor: Actor, row: m.CaseReviewRound, petition: m.Petition) -> m.CaseReview:
    """Add one closed file by hand. Raises RuleBroken naming the field."""
    gate.allow(actor, "case_review_round.draw")
    if row.method is not DrawMethod.PICKED:
        raise RuleBroken("这次评查是随机抽取的，不能再加；请另建一次“指定”的评查。", "petition_id")
    if petition.status not in CLOSED:
        raise RuleBroken(f"信访事项：现在是“{petition.status.label}”，办结后才能评查。", "petition_id")
    there = sa.select(m.CaseReview.id).where(m.CaseReview.round_id == row.id)
    known = there.where(m.CaseReview.petition_id == petition.id).execution_options(gated=True)
    if session.scalars(known).first() is not None:
        raise RuleBroken("信访事项：已经在这次评查里。", "petition_id")
    if len(session.scalars(there.execution_options(gated=True)).all()) >= MOST:
        raise RuleBroken(f"信访事项：一次评查最多 {MOST} 件，请另建一次。", "petition_id")
    review = m.CaseReview(round=row, petition=petition, case_id=_case_id(session, petition.id))
    session.add(review)
    session.flush()
    return review


def concerned(session: Session, review: m.CaseReview) -> frozenset[int]:
    """Accounts that had a part in the case: handlers of any leg, the responsible person, the leader, who signed or replied."""
    petition, case = review.petition, review.case
    found = {
        petition.handler_id,
        *(leg.handler_id for leg in petition.legs),
        *(leg.answered_by_id for leg in petition.legs),
    }
    if case is not None:
        found.add(case.responsible_id)
        users = sa.select(m.User.id).where(m.User.leader_id == case.leader_id)
        found |= set(session.scalars(users))
        s = m.Signature
        signed = sa.select(s.user_id).join(s.closing_file).where(m.ClosingFile.case_id == case.id)
        found |= set(session.scalars(signed.execution_options(gated=True)))
    return frozenset(one for one in found if one is not None)


def may_review(session: Session, user: m.User, review: m.CaseReview, actor: Actor) -> str:
    """Why this account may not review the file; empty when it may."""
    if user.role not in access.PERMISSIONS["case_review.score"] or not user.is_active:
        return "评查人：只有信访办人员和督查员可以评查，请改选。"
    if user.id in concerned(session, review):
        return "评查人：办过、包过或签过这件案卷的人不能评查，请改选。"
    if user.unit_id is not None and user.unit_id == review.petition.unit_id:
        return "评查人：责任单位的人不能评查本单位的案卷，请改选。"
    if user.id in excluded.users(session, actor, review.petition):
        return "评查人：此人应当回避，请改选。"
    return ""


def assign(session: Session, actor: Actor, review: m.CaseReview, user_id: int) -> m.CaseReview:
    """Name the reviewer: never who handled it. Raises RuleBroken (field reviewer_id)."""
    gate.allow(actor, "case_review_round.draw")
    _check_unscored(review)
    user = session.get(m.User, user_id)
    why = may_review(session, user, review, actor) if user is not None else "评查人：没有这个账号，请重新选择。"
    if why:
        raise RuleBroken(why, "reviewer_id")
    review.reviewer_id = user_id
    session.flush()
    session.expire(review, ["reviewer"])
    return review


def _check_unscored(review: m.CaseReview) -> None:
    if review.result is not None:
        raise RuleBroken("这件已经评查，不能再改；确有错误的，请另建一次评查。")


def score(
    session: Session, actor: Actor, review: m.CaseReview, points: Mapping[str, int], faults: str, mend_by: date | None
) -> m.CaseReview:
    """Fill the sheet. Whoever is named reviews it himself; where nobody is named, the first does. Raises RuleBroken."""
    gate.allow(actor, "case_review.score")
    _check_unscored(review)
    user = session.get(m.User, actor.user_id) if actor.user_id is not None else None
    if user is None or review.reviewer_id not in (None, user.id):
        raise gate.Forbidden("只有指定的评查人本人可以评分。")
    if why := may_review(session, user, review, actor):
        raise RuleBroken(why)
    told = _points(review.round.sheet, points)
    total, result = inspection_sheet.judged(review.round.sheet, told, review.round.pass_mark)
    text = faults.strip()
    if total < sum(row["points"] for row in review.round.sheet) and not text:
        raise RuleBroken("发现的问题：扣了分的请写明扣在哪里、为什么。", "faults")
    if text and mend_by is None:
        raise RuleBroken("整改期限：有问题的请定整改期限。", "mend_by")
    if mend_by is not None and text and mend_by < actor.today:
        raise RuleBroken("整改期限：不能早于今天，请改为以后的日期。", "mend_by")
    review.reviewer_id, review.reviewed_on = user.id, actor.today
    review.points, review.score, review.result = told, total, result
    review.faults, review.mend_by = text or None, mend_by if text else None
    session.flush()
    session.expire(review, ["reviewer"])
    return review


def _points(sheet: Sequence[Mapping[str, Any]], points: Mapping[str, int]) -> dict[str, int]:
    for row in sheet:
        value = points.get(row["key"])
        if value is None or not 0 <= value <= row["points"]:
            raise RuleBroken(f"{row['label']}：请填 0 至 {row['points']} 之间的整数。", f"p_{row['key']}")
    return {row["key"]: int(points[row["key"]]) for row in sheet}


def proposed_mend_by(session: Session, today: date) -> date:
    """The day the form proposes for mending."""
    return today + timedelta(days=int(settings.get(session, "case_review_mend_days", today)))


def may_mend(actor: Actor, review: m.CaseReview) -> bool:
    """The office and the responsible unit."""
    allowed = access.may(actor, "case_review.mend")
    return allowed and (actor.is_system or actor.role in access.OFFICE or review.petition.unit_id in actor.unit_ids)


def is_to_mend(review: m.CaseReview) -> bool:
    """Faults were found that the unit has a day to mend by, and has not yet."""
    return review.mend_by is not None and review.mended_on is None


def mend(session: Session, actor: Actor, review: m.CaseReview, on: date, note: str) -> m.CaseReview:
    """The unit reports what was mended. Raises RuleBroken naming the field."""
    gate.allow(actor, "case_review.mend")
    if not may_mend(actor, review):
        raise gate.Forbidden("只有责任单位和信访办可以登记这件案卷的整改。")
    if not is_to_mend(review):
        raise RuleBroken("这件案卷没有等待整改的问题，请刷新后再看。")
    if not note.strip():
        raise RuleBroken("整改情况：请逐条写明怎样整改。", "mend_note")
    if review.reviewed_on is None or not review.reviewed_on <= on <= actor.today:
        raise RuleBroken(f"整改日期：应在评查日期 {review.reviewed_on} 与今天之间，请核对。", "mended_on")
    review.mended_on, review.mend_note, review.mended_by_id = on, note.strip(), actor.user_id
    session.flush()
    return review


def to_mend(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Reviewed files whose faults are not mended yet."""
    return statement.where(m.CaseReview.mend_by.is_not(None), m.CaseReview.mended_on.is_(None))


def mine(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Files this actor is to review."""
    return statement.where(m.CaseReview.reviewer_id == (actor.user_id or 0), m.CaseReview.result.is_(None))


def of_round(session: Session, actor: Actor, row: m.CaseReviewRound) -> list[m.CaseReview]:
    """The round's files the actor may see, in order."""
    r = m.CaseReview
    options = joinedload(r.petition).joinedload(m.Petition.unit), joinedload(r.case), joinedload(r.reviewer)
    found = gate.rows(actor, r).where(r.round_id == row.id).options(*options).order_by(r.id)
    return list(session.scalars(found))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """For the workbench: {"mine": to review, "mend": to mend (for units)}."""
    if not access.may(actor, "case_review.list"):
        return {}
    rows = gate.rows(actor, m.CaseReview)
    found = {"mine": gate.count(session, mine(rows, actor))} if access.may(actor, "case_review.score") else {}
    if actor.role in access.UNIT_STAFF:
        found["mend"] = gate.count(session, to_mend(rows, actor))
    return found


def is_passed(review: m.CaseReview) -> bool:
    """Reviewed, and found to pass."""
    return review.result is ReviewResult.PASSED
