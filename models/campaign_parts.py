"""What hangs on a campaign: its leading group, its own columns with typed values, reports sent, rows struck off (G1–G5)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.campaign import Campaign, CampaignCase, Milestone
from models.casework import ClosingFile
from models.people import User
from rules.words import ColumnKind, GroupRole


class CampaignMember(Model):
    """One of the leading group (领导小组): who, in which post, with which duties (G1)."""

    __tablename__ = "campaign_member"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    position: Mapped[int]
    role: Mapped[GroupRole] = word(GroupRole)
    name: Mapped[str] = mapped_column(sa.String(60))
    post: Mapped[str | None] = mapped_column(sa.String(60))
    duties: Mapped[str | None] = mapped_column(sa.String(300))
    campaign: Mapped[Campaign] = relationship(backref=sa.orm.backref("members", order_by="CampaignMember.position"))


class CampaignColumn(Versioned, Model):
    """A column of the campaign's own (自设栏); its kind never changes once a row has a value in it."""

    __tablename__ = "campaign_column"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = ref("campaign.id")
    position: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(30))
    kind: Mapped[ColumnKind] = word(ColumnKind)
    choices: Mapped[list[Any]] = mapped_column(default=list)
    campaign: Mapped[Campaign] = relationship(backref=sa.orm.backref("own_columns", order_by="CampaignColumn.position"))
    __table_args__ = (sa.UniqueConstraint("campaign_id", "label"), sa.UniqueConstraint("id", "kind"))

    def __str__(self) -> str:
        return self.label


class CampaignValue(Model):
    """What a row of the ledger says in one of the campaign's own columns: in the place its kind asks for, nowhere else."""

    __tablename__ = "campaign_value"
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign_case.id"), primary_key=True)
    column_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ColumnKind] = word(ColumnKind)
    text: Mapped[str | None] = mapped_column(sa.String(300))
    number: Mapped[Decimal | None] = mapped_column(sa.Numeric(16, 2))
    day: Mapped[date | None]
    row: Mapped[CampaignCase] = relationship(backref="values")
    column: Mapped[CampaignColumn] = relationship()
    __table_args__ = (
        sa.ForeignKeyConstraint(["column_id", "kind"], ["campaign_column.id", "campaign_column.kind"]),
        sa.CheckConstraint("(kind in ('text', 'choice')) = (text is not null)", name="text"),
        sa.CheckConstraint("(kind = 'number') = (number is not null)", name="number"),
        sa.CheckConstraint("(kind = 'date') = (day is not null)", name="day"),
        sa.Index("ix_campaign_value_column", "column_id", "text"),
    )

    @property
    def said(self) -> str | Decimal | date | None:
        """The value itself."""
        return self.text if self.text is not None else self.number if self.number is not None else self.day


class MilestoneReport(Stamped, Model):
    """A milestone's report exactly as sent: its parts in words, its figures, who sent it (G3)."""

    __tablename__ = "milestone_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = ref("milestone.id", unique=True, index=False)
    texts: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    sent_on: Mapped[date]
    sent_by_id: Mapped[int | None] = ref("user.id", index=False)
    milestone: Mapped[Milestone] = relationship(backref=sa.orm.backref("report", uselist=False))
    sent_by: Mapped[User | None] = relationship()


class StrikeOff(Stamped, Model):
    """A row asked to be struck off (销号), approved or sent back by another, perhaps taken back later (G5).

    It stands on the case's closed closing file, or says why there is none (`without_file`).
    """

    __tablename__ = "strike_off"
    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = ref("campaign_case.id")
    reason: Mapped[str] = mapped_column(sa.String(500))
    closing_file_id: Mapped[int | None] = ref("closing_file.id", index=False)
    without_file: Mapped[str | None] = mapped_column(sa.String(300))
    asked_on: Mapped[date]
    asked_by_id: Mapped[int | None] = ref("user.id", index=False)
    approved: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(sa.String(300))
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = ref("user.id", index=False)
    undone_on: Mapped[date | None]
    undone_reason: Mapped[str | None] = mapped_column(sa.String(300))
    undone_by_id: Mapped[int | None] = ref("user.id", index=False)
    row: Mapped[CampaignCase] = relationship(backref=sa.orm.backref("strikes", order_by="StrikeOff.id"))
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])
    closing_file: Mapped[ClosingFile | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(approved is null) = (answered_on is null)", name="answered"),
        sa.CheckConstraint("answered_by_id is null or asked_by_id is null or answered_by_id <> asked_by_id", name="other"),
        sa.CheckConstraint("approved is null or approved or answer is not null", name="sent_back"),
        sa.CheckConstraint("(undone_on is null) = (undone_reason is null)", name="undone"),
        sa.CheckConstraint("closing_file_id is not null or without_file is not null", name="file"),
        sa.Index(
            "uq_strike_off_waiting", "row_id", unique=True,
            sqlite_where=sa.text("approved is null"), postgresql_where=sa.text("approved is null"),
        ),
    )  # fmt: skip
