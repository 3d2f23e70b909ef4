"""Wherever a unit, leader or account can be chosen for a guarded matter, the accused is neither offered nor accepted (§3, C2, C4).

Walks every action and every edit form of every screen on rows about the matter, so a new form is tried without being named here;
forms that begin from the matter's number in the address stand in FROM_THE_MATTER. Only the field that says whom a visitor complains of
(respondent_…) shows everybody.
"""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

import models as m
from admin_views.base import DeskView
from rules.proceedings import Outcome, ProceedingKind
from rules.words import Purpose, RespondentKind, Status
from services import cases, proceedings, return_visits, visits
from services.proceeding_people import People
from services.registration import Accused
from tests.fixtures import visits_down
from tests.fixtures.client import DeskClient
from tests.fixtures.every_move import PATHS
from tests.fixtures.handled import move, registered
from tests.fixtures.office import LEADERS, TODAY, UNITS, USERS, Office
from tests.fixtures.snapshot import changed, contents

FROM_THE_MATTER = {
    "case": "/admin/case/new/?petition_id={}",
    "appointment": "/admin/appointment/new/?petition_id={}",
    "return_visit": "/admin/return_visit/new/?petition_id={}",
    "proceeding": "/admin/proceeding/new/?kind=verification&petition_id={}",
}
"""Screens that write something new about a matter."""
COMPLAINTS = {
    "unit b": ({"unit_id": "b"}, {"民政办", "冯静", "卫红"}),
    "leader b": ({"leader_id": "b"}, {"孙丽（人大副主席）"}),
    "unit_head_b": ({"user_id": "unit_head_b"}, {"卫红", "民政办", "冯静"}),
}
"""Whom it complains of → his target, and the names no choice may show."""
STATES = (Status.REGISTERED, Status.ROUTED, Status.HANDLING, Status.SERVED, Status.CLOSED)
"""One matter in each of these; together they offer every move that asks for somebody."""
CHOOSERS = {"unit", "units", "leader", "user"}
KINDS = {"unit_id": RespondentKind.UNIT, "leader_id": RespondentKind.LEADER, "user_id": RespondentKind.USER}


class Choices(HTMLParser):
    """The page's choices: select name → {value: text}; look-up name → address; several at once included."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.selects: dict[str, dict[str, str]] = {}
        self.lookups: dict[str, str] = {}
        self._name = self._value = self._hidden = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._name = at.get("name", "")
            self.selects[self._name] = {}
        elif tag == "option":
            self._value = at.get("value", "")
        elif tag == "input" and at.get("type") == "hidden":
            self._hidden = at.get("name", "")
        elif tag == "input" and at.get("type") in ("checkbox", "radio"):
            self._name, self._value = at.get("name", ""), at.get("value", "")
            self.selects.setdefault(self._name, {})
        elif "data-lookup" in at:
            self.lookups[at.get("data-multiple") or self._hidden] = at["data-lookup"]

    def handle_data(self, data: str) -> None:
        if self._value and data.strip():
            known = self.selects.setdefault(self._name, {})
            known[self._value] = known.get(self._value, "") + data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "label"):
            self._value = ""


def complained_of(office: Office, about: str) -> Accused:
    ((column, key),) = COMPLAINTS[about][0].items()
    row = {"unit_id": office.unit, "leader_id": office.leader, "user_id": office.user}[column](key)
    return Accused(KINDS[column], row.id, row.name)


def matters(office: Office, about: str) -> list[m.Petition]:
    """A guarded matter in every state that complains of that one, handled by unit A."""
    accused, found = complained_of(office, about), []
    for state in STATES:
        petition = registered(office, TODAY, purpose=Purpose.REPORT, respondents=[accused])
        for verb in PATHS[state].split():
            move(office, petition, verb, TODAY)
        found.append(petition)
    return found


def surroundings(office: Office, petition: m.Petition) -> None:
    """A case, a visit that carries it, a return visit and a held conference; a campaign takes no guarded one."""
    session, clerk = office.session, office.actor("clerk")
    cases.assign(session, clerk, petition, cases.Assignment(leader_id=office.leader("a").id))
    coming = visits_down.visit(office, 5)
    visits.carry(session, clerk, coming, petition)
    return_visits.plan(session, clerk, petition, TODAY)
    people = People("李建国，县司法局", "周强，县自然资源局")
    row = proceedings.save(
        session, clerk, petition, m.Proceeding(), proceedings.Plan(ProceedingKind.CONFERENCE, TODAY, people)
    )
    proceedings.hold(session, clerk, row, proceedings.Result(TODAY, people, "核对。", "查实。", Outcome.AGREED, "王敏"))


def pages(app: Flask, office: Office, petitions: list[m.Petition]) -> Iterator[str]:
    """Every action's form and every edit form on every row about these matters."""
    ids = {petition.id for petition in petitions}
    yield from (path.format(petitions[1].id) for path in FROM_THE_MATTER.values())
    for view in app.extensions["admin"][0]._views:
        if not isinstance(view, DeskView):
            continue
        for row in about(office, view.model, ids):
            yield from (f"/admin/{view.noun}/{row.id}/do/{action.verb}" for action in view.actions if chooses(action))
            if view.edit_verb:
                yield f"/admin/{view.noun}/edit/?id={row.id}"


