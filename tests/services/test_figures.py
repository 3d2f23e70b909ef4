"""The figures against worlds small enough to count by hand (I1–I3, rules-of-the-office §5)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules import figures as definitions
from rules.periods import around, between
from rules.words import Purpose, RespondentKind, RuleBroken, Satisfaction, VisitMethod
from services import figure_tables, figures, gate, handling
from services.figure_rows import Narrow
from services.registration import Accused, Person
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture
def world(office: Office) -> World:
    return World(office)


def values(office: Office, username: str, start: date, end: date) -> dict[str, tuple[Any, Any, Any]]:
    found = figures.compute(office.session, office.actor(username), None, start, end)
    return {row["name"]: (row["value"], row["numerator"], row["denominator"]) for row in found}


def contacts_of_october(world: World) -> None:
    """Four letters and calls, one visit of 2, one group visit of 5; two of the six are repeats."""
    first = world.register(date(2026, 10, 1)).petition
    world.register(date(2026, 10, 5), joins=first)
    world.register(date(2026, 10, 9), channel="call")
    world.register(date(2026, 10, 31), channel="visit", people_count=2)
    world.register(date(2026, 10, 12), channel="visit", people_count=5)
    world.register(date(2026, 10, 20), joins=first, channel="leader_reception")
    world.register(date(2026, 11, 1))
    world.register(date(2026, 9, 30))


@pytest.mark.db
def test_contacts_are_counted_by_registration_date(office: Office, world: World) -> None:
    """I2: 件(批)次, 批次, 人次; first and repeated; individual and group."""
    contacts_of_october(world)
    found = values(office, "office_head", *OCTOBER)
    expected = {
        "total": (6, 6, None),
        "visit_batches": (3, 3, None),
        "visit_people": (8, 8, None),
        "first": (4, 4, None),
        "repeated": (2, 2, None),
        "individual_visits": (2, 2, None),
        "group_visits": (1, 1, None),
        "group_people": (5, 5, None),
        "repeat_rate": (33.3, 2, 6),
    }
    assert {name: found[name] for name in expected} == expected


def test_the_group_threshold_is_the_offices_own(office: Office, world: World) -> None:
    """A2: from a settable number a visit is a group."""
    contacts_of_october(world)
    office.session.add(m.Setting(key="group_threshold", value=2, valid_from=date(2026, 1, 1)))
    office.session.flush()
    found = values(office, "office_head", *OCTOBER)
    assert (found["group_visits"][0], found["group_people"][0]) == (2, 7)


def test_nothing_to_divide_by_is_no_rate(office: Office) -> None:
    """§5: a zero denominator prints —, never 0 % or 100 %."""
    found = figures.compute(office.session, office.actor("office_head"), None, *OCTOBER)
    rates = [row for row in found if row["unit"] in ("%", "天")]
    assert {row["value"] for row in rates} == {None}
    assert {definitions.written(row["value"], row["unit"]) for row in rates} == {"—"}
    assert {row["value"] for row in found if row not in rates} == {0}


def test_the_contract_of_flask_figures(office: Office) -> None:
    """Design §6: the keys of an entry."""
    (entry,) = figures.compute(office.session, office.actor("system"), "total", *OCTOBER)
    assert entry == {
        "name": "total", "label": "信访总量", "value": 0, "numerator": 0, "denominator": None,
        "unit": "件(批)次", "from": "2026-10-01", "to": "2026-10-31",
    }  # fmt: skip


@pytest.mark.db
def test_timely_acceptance_in_classes(office: Office, world: World) -> None:
    """§5 及时受理率: routed by 登记+15 ÷ all whose +15 falls in the period; carried-over matters have no clock."""
    on_time = world.register(date(2026, 9, 20)).petition  # +15 = 10-05, rolled past the holidays to 10-08
    world.assign(on_time, date(2026, 10, 8))
    late = world.register(date(2026, 9, 28)).petition  # +15 = 10-13
    world.assign(late, date(2026, 10, 14))
    world.register(date(2026, 10, 10))  # +15 = 10-25: never routed
    world.register(date(2026, 10, 9), is_carried_over=True)
    world.register(date(2026, 10, 20))  # +15 = 11-04: the next month's
    assert values(office, "office_head", *OCTOBER)["timely_acceptance"] == (33.3, 1, 3)
    found = figures.classes(office.session, office.actor("office_head"), "timely_acceptance", *OCTOBER)
    assert {row["label"]: row["value"] for row in found} == {
        "按期交办": 1, "超期交办": 1, "超期未交办": 1, "期限未到、尚未交办": 0,
    }  # fmt: skip


def test_a_voided_matter_is_in_no_figure(office: Office, world: World) -> None:
    """A double registered by mistake counts nowhere, and its clock is nobody's good mark."""
    petition = world.register(date(2026, 10, 1)).petition
    handling.move(
        office.session, world.actor("office_head", date(2026, 10, 2)), petition, "void", {"reason": "重复录入"}
    )
    found = values(office, "office_head", *OCTOBER)
    assert (found["total"][0], found["timely_acceptance"]) == (0, (None, 0, 0))


