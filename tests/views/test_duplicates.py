"""The screens of what came before: hints, the check without a script, links, splits, mergers, filed letters (A4–A6, C1, C2)."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.handling_words import FilingReason
from rules.words import Purpose, RespondentKind, Status
from services import attachments, bundles, petitions
from services.registration import Accused, Person, Registration
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

PATH, HINTS = "/admin/contact/new/", "/admin/contact/hints/"
ROAD = "河东村通组公路去年汛期被洪水冲毁约三百米，至今没有修复，学生上学要绕行八公里，请求尽快修复。"
TYPED = {"people-0-name": "赵丽华", "people-0-phone": "13800000026", "place": "河东村", "demand": ROAD}
Clients = Callable[[str], DeskClient]


def matter(office: Office, **said: Any) -> m.Petition:
    return registered(office, TODAY, **({"demand": ROAD, "place": "河东村"} | said))


def count(office: Office, model: type[Any]) -> int:
    office.session.expire_all()
    return int(office.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one())


def contact_form(client: DeskClient, **more: Any) -> Any:
    values, _kinds = main_form(client.get(PATH).text)
    sent = values | TYPED | {"people-0-phone": "13800000026"} | more
    return client.post(PATH, data={name: value for name, value in sent.items() if value is not None})


def do(client: DeskClient, noun: str, row: Any, verb: str, **said: Any) -> Any:
    path = f"/admin/{noun}/{row.id}/do/{verb}"
    values, _kinds = main_form(client.get(path).text)
    return client.post(path, data=values | said)


# --- hints


def test_a_hint_names_the_matter_its_state_and_why(client_for: Clients, office: Office) -> None:
    known = matter(office)
    [hint] = client_for("clerk").post(HINTS, data=TYPED).get_json()["hints"]
    why = hint.pop("why")
    assert hint == {
        "id": known.id,
        "number": "XF2026-000001",
        "title": known.title,
        "who": "赵丽华",
        "text": str(known),
        "date": "2026-11-21",
        "state": "待交办",
        "unit": "信访办",
        "url": f"/admin/petition/details/?id={known.id}",
    }
    assert why[:2] == ["同一电话", "同名且同一地点"]
    assert re.match(r"诉求相似 \d+ %：“河东村通组公路", why[2])


def test_hints_are_in_the_readers_language(client_for: Clients, office: Office) -> None:
    matter(office)
    client = client_for("clerk")
    client.get("/language/en")
    [hint] = client.post(HINTS, data=TYPED).get_json()["hints"]
    assert hint["why"][0] == "Same phone"


def test_a_look_by_phone_goes_into_the_trail_once(client_for: Clients, office: Office) -> None:
    """C3: a search by identity is logged; typing on does not log it again."""
    known = matter(office)
    client = client_for("clerk")
    for demand in (ROAD, ROAD[:20], ""):
        client.post(HINTS, data=TYPED | {"demand": demand})
    client.post(HINTS, data={"demand": ROAD})
    seen = sa.select(m.AuditEntry).where(m.AuditEntry.action == "search")
    entries = office.session.scalars(seen).all()
    assert [(row.petition_id, row.details) for row in entries] == [(known.id, {"by": "identity"})]


@pytest.mark.parametrize("said", [{}, {"people-0-name": "\x00" * 9}, {"demand": "长" * 30000}, {"people-x-name": "赵"}])
def test_nonsense_has_no_hints(client_for: Clients, office: Office, said: dict[str, str]) -> None:
    matter(office)
    answer = client_for("clerk").post(HINTS, data=said)
    assert (answer.status_code, answer.get_json()) == (200, {"hints": []})


def test_the_accused_gets_no_hint(client_for: Clients, office: Office) -> None:
    """C2: the cadre who is complained of hears nothing of it, nor does his screen change."""
    cadre = office.user("cadre_a")
    accused = Accused(RespondentKind.USER, cadre.id, cadre.name)
    before = client_for("cadre_a").post(HINTS, data=TYPED).get_json()
    row = matter(office, purpose=Purpose.REPORT, respondents=[accused])
    row.registered_unit_id = office.unit("a").id
    assert client_for("cadre_a").post(HINTS, data=TYPED).get_json() == before == {"hints": []}
    assert len(client_for("clerk").post(HINTS, data=TYPED).get_json()["hints"]) == 1


# --- without a script


def test_the_check_shows_hints_and_saves_nothing(client_for: Clients, office: Office) -> None:
    known = matter(office)
    page = contact_form(client_for("clerk"), check="1")
    assert page.status_code == 200
    assert known.number in page.text
    assert "同名且同一地点" in page.text
    assert f'name="join" value="{known.id}"' in page.text
    assert ROAD in page.text, "what was typed stays"
    assert count(office, m.Contact) == 1
    none = contact_form(
        client_for("clerk"), check="1", demand="别的事", place="", **{"people-0-name": "钱大海", "people-0-phone": ""}
    )
    assert "没有发现相同或相似的事项" in none.text


@pytest.mark.parametrize(("button", "matters", "links"), [("join", 1, 0), ("relate", 2, 1)])
def test_a_hints_button_registers_at_once(
    client_for: Clients, office: Office, button: str, matters: int, links: int
) -> None:
    known = matter(office)
    assert contact_form(client_for("clerk"), **{button: str(known.id)}).status_code == 302
    assert (count(office, m.Petition), count(office, m.Contact), count(office, m.PetitionLink)) == (matters, 2, links)


def test_a_related_matter_is_linked_with_its_reason(client_for: Clients, office: Office) -> None:
    known = matter(office)
    assert contact_form(client_for("clerk"), related_id=str(known.id), related_reason="同一段路。").status_code == 302
    row = office.session.scalars(sa.select(m.PetitionLink).execution_options(gated=True)).one()
    assert (row.petition_id, row.reason) == (known.id, "同一段路。")
    page = client_for("clerk").get(f"/admin/petition/details/?id={known.id}").text
    assert row.other.number in page
    assert "同一段路。" in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"related_reason": "同一段路。"}, "请选择关联的事项"),
        ({"related_id": "4711"}, "没有这个选项"),
        ({"join": "4711"}, "没有这个选项"),
        ({"relate": "abc"}, "没有这个选项"),
    ],
)
def test_what_cannot_be_chosen_is_refused_at_its_field(
    client_for: Clients, office: Office, said: dict[str, str], sentence: str
) -> None:
    answer = contact_form(client_for("clerk"), **said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count(office, m.Contact) == 0


# --- links, splits, mergers on the matter's page


def test_linked_split_and_merged_on_the_page(client_for: Clients, office: Office) -> None:
    one, other = matter(office), matter(office)
    clerk = client_for("clerk")
    assert do(clerk, "petition", one, "link", other_id=str(other.id), reason="同一段路。").status_code == 302
    link = office.session.scalars(sa.select(m.PetitionLink).execution_options(gated=True)).one()
    assert do(clerk, "petition", other, "unlink", link_id=str(link.id), reason="不是。").status_code == 302
    assert do(clerk, "petition", one, "merge", into_id=str(other.id), reason="同一件。").status_code == 302
    page = clerk.get(f"/admin/petition/details/?id={one.id}").text
    assert "已并入" in page
    assert other.number in page
    office.session.expire_all()
    later = other.contacts[1]
    assert do(clerk, "petition", other, "split", contact_id=str(later.id), reason="并错了。").status_code == 302
    office.session.expire_all()
    assert (one.status, later.petition.id not in (one.id, other.id)) == (Status.VOIDED, True)


def test_what_is_split_off_is_known_by_more_than_its_number(client_for: Clients, office: Office) -> None:
    """A5, C3: the form names day, channel, petitioner and first words; both stories name the other matter and the reason."""
    secret = matter(office, purpose=Purpose.REPORT)
    later = Registration("letter", "另一件事：路灯不亮。", date(2026, 11, 20), people=[Person("钱大海")])
    later.purpose = Purpose.REPORT
    contact = petitions.register(office.session, office.actor("clerk"), later, secret)
    office.session.commit()
    clerk = client_for("clerk")
    page = clerk.get(f"/admin/petition/{secret.id}/do/split").text
    assert f"2026-11-20 来信 钱某：另一件事：路灯不亮（{contact.number}）" in page
    assert do(clerk, "petition", secret, "split", contact_id=str(contact.id), reason="两件事。").status_code == 302
    office.session.expire_all()
    own = contact.petition
    old, new = (clerk.get(f"/admin/petition/details/?id={row.id}").text for row in (secret, own))
    assert f"{contact.number} → {own.number}：两件事。" in old
    assert f'href="/admin/petition/details/?id={own.id}"' in old
    assert f"{contact.number}（由 {secret.number} 拆出）：两件事。" in new
    assert f'href="/admin/petition/details/?id={secret.id}"' in new


def test_files_go_along_with_the_contact_they_came_with(client_for: Clients, office: Office, tmp_path: Path) -> None:
    """A5, B8: those that came with the contact always, those brought later as ticked."""
    one = matter(office)
    said = Registration("letter", "另一件事。", TODAY, people=[Person("赵丽华")])
    contact = petitions.register(office.session, office.actor("clerk"), said, one)

    def file(name: str, came_with: m.Contact | None) -> m.Attachment:
        data = BytesIO(b"%PDF-1.4 " + name.encode())
        row = attachments.add(office.session, office.actor("clerk"), one, name, data, tmp_path)
        row.contact_id = came_with.id if came_with else None
        return row

    first, own = file("首次.pdf", one.contacts[0]), file("来信.pdf", contact)
    left, taken = file("照片.pdf", None), file("合同.pdf", None)
    office.session.commit()
    clerk = client_for("clerk")
    assert "合同.pdf" in clerk.get(f"/admin/petition/{one.id}/do/split").text
    wrong = do(
        clerk, "petition", one, "split", contact_id=str(contact.id), reason="两件。", attachment_ids=str(first.id)
    )
    assert wrong.status_code == 422
    fine = do(
        clerk, "petition", one, "split", contact_id=str(contact.id), reason="两件。", attachment_ids=str(taken.id)
    )
    assert fine.status_code == 302
    office.session.expire_all()
    there = {row.name for row in (first, own, left, taken) if row.petition_id == contact.petition_id}
    assert there == {"来信.pdf", "合同.pdf"}


def test_only_its_own_contacts_and_links_are_taken(client_for: Clients, office: Office) -> None:
    one, other = matter(office), matter(office)
    registered_again = matter(office)
    answer = do(
        client_for("clerk"), "petition", one, "split", contact_id=str(registered_again.contacts[0].id), reason="试。"
    )
    assert answer.status_code == 422, "a matter with one contact has nothing to split"
    assert do(client_for("clerk"), "petition", one, "unlink", link_id="1", reason="试。").status_code == 422
    assert count(office, m.Move) == 3
    assert other.status is Status.REGISTERED


def test_units_may_not_link_split_or_merge(client_for: Clients, office: Office) -> None:
    one, other = matter(office), matter(office)
    move(office, one, "assign", TODAY)
    for verb in ("link", "merge"):
        answer = client_for("handler_a").post(
            f"/admin/petition/{one.id}/do/{verb}", data={"other_id": other.id, "into_id": other.id, "reason": "试"}
        )
        assert answer.status_code == 403


# --- filed letters


def test_proposed_by_the_clerk_approved_by_the_head(client_for: Clients, office: Office) -> None:
    petition = matter(office, channel="letter")
    said = {"filing": "answered", "reason": "上月已书面答复。"}
    assert do(client_for("clerk"), "petition", petition, "ask_filing", **said).status_code == 302
    head = client_for("office_head")
    assert petition.number in head.get("/admin/filing/").text
    page = head.get(f"/admin/petition/{petition.id}/do/file_away").text
    assert "上月已书面答复。" in page, "the proposal stands in the head's form"
    assert client_for("clerk").post(f"/admin/petition/{petition.id}/do/file_away").status_code == 403
    assert do(head, "petition", petition, "file_away").status_code == 302
    office.session.expire_all()
    assert petition.status is Status.FILED
    row = office.session.scalars(sa.select(m.Filing).execution_options(gated=True)).one()
    shown = client_for("archivist").get(f"/admin/filing/details/?id={row.id}").text
    assert "何平" in shown
    assert "王敏" in shown


def test_refused_by_the_head(client_for: Clients, office: Office) -> None:
    petition = matter(office)
    move(office, petition, "ask_filing", TODAY, filing=FilingReason.ANSWERED, reason="已答复。")
    assert do(client_for("office_head"), "petition", petition, "refuse_filing", reason="没有。").status_code == 302
    assert do(client_for("office_head"), "petition", petition, "refuse_filing", reason="没有。").status_code == 422


OLD = date(2018, 5, 8)


def bundled(office: Office) -> m.Bundle:
    petition = registered(
        office, OLD, place="河东村", channel="letter", is_carried_over=True, people=[Person("钱大海")]
    )
    move(office, petition, "file_away", OLD)
    return bundles.make(office.session, office.actor("archivist"), "2018|0|河东村", "3 柜")


def test_bundled_by_area_and_year_with_a_label(client_for: Clients, office: Office) -> None:
    petition = registered(office, OLD, place="河东村", channel="letter", is_carried_over=True)
    move(office, petition, "file_away", OLD)
    archivist = client_for("archivist")
    assert "河东村 · 2018 年（1 件）" in archivist.get("/admin/bundle/new/").text
    values, _kinds = main_form(archivist.get("/admin/bundle/new/").text)
    assert archivist.post("/admin/bundle/new/", data=values | {"heap": "2018|0|石桥村"}).status_code == 422
    assert archivist.post("/admin/bundle/new/", data=values | {"heap": "2018|0|河东村"}).status_code == 302
    row = office.session.scalars(sa.select(m.Bundle).execution_options(gated=True)).one()
    label = archivist.get(f"/admin/bundle/{row.id}/label").text
    assert ("CX2018-001" in label, petition.number in label, "2023 年底" in label) == (True, True, True)


def test_a_destruction_list_from_proposal_to_register(client_for: Clients, office: Office) -> None:
    row = bundled(office)
    archivist, head = client_for("archivist"), client_for("office_head")
    values, _kinds = main_form(archivist.get("/admin/destruction/new/").text)
    assert archivist.post("/admin/destruction/new/", data=values | {"reason": "期满。"}).status_code == 422
    sent = values | {"reason": "期满。", "bundle_ids": str(row.id)}
    assert archivist.post("/admin/destruction/new/", data=sent).status_code == 302
    made = office.session.scalars(sa.select(m.Destruction).execution_options(gated=True)).one()
    assert not made.with_files
    assert archivist.post(f"/admin/destruction/{made.id}/do/approve").status_code == 403
    assert do(head, "destruction", made, "approve").status_code == 302
    said = {"done_at": "县造纸厂", "way": "pulped", "witness_1": "周强", "witness_2": "周强"}
    assert do(archivist, "destruction", made, "carry_out", **said).status_code == 422
    assert do(archivist, "destruction", made, "carry_out", **said | {"witness_2": "吴芳"}).status_code == 302
    register = archivist.get(f"/admin/destruction/{made.id}/register").text
    for text in ("XH2026-001", "CX2018-001", "县造纸厂", "周强", "吴芳", "登记内容保留"):
        assert text in register
    office.session.expire_all()
    assert row.letters[0].petition.status is Status.FILED
