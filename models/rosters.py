"""What a roster must respect and what stands beside it: leave, minimums, days on duty, people on call (D3, D9)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Leader, Unit
from models.reception import ReceptionRule
from rules.reception_words import AbsenceKind, Counted, Every
from rules.words import Rank, UnitKind


class Absence(Versioned, Stamped, Model):
    """Days on which a leader cannot receive (请假、公务): the roster passes him over."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    leader_id: Mapped[int] = ref("leader.id")
    kind: Mapped[AbsenceKind] = word(AbsenceKind, default=AbsenceKind.LEAVE)
    from_on: Mapped[date] = mapped_column(index=True)
    to_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(sa.String(200))
    leader: Mapped[Leader] = relationship()
    __table_args__ = (sa.CheckConstraint("to_on >= from_on", name="order"),)

    def __str__(self) -> str:
        return f"{self.leader.name} {self.from_on}–{self.to_on}"


class Minimum(Versioned, Model):
    """How often somebody of a rank and level must receive, be on duty or go down (最低次数); None means any."""

    __tablename__ = "minimum"
    id: Mapped[int] = mapped_column(primary_key=True)
    counted: Mapped[Counted] = word(Counted, default=Counted.SESSIONS)
    rank: Mapped[Rank | None] = word(Rank)
    level: Mapped[UnitKind | None] = word(UnitKind)
    count: Mapped[int]
    every: Mapped[Every] = word(Every, default=Every.MONTH)
    source: Mapped[str | None] = mapped_column(sa.String(100))
    is_active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (sa.CheckConstraint("count >= 1", name="count"),)


class DutyDay(Versioned, Stamped, Model):
    """One day's duty (值班): the leader on duty, the staff in turn, the hours shown (D9).

    `turn_leader`, `turn_staff`: whose turn it was when the roster was made; another name beside it was set by hand.
    """

    __tablename__ = "duty_day"
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int | None] = ref("reception_rule.id")
    held_on: Mapped[date] = mapped_column(index=True)
    is_provisional: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[str] = mapped_column(sa.String(5), default="08:00")
    ends: Mapped[str] = mapped_column(sa.String(5), default="16:00")
    leader_id: Mapped[int | None] = ref("leader.id")
    staff: Mapped[str | None] = mapped_column(sa.String(60))
    turn_leader_id: Mapped[int | None] = ref("leader.id")
    turn_staff: Mapped[str | None] = mapped_column(sa.String(60))
    note: Mapped[str | None] = mapped_column(sa.String(200))
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[ReceptionRule | None] = relationship()
    leader: Mapped[Leader | None] = relationship(foreign_keys=[leader_id])
    turn_leader: Mapped[Leader | None] = relationship(foreign_keys=[turn_leader_id])
    __table_args__ = (
        sa.UniqueConstraint("rule_id", "held_on"),
        sa.CheckConstraint("starts < ends", name="hours"),
    )

    def __str__(self) -> str:
        return f"{self.held_on} {self.leader.name if self.leader else '（缺领导）'}"


class OnCall(Versioned, Model):
    """Whom the reception room may call at any time (随叫随到): the head of a section, with his phone."""

    __tablename__ = "on_call"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = ref("unit.id")
    name: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str | None] = mapped_column(sa.String(80))
    phone: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    unit: Mapped[Unit | None] = relationship()

    def __str__(self) -> str:
        return self.name
