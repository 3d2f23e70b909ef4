"""The audit trail: append-only rows in a hash chain, without foreign keys so that nothing can pull them along (C13)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model


class AuditEntry(Model):
    """One thing that happened: who, when (UTC, real clock), from where, what, before and after, result."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    username: Mapped[str] = mapped_column(sa.String(60))
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    action: Mapped[str] = mapped_column(sa.String(40), index=True)
    table_name: Mapped[str] = mapped_column(sa.String(40), default="")
    row_id: Mapped[int | None]
    petition_id: Mapped[int | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[str] = mapped_column(sa.String(20), default="ok")
    prev_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    __table_args__ = (sa.Index("ix_audit_entry_row", "table_name", "row_id"),)
