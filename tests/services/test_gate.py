"""The gate against an oracle written from rules-of-the-office §3–§4 alone: rows seen, rows hidden, for every role (C1, C2)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import models as m
from rules.words import CaseStatus, LegKind, Purpose, RespondentKind, Role, Status
from services import gate
from services import settings as office_settings
from tests.fixtures import casework
from tests.fixtures.office import LEADERS, UNITS, USERS, Office
from tests.fixtures.pages import bare

DAY = date(2026, 11, 20)
OFFICE_WIDE = {Role.CLERK, Role.OFFICE_HEAD, Role.INSPECTOR, Role.STATISTICIAN}
OF_A_UNIT = {Role.CADRE, Role.REPORTER, Role.HANDLER, Role.UNIT_HEAD}
OF_A_LEADER = {Role.LEADER, Role.LEADER_IN_CHARGE}


@dataclass(frozen=True)
class World:
    """One matter and what surrounds it; units, leaders and users by the keys of fixtures/office."""

    purpose: Purpose
    is_secret: bool
    is_closed: bool
    registered_by: str
    registered_unit: str
    respondents: tuple[tuple[str, str], ...]
    legs: tuple[str, ...]
    case_leader: str | None
    carriers: tuple[str, ...]
    stands: str
    heads: dict[str, str | None]
    discipline_contact: str


RESPONDENTS = st.one_of(
    st.tuples(st.just("unit"), st.sampled_from(sorted(UNITS))),
    st.tuples(st.just("leader"), st.sampled_from(sorted(LEADERS))),
    st.tuples(st.just("user"), st.sampled_from(sorted(USERS))),
    st.just(("outside", "某包工头")),
)
WORLDS = st.builds(
    World,
    purpose=st.sampled_from([Purpose.REPORT, Purpose.SEEK]),
    is_secret=st.booleans(),
    is_closed=st.booleans(),
    registered_by=st.sampled_from(["clerk", "clerk2", "cadre_a", "office_head"]),
    registered_unit=st.sampled_from(sorted(UNITS)),
    respondents=st.lists(RESPONDENTS, max_size=3).map(tuple),
    legs=st.lists(st.sampled_from(["a", "a1", "b", "government"]), max_size=2, unique=True).map(tuple),
    case_leader=st.sampled_from([None, "a", "b", "mayor"]),
    carriers=st.lists(st.sampled_from(sorted(USERS)), max_size=3, unique=True).map(tuple),
    stands=st.sampled_from(["runs", "runs", "left", "ended"]),
    heads=st.fixed_dictionaries({key: st.sampled_from([None, "a", "b"]) for key in ("a", "a1", "office")}),
    discipline_contact=st.sampled_from(["", "clerk2", "handler_b"]),
)


# --- the oracle: the words of the rules, on the keys of the fixture


def line(unit: str | None) -> set[str]:
    return {unit, *line(UNITS[unit][2])} if unit else set()


def below(unit: str | None) -> set[str]:
    return {key for key in UNITS if unit in line(key)}


def heads_unit(world: World, kind: str, who: str, unit: str | None) -> bool:
    """Is `who` (a user or a leader) at the head of this unit?"""
    chiefs = {name for name, (_n, role, at, _l) in USERS.items() if unit and at == unit and role is Role.UNIT_HEAD}
    leaders = {USERS[chief][3] for chief in chiefs} | {world.heads.get(unit or "")}
    return who in {"user": chiefs, "leader": leaders}.get(kind, set())


def complains_of(world: World, kind: str, who: str, username: str) -> bool:
    """Must this person not know of a complaint about `who`?"""
    _name, _role, unit, leader = USERS[username]
    if (kind == "user" and who == username) or (kind == "leader" and who == leader):
        return True
    by_unit = (kind == "unit" and who in line(unit)) or heads_unit(world, kind, who, unit)
    is_trusted = unit == "office" and username in (world.registered_by, world.discipline_contact)
    return by_unit and not is_trusted


def must_not_know(world: World, username: str) -> bool:
    is_guarded = world.purpose is Purpose.REPORT or world.is_secret
    return is_guarded and names_him(world, username)


def names_him(world: World, username: str) -> bool:
    return any(complains_of(world, kind, who, username) for kind, who in world.respondents)


def carries(world: World, username: str) -> bool:
    """Is he the person responsible (the first) or in the team of a running case that he may see by it?"""
    is_his = world.case_leader is not None and username in world.carriers and world.stands != "ended"
    has_left = world.stands == "left" and username not in world.carriers[:1]
    is_guarded = world.purpose is Purpose.REPORT or world.is_secret
    return is_his and not has_left and not is_guarded and not names_him(world, username)


def in_scope(world: World, username: str) -> bool:
    _name, role, unit, leader = USERS[username]
    places = {world.registered_unit, *world.legs}
    if role in OF_A_UNIT | OF_A_LEADER and carries(world, username):
        return True
    if role in OFFICE_WIDE:
        return True
    if role in OF_A_UNIT:
        return bool(places & below(unit))
    if role in OF_A_LEADER:
        answers_for = set().union(*map(below, LEADERS[leader or ""][3]), set())
        return bool(places & answers_for) or world.case_leader == leader
    return role is Role.ARCHIVIST and world.is_closed


# --- the world in the database


def build(office: Office, world: World) -> m.Petition:
    for key, leader in world.heads.items():
        office.unit(key).head_leader = office.leader(leader) if leader else None
    office_settings.put(office.session, office.actor("office_head"), "discipline_contact", world.discipline_contact)
    end = {"status": Status.CLOSED, "closed_on": DAY} if world.is_closed else {"status": Status.ROUTED}
    petition = m.Petition(
        number="XF2026-000001", title="道路", demand="道路", channel="letter", registered_on=DAY, purpose=world.purpose,
        is_secret=world.is_secret, registered_by_id=office.user(world.registered_by).id,
        registered_unit_id=office.unit(world.registered_unit).id, **end,
    )  # fmt: skip
    contact = m.Contact(
        number="LX2026-000001", petition=petition, channel="letter", received_on=DAY, registered_on=DAY, demand="道路"
    )
    contact.people.append(m.ContactPetitioner(petitioner=m.Petitioner(name="赵丽华")))
    office.session.add(contact)
    for kind, who in world.respondents:
        target = {"unit": office.unit, "leader": office.leader, "user": office.user}.get(kind)
        column = {f"{kind}_id": target(who).id} if target else {}
        office.session.add(m.Respondent(petition=petition, kind=RespondentKind(kind), name=who, **column))
    for number, key in enumerate(world.legs):
        unit = {"unit_id": office.unit(key).id, "kind": LegKind.ASSIGN}
        office.session.add(m.Leg(petition=petition, is_lead=number == 0, sent_on=DAY, **unit))
    if world.case_leader:
        office.session.add(case_of(office, world, petition))
    office.session.flush()
    return petition


def case_of(office: Office, world: World, petition: m.Petition) -> m.Case:
    """Leader's case; the first carrier is responsible, the others are its team."""
    state = (
        {"status": CaseStatus.CLOSED, "ended_on": DAY} if world.stands == "ended" else {"status": CaseStatus.RUNNING}
    )
    case = m.Case(
        number="BA2026-001", petition=petition, leader_id=office.leader(world.case_leader or "").id, assigned_on=DAY, **state
    )  # fmt: skip
    for place, username in enumerate(world.carriers):
        user = office.user(username)
        if place == 0:
            case.responsible_id = user.id
        else:
            left = DAY if world.stands == "left" else None
            case.members.append(m.CaseMember(user_id=user.id, name=user.name, joined_on=DAY, left_on=left))
    return case


