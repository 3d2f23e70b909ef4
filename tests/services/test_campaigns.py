"""Campaigns: templates, scope, ledger, monthly table, reports due (G1–G4)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules import campaigns as rules
from rules.campaigns import Scope
from rules.words import LedgerSource, LedgerState, Level, Purpose, RespondentKind, RuleBroken
from services import campaign_counts, campaign_ledger, campaigns, gate, milestone_reports, monthly_reports
from services.campaigns import Plan
from services.registration import Accused
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

START, END = date(2026, 9, 1), date(2027, 2, 28)
SCHEMES = ["民生问题类", "历史遗留问题类"]


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    return campaigns.save(office.session, office.actor("office_head"), plan())


def plan(**changes: Any) -> Plan:
    phases = [{"name": "动员部署", "starts_on": START, "ends_on": date(2026, 9, 30)}]
    owed = [{"name": "阶段小结", "due_on": date(2026, 11, 10), "contents": "进展"}]
    facts = {"schemes": SCHEMES, "target_resolved": 90, "phases": phases, "milestones": owed}
    return Plan(**({"name": "积案化解", "body": "镇党委", "starts_on": START, "ends_on": END} | facts | changes))


def proposed(office: Office, campaign: m.Campaign, scope: Scope | None = None, username: str = "clerk") -> list[str]:
    statement = campaign_ledger.propose(office.actor(username), campaign, scope)
    return [petition.demand for petition in office.session.scalars(statement)]


def take(
    office: Office, campaign: m.Campaign, *petitions: m.Petition, scheme: str | None = None
) -> list[m.CampaignCase]:
    ids = [petition.id for petition in petitions]
    return campaign_ledger.take(office.session, office.actor("clerk"), campaign, ids, scheme)


@pytest.mark.parametrize(
    ("month", "due_on"), [(1, date(2026, 11, 1)), (9, date(2027, 8, 31)), (11, date(2027, 10, 31))]
)
def test_the_summing_up_is_the_last_report(month: int, due_on: date) -> None:
    """G3: a campaign that begins late in the year does not owe its 活动总结 before anything was done."""
    owed = rules.draft("year", date(2026, month, 1))["milestones"]
    assert (owed[-1]["name"], owed[-1]["due_on"]) == ("活动总结", due_on)
    assert max(one["due_on"] for one in owed) == due_on


@pytest.mark.parametrize("template", [template.key for template in rules.TEMPLATES])
@pytest.mark.parametrize("first_day", [date(2026, 1, 1), date(2026, 6, 15), date(2027, 12, 31)])
def test_every_template_is_a_valid_campaign(office: Office, template: str, first_day: date) -> None:
    """G1, G3, A4: the sources' plans as ready-made first fillings, whatever month they begin in."""
    draft = rules.draft(template, first_day)
    scope = rules.scope_of(draft.pop("scope"))
    made = campaigns.save(office.session, office.actor("office_head"), Plan(body="镇党委", scope=scope, **draft))
    assert (made.phases[0].starts_on, made.phases[-1].ends_on) == (made.starts_on, made.ends_on)


