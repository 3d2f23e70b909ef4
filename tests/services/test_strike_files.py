"""Striking off stands on a closed closing file, or says why not; taking the case up again takes it back; limits fall due (G5, H1, H4)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import models as m
from rules.words import LedgerState, RuleBroken
from services import campaign_ledger, closing, digest, strike_offs
from tests.fixtures import casework
from tests.fixtures.office import Office
from tests.services.test_campaign_rows import POINTS, ask, edit, made, take


def resolved(office: Office, petition: m.Petition) -> m.CampaignCase:
    row = take(office, made(office), petition)
    return edit(office, row, state=LedgerState.RESOLVED, progress="已兑现", leader_id=office.leader("a").id)


def asked(office: Office, row: m.CampaignCase, without: str = "") -> m.StrikeOff:
    return strike_offs.ask(office.session, office.actor("clerk"), row, "已化解", POINTS, without)


@pytest.mark.db(long="sqlite")
def test_a_closed_file_carries_the_strike_off_and_reopening_takes_it_back(office: Office, tmp_path: Path) -> None:
    head = office.actor("office_head")
    file = casework.fill(office, casework.closing_file(office), tmp_path)
    row = resolved(office, file.petition)
    with pytest.raises(RuleBroken, match=f"{file.case.number} 的结案卷还没有结案") as no:
        asked(office, row)
    assert no.value.field == "without_file"
    casework.sign(office, file)
    closing.close(office.session, office.actor("clerk"), file)
    one = asked(office, row, "写了也不用")
    assert (one.closing_file, one.without_file) == (file, None)
    strike_offs.answer(office.session, head, row, is_approved=True)
    assert row.struck_off_on == office.today

    closing.reopen(office.session, head, file, "回访不满意")
    office.session.refresh(row)
    assert (row.struck_off_on, row.state, row.resolved_on) == (None, LedgerState.DOING, None)
    assert (one.undone_on, one.undone_reason) == (office.today, "回访不满意")


def test_a_request_that_waits_when_the_case_is_taken_up_again_is_sent_back(office: Office, tmp_path: Path) -> None:
    file = casework.closed_file(office, tmp_path)
    row = resolved(office, file.petition)
    one = asked(office, row)
    closing.reopen(office.session, office.actor("office_head"), file, "承诺没有兑现")
    assert (one.approved, one.answer) == (False, "承诺没有兑现")
    assert strike_offs.waiting(office.session, office.actor("office_head")) == []
    with pytest.raises(RuleBroken, match="已化解的才能申请"):
        asked(office, row)


def test_without_a_file_it_says_why(office: Office) -> None:
    row = resolved(office, casework.matter(office))
    with pytest.raises(RuleBroken, match="这件还没有结案卷，结案后再申请；不经结案审查的，请写明理由"):
        asked(office, row)
    assert ask(office, row).without_file == "法院已判决，不经结案审查"
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.StrikeOff).execution_options(gated=True)) == 1


def test_the_half_year_limit_falls_due_until_struck_off(office: Office) -> None:
    """S2d: the row's leader, its unit and the office are asked when its limit comes near; nobody after it is struck off."""
    row = resolved(office, casework.matter(office))
    row.strike_by = office.today + timedelta(2)
    office.session.flush()

    def due(username: str) -> list[date]:
        groups = {group.kind.key: group for group in digest.groups(office.session, office.actor(username))}
        return [item.due for item in groups["strike"].items] if "strike" in groups else []

    assert due("office_head") == [row.strike_by]
    assert due("handler_b") == []
    strike_offs.ask(office.session, office.actor("clerk"), row, "已化解", POINTS, "法院已判决")
    strike_offs.answer(office.session, office.actor("office_head"), row, is_approved=True)
    assert due("office_head") == []
    strike_offs.undo(office.session, office.actor("office_head"), row, "再次来访")
    campaign_ledger.edit(
        office.session, office.actor("clerk"), row, {"state": LedgerState.REMOVED, "removed_reason": "重复"}
    )
    assert due("office_head") == []
