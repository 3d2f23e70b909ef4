"""Visits down: planned, prepared, made, called off, counted; matters carried under the rule of the accused (E1, C2)."""

from datetime import date, timedelta
from typing import Any

import pytest

import models as m
from rules.reception_words import Counted, Every, LeaderVisitState
from rules.words import Purpose, Rank, RespondentKind, RuleBroken, Status, UnitKind
from services import gate, guarding, settings, visit_days, visits
from services.registration import Accused
from tests.fixtures import visits_down as made
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

State = LeaderVisitState


def guarded(office: Office, **whom: Any) -> m.Petition:
    """A report registered by the clerk; `whom`: leader or unit by key."""
    ((kind, key),) = whom.items()
    row = office.leader(key) if kind == "leader" else office.unit(key)
    accused = Accused(RespondentKind.LEADER if kind == "leader" else RespondentKind.UNIT, row.id, row.name)
    return registered(office, TODAY, purpose=Purpose.REPORT, respondents=[accused])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"leader_id": None}, "leader_id"),
        ({"leader_id": 999_999}, "leader_id"),
        ({"from_on": None}, "from_on"),
        ({"to_on": TODAY}, "to_on"),
        ({"to_on": date(2029, 1, 1)}, "to_on"),
        ({"from_on": date(9999, 1, 1), "to_on": date(9999, 1, 1)}, "from_on"),
        ({"area": " ", "unit_id": None}, "area"),
        ({"purpose": ""}, "purpose"),
        ({"companion_ids": [999_999]}, "companion_ids"),
    ],
)
def test_what_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    """E1: end before start, nobody, nowhere, no reason."""
    with pytest.raises(RuleBroken) as no:
        made.visit(office, 10, **said)
    assert no.value.field == field
    assert office.session.query(m.Visit).execution_options(gated=True).count() == 0


@pytest.mark.parametrize("how", ["left", "leaves before", "inactive"])
def test_a_leader_who_left_goes_nowhere(office: Office, how: str) -> None:
    leader = office.leader("a")
    leader.is_active = how != "inactive"
    leader.in_office_to = {"left": TODAY - timedelta(days=1), "leaves before": TODAY + timedelta(days=5)}.get(how)
    with pytest.raises(RuleBroken, match="不在任") as no:
        made.visit(office, 4, to_on=TODAY + timedelta(days=8))
    assert no.value.field == "leader_id"


def test_a_leader_plans_and_records_his_own_visits_only(office: Office) -> None:
    """C1, C4: and sees no other leader's."""
    row = made.visit(office, -1, "leader_a")
    leader_b = office.actor("leader_b")
    with pytest.raises(gate.Forbidden):
        made.visit(office, 3, "leader_b")
    with pytest.raises(gate.Forbidden):
        visits.finish(office.session, leader_b, row, {"from_on": row.from_on, "to_on": row.to_on} | made.REPORT)
    seen = {name: office.session.scalars(gate.rows(office.actor(name), m.Visit)).all()
            for name in ("clerk", "inspector", "leader_a", "leader_b", "handler_a", "archivist")}  # fmt: skip
    assert {name for name, rows in seen.items() if rows} == {"clerk", "inspector", "leader_a"}


def test_steps_are_recorded_with_date_and_whom(office: Office) -> None:
    """E1: contact 10 days before, notice 5 days before, both settings of the office."""
    clerk, row = office.actor("clerk"), made.visit(office, 16)
    contact, post = visits.steps(office.session, clerk, row)
    assert (contact.due, contact.light) == (date(2026, 11, 27), "soon")
    assert (post.due, post.light) == (date(2026, 12, 2), "normal")
    visits.note_step(office.session, clerk, row, "contact", TODAY, "河东村 吴芳，电话")
    settings.put(office.session, office.actor("office_head"), "visit_notice_days", "16")
    contact, post = visits.steps(office.session, clerk, row)
    assert (row.contacted_on, row.contacted_whom, contact.light) == (TODAY, "河东村 吴芳，电话", "done")
    assert (post.due, post.light) == (date(2026, 11, 20), "late")


@pytest.mark.parametrize(
    ("key", "day", "text", "field"),
    [
        ("contact", TODAY + timedelta(days=1), "吴芳", "contacted_on"),
        ("contact", TODAY, " ", "contacted_whom"),
        ("post", TODAY + timedelta(days=1), "公开栏", "posted_on"),
        ("post", TODAY, "", "posted_where"),
    ],
)
def test_a_step_needs_its_day_and_words(office: Office, key: str, day: date, text: str, field: str) -> None:
    row = made.visit(office, 16)
    with pytest.raises(RuleBroken) as no:
        visits.note_step(office.session, office.actor("clerk"), row, key, day, text)
    assert no.value.field == field


