"""Messages that were opened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("core_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_at", types.UtcDateTime(), nullable=True))
        for column in ("sent_at", "read_at"):
            batch_op.create_index(
                batch_op.f(f"ix_core_message_tenant_id_{column}_id"), ["tenant_id", column, "id"], unique=False
            )
