"""The screens of visits down and disputes: forms, one-click turns, the accused, plans, days, the workbench (E1, E2, C2, C14)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import python_calamine

import models as m
from rules.reception_words import DisputeState, LeaderVisitState
from rules.words import Purpose, RespondentKind
from services.registration import Accused
from tests.fixtures import visits_down as made
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form, sent
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

Clients = Callable[[str], DeskClient]


def last(office: Office, model: Any) -> Any:
    office.session.rollback()
    return office.session.query(model).execution_options(gated=True).order_by(model.id.desc()).first()


def plan(office: Office, days: int = 12, **said: Any) -> dict[str, Any]:
    day = (TODAY + timedelta(days=days)).isoformat()
    return {
        "leader_id": office.leader("a").id, "from_on": day, "to_on": day, "unit_id": office.unit("a1").id,
        "kind": "with_case", "mode": "invite", "area": "包户：河东村 3 户", "purpose": "走访困难户",
        "companion_ids": [office.unit("b").id], **said,
    }  # fmt: skip


def test_a_visit_is_planned_prepared_made_and_shown(client_for: Clients, office: Office) -> None:
    """E1: form, steps, record, all by the office."""
    client = client_for("clerk")
    assert sent(client, "/admin/visit/new/", **plan(office)).status_code == 302
    row = last(office, m.Visit)
    assert [unit.name for unit in row.companions] == ["民政办"]
    page = client.get(f"/admin/visit/details/?id={row.id}").text
    assert "包户：河东村 3 户" in page
    assert "最迟 11月23日 星期一" in page
    assert "登记下访情况" not in page
    path = f"/admin/visit/{row.id}/do/contact"
    assert sent(client, path, contacted_on=TODAY.isoformat(), contacted_whom="吴芳，电话").status_code == 302
    assert sent(client, f"/admin/visit/edit/?id={row.id}", area="河东村").status_code == 302
    row = last(office, m.Visit)
    assert (row.contacted_whom, row.area, len(row.companions)) == ("吴芳，电话", "河东村", 1)
    listed = client.get("/admin/visit/?tab=steps").text
    assert "当地公示：即将到期" in listed


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"to_on": "2026-11-01"}, "早于开始日期"),
        ({"leader_id": "999999"}, "没有这个选项"),
        ({"unit_id": "999999"}, "没有这个选项"),
        ({"companion_ids": ["999999"]}, "没有这个选项"),
        ({"purpose": "长" * 301}, "最多 300 个字"),
        ({"area": "长" * 101}, "最多 100 个字"),
        ({"from_on": "2026-02-30"}, "日期应为"),
    ],
)
def test_a_wrong_plan_is_refused_in_words(
    client_for: Clients, office: Office, said: dict[str, Any], sentence: str
) -> None:
    answer = client_for("clerk").post("/admin/visit/new/", data=plan(office) | said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert last(office, m.Visit) is None


def test_a_leader_plans_for_himself_only(client_for: Clients, office: Office) -> None:
    """C4: another leader is neither offered nor accepted; another's visit is not there."""
    other = made.visit(office, 5, leader="b")
    client = client_for("leader_a")
    form = client.get("/admin/visit/new/").text
    assert "赵明" in form
    assert "孙丽" not in form
    assert client.post("/admin/visit/new/", data=plan(office, leader_id=office.leader("b").id)).status_code == 422
    assert client.get(f"/admin/visit/details/?id={other.id}").status_code == 404
    assert sent(client, "/admin/visit/new/", **plan(office)).status_code == 302


def test_a_stale_action_is_refused(client_for: Clients, office: Office) -> None:
    """C14."""
    row, client = made.visit(office, -1), client_for("clerk")
    path = f"/admin/visit/{row.id}/do/finish"
    stale, _kinds = main_form(client.get(path).text)
    assert sent(client, f"/admin/visit/edit/?id={row.id}", crew="王敏").status_code == 302
    assert client.post(path, data=stale | {"people_met": "5", "report": "走访"}).status_code == 409
    assert last(office, m.Visit).state is LeaderVisitState.PLANNED
    assert sent(client, path, people_met="5", report="走访").status_code == 302
    assert last(office, m.Visit).state is LeaderVisitState.DONE


def test_a_visit_to_come_is_not_recorded(client_for: Clients, office: Office) -> None:
    """E1: done in the future."""
    row = made.visit(office, 1)
    answer = client_for("clerk").post(f"/admin/visit/{row.id}/do/finish", data={"version": 1})
    assert answer.status_code == 422


# -- the rule of the accused


