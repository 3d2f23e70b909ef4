"""Who withdrew from a matter for a personal interest (回避): recorded once, kept for good (Art 28(3))."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, ref
from models.people import Unit, User
from models.petition import Petition


class Recusal(Stamped, Model):
    """A withdrawal: who, from which unit's leg, why, who recorded it, and who handles the matter instead of him."""

    __tablename__ = "recusal"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id", index=False)
    user_id: Mapped[int] = ref("user.id", index=False)
    unit_id: Mapped[int | None] = ref("unit.id", index=False)
    reason: Mapped[str] = mapped_column(sa.String(300))
    withdrawn_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    to_user_id: Mapped[int | None] = ref("user.id", index=False)
    to_unit_id: Mapped[int | None] = ref("unit.id", index=False)
    petition: Mapped[Petition] = relationship(back_populates="recusals")
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    to_user: Mapped[User | None] = relationship(foreign_keys=[to_user_id])
    to_unit: Mapped[Unit | None] = relationship(foreign_keys=[to_unit_id])
    __table_args__ = (
        sa.UniqueConstraint("petition_id", "user_id"),
        sa.CheckConstraint("to_user_id is null or to_user_id <> user_id", name="another"),
        sa.CheckConstraint("to_user_id is not null or to_unit_id is not null", name="instead"),
        sa.Index("ix_recusal_user_id_petition_id", "user_id", "petition_id"),
    )
