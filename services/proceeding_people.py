"""Who takes part in a proceeding: typed or chosen, tied to the leader or account of that name; nobody the matter shuts out (F4, §3)."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import proceedings as rules
from rules.access import Actor, mask_name
from rules.proceedings import KINDS, PersonRole
from rules.words import RuleBroken
from services import excluded

PARTY = PersonRole.PARTY


@dataclass(frozen=True)
class People:
    """As typed: who presides; “姓名，单位职务” a line for members and parties; leaders chosen from the list.

    `parties` None: they stay as they are (a guarded matter's form does not show their names, §4).
    """

    chair: str
    members: str = ""
    parties: str | None = ""
    leader_ids: Collection[int] = ()


@dataclass
class Person:
    """One of them, before he stands on a row."""

    role: PersonRole
    name: str
    title: str
    field: str
    leader_id: int | None = None
    user_id: int | None = None


def put(session: Session, actor: Actor, row: m.Proceeding, said: People) -> None:
    """Make the row's people these. Raises RuleBroken naming the field: nobody presides, one named twice, one barred."""
    kind = KINDS[row.kind]
    found = _read(session, kind, said)
    if said.parties is None:
        found += [Person(one.role, one.name, one.title or "", "parties") for one in row.people if one.role is PARTY]
    _check_once(kind, found)
    _tie(session, found)
    _check_barred(session, actor, row.petition, found)
    there = {one.name: one for one in row.people}
    for one in found:
        person = there.pop(one.name, None)
        if person is None:
            person = m.ProceedingPerson(name=one.name)
            row.people.append(person)
        if person.role is not one.role:
            person.dissent = None
        person.role, person.title = one.role, one.title or None
        person.leader_id, person.user_id = one.leader_id, one.user_id
    for gone in there.values():
        row.people.remove(gone)


def _read(session: Session, kind: rules.Kind, said: People) -> list[Person]:
    chair = rules.people_in(said.chair, "chair", kind.chair)
    if len(chair) != 1:
        raise RuleBroken(f"{kind.chair}：请填写一位。", "chair")
    found = [Person(PersonRole.CHAIR, *chair[0], "chair")]
    for key in dict.fromkeys(said.leader_ids):
        leader = session.get(m.Leader, key)
        if leader is None or not leader.is_active:
            raise RuleBroken("参加的领导：没有这个选项，请重新选择。", "leader_ids")
        if all(leader.name != one.name for one in found):
            found.append(Person(PersonRole.MEMBER, leader.name, leader.title, "leader_ids"))
    typed = rules.people_in(said.members, "members", kind.member)
    chosen = {one.name for one in found if one.field == "leader_ids"}
    found += [Person(PersonRole.MEMBER, name, title, "members") for name, title in typed if name not in chosen]
    if kind.has_parties and said.parties is not None:
        found += [Person(PARTY, *one, "parties") for one in rules.people_in(said.parties, "parties", "当事人")]
    return found


def _check_once(kind: rules.Kind, found: list[Person]) -> None:
    names: set[str] = set()
    for one in found:
        if one.name in names:
            label = "当事人" if one.role is PARTY else kind.member
            raise RuleBroken(
                f"{label}：“{one.name}”填了两次，请删去一个；同名的请注明，如“王伟（河东村）”。", one.field
            )
        names.add(one.name)


def _tie(session: Session, found: list[Person]) -> None:
    """A name that one leader in office or one account has is that leader or account."""
    for one in found:
        if one.role is PARTY:
            continue
        leaders = session.scalars(sa.select(m.Leader).where(m.Leader.name == one.name, m.Leader.is_active)).all()
        users = session.scalars(sa.select(m.User).where(m.User.name == one.name, m.User.is_active)).all()
        if len(leaders) == 1:
            one.leader_id, one.title = leaders[0].id, one.title or leaders[0].title
        elif len(users) == 1:
            one.user_id = users[0].id
            one.title = one.title or (users[0].unit.name if users[0].unit else "")


def barred_names(session: Session, actor: Actor, petition: m.Petition) -> frozenset[str]:
    """Names of those a matter shuts out: respondents of any kind; for a guarded one whoever the rule of the accused hides it from."""
    leaders, users = excluded.leaders(session, actor, petition), excluded.users(session, actor, petition)
    known = set(session.scalars(sa.select(m.Leader.name).where(m.Leader.id.in_(sorted(leaders)))))
    known |= set(session.scalars(sa.select(m.User.name).where(m.User.id.in_(sorted(users)))))
    return frozenset(known | {respondent.name for respondent in petition.respondents})


def _check_barred(session: Session, actor: Actor, petition: m.Petition, found: list[Person]) -> None:
    """In an open matter the other side may come as a party (mediation, hearing); it never checks, presides or judges."""
    barred = barred_names(session, actor, petition)
    for one in found:
        may_come = one.role is PARTY and not petition.is_guarded
        if one.name in barred and not may_come:
            raise RuleBroken(f"参加人员：“{one.name}”应当回避，不能参加，请改为别人。", one.field)


def voices(row: m.Proceeding) -> list[m.ProceedingPerson]:
    """Who counts: whoever presides and the members, not the parties."""
    return [one for one in row.people if one.role is not PARTY]


def shown(row: m.Proceeding, one: m.ProceedingPerson) -> str:
    """“周强（县国土局工程师）”; parties of a guarded matter masked (§4)."""
    name = mask_name(one.name, guarded=row.petition.is_guarded) if one.role is PARTY else one.name
    return f"{name}（{one.title}）" if one.title else name


def listed(row: m.Proceeding, role: PersonRole) -> str:
    """Those who take part as this, for a list, a paper, an export."""
    return "、".join(shown(row, one) for one in row.people if one.role is role)


def typed(row: m.Proceeding, role: PersonRole) -> str:
    """The same as it is typed into a form: one a line."""
    return "\n".join("，".join(filter(None, (one.name, one.title))) for one in row.people if one.role is role)


def dissent(row: m.Proceeding) -> str:
    """“周强：不同意按 5.1 亩认定” a line."""
    return "\n".join(f"{one.name}：{one.dissent}" for one in row.people if one.dissent)
