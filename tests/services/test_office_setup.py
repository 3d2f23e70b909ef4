"""A real office's first day: shipped rows, the set-up list (issue item 1)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import RuleBroken
from services import office_setup, settings
from tests.fixtures.office import Office


def test_init_ships_what_an_office_needs_and_keeps_what_is_there(session: Any, office: Office) -> None:
    system = office.actor("system")
    session.scalars(sa.select(m.ListItem).where(m.ListItem.code == "letter")).one().label = "群众来信"
    before = [session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (m.TermRow, m.CalendarDay, m.ListItem)]
    office_setup.fill(session, system)
    after = [session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (m.TermRow, m.CalendarDay, m.ListItem)]
    assert before == after
    assert all(before)
    assert settings.channels(session)["letter"] == "群众来信"


def steps(session: Any, office: Office) -> dict[str, tuple[bool, bool]]:
    found = office_setup.setup_steps(session, office.actor("office_head"))
    return {step.key: (step.done, step.skipped) for step in found}


def test_every_step_can_be_skipped_and_found_again(session: Any, office: Office) -> None:
    head = office.actor("office_head")
    assert steps(session, office)["rule"] == (False, False)
    assert steps(session, office)["units"] == (True, False)
    office_setup.skip_step(session, head, "rule", skip=True)
    office_setup.skip_step(session, head, "categories", skip=True)
    assert steps(session, office)["rule"] == (False, True)
    office_setup.skip_step(session, head, "rule", skip=False)
    assert steps(session, office)["rule"] == (False, False)
    assert steps(session, office)["categories"] == (False, True)


def test_a_named_office_has_done_its_first_step(session: Any, office: Office) -> None:
    assert steps(session, office)["office"] == (False, False)
    settings.put(session, office.actor("office_head"), "office_name", "青石镇信访办")
    assert steps(session, office)["office"] == (True, False)


def test_names_on_the_command_line_are_resolved(session: Any, office: Office) -> None:
    assert office_setup.named_unit(session, None) is None
    assert office_setup.named_unit(session, "城建办") == office.unit("a")
    assert office_setup.named_leader(session, "赵明") == office.leader("a")
    assert office_setup.named_leader(session, "") is None
    with pytest.raises(RuleBroken, match="没有“没有的办”"):
        office_setup.named_unit(session, "没有的办")
    with pytest.raises(RuleBroken, match="没有“查无此人”"):
        office_setup.named_leader(session, "查无此人")
    session.add(m.Leader(name="赵明", title="另一位", turn=9))
    session.flush()
    with pytest.raises(RuleBroken, match="有 2 位"):
        office_setup.named_leader(session, "赵明")


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("soon_days", "0", "即将到期"),
        ("soon_days", "abc", "整数"),
        ("soon_days", "99999", "3650"),
        ("screening_ask_day", "32", "1 到 31"),
        ("meeting_monthly_by", "40", "1 到 31"),
        ("case_review_pass", "101", "1 到 100"),
        ("reading_least_main", "101", "1 到 100"),
        ("office_name", "长" * 41, "最多 40 个字"),
        ("document_prefix", "长" * 9, "最多 8 个字"),
        ("discipline_contact", "nobody", "没有这个账号"),
    ],
)
def test_a_wrong_setting_names_itself(session: Any, office: Office, key: str, text: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as no:
        settings.put(session, office.actor("office_head"), key, text)
    assert no.value.field == key


def test_a_setting_is_dated(session: Any, office: Office) -> None:
    """Design §4: dated rows; yesterday keeps yesterday's value."""
    head = office.actor("office_head")
    settings.put(session, head, "soon_days", "10")
    settings.put(session, head, "soon_days", "12")
    assert settings.get(session, "soon_days", head.today) == 12
    assert settings.get(session, "soon_days", date(2026, 11, 20)) == 7
    assert session.scalar(sa.select(sa.func.count()).select_from(m.Setting).where(m.Setting.key == "soon_days")) == 1
