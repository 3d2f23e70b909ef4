"""Dossiers to be taken away as one file (卷宗打包): too large to make while somebody waits, made by the worker."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, ref, word
from models.people import User
from models.petition import Petition
from rules.job_words import JobState


class DossierOrder(Stamped, Model):
    """One packing. `done` of `total` pieces are in; `worker` works on it until `heartbeat_at` grows old. The file lives a day."""

    __tablename__ = "dossier_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    by_id: Mapped[int] = ref("user.id")
    asked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[JobState] = word(JobState, default=JobState.QUEUED)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None] = mapped_column(sa.String(300))
    worker: Mapped[str | None] = mapped_column(sa.String(80))
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    stored_name: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    petition: Mapped[Petition] = relationship()
    by: Mapped[User] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(state in ('done','cancelled')) = (ended_at is not null)", name="ended"),
        sa.CheckConstraint("(state = 'done') = (stored_name is not null)", name="stored"),
        sa.CheckConstraint("(state = 'cancelled') = (message is not null)", name="failed"),
        sa.CheckConstraint("done between 0 and total", name="done"),
        sa.Index("ix_dossier_order_state", "state", "id"),
    )
