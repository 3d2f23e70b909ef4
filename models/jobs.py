"""Long work outside a request (后台任务): one row a job, which is queue and lease in one, and one row a piece of it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, ref, word
from models.documents import Document
from models.people import User
from models.petition import Petition
from rules.job_words import JobState, LineState


class Job(Stamped, Model):
    """A mail merge, asked for on the office's day `made_on`.

    `worker` works on it until `heartbeat_at` grows old; then another may go on where it stopped.
    """

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(sa.String(24))
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = word(JobState, default=JobState.QUEUED)
    total: Mapped[int]
    made_on: Mapped[date | None]
    by_id: Mapped[int] = ref("user.id")
    worker: Mapped[str | None] = mapped_column(sa.String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    is_cancel_asked: Mapped[bool] = mapped_column(default=False)
    heartbeat_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    by: Mapped[User] = relationship()
    lines: Mapped[list["JobLine"]] = relationship(back_populates="job", order_by="JobLine.position")
    __table_args__ = (
        sa.CheckConstraint("total >= 1", name="total"),
        sa.CheckConstraint("(state in ('done','cancelled')) = (ended_at is not null)", name="ended"),
        sa.Index("ix_job_state", "state", "id"),
    )


class JobLine(Model):
    """One matter of a mail merge: waiting, its paper issued, or why not. Paper and line are committed together."""

    __tablename__ = "job_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = ref("job.id", index=False)
    position: Mapped[int]
    petition_id: Mapped[int] = ref("petition.id")
    state: Mapped[LineState] = word(LineState, default=LineState.WAITING)
    document_id: Mapped[int | None] = ref("document.id", index=False)
    message: Mapped[str | None] = mapped_column(sa.String(300))
    job: Mapped[Job] = relationship(back_populates="lines")
    petition: Mapped[Petition] = relationship()
    document: Mapped[Document | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(state = 'done') = (document_id is not null)", name="done"),
        sa.CheckConstraint("(state = 'failed') = (message is not null)", name="failed"),
        sa.UniqueConstraint("job_id", "position"),
        sa.UniqueConstraint("job_id", "petition_id"),
    )
