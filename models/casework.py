"""Assigned cases (领导包案), the closing file (结案卷), signatures and return visits."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.closing_templates import ClosingEdition
from models.documents import Attachment, Document
from models.people import Leader, Unit, User
from models.petition import Petition
from rules.aftercare import Occasion
from rules.cases import CaseBasis, CaseSource
from rules.words import CaseStatus, ClosingStatus, DutyState, Level, PaperKind, Satisfaction, SignerRole, VisitMethod

if TYPE_CHECKING:
    from models.promise import Promise


class Case(Versioned, Stamped, Model):
    """One matter × one leader × from–to; the database refuses a second running leader (F1)."""

    __tablename__ = "case"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(30), unique=True)
    petition_id: Mapped[int] = ref("petition.id")
    leader_id: Mapped[int] = ref("leader.id")
    level: Mapped[Level] = word(Level, default=Level.OWN)
    unit_id: Mapped[int | None] = ref("unit.id")
    responsible_id: Mapped[int | None] = ref("user.id")
    status: Mapped[CaseStatus] = word(CaseStatus, default=CaseStatus.RUNNING)
    assigned_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(sa.String(300))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    direction: Mapped[str | None] = mapped_column(sa.String(500))
    measures: Mapped[str | None] = mapped_column(sa.String(500))
    plan: Mapped[str | None] = mapped_column(sa.Text)
    close_by: Mapped[date | None]
    report_by: Mapped[date | None]
    first_meeting_by: Mapped[date | None]
    source: Mapped[CaseSource] = word(CaseSource, default=CaseSource.MATTER, server_default="matter")
    record_id: Mapped[int | None] = ref("reception_record.id")
    campaign_case_id: Mapped[int | None] = ref("campaign_case.id")
    basis: Mapped[CaseBasis] = word(CaseBasis, default=CaseBasis.DIVISION, server_default="division")
    is_major: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))
    petition: Mapped[Petition] = relationship()
    leader: Mapped[Leader] = relationship()
    unit: Mapped[Unit | None] = relationship()
    responsible: Mapped[User | None] = relationship()
    duties: Mapped[list["DutyItem"]] = relationship(back_populates="case", order_by="DutyItem.position")
    steps: Mapped[list["PlanStep"]] = relationship(back_populates="case", order_by="PlanStep.due_on")
    progress: Mapped[list["Progress"]] = relationship(back_populates="case", order_by="Progress.id.desc()")

    __table_args__ = (
        sa.Index(
            "uq_case_running",
            "petition_id",
            unique=True,
            sqlite_where=sa.text("ended_on is null"),
            postgresql_where=sa.text("ended_on is null"),
        ),
        sa.CheckConstraint("(status = 'running') = (ended_on is null)", name="ended"),
        sa.CheckConstraint("ended_on is null or ended_on >= assigned_on", name="order"),
        sa.CheckConstraint("record_id is null or source = 'record'", name="record"),
        sa.CheckConstraint("campaign_case_id is null or source = 'campaign'", name="campaign"),
    )

    def __str__(self) -> str:
        return self.number


class DutyItem(Versioned, Model):
    """One of the office's own "four" (四包): what the office did under it, never a judgment of the person (F2)."""

    __tablename__ = "duty_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = ref("case.id")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(60))
    state: Mapped[DutyState] = word(DutyState, default=DutyState.OPEN)
    done: Mapped[str | None] = mapped_column(sa.Text)
    done_on: Mapped[date | None]
    case: Mapped[Case] = relationship(back_populates="duties")
    __table_args__ = (sa.UniqueConstraint("case_id", "position"),)


class PlanStep(Versioned, Model):
    """One dated step of a case's plan (F2)."""

    __tablename__ = "plan_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = ref("case.id")
    due_on: Mapped[date]
    text: Mapped[str] = mapped_column(sa.String(300))
    done_on: Mapped[date | None]
    case: Mapped[Case] = relationship(back_populates="steps")


class Progress(Stamped, Model):
    """A line of the progress log with the date of the next."""

    __tablename__ = "progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = ref("case.id")
    noted_on: Mapped[date]
    text: Mapped[str] = mapped_column(sa.Text)
    next_on: Mapped[date | None]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    case: Mapped[Case] = relationship(back_populates="progress")
    by: Mapped[User | None] = relationship()


