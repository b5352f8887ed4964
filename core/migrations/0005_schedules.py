"""Schedules"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "core_job_slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", types.key_text(120), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("slot", types.UtcDateTime(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job_slot")),
        sa.UniqueConstraint("name", "tenant_id", "slot", name=op.f("uq_core_job_slot_name_tenant_id_slot")),
    )
    with op.batch_alter_table("core_job_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_job_slot_name_slot"), ["name", "slot"], unique=False)

    with op.batch_alter_table("core_tenant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("time_zone", types.key_text(64), server_default="Asia/Ho_Chi_Minh", nullable=False)
        )
