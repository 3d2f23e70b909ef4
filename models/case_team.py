"""What belongs to a case beside leader and plan: its team (专班), the evidence under each duty, its handing over (F1–F3)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.casework import Case, DutyItem
from models.documents import Attachment, Document
from models.people import Leader, Unit, User
from models.petition import Petition
from rules.cases import TeamRole


class CaseMember(Versioned, Stamped, Model):
    """Somebody of the team (专班): an account of the office's, or a person by name; who left stays on the list."""

    __tablename__ = "case_member"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = ref("case.id")
    role: Mapped[TeamRole] = word(TeamRole, default=TeamRole.MEMBER)
    user_id: Mapped[int | None] = ref("user.id")
    name: Mapped[str] = mapped_column(sa.String(40))
    unit_id: Mapped[int | None] = ref("unit.id", index=False)
    duty: Mapped[str | None] = mapped_column(sa.String(200))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    case: Mapped[Case] = relationship(backref=backref("members", order_by="CaseMember.id"))
    user: Mapped[User | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    __table_args__ = (
        sa.Index(
            "uq_case_member_user",
            "case_id",
            "user_id",
            unique=True,
            sqlite_where=sa.text("left_on is null and user_id is not null"),
            postgresql_where=sa.text("left_on is null and user_id is not null"),
        ),
        sa.CheckConstraint("left_on is null or left_on >= joined_on", name="order"),
    )

    def __str__(self) -> str:
        return self.name


class DutyEvidence(Stamped, Model):
    """What shows that a duty was done: a day, what it is, and the paper or file of the matter where there is one (F2)."""

    __tablename__ = "duty_evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = ref("case.id")
    duty_id: Mapped[int] = ref("duty_item.id")
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(sa.String(300))
    document_id: Mapped[int | None] = ref("document.id", index=False)
    attachment_id: Mapped[int | None] = ref("attachment.id", index=False)
    by_id: Mapped[int | None] = ref("user.id", index=False)
    case: Mapped[Case] = relationship()
    duty: Mapped[DutyItem] = relationship(backref=backref("evidence", order_by="DutyEvidence.id"))
    document: Mapped[Document | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (sa.CheckConstraint("document_id is null or attachment_id is null", name="one_paper"),)


class HandOver(Stamped, Model):
    """A case handed over (移交): from whom to whom, why, and what was open on that day, exactly as handed over (F1).

    `body`: sections of lines as printed; `batch`: the same for all that were handed over in one go.
    """

    __tablename__ = "hand_over"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id"), unique=True)
    next_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id"), unique=True)
    from_leader_id: Mapped[int] = ref("leader.id")
    to_leader_id: Mapped[int] = ref("leader.id")
    handed_on: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[dict[str, Any]]
    batch: Mapped[str] = mapped_column(sa.String(40), index=True)
    by_id: Mapped[int | None] = ref("user.id", index=False)
    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    next: Mapped[Case] = relationship(foreign_keys=[next_id])
    from_leader: Mapped[Leader] = relationship(foreign_keys=[from_leader_id])
    to_leader: Mapped[Leader] = relationship(foreign_keys=[to_leader_id])
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("from_leader_id <> to_leader_id", name="leaders"),
        sa.CheckConstraint("case_id <> next_id", name="cases"),
    )

    def __str__(self) -> str:
        return self.case.number


class CaseProposal(Versioned, Stamped, Model):
    """A unit proposes that a leader take a matter; the leader in charge answers (F8)."""

    __tablename__ = "case_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    unit_id: Mapped[int | None] = ref("unit.id")
    leader_id: Mapped[int | None] = ref("leader.id")
    reason: Mapped[str] = mapped_column(sa.String(300))
    asked_on: Mapped[date]
    asked_by_id: Mapped[int | None] = ref("user.id", index=False)
    approved: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(sa.String(300))
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = ref("user.id", index=False)
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case.id"), unique=True)
    petition: Mapped[Petition] = relationship()
    unit: Mapped[Unit | None] = relationship()
    leader: Mapped[Leader | None] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    case: Mapped[Case | None] = relationship()
    __table_args__ = (
        sa.Index(
            "uq_case_proposal_waiting",
            "petition_id",
            unique=True,
            sqlite_where=sa.text("answered_on is null"),
            postgresql_where=sa.text("answered_on is null"),
        ),
        sa.CheckConstraint("(approved is null) = (answered_on is null)", name="answered"),
        sa.CheckConstraint("case_id is null or approved", name="case"),
    )

    def __str__(self) -> str:
        return f"{self.asked_on} {self.petition.number}"