@pytest.mark.parametrize(
    ("days", "contacted", "posted", "listed"),
    [
        (20, False, False, False),  # contact due on 1 December
        (16, False, False, True),  # contact due on 27 November, within 7 days
        (16, True, False, False),
        (9, True, False, True),  # notice due on 25 November
        (9, True, True, False),
        (2, False, True, True),  # overdue
    ],
)
def test_what_is_to_be_prepared_is_listed(
    office: Office, days: int, contacted: bool, posted: bool, listed: bool
) -> None:
    """E1: tasks when due; the SQL says what the lights say."""
    clerk, row = office.actor("clerk"), made.visit(office, days)
    row.contacted_on, row.contacted_whom = (TODAY, "吴芳") if contacted else (None, None)
    row.posted_on, row.posted_where = (TODAY, "公开栏") if posted else (None, None)
    office.session.flush()
    rows = office.session.scalars(visits.preparing(office.session, gate.rows(clerk, m.Visit), clerk)).all()
    assert (rows == [row]) is listed
    lights = {step.light for step in visits.steps(office.session, clerk, row)}
    assert bool(lights & {"soon", "today", "late"}) is listed


def test_a_visit_made_is_recorded_and_may_be_corrected(office: Office) -> None:
    clerk, row = office.actor("clerk"), made.visit(office, -3)
    span = {"from_on": row.from_on, "to_on": row.from_on + timedelta(days=1)}
    visits.finish(office.session, clerk, row, span | made.REPORT)
    visits.finish(office.session, clerk, row, span | made.REPORT | {"people_met": 13})
    assert (row.state, row.people_met, (row.to_on - row.from_on).days) == (State.DONE, 13, 1)
    with pytest.raises(RuleBroken, match="已下访"):
        visits.cancel(office.session, clerk, row, "下雨")
    with pytest.raises(RuleBroken, match="已下访"):
        visits.save(office.session, clerk, row, {"area": "别处"})


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to_on": TODAY + timedelta(days=1)}, "to_on"),
        ({"to_on": TODAY - timedelta(days=9)}, "to_on"),
        ({"people_met": None}, "people_met"),
        ({"people_met": -1}, "people_met"),
        ({"report": "  "}, "report"),
    ],
)
def test_nothing_is_recorded_of_a_visit_not_made(office: Office, said: dict[str, Any], field: str) -> None:
    """E1: not in the future."""
    row = made.visit(office, -3)
    span = {"from_on": row.from_on, "to_on": row.to_on}
    with pytest.raises(RuleBroken) as no:
        visits.finish(office.session, office.actor("clerk"), row, span | made.REPORT | said)
    assert (no.value.field, row.state) == (field, State.PLANNED)


def test_a_visit_is_called_off_with_its_reason(office: Office) -> None:
    clerk, row = office.actor("clerk"), made.visit(office, 3)
    with pytest.raises(RuleBroken) as no:
        visits.cancel(office.session, clerk, row, " ")
    assert no.value.field == "state_reason"
    visits.cancel(office.session, clerk, row, "防汛")
    assert (row.state, row.state_reason) == (State.CANCELLED, "防汛")
    for late in (lambda: visits.cancel(office.session, clerk, row, "再取消"),
                 lambda: visits.note_step(office.session, clerk, row, "contact", TODAY, "吴芳")):  # fmt: skip
        with pytest.raises(RuleBroken, match="已取消"):
            late()


def test_a_visit_on_which_something_was_found_is_not_called_off(office: Office) -> None:
    row = made.visit(office, -1)
    made.finding(office, row)
    with pytest.raises(RuleBroken, match="发现的问题"):
        visits.cancel(office.session, office.actor("clerk"), row, "下雨")


# -- matters carried


def test_a_matter_is_carried_once_and_left_again(office: Office) -> None:
    """E1 带案下访: the leader sees what he carries."""
    clerk, row, petition = office.actor("clerk"), made.visit(office, 5), registered(office, TODAY)
    leader = office.actor("leader_b")
    row.leader_id = leader.leader_id
    visits.carry(office.session, clerk, row, petition)
    assert list(visits.matters_of(office.session, leader, row)) == [petition]
    with pytest.raises(RuleBroken, match="已经列入"):
        visits.carry(office.session, clerk, row, petition)
    visits.leave_behind(office.session, clerk, row, petition)
    assert list(visits.matters_of(office.session, clerk, row)) == []
    with pytest.raises(RuleBroken, match="不在这次下访"):
        visits.leave_behind(office.session, clerk, row, petition)


def test_a_voided_matter_stays_at_home(office: Office) -> None:
    row, petition = made.visit(office, 5), registered(office, TODAY)
    petition.status, petition.voided_on, petition.void_reason = Status.VOIDED, TODAY, "重复录入"
    with pytest.raises(RuleBroken, match="已作废"):
        visits.carry(office.session, office.actor("clerk"), row, petition)


@pytest.mark.parametrize(
    ("whom", "refused"),
    [({"leader": "a"}, True), ({"unit": "government"}, True), ({"leader": "b"}, False), ({"unit": "b"}, False)],
)
@pytest.mark.db
def test_no_leader_carries_a_complaint_about_himself(office: Office, whom: dict[str, str], refused: bool) -> None:
    """C2, rules §3: neither about him nor about the unit his account belongs to."""
    row, petition = made.visit(office, 5), guarded(office, **whom)
    if not refused:
        visits.carry(office.session, office.actor("clerk"), row, petition)
        return
    with pytest.raises(RuleBroken, match="回避") as no:
        visits.carry(office.session, office.actor("clerk"), row, petition)
    assert no.value.field == "petition_id"


