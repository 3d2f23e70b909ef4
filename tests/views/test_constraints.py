"""What the database would refuse of a form is said at its field, in its own sentence (issue: "bad input tried on every form")."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

import models as m
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
