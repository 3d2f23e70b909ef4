"""The registration screen: what it keeps, what it refuses, and that a refusal leaves nothing behind (A1–A4, C3, C12)."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office
from tests.fixtures.snapshot import changed, contents

PATH = "/admin/contact/new/"
GOOD = {"demand": "村道损坏三年。请修复！", "people-0-name": "赵丽华", "people-0-phone": "13800000026"}
ID_NUMBER = "430621197001010013"
FAR = "99999999999999999999"


def opened(client: DeskClient) -> dict[str, str]:
    values, _kinds = main_form(client.get(PATH).text)
    return values


def save(client: DeskClient, **changes: Any) -> Any:
    values = opened(client) | GOOD | changes
    return client.post(PATH, data={name: value for name, value in values.items() if value is not None})


@pytest.mark.parametrize("username", ["clerk", "office_head", "cadre_a", "reporter_a"])
def test_one_screen_registers(client_for: Callable[[str], DeskClient], office: Office, username: str) -> None:
    answer = save(client_for(username), **{"people-0-id_number": ID_NUMBER, "is_secret": "y", "level_visited": "city"})
    assert answer.status_code == 302
    office.session.expire_all()
    contact = office.session.scalars(sa.select(m.Contact)).one()
    assert answer.headers["Location"] == f"/admin/petition/details/?id={contact.petition_id}"
    assert (contact.petition.is_secret, contact.level_visited, contact.receptionist) == (
        True,
        "city",
        office.user(username),
    )
    assert contact.people[0].petitioner.id_number == ID_NUMBER
    assert contact.petition.registered_by_id == office.user(username).id


def test_everything_typed_is_kept(client_for: Callable[[str], DeskClient], office: Office) -> None:
    known = registered(office, TODAY)
    category = m.Category(name="城乡建设", path="城乡建设", level=1)
    office.session.add(category)
    office.session.flush()
    said = {
        "channel": "letter", "received_on": "2026-11-20", "people_count": "14", "purpose": "appeal", "place": "河东村",
        "title": "路灯", "original_at": "2 号柜", "category_id": str(category.id), "petition_id": str(known.id),
        "people-0-is_representative": "y", "people-1-name": "钱大海", "respondents-0-name": "某包工头",
        "respondents-1-target": f"unit-{office.unit('b').id}", "receptionist_id": str(office.user("clerk2").id),
    }  # fmt: skip
    file = (BytesIO(b"%PDF-1.4 ..."), "来信 扫描件.pdf")
    assert save(client_for("clerk"), **said, attachments=file).status_code == 302
    office.session.expire_all()
    contact = office.session.scalars(sa.select(m.Contact).order_by(m.Contact.id.desc())).first()
    assert contact is not None
    assert (contact.channel, str(contact.received_on), contact.people_count) == ("letter", "2026-11-20", 14)
    assert (contact.purpose, contact.place, contact.original_at) == (Purpose.APPEAL, "河东村", "2 号柜")
    assert [(p.petitioner.name, p.is_representative) for p in contact.people] == [("赵丽华", True), ("钱大海", False)]
    assert (contact.petition_id, contact.receptionist) == (known.id, office.user("clerk2"))
    assert [r.name for r in contact.petition.respondents] == ["某包工头", "民政办"]
    assert [f.name for f in office.session.scalars(sa.select(m.Attachment))] == ["来信 扫描件.pdf"]


def big(size: int, name: str = "扫描件.pdf") -> Any:
    return lambda: (BytesIO(b"%PDF-" + b"0" * size), name)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"demand": ""}, "诉求", "请填写"),
    ({"demand": "长" * 20001}, "诉求", "最多 20000 个字"),
    ({"demand": "a\0b"}, "诉求", "不能保存的字符"),
    ({"people-0-name": ""}, "信访人", "都要填姓名"),
    ({"people-0-name": "", "people-0-phone": ""}, "信访人", "不愿留名的请勾选“匿名”"),
    ({"people-0-name": "长" * 61}, "姓名", "最多 60 个字"),
    ({"people-0-phone": "1" * 41}, "电话", "最多 40 个字"),
    ({"people-0-id_number": "1" * 31}, "证件号码", "最多 30 个字"),
    ({"people-0-phone": "没有"}, "第1行 电话", "不像电话号码"),
    ({"people-0-phone": "110"}, "第1行 电话", "5 至 24 位"),
    ({"people-0-id_number": "43062119700101001"}, "证件号码", "现在是 17 位"),
    ({"people-0-id_number": "430621197001010014"}, "证件号码", "最后一位对不上"),
    ({"people-0-id_number": "护照"}, "证件号码", "字母和数字"),
    ({"received_on": "1926-11-20"}, "收到日期", "太早"),
    ({"people-0-address": "长" * 201}, "详细地址", "最多 200 个字"),
    ({"people-0-name": "a\0"}, "姓名", "不能保存的字符"),
    ({"received_on": ""}, "收到日期", "请填写"),
    ({"received_on": "2026-02-30"}, "收到日期", "日期应为"),
    ({"received_on": "昨天"}, "收到日期", "日期应为"),
    ({"received_on": "2026-11-22"}, "收到日期", "不能晚于登记日期"),
    ({"channel": "pigeon"}, "信访方式", ""),
    ({"channel": None}, "信访方式", ""),
    ({"purpose": "revenge"}, "信访目的", "没有这个选项"),
    ({"level_visited": "moon"}, "走访级别", "没有这个选项"),
    ({"people_count": "0"}, "人数", "1 到 100000"),
    ({"people_count": "-3"}, "人数", "1 到 100000"),
    ({"people_count": FAR}, "人数", "1 到 100000"),
    ({"people_count": "许多"}, "人数", ""),
    ({"category_id": "abc"}, "内容分类", "没有这个选项"),
    ({"category_id": FAR}, "内容分类", "没有这个选项"),
    ({"petition_id": "4242"}, "并入已有事项", "没有这个选项"),
    ({"receptionist_id": "²"}, "接待人", "没有这个选项"),
    ({"respondents-0-target": "unit-4242"}, "被反映人", "没有这个选项"),
    ({"respondents-0-target": "planet-3"}, "被反映人", "没有这个选项"),
    ({"respondents-0-target": "x" * 31}, "本系统中的单位或人员", "最多 30 个字"),
    ({"respondents-0-name": "城建办"}, "被反映人", "从列表中选定"),
    ({"place": "长" * 101}, "问题属地", "最多 100 个字"),
    ({"title": "长" * 101}, "概况", "最多 100 个字"),
    ({"original_at": "\0"}, "原件存放", "不能保存的字符"),
    ({"attachments": big(0, "空.txt")}, "附件", "不能上传"),
    ({"attachments": lambda: (BytesIO(b""), "空.pdf")}, "附件", "文件是空的"),
    ({"attachments": big(21 << 20)}, "附件", "超过 20 MB"),
    ({"attachments": big(9, "照片.jpg")}, "附件", "内容和扩展名不符"),
    ({"attachments": big(9, "页面.html")}, "附件", "不能上传"),
]


@pytest.mark.parametrize(
    ("given", "label", "sentence"), BAD, ids=[f"{label} {n}" for n, (_g, label, _s) in enumerate(BAD)]
)
def test_bad_input_gets_the_form_again_with_a_sentence(
    client_for: Callable[[str], DeskClient], office: Office, given: dict[str, Any], label: str, sentence: str
) -> None:
    client = client_for("clerk")
    before = contents(office.session)
    answer = save(client, **{name: value() if callable(value) else value for name, value in given.items()})
    assert answer.status_code == 422
    assert label in answer.text
    assert sentence in answer.text
    assert changed(before, contents(office.session)) == []
    assert "赵丽华" in answer.text or "people-0-name" in given, "what was typed stands there still"


@pytest.mark.db
def test_what_a_database_cannot_hold_is_refused_before_it(
    client_for: Callable[[str], DeskClient], office: Office
) -> None:
    """PostgreSQL breaks where SQLite shrugs: NUL, numbers beyond an integer, other scripts' digits."""
    client, before = client_for("clerk"), contents(office.session)
    for given, label, sentence in BAD:
        if set("".join(map(str, given.values()))) & set("\0²") or FAR in given.values():
            answer = save(client, **given)
            assert (answer.status_code, label in answer.text, sentence in answer.text) == (422, True, True), given
    assert changed(before, contents(office.session)) == []


