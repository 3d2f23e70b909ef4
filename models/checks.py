"""What the nightly check (夜间检查) found when it last ran, and lists of late matters put round the units (通报, B8, B10)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, ref, word
from models.people import Unit
from models.petition import Petition
from rules.owed import Lack


class CheckRun(Stamped, Model):
    """One run of the check. `key` names the night, so that two workers make one run of it; by hand there is none."""

    __tablename__ = "check_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    ran_on: Mapped[date]
    ran_at: Mapped[datetime]
    by_id: Mapped[int | None] = ref("user.id", index=False)
    by_name: Mapped[str] = mapped_column(sa.String(60))


class CheckFinding(Model):
    """One thing the last run found on one matter: what is lacking and the sentence that says it."""

    __tablename__ = "check_finding"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = ref("check_run.id")
    petition_id: Mapped[int] = ref("petition.id")
    lack: Mapped[Lack] = word(Lack)
    text: Mapped[str] = mapped_column(sa.String(300))
    petition: Mapped[Petition] = relationship()
    run: Mapped[CheckRun] = relationship()
    __table_args__ = (sa.UniqueConstraint("run_id", "petition_id", "lack", "text"),)


circulation_unit = sa.Table(
    "circulation_unit",
    Model.metadata,
    sa.Column("circulation_id", sa.ForeignKey("circulation.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True, index=True),
)
"""The units a circulation names."""


class Circulation(Stamped, Model):
    """A list of late matters per unit (逾期通报), frozen when issued: `body` is exactly what went round (B10)."""

    __tablename__ = "circulation"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    from_on: Mapped[date | None]
    as_of: Mapped[date]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = ref("user.id", index=False)
    body: Mapped[dict[str, Any]]
    units: Mapped[list[Unit]] = relationship(secondary=circulation_unit, order_by=Unit.position)
    __table_args__ = (sa.CheckConstraint("from_on is null or from_on <= as_of", name="period"),)

    def __str__(self) -> str:
        return self.number
