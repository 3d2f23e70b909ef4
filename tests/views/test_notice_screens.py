"""The notice's screens: checks and changes before publishing, refusals in words, the workbench that says what is outdated (D5, D6)."""

from datetime import date
from typing import Any

import pytest

import models as m
from services import receptions, swaps
from tests.fixtures import reception
from tests.fixtures.forms import main_form

NEW = "/admin/notice/new/"


def test_the_draft_shows_what_will_change(office: Any, client_for: Any) -> None:
    """D5."""
    first, second = reception.roster(office)
    reception.published(office)
    swaps.exchange(office.session, office.actor("office_head"), first, second, "出差")
    page = client_for("office_head").get(f"{NEW}?period=2026-12").text
    for text in ("与现在公示的相比", "已调换", "12月1日 星期二：原陈立国 → 现林海", "公示第 2 版"):
        assert text in page


def test_publishing_freezes_number_time_and_changes(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    reception.published(office)
    receptions.change(office.session, office.actor("clerk"), first, {"place": "镇礼堂"})
    head = client_for("office_head")
    answer = head.post(NEW, data={"period": "2026-12"}, follow_redirects=True)
    for text in ("第 2 版", "与前一版相比", "地点由“群众来访接待室”改为“镇礼堂”", "2026-11-21 "):
        assert text in answer.text
    first.place = "别处"
    assert "别处" not in head.get(answer.request.full_path).text


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("2026-10", "2026年10月已经过去，不能公示。"),
        ("2026-11", "11月16日 星期一 已经过去，以前没有公示，不能补公示"),
        ("2027-02", "2027年2月还没有安排接访，请先生成日程。"),
        ("2026-13", "期间：应为"),
        ("", "11月16日 星期一 已经过去"),
        ("99999", "期间：应为"),
    ],
)
def test_what_cannot_be_published_is_said(office: Any, client_for: Any, key: str, said: str) -> None:
    """Bad input of issue 3: 422 with a clear sentence, nothing published."""
    for day in (date(2026, 10, 12), date(2026, 11, 16), date(2026, 11, 25)):
        held = {"held_on": day, "starts": "09:00", "ends": "10:00", "leader_id": office.leader("a").id}
        receptions.add(office.session, office.actor("clerk"), held)
    answer = client_for("office_head").post(NEW, data={"period": key})
    assert (answer.status_code, said in answer.text) == (422, True)
    office.session.expire_all()
    assert office.session.query(m.Notice).count() == 0


@pytest.mark.parametrize(
    ("username", "sees", "link"),
    [
        ("office_head", True, "/admin/notice/new/?period=2026-12"),
        ("clerk", True, "/admin/roster/?month=2026-12"),
        ("leader_a", False, ""),
        ("handler_a", False, ""),
    ],
)
def test_the_office_is_told_of_outdated_notices(
    office: Any, client_for: Any, username: str, sees: bool, link: str
) -> None:
    first, _second = reception.roster(office)
    reception.published(office)
    client = client_for(username)
    assert "公示已过时" not in client.get("/admin/").text
    receptions.change(office.session, office.actor("clerk"), first, {"place": "镇礼堂"})
    page = client.get("/admin/").text
    assert ("公示已过时" in page, link in page) == (sees, True)


def test_a_leader_and_the_head_beside_him_see_their_days(office: Any, client_for: Any) -> None:
    """D4: the reminder on the task list, whatever the mail does."""
    held = {"held_on": date(2026, 11, 23), "starts": "09:00", "ends": "10:00", "leader_id": office.leader("a").id}
    receptions.add(office.session, office.actor("clerk"), held | {"companion_unit_id": office.unit("b").id})
    for username, words in (("leader_a", "下一个工作日"), ("unit_head_b", "陪同赵明")):
        page = client_for(username).get("/admin/").text
        assert "我的接访日" in page
        assert words in page
    assert "我的接访日" not in client_for("leader_b").get("/admin/").text


@pytest.mark.parametrize(
    ("email", "code"), [("wang@example.org", 302), ("", 302), ("wang", 422), ("a@b\r\nBcc: c@d", 422)]
)
def test_an_account_carries_an_address(office: Any, client_for: Any, email: str, code: int) -> None:
    """D6: where reminders go; a wrong one is said beside the field."""
    path, admin = f"/admin/user/edit/?id={office.user('leader_a').id}", client_for("sysadmin")
    form, _kinds = main_form(admin.get(path).text)
    answer = admin.post(path, data=form | {"email": email})
    assert (answer.status_code, "电子邮箱：应为" in answer.text) == (code, code == 422)
    office.session.expire_all()
    assert office.user("leader_a").email == ((email or None) if code == 302 else None)
