"""Bad input on every move of the table (issue 4, last line): wrong state, wrong role, missing field, odd dates, twice (B1–B12)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules import moves
from rules.move_row import Need
from rules.words import RuleBroken, Status
from services import gate, handling
from tests.fixtures.databases import fresh_sqlite, session_on
from tests.fixtures.every_move import FIRST, PATHS, ROWS, begin, told_at, who
from tests.fixtures.handled import actor, move, registered, said_for
from tests.fixtures.office import USERS, Office

VERBS = sorted(ROWS)
DAYS = [(verb, need) for verb in VERBS for need in ROWS[verb].needs if need.kind in ("date", "datetime")]
PAST = [(verb, need) for verb, need in DAYS if need.past]
ASKED = [(verb, need) for verb in VERBS for need in ROWS[verb].needs if need.required]
BACK = {"report_up": 3}
"""How many days back the step lies that a move's day may not precede, when it is not the last: a result is known with the reply."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One database for all tests of this module."""
    folder: Path = tmp_path_factory.mktemp("moves")
    with session_on(fresh_sqlite("office", folder / "desk.db")) as session:
        yield Office(session)


@pytest.fixture
def office(whole: Office) -> Iterator[Office]:
    """The shared office; what a test writes is rolled back."""
    savepoint = whole.session.begin_nested()
    yield whole
    savepoint.rollback()
    whole.session.expunge_all()


@pytest.fixture(scope="module")
def grounds(whole: Office) -> dict[str, tuple[int, date]]:
    """Verb → a matter in which it may be made, and the day of its last step; made once, for no refusal changes it."""
    found = {}
    for verb in VERBS:
        petition, day = begin(whole, verb, step=2)
        found[verb] = (petition.id, day)
    return found


@pytest.fixture
def ground(grounds: dict[str, tuple[int, date]], office: Office) -> Callable[[str], tuple[m.Petition, date]]:
    """`ground(verb)` → that matter and day."""

    def load(verb: str) -> tuple[m.Petition, date]:
        key, day = grounds[verb]
        return office.session.get_one(m.Petition, key), day

    return load


Ground = Callable[[str], tuple[m.Petition, date]]


def state_of(office: Office, petition: m.Petition) -> tuple[Any, ...]:
    """Everything a refused move must leave alone."""
    office.session.flush()
    office.session.expire_all()
    clocks = [(c.term, c.due_on, c.stopped_on) for c in petition.clocks]
    legs = [(g.unit_id, g.ended_on, g.received_on, g.answered_on) for g in petition.legs]
    return petition.version, petition.status, len(petition.moves), petition.breach_on, clocks, legs


def refused(office: Office, petition: m.Petition, verb: str, day: date, by: str, said: dict[str, Any]) -> RuleBroken:
    """The refusal of a move that changed nothing."""
    before = state_of(office, petition)
    with pytest.raises(RuleBroken) as no:
        handling.move(office.session, actor(office, by, day), petition, verb, said)
    assert state_of(office, petition) == before
    assert no.value.message.endswith("。")
    return no.value


def ids(one: tuple[str, Need]) -> str:
    return f"{one[0]} {one[1].name}"


@pytest.mark.parametrize("verb", VERBS)
def test_it_can_be_made_and_makes_a_new_version(office: Office, ground: Ground, verb: str) -> None:
    """The ground the refusals below stand on; a form of before the move is stale after it, so a double click moves once (C14)."""
    petition, day = ground(verb)
    before = petition.version
    made = move(office, petition, verb, day + timedelta(1))
    assert (made.verb, petition.status) == (verb, ROWS[verb].to or made.from_status)
    assert petition.version > before


@pytest.mark.parametrize("state", Status)
def test_wrong_state(office: Office, state: Status) -> None:
    """In each state every verb the table does not know there is refused with a sentence."""
    petition = registered(office, FIRST)
    for verb in PATHS[state].split():
        move(office, petition, verb, FIRST)
    assert petition.status is state
    before = state_of(office, petition)
    for verb in set(VERBS) - set(moves.MOVES[state]):
        with pytest.raises(RuleBroken, match=f"“{state.label}”的事项不能{ROWS[verb].label}"):
            handling.move(
                office.session, actor(office, who(verb), FIRST), petition, verb, said_for(office, verb, FIRST)
            )
    assert state_of(office, petition) == before


