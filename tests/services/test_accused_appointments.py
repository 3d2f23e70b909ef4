"""The accused learns nothing of a sign-up: every page of his is the same before it and after it (C2, rules-of-the-office §3).

tests/services/test_accused.py does the same for matters.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.reception_words import AppointmentKind
from rules.words import Purpose, RespondentKind, RuleBroken
from services import appointment_lists, appointments, exports, gate, receivers
from services.workbook_in import read_rows
from tests.fixtures.appointments import DAY, acting, caller, session_of
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office
from tests.fixtures.pages import crawl, without_ids
from tests.fixtures.reception import visitor

Clients = Callable[[str], DeskClient]
SECRET_WORDS = "截留扶贫资金"
STARTS = [
    "/admin/",
    "/admin/appointment/",
    "/admin/appointment/?tab=all",
    "/admin/appointment/?tab=adrift",
    "/admin/appointment/?tab=no_brief",
    f"/admin/appointment/?tab=all&q={SECRET_WORDS}",
    "/admin/appointment/?tab=all&state=expected",
    "/admin/reception_session/?tab=running",
    "/admin/reception_record/?tab=all",
    f"/admin/search/?q={SECRET_WORDS}",
]


def _matter_about(office: Office, username: str) -> int:
    petition = registered(office, TODAY, purpose=Purpose.REPORT, demand=f"反映{SECRET_WORDS}。")
    user = office.user(username)
    office.session.add(m.Respondent(petition=petition, kind=RespondentKind.USER, user_id=user.id, name=user.name))
    office.session.flush()
    return int(petition.id)


SAID: dict[str, tuple[Callable[[Office], dict[str, Any]], tuple[str, ...]]] = {
    "leader reported": (
        lambda o: {"purpose": Purpose.REPORT, "respondent_leader_id": o.leader("b").id},
        ("leader_b",),
    ),
    "leader, in confidence": (lambda o: {"is_secret": True, "respondent_leader_id": o.leader("b").id}, ("leader_b",)),
    "the office itself": (
        lambda o: {"purpose": Purpose.REPORT, "respondent_unit_id": o.unit("office").id},
        ("clerk2", "office_head", "inspector"),
    ),
    "through its matter": (lambda o: {"petition_id": _matter_about(o, "inspector")}, ("inspector",)),
}
"""What the sign-up says, and who must not know of it; it is for leader A's session."""


def told_in_export(office: Office, reader: str, folder: Path) -> list[list[str]]:
    """The exported list of sign-ups as this reader gets it; nothing for a role that may not export."""
    out = folder / "out.xlsx"
    try:
        exports.to_file(office.session, office.actor(reader), "appointment", out, reason="核对")
    except gate.Forbidden:
        return []
    return [[str(cell) for cell in row.cells] for row in read_rows(out, original_name="out.xlsx").rows]


def seen(office: Office, client: DeskClient, reader: str, folder: Path, more: list[str]) -> list[Any]:
    """The pages that could tell, the session's sheet, the export and what the services count for him."""
    actor, held = office.actor(reader), gate.rows(office.actor(reader), m.ReceptionSession)
    pages = crawl(client, [*STARTS, *more], len(STARTS) + len(more))
    left = [appointment_lists.places_left(office.session, actor, row) for row in office.session.scalars(held)]
    return [pages, left, told_in_export(office, reader, folder)]


@pytest.mark.parametrize(
    "told", [*list(SAID)[:2], *(pytest.param(one, marks=pytest.mark.trust) for one in list(SAID)[2:])]
)
def test_the_same_before_and_after_to_the_accused(
    office: Office, client_for: Clients, tmp_path: Path, told: str
) -> None:
    said, readers = SAID[told]
    values = said(office)
    held, own = session_of(office), session_of(office, "b")
    for row in (held, own):
        caller(office, row, visitor="别人")
    more = [f"/admin/reception_session/details/?id={held.id}", f"/admin/appointment/session/{held.id}/sheet"]
    clients = {reader: client_for(reader) for reader in (*readers, "clerk")}
    before = {reader: seen(office, clients[reader], reader, tmp_path, more) for reader in clients}
    row = caller(office, held, visitor="赵丽华", demand=f"反映{SECRET_WORDS}。", **values)
    for reader in readers:
        after = seen(office, clients[reader], reader, tmp_path, more)
        for was, now in zip(before[reader], after, strict=True):
            assert now == was, reader
        client = clients[reader]
        for path in ("details/?id={}", "{}/do/cancel"):
            hidden, absent = (client.get(f"/admin/appointment/{path.format(key)}") for key in (row.id, 424242))
            assert (hidden.status_code, without_ids(hidden.text)) == (absent.status_code, without_ids(absent.text))
    assert seen(office, clients["clerk"], "clerk", tmp_path, more) != before["clerk"], "who registered it sees it"


