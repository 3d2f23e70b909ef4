"""The matter's page and its forms: moves by post, reveal, masks, two tabs, columns nobody offered (B1–B5, C3, C4, C14)."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.handling_words import FilingReason
from rules.words import Purpose
from services import filing
from services.registration import Person
from tests.access_table import CODES
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form, sent
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office
from tests.fixtures.pages import crawl
from tests.fixtures.snapshot import changed, contents

CANARIES = ("43062119700101001X", "13812345678", "青石镇河东村第三组十二号")
Clients = Callable[[str], DeskClient]


def secretive(office: Office, **said: Any) -> m.Petition:
    """A matter whose petitioner's protected fields are canaries."""
    id_number, phone, address = CANARIES
    return registered(office, TODAY, people=[Person("欧阳丽华", phone, id_number, address)], **said)


def walk(office: Office, *verbs: str, **said: Any) -> m.Petition:
    petition = secretive(office, **said)
    for verb in verbs:
        move(office, petition, verb, TODAY)
    return petition


def test_a_clerk_and_a_handler_walk_the_main_path_by_its_forms(client_for: Clients, office: Office) -> None:
    petition = secretive(office)
    office.session.commit()
    clerk, handler, archivist = client_for("clerk"), client_for("handler_a"), client_for("archivist")
    facts = {"facts": "属实", "basis": "条例", "opinion": "support", "text": "补发"}
    receipt = {"served_at": "2026-11-21T09:30", "receiver": "欧阳丽华", "method": "direct"}
    steps: list[tuple[DeskClient, str, dict[str, str]]] = [
        (clerk, "assign", {"unit_id": str(office.unit("a").id), "feedback_on": "2026-12-21"}),
        (handler, "accept", {}),
        (handler, "reply", facts),
        (handler, "serve", receipt),
        (handler, "close", {"note": "已到账"}),
        (archivist, "archive", {"shelf": "3 柜"}),
    ]
    for client, verb, said in steps:
        path = f"/admin/petition/{petition.id}/do/{verb}"
        assert f'href="{path}"' in client.get(f"/admin/petition/details/?id={petition.id}").text or verb == "archive"
        assert sent(client, path, **said).status_code == 302, verb
    office.session.expire_all()
    assert petition.status == "archived"
    assert str(petition.served_at) == "2026-11-21 01:30:00+00:00", "09:30 in the office is 01:30 in UTC"


BAD = [
    ("assign", {"unit_id": ""}, "责任单位"),
    ("assign", {"unit_id": "abc"}, "责任单位"),
    ("assign", {"unit_id": "99999999999999999999"}, "责任单位"),
    ("assign", {"feedback_on": "2026-13-01"}, "反馈期限"),
    ("assign", {"feedback_on": "2026-11-20"}, "反馈期限"),
    ("assign", {"handler_id": "424242"}, "承办人"),
    ("assign", {"assisting_ids": "²"}, "协办单位"),
    ("assign", {"measures": "长" * 501}, "办理要求"),
    ("assign", {"measures": "a\0b"}, "办理要求"),
    ("forward", {"phoned": "长" * 101}, "已先电话联系"),
    ("attach", {}, "附件"),
    ("attach", {"attachments": (b"", "空.pdf")}, "附件"),
    ("attach", {"attachments": (b"<svg/>", "图.svg")}, "附件"),
    ("attach", {"attachments": (b"%PDF-", "材料.pdf"), "purpose": "长" * 41}, "材料名称"),
    ("reveal", {"reason": ""}, "查看理由"),
    ("reveal", {"reason": "长" * 201}, "查看理由"),
]


@pytest.mark.parametrize(("verb", "said", "label"), BAD, ids=[f"{verb} {n}" for n, (verb, *_rest) in enumerate(BAD)])
@pytest.mark.db
def test_bad_input_gets_the_form_again(
    client_for: Clients, office: Office, verb: str, said: dict[str, Any], label: str
) -> None:
    petition = secretive(office)
    good = {"unit_id": str(office.unit("a").id), "feedback_on": "2026-12-21"} if verb in ("assign", "forward") else {}
    files = {name: (BytesIO(value[0]), value[1]) for name, value in said.items() if isinstance(value, tuple)}
    client, before = client_for("clerk"), contents(office.session)
    answer = sent(client, f"/admin/petition/{petition.id}/do/{verb}", **(good | said | files))
    assert answer.status_code == 422
    assert f"{label}：" in answer.text
    assert changed(before, contents(office.session)) == []


