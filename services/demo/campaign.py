"""A running campaign (积案化解年): begun half a year ago, its ledger kept month by month, its tables sent."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import models as m
from rules import campaigns as rules
from rules.campaigns import Scope
from rules.roster_period import month_of
from rules.words import LedgerState
from services import campaign_base, campaign_ledger, campaigns, milestone_reports, monthly_reports, strike_offs
from services.demo.people import HANDLERS, UNITS
from services.demo.town import Life, Town

TEMPLATE, TARGET = "year", 90
BEGUN = 6
"""Months before today's in which it began."""
TAKEN, OLD = 9, 20
"""Matters taken into the ledger at first, and how many days they must have been with the office by then."""
SCHEMES = {
    "国土资源": "土地征用",
    "城乡建设": "房屋拆迁",
    "劳动和社会保障": "劳动保障",
    "环境保护": "环境保护",
    "教育文体": "教育卫生",
    "卫生计生": "教育卫生",
    "农村农业": "三农",
}
"""Top level of the classification → the campaign's own category; everything else is 涉法涉诉."""
OTHER_SCHEME = "涉法涉诉"
MEASURES = "一案一策：责任单位提出方案，包案领导每月调度一次。"
PROGRESS = "{month}月：已与信访人见面，正在落实处理意见。"
LATER = "重复信访，按范围补列"
WRITTEN = "已按方案落实，数字见所附情况统计表。"
RESOLVED = "处理意见已兑现，信访人认可，办结归档。"
NO_FILE = "没有领导包案，按办结报告销号。"


def run(town: Town) -> Life:
    """From its founding to today; the table of the running month is still owed."""
    start = _months_ago(town.today, BEGUN)
    day = town.workday(start)
    yield day
    campaign = _found(town, day, start)
    for month in rules.months_of(campaign.starts_on, campaign.ends_on, town.today):
        day = town.workday(rules.due_of(month, campaign.report_day) - timedelta(days=4))
        yield day
        _take(town, day, campaign)
        _keep(town, day, campaign)
        _send_milestones(town, day, campaign)
        _strike_off(town, day, campaign)
        if month == month_of(town.today):
            break
        day = town.workday(rules.due_of(month, campaign.report_day))
        yield day
        monthly_reports.send(town.session, town.acting("statistician", day), campaign, month)


def _months_ago(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _found(town: Town, day: date, start: date) -> m.Campaign:
    said: dict[str, Any] = rules.draft(TEMPLATE, start)
    said |= {"body": "县信访工作联席会议办公室", "target_resolved": TARGET, "scope": Scope(years=5)}
    return campaigns.save(town.session, town.acting("office_head", day), campaigns.Plan(**said))


def _take(town: Town, day: date, campaign: m.Campaign) -> None:
    """Old matters within the scope: many at first, a few each month after."""
    clerk = town.acting("clerk", day)
    old = campaign_ledger.propose(clerk, campaign).where(m.Petition.registered_on <= day - timedelta(days=OLD))
    with_unit = old.where(m.Petition.unit_id.is_not(None)).options(joinedload(m.Petition.category))
    is_first = not town.session.scalar(sa.select(m.CampaignCase.id).limit(1).execution_options(gated=True))
    found = town.session.scalars(with_unit.limit(TAKEN if is_first else 2)).all()
    reason = LATER if campaign.frozen_on else ""
    for petition in found:
        top = petition.category.path.split("/")[0] if petition.category else ""
        campaign_ledger.take(town.session, clerk, campaign, [petition.id], SCHEMES.get(top, OTHER_SCHEME), reason)


def _keep(town: Town, day: date, campaign: m.Campaign) -> None:
    """Each row as it stands this month, written by the unit that answers for it."""
    clerk = town.acting("clerk", day)
    ledger = town.session.scalars(campaign_ledger.rows(clerk, campaign.id).order_by(m.CampaignCase.id)).all()
    for place, row in enumerate(ledger):
        if row.state is LedgerState.RESOLVED:
            continue
        if row.petition.closed_on is not None:
            said: dict[str, Any] = {
                "state": LedgerState.RESOLVED,
                "progress": RESOLVED,
                "resolved_on": row.petition.closed_on,
            }
        else:
            said = {"state": LedgerState.DOING, "measures": MEASURES, "progress": PROGRESS.format(month=day.month)}
        campaign_ledger.edit(town.session, town.acting(keeper(row), day), row, said)
        if place % 5 == 0:
            nearer = {"due_on": min(row.petition.registered_on + timedelta(days=150), campaign.ends_on)}
            campaign_ledger.edit(town.session, town.acting("clerk", day), row, nearer)


def _strike_off(town: Town, day: date, campaign: m.Campaign) -> None:
    """In its third month the base list is frozen; afterwards two resolved rows a month are asked for, one approved."""
    head, clerk = town.acting("office_head", day), town.acting("clerk", day)
    if campaign.frozen_on is None:
        if day > campaign.starts_on + timedelta(days=60):
            campaign_base.freeze(town.session, head, campaign)
        return
    ready = campaign_ledger.rows(clerk, campaign.id).where(
        m.CampaignCase.state == LedgerState.RESOLVED, ~m.CampaignCase.strikes.any()
    )
    for place, row in enumerate(town.session.scalars(ready.order_by(m.CampaignCase.id).limit(2)).all()):
        strike_offs.ask(town.session, clerk, row, "处理意见已兑现，回访满意。", campaign.closing_points, NO_FILE)
        if place == 0:
            strike_offs.answer(town.session, head, row, is_approved=True)


def keeper(row: m.CampaignCase) -> str:
    """Who writes the row at its unit."""
    keys = {name: key for key, (name, *_) in UNITS.items()}
    return HANDLERS[keys[row.unit.name]] if row.unit else "clerk"


def _send_milestones(town: Town, day: date, campaign: m.Campaign) -> None:
    for owed in campaign.milestones:
        if owed.sent_on is None and owed.due_on <= day:
            said = dict.fromkeys(milestone_reports.parts(owed), WRITTEN)
            milestone_reports.send(town.session, town.acting("office_head", day), owed, said)
