"""Who will come to a session: sign-ups (预约) and invitations (约访), before anybody sits down (D11)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Leader, Unit, User
from models.petition import Petition
from models.reception import ReceptionRecord, ReceptionSession
from rules.access import mask_name
from rules.reception_words import AppointmentKind, AppointmentState
from rules.words import Purpose


class Appointment(Versioned, Stamped, Model):
    """One visitor, or one group's representatives, expected at a session; the respondent's are never his to receive."""

    __tablename__ = "appointment"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = ref("reception_session.id")
    kind: Mapped[AppointmentKind] = word(AppointmentKind, default=AppointmentKind.SIGN_UP)
    state: Mapped[AppointmentState] = word(AppointmentState, default=AppointmentState.EXPECTED)
    place_in_line: Mapped[int] = mapped_column(default=0)
    visitor: Mapped[str] = mapped_column(sa.String(60))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    people_count: Mapped[int] = mapped_column(default=1)
    representatives: Mapped[str | None] = mapped_column(sa.String(300))
    place: Mapped[str | None] = mapped_column(sa.String(100))
    demand: Mapped[str] = mapped_column(sa.Text)
    purpose: Mapped[Purpose] = word(Purpose, default=Purpose.SEEK)
    is_secret: Mapped[bool] = mapped_column(default=False)
    respondent_unit_id: Mapped[int | None] = ref("unit.id")
    respondent_leader_id: Mapped[int | None] = ref("leader.id")
    petition_id: Mapped[int | None] = ref("petition.id")
    is_leader_chosen: Mapped[bool] = mapped_column(default=False)
    invited_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    is_urgent: Mapped[bool] = mapped_column(default=False)
    lower_level: Mapped[str | None] = mapped_column(sa.String(500))
    brief: Mapped[str | None] = mapped_column(sa.Text)
    carried_from_id: Mapped[int | None] = ref("appointment.id")
    record_id: Mapped[int | None] = ref("reception_record.id")
    signed_up_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    state_reason: Mapped[str | None] = mapped_column(sa.String(200))
    session: Mapped[ReceptionSession] = relationship()
    respondent_unit: Mapped[Unit | None] = relationship()
    respondent_leader: Mapped[Leader | None] = relationship()
    petition: Mapped[Petition | None] = relationship()
    record: Mapped[ReceptionRecord | None] = relationship()
    by: Mapped[User | None] = relationship()
    carried_from: Mapped["Appointment | None"] = relationship(remote_side=[id])
    __table_args__ = (
        sa.UniqueConstraint("record_id"),
        sa.CheckConstraint("people_count >= 1", name="people_count"),
        sa.CheckConstraint("carried_from_id is null or carried_from_id <> id", name="carried"),
        sa.CheckConstraint("kind <> 'invitation' or (reason is not null and invited_on is not null)", name="invited"),
        sa.CheckConstraint("state <> 'cancelled' or state_reason is not null", name="cancelled"),
        sa.CheckConstraint("state <> 'received' or record_id is not null", name="received"),
        sa.Index("ix_appointment_session_line", "session_id", "place_in_line"),
    )

    @property
    def is_guarded(self) -> bool:
        """The rule of the accused applies: 检举控告, 保密, or a guarded matter (rules-of-the-office §3)."""
        told = self.purpose == Purpose.REPORT or self.is_secret
        return told or bool(self.petition is not None and self.petition.is_guarded)

    def __str__(self) -> str:
        return mask_name(self.visitor, guarded=self.is_guarded)
