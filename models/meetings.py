"""Meetings (信访例会、联席会议), their agenda, and the decisions (议定事项) that come back as tasks (E3)."""

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.casework import Case
from models.documents import Attachment
from models.people import Leader, Unit, User
from models.petition import Petition
from models.supervision import Supervision
from models.visits import Dispute
from rules.meetings import MeetingKind, MeetingState

if TYPE_CHECKING:
    from models.proceedings import Proceeding

meeting_leader = sa.Table(
    "meeting_leader",
    Model.metadata,
    sa.Column("meeting_id", sa.ForeignKey("meeting.id"), primary_key=True),
    sa.Column("leader_id", sa.ForeignKey("leader.id"), primary_key=True, index=True),
)
"""The leaders who take part."""

meeting_unit = sa.Table(
    "meeting_unit",
    Model.metadata,
    sa.Column("meeting_id", sa.ForeignKey("meeting.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True, index=True),
)
"""The units that take part."""


class Meeting(Versioned, Stamped, Model):
    """A meeting: planned for a day, then held with its minutes, or cancelled with a reason.

    `minutes`: what was said in general; what was said on a matter stands with its item, where the gate can hide it.
    """

    __tablename__ = "meeting"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    kind: Mapped[MeetingKind] = word(MeetingKind)
    state: Mapped[MeetingState] = word(MeetingState, default=MeetingState.PLANNED)
    held_on: Mapped[date] = mapped_column(index=True)
    starts: Mapped[str | None] = mapped_column(sa.String(5))
    place: Mapped[str | None] = mapped_column(sa.String(100))
    chair_id: Mapped[int | None] = ref("leader.id", index=False)
    guests: Mapped[str | None] = mapped_column(sa.String(300))
    absent: Mapped[str | None] = mapped_column(sa.String(300))
    recorder: Mapped[str | None] = mapped_column(sa.String(60))
    minutes: Mapped[str | None] = mapped_column(sa.Text)
    state_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    chair: Mapped[Leader | None] = relationship()
    leaders: Mapped[list[Leader]] = relationship(secondary=meeting_leader, order_by=Leader.id)
    units: Mapped[list[Unit]] = relationship(secondary=meeting_unit, order_by=Unit.position)
    items: Mapped[list["AgendaItem"]] = relationship(back_populates="meeting", order_by="AgendaItem.position")
    decisions: Mapped[list["Decision"]] = relationship(back_populates="meeting", order_by="Decision.id")
    __table_args__ = (
        sa.CheckConstraint("state <> 'cancelled' or state_reason is not null", name="cancelled"),
        sa.CheckConstraint("state <> 'held' or minutes is not null", name="held"),
    )

    def __str__(self) -> str:
        return self.number


class AgendaItem(Versioned, Model):
    """One item of an agenda: a matter (by itself, by its case or its supervision), a dispute, or a topic in words.

    `petition_id` is set whenever a matter stands behind it: the gate reads that column.
    """

    __tablename__ = "agenda_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = ref("meeting.id")
    position: Mapped[int]
    petition_id: Mapped[int | None] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id")
    dispute_id: Mapped[int | None] = ref("dispute.id")
    supervision_id: Mapped[int | None] = ref("supervision.id")
    topic: Mapped[str | None] = mapped_column(sa.String(200))
    why: Mapped[str | None] = mapped_column(sa.String(100))
    heard: Mapped[str | None] = mapped_column(sa.Text)
    opinion: Mapped[str | None] = mapped_column(sa.Text)
    meeting: Mapped[Meeting] = relationship(back_populates="items")
    petition: Mapped[Petition | None] = relationship()
    case: Mapped[Case | None] = relationship()
    dispute: Mapped[Dispute | None] = relationship()
    supervision: Mapped[Supervision | None] = relationship()
    decisions: Mapped[list["Decision"]] = relationship(back_populates="item", order_by="Decision.id")
    __table_args__ = (
        sa.CheckConstraint(
            "petition_id is not null or dispute_id is not null or supervision_id is not null or topic is not null",
            name="about",
        ),
        sa.CheckConstraint("case_id is null or petition_id is not null", name="case"),
    )


class Decision(Versioned, Stamped, Model):
    """What was decided (议定事项): one thing, one owner (unit, leader or account), one deadline; a task until it is done.

    Made by a meeting (`meeting_id`, `item_id`) or a proceeding such as a case conference (`conference_id`).
    `petition_id`, `dispute_id`: what it is about; the gate reads them. `evidence_id`: a file that shows it was done.
    """

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int | None] = ref("meeting.id")
    item_id: Mapped[int | None] = ref("agenda_item.id")
    conference_id: Mapped[int | None] = ref("proceeding.id")
    petition_id: Mapped[int | None] = ref("petition.id")
    dispute_id: Mapped[int | None] = ref("dispute.id")
    text: Mapped[str] = mapped_column(sa.String(500))
    decided_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    unit_id: Mapped[int | None] = ref("unit.id")
    leader_id: Mapped[int | None] = ref("leader.id")
    user_id: Mapped[int | None] = ref("user.id")
    done_on: Mapped[date | None]
    done_note: Mapped[str | None] = mapped_column(sa.String(500))
    evidence_id: Mapped[int | None] = ref("attachment.id", index=False)
    done_by_id: Mapped[int | None] = ref("user.id", index=False)
    dropped_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    meeting: Mapped[Meeting | None] = relationship(back_populates="decisions")
    item: Mapped[AgendaItem | None] = relationship(back_populates="decisions")
    petition: Mapped[Petition | None] = relationship()
    dispute: Mapped[Dispute | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    leader: Mapped[Leader | None] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    evidence: Mapped[Attachment | None] = relationship()
    conference: Mapped["Proceeding | None"] = relationship(back_populates="decisions")
    __table_args__ = (
        sa.CheckConstraint(
            "(case when unit_id is null then 0 else 1 end) + (case when leader_id is null then 0 else 1 end)"
            " + (case when user_id is null then 0 else 1 end) = 1",
            name="owner",
        ),
        sa.CheckConstraint("meeting_id is null or conference_id is null", name="source"),
        sa.CheckConstraint("due_on >= decided_on", name="due"),
        sa.CheckConstraint("(done_on is null) = (done_note is null)", name="done_pair"),
        sa.CheckConstraint("done_on is null or dropped_reason is null", name="dropped"),
    )

    @property
    def owner(self) -> Any:
        """The unit, leader or account whose task it is."""
        return self.unit or self.leader or self.user

    def __str__(self) -> str:
        return self.text[:30]