def test_one_bad_file_of_two_keeps_neither(app: Any, client_for: Callable[[str], DeskClient], office: Office) -> None:
    files = [(BytesIO(b"%PDF-1.4"), "好.pdf"), (BytesIO(b"MZ"), "坏.exe")]
    assert save(client_for("clerk"), attachments=files).status_code == 422
    assert [path for path in (app.config["DESK_DATA"] / "attachments").rglob("*") if path.is_file()] == []


def test_a_matter_of_another_unit_cannot_be_joined(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """A foreign id is no choice (design §8 trap 2); the clerk, who sees the matter, may join it."""
    foreign = registered(office, TODAY)
    office.session.commit()
    answer = save(client_for("cadre_a"), petition_id=str(foreign.id))
    assert answer.status_code == 422
    assert "没有这个选项" in answer.text
    assert foreign.number not in answer.text
    assert save(client_for("clerk"), petition_id=str(foreign.id)).status_code == 302


def test_columns_nobody_offered_do_not_stick(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """C4: every column of the contact, the matter and the person is posted besides; the server keeps its own."""
    extra = {c.name: "4242" for model in (m.Contact, m.Petition, m.Petitioner) for c in model.__table__.columns}
    extra |= {"status": "archived", "number": "XF1999-000001", "registered_on": "1999-01-01", "is_carried_over": "y"}
    offered = {*opened(client_for("clerk")), "is_secret", "is_anonymous"}
    said = {name: value for name, value in extra.items() if name not in offered}
    assert len(said) > 30
    assert save(client_for("clerk"), **said).status_code == 302
    office.session.expire_all()
    petition = office.session.scalars(sa.select(m.Petition)).one()
    contact = petition.contacts[0]
    assert (petition.number, petition.status, petition.registered_on) == ("XF2026-000001", "registered", TODAY)
    assert (petition.is_carried_over, petition.handler_id, petition.registered_by_id) == (
        False,
        None,
        office.user("clerk").id,
    )
    assert (petition.closed_on, petition.due_term, contact.source) == (None, "office_route", None)
    assert contact.number == "LX2026-000001"
    assert contact.people[0].petitioner.phone_key not in (None, "4242")


def test_the_clerk_sees_in_full_what_he_typed_others_never(
    client_for: Callable[[str], DeskClient], office: Office
) -> None:
    """§4: for the rest of that session, and only his; the page of everybody else is masked (C3)."""
    clerk = client_for("clerk")
    save(clerk, **{"people-0-id_number": ID_NUMBER})
    page = "/admin/contact/details/?id=1"
    assert ID_NUMBER in clerk.get(page).text
    for username in ("clerk", "clerk2", "office_head", "inspector"):
        assert ID_NUMBER not in client_for(username).get(page).text, username


def test_sending_the_same_form_again_registers_once(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """Back and send again, or a double click: one contact, and the page of the one there is."""
    client = client_for("clerk")
    values = opened(client) | GOOD
    first, second = client.post(PATH, data=values), client.post(PATH, data=values)
    assert first.headers["Location"] == second.headers["Location"]
    office.session.expire_all()
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.Contact)) == 1
    assert "已经登记为" in client.get(second.headers["Location"]).text
    assert save(client).headers["Location"] != first.headers["Location"]


def test_the_key_of_a_form_outlives_the_session(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """A1: logged in anew and gone back to the old form, it still is the form that was sent; somebody else sees nothing of it."""
    client = client_for("clerk")
    accused = {"purpose": "report", "respondents-0-target": f"user-{office.user('clerk2').id}"}
    values = opened(client) | GOOD | accused
    key = values["form_key"]
    first = client.post(PATH, data=values)
    again = save(client_for("clerk"), **accused, form_key=key)
    assert again.headers["Location"] == first.headers["Location"]
    assert save(client_for("clerk2"), form_key=key).status_code == 404
    office.session.expire_all()
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.Contact)) == 1


