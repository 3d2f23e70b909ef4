"""The screens of boards, bulk hand-over, team, evidence and proposals; a case opened from a ledger row (F1–F3, F8)."""

from collections.abc import Callable
from typing import Any

import pytest

import models as m
from rules.cases import CaseSource
from services import campaign_ledger, handovers
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

Clients = Callable[[str], DeskClient]


def leave(
    client: DeskClient, leaver: m.Leader, chosen: dict[m.Case, m.Leader], reason: str = "调离", **more: Any
) -> Any:
    said = {f"leader-{case.id}": to.id for case, to in chosen.items()}
    said |= {f"version-{case.id}": case.version for case in chosen}
    return client.post("/admin/hand_over/leave", data={"leader": leaver.id, "reason": reason} | said | more)


def test_a_leaver_is_picked_his_cases_listed_and_handed_over_at_once_f1(office: Office, client_for: Clients) -> None:
    first, second = made.case(office), made.case(office, made.matter(office))
    client, a = client_for("office_head"), office.leader("a")
    assert "赵明（副镇长），2 件" in client.get("/admin/hand_over/leave").text
    page = client.get(f"/admin/hand_over/leave?leader={a.id}")
    assert page.text.count(f'<option value="{office.leader("in_charge").id}" selected>') == 2
    assert f'<option value="{a.id}">赵明（副镇长）</option>' not in page.text
    answer = leave(client, a, {first: office.leader("b"), second: office.leader("in_charge")})
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location)
    assert "打印整批 2 件" in page.text
    paper = client.get(answer.location.replace("details/?id=", "").rstrip("/") + "/print?batch=1")
    for text in ("包案移交清单", first.number, second.number, "移交人：", "接手人：", "未完成的四包"):
        assert text in paper.text


# what is posted, status, the sentence
REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no reason": ({"reason": " "}, 422, "移交理由：请填写"),
    "nobody chosen": ({"leader-{id}": ""}, 422, "接手领导：请选择"),
    "himself": ({"leader-{id}": "{a}"}, 422, "仍是原来的包案领导"),
    "an id that is none": ({"leader-{id}": "abc"}, 422, "接手领导：请选择"),
    "a huge id": ({"leader-{id}": "9" * 30}, 422, "接手领导：请选择"),
    "stale": ({"version-{id}": "0"}, 409, "刚刚被别人改过"),
    "a case that is not his": ({"version-999": "1"}, 409, "包案有了变化"),
    "no such leader": ({"leader": "999"}, 404, ""),
    "nul": ({"reason": "\x00"}, 422, "移交理由：请填写"),
}


