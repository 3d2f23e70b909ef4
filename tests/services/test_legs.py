"""Legs between moves: received once, opined on by assisting units, answered by the lead unit's reply (B2, point 7)."""

from datetime import date, timedelta

import pytest

import models as m
from rules.words import RuleBroken
from services import gate, legs
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import Office

MONDAY = date(2026, 9, 14)
TUESDAY = MONDAY + timedelta(1)


@pytest.fixture
def matter(office: Office) -> m.Petition:
    petition = registered(office, MONDAY)
    move(office, petition, "assign", MONDAY, assisting_ids=[office.unit("b").id], feedback_on=date(2026, 9, 24))
    return petition


@pytest.mark.parametrize(
    ("leg", "by", "no"),
    [
        (0, "handler_a", ""),
        (0, "unit_head_a", ""),
        (1, "handler_b", ""),
        (0, "handler_b", "不是交给您单位的"),
        (1, "handler_a", "不是交给您单位的"),
        (0, "clerk", "不是交给您单位的"),
        (0, "cadre_a", "不是交给您单位的"),
        (0, "leader_in_charge", "不是交给您单位的"),
    ],
)
def test_whose_it_is_to_receive(office: Office, matter: m.Petition, leg: int, by: str, no: str) -> None:
    who, row = actor(office, by, TUESDAY), matter.legs[leg]
    assert legs.may_receive(who, row) == (not no)
    if no:
        with pytest.raises(gate.Forbidden, match=no):
            legs.receive(office.session, who, row)
        assert row.received_on is None
    else:
        legs.receive(office.session, who, row)
        assert (row.received_on, row.received_by.username) == (TUESDAY, by)


def test_received_once_and_not_after_the_end(office: Office, matter: m.Petition) -> None:
    who, row = actor(office, "handler_a", MONDAY), matter.legs[0]
    legs.receive(office.session, who, row)
    with pytest.raises(RuleBroken, match="2026-09-14 已经签收"):
        legs.receive(office.session, actor(office, "unit_head_a", TUESDAY), row)
    assert row.received_on == MONDAY
    move(office, matter, "recall", MONDAY)
    with pytest.raises(RuleBroken, match="已经结束"):
        legs.receive(office.session, actor(office, "handler_b", TUESDAY), matter.legs[1])


def test_a_move_of_the_unit_receives_and_its_reply_answers(office: Office, matter: m.Petition) -> None:
    lead = matter.legs[0]
    move(office, matter, "refer_up", TUESDAY)
    assert (lead.received_on, lead.answered_on) == (TUESDAY, None)
    move(office, matter, "accept", TUESDAY)
    move(office, matter, "reply", TUESDAY)
    assert (lead.answered_on, lead.answered_by) == (TUESDAY, office.user("handler_a"))
    move(office, matter, "withdraw_reply", TUESDAY)
    assert lead.answered_on is None
    assert matter.legs[1].received_on is None, "the assisting unit did nothing yet"


def test_an_assisting_unit_writes_its_opinion_for_the_lead_unit(office: Office, matter: m.Petition) -> None:
    helping = matter.legs[1]
    who = actor(office, "handler_b", TUESDAY)
    legs.opine(office.session, who, helping, " 面积以实测为准。 ")
    assert (helping.answer, helping.answered_on, helping.received_on) == ("面积以实测为准。", TUESDAY, TUESDAY)
    office.session.expire(matter, ["moves"])
    last = matter.moves[-1]
    assert (last.verb, last.note, last.unit_name, last.from_status) == (
        "opine",
        "面积以实测为准。",
        "民政办",
        last.to_status,
    )
    legs.opine(office.session, who, helping, "更正：以登记面积为准。")
    office.session.expire(matter, ["moves"])
    assert [one.note for one in matter.moves if one.verb == "opine"] == ["面积以实测为准。", "更正：以登记面积为准。"]


@pytest.mark.parametrize(
    ("leg", "by", "text", "sentence"),
    [
        (0, "handler_a", "意见", "牵头单位用“答复”"),
        (1, "handler_a", "意见", "不是交给您单位的"),
        (1, "handler_b", "  ", "协办意见：请填写"),
    ],
)
def test_what_is_no_opinion(office: Office, matter: m.Petition, leg: int, by: str, text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        legs.opine(office.session, actor(office, by, TUESDAY), matter.legs[leg], text)
    assert matter.legs[leg].answer is None


@pytest.mark.parametrize(
    ("verbs", "today", "word", "light"),
    [
        ("", date(2026, 9, 14), "待签收", "normal"),
        ("refer_up", date(2026, 9, 17), "已签收", "soon"),
        ("accept", date(2026, 9, 24), "办理中", "today"),
        ("accept", date(2026, 9, 25), "办理中", "late"),
        ("accept reply", date(2026, 9, 25), "已答复", ""),
        ("recall", date(2026, 9, 25), "已结束", ""),
    ],
)
def test_how_a_leg_stands(office: Office, matter: m.Petition, verbs: str, today: date, word: str, light: str) -> None:
    for verb in verbs.split():
        move(office, matter, verb, MONDAY)
    found = legs.standing(matter.legs[0], today, 7)
    assert (found.word, found.light) == (word, light)
