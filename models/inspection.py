"""Inspection: faults found in files (H5), the office's first review (初审), case reviews (案件评查, H7), final ones (H6)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from models.casework import Case, ClosingFile
from models.people import Unit, User
from models.petition import Petition
from rules.inspection_words import DrawMethod, Fault, FirstResult, ReviewResult, Weight
from rules.job_words import JobState


class FileFault(Model):
    """One fault the last check found in one matter's file; the next check of that file replaces it."""

    __tablename__ = "file_fault"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id", index=False)
    closing_file_id: Mapped[int | None] = ref("closing_file.id", index=False)
    unit_id: Mapped[int | None] = ref("unit.id")
    code: Mapped[Fault] = word(Fault)
    weight: Mapped[Weight] = word(Weight)
    text: Mapped[str] = mapped_column(sa.String(300))
    found_at: Mapped[datetime]
    petition: Mapped[Petition] = relationship()
    case: Mapped[Case | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("petition_id", "code", "text"),
        sa.Index("ix_file_fault_code", "code", "id"),
    )


class InspectionRun(Stamped, Model):
    """A check of all files: queue, lease and progress in one row. Asked for by an account, or by a night, whose `key` names it.

    Files are checked in the order of their matters up to `at_id`; `worker` goes on from there until `heartbeat_at` grows old.
    """

    __tablename__ = "inspection_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    by_id: Mapped[int | None] = ref("user.id")
    asked_on: Mapped[date]
    state: Mapped[JobState] = word(JobState, default=JobState.QUEUED)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    at_id: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(sa.String(80))
    is_cancel_asked: Mapped[bool] = mapped_column(default=False)
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(key is null) = (by_id is not null)", name="asked_by"),
        sa.CheckConstraint("(state in ('done','cancelled')) = (ended_at is not null)", name="ended"),
        sa.CheckConstraint("done between 0 and total", name="done"),
        sa.Index("ix_inspection_run_state", "state", "id"),
    )


class FirstReview(Versioned, Stamped, Model):
    """The office's first review (初审) of a closing file: passed over a fingerprint, or returned with what is to be mended.

    `passed_over`: the faults that stood when it was passed all the same, for the reason given.
    """

    __tablename__ = "first_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    closing_file_id: Mapped[int] = ref("closing_file.id")
    petition_id: Mapped[int] = ref("petition.id")
    result: Mapped[FirstResult] = word(FirstResult)
    reason: Mapped[str | None] = mapped_column(sa.String(1000))
    passed_over: Mapped[str | None] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64))
    reviewed_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    mend_by: Mapped[date | None]
    mended_on: Mapped[date | None]
    mend_note: Mapped[str | None] = mapped_column(sa.String(500))
    mended_by_id: Mapped[int | None] = ref("user.id", index=False)
    closing_file: Mapped[ClosingFile] = relationship()
    petition: Mapped[Petition] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    mended_by: Mapped[User | None] = relationship(foreign_keys=[mended_by_id])
    __table_args__ = (
        sa.CheckConstraint("(result = 'returned') = (mend_by is not null)", name="mend_by"),
        sa.CheckConstraint("result = 'passed' or reason is not null", name="reason"),
        sa.CheckConstraint("passed_over is null or (result = 'passed' and reason is not null)", name="passed_over"),
        sa.CheckConstraint("mended_on is null or result = 'returned'", name="mended"),
        sa.CheckConstraint("(mended_on is null) = (mend_note is null)", name="mended_pair"),
    )

    def __str__(self) -> str:
        return f"{self.petition.number} {self.result.label}"