@pytest.mark.parametrize(("said", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_bad_input_of_a_bulk_hand_over_is_told_and_changes_nothing_f1(
    office: Office, client_for: Clients, said: dict[str, Any], status: int, words: str
) -> None:
    case, a = made.case(office), office.leader("a")
    more = {key.format(id=case.id): value.replace("{a}", str(a.id)) for key, value in said.items()}
    answer = leave(client_for("office_head"), a, {case: office.leader("b")}, **more)
    assert answer.status_code == status
    assert words in answer.text
    office.session.expire_all()
    assert (case.ended_on, office.session.query(m.HandOver).count()) == (None, 0)


def test_a_leader_with_cases_is_not_deactivated_but_pointed_to_the_hand_over_f1(
    office: Office, client_for: Clients
) -> None:
    case, client = made.case(office), client_for("office_head")
    leader = case.leader
    assert "移交包案" in client.get(f"/admin/leader/details/?id={leader.id}").text
    said = {"name": leader.name, "title": leader.title, "rank": "other", "level": "government", "turn": 3}
    answer = client.post(f"/admin/leader/edit/?id={leader.id}", data=said | {"version": leader.version})
    assert answer.status_code == 422
    assert "请先在“包案移交”中移交给接手领导" in answer.text
    handovers.hand_over(office.session, office.actor("office_head"), case, office.leader("b").id, "调离")
    office.session.commit()
    answer = client.post(f"/admin/leader/edit/?id={leader.id}", data=said | {"version": leader.version})
    office.session.expire_all()
    assert (answer.status_code, leader.is_active) == (302, False)


def test_the_board_links_every_number_to_its_list_f1(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("office_head")
    page = client.get("/admin/case_board/").text
    listed = f"/admin/case/?leader={case.leader_id}&amp;tab=running&amp;ask=undated"
    assert listed in page
    assert client.get(listed.replace("&amp;", "&")).text.count("<tr data-url=") == 1
    assert client.get("/admin/case/?tab=running&ask=silent").text.count("<tr data-url=") == 0
    assert "城建办" in client.get("/admin/case_board/?by=unit").text
    assert "领导包案情况表" in client.get("/admin/case_board/print").text
    sheet = client.get("/admin/case_board/table/xlsx/?by=leader&reason=例会用")
    assert (sheet.status_code, sheet.data[:2]) == (200, b"PK")


def test_a_ledger_row_opens_a_case_and_both_pages_link_f1_g2(office: Office, client_for: Clients) -> None:
    campaign = m.Campaign(name="化解年", body="联席办", starts_on=made.day(office, -9), ends_on=made.day(office, 90))
    office.session.add(campaign)
    office.session.flush()
    petition = made.matter(office)
    (row,) = campaign_ledger.take(office.session, office.actor("clerk"), campaign, [petition.id])
    client = client_for("clerk")
    row_page = f"/admin/campaign_case/details/?id={row.id}"
    url = f"/admin/case/new/?campaign_case_id={row.id}"
    assert url in client.get(row_page).text
    form = client.get(url).text
    assert petition.number in form
    assert f'value="{made.day(office, 90)}"' in form, "the row's limit stands there"
    said = {"petition_id": petition.id, "leader_id": office.leader("a").id, "level": "own", "basis": "division"}
    page = client.get(client.post(url, data=said).location).text
    assert row_page in page
    assert "看包案" in client.get(row_page).text
    assert office.session.query(m.Case).one().source is CaseSource.CAMPAIGN


def test_team_and_evidence_are_kept_on_the_cases_page_f1_f2(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("leader_a")
    url = f"/admin/case/details/?id={case.id}"
    sent = {"version": case.version, "role": "expert", "name": "<b>钱律师</b>", "duty": "释法"}
    assert client.post(f"/admin/case/{case.id}/do/join", data=sent).status_code == 302
    assert "&lt;b&gt;钱律师" in client.get(url).text
    duty, (member,) = case.duties[0], case.members
    paper = office.session.query(m.Document).filter_by(petition_id=case.petition_id).first()
    assert paper is not None
    record = {"version": duty.version, "text": "走访记录", "happened_on": "2026-11-21"}
    bad = client.post(f"/admin/duty_item/{duty.id}/do/evidence", data=record | {"paper": "leader-1"})
    assert bad.status_code == 422
    ok = client.post(f"/admin/duty_item/{duty.id}/do/evidence", data=record | {"paper": f"document-{paper.id}"})
    assert ok.status_code == 302
    assert "走访记录" in client.get(url).text
    gone = client.post(f"/admin/case_member/{member.id}/do/leave", data={"version": member.version})
    assert gone.status_code == 302
    assert "2026-11-21 退出" in client.get(url).text


def test_a_unit_proposes_and_the_leader_in_charge_agrees_f8(office: Office, client_for: Clients) -> None:
    petition = made.matter(office)
    office.session.commit()
    said = {"petition_id": petition.id, "reason": "多年未化解", "leader_id": office.leader("a").id}
    answer = client_for("unit_head_a").post("/admin/case_proposal/new/", data=said)
    assert answer.status_code == 302, answer.text
    row, client = office.session.query(m.CaseProposal).one(), client_for("leader_in_charge")
    assert petition.title in client.get("/admin/case_proposal/").text
    agreed = client.post(
        f"/admin/case_proposal/{row.id}/do/approve", data={"version": row.version, "leader_id": office.leader("a").id}
    )
    office.session.expire_all()
    assert agreed.location.endswith(f"/admin/case/details/?id={row.case_id}")
    again = client.post(f"/admin/case_proposal/{row.id}/do/refuse", data={"version": row.version, "words": "不"})
    assert again.status_code == 422


def test_two_tabs_on_one_hand_over_the_second_is_told_c14(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("office_head")
    sent = {"version": case.version, "leader_id": office.leader("b").id, "reason": "分工调整"}
    url = f"/admin/case/{case.id}/do/hand_over"
    assert client.post(url, data=sent).status_code == 302
    assert client.post(url, data=sent).status_code in (409, 422)
    office.session.expire_all()
    assert office.session.query(m.HandOver).count() == 1
