"""Destroying filed letters (销毁): a list proposed by the archivist, approved by a second person, carried out before witnesses.

Only the paper goes: the register's row stays, and the scanned copies too unless the list says otherwise (A6, §8).
"""

from collections.abc import Collection
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.filing_words import DestructionState, DestructionWay
from rules.words import RuleBroken, Status
from services import attachments, bundles, gate, numbers, settings

SERIES = "XH"
State = DestructionState


def propose(
    session: Session, actor: Actor, bundle_ids: Collection[int], reason: str, *, with_files: bool = False
) -> m.Destruction:
    """Put bundles that were kept long enough onto a list. Raises RuleBroken (field bundle_ids) when one was not."""
    chosen = session.scalars(
        bundles.ripe(session, actor).where(m.Bundle.id.in_(bundle_ids)).order_by(m.Bundle.id)
    ).all()
    if not bundle_ids:
        raise RuleBroken("存信捆：请至少选一捆。", "bundle_ids")
    if len(chosen) < len(set(bundle_ids)):
        raise RuleBroken(_not_ripe(session, actor, set(bundle_ids) - {one.id for one in chosen}), "bundle_ids")
    row = m.Destruction(
        number=f"{SERIES}{actor.today.year}-{numbers.take(session, SERIES, actor.today.year):03d}",
        reason=reason.strip(),
        keep_years=int(settings.get(session, "filed_keep_years", actor.today)),
        with_files=with_files,
        proposed_on=actor.today,
        proposed_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    for bundle in chosen:
        bundle.destruction_id = row.id
    session.flush()
    session.expire(row, ["bundles"])
    return row


def _not_ripe(session: Session, actor: Actor, bundle_ids: Collection[int]) -> str:
    """Why the first of these bundles is not to be destroyed now."""
    found = gate.rows(actor, m.Bundle).where(m.Bundle.id.in_(bundle_ids)).order_by(m.Bundle.id)
    bundle = session.scalars(found.limit(1)).first()
    if bundle is None:
        return "存信捆：所选的有一捆找不到，请刷新后重新选择。"
    last = bundles.last_year(session, actor)
    if bundle.year > last:
        return f"存信捆：{bundle.number} 是 {bundle.year} 年的，现在只能销毁 {last} 年及以前的，请去掉。"
    return f"存信捆：{bundle.number} 已在另一份销毁清单上，请去掉。"


def decide(session: Session, actor: Actor, row: m.Destruction, *, is_approved: bool, words: str = "") -> None:
    """Approve or refuse a proposed list. Raises RuleBroken: not twice, not by the one who proposed it, not without a reason."""
    if row.state is not State.PROPOSED:
        raise RuleBroken("销毁清单：已经批过了，请刷新后再看。")
    if actor.user_id is None or actor.user_id == row.proposed_by_id:
        raise RuleBroken("销毁清单：拟定人不能批准自己的清单，须由另一人批准。")
    if not is_approved and not words.strip():
        raise RuleBroken("理由：请填写。", "decision")
    row.state = State.APPROVED if is_approved else State.REFUSED
    row.decided_on, row.decided_by_id, row.decision = actor.today, actor.user_id, words.strip() or None
    session.flush()


def carry_out(session: Session, actor: Actor, row: m.Destruction, said: dict[str, object]) -> list[m.Attachment]:
    """Record that the paper was destroyed: date, place, way, two witnesses; the scanned copies that go with it, if any.

    `said`: done_on, done_at, way, witness_1, witness_2. The bytes are removed by `remove_files` after the commit.
    """
    _check_done(actor, row, said)
    row.state = State.DONE
    for name, value in said.items():
        setattr(row, name, value.strip() if isinstance(value, str) and not isinstance(value, DestructionWay) else value)
    row.done_by_id = actor.user_id
    gone = _void_files(session, row) if row.with_files else []
    session.flush()
    return gone


def _check_done(actor: Actor, row: m.Destruction, said: dict[str, object]) -> None:
    if row.state is not State.APPROVED:
        raise RuleBroken(f"销毁：清单现在是“{row.state.label}”，批准以后才能登记销毁，销毁只登记一次，请刷新后再看。")
    done_on = said["done_on"]
    if not isinstance(done_on, date) or done_on > actor.today:
        raise RuleBroken("销毁日期：不能晚于今天，请核对。", "done_on")
    if row.decided_on and done_on < row.decided_on:
        raise RuleBroken(f"销毁日期：不能早于批准日期 {row.decided_on}，请核对。", "done_on")
    first, second = str(said["witness_1"] or "").strip(), str(said["witness_2"] or "").strip()
    if not first or not second or first == second:
        raise RuleBroken("监销人：须有两人，不能是同一人，请改正。", "witness_2")
    if not str(said["done_at"] or "").strip():
        raise RuleBroken("销毁地点：请填写。", "done_at")


def letters(session: Session, actor: Actor, row: m.Destruction) -> list[tuple[m.Bundle, m.Petition]]:
    """The lines of the register of destruction (销毁清册) that the actor may see: bundle and letter, in order."""
    return [(bundle, one) for bundle in row.bundles for one in bundles.letters(session, actor, bundle)]


def _void_files(session: Session, row: m.Destruction) -> list[m.Attachment]:
    """The copies of letters still filed; a letter taken out again keeps its own."""
    inside = sa.select(m.BundleLetter.petition_id).join(m.Bundle).where(m.Bundle.destruction_id == row.id)
    filed = sa.select(m.Petition.id).where(m.Petition.id.in_(inside), m.Petition.status == Status.FILED)
    found = sa.select(m.Attachment).where(m.Attachment.petition_id.in_(filed), m.Attachment.voided_reason.is_(None))
    gone = list(session.scalars(found.execution_options(gated=True)))
    for attachment in gone:
        attachment.voided_reason = f"随销毁清单 {row.number} 销毁"
    return gone


def remove_files(gone: Collection[m.Attachment], folder: Path) -> None:
    """Remove the bytes of destroyed copies, once their rows say so durably."""
    for attachment in gone:
        attachments.path_of(attachment, folder).unlink(missing_ok=True)
