"""The unit's tray: every part holds what waits for the unit and nothing else (point 7); its cost follows what waits."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.supervision import SupervisionKind
from rules.words import Purpose, RespondentKind
from services import tray
from services.registration import Accused
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import Office

MONDAY = date(2026, 9, 14)
KEYS = [part.key for part in tray.PARTS]


def held(office: Office, username: str, *, own: bool = False, day: date = MONDAY) -> dict[str, list[str]]:
    """Part → the demands of its matters, empty parts left out."""
    who = actor(office, username, day)
    found = {
        part.key: [line.petition.demand for line in tray.page(office.session, who, part, 0, own=own)]
        for part in tray.PARTS
    }
    return {key: texts for key, texts in found.items() if texts}


def matter(office: Office, text: str, *verbs: str, **said: Any) -> m.Petition:
    petition = registered(office, MONDAY, demand=text)
    move(office, petition, "assign", MONDAY, **said)
    for verb in verbs:
        move(office, petition, verb, MONDAY)
    return petition


@pytest.mark.parametrize(
    ("verbs", "parts"),
    [
        ("", {"receive", "accept"}),
        ("refer_up", {"accept"}),
        ("accept", {"reply"}),
        ("accept reply", {"finish"}),
        ("accept reply serve", {"finish"}),
        ("refuse", {"finish"}),
        ("object", {"returned"}),
        ("object refuse_return", {"accept", "returned"}),
        ("object agree_return", set()),
        ("recall", set()),
        ("accept reply serve ask_review annul", {"reply", "returned"}),
        ("accept reply serve ask_review annul reply", {"finish"}),
        ("accept reply serve close", set()),
        ("accept reply serve close reopen", {"receive", "reply", "returned"}),
        ("accept hand_on", set()),
    ],
)
def test_where_a_matter_lies_in_the_tray(office: Office, verbs: str, parts: set[str]) -> None:
    matter(office, "水渠", *verbs.split())
    assert set(held(office, "unit_head_a")) == parts
    assert held(office, "clerk", day=MONDAY).keys() <= {"visit"}, "the office has no tray of a unit"


def test_what_assists_what_is_urged_what_is_visited(office: Office) -> None:
    helped = matter(office, "水渠", "accept", assisting_ids=[office.unit("b").id])
    assert held(office, "unit_head_b") == {"receive": ["水渠"], "assist": ["水渠"]}
    helped.legs[1].received_on = helped.legs[1].answered_on = MONDAY
    assert held(office, "unit_head_b") == {}
    closed = matter(office, "路灯", "accept", "reply", "serve", "close")
    visit = m.ReturnVisit(petition=closed, planned_on=MONDAY)
    pressing = m.Supervision(
        number="督〔2026〕1号", petition=helped, kind=next(iter(SupervisionKind)), demand="尽快答复。",
        unit=office.unit("a"), issued_on=MONDAY, reply_due_on=MONDAY + timedelta(7),
    )  # fmt: skip
    office.session.add_all([visit, pressing])
    office.session.flush()
    assert held(office, "unit_head_a") == {"reply": ["水渠"], "urged": ["水渠"], "visit": ["路灯"]}
    who = actor(office, "unit_head_a", MONDAY)
    (line,) = tray.page(office.session, who, tray.part("urged") or tray.PARTS[0], 0, own=False)
    assert (line.supervision, line.due_on) == (pressing, MONDAY + timedelta(7))
    pressing.answer, pressing.answered_on, visit.made_on = "已办。", MONDAY, None
    assert "urged" not in held(office, "unit_head_a")


def test_a_handler_sees_his_own_and_what_is_nobodys(office: Office) -> None:
    matter(office, "他的", "accept")
    others = matter(office, "别人的", "accept")
    others.handler_id = office.user("unit_head_a").id
    matter(office, "没有人的")
    assert held(office, "handler_a", own=True) == {"receive": ["没有人的"], "accept": ["没有人的"], "reply": ["他的"]}
    assert held(office, "handler_a")["reply"] == ["别人的", "他的"]


def test_the_accused_has_nothing_in_his_tray(office: Office) -> None:
    """C2: a matter that complains of the head, routed before he was named."""
    petition = matter(office, "克扣", "accept")
    petition.purpose = Purpose.REPORT
    accused = Accused(RespondentKind.USER, office.user("unit_head_a").id, "褚军")
    office.session.add(m.Respondent(petition=petition, kind=accused.kind, user_id=accused.target_id, name=accused.name))
    office.session.flush()
    numbers = tray.counts(office.session, actor(office, "unit_head_a", MONDAY), own=False)
    assert set(numbers.values()) == {0}


def test_the_first_part_with_something_opens(office: Office) -> None:
    who = actor(office, "unit_head_a", MONDAY)
    assert tray.first(tray.counts(office.session, who, own=False)).key == KEYS[0]
    matter(office, "水渠", "accept")
    assert tray.first(tray.counts(office.session, who, own=False)).key == "reply"


@pytest.mark.parametrize("key", ["receive", "returned", "assist"])
def test_a_part_starts_at_an_index_of_what_waits(office: Office, key: str) -> None:
    """The partial indexes of legs are used, so the parts do not walk through every leg a unit ever had."""
    part = tray.part(key)
    assert part is not None
    statement = part.ids(actor(office, "handler_a", MONDAY)).compile(
        office.session.connection(), compile_kwargs={"literal_binds": True}
    )
    plan = " ".join(row[-1] for row in office.session.execute(sa.text(f"explain query plan {statement}")))
    assert {"receive": "ix_leg_unreceived", "returned": "ix_leg_returned", "assist": "ix_leg_unanswered"}[key] in plan