@pytest.mark.parametrize("leader", ["a", "b"])
def test_a_matter_is_offered_only_to_a_leader_who_may_know(client_for: Clients, office: Office, leader: str) -> None:
    """C2: neither offered nor accepted for leader A, whom it complains of; for B it is."""
    accused = Accused(RespondentKind.LEADER, office.leader("a").id, office.leader("a").name)
    petition = registered(office, TODAY, purpose=Purpose.REPORT, respondents=[accused])
    row, client = made.visit(office, 5, leader=leader), client_for("clerk")
    found = client.get(f"/admin/lookup/petition/?leader={row.leader_id}&q={petition.number}").json
    assert bool(found) is (leader == "b")
    assert client.get(f"/admin/lookup/petition/?q={petition.number}").json
    path = f"/admin/visit/{row.id}/do/carry"
    assert f"leader={row.leader_id}&amp;q=" in client.get(path).text
    answer = sent(client, path, petition_id=str(petition.id))
    assert answer.status_code == (302 if leader == "b" else 422)
    page = client.get(f"/admin/visit/details/?id={row.id}").text
    assert (petition.number in page) is (leader == "b")


def test_who_may_not_see_a_matter_does_not_see_it_on_the_visit(client_for: Clients, office: Office) -> None:
    """C1, C2: the inspector sees the visit, not the complaint about himself that it carries."""
    inspector = office.user("inspector")
    accused = Accused(RespondentKind.USER, inspector.id, inspector.name)
    petition = registered(office, TODAY, is_secret=True, respondents=[accused])
    row = made.visit(office, 5)
    row.petitions.append(petition)
    office.session.commit()
    for username, sees in (("clerk", True), ("inspector", False), ("leader_a", True)):
        page = client_for(username).get(f"/admin/visit/details/?id={row.id}")
        assert page.status_code == 200
        assert (petition.number in page.text) is sees, username


# -- findings


def test_findings_are_noted_one_by_one_and_turned_in_one_click(client_for: Clients, office: Office) -> None:
    """E1: the page's own form, then a button each."""
    row, client = made.made(office), client_for("clerk")
    for text in ("涵洞堵塞", "路灯不亮", "院墙开裂"):
        answer = client.post(
            f"/admin/visit/{row.id}/do/find", data={"text": text, "version": row.version, "person": "胡大年"}
        )
        assert answer.headers["Location"].endswith("#entry")
    ids = [found.id for found in office.session.query(m.VisitFinding).execution_options(gated=True)]
    for found, verb in zip(ids, ("dispute", "matter", "case"), strict=True):
        answer = client.post(f"/admin/visit_finding/{found}/do/{verb}", data={"version": 1})
        assert answer.status_code == 302, answer.text
        assert client.post(f"/admin/visit_finding/{found}/do/{verb}", data={"version": 2}).status_code == 422
    page = client.get(f"/admin/visit/details/?id={row.id}").text
    for number in ("JF2026-000001", "XF2026-000001", "XF2026-000002"):
        assert number in page
    assert last(office, m.Case).leader.name == "赵明"


def test_only_the_office_turns_findings(client_for: Clients, office: Office) -> None:
    row = made.finding(office)
    client = client_for("leader_a")
    assert "转为信访事项" not in client.get(f"/admin/visit_finding/details/?id={row.id}").text
    assert client.post(f"/admin/visit_finding/{row.id}/do/matter", data={"version": 1}).status_code == 403
    assert client_for("leader_b").get(f"/admin/visit_finding/details/?id={row.id}").status_code == 404


def test_a_findings_phone_is_masked_and_kept(client_for: Clients, office: Office) -> None:
    """C3."""
    row, client = made.finding(office), client_for("clerk")
    assert "138****1234" in client.get(f"/admin/visit_finding/details/?id={row.id}").text
    path = f"/admin/visit_finding/edit/?id={row.id}"
    assert "13800001234" not in client.get(path).text
    assert sent(client, path, opinion="加快").status_code == 302
    assert (last(office, m.VisitFinding).phone, last(office, m.VisitFinding).opinion) == ("13800001234", "加快")


# -- plans, days, workbench


def test_a_plan_is_made_from_the_page(client_for: Clients, office: Office) -> None:
    """E1: month or half-year, holidays by choice; wrong periods in words."""
    made.rule(office)
    client = client_for("clerk")
    page = client.get("/admin/visit_plan/").text
    assert "每月第一个周一" in page
    assert "元旦前：12月25日 星期五 至 12月31日 星期四" in page
    for period in ("2026-13", "x", "", "2020-01"):
        assert client.post("/admin/visit_plan/make", data={"period": period}).status_code == 422, period
    answer = client.post(
        "/admin/visit_plan/make", data={"period": "2026-12", "before_holidays": "1"}, follow_redirects=True
    )
    assert "新增 5 次下访" in answer.text
    assert office.session.query(m.Visit).execution_options(gated=True).count() == 5


