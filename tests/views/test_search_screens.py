"""Search, filters, saved filters, tags and columns as a browser sees them (issue 4 point 5; C1–C3, J2)."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Level, Purpose, RespondentKind
from services import list_choices, tags
from services.registration import Accused, Person
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

Clients = Callable[[str], DeskClient]
ALL = "/admin/petition/?tab=all"


def found(client: DeskClient, path: str) -> list[str]:
    """The keys of the small world's matters a page shows, in its order."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    body = answer.text.split("<main", 1)[1]
    return list(dict.fromkeys(re.findall(r"【(\w)】", body)))


@pytest.fixture
def world(office: Office) -> dict[str, m.Petition]:
    """Four matters that differ in everything one can filter by; 【d】 complains of unit A."""
    unit, clerk = office.unit("a"), office.actor("clerk")
    made = {
        "a": registered(office, TODAY, demand="征地补偿少付。", title="【a】征地", people=[Person("赵丽华", "13800000026")]),
        "b": registered(
            office, date(2026, 11, 2), demand="征地青苗费。", title="【b】青苗", channel="letter", people_count=7,
            people=[Person("钱进")], level_visited=Level.COUNTY,
        ),
        "c": registered(office, TODAY, demand="噪声扰民。", title="【c】噪声", purpose=Purpose.ADVICE, people=[Person("孙强")]),
        "d": registered(
            office, TODAY, demand="征地款被截留。", title="【d】截留", purpose=Purpose.REPORT, people=[Person("李四")],
            respondents=[Accused(RespondentKind.UNIT, unit.id, unit.name)],
        ),
    }  # fmt: skip
    move(office, made["a"], "assign", TODAY)
    office.session.add(m.Case(number="BA2026-001", petition=made["b"], leader=office.leader("a"), assigned_on=TODAY))
    top = m.Category(name="国土", path="国土", level=1)
    below = m.Category(name="征地", path="国土/征地", level=2, parent=top)
    office.session.add_all([top, below])
    made["a"].category, made["c"].category = below, top
    for key in "ad":
        tags.put(office.session, clerk, made[key], "重点")
    office.session.flush()
    return made


FILTERED = [
    # conditions, who finds what
    ({}, "dcba"),
    ({"status": "routed"}, "a"),
    ({"status": "registered"}, "dcb"),
    ({"unit": "unit_a"}, "a"),
    ({"leader": "leader_a"}, "b"),
    ({"channel": "letter"}, "b"),
    ({"category": "top"}, "ca"),
    ({"category": "below"}, "a"),
    ({"purpose": "report"}, "d"),
    ({"level": "county"}, "b"),
    ({"tag": "tag"}, "da"),
    ({"people": "5.."}, "b"),
    ({"people": "..6"}, "dca"),
    ({"people_from": "2", "people_to": "7"}, "b"),
    ({"registered": "2026-11-01..2026-11-10"}, "b"),
    ({"registered_from": "2026-11-20"}, "dca"),
    ({"q": "征地"}, "dba"),
    ({"q": "征地", "tag": "tag"}, "da"),
    ({"q": "征地", "tag": "tag", "purpose": "seek"}, "a"),
    ({"q": "征地", "channel": "letter", "people": "5..9", "level": "county", "leader": "leader_a"}, "b"),
    ({"q": "钱进", "channel": "letter"}, "b"),
    ({"q": "钱进", "channel": "visit"}, ""),
    ({"q": "13800000026", "status": "routed"}, "a"),
    ({"q": "噪声", "category": "top"}, "c"),
    ({"closed": "2026-01-01..2026-12-31"}, ""),
]


def values(office: Office, conditions: dict[str, str]) -> dict[str, str]:
    """The conditions with the ids of the small world."""
    ids = {
        "unit_a": office.unit("a").id, "leader_a": office.leader("a").id,
        "top": office.session.scalar(sa.select(m.Category.id).where(m.Category.path == "国土")),
        "below": office.session.scalar(sa.select(m.Category.id).where(m.Category.path == "国土/征地")),
        "tag": office.session.scalar(sa.select(m.Tag.id)),
    }  # fmt: skip
    return {key: str(ids.get(value, value)) for key, value in conditions.items()}


def address(path: str, conditions: dict[str, str]) -> str:
    return path + "".join(f"&{key}={value}" for key, value in conditions.items())


