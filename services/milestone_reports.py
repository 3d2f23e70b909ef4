"""A milestone's report (报送节点): its required parts drafted, figures beside them, frozen as sent with who sent it (G3)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import campaigns as rules
from rules import figures
from rules.access import Actor
from rules.words import LedgerState, RuleBroken
from services import campaign_ledger, gate, monthly_reports

WHOLE = "报告内容"
"""The one part of a report whose milestone lists none."""
MOST = 5000


def find(campaign: m.Campaign, milestone_id: object) -> m.Milestone:
    """A milestone of this campaign; NotHere for any other."""
    key = gate.id_in(str(milestone_id))
    found = next((one for one in campaign.milestones if one.id == key), None)
    if found is None:
        raise gate.NotHere("没有找到这个报送节点。")
    return found


def parts(milestone: m.Milestone) -> list[str]:
    """What the report must contain."""
    return rules.parts_of(milestone.contents) or [WHOLE]


def draft(session: Session, actor: Actor, milestone: m.Milestone, said: Mapping[str, str]) -> None:
    """Keep what was written so far of each part. Raises RuleBroken when it was sent, or a part is too long."""
    gate.allow(actor, "milestone_report.edit")
    _check_open(milestone)
    long = next((name for name, text in said.items() if len(text) > MOST), None)
    if long is not None:
        raise RuleBroken(f"{long}：最多 {MOST} 个字，请删短。", long)
    milestone.texts = {name: said.get(name, "").replace("\x00", "").strip() for name in parts(milestone)}
    session.flush()


def _check_open(milestone: m.Milestone) -> None:
    if milestone.sent_on is not None:
        raise RuleBroken(f"“{milestone.name}”已于 {milestone.sent_on} 报送，不能再改。")


def missing(milestone: m.Milestone) -> list[str]:
    """Required parts that nothing is written in."""
    return [name for name in parts(milestone) if not (milestone.texts or {}).get(name, "").strip()]


def body(session: Session, actor: Actor, milestone: m.Milestone, most: int | None = None) -> dict[str, Any]:
    """The figures from the campaign's first day to today, or to its last, with the base list and who leads what."""
    campaign = milestone.campaign
    last = min(actor.today, campaign.ends_on)
    found = monthly_reports.body_of(session, actor, campaign, campaign.starts_on, last, most)
    return found | {"title": f"{campaign.name}{milestone.name}", "summary": summary(session, actor, campaign, found)}


def summary(session: Session, actor: Actor, campaign: m.Campaign, body: Mapping[str, Any]) -> list[str]:
    """The figures as sentences a report can begin with."""
    total, case = body["total"], m.CampaignCase
    ledger = campaign_ledger.rows(actor, campaign.id).where(case.state != LedgerState.REMOVED)
    picks = (case.leader_id.is_not(None), case.measures.is_not(None), case.is_base, case.struck_off_on.is_not(None))
    sums = [sa.func.coalesce(sa.func.sum(sa.case((pick, 1), else_=0)), 0) for pick in picks]
    led, measured, base, struck = session.execute(ledger.with_only_columns(*sums)).one()
    rate = figures.written(total["rate"], figures.PERCENT)
    kept = f"未化解 {total['open']} 件（超期 {total['late']} 件）"
    said = [
        f"排查建账 {total['found']} 件，已化解 {total['resolved_all']} 件，{kept}，化解率 {rate}。",
        f"领导包案 {led} 件，有化解措施 {measured} 件，已销号 {struck} 件。",
    ]
    if campaign.frozen_on is not None:
        said.append(f"基数 {base} 件（{campaign.frozen_on} 冻结），以后列入 {total['found'] - base} 件。")
    return said


def send(
    session: Session, actor: Actor, milestone: m.Milestone, said: Mapping[str, str] | None = None
) -> m.MilestoneReport:
    """Freeze the report and record it as sent today. Raises RuleBroken naming a part that is missing, or when it was sent."""
    gate.allow(actor, "milestone_report.send")
    _check_open(milestone)
    if said is not None:
        draft(session, actor, milestone, said)
    lacks = missing(milestone)
    if lacks:
        raise RuleBroken(f"报送内容：还缺“{'”“'.join(lacks)}”，请写好后再报送。", lacks[0])
    report = m.MilestoneReport(
        milestone=milestone,
        texts=dict(milestone.texts),
        body=body(session, actor, milestone) | {"preparer": actor.name},
        sent_at=actor.now,
        sent_on=actor.today,
        sent_by_id=actor.user_id,
    )
    session.add(report)
    milestone.sent_on = actor.today
    session.flush()
    return report


def shown(session: Session, actor: Actor, milestone: m.Milestone) -> m.MilestoneReport | None:
    """The report as sent, if it was; NotHere where it lists a matter this actor must not know of (§3)."""
    found: m.MilestoneReport | None = session.scalars(
        sa.select(m.MilestoneReport).where(m.MilestoneReport.milestone_id == milestone.id)
    ).one_or_none()
    if found is not None and found.id in monthly_reports.hidden_ids(session, actor, m.MilestoneReport):
        raise gate.NotHere("没有找到这条记录。")
    return found
