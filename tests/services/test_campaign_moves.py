"""A campaign's first day changed: what moves with it, and what was reported stays (G1, G3, G4)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import models as m
from rules import campaigns as rules
from rules.words import RuleBroken
from services import campaign_moves, campaigns, monthly_reports
from services.campaigns import Plan
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

START, END = date(2026, 9, 1), date(2027, 2, 28)
PHASES = [
    {"name": "动员", "starts_on": START, "ends_on": date(2026, 10, 31)},
    {"name": "化解", "starts_on": date(2026, 11, 1), "ends_on": END},
]
OWED = [{"name": "小结", "due_on": date(2026, 10, 10), "contents": None}]
FACTS: dict[str, Any] = {"starts_on": START, "ends_on": END, "phases": PHASES, "milestones": OWED}


@pytest.fixture
def campaign(office: Office) -> m.Campaign:
    return campaigns.save(office.session, office.actor("office_head"), Plan("积案化解", "镇党委", **FACTS))


def offered(office: Office, campaign: m.Campaign | None, **said: Any) -> campaign_moves.Offer:
    found = campaign_moves.offer(office.session, campaign, FACTS, FACTS | said)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("day", "was", "now", "moved"),
    [
        (date(2026, 10, 31), START, date(2026, 10, 1), date(2026, 11, 30)),  # whole months: a last day stays one
        (date(2027, 2, 28), START, date(2026, 10, 1), date(2027, 3, 31)),
        (date(2026, 10, 30), START, date(2027, 1, 1), date(2027, 2, 28)),
        (date(2026, 10, 10), START, date(2026, 8, 1), date(2026, 9, 10)),
        (date(2026, 10, 31), START, date(2026, 9, 15), date(2026, 11, 14)),  # else days
        (START, START, date(2026, 8, 20), date(2026, 8, 20)),
    ],
)
def test_the_same_distance(day: date, was: date, now: date, moved: date) -> None:
    assert rules.shifted(day, was, now) == moved


def test_a_day_beyond_the_calendar() -> None:
    with pytest.raises(RuleBroken, match="离原来的日期太远"):
        rules.shifted(date(9999, 1, 1), START, date(2027, 9, 1))


def test_everything_moves_with_the_first_day(office: Office, campaign: m.Campaign) -> None:
    found = offered(office, campaign, starts_on=date(2026, 10, 1))
    assert [(line.name, *line.now) for line in found.moved] == [
        ("", date(2027, 3, 31)),
        ("动员", date(2026, 10, 1), date(2026, 11, 30)),
        ("化解", date(2026, 12, 1), date(2027, 3, 31)),
        ("小结", date(2026, 11, 10)),
    ]
    assert (found.kept, found.sent) == ([], [])


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"ends_on": date(2027, 3, 10)}, ["动员", "化解", "小结"]),  # the last day was typed
        ({"phases": [PHASES[0] | {"ends_on": date(2026, 11, 5)}, PHASES[1]]}, ["", "化解", "小结"]),
        (
            {"milestones": [*OWED, {"name": "新", "due_on": date(2026, 12, 1), "contents": None}]},
            ["", "动员", "化解", "小结"],
        ),
    ],
)
def test_what_was_typed_stays_as_typed(
    office: Office, campaign: m.Campaign, said: dict[str, Any], names: list[str]
) -> None:
    found = offered(office, campaign, **{"starts_on": date(2026, 10, 1)} | said)
    assert [line.name for line in found.moved] == names
    if "ends_on" in said:
        assert found.values["phases"][1]["ends_on"] == said["ends_on"]  # no later than the campaign


def test_nothing_is_offered_while_the_first_day_stands(office: Office, campaign: m.Campaign) -> None:
    assert campaign_moves.offer(office.session, campaign, FACTS, FACTS | {"ends_on": date(2027, 3, 1)}) is None


def test_what_was_reported_stays_and_is_named(office: Office, campaign: m.Campaign) -> None:
    """G4: the phase of a month that was sent, and a milestone sent, stay even before the new first day."""
    head = office.actor("office_head")
    monthly_reports.send(office.session, head, campaign, "2026-10")
    campaign.milestones[0].sent_on = date(2026, 10, 10)
    office.session.flush()
    found = offered(office, campaign, starts_on=date(2026, 11, 10))
    assert [line.name for line in found.kept] == ["动员", "小结"]
    assert (found.sent, [line.name for line in found.moved]) == (["2026-10"], ["", "化解"])
    facts = FACTS | {"starts_on": date(2026, 11, 10)} | found.values
    campaigns.save(office.session, head, Plan("积案化解", "镇党委", **facts), campaign)
    assert [(one.starts_on, one.ends_on) for one in campaign.phases] == [
        (START, date(2026, 10, 31)),
        (date(2027, 1, 10), date(2027, 5, 9)),
    ]
    facts["milestones"] = [OWED[0] | {"due_on": date(2026, 10, 11)}]
    with pytest.raises(RuleBroken, match="第 1 个报送节点：应在活动起止日期之内"):
        campaigns.save(office.session, head, Plan("积案化解", "镇党委", **facts), campaign)


FORM = {
    "name": "积案化解", "body": "镇党委", "starts_on": "2026-10-01", "ends_on": "2027-02-28", "report_day": "20",
    "phases-0-name": "动员", "phases-0-starts_on": "2026-09-01", "phases-0-ends_on": "2026-10-31",
    "phases-1-name": "化解", "phases-1-starts_on": "2026-11-01", "phases-1-ends_on": "2027-02-28",
    "milestones-0-name": "小结", "milestones-0-due_on": "2026-10-10", "version": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "status", "starts_on", "phase"),
    [
        ({}, 422, START, START),  # shown before anything is saved
        ({"moves_for": "2026-10-01", "moves_parts": "y"}, 302, date(2026, 10, 1), date(2026, 10, 1)),
        ({"moves_for": "2026-10-01"}, 422, START, START),  # not wanted, so the phases lie outside
        ({"moves_for": "2026-12-01", "moves_parts": "y"}, 422, START, START),  # answered for another day
    ],
)
def test_the_form_asks_before_it_moves(
    office: Office, campaign: m.Campaign, client_for: Callable[[str], DeskClient],
    answer: dict[str, str], status: int, starts_on: date, phase: date,
) -> None:  # fmt: skip
    office.session.commit()
    got = client_for("office_head").post(f"/admin/campaign/edit/?id={campaign.id}", data=FORM | answer)
    assert got.status_code == status, got.text
    office.session.expire_all()
    assert (campaign.starts_on, campaign.phases[0].starts_on) == (starts_on, phase)
    if status == 422:
        assert all(
            words in got.text
            for words in ("跟着移动的日期", "2026-12-01 – 2027-03-31", "2026-11-10", "每月报表日仍是 20 日")
        )


def test_a_template_moves_as_a_whole(office: Office, client_for: Callable[[str], DeskClient]) -> None:
    """G1: whoever takes a template and another first day need not type every date again."""
    draft = rules.draft("three_stages", office.actor("office_head").today)
    rows = {
        f"{part}-{place}-{name}": str(row[name])
        for part, days in campaign_moves.DAYS.items()
        for place, row in enumerate(draft[part])
        for name in ("name", *days)
    }
    typed = {"milestones-0-name": "", "milestones-0-due_on": ""}
    form = FORM | typed | {"ends_on": str(draft["ends_on"]), "starts_on": "2027-03-01"} | rows
    client = client_for("office_head")
    assert "跟着移动的日期" in client.post("/admin/campaign/new/?template=three_stages", data=form).text
    chosen = {"moves_for": "2027-03-01", "moves_parts": "y"}
    assert client.post("/admin/campaign/new/?template=three_stages", data=form | chosen).status_code == 302
    made = office.session.query(m.Campaign).one()
    assert (made.phases[0].starts_on, made.phases[-1].ends_on) == (date(2027, 3, 1), made.ends_on)


def test_a_template_keeps_its_days_of_the_calendar(office: Office) -> None:
    """G3, S2a: a plan that owes its reports on 10 June, 10 July, 20 August owes them then whatever month it is drawn up in."""
    before, planned = (rules.draft("year", day) for day in (date(2026, 11, 1), date(2027, 1, 1)))
    said = before | {"starts_on": date(2027, 1, 1)}
    found = campaign_moves.offer(office.session, None, before, said, planned)
    assert found is not None
    assert [row["due_on"] for row in found.values["milestones"]] == [row["due_on"] for row in planned["milestones"]]
    assert found.values["ends_on"] == date(2027, 12, 31)
