"""Contacts (信访件) and matters (信访事项); what happens to a matter is in models/handling."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.people import Leader, Petitioner, Unit, User
from rules.handling_words import FilingReason, Finding, Procedure
from rules.supervision import RatedHow
from rules.words import Level, Opinion, Purpose, RespondentKind, Satisfaction, Status

if TYPE_CHECKING:
    from models.bundles import Filing
    from models.handling import Clock, Leg, Move, Rectification, Referral
    from models.recusal import Recusal


class Category(Versioned, Model):
    """One node of the content classification (内容分类), three levels; `path` is "一级/二级/三级" and unique."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = ref("category.id")
    name: Mapped[str] = mapped_column(sa.String(60))
    path: Mapped[str] = mapped_column(sa.String(200), unique=True)
    level: Mapped[int]
    code: Mapped[str | None] = mapped_column(sa.String(30))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    parent: Mapped["Category | None"] = relationship(remote_side=[id])
    __table_args__ = (sa.CheckConstraint("level between 1 and 3", name="level"),)

    def __str__(self) -> str:
        return self.path.replace("/", " / ")


class Petition(Versioned, Stamped, Model):
    """A matter (信访事项). `due_on`/`breach_on`/`due_term` mirror the running clock so that lists can sort by it."""

    __tablename__ = "petition"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    demand: Mapped[str] = mapped_column(sa.Text)
    purpose: Mapped[Purpose] = word(Purpose, default=Purpose.SEEK)
    category_id: Mapped[int | None] = ref("category.id")
    category_text: Mapped[str | None] = mapped_column(sa.String(200))
    place: Mapped[str | None] = mapped_column(sa.String(100))
    channel: Mapped[str] = mapped_column(sa.String(24))
    is_secret: Mapped[bool] = mapped_column(default=False)
    is_carried_over: Mapped[bool] = mapped_column(default=False)
    people_count: Mapped[int] = mapped_column(default=1)
    level_from: Mapped[Level | None] = word(Level, constraint="level_from")
    sender: Mapped[str | None] = mapped_column(sa.String(100))
    source_number: Mapped[str | None] = mapped_column(sa.String(60))
    sender_due_on: Mapped[date | None]
    reported_up_on: Mapped[date | None]
    status: Mapped[Status] = word(Status, default=Status.REGISTERED)
    unit_id: Mapped[int | None] = ref("unit.id")
    handler_id: Mapped[int | None] = ref("user.id")
    first_receiver_id: Mapped[int | None] = ref("user.id")
    registered_by_id: Mapped[int | None] = ref("user.id", index=False)
    registered_unit_id: Mapped[int | None] = ref("unit.id")
    registered_on: Mapped[date]
    routed_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    replied_on: Mapped[date | None]
    served_at: Mapped[datetime | None]
    closed_on: Mapped[date | None]
    archived_on: Mapped[date | None]
    voided_on: Mapped[date | None]
    void_reason: Mapped[str | None] = mapped_column(sa.String(300))
    opinion: Mapped[Opinion | None] = word(Opinion)
    proposed_to_id: Mapped[int | None] = ref("leader.id")
    endorsed_on: Mapped[date | None]
    is_simple: Mapped[bool] = mapped_column(default=False)
    procedure: Mapped[Procedure | None] = word(Procedure)
    filing: Mapped[FilingReason | None] = word(FilingReason)
    finding: Mapped[Finding | None] = word(Finding)
    rated_on: Mapped[date | None]
    office_rating: Mapped[Satisfaction | None] = word(Satisfaction, constraint="office_rating")
    unit_rating: Mapped[Satisfaction | None] = word(Satisfaction, constraint="unit_rating")
    rated_how: Mapped[RatedHow | None] = word(RatedHow)
    rate_by: Mapped[date | None]
    due_term: Mapped[str | None] = mapped_column(sa.String(24))
    due_on: Mapped[date | None]
    breach_on: Mapped[date | None]

    category: Mapped[Category | None] = relationship()
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    handler: Mapped[User | None] = relationship(foreign_keys=[handler_id])
    first_receiver: Mapped[User | None] = relationship(foreign_keys=[first_receiver_id])
    contacts: Mapped[list["Contact"]] = relationship(back_populates="petition", order_by="Contact.id")
    legs: Mapped[list["Leg"]] = relationship(back_populates="petition", order_by="Leg.id")
    moves: Mapped[list["Move"]] = relationship(back_populates="petition", order_by="Move.id")
    clocks: Mapped[list["Clock"]] = relationship(back_populates="petition", order_by="Clock.id")
    respondents: Mapped[list["Respondent"]] = relationship(back_populates="petition", order_by="Respondent.id")
    referrals: Mapped[list["Referral"]] = relationship(back_populates="petition", order_by="Referral.id")
    rectifications: Mapped[list["Rectification"]] = relationship(back_populates="petition", order_by="Rectification.id")
    recusals: Mapped[list["Recusal"]] = relationship(back_populates="petition", order_by="Recusal.id")
    filings: Mapped[list["Filing"]] = relationship(back_populates="petition", order_by="Filing.id")
    proposed_to: Mapped[Leader | None] = relationship(foreign_keys=[proposed_to_id])

    __table_args__ = (
        sa.CheckConstraint("(status in ('closed','archived')) = (closed_on is not null)", name="closed_on"),
        sa.CheckConstraint("(status = 'archived') = (archived_on is not null)", name="archived_on"),
        sa.CheckConstraint("(status = 'voided') = (voided_on is not null)", name="voided_on"),
        sa.CheckConstraint("voided_on is null or void_reason is not null", name="void_reason"),
        sa.CheckConstraint("people_count >= 1", name="people_count"),
        sa.CheckConstraint("(status = 'filed') = (filing is not null)", name="filing"),
        sa.CheckConstraint("(rated_on is null) = (office_rating is null and unit_rating is null)", name="rating"),
        sa.CheckConstraint("rated_how is null or rated_on is not null", name="rated_how"),
        sa.CheckConstraint("(due_on is null) = (breach_on is null)", name="due_pair"),
        sa.Index("ix_petition_status_id", "status", "id"),
        sa.Index("ix_petition_channel_id", "channel", "id"),
        sa.Index("ix_petition_unit_registered", "unit_id", "registered_on"),
        sa.Index("ix_petition_status_breach", "status", "breach_on"),
        sa.Index("ix_petition_unit_status", "unit_id", "status", "breach_on"),
        sa.Index("ix_petition_registered", "registered_on", "id"),
        sa.Index("ix_petition_closed", "closed_on", "id"),
    )

    @hybrid_property
    def is_guarded(self) -> bool:
        """The rule of the accused applies: 检举控告 or 保密 (rules-of-the-office §3)."""
        return self.purpose == Purpose.REPORT or self.is_secret

    @is_guarded.inplace.expression
    @classmethod
    def _is_guarded(cls) -> sa.ColumnElement[bool]:
        return sa.or_(cls.purpose == Purpose.REPORT, cls.is_secret)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Contact(Versioned, Stamped, Model):
    """A contact (信访件): one letter, visit, call or message; the figures in 件次/批次/人次 count these.

    `form_key`: the one-time key of the form it was typed into, so that the same form sent twice registers once.
    """

    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    petition_id: Mapped[int] = ref("petition.id")
    channel: Mapped[str] = mapped_column(sa.String(24))
    received_on: Mapped[date]
    registered_on: Mapped[date]
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    people_count: Mapped[int] = mapped_column(default=1)
    level_visited: Mapped[Level] = word(Level, default=Level.OWN)
    purpose: Mapped[Purpose] = word(Purpose, default=Purpose.SEEK)
    place: Mapped[str | None] = mapped_column(sa.String(100))
    demand: Mapped[str] = mapped_column(sa.Text)
    original_at: Mapped[str | None] = mapped_column(sa.String(100))
    source: Mapped[str | None] = mapped_column(sa.String(40))
    external_number: Mapped[str | None] = mapped_column(sa.String(60))
    is_carried_over: Mapped[bool] = mapped_column(default=False)
    receptionist_id: Mapped[int | None] = ref("user.id")
    reception_session_id: Mapped[int | None] = ref("reception_session.id")
    form_key: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    petition: Mapped[Petition] = relationship(back_populates="contacts")
    receptionist: Mapped[User | None] = relationship(foreign_keys=[receptionist_id])
    people: Mapped[list["ContactPetitioner"]] = relationship(back_populates="contact", order_by="ContactPetitioner.id")

    __table_args__ = (
        sa.UniqueConstraint("source", "external_number"),
        sa.CheckConstraint("people_count >= 1", name="people_count"),
        sa.CheckConstraint("received_on <= registered_on", name="received_first"),
        sa.CheckConstraint("(source is null) = (external_number is null)", name="external_pair"),
        sa.Index("ix_contact_registered", "registered_on", "channel"),
    )

    def __str__(self) -> str:
        return self.number


