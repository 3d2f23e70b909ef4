"""Final ones (三级终结, H6): listed once the re-review was served, one agreed wording, reported upward; no open work any more."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken, Status
from services import gate

REMAINS = "来信来访照常登记，不再受理、不再交办，书面说明理由，做好政策解释和疏导。"
"""What is still done after the end (B6, H6), as proposed."""
WORDING = (
    "您反映的事项已经办理、复查、复核终结，复核意见为最终意见。对同一事实和理由再次提出的信访，"
    "依照《信访工作条例》第三十六条不再受理。有新的事实和理由，或者生活有困难的，可以另行提出。"
)  # fmt: skip


def enter(session: Session, actor: Actor, petition: m.Petition, final_on: date | None = None) -> m.FinalMatter:
    """Put a matter on the list, once: its re-review has ended."""
    there = session.scalars(
        sa.select(m.FinalMatter).where(m.FinalMatter.petition_id == petition.id).execution_options(gated=True)
    ).first()
    if there is not None:
        there.final_on = final_on or actor.today
        return there
    row = m.FinalMatter(petition=petition, final_on=final_on or actor.today, listed_on=actor.today)
    session.add(row)
    session.flush()
    return row


def catch_up(session: Session, actor: Actor) -> int:
    """List what reached its end before there was a list; how many."""
    move = m.Move
    reached = (
        sa.select(move.petition_id, sa.func.max(move.moved_on)).where(move.to_status == Status.FINAL)
        .where(move.petition_id.not_in(sa.select(m.FinalMatter.petition_id))).group_by(move.petition_id)
    )  # fmt: skip
    found = session.execute(reached, execution_options={"gated": True}).all()
    for petition_id, day in found:
        session.add(m.FinalMatter(petition_id=petition_id, final_on=day, listed_on=actor.today))
    session.flush()
    return len(found)


def agree(session: Session, actor: Actor, row: m.FinalMatter, wording: str, remains: str) -> m.FinalMatter:
    """Set the one wording all answers use, and what is still done. Raises RuleBroken naming the field."""
    gate.allow(actor, "final_matter.word")
    for label, field, text in (("统一答复口径", "wording", wording), ("今后还办什么", "remains", remains)):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    row.wording, row.remains = wording.strip(), remains.strip()
    row.worded_on, row.worded_by_id = actor.today, actor.user_id
    session.flush()
    return row


def report(session: Session, actor: Actor, row: m.FinalMatter, to: str, on: date, number: str) -> m.FinalMatter:
    """Record that it was reported upward: to whom, when, under which number. Raises RuleBroken naming the field."""
    gate.allow(actor, "final_matter.report")
    if row.wording is None:
        raise RuleBroken("统一答复口径：请先确定口径，再上报。")
    for label, field, text in (("报送单位", "reported_to", to), ("文号", "report_number", number)):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    if not row.final_on <= on <= actor.today:
        raise RuleBroken(f"上报日期：应在终结日期 {row.final_on} 与今天之间，请核对。", "reported_on")
    row.reported_to, row.reported_on, row.report_number = to.strip(), on, number.strip()
    row.reported_by_id = actor.user_id
    session.flush()
    return row


def later_contacts(session: Session, rows: Iterable[m.FinalMatter]) -> dict[int, int]:
    """Matter → how many letters and visits came after its end; they are registered and lead to nothing new."""
    ids = [row.petition_id for row in rows]
    c, f = m.Contact, m.FinalMatter
    counted = (
        sa.select(c.petition_id, sa.func.count()).join(f, f.petition_id == c.petition_id)
        .where(c.petition_id.in_(ids), c.registered_on > f.final_on).group_by(c.petition_id)
    )  # fmt: skip
    return dict(iter(session.execute(counted, execution_options={"gated": True})))
