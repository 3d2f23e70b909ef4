"""The ledger's life: base list, later entries, carry-over, own columns, filling in place, striking off (G1, G2, G5)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules import campaigns as rules
from rules.campaigns import Scope
from rules.words import ColumnKind, GroupRole, LedgerSource, LedgerState, Level, RuleBroken, Stale
from services import (
    campaign_base,
    campaign_columns,
    campaign_ledger,
    campaigns,
    gate,
    ledger_fill,
    strike_offs,
    tags,
)
from services.campaigns import Plan
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

START, END = date(2026, 9, 1), date(2027, 2, 28)
COLUMNS: list[dict[str, Any]] = [
    {"label": "稳控责任人", "kind": ColumnKind.TEXT, "choices": []},
    {"label": "救助金额", "kind": ColumnKind.NUMBER, "choices": []},
    {"label": "会商日期", "kind": ColumnKind.DATE, "choices": []},
    {"label": "诉求性质", "kind": ColumnKind.CHOICE, "choices": ["合理", "过高"]},
]
POINTS = ["已回访", "一把手签字"]


def made(office: Office, **changes: Any) -> m.Campaign:
    facts = {"schemes": ["民生问题类"], "columns": COLUMNS, "closing_points": POINTS, "strike_months": 6}
    said = {"name": "积案化解", "body": "镇党委", "starts_on": START, "ends_on": END} | facts | changes
    return campaigns.save(office.session, office.actor("office_head"), Plan(**said))


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    return made(office)


@pytest.fixture
def row(office: Office, world: World, campaign: m.Campaign) -> m.CampaignCase:
    petition = world.register(date(2026, 8, 1)).petition
    world.assign(petition, date(2026, 8, 2), "a")
    return take(office, campaign, petition)


def take(office: Office, campaign: m.Campaign, petition: m.Petition, reason: str = "") -> m.CampaignCase:
    return campaign_ledger.take(office.session, office.actor("clerk"), campaign, [petition.id], reason=reason)[0]


def edit(office: Office, row: m.CampaignCase, username: str = "clerk", **values: Any) -> m.CampaignCase:
    return campaign_ledger.edit(office.session, office.actor(username), row, values)


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        ("year", {"duties": 4, "milestones": 4, "columns": 4, "phases": 3, "demands": 5}),
        ("assigned", {"closing_points": 6, "phases": 3}),
        ("three_stages", {"phases": 3, "report_day": 20, "closing_points": 4}),
        ("strike_off", {"strike_months": 6, "target_per_leader": 2, "closing_points": 5}),
        ("reception", {"phases": 3, "members": 4}),
        ("own", {"phases": 1}),
    ],
)
def test_templates_hold_what_the_sources_ask_for(key: str, holds: dict[str, int]) -> None:
    """S2a–S2e: four duties and kinds of demand, six haves, three signatures, half-year limit, inspectors' faults."""
    draft = rules.draft(key, date(2026, 5, 1))
    draft["demands"] = next((one["choices"] for one in draft["columns"] if one["label"] == "诉求性质"), [])
    for name, expected in holds.items():
        found = draft[name]
        assert (found if isinstance(found, int) else len(found)) == expected, name


def test_six_months_in_three_phases_with_three_signatures() -> None:
    """S2c: three phases over six months; who signs, and never a pledge from the petitioner (§3)."""
    draft = rules.draft("three_stages", date(2025, 12, 1))
    assert (draft["starts_on"], draft["ends_on"]) == (date(2025, 12, 1), date(2026, 5, 31))
    assert draft["closing_points"][1:] == ["承办人签字", "包案领导签字", "一把手签字"]
    everything = str([rules.draft(one.key, date(2026, 1, 1))["closing_points"] for one in rules.TEMPLATES])
    assert "保证书" not in everything


@pytest.mark.parametrize(
    ("contents", "parts"),
    [
        ("传达部署情况，实施方案；台账。", ["传达部署情况", "实施方案", "台账"]),
        ("包案、包查情况", ["包案、包查情况"]),
        (None, []),
        ("，，", []),
    ],
)  # fmt: skip
def test_parts_of_a_report(contents: str | None, parts: list[str]) -> None:
    assert rules.parts_of(contents) == parts


