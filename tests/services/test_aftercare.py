"""After the answer: who rated what and by when (满意度评价, §5, I3), return visits on a schedule (回访, H4)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules import aftercare
from rules.aftercare import Occasion
from rules.supervision import RatedHow
from rules.words import RuleBroken, Satisfaction
from services import figures, gate, return_visits, settings
from services.figure_rows import Narrow
from services.return_visits import Said
from tests.fixtures import casework as made
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import TODAY, Office

GOOD, FAIR, BAD, NONE = Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.BAD, Satisfaction.NONE
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))


def served(office: Office, day: date = date(2026, 3, 2)) -> m.Petition:
    petition = registered(office, day)
    for verb in ("assign", "accept", "reply", "serve"):
        move(office, petition, verb, day)
    return petition


def rated(office: Office, day: date, of_office: Satisfaction, of_unit: Satisfaction) -> m.Petition:
    petition = served(office)
    move(office, petition, "rate", day, rated_on=day, office_rating=of_office, unit_rating=of_unit)
    return petition


# -- by when


def test_the_window_opens_with_service_and_closes_with_the_rating(office: Office) -> None:
    petition = served(office)
    assert petition.rate_by == date(2026, 4, 1)
    move(office, petition, "close", date(2026, 3, 20))
    assert petition.rate_by == date(2026, 4, 1)
    move(office, petition, "rate", date(2026, 3, 25))
    assert (petition.rated_on, petition.rated_how) == (date(2026, 3, 25), RatedHow.PHONE)
    recorded = petition.moves[-1]
    assert (recorded.verb, recorded.by_name) == ("rate", "王敏")


def test_a_matter_taken_up_again_waits_for_its_new_answer(office: Office) -> None:
    petition = served(office)
    move(office, petition, "close", date(2026, 3, 20))
    move(office, petition, "reopen", date(2026, 3, 22))
    assert petition.rate_by is None


def test_the_days_to_rate_are_the_offices_own(office: Office) -> None:
    settings.put(office.session, actor(office, "office_head", date(2026, 3, 1)), "rating_days", "10")
    assert served(office).rate_by == date(2026, 3, 12)


# -- the rates: (office, unit) of each rated matter; one overdue without any; then numerator and denominator
RATES: dict[str, tuple[list[tuple[Satisfaction, Satisfaction]], dict[str, tuple[Any, ...]]]] = {
    "nothing": ([], dict.fromkeys(("rated_office", "rated_unit", "content_office", "content_unit"), (None, 0, 0))),
    "apart": (
        [(GOOD, BAD), (FAIR, FAIR), (BAD, NONE)],
        {"rated_office": (100.0, 3, 3), "rated_unit": (100.0, 2, 2), "content_office": (66.7, 2, 3), "content_unit": (50.0, 1, 2)},
    ),
}  # fmt: skip


@pytest.mark.db
@pytest.mark.parametrize(("ratings", "expected"), RATES.values(), ids=RATES)
def test_the_rates_of_march(office: Office, ratings: list[Any], expected: dict[str, Any]) -> None:
    """§5: office and unit apart, 未表态 is no rating, nothing to divide by is no number."""
    for of_office, of_unit in ratings:
        rated(office, date(2026, 3, 10), of_office, of_unit)
    head = actor(office, "office_head", date(2026, 3, 31))
    found = {one["name"]: one for name in expected for one in figures.compute(office.session, head, name, *MARCH)}
    assert {k: (v["value"], v["numerator"], v["denominator"]) for k, v in found.items()} == expected


@pytest.mark.db
def test_an_unrated_matter_counts_once_its_day_has_passed(office: Office) -> None:
    """超期未评价 is placed by the last day to rate; before it has passed the matter counts nowhere; lists agree."""
    rated(office, date(2026, 4, 10), GOOD, NONE)
    served(office)
    for today, expected in ((date(2026, 4, 1), (100.0, 1, 1)), (date(2026, 4, 20), (50.0, 1, 2))):
        head = actor(office, "office_head", today)
        (found,) = figures.compute(office.session, head, "rated_office", *APRIL)
        assert (found["value"], found["numerator"], found["denominator"]) == expected
    (unit,) = figures.compute(office.session, head, "rated_unit", *APRIL)
    assert (unit["value"], unit["numerator"], unit["denominator"]) == (0.0, 0, 2)
    for side, count in (("numerator", 1), ("denominator", 2), ("overdue", 1)):
        behind = figures.behind(office.session, head, "rated_office", side, *APRIL, Narrow())
        assert len(office.session.scalars(behind).all()) == count


def test_no_opinion_at_all_is_no_rating(office: Office) -> None:
    petition = served(office)
    with pytest.raises(RuleBroken, match="不算评价"):
        move(office, petition, "rate", date(2026, 3, 5), office_rating=NONE, unit_rating=NONE)
    assert petition.rated_on is None


@pytest.mark.parametrize("username", ["handler_a", "unit_head_a", "inspector"])
def test_the_rated_do_not_record_their_own_rating(office: Office, username: str) -> None:
    petition = served(office)
    with pytest.raises(RuleBroken):
        move(office, petition, "rate", date(2026, 3, 5), username)


# -- return visits on a schedule


def to_come(office: Office, petition: m.Petition) -> list[tuple[date, Occasion]]:
    clerk = office.actor("clerk")
    rows = return_visits.planned(gate.rows(clerk, m.ReturnVisit), clerk).where(m.ReturnVisit.petition_id == petition.id)
    return sorted((visit.planned_on, visit.occasion) for visit in office.session.scalars(rows))


def test_closing_plans_the_visits_and_reopening_drops_them_h4(office: Office) -> None:
    petition = served(office)
    move(office, petition, "close", date(2026, 3, 20))
    after = [(date(2026, 4, 19), Occasion.AFTER), (date(2026, 6, 18), Occasion.AFTER)]
    assert to_come(office, petition) == after
    move(office, petition, "archive", date(2026, 3, 21))
    assert to_come(office, petition) == after
    move(office, petition, "reopen", date(2026, 3, 22))
    assert to_come(office, petition) == []


def test_only_cases_are_visited_where_the_office_says_so_h4(office: Office) -> None:
    settings.put(office.session, actor(office, "office_head", date(2026, 3, 1)), "return_visit_scope", "包案事项")
    petition = served(office)
    move(office, petition, "close", date(2026, 3, 20))
    assert to_come(office, petition) == []


def test_nobody_visits_an_unknown_writer_h4(office: Office) -> None:
    petition = registered(office, TODAY, is_anonymous=True, people=[], channel="letter")
    assert return_visits.schedule_open(office.session, office.actor("clerk"), petition) == []


def test_an_open_case_is_visited_at_an_interval_h4(office: Office) -> None:
    case = made.case(office)
    assert to_come(office, case.petition) == [(date(2026, 12, 21), Occasion.OPEN)]
    (visit,) = return_visits.of(office.session, case.petition)
    later = actor(office, "handler_a", date(2026, 12, 22))
    said = Said(date(2026, 12, 22), made.VisitMethod.PHONE, "郑伟", GOOD)
    return_visits.record(office.session, later, visit, said)
    assert to_come(office, case.petition) == [(date(2027, 1, 21), Occasion.OPEN)]


def test_a_visit_that_will_not_be_made_is_due_no_more_h4(office: Office) -> None:
    clerk = office.actor("clerk")
    visit = return_visits.plan(office.session, clerk, made.matter(office), TODAY)
    with pytest.raises(RuleBroken, match="取消理由"):
        return_visits.drop(office.session, clerk, visit, " ")
    return_visits.drop(office.session, clerk, visit, "信访人去世")
    assert return_visits.due(office.session, clerk) == []
    with pytest.raises(RuleBroken, match="已经取消"):
        return_visits.record(office.session, clerk, visit, Said(TODAY, made.VisitMethod.PHONE, "王敏", GOOD))
    with pytest.raises(RuleBroken, match="已经取消"):
        return_visits.drop(office.session, clerk, visit, "又一次")


@pytest.mark.db
def test_the_rate_of_visits_made_h4(office: Office) -> None:
    """回访率: made ÷ due by today; dropped ones and those to come count nowhere."""
    clerk, petition = office.actor("clerk"), made.matter(office)
    return_visits.record_new(office.session, clerk, petition, Said(TODAY, made.VisitMethod.PHONE, "王敏", GOOD))
    for day in (TODAY, date(2026, 11, 25)):
        return_visits.plan(office.session, clerk, petition, day)
    return_visits.drop(office.session, clerk, return_visits.plan(office.session, clerk, petition, TODAY), "失去联系")
    head, november = office.actor("office_head"), (date(2026, 11, 1), date(2026, 11, 30))
    (found,) = figures.compute(office.session, head, "return_visit_rate", *november)
    assert (found["value"], found["numerator"], found["denominator"]) == (50.0, 1, 2)


DAYS: dict[str, tuple[int, ...] | None] = {
    "30、90": (30, 90), "45": (45,), "7, 30 90": (7, 30, 90), "": None, "三十": None, "90、30": None, "30、30": None,
    "0": None, "5000": None, "1 2 3 4 5 6 7": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "days"), DAYS.items())
def test_a_schedule_is_read_as_people_write_it(office: Office, text: str, days: tuple[int, ...] | None) -> None:
    if days is not None:
        assert aftercare.parse_days(text) == days
        return
    with pytest.raises(RuleBroken) as no:
        settings.put(office.session, office.actor("office_head"), "return_visit_days", text)
    assert no.value.field == "return_visit_days"


def test_an_older_setting_of_one_number_still_counts() -> None:
    assert aftercare.parse_days(30) == (30,)