@pytest.mark.db
def test_unit_acceptance_and_replies(office: Office, world: World) -> None:
    """§5: told by the unit's receipt+15; 按期 ÷ (按期+超期+未答复+超期未答复), and as of today without the not-yet-due."""
    cases = [  # registered, assigned, accepted, replied (None: not yet)
        (date(2026, 7, 27), date(2026, 7, 28), date(2026, 8, 3), date(2026, 10, 1)),  # handle due 10-02, breach 10-08
        (date(2026, 8, 3), date(2026, 8, 4), date(2026, 8, 10), date(2026, 10, 12)),  # due 10-09, replied late
        (date(2026, 8, 10), date(2026, 8, 11), date(2026, 8, 17), None),  # due 10-16: late and unanswered
        (date(2026, 10, 19), date(2026, 10, 20), date(2026, 10, 26), None),  # due 12-25: not yet due
    ]
    for registered, assigned, accepted, replied in cases:
        petition = world.register(registered).petition
        world.assign(petition, assigned)
        world.accept(petition, accepted)
        if replied:
            world.reply(petition, replied)
    start, end = date(2026, 10, 1), date(2026, 12, 31)
    found = values(office, "office_head", start, end)
    assert found["timely_reply"] == (25.0, 1, 4)
    assert found["timely_reply_to_date"] == (33.3, 1, 3)
    assert values(office, "office_head", date(2026, 8, 1), date(2026, 8, 31))["timely_acceptance_unit"] == (100.0, 3, 3)
    assert found["overdue_now"] == (1, 1, None)


def test_a_routing_taken_back_is_nobodys_good_mark(office: Office, world: World) -> None:
    """The unit was accused later and the matter withdrawn from it: its stopped clock is not "told in time"."""
    petition = world.register(date(2026, 10, 1)).petition
    world.assign(petition, date(2026, 10, 5))
    from services import clocks

    clocks.stop(petition, ("unit_accept",), date(2026, 10, 7))
    office.session.flush()
    assert values(office, "office_head", *OCTOBER)["timely_acceptance_unit"] == (None, 0, 0)


@pytest.mark.db
def test_days_from_acceptance_to_the_end(office: Office, world: World) -> None:
    """§5: mean and longest of 办结−受理 by 办结日期; 息诉息访率 from contacts after the end."""
    for days, again in ((10, False), (21, True)):
        petition = world.register(date(2026, 9, 1)).petition
        world.assign(petition, date(2026, 9, 1))
        world.accept(petition, date(2026, 10, 1))
        world.reply(petition, date(2026, 10, 2))
        world.close(petition, date(2026, 10, 1 + days))
        if again:
            world.register(date(2026, 11, 3), joins=petition)
    found = values(office, "office_head", *OCTOBER)
    assert found["closed"][0] == 2
    assert found["mean_days"] == (15.5, 31, 2)
    assert found["longest_days"][0] == 21
    assert found["settled_rate"] == (50.0, 1, 2)


def test_satisfaction_of_return_visits(office: Office, world: World) -> None:
    """I3 满意率: satisfied ÷ those who said."""
    petition = world.register(date(2026, 9, 1)).petition
    for said in (Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.BAD, Satisfaction.NONE):
        visit = m.ReturnVisit(
            petition=petition, planned_on=OCTOBER[0], made_on=OCTOBER[1], method=VisitMethod.PHONE, satisfaction=said
        )
        office.session.add(visit)
    office.session.flush()
    assert values(office, "office_head", *OCTOBER)["satisfaction"] == (66.7, 2, 3)


