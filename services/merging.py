"""Two matters made one (并案), and parted again: the emptied one ends with a reference to the other (A5)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import OPEN_STATUSES, RuleBroken, Status
from services import carrying, cases, clocks, gate

MERGING = (Status.REGISTERED, Status.PROPOSED, Status.ROUTED, Status.OBJECTED, Status.HANDLING)
"""States in which a matter may be emptied into another: nothing has been answered yet."""
MERGED = "并案：并入 {number}"
"""The void reason of an emptied matter, its reference to the one that goes on."""


def merge(session: Session, actor: Actor, petition: m.Petition, into: m.Petition, reason: str) -> m.Merger:
    """All contacts of a matter go to another; the emptied one ends with a reference to it.

    Raises RuleBroken (field into_id) when either has ended or is on a case, or they are not guarded alike.
    """
    _check_merge(session, petition, into)
    contacts = list(petition.contacts)
    kept: dict[str, Any] = {
        "contacts": [row.id for row in contacts],
        "legs": [row.id for row in petition.legs if row.ended_on is None],
        "clocks": [row.id for row in clocks.running(petition)],
    }
    row = m.Merger(
        petition=petition, into=into, reason=reason.strip(), merged_on=actor.today, by_id=actor.user_id,
        before=petition.status, kept=kept,
    )  # fmt: skip
    session.add(row)
    carrying.take_respondents(session, petition, into)
    for contact in contacts:
        carrying.carry(session, contact, into)
    _end(petition, actor, into)
    carrying.note(session, actor, petition, "merge", f"并入 {into.number}：{reason}", into, row.before)
    carrying.note(session, actor, into, "merged_in", f"{petition.number}：{reason}", petition)
    carrying.index(session, petition, into)
    return row


def _check_merge(session: Session, petition: m.Petition, into: m.Petition) -> None:
    if petition.id == into.id:
        raise RuleBroken("并入事项：不能并入自己，请选别的事项。", "into_id")
    if petition.status not in MERGING:
        raise RuleBroken(
            f"并案：“{petition.status.label}”的事项已有答复或已经结束，不能并入别的事项，请改用“关联”。", "into_id"
        )
    if into.status not in OPEN_STATUSES:
        raise RuleBroken(f"并入事项：“{into.status.label}”的事项已经结束，请改用“关联”。", "into_id")
    if any(cases.running(session, one) is not None for one in (petition, into)):
        raise RuleBroken("并案：其中一件有领导包案，不能并案，请改用“关联”。", "into_id")
    ledger = sa.select(m.CampaignCase.id).where(m.CampaignCase.petition_id == petition.id).limit(1)
    if session.scalar(ledger.execution_options(gated=True)) is not None:
        raise RuleBroken("并案：这件事项在专项活动的台账上，不能并入别的事项，请改用“关联”。", "into_id")
    aims = [{carrying.aim(row) for row in one.respondents} if one.is_guarded else set() for one in (petition, into)]
    if petition.is_guarded != into.is_guarded:
        raise RuleBroken("并案：一件保密、一件不保密，不能并案，请改用“关联”。", "into_id")
    if aims[0] != aims[1]:
        raise RuleBroken("并案：两件事项的被反映人不同，不能并案，请改用“关联”。", "into_id")


def _end(petition: m.Petition, actor: Actor, into: m.Petition) -> None:
    for leg in petition.legs:
        if leg.ended_on is None:
            leg.ended_on, leg.end_reason = actor.today, MERGED.format(number=into.number)
    clocks.stop(petition, tuple(clock.term for clock in clocks.running(petition)), actor.today)
    petition.status = Status.VOIDED
    petition.voided_on, petition.void_reason = actor.today, MERGED.format(number=into.number)


def merger_of(session: Session, actor: Actor, petition: m.Petition) -> m.Merger | None:
    """The running merger that emptied this matter, for those who see both."""
    statement = gate.rows(actor, m.Merger).where(m.Merger.petition_id == petition.id, m.Merger.undone_on.is_(None))
    return session.scalars(statement).one_or_none()


def merged_into(session: Session, actor: Actor, petition: m.Petition) -> list[m.Merger]:
    """The running mergers that brought contacts to this matter."""
    statement = gate.rows(actor, m.Merger).where(m.Merger.into_id == petition.id, m.Merger.undone_on.is_(None))
    return list(session.scalars(statement.order_by(m.Merger.id)))


def unmerge(session: Session, actor: Actor, row: m.Merger, reason: str) -> m.Petition:
    """Part two merged matters again: its contacts come back, its legs and clocks go on, as far as they are where they were.

    Whom the one complains of stays with both: nobody who was kept out is let in by parting them (§3).
    """
    if row.undone_on is not None:
        raise RuleBroken("撤销并案：已经撤销过了，请刷新后再看。")
    petition, into = row.petition, row.into
    if into.status is Status.VOIDED:
        raise RuleBroken(f"撤销并案：{into.number} 已作废（{into.void_reason}），请先恢复它。")
    back = [contact for contact in into.contacts if contact.id in row.kept["contacts"]]
    if not back:
        raise RuleBroken(f"撤销并案：原来的登记件都已从 {into.number} 拆出，请逐件拆分。")
    row.undone_on, row.undone_reason, row.undone_by_id = actor.today, reason.strip(), actor.user_id
    petition.status, petition.voided_on, petition.void_reason = row.before, None, None
    for contact in back:
        carrying.carry(session, contact, petition)
    for leg in petition.legs:
        if leg.id in row.kept["legs"]:
            leg.ended_on = leg.end_reason = None
    for clock in petition.clocks:
        if clock.id in row.kept["clocks"]:
            clock.stopped_on = None
    clocks.mirror(petition)
    carrying.note(session, actor, petition, "unmerge", f"由 {into.number} 恢复：{reason}", into, Status.VOIDED)
    carrying.note(session, actor, into, "unmerge", f"{petition.number} 恢复单独办理：{reason}", petition)
    carrying.index(session, petition, into)
    return petition