@pytest.mark.db
def test_conditions_alone_and_together(office: Office, client_for: Clients, world: dict[str, m.Petition]) -> None:
    """Each chip, and chips with words: the list and the search page find the same."""
    client = client_for("clerk")
    for conditions, expected in FILTERED:
        said = values(office, conditions)
        assert sorted(found(client, address(ALL, said))) == sorted(expected), conditions
        if conditions:
            assert found(client, address("/admin/search/?", said)) == list(expected), conditions


SCOPES = [
    ("clerk", "dba"),
    ("inspector", "dba"),
    ("handler_a", "a"),
    ("unit_head_a", "a"),
    ("handler_b", ""),
    ("leader_a", "ba"),
]


@pytest.mark.parametrize(("username", "expected"), SCOPES)
def test_a_link_shows_everybody_his_own_scope_c2(
    office: Office, client_for: Clients, world: dict[str, m.Petition], username: str, expected: str
) -> None:
    """One address, opened by many; the accused unit finds nothing of the complaint by words, tag or number."""
    client = client_for(username)
    assert "".join(found(client, f"{ALL}&q=征地")) == expected
    tag = office.session.scalar(sa.select(m.Tag.id))
    tagged = [key for key in "da" if key in expected]
    if tagged:
        assert sorted(found(client, f"{ALL}&tag={tag}")) == sorted(tagged)
    for path in (f"{ALL}&q={world['d'].number}", f"{ALL}&purpose=report", f"/admin/search/?q=截留&tag={tag}"):
        assert ("d" in found(client, path)) == ("d" in expected), path


STRANGE = [
    ("status", "nonsense", "状态"),
    ("unit", "99999", "责任单位"),
    ("unit", "x", "责任单位"),
    ("leader", "99999999999", "包案领导"),
    ("channel", "pigeon", "信访方式"),
    ("category", "-1", "内容分类"),
    ("purpose", "%00", "信访目的"),
    ("light", "green", "期限"),
    ("level", "moon", "走访层级"),
    ("tag", "7", "标签"),
    ("people", "many..few", "人数"),
    ("people", "9..3", "人数"),
    ("registered", "2026-13-01..", "登记日期"),
    ("registered", "2026-02-01..2026-01-01", "登记日期"),
    ("closed", "yesterday", "办结日期"),
]


def test_a_condition_nobody_knows_is_left_out_and_said_so(
    office: Office, client_for: Clients, world: dict[str, m.Petition]
) -> None:
    """A link of last year, or made up: the other conditions apply, and a sentence names the one that does not."""
    client = client_for("clerk")
    for key, value, label in STRANGE:
        if key == "tag":
            value = str((office.session.scalar(sa.select(sa.func.max(m.Tag.id))) or 0) + 1)
        for path in (f"{ALL}&q=征地", "/admin/search/?q=征地"):
            answer = client.get(f"{path}&{key}={value}")
            assert answer.status_code == 200
            if value != "%00":
                assert f"条件“{label}：{value}”无效或已不存在，没有采用" in answer.text, (key, value)
            assert found(client, f"{path}&{key}={value}") == list("dba"), (key, value)


def test_what_the_search_page_says(client_for: Clients, world: dict[str, m.Petition]) -> None:
    """Why, with the words marked; how many; how to move on by keyboard."""
    page = client_for("clerk").get("/admin/search/?q=征地").text
    assert "<mark>征地</mark>补偿少付。" in page
    assert "【a】<mark>征地</mark>" in page
    assert '<span class="total">3 条</span>' in page
    assert "data-hits" in page
    assert 'aria-keyshortcuts="/"' in page
    named = client_for("clerk").get("/admin/search/?q=zhaolihua").text
    assert "信访人拼音" in named
    by_phone = client_for("clerk").get("/admin/search/?q=13800000026").text
    assert "电话相符" in by_phone
    assert "13800000026" not in by_phone.split("data-hits", 1)[1]


