"""Registering (登记): one act makes a contact and opens or joins a matter (A1–A5, A8). It can never be refused."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RespondentKind, Status
from services import clocks, gate, numbers, people, search
from services.guarding import set_guard, withdraw_excluded
from services.registration import Accused, Registration, check, headline, is_guarded


def register(session: Session, actor: Actor, said: Registration, joins: m.Petition | None = None) -> m.Contact:
    """Register a contact; `joins`: an existing matter it belongs to (then it is 重复), else a new matter is opened.

    Raises RuleBroken naming the field when something said cannot be right.
    """
    check(session, actor, said)
    petition = joined(session, actor, joins, said) if joins else open_matter(session, actor, said)
    year = (said.registered_on or actor.today).year
    contact = new_contact(actor, said, petition, numbers.contact(session, year, guarded=petition.is_guarded))
    session.add(contact)
    for person in said.people:
        contact.people.append(people.link(session, person, petition))
    session.flush()
    _note(session, actor, petition, contact, "join" if joins else "register")
    search.index(session, petition)
    return contact


def sent_before(session: Session, actor: Actor, form_key: str) -> m.Contact | None:
    """What this very form registered already: going back and sending it again makes no second matter (A1).

    Raises NotHere when the actor may not see it any more.
    """
    asked = sa.select(m.Contact.id).where(m.Contact.form_key == form_key).execution_options(gated=True)
    found = session.scalar(asked) if form_key else None
    return gate.find(session, actor, m.Contact, found) if found else None


def joined(session: Session, actor: Actor, petition: m.Petition, said: Registration) -> m.Petition:
    """An existing matter with whom a later contact complains of besides, and guarded when the contact asks for it (§3)."""
    was_guarded = petition.is_guarded
    known = {(r.kind, r.unit_id or r.leader_id or r.user_id or r.name) for r in petition.respondents}
    for accused in said.respondents:
        if (accused.kind, accused.target_id or accused.name.strip()) not in known:
            session.add(respondent(petition, accused))
    petition.is_secret = petition.is_secret or (is_guarded(said) and not was_guarded)
    session.flush()
    set_guard(session, actor, petition, was_guarded)
    if was_guarded:
        withdraw_excluded(session, actor, petition)
    return petition


def open_matter(session: Session, actor: Actor, said: Registration) -> m.Petition:
    """A new matter (信访事项) from a registration, with its respondents and the office's first clock."""
    registered_on = said.registered_on or actor.today
    number = numbers.matter(session, registered_on.year, guarded=is_guarded(said))
    petition = new_matter(actor, said, number)
    session.add(petition)
    session.flush()
    for accused in said.respondents:
        session.add(respondent(petition, accused))
    clocks.start(session, petition, "office_route", registered_on, actor.unit_id)
    if said.sender_due_on and not said.is_carried_over:
        source = f"{said.sender or '上级'} {said.source_number or ''}".strip()
        clocks.start_named(session, petition, "sender", said.sender_due_on, source, registered_on, actor.unit_id)
    session.flush()
    return petition


def new_matter(actor: Actor, said: Registration, number: str) -> m.Petition:
    """The row of a new matter, not yet in a session."""
    return m.Petition(
        number=number,
        title=said.title.strip() or headline(said.demand),
        demand=said.demand,
        purpose=said.purpose,
        category_id=said.category_id,
        category_text=said.category_text,
        place=said.place,
        channel=said.channel,
        is_secret=said.is_secret,
        is_carried_over=said.is_carried_over,
        people_count=max(said.people_count, len(said.people), 1),
        level_from=said.level_from,
        source_number=said.source_number,
        sender=said.sender,
        sender_due_on=said.sender_due_on,
        registered_on=said.registered_on or actor.today,
        registered_by_id=actor.user_id,
        registered_unit_id=actor.unit_id,
        first_receiver_id=said.receptionist_id or actor.user_id,
        status=Status.REGISTERED,
    )


def new_contact(actor: Actor, said: Registration, petition: m.Petition, number: str) -> m.Contact:
    """The row of a contact of this matter, not yet in a session."""
    return m.Contact(
        number=number,
        petition=petition,
        channel=said.channel,
        received_on=said.received_on,
        registered_on=said.registered_on or actor.today,
        is_anonymous=said.is_anonymous,
        people_count=max(said.people_count, len(said.people), 1),
        level_visited=said.level_visited,
        purpose=said.purpose,
        place=said.place,
        demand=said.demand,
        original_at=said.original_at,
        source=said.source,
        external_number=said.external_number,
        is_carried_over=said.is_carried_over,
        receptionist_id=said.receptionist_id or actor.user_id,
        reception_session_id=said.reception_session_id,
        form_key=said.form_key or None,
    )


def respondent(petition: m.Petition, accused: Accused) -> m.Respondent:
    """The row for one respondent."""
    column = {RespondentKind.UNIT: "unit_id", RespondentKind.LEADER: "leader_id", RespondentKind.USER: "user_id"}.get(
        accused.kind
    )
    target = {column: accused.target_id} if column else {}
    return m.Respondent(petition=petition, kind=accused.kind, name=accused.name.strip(), **target)


def people_of(petition: m.Petition) -> list[m.Petitioner]:
    """Everybody who ever came about the matter, each once, in order of coming."""
    return list(
        {link.petitioner_id: link.petitioner for contact in petition.contacts for link in contact.people}.values()
    )


def _note(session: Session, actor: Actor, petition: m.Petition, contact: m.Contact, verb: str) -> None:
    session.add(arrival(actor, petition, contact, verb))
    session.flush()


def arrival(actor: Actor, petition: m.Petition, contact: m.Contact, verb: str) -> m.Move:
    """The line of the history that says how a contact came in; `verb`: register or join."""
    return m.Move(
        petition=petition,
        verb=verb,
        from_status=None if verb == "register" else petition.status,
        to_status=petition.status,
        moved_on=contact.registered_on,
        moved_at=actor.now,
        by_id=actor.user_id,
        by_name=actor.name,
        note=contact.number,
        details={"contact_id": contact.id},
    )
