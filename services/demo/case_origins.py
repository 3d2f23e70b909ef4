"""A case opened from a row of the campaign's ledger, and another that its unit proposes and nobody has answered yet (F1, F8)."""

from datetime import timedelta

import sqlalchemy as sa

import models as m
from rules.words import OPEN_STATUSES, LedgerState
from services import campaign_ledger, case_choices, case_proposals, case_sources, case_work
from services.cases import Assignment
from services.demo.campaign import keeper
from services.demo.town import Life, Town

WHY = "多次来访，涉及两个部门，单位协调不动，建议由领导包案。"
FIRST = "列入包案后与信访人通了电话，约定一周内见面。"


def life(town: Town) -> Life:
    """A few days ago; whoever runs the demonstration finds both waiting."""
    day = town.workday(town.today - timedelta(days=4))
    yield day
    rows = _free(town)
    for row in rows[:1]:
        _open(town, row)
    for row in rows[1:2]:
        asker = town.acting(keeper(row), day)
        case_proposals.propose(town.session, asker, row.petition, WHY)


def _free(town: Town) -> list[m.CampaignCase]:
    """Open rows of matters in hand at a unit that no leader carries."""
    row, carried = m.CampaignCase, sa.exists().where(m.Case.petition_id == m.CampaignCase.petition_id)
    statement = campaign_ledger.rows(town.system).join(row.petition).where(
        row.state.in_((LedgerState.OPEN, LedgerState.DOING)), m.Petition.status.in_(OPEN_STATUSES),
        m.Petition.unit_id.is_not(None), sa.not_(carried),
    )  # fmt: skip
    return list(town.session.scalars(statement.order_by(row.id).limit(2)))


def _open(town: Town, row: m.CampaignCase) -> None:
    day = town.workday(town.today - timedelta(days=4))
    clerk = town.acting("clerk", day)
    leader = case_choices.propose_leader(town.session, clerk, row.petition)
    if leader is not None:
        said = Assignment(leader.id, close_by=day + timedelta(days=60), direction="先核实、后化解。")
        case = case_sources.open_from(town.session, clerk, row, said)
        case_work.note_progress(town.session, clerk, case, FIRST, next_on=town.today + timedelta(days=5))
