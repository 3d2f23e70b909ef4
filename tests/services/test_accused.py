"""The accused learns nothing: two offices, with and without the complaint, are the same to him on every page (C2)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask

import models as m
from models import db
from services import exports, figures, gate
from tests.fixtures.client import DeskClient
from tests.fixtures.databases import fresh_sqlite, session_on
from tests.fixtures.office import Office
from tests.fixtures.pages import crawl, without_ids
from tests.fixtures.two_worlds import DAY, READERS, SECRET_WORDS, live

PAGES = 40
STARTS = [
    "/admin/",
    "/admin/petition/?tab=all",
    "/admin/contact/",
    "/admin/document/",
    "/admin/case/",
    "/admin/closing_file/",
    "/admin/campaign/",
    "/admin/reception_session/",
    "/admin/reception_record/",
    "/admin/return_visit/",
    "/admin/reading/?tab=all",
    "/admin/supervision/?tab=all",
    "/admin/figures/reading_rate/",
    "/admin/figures/",
    f"/admin/search/?q={SECRET_WORDS}",
    "/admin/search/?q=赵丽华",
    "/admin/search/?q=13800000026",
    "/admin/search/?q=JB2026",
    f"/admin/petition/?tab=all&q={SECRET_WORDS}",
    "/admin/lookup/petition/?q=JB",
    f"/admin/lookup/petition/?q={SECRET_WORDS}",
    "/admin/petition/?tab=all&purpose=report",
]
OPEN = ["/", "/cases", "/schedule/2026-11", "/schedule/2026-11/print", "/schedule.ics"]


@pytest.fixture
def worlds(
    app: Flask, desk_url: str, place: Path, client_for: Any
) -> Iterator[Callable[[str], tuple[Office, int | None]]]:
    """`worlds("inspector")`: the office anew, with a complaint about the inspector, laid under the application."""
    opened: list[Any] = []

    def lay(complaint: str) -> tuple[Office, int | None]:
        while opened:
            opened.pop().__exit__(None, None, None)
        with app.app_context():
            db.engine.dispose()
        fresh_sqlite("office", place / "desk.db")
        opened.append(session_on(desk_url))
        office = Office(opened[-1].__enter__())
        return office, live(office, complaint)

    yield lay
    while opened:
        opened.pop().__exit__(None, None, None)


def seen_by(client_for: Callable[[str], DeskClient], reader: str) -> dict[str, str]:
    return crawl(client_for(reader), STARTS, PAGES) | crawl(client_for(""), OPEN, len(OPEN))


def test_both_worlds_are_the_same_to_the_accused(worlds: Any, client_for: Any) -> None:
    """Every page of a crawl from the main screens, and what the public sees; a clerk sees the difference at once."""
    worlds("")
    clerk = crawl(client_for("clerk"), STARTS[1:2], 1)
    abouts = ("unit_head_b", "leader_b", "inspector")
    without = {reader: seen_by(client_for, reader) for about in abouts for reader in READERS[about]}
    for about in abouts:
        worlds(about)
        for reader in READERS[about]:
            found = seen_by(client_for, reader)
            assert list(found) == list(without[reader]), reader
            for path, page in without[reader].items():
                assert found[path] == page, (reader, path)
            assert len(found) == PAGES + len(OPEN)
        assert crawl(client_for("clerk"), STARTS[1:2], 1) != clerk


def test_figures_and_exports_are_the_same_to_the_accused(worlds: Any, tmp_path: Path) -> None:
    office, _told = worlds("")
    before = {reader: _told_in_figures(office, reader, tmp_path) for reader in ("unit_head_b", "inspector", "clerk")}
    for about in ("unit_head_b", "inspector"):
        office, _told = worlds(about)
        assert _told_in_figures(office, about, tmp_path) == before[about]
    assert _told_in_figures(office, "clerk", tmp_path) != before["clerk"], "the clerk's figures count it"


def _told_in_figures(office: Office, username: str, folder: Path) -> list[Any]:
    actor = office.actor(username)
    told: list[Any] = [figures.compute(office.session, actor, None, DAY.replace(day=1), office.today)]
    for name in (entry["name"] for entry in exports.names()):
        out = folder / "out.xlsx"
        try:
            exports.to_file(office.session, actor, name, out, reason="核对")
        except gate.Forbidden:
            continue
        with ZipFile(out) as book:
            told.append([name, *(book.read(part) for part in sorted(book.namelist()) if part.startswith("xl/"))])
    assert len(told) > 5
    return told


@pytest.mark.parametrize("about", ["leader_b", "inspector", "unit b"])
def test_his_address_of_it_is_as_good_as_any_other(worlds: Any, client_for: Any, about: str) -> None:
    """404 with the same body for the complaint and for nothing, on every page a matter has."""
    _office, told = worlds(about)
    for reader in READERS[about]:
        client = client_for(reader)
        for path in ("petition/details/?id={}", "petition/edit/?id={}", "petition/{}/do/reveal", "petition/{}/do/accept",
                     "petition/{}/looked", "petition/{}/do/put_before", "petition/{}/do/supervise", "dossier/{}/",
                     "dossier_set/{}/print", "dossier_set/{}/take",
                     "case/new/?petition_id={}", "contact/new/?petition_id={}"):  # fmt: skip
            hidden, absent = (client.get(f"/admin/{path.format(key)}") for key in (told, 424242))
            assert hidden.status_code == absent.status_code, (reader, path)
            assert without_ids(hidden.text) == without_ids(absent.text), (reader, path)
    assert client_for("handler_a").get(f"/admin/petition/details/?id={told}").status_code == 200


@pytest.mark.parametrize("about", ["unit b", "unit_head_b"])
def test_no_screen_offers_the_accused_for_his_own_matter(worlds: Any, client_for: Any, about: str) -> None:
    office, told = worlds(about)
    client, unit = client_for("clerk"), office.unit("b")
    petition = office.session.get(m.Petition, told)
    petition.status, petition.unit_id, petition.accepted_on = "registered", None, None
    for leg in petition.legs:
        leg.ended_on, leg.end_reason = office.today, "退回"
    said = {"unit_id": unit.id, "feedback_on": "2026-12-31", "version": petition.version + 1}
    office.session.commit()
    for verb in ("assign", "supervise"):
        page = client.get(f"/admin/petition/{told}/do/{verb}").text
        assert f"{unit.name}</option>" not in page, verb
    assert f'<option value="{office.unit("a").id}"' in page
    office.session.commit()
    answer = client.post(f"/admin/petition/{told}/do/assign", data=said)
    assert answer.status_code == 422
    office.session.expire_all()
    assert petition.unit_id is None
