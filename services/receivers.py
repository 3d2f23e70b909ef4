"""Who may receive whom: the rule of the accused for leaders, and how well each leader fits a demand (D11, Art 30(3))."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

import models as m
from rules import access, appointments
from rules.access import Accused, Actor
from rules.appointments import Demand, Desk
from rules.words import Purpose, Role
from services import gate_actors, settings


@dataclass(frozen=True)
class Asked:
    """What decides who may receive somebody: what he wants, whom he complains of, the matter it belongs to."""

    demand: str = ""
    purpose: Purpose = Purpose.SEEK
    is_secret: bool = False
    place: str = ""
    people_count: int = 1
    respondent_unit_id: int | None = None
    respondent_leader_id: int | None = None
    petition: m.Petition | None = None
    carried: int = 0

    @property
    def is_guarded(self) -> bool:
        """Is it a complaint of somebody, secret, or about a guarded matter (§3)?"""
        told = self.purpose == Purpose.REPORT or self.is_secret
        return told or bool(self.petition is not None and self.petition.is_guarded)

    @property
    def accused(self) -> list[Accused]:
        """Everybody in the system whom this complains of, his own words' and the matter's."""
        named = [Accused(unit_id=self.respondent_unit_id)] if self.respondent_unit_id else []
        named += [Accused(leader_id=self.respondent_leader_id)] if self.respondent_leader_id else []
        of_matter = self.petition.respondents if self.petition is not None else []
        return named + [Accused(r.unit_id, r.leader_id, r.user_id) for r in of_matter]


NAMES = ("demand", "purpose", "is_secret", "place", "people_count", "respondent_unit_id", "respondent_leader_id")


def asked(said: Mapping[str, Any], petition: m.Petition | None) -> Asked:
    """The question as a form puts it; what is left empty keeps its default."""
    return Asked(**{name: said[name] for name in NAMES if said.get(name)}, petition=petition)


def asked_by(row: m.Appointment) -> Asked:
    """The question as a sign-up puts it."""
    carried, before = 0, row.carried_from
    while before is not None and carried < 9:
        carried, before = carried + 1, before.carried_from
    values = {name: getattr(row, name) for name in NAMES if getattr(row, name)}
    return Asked(**values, petition=row.petition, carried=carried)


Seats = list[tuple[int, Actor]]


def seats(session: Session) -> Seats:
    """Every leader as one who might know: through each of his accounts, and through the units he heads."""
    units = session.scalars(sa.select(m.Unit)).all()
    accounts = session.scalars(
        sa.select(m.User).where(sa.or_(m.User.leader_id.is_not(None), m.User.role == Role.UNIT_HEAD))
    )
    users = list(accounts)
    found: Seats = []
    for leader_id in session.scalars(sa.select(m.Leader.id)):
        headed = [unit.id for unit in units if unit.head_leader_id == leader_id]
        own: list[m.User | None] = [user for user in users if user.leader_id == leader_id]
        found += [(leader_id, _seat(units, users, leader_id, headed, user)) for user in own or [None]]
    return found


def _seat(units: Any, users: list[m.User], leader_id: int, headed: list[int], user: m.User | None) -> Actor:
    unit_id = user.unit_id if user else None
    above = set().union(*(gate_actors.ancestors(units, key) for key in [*headed, unit_id]))
    heads = [one for one in users if unit_id and one.unit_id == unit_id and one.role == Role.UNIT_HEAD]
    of_unit = {unit.head_leader_id for unit in units if unit.id == unit_id and unit.head_leader_id}
    return Actor(
        user.id if user else None, "", "", Role.LEADER, leader_id=leader_id, line_ids=frozenset(above),
        head_user_ids=frozenset(one.id for one in heads),
        head_leader_ids=frozenset(of_unit | {one.leader_id for one in heads if one.leader_id}),
    )  # fmt: skip


def concerned(session: Session, question: Asked, of: Seats | None = None) -> frozenset[int]:
    """Leaders who are complained of, head a unit complained of, or belong to it — whatever the purpose."""
    accused = question.accused
    if not accused:
        return frozenset()
    looked = seats(session) if of is None else of
    return frozenset(key for key, seat in looked if any(access.is_excluded(seat, one) for one in accused))


def barred(session: Session, question: Asked, of: Seats | None = None) -> frozenset[int]:
    """Leaders who may neither receive this nor know of it: those concerned, when it is guarded (rules-of-the-office §3)."""
    return concerned(session, question, of) if question.is_guarded else frozenset()


def demand_of(session: Session, actor: Actor, question: Asked) -> Demand:
    """The question as rules.appointments weighs it: words, units, and what makes it 疑难复杂."""
    petition = question.petition
    group = int(settings.get(session, "group_threshold", actor.today))
    parts = [question.demand, question.place]
    units = set() if question.is_guarded or not question.respondent_unit_id else {question.respondent_unit_id}
    handling: set[int] = set()
    if petition is not None:
        handling = {leg.unit_id for leg in petition.legs}
        parts += [petition.title, str(petition.category or petition.category_text or "")]
    people = max(question.people_count, petition.people_count if petition is not None else 1)
    contacts = len(petition.contacts) if petition is not None else 0
    hard = appointments.hard_because(people, group, contacts, len(handling), question.carried)
    return Demand(" ".join(part for part in parts if part), frozenset(units | handling), hard)


def desks(session: Session) -> dict[int, Desk]:
    """Every leader in use as one to choose from."""
    units = session.scalars(sa.select(m.Unit)).all()
    rows = session.scalars(sa.select(m.Leader).where(m.Leader.is_active).options(selectinload(m.Leader.units)))
    return {leader.id: desk_of(leader, units) for leader in rows}


def desk_of(leader: m.Leader, units: Any) -> Desk:
    """One leader with the units he answers for."""
    own = {unit.id: unit.name for unit in leader.units}
    below = frozenset(gate_actors.subtree(units, own) - set(own))
    return Desk(leader.id, leader.name, leader.rank == "main", leader.division or "", own, below)


def warnings(session: Session, actor: Actor, question: Asked, leader: m.Leader) -> list[str]:
    """What the desk should think of before it lets this leader receive this demand; nothing of it blocks."""
    desk = desk_of(leader, session.scalars(sa.select(m.Unit)).all())
    found = [appointments.outside(desk, demand_of(session, actor, question))]
    if leader.id in concerned(session, question):
        found.append(f"{leader.name}是被反映人或与被反映单位有关，请确认由其接访是否合适。")
    elif question.is_guarded and leader.name in question.demand:
        found.append(f"诉求提到“{leader.name}”：如是被反映人，请在“被反映领导”中选定。")
    return [text for text in found if text]