@pytest.mark.parametrize("verb", VERBS)
def test_wrong_role(office: Office, ground: Ground, verb: str) -> None:
    """Everybody else, colleagues of another unit included."""
    petition, day = ground(verb)
    row, before, tried = ROWS[verb], state_of(office, petition), 0
    said = said_for(office, verb, day)
    for username in USERS:
        his = actor(office, username, day)
        if not moves.is_allowed(his, row, petition.unit_id):
            tried += 1
            with pytest.raises(gate.Forbidden):
                handling.move(office.session, his, petition, verb, said)
    assert tried >= 8
    assert state_of(office, petition) == before


@pytest.mark.parametrize("verb", sorted({verb for verb, _need in ASKED}))
def test_missing_field(office: Office, ground: Ground, verb: str) -> None:
    """Each field that must be filled, left out and empty."""
    petition, day = ground(verb)
    for need in (need for asked, need in ASKED if asked == verb):
        for gap in ({}, {need.name: "  "}):
            said = {name: value for name, value in said_for(office, verb, day).items() if name != need.name} | gap
            no = refused(office, petition, verb, day, who(verb), said)
            assert (no.field, no.message) == (need.name, f"{need.label}：请填写。")


@pytest.mark.parametrize("asked", PAST, ids=ids)
def test_date_in_the_future(office: Office, ground: Ground, asked: tuple[str, Need]) -> None:
    verb, need = asked
    petition, day = ground(verb)
    said = said_for(office, verb, day)
    said[need.name] = told_at(said[need.name], day + timedelta(1))
    no = refused(office, petition, verb, day, who(verb), said)
    assert (no.field, no.message) == (need.name, f"{need.label}：不能晚于今天，请核对。")


@pytest.mark.parametrize("asked", PAST, ids=ids)
def test_date_before_the_last_one(office: Office, ground: Ground, asked: tuple[str, Need]) -> None:
    """What is told of cannot have happened before the step that leads to it."""
    verb, need = asked
    petition, day = ground(verb)
    said = said_for(office, verb, day)
    said[need.name] = told_at(said[need.name], day - timedelta(BACK.get(verb, 1)))
    no = refused(office, petition, verb, day, who(verb), said)
    assert "不能早于" in no.message


@pytest.mark.parametrize("asked", [one for one in DAYS if not one[1].past], ids=ids)
def test_a_day_to_come_that_has_passed(office: Office, ground: Ground, asked: tuple[str, Need]) -> None:
    """反馈期限, 整改期限, another law's: days named for the future."""
    verb, need = asked
    petition, day = ground(verb)
    said = said_for(office, verb, day)
    if need.name == "rectify_on":
        said = said | {"finding": "true", "rectify": "x", "rectify_by": "y"}
        said["finding"] = next(iter(need_of(verb, "finding").choices or ()))
    no = refused(office, petition, verb, day, who(verb), said | {need.name: day - timedelta(1)})
    assert (no.field, "不能早于今天" in no.message) == (need.name, True)


def need_of(verb: str, name: str) -> Need:
    return next(need for need in ROWS[verb].needs if need.name == name)


@pytest.mark.parametrize("asked", DAYS, ids=ids)
@pytest.mark.parametrize("odd", [date(1, 1, 1), date(9999, 12, 31)], ids=["the year 1", "the year 9999"])
def test_days_out_of_this_world_are_refused_or_kept_but_never_a_fault(
    office: Office, ground: Ground, asked: tuple[str, Need], odd: date
) -> None:
    verb, need = asked
    petition, day = ground(verb)
    said = said_for(office, verb, day)
    is_hour = isinstance(said.get(need.name), datetime)
    said[need.name] = told_at(said.get(need.name), odd) if is_hour else odd
    before, refusal = state_of(office, petition), None
    try:
        handling.move(office.session, actor(office, who(verb), day), petition, verb, said)
    except RuleBroken as no:
        refusal = no
    moved = state_of(office, petition) != before
    assert (moved, refusal and refusal.field) in (
        [(False, need.name)] if need.required else [(False, need.name), (True, None)]
    )
