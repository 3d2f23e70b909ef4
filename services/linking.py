"""Matters as they belong together: linked as related (关联), a contact split off (拆分), two merged into one (并案); all undoable.

Nothing is deleted and no number is used twice: each is a line in the history of both matters, with its reason (A4, A5).
"""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import OPEN_STATUSES, RespondentKind, RuleBroken, Status
from services import attachments, cases, clocks, gate, guarding, petitions, registration, search

MERGING = (Status.REGISTERED, Status.PROPOSED, Status.ROUTED, Status.OBJECTED, Status.HANDLING)
"""States in which a matter may be emptied into another: nothing has been answered yet."""
MERGED = "并案：并入 {number}"
"""The void reason of an emptied matter, its reference to the one that goes on."""


def link(session: Session, actor: Actor, petition: m.Petition, other: m.Petition, reason: str) -> m.PetitionLink:
    """Link two matters as related, both ways. Raises RuleBroken (field other_id) when they are one, or linked already."""
    if petition.id == other.id:
        raise RuleBroken("关联事项：不能与自己关联，请选别的事项。", "other_id")
    if any(other_of(row, petition).id == other.id for row in links(session, actor, petition)):
        raise RuleBroken("关联事项：已经关联过了，请选别的事项。", "other_id")
    first, second = sorted((petition.id, other.id))
    row = m.PetitionLink(
        petition_id=first, other_id=second, reason=reason.strip(), linked_on=actor.today, by_id=actor.user_id
    )
    session.add(row)
    session.flush()
    return row


def unlink(session: Session, actor: Actor, row: m.PetitionLink, reason: str) -> None:
    """Take a link off, with the reason; the row stays."""
    if row.removed_on is not None:
        raise RuleBroken("关联：已经解除了，请刷新后再看。", "link_id")
    row.removed_on, row.removed_reason, row.removed_by_id = actor.today, reason.strip(), actor.user_id
    session.flush()


def links(session: Session, actor: Actor, petition: m.Petition) -> list[m.PetitionLink]:
    """The running links of a matter whose other side the actor may see too."""
    row = m.PetitionLink
    statement = gate.rows(actor, row).where(
        sa.or_(row.petition_id == petition.id, row.other_id == petition.id), row.removed_on.is_(None)
    )
    return list(session.scalars(statement.order_by(row.id)))


def other_of(row: m.PetitionLink, petition: m.Petition) -> m.Petition:
    """The matter at the other end of a link."""
    return row.other if row.petition_id == petition.id else row.petition


# --- splitting a contact off (拆分)


def later_contacts(petition: m.Petition) -> list[m.Contact]:
    """The contacts that may leave: every one but the first."""
    return petition.contacts[1:]


def split(
    session: Session,
    actor: Actor,
    contact: m.Contact,
    reason: str,
    into: m.Petition | None = None,
    files: Collection[int] = (),
) -> m.Petition:
    """A later contact leaves its matter and opens a new one, or joins `into`; the matter it now belongs to.

    Its own attachments go along, and those of `files` (ids) that came with no contact. Raises RuleBroken: the first contact
    stays; a guarded matter's contact stays guarded (§3); a file that proves something stays.
    """
    petition = contact.petition
    if contact not in later_contacts(petition):
        raise RuleBroken("登记件：首次登记件不能拆出；整件合并请用“并案”。", "contact_id")
    if into is not None and into.id == petition.id:
        raise RuleBroken("并入事项：就是原来的事项，请选别的事项，或留空另立新事项。", "petition_id")
    if into is not None and into.status is Status.VOIDED:
        raise RuleBroken(f"并入事项：{into.number} 已作废，请选别的事项，或留空另立新事项。", "petition_id")
    if into is not None and into.is_guarded != petition.is_guarded:
        raise RuleBroken("并入事项：一件保密、一件不保密，不能合在一起，请留空另立新事项。", "petition_id")
    along = _chosen(session, petition, files)
    target = into or _new_matter(session, actor, contact)
    _take_respondents(session, petition, target)
    _carry(session, contact, target)
    _hand_over(session, along, target)
    if petition.is_guarded:
        guarding.withdraw_excluded(session, actor, target)
    _note(session, actor, petition, "split_off", f"{contact.number} → {target.number}：{reason}", target)
    arrival = petitions.arrival(actor, target, contact, "join" if into else "register")
    arrival.moved_on = actor.today
    arrival.note = f"{contact.number}（由 {petition.number} 拆出）：{reason}"
    arrival.details = {"contact_id": contact.id, "petition_id": petition.id}
    session.add(arrival)
    _index(session, petition, target)
    return target


def _chosen(session: Session, petition: m.Petition, files: Collection[int]) -> list[m.Attachment]:
    free = attachments.movable(session, petition, None)
    if not set(files) <= {row.id for row in free}:
        raise RuleBroken("随件附件：不是这件事项可以带走的附件，请重新选择。", "attachment_ids")
    return [row for row in free if row.id in files]


