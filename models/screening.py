"""Screening rounds (排查): what the office asks of every village and unit, and the return each owes, nil ones too (E2)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref
from models.people import Unit, User


class ScreeningRound(Versioned, Stamped, Model):
    """One round: asked on a day, due to the hour. `key`: the month the recurring rule made it for; None when by hand."""

    __tablename__ = "screening_round"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    scope: Mapped[str | None] = mapped_column(sa.String(500))
    asked_on: Mapped[date] = mapped_column(index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    key: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    by_id: Mapped[int | None] = ref("user.id", index=False)
    by: Mapped[User | None] = relationship()
    returns: Mapped[list["ScreeningReturn"]] = relationship(back_populates="round", order_by="ScreeningReturn.id")

    def __str__(self) -> str:
        return self.name


class ScreeningReturn(Versioned, Stamped, Model):
    """What one unit owes a round; `is_nil`: it found nothing (零报告). Late is told from `returned_at` and the round."""

    __tablename__ = "screening_return"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = ref("screening_round.id")
    unit_id: Mapped[int] = ref("unit.id")
    returned_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    is_nil: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(sa.String(300))
    urged_at: Mapped[datetime | None]
    urged_count: Mapped[int] = mapped_column(default=0)
    round: Mapped[ScreeningRound] = relationship(back_populates="returns")
    unit: Mapped[Unit] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("round_id", "unit_id"),
        sa.CheckConstraint("(returned_at is null) = (is_nil is null)", name="returned_pair"),
        sa.CheckConstraint("(urged_at is null) = (urged_count = 0)", name="urged_pair"),
    )

    def __str__(self) -> str:
        return f"{self.round.name} {self.unit.name}"
