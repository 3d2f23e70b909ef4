"""checks of files as jobs; what a first review passed over

Revision: 0004, after 0003. 2026-11-22 10:40:00
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "cancelled",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("at_id", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("heartbeat_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("ended_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(key is null) = (by_id is not null)", name=op.f("ck_inspection_run_asked_by")),
        sa.CheckConstraint(
            "(state in ('done','cancelled')) = (ended_at is not null)", name=op.f("ck_inspection_run_ended")
        ),
        sa.CheckConstraint("done between 0 and total", name=op.f("ck_inspection_run_done")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_inspection_run_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_run")),
        sa.UniqueConstraint("key", name=op.f("uq_inspection_run_key")),
    )
    with op.batch_alter_table("inspection_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_run_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_inspection_run_state", ["state", "id"], unique=False)

    with op.batch_alter_table("first_review", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passed_over", sa.Text(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_first_review_passed_over"), "passed_over is null or (result = 'passed' and reason is not null)"
        )


def downgrade() -> None:
    with op.batch_alter_table("first_review", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_first_review_passed_over"), type_="check")
        batch_op.drop_column("passed_over")

    op.drop_table("inspection_run")
