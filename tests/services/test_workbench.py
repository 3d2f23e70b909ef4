"""The workbench: tiles, the most urgent, lights and what is adrift (B8, look/1-workbench)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.owed import Lack
from rules.words import Status
from services import case_team, cases, gate, handling, nightly_check, petitions, workbench, workbench_tiles
from services.registration import Person, Registration
from tests.fixtures.handled import move as handled
from tests.fixtures.office import Office


def register(office: Office, session: Any, days_ago: int, title: str) -> m.Petition:
    """A matter registered so many days ago by the clerk."""
    clerk = office.actor("clerk")
    then = replace(clerk, today=clerk.today - timedelta(days=days_ago))
    said = Registration(channel="visit", demand=title, title=title, received_on=then.today, people=[Person("赵丽华")])
    return petitions.register(session, then, said).petition


# registered so many days before Saturday 2026-11-21; 15 natural days, rolled off rest days
LIGHTS = [
    # days ago, key, text, kind
    (0, "normal", "还有 15 天", "ok"),
    (8, "soon", "还有 7 天", "soon"),
    (15, "today", "今日到期", "soon"),
    (16, "late", "超期 1 天", "late"),
    (40, "late", "超期 25 天", "late"),
]


@pytest.mark.parametrize(("days_ago", "key", "text", "kind"), LIGHTS)
def test_lights_say_how_long(office: Office, session: Any, days_ago: int, key: str, text: str, kind: str) -> None:
    light = workbench.light_of(register(office, session, days_ago, "路灯"), office.actor("clerk"), 7)
    assert light is not None
    assert (light["key"], light["text"], light["kind"]) == (key, text, kind)


def test_a_day_put_off_shows_both_days(office: Office, session: Any) -> None:
    light = workbench.light_of(register(office, session, 15, "路灯"), office.actor("clerk"), 7)
    assert light is not None
    assert light["day"] == "11-21 → 顺延 11-23"


def tile(board: workbench.Board, label: str) -> Any:
    return next(one["value"] for one in board.tiles if one["label"] == label)


def test_the_tiles_count_what_their_lists_hold(office: Office, session: Any) -> None:
    """Every number is a link to a list of exactly so many."""
    for days_ago in (0, 8, 15, 40, 41):
        register(office, session, days_ago, f"{days_ago} 天前")
    clerk = office.actor("clerk")
    board = workbench.board(session, clerk)
    assert tile(board, "已超期") == 2
    assert tile(board, "今日到期") == 1
    assert tile(board, "7 日内到期") == 1
    assert tile(board, "待转送交办") == 5
    assert board.urgent_count == 5
    assert [row["petition"].title for row in board.urgent][:2] == ["41 天前", "40 天前"]
    assert next(one["sub"] for one in board.tiles if one["label"] == "已超期") == "2 件、2 个日期，最长 26 天"
    assert board.adrift == []


def test_what_waits_stands_in_its_part_of_the_day(office: Office, session: Any) -> None:
    """The office waits for others where those others have it to do today; every line has a part of the screen."""
    lines = [line for _counts, table in workbench_tiles.WAITING for line in table.values()]
    assert {line.part for line in lines} == set(workbench_tiles.PARTS)
    petition = register(office, session, 3, "路灯")
    handled(office, petition, "assign", office.actor("clerk").today, unit_id=office.unit("a").id)
    assigned = cases.Assignment(office.leader("a").id)
    case = cases.assign(session, office.actor("clerk"), petition, assigned)
    case_team.join(session, office.actor("clerk"), case, case_team.Person(user_id=office.user("reporter_a").id))
    parts = {
        who: {one["part"] for one in workbench.board(session, office.actor(who)).tiles if one["noun"] == "case"}
        for who in ("clerk", "leader_a", "reporter_a")
    }
    own = {workbench_tiles.NOW}
    assert parts == {"clerk": {workbench_tiles.OTHERS}, "leader_a": own, "reporter_a": own}


def test_each_role_has_its_own_tray(office: Office, session: Any) -> None:
    """The handler's tray holds what is with his unit and nobody else's; the office's what is to be routed."""
    petition = register(office, session, 1, "路灯")
    handling.move(
        session,
        office.actor("clerk"),
        petition,
        "assign",
        {"unit_id": office.unit("a").id, "feedback_on": date(2026, 12, 20)},
    )
    trays = {
        name: list(session.scalars(workbench.mine(gate.rows(office.actor(name), m.Petition), office.actor(name))))
        for name in ("clerk", "handler_a", "handler_b", "unit_head_a", "leader_a", "cadre_a")
    }
    assert trays.pop("cadre_a") == [], "who makes no move has nothing to do about it"
    assert trays == {"clerk": [], "handler_a": [petition], "handler_b": [], "unit_head_a": [petition], "leader_a": []}
    assert workbench.next_step(petition) == "受理告知"


def test_roles_without_matters_see_none(office: Office, session: Any) -> None:
    """J1: the system administrator and the auditor have no tile and no list of matters."""
    register(office, session, 40, "路灯")
    for name in ("sysadmin", "auditor"):
        board = workbench.board(session, office.actor(name))
        assert (board.tiles, board.urgent, board.adrift) == ([], [], [])
        assert workbench.badge(session, office.actor(name), "late") == 0
    assert workbench.badge(session, office.actor("clerk"), "late") == 1
    assert workbench.badge(session, office.actor("clerk"), "to_sign") == 0
    assert workbench.badge(session, office.actor("clerk"), "") == 0


def test_the_card_and_the_nightly_check_use_one_rule(office: Office, session: Any) -> None:
    """B8: nothing may sit without a next step's owner, endorser or date; a carried-over matter until a date is named, too."""
    clerk = office.actor("clerk")
    well, undated, carried, gone = (register(office, session, n, "路灯") for n in range(1, 5))
    for petition in (undated, carried):
        petition.due_term = petition.due_on = petition.breach_on = None
    carried.is_carried_over = True
    gone.status, gone.handler_id = Status.OBJECTED, office.user("handler_a").id
    office.user("handler_a").is_active = False
    session.flush()
    card = {petition.id for petition in workbench.board(session, clerk).adrift}
    assert card == {undated.id, carried.id, gone.id}
    nightly_check.run(session, clerk)
    wrong = (*nightly_check.WRONG, Lack.BEFORE_EXTENSION)
    found = session.scalars(nightly_check.findings(session, clerk).where(m.CheckFinding.lack.not_in(wrong)))
    assert {finding.petition_id for finding in found} == card
    assert well.id not in card


def test_ended_matters_have_no_next_step() -> None:
    assert workbench.next_step(m.Petition(status=Status.VOIDED)) == ""
    assert workbench.light_of(m.Petition(), None, 7) is None  # type: ignore[arg-type]


def test_open_ones_are_those_not_ended(office: Office, session: Any) -> None:
    petition = register(office, session, 1, "路灯")
    clerk = office.actor("clerk")
    found = workbench.open_ones(sa.select(m.Petition.id), clerk)
    assert list(session.scalars(found)) == [petition.id]
    handling.move(session, office.actor("office_head"), petition, "void", {"reason": "重复登记"})
    assert list(session.scalars(found)) == []