@pytest.mark.parametrize(
    ("led_on", "limit"),
    [(date(2026, 3, 10), date(2026, 9, 10)), (date(2026, 8, 31), date(2027, 2, 28)), (date(2026, 12, 1), date(2027, 6, 1))],
)  # fmt: skip
def test_half_a_year(led_on: date, limit: date) -> None:
    assert rules.half_year(led_on, 6) == limit


@pytest.mark.db
def test_the_scope_asks_for_spans_senders_and_disputes(office: Office, world: World, campaign: m.Campaign) -> None:
    """G1: 三跨三分离 as tags, who handed it down, what came out of the ledger of disputes."""
    split = world.register(date(2026, 8, 1), demand="人户分离的").petition
    world.register(date(2026, 8, 2), demand="市里交办", level_from=Level.CITY, sender="市信访局")
    quarrel = world.register(date(2026, 8, 3), demand="排查来的").petition
    tags.put(office.session, office.actor("clerk"), split, "人户分离")
    office.session.add(
        m.Dispute(
            number="JF1",
            unit=office.unit("a"),
            found_on=START,
            cause="邻里",
            place="河东村",
            petition=quarrel,
            state="turned",
        )
    )
    office.session.flush()
    for scope, expected in (
        (Scope(spans=("人户分离", "跨部门")), ["人户分离的"]),
        (Scope(senders=("信访局",)), ["市里交办"]),
        (Scope(only_disputes=True), ["排查来的"]),
    ):
        statement = campaign_ledger.propose(office.actor("clerk"), campaign, scope)
        assert [one.demand for one in office.session.scalars(statement)] == expected
        assert rules.scope_of(scope.stored()) == scope
    assert take(office, campaign, quarrel).source is LedgerSource.DISPUTE


def test_a_strange_span_is_refused(office: Office) -> None:
    with pytest.raises(RuleBroken, match="没有“跨行星”"):
        made(office, scope=Scope(spans=("跨行星",)))


def test_the_leading_group_keeps_its_order(office: Office) -> None:
    named = ((GroupRole.HEAD, "赵明"), (GroupRole.DEPUTY, "钱"))
    members = [{"role": role, "name": name, "post": None, "duties": "调度"} for role, name in named]
    campaign = made(office, members=members)
    assert [(one.role, one.name) for one in campaign.members] == [(GroupRole.HEAD, "赵明"), (GroupRole.DEPUTY, "钱")]
    campaigns.save(
        office.session,
        office.actor("office_head"),
        Plan("积案化解", "镇党委", START, END, members=members[1:]),
        campaign,
    )
    assert [one.name for one in campaign.members] == ["钱"]


@pytest.mark.db
def test_the_base_list_is_frozen_and_what_moves_is_apart(
    office: Office, world: World, campaign: m.Campaign, row: m.CampaignCase
) -> None:
    """Issue 5 point 4: frozen on a day; later entries and removals with their reason."""
    head = office.actor("office_head")
    assert campaign_base.freeze(office.session, head, campaign) == 1
    assert (row.is_base, campaign.frozen_on) == (True, office.today)
    other = world.register(date(2026, 8, 5)).petition
    with pytest.raises(RuleBroken) as no:
        take(office, campaign, other)
    assert no.value.field == "reason"
    later = take(office, campaign, other, "市里新交办")
    edit(office, row, state=LedgerState.REMOVED, removed_reason="并案")
    moved = campaign_base.movement(office.session, head, campaign)
    assert (moved.base, moved.later, moved.removed) == (1, [later], [row])
    assert (later.entered_reason, row.removed_on) == ("市里新交办", office.today)
    with pytest.raises(RuleBroken, match="不能再冻结"):
        campaign_base.freeze(office.session, head, campaign)


def test_an_empty_ledger_is_not_frozen(office: Office, campaign: m.Campaign) -> None:
    with pytest.raises(RuleBroken, match="还没有事项"):
        campaign_base.freeze(office.session, office.actor("office_head"), campaign)
    with pytest.raises(gate.Forbidden):
        campaign_base.freeze(office.session, office.actor("clerk"), campaign)