class ContactPetitioner(Model):
    """Who came with a contact; `is_representative` marks the at most 5 received for a group (A2)."""

    __tablename__ = "contact_petitioner"
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = ref("contact.id")
    petitioner_id: Mapped[int] = ref("petitioner.id")
    is_representative: Mapped[bool] = mapped_column(default=False)
    contact: Mapped[Contact] = relationship(back_populates="people")
    petitioner: Mapped[Petitioner] = relationship()
    __table_args__ = (sa.UniqueConstraint("contact_id", "petitioner_id"),)


class PetitionText(Model):
    """The normalised text of a matter for the search; the pair index of each database hangs on it (services/search)."""

    __tablename__ = "petition_text"
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"), primary_key=True)
    body: Mapped[str] = mapped_column(sa.Text)


class Respondent(Stamped, Model):
    """Whom a matter complains of (被反映人/单位): a unit, a leader, a user, or explicitly outside the system."""

    __tablename__ = "respondent"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    kind: Mapped[RespondentKind] = word(RespondentKind)
    unit_id: Mapped[int | None] = ref("unit.id")
    leader_id: Mapped[int | None] = ref("leader.id")
    user_id: Mapped[int | None] = ref("user.id")
    name: Mapped[str] = mapped_column(sa.String(80))
    petition: Mapped[Petition] = relationship(back_populates="respondents")
    __table_args__ = (
        sa.CheckConstraint(
            "(kind = 'unit') = (unit_id is not null) and (kind = 'leader') = (leader_id is not null)"
            " and (kind = 'user') = (user_id is not null)",
            name="target",
        ),
    )


_earlier = Contact.__table__.alias("earlier")
Contact.is_first = column_property(
    ~sa.exists()
    .where(_earlier.c.petition_id == Contact.petition_id, _earlier.c.id < Contact.id)
    .correlate_except(_earlier)
)
"""初次 is derived: the first contact of its matter; every later one is 重复 (A3)."""

PAIR_INDEX: dict[str, list[str]] = {
    "sqlite": ["CREATE VIRTUAL TABLE petition_pairs USING fts5(pairs, content='', detail=none)"],
    "postgresql": [
        "ALTER TABLE petition_text ADD COLUMN pairs tsvector",
        "CREATE INDEX ix_petition_text_pairs ON petition_text USING gin (pairs)",
    ],
}
"""Dialect → statements of the search's pair index (services.search); run by create_all below and by the first migration."""

for _dialect, _statements in PAIR_INDEX.items():
    for _statement in _statements:
        sa.event.listen(PetitionText.__table__, "after_create", sa.DDL(_statement).execute_if(dialect=_dialect))
