"""Registering (登记): one act makes a contact and opens or joins a matter (A1–A5, A8). It can never be refused."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.gathered import Gathered
from rules.words import Level, Purpose, RespondentKind, RuleBroken, Status
from services import clocks, gate, gate_actors, numbers, people, search, settings

EARLIEST = date(1980, 1, 1)
"""Nothing received before it is registered: such a year is a slip of the hand."""


@dataclass
class Person:
    """A petitioner as registered: protected fields in full, kept only on the row."""

    name: str
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None
    is_representative: bool = False


@dataclass
class Accused:
    """Whom the matter complains of: a unit, leader or user by id, or a name outside the system."""

    kind: RespondentKind
    target_id: int | None = None
    name: str = ""


@dataclass
class Registration:
    """Everything the registration screen or an import says of one contact (A1–A4)."""

    channel: str
    demand: str
    received_on: date
    title: str = ""
    people: list[Person] = field(default_factory=list)
    is_anonymous: bool = False
    is_secret: bool = False
    people_count: int = 1
    level_visited: Level = Level.OWN
    purpose: Purpose = Purpose.SEEK
    category_id: int | None = None
    category_text: str | None = None
    place: str | None = None
    respondents: list[Accused] = field(default_factory=list)
    original_at: str | None = None
    receptionist_id: int | None = None
    registered_on: date | None = None
    is_carried_over: bool = False
    source: str | None = None
    external_number: str | None = None
    reception_session_id: int | None = None
    level_from: Level | None = None
    sender: str | None = None
    source_number: str | None = None
    sender_due_on: date | None = None
    form_key: str | None = None


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


def is_guarded(said: Registration) -> bool:
    """Will the matter opened by this registration be a guarded one?"""
    return said.purpose == Purpose.REPORT or said.is_secret


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


def check(session: Session, actor: Actor, said: Registration) -> None:
    """The registration's rules, each a sentence naming its field, all that are broken raised together."""
    gathered = Gathered(_wrong_words(actor, said, settings.channels(session)))
    most = int(settings.get(session, "max_representatives", actor.today))
    if sum(person.is_representative for person in said.people) > most:
        no = RuleBroken(f"代表：最多 {most} 人（《信访工作条例》第二十条），请减少代表人数。", "people")
        gathered.found.append(no)
    with gathered.going_on():
        _check_respondents(session, said.respondents)
    gathered.refuse()


def check_words(actor: Actor, said: Registration, channels: Container[str]) -> None:
    """The part of `check` that needs nothing from the database; `channels`: the codes in use."""
    Gathered(_wrong_words(actor, said, channels)).refuse()


def _wrong_words(actor: Actor, said: Registration, channels: Container[str]) -> Iterator[RuleBroken]:
    registered_on = said.registered_on or actor.today
    if not said.demand.strip():
        yield RuleBroken("诉求：请填写。", "demand")
    if not said.is_anonymous and not said.people:
        yield RuleBroken("信访人：请填写姓名；不愿留名的请勾选“匿名”。", "people")
    if said.received_on > registered_on:
        yield RuleBroken("收到日期：不能晚于登记日期，请核对。", "received_on")
    if said.received_on < EARLIEST:
        yield RuleBroken(f"收到日期：{said.received_on} 太早，请核对年份。", "received_on")
    if registered_on > actor.today:
        yield RuleBroken("登记日期：不能晚于今天，请核对。", "registered_on")
    if said.level_from is None and (said.sender or said.source_number or said.sender_due_on):
        yield RuleBroken("交办级别：填了来文的，请选择是哪一级交办。", "level_from")
    if said.sender_due_on and said.sender_due_on < registered_on:
        yield RuleBroken("上级要求期限：不能早于登记日期，请核对。", "sender_due_on")
    if said.channel not in channels:
        yield RuleBroken("信访方式：没有这个选项，请重新选择。", "channel")


def _check_respondents(session: Session, respondents: list[Accused]) -> None:
    """Free text equal to a known name must be resolved before saving (rules-of-the-office §3)."""
    for accused in respondents:
        if accused.kind != RespondentKind.OUTSIDE:
            continue
        if not accused.name.strip():
            raise RuleBroken("被反映人：请填写姓名或单位名称。", "respondents")
        known = [m.Unit.name, m.Leader.name, m.User.name]
        hits = [
            column
            for column in known
            if session.scalar(sa.select(sa.literal(1)).where(column == accused.name.strip()).limit(1))
        ]
        if hits:
            raise RuleBroken(f"被反映人：“{accused.name}”与本系统中的名称相同，请从列表中选定是不是他。", "respondents")