@pytest.mark.parametrize(
    ("username", "verb", "status"),
    [("clerk", "accept", 403), ("handler_a", "assign", 403), ("handler_a", "accept", 422), ("clerk", "explode", 404),
     ("inspector", "void", 403), ("office_head", "archive", 422), ("handler_b", "accept", 404), ("auditor", "reveal", 403)],
)  # fmt: skip
def test_a_move_out_of_turn_is_refused(
    client_for: Clients, office: Office, username: str, verb: str, status: int
) -> None:
    petition = secretive(office, registered_on=TODAY)
    petition.registered_unit_id = office.unit("a").id
    client, before = client_for(username), contents(office.session)
    answer = client.post(f"/admin/petition/{petition.id}/do/{verb}", data={"version": petition.version, "reason": "试"})
    assert answer.status_code == status
    assert changed(before, contents(office.session)) == []


# Reveal and masks: C3.


def test_reveal_shows_once_with_a_reason_on_record(client_for: Clients, office: Office) -> None:
    petition = secretive(office, purpose=Purpose.REPORT)
    office.session.commit()
    client, path = client_for("office_head"), f"/admin/petition/{petition.id}/do/reveal"
    page = sent(client, path, reason="核对身份").text
    assert all(canary in page for canary in (*CANARIES, "欧阳丽华"))
    office.session.rollback()
    row = office.session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "reveal")).one()
    assert (row.username, row.petition_id, row.details) == ("office_head", petition.id, {"reason": "核对身份"})
    looked = client.get(f"/admin/petition/{petition.id}/looked").text
    assert "查看完整身份" in looked
    assert not any(canary in client.get(f"/admin/petition/details/?id={petition.id}").text for canary in CANARIES)


def starts(petition: m.Petition) -> list[str]:
    contact = petition.contacts[0]
    pages = [f"petition/details/?id={petition.id}", f"contact/details/?id={contact.id}", f"contact/{contact.id}/print"]
    lists = [
        "",
        "petition/?tab=all",
        "contact/",
        "document/",
        "search/?q=欧阳丽华",
        "lookup/petition/?q=欧阳",
        "case/",
    ]
    return [f"/admin/{path}" for path in pages + lists]


@pytest.mark.parametrize(
    "username",
    [name if code in "KHLOIS" else pytest.param(name, marks=pytest.mark.trust) for code, name in CODES.items()],
)
def test_no_page_shows_a_protected_value(client_for: Clients, office: Office, username: str) -> None:
    """Neither any role's pages nor, in a guarded matter, the reporter's name."""
    petition = walk(office, "assign", "accept", "reply", "serve", "close")
    guarded = walk(office, "assign", "accept", purpose=Purpose.REPORT, demand="截留低保款。")
    office.session.commit()
    client = client_for(username)
    pages = crawl(client, [*starts(petition), *starts(guarded)], 22)
    for path, page in pages.items():
        assert not [canary for canary in CANARIES if canary in page], path
    for path in starts(guarded)[:3]:
        assert "欧阳丽华" not in client.get(path).text, path
    if username == "clerk":
        assert "138****5678" in str(pages)
        assert "欧阳丽华" in str(pages)


# Versions: C14.


def test_a_stale_move_answers_409_and_moves_nothing(client_for: Clients, office: Office) -> None:
    petition = walk(office, "assign")
    office.session.commit()
    first, second = client_for("handler_a"), client_for("unit_head_a")
    path = f"/admin/petition/{petition.id}/do/refuse"
    form, _kinds = main_form(second.get(path).text)
    assert sent(first, f"/admin/petition/{petition.id}/do/accept").status_code == 302
    before = contents(office.session)
    answer = second.post(path, data=form | {"reason": "不属职责"})
    assert answer.status_code in (409, 422)
    assert changed(before, contents(office.session)) == []


def test_columns_nobody_offered_do_not_stick_in_an_edit(client_for: Clients, office: Office) -> None:
    """C4: every column is posted besides the form's own; only the form's change."""
    petition = secretive(office)
    office.session.commit()
    before = {c.name: getattr(petition, c.name) for c in m.Petition.__table__.columns}
    client, path = client_for("clerk"), f"/admin/petition/edit/?id={petition.id}"
    form, kinds = main_form(client.get(path).text)
    offered = {*form, *kinds, "is_secret"}
    extra = {name: "2020-01-01" for name in before if name not in offered}
    assert client.post(path, data=extra | form | {"title": "新的概况"}).status_code == 302
    office.session.expire_all()
    after = {name: getattr(petition, name) for name in before}
    assert {name for name in before if before[name] != after[name]} == {"title", "version"}


def test_after_routing_the_registered_text_stays_as_it_is(client_for: Clients, office: Office) -> None:
    petition = walk(office, "assign")
    office.session.commit()
    for path in (f"petition/edit/?id={petition.id}", f"contact/edit/?id={petition.contacts[0].id}"):
        answer = sent(client_for("clerk"), f"/admin/{path}", place="别处")
        assert answer.status_code == 422
        assert "登记内容只在“待交办”时能改" in answer.text


