"""Linked, split, merged: every way back works, nothing is deleted, nobody is let in by it (A4, A5, C2)."""

from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind, RuleBroken, Status
from services import cases, excluded, linking, merging, petitions, readings, splitting
from services.registration import Accused, Person, Registration
from tests.fixtures.handled import move, registered, running
from tests.fixtures.office import TODAY, Office

WHY = "同一地块。"


def matter(office: Office, **said: Any) -> m.Petition:
    return registered(office, TODAY, **said)


def again(office: Office, petition: m.Petition, demand: str = "又来问进展。", **said: Any) -> m.Contact:
    facts = {"people": [Person("赵丽华", phone="13800000026")]} | said
    return petitions.register(
        office.session, office.actor("clerk"), Registration("letter", demand, TODAY, **facts), petition
    )


def link(office: Office, one: m.Petition, other: m.Petition) -> m.PetitionLink:
    return linking.link(office.session, office.actor("clerk"), one, other, WHY)


def split(office: Office, contact: m.Contact, into: m.Petition | None = None) -> m.Petition:
    return splitting.split(office.session, office.actor("clerk"), contact, "并错了。", into)


def merge(office: Office, one: m.Petition, into: m.Petition) -> m.Merger:
    return merging.merge(office.session, office.actor("clerk"), one, into, WHY)


def unmerge(office: Office, row: m.Merger) -> m.Petition:
    return merging.unmerge(office.session, office.actor("clerk"), row, "不是一件事。")


def seen(office: Office, username: str, petition: m.Petition) -> list[m.Petition]:
    actor = office.actor(username)
    return [linking.other_of(row, petition) for row in linking.links(office.session, actor, petition)]


def accused(office: Office, username: str) -> Accused:
    user = office.user(username)
    return Accused(RespondentKind.USER, user.id, user.name)


# --- links


def test_a_link_shows_both_ways_and_comes_off_a4(office: Office) -> None:
    one, other = matter(office), matter(office)
    row = link(office, other, one)
    assert (seen(office, "clerk", one), seen(office, "clerk", other)) == ([other], [one])
    linking.unlink(office.session, office.actor("clerk"), row, "不是同一地块。")
    assert seen(office, "clerk", one) == []
    assert office.session.get(m.PetitionLink, row.id, execution_options={"gated": True}) is row, "the row stays"
    assert link(office, one, other).id != row.id, "linked anew"
    with pytest.raises(RuleBroken, match="已经解除"):
        linking.unlink(office.session, office.actor("clerk"), row, "又一次。")


def test_no_link_to_itself_nor_twice(office: Office) -> None:
    one, other = matter(office), matter(office)
    link(office, one, other)
    for pair in ((one, one), (one, other), (other, one)):
        with pytest.raises(RuleBroken) as no:
            link(office, *pair)
        assert no.value.field == "other_id"


def test_a_link_is_seen_by_those_who_see_both_c2(office: Office) -> None:
    """Handler A has one of the two; the accused has the other and sees neither it nor the link."""
    one, secret = matter(office), matter(office, purpose=Purpose.REPORT, respondents=[accused(office, "handler_a")])
    move(office, one, "assign", TODAY, unit_id=office.unit("a").id)
    link(office, one, secret)
    assert seen(office, "clerk", one) == [secret]
    assert seen(office, "handler_a", one) == []


# --- splitting


@pytest.mark.db
def test_a_later_contact_leaves_and_comes_back_a5(office: Office) -> None:
    first = matter(office)
    move(office, first, "assign", TODAY)
    contact = again(office, first, "另一件事：路灯不亮。")
    number = contact.number
    own = split(office, contact)
    office.session.expire_all()
    assert (contact.petition, contact.number, contact.is_first) == (own, number, True)
    assert (own.number, own.title, own.status) == ("XF2026-000002", "另一件事：路灯不亮", Status.REGISTERED)
    assert set(running(own)) == {"office_route"}
    assert [row.verb for row in first.moves][-1] == "split_off"
    assert number in (first.moves[-1].note or "")
    assert own.moves[-1].note == f"{number}（由 {first.number} 拆出）：并错了。"
    assert len(first.contacts) == 1
    back = merge(office, own, first)
    assert [c.number for c in first.contacts][-1] == number
    assert matter(office).number == "XF2026-000003", "an emptied matter's number is never given again"
    assert back.petition.status is Status.VOIDED


def test_the_first_contact_stays(office: Office) -> None:
    one, other = matter(office), matter(office)
    again(office, one)
    with pytest.raises(RuleBroken, match="首次登记件不能拆出"):
        split(office, one.contacts[0])
    with pytest.raises(RuleBroken, match="就是原来的事项"):
        split(office, one.contacts[1], one)
    assert split(office, one.contacts[1], other) is other
    assert [c.is_first for c in other.contacts] == [True, False]


def test_the_search_follows_the_contact(office: Office) -> None:
    one = matter(office)
    contact = again(office, one, "水库渗漏。")
    body = sa.select(m.PetitionText.body).order_by(m.PetitionText.petition_id)
    assert "水库渗漏" in office.session.scalars(body).all()[0]
    split(office, contact)
    texts = office.session.scalars(body).all()
    assert ["水库渗漏" in text for text in texts] == [False, True]