class CaseReviewRound(Versioned, Stamped, Model):
    """A round of case reviews: closed files drawn by a seed, or picked. `sheet`: the score sheet as it was then.

    `pool`, `pool_digest`: how many files the draw was made from, and a fingerprint of their numbers, so that it can be
    drawn again and compared.
    """

    __tablename__ = "case_review_round"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    method: Mapped[DrawMethod] = word(DrawMethod)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    unit_id: Mapped[int | None] = ref("unit.id", index=False)
    wanted: Mapped[int] = mapped_column(default=0)
    seed: Mapped[int | None]
    pool: Mapped[int] = mapped_column(default=0)
    pool_digest: Mapped[str | None] = mapped_column(sa.String(64))
    pass_mark: Mapped[int] = mapped_column(default=80)
    sheet: Mapped[list[Any]] = mapped_column(default=list)
    drawn_on: Mapped[date]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    unit: Mapped[Unit | None] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(method = 'random') = (seed is not null)", name="seed"),
        sa.CheckConstraint("from_on is null or to_on is null or from_on <= to_on", name="period"),
        sa.CheckConstraint("pass_mark between 0 and 100", name="pass_mark"),
    )

    def __str__(self) -> str:
        return self.name


class CaseReview(Versioned, Stamped, Model):
    """One closed file in a round: who reviews it, the points per item, result, faults, and what was mended by when."""

    __tablename__ = "case_review"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = ref("case_review_round.id", index=False)
    petition_id: Mapped[int] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id", index=False)
    reviewer_id: Mapped[int | None] = ref("user.id")
    points: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[int | None]
    result: Mapped[ReviewResult | None] = word(ReviewResult)
    faults: Mapped[str | None] = mapped_column(sa.String(1000))
    reviewed_on: Mapped[date | None]
    mend_by: Mapped[date | None]
    mended_on: Mapped[date | None]
    mend_note: Mapped[str | None] = mapped_column(sa.String(500))
    mended_by_id: Mapped[int | None] = ref("user.id", index=False)
    round: Mapped[CaseReviewRound] = relationship()
    petition: Mapped[Petition] = relationship()
    case: Mapped[Case | None] = relationship()
    reviewer: Mapped[User | None] = relationship(foreign_keys=[reviewer_id])
    mended_by: Mapped[User | None] = relationship(foreign_keys=[mended_by_id])
    __table_args__ = (
        sa.UniqueConstraint("round_id", "petition_id"),
        sa.CheckConstraint("(result is null) = (reviewed_on is null)", name="reviewed"),
        sa.CheckConstraint("(result is null) = (score is null)", name="scored"),
        sa.CheckConstraint("result is null or reviewer_id is not null", name="reviewer"),
        sa.CheckConstraint("result <> 'failed' or (faults is not null and mend_by is not null)", name="failed"),
        sa.CheckConstraint("(mended_on is null) = (mend_note is null)", name="mended_pair"),
    )

    def __str__(self) -> str:
        return f"{self.petition.number} {self.round.name}"


class FinalMatter(Versioned, Stamped, Model):
    """A matter after its re-review (三级终结): the agreed wording for answers, what is still done, its report upward."""

    __tablename__ = "final_matter"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"), unique=True)
    final_on: Mapped[date]
    listed_on: Mapped[date]
    wording: Mapped[str | None] = mapped_column(sa.String(1000))
    remains: Mapped[str | None] = mapped_column(sa.String(500))
    worded_on: Mapped[date | None]
    worded_by_id: Mapped[int | None] = ref("user.id", index=False)
    reported_to: Mapped[str | None] = mapped_column(sa.String(100))
    reported_on: Mapped[date | None]
    report_number: Mapped[str | None] = mapped_column(sa.String(60))
    reported_by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship()
    worded_by: Mapped[User | None] = relationship(foreign_keys=[worded_by_id])
    reported_by: Mapped[User | None] = relationship(foreign_keys=[reported_by_id])
    __table_args__ = (
        sa.CheckConstraint("(wording is null) = (worded_on is null)", name="worded"),
        sa.CheckConstraint("(reported_on is null) = (reported_to is null)", name="reported"),
        sa.CheckConstraint("reported_on is null or report_number is not null", name="report_number"),
    )

    def __str__(self) -> str:
        return self.petition.number