def test_the_year_of_cases_has_its_four_reports() -> None:
    """G3: 6-10, 7-10, 8-20, 11-1 of S2a."""
    owed = rules.draft("year", date(2026, 1, 1))["milestones"]
    assert [row["due_on"] for row in owed] == [
        date(2026, 6, 10), date(2026, 7, 10), date(2026, 8, 20), date(2026, 11, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"body": ""}, "body"),
        ({"ends_on": date(2026, 8, 31)}, "ends_on"),
        ({"ends_on": date(2040, 8, 31)}, "ends_on"),
        ({"target_resolved": 101}, "target_resolved"),
        ({"target_closed": -1}, "target_closed"),
        ({"report_day": 31}, "report_day"),
        ({"schemes": ["长" * 61]}, "schemes"),
        ({"scope": Scope(years=99)}, "years"),
        ({"scope": Scope(unit_ids=(987654,))}, "unit_ids"),
        ({"phases": [{"name": "一", "starts_on": END, "ends_on": START}]}, "phases"),
        ({"phases": [{"name": "一", "starts_on": date(2026, 8, 1), "ends_on": START}]}, "phases"),
        ({"milestones": [{"name": "一", "due_on": date(2028, 1, 1), "contents": None}]}, "milestones"),
    ],
)
def test_a_wrong_campaign_is_refused(office: Office, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        campaigns.save(office.session, office.actor("office_head"), plan(**changes))
    assert no.value.field == field


def test_two_campaigns_need_two_names(office: Office, campaign: m.Campaign) -> None:
    with pytest.raises(RuleBroken, match="已有同名"):
        campaigns.save(office.session, office.actor("office_head"), plan())
    assert campaigns.save(office.session, office.actor("office_head"), plan(report_day=5), campaign).report_day == 5


def test_only_the_office_head_sets_up(office: Office) -> None:
    for username in ("clerk", "unit_head_a", "leader_a", "statistician"):
        with pytest.raises(gate.Forbidden):
            campaigns.save(office.session, office.actor(username), plan())


def test_phases_and_reports_change_with_the_form(office: Office, campaign: m.Campaign) -> None:
    """G1: fewer, more and other phases; a report already sent cannot be taken away."""
    head = office.actor("office_head")
    phases = [
        {"name": "排查", "starts_on": START, "ends_on": date(2026, 10, 31)},
        {"name": "化解", "starts_on": date(2026, 11, 1), "ends_on": END},
    ]
    campaigns.save(office.session, head, plan(phases=phases), campaign)
    assert [phase.name for phase in campaign.phases] == ["排查", "化解"]
    campaigns.save(office.session, head, plan(phases=phases[:1]), campaign)
    assert [phase.name for phase in campaign.phases] == ["排查"]
    milestone_reports.send(office.session, head, campaign.milestones[0], {"进展": "已建账"})
    with pytest.raises(RuleBroken, match="已报送，不能删除"):
        campaigns.save(office.session, head, plan(milestones=[]), campaign)


@pytest.mark.db
def test_the_scope_proposes_what_it_says(office: Office, world: World, campaign: m.Campaign) -> None:
    """G1: look-back years, channel, open or repeated, unit, who handed it down."""
    world.register(date(2021, 9, 1), demand="正好五年", is_carried_over=True)
    world.register(date(2021, 8, 31), demand="五年以前", is_carried_over=True)
    visit = world.register(date(2026, 8, 1), demand="来访", channel="visit").petition
    world.register(date(2026, 8, 2), demand="再来", joins=visit)
    assigned = world.register(date(2026, 8, 3), demand="交办过").petition
    world.assign(assigned, date(2026, 8, 4), "b")
    world.register(date(2026, 8, 5), demand="上级交办的", level_from=Level.CITY)
    closed = world.register(date(2026, 8, 6), demand="已办结").petition
    for step, day in ((world.assign, 7), (world.accept, 8), (world.reply, 9), (world.close, 10)):
        step(closed, date(2026, 8, day))
    unit = office.unit("b").id
    cases: list[tuple[Scope, list[str]]] = [
        (Scope(), ["正好五年", "来访", "交办过", "上级交办的"]),
        (Scope(years=0), ["五年以前", "正好五年", "来访", "交办过", "上级交办的"]),
        (Scope(channels=("visit",)), ["来访"]),
        (Scope(only_repeated=True), ["来访"]),
        (Scope(unit_ids=(unit,)), ["交办过"]),
        (Scope(levels=(Level.CITY, Level.STATE)), ["上级交办的"]),
        (Scope(only_open=False, years=1), ["来访", "交办过", "上级交办的", "已办结"]),
    ]
    for scope, expected in cases:
        assert proposed(office, campaign, scope) == expected, scope
        assert rules.scope_of(scope.stored()) == scope


def guarded(world: World, kind: str) -> m.Petition:
    if kind == "secret":
        return world.register(date(2026, 8, 1), is_secret=True).petition
    accused = Accused(RespondentKind.UNIT, world.office.unit("b").id, "民政办")
    return world.register(date(2026, 8, 1), purpose=Purpose.REPORT, respondents=[accused]).petition


@pytest.mark.parametrize("kind", ["secret", "report"])
@pytest.mark.parametrize("username", ["office_head", "clerk", "system"])
def test_guarded_matters_are_never_proposed_or_taken(
    office: Office, world: World, campaign: m.Campaign, kind: str, username: str
) -> None:
    """§3: guarded matters are in no ledger."""
    petition = guarded(world, kind)
    assert proposed(office, campaign, username=username) == []
    with pytest.raises(RuleBroken, match="找不到"):
        campaign_ledger.take(office.session, office.actor(username), campaign, [petition.id])


def test_a_matter_that_becomes_guarded_leaves_the_ledger(office: Office, world: World, campaign: m.Campaign) -> None:
    (row,) = take(office, campaign, world.register(date(2026, 8, 1)).petition)
    row.petition.is_secret = True
    office.session.flush()
    head = office.actor("office_head")
    assert list(office.session.scalars(campaign_ledger.rows(head, campaign.id))) == []
    assert campaign_counts.parts(office.session, head, campaign) == []
    assert campaign_counts.tallies(office.session, head) == {}
    assert monthly_reports.preview(office.session, head, campaign, "2026-11")["cases"] == []
    with pytest.raises(gate.NotHere):
        campaign_ledger.find(office.session, head, row.id)


def test_taking_starts_from_the_matter(office: Office, world: World, campaign: m.Campaign) -> None:
    """G2: source, document number, unit, person and leader are the matter's own at first."""
    petition = world.register(date(2026, 8, 1), level_from=Level.CITY, source_number="市信〔2026〕7号").petition
    world.assign(petition, date(2026, 8, 2), "a")
    world.accept(petition, date(2026, 8, 3))
    case = m.Case(number="BA1", petition=petition, leader=office.leader("a"), assigned_on=date(2026, 8, 4))
    office.session.add(case)
    office.session.flush()
    (row,) = take(office, campaign, petition, scheme="民生问题类")
    assert (row.source, row.source_number) == (LedgerSource.HANDED_DOWN, "市信〔2026〕7号")
    assert (row.unit_id, row.responsible, row.leader_id) == (office.unit("a").id, "郑伟", office.leader("a").id)
    assert (row.due_on, row.state, row.scheme, row.entered_on) == (END, LedgerState.OPEN, "民生问题类", office.today)


def test_what_cannot_be_taken(office: Office, world: World, campaign: m.Campaign) -> None:
    """All or none: one that is in already stops the others."""
    first, second = (world.register(date(2026, 8, day)).petition for day in (1, 2))
    take(office, campaign, first)
    for ids, scheme, field in (
        ([], None, "petition_ids"),
        ([first.id, second.id], None, "petition_ids"),
        ([second.id, 987654], None, "petition_ids"),
        ([second.id], "别的类", "scheme"),
        (range(1, 600), None, "petition_ids"),
    ):
        with pytest.raises(RuleBroken) as no:
            campaign_ledger.take(office.session, office.actor("clerk"), campaign, ids, scheme)
        assert no.value.field == field
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.CampaignCase)) == 1
    with pytest.raises(gate.Forbidden):
        campaign_ledger.take(office.session, office.actor("handler_a"), campaign, [second.id])