@pytest.mark.db
def test_every_number_is_its_list(office: Office, world: World) -> None:
    """I1: each figure opens the list behind it, numerator and denominator."""
    contacts_of_october(world)
    petition = world.register(date(2026, 9, 1)).petition
    world.assign(petition, date(2026, 9, 2))
    world.accept(petition, date(2026, 9, 3))
    world.reply(petition, date(2026, 10, 8))
    world.close(petition, date(2026, 10, 9))
    for definition in definitions.FIGURES:
        agrees_with_its_list(office, definition)


def agrees_with_its_list(office: Office, definition: definitions.Figure) -> None:
    """As many rows, or as many people in them, as the figure's numerator and denominator say."""
    name, (start, end), actor = definition.name, (date(2026, 9, 1), date(2026, 12, 31)), office.actor("office_head")
    (entry,) = figures.compute(office.session, actor, name, start, end)
    rows = list(office.session.scalars(figures.behind(office.session, actor, name, "numerator", start, end)))
    if definition.measure in ("count", "share"):
        assert len(rows) == entry["numerator"], name
    if definition.measure == "people":
        assert sum(row.people_count for row in rows) == entry["numerator"], name
    if definition.denominator:
        below = figures.behind(office.session, actor, name, "denominator", start, end)
        assert len(list(office.session.scalars(below))) == entry["denominator"], name


@pytest.mark.parametrize(
    ("username", "sees"),
    [("office_head", 3), ("inspector", 3), ("handler_a", 1), ("unit_head_b", 1), ("leader_in_charge", 2)],
)
def test_figures_stay_in_the_actors_scope(office: Office, world: World, username: str, sees: int) -> None:
    """§4: a unit's staff count their own unit's matters only."""
    for unit in ("a", "b"):
        world.assign(world.register(date(2026, 10, 1)).petition, date(2026, 10, 2), unit)
    world.register(date(2026, 10, 3))
    assert values(office, username, *OCTOBER)["total"][0] == sees


@pytest.mark.parametrize("username", ["auditor", "sysadmin", "cadre_a", "archivist"])
def test_roles_without_figures(office: Office, username: str) -> None:
    with pytest.raises(gate.Forbidden):
        figures.compute(office.session, office.actor(username), "total", *OCTOBER)


def everything(office: Office, username: str) -> list[Any]:
    """All figures, classes and tables of a quarter as that person gets them."""
    actor, session = office.actor(username), office.session
    period = between(date(2026, 10, 1), date(2026, 12, 31))
    found: list[Any] = figures.compute(session, actor, None, period.start, period.end)
    found += [figures.classes(session, actor, f.name, period.start, period.end) for f in definitions.FIGURES]
    return found + [figure_tables.contacts(session, actor, by, period) for by in figure_tables.BY]


@pytest.mark.db
@pytest.mark.parametrize("username", ["unit_head_b", "handler_b"])
def test_the_accused_counts_as_if_there_were_nothing(office: Office, world: World, username: str) -> None:
    """C2: with and without the complaint about his unit, every figure and table is the same."""
    world.assign(world.register(date(2026, 10, 1)).petition, date(2026, 10, 2), "b")
    before = everything(office, username)
    complaint = world.register(
        date(2026, 10, 3),
        purpose=Purpose.REPORT,
        channel="visit",
        people_count=6,
        people=[Person("钱七")],
        respondents=[Accused(RespondentKind.UNIT, office.unit("b").id, "民政办")],
    ).petition
    world.assign(complaint, date(2026, 10, 5), "a")
    world.register(date(2026, 10, 7), joins=complaint)
    assert everything(office, username) == before
    assert values(office, "office_head", *OCTOBER)["total"][0] == 3


