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


class AuditHead(Model):
    """The end of the chain in one row: how many entries, the last hash, both under a keyed seal.

    Writers lock it, so that appends are serial on PostgreSQL too; without it, cutting off the tail would go unseen.
    """

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    seal: Mapped[str] = mapped_column(sa.String(64))
    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)


_ABORT = "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
_TAKEN = "EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR hash = NEW.hash)"
_SECOND = "EXISTS (SELECT 1 FROM audit_head)"
_EXECUTE = "EXECUTE FUNCTION audit_append_only()"

AUDIT_TRIGGERS: dict[str, list[str]] = {
    "sqlite": [
        f"CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry {_ABORT}",
        f"CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry {_ABORT}",
        f"CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry WHEN {_TAKEN} {_ABORT}",
        f"CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head {_ABORT}",
        f"CREATE TRIGGER audit_head_no_replace BEFORE INSERT ON audit_head WHEN {_SECOND} {_ABORT}",
        f"CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.entries <= OLD.entries {_ABORT}",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        f"CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW {_EXECUTE}",
        f"CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT {_EXECUTE}",
        f"CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head FOR EACH ROW {_EXECUTE}",
        f"CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT {_EXECUTE}",
        "CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head FOR EACH ROW"
        f" WHEN (NEW.entries <= OLD.entries) {_EXECUTE}",
    ],
}
"""Dialect → statements that make the trail append-only; run by create_all below and by the first migration."""

AuditHead.__table__.add_is_dependent_on(AuditEntry.__table__)
for _dialect, _statements in AUDIT_TRIGGERS.items():
    for _statement in _statements:
        sa.event.listen(AuditHead.__table__, "after_create", sa.DDL(_statement).execute_if(dialect=_dialect))