def test_any_form_that_creates_creates_once(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """A1, C14: the same form sent again leads to what it made, although nothing else tells the two apart."""
    client, path = client_for("office_head"), "/admin/dispute/new/"
    values, _kinds = main_form(client.get(path).text)
    said = {"unit_id": str(office.unit("a").id), "place": "河东村", "party": "甲、乙", "cause": "两户争一条排水沟。"}
    first, second = client.post(path, data=values | said), client.post(path, data=values | said)
    assert (first.status_code, first.headers["Location"]) == (302, second.headers.get("Location"))
    assert "没有再保存一次" in client.get(second.headers["Location"]).text
    office.session.expire_all()
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.Dispute)) == 1


def test_everything_wrong_is_said_at_once_and_once(client_for: Callable[[str], DeskClient], office: Office) -> None:
    """C17: what a field refuses and what the rules refuse stand together, each naming its field once; the rest is kept."""
    wrong = {
        "demand": "", "received_on": "2026-11-22", "people-0-phone": "没有", "people-1-name": "钱大海",
        "people-1-id_number": "43062119700101001", "sender": "县信访局", "respondents-0-name": "城建办", "place": "河东村",
    }  # fmt: skip
    answer = save(client_for("clerk"), **wrong)
    assert answer.status_code == 422
    for said in (
        "诉求：请填写",
        "收到日期：不能晚于登记日期",
        "信访人：第1行 电话：“没有”不像电话号码",
        "第2行 证件号码：身份证号应为 18 位",
        "交办级别：填了来文的",
        "被反映人或单位：“城建办”与本系统中的名称相同",
    ):
        assert answer.text.count(said) == 1, said
    values, _kinds = main_form(answer.text)
    assert (values["people-1-name"], values["place"], values["sender"]) == ("钱大海", "河东村", "县信访局")
