"""The screens of proceedings and demands: planned, recorded, decided, put on paper; refusals at their field (F3–F5)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

import models as m
from rules.proceedings import ProceedingKind, ProceedingState
from services import demands
from tests.fixtures import casework
from tests.fixtures.client import DeskClient
from tests.fixtures.office import TODAY, Office
from tests.services.test_proceedings import complaint, hold, matter, people, plan

Clients = Callable[[str], DeskClient]
DAY = TODAY.isoformat()


def newest(office: Office) -> m.Proceeding:
    return office.session.query(m.Proceeding).order_by(m.Proceeding.id.desc()).execution_options(gated=True).first()


def test_a_conference_goes_from_the_matters_page_to_the_task_and_the_paper(office: Office, client_for: Clients) -> None:
    """F4: planned from the matter, recorded, a decision with owner and date, done with its proof, the minutes filed."""
    petition, client = matter(office), client_for("handler_a")
    office.session.commit()
    new = f"/admin/proceeding/new/?kind=conference&petition_id={petition.id}"
    assert f"{new}".replace("&", "&amp;") in client.get(f"/admin/petition/details/?id={petition.id}").text
    said = {
        "petition_id": petition.id,
        "held_on": DAY,
        "chair": "李建国，县司法局",
        "members": "周强，县局\n刘芳",
        "starts": "9:30",
    }
    assert client.post(new, data=said).status_code == 302
    row = newest(office)
    told = said | {
        "version": row.version, "minutes": "逐项核对。", "outcome": "agreed", "conclusion": "应当补发。", "recorder": "郑伟",
        "dissent": "刘芳：再测一次",
    }  # fmt: skip
    assert client.post(f"/admin/proceeding/{row.id}/do/hold", data=told).status_code == 302
    office.session.refresh(row)
    assert row.state is ProceedingState.HELD
    owner = {"version": row.version, "text": "补发差额。", "due_on": DAY, "unit_id": office.unit("a").id}
    assert client.post(f"/admin/proceeding/{row.id}/do/decide", data=owner).status_code == 302
    assert client.post(f"/admin/proceeding/{row.id}/do/issue", data={"version": row.version}).status_code == 302
    page = client.get(f"/admin/proceeding/details/?id={row.id}").text
    for text in (
        "逐项核对。",
        "应当补发。",
        "刘芳：再测一次",
        "周强（县局）",
        "补发差额。",
        "打印会商纪要",
        petition.number,
    ):
        assert text in page
    assert "待我落实的议定事项" in client.get("/admin/").text
    decision = office.session.query(m.Decision).execution_options(gated=True).one()
    done = {
        "version": decision.version, "done_on": DAY, "done_note": "已到账。", "evidence": (BytesIO(b"%PDF-1.4"), "回单.pdf"),
    }  # fmt: skip
    answer = client.post(f"/admin/decision/{decision.id}/do/finish", data=done, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert "回单.pdf" in client.get(f"/admin/decision/details/?id={decision.id}").text
    assert "待我落实的议定事项" not in client.get("/admin/").text


# kind, what is posted, the field that complains
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("verification", {"chair": ""}, "chair"),
    ("verification", {"held_on": "2026-13-45"}, "held_on"),
    ("verification", {"members": "，没有姓名"}, "members"),
    ("verification", {"leader_ids": "999999"}, "leader_ids"),
    ("hearing", {"announced_on": ""}, "announced_on"),
    ("hearing", {"asked_by": "moon"}, "asked_by"),
    ("mediation", {"level": ""}, "level"),
    ("appraisal", {"asked_on": ""}, "asked_on"),
    ("appraisal", {"request_id": ""}, "request_id"),
    ("appraisal", {"request_id": "999999"}, "request_id"),
]
ASKED = {"asked_by": "unit", "asked_on": DAY, "announced_on": DAY, "level": "village"}


def test_a_refused_plan_names_its_field_and_keeps_nothing(office: Office, client_for: Clients) -> None:
    petition, client = matter(office), client_for("clerk")
    said = {"petition_id": petition.id, "held_on": DAY, "chair": "李建国", "members": "周强"} | ASKED
    for kind, wrong, field in BAD:
        answer = client.post(f"/admin/proceeding/new/?kind={kind}&petition_id={petition.id}", data=said | wrong)
        assert (kind, field, answer.status_code, f'id="{field}-error"' in answer.text) == (kind, field, 422, True)
    assert newest(office) is None


def test_a_refused_result_names_its_field(office: Office, client_for: Clients) -> None:
    row, client = plan(office, ProceedingKind.VERIFICATION), client_for("clerk")
    said = {
        "held_on": DAY, "chair": "李建国", "members": "周强", "minutes": "核对。", "outcome": "true", "conclusion": "属实。",
        "recorder": "王敏",
    }  # fmt: skip
    for wrong, field in (
        ({"held_on": (TODAY + timedelta(days=1)).isoformat()}, "held_on"),
        ({"members": ""}, "members"),
        ({"outcome": "settled"}, "outcome"),
        ({"dissent": "不对"}, "dissent"),
    ):
        told = said | wrong | {"version": row.version}
        answer = client.post(f"/admin/proceeding/{row.id}/do/hold", data=told)
        assert (field, answer.status_code, f'id="{field}-error"' in answer.text) == (field, 422, True)
    stale = client.post(f"/admin/proceeding/{row.id}/do/hold", data=said | {"version": row.version + 7})
    assert stale.status_code == 409


def test_an_appraisal_with_its_request_uploaded(office: Office, client_for: Clients) -> None:
    petition, client = matter(office), client_for("clerk")
    said = {
        "petition_id": petition.id, "held_on": DAY, "chair": "李建国", "asked_on": DAY,
        "uploads": (BytesIO(b"%PDF-1.4"), "申请.pdf"),
    }  # fmt: skip
    url = f"/admin/proceeding/new/?kind=appraisal&petition_id={petition.id}"
    answer = client.post(url, data=said, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    assert "申请.pdf" in client.get(answer.location).text


def test_the_list_is_narrowed_by_when_who_and_outcome(office: Office, client_for: Clients) -> None:
    leader, client = office.leader("a"), client_for("clerk")
    hold(office, plan(office, ProceedingKind.VERIFICATION), people=people(members=f"{leader.name}\n刘芳"))
    hold(office, plan(office, ProceedingKind.MEDIATION))
    asked = (
        "", "kind=mediation", "outcome=true", f"leader={leader.id}", "q=周强", "q=查无此人", f"held={DAY}..", "held=..2026-11-01",
    )  # fmt: skip
    pages = {query: client.get(f"/admin/proceeding/?tab=all&{query}").text for query in asked}
    shown = {query: page.count("/admin/proceeding/details/") for query, page in pages.items()}
    both, none = shown[""], shown["q=查无此人"]
    assert (both > 0, none) == (True, 0)
    assert [shown[one] * 2 for one in ("kind=mediation", "outcome=true", f"leader={leader.id}", "q=周强")] == [both] * 4
    assert (shown[f"held={DAY}.."], shown["held=..2026-11-01"]) == (both, 0)


def test_the_reporter_of_a_guarded_matter_is_masked_everywhere(office: Office, client_for: Clients) -> None:
    """§4, C3: page, form and list show no name of a party; no search finds it; leaving the field empty keeps it."""
    row = plan(office, ProceedingKind.MEDIATION, petition=complaint(office, TODAY))
    client = client_for("handler_a")
    pages = [f"details/?id={row.id}", f"edit/?id={row.id}", f"{row.id}/do/hold", "?tab=all"]
    assert all("赵丽华" not in client.get(f"/admin/proceeding/{path}").text for path in pages)
    assert "/admin/proceeding/details/" not in client.get("/admin/proceeding/?tab=all&q=赵丽华").text
    said = {
        "version": row.version,
        "held_on": DAY,
        "chair": "李建国",
        "members": "周强",
        "level": "village",
        "parties": "",
    }
    assert client.post(f"/admin/proceeding/edit/?id={row.id}", data=said).status_code == 302
    office.session.expire_all()
    assert "赵丽华" in {one.name for one in newest(office).people}


def test_the_case_shows_the_demand_and_what_is_missing(office: Office, client_for: Clients) -> None:
    """F5: judged on screen, its way and papers on the case's page; a scan fills the gap."""
    case, client = casework.case(office), client_for("clerk")
    url = f"/admin/case/details/?id={case.id}"
    assert "还没有评判诉求。" in client.get(url).text
    said = {
        "petition_id": case.petition_id,
        "kind": "too_high",
        "judged_on": DAY,
        "judged_by": "联席会议",
        "reason": "要求过高。",
    }
    bad = client.post("/admin/demand_appraisal/new/", data=said | {"kind": "not_yet"})
    assert (bad.status_code, 'id="next_on-error"' in bad.text) == (422, True)
    assert client.post("/admin/demand_appraisal/new/", data=said).status_code == 302
    page = client.get(url).text
    assert "解决合理部分，并做好疏导" in page
    (row,) = demands.of_matter(office.session, office.actor("clerk"), case.petition)
    scan = {"version": row.version, "paper": "talk", "uploads": (BytesIO(b"%PDF-1.4"), "笔录.pdf")}
    upload = f"/admin/demand_appraisal/{row.id}/do/upload"
    assert client.post(upload, data=scan, content_type="multipart/form-data").status_code == 302
    lacking = [one.key for one in demands.papers(office.session, row) if not one.is_there]
    assert lacking == ["found"]
    wrong = client.post(upload, data={"version": row.version, "paper": "aid"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("noun", ["proceeding", "demand_appraisal"])
def test_the_lists_are_exported(office: Office, client_for: Clients, noun: str) -> None:
    hold(office, plan(office))
    assert client_for("clerk").get(f"/admin/{noun}/export/xlsx/?reason=核对").status_code == 200