@pytest.fixture
def row(office: Office, world: World, campaign: m.Campaign) -> m.CampaignCase:
    petition = world.register(date(2026, 8, 1)).petition
    world.assign(petition, date(2026, 8, 2), "a")
    return take(office, campaign, petition)[0]


def edit(office: Office, row: m.CampaignCase, username: str, **values: Any) -> m.CampaignCase:
    return campaign_ledger.edit(office.session, office.actor(username), row, values)


def test_a_unit_writes_its_own_part_only(office: Office, row: m.CampaignCase) -> None:
    """G2, C4: unit staff write progress of their own rows; unit, leader and limit stay the office's."""
    edit(
        office, row, "handler_a", progress="已见面", state=LedgerState.DOING, unit_id=office.unit("b").id, due_on=START
    )
    assert (row.progress, row.state) == ("已见面", LedgerState.DOING)
    assert (row.unit_id, row.due_on) == (office.unit("a").id, END)
    for username in ("handler_b", "unit_head_b", "leader_a", "statistician", "inspector"):
        with pytest.raises(gate.Forbidden):
            edit(office, row, username, progress="改")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"state": LedgerState.RESOLVED}, "progress"),
        ({"state": LedgerState.RESOLVED, "progress": "好", "resolved_on": date(2026, 12, 1)}, "resolved_on"),
        ({"state": LedgerState.REMOVED}, "removed_reason"),
        ({"scheme": "别的类"}, "scheme"),
    ],
)
def test_wrong_rows_are_refused(office: Office, row: m.CampaignCase, values: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        edit(office, row, "clerk", **values)
    assert no.value.field == field


def test_a_unit_cannot_take_a_row_off(office: Office, row: m.CampaignCase) -> None:
    with pytest.raises(RuleBroken, match="由信访办办理"):
        edit(office, row, "unit_head_a", state=LedgerState.REMOVED)


def test_states_keep_their_dates_straight(office: Office, row: m.CampaignCase) -> None:
    edit(office, row, "handler_a", state=LedgerState.RESOLVED, progress="已修复")
    assert row.resolved_on == office.today
    edit(office, row, "clerk", state=LedgerState.DOING)
    assert row.resolved_on is None
    edit(office, row, "clerk", state=LedgerState.REMOVED, removed_reason="重复列入")
    edit(office, row, "clerk", state=LedgerState.OPEN)
    assert row.removed_reason is None


@pytest.mark.db
def test_parts_have_their_light(office: Office, world: World, campaign: m.Campaign) -> None:
    """G2: by unit with red, amber, green; removed rows do not count."""
    dues = {
        "a": [date(2026, 11, 20), date(2026, 11, 21), None],
        "b": [date(2026, 11, 28), date(2026, 12, 31)],
        "a1": [END, END],
    }
    for unit, days in dues.items():
        for due_on in days:
            petition = world.register(date(2026, 8, 1)).petition
            (row,) = take(office, campaign, petition)
            edit(office, row, "clerk", unit_id=office.unit(unit).id, due_on=due_on)
    edit(office, row, "clerk", state=LedgerState.RESOLVED, progress="好", source=LedgerSource.HANDED_DOWN)
    (gone,) = take(office, campaign, world.register(date(2026, 8, 1)).petition)
    edit(office, gone, "clerk", state=LedgerState.REMOVED, removed_reason="重复")
    found = campaign_counts.parts(office.session, office.actor("office_head"), campaign)
    assert [(part.label, part.total, part.late, part.soon, part.light) for part in found] == [
        ("城建办", 3, 1, 1, "late"), ("河东村", 2, 0, 0, "ok"), ("民政办", 2, 0, 1, "soon"),
    ]  # fmt: skip
    (whole,) = campaign_counts.parts(office.session, office.actor("office_head"), campaign, "all")
    assert (whole.total, whole.resolved, whole.rate, whole.closed_rate) == (7, 1, 14.3, 100.0)
    assert campaign_counts.tallies(office.session, office.actor("office_head")) == {campaign.id: (7, 1)}


def test_a_unit_counts_its_own_rows(office: Office, world: World, campaign: m.Campaign, row: m.CampaignCase) -> None:
    petition = world.register(date(2026, 8, 1)).petition
    world.assign(petition, date(2026, 8, 2), "b")
    take(office, campaign, petition)
    assert campaign_counts.tallies(office.session, office.actor("handler_a")) == {campaign.id: (1, 0)}


@pytest.fixture
def three(office: Office, world: World, campaign: m.Campaign) -> list[m.CampaignCase]:
    """Entered in September, resolved in October; entered in October, resolved in November; open and overdue."""
    made = []
    for entered, resolved, due_on in (
        (date(2026, 9, 5), date(2026, 10, 3), END),
        (date(2026, 10, 9), date(2026, 11, 2), END),
        (date(2026, 9, 6), None, date(2026, 10, 15)),
    ):
        petition = world.register(date(2026, 8, 1)).petition
        world.assign(petition, date(2026, 8, 2), "a")
        (row,) = take(office, campaign, petition, scheme="民生问题类")
        row.entered_on, row.due_on, row.progress = entered, due_on, "办理中"
        if resolved:
            row.state, row.resolved_on = LedgerState.RESOLVED, resolved
        made.append(row)
    office.session.flush()
    return made


@pytest.mark.parametrize(
    ("month", "found", "added", "resolved", "resolved_all", "open_", "late", "rate"),
    [("2026-09", 2, 2, 0, 0, 2, 0, 0.0), ("2026-10", 3, 1, 1, 1, 2, 1, 33.3), ("2026-11", 3, 0, 1, 2, 1, 1, 66.7)],
)
def test_the_monthly_table_counts_as_of_its_month(
    office: Office, campaign: m.Campaign, three: list[m.CampaignCase],
    month: str, found: int, added: int, resolved: int, resolved_all: int, open_: int, late: int, rate: float,
) -> None:  # fmt: skip
    """G4: per unit and category, as the ledger stood at the month's end."""
    body = monthly_reports.preview(office.session, office.actor("statistician"), campaign, month)
    (line,) = body["rows"]
    expected = {"unit": "城建办", "found": found, "added": added, "resolved": resolved}
    expected |= {"resolved_all": resolved_all, "open": open_, "late": late, "rate": rate}
    assert {name: line[name] for name in expected} == expected
    assert line["schemes"] == {"民生问题类": [found, resolved_all], "历史遗留问题类": [0, 0]}
    assert body["total"] == line | {"unit": "合计"}
    assert len(body["cases"]) == found
    assert {case["progress"] for case in body["cases"]} == {"办理中"}


@pytest.mark.db
def test_a_table_stays_as_it_was_sent(office: Office, campaign: m.Campaign, three: list[m.CampaignCase]) -> None:
    """G4: frozen as sent, who and when; sent again it is a new edition and the old one stays."""
    head = office.actor("office_head")
    sent = monthly_reports.send(office.session, head, campaign, "2026-10")
    body = dict(sent.body)
    edit(office, three[2], "clerk", progress="后来改的", state=LedgerState.RESOLVED, resolved_on=date(2026, 10, 20))
    again = monthly_reports.send(office.session, head, campaign, "2026-10", "漏报一件已化解的")
    office.session.expire_all()
    assert monthly_reports.find(office.session, head, sent.id).body == body
    assert (sent.edition, again.edition, sent.sent_on) == (1, 2, office.today)
    assert body["preparer"] == "何平"
    assert again.body["total"]["resolved_all"] == body["total"]["resolved_all"] + 1


def test_a_month_is_sent_once(office: Office, campaign: m.Campaign, three: list[m.CampaignCase]) -> None:
    """G4: sent twice it is refused; only a correction that says why becomes a second edition."""
    head = office.actor("office_head")
    monthly_reports.send(office.session, head, campaign, "2026-10")
    for reason in ("", "  ", "长" * 301):
        with pytest.raises(RuleBroken) as no:
            monthly_reports.send(office.session, head, campaign, "2026-10", reason)
        assert no.value.field == "correction"
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.MonthlyReport)) == 1
    assert monthly_reports.send(office.session, head, campaign, "2026-10", "漏报").correction == "漏报"


