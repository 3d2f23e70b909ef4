"""Every constraint of the campaign's tables, broken once past the services (design §9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import ColumnKind
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
    "negative target per leader": lambda _c, _p: [other(target_per_leader=-1)],
    "no month to strike off": lambda _c, _p: [other(strike_months=0)],
    "struck off unresolved": lambda c, p: [row(c, p, struck_off_on=DAY)],
    "own column twice": lambda c, _p: [own(c), own(c)],
    "number in a text column": lambda c, p: [value(c, p, number=3)],
    "nothing in a text column": lambda c, p: [value(c, p)],
    "text in a date column": lambda c, p: [value(c, p, ColumnKind.DATE, text="明天", day=DAY)],
    "value of another kind than its column": lambda c, p: [value(c, p, ColumnKind.TEXT, day=DAY, kind=ColumnKind.DATE)],
    "approved by nobody's day": lambda c, p: [strike(c, p, approved=True)],
    "sent back without words": lambda c, p: [strike(c, p, approved=False, answered_on=DAY)],
    "neither a file nor why not": lambda c, p: [strike(c, p, without_file=None)],
    "taken back without reason": lambda c, p: [strike(c, p, undone_on=DAY)],
}


def own(campaign: m.Campaign, kind: ColumnKind = ColumnKind.TEXT) -> m.CampaignColumn:
    return m.CampaignColumn(campaign=campaign, position=1, label="稳控责任人", kind=kind, choices=[])


def value(c: m.Campaign, p: m.Petition, of: ColumnKind = ColumnKind.TEXT, **said: Any) -> m.CampaignValue:
    return m.CampaignValue(row=row(c, p), column=own(c, of), **({"kind": of} | said))


def strike(c: m.Campaign, p: m.Petition, **said: Any) -> m.StrikeOff:
    return m.StrikeOff(row=row(c, p), reason="已兑现", asked_on=DAY, **({"without_file": "已由法院判决"} | said))


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
    kept = [row(campaign, petition, state="resolved", resolved_on=DAY), report(campaign)]
    office.session.add_all(kept)
    office.session.commit()
    assert [office.session.scalar(sa.select(sa.func.count()).select_from(type(one))) for one in kept] == [1, 1]


def frozen(c: m.Campaign, p: m.Petition) -> dict[str, Any]:
    """A table and a report as sent, and a base list of one row."""
    owed = m.Milestone(campaign=c, name="小结", due_on=LATER)
    at = datetime(2026, 10, 1, tzinfo=UTC)
    sent = m.MilestoneReport(milestone=owed, texts={}, body={}, sent_at=at, sent_on=DAY)
    return {"report": report(c), "milestone": sent, "row": row(c, p, is_base=True)}


CHANGED = {
    "table as sent": "UPDATE monthly_report SET body = '{}'",
    "table taken away": "DELETE FROM monthly_report",
    "report as sent": "UPDATE milestone_report SET texts = '{}'",
    "report taken away": "DELETE FROM milestone_report",
    "base list opened": "UPDATE campaign SET frozen_on = NULL",
    "base list moved": "UPDATE campaign SET frozen_on = '2026-10-02'",
    "row out of the base": "UPDATE campaign_case SET is_base = false",
    "row into the base": (
        "INSERT INTO campaign_case (campaign_id, petition_id, source, state, entered_on, is_base, version, created_at)"
        " SELECT campaign_id, petition_id + 1, source, state, entered_on, true, 1, created_at FROM campaign_case"
    ),
}


@pytest.mark.db
@pytest.mark.parametrize("name", CHANGED)
def test_what_is_frozen_cannot_be_changed(office: Office, campaign: m.Campaign, name: str) -> None:
    """G3, G4: figures as sent and the base list, against plain SQL past every service."""
    petition = World(office).register(DAY).petition
    office.session.add_all(frozen(campaign, petition).values())
    office.session.flush()
    campaign.frozen_on = DAY
    office.session.flush()
    with pytest.raises(sa.exc.DBAPIError, match="frozen as sent"):
        office.session.execute(sa.text(CHANGED[name]))
    office.session.rollback()


@pytest.mark.db
def test_a_row_waits_for_one_answer_at_a_time(office: Office, campaign: m.Campaign) -> None:
    """G5: asked twice before it is answered is refused by the database too; so is answering oneself."""
    asked = strike(campaign, World(office).register(DAY).petition, asked_by_id=office.user("clerk").id)
    office.session.add(asked)
    office.session.flush()
    again = "INSERT INTO strike_off (row_id, reason, asked_on, created_at) SELECT row_id, reason, asked_on, created_at FROM strike_off"
    himself = "UPDATE strike_off SET approved = true, answered_on = asked_on, answered_by_id = asked_by_id"
    for statement in (again, himself):
        with pytest.raises(sa.exc.IntegrityError), office.session.begin_nested():
            office.session.execute(sa.text(statement))
