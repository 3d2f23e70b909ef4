"""Setting up a campaign (专项活动): its facts, phases and milestones, and what reports it owes (G1, G3, G4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

import models as m
from rules import campaigns as rules
from rules.access import Actor, may
from rules.campaigns import Scope
from rules.words import RuleBroken
from services import campaign_columns, campaign_moves, gate

AHEAD = 30
"""Natural days before its day that a milestone shows among the reports due."""


@dataclass
class Plan:
    """Everything the campaign's form says. `phases`: name, starts_on, ends_on; `milestones`: name, due_on, contents.

    `members`: role, name, post, duties; `columns`: label, kind, choices, in their order.
    """

    name: str
    body: str
    starts_on: date
    ends_on: date
    schemes: list[str] = field(default_factory=list)
    target_resolved: int | None = None
    target_closed: int | None = None
    report_day: int = 20
    report_to: str | None = None
    is_active: bool = True
    scope: Scope = field(default_factory=Scope)
    phases: Sequence[Mapping[str, Any]] = ()
    milestones: Sequence[Mapping[str, Any]] = ()
    duties: Sequence[str] = ()
    closing_points: Sequence[str] = ()
    target_per_leader: int | None = None
    strike_months: int | None = None
    members: Sequence[Mapping[str, Any]] = ()
    columns: Sequence[Mapping[str, Any]] = ()


def save(session: Session, actor: Actor, plan: Plan, campaign: m.Campaign | None = None) -> m.Campaign:
    """Create a campaign, or change one, with its phases and milestones. Raises RuleBroken naming the field.

    Phases and milestones are matched by their place; a milestone already sent stays.
    """
    gate.allow(actor, "campaign.edit")
    _check(session, plan, campaign)
    campaign = campaign or m.Campaign()
    for name in PLAIN:
        setattr(campaign, name, getattr(plan, name))
    campaign.report_to = (plan.report_to or "").strip() or None
    campaign.schemes, campaign.scope = _names(plan.schemes, "问题类别", "schemes"), plan.scope.stored()
    campaign.duties = _names(plan.duties, "包案责任", "duties")
    campaign.closing_points = _names(plan.closing_points, "销号要求", "closing_points")
    session.add(campaign)
    session.flush()
    _match(session, campaign, m.Phase, campaign.phases, plan.phases)
    _match(session, campaign, m.Milestone, campaign.milestones, plan.milestones)
    members = [{"position": place} | dict(said) for place, said in enumerate(plan.members)]
    _match(session, campaign, m.CampaignMember, campaign.members, members)
    campaign_columns.match(session, campaign, plan.columns)
    session.flush()
    session.expire(campaign, ["phases", "milestones", "members", "own_columns"])
    return campaign


PLAIN = (
    "name", "body", "starts_on", "ends_on", "target_resolved", "target_closed", "target_per_leader", "strike_months",
    "report_day", "is_active",
)  # fmt: skip


def _check(session: Session, plan: Plan, campaign: m.Campaign | None) -> None:
    if not plan.name.strip():
        raise RuleBroken("活动名称：请填写。", "name")
    if not plan.body.strip():
        raise RuleBroken("发起单位：请填写。", "body")
    same = session.scalars(sa.select(m.Campaign.id).where(m.Campaign.name == plan.name)).first()
    if same is not None and same != (campaign.id if campaign else None):
        raise RuleBroken("活动名称：已有同名的专项活动，请换一个名称。", "name")
    rules.check_period("活动时间", plan.starts_on, plan.ends_on, "ends_on")
    for name, value in (("target_resolved", plan.target_resolved), ("target_closed", plan.target_closed)):
        if value is not None and not 0 <= value <= 100:
            raise RuleBroken("目标：应为 0 到 100 之间的百分数，请改正。", name)
    if plan.target_per_leader is not None and not 0 <= plan.target_per_leader <= 1000:
        raise RuleBroken("每位领导化解目标：应为 0 到 1000 的整数，请改正。", "target_per_leader")
    if plan.strike_months is not None and not 1 <= plan.strike_months <= 60:
        raise RuleBroken("销号时限：应为 1 到 60 个月，请改正。", "strike_months")
    if not 1 <= plan.report_day <= 28:
        raise RuleBroken("每月报表日：应为 1 到 28 日，请改正。", "report_day")
    _check_scope(session, plan.scope)
    _check_parts(session, plan, campaign)


def _check_scope(session: Session, scope: Scope) -> None:
    if not 0 <= scope.years <= 50:
        raise RuleBroken("范围：往前追溯的年数应为 0 到 50。", "years")
    strange = [name for name in scope.spans if name not in rules.SPANS]
    if strange:
        raise RuleBroken(f"范围：三跨三分离没有“{strange[0]}”，可选的有：{'、'.join(rules.SPANS)}。", "spans")
    known = set(session.scalars(sa.select(m.Unit.id).where(m.Unit.id.in_(scope.unit_ids))))
    if set(scope.unit_ids) - known:
        raise RuleBroken("范围：有的责任单位不存在，请重新选择。", "unit_ids")


def _check_parts(session: Session, plan: Plan, campaign: m.Campaign | None) -> None:
    """Phases and milestones lie within the campaign, but for those reported before its days were changed."""
    past = {part: campaign_moves.unmoved(session, campaign, part, getattr(plan, part)) for part in campaign_moves.DAYS}
    for place, phase in enumerate(plan.phases, start=1):
        rules.check_period(f"第 {place} 个阶段", phase["starts_on"], phase["ends_on"], "phases")
        is_outside = phase["starts_on"] < plan.starts_on or phase["ends_on"] > plan.ends_on
        if is_outside and place - 1 not in past["phases"]:
            raise RuleBroken(
                f"第 {place} 个阶段：应在活动起止日期之内；改了活动日期的，请把阶段的日期一起改好。", "phases"
            )
    for place, owed in enumerate(plan.milestones, start=1):
        is_outside = not plan.starts_on <= owed["due_on"] <= plan.ends_on
        if is_outside and place - 1 not in past["milestones"]:
            raise RuleBroken(
                f"第 {place} 个报送节点：应在活动起止日期之内；改了活动日期的，请把报送节点的日期一起改好。",
                "milestones",
            )


def _names(entered: Sequence[str], label: str, field_name: str) -> list[str]:
    """The names in their order, each once, none empty. Raises RuleBroken when one is too long or there are too many."""
    names = list(dict.fromkeys(name.strip() for name in entered if name.strip()))
    if any(len(name) > 60 for name in names):
        raise RuleBroken(f"{label}：每类最多 60 个字，请删短。", field_name)
    if len(names) > 40:
        raise RuleBroken(f"{label}：最多 40 类，请合并。", field_name)
    return names


def _match(
    session: Session, campaign: m.Campaign, kind: type[Any], have: Sequence[Any], said: Sequence[Mapping[str, Any]]
) -> None:
    """Bring the rows of phases or milestones in line with what was said, by place."""
    for place, values in enumerate(said):
        row = have[place] if place < len(have) else kind(campaign_id=campaign.id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
    for row in list(have)[len(said) :]:
        if getattr(row, "sent_on", None):
            raise RuleBroken(f"报送节点“{row.name}”已报送，不能删除。", "milestones")
        session.delete(row)


def reports_due(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """What running campaigns owe and have not sent, the earliest first.

    [{"kind": "month" | "milestone", "label", "due_on", "is_late", "campaign_id", "month" | "milestone_id"}]
    """
    if not may(actor, "monthly_report.list"):
        return []
    active = (
        sa.select(m.Campaign)
        .where(m.Campaign.is_active, m.Campaign.starts_on <= actor.today)
        .options(selectinload(m.Campaign.milestones))
    )
    sent = {(row[0], row[1]) for row in session.execute(sa.select(m.MonthlyReport.campaign_id, m.MonthlyReport.month))}
    found: list[dict[str, Any]] = []
    for campaign in session.scalars(active):
        found += [_owed_month(actor, campaign, month) for month in _unsent(campaign, sent, actor.today)]
        found += [_owed_milestone(actor, campaign, one) for one in campaign.milestones if _is_near(one, actor.today)]
    return sorted(found, key=lambda one: (one["due_on"], one["label"]))


def _unsent(campaign: m.Campaign, sent: set[tuple[int, str]], today: date) -> list[str]:
    begun = rules.months_of(campaign.starts_on, campaign.ends_on, today)
    return [month for month in begun if (campaign.id, month) not in sent]


def _is_near(milestone: m.Milestone, today: date) -> bool:
    return milestone.sent_on is None and (milestone.due_on - today).days <= AHEAD


def _owed_month(actor: Actor, campaign: m.Campaign, month: str) -> dict[str, Any]:
    due_on = rules.due_of(month, campaign.report_day)
    label = f"{campaign.name} {int(month[:4])}年{int(month[5:])}月情况统计表"
    late = due_on < actor.today
    return {
        "kind": "month", "label": label, "due_on": due_on, "is_late": late, "campaign_id": campaign.id, "month": month,
    }  # fmt: skip


def _owed_milestone(actor: Actor, campaign: m.Campaign, milestone: m.Milestone) -> dict[str, Any]:
    return {
        "kind": "milestone",
        "label": f"{campaign.name} {milestone.name}",
        "due_on": milestone.due_on,
        "is_late": milestone.due_on < actor.today,
        "campaign_id": campaign.id,
        "milestone_id": milestone.id,
    }