@pytest.mark.db
def test_unresolved_rows_are_carried_over(
    office: Office, world: World, campaign: m.Campaign, row: m.CampaignCase
) -> None:
    """Issue 5 point 4: linked both ways, own columns of one name and kind go along; resolved rows stay."""
    done = take(office, campaign, world.register(date(2026, 8, 9)).petition)
    edit(office, done, state=LedgerState.RESOLVED, progress="好")
    campaign_columns.write(office.session, row, campaign.own_columns[3], "过高")
    campaign_columns.write(office.session, row, campaign.own_columns[1], Decimal(300))
    columns = [COLUMNS[3], {"label": "救助金额", "kind": ColumnKind.TEXT, "choices": []}]
    following = made(office, name="下一期", starts_on=date(2027, 3, 1), ends_on=date(2027, 8, 31), columns=columns)
    head = office.actor("office_head")
    (copy,) = campaign_base.carry_over(office.session, head, campaign, following)
    assert (copy.source, copy.carried_from, row.carried_to) == (LedgerSource.CARRIED, row, copy)
    assert (copy.unit_id, copy.due_on) == (row.unit_id, date(2027, 8, 31))
    assert list(campaign_columns.said(office.session, [copy.id])[copy.id].values()) == ["过高"]
    with pytest.raises(RuleBroken, match="没有未化解又未结转"):
        campaign_base.carry_over(office.session, head, campaign, following)
    for wrong in ((campaign, campaign), (following, campaign)):
        with pytest.raises(RuleBroken) as no:
            campaign_base.carry_over(office.session, head, *wrong)
        assert no.value.field == "to"


@pytest.mark.parametrize(
    ("nth", "typed", "stored"),
    [
        (0, " 李四 ", "李四"),
        (1, "1,200.50", Decimal("1200.50")),
        (2, "2026-10-08", date(2026, 10, 8)),
        (3, "合理", "合理"),
        (1, "  ", None),
    ],
)
def test_values_are_typed(office: Office, campaign: m.Campaign, nth: int, typed: str, stored: Any) -> None:
    assert campaign_columns.read(campaign.own_columns[nth], typed) == stored


@pytest.mark.parametrize(
    ("nth", "typed", "said"),
    [
        (0, "长" * 301, "最多 300 个字"),
        (1, "许多", "不是数字"),
        (1, "NaN", "不是数字"),
        (1, "1.234", "不是数字"),
        (1, "1" * 20, "不是数字"),
        (2, "下周", "不是日期"),
        (2, "0001-01-01", "不是日期"),
        (3, "别的", "没有“别的”这一项"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    office: Office, campaign: m.Campaign, nth: int, typed: str, said: str
) -> None:
    """Bad input: the sentence names the column and says what to write."""
    with pytest.raises(RuleBroken, match=said) as no:
        campaign_columns.read(campaign.own_columns[nth], typed)
    assert no.value.message.startswith(f"{campaign.own_columns[nth].label}：")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([{"label": "甲", "kind": ColumnKind.CHOICE, "choices": []}], "要写出选项"),
        ([{"label": "甲", "kind": ColumnKind.TEXT, "choices": ["一"]}], "要写出选项"),
        ([COLUMNS[0], COLUMNS[0]], "写了两次"),
        ([{"label": f"栏{n}", "kind": ColumnKind.TEXT, "choices": []} for n in range(13)], "最多 12 栏"),
        ([COLUMNS[0] | {"kind": ColumnKind.NUMBER}, *COLUMNS[1:]], "不能改类型"),
        ([*COLUMNS[:3], COLUMNS[3] | {"choices": ["合理"]}], "选项“过高”台账中已用"),
        (COLUMNS[:3], "不能删去"),
    ],
)
def test_own_columns_that_cannot_be(
    office: Office, campaign: m.Campaign, row: m.CampaignCase, columns: list[dict[str, Any]], said: str
) -> None:
    campaign_columns.write(office.session, row, campaign.own_columns[0], "李四")
    campaign_columns.write(office.session, row, campaign.own_columns[3], "过高")
    office.session.flush()
    plan = Plan("积案化解", "镇党委", START, END, columns=columns)
    with pytest.raises(RuleBroken, match=said):
        campaigns.save(office.session, office.actor("office_head"), plan, campaign)


