"""What people make of lists: the office's tags (标签) on matters, and the columns each reader chose."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, ref
from models.people import User
from models.petition import Petition


class Tag(Model):
    """A word of the office's own to find matters by; it exists as long as somebody may see a matter that carries it."""

    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)

    def __str__(self) -> str:
        return self.name


class PetitionTag(Model):
    """A tag on a matter; who put it there is kept."""

    __tablename__ = "petition_tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id", index=False)
    tag_id: Mapped[int] = ref("tag.id", index=False)
    tagged_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship(backref="tags")
    tag: Mapped[Tag] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("petition_id", "tag_id"),
        sa.Index("ix_petition_tag_tag", "tag_id", "petition_id"),
    )


class ListColumns(Model):
    """The columns a reader chose for a list, by their keys with commas between."""

    __tablename__ = "list_columns"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = ref("user.id", index=False)
    noun: Mapped[str] = mapped_column(sa.String(40))
    columns: Mapped[str] = mapped_column(sa.String(500))
    __table_args__ = (sa.UniqueConstraint("user_id", "noun"),)
