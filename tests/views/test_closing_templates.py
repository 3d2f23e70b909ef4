"""The screens of closing templates, promises, signing by hand (H1–H4)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import models as m
from rules.words import PaperKind, SignerRole
from services import closing_papers, closing_templates, promises, signatures
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import PASSWORD, Office
from tests.services.test_signature_check import data_url, png
from tests.views.test_closing import do, page

Clients = Callable[[str], DeskClient]


def posted(template: m.ClosingTemplate) -> dict[str, Any]:
    """The form of the template's items as it stands."""
    said: dict[str, Any] = {"version": template.current.edition, "note": "增加一项"}
    for place, item in enumerate(closing_templates.items_of(template.current)):
        row = item.as_json() | {"reasons": "\n".join(item.reasons), "position": place + 1}
        said |= {f"waiver-{place}-{role}": "1" for role in row.pop("waivers")}
        said |= {f"{name}-{place}": value for name, value in row.items()}
    return said


def template_of(office: Office) -> m.ClosingTemplate:
    closing_templates.ship(office.session, office.actor("system"))
    office.session.commit()
    return office.session.query(m.ClosingTemplate).filter_by(is_default=True).one()


def test_opening_a_file_names_the_checklist_it_is_opened_under_h1(office: Office, client_for: Clients) -> None:
    """The office's own template, on the case's page, in the question and afterwards."""
    template, clerk = template_of(office), client_for("clerk")
    case = made.case(office)
    template.name = "本办结案清单"
    office.session.commit()
    url = f"/admin/case/details/?id={case.id}"
    shown = clerk.get(url).text
    assert "开始结案审查？系统会建立“本办结案清单”清单" in shown
    assert "备齐“本办结案清单”" in shown
    assert "六有" not in shown
    do(clerk, case, "open_closing")
    assert "请逐项备齐“本办结案清单”" in clerk.get(url).text


def test_a_template_is_edited_on_screen_into_a_new_edition_h1(office: Office, client_for: Clients) -> None:
    template, head = template_of(office), client_for("office_head")
    url = f"/admin/closing_template/{template.id}/items"
    said = posted(template)
    fresh = {
        "label": "群众评议记录",
        "proof": "document",
        "source": "",
        "by_hand": "note",
        "when": "group",
        "position": 1,
    }
    said |= {f"{name}-6": value for name, value in fresh.items()} | {"key-6": "", "help-6": "", "reasons-6": "已评议过"}
    said |= {"drop-5": "1", "waiver-6-leader": "1"}
    assert head.post(url, data=said).status_code == 302
    office.session.expire_all()
    items = closing_templates.items_of(template.current)
    assert [item.label for item in items][:2] == ["基本案情材料", "群众评议记录"]
    assert len(items) == 6
    assert (items[1].reasons, sorted(items[1].waivers)) == (("已评议过",), ["leader"])
    text = head.get(f"/admin/closing_template/details/?id={template.id}").text
    assert "第 2 版" in text
    assert "增加一项" in text
    old = head.get(f"/admin/closing_template/details/?id={template.id}&edition=1").text
    assert "群众评议记录" not in old
    stale = head.post(url, data=said)
    assert stale.status_code == 409
    assert "别人已经保存了第 2 版" in stale.text


def test_a_bad_row_is_named_and_what_was_typed_stays_h1(office: Office, client_for: Clients) -> None:
    template, head = template_of(office), client_for("office_head")
    answer = head.post(f"/admin/closing_template/{template.id}/items", data=posted(template) | {"label-1": ""})
    assert answer.status_code == 422
    assert "第 2 项 名称：请填写" in answer.text
    assert "增加一项" in answer.text
    odd = head.post(f"/admin/closing_template/{template.id}/items", data=posted(template) | {"proof-0": "gold"})
    assert (odd.status_code, len(template.editions)) == (422, 1)


def test_only_the_office_head_edits_a_template_c1(office: Office, client_for: Clients) -> None:
    template = template_of(office)
    assert client_for("clerk").get(f"/admin/closing_template/details/?id={template.id}").status_code == 200
    assert client_for("clerk").get(f"/admin/closing_template/{template.id}/items").status_code == 403
    assert client_for("handler_a").get("/admin/closing_template/").status_code == 403


def test_a_drawn_signature_shows_on_page_and_paper_h2(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file, handler = made.fill(office, made.closing_file(office), tmp_path), client_for("handler_a")
    assert "data-sign-pad" in page(handler, file)
    assert do(handler, file, "sign", password=PASSWORD, drawing="不是图").status_code == 422
    assert do(handler, file, "sign", password=PASSWORD, drawing=data_url(png())).status_code == 302
    scan = (BytesIO(png(300)), "签名.png")
    assert do(client_for("leader_a"), file, "sign", password=PASSWORD, scan=scan).status_code == 302
    first, second = (f"/admin/closing_file/{file.id}/signature/{one.id}" for one in file.signatures)
    sheet = handler.get(f"/admin/closing_file/{file.id}/sheet").text
    for url in (first, second):
        assert url in page(handler, file)
        assert url in sheet
    picture = handler.get(first)
    assert (picture.data, picture.mimetype) == (png(), "image/png")
    assert [one.image.is_drawn for one in file.signatures] == [True, False]
    assert client_for("handler_b").get(first).status_code == 404
    assert handler.get(f"/admin/closing_file/{file.id}/signature/99").status_code == 404


def test_a_void_signature_says_which_field_old_and_new_h2(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file, handler = made.fill(office, made.closing_file(office), tmp_path), client_for("handler_a")
    made.sign(office, file, SignerRole.HANDLER)
    office.session.commit()
    assert "核验：全部签字和签字时一致" in page(handler, file)
    do(handler, file, "report", report="第二稿")
    text = page(handler, file)
    assert f"“查办报告”原为“{made.REPORT}”，现为“第二稿”" in text
    assert (
        signatures.why([("查办报告", "略" * 90 + "一", "略" * 90 + "二")])
        == "：“查办报告”原为“…略略略略略略略略略略一”，现为“…略略略略略略略略略略二”"
    )
    assert '<td class="pre">第二稿</td>' in text


def test_a_newer_edition_is_offered_and_taken_h1(office: Office, client_for: Clients) -> None:
    file, clerk = made.closing_file(office), client_for("clerk")
    head, template = office.actor("office_head"), file.edition.template
    items = closing_templates.items_of(template.current)[:3]
    edition = closing_templates.revise(office.session, head, template, items, "减为三项")
    office.session.commit()
    assert "清单已有第 2 版，这个结案卷仍按第 1 版办理" in page(clerk, file)
    assert do(clerk, file, "edition", edition_id=edition.id).status_code == 302
    assert "清单第 2 版" in page(clerk, file)


def test_promises_are_listed_and_a_broken_one_reopens_h3_h4(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file, clerk = made.fill(office, made.closing_file(office), tmp_path), client_for("clerk")
    closing_papers.record_paper(office.session, office.actor("clerk"), file, PaperKind.AGREEMENT, "")
    promise = promises.add(office.session, office.actor("clerk"), file, "补偿款 86,400 元", made.day(office, 30))
    made.sign(office, file)
    assert do(clerk, file, "close").status_code == 302
    promise.due_on = made.day(office, -1)
    office.session.commit()
    assert "补偿款 86,400 元" in clerk.get("/admin/promise/?tab=late").text
    assert f"/admin/promise/{promise.id}/do/reopen" in page(clerk, file)
    assert do(clerk, promise, "reopen").status_code == 302
    assert "2026-11-21 重新办理：承诺事项“补偿款 86,400 元”" in page(clerk, file)
