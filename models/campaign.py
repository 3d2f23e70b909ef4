"""Campaigns (专项活动): phases, milestones, the ledger, and the monthly table frozen as sent."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Leader, Unit
from models.petition import Petition
from rules.words import LedgerSource, LedgerState


class Campaign(Versioned, Stamped, Model):
    """A campaign: body, period, targets in per cent, scope as a saved filter (G1)."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    body: Mapped[str] = mapped_column(sa.String(100))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    schemes: Mapped[list[Any]] = mapped_column(default=list)
    duties: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    closing_points: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    closing_template_id: Mapped[int | None] = ref("closing_template.id")
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict)
    target_resolved: Mapped[int | None]
    target_closed: Mapped[int | None]
    target_per_leader: Mapped[int | None]
    strike_months: Mapped[int | None]
    frozen_on: Mapped[date | None]
    frozen_by_id: Mapped[int | None] = ref("user.id", index=False)
    report_day: Mapped[int] = mapped_column(default=20)
    report_to: Mapped[str | None] = mapped_column(sa.String(100))
    is_active: Mapped[bool] = mapped_column(default=True)
    phases: Mapped[list["Phase"]] = relationship(back_populates="campaign", order_by="Phase.starts_on")
    milestones: Mapped[list["Milestone"]] = relationship(back_populates="campaign", order_by="Milestone.due_on")
    rows: Mapped[list["CampaignCase"]] = relationship(back_populates="campaign", order_by="CampaignCase.id")
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="period"),
        sa.CheckConstraint("target_resolved is null or target_resolved between 0 and 100", name="target_resolved"),
        sa.CheckConstraint("target_closed is null or target_closed between 0 and 100", name="target_closed"),
        sa.CheckConstraint("report_day between 1 and 28", name="report_day"),
        sa.CheckConstraint("target_per_leader is null or target_per_leader >= 0", name="target_per_leader"),
        sa.CheckConstraint("strike_months is null or strike_months between 1 and 60", name="strike_months"),
    )

    def __str__(self) -> str:
        return self.name


class Phase(Versioned, Model):
    """A named stretch of a campaign's days (G1)."""

    __tablename__ = "phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    name: Mapped[str] = mapped_column(sa.String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    campaign: Mapped[Campaign] = relationship(back_populates="phases")
    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="period"),)


class Milestone(Versioned, Model):
    """A report owed upward on a fixed date with its required contents (G3)."""

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    name: Mapped[str] = mapped_column(sa.String(100))
    due_on: Mapped[date]
    contents: Mapped[str | None] = mapped_column(sa.String(500))
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    sent_on: Mapped[date | None]
    campaign: Mapped[Campaign] = relationship(back_populates="milestones")


class CampaignCase(Versioned, Stamped, Model):
    """A row of the campaign's ledger (积案台账), kept live (G2)."""

    __tablename__ = "campaign_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    petition_id: Mapped[int] = ref("petition.id")
    scheme: Mapped[str | None] = mapped_column(sa.String(60))
    source: Mapped[LedgerSource] = word(LedgerSource, default=LedgerSource.MATTER)
    source_number: Mapped[str | None] = mapped_column(sa.String(60))
    unit_id: Mapped[int | None] = ref("unit.id")
    responsible: Mapped[str | None] = mapped_column(sa.String(60))
    leader_id: Mapped[int | None] = ref("leader.id")
    measures: Mapped[str | None] = mapped_column(sa.String(500))
    due_on: Mapped[date | None]
    progress: Mapped[str | None] = mapped_column(sa.String(500))
    state: Mapped[LedgerState] = word(LedgerState, default=LedgerState.OPEN)
    resolved_on: Mapped[date | None]
    entered_on: Mapped[date]
    entered_reason: Mapped[str | None] = mapped_column(sa.String(300))
    is_base: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))
    removed_reason: Mapped[str | None] = mapped_column(sa.String(300))
    removed_on: Mapped[date | None]
    led_on: Mapped[date | None]
    strike_by: Mapped[date | None]
    struck_off_on: Mapped[date | None]
    carried_from_id: Mapped[int | None] = ref("campaign_case.id", unique=True, index=False)
    campaign: Mapped[Campaign] = relationship(back_populates="rows")
    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit | None] = relationship()
    leader: Mapped[Leader | None] = relationship()
    carried_from: Mapped["CampaignCase | None"] = relationship(remote_side=[id], back_populates="carried_to")
    carried_to: Mapped["CampaignCase | None"] = relationship(back_populates="carried_from", uselist=False)
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "petition_id"),
        sa.CheckConstraint("(state = 'resolved') = (resolved_on is not null)", name="resolved_on"),
        sa.CheckConstraint("(state = 'removed') = (removed_reason is not null)", name="removed_reason"),
        sa.CheckConstraint("struck_off_on is null or state = 'resolved'", name="struck_off"),
        sa.Index(
            "ix_campaign_case_table",
            "campaign_id",
            "unit_id",
            "scheme",
            "state",
            "entered_on",
            "resolved_on",
            "due_on",
            "petition_id",
        ),
    )

    def __str__(self) -> str:
        return self.petition.number


class MonthlyReport(Stamped, Model):
    """The monthly table (情况统计表) exactly as sent (G4)."""

    __tablename__ = "monthly_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    month: Mapped[str] = mapped_column(sa.String(7))
    edition: Mapped[int] = mapped_column(default=1)
    correction: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    body: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    sent_on: Mapped[date]
    sent_by_id: Mapped[int | None] = ref("user.id", index=False)
    campaign: Mapped[Campaign] = relationship()
    __table_args__ = (sa.UniqueConstraint("campaign_id", "month", "edition"),)
