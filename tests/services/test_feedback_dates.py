"""The feedback date of a 交办函: proposed by the law's days, beyond 60 + 30 only with a reason (B2, B3, Art 34)."""

from collections.abc import Callable
from datetime import date

import pytest

from rules.words import Level, Purpose, RuleBroken
from services import feedback_dates
from tests.fixtures.client import DeskClient
from tests.fixtures.forms import main_form, sent
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

SENT_ON = date(2026, 8, 2)  # a Sunday: 60 days end on 1 October and roll to Thursday the 8th, 90 on Saturday 31 October


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ({}, date(2026, 10, 8)),
        ({"purpose": Purpose.ADVICE}, date(2026, 10, 8)),
        ({"level_from": Level.COUNTY, "sender_due_on": date(2026, 9, 15)}, date(2026, 9, 15)),
        ({"level_from": Level.COUNTY, "sender_due_on": date(2026, 12, 1)}, date(2026, 10, 8)),
    ],
)
def test_the_day_proposed(office: Office, said: dict[str, object], day: date) -> None:
    petition = registered(office, SENT_ON, **said)
    assert feedback_dates.proposed(office.session, petition, SENT_ON) == day


@pytest.mark.parametrize(
    ("verb", "purpose", "day", "reason", "is_taken"),
    [
        ("assign", Purpose.SEEK, date(2026, 11, 2), "", True),
        ("assign", Purpose.SEEK, date(2026, 11, 3), "", False),
        ("assign", Purpose.SEEK, date(2026, 11, 3), "须等汛期过后实测。", True),
        ("assign", Purpose.ADVICE, date(2027, 3, 1), "", True),
        ("hand_on", Purpose.SEEK, date(2026, 11, 3), "", False),
    ],
)
def test_beyond_the_law_only_with_a_reason(
    office: Office, verb: str, purpose: Purpose, day: date, reason: str, is_taken: bool
) -> None:
    petition = registered(office, SENT_ON, purpose=purpose)
    if verb == "hand_on":
        move(office, petition, "assign", SENT_ON, feedback_on=date(2026, 9, 1))
    if is_taken:
        made = move(office, petition, verb, SENT_ON, feedback_on=day, late_reason=reason)
        assert made.details.get("late_reason", "") == reason
        return
    with pytest.raises(RuleBroken, match=r"2026-11-02.*第三十四条") as no:
        move(office, petition, verb, SENT_ON, feedback_on=day, late_reason=reason)
    assert no.value.field == "late_reason"


def test_the_form_says_and_asks(client_for: Callable[[str], DeskClient], office: Office) -> None:
    petition = registered(office, TODAY)
    office.session.commit()
    clerk, path = client_for("clerk"), f"/admin/petition/{petition.id}/do/assign"
    page = clerk.get(path).text
    assert main_form(page)[0]["feedback_on"] == "2027-01-20"
    assert "加延长 30 日到 2027-02-19" in page
    said = {"unit_id": str(office.unit("a").id), "feedback_on": "2027-09-01", "measures": "核实面积"}
    refused = sent(clerk, path, **said)
    assert refused.status_code == 422
    assert "晚于法定办理期限" in refused.text
    assert "核实面积" in refused.text
    assert sent(clerk, path, **said, late_reason="等待上级规划批复").status_code == 302
    assert "超期理由：等待上级规划批复" in clerk.get(f"/admin/petition/details/?id={petition.id}").text
