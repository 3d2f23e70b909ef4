"""The administrator's screens of accounts, and what an office reads on its first day (C5, issue 2 item 1)."""

from typing import Any

import pytest
from flask import Flask

import models as m
from models.base import utcnow
from services import login_locks, settings

NEW = {"username": "zhengtao", "name": "郑涛", "password": "paper kite over river", "email": "", "phone": ""}


def test_the_administrator_sees_who_is_locked_and_until_when(office: Any, client_for: Any) -> None:
    """A locked account says so on its page: its owner was told to come here."""
    clerk, page = office.user("clerk"), "/admin/user/details/?id={}"
    assert "连续输错密码" not in client_for("sysadmin").get(page.format(clerk.id)).text
    office.session.add(
        m.LoginLock(
            username=clerk.username,
            address="10.0.0.9",
            failures=login_locks.TRIES,
            last_at=utcnow(),
            locked_until=utcnow() + login_locks.PAUSE,
        )
    )
    office.session.commit()
    assert "重设密码即可解除" in client_for("sysadmin").get(page.format(clerk.id)).text


@pytest.mark.parametrize(
    ("role", "said"), [("leader", "对应领导：包案领导必须选择"), ("handler", "所在单位：承办人必须选择所在单位。")]
)
def test_an_account_that_would_see_nothing_is_not_made(office: Any, client_for: Any, role: str, said: str) -> None:
    answer = client_for("sysadmin").post("/admin/user/new/", data=NEW | {"role": role, "unit_id": "", "leader_id": ""})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_refused_setting_is_nowhere_on_the_page(office: Any, client_for: Any) -> None:
    """What was refused is not shown as the office's name above "nothing was saved"."""
    head = client_for("office_head")
    answer = head.post("/admin/setting/save", data={"office_name": "未保存的名称", "group_threshold": "abc"})
    assert answer.status_code == 422
    assert 'value="未保存的名称"' in answer.text
    assert "<span>未保存的名称" not in answer.text


def test_no_more_representatives_than_the_law_allows(office: Any, client_for: Any) -> None:
    """《信访工作条例》第二十条: five at most; the notice says the number to the public."""
    answer = client_for("office_head").post("/admin/setting/save", data={"max_representatives": "6"})
    assert answer.status_code == 422
    assert "集体访代表上限：请填 1 到 5 之间的整数。" in answer.text


def test_a_new_rule_begins_with_the_offices_place(office: Any, client_for: Any) -> None:
    """A place set once is not asked for again session by session."""
    settings.put(office.session, office.actor("office_head"), "reception_place", "一楼接待厅")
    office.session.commit()
    assert 'value="一楼接待厅"' in client_for("office_head").get("/admin/reception_rule/new/").text


def test_a_new_office_prints_no_remark_of_another(app: Flask, office: Any) -> None:
    """The remark under roster and notice is this office's or none."""
    assert settings.get(office.session, "roster_remark", office.today) == ""


def test_english_says_the_month(office: Any, client_for: Any) -> None:
    """A month inside a sentence of the rules is a date too."""
    head = client_for("office_head")
    head.get("/language/en")
    assert "No reception sessions in May 2031 yet" in head.get("/admin/notice/new/?period=2031-05").text
