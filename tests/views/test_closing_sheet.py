"""The closing sheet on paper: one sheet of A4 whatever is in the file, ticks and signatures on it, the whole text on its annex (H1, H2)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import models as m
from admin_views.closing_sheet import CUT, SIZES, cut, fit, lines_of
from rules.words import PaperKind
from services import checklist, closing, closing_content, closing_papers, promises
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

Clients = Callable[[str], DeskClient]
STATIC = Path("static/css")
LONG = "经实地走访、查阅账册并与信访人和村委会当面核对，补偿款差额属实。"


def full(office: Office, folder: Path) -> m.ClosingFile:
    """A closing file as long as its fields allow."""
    file = made.fill(office, made.closing_file(office), folder)
    file.petition.title = ("河东村征地补偿款两年未付清" * 20)[:200]
    office.session.flush()
    actor = office.actor("clerk")
    for item in file.items:
        if item.key in ("basic", "appointment", "measures"):
            checklist.meet(office.session, actor, item, checklist.Evidence(note=(LONG * 30)[:300]), folder)
    closing.write_report(office.session, actor, file, (LONG + "\n") * 300)
    closing_papers.record_paper(office.session, actor, file, PaperKind.AGREEMENT, "双方自愿")
    for _n in range(6):
        promises.add(office.session, actor, file, (LONG * 9)[:300], made.day(office, 30))
    return file


def on_paper(page: Page, html: str, out: Path) -> int:
    """Pages of the PDF Chromium makes of a printed page."""
    sheets = re.sub(r'<link rel="stylesheet" href="[^"]*/css/(\w+)\.css[^"]*">', _style, html)
    page.set_content(re.sub(r"<script.*?</script>", "", sheets, flags=re.S))
    page.pdf(path=out, prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", out.read_bytes()))


def _style(link: "re.Match[str]") -> str:
    return f"<style>{(STATIC / f'{link[1]}.css').read_text(encoding='utf-8')}</style>"


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["as it is", "as long as it may be"])
def test_the_sheet_is_one_page_with_ticks_and_signatures(
    kind: str, office: Office, client_for: Clients, page: Page, tmp_path: Path
) -> None:
    is_long = kind != "as it is"
    file = full(office, tmp_path) if is_long else made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file)
    html = client_for("clerk").get(f"/admin/closing_file/{file.id}/sheet").text
    assert on_paper(page, html, tmp_path / "sheet.pdf") == 1
    assert html.count("✓") == len(file.items)
    for name in ("郑伟", "赵明", "褚军"):
        assert f'<span class="signed">{name}</span>' in html
    assert closing_content.read(office.session, file).digest in html
    assert ("全文见附页" in html) is is_long
    room = page.locator(".signing td").first.bounding_box()
    assert room is not None
    assert room["height"] > 50, "the signatures have their room"


def test_the_annex_holds_every_leaf_of_what_is_signed(office: Office, client_for: Clients, tmp_path: Path) -> None:
    file = full(office, tmp_path)
    text = client_for("clerk").get(f"/admin/closing_file/{file.id}/annex").get_data(as_text=True)
    reading = closing_content.read(office.session, file)
    assert reading.digest in text
    for leaf in leaves(reading.content):
        assert str(leaf).strip() in text, leaf


def test_a_renamed_unit_is_a_note_on_the_page_and_nothing_on_paper_h2(
    office: Office, client_for: Clients, tmp_path: Path
) -> None:
    file, clerk = made.closed_file(office, tmp_path), client_for("clerk")
    office.session.commit()
    papers = [f"/admin/closing_file/{file.id}/{kind}" for kind in ("sheet", "annex")]
    before = [clerk.get(url).text for url in papers]
    old = file.case.unit.name
    file.case.unit.name, file.case.leader.title = "综合行政执法队", "人大主席"
    office.session.commit()
    assert [clerk.get(url).text for url in papers] == before
    page = clerk.get(f"/admin/closing_file/details/?id={file.id}").text
    assert "全部签字和签字时一致" in page
    assert f"{old} → 综合行政执法队" in page


def leaves(value: Any) -> Iterator[Any]:
    """Every text and number of what is signed."""
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    elif value not in (None, ""):
        yield value


@pytest.mark.parametrize(
    ("text", "width", "most", "shown"),
    [
        ("短", 10, 1, "短"),
        ("一二三四五六七八九十", 5, 2, "一二三四五六七八九十"),
        ("一二三四五六七八九十甲", 5, 2, "一二三四五六七八" + CUT),
        ("甲\n乙\n丙", 5, 2, "甲\n乙" + CUT),
        ("abcdefghij", 6, 1, "abcdefghij"),
        ("", 5, 1, ""),
    ],
)
def test_a_text_is_cut_at_a_line(text: str, width: int, most: int, shown: str) -> None:
    assert cut(text, width, most) == shown
    assert len(lines_of(shown, width)) <= most


@pytest.mark.parametrize("items", [1, 6, 12, 20])
@pytest.mark.parametrize("length", [0, 20, 400, 3000])
def test_what_is_fitted_never_takes_more_lines_than_the_sheet_has(items: int, length: int) -> None:
    rows = [{"title": "① 确定包案领导和责任人的文件或纪要", "state": "y", "text": (LONG * 200)[:length]}] * items
    sheet = fit(rows, (LONG * 200)[:length], (LONG * 200)[:length])
    size = next(one for one in SIZES if one.name == sheet["size"])
    used = sum(
        max(len(lines_of(row["text"], size.material + 1)), len(lines_of(row["title"], size.title + 1)))
        for row in sheet["rows"]
    )
    used += len(lines_of(sheet["report"], size.whole + 1)) + len(lines_of(sheet["paper"], size.whole + 1))
    assert used <= size.lines
    assert sheet["is_cut"] is (length > 400 or (length == 400 and sheet["is_cut"]))