@pytest.mark.db
@pytest.mark.parametrize(
    ("nth", "value", "wanted", "other"),
    [
        (0, "李四", "李", "张"),
        (1, Decimal("12.5"), "10..20", "13..20"),
        (2, date(2026, 10, 8), "2026-10-01..2026-10-31", "2026-11-01.."),
        (3, "过高", "过高", "合理"),
    ],
)
def test_own_columns_filter(
    office: Office, campaign: m.Campaign, row: m.CampaignCase, nth: int, value: Any, wanted: str, other: str
) -> None:
    column = campaign.own_columns[nth]
    campaign_columns.write(office.session, row, column, value)
    office.session.flush()

    def found(asked: str) -> int:
        statement = campaign_ledger.rows(office.actor("clerk"), campaign.id).where(
            campaign_columns.holding(column, asked)
        )
        return len(list(office.session.scalars(statement)))

    assert (found(wanted), found(other), found("none"), found("²..²" if nth in (1, 2) else "²")) == (1, 0, 0, 0)


def fill(office: Office, row: m.CampaignCase, texts: dict[str, str], username: str = "clerk", version: str = "") -> int:
    versions = {row.id: version or str(row.version)}
    return ledger_fill.fill(office.session, office.actor(username), row.campaign, {row.id: texts}, versions)


@pytest.mark.db
def test_cells_are_filled_in_place(office: Office, campaign: m.Campaign, row: m.CampaignCase) -> None:
    """Issue 5 point 4: edited in place; only what differs is written."""
    choice, number = (campaign_columns.key(campaign.own_columns[nth]) for nth in (3, 1))
    texts = {
        "unit_id": "民政办", "leader_id": str(office.leader("a")), "measures": "一案一策", "due_on": "2026-12-31", "progress": "已见面",
        "state": "doing", "scheme": "民生问题类", "responsible": "郑伟", choice: "合理", number: "20",
    }  # fmt: skip
    assert fill(office, row, texts) == 1
    assert (row.unit_id, row.leader_id) == (office.unit("b").id, office.leader("a").id)
    assert (row.due_on, row.state, row.measures) == (date(2026, 12, 31), LedgerState.DOING, "一案一策")
    assert (row.led_on, row.strike_by) == (office.today, rules.half_year(office.today, 6))
    assert list(campaign_columns.said(office.session, [row.id])[row.id].values()) == [Decimal(20), "合理"]
    office.session.expire_all()
    assert fill(office, row, texts) == 0


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("unit_id", "没有的单位", "没有“没有的单位”"),
        ("leader_id", "某某", "没有“某某”"),
        ("due_on", "明年", "不是日期"),
        ("state", "removed", "移出台账请在这件的页面"),
        ("state", "resolved", "须写明怎样化解"),
        ("scheme", "别的类", "没有“别的类”"),
        ("measures", "长" * 501, "最多 500 个字"),
    ],
)
def test_a_wrong_cell_stops_the_page(office: Office, row: m.CampaignCase, name: str, typed: str, said: str) -> None:
    """Bad input: the sentence names the row, the field says which cell."""
    with pytest.raises(RuleBroken, match=said) as no:
        fill(office, row, {"responsible": "郑伟", name: typed})
    assert str(no.value.field).startswith(f"r{row.id}-")


def test_filling_an_old_page_or_anothers_row_is_refused(office: Office, row: m.CampaignCase) -> None:
    with pytest.raises(Stale):
        fill(office, row, {"progress": "旧页"}, version="99")
    assert fill(office, row, {"progress": ""}, version="99") == 0
    assert fill(office, row, {"progress": "已见面", "unit_id": "民政办"}, "handler_a") == 1
    assert row.unit_id == office.unit("a").id
    with pytest.raises(RuleBroken, match="已不在台账中"):
        fill(office, row, {"progress": "改"}, "handler_b")


@pytest.fixture
def resolved(office: Office, row: m.CampaignCase) -> m.CampaignCase:
    return edit(office, row, state=LedgerState.RESOLVED, progress="已兑现", leader_id=office.leader("a").id)


def ask(office: Office, row: m.CampaignCase, username: str = "clerk", **said: Any) -> m.StrikeOff:
    words = {"reason": "已办结", "points": POINTS, "without_file": "法院已判决，不经结案审查"} | said
    return strike_offs.ask(office.session, office.actor(username), row, **words)


