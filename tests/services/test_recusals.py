"""回避 (Art 28(3), rules-of-the-office §3): declared or ordered, recorded, reassigned in the same step, and out of sight for good."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import RespondentKind, Role, RuleBroken, Status
from services import gate
from services.registration import Accused
from tests.fixtures.handled import actor, move, registered, running
from tests.fixtures.office import Office

MONDAY = date(2026, 9, 14)
WHY = {"reason": "与信访人是亲属。"}


@pytest.fixture
def matter(office: Office) -> m.Petition:
    """Handled by handler A of unit A, which has a second handler."""
    office.session.add(
        m.User(username="handler_a2", name="钱进", role=Role.HANDLER, unit=office.unit("a"), password_hash="x")
    )
    petition = registered(office, MONDAY)
    move(office, petition, "assign", MONDAY, assisting_ids=[office.unit("b").id])
    move(office, petition, "accept", MONDAY)
    return petition


def sees(office: Office, username: str, petition: m.Petition) -> bool:
    rows = gate.rows(actor(office, username, MONDAY), m.Petition).where(m.Petition.id == petition.id)
    return office.session.scalars(rows).first() is not None


@pytest.mark.parametrize(
    ("by", "said"),
    [("handler_a", {}), ("unit_head_a", {}), ("clerk", {}), ("office_head", {"user_id": "handler_a"})],
    ids=["he declares it", "the head orders it", "the office orders it", "the office names him"],
)
def test_who_withdraws_is_recorded_and_replaced_in_the_same_step(
    office: Office, matter: m.Petition, by: str, said: dict[str, str]
) -> None:
    second = office.user("handler_a2")
    named = {name: office.user(username).id for name, username in said.items()}
    made = move(office, matter, "step_aside", MONDAY, by=by, handler_id=second.id, **named, **WHY)
    (row,) = office.session.scalars(sa.select(m.Recusal)).all()
    assert (row.user.username, row.to_user, row.by.username, row.withdrawn_on) == ("handler_a", second, by, MONDAY)
    assert (row.reason, made.note, made.verb) == ("与信访人是亲属。", "与信访人是亲属。", "step_aside")
    lead = next(leg for leg in matter.legs if leg.is_lead)
    assert (matter.handler, lead.handler, matter.status) == (second, second, Status.HANDLING)


def test_he_loses_sight_of_it_and_nobody_else_does(office: Office, matter: m.Petition) -> None:
    move(office, matter, "step_aside", MONDAY, handler_id=office.user("handler_a2").id, **WHY)
    people = ("handler_a", "handler_a2", "unit_head_a", "cadre_a", "handler_b", "clerk", "leader_in_charge")
    assert [name for name in people if not sees(office, name, matter)] == ["handler_a"]
    hidden = [model for model in (m.Leg, m.Contact, m.Document, m.Move) if not list(_rows(office, model, matter))]
    assert len(hidden) == 4, "nor anything that hangs on it"
    with pytest.raises(gate.Forbidden, match="已经回避"):
        move(office, matter, "investigate", MONDAY, by="handler_a")


def _rows(office: Office, model: Any, matter: m.Petition) -> Any:
    return office.session.scalars(
        gate.rows(actor(office, "handler_a", MONDAY), model).where(model.petition_id == matter.id)
    )


def test_a_leader_who_withdrew_still_sees_the_case_that_is_his(office: Office, matter: m.Petition) -> None:
    """Another reason to see it remains: he handles no more, but the reading lies before him as leader."""
    leader = office.user("leader_in_charge")
    office.session.add(
        m.Recusal(
            petition=matter, user=leader, reason="x", withdrawn_on=MONDAY, to_user_id=office.user("handler_a2").id
        )
    )
    assert not sees(office, "leader_in_charge", matter)
    matter.proposed_to_id = leader.leader_id
    assert sees(office, "leader_in_charge", matter)


def test_it_is_never_his_again(office: Office, matter: m.Petition) -> None:
    second, himself = office.user("handler_a2"), office.user("handler_a")
    move(office, matter, "step_aside", MONDAY, handler_id=second.id, **WHY)
    with pytest.raises(RuleBroken, match="已经回避这件事项，不能再承办"):
        move(office, matter, "step_aside", MONDAY, by="clerk", handler_id=himself.id, **WHY)
    with pytest.raises(RuleBroken, match="此人已经回避"):
        move(office, matter, "step_aside", MONDAY, by="clerk", user_id=himself.id, handler_id=second.id, **WHY)
    move(office, matter, "reply", MONDAY, by="handler_a2")
    for verb, by in (("serve", "handler_a2"), ("close", "clerk"), ("reopen", "clerk")):
        move(office, matter, verb, MONDAY, by=by)
    assert not sees(office, "handler_a", matter), "nor when it is handled again"


@pytest.mark.parametrize(
    ("by", "said", "sentence"),
    [
        ("handler_a", {"user_id": "unit_head_a", "handler_id": "handler_a2"}, "只能声明自己回避"),
        ("clerk", {"user_id": "handler_b", "handler_id": "handler_a2"}, "回避人：不是责任单位的人员"),
        ("clerk", {"user_id": "unit_head_a", "handler_id": "handler_a2"}, "请信访办用“回避改交”"),
        ("handler_a", {"handler_id": "handler_a"}, "就是回避的人"),
        ("clerk", {"handler_id": "cadre_a"}, "此人的账号不能承办"),
        ("clerk", {"handler_id": "handler_b"}, "承办人：不是责任单位的人员"),
    ],
)
def test_what_is_no_withdrawal(
    office: Office, matter: m.Petition, by: str, said: dict[str, str], sentence: str
) -> None:
    ids = {name: office.user(username).id for name, username in said.items()}
    with pytest.raises(RuleBroken, match=sentence):
        move(office, matter, "step_aside", MONDAY, by=by, **ids, **WHY)
    assert office.session.query(m.Recusal).execution_options(gated=True).count() == 0


def test_nobody_handles_it_yet_so_somebody_must_be_named(office: Office) -> None:
    petition = registered(office, MONDAY)
    move(office, petition, "assign", MONDAY)
    with pytest.raises(RuleBroken, match="还没有指定承办人") as no:
        move(office, petition, "step_aside", MONDAY, by="clerk", handler_id=office.user("unit_head_a").id, **WHY)
    assert no.value.field == "user_id"


def test_the_head_withdraws_and_another_unit_receives_it(office: Office, matter: m.Petition) -> None:
    """回避改交: the letter, the leg and the law's clocks begin anew at the other unit; the old leg says why it ended."""
    tuesday = MONDAY + timedelta(1)
    made = move(office, matter, "hand_on", tuesday)
    (row,) = matter.recusals
    assert (row.user, row.to_unit, row.unit_id) == (office.user("unit_head_a"), office.unit("b"), office.unit("a").id)
    ended, assisting, lead = matter.legs
    assert (ended.end_reason, assisting.ended_on, lead.unit, lead.is_lead) == (
        "回避改交",
        tuesday,
        office.unit("b"),
        True,
    )
    assert (matter.status, matter.unit, matter.handler, matter.accepted_on) == (
        Status.ROUTED,
        office.unit("b"),
        None,
        None,
    )
    assert made.document is not None
    assert (made.document.title, made.document.addressee) == ("交办函", "民政办")
    assert set(running(matter, ())) == {"unit_accept", "object", "feedback"}
    assert not sees(office, "unit_head_a", matter)
    assert sees(office, "handler_a", matter), "his unit had it"
    move(office, matter, "accept", tuesday, by="handler_b")
    with pytest.raises(gate.Forbidden):
        move(office, matter, "reply", tuesday, by="handler_a")


def test_it_does_not_come_back_to_the_head_who_withdrew(office: Office, matter: m.Petition) -> None:
    move(office, matter, "hand_on", MONDAY)
    with pytest.raises(RuleBroken, match="就是现在的责任单位"):
        move(office, matter, "hand_on", MONDAY, user_id=office.user("unit_head_b").id)
    move(office, matter, "recall", MONDAY)
    for verb in ("assign", "forward"):
        with pytest.raises(RuleBroken, match="负责人已经回避") as no:
            move(office, matter, verb, MONDAY)
        assert no.value.field == "unit_id"
    with pytest.raises(RuleBroken, match="负责人已经回避"):
        move(office, matter, "assign", MONDAY, unit_id=office.unit("b").id, assisting_ids=[office.unit("a").id])


def test_a_unit_complained_of_does_not_receive_what_another_hands_on(office: Office) -> None:
    """rules-of-the-office §3, C2."""
    accused = Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")
    petition = registered(office, MONDAY, is_secret=True, respondents=[accused])
    move(office, petition, "assign", MONDAY)
    with pytest.raises(RuleBroken, match="是被反映人"):
        move(office, petition, "hand_on", MONDAY)
    assert (petition.unit, petition.recusals) == (office.unit("a"), [])
