"""What the office's papers are made from: templates replaced in Word, edition by edition, and dated relief texts (救济途径)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import User
from rules.relief import Branch
from rules.words import DocumentKind


class PaperTemplate(Stamped, Model):
    """One edition of a paper's template; the newest whose day has come is used, without any the shipped one.

    `docx` None: back to the shipped template. Editions are only added; papers name the one they were made from.
    """

    __tablename__ = "paper_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DocumentKind] = word(DocumentKind)
    edition: Mapped[int]
    valid_from: Mapped[date]
    name: Mapped[str] = mapped_column(sa.String(200))
    note: Mapped[str | None] = mapped_column(sa.String(200))
    docx: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int | None] = ref("user.id", index=False)
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(docx is null) = (sha256 is null)", name="bytes"),
        sa.CheckConstraint("edition >= 1", name="edition"),
        sa.UniqueConstraint("kind", "edition"),
    )

    def __str__(self) -> str:
        return f"{self.kind.label} {self.edition}"


class ReliefText(Versioned, Model):
    """What a paper tells the petitioner he may do next, by branch, from a day on."""

    __tablename__ = "relief_text"
    id: Mapped[int] = mapped_column(primary_key=True)
    branch: Mapped[Branch] = word(Branch)
    text: Mapped[str] = mapped_column(sa.String(1000))
    source: Mapped[str] = mapped_column(sa.String(100))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    __table_args__ = (
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name="order"),
        sa.UniqueConstraint("branch", "valid_from"),
    )

    def __str__(self) -> str:
        return self.branch.label
