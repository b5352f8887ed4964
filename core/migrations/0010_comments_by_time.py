"""Comments by time"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("core_comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_comment_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
