"""Papers issued and files taken in; a file is read under the policy of its matter (C12)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, ref, word
from models.people import User
from models.petition import Petition
from rules.words import DocumentKind


class Document(Stamped, Model):
    """A paper (文书) as issued: number, title, the text and the Word file it had then. `template_id` None: the shipped one."""

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    kind: Mapped[DocumentKind] = word(DocumentKind)
    title: Mapped[str] = mapped_column(sa.String(120))
    petition_id: Mapped[int] = ref("petition.id")
    issued_on: Mapped[date]
    issued_by_id: Mapped[int | None] = ref("user.id", index=False)
    issuer: Mapped[str] = mapped_column(sa.String(80))
    addressee: Mapped[str] = mapped_column(sa.String(120), default="")
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pages: Mapped[int | None]
    docx: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    template_id: Mapped[int | None] = ref("paper_template.id", index=False)
    petition: Mapped[Petition] = relationship()
    __table_args__ = (sa.CheckConstraint("(docx is null) = (sha256 is null)", name="docx"),)

    def __str__(self) -> str:
        return f"{self.number or ''} {self.title}".strip()


class Attachment(Stamped, Model):
    """A file of a matter: random stored name, the original name in a column, sha256 of the bytes.

    `contact_id`: the contact it came with, which takes it along when it leaves its matter. `received_on`: the office's day
    it was taken in; None for files of earlier editions, whose day is that of `created_at`.
    """

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    name: Mapped[str] = mapped_column(sa.String(200))
    stored_name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    purpose: Mapped[str] = mapped_column(sa.String(40), default="")
    uploaded_by_id: Mapped[int | None] = ref("user.id", index=False)
    voided_reason: Mapped[str | None] = mapped_column(sa.String(200))
    pages: Mapped[int | None]
    voided_on: Mapped[date | None]
    voided_by_id: Mapped[int | None] = ref("user.id", index=False)
    contact_id: Mapped[int | None] = ref("contact.id")
    received_on: Mapped[date | None]
    petition: Mapped[Petition] = relationship()
    uploaded_by: Mapped[User | None] = relationship(foreign_keys=[uploaded_by_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])
    __table_args__ = (sa.CheckConstraint("size > 0", name="size"),)

    def __str__(self) -> str:
        return self.name
