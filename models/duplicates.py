"""Matters that belong together: linked as related (关联), or merged into one (并案) with what is needed to part them again."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import User
from models.petition import Petition
from rules.words import Status


class PetitionLink(Versioned, Stamped, Model):
    """Two matters linked as related, with the reason (A4); taken off with a reason, never deleted."""

    __tablename__ = "petition_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    other_id: Mapped[int] = ref("petition.id")
    reason: Mapped[str] = mapped_column(sa.String(300))
    linked_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    removed_on: Mapped[date | None]
    removed_reason: Mapped[str | None] = mapped_column(sa.String(300))
    removed_by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship(foreign_keys=[petition_id])
    other: Mapped[Petition] = relationship(foreign_keys=[other_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])

    __table_args__ = (
        sa.CheckConstraint("petition_id < other_id", name="once"),
        sa.CheckConstraint("(removed_on is null) = (removed_reason is null)", name="removed_pair"),
        sa.Index(
            "uq_petition_link_running",
            "petition_id",
            "other_id",
            unique=True,
            sqlite_where=sa.text("removed_on is null"),
            postgresql_where=sa.text("removed_on is null"),
        ),
    )

    def __str__(self) -> str:
        return f"{self.petition.number} — {self.other.number}"


class Merger(Versioned, Stamped, Model):
    """One matter's contacts moved to another (并案); `kept` is what undoing needs: contacts, legs, clocks by id."""

    __tablename__ = "merger"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    into_id: Mapped[int] = ref("petition.id")
    reason: Mapped[str] = mapped_column(sa.String(300))
    merged_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    before: Mapped[Status] = word(Status, constraint="before")
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_on: Mapped[date | None]
    undone_reason: Mapped[str | None] = mapped_column(sa.String(300))
    undone_by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship(foreign_keys=[petition_id])
    into: Mapped[Petition] = relationship(foreign_keys=[into_id])

    __table_args__ = (
        sa.CheckConstraint("petition_id <> into_id", name="two"),
        sa.CheckConstraint("(undone_on is null) = (undone_reason is null)", name="undone_pair"),
        sa.Index(
            "uq_merger_running",
            "petition_id",
            unique=True,
            sqlite_where=sa.text("undone_on is null"),
            postgresql_where=sa.text("undone_on is null"),
        ),
    )

    def __str__(self) -> str:
        return f"{self.petition.number} → {self.into.number}"