def test_not_on_his_page_when_the_session_comes_to_him(office: Office, client_for: Clients, tmp_path: Path) -> None:
    """An exchange seats the accused: nothing changes for him; the office finds the sign-up among those to arrange anew."""
    held = session_of(office, "b")
    more = [f"/admin/reception_session/details/?id={held.id}", f"/admin/appointment/session/{held.id}/sheet"]
    client = client_for("leader_b")
    before = seen(office, client, "leader_b", tmp_path, more)
    held.leader = office.leader("a")
    office.session.flush()
    row = caller(office, held, purpose=Purpose.REPORT, respondent_leader_id=office.leader("b").id, visitor="赵丽华")
    held.leader = office.leader("b")
    office.session.flush()
    assert seen(office, client, "leader_b", tmp_path, more) == before
    clerk = client_for("clerk")
    assert f"details/?id={row.id}" in clerk.get("/admin/appointment/?tab=adrift").text
    assert "赵某" in clerk.get(f"/admin/reception_session/details/?id={held.id}").text
    assert "赵某" not in clerk.get(f"/admin/appointment/session/{held.id}/sheet").text, "the sheet is the leader's"
    with pytest.raises(RuleBroken, match="不能接待这件事"):
        appointments.receive(office.session, acting(office, "clerk", DAY), row)


def test_the_record_it_becomes_is_hidden_too(office: Office, client_for: Clients) -> None:
    """Received: the reception record, and later its matter, stay out of the sight of those complained of."""
    held = session_of(office, day=TODAY)
    visitor(office, held)
    paths = ["/admin/reception_record/?tab=all", f"/admin/reception_session/details/?id={held.id}"]
    client = client_for("clerk2")
    before = [without_ids(client.get(path).text) for path in paths]
    office_unit = office.unit("office").id
    row = caller(office, held, AppointmentKind.WALK_IN, purpose=Purpose.REPORT, respondent_unit_id=office_unit)
    record = appointments.receive(office.session, office.actor("clerk"), row)
    after = [without_ids(client.get(path).text) for path in paths]
    assert after == before
    assert client.get(f"/admin/reception_record/details/?id={record.id}").status_code == 404
    assert client_for("clerk").get(f"/admin/reception_record/details/?id={record.id}").status_code == 200


# who is complained of: leader, unit or account; guarded; the leaders who may not receive
BARRED: dict[str, tuple[Callable[[Office], dict[str, Any]], bool, set[str]]] = {
    "a leader": (lambda o: {"respondent_leader_id": o.leader("a").id}, True, {"a"}),
    "a plain demand on a leader": (lambda o: {"respondent_leader_id": o.leader("a").id}, False, set()),
    "the unit he heads": (lambda o: {"respondent_unit_id": o.unit("b").id}, True, {"mayor"}),
    "a unit above the one he heads": (
        lambda o: {"respondent_unit_id": o.unit("government").id},
        True,
        {"mayor", "in_charge", "a", "b"},
    ),
    "a unit nobody of them heads": (lambda o: {"respondent_unit_id": o.unit("a").id}, True, set()),
    "his own account, through the matter": (lambda o: {"petition_id": _matter_about(o, "leader_b")}, False, {"b"}),
}


@pytest.mark.db
@pytest.mark.parametrize("about", BARRED)
def test_who_may_not_receive(office: Office, about: str) -> None:
    """The respondent, and who heads or belongs to the respondent unit; the mayor heads unit B here."""
    said, guarded, keys = BARRED[about]
    office.unit("b").head_leader = office.leader("mayor")
    office.session.flush()
    values = said(office) | {"demand": "x", "is_secret": guarded}
    petition = office.session.get(m.Petition, values.get("petition_id") or 0)
    found = receivers.barred(office.session, receivers.asked(values, petition))
    assert found == {office.leader(key).id for key in keys}
    for key in ("mayor", "in_charge", "a", "b"):
        held = session_of(office, key)
        if key in keys:
            with pytest.raises(RuleBroken, match="这一场不能接待这件事，请另选一场。"):
                caller(office, held, **values)
        else:
            assert caller(office, held, **values).id


def test_a_correction_may_not_make_him_the_accused(office: Office) -> None:
    row = caller(office, session_of(office))
    said = {"purpose": Purpose.REPORT, "respondent_leader_id": office.leader("a").id}
    with pytest.raises(RuleBroken, match="不能接待这件事"):
        appointments.change(office.session, office.actor("clerk"), row, said)
    assert row.purpose == Purpose.SEEK


def test_the_trail_does_not_name_the_accused(office: Office) -> None:
    """C2: the auditor sees that there is a sign-up, not whom it complains of."""
    caller(office, session_of(office), "sign_up", purpose=Purpose.REPORT, respondent_leader_id=office.leader("b").id)
    entry = office.session.query(m.AuditEntry).filter_by(table_name="appointment").one()
    value = entry.details["respondent_leader_id"]
    assert "#" in str(value)
    assert str(office.leader("b").id) != str(value)
