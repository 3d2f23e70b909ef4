"""A contact that does not belong to its matter leaves it (拆分), into a new one or into another; with its reason (A4)."""

from collections.abc import Collection

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken, Status
from services import attachments, carrying, guarding, petitions, registration


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
    carrying.take_respondents(session, petition, target)
    carrying.carry(session, contact, target)
    carrying.hand_over(session, along, target)
    if petition.is_guarded:
        guarding.withdraw_excluded(session, actor, target)
    carrying.note(session, actor, petition, "split_off", f"{contact.number} → {target.number}：{reason}", target)
    arrival = petitions.arrival(actor, target, contact, "join" if into else "register")
    arrival.moved_on = actor.today
    arrival.note = f"{contact.number}（由 {petition.number} 拆出）：{reason}"
    arrival.details = {"contact_id": contact.id, "petition_id": petition.id}
    session.add(arrival)
    carrying.index(session, petition, target)
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
