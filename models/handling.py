"""What happens to a matter (信访事项): its legs, moves, clocks, questions upward, what is put right, proofs of service."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Unit, User
from models.petition import Petition
from rules.words import LegKind, ServiceMethod, Status


def _running_index(name: str, *columns: str, where: str) -> sa.Index:
    """An index of the few running legs that wait for something: a unit's tray costs what waits, not what there ever was."""
    waiting = sa.text(f"ended_on is null and {where}")
    return sa.Index(name, *columns, sqlite_where=waiting, postgresql_where=waiting)


class Leg(Versioned, Stamped, Model):
    """A routing (流转) of a matter to one unit; the running lead leg is the responsible unit's.

    `received_on`: 签收; `returned_on`: the office or an upper body sent it back to be handled (again);
    `answered_on`: the lead unit's reply, or an assisting unit's opinion (`answer`, 协办意见).
    """

    __tablename__ = "leg"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    kind: Mapped[LegKind] = word(LegKind)
    unit_id: Mapped[int] = ref("unit.id")
    handler_id: Mapped[int | None] = ref("user.id")
    is_lead: Mapped[bool] = mapped_column(default=True)
    sent_on: Mapped[date]
    feedback_on: Mapped[date | None]
    measures: Mapped[str | None] = mapped_column(sa.String(500))
    received_on: Mapped[date | None]
    received_by_id: Mapped[int | None] = ref("user.id", index=False)
    accepted_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = ref("user.id", index=False)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(sa.String(300))
    petition: Mapped[Petition] = relationship(back_populates="legs")
    unit: Mapped[Unit] = relationship()
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    received_by: Mapped[User | None] = relationship(foreign_keys=[received_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    __table_args__ = (
        sa.CheckConstraint("ended_on is null or ended_on >= sent_on", name="order"),
        sa.CheckConstraint("received_on is null or received_on >= sent_on", name="received"),
        sa.CheckConstraint("answer is null or answered_on is not null", name="answer"),
        sa.Index(
            "uq_leg_lead",
            "petition_id",
            unique=True,
            sqlite_where=sa.text("is_lead and ended_on is null"),
            postgresql_where=sa.text("is_lead and ended_on is null"),
        ),
        sa.Index("ix_leg_petition_unit", "petition_id", "unit_id"),
        sa.Index("ix_leg_unit_running", "unit_id", "ended_on", "petition_id"),
        sa.Index("ix_leg_ended_id", "ended_on", "id"),
        _running_index(
            "ix_leg_unreceived", "unit_id", "ended_on", "received_on", "petition_id", where="received_on is null"
        ),
        _running_index(
            "ix_leg_returned", "unit_id", "ended_on", "returned_on", "petition_id", where="returned_on is not null"
        ),
        _running_index(
            "ix_leg_unanswered", "unit_id", "is_lead", "ended_on", "petition_id", where="answered_on is null"
        ),
    )


class Move(Model):
    """One change of state, append-only: verb, from, to, who, when, paper (history of a matter)."""

    __tablename__ = "move"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    verb: Mapped[str] = mapped_column(sa.String(24))
    from_status: Mapped[Status | None] = word(Status, constraint="from_status")
    to_status: Mapped[Status] = word(Status, constraint="to_status")
    moved_on: Mapped[date]
    moved_at: Mapped[datetime]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    by_name: Mapped[str] = mapped_column(sa.String(60))
    unit_name: Mapped[str | None] = mapped_column(sa.String(80))
    note: Mapped[str | None] = mapped_column(sa.Text)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    document_id: Mapped[int | None] = ref("document.id", index=False)
    petition: Mapped[Petition] = relationship(back_populates="moves")
    document: Mapped[Any] = relationship("Document")


class Clock(Versioned, Model):
    """A deadline that runs or ran: which term, from when, until when, who is late when it is missed.

    `days` 0: a date named in a letter (反馈期限、来文期限、其他程序的期限), not counted. `paused_days`: a hearing's. `body`: who
    is late where it is neither the office nor a unit of ours (复查复核机关, 受理机关).
    """

    __tablename__ = "clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    term: Mapped[str] = mapped_column(sa.String(24))
    unit_id: Mapped[int | None] = ref("unit.id")
    started_on: Mapped[date]
    days: Mapped[int]
    is_working_days: Mapped[bool] = mapped_column(default=False)
    extended_days: Mapped[int] = mapped_column(default=0)
    paused_days: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    breach_on: Mapped[date]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(sa.String(100))
    body: Mapped[str | None] = mapped_column(sa.String(100))
    stopped_on: Mapped[date | None]
    petition: Mapped[Petition] = relationship(back_populates="clocks")
    unit: Mapped[Unit | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("breach_on >= due_on", name="rolled"),
        sa.Index(
            "uq_clock_running",
            "petition_id",
            "term",
            unique=True,
            sqlite_where=sa.text("stopped_on is null"),
            postgresql_where=sa.text("stopped_on is null"),
        ),
        sa.Index("ix_clock_due", "term", "breach_on"),
        sa.Index("ix_clock_ends", "term", "due_on"),
        sa.Index(
            "ix_clock_running",
            "term",
            "breach_on",
            sqlite_where=sa.text("stopped_on is null"),
            postgresql_where=sa.text("stopped_on is null"),
        ),
    )


class Extension(Stamped, Model):
    """An approved extension (延期): at most the allowed days, with the reason told to the petitioner (B3)."""

    __tablename__ = "extension"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500))
    approved_by_id: Mapped[int | None] = ref("user.id", index=False)
    approved_on: Mapped[date]
    __table_args__ = (sa.CheckConstraint("days between 1 and 90", name="days"),)


class Referral(Stamped, Model):
    """A question put to the upper level (向上请示): the petitioner is told, and the clock does not stop (B12)."""

    __tablename__ = "referral"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    question: Mapped[str] = mapped_column(sa.String(500))
    asked_to: Mapped[str] = mapped_column(sa.String(100))
    told: Mapped[str] = mapped_column(sa.String(200))
    asked_on: Mapped[date]
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_on: Mapped[date | None]
    petition: Mapped[Petition] = relationship(back_populates="referrals")
    __table_args__ = (sa.CheckConstraint("(answer is null) = (answered_on is null)", name="answer_pair"),)


class Rectification(Stamped, Model):
    """What is put right because the complaint was true (整改): what, who, by when, and that it was done (B7)."""

    __tablename__ = "rectification"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    text: Mapped[str] = mapped_column(sa.String(500))
    responsible: Mapped[str] = mapped_column(sa.String(60))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(sa.Text)
    petition: Mapped[Petition] = relationship(back_populates="rectifications")
    __table_args__ = (sa.CheckConstraint("(done_on is null) = (note is null)", name="done_pair"),)


class ServiceOfProcess(Stamped, Model):
    """Proof of service (送达回证): date and hour of receipt are mandatory (B5)."""

    __tablename__ = "service_of_process"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    document_id: Mapped[int | None] = ref("document.id")
    method: Mapped[ServiceMethod] = word(ServiceMethod)
    receiver: Mapped[str] = mapped_column(sa.String(60))
    served_at: Mapped[datetime]
    served_by_id: Mapped[int | None] = ref("user.id", index=False)
