"""Return visits (H4): one before closing, on a schedule after it, reopening where somebody is not satisfied."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import models as m
from rules.aftercare import Occasion
from rules.words import RuleBroken, Satisfaction, VisitMethod
from services import closing, gate, return_visits, settings
from tests.fixtures import casework as made
from tests.fixtures.office import Office


def said(office: Office, **changed: Any) -> return_visits.Said:
    values = {
        "made_on": office.today,
        "method": VisitMethod.HOME,
        "visitor": "郑伟",
        "satisfaction": Satisfaction.GOOD,
        "words": " 款已到账 ",
        "help_given": "临时救助 3000 元",
    }
    return return_visits.Said(**values | changed)


def test_a_planned_visit_is_made_who_how_words_help_h4(office: Office) -> None:
    actor = office.actor("handler_a")
    visit = return_visits.plan(office.session, actor, made.matter(office), made.day(office, 3))
    assert (visit.planned_on, visit.made_on) == (made.day(office, 3), None)
    return_visits.record(office.session, actor, visit, said(office))
    assert (visit.made_on, visit.method, visit.visitor) == (office.today, VisitMethod.HOME, "郑伟")
    assert (visit.words, visit.help_given, visit.by_id) == ("款已到账", "临时救助 3000 元", actor.user_id)


# what is changed, the field it names
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "tomorrow": ({"made_on": date(2026, 11, 22)}, "made_on"),
    "before registration": ({"made_on": date(2026, 11, 20)}, "made_on"),
    "nobody went": ({"visitor": " "}, "visitor"),
}


@pytest.mark.parametrize(("changed", "field"), WRONG.values(), ids=WRONG)
def test_a_visit_that_cannot_be_right_names_its_field_h4(office: Office, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no:
        return_visits.record_new(office.session, office.actor("clerk"), made.matter(office), said(office, **changed))
    assert no.value.field == field


def test_no_visit_is_planned_for_yesterday_h4(office: Office) -> None:
    with pytest.raises(RuleBroken, match="计划日期：不能早于今天"):
        return_visits.plan(office.session, office.actor("clerk"), made.matter(office), made.day(office, -1))


def test_what_was_said_is_not_said_again_j3(office: Office) -> None:
    visit = made.visit(office, made.matter(office))
    with pytest.raises(RuleBroken, match="已经有记录，不能再改"):
        return_visits.record(office.session, office.actor("clerk"), visit, said(office, words="改写"))
    assert visit.words == "款已到账"


@pytest.mark.parametrize("username", ["leader_a", "inspector", "cadre_a", "sysadmin"])
def test_only_office_and_unit_visit(office: Office, username: str) -> None:
    petition, actor = made.matter(office), office.actor(username)
    with pytest.raises(gate.Forbidden):
        return_visits.plan(office.session, actor, petition, made.day(office, 3))
    with pytest.raises(gate.Forbidden):
        return_visits.record_new(office.session, actor, petition, said(office))


def test_visits_made_before_the_file_was_opened_are_its_material_h4(office: Office) -> None:
    case = made.case(office)
    visit = made.visit(office, case.petition)
    file = closing.open_file(office.session, office.actor("clerk"), case)
    assert visit.closing_file is file
    assert made.visit(office, case.petition).closing_file is file


def test_the_interval_after_closing_is_the_offices_own_h4(office: Office, tmp_path: Path) -> None:
    settings.put(office.session, office.actor("office_head"), "return_visit_days", "45")
    file = made.closed_file(office, tmp_path)
    assert to_come(office, file.petition) == [(made.day(office, 45), Occasion.AFTER)]


def to_come(office: Office, petition: m.Petition) -> list[tuple[date, Occasion]]:
    planned = return_visits.planned(gate.rows(office.actor("clerk"), m.ReturnVisit), office.actor("clerk"))
    rows = office.session.scalars(planned.where(m.ReturnVisit.petition_id == petition.id))
    return [(visit.planned_on, visit.occasion) for visit in sorted(rows, key=lambda one: one.planned_on)]


def test_a_visit_already_planned_for_later_is_enough_h4(office: Office, tmp_path: Path) -> None:
    file = made.fill(office, made.closing_file(office), tmp_path)
    return_visits.plan(office.session, office.actor("clerk"), file.petition, made.day(office, 28))
    made.sign(office, file)
    closing.close(office.session, office.actor("clerk"), file)
    assert to_come(office, file.petition) == [
        (made.day(office, 28), Occasion.HAND),
        (made.day(office, 90), Occasion.AFTER),
    ]


# planned in days, due today
DUE = {-1: True, 0: True, 1: False}


@pytest.mark.parametrize(("days", "is_due"), DUE.items())
def test_a_planned_visit_is_due_from_its_day_on_h4(office: Office, days: int, is_due: bool) -> None:
    visit = return_visits.plan(office.session, office.actor("clerk"), made.matter(office), office.today)
    visit.planned_on = made.day(office, days)
    assert (visit in return_visits.due(office.session, office.actor("handler_a"))) is is_due
    assert return_visits.due(office.session, office.actor("handler_b")) == []


def test_a_made_visit_is_no_longer_due_h4(office: Office) -> None:
    actor = office.actor("clerk")
    visit = return_visits.plan(office.session, actor, made.matter(office), office.today)
    return_visits.record(office.session, actor, visit, said(office))
    assert return_visits.due(office.session, actor) == []


@pytest.mark.parametrize(("opinion", "offers"), [(s, s is Satisfaction.BAD) for s in Satisfaction])
def test_only_a_dissatisfied_visit_after_closing_offers_reopening_h4(
    office: Office, tmp_path: Path, opinion: Satisfaction, offers: bool
) -> None:
    before = made.visit(office, made.matter(office), opinion)
    assert not return_visits.offers_reopening(before)
    after = made.visit(office, made.closed_file(office, tmp_path).petition, opinion)
    assert return_visits.offers_reopening(after) is offers
