"""Leave: what is refused, what it meets (D3, D5)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.reception_words import AbsenceKind
from rules.words import RuleBroken
from services import absences
from tests.fixtures import reception

FIRST, LAST = date(2026, 12, 7), date(2026, 12, 11)


def said(office: Any, **more: Any) -> dict[str, Any]:
    """What a form says of five days in December."""
    given = {
        "leader_id": office.leader("a").id,
        "kind": AbsenceKind.LEAVE,
        "from_on": FIRST,
        "to_on": LAST,
        "note": None,
    }
    return given | more


def saved(office: Any, **more: Any) -> m.Absence:
    return absences.save(office.session, office.actor("clerk"), m.Absence(), said(office, **more))


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"to_on": date(2026, 12, 6)}, "to_on", "2026-12-06 早于开始日期 2026-12-07"),
        ({"from_on": None}, "from_on", "请填写正确的日期"),
        ({"to_on": date(9999, 1, 1)}, "to_on", "请填写正确的日期"),
        ({"to_on": date(2029, 12, 6)}, "to_on", "最长两年"),
        ({"from_on": date(2026, 11, 1), "to_on": date(2026, 11, 20)}, "to_on", "已经过去"),
        ({"leader_id": None}, "leader_id", "请选择"),
        ({"leader_id": 99999}, "leader_id", "请选择"),
    ],
)
def test_leave_that_makes_no_sense_is_refused(office: Any, more: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as no:
        saved(office, **more)
    assert no.value.field == field
    assert office.session.query(m.Absence).count() == 0


@pytest.mark.parametrize("how", ["retired", "term over"])
def test_a_leader_who_left_needs_no_leave(office: Any, how: str) -> None:
    leader = office.leader("a")
    if how == "retired":
        leader.is_active = False
    else:
        leader.in_office_to = date(2026, 12, 1)
    with pytest.raises(RuleBroken, match="赵明已不在任") as no:
        saved(office)
    assert no.value.field == "leader_id"


@pytest.mark.db
@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [(1, 6, False), (1, 7, True), (8, 9, True), (11, 20, True), (12, 20, False), (1, 20, True)],
)
def test_two_leaves_never_overlap(office: Any, first: int, last: int, overlaps: bool) -> None:
    """The other one is 7–11 December; another leader's leave does not matter."""
    saved(office)
    saved(office, leader_id=office.leader("b").id)
    days = {"from_on": date(2026, 12, first), "to_on": date(2026, 12, last)}
    if overlaps:
        with pytest.raises(RuleBroken, match="2026-12-07 至 2026-12-11 已登记请假，两段不能重叠") as no:
            saved(office, **days)
        assert no.value.field == "from_on"
    else:
        assert saved(office, **days).id


def test_leave_may_be_changed_over_its_own_days_and_taken_back(office: Any) -> None:
    row = saved(office)
    absences.save(office.session, office.actor("clerk"), row, said(office, to_on=date(2026, 12, 14)))
    assert row.to_on == date(2026, 12, 14)
    absences.take_back(office.session, office.actor("clerk"), row)
    assert office.session.query(m.Absence).count() == 0


def test_d5_sessions_on_days_of_leave_are_listed(office: Any) -> None:
    """Of that leader, from today on, not called off."""
    rows = reception.roster(office, rrule="FREQ=WEEKLY;BYDAY=MO,WE")
    row = saved(office, leader_id=rows[1].leader_id, from_on=date(2026, 12, 1), to_on=date(2026, 12, 31))
    mine = [one for one in rows if one.leader_id == row.leader_id]
    assert absences.met(office.session, office.actor("clerk"), row) == mine
    mine[0].cancelled_reason = "县里开会"
    office.session.flush()
    assert absences.met(office.session, office.actor("clerk"), row) == mine[1:]


def test_the_database_refuses_leave_that_ends_before_it_begins(office: Any) -> None:
    office.session.add(m.Absence(leader_id=office.leader("a").id, from_on=LAST, to_on=FIRST))
    with pytest.raises(sa.exc.IntegrityError, match="ck_absence_order"):
        office.session.flush()
