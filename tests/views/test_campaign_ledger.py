"""The ledger's screens: filled in place, a list compared and taken over, struck off, exported with own columns (G2, G4, G5)."""

import io
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest

import models as m
from rules.words import LedgerState
from services import campaign_columns, monthly_reports
from services.workbook_out import Column, TableSheet, write_table
from tests.fixtures.client import DeskClient
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office
from tests.services.test_campaign_rows import POINTS, edit, made, take

ClientFor = Callable[[str], DeskClient]


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    return made(office)


@pytest.fixture
def row(office: Office, campaign: m.Campaign) -> m.CampaignCase:
    return take(office, campaign, World(office).register(date(2026, 8, 1)).petition)


def test_the_ledger_is_filled_on_its_page(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    client, key = client_for("clerk"), campaign_columns.key(row.campaign.own_columns[1])
    page = client.get(f"/admin/campaign_case/?campaign={row.campaign_id}&fill=1").text
    assert f'name="r{row.id}-{key}"' in page
    url, cell = f"/admin/campaign_case/fill?campaign={row.campaign_id}", f"r{row.id}-{key}"
    said = {f"v{row.id}": row.version, f"r{row.id}-progress": "已见面", cell: "许多"}
    refused = client.post(url, data=said)
    assert (refused.status_code, "不是数字" in refused.text, "已见面" in refused.text) == (422, True, True)
    assert row.petition.number in refused.text
    assert client.post(url, data=said | {cell: "20"}).status_code == 302
    assert client.post(url, data=said | {cell: "21", f"r{row.id}-progress": "旧页"}).status_code == 409
    listed = client.get(f"/admin/campaign_case/?campaign={row.campaign_id}&{key}=10..30&by=leader").text
    assert row.petition.number in listed
    assert row.petition.number not in client.get(f"/admin/campaign_case/?campaign={row.campaign_id}&{key}=30..").text
    assert client_for("inspector").post(url, data=said).status_code == 403


def test_an_empty_ledger_says_how_it_is_filled(office: Office, campaign: m.Campaign, client_for: ClientFor) -> None:
    """G2: only where nothing else narrows the list, and only to those who may fill it."""
    office.session.commit()
    address, way = f"/admin/campaign_case/?campaign={campaign.id}", f"/admin/campaign/{campaign.id}/propose/"
    page = client_for("clerk").get(address).text
    assert ("台账中还没有事项" in page, way in page) == (True, True)
    assert way not in client_for("clerk").get(f"{address}&tab=late").text
    assert way not in client_for("inspector").get(address).text


def test_a_row_asks_nothing_of_taking_off_while_it_stands(
    office: Office, row: m.CampaignCase, client_for: ClientFor
) -> None:
    office.session.commit()
    url = f"/admin/campaign_case/details/?id={row.id}"
    assert "移出理由" not in client_for("clerk").get(url).text
    edit(office, row, state=LedgerState.REMOVED, removed_reason="重复列入")
    office.session.commit()
    assert "移出理由" in client_for("clerk").get(url).text


def test_a_row_leads_to_where_its_own_columns_are_typed_in(
    office: Office, row: m.CampaignCase, client_for: ClientFor
) -> None:
    office.session.commit()
    url = f"/admin/campaign_case/details/?id={row.id}"
    way = f"/admin/campaign_case/?campaign={row.campaign_id}&unit=none&state=open&fill=1"
    assert way in unescape(client_for("clerk").get(url).text)
    assert f'name="r{row.id}-{campaign_columns.key(row.campaign.own_columns[1])}"' in client_for("clerk").get(way).text
    assert "fill=1" not in client_for("inspector").get(url).text


def test_a_list_goes_from_file_to_ledger(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    client, out = client_for("clerk"), io.BytesIO()
    columns = [Column("a", "信访事项编号"), Column("b", "办理情况"), Column("c", "责任单位"), Column("d", "交办文号")]
    write_table(out, TableSheet(columns, [{"a": row.petition.number, "b": "名单说的", "c": "民政办"}]))
    out.seek(0)
    address = f"/admin/campaign-list/{row.campaign_id}/"
    sent = client.post(address, data={"file": (out, "名单.xlsx")})
    assert sent.status_code == 303
    at = sent.headers["Location"]
    page = client.get(at).text
    assert '<option value="source_number" selected>' in page.partition('name="c3"')[2]
    chosen = {"c0": "matter_number", "c1": "progress", "c2": "unit"}
    shown = client.get(f"{at}compare", query_string=chosen).text
    assert "名单说的" in shown
    assert row.progress is None
    assert client.get(f"{at}compare", query_string={"c1": "progress"}).status_code == 422
    assert client.post(f"{at}confirm", data=chosen).status_code == 302
    office.session.expire_all()
    assert (row.progress, row.unit_id) == ("名单说的", office.unit("b").id)
    assert client_for("handler_a").get(address).status_code == 403


def test_a_row_is_struck_off_on_its_page(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    edit(office, row, state=LedgerState.RESOLVED, progress="已兑现", leader_id=office.leader("a").id)
    office.session.commit()
    clerk, head, url = client_for("clerk"), client_for("office_head"), f"/admin/campaign_case/{row.id}/strike"
    assert clerk.post(url, data={"reason": "已办结", "points": POINTS[:1]}).status_code == 422
    bare = clerk.post(url, data={"reason": "已办结", "points": POINTS})
    assert (bare.status_code, "还没有结案卷" in bare.text) == (422, True)
    said = {"reason": "已办结", "points": POINTS, "without_file": "法院已判决"}
    assert clerk.post(url, data=said).status_code == 302
    assert clerk.post(f"{url}/approve").status_code == 403
    assert "批准销号" in head.get(f"/admin/campaign_case/details/?id={row.id}").text
    assert head.post(f"{url}/approve").status_code == 302
    assert "已销号" in head.get(f"/admin/campaign_case/details/?id={row.id}").text
    assert office.leader("a").name in head.get(f"/admin/campaign/{row.campaign_id}/leaders/").text
    assert head.post(f"{url}/undo", data={"reason": "又来访"}).status_code == 302


def test_the_base_is_frozen_on_its_page(office: Office, row: m.CampaignCase, client_for: ClientFor) -> None:
    head, url = client_for("office_head"), f"/admin/campaign/{row.campaign_id}"
    assert head.post(f"{url}/freeze").status_code == 302
    assert head.post(f"{url}/freeze").status_code == 422
    assert "不再变动" in head.get(f"{url}/base/").text
    assert head.post(f"{url}/carry", data={"to": ""}).status_code == 422
    assert client_for("clerk").post(f"{url}/freeze").status_code == 403


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_the_table_goes_out_in_both_forms(
    office: Office, row: m.CampaignCase, client_for: ClientFor, form: str
) -> None:
    """G4: as printed in the office; a month sent again without a reason is refused on the screen too."""
    sent = monthly_reports.send(office.session, office.actor("office_head"), row.campaign, "2026-11")
    office.session.commit()
    head = client_for("office_head")
    for part in ("table", "cases"):
        answer = head.get(f"/admin/monthly_report/{sent.id}/export/{part}/{form}/?reason=上报")
        assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    assert head.get(f"/admin/monthly_report/{sent.id}/export/table/pdf/?reason=上报").status_code == 404
    assert head.post(f"/admin/monthly_report/{row.campaign_id}/2026-11/send").status_code == 422
    again = head.post(f"/admin/monthly_report/{row.campaign_id}/2026-11/send", data={"reason": "漏报"})
    assert again.status_code == 302