def _new_matter(session: Session, actor: Actor, contact: m.Contact) -> m.Petition:
    """A matter of the contact's own, registered when the contact was, so that the law's days count from then."""
    before = contact.petition
    said = registration.Registration(
        contact.channel,
        contact.demand,
        contact.received_on,
        is_secret=before.is_guarded,
        people_count=contact.people_count,
        purpose=contact.purpose,
        category_id=before.category_id,
        category_text=before.category_text,
        place=contact.place or before.place,
        receptionist_id=contact.receptionist_id,
        registered_on=contact.registered_on,
        is_carried_over=contact.is_carried_over,
    )
    return petitions.open_matter(session, actor, said)


def _take_respondents(session: Session, petition: m.Petition, target: m.Petition) -> None:
    """Whom the one matter complains of, the other does too: nobody complained of may read a contact through it (§3)."""
    known = {_aim(row) for row in target.respondents}
    for row in petition.respondents:
        if _aim(row) not in known:
            aim: dict[str, Any] = {
                name: getattr(row, name) for name in ("kind", "unit_id", "leader_id", "user_id", "name")
            }
            session.add(m.Respondent(petition=target, **aim))
    session.flush()


def _aim(row: m.Respondent) -> tuple[RespondentKind, int | str]:
    return row.kind, row.unit_id or row.leader_id or row.user_id or row.name


def _carry(session: Session, contact: m.Contact, target: m.Petition) -> None:
    """The contact goes to the other matter, with the letter's reading, the reception's record and the files that came with it."""
    source = contact.petition
    readings = sa.select(m.Reading).where(m.Reading.contact_id == contact.id).execution_options(gated=True)
    records = sa.select(m.ReceptionRecord).where(m.ReceptionRecord.contact_id == contact.id)
    moving: list[Any] = [*session.scalars(readings), *session.scalars(records.execution_options(gated=True))]
    moving += attachments.movable(session, source, contact)
    _check_readings(session, [row for row in moving if isinstance(row, m.Reading)], target)
    contact.petition = target
    _hand_over(session, moving, target)
    for petition in (source, target):
        session.expire(petition, ["contacts"])


def _hand_over(session: Session, rows: Iterable[Any], target: m.Petition) -> None:
    for row in rows:
        row.petition_id = target.id
        session.flush()
        session.expire(row, ["petition"])
    session.flush()


def _check_readings(session: Session, moving: list[m.Reading], target: m.Petition) -> None:
    """One leader never has two letters of one matter before him at once."""
    row = m.Reading
    waiting = sa.select(row.leader_id).where(
        row.petition_id == target.id, row.read_on.is_(None), row.withdrawn_reason.is_(None)
    )
    before = set(session.scalars(waiting.execution_options(gated=True)))
    for one in moving:
        if one.read_on is None and one.withdrawn_reason is None and one.leader_id in before:
            raise RuleBroken(f"登记件：两件都呈{one.leader.name}阅批、尚未阅批，请先撤回其中一件。")


# --- two matters made one (并案)


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
    _take_respondents(session, petition, into)
    for contact in contacts:
        _carry(session, contact, into)
    _end(petition, actor, into)
    _note(session, actor, petition, "merge", f"并入 {into.number}：{reason}", into, row.before)
    _note(session, actor, into, "merged_in", f"{petition.number}：{reason}", petition)
    _index(session, petition, into)
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
    aims = [{_aim(row) for row in one.respondents} if one.is_guarded else set() for one in (petition, into)]
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
        _carry(session, contact, petition)
    for leg in petition.legs:
        if leg.id in row.kept["legs"]:
            leg.ended_on = leg.end_reason = None
    for clock in petition.clocks:
        if clock.id in row.kept["clocks"]:
            clock.stopped_on = None
    clocks.mirror(petition)
    _note(session, actor, petition, "unmerge", f"由 {into.number} 恢复：{reason}", into, Status.VOIDED)
    _note(session, actor, into, "unmerge", f"{petition.number} 恢复单独办理：{reason}", petition)
    _index(session, petition, into)
    return petition


def _index(session: Session, *changed: m.Petition) -> None:
    session.flush()
    for petition in changed:
        session.expire(petition, ["contacts"])
        search.index(session, petition)


def _note(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    verb: str,
    note: str,
    other: m.Petition,
    before: Status | None = None,
) -> None:
    """A corrective line in the history: what happened, why, and which other matter it concerns."""
    session.add(
        m.Move(
            petition=petition,
            verb=verb,
            from_status=before or petition.status,
            to_status=petition.status,
            moved_on=actor.today,
            moved_at=actor.now,
            by_id=actor.user_id,
            by_name=actor.name,
            note=note,
            details={"petition_id": other.id},
        )
    )
    session.flush()
