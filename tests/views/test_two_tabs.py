"""Two tabs on everything that can be edited: the second is refused with both versions shown, and may then decide (C14)."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from admin_views.base import DeskView
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form, sent
from tests.fixtures.full_office import EDITABLE, fill
from tests.fixtures.office import Office
from tests.fixtures.snapshot import changed, contents

MINE, THEIRS = "我这边的改动", "别人的改动"


def test_every_editable_view_is_tried_here(app: Flask) -> None:
    views = [view for view in app.extensions["admin"][0]._views if isinstance(view, DeskView)]
    assert {view.noun for view in views if view.edit_verb} == set(EDITABLE)


@pytest.mark.parametrize("noun", EDITABLE)
def test_the_second_tab_is_refused_and_sees_both(
    client_for: Callable[[str], DeskClient], office: Office, noun: str
) -> None:
    path = f"/admin/{noun}/edit/?id={fill(office)[noun]}"
    client, field = client_for("sysadmin" if noun == "user" else "office_head"), EDITABLE[noun]
    stale, kinds = main_form(client.get(path).text)
    assert field in stale, kinds
    assert sent(client, path, **{field: THEIRS}).status_code == 302
    before = contents(office.session)
    answer = client.post(path, data=stale | {field: MINE})
    assert answer.status_code == 409
    assert MINE in answer.text
    assert THEIRS in answer.text
    assert changed(before, contents(office.session)) == []
    decided, _kinds = main_form(answer.text)
    assert decided[field] == MINE
    assert client.post(path, data=decided).status_code == 302, "saved over it knowingly"


@pytest.mark.parametrize("version", ["", "0", "99", "abc", None])
def test_a_form_without_its_version_is_stale(
    client_for: Callable[[str], DeskClient], office: Office, version: str | None
) -> None:
    path = f"/admin/unit/edit/?id={office.unit('b').id}"
    client = client_for("office_head")
    form, _kinds = main_form(client.get(path).text)
    said = {name: value for name, value in (form | {"version": version, "phone": "1"}).items() if value is not None}
    assert client.post(path, data=said).status_code in (409, 422)
    office.session.expire_all()
    assert office.unit("b").phone is None


@pytest.mark.db
def test_of_ten_editors_nobodys_saving_is_lost(
    app: Flask, client_for: Callable[[str], DeskClient], office: Office
) -> None:
    """Ten people save one unit five times each at once: every save that was answered with success is one version more."""
    path, people = f"/admin/unit/edit/?id={office.unit('b').id}", 10
    before = office.unit("b").version
    clients = [client_for("office_head") for _ in range(people)]
    office.session.commit()
    DeskClient.beside, answers = None, list[int]()

    def edit(client: DeskClient, number: int) -> None:
        for turn in range(5):
            answers.append(sent(client, path, phone=f"{number}-{turn}").status_code)

    threads = [threading.Thread(target=edit, args=(client, number)) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    office.session.expire_all()
    assert set(answers) <= {302, 409}
    assert len(answers) == people * 5
    assert office.unit("b").version - before == answers.count(302) > 0


def test_a_password_typed_is_not_shown_in_a_conflict(client_for: Callable[[str], DeskClient], office: Office) -> None:
    path = f"/admin/user/edit/?id={office.user('handler_a').id}"
    client = client_for("sysadmin")
    stale, _kinds = main_form(client.get(path).text)
    sent(client, path, phone="1")
    answer = client.post(path, data=stale | {"password": "copper lantern oaks", "phone": "2"})
    assert answer.status_code == 409
    assert "copper lantern oaks" not in answer.text
