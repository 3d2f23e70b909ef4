"""Registering: what opens or joins a matter, what is refused with which sentence, numbers, the guard (A1–A5, A8, C2)."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import Level, Purpose, RespondentKind, RuleBroken, Status
from services import excluded, guarding, petitions, settings
from services.registration import Accused, Person, Registration
from tests.fixtures.databases import session_on
from tests.fixtures.handled import move, registered, running
from tests.fixtures.office import TODAY, Office

ZHAO = Person("赵丽华", phone="13800000026", id_number="43062119700101001X", address="青石镇河东村 3 组 12 号")


def said(**more: Any) -> Registration:
    facts: dict[str, Any] = {
        "channel": "visit",
        "demand": "村道损坏三年。请修复！",
        "received_on": TODAY,
        "people": [ZHAO],
    }
    return Registration(**(facts | more))


def register(office: Office, username: str = "clerk", joins: m.Petition | None = None, **more: Any) -> m.Contact:
    return petitions.register(office.session, office.actor(username), said(**more), joins)


def test_one_registration_makes_a_contact_a_matter_and_its_first_clock_a1(office: Office) -> None:
    contact = register(
        office,
        place="河东村",
        level_visited=Level.COUNTY,
        original_at="2 号柜",
        receptionist_id=office.user("clerk2").id,
    )
    petition = contact.petition
    assert (contact.number, petition.number) == ("LX2026-000001", "XF2026-000001")
    assert (petition.title, petition.status, petition.place) == ("村道损坏三年", Status.REGISTERED, "河东村")
    assert (contact.level_visited, contact.original_at, contact.received_on) == (Level.COUNTY, "2 号柜", TODAY)
    assert set(running(petition)) == {"office_route"}
    assert petition.first_receiver == office.user("clerk2"), "A8: 首访首问负责"
    assert petition.registered_by_id == office.user("clerk").id
    assert [(move.verb, move.note) for move in petition.moves] == [("register", "LX2026-000001")]
    assert contact.is_first


def test_a_later_contact_is_repeated_because_it_joins_a3_a5(office: Office) -> None:
    first = register(office)
    second = register(office, joins=first.petition, channel="letter", people=[Person("钱大海")])
    office.session.expire_all()
    assert (first.is_first, second.is_first) == (True, False)
    assert second.petition is first.petition
    assert (second.number, first.petition.number) == ("LX2026-000002", "XF2026-000001")
    assert [move.verb for move in first.petition.moves] == ["register", "join"]
    assert [person.name for person in petitions.people_of(first.petition)] == ["赵丽华", "钱大海"]


@pytest.mark.parametrize("ended", ["closed", "voided"])
def test_registering_is_never_refused_not_even_after_the_end(office: Office, ended: str) -> None:
    """rules-of-the-office §1: registered all the same."""
    petition = registered(office, TODAY)
    for verb in {"closed": ("assign", "accept", "reply", "serve", "close"), "voided": ("void",)}[ended]:
        move(office, petition, verb, TODAY)
    assert register(office, joins=petition).petition is petition
    assert petition.status == Status(ended)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"demand": "  "}, "demand", "诉求：请填写"),
        ({"people": []}, "people", "不愿留名的请勾选“匿名”"),
        ({"received_on": TODAY + timedelta(1)}, "received_on", "不能晚于登记日期"),
        ({"registered_on": TODAY + timedelta(1)}, "registered_on", "不能晚于今天"),
        (
            {"registered_on": TODAY - timedelta(2), "received_on": TODAY - timedelta(1)},
            "received_on",
            "不能晚于登记日期",
        ),
        ({"channel": "pigeon"}, "channel", "没有这个选项"),
        ({"people": [Person(f"代表{n}", is_representative=True) for n in range(6)]}, "people", "最多 5 人"),
        ({"respondents": [Accused(RespondentKind.OUTSIDE, name=" ")]}, "respondents", "请填写"),
        ({"respondents": [Accused(RespondentKind.OUTSIDE, name="城建办")]}, "respondents", "从列表中选定"),
        ({"respondents": [Accused(RespondentKind.OUTSIDE, name=" 赵明 ")]}, "respondents", "从列表中选定"),
        ({"respondents": [Accused(RespondentKind.OUTSIDE, name="郑伟")]}, "respondents", "从列表中选定"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    office: Office, given: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as refused:
        register(office, **given)
    assert refused.value.field == field
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.Contact)) == 0


def test_anonymous_and_secret_are_taken_as_such_a1(office: Office) -> None:
    contact = register(office, people=[], is_anonymous=True, is_secret=True)
    assert (contact.is_anonymous, contact.people, contact.petition.is_secret) == (True, [], True)
    assert contact.petition.is_guarded


def test_five_representatives_of_a_group_a2(office: Office) -> None:
    people = [Person(f"代表{n}", is_representative=True) for n in range(5)] + [Person("其他人")]
    contact = register(office, people=people, people_count=14)
    assert [link.is_representative for link in contact.people] == [True] * 5 + [False]
    assert (contact.people_count, contact.petition.people_count) == (14, 14)
    assert register(office, people=people, people_count=1).people_count == 6, "never fewer than were named"


def test_the_number_of_representatives_is_a_setting_a2(office: Office) -> None:
    settings.put(office.session, office.actor("office_head"), "max_representatives", "1")
    with pytest.raises(RuleBroken, match="最多 1 人"):
        register(office, people=[Person(f"代表{n}", is_representative=True) for n in range(2)])


def test_the_same_person_is_one_row_the_same_name_is_not(office: Office) -> None:
    """Found by name and ID number or phone, by keyed hash; never by the name alone."""
    cases = [
        (Person("赵丽华", phone="138-0000-0026"), True),
        (Person("赵丽华", id_number="43062119700101001x"), True),
        (Person("赵丽华"), False),
        (Person("赵丽华", phone="13900000000"), False),
        (Person("赵丽", phone="13800000026"), False),
    ]
    known = register(office).people[0].petitioner_id
    for person, is_same in cases:
        assert (register(office, people=[person]).people[0].petitioner_id == known) == is_same, person


ID = "43062119700101001x"


def test_what_was_said_in_a_guarded_matter_is_not_found_through_an_open_one_j1(office: Office) -> None:
    """rules-of-the-office §3: an ID number given in secret stays with the secret matter, whichever came first."""
    person = Person("赵丽华", phone="13800000026")
    with_id = Person("赵丽华", phone="13800000026", id_number=ID)
    before = register(office, people=[person]).people[0].petitioner
    secret = register(office, people=[with_id], is_secret=True)
    after = register(office, people=[person]).people[0].petitioner
    again = register(office, joins=secret.petition, people=[person], is_secret=True)
    assert (before.id_number, after) == (None, before)
    assert secret.people[0].petitioner is not before
    assert again.people[0].petitioner is secret.people[0].petitioner


def test_a_matter_that_becomes_guarded_takes_its_people_along_j1(office: Office) -> None:
    person = Person("赵丽华", phone="13800000026")
    open_one, matter = register(office, people=[person]), register(office, people=[person])
    assert matter.people[0].petitioner is open_one.people[0].petitioner
    matter.petition.is_secret = True
    guarding.set_guard(office.session, office.actor("clerk"), matter.petition, was_guarded=False)
    own = matter.people[0].petitioner
    assert own is not open_one.people[0].petitioner
    assert (own.name, own.phone) == ("赵丽华", "13800000026")


def test_the_first_sentence_is_the_headline_unless_one_is_given(office: Office) -> None:
    assert register(office, demand="。").petition.title == "（无内容）"
    assert register(office, demand="长" * 300).petition.title == "长" * 39 + "…"
    assert register(office, demand="短" * 40).petition.title == "短" * 40
    assert register(office, title="路灯").petition.title == "路灯"


# --- the guard: own number series, withdrawal (C2)


def test_guarded_matters_leave_no_gap_in_the_open_series(office: Office) -> None:
    numbers = [
        (contact.petition.number, contact.number)
        for contact in (
            register(office),
            register(office, purpose=Purpose.REPORT),
            register(office, is_secret=True),
            register(office),
        )
    ]
    assert numbers == [
        ("XF2026-000001", "LX2026-000001"),
        ("JB2026-000001", "JL2026-000001"),
        ("JB2026-000002", "JL2026-000002"),
        ("XF2026-000002", "LX2026-000002"),
    ]


def test_a_matter_guarded_later_is_renumbered_and_taken_back(office: Office) -> None:
    """rules-of-the-office §3: open legs to excluded people are withdrawn; the office gets it back with a date (B8)."""
    unit_b = Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")
    petition = register(office, respondents=[unit_b]).petition
    move(office, petition, "assign", TODAY, unit_id=office.unit("b").id, assisting_ids=[office.unit("a").id])
    petition.purpose = Purpose.REPORT
    guarding.set_guard(office.session, office.actor("clerk"), petition, was_guarded=False)
    office.session.expire_all()
    assert (petition.number, petition.contacts[0].number) == ("JB2026-000001", "JL2026-000001")
    assert [(leg.unit.name, leg.ended_on) for leg in petition.legs] == [("民政办", TODAY), ("城建办", None)]
    assert (petition.status, petition.unit_id, petition.routed_on) == (Status.REGISTERED, None, None)
    assert set(running(petition)) == {"office_route"}
    assert petition.moves[-1].verb == "withdraw"


@pytest.mark.parametrize(
    ("kind", "who", "refused"),
    [
        (RespondentKind.UNIT, "a", {"a", "a1"}),
        (RespondentKind.UNIT, "a1", {"a1"}),
        (RespondentKind.UNIT, "government", {"government", "office", "a", "a1", "b"}),
        (RespondentKind.USER, "unit_head_b", {"b"}),
        (RespondentKind.USER, "handler_b", set()),
    ],
)
def test_units_a_guarded_matter_may_not_go_to(
    office: Office, kind: RespondentKind, who: str, refused: set[str]
) -> None:
    row = office.unit(who) if kind is RespondentKind.UNIT else office.user(who)
    guarded = register(office, purpose=Purpose.REPORT, respondents=[Accused(kind, row.id, row.name)]).petition
    assert excluded.units(office.session, guarded) == {office.unit(key).id for key in refused}
    for key in refused:
        with pytest.raises(RuleBroken, match="被反映人"):
            move(office, guarded, "assign", TODAY, unit_id=office.unit(key).id)
    open_matter = register(office, respondents=[Accused(kind, row.id, row.name)]).petition
    assert excluded.units(office.session, open_matter) == set(), "a demand on an office must reach it"


# --- numbers under concurrency (C14)


@pytest.mark.db
def test_registrations_at_the_same_moment_get_numbers_of_their_own(desk_url: str, office: Office) -> None:
    people, each, faults = 8, 3, list[Exception]()
    start = threading.Barrier(people)
    office.session.rollback()

    def clerk() -> None:
        try:
            with session_on(desk_url) as session:
                start.wait(20)
                for _ in range(each):
                    _register_one(session)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=clerk) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    for model, series in ((m.Petition, "XF"), (m.Contact, "LX")):
        numbers = sorted(office.session.scalars(sa.select(model.number)))
        assert numbers == [f"{series}2026-{n:06d}" for n in range(1, people * each + 1)]


def _register_one(session: Session) -> None:
    petitions.register(
        session, Office(session).actor("clerk"), said(received_on=date(2026, 11, 20), people=[Person("钱大海")])
    )
    session.commit()


def test_a_later_contact_may_name_somebody_more_a5_c2(office: Office) -> None:
    """Its respondent is kept, and a contact that asks for secrecy guards the whole matter: unit B loses it at once."""
    petition = register(office).petition
    move(office, petition, "assign", TODAY, unit_id=office.unit("b").id)
    unit_b = Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")
    again = register(office, joins=petition, respondents=[unit_b], purpose=Purpose.REPORT)
    office.session.expire_all()
    assert [r.name for r in petition.respondents] == ["民政办"]
    assert (petition.is_guarded, petition.number, again.number) == (True, "JB2026-000001", "JL2026-000002")
    assert (petition.unit_id, petition.status) == (None, Status.REGISTERED)
    assert len(register(office, joins=petition, respondents=[unit_b]).petition.respondents) == 1
