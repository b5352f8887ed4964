"""types have a recycle bin"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("customer_type", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", types.UtcDateTime(), nullable=True))
        batch_op.create_index(
            "ix_customer_type_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            "fk_customer_type_deleted_by_id",
            "core_user",
            ["tenant_id", "deleted_by_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
