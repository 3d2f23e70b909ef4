"""Every move's form sent stale and sent twice: two tabs answer 409, a double click moves the matter once (C14, issue 4)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import models as m
from rules.words import Word
from tests.fixtures.client import DeskClient
from tests.fixtures.every_move import ROWS, begin, who
from tests.fixtures.handled import said_for
from tests.fixtures.office import TODAY, Office


def typed(value: Any) -> Any:
    """A value as the browser sends it."""
    if isinstance(value, Word):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def test_twice_and_in_two_tabs(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """One office for all verbs: stale first (409, nothing moved), then right (302), then the same again (refused, once only)."""
    matters = {verb: begin(office, verb, TODAY, 0)[0] for verb in ROWS}
    office.session.commit()
    clients = {name: client_for(name) for name in {who(verb) for verb in ROWS}}
    faults = []
    for verb, petition in matters.items():
        found = tried(office, clients[who(verb)], petition, verb)
        if found != [(409, 0), (302, 1), (True, 1)]:
            faults.append((verb, found))
    assert faults == []


def tried(office: Office, client: DeskClient, petition: m.Petition, verb: str) -> list[tuple[Any, int]]:
    """Status and moves made after each of the three posts; the last status is whether it refused."""
    office.session.expire_all()
    version, before, found = petition.version, len(petition.moves), list[tuple[Any, int]]()
    said = {name: typed(value) for name, value in said_for(office, verb, TODAY).items()}
    for shown in (version - 1, version, version):
        answer = client.post(f"/admin/petition/{petition.id}/do/{verb}", data=said | {"version": shown})
        office.session.expire_all()
        made = len(petition.moves) - before
        found.append((answer.status_code if len(found) < 2 else answer.status_code in (409, 422, 404), made))
    return found


def test_receiving_twice_receives_once(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """签收: the second click of a double click says that it is received."""
    petition, _day = begin(office, "accept", TODAY, 0)
    (leg,) = petition.legs
    office.session.commit()
    client = client_for("handler_a")
    codes = [
        client.post(f"/admin/leg/{leg.id}/do/receive", data={"version": version}).status_code for version in (7, 1, 1)
    ]
    office.session.expire_all()
    assert (codes, leg.received_on, leg.version) == ([409, 302, 409], TODAY, 2)
