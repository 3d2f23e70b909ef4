"""领导阅批 on the screens: put from a matter or a contact, the leader's list, instruction, report, feedback, rates (C1–C3)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import ReadingReason
from rules.words import Purpose, RespondentKind
from services import readings
from services.registration import Accused
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY


def letter(office: Any, **said: Any) -> m.Contact:
    contact = registered(
        office, TODAY, **{"channel": "letter", "demand": "赵副镇长：河东村的路灯坏了。"} | said
    ).contacts[0]
    office.session.commit()
    return contact


def put(office: Any, leader: str = "a") -> m.Reading:
    who = office.actor("clerk")
    row = readings.put(office.session, who, letter(office), office.leader(leader), ReadingReason.PROBLEM, "请关注")
    office.session.commit()
    return row


def do(client: Any, row: Any, verb: str, **form: str) -> Any:
    path = f"/admin/{row.__tablename__}/{row.id}/do/{verb}"
    return client.post(path, data={"version": str(row.version)} | form, follow_redirects=True)


def test_from_the_matter_to_the_leaders_instruction_and_back(office: Any, client_for: Any) -> None:
    """C1: put, read, fed back, each seen where it is waited for."""
    contact = letter(office, people_count=6)
    clerk, leader = client_for("clerk"), client_for("leader_a")
    page = clerk.get(f"/admin/petition/details/?id={contact.petition_id}").text
    assert "建议呈阅：写给本人的来信、联名信" in page
    page = clerk.get(f"/admin/petition/{contact.petition_id}/do/put_before").text
    chosen = [line for line in page.splitlines() if "selected" in line]
    assert any("赵明" in line for line in chosen)
    form = {"leader_id": str(office.leader("a").id), "reason": "addressed", "note": "已两次来信"}
    assert "已呈赵明阅批" in do(clerk, contact.petition, "put_before", **form).text
    row = office.session.query(m.Reading).one()
    assert "待我阅批的来信" in leader.get("/admin/").text
    assert contact.petition.number in leader.get("/admin/reading/").text
    page = leader.get(f"/admin/reading/details/?id={row.id}").text
    for text in ("河东村的路灯坏了", "已两次来信", "写批示"):
        assert text in page
    said = {"instruction": "请城建办一周内修复。", "read_on": "2026-11-21", "report_due_on": "2026-11-28"}
    assert "批示已登记" in do(leader, row, "read", **said).text
    assert "待我审签的报告" in leader.get("/admin/").text
    page = clerk.get(f"/admin/petition/details/?id={contact.petition_id}").text
    assert "请城建办一周内修复。" in page
    row = office.reload(row)
    assert "结案报告已审签" in do(leader, row, "sign", signed_on="2026-11-21").text
    row = office.reload(row)
    page = do(clerk, row, "feed_back", result="已修复。", writer_opinion="good").text
    for text in ("结果已反馈给赵明", "来信人意见", "满意"):
        assert text in page
    paper = leader.get(f"/admin/reading/{row.id}/print").text
    for text in ("领导阅批单", "请城建办一周内修复。", "已修复。"):
        assert text in paper


def test_from_a_contacts_page(office: Any, client_for: Any) -> None:
    contact = letter(office)
    clerk = client_for("clerk")
    assert f"/admin/contact/{contact.id}/do/put_before" in clerk.get(f"/admin/contact/details/?id={contact.id}").text
    do(clerk, contact, "put_before", leader_id=str(office.leader("b").id), reason="interest")
    assert office.session.query(m.Reading).one().contact_id == contact.id


def test_the_accused_is_neither_offered_nor_accepted(office: Any, client_for: Any) -> None:
    """§3, C2."""
    leader = office.leader("a")
    guard = {"purpose": Purpose.REPORT, "respondents": [Accused(RespondentKind.LEADER, leader.id, leader.name)]}
    contact = letter(office, **guard)
    clerk = client_for("clerk")
    page = clerk.get(f"/admin/petition/{contact.petition_id}/do/put_before").text
    assert f'<option value="{leader.id}"' not in page
    assert f'<option value="{office.leader("b").id}"' in page
    for row in (contact, contact.petition):
        assert do(clerk, row, "put_before", leader_id=str(leader.id), reason="problem").status_code == 422
    assert office.session.query(m.Reading).count() == 0


def test_the_unit_explains_why_its_report_is_late(office: Any, client_for: Any) -> None:
    """C3."""
    row = put(office)
    move(office, row.petition, "assign", TODAY)
    readings.read(office.session, office.actor("leader_a"), row, "请报结案报告。", TODAY, TODAY)
    office.session.commit()
    handler = client_for("handler_a")
    assert "说明逾期" in handler.get(f"/admin/reading/details/?id={row.id}").text
    said = {"late_reason": "材料未到", "progress": "已开工", "extension_to": "2026-12-05"}
    page = do(handler, row, "explain", **said).text
    for text in ("逾期说明已登记", "材料未到", "2026-12-05"):
        assert text in page


@pytest.mark.parametrize(
    ("by", "verb", "form", "code"),
    [
        ("leader_a", "read", {"instruction": "", "read_on": "2026-11-21"}, 422),
        ("leader_a", "read", {"instruction": "同意", "read_on": "2026-11-22"}, 422),
        ("leader_a", "read", {"instruction": "同意", "read_on": "昨天"}, 422),
        ("leader_a", "read", {"instruction": "长" * 501, "read_on": "2026-11-21"}, 422),
        ("leader_a", "read", {"instruction": "同意", "read_on": "2026-11-21", "version": "9"}, 409),
        ("leader_b", "read", {"instruction": "同意", "read_on": "2026-11-21"}, 404),
        ("handler_a", "read", {"instruction": "同意", "read_on": "2026-11-21"}, 404),
        ("inspector", "read", {"instruction": "同意", "read_on": "2026-11-21"}, 403),
        ("archivist", "read", {"instruction": "同意", "read_on": "2026-11-21"}, 403),
        ("clerk", "sign", {"signed_on": "2026-11-21"}, 422),
        ("clerk", "feed_back", {"result": "已办", "writer_opinion": "good"}, 422),
        ("clerk", "withdraw", {"reason": ""}, 422),
        ("leader_a", "withdraw", {"reason": "不看"}, 403),
        ("clerk", "nothing", {}, 404),
    ],
)
def test_a_wrong_step_changes_nothing(
    office: Any, client_for: Any, by: str, verb: str, form: dict[str, str], code: int
) -> None:
    row = put(office)
    assert do(client_for(by), row, verb, **form).status_code == code
    row = office.reload(row)
    assert (row.read_on, row.withdrawn_reason, row.fed_back_on) == (None, None, None)


@pytest.mark.parametrize("form", [{}, {"leader_id": "999999", "reason": "problem"}, {"leader_id": "1", "reason": "x"}])
def test_a_wrong_form_puts_nothing(office: Any, client_for: Any, form: dict[str, str]) -> None:
    contact = letter(office)
    assert do(client_for("clerk"), contact.petition, "put_before", **form).status_code == 422
    assert office.session.query(m.Reading).count() == 0


@pytest.mark.parametrize("tab", ["to_read", "report_due", "late", "result_due", "read", "all"])
def test_the_lists(office: Any, client_for: Any, tab: str) -> None:
    row = put(office)
    for username in ("clerk", "leader_a", "inspector"):
        found = row.petition.number in client_for(username).get(f"/admin/reading/?tab={tab}").text
        assert found == (tab in ("to_read", "all"))
    assert row.petition.number not in client_for("leader_b").get(f"/admin/reading/?tab={tab}").text


def test_the_rate_of_each_leader_opens_its_two_lists(office: Any, client_for: Any) -> None:
    """C2, I3: per leader against the minimum, numerator and denominator open to a click."""
    row = put(office, "mayor")
    put(office)
    readings.read(office.session, office.actor("clerk"), row, "已阅。", TODAY)
    office.session.commit()
    head = client_for("office_head")
    period = "from=2026-11-01&to=2026-11-30"
    page = head.get(f"/admin/figures/reading_rate/?{period}").text
    for text in ("陈立国", "100.0%", "70%", "赵明", "0.0%", "50.0%", "低于最低比例"):
        assert text in page
    for leader, side, count in (("mayor", "numerator", 1), ("a", "numerator", 0), ("a", "denominator", 1)):
        part = f"side={side}&leader={office.leader(leader).id}&{period}"
        page = head.get(f"/admin/figures/reading_rate/list/?{part}").text
        assert page.count("<tr data-url") == count
        assert f"领导：{office.leader(leader).name}" in page


def test_the_list_leaves_the_office_with_a_reason(office: Any, client_for: Any) -> None:
    put(office)
    client = client_for("clerk")
    assert client.get("/admin/reading/export/xlsx/").status_code == 422
    answer = client.get("/admin/reading/export/xlsx/?reason=年终检查")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")


def test_a_day_in_words(office: Any, client_for: Any) -> None:
    """The page of one letter shows the day it was received, not only the day it was put."""
    row = put(office)
    assert date(2026, 11, 21).isoformat() in client_for("clerk").get(f"/admin/reading/details/?id={row.id}").text
