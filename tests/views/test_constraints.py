"""What the database would refuse of a form is said at its field, in its own sentence (issue: "bad input tried on every form")."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from wtforms import Form, StringField

import models as m
from admin_views import broken_constraints
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

LEADER = {"name": "周平", "title": "副镇长", "rank": "other", "level": "government", "turn": "9", "is_active": "y"}
UNIT = {"name": "水利站", "kind": "department", "position": "9", "is_active": "y"}


@pytest.mark.parametrize(
    ("noun", "values", "field", "sentence"),
    [
        ("unit", UNIT | {"name": "　 "}, "name", "请填写"),
        ("unit", UNIT | {"position": "99999999999999"}, "position", "请填 0 到 1000000 之间的整数"),
        ("unit", UNIT | {"position": ""}, "position", "请填写"),
        ("unit", UNIT | {"name": "长" * 81}, "name", "最多 80 个字"),
        ("unit", UNIT | {"name": "城建办"}, "name", "已经有了"),
        ("leader", LEADER | {"name": " "}, "name", "请填写"),
        (
            "leader",
            LEADER | {"in_office_from": "2026-05-01", "in_office_to": "2026-04-30"},
            "in_office_to",
            "不能早于“任职起”",
        ),
        ("leader", LEADER | {"name": "赵明", "title": "副镇长"}, "name", "都相同的已经有了"),
    ],
)
def test_each_refusal_stands_at_its_field(
    client_for: Callable[[str], DeskClient],
    office: Office,
    noun: str,
    values: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    """One sentence at the field that is wrong, nothing saved."""
    answer = client_for("office_head").post(f"/admin/{noun}/new/", data=values)
    assert answer.status_code == 422
    said = re.search(rf'id="{field}-error"><span>(.*?)</span>', answer.get_data(as_text=True))
    assert said
    assert sentence in said[1]


def test_the_first_petition_office_is_the_office_itself(
    client_for: Callable[[str], DeskClient], office: Office
) -> None:
    """First day of a real office: its kind says it; a second one of that kind is only ticked by hand."""
    office.unit("office").is_office = False
    office.session.commit()
    head = client_for("office_head")
    for name in ("信访接待中心", "县信访局"):
        assert head.post("/admin/unit/new/", data=UNIT | {"name": name, "kind": "office"}).status_code == 302
    assert office.session.scalars(sa.select(m.Unit.name).where(m.Unit.is_office)).all() == ["信访接待中心"]


def test_who_must_change_his_password_can_leave(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """C5: the first-login page has a way out."""
    office.user("clerk").must_change_password = True
    office.session.commit()
    page = client_for("clerk").get("/admin/password/").text
    assert 'action="/logout"' in page


DAY = date(2026, 11, 21)
TERM = {
    "version": 1,
    "key": "x",
    "label": "x",
    "days": 5,
    "unit": "working",
    "roll": True,
    "source": "x",
    "valid_from": DAY,
}
LABELS = {
    "name": "姓名",
    "title": "职务",
    "rank": "职级",
    "from_on": "起",
    "to_on": "止",
    "days": "天数",
    "unit": "计算",
}
BROKEN: dict[str, tuple[Any, dict[str, Any], str | None, str]] = {
    "nothing given": (m.Leader, {"name": None, "title": "镇长"}, "name", "请填写"),
    "one the same": (m.Unit, {"name": "城建办"}, "name", "已经有了"),
    "two the same": (m.Leader, {"name": "赵明", "title": "副镇长"}, "name", "与“姓名、职务”都相同的已经有了"),
    "no such word": (m.Leader, {"name": "周平", "title": "镇长", "rank": "x"}, "rank", "填得不对"),
    "out of range": (m.TermRow, TERM | {"days": 9999}, "days", "填得不对"),
    "no such unit": (m.TermRow, TERM | {"unit": "x"}, "unit", "填得不对"),
    "wrong order": (m.Absence, {"from_on": DAY, "to_on": date(2026, 11, 20)}, "to_on", "不能早于“起”"),
}
"""What is wrong → table, values, the field it is said at, what is said."""


@pytest.mark.db
def test_what_either_database_refuses_is_said_alike(app: Flask, office: Office) -> None:
    """Design §5, C15: each kind of constraint broken for real, on SQLite and on PostgreSQL."""
    fields = {name: StringField(label) for name, label in LABELS.items()}
    form = type("Asked", (Form,), fields)()
    connection, leader = office.session.connection(), {"leader_id": office.leader("a").id}
    for what, (model, values, field, sentence) in BROKEN.items():
        row = values | (leader if model is m.Absence else {})
        with pytest.raises(sa.exc.IntegrityError) as broken, connection.begin_nested():
            connection.execute(model.__table__.insert().values(row))
        with app.test_request_context():
            no = broken_constraints.refusal(broken.value, model, form)
        assert (no.field, sentence in no.message) == (field, True), (what, no.message, str(broken.value.orig))
