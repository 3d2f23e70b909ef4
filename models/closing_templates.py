"""Templates of the closing file (结案清单): each a row of editions, which never change once made (H1)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref
from models.people import User


class ClosingTemplate(Versioned, Model):
    """A template: the office's own (`is_default`, one), or one that campaigns name. `key`: of a shipped one."""

    __tablename__ = "closing_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    source: Mapped[str | None] = mapped_column(sa.String(100))
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    editions: Mapped[list["ClosingEdition"]] = relationship(
        back_populates="template", order_by="ClosingEdition.edition"
    )
    __table_args__ = (
        sa.Index(
            "uq_closing_template_default",
            "is_default",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
        sa.CheckConstraint("is_active or not is_default", name="default"),
    )

    @property
    def current(self) -> "ClosingEdition":
        """The edition new files are opened under."""
        return self.editions[-1]

    def __str__(self) -> str:
        return self.name


class ClosingEdition(Stamped, Model):
    """One edition: its items as rules.closing_items keeps them, who made it, when and why. Frozen by the database."""

    __tablename__ = "closing_edition"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = ref("closing_template.id")
    edition: Mapped[int]
    items: Mapped[list[Any]]
    made_on: Mapped[date]
    made_by_id: Mapped[int | None] = ref("user.id", index=False)
    note: Mapped[str | None] = mapped_column(sa.String(300))
    template: Mapped[ClosingTemplate] = relationship(back_populates="editions")
    made_by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("template_id", "edition"),
        sa.CheckConstraint("edition >= 1", name="edition"),
    )

    def __str__(self) -> str:
        return f"{self.template.name}（第 {self.edition} 版）"