@pytest.mark.parametrize("month", ["2026-12", "2026-08", "2027-03", "2026-13", "乱写", ""])
def test_months_that_have_no_table(office: Office, campaign: m.Campaign, month: str) -> None:
    with pytest.raises(RuleBroken) as no:
        monthly_reports.send(office.session, office.actor("office_head"), campaign, month)
    assert no.value.field == "month"


def test_a_frozen_table_is_hidden_from_the_accused(
    office: Office, campaign: m.Campaign, three: list[m.CampaignCase]
) -> None:
    """§3: a listed matter became a complaint about the inspector: he may not read that table."""
    sent = monthly_reports.send(office.session, office.actor("office_head"), campaign, "2026-10")
    inspector = office.actor("inspector")
    assert monthly_reports.find(office.session, inspector, sent.id)
    petition = three[0].petition
    petition.purpose = Purpose.REPORT
    user = office.user("inspector")
    office.session.add(m.Respondent(petition=petition, kind=RespondentKind.USER, user_id=user.id, name=user.name))
    office.session.flush()
    with pytest.raises(gate.NotHere):
        monthly_reports.find(office.session, inspector, sent.id)
    assert list(office.session.scalars(monthly_reports.rows(office.session, inspector))) == []
    assert monthly_reports.find(office.session, office.actor("office_head"), sent.id)