class ClosingFile(Versioned, Stamped, Model):
    """The closing file (结案卷) of a case: checklist, report, petitioner's papers, signatures (H1–H3).

    `edition_id` None: opened before templates could be edited, under the shipped 六有. `items`: those of its edition now.
    """

    __tablename__ = "closing_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case.id"), unique=True)
    petition_id: Mapped[int] = ref("petition.id")
    template: Mapped[str] = mapped_column(sa.String(60), default="六有")
    template_edition: Mapped[int] = mapped_column(default=1)
    status: Mapped[ClosingStatus] = word(ClosingStatus, default=ClosingStatus.OPEN)
    report: Mapped[str | None] = mapped_column(sa.Text)
    paper: Mapped[PaperKind] = word(PaperKind, default=PaperKind.NONE)
    paper_reason: Mapped[str | None] = mapped_column(sa.String(300))
    edition_id: Mapped[int | None] = ref("closing_edition.id")
    pledge_on: Mapped[date | None]
    agreement_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    reopened_on: Mapped[date | None]
    reopen_reason: Mapped[str | None] = mapped_column(sa.String(300))
    case: Mapped[Case] = relationship()
    petition: Mapped[Petition] = relationship()
    edition: Mapped[ClosingEdition | None] = relationship()
    items: Mapped[list["ChecklistItem"]] = relationship(
        back_populates="closing_file",
        order_by="ChecklistItem.position",
        primaryjoin="and_(ChecklistItem.closing_file_id == ClosingFile.id, ChecklistItem.left_on.is_(None))",
    )
    signatures: Mapped[list["Signature"]] = relationship(back_populates="closing_file", order_by="Signature.id")
    promises: Mapped[list["Promise"]] = relationship(back_populates="closing_file", order_by="Promise.id")
    visits: Mapped[list["ReturnVisit"]] = relationship(back_populates="closing_file", order_by="ReturnVisit.id")
    __table_args__ = (
        sa.CheckConstraint("(status = 'closed') = (closed_on is not null)", name="closed_on"),
        sa.CheckConstraint("status <> 'reopened' or reopen_reason is not null", name="reopen_reason"),
    )

    def __str__(self) -> str:
        return self.case.number


class ChecklistItem(Versioned, Model):
    """One item of the checklist: met by what is in the file or put behind it, or not applicable with a recorded reason.

    `left_on`: the day the file went over to an edition without this item; what it held is kept.
    """

    __tablename__ = "checklist_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    closing_file_id: Mapped[int] = ref("closing_file.id")
    position: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(40))
    label: Mapped[str] = mapped_column(sa.String(120))
    note: Mapped[str | None] = mapped_column(sa.Text)
    document_id: Mapped[int | None] = ref("document.id", index=False)
    attachment_id: Mapped[int | None] = ref("attachment.id", index=False)
    said_on: Mapped[date | None]
    said_person: Mapped[str | None] = mapped_column(sa.String(60))
    said_number: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    left_on: Mapped[date | None]
    waived_reason: Mapped[str | None] = mapped_column(sa.String(300))
    waived_by_id: Mapped[int | None] = ref("user.id", index=False)
    closing_file: Mapped[ClosingFile] = relationship(back_populates="items")
    document: Mapped[Document | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    waived_by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("closing_file_id", "key"),
        sa.CheckConstraint("(waived_reason is null) = (waived_by_id is null)", name="waived_pair"),
    )


class Signature(Model):
    """A signature over the hash of exactly what was signed (H2); void when the text changes or the file is reopened.

    `signed_text`: what stood on the sheet; `changes`: what differed when it became void, as [label, then, now];
    `seal`: keyed hash of the row itself, so that nobody writes one past the office.
    """

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(primary_key=True)
    closing_file_id: Mapped[int] = ref("closing_file.id")
    role: Mapped[SignerRole] = word(SignerRole)
    user_id: Mapped[int] = ref("user.id")
    name: Mapped[str] = mapped_column(sa.String(60))
    signed_at: Mapped[datetime]
    signed_on: Mapped[date]
    digest: Mapped[str] = mapped_column(sa.String(64))
    signed_text: Mapped[dict[str, Any]] = mapped_column(default=dict)
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(sa.String(300))
    changes: Mapped[list[Any] | None]
    seal: Mapped[str | None] = mapped_column(sa.String(64))
    closing_file: Mapped[ClosingFile] = relationship(back_populates="signatures")
    user: Mapped[User] = relationship()
    __table_args__ = (
        sa.Index(
            "uq_signature_valid",
            "closing_file_id",
            "role",
            unique=True,
            sqlite_where=sa.text("voided_at is null"),
            postgresql_where=sa.text("voided_at is null"),
        ),
        sa.CheckConstraint("(voided_at is null) = (void_reason is null)", name="void_pair"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )


class ReturnVisit(Versioned, Stamped, Model):
    """A return visit (回访): planned for a date, then made: who, how, what the petitioner says (H4).

    `closing_file_id`: the file it is material of, when it was made before closing; a later one belongs to none.
    """

    __tablename__ = "return_visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    closing_file_id: Mapped[int | None] = ref("closing_file.id")
    planned_on: Mapped[date]
    occasion: Mapped[Occasion] = word(Occasion, default=Occasion.HAND, server_default="hand")
    made_on: Mapped[date | None]
    method: Mapped[VisitMethod | None] = word(VisitMethod)
    visitor: Mapped[str | None] = mapped_column(sa.String(60))
    words: Mapped[str | None] = mapped_column(sa.Text)
    satisfaction: Mapped[Satisfaction | None] = word(Satisfaction)
    help_given: Mapped[str | None] = mapped_column(sa.String(300))
    dropped_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship()
    closing_file: Mapped[ClosingFile | None] = relationship(back_populates="visits")
    __table_args__ = (
        sa.CheckConstraint("(made_on is null) = (satisfaction is null)", name="made_pair"),
        sa.CheckConstraint("dropped_reason is null or made_on is null", name="dropped"),
    )

    def __str__(self) -> str:
        return f"{self.made_on or self.planned_on} {self.petition.number}"
