"""督办 on the screens: from a matter's page, several at once, the unit's answer with files, 409 and 422; the story and the dossier."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import models as m
from rules.supervision import SupervisionKind
from services import dossier, supervisions
from services.supervisions import Order
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

Clients = Callable[[str], DeskClient]
EARLIER = date(2026, 3, 2)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj"


def late_matter(office: Office) -> m.Petition:
    """Handled by unit A since March and long late."""
    petition = registered(office, EARLIER)
    for verb in ("assign", "accept"):
        move(office, petition, verb, EARLIER)
    office.session.commit()
    return petition


def pressed(office: Office) -> m.Supervision:
    order = Order(SupervisionKind.LETTER, "请查明。", date(2026, 11, 28), unit_id=office.unit("a").id)
    row = supervisions.issue(office.session, office.actor("inspector"), late_matter(office), order)
    office.session.commit()
    return row


def sent(office: Office, **said: Any) -> dict[str, Any]:
    facts = {"kind": "letter", "unit_id": office.unit("a").id, "demand": "请查明。", "reply_due_on": "2026-11-28"}
    return facts | said


def test_a_matter_is_pressed_from_its_page_b10(office: Office, client_for: Clients) -> None:
    petition, client = late_matter(office), client_for("inspector")
    url = f"/admin/petition/{petition.id}/do/supervise"
    form = client.get(url).text
    assert "城建办" in form
    assert "民政办" not in form
    assert client.post(url, data=sent(office, version=petition.version)).status_code == 302
    row = office.session.query(m.Supervision).one()
    page = client.get(f"/admin/petition/details/?id={petition.id}").text
    assert row.number in page
    assert "还有 7 天" in page


# what is changed, the sentence
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "past": ({"reply_due_on": "2026-11-20"}, "不晚于今天"),
    "no date": ({"reply_due_on": "soon"}, "日期应为"),
    "nobody": ({"unit_id": ""}, "请选且只选一个"),
    "no such unit": ({"unit_id": "99999"}, "没有这个选项"),
    "no demand": ({"demand": ""}, "请填写"),
    "no such kind": ({"kind": "nonsense"}, "没有这个选项"),
}


@pytest.mark.parametrize(("changed", "words"), BAD.values(), ids=BAD)
def test_a_wrong_demand_is_answered_with_a_sentence(
    office: Office, client_for: Clients, changed: dict[str, Any], words: str
) -> None:
    petition = late_matter(office)
    data = sent(office, version=petition.version) | changed
    answer = client_for("clerk").post(f"/admin/petition/{petition.id}/do/supervise", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert office.session.query(m.Supervision).count() == 0


def test_the_unit_answers_in_its_tray_with_a_file(office: Office, client_for: Clients) -> None:
    row, client = pressed(office), client_for("handler_a")
    assert row.number in client.get("/admin/supervision/?tab=mine").text
    url, version = f"/admin/supervision/{row.id}/do/answer", row.version
    data = {"answer": "已复核。", "version": version, "attachments": (io.BytesIO(PDF), "复核表.pdf")}
    assert client.post(url, data=data).status_code == 302
    page = client.get(f"/admin/supervision/details/?id={row.id}").text
    assert "已复核。" in page
    assert "复核表.pdf" in page
    again = client.post(url, data={"answer": "再答。", "version": version})
    assert again.status_code in (409, 422)
    office.session.expire_all()
    assert row.answer == "已复核。"
    stale = client_for("clerk").post(
        f"/admin/supervision/{row.id}/do/accept", data={"outcome": "好", "version": version}
    )
    assert stale.status_code == 409
    assert row.closed_on is None


@pytest.mark.parametrize(
    ("username", "verb", "status"),
    [
        ("handler_b", "answer", 404), ("handler_a", "accept", 403), ("archivist", "answer", 403),
        ("leader_b", "answer", 404), ("clerk", "nonsense", 404), ("clerk", "accept", 422),
    ],
)  # fmt: skip
def test_wrong_hands_change_nothing(office: Office, client_for: Clients, username: str, verb: str, status: int) -> None:
    row = pressed(office)
    data = {"answer": "已办。", "outcome": "好", "version": row.version}
    assert client_for(username).post(f"/admin/supervision/{row.id}/do/{verb}", data=data).status_code == status
    assert (row.answer, row.closed_on) == (None, None)


def test_several_late_matters_are_pressed_in_one_go(office: Office, client_for: Clients) -> None:
    chosen, client = [late_matter(office), late_matter(office)], client_for("clerk")
    page = client.get("/admin/supervision/several/").text
    assert all(petition.number in page for petition in chosen)
    assert 'data-check-all="petition_ids"' in page
    assert "每件给责任单位一份编号的督办函" in page
    data = {"kind": "letter", "demand": "请于月底前答复。", "reply_due_on": "2026-11-28"}
    nobody = client.post("/admin/supervision/several/", data=data)
    assert nobody.status_code == 422
    assert "请先勾选" in nobody.text
    past = client.post(
        "/admin/supervision/several/", data=data | {"petition_ids": chosen[0].id, "reply_due_on": "2026-11-01"}
    )
    assert past.status_code == 422
    assert "checked" in past.text
    assert client.post("/admin/supervision/several/", data=data | {"petition_ids": ["x"]}).status_code == 404
    assert office.session.query(m.Supervision).count() == 0
    answer = client.post("/admin/supervision/several/", data=data | {"petition_ids": [one.id for one in chosen]})
    assert answer.status_code == 302
    numbers = {row.number for row in office.session.query(m.Supervision)}
    assert len(numbers) == 2
    assert "没有超期又未督办的事项" in client.get("/admin/supervision/several/").text


def test_the_work_itself_is_pressed_and_printed(office: Office, client_for: Clients) -> None:
    client = client_for("inspector")
    data = sent(office, unit_id="", leader_id=office.leader("a").id, subject="十一月领导接访日")
    assert client.post("/admin/supervision/new/", data=data).status_code == 302
    row = office.session.query(m.Supervision).one()
    paper = client.get(f"/admin/supervision/{row.id}/print").text
    assert row.number in paper
    assert "2026年11月28日前书面回复" in paper
    tray = client_for("leader_a")
    assert row.number in tray.get("/admin/supervision/?tab=mine").text
    answered = tray.post(f"/admin/supervision/{row.id}/do/answer", data={"answer": "已补。", "version": row.version})
    assert answered.status_code == 302


# -- the story


def test_the_matter_tells_one_story(office: Office, client_for: Clients) -> None:
    """Who, when, what, paper: moves, contact and supervision in one line; narrowed to one kind; nothing of who looked."""
    row = pressed(office)
    supervisions.answer(office.session, office.actor("handler_a"), row, "已复核面积。")
    supervisions.urge(office.session, office.actor("clerk"), row, "请写明补发日期。", date(2026, 12, 5))
    client = client_for("clerk")
    page = client.get(f"/admin/petition/details/?id={row.petition_id}").text
    story = page[page.index('id="story"') :]
    told = [
        "再次催办",
        "请写明补发日期。",
        "已复核面积。",
        "吕岩督办城建办",
        "郑伟：受理。",
        "王敏：交办给城建办。",
        "赵丽华来访（初次）。",
    ]
    places = [story.index(words) for words in told]
    assert places == sorted(places)
    only = client.get(f"/admin/petition/details/?id={row.petition_id}&story=supervision").text
    only = only[only.index('id="story"') : only.index("流转（")]
    assert "吕岩督办城建办" in only
    assert "郑伟：受理。" not in only
    assert client.get(f"/admin/petition/details/?id={row.petition_id}&story=nonsense").status_code == 200


def test_a_reader_who_may_not_see_it_is_not_told(office: Office, client_for: Clients) -> None:
    """A cadre of the unit finds the letter among the matter's papers; who pressed and what was answered he is not told."""
    row = pressed(office)
    supervisions.answer(office.session, office.actor("handler_a"), row, "已复核面积。")
    page = client_for("cadre_a").get(f"/admin/petition/details/?id={row.petition_id}").text
    assert "郑伟：受理。" in page
    assert "吕岩督办" not in page
    assert "已复核面积。" not in page


