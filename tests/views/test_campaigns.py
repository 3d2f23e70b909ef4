"""Campaigns on the screen: set up, take matters in, write the ledger, send the table (G1–G4)."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import models as m
from admin_views.monthly_reports import sheets_of
from rules.words import LedgerState, Purpose, RespondentKind
from services import campaign_ledger, campaigns, monthly_reports
from services.campaigns import Plan
from services.monthly_reports import COUNT_LABELS
from services.registration import Accused
from services.workbook_in import read_rows
from tests.fixtures.client import DeskClient
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

ClientFor = Callable[[str], DeskClient]
START, END = date(2026, 9, 1), date(2027, 2, 28)
FORM = {
    "name": "积案化解年",
    "body": "镇党委",
    "starts_on": "2026-09-01",
    "ends_on": "2027-02-28",
    "report_day": "20",
    "schemes": "民生问题类\n历史遗留问题类",
    "years": "5",
    "only_open": "y",
    "is_active": "y",
    "phases-0-name": "动员部署",
    "phases-0-starts_on": "2026-09-01",
    "phases-0-ends_on": "2026-09-30",
    "milestones-0-name": "阶段小结",
    "milestones-0-due_on": "2026-11-10",
}


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    owed = [{"name": "阶段小结", "due_on": date(2026, 11, 10), "contents": "进展"}]
    plan = Plan("积案化解", "镇党委", START, END, ["民生问题类"], milestones=owed)
    return campaigns.save(office.session, office.actor("office_head"), plan)


@pytest.fixture
def row(office: Office, world: World, campaign: m.Campaign) -> m.CampaignCase:
    petition = world.register(date(2026, 8, 1)).petition
    world.assign(petition, date(2026, 8, 2), "a")
    return campaign_ledger.take(office.session, office.actor("clerk"), campaign, [petition.id])[0]


def test_a_campaign_from_template_to_page(office: Office, client_for: ClientFor) -> None:
    """G1: the template fills the form, the form makes the campaign, the page shows it."""
    client = client_for("office_head")
    page = client.get("/admin/campaign/new/?template=three_stages").text
    for text in (
        "2026年信访积案化解（三阶段六个月）",
        "动员部署",
        "排查摸底",
        "集中化解",
        "组织人事问题类",
        "镇党建办",
    ):
        assert text in page
    answer = client.post("/admin/campaign/new/", data=FORM)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.headers["Location"]).text
    for text in ("积案化解年", "动员部署", "阶段小结", "逾期未报", "往前追溯 5 年 · 未办结", "2026-11"):
        assert text in page
    made = office.session.query(m.Campaign).one()
    assert (made.schemes, made.scope["years"], made.phases[0].name) == (["民生问题类", "历史遗留问题类"], 5, "动员部署")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "请填写"),
        ({"name": "长" * 101}, "最多 100 个字"),
        ({"name": "有\x00字"}, "不能保存的字符"),
        ({"starts_on": "2026-13-01"}, "日期应为"),
        ({"ends_on": "2026-08-01"}, "结束日期不能早于开始日期"),
        ({"report_day": "31"}, "1 到 28"),
        ({"target_resolved": "150"}, "0 到 100"),
        ({"channels": "nonsense"}, "没有这个选项"),
        ({"unit_ids": "987654"}, "没有这个选项"),
        ({"phases-0-ends_on": ""}, "名称和日期都要填写"),
        ({"phases-0-starts_on": "2020-01-01"}, "应在活动起止日期之内"),
        ({"milestones-0-due_on": "2030-01-01"}, "应在活动起止日期之内"),
    ],
)
def test_a_wrong_campaign_form(office: Office, client_for: ClientFor, change: dict[str, str], sentence: str) -> None:
    answer = client_for("office_head").post("/admin/campaign/new/", data=FORM | change)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert office.session.query(m.Campaign).count() == 0


def test_an_unknown_template(client_for: ClientFor, office: Office) -> None:
    assert client_for("office_head").get("/admin/campaign/new/?template=nonsense").status_code == 422


def test_a_campaign_changed_by_two(office: Office, campaign: m.Campaign, client_for: ClientFor) -> None:
    """C14: the second save of an old form is 409 with both versions; nothing is lost."""
    client = client_for("office_head")
    first = client.post(f"/admin/campaign/edit/?id={campaign.id}", data=FORM | {"version": "1"})
    assert first.status_code == 302
    second = client.post(f"/admin/campaign/edit/?id={campaign.id}", data=FORM | {"version": "1", "body": "县联席办"})
    assert second.status_code == 409
    assert "县联席办" in second.text
    office.session.expire_all()
    assert (campaign.body, campaign.name) == ("镇党委", "积案化解年")


PAGES = {
    "campaigns": ("/admin/campaign/", {"auditor", "sysadmin"}),
    "page": ("/admin/campaign/details/?id={campaign}", {"auditor", "sysadmin"}),
    "ledger": ("/admin/campaign_case/?campaign={campaign}", {"auditor", "sysadmin"}),
    "new": ("/admin/campaign/new/", "all but office_head"),
    "propose": ("/admin/campaign/{campaign}/propose/", "all but office_head clerk"),
    "reports": ("/admin/monthly_report/", "all but office_head clerk inspector statistician"),
    "preview": ("/admin/monthly_report/{campaign}/2026-10/", "all but office_head clerk inspector statistician"),
}
EVERYBODY = ("clerk", "cadre_a", "handler_a", "unit_head_b", "leader_a", "office_head", "inspector", "statistician",
             "archivist", "auditor", "sysadmin")  # fmt: skip


@pytest.mark.parametrize("username", EVERYBODY)
def test_who_opens_what(office: Office, campaign: m.Campaign, client_for: ClientFor, username: str) -> None:
    client = client_for(username)
    for name, (path, refused) in PAGES.items():
        is_refused = username in refused if isinstance(refused, set) else username not in refused.split()
        answer = client.get(path.format(campaign=campaign.id))
        assert answer.status_code == (403 if is_refused else 200), name


def test_matters_are_ticked_and_taken(
    office: Office, world: World, campaign: m.Campaign, client_for: ClientFor
) -> None:
    """G1, G2: proposed by the scope, chosen with a category, in the ledger."""
    first, second = (world.register(date(2026, 8, day)).petition for day in (1, 2))
    client, url = client_for("clerk"), f"/admin/campaign/{campaign.id}/propose/"
    page = client.get(url).text
    assert first.number in page
    answer = client.post(url, data={"petition_ids": [str(first.id)], "scheme": "民生问题类"})
    assert answer.status_code == 302
    page = client.get(url).text
    assert (first.number in page, second.number in page) == (False, True)
    assert office.session.query(m.CampaignCase).one().scheme == "民生问题类"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请至少选择一件"),
        ({"petition_ids": "abc"}, "选择的记录不对"),
        ({"petition_ids": "987654"}, "已经找不到"),
        ({"petition_ids": "1", "scheme": "别的类"}, "没有“别的类”"),
    ],
)
def test_wrong_choices(
    office: Office, world: World, campaign: m.Campaign, client_for: ClientFor, data: dict[str, str], sentence: str
) -> None:
    world.register(date(2026, 8, 1))
    answer = client_for("clerk").post(f"/admin/campaign/{campaign.id}/propose/", data=data)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert office.session.query(m.CampaignCase).count() == 0


def test_a_guarded_matter_stands_on_no_campaign_page(
    office: Office, world: World, campaign: m.Campaign, row: m.CampaignCase, client_for: ClientFor
) -> None:
    """§3: not proposed, and gone from page, ledger, preview and by its id once it is one."""
    accused = Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")
    report = world.register(date(2026, 8, 3), purpose=Purpose.REPORT, respondents=[accused]).petition
    client = client_for("office_head")
    assert report.number not in client.get(f"/admin/campaign/{campaign.id}/propose/").text
    row.petition.is_secret = True
    pages = (
        "campaign/details/?id={}",
        "campaign_case/?campaign={}",
        "monthly_report/{}/2026-11/",
        "campaign/{}/propose/",
    )
    for page in pages:
        assert row.petition.number not in client.get(f"/admin/{page.format(campaign.id)}").text, page
    assert client.get(f"/admin/campaign_case/edit/?id={row.id}").status_code == 404


def ledger_form(row: m.CampaignCase, **changes: Any) -> dict[str, str]:
    facts = {"version": str(row.version), "state": "doing", "progress": "已见面", "measures": "", "responsible": "郑伟"}
    return facts | {name: str(value) for name, value in changes.items()}


def test_a_unit_writes_its_row(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    """G2, C4: its own row, its own fields; what it posts beside them does not stick."""
    client, url = client_for("handler_a"), f"/admin/campaign_case/edit/?id={row.id}"
    page = client.get(url).text
    assert 'name="progress"' in page
    assert 'name="unit_id"' not in page
    extra = {"unit_id": office.unit("b").id, "leader_id": office.leader("b").id, "due_on": "2030-01-01"}
    assert client.post(url, data=ledger_form(row, **extra)).status_code == 302
    office.session.expire_all()
    assert (row.progress, row.state) == ("已见面", LedgerState.DOING)
    assert (row.unit_id, row.leader_id, row.due_on) == (office.unit("a").id, None, END)


def test_the_statistician_reads_masked_rows(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    """§4: numbers and states of the ledger, no free text and no way to the row."""
    client = client_for("statistician")
    page = client.get("/admin/campaign_case/").text
    assert row.petition.number in page
    assert row.petition.title not in page
    assert "/admin/campaign_case/details" not in page
    assert client.get(f"/admin/campaign_case/details/?id={row.id}").status_code == 403


def test_another_units_row_is_not_there(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    client, url = client_for("handler_b"), f"/admin/campaign_case/edit/?id={row.id}"
    assert client.get(url).status_code == 404
    assert client.post(url, data=ledger_form(row)).status_code == 404
    assert client_for("inspector").post(url, data=ledger_form(row)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"state": "gone"}, "没有这个选项"),
        ({"state": "resolved", "progress": ""}, "须写明怎样化解的"),
        ({"state": "resolved", "resolved_on": "2027-01-01"}, "不能晚于今天"),
        ({"state": "removed"}, "须写明理由"),
        ({"scheme": "别的类"}, "没有这个选项"),
        ({"unit_id": "987654"}, "没有这个选项"),
        ({"progress": "长" * 501}, "最多 500 个字"),
    ],
)
def test_a_wrong_row(
    office: Office, row: m.CampaignCase, client_for: ClientFor, changes: dict[str, str], sentence: str
) -> None:
    facts = {"source": "matter", "unit_id": office.unit("a").id, "scheme": ""}
    url = f"/admin/campaign_case/edit/?id={row.id}"
    answer = client_for("clerk").post(url, data=ledger_form(row, **(facts | changes)))
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    office.session.expire_all()
    assert row.state == LedgerState.OPEN


def test_a_row_changed_by_two(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    """C14: a stale form is 409."""
    client, url = client_for("handler_a"), f"/admin/campaign_case/edit/?id={row.id}"
    form = ledger_form(row)
    assert client.post(url, data=form).status_code == 302
    answer = client.post(url, data=form | {"progress": "旧页面上写的"})
    assert answer.status_code == 409
    assert "旧页面上写的" in answer.text
    office.session.expire_all()
    assert row.progress == "已见面"


def test_the_ledger_groups_and_filters(
    office: Office, world: World, campaign: m.Campaign, row: m.CampaignCase, client_for: ClientFor
) -> None:
    """G2: units with their lights above, filters below; tabs stay within the campaign."""
    other = campaigns.save(office.session, office.actor("office_head"), Plan("另一活动", "镇党委", START, END))
    lone = world.register(date(2026, 8, 5)).petition
    campaign_ledger.take(office.session, office.actor("clerk"), other, [lone.id])
    campaign_ledger.edit(office.session, office.actor("clerk"), row, {"due_on": date(2026, 11, 20)})
    client = client_for("clerk")
    page = unescape(client.get(f"/admin/campaign_case/?campaign={campaign.id}").text)
    assert "有超期" in page
    assert row.petition.number in page
    assert lone.number not in page
    assert f"?tab=late&campaign={campaign.id}" in page
    for query, is_there in (("unit=none", False), ("tab=late", True), ("tab=resolved", False), ("scheme=none", True)):
        found = client.get(f"/admin/campaign_case/?campaign={campaign.id}&{query}").text
        assert (row.petition.number in found) is is_there, query
    for wrong in ("987654", "abc"):
        assert client.get(f"/admin/campaign_case/?campaign={wrong}").status_code == 404


def test_previewed_sent_and_never_changed(
    office: Office, campaign: m.Campaign, row: m.CampaignCase, client_for: ClientFor
) -> None:
    """G4: the preview moves with the ledger, what was sent does not; a print and who sent it."""
    client = client_for("statistician")
    preview = f"/admin/monthly_report/{campaign.id}/2026-11/"
    page = client.get(preview).text
    assert "还没有上报" in page
    assert "下面的积案中有 1 件没有填办理情况" in page
    assert "到台账就地填写" not in page  # she may not
    assert "到台账就地填写" in client_for("clerk").get(preview).text
    answer = client.post(f"{preview}send")
    assert answer.status_code == 302
    sent = client.get(answer.headers["Location"]).text
    assert "由施雨上报" in sent
    campaign_ledger.edit(office.session, office.actor("clerk"), row, {"progress": "后来改的"})
    assert "后来改的" in client.get(preview).text
    assert "后来改的" not in client.get(answer.headers["Location"]).text
    report = office.session.query(m.MonthlyReport).one()
    paper = client.get(f"/admin/monthly_report/{report.id}/print").text
    assert "信访积案排查化解情况统计表" in paper
    assert "制表人：施雨" in paper
    assert client_for("clerk").post(f"{preview}send").status_code == 403
    again = client.post(f"{preview}send")
    assert again.status_code == 422
    assert "不能再报一次" in again.text
    assert office.session.query(m.MonthlyReport).count() == 1


@pytest.mark.parametrize(
    ("count", "tables"),
    [(0, [0]), (1, [1]), (10, [10]), (11, [6, 5]), (21, [7, 7, 7])],
)
def test_a_printed_table_fits_on_its_sheet(count: int, tables: list[int]) -> None:
    """G4: more categories than go beside each other on A4 landscape make a second table, the totals in the last."""
    names = [f"类{place}" for place in range(count)]
    row = {"unit": "城建办", "rate": 50.0, "schemes": {name: [2, 1] for name in names}}
    row |= dict.fromkeys(COUNT_LABELS, 3)
    sheets = sheets_of({"schemes": names, "rows": [row], "total": row | {"unit": "合计"}})
    assert [len(sheet["schemes"]) for sheet in sheets] == tables
    assert [bool(sheet["labels"]) for sheet in sheets] == [False] * (len(tables) - 1) + [True]
    assert sum(len(sheet["lines"][0]["numbers"]) for sheet in sheets) == 2 * count + len(COUNT_LABELS)


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "x", "2026-08"])
def test_no_such_month(office: Office, campaign: m.Campaign, client_for: ClientFor, month: str) -> None:
    client = client_for("office_head")
    assert client.get(f"/admin/monthly_report/{campaign.id}/{month}/").status_code == 422
    assert client.post(f"/admin/monthly_report/{campaign.id}/{month}/send").status_code == 422


@pytest.mark.parametrize(("part", "text"), [("table", "累计排查"), ("cases", "办理情况")])
def test_a_sent_table_exports(
    office: Office,
    campaign: m.Campaign,
    row: m.CampaignCase,
    client_for: ClientFor,
    tmp_path: Path,
    part: str,
    text: str,
) -> None:
    report = monthly_reports.send(office.session, office.actor("office_head"), campaign, "2026-11")
    url = f"/admin/monthly_report/{report.id}/export/{part}/xlsx/"
    client = client_for("clerk")
    assert client.get(url).status_code == 422
    answer = client.get(f"{url}?reason=上报")
    assert answer.status_code == 200
    file = tmp_path / "out.xlsx"
    file.write_bytes(answer.data)
    sheet = read_rows(file, original_name="out.xlsx")
    assert text in "\n".join(str(cell) for line in sheet.rows for cell in line.cells)
    assert client_for("handler_a").get(f"{url}?reason=上报").status_code == 403
    assert client.get(f"/admin/monthly_report/{report.id}/export/nonsense/xlsx/?reason=上报").status_code == 404


def test_the_ledger_exports(office: Office, campaign: m.Campaign, row: m.CampaignCase, client_for: ClientFor) -> None:
    answer = client_for("handler_a").get(f"/admin/campaign_case/export/xlsx/?campaign={campaign.id}&reason=核对")
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"


def test_the_preview_of_a_sent_month_says_so(office: Office, campaign: m.Campaign, client_for: ClientFor) -> None:
    """G4: nobody sends twice because the old preview still offered it."""
    office.session.commit()
    client, url = client_for("statistician"), f"/admin/monthly_report/{campaign.id}/2026-11/"
    assert "还没有上报" in client.get(url).text
    assert client.post(f"{url}send").status_code == 302
    page = client.get(url).text
    assert ("还没有上报" in page, f"{url}send" in page) == (False, False)
    assert "这个月已于 2026-11-21 上报第 1 版" in page


def test_a_milestone_is_recorded(office: Office, campaign: m.Campaign, client_for: ClientFor) -> None:
    """G3: sent on the day it was said; another's id or role is refused."""
    url = f"/admin/campaign/{campaign.id}/milestone/{campaign.milestones[0].id}/sent"
    assert client_for("clerk").post(url).status_code == 403
    client = client_for("office_head")
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 422
    page = client.post(url, data={"part0": "已建账"})
    assert page.status_code == 302
    assert client.post(url, data={"part0": "再报"}).status_code == 422
    assert client.post(f"/admin/campaign/{campaign.id}/milestone/987654/sent").status_code == 404
    assert "已建账" in client.get(f"/admin/campaign/{campaign.id}/milestone/{campaign.milestones[0].id}/").text
    assert re.search("2026-11-21 已报送，迟 11 天", client.get(f"/admin/campaign/details/?id={campaign.id}").text)