@pytest.mark.db
@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("unit", [("城建办", {"letter": 2, "visit": 1}, 3), ("尚未交办", {"call": 1}, 1)]),
        ("channel", [("来信", {"first": 1, "repeated": 1}, 2), ("来访", {"first": 1}, 1), ("来电", {"first": 1}, 1)]),
        ("category", [("城乡建设", {"letter": 2, "visit": 1}, 3), ("未分类", {"call": 1}, 1)]),
        ("month", [("2026年9月", {}, 0), ("2026年10月", {"letter": 2, "visit": 1, "call": 1}, 4)]),
    ],
)
def test_tables_of_contacts(office: Office, world: World, by: str, expected: list[Any]) -> None:
    """I1: by unit, channel, first-level category and month, with totals."""
    category = tree(office)
    petition = world.register(date(2026, 10, 1), category_id=category).petition
    world.register(date(2026, 10, 2), joins=petition)
    second = world.register(date(2026, 10, 3), channel="visit", category_id=category).petition
    for one in (petition, second):
        world.assign(one, date(2026, 10, 5))
    world.register(date(2026, 10, 4), channel="call")
    period = between(date(2026, 9, 1), date(2026, 10, 31))
    table = figure_tables.contacts(office.session, office.actor("office_head"), by, period)
    assert [(line.label, line.counts, line.total) for line in table.lines] == expected
    assert table.total.total == 4


def tree(office: Office) -> int:
    """A branch of the classification; the id of its lowest node."""
    found = None
    for level, name in enumerate(("城乡建设", "城镇道路", "路面破损"), start=1):
        path = f"{found.path}/{name}" if found else name
        found = m.Category(name=name, path=path, level=level, parent=found)
        office.session.add(found)
        office.session.flush()
    assert found is not None
    return found.id


def test_changes_against_last_year_and_the_month_before(office: Office, world: World) -> None:
    """I2: 同比 and 环比; nothing before is —."""
    for day in (date(2025, 10, 9), date(2026, 9, 9), date(2026, 9, 10), date(2026, 10, 9), date(2026, 10, 30)):
        world.register(day)
    world.register(date(2026, 10, 31))
    actor = office.actor("office_head")
    table = figure_tables.contacts(office.session, actor, "unit", around("month", date(2026, 10, 9)))
    assert (table.total.on_last_year, table.total.on_before) == (200.0, 50.0)
    empty = figure_tables.contacts(office.session, actor, "unit", around("month", date(2026, 9, 9)))
    assert definitions.written_change(empty.total.on_last_year) == "—"


def test_a_month_to_come_is_compared_with_nothing(office: Office, world: World) -> None:
    """I2: December is not 100 % down on November when it has not begun."""
    world.register(date(2025, 12, 9), is_carried_over=True)
    world.register(date(2026, 11, 9))
    period = around("year", office.today)
    lines = figure_tables.contacts(office.session, office.actor("office_head"), "month", period).lines
    assert [line.on_before for line in lines if line.key in ((2026, 11), (2026, 12))] == [None]


def test_a_part_of_a_table_opens_its_own_list(office: Office, world: World) -> None:
    """I1: the number in a cell and the list it opens are the same rows."""
    category = tree(office)
    world.assign(world.register(date(2026, 10, 1), category_id=category).petition, date(2026, 10, 2), "b")
    world.register(date(2026, 10, 3), channel="call")
    actor = office.actor("office_head")
    top = office.session.query(m.Category).filter_by(level=1).one().id
    parts = {
        "channel": (Narrow(channel="call"), 1),
        "unit": (Narrow(unit_id=office.unit("b").id), 1),
        "no unit yet": (Narrow(unit_id=0), 1),
        "category": (Narrow(category_id=top), 1),
        "no category": (Narrow(category_id=0), 1),
        "no such category": (Narrow(category_id=999), 0),
    }
    for name, (part, count) in parts.items():
        statement = figures.behind(office.session, actor, "total", "numerator", *OCTOBER, part)
        assert len(list(office.session.scalars(statement))) == count, name


@pytest.mark.parametrize(
    ("name", "side", "start", "end", "field"),
    [
        ("nonsense", "numerator", *OCTOBER, "name"),
        ("total", "denominator", *OCTOBER, "side"),
        ("total", "numerator", OCTOBER[1], OCTOBER[0], "to"),
        ("total", "numerator", date(1, 1, 1), OCTOBER[0], "from"),
    ],
)
def test_wrong_questions_are_refused(office: Office, name: str, side: str, start: date, end: date, field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        figures.behind(office.session, office.actor("office_head"), name, side, start, end)
    assert no.value.field == field