def test_the_days_table_is_shown_and_exported(client_for: Clients, office: Office) -> None:
    """E1, I1: done, planned, required, short."""
    made.made(office, -11, to_on=TODAY - timedelta(days=10))
    client = client_for("statistician")
    assert "2026年下访天数" in client.get("/admin/visit_days/").text
    for year in ("abc", "99999", "1"):
        assert client.get(f"/admin/visit_days/?year={year}").status_code == 404
    assert client.get("/admin/visit_days/export/?year=2026&reason=").status_code == 422
    answer = client.get("/admin/visit_days/export/?year=2026&reason=季度通报")
    rows = python_calamine.load_workbook(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    (zhao,) = [row for row in rows if row[0] == "赵明"]
    assert (zhao[1], zhao[2], zhao[6]) == ("副镇长", 2, 1)


@pytest.mark.parametrize(("noun", "word"), [("visit", "河东片"), ("visit_finding", "涵洞"), ("dispute", "宅基地")])
def test_the_lists_export(client_for: Clients, office: Office, noun: str, word: str) -> None:
    made.dispute(office)
    made.finding(office)
    answer = client_for("clerk").get(f"/admin/{noun}/export/xlsx/?tab=all&reason=归档")
    assert answer.status_code == 200
    rows = python_calamine.load_workbook(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert any(word in str(cell) for row in rows for cell in row)


def test_steps_and_returns_due_are_on_the_workbench(client_for: Clients, office: Office) -> None:
    """E1, E2: tasks when due, for those who do them."""
    made.visit(office, 2)
    made.visit(office, -2)
    made.finding(office)
    made.dispute(office)
    board = client_for("leader_a").get("/admin/").text
    for words in ("下访准备", "与当地联系", "已超期", "下访待登记", "下访待回访"):
        assert words in board, words
    assert "矛盾纠纷应上报" in client_for("reporter_a").get("/admin/").text
    other = client_for("leader_b").get("/admin/").text
    assert "下访准备" not in other
    assert "下访待回访" not in other


# -- disputes


def entry(office: Office, unit: str = "a1", **said: Any) -> dict[str, Any]:
    return {
        "unit_id": office.unit(unit).id, "found_on": "2026-11-16", "place": "河东村三组", "cause": "宅基地边界争执。",
        "people_count": "6", "urgency": "serious", "due_on": "2026-12-01", **said,
    }  # fmt: skip


def test_a_reporter_keeps_his_villages_ledger(client_for: Clients, office: Office) -> None:
    """E2: entered, reported, settled; own unit's only."""
    client = client_for("reporter_a")
    form = client.get("/admin/dispute/new/").text
    assert "河东村" in form
    assert "民政办" not in form
    assert "JF2026-000001" in client.post("/admin/dispute/new/", data=entry(office), follow_redirects=True).text
    row = last(office, m.Dispute)
    said = {"reported_to": "镇政法委员", "situation": "双方僵持", "measures": "调解两次"}
    assert sent(client, f"/admin/dispute/{row.id}/do/report", **said).status_code == 302
    assert sent(client, f"/admin/dispute/{row.id}/do/settle", result="签订协议").status_code == 302
    assert last(office, m.Dispute).state is DisputeState.SETTLED
    foreign = made.dispute(office, unit="b")
    assert client.get(f"/admin/dispute/details/?id={foreign.id}").status_code == 404
    assert client.post(f"/admin/dispute/{foreign.id}/do/settle", data={"version": 1}).status_code == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"unit": "b"}, "没有这个选项"),
        ({"found_on": "2026-12-01", "due_on": ""}, "不能晚于今天"),
        ({"people_count": "0"}, "请填 1 到"),
        ({"cause": "长" * 501}, "最多 500 个字"),
        ({"due_on": "2026-11-01"}, "早于发现日期"),
    ],
)
def test_a_wrong_dispute_is_refused_in_words(
    client_for: Clients, office: Office, said: dict[str, Any], sentence: str
) -> None:
    answer = client_for("reporter_a").post("/admin/dispute/new/", data=entry(office, **said))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert last(office, m.Dispute) is None


def test_a_dispute_becomes_a_matter_in_one_click(client_for: Clients, office: Office) -> None:
    """E2: once; a handler may not register."""
    row, client = made.dispute(office), client_for("clerk")
    assert client_for("handler_a").post(f"/admin/dispute/{row.id}/do/matter", data={"version": 1}).status_code == 403
    answer = client.post(f"/admin/dispute/{row.id}/do/matter", data={"version": 1})
    assert answer.headers["Location"].startswith("/admin/petition/details/")
    assert client.post(f"/admin/dispute/{row.id}/do/matter", data={"version": 2}).status_code == 422
    assert office.session.query(m.Petition).execution_options(gated=True).count() == 1