def test_a_move_says_all_that_is_wrong_at_once(client_for: Clients, office: Office) -> None:
    """C17: empty, too early and missing for the finding, in one answer; the label is said once and the text kept."""
    petition = walk(office, "assign", "accept")
    office.session.commit()
    handler, path = client_for("handler_a"), f"/admin/petition/{petition.id}/do"
    said = {"facts": "", "basis": "条例", "opinion": "support", "text": "补发 3 亩。", "finding": "true"}
    reply = sent(handler, f"{path}/reply", **said)
    assert reply.status_code == 422
    for sentence in ("查明的事实：请填写", "整改内容：查核结论为", "整改责任人：查核结论为", "整改期限：查核结论为"):
        assert reply.text.count(sentence) == 1, sentence
    assert "补发 3 亩。" in reply.text
    asked = sent(handler, f"{path}/ask_extension", days="31", reason="实测未完。")
    assert "申请天数：可填 1 至 30 天" in asked.text
    assert "延长天数" not in asked.text


def test_an_extension_opens_as_it_was_asked_for(client_for: Clients, office: Office) -> None:
    """B3: the head sees who asked for how many days and why, and approves or corrects it; asked for once only."""
    petition = walk(office, "assign", "accept", "ask_extension")
    office.session.commit()
    head, path = client_for("unit_head_a"), f"/admin/petition/{petition.id}/do/extend"
    page = head.get(path).text
    values, _kinds = main_form(page)
    assert (values["days"], values["reason"]) == ("30", "需要重新测量。")
    assert "申请延长 30 天" in page
    assert sent(head, path, days="20").status_code == 302
    assert main_form(head.get(path).text)[0]["reason"] == ""


def test_a_second_tab_keeps_what_was_typed(client_for: Clients, office: Office) -> None:
    """C14: the first tab replied; the second is told so with its own text to copy, and nothing is written."""
    petition = walk(office, "assign", "accept")
    office.session.commit()
    handler, path = client_for("handler_a"), f"/admin/petition/{petition.id}/do/reply"
    said = {"facts": "少付 3 亩。", "basis": "条例", "opinion": "support", "text": "补发。"}
    stale, _kinds = main_form(handler.get(path).text)
    assert sent(handler, path, **said).status_code == 302
    before = contents(office.session)
    late = handler.post(path, data=stale | said | {"text": "我写了很久的答复。"})
    assert late.status_code == 409
    assert "没有保存" in late.text
    assert "郑伟已办理“答复”，这件事项现在是“已答复”，不能再“答复”。" in late.text
    for text in ("我写了很久的答复。", "少付 3 亩。", "支持"):
        assert text in late.text
    assert changed(before, contents(office.session)) == []


@pytest.mark.parametrize("row", ["theirs", "none"])
def test_a_matter_out_of_sight_gives_back_what_was_typed(client_for: Clients, office: Office, row: str) -> None:
    """C1, C17: sent after the matter went to another unit: 404, one's own text to copy, nothing of the matter."""
    petition = walk(office, "assign")
    office.session.commit()
    path = f"/admin/petition/{petition.id if row == 'theirs' else 99999}/do/refuse"
    answer = client_for("handler_b").post(path, data={"reason": "我写了很久的理由。"})
    assert answer.status_code == 404
    assert "我写了很久的理由。" in answer.text
    assert petition.number not in answer.text
    assert petition.title not in answer.text


def test_the_history_says_what_was_done(client_for: Clients, office: Office) -> None:
    """J2: the button says Serve; the story says Served, and to whom a matter was assigned."""
    petition = registered(office, TODAY)
    for verb in ("assign", "accept", "reply", "serve"):
        move(office, petition, verb, TODAY)
    office.session.commit()
    client = client_for("clerk")
    client.get("/language/en")
    page = client.get(f"/admin/petition/details/?id={petition.id}").text
    for said in ("郑伟: Served.", "郑伟: Replied.", "郑伟: Accepted.", "王敏: Assigned to 城建办."):
        assert said in page, said


def test_a_filing_is_told_and_answered_in_one_place_a5(client_for: Clients, office: Office) -> None:
    """The card carries why and the head's two answers; the list of moves and the facts do not repeat them."""
    petition = walk(office)
    filing.propose(office.session, office.actor("clerk"), petition, FilingReason.ANSWERED, "上月已答复。")
    office.session.commit()
    head, path = client_for("office_head"), f"/admin/petition/details/?id={petition.id}"
    page = head.get(path).text
    assert [page.count(f"/do/{verb}") for verb in ("file_away", "refuse_filing")] == [1, 1]
    answer = {"filing": FilingReason.ANSWERED.value, "reason": "同意。"}
    assert sent(head, f"/admin/petition/{petition.id}/do/file_away", **answer).status_code == 302
    page = head.get(path).text
    assert "存信原因</" not in page
    assert "已经答复过的" in page