def test_reports_due(office: Office, campaign: m.Campaign) -> None:
    """G3, G4: what is due and what is late; a sent one is due no more; other roles owe nothing."""

    def due(username: str = "office_head") -> list[tuple[str, date, bool]]:
        found = campaigns.reports_due(office.session, office.actor(username))
        return [(one["label"], one["due_on"], one["is_late"]) for one in found]

    assert due() == [
        ("积案化解 2026年9月情况统计表", date(2026, 9, 20), True),
        ("积案化解 2026年10月情况统计表", date(2026, 10, 20), True),
        ("积案化解 阶段小结", date(2026, 11, 10), True),
        ("积案化解 2026年11月情况统计表", date(2026, 11, 20), True),
    ]
    monthly_reports.send(office.session, office.actor("office_head"), campaign, "2026-09")
    milestone_reports.send(office.session, office.actor("office_head"), campaign.milestones[0], {"进展": "已建账"})
    assert [label for label, _day, _late in due()] == ["积案化解 2026年10月情况统计表", "积案化解 2026年11月情况统计表"]
    assert due("handler_a") == []
    campaign.is_active = False
    office.session.flush()
    assert due() == []


def test_a_milestone_is_sent_once_and_whole(office: Office, campaign: m.Campaign, three: list[m.CampaignCase]) -> None:
    """G3: every required part, figures beside them, frozen with who sent it; a missing part and a second time are refused."""
    head, owed = office.actor("office_head"), campaign.milestones[0]
    owed.contents = "进展，存在问题"
    with pytest.raises(RuleBroken, match="存在问题") as no:
        milestone_reports.send(office.session, head, owed, {"进展": "已建账", "存在问题": " "})
    assert no.value.field == "存在问题"
    sent = milestone_reports.send(office.session, head, owed, {"进展": "已建账", "存在问题": "无"})
    assert (sent.sent_on, sent.sent_by_id, owed.sent_on) == (office.today, head.user_id, office.today)
    assert sent.body["total"]["found"] == 3
    assert len(sent.body["cases"]) == 3
    assert "已化解 2 件" in sent.body["summary"][0]
    with pytest.raises(RuleBroken, match="已于"):
        milestone_reports.send(office.session, head, owed, {"进展": "再报"})
    with pytest.raises(gate.NotHere):
        milestone_reports.find(campaign, 987654)
    with pytest.raises(gate.Forbidden):
        milestone_reports.send(office.session, office.actor("clerk"), owed)


