"""Every constraint of the campaign's tables, broken once past the services (design §9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from tests.fixtures.figure_world import World
from tests.fixtures.office import Office

DAY, LATER = date(2026, 9, 1), date(2026, 12, 31)


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    made = m.Campaign(name="积案化解", body="镇党委", starts_on=DAY, ends_on=LATER)
    office.session.add(made)
    office.session.flush()
    return made


def other(**changes: Any) -> m.Campaign:
    return m.Campaign(**({"name": "另一个", "body": "镇党委", "starts_on": DAY, "ends_on": LATER} | changes))


def row(campaign: m.Campaign, petition: m.Petition, **changes: Any) -> m.CampaignCase:
    return m.CampaignCase(campaign=campaign, petition=petition, entered_on=DAY, **changes)


def report(campaign: m.Campaign) -> m.MonthlyReport:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    return m.MonthlyReport(campaign=campaign, month="2026-09", edition=1, body={}, sent_at=at, sent_on=DAY)


BROKEN: dict[str, Callable[[m.Campaign, m.Petition], list[Any]]] = {
    "two of one name": lambda c, _p: [other(name=c.name)],
    "ends before it begins": lambda _c, _p: [other(ends_on=date(2026, 8, 31))],
    "target above 100": lambda _c, _p: [other(target_resolved=101)],
    "negative target": lambda _c, _p: [other(target_closed=-1)],
    "report day 29": lambda _c, _p: [other(report_day=29)],
    "phase backwards": lambda c, _p: [m.Phase(campaign=c, name="一", starts_on=LATER, ends_on=DAY)],
    "phase of nothing": lambda _c, _p: [m.Phase(campaign_id=987654, name="一", starts_on=DAY, ends_on=LATER)],
    "milestone of nothing": lambda _c, _p: [m.Milestone(campaign_id=987654, name="一", due_on=DAY)],
    "matter twice": lambda c, p: [row(c, p), row(c, p)],
    "resolved without a day": lambda c, p: [row(c, p, state="resolved")],
    "a day without resolved": lambda c, p: [row(c, p, resolved_on=DAY)],
    "removed without reason": lambda c, p: [row(c, p, state="removed")],
    "a reason without removed": lambda c, p: [row(c, p, removed_reason="重复")],
    "edition twice": lambda c, _p: [report(c), report(c)],
}


@pytest.mark.db
@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(office: Office, campaign: m.Campaign, name: str) -> None:
    petition = World(office).register(DAY).petition
    office.session.add_all(BROKEN[name](campaign, petition))
    with pytest.raises(sa.exc.IntegrityError):
        office.session.flush()
    office.session.rollback()


@pytest.mark.db
@pytest.mark.parametrize(("column", "value"), [("state", "gone"), ("source", "rumour")])
def test_the_database_knows_the_words(office: Office, campaign: m.Campaign, column: str, value: str) -> None:
    petition = World(office).register(DAY).petition
    office.session.add(row(campaign, petition))
    office.session.flush()
    statement = sa.text(f"UPDATE campaign_case SET {column} = :value")
    with pytest.raises(sa.exc.IntegrityError):
        office.session.execute(statement, {"value": value})
    office.session.rollback()


@pytest.mark.db
def test_what_is_allowed(office: Office, campaign: m.Campaign) -> None:
    """The control: the same rows, right."""
    petition = World(office).register(DAY).petition
    office.session.add_all([row(campaign, petition, state="resolved", resolved_on=DAY), report(campaign)])
    office.session.flush()
