"""The case's screens: assigning from the matter's page, duties, plan, log, handing over (F1–F3)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import DutyState, Purpose, RespondentKind
from services import cases, handovers
from services.registration import Accused
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

Clients = Callable[[str], DeskClient]


def assign(client: DeskClient, petition: m.Petition, leader: m.Leader, **said: Any) -> Any:
    values = {"petition_id": petition.id, "leader_id": leader.id, "level": "own"} | said
    return client.post("/admin/case/new/", data=values)


def test_the_form_comes_filled_from_the_matters_page_f1(office: Office, client_for: Clients) -> None:
    petition = made.matter(office)
    page = client_for("clerk").get(f"/admin/case/new/?petition_id={petition.id}")
    leader, unit = office.leader("a"), office.unit("a")
    assert page.status_code == 200
    assert "按分工建议：赵明（副镇长）" in page.text
    assert f'<option selected value="{leader.id}">' in page.text
    assert f'<option selected value="{unit.id}">' in page.text
    assert petition.number in page.text


def test_assigning_saves_the_case_and_shows_it_f1_f2(office: Office, client_for: Clients) -> None:
    petition, client = made.matter(office), client_for("clerk")
    answer = assign(client, petition, office.leader("a"), direction="补发差额", close_by="2026-12-31")
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location)
    for text in ("BA2026-001", "赵明（副镇长）", "补发差额", "包掌握情况", "包息诉息访"):
        assert text in page.text


def test_a_second_running_leader_is_answered_with_a_sentence_f1(office: Office, client_for: Clients) -> None:
    case = made.case(office)
    answer = assign(client_for("office_head"), case.petition, office.leader("b"), reason="班子会决定")
    assert answer.status_code == 422
    assert "已经由赵明包案（BA2026-001），一件事项只能有一位包案领导" in answer.text
    assert office.session.query(m.Case).count() == 1


# what is posted, the sentence
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no leader": ({"leader_id": ""}, "请填写。"),
    "no such leader": ({"leader_id": "999"}, "没有这个选项"),
    "an id that is none": ({"leader_id": "abc"}, "没有这个选项"),
    "wrong level": ({"level": "moon"}, "没有这个选项"),
    "wrong date": ({"close_by": "2026-13-45"}, "日期应为"),
    "too long": ({"direction": "长" * 501}, "最多 500 个字"),
    "nul": ({"direction": "补\x00发"}, "含有不能保存的字符"),
    "yesterday": ({"close_by": "2026-11-20"}, "不能早于今天"),
    "no such matter": ({"petition_id": "999"}, ""),
}


@pytest.mark.parametrize(("said", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_answered_with_a_sentence_and_changes_nothing(
    office: Office, client_for: Clients, said: dict[str, Any], words: str
) -> None:
    answer = assign(client_for("clerk"), made.matter(office), office.leader("a"), **said)
    assert answer.status_code in (404, 422)
    assert words in answer.text
    assert office.session.query(m.Case).count() == 0


def test_markup_typed_by_people_stays_text_c8(office: Office, client_for: Clients) -> None:
    client = client_for("clerk")
    answer = assign(client, made.matter(office), office.leader("a"), plan="<script>alert(1)</script>")
    page = client.get(answer.location)
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_the_accused_leader_is_neither_offered_nor_accepted_c2(office: Office, client_for: Clients) -> None:
    accused = [Accused(RespondentKind.LEADER, office.leader("a").id, "赵明")]
    petition = made.matter(office, purpose=Purpose.REPORT, respondents=accused, steps="")
    client = client_for("clerk")
    page = client.get(f"/admin/case/new/?petition_id={petition.id}")
    assert "赵明（副镇长）" not in page.text
    assert "孙丽（人大副主席）" in page.text
    answer = assign(client, petition, office.leader("a"), reason="班子会决定")
    assert answer.status_code == 422
    assert office.session.query(m.Case).count() == 0


# who, what the page of the case of leader A at unit A answers, whether he may write
READERS = {
    "clerk": (200, True),
    "office_head": (200, True),
    "leader_a": (200, True),
    "handler_a": (200, True),
    "leader_in_charge": (200, False),
    "inspector": (200, False),
    "handler_b": (404, False),
    "leader_b": (404, False),
    "statistician": (403, False),
    "auditor": (403, False),
    "sysadmin": (403, False),
}


@pytest.mark.parametrize(("username", "answer"), READERS.items())
def test_who_opens_and_who_writes_a_case_c1(
    office: Office, client_for: Clients, username: str, answer: tuple[int, bool]
) -> None:
    case, client = made.case(office), client_for(username)
    page = client.get(f"/admin/case/details/?id={case.id}")
    assert page.status_code == answer[0]
    assert ("记一笔进展" in page.text) is answer[1]
    sent = {"version": case.version, "text": "已约见", "noted_on": "2026-11-21"}
    posted = client.post(f"/admin/case/{case.id}/do/note_progress", data=sent)
    assert (posted.status_code == 302) is answer[1]
    assert office.session.query(m.Progress).count() == answer[1]


def test_a_duty_is_filled_in_on_the_cases_page_f2(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("leader_a")
    duty = case.duties[0]
    url = f"/admin/duty_item/{duty.id}/do/record"
    refused = client.post(url, data={"version": duty.version, "state": "done", "done": ""})
    assert refused.status_code == 422
    assert "请写明本办或单位做了什么" in refused.text
    saved = client.post(url, data={"version": duty.version, "state": "done", "done": "入户核实三次"})
    assert saved.location.endswith(f"/admin/case/details/?id={case.id}")
    assert (duty.state, duty.done) == (DutyState.DONE, "入户核实三次")
    assert "入户核实三次" in client.get(saved.location).text


def test_two_tabs_on_one_duty_the_second_is_told_c14(office: Office, client_for: Clients) -> None:
    duty, client = made.case(office).duties[0], client_for("leader_a")
    url, shown = f"/admin/duty_item/{duty.id}/do/record", duty.version
    client.post(url, data={"version": shown, "state": "doing", "done": "第一次"})
    second = client.post(url, data={"version": shown, "state": "doing", "done": "第二次"})
    assert second.status_code == 409
    assert duty.done == "第一次"


def test_a_step_is_added_and_ticked_off_f3(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("handler_a")
    sent = {"version": case.version, "due_on": "2026-12-01", "text": "核对丈量底册"}
    assert client.post(f"/admin/case/{case.id}/do/add_step", data=sent).status_code == 302
    (step,) = case.steps
    done = client.post(f"/admin/plan_step/{step.id}/do/finish", data={"version": step.version, "done_on": "2026-11-21"})
    assert done.status_code == 302
    assert "2026-11-21 完成" in client.get(f"/admin/case/details/?id={case.id}").text


def test_the_log_shows_a_next_day_that_passed_f3(office: Office, client_for: Clients) -> None:
    case = made.case(office)
    office.session.add(m.Progress(case=case, noted_on=made.day(office, -9), text="约见", next_on=made.day(office, -2)))
    client = client_for("clerk")
    assert "逾期未记" in client.get(f"/admin/case/details/?id={case.id}").text
    assert "逾期未记" in client.get("/admin/case/").text


def test_editing_keeps_leader_and_unit_and_refuses_a_stale_form_c4_c14(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("clerk")
    url, shown = f"/admin/case/edit/?id={case.id}", case.version
    assert client.get(url).text.count('<fieldset class="card">') == 2, "no card whose every field is fixed"
    sent = {"version": shown, "plan": "先核后补", "leader_id": office.leader("b").id, "unit_id": office.unit("b").id}
    assert client.post(url, data=sent).status_code == 302
    assert (case.plan, case.leader, case.unit) == ("先核后补", office.leader("a"), office.unit("a"))
    stale = client.post(url, data={"version": shown, "plan": "别的"})
    assert stale.status_code == 409
    assert "先核后补" in stale.text
    assert "别的" in stale.text


def test_handing_over_leads_to_the_next_leaders_case_f1(office: Office, client_for: Clients) -> None:
    case, client = made.case(office), client_for("office_head")
    page = client.get(f"/admin/case/{case.id}/do/hand_over")
    assert "赵明（副镇长）" not in page.text, "the leader who hands over is not offered"
    sent = {"version": case.version, "leader_id": office.leader("b").id, "reason": "分工调整"}
    answer = client.post(f"/admin/case/{case.id}/do/hand_over", data=sent)
    follower = cases.running(office.session, case.petition)
    assert follower is not None
    assert answer.location.endswith(f"/admin/case/details/?id={follower.id}")
    assert "已移交" in client.get(f"/admin/case/details/?id={case.id}").text


@pytest.mark.parametrize("username", ["clerk", "leader_a", "handler_a"])
def test_only_those_who_approve_the_list_hand_over_f1(office: Office, client_for: Clients, username: str) -> None:
    case = made.case(office)
    sent = {"version": case.version, "leader_id": office.leader("b").id, "reason": "分工调整"}
    assert client_for(username).post(f"/admin/case/{case.id}/do/hand_over", data=sent).status_code == 403
    assert case.ended_on is None


@pytest.mark.parametrize("path", ["duty_item/", "plan_step/", "duty_item/details/?id=1", "duty_item/edit/?id=1"])
def test_rows_of_a_case_have_no_list_and_no_page_c1(office: Office, client_for: Clients, path: str) -> None:
    made.case(office)
    assert client_for("office_head").get(f"/admin/{path}").status_code in (403, 404)


# filter or tab, how many of the three cases
LISTED = {
    "": 2,
    "?tab=late": 1,
    "?tab=closed": 0,
    "?tab=all": 3,
    "?tab=all&status=handed_over": 1,
    "?tab=all&status=nonsense": 0,
    "?tab=all&status=%00": 3,
    "?tab=all&assigned=2026-11-21..2026-11-21": 3,
    "?tab=all&assigned=2026-11-22..": 0,
}


@pytest.mark.parametrize(("query", "count"), LISTED.items())
def test_the_list_by_tab_and_filter(office: Office, client_for: Clients, query: str, count: int) -> None:
    first = made.case(office)
    handovers.hand_over(office.session, office.actor("office_head"), first, office.leader("b").id, "分工调整")
    late = made.case(office, made.matter(office))
    late.close_by = made.day(office, -1)
    page = client_for("clerk").get(f"/admin/case/{query}")
    assert page.status_code == 200
    assert page.text.count("<tr data-url=") == count


def test_the_list_costs_a_fixed_number_of_queries(office: Office, client_for: Clients) -> None:
    client, counted = client_for("clerk"), []
    made.case(office)
    client.get("/admin/case/")

    def count(*_args: Any) -> None:
        counted.append(1)

    def cost() -> int:
        counted.clear()
        client.get("/admin/case/")
        return len(counted)

    sa.event.listen(office.session.get_bind(), "before_cursor_execute", count)
    one = cost()
    for _ in range(3):
        made.case(office)
    office.session.commit()
    four = cost()
    sa.event.remove(office.session.get_bind(), "before_cursor_execute", count)
    assert four == one
