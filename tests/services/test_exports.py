"""Exports of lists and figures: read back, masked, reasoned, in the trail (I1, A9, C9, C10)."""

from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind, RuleBroken
from services import exports, gate, settings
from services.registration import Accused, Person
from services.workbook_in import Sheet, read_rows
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

DAY = date(2026, 10, 8)
CANARIES = {"phone": "13800138026", "id_number": "430102198001010017", "address": "青石镇河东村一组十二号"}
REASON = "季度通报"


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


def export(office: Office, username: str, name: str, folder: Path, **bounds: date) -> Sheet:
    """The exported sheet read back through the import's own reader, headed at the row that holds its columns."""
    out = folder / "out.xlsx"
    exports.to_file(office.session, office.actor(username), name, out, reason=REASON, **bounds)
    sheet = read_rows(out, original_name=out.name)
    heads = {
        "文号",
        "轮次",
        "单位名称",
        "一级",
        "登记编号",
        "信访事项编号",
        "责任单位",
        "指标",
        "月份",
        "包案编号",
        "专项活动",
        "接访日期",
    }
    head = next((row.number for row in sheet.rows if row.cells[0] in heads), None)
    assert head is not None
    return sheet.headed_at(head)


def body(sheet: Sheet) -> list[dict[str, Any]]:
    return [dict(zip(sheet.header, row.cells, strict=True)) for row in sheet.rows if row.cells[1] is not None]


def everything(sheet: Sheet) -> str:
    return "\n".join(str(cell) for row in sheet.rows for cell in row.cells)


@pytest.mark.db
def test_a_list_comes_back_as_it_was(office: Office, world: World, tmp_path: Path) -> None:
    """I1: round trip of contacts; dates stay dates, numbers numbers, a formula stays text."""
    demand = '=HYPERLINK("http://evil","点我")'
    contact = world.register(DAY, demand=demand, people=[Person("赵丽华")], people_count=3, channel="visit")
    (row,) = body(export(office, "clerk", "contact", tmp_path))
    assert row["登记编号"] == contact.number
    assert row["登记日期"] in (DAY, DAY.isoformat())
    assert row["人数"] == 3
    assert (row["信访方式"], row["初次/重复"], row["信访人"], row["诉求"]) == ("来访", "初次", "赵丽华", demand)


@pytest.mark.parametrize("name", ["contact", "petition", "document"])
@pytest.mark.parametrize(
    "username",
    [
        "clerk",
        "system",
        *(pytest.param(n, marks=pytest.mark.trust) for n in ("office_head", "inspector", "statistician")),
    ],
)
def test_protected_fields_are_never_in_full(
    office: Office, world: World, tmp_path: Path, name: str, username: str
) -> None:
    """C3, C9: no canary in any role's export; the statistician gets neither names nor free text."""
    contact = world.register(DAY, people=[Person("欧阳丽华", **CANARIES)], demand="欧阳家的地被占。")
    world.assign(contact.petition, DAY)
    world.accept(contact.petition, DAY)
    if (username, name) == ("statistician", "document"):
        with pytest.raises(gate.Forbidden):
            export(office, username, name, tmp_path)
        return
    text = everything(export(office, username, name, tmp_path))
    assert not [value for value in CANARIES.values() if value in text]
    assert ("欧阳丽华" in text) is (username != "statistician")
    assert ("欧阳家的地被占" in text) is (username != "statistician")


def test_a_reporters_name_is_masked(office: Office, world: World, tmp_path: Path) -> None:
    """§4: names in 检举控告 matters are masked for everybody."""
    petition = world.register(
        DAY, purpose=Purpose.REPORT, people=[Person("欧阳丽华")], demand="反映有人占地。"
    ).petition
    world.assign(petition, DAY)
    world.accept(petition, DAY)
    for name in ("contact", "petition", "document"):
        assert "欧阳丽华" not in everything(export(office, "office_head", name, tmp_path)), name


@pytest.mark.parametrize("name", ["contact", "petition", "contacts_by_unit", "figures"])
def test_the_accused_exports_a_world_without_it(office: Office, world: World, tmp_path: Path, name: str) -> None:
    """C2: same rows and figures with and without the complaint about his unit."""
    world.assign(world.register(DAY).petition, DAY, "b")
    before = export(office, "unit_head_b", name, tmp_path, start=DAY, end=DAY)
    accused = Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")
    world.register(DAY, purpose=Purpose.REPORT, respondents=[accused])
    assert export(office, "unit_head_b", name, tmp_path, start=DAY, end=DAY) == before


def test_a_unit_exports_its_own_rows(office: Office, world: World, tmp_path: Path) -> None:
    for unit in ("a", "b"):
        world.assign(world.register(DAY, name=f"{unit}单位的人").petition, DAY, unit)
    text = everything(export(office, "handler_a", "petition", tmp_path))
    assert "a单位的人" in text
    assert "b单位的人" not in text


def test_a_period_bounds_a_list(office: Office, world: World, tmp_path: Path) -> None:
    for day in (date(2026, 9, 30), DAY, date(2026, 11, 1)):
        world.register(day)
    found = body(export(office, "clerk", "contact", tmp_path, start=date(2026, 10, 1), end=date(2026, 10, 31)))
    assert len(found) == 1