# -- the dossier


def test_the_dossier_lists_papers_in_order_with_pages(office: Office, client_for: Clients) -> None:
    row = pressed(office)
    client = client_for("clerk")
    url = f"/admin/dossier/{row.petition_id}/"
    before = client.get(url).text
    order = [before.index(title) for title in ("交办函", "受理告知书", "督办函")]
    assert order == sorted(order)
    assert "尚有 3 件未填页数" in before
    pieces = dossier.contents(office.session, office.actor("clerk"), row.petition)
    counted = {piece.key: str(n) for n, piece in enumerate(pieces, start=1)}
    assert client.post(url + "pages", data=counted).status_code == 302
    office.session.expire_all()
    pieces = dossier.contents(office.session, office.actor("clerk"), row.petition)
    assert [piece.page_words for piece in pieces] == ["1", "2–3", "4–6"]
    assert "共 3 件 6 页" in client.get(url).text


@pytest.mark.parametrize("typed", ["0", "-1", "三", "1.5", "99999", "1;--"])
def test_a_wrong_number_of_pages_names_the_piece(office: Office, client_for: Clients, typed: str) -> None:
    row, client = pressed(office), client_for("clerk")
    first, second, _third = dossier.contents(office.session, office.actor("clerk"), row.petition)
    answer = client.post(f"/admin/dossier/{row.petition_id}/pages", data={first.key: "2", second.key: typed})
    assert answer.status_code == 422
    assert f"第 2 件“{second.title}”" in answer.text
    office.session.expire_all()
    assert {piece.pages for piece in dossier.contents(office.session, office.actor("clerk"), row.petition)} == {None}


@pytest.mark.parametrize(("username", "status"), [("archivist", 404), ("handler_a", 403), ("office_head", 200)])
def test_the_dossier_is_the_offices_and_the_archivists(
    office: Office, client_for: Clients, username: str, status: int
) -> None:
    """The archivist opens it once the matter is closed."""
    row = pressed(office)
    assert client_for(username).get(f"/admin/dossier/{row.petition_id}/").status_code == status
    if username == "archivist":
        for verb in ("reply", "serve", "close"):
            move(office, row.petition, verb, TODAY)
        assert client_for(username).get(f"/admin/dossier/{row.petition_id}/").status_code == 200
