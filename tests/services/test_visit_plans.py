"""The plan of visits down from rules and before holidays: leaders in turn, a person's own visits kept (E1, D1, D2)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import LeaderVisitKind, LeaderVisitState
from rules.roster_period import span
from rules.words import Rank, RuleBroken
from services import receptions, visit_plans, visits
from services.visit_plans import Made
from tests.fixtures import reception
from tests.fixtures import visits_down as made
from tests.fixtures.office import Office


def plan(office: Office, key: str, **options: Any) -> Made:
    return visit_plans.generate(office.session, office.actor("clerk"), span(key), **options)


def planned(office: Office) -> list[tuple[str, str]]:
    """Day and leader of every visit not called off, by day."""
    rows = office.session.query(m.Visit).execution_options(gated=True).filter(m.Visit.state == LeaderVisitState.PLANNED)
    return [(row.from_on.isoformat(), row.leader.name) for row in rows.order_by(m.Visit.from_on, m.Visit.id)]


HALF = [("2027-01-04", "林海"), ("2027-02-01", "赵明"), ("2027-03-01", "孙丽"), ("2027-04-06", "陈立国"),
        ("2027-05-06", "林海"), ("2027-06-07", "赵明")]  # fmt: skip
"""First Mondays of 2027 after December's; 5 April is 清明, 3 May lies in the break (推定: 1 to 2 May by law)."""


def test_the_first_monday_of_each_month_in_turn(office: Office) -> None:
    """S2e: leaders go on from one month to the next; a rest day is put off."""
    made.rule(office)
    assert plan(office, "2026-12") == Made(created=1)
    assert planned(office) == [("2026-12-07", "陈立国")]
    plan(office, "2027-H1")
    found = planned(office)[1:]
    assert [name for _day, name in found] == [name for _day, name in HALF]
    assert found[0][0] == "2027-01-04"
    assert found[3][0] == "2027-04-06"


def test_making_it_again_changes_nothing(office: Office) -> None:
    made.rule(office)
    plan(office, "2027-H1")
    before = planned(office)
    assert plan(office, "2027-H1") == Made(updated=6)
    assert planned(office) == before


def test_what_a_person_planned_or_changed_stays(office: Office) -> None:
    """E1: by hand, moved, contacted, called off; the turn goes on after them."""
    made.rule(office)
    clerk = office.actor("clerk")
    plan(office, "2027-H1")
    rows = office.session.query(m.Visit).execution_options(gated=True).order_by(m.Visit.from_on).all()
    own = made.visit(office, 20)
    visits.save(office.session, clerk, rows[0], {"leader_id": office.leader("b").id})
    visits.save(office.session, clerk, rows[1], {"from_on": date(2027, 8, 2), "to_on": date(2027, 8, 2)})
    visits.note_step(office.session, clerk, rows[2], "contact", office.today, "河东村")
    visits.cancel(office.session, clerk, rows[3], "换届")
    assert plan(office, "2027-H1") == Made(updated=2, kept=4)
    office.session.refresh(own)
    assert (rows[0].leader, rows[1].from_on) == (office.leader("b"), date(2027, 8, 2))
    assert (rows[2].leader.name, rows[3].state) == ("赵明", LeaderVisitState.CANCELLED)
    assert (own.state, own.plan_key) == (LeaderVisitState.PLANNED, None)


@pytest.mark.parametrize("why", ["leave", "visit", "session", "left"])
def test_who_is_away_or_taken_is_passed_over(office: Office, why: str) -> None:
    """D3: the next in turn goes."""
    made.rule(office)
    day, mayor = date(2026, 12, 7), office.leader("mayor")
    if why == "leave":
        office.session.add(m.Absence(leader_id=mayor.id, from_on=date(2026, 12, 1), to_on=date(2026, 12, 8)))
    if why == "visit":
        made.visit(office, 15, leader="mayor", to_on=date(2026, 12, 8))
    if why == "session":
        place = {"held_on": day, "starts": "09:00", "ends": "11:30", "leader_id": mayor.id}
        receptions.add(office.session, office.actor("clerk"), place)
    if why == "left":
        mayor.in_office_to = date(2026, 12, 6)
    office.session.flush()
    plan(office, "2026-12")
    assert planned(office)[-1] == ("2026-12-07", "林海")


def test_a_day_on_which_nobody_is_free_is_said(office: Office) -> None:
    made.rule(office)
    for leader in office.session.query(m.Leader):
        office.session.add(m.Absence(leader_id=leader.id, from_on=date(2026, 12, 1), to_on=date(2026, 12, 8)))
    office.session.flush()
    assert plan(office, "2026-12") == Made(nobody=1)


def test_a_rules_rank_and_use_are_respected(office: Office) -> None:
    """Main leaders only; a rule for reception days plans no visit."""
    reception.rule(office)
    made.rule(office).only_rank = Rank.MAIN
    office.session.flush()
    plan(office, "2027-H1")
    assert {name for _day, name in planned(office)} == {"陈立国"}
    assert len(planned(office)) == 6


def test_visits_before_holidays_are_proposed_from_the_calendar(office: Office) -> None:
    """E1: one a leader in the five working days before 元旦, concentrated; without them nothing of it goes."""
    made_now = plan(office, "2026-12", before_holidays=True)
    assert made_now == Made(created=4)
    assert planned(office) == [
        ("2026-12-25", "陈立国"), ("2026-12-28", "林海"), ("2026-12-29", "赵明"), ("2026-12-30", "孙丽"),
    ]  # fmt: skip
    rows = office.session.query(m.Visit).execution_options(gated=True).all()
    assert {row.kind for row in rows} == {LeaderVisitKind.CONCENTRATED}
    assert all(row.purpose.startswith("元旦前集中下访") for row in rows)
    assert {row.area for row in rows} == {"河东村"}
    made.rule(office)
    assert plan(office, "2026-12") == Made(created=1)
    assert len(planned(office)) == 5


def test_what_no_rule_asks_for_any_more_is_called_off(office: Office) -> None:
    """Nothing is deleted; taken up again when the rule comes back."""
    rule = made.rule(office)
    plan(office, "2026-12")
    rule.rrule = "FREQ=MONTHLY;BYDAY=2MO"
    office.session.flush()
    assert plan(office, "2026-12") == Made(created=1, dropped=1)
    assert planned(office) == [("2026-12-14", "陈立国")]
    rule.rrule = "FREQ=MONTHLY;BYDAY=1MO"
    office.session.flush()
    assert plan(office, "2026-12") == Made(updated=1, dropped=1)
    assert planned(office) == [("2026-12-07", "陈立国")]


def test_nothing_is_proposed_for_days_that_are_over(office: Office) -> None:
    made.rule(office)
    assert plan(office, "2026-H2") == Made(created=1)
    later = replace(office.actor("clerk"), today=date(2027, 1, 1))
    with pytest.raises(RuleBroken, match="已经过去") as no:
        visit_plans.generate(office.session, later, span("2026-H2"))
    assert no.value.field == "period"


def test_without_rule_or_leader_it_says_so(office: Office) -> None:
    with pytest.raises(RuleBroken, match="还没有用于下访的规则"):
        plan(office, "2026-12")
    made.rule(office)
    for leader in office.session.query(m.Leader):
        leader.is_active = False
    office.session.flush()
    with pytest.raises(RuleBroken, match="还没有在任的领导"):
        plan(office, "2026-12")