def test_no_unit_complained_of_goes_along(office: Office) -> None:
    """C2: refused in either order."""
    clerk, petition = office.actor("clerk"), guarded(office, unit="b")
    row = made.visit(office, 5, companion_ids=[office.unit("b").id])
    with pytest.raises(RuleBroken, match="随行部门"):
        visits.carry(office.session, clerk, row, petition)
    other = made.visit(office, 6)
    visits.carry(office.session, clerk, other, petition)
    with pytest.raises(RuleBroken) as no:
        visits.save(office.session, clerk, other, {"companion_ids": [office.unit("b").id]})
    assert no.value.field == "companion_ids"


def test_another_leader_takes_over_only_what_he_may_know_of(office: Office) -> None:
    clerk, row = office.actor("clerk"), made.visit(office, 5)
    visits.carry(office.session, clerk, row, guarded(office, leader="b"))
    with pytest.raises(RuleBroken, match="回避") as no:
        visits.save(office.session, clerk, row, {"leader_id": office.leader("b").id})
    assert no.value.field == "leader_id"
    assert visits.save(office.session, clerk, row, {"leader_id": office.leader("mayor").id}).leader is office.leader(
        "mayor"
    )


def test_a_respondent_added_later_takes_the_matter_off_the_visit(office: Office) -> None:
    """Rules §3: then his visit to come carries it no more, and he sees it no more."""
    clerk, row = office.actor("clerk"), made.visit(office, 5)
    petition = registered(office, TODAY, is_secret=True)
    visits.carry(office.session, clerk, row, petition)
    leader = office.leader("a")
    office.session.add(
        m.Respondent(petition=petition, kind=RespondentKind.LEADER, leader_id=leader.id, name=leader.name)
    )
    office.session.flush()
    office.session.refresh(petition)
    assert list(visits.matters_of(office.session, office.actor("leader_a"), row)) == []
    guarding.withdraw_excluded(office.session, clerk, petition)
    assert visits.carried_ids(office.session, row) == set()


# -- counting


def test_days_are_counted_by_leader_once_and_by_state(office: Office) -> None:
    made.made(office, -20, to_on=TODAY - timedelta(days=18))
    made.made(office, -18)
    made.made(office, -18, leader="b")
    made.visit(office, 5)
    ids = [office.leader(key).id for key in ("a", "b", "mayor")]
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert list(visits.days_of(office.session, ids, first, last).values()) == [3, 1, 0]
    assert list(visits.visits_of(office.session, ids, first, last).values()) == [2, 1, 0]
    assert list(visits.days_of(office.session, ids, first, last, State.PLANNED).values()) == [1, 0, 0]
    part = TODAY - timedelta(days=19)
    assert list(visits.days_of(office.session, ids, part, part).values()) == [1, 0, 0]


def test_only_working_days_count_where_the_office_says_so(office: Office) -> None:
    """Friday 13 to Monday 16 November."""
    made.made(office, -8, to_on=TODAY - timedelta(days=5))
    ids, first, last = [office.leader("a").id], date(2026, 1, 1), date(2026, 12, 31)
    assert visits.days_of(office.session, ids, first, last) == {ids[0]: 4}
    settings.put(office.session, office.actor("office_head"), "visit_days_as", "工作日")
    assert visits.days_of(office.session, ids, first, last) == {ids[0]: 2}
    with pytest.raises(RuleBroken, match="自然日或工作日"):
        settings.put(office.session, office.actor("office_head"), "visit_days_as", "周末")


def test_the_table_sets_days_against_the_minimum(office: Office) -> None:
    """S0: the township's main leaders 90 days a year; S3: everybody once a month."""
    rows = [
        m.Minimum(counted=Counted.VISIT_DAYS, rank=Rank.MAIN, level=UnitKind.GOVERNMENT, count=90, every=Every.YEAR),
        m.Minimum(counted=Counted.VISITS, count=1, every=Every.MONTH),
        m.Minimum(counted=Counted.VISIT_DAYS, count=300, every=Every.YEAR, is_active=False),
        m.Minimum(counted=Counted.VISIT_DAYS, level=UnitKind.VILLAGE, count=200, every=Every.YEAR),
    ]
    for shipped in office.session.query(m.Minimum):
        shipped.is_active = False
    office.session.add_all(rows)
    made.made(office, -3, leader="mayor", to_on=TODAY - timedelta(days=2))
    made.visit(office, 5, leader="mayor")
    lines = {line.leader.name: line for line in visit_days.table(office.session, 2026)}
    mayor, other = lines["陈立国"], lines["赵明"]
    assert (mayor.days.done, mayor.days.planned, mayor.days.required, mayor.days.short) == (2, 1, 90, 88)
    assert (mayor.visits.done, mayor.visits.required, mayor.visits.unplanned) == (1, 12, 10)
    assert (other.days.required, other.days.short, other.visits.short, other.last_on) == (0, 0, 12, None)
    assert mayor.last_on == TODAY - timedelta(days=3)