def known(session: Session, actor: Any, model: Any) -> bool:
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(gate.criteria(actor, model))) == 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS, usernames=st.lists(st.sampled_from(sorted(USERS)), min_size=2, max_size=2, unique=True))
def test_the_gate_agrees_with_the_rules(office: Office, world: World, usernames: list[str]) -> None:
    session = office.session
    session.expunge_all()
    with session.begin_nested() as world_only:
        petition = build(office, world)
        for username in usernames:
            actor = office.actor(username)
            excluded = must_not_know(world, username)
            assert gate.is_accused(session, petition, actor) == excluded, username
            seen = in_scope(world, username) and not excluded
            for model in (m.Petition, m.Contact, m.Petitioner):
                assert known(session, actor, model) == seen, (username, model)
        world_only.rollback()


def test_the_command_line_sees_all(office: Office) -> None:
    world = World(Purpose.REPORT, True, False, "clerk", "office", (("unit", "office"),), (), None, (), "runs", {}, "")
    build(office, world)
    assert known(office.session, office.actor("system"), m.Petition)


@pytest.mark.parametrize(
    "row_id", ["", "abc", "-1", "1.0", "²", "٣", "1 or 1=1", "99999999999999999999", "2147483648", "\0", "999"]
)
@pytest.mark.db
def test_what_is_no_id_is_simply_not_here(office: Office, row_id: str) -> None:
    with pytest.raises(gate.NotHere):
        gate.find(office.session, office.actor("clerk"), m.Petition, row_id)


def test_hidden_and_absent_are_the_same_answer(app: Flask, office: Office, client_for: Any) -> None:
    """C1: a matter of unit A is for handler B what no matter is: 404 with the same body."""
    petition = casework.matter(office, steps="assign")
    client = client_for("handler_b")
    for path in ("petition/details/?id={}", "petition/{}/do/accept", "petition/{}/do/reveal", "contact/details/?id={}",
                 "contact/{}/print", "document/{}/print", "attachment/{}/", "petition/{}/looked"):  # fmt: skip
        hidden, absent = (client.get(f"/admin/{path.format(key)}") for key in (petition.id, 424242))
        assert hidden.status_code == absent.status_code, path
        assert hidden.status_code in (403, 404), path
        assert bare(hidden.text) == bare(absent.text), path
    assert client_for("handler_a").get(f"/admin/petition/details/?id={petition.id}").status_code == 200