@pytest.mark.db
def test_a_row_is_struck_off_by_two(office: Office, resolved: m.CampaignCase) -> None:
    """G5: asked with a reason, approved by another; locked afterwards; taken back with why."""
    ask(office, resolved, "handler_a")
    head = office.actor("office_head")
    assert [one.row for one in strike_offs.waiting(office.session, head)] == [resolved]
    strike_offs.answer(office.session, head, resolved, is_approved=True)
    assert resolved.struck_off_on == office.today
    assert strike_offs.waiting(office.session, head) == []
    again = (
        lambda: edit(office, resolved, progress="再改"),
        lambda: fill(office, resolved, {"progress": "再改"}),
        lambda: ask(office, resolved),
    )
    for action in again:
        with pytest.raises(RuleBroken, match="销号"):
            action()
    with pytest.raises(RuleBroken, match="撤回理由"):
        strike_offs.undo(office.session, head, resolved, " ")
    strike_offs.undo(office.session, head, resolved, "信访人又来访")
    assert edit(office, resolved, progress="重新办理", state=LedgerState.DOING).struck_off_on is None


@pytest.mark.parametrize(
    ("said", "field"),
    [({"reason": " "}, "reason"), ({"reason": "长" * 501}, "reason"), ({"points": POINTS[:1]}, "points"), ({"points": []}, "points"),
     ({"without_file": " "}, "without_file"), ({"without_file": "长" * 301}, "without_file")],
)  # fmt: skip
def test_what_cannot_be_asked(office: Office, resolved: m.CampaignCase, said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        ask(office, resolved, **said)
    assert no.value.field == field


def test_who_strikes_off(office: Office, row: m.CampaignCase, resolved: m.CampaignCase) -> None:
    """§4: the office head or the leader in charge approves, never who asked; an open row is not struck off."""
    ask(office, resolved, "office_head")
    with pytest.raises(RuleBroken, match="不能批准自己"):
        strike_offs.answer(office.session, office.actor("office_head"), resolved, is_approved=True)
    for username in ("clerk", "handler_a", "unit_head_a", "leader_a"):
        with pytest.raises(gate.Forbidden):
            strike_offs.answer(office.session, office.actor(username), resolved, is_approved=True)
    charge = office.actor("leader_in_charge")
    with pytest.raises(RuleBroken, match="退回理由"):
        strike_offs.answer(office.session, charge, resolved, is_approved=False)
    assert strike_offs.answer(office.session, charge, resolved, is_approved=False, words="缺回访").approved is False
    edit(office, resolved, state=LedgerState.DOING)
    with pytest.raises(RuleBroken, match="已化解的才能申请"):
        ask(office, resolved)
    with pytest.raises(gate.Forbidden):
        ask(office, resolved, "handler_b")


@pytest.mark.db
def test_each_leader_has_his_list(office: Office, world: World, campaign: m.Campaign) -> None:
    """G5: closed, due, behind per leader; the limit runs from the day he took it and another leader does not move it."""
    limits = [None, office.today, date(2026, 11, 1), date(2027, 5, 1)]
    rows = []
    for limit in limits:
        one = take(office, campaign, world.register(date(2026, 8, 1)).petition)
        edit(office, one, leader_id=office.leader("a").id)
        if limit:
            one.strike_by = limit
        rows.append(one)
    edit(office, rows[0], state=LedgerState.RESOLVED, progress="好")
    ask(office, rows[0])
    strike_offs.answer(office.session, office.actor("office_head"), rows[0], is_approved=True)
    campaign.target_per_leader = 2
    (line,) = strike_offs.by_leader(office.session, office.actor("office_head"), campaign)
    assert (line.leader.id, line.total, line.closed, line.due, line.behind) == (office.leader("a").id, 4, 1, 1, 1)
    assert (line.rate, line.light, line.target) == (25.0, "late", 2)
    was = rows[3].strike_by
    assert edit(office, rows[3], leader_id=office.leader("b").id).strike_by == was
    guarded = rows[2].petition
    guarded.is_secret = True
    office.session.flush()
    assert strike_offs.by_leader(office.session, office.actor("office_head"), campaign)[0].behind == 0
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.StrikeOff)) == 1