def test_a_guarded_contact_stays_guarded_c2(office: Office) -> None:
    """The new matter keeps the old one's respondents: nobody complained of reads a contact because it was split off."""
    secret = matter(office, purpose=Purpose.REPORT, respondents=[accused(office, "unit_head_b")])
    contact = again(office, secret, purpose=Purpose.REPORT)
    with pytest.raises(RuleBroken, match="一件保密、一件不保密"):
        split(office, contact, matter(office))
    own = split(office, contact)
    assert own.is_guarded
    assert own.number.startswith("JB")
    assert [row.user_id for row in own.respondents] == [office.user("unit_head_b").id]
    assert excluded.units(office.session, own) == {office.unit("b").id}


def test_the_reading_of_a_letter_goes_with_it(office: Office) -> None:
    one = matter(office)
    contact = again(office, one)
    from rules.reception_words import ReadingReason

    row = readings.put(office.session, office.actor("clerk"), contact, office.leader("a"), ReadingReason.PROBLEM)
    own = split(office, contact)
    assert row.petition is own


# --- merging


@pytest.mark.db
def test_merging_empties_one_and_can_be_undone(office: Office) -> None:
    one, into = matter(office), matter(office)
    move(office, one, "assign", TODAY)
    move(office, one, "accept", TODAY)
    before = running(one, apart=())
    row = merge(office, one, into)
    office.session.expire_all()
    assert (one.contacts, [c.is_first for c in into.contacts]) == ([], [True, False])
    assert (one.status, one.void_reason) == (Status.VOIDED, f"并案：并入 {into.number}")
    assert running(one, apart=()) == {}
    assert all(leg.ended_on for leg in one.legs)
    assert (one.moves[-1].verb, into.moves[-1].verb) == ("merge", "merged_in")
    assert merging.merger_of(office.session, office.actor("clerk"), one) is row
    assert unmerge(office, row) is one
    office.session.expire_all()
    assert (one.status, one.voided_on, one.unit) == (Status.HANDLING, None, office.unit("a"))
    assert [len(one.contacts), len(into.contacts)] == [1, 1]
    assert running(one, apart=()) == before
    assert [leg.ended_on for leg in one.legs] == [None]
    assert (one.moves[-1].verb, into.moves[-1].verb) == ("unmerge", "unmerge")
    with pytest.raises(RuleBroken, match="已经撤销"):
        unmerge(office, row)


ENDED = ("assign", "accept", "reply", "serve", "close")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("itself", "不能并入自己"),
        ("answered", "已有答复或已经结束"),
        ("into ended", "已经结束"),
        ("case", "有领导包案"),
        ("into case", "有领导包案"),
        ("guarded", "一件保密、一件不保密"),
        ("other respondents", "两件事项的被反映人不同"),
        ("reading", "先撤回其中一件"),
    ],
)
def test_what_cannot_be_merged(office: Office, what: str, sentence: str) -> None:
    one, into = _pair(office, what)
    if what == "answered":
        for verb in ENDED[:3]:
            move(office, one, verb, TODAY)
    if what == "into ended":
        for verb in ENDED:
            move(office, into, verb, TODAY)
    if "case" in what:
        asked = cases.Assignment(leader_id=office.leader("a").id)
        cases.assign(office.session, office.actor("clerk"), one if what == "case" else into, asked)
    if what == "reading":
        _read(office, one, into)
    with pytest.raises(RuleBroken, match=sentence):
        merge(office, one, into)


def _pair(office: Office, what: str) -> tuple[m.Petition, m.Petition]:
    report = {"purpose": Purpose.REPORT}
    if what == "guarded":
        return matter(office, **report), matter(office)
    if what == "other respondents":
        pair = [matter(office, **report, respondents=[accused(office, who)]) for who in ("handler_a", "handler_b")]
        return pair[0], pair[1]
    one = matter(office)
    return one, one if what == "itself" else matter(office)


def _read(office: Office, *matters: m.Petition) -> None:
    from rules.reception_words import ReadingReason

    for one in matters:
        readings.put(office.session, office.actor("clerk"), one.contacts[0], office.leader("a"), ReadingReason.PROBLEM)


def test_what_cannot_be_parted(office: Office) -> None:
    one, into, third = matter(office), matter(office), matter(office)
    row = merge(office, one, into)
    merge(office, into, third)
    with pytest.raises(RuleBroken, match="先恢复它"):
        unmerge(office, row)
    assert len(third.contacts) == 3


def test_the_respondents_of_both_are_kept_apart_from_both(office: Office) -> None:
    """Not guarded now, but a later contact may ask for secrecy: then nobody complained of in either may read it."""
    one, into = matter(office, respondents=[accused(office, "handler_b")]), matter(office)
    merge(office, one, into)
    office.session.expire_all()
    assert [row.user_id for row in into.respondents] == [office.user("handler_b").id]


def test_the_database_refuses_two_mergers_of_one_matter(office: Office) -> None:
    one, into = matter(office), matter(office)
    merge(office, one, into)
    office.session.add(
        m.Merger(petition=one, into=into, reason="再并。", merged_on=TODAY, before=Status.REGISTERED, kept={})
    )
    with pytest.raises(sa.exc.IntegrityError):
        office.session.flush()
