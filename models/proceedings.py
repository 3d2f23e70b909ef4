"""Proceedings on a matter (核查、会商、听证、调解、评议) with their people, and the appraisal of its demand (诉求评判) (F3–F5)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.casework import Case
from models.documents import Attachment, Document
from models.meetings import Decision
from models.people import Leader, User
from models.petition import Petition
from rules.demand_ways import DemandKind
from rules.proceedings import AskedBy, MediationLevel, Outcome, PersonRole, ProceedingKind, ProceedingState


class Proceeding(Versioned, Stamped, Model):
    """One proceeding: planned for a day, then held with its minutes and what it came to, or cancelled with a reason.

    `request_id`: the petitioner's written request, which an appraisal cannot do without. `document_id`: its paper as
    issued last. What its kind asks stands in rules.proceedings.
    """

    __tablename__ = "proceeding"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id")
    kind: Mapped[ProceedingKind] = word(ProceedingKind)
    state: Mapped[ProceedingState] = word(ProceedingState, default=ProceedingState.PLANNED)
    held_on: Mapped[date] = mapped_column(index=True)
    starts: Mapped[str | None] = mapped_column(sa.String(5))
    place: Mapped[str | None] = mapped_column(sa.String(100))
    asked_by: Mapped[AskedBy | None] = word(AskedBy)
    asked_on: Mapped[date | None]
    announced_on: Mapped[date | None]
    level: Mapped[MediationLevel | None] = word(MediationLevel)
    request_id: Mapped[int | None] = ref("attachment.id", index=False)
    recorder: Mapped[str | None] = mapped_column(sa.String(60))
    minutes: Mapped[str | None] = mapped_column(sa.Text)
    conclusion: Mapped[str | None] = mapped_column(sa.Text)
    outcome: Mapped[Outcome | None] = word(Outcome)
    document_id: Mapped[int | None] = ref("document.id", index=False)
    state_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship()
    case: Mapped[Case | None] = relationship()
    request: Mapped[Attachment | None] = relationship()
    document: Mapped[Document | None] = relationship()
    people: Mapped[list["ProceedingPerson"]] = relationship(
        back_populates="proceeding", order_by="ProceedingPerson.id", cascade="all, delete-orphan"
    )
    decisions: Mapped[list[Decision]] = relationship(back_populates="conference", order_by=Decision.id)
    __table_args__ = (
        sa.CheckConstraint("state <> 'cancelled' or state_reason is not null", name="cancelled"),
        sa.CheckConstraint(
            "state <> 'held' or (minutes is not null and conclusion is not null and outcome is not null"
            " and recorder is not null)",
            name="held",
        ),
        sa.CheckConstraint("kind <> 'appraisal' or (asked_on is not null and request_id is not null)", name="request"),
        sa.CheckConstraint("kind <> 'hearing' or announced_on is not null", name="announced"),
        sa.CheckConstraint("kind <> 'mediation' or level is not null", name="level"),
        sa.CheckConstraint("announced_on is null or announced_on <= held_on", name="order"),
    )

    def __str__(self) -> str:
        return f"{self.kind.label} {self.held_on}"


class ProceedingPerson(Model):
    """Who takes part: a leader or account of the office, or somebody from outside by name. `dissent`: recorded by name."""

    __tablename__ = "proceeding_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = ref("proceeding.id")
    role: Mapped[PersonRole] = word(PersonRole)
    name: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str | None] = mapped_column(sa.String(100))
    leader_id: Mapped[int | None] = ref("leader.id")
    user_id: Mapped[int | None] = ref("user.id")
    dissent: Mapped[str | None] = mapped_column(sa.String(500))
    proceeding: Mapped[Proceeding] = relationship(back_populates="people")
    leader: Mapped[Leader | None] = relationship()
    user: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("proceeding_id", "name"),
        sa.CheckConstraint("leader_id is null or user_id is null", name="one"),
        sa.CheckConstraint("role <> 'party' or dissent is null", name="dissent"),
    )


class DemandAppraisal(Versioned, Stamped, Model):
    """What a matter's demand was found to be, and when it is looked at again; the newest stands, the older are its history."""

    __tablename__ = "demand_appraisal"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id")
    kind: Mapped[DemandKind] = word(DemandKind)
    judged_on: Mapped[date]
    judged_by: Mapped[str] = mapped_column(sa.String(60))
    reason: Mapped[str] = mapped_column(sa.Text)
    next_on: Mapped[date | None] = mapped_column(index=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship()
    case: Mapped[Case | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("kind <> 'not_yet' or next_on is not null", name="next_on"),
        sa.CheckConstraint("next_on is null or next_on > judged_on", name="order"),
        sa.Index(
            "uq_demand_appraisal_current",
            "petition_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    def __str__(self) -> str:
        return f"{self.judged_on} {self.kind.label}"
