"""Supervision (督办): what was demanded of a unit or leader, by which day, and what was answered, round by round (B10)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.documents import Attachment, Document
from models.people import Leader, Unit, User
from models.petition import Petition
from rules.supervision import SupervisionKind


class Supervision(Versioned, Stamped, Model):
    """One supervision of one matter, or, without a matter, of the reception work itself (`subject` says of what).

    `answer*`, `reply_due_on`, `round`: the round that runs now; earlier ones are SupervisionRound. It is addressed to a
    unit or a leader of the system and to nobody else: officials only, never a petitioner (H7).
    """

    __tablename__ = "supervision"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    petition_id: Mapped[int | None] = ref("petition.id")
    subject: Mapped[str | None] = mapped_column(sa.String(120))
    kind: Mapped[SupervisionKind] = word(SupervisionKind)
    joint_with: Mapped[str | None] = mapped_column(sa.String(200))
    demand: Mapped[str] = mapped_column(sa.Text)
    unit_id: Mapped[int | None] = ref("unit.id")
    leader_id: Mapped[int | None] = ref("leader.id")
    issued_on: Mapped[date] = mapped_column(index=True)
    reply_due_on: Mapped[date]
    round: Mapped[int] = mapped_column(default=1)
    document_id: Mapped[int | None] = ref("document.id", index=False)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = ref("user.id", index=False)
    outcome: Mapped[str | None] = mapped_column(sa.String(500))
    closed_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    leader: Mapped[Leader | None] = relationship()
    document: Mapped[Document | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    rounds: Mapped[list["SupervisionRound"]] = relationship(
        back_populates="supervision", order_by="SupervisionRound.round"
    )
    files: Mapped[list["SupervisionFile"]] = relationship(back_populates="supervision", order_by="SupervisionFile.id")
    __table_args__ = (
        sa.CheckConstraint("(petition_id is null) = (subject is not null)", name="subject"),
        sa.CheckConstraint("(unit_id is null) = (leader_id is not null)", name="addressee"),
        sa.CheckConstraint("reply_due_on >= issued_on", name="reply_due"),
        sa.CheckConstraint("(answer is null) = (answered_on is null)", name="answer_pair"),
        sa.CheckConstraint("(closed_on is null) = (outcome is null)", name="closed_pair"),
        sa.CheckConstraint("closed_on is null or answered_on is not null", name="closed_answered"),
        sa.CheckConstraint("withdrawn_reason is null or closed_on is null", name="withdrawn"),
        sa.CheckConstraint("round >= 1", name="round"),
        sa.Index("ix_supervision_unit_due", "unit_id", "reply_due_on"),
        sa.Index("ix_supervision_due", "reply_due_on", "id"),
    )

    @property
    def addressee(self) -> Any:
        """The unit or the leader it is put to."""
        return self.unit or self.leader

    def __str__(self) -> str:
        return self.number


class SupervisionRound(Stamped, Model):
    """A round that did not suffice: what was answered until when, what is still missing, and the paper that urges."""

    __tablename__ = "supervision_round"
    id: Mapped[int] = mapped_column(primary_key=True)
    supervision_id: Mapped[int] = ref("supervision.id")
    round: Mapped[int]
    reply_due_on: Mapped[date]
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = ref("user.id", index=False)
    lacking: Mapped[str] = mapped_column(sa.String(500))
    urged_on: Mapped[date]
    urged_by_id: Mapped[int | None] = ref("user.id", index=False)
    document_id: Mapped[int | None] = ref("document.id", index=False)
    supervision: Mapped[Supervision] = relationship(back_populates="rounds")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    urged_by: Mapped[User | None] = relationship(foreign_keys=[urged_by_id])
    document: Mapped[Document | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("supervision_id", "round"),
        sa.CheckConstraint("(answer is null) = (answered_on is null)", name="answer_pair"),
    )


class SupervisionFile(Model):
    """A file of the matter that came with the answer of one round."""

    __tablename__ = "supervision_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    supervision_id: Mapped[int] = ref("supervision.id")
    attachment_id: Mapped[int] = ref("attachment.id")
    round: Mapped[int]
    supervision: Mapped[Supervision] = relationship(back_populates="files")
    attachment: Mapped[Attachment] = relationship()
    __table_args__ = (sa.UniqueConstraint("attachment_id"),)
