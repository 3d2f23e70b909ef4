"""Closing templates: editions, who waives what, what of the file meets an item, moving a file over (H1)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.closing_items import ByHand, Item, Proof, When
from rules.closing_templates import SIX_HAVES
from rules.words import Role, RuleBroken, SignerRole
from services import checklist, closing, closing_content, closing_edition, closing_templates, gate
from services.checklist import Evidence
from tests.fixtures import casework as made
from tests.fixtures.office import Office

Bad = dict[str, tuple[list[Item], str, int | None]]


def default(office: Office) -> m.ClosingTemplate:
    closing_templates.ship(office.session, office.actor("system"))
    return office.session.query(m.ClosingTemplate).filter_by(is_default=True).one()


def revised(office: Office, *items: Item) -> m.ClosingEdition:
    """The default template with these items, as its next edition."""
    return closing_templates.revise(office.session, office.actor("office_head"), default(office), items, "改")


def opened(office: Office, *items: Item) -> m.ClosingFile:
    """A file under a template of these items."""
    revised(office, *items)
    return made.closing_file(office)


def said(office: Office, file: m.ClosingFile, key: str) -> list[str]:
    label = made.item(file, key).label
    reading = closing_content.read(office.session, file, office.today)
    return [words.removeprefix(f"{label}：") for words in reading.missing if words.startswith(f"{label}：")]


def test_three_templates_are_shipped_once_and_the_six_haves_are_the_offices_h1(office: Office) -> None:
    assert default(office).name == "六有"
    closing_templates.ship(office.session, office.actor("system"))
    rows = office.session.query(m.ClosingTemplate).all()
    assert [(row.name, len(row.editions)) for row in rows] == [("六有", 1), ("回访和三级签字", 1), ("案卷初审要点", 1)]


def test_a_file_keeps_the_edition_it_was_opened_under_h1(office: Office) -> None:
    file = made.closing_file(office)
    edition = revised(office, *SIX_HAVES[:2])
    assert (file.template, file.template_edition, len(file.items)) == ("六有", 1, 6)
    assert closing_edition.newer(file) is edition
    later = made.closing_file(office)
    assert (later.template_edition, [item.key for item in later.items]) == (2, ["basic", "assign_letter"])


def test_a_file_goes_over_knowingly_and_its_signatures_are_void_h1_h2(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    made.sign(office, file, SignerRole.HANDLER)
    fresh = Item("extra", "群众评议记录")
    edition = revised(office, *SIX_HAVES[:5], fresh)
    closing_edition.move(office.session, office.actor("clerk"), file, edition)
    assert [item.key for item in file.items] == [*(have.key for have in SIX_HAVES[:5]), "extra"]
    assert [s.void_reason for s in file.signatures] == ["改按六有（第 2 版）办理，须重新签字"]
    assert made.item(file, "basic").note == "见会议纪要〔2026〕7号"
    assert said(office, file, "extra") == ["还缺材料或说明"]
    closing_edition.move(office.session, office.actor("clerk"), file, default(office).editions[0])
    assert made.item(file, "measures").note == "见会议纪要〔2026〕7号", "what a dropped item held comes back with it"
    with pytest.raises(RuleBroken, match="已经按这一版办理"):
        closing_edition.move(office.session, office.actor("clerk"), file, default(office).editions[0])


def test_a_changed_item_is_waived_anew_h1(office: Office) -> None:
    file, head = made.closing_file(office), office.actor("office_head")
    for key in ("basic", "measures"):
        checklist.waive(office.session, head, made.item(file, key), "不适用")
    changed = replace(SIX_HAVES[0], help="另有要求")
    closing_edition.move(office.session, head, file, revised(office, changed, *SIX_HAVES[1:]))
    assert [made.item(file, key).waived_reason for key in ("basic", "measures")] == [None, "不适用"]


def test_a_campaigns_cases_close_under_its_template_h1(office: Office) -> None:
    default(office)
    other = office.session.query(m.ClosingTemplate).filter_by(key="three_signatures").one()
    day = office.today
    campaign = m.Campaign(name="积案化解", body="区联席办", starts_on=day, ends_on=day)
    petition = made.matter(office)
    office.session.add(campaign)
    office.session.flush()
    office.session.add(m.CampaignCase(campaign=campaign, petition=petition, entered_on=day))
    closing_templates.assign(office.session, office.actor("office_head"), other, campaign.id)
    file = closing.open_file(office.session, office.actor("clerk"), made.case(office, petition))
    assert file.template == "回访和三级签字"
    assert said(office, file, "responsible") == [], "the handler is the responsible person"
    assert said(office, file, "visit") == ["还缺回访记录"]


# the item, what is put behind it, what it lacks before and after
VALUES: dict[str, tuple[Item, Evidence, str]] = {
    "a date": (Item("x", "公示日期", proof=Proof.DATE), Evidence(said_on=date(2026, 11, 20)), "还缺日期"),
    "a person": (Item("x", "联系人", proof=Proof.PERSON), Evidence(said_person=" 王强 "), "还缺姓名"),
    "a number": (Item("x", "走访次数", proof=Proof.NUMBER), Evidence(said_number=Decimal(3)), "还缺数字"),
    "a document": (Item("x", "公示材料"), Evidence(note="见公示栏照片"), "还缺材料或说明"),
}


@pytest.mark.parametrize(("item", "evidence", "lacking"), VALUES.values(), ids=VALUES)
def test_each_kind_of_evidence_meets_its_item_h1(
    office: Office, tmp_path: Path, item: Item, evidence: Evidence, lacking: str
) -> None:
    file = opened(office, item)
    assert said(office, file, "x") == [lacking]
    checklist.meet(office.session, office.actor("clerk"), made.item(file, "x"), evidence, tmp_path)
    assert said(office, file, "x") == []


# the item, what is put behind it, the sentence
NOT_ACCEPTED: dict[str, tuple[Item, Evidence, str]] = {
    "by hand where only the file counts": (
        Item("x", "回访", source="visit", by_hand=ByHand.NO), Evidence(attachment_id=1), "只认卷内已有的"
    ),
    "a date for a person": (Item("x", "联系人", proof=Proof.PERSON), Evidence(said_on=date(2026, 1, 1)), "这一项要的是人员"),
    "a day to come": (Item("x", "公示", proof=Proof.DATE), Evidence(said_on=date(2026, 12, 1)), "不能晚于今天"),
    "less than nothing": (Item("x", "次数", proof=Proof.NUMBER), Evidence(said_number=Decimal(-1)), "请填 0 到"),
}  # fmt: skip


@pytest.mark.parametrize(("item", "evidence", "words"), NOT_ACCEPTED.values(), ids=NOT_ACCEPTED)
def test_what_the_template_does_not_take_is_refused_h1(
    office: Office, tmp_path: Path, item: Item, evidence: Evidence, words: str
) -> None:
    file = opened(office, item)
    with pytest.raises(RuleBroken, match=words):
        checklist.meet(office.session, office.actor("clerk"), made.item(file, "x"), evidence, tmp_path)


def test_an_item_asks_only_where_its_condition_holds_h1(office: Office) -> None:
    file = opened(office, Item("x", "条款落实", when=When.AGREEMENT), Item("y", "处理意见落实", when=When.REPLIED))
    assert (said(office, file, "x"), said(office, file, "y")) == ([], ["还缺材料或说明"])


def test_what_stands_in_the_file_meets_its_item_and_says_by_what_h1(office: Office) -> None:
    file = made.closing_file(office)
    materials = {one.item.key: one for one in closing_content.read(office.session, file, office.today).materials}
    (letter,) = materials["assign_letter"].found
    assert (letter.noun, letter.text.startswith("交办函 ")) == ("document", True)
    assert any("送达" in one.text and "2026-11-21 10:30" in one.text for one in materials["reply_and_visit"].found)
    file.petition.served_at = None
    assert said(office, file, "reply_and_visit") == ["还缺送达回证的送达时间、回访记录"]


# -- who may waive

ONLY = replace(SIX_HAVES[5], waivers=frozenset({Role.LEADER}), reasons=("已全部兑现", "信访人谢绝"))


def test_only_those_the_template_names_waive_and_only_for_its_reasons_h1(office: Office) -> None:
    file = opened(office, ONLY)
    item, session = made.item(file, "measures"), office.session
    for username in ("office_head", "leader_b"):
        with pytest.raises(gate.Forbidden, match="只能由包案领导认定不适用"):
            checklist.waive(session, office.actor(username), item, "已全部兑现")
    with pytest.raises(RuleBroken, match="这一项只能用：已全部兑现；信访人谢绝"):
        checklist.waive(session, office.actor("leader_a"), item, "别的理由")
    checklist.waive(session, office.actor("leader_a"), item, "信访人谢绝")
    assert item.waived_by == office.user("leader_a")


# -- bad editions

BAD: Bad = {
    "no items": ([], "至少要有一项", None),
    "no name": ([SIX_HAVES[0], Item("x", " ")], "第 2 项 名称：请填写", 2),
    "a name too long": ([Item("x", "长" * 121)], "最多 120 个字", 1),
    "the same name twice": ([SIX_HAVES[0], SIX_HAVES[0]], "第 2 项 名称：和第 1 项相同", 2),
    "source of another kind": ([Item("x", "日期", proof=Proof.DATE, source="visit")], "和这一项的证据种类不符", 1),
    "neither file nor hand": ([Item("x", "材料", by_hand=ByHand.NO)], "没有选由卷内什么认定的", 1),
    "too many": ([Item(f"x{n}", f"第{n}") for n in range(31)], "最多 30 项", None),
    "unchanged": (list(SIX_HAVES), "没有改动", None),
}


@pytest.mark.parametrize(("items", "words", "row"), BAD.values(), ids=BAD)
def test_a_bad_edition_is_refused_with_its_row_h1(office: Office, items: Any, words: str, row: int | None) -> None:
    template = default(office)
    with pytest.raises(RuleBroken, match=words) as no:
        closing_templates.revise(office.session, office.actor("office_head"), template, items, "改")
    assert no.value.row == row
    assert len(template.editions) == 1


def test_an_edition_says_what_was_changed_and_only_the_office_head_makes_one_h1(office: Office) -> None:
    template = default(office)
    with pytest.raises(RuleBroken, match="改了什么：请填写"):
        closing_templates.revise(office.session, office.actor("office_head"), template, SIX_HAVES[:1], " ")
    with pytest.raises(gate.Forbidden):
        closing_templates.revise(office.session, office.actor("clerk"), template, SIX_HAVES[:1], "改")


def test_the_default_template_cannot_be_retired_h1(office: Office) -> None:
    head, session = office.actor("office_head"), office.session
    first = default(office)
    with pytest.raises(RuleBroken, match="本办默认的清单不能停用"):
        closing_templates.retire(session, head, first, is_active=False)
    own = closing_templates.create(session, head, "本镇清单")
    closing_templates.make_default(session, head, own)
    closing_templates.retire(session, head, first, is_active=False)
    assert (first.is_active, own.is_default, len(own.current.items)) == (False, True, 6)
    with pytest.raises(RuleBroken, match="停用的清单不能设为本办默认"):
        closing_templates.make_default(session, head, first)
    with pytest.raises(RuleBroken, match="已经有“本镇清单”"):
        closing_templates.create(session, head, "本镇清单")
