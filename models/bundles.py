"""Letters filed without handling (存信): proposed, approved, bundled by area and year (打包), destroyed on a list (销毁清单)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import User
from models.petition import Petition
from rules.filing_words import DestructionState, DestructionWay, FilingAnswer
from rules.handling_words import FilingReason


class Filing(Versioned, Stamped, Model):
    """A filing of one matter (存信): why, who proposed it, who approved it and when (A5)."""

    __tablename__ = "filing"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    filing: Mapped[FilingReason] = word(FilingReason)
    reason: Mapped[str] = mapped_column(sa.String(300))
    asked_on: Mapped[date]
    asked_by_id: Mapped[int | None] = ref("user.id", index=False)
    answer: Mapped[FilingAnswer | None] = word(FilingAnswer)
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[int | None] = ref("user.id", index=False)
    answer_reason: Mapped[str | None] = mapped_column(sa.String(300))
    petition: Mapped[Petition] = relationship(back_populates="filings")
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])

    __table_args__ = (
        sa.CheckConstraint("(answer is null) = (answered_on is null)", name="answered"),
        sa.Index(
            "uq_filing_open",
            "petition_id",
            unique=True,
            sqlite_where=sa.text("answered_on is null"),
            postgresql_where=sa.text("answered_on is null"),
        ),
    )

    def __str__(self) -> str:
        return self.petition.number


class Destruction(Versioned, Stamped, Model):
    """A destruction list (销毁清单): proposed, approved by a second person, carried out before two witnesses (A6)."""

    __tablename__ = "destruction"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    state: Mapped[DestructionState] = word(DestructionState, default=DestructionState.PROPOSED)
    reason: Mapped[str] = mapped_column(sa.String(300))
    keep_years: Mapped[int]
    with_files: Mapped[bool] = mapped_column(default=False)
    proposed_on: Mapped[date]
    proposed_by_id: Mapped[int | None] = ref("user.id", index=False)
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = ref("user.id", index=False)
    decision: Mapped[str | None] = mapped_column(sa.String(300))
    done_on: Mapped[date | None]
    done_at: Mapped[str | None] = mapped_column(sa.String(100))
    way: Mapped[DestructionWay | None] = word(DestructionWay)
    witness_1: Mapped[str | None] = mapped_column(sa.String(60))
    witness_2: Mapped[str | None] = mapped_column(sa.String(60))
    done_by_id: Mapped[int | None] = ref("user.id", index=False)
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    bundles: Mapped[list["Bundle"]] = relationship(back_populates="destruction", order_by="Bundle.id")

    __table_args__ = (
        sa.CheckConstraint("(state = 'proposed') = (decided_on is null)", name="decided"),
        sa.CheckConstraint("decided_by_id is null or decided_by_id <> proposed_by_id", name="two_people"),
        sa.CheckConstraint("(state = 'done') = (done_on is not null)", name="done"),
        sa.CheckConstraint(
            "done_on is null or (done_at is not null and witness_1 is not null and witness_2 is not null"
            " and witness_1 <> witness_2)",
            name="witnesses",
        ),
    )

    def __str__(self) -> str:
        return self.number


class Bundle(Versioned, Stamped, Model):
    """A numbered bundle (捆) of filed letters of one area and year; guarded matters lie in bundles of their own (§3)."""

    __tablename__ = "bundle"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    area: Mapped[str] = mapped_column(sa.String(100))
    year: Mapped[int]
    is_guarded: Mapped[bool] = mapped_column(default=False)
    shelf: Mapped[str | None] = mapped_column(sa.String(100))
    made_on: Mapped[date]
    made_by_id: Mapped[int | None] = ref("user.id", index=False)
    destruction_id: Mapped[int | None] = ref("destruction.id")
    made_by: Mapped[User | None] = relationship()
    destruction: Mapped[Destruction | None] = relationship(back_populates="bundles")
    letters: Mapped[list["BundleLetter"]] = relationship(back_populates="bundle", order_by="BundleLetter.id")

    def __str__(self) -> str:
        return self.number


class BundleLetter(Model):
    """A filed matter in a bundle; one bundle a matter. The register's row stays whatever becomes of the paper."""

    __tablename__ = "bundle_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    bundle_id: Mapped[int] = ref("bundle.id")
    petition_id: Mapped[int] = ref("petition.id", index=False)
    bundle: Mapped[Bundle] = relationship(back_populates="letters")
    petition: Mapped[Petition] = relationship()
    __table_args__ = (sa.UniqueConstraint("petition_id"),)
