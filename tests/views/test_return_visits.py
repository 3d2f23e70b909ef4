"""The screens of the return visits (H4)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.words import ClosingStatus, Satisfaction, Status
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

Clients = Callable[[str], DeskClient]
SAID = {"made_on": "2026-11-21", "method": "phone", "visitor": "郑伟", "satisfaction": "good", "words": "款已到账"}


def test_planning_then_recording_h4(office: Office, client_for: Clients) -> None:
    petition, client = made.matter(office), client_for("handler_a")
    form = client.get(f"/admin/return_visit/new/?petition_id={petition.id}").text
    assert petition.number in form
    assert 'name="satisfaction"' not in form
    sent = {"petition_id": petition.id, "planned_on": "2026-11-25"}
    planned = client.post("/admin/return_visit/new/", data=sent)
    assert planned.status_code == 302
    visit = office.session.query(m.ReturnVisit).one()
    url = f"/admin/return_visit/{visit.id}/do/record"
    assert client.post(url, data=SAID | {"version": visit.version}).status_code == 302
    assert (visit.made_on, visit.satisfaction) == (office.today, Satisfaction.GOOD)
    assert "款已到账" in client.get(planned.location).text


def test_recording_one_nobody_planned_h4(office: Office, client_for: Clients) -> None:
    petition, client = made.matter(office), client_for("clerk")
    form = client.get(f"/admin/return_visit/new/?petition_id={petition.id}&made=1").text
    assert 'name="planned_on"' not in form
    answer = client.post("/admin/return_visit/new/", data=SAID | {"petition_id": petition.id})
    assert answer.status_code == 302
    assert office.session.query(m.ReturnVisit).one().words == "款已到账"


# what is changed, the sentence
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no matter": ({"petition_id": ""}, "请填写。"),
    "no such matter": ({"petition_id": "999"}, "没有这个选项"),
    "a way that is none": ({"method": "dream"}, "没有这个选项"),
    "no opinion": ({"satisfaction": ""}, "请填写。"),
    "nobody": ({"visitor": ""}, "请填写。"),
    "wrong date": ({"made_on": "21.11.2026"}, "日期应为"),
    "tomorrow": ({"made_on": "2026-11-22"}, "不能晚于今天"),
    "too long": ({"help_given": "长" * 301}, "最多 300 个字"),
}


@pytest.mark.parametrize(("changed", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_answered_with_a_sentence(
    office: Office, client_for: Clients, changed: dict[str, Any], words: str
) -> None:
    sent = SAID | {"petition_id": made.matter(office).id} | changed
    answer = client_for("clerk").post("/admin/return_visit/new/", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert office.session.query(m.ReturnVisit).count() == 0


def test_another_units_matter_is_no_choice_c1(office: Office, client_for: Clients) -> None:
    petition, client = made.matter(office), client_for("handler_b")
    assert client.get(f"/admin/return_visit/new/?petition_id={petition.id}").status_code == 404
    answer = client.post("/admin/return_visit/new/", data=SAID | {"petition_id": petition.id})
    assert answer.status_code == 422
    assert office.session.query(m.ReturnVisit).count() == 0


def test_dissatisfied_after_closing_the_office_reopens_from_the_visit_h4(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file = made.closed_file(office, tmp_path)
    visit = made.visit(office, file.petition, Satisfaction.BAD)
    url = f"/admin/return_visit/details/?id={visit.id}"
    assert "重新办理" not in client_for("handler_a").get(url).text
    clerk = client_for("clerk")
    assert "重新办理" in clerk.get(url).text
    sent = {"version": visit.version, "reason": "补贴没有到账"}
    answer = clerk.post(f"/admin/return_visit/{visit.id}/do/reopen", data=sent)
    assert answer.location.endswith(f"/admin/petition/details/?id={file.petition_id}")
    assert (file.status, file.petition.status) == (ClosingStatus.REOPENED, Status.HANDLING)


# tab, how many of one due, one later, one satisfied and one dissatisfied visit
LISTED = {"due": 1, "planned": 2, "made": 2, "bad": 1, "all": 4}


@pytest.mark.parametrize(("tab", "count"), LISTED.items())
def test_the_list_by_tab(office: Office, client_for: Clients, tab: str, count: int) -> None:
    petition = made.matter(office)
    made.visit(office, petition)
    made.visit(office, petition, Satisfaction.BAD)
    for days in (-1, 9):
        office.session.add(m.ReturnVisit(petition=petition, planned_on=made.day(office, days)))
    page = client_for("handler_a").get(f"/admin/return_visit/?tab={tab}")
    assert page.text.count("<tr data-url=") == count
    assert client_for("handler_b").get(f"/admin/return_visit/?tab={tab}").text.count("<tr data-url=") == 0
