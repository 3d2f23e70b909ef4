"""Letters put before a leader (领导阅批群众来信, C1–C3)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Leader, User
from models.petition import Contact, Petition
from rules.reception_words import ReadingReason
from rules.words import Satisfaction


class Reading(Versioned, Stamped, Model):
    """One letter before one leader: why, when, his instruction (批示), and the result told back to him."""

    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    contact_id: Mapped[int] = ref("contact.id")
    leader_id: Mapped[int] = ref("leader.id")
    reason: Mapped[ReadingReason] = word(ReadingReason, default=ReadingReason.ADDRESSED)
    note: Mapped[str | None] = mapped_column(sa.String(300))
    put_on: Mapped[date] = mapped_column(index=True)
    read_on: Mapped[date | None]
    instruction: Mapped[str | None] = mapped_column(sa.String(500))
    report_due_on: Mapped[date | None]
    report_signed_on: Mapped[date | None]
    late_reason: Mapped[str | None] = mapped_column(sa.String(300))
    progress: Mapped[str | None] = mapped_column(sa.String(300))
    extension_to: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(sa.String(500))
    writer_opinion: Mapped[Satisfaction | None] = word(Satisfaction)
    fed_back_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    read_by_id: Mapped[int | None] = ref("user.id", index=False)
    signed_by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship()
    contact: Mapped[Contact] = relationship()
    leader: Mapped[Leader] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    read_by: Mapped[User | None] = relationship(foreign_keys=[read_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])
    __table_args__ = (
        sa.CheckConstraint("read_on is null or read_on >= put_on", name="read_after_put"),
        sa.CheckConstraint("(read_on is null) = (instruction is null)", name="read_pair"),
        sa.CheckConstraint("fed_back_on is null or read_on is not null", name="fed_back"),
        sa.CheckConstraint("report_due_on is null or report_due_on >= read_on", name="report_due"),
        sa.CheckConstraint("report_signed_on is null or report_due_on is not null", name="report_signed"),
        sa.CheckConstraint("withdrawn_reason is null or read_on is null", name="withdrawn"),
        sa.Index(
            "uq_reading_open",
            "petition_id",
            "leader_id",
            unique=True,
            sqlite_where=sa.text("read_on is null and withdrawn_reason is null"),
            postgresql_where=sa.text("read_on is null and withdrawn_reason is null"),
        ),
    )

    def __str__(self) -> str:
        return f"{self.leader.name} {self.put_on}"
