"""Leaders' visits down (下访, E1) and what they find; the disputes (矛盾纠纷, E2) found on the way."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.casework import Case
from models.people import Leader, Unit
from models.petition import Petition
from models.screening import ScreeningRound
from rules.reception_words import DisputeState, LeaderVisitKind, LeaderVisitMode, LeaderVisitState, Urgency
from rules.words import Purpose

visit_petition = sa.Table(
    "visit_petition",
    Model.metadata,
    sa.Column("visit_id", sa.ForeignKey("visit.id"), primary_key=True),
    sa.Column("petition_id", sa.ForeignKey("petition.id"), primary_key=True, index=True),
)
"""The matters a visit carries (带案下访)."""

visit_companion = sa.Table(
    "visit_companion",
    Model.metadata,
    sa.Column("visit_id", sa.ForeignKey("visit.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True, index=True),
)
"""The units that go along (随行部门)."""


class Visit(Versioned, Stamped, Model):
    """A leader's visit down: planned with its 10-day contact and 5-day notice, made on one or more days.

    `plan_key`: which day of a rule, or which holiday, proposed it; None for one a person planned. `is_by_hand`: proposed,
    then changed by a person, so that making the plan again leaves it alone.
    """

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    leader_id: Mapped[int] = ref("leader.id")
    kind: Mapped[LeaderVisitKind] = word(LeaderVisitKind, default=LeaderVisitKind.REGULAR)
    mode: Mapped[LeaderVisitMode] = word(LeaderVisitMode, default=LeaderVisitMode.SURVEY)
    state: Mapped[LeaderVisitState] = word(LeaderVisitState, default=LeaderVisitState.PLANNED)
    from_on: Mapped[date] = mapped_column(index=True)
    to_on: Mapped[date]
    unit_id: Mapped[int | None] = ref("unit.id")
    area: Mapped[str] = mapped_column(sa.String(100))
    purpose: Mapped[str] = mapped_column(sa.String(300))
    crew: Mapped[str | None] = mapped_column(sa.String(300))
    tasks: Mapped[str | None] = mapped_column(sa.String(500))
    contacted_on: Mapped[date | None]
    contacted_whom: Mapped[str | None] = mapped_column(sa.String(100))
    posted_on: Mapped[date | None]
    posted_where: Mapped[str | None] = mapped_column(sa.String(100))
    people_met: Mapped[int | None]
    report: Mapped[str | None] = mapped_column(sa.Text)
    state_reason: Mapped[str | None] = mapped_column(sa.String(200))
    plan_key: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    leader: Mapped[Leader] = relationship()
    unit: Mapped[Unit | None] = relationship()
    petitions: Mapped[list[Petition]] = relationship(secondary=visit_petition)
    companions: Mapped[list[Unit]] = relationship(secondary=visit_companion)
    findings: Mapped[list["VisitFinding"]] = relationship(back_populates="visit", order_by="VisitFinding.id")
    __table_args__ = (
        sa.CheckConstraint("to_on >= from_on", name="order"),
        sa.CheckConstraint("people_met is null or people_met >= 0", name="people_met"),
        sa.CheckConstraint("(contacted_on is null) = (contacted_whom is null)", name="contacted_pair"),
        sa.CheckConstraint("(posted_on is null) = (posted_where is null)", name="posted_pair"),
        sa.CheckConstraint("state <> 'done' or (people_met is not null and report is not null)", name="done"),
        sa.CheckConstraint("state <> 'cancelled' or state_reason is not null", name="cancelled"),
    )

    def __str__(self) -> str:
        return f"{self.from_on} {self.leader.name} {self.area}"


class Dispute(Versioned, Stamped, Model):
    """A dispute found by screening or on a visit (矛盾纠纷): not yet a petition, kept on the ledger until settled.

    `petition_id`, `case_id`: the matter and the assigned case it became; `round_id`: the screening round it was returned in.
    """

    __tablename__ = "dispute"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    unit_id: Mapped[int] = ref("unit.id")
    found_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(sa.String(100))
    cause: Mapped[str] = mapped_column(sa.String(500))
    party: Mapped[str | None] = mapped_column(sa.String(60))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    people_count: Mapped[int] = mapped_column(default=1)
    urgency: Mapped[Urgency] = word(Urgency, default=Urgency.NORMAL)
    responsible: Mapped[str | None] = mapped_column(sa.String(60))
    situation: Mapped[str | None] = mapped_column(sa.String(500))
    measures: Mapped[str | None] = mapped_column(sa.String(500))
    due_on: Mapped[date | None]
    state: Mapped[DisputeState] = word(DisputeState, default=DisputeState.OPEN)
    result: Mapped[str | None] = mapped_column(sa.String(500))
    settled_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    reported_to: Mapped[str | None] = mapped_column(sa.String(100))
    petition_id: Mapped[int | None] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id")
    round_id: Mapped[int | None] = ref("screening_round.id")
    unit: Mapped[Unit] = relationship()
    petition: Mapped[Petition | None] = relationship()
    case: Mapped[Case | None] = relationship()
    round: Mapped[ScreeningRound | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("people_count >= 1", name="people_count"),
        sa.CheckConstraint("case_id is null or petition_id is not null", name="case"),
        sa.CheckConstraint("(state = 'turned') = (petition_id is not null)", name="turned"),
        sa.CheckConstraint("(state = 'settled') = (settled_on is not null)", name="settled"),
        sa.CheckConstraint("settled_on is null or result is not null", name="result"),
        sa.CheckConstraint("(reported_on is null) = (reported_to is null)", name="reported_pair"),
    )

    def __str__(self) -> str:
        return self.number


class VisitFinding(Versioned, Stamped, Model):
    """A problem found on a visit; it becomes a dispute or a matter, and is looked at again (E1)."""

    __tablename__ = "visit_finding"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = ref("visit.id")
    place: Mapped[str | None] = mapped_column(sa.String(100))
    text: Mapped[str] = mapped_column(sa.String(500))
    person: Mapped[str | None] = mapped_column(sa.String(60))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    purpose: Mapped[Purpose] = word(Purpose, default=Purpose.SEEK)
    is_secret: Mapped[bool] = mapped_column(default=False)
    opinion: Mapped[str | None] = mapped_column(sa.String(300))
    follow_up_on: Mapped[date | None]
    followed_up_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(sa.String(300))
    petition_id: Mapped[int | None] = ref("petition.id")
    dispute_id: Mapped[int | None] = ref("dispute.id", unique=True)
    visit: Mapped[Visit] = relationship(back_populates="findings")
    petition: Mapped[Petition | None] = relationship()
    dispute: Mapped[Dispute | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("petition_id is null or dispute_id is null", name="one_way"),
        sa.CheckConstraint("(followed_up_on is null) = (result is null)", name="followed_pair"),
    )

    @property
    def is_guarded(self) -> bool:
        """检举控告 or 保密: never on a unit's ledger, the name masked (rules-of-the-office §3, §4)."""
        return (
            self.petition.is_guarded if self.petition is not None else self.is_secret or self.purpose == Purpose.REPORT
        )

    def __str__(self) -> str:
        return self.text[:20]
