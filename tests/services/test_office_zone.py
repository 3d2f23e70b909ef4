"""The office's time zone (DESK_TZ, design §6) is one fact: screens, tables and papers read it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services import closing_sources, office_zone
from services.workbook_table import settled

MOMENT = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


@pytest.fixture
def in_urumqi() -> Iterator[None]:
    """An office two hours behind Beijing."""
    before = office_zone.current()
    office_zone.tell(ZoneInfo("Asia/Urumqi"))
    yield
    office_zone.tell(before)


@pytest.mark.usefixtures("in_urumqi")
def test_a_table_shows_the_offices_own_hour() -> None:
    assert settled(MOMENT, "datetime") == datetime(2026, 11, 21, 1, 30)


@pytest.mark.usefixtures("in_urumqi")
def test_what_was_signed_follows_no_setting() -> None:
    """H2: the hour in a signed text stays what it was when the setting changes."""
    assert closing_sources.moment(MOMENT) == "2026-11-21 03:30"