@pytest.mark.db(long="sqlite")
@pytest.mark.parametrize("name", [entry["name"] for entry in exports.names()])
def test_every_name_exports_with_title_unit_and_mark(office: Office, world: World, tmp_path: Path, name: str) -> None:
    """I1: title, reporting unit, preparer, reason; the trail holds who, what, how many, why."""
    office.session.add(m.Setting(key="office_name", value="青石镇信访办", valid_from=date(2026, 1, 1)))
    world.register(DAY)
    actor, out = office.actor("office_head"), tmp_path / "out.xlsx"
    done = exports.to_file(office.session, actor, name, out, reason=REASON)
    sheet = read_rows(out, original_name="out.xlsx")
    text = "\n".join([*sheet.header, everything(sheet)])
    for part in ("填报单位：青石镇信访办", "制表人：何平", "填报日期：2026年11月21日", f"理由：{REASON}。"):
        assert part in text
    entry = office.session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "export")).one()
    assert (entry.username, entry.table_name) == ("office_head", name)
    assert (entry.details["rows"], entry.details["reason"]) == (done["rows"], REASON)


@pytest.mark.parametrize(
    ("username", "name"),
    [("auditor", "contact"), ("cadre_a", "petition"), ("leader_a", "contact"), ("handler_a", "reception_record"),
     ("leader_a", "contacts_by_unit"), ("archivist", "case")],
)  # fmt: skip
def test_roles_that_may_not_export(office: Office, tmp_path: Path, username: str, name: str) -> None:
    with pytest.raises(gate.Forbidden):
        exports.to_file(office.session, office.actor(username), name, tmp_path / "out.xlsx", reason=REASON)
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize(
    ("name", "file", "reason", "bounds", "field"),
    [
        ("contact", "out.xlsx", " ", {}, "reason"),
        ("contact", "out.xlsx", "理" * 201, {}, "reason"),
        ("contact", "out.csv", REASON, {}, "out"),
        ("contact", "nowhere/out.xlsx", REASON, {}, "out"),
        ("nonsense", "out.xlsx", REASON, {}, "name"),
        ("contact", "out.xlsx", REASON, {"start": DAY, "end": date(2026, 1, 1)}, "to"),
        ("leader", "out.xlsx", REASON, {"start": DAY}, "start"),
    ],
)
def test_wrong_exports_leave_no_file(
    office: Office, tmp_path: Path, name: str, file: str, reason: str, bounds: dict[str, date], field: str
) -> None:
    with pytest.raises(RuleBroken) as no:
        exports.to_file(office.session, office.actor("clerk"), name, tmp_path / file, reason=reason, **bounds)
    assert no.value.field == field
    assert list(tmp_path.iterdir()) == []


def test_too_many_rows_are_refused(
    office: Office, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust §5: above the cap nothing is written while the reader waits."""
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 1)
    world.register(DAY)
    world.register(DAY)
    with pytest.raises(RuleBroken, match="请增加筛选条件"):
        exports.to_file(office.session, office.actor("clerk"), "contact", tmp_path / "out.xlsx", reason=REASON)
    assert not (tmp_path / "out.xlsx").exists()


def test_the_roster_has_exactly_its_columns(office: Office, tmp_path: Path) -> None:
    """D10: 领导信访接待日安排表 with its remark; a row without place or cadre says so."""
    session = m.ReceptionSession(
        uid="x", held_on=date(2026, 11, 16), starts="08:30", ends="11:30", leader=office.leader("mayor")
    )
    office.session.add(session)
    settings.put(
        office.session, office.actor("office_head"), "roster_remark", "每月1日、16日为领导接待日，遇节假日顺延。"
    )
    sheet = export(office, "clerk", "reception_session", tmp_path)
    assert sheet.header == ["月份", "领导名单", "职务", "信访干部名单", "接待地点"]
    assert body(sheet)[0] == {
        "月份": "11月16日", "领导名单": "陈立国", "职务": "镇长", "信访干部名单": "（缺）", "接待地点": "（缺）",
    }  # fmt: skip
    assert "备注：每月1日、16日为领导接待日，遇节假日顺延。" in everything(sheet)


def test_a_ledger_never_lists_a_guarded_matter(office: Office, world: World, tmp_path: Path) -> None:
    """A matter that became 保密 after it entered the ledger leaves its exports."""
    petition = world.register(DAY).petition
    campaign = m.Campaign(name="积案化解年", body="镇党委", starts_on=DAY, ends_on=date(2026, 12, 31))
    office.session.add_all([campaign, m.CampaignCase(campaign=campaign, petition=petition, entered_on=DAY)])
    office.session.flush()
    assert petition.number in everything(export(office, "office_head", "campaign_case", tmp_path))
    petition.is_secret = True
    office.session.flush()
    assert petition.number not in everything(export(office, "office_head", "campaign_case", tmp_path))


@pytest.mark.parametrize(
    ("name", "heads"),
    [
        ("reception_session", "月份 领导名单 职务 信访干部名单 接待地点"),
        ("category", "一级 二级 三级 代码 生效日期 失效日期"),
    ],
)
def test_every_table_goes_out_as_word_too(office: Office, tmp_path: Path, name: str, heads: str) -> None:
    """D8, D10: the ending of the file says which; the same columns, and an entry in the trail."""
    out = tmp_path / "out.docx"
    exports.to_file(office.session, office.actor("office_head"), name, out, reason=REASON)
    paper = docx.Document(str(out))
    assert [cell.text for cell in paper.tables[0].rows[0].cells] == heads.split()
    assert f"理由：{REASON}。" in paper.paragraphs[-1].text
    entry = office.session.query(m.AuditEntry).filter_by(action="export").one()
    assert entry.table_name == name
