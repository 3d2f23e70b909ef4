"""Reception rules, the roster's sessions, published notices, and what came of each visitor."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Leader, Unit, User
from models.petition import Contact, Petition
from rules.reception_words import RuleUse, SwapState
from rules.words import OnHoliday, Outcome, Purpose, Rank, SessionForm


class ReceptionRule(Versioned, Model):
    """A rule (接访规则): which days, when, where; `rrule` is RFC 5545 text, RSCALE=CHINESE or WORKDAYS.

    `only_rank`: whose days they are (None: all in turn); `other_place`: the second of two places in turn (两地轮流).
    """

    __tablename__ = "reception_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    use: Mapped[RuleUse] = word(RuleUse, default=RuleUse.RECEPTION)
    only_rank: Mapped[Rank | None] = word(Rank)
    rrule: Mapped[str] = mapped_column(sa.String(200))
    on_holiday: Mapped[OnHoliday] = word(OnHoliday, default=OnHoliday.NEXT)
    starts: Mapped[str] = mapped_column(sa.String(5), default="09:00")
    ends: Mapped[str] = mapped_column(sa.String(5), default="11:30")
    place: Mapped[str | None] = mapped_column(sa.String(100))
    other_place: Mapped[str | None] = mapped_column(sa.String(100))
    form: Mapped[SessionForm] = word(SessionForm, default=SessionForm.FIXED)
    cadre: Mapped[str | None] = mapped_column(sa.String(60))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        sa.CheckConstraint("starts < ends", name="hours"),
        sa.CheckConstraint("valid_to is null or valid_from is null or valid_to >= valid_from", name="validity"),
    )

    def __str__(self) -> str:
        return self.name


class ReceptionSession(Versioned, Stamped, Model):
    """One reception day of one leader (接访场次). `uid` stays the same through an exchange, so feeds update in place.

    `turn_leader_id`: whose turn it used up when the roster was made; no change by hand and no exchange touches it.
    """

    __tablename__ = "reception_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(60), unique=True)
    rule_id: Mapped[int | None] = ref("reception_rule.id")
    held_on: Mapped[date] = mapped_column(index=True)
    moved_from: Mapped[date | None]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[str] = mapped_column(sa.String(5))
    ends: Mapped[str] = mapped_column(sa.String(5))
    place: Mapped[str | None] = mapped_column(sa.String(100))
    form: Mapped[SessionForm] = word(SessionForm, default=SessionForm.FIXED)
    leader_id: Mapped[int | None] = ref("leader.id")
    original_leader_id: Mapped[int | None] = ref("leader.id")
    turn_leader_id: Mapped[int | None] = ref("leader.id")
    companion_unit_id: Mapped[int | None] = ref("unit.id")
    companion_told_on: Mapped[date | None]
    delegates: Mapped[str | None] = mapped_column(sa.String(200))
    cadre: Mapped[str | None] = mapped_column(sa.String(60))
    told_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(sa.String(200))
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    cancelled_reason: Mapped[str | None] = mapped_column(sa.String(200))
    rule: Mapped[ReceptionRule | None] = relationship()
    leader: Mapped[Leader | None] = relationship(foreign_keys=[leader_id])
    original_leader: Mapped[Leader | None] = relationship(foreign_keys=[original_leader_id])
    companion_unit: Mapped[Unit | None] = relationship()
    __table_args__ = (sa.CheckConstraint("starts < ends", name="hours"),)

    @property
    def nominal(self) -> date:
        """The day the rule names: before it was put off, or moved by hand."""
        return self.moved_from or self.held_on

    @property
    def is_cancelled(self) -> bool:
        """Called off, with a reason."""
        return self.cancelled_reason is not None

    def __str__(self) -> str:
        return f"{self.held_on} {self.leader.name if self.leader else '（缺领导）'}"


class Swap(Versioned, Stamped, Model):
    """An exchange (调换) of two sessions' leaders, or a stand-in (代) without `other_session`: asked, accepted, approved (D5)."""

    __tablename__ = "swap"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = ref("reception_session.id")
    other_session_id: Mapped[int | None] = ref("reception_session.id")
    from_leader_id: Mapped[int | None] = ref("leader.id")
    to_leader_id: Mapped[int] = ref("leader.id")
    reason: Mapped[str] = mapped_column(sa.String(300))
    state: Mapped[SwapState] = word(SwapState, default=SwapState.ASKED)
    asked_on: Mapped[date]
    accepted_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decision: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    accepted_by_id: Mapped[int | None] = ref("user.id", index=False)
    decided_by_id: Mapped[int | None] = ref("user.id", index=False)
    session: Mapped[ReceptionSession] = relationship(foreign_keys=[session_id])
    other_session: Mapped[ReceptionSession | None] = relationship(foreign_keys=[other_session_id])
    from_leader: Mapped[Leader | None] = relationship(foreign_keys=[from_leader_id])
    to_leader: Mapped[Leader] = relationship(foreign_keys=[to_leader_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    __table_args__ = (
        sa.CheckConstraint("other_session_id is null or other_session_id <> session_id", name="two_sessions"),
        sa.CheckConstraint("from_leader_id is null or from_leader_id <> to_leader_id", name="two_leaders"),
        sa.CheckConstraint("state <> 'approved' or decided_on is not null", name="decided"),
        sa.Index(
            "uq_swap_open",
            "session_id",
            unique=True,
            sqlite_where=sa.text("state in ('asked','accepted')"),
            postgresql_where=sa.text("state in ('asked','accepted')"),
        ),
    )

    def __str__(self) -> str:
        before = self.from_leader.name if self.from_leader else "（缺领导）"
        return f"{before} ⇄ {self.to_leader.name}" if self.other_session else f"{self.to_leader.name} 代 {before}"


class Notice(Stamped, Model):
    """A published version of a period's roster (公示), frozen: `body` is exactly what the public saw (D6)."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    period: Mapped[str] = mapped_column(sa.String(7), index=True)
    edition: Mapped[int]
    published_at: Mapped[datetime]
    published_on: Mapped[date]
    published_by_id: Mapped[int | None] = ref("user.id", index=False)
    body: Mapped[dict[str, Any]]
    __table_args__ = (
        sa.UniqueConstraint("period", "edition"),
        sa.CheckConstraint("edition >= 1", name="edition"),
    )

    def __str__(self) -> str:
        return self.number


reception_record_unit = sa.Table(
    "reception_record_unit",
    Model.metadata,
    sa.Column("reception_record_id", sa.ForeignKey("reception_record.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True, index=True),
)
"""The units that assist (协办单位) with what a visitor came about."""


class ReceptionRecord(Versioned, Stamped, Model):
    """One visitor of a session (信访接待登记表): demand, opinion, outcome, and its result later (D7).

    `signed_on`: the day of the written instruction (签批); `policy`: why it cannot be solved now (说明政策).
    """

    __tablename__ = "reception_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = ref("reception_session.id")
    leader_id: Mapped[int] = ref("leader.id")
    visitor: Mapped[str] = mapped_column(sa.String(60))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    people_count: Mapped[int] = mapped_column(default=1)
    place: Mapped[str | None] = mapped_column(sa.String(100))
    demand: Mapped[str] = mapped_column(sa.Text)
    purpose: Mapped[Purpose] = word(Purpose, default=Purpose.SEEK)
    is_secret: Mapped[bool] = mapped_column(default=False)
    cause: Mapped[str | None] = mapped_column(sa.String(300))
    unit_id: Mapped[int | None] = ref("unit.id")
    due_on: Mapped[date | None]
    signed_on: Mapped[date | None]
    policy: Mapped[str | None] = mapped_column(sa.String(300))
    opinion: Mapped[str | None] = mapped_column(sa.String(500))
    outcome: Mapped[Outcome | None] = word(Outcome)
    result: Mapped[str | None] = mapped_column(sa.String(500))
    leader_told_on: Mapped[date | None]
    visitor_told_on: Mapped[date | None]
    petition_id: Mapped[int | None] = ref("petition.id")
    contact_id: Mapped[int | None] = ref("contact.id")
    recorded_by_id: Mapped[int | None] = ref("user.id", index=False)
    session: Mapped[ReceptionSession] = relationship()
    leader: Mapped[Leader] = relationship()
    unit: Mapped[Unit | None] = relationship()
    assisting: Mapped[list[Unit]] = relationship(secondary=reception_record_unit, order_by=Unit.position)
    petition: Mapped[Petition | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    recorded_by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("contact_id"),
        sa.CheckConstraint("people_count >= 1", name="people_count"),
        sa.CheckConstraint("(contact_id is null) = (petition_id is null)", name="registered_pair"),
    )

    @property
    def assisting_ids(self) -> list[int]:
        """What the form's choice of assisting units holds."""
        return [unit.id for unit in self.assisting]

    def __str__(self) -> str:
        return f"{self.visitor} {self.session.held_on if self.session else ''}"


class ReceptionReport(Stamped, Model):
    """The month's report of sessions (接访月报, D8), frozen as sent."""

    __tablename__ = "reception_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(sa.String(7), unique=True)
    sent_on: Mapped[date]
    sent_to: Mapped[str] = mapped_column(sa.String(100))
    sent_by_id: Mapped[int | None] = ref("user.id", index=False)
    body: Mapped[dict[str, Any]]

    def __str__(self) -> str:
        return self.month


class ReminderSent(Stamped, Model):
    """One reminder sent by mail, so that it goes out once: `key` names what, for whom and for which day."""

    __tablename__ = "reminder_sent"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    user_id: Mapped[int | None] = ref("user.id")