def test_a_filter_is_saved_shown_as_a_tab_renamed_and_deleted(
    office: Office, client_for: Clients, world: dict[str, m.Petition]
) -> None:
    clerk = client_for("clerk")
    said = {
        "noun": "petition",
        "query": "tab=all&q=征地&people=..6&page=4&nonsense=1",
        "name": "征地的",
        "is_shared": "y",
    }
    answer = clerk.post("/admin/saved_filter/save", data=said)
    assert answer.status_code == 302
    row = office.session.scalars(sa.select(m.SavedFilter)).one()
    assert list_choices.read(row.query) == {"tab": "all", "q": "征地", "people": "..6"}
    page = clerk.get(answer.headers["Location"]).text
    assert re.search(r'aria-current="page">征地的</a>', page)
    assert page.count('aria-current="page"') - page.split('class="tabs', 1)[0].count('aria-current="page"') == 1
    assert found(clerk, answer.headers["Location"]) == ["d", "a"]
    assert "征地的（王敏）" in client_for("office_head").get(ALL).text
    assert "征地的" not in client_for("handler_a").get(ALL).text
    path = f"/admin/saved_filter/{row.id}/do/"
    changed = clerk.post(path + "rename", data={"name": "征地类", "version": row.version})
    assert changed.status_code == 302
    office.session.expire_all()
    assert (row.name, row.is_shared) == ("征地类", False)
    assert "data-confirm" in clerk.get(f"/admin/saved_filter/details/?id={row.id}").text
    assert clerk.post(path + "remove", data={"version": row.version}).status_code == 302
    office.session.expire_all()
    assert office.session.scalars(sa.select(m.SavedFilter)).all() == []


BAD = [
    ({"noun": "petition", "query": "", "name": "空的"}, 422),
    ({"noun": "petition", "query": "q=13800000026", "name": "电话"}, 422),
    ({"noun": "petition", "query": "q=征地", "name": ""}, 422),
    ({"noun": "user", "query": "q=征地", "name": "别的"}, 404),
    ({"noun": "", "query": "q=征地", "name": "别的"}, 404),
    ({"noun": "petition", "query": "%", "name": "坏的"}, 422),
]


@pytest.mark.parametrize(("said", "status"), BAD)
def test_what_cannot_be_saved(office: Office, client_for: Clients, said: dict[str, str], status: int) -> None:
    assert client_for("clerk").post("/admin/saved_filter/save", data=said).status_code == status
    assert office.session.scalars(sa.select(m.SavedFilter)).all() == []


def test_nobody_reaches_another_ones_filter(office: Office, client_for: Clients) -> None:
    row = list_choices.save(office.session, office.actor("clerk"), "petition", "自己的", {"q": "征地"})
    client = client_for("handler_a")
    for path in (f"details/?id={row.id}", f"{row.id}/do/rename", f"{row.id}/do/remove"):
        assert client.get(f"/admin/saved_filter/{path}").status_code == 404
    assert client.post(f"/admin/saved_filter/{row.id}/do/remove", data={"version": 1}).status_code == 404
    office.session.expire_all()
    assert office.session.get(m.SavedFilter, row.id) is not None


def test_the_columns_chosen_stay(office: Office, client_for: Clients, world: dict[str, m.Petition]) -> None:
    """Chosen once, shown the next time and to nobody else; an address with columns of its own is for once."""
    clerk = client_for("clerk")
    said = {"noun": "petition", "query": "tab=all&q=征地", "cols": ["number", "tags", "nonsense"]}
    answer = clerk.post("/admin/list_columns/", data=said)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?tab=all&q=%E5%BE%81%E5%9C%B0")
    head = r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)"
    assert re.findall(head, clerk.get(ALL).text) == ["编号", "标签"]
    assert "重点" in clerk.get(ALL).text
    assert re.findall(head, clerk.get(ALL + "&cols=number,title").text) == ["编号", "概况"]
    assert len(re.findall(head, client_for("clerk2").get(ALL).text)) > 4
    assert clerk.post("/admin/list_columns/", data={"noun": "petition", "query": ""}).status_code == 302
    assert len(re.findall(head, clerk.get(ALL).text)) > 4
    assert clerk.post("/admin/list_columns/", data={"noun": "nothing", "cols": "number"}).status_code == 404
    assert (
        client_for("handler_a").post("/admin/list_columns/", data={"noun": "user", "cols": "name"}).status_code == 403
    )


def test_the_office_tags_a_matter(office: Office, client_for: Clients, world: dict[str, m.Petition]) -> None:
    clerk, petition = client_for("clerk"), world["c"]
    path = f"/admin/petition/{petition.id}/do/tag"
    assert clerk.post(path, data={"tags": "噪声、重点", "version": petition.version}).status_code == 302
    page = clerk.get(f"/admin/petition/details/?id={petition.id}").text
    assert re.findall(r'<a class="tag now"[^>]*>(\w+)</a>', page) == ["噪声", "重点"]
    assert 'value="噪声、重点"' in clerk.get(path).text
    office.session.expire_all()
    assert clerk.post(path, data={"tags": "长" * 13, "version": petition.version}).status_code == 422
    assert client_for("handler_a").get(path).status_code in (403, 404)