def chooses(action: Any) -> bool:
    """Does the action ask for somebody? One whose questions depend on the row may."""
    return callable(action.needs) or bool(CHOOSERS & {need.kind for need in action.needs})


def about(office: Office, model: Any, ids: set[int]) -> list[Any]:
    """The rows of this table that are about those matters."""
    every = office.session.query(model).execution_options(gated=True) if hasattr(model, "id") else []
    if model is m.Petition:
        return [row for row in every if row.id in ids]
    if model is m.Visit:
        return [row for row in every if ids & {one.id for one in row.petitions}]
    return [
        row
        for row in every
        if getattr(row, "petition_id", None) in ids or getattr(getattr(row, "case", None), "petition_id", None) in ids
    ]


def shown(client: DeskClient, choices: Choices, names: set[str]) -> list[tuple[str, str]]:
    """(field, name) of everybody offered who must not be; look-ups are asked as the script asks them."""
    found = [
        (field, text)
        for field, options in choices.selects.items()
        for text in options.values()
        if text in names and "respondent" not in field
    ]
    for field, address in choices.lookups.items():
        if any(f"/lookup/{noun}/" in address for noun in ("unit", "leader", "user")):
            texts = {one["text"] for name in names for one in client.get(address + name[:2]).json}
            found += [(field, text) for text in texts & names]
    return found


@pytest.mark.parametrize(
    "complaint", [*list(COMPLAINTS)[:1], *(pytest.param(one, marks=pytest.mark.trust) for one in list(COMPLAINTS)[1:])]
)
def test_the_accused_is_offered_nowhere_and_accepted_nowhere(
    app: Flask, client_for: Callable[[str], DeskClient], office: Office, complaint: str
) -> None:
    petitions = matters(office, complaint)
    surroundings(office, petitions[2])
    office.session.commit()
    names = COMPLAINTS[complaint][1]
    offered, accepted, tried = [], [], set()
    clients = [client_for(name) for name in ("office_head", "unit_head_a")]
    for path in pages(app, office, petitions):
        for client in clients:
            answer = client.get(path)
            if answer.status_code != 200:
                continue
            choices = Choices(answer.text)
            offered += [(path, *one) for one in shown(client, choices, names)]
            for field, accused_id in targets(office, choices, complaint):
                tried.add(f"{path.split('/')[2]} {path.split('/')[-1].split('?')[0]} {field}")
                if not is_refused(office, client, path, field, accused_id):
                    accepted.append((path, field))
            break
    assert (offered, accepted) == ([], [])
    assert len(tried) >= 5, tried


def targets(office: Office, choices: Choices, complaint: str) -> Iterator[tuple[str, int]]:
    """Each choice of the kind that the accused is of, with his id."""
    ((column, key),) = COMPLAINTS[complaint][0].items()
    noun, find, known = {
        "unit_id": ("unit", office.unit, {one[0] for one in UNITS.values()}),
        "leader_id": ("leader", office.leader, {f"{one[0]}（{one[1]}）" for one in LEADERS.values()}),
        "user_id": ("user", office.user, {one[0] for one in USERS.values()}),
    }[column]
    accused_id = find(key).id
    yield from (
        (field, accused_id)
        for field, options in choices.selects.items()
        if set(options.values()) & known and "respondent" not in field
    )
    yield from ((field, accused_id) for field, url in choices.lookups.items() if f"/lookup/{noun}/" in url)


def is_refused(office: Office, client: DeskClient, path: str, field: str, accused_id: int) -> bool:
    """Posted past the page: 4xx, the complaint at that very field, and nothing changed."""
    office.session.commit()
    before = contents(office.session)
    answer = client.post(path, data={field: str(accused_id), "petition_id": path.partition("petition_id=")[2]})
    office.session.expire_all()
    is_same = changed(before, contents(office.session)) == []
    at_field = f'id="{field}-error"' in answer.text or "被反映" in answer.text or answer.status_code in (404, 409)
    return 400 <= answer.status_code < 500 and is_same and at_field
