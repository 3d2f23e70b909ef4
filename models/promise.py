"""Promises of an agreement (承诺事项): who keeps what by when, and what shows that it was kept (H3)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Versioned, ref
from models.casework import ClosingFile
from models.documents import Attachment
from models.people import Unit, User


class Promise(Versioned, Model):
    """A promise of the agreement (承诺事项) with the unit that owes it and its date, tracked until kept (H3).

    `unit_id` None: the case's responsible unit owes it.
    """

    __tablename__ = "promise"
    id: Mapped[int] = mapped_column(primary_key=True)
    closing_file_id: Mapped[int] = ref("closing_file.id")
    text: Mapped[str] = mapped_column(sa.String(300))
    unit_id: Mapped[int | None] = ref("unit.id")
    due_on: Mapped[date] = mapped_column(index=True)
    kept_on: Mapped[date | None]
    evidence: Mapped[str | None] = mapped_column(sa.String(300))
    attachment_id: Mapped[int | None] = ref("attachment.id", index=False)
    kept_by_id: Mapped[int | None] = ref("user.id", index=False)
    closing_file: Mapped[ClosingFile] = relationship(back_populates="promises")
    unit: Mapped[Unit | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    kept_by: Mapped[User | None] = relationship()
    __table_args__ = (sa.CheckConstraint("(kept_on is null) = (evidence is null)", name="kept_pair"),)

    @property
    def owner(self) -> Unit | None:
        """The unit that owes it."""
        return self.unit or self.closing_file.case.unit or self.closing_file.petition.unit

    def __str__(self) -> str:
        return self.text[:30]
