"""The statistics page in a browser's eyes: roles, links that open exactly their rows, bad input, exports (I1–I3)."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind
from services.registration import Accused, Person
from services.workbook_in import read_rows
from tests.fixtures.client import DeskClient
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

ClientFor = Callable[[str], DeskClient]
OCTOBER = "from=2026-10-01&to=2026-10-31"


@pytest.fixture
def world(office: Office) -> World:
    """Three contacts of October, one of them a repeat, one at unit A."""
    made = World(office)
    first = made.register(date(2026, 10, 1), name="赵丽华").petition
    made.assign(first, date(2026, 10, 2), "a")
    made.register(date(2026, 10, 5), joins=first)
    made.register(date(2026, 10, 6), channel="visit", people=[Person("孙桂英")])
    return made


def links(page: str) -> list[tuple[str, str]]:
    """(address, number shown) of every list a page links to."""
    found = re.findall(r'<a href="(/admin/figures/[^"]+/list/[^"]*)"[^>]*>([0-9]+)</a>', page)
    return [(unescape(url), number) for url, number in found]


def test_every_number_opens_as_many_rows(office: Office, world: World, client_for: ClientFor) -> None:
    """I1: tiles and table cells alike; what several tables share is opened once."""
    client, seen = client_for("office_head"), set[tuple[str, str]]()
    for by in ("unit", "channel", "category", "month"):
        page = client.get(f"/admin/figures/?{OCTOBER}&by={by}").text
        found = {(url, number) for url, number in links(page) if not re.search("visit_people|group_people|_days", url)}
        assert len(found) > 15, by
        for url, number in found - seen:
            assert f"{number} 条" in client.get(url).text, url
        seen |= found


@pytest.mark.parametrize(
    ("username", "status"),
    [("clerk", 200), ("office_head", 200), ("handler_a", 200), ("unit_head_b", 200), ("leader_a", 200),
     ("leader_in_charge", 200), ("inspector", 200), ("statistician", 200), ("cadre_a", 403), ("reporter_a", 403),
     ("archivist", 403), ("auditor", 403), ("sysadmin", 403)],
)  # fmt: skip
def test_who_sees_figures(client_for: ClientFor, office: Office, username: str, status: int) -> None:
    client = client_for(username)
    for path in ("/admin/figures/", "/admin/figures/total/", "/admin/figures/total/list/"):
        assert client.get(path).status_code == status, path


def test_nobody_sees_figures_without_a_login(client_for: ClientFor, office: Office) -> None:
    assert client_for("").get("/admin/figures/").status_code == 302


def test_a_figure_says_how_it_is_made(office: Office, world: World, client_for: ClientFor) -> None:
    """I3: formula, numerator, denominator and classes stand on its page."""
    page = client_for("clerk").get(f"/admin/figures/timely_reply/?{OCTOBER}").text
    for text in (
        "按期答复 ÷（按期答复＋超期答复＋未答复＋超期未答复）",
        "分子",
        "分母",
        "超期未答复",
        "限办截止日",
        "—",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("?from=abc", 422, "开始日期：应为"),
        ("?from=2026-02-01&to=2026-01-01", 422, "截止日期不能早于开始日期"),
        ("?from=0001-01-01", 422, "年份须在"),
        ("?to=9999-12-31", 422, "年份须在"),
        ("?by=nonsense", 422, "请重新选择"),
        ("nonsense/", 404, ""),
        ("nonsense/list/", 404, ""),
        ("total/list/?side=nonsense", 422, "没有"),
        ("total/list/?unit=abc", 422, "应为编号"),
        ("total/list/?unit=99999999999999999999", 422, "应为编号"),
        ("total/list/?category=-1", 422, "应为编号"),
        ("total/list/?unit=987654", 200, "0 条"),
        ("total/list/?page=-1", 200, ""),
        ("total/list/?channel=%00%27", 200, "0 条"),
        ("export/xlsx/?table=nonsense&reason=x", 404, ""),
        ("export/csv/?table=figures&reason=x", 404, ""),
        ("export/xlsx/?table=figures", 422, "导出理由：请填写"),
    ],
)
def test_bad_input_gets_a_sentence(
    office: Office, client_for: ClientFor, path: str, status: int, sentence: str
) -> None:
    answer = client_for("clerk").get(f"/admin/figures/{path}")
    assert answer.status_code == status
    assert sentence in unescape(answer.text)


def test_the_statistician_reads_masked_rows(office: Office, world: World, client_for: ClientFor) -> None:
    """§4: numbers and units, no free text, no way into the matter."""
    page = client_for("statistician").get("/admin/figures/total/list/?from=2026-10-01&to=2026-10-31").text
    assert "XF2026-000001" in page
    assert "反映村道损坏" not in page
    assert "/admin/petition/details" not in page
    assert "反映村道损坏" in client_for("clerk").get("/admin/figures/total/list/?from=2026-10-01&to=2026-10-31").text


def test_the_accused_sees_the_same_pages(office: Office, world: World, client_for: ClientFor) -> None:
    """C2: byte-equal pages with and without the complaint, tokens aside."""
    client = client_for("unit_head_b")
    paths = [f"/admin/figures/?{OCTOBER}", f"/admin/figures/total/?{OCTOBER}", f"/admin/figures/total/list/?{OCTOBER}"]

    def seen() -> list[str]:
        return [re.sub(r'name="csrf_token" value="[^"]+"', "", client.get(path).text) for path in paths]

    world.assign(world.register(date(2026, 10, 8)).petition, date(2026, 10, 9), "b")
    before = seen()
    accused = Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")
    world.register(date(2026, 10, 9), purpose=Purpose.REPORT, respondents=[accused])
    assert seen() == before


def test_a_table_exports_as_it_stands(office: Office, world: World, client_for: ClientFor, tmp_path: Path) -> None:
    """I1, C9: Chinese file name, totals, reason on the sheet, an entry in the trail."""
    url = f"/admin/figures/export/xlsx/?table=contacts_by_unit&{OCTOBER}&reason=月报"
    answer = client_for("office_head").get(url)
    assert answer.status_code == 200
    disposition = unquote(answer.headers["Content-Disposition"])
    assert "attachment" in disposition
    assert "filename*=UTF-8''2026年10月信访情况统计表（按责任单位）_2026-11-21.xlsx" in disposition
    file = tmp_path / "out.xlsx"
    file.write_bytes(BytesIO(answer.data).getvalue())
    rows = [row.cells for row in read_rows(file, original_name="out.xlsx").rows]
    assert [row[0] for row in rows if row[0] in ("城建办", "尚未交办", "合计")] == ["城建办", "尚未交办", "合计"]
    entry = office.session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "export")).one()
    assert entry.details == {"name": "contacts_by_unit", "rows": 2, "reason": "月报", "conditions": "2026年10月"}


@pytest.mark.parametrize("username", ["leader_a", "leader_in_charge", "auditor", "cadre_a"])
def test_who_may_not_export_figures(office: Office, client_for: ClientFor, username: str) -> None:
    answer = client_for(username).get("/admin/figures/export/xlsx/?table=figures&reason=月报")
    assert answer.status_code == 403


def test_a_list_exports_what_it_shows(office: Office, world: World, client_for: ClientFor, tmp_path: Path) -> None:
    """I1, C9: filters and their words; a search stays out of the trail."""
    client = client_for("clerk")
    answer = client.get("/admin/contact/export/xlsx/?repeat=again&reason=核对")
    assert answer.status_code == 200
    file = tmp_path / "out.xlsx"
    file.write_bytes(answer.data)
    sheet = read_rows(file, original_name="out.xlsx")
    text = "\n".join(str(cell) for row in sheet.rows for cell in row.cells)
    assert text.count("LX2026-") == 1
    assert "初次/重复：重复" in text
    assert client.get("/admin/contact/export/xlsx/").status_code == 422
    assert client.get("/admin/contact/export/csv/?reason=核对").status_code == 404
    assert client_for("cadre_a").get("/admin/contact/export/xlsx/?reason=核对").status_code == 403
    entry = office.session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "export")).one()
    assert (entry.username, entry.details["conditions"], entry.details["rows"]) == ("clerk", "初次/重复：重复", 1)