def test_sheets_of_a_table(office: Office, campaign: m.Campaign, three: list[m.CampaignCase]) -> None:
    """G4: as a sheet with categories as groups, totals and whom it goes to."""
    campaign.report_to = "镇党建办"
    body = monthly_reports.preview(office.session, office.actor("office_head"), campaign, "2026-11")
    sheet = monthly_reports.sheet(body)
    assert [column.group for column in sheet.columns][1:5] == ["民生问题类"] * 2 + ["历史遗留问题类"] * 2
    assert sheet.totals["found"] == 3
    assert sheet.totals["rate"] == pytest.approx(0.667)
    assert sheet.remark == "报送：镇党建办"
    cases = list(monthly_reports.cases_sheet(body).rows)
    assert len(cases) == 3


@pytest.mark.parametrize(("late", "soon", "light"), [(1, 0, "late"), (1, 5, "late"), (0, 1, "soon"), (0, 0, "ok")])
def test_lights(late: int, soon: int, light: str) -> None:
    assert rules.light(late, soon) == light


def test_a_leap_day_looks_back() -> None:
    assert rules.looks_back_to(Scope(years=5), date(2028, 2, 29)) == date(2023, 2, 28)


def test_months_of_a_campaign_that_have_begun() -> None:
    assert rules.months_of(date(2025, 11, 15), date(2026, 2, 3), date(2026, 1, 2)) == ["2025-11", "2025-12", "2026-01"]
    assert rules.months_of(date(2026, 1, 1), date(2026, 2, 3), date(2027, 1, 2)) == ["2026-01", "2026-02"]


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(RuleBroken):
        rules.draft("nonsense", START)