def respondent(petition: m.Petition, accused: Accused) -> m.Respondent:
    """The row for one respondent."""
    column = {RespondentKind.UNIT: "unit_id", RespondentKind.LEADER: "leader_id", RespondentKind.USER: "user_id"}.get(
        accused.kind
    )
    target = {column: accused.target_id} if column else {}
    return m.Respondent(petition=petition, kind=accused.kind, name=accused.name.strip(), **target)


def headline(demand: str) -> str:
    """The first sentence of a demand as its 概况, 40 characters at most."""
    text = " ".join(demand.split())
    for stop in "。！？；":
        text = text.split(stop)[0]
    return text[:40] or "（无内容）"


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


def set_guard(session: Session, actor: Actor, petition: m.Petition, was_guarded: bool) -> None:
    """After purpose or 保密 changed: a guarded matter moves to its own number series, so that no gap shows (§3)."""
    if petition.is_guarded == was_guarded:
        return
    petition.number = numbers.matter(session, petition.registered_on.year, guarded=petition.is_guarded)
    for contact in petition.contacts:
        contact.number = numbers.contact(session, contact.registered_on.year, guarded=petition.is_guarded)
    if petition.is_guarded:
        people.set_apart(session, petition)
    withdraw_excluded(session, actor, petition)
    session.flush()


def withdraw_excluded(session: Session, actor: Actor, petition: m.Petition) -> list[m.Leg]:
    """End the open legs to units whose people may not know of the matter; the matter goes back to the office (§3)."""
    from services import cases, readings, supervisions, visits

    ended = []
    for leg in petition.legs:
        if leg.ended_on is None and unit_is_accused(session, petition, leg.unit_id):
            leg.ended_on, leg.end_reason = actor.today, "回避：该单位或其负责人为被反映人"
            ended.append(leg)
    if any(leg.is_lead for leg in ended):
        _take_back(session, actor, petition)
    session.flush()
    cases.withdraw_excluded(session, actor, petition)
    visits.withdraw_excluded(session, actor, petition)
    readings.withdraw_excluded(session, actor, petition)
    supervisions.withdraw_excluded(session, actor, petition)
    return ended


def _take_back(session: Session, actor: Actor, petition: m.Petition) -> None:
    """The matter is the office's again, with its routing clock and a line in the history (B8)."""
    before = petition.status
    petition.unit_id = petition.handler_id = petition.routed_on = petition.accepted_on = None
    petition.replied_on = petition.served_at = petition.opinion = None
    petition.status = Status.REGISTERED
    clocks.stop(petition, tuple(clock.term for clock in clocks.running(petition)), actor.today)
    clocks.start(session, petition, "office_route", actor.today, petition.registered_unit_id)
    line: dict[str, Any] = {"verb": "withdraw", "from_status": before, "to_status": petition.status, "details": {}}
    who = {"by_id": actor.user_id, "by_name": actor.name, "moved_on": actor.today, "moved_at": actor.now}
    session.add(m.Move(petition=petition, note="责任单位或其负责人为被反映人，收回另行交办。", **line, **who))


def accused_units(session: Session, petition: m.Petition) -> set[int]:
    """Ids of all units a guarded matter may not be routed to."""
    from services import excluded

    return set(excluded.units(session, petition))


def unit_is_accused(session: Session, petition: m.Petition, unit_id: int) -> bool:
    """True when a guarded matter complains of this unit, one above it, or the one who heads it."""
    if not petition.is_guarded:
        return False
    units = session.scalars(sa.select(m.Unit)).all()
    line = gate_actors.ancestors(units, unit_id)
    heads = session.scalars(sa.select(m.User).where(m.User.unit_id == unit_id, m.User.role == "unit_head")).all()
    head_users, head_leaders = {h.id for h in heads}, {h.leader_id for h in heads if h.leader_id}
    head_leaders |= {u.head_leader_id for u in units if u.id == unit_id and u.head_leader_id}
    return any(
        r.unit_id in line
        or (r.user_id in head_users if r.user_id else False)
        or (r.leader_id in head_leaders if r.leader_id else False)
        for r in petition.respondents
    )
